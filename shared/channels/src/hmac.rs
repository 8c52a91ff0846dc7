//! Proof that a message comes from whom it says: keyed digests, compared without telling how far they agree.

use ::hmac::{Hmac, KeyInit, Mac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// HMAC-SHA256 over the parts one after another. None for an empty key, which proves nothing.
pub(crate) fn sha256(key: &[u8], parts: &[&[u8]]) -> Option<Vec<u8>> {
    if key.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac.finalize().into_bytes().to_vec())
}

/// HMAC-SHA1, for the one channel that is said to use it still.
pub(crate) fn sha1(key: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    if key.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(body);
    Some(mac.finalize().into_bytes().to_vec())
}

/// HMAC-SHA256 as small hex digits.
pub(crate) fn sha256_hex(key: &[u8], parts: &[&[u8]]) -> Option<String> {
    sha256(key, parts).map(hex::encode)
}

/// HMAC-SHA256 as padded base64.
pub(crate) fn sha256_base64(key: &[u8], parts: &[&[u8]]) -> Option<String> {
    sha256(key, parts).map(|digest| STANDARD.encode(digest))
}

/// True when both are equal; takes as long for a near miss as for a far one.
pub(crate) fn equal(expected: Option<&str>, given: &str) -> bool {
    expected.is_some_and(|expected| expected.as_bytes().ct_eq(given.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn digests_are_the_published_ones() {
        let hex = sha256_hex(b"Jefe", &[b"what do ya want ", b"for nothing?"]).unwrap();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(equal(Some(&hex), &hex));
        assert!(!equal(Some(&hex), &hex.to_uppercase()));
    }

    #[test]
    fn an_empty_key_proves_nothing() {
        assert_eq!(sha256_hex(b"", &[b"body"]), None);
        assert_eq!(sha1(b"", b"body"), None);
        assert!(!equal(None, ""));
    }
}
