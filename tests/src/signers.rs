//! The channels' signatures, made here from their documents alone: nothing is taken from the connectors.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// Shopee: small hex over the registered address, a bar, and the body.
pub fn shopee(partner_key: &str, registered_url: &str, body: &[u8]) -> (String, String) {
    let digest = hmac_sha256(partner_key.as_bytes(), &[registered_url.as_bytes(), b"|", body]);
    ("authorization".to_owned(), hex::encode(digest))
}

/// WooCommerce: base64 over the body; the secret here holds no HTML entity.
pub fn woocommerce(secret: &str, body: &[u8]) -> (String, String) {
    ("x-wc-webhook-signature".to_owned(), STANDARD.encode(hmac_sha256(secret.as_bytes(), &[body])))
}

/// KiotViet: small hex over the body, the key as it was registered.
pub fn kiotviet(secret: &str, body: &[u8]) -> (String, String) {
    ("x-hub-signature".to_owned(), hex::encode(hmac_sha256(secret.as_bytes(), &[body])))
}
