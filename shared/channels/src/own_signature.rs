//! Our own signature, for tills and chat desks that have none of their own: `X-Hopkenh-Signature: t=…,v1=…`.

use crate::channel::{Door, Verdict, WebhookRequest};
use crate::hmac;

/// The header that carries it.
pub const HEADER: &str = "x-hopkenh-signature";
/// The secret that makes it.
pub const SECRET: &str = "webhook_secret";
/// More digits than any time in seconds has.
const TIME_DIGITS_MAX: usize = 12;

/// `v1` is the lower-case hex of HMAC-SHA256(secret, `t` + "." + raw body). The time is part of what is signed, and how
/// old it is decides nothing: an order sent again is known by its number and its own time, so a repeated message
/// changes nothing, and a shop that sends its day's list in the evening is not refused.
pub(crate) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    let Some(given) = request.header(HEADER) else {
        return Verdict::Refused { why: "no single X-Hopkenh-Signature header" };
    };
    let Some((time, digest)) = parts(given) else {
        return Verdict::Refused { why: "X-Hopkenh-Signature is not t=<seconds>,v1=<hex>" };
    };
    let signs = |secret: &str| {
        let expected = hmac::sha256_hex(secret.as_bytes(), &[time.as_bytes(), b".", &request.body]);
        hmac::equal(expected.as_deref(), digest)
    };
    if door.secrets.active(SECRET).into_iter().any(signs) {
        Verdict::Signed { form: "t and v1" }
    } else {
        Verdict::Refused { why: "the signature does not match" }
    }
}

/// The time and the digest; nothing where one of them is missing, given twice or of another shape.
fn parts(given: &str) -> Option<(&str, &str)> {
    let (time, digest) = given.split_once(',')?;
    let time = time.trim().strip_prefix("t=")?;
    let is_time = (1..=TIME_DIGITS_MAX).contains(&time.len()) && time.bytes().all(|b| b.is_ascii_digit());
    let digest = digest.trim().strip_prefix("v1=")?;
    is_time.then_some((time, digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const BODY: &[u8] = br#"{"documents":[]}"#;
    /// `printf '%s' '1764468000.{"documents":[]}' | openssl dgst -sha256 -hmac 'till-secret'`
    const DIGEST: &str = "54cae4c0ab27ef3e4711e1cae6dcabf5267e5ac71523b0e8adc9445e48c99e7d";

    fn verdict(header: &str, body: &[u8]) -> Verdict {
        let (shop, connection) = (testing::shop(), testing::connection("till", &[]));
        let secrets = testing::secrets(&[(SECRET, "till-secret"), ("webhook_secret_old", "old-secret")]);
        let request = testing::request(&[("X-Hopkenh-Signature", header)], body);
        verify(&testing::door(&shop, &connection, &secrets), &request)
    }

    #[test]
    fn what_openssl_signs_is_accepted() {
        for header in [format!("t=1764468000,v1={DIGEST}"), format!(" t=1764468000, v1={DIGEST} ")] {
            assert_eq!(verdict(&header, BODY), Verdict::Signed { form: "t and v1" }, "{header}");
        }
        let old = hmac::sha256_hex(b"old-secret", &[b"1.", BODY]).unwrap();
        assert_eq!(verdict(&format!("t=1,v1={old}"), BODY), Verdict::Signed { form: "t and v1" });
    }

    #[test]
    fn anything_else_is_refused() {
        let other = hmac::sha256_hex(b"other", &[b"1764468000.", BODY]).unwrap();
        for header in [
            String::new(),
            DIGEST.to_owned(),
            format!("v1={DIGEST}"),
            format!("v1={DIGEST},t=1764468000"),
            format!("t=1764468001,v1={DIGEST}"),
            format!("t=,v1={DIGEST}"),
            format!("t=-1764468000,v1={DIGEST}"),
            format!("t=1764468000,v0={DIGEST}"),
            format!("t=1764468000,v1={}", DIGEST.to_uppercase()),
            format!("t=1764468000,v1={DIGEST},v1={DIGEST}"),
            format!("t=1764468000,v1={other}"),
        ] {
            assert!(matches!(verdict(&header, BODY), Verdict::Refused { .. }), "{header}");
        }
        let right = format!("t=1764468000,v1={DIGEST}");
        assert!(matches!(verdict(&right, b"{\"documents\":[ ]}"), Verdict::Refused { .. }));
    }
}
