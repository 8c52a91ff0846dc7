//! KiotViet's signature on what it sends, in every form its documents leave open.

use crate::channel::{Door, Verdict, WebhookRequest};
use crate::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// `X-Hub-Signature` = HMAC-SHA256(secret, raw body), documented without its encoding and without saying
/// whether the key is the base64 text or its bytes. All four readings of SHA-256 are accepted and the one
/// that matched is told; SHA-1 only where the shop's setting `allow_sha1` is `"true"`. (KiotViet public API,
/// webhooks, 2026-11-21)
pub(super) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    let Some(given) = request.header("x-hub-signature") else {
        return Verdict::Refused { why: "no single X-Hub-Signature header" };
    };
    let given = given.trim().to_ascii_lowercase();
    let (prefix, digest) = match given.split_once('=') {
        Some((prefix, digest)) => (prefix, digest),
        None => ("", given.as_str()),
    };
    let allow_sha1 = door.connection.account.get("allow_sha1").is_some_and(|value| value == "true");
    let kind = match prefix {
        "" | "sha256" => Digest::Sha256,
        "sha1" if allow_sha1 => Digest::Sha1,
        _ => return Verdict::Refused { why: "a signature form that is not accepted" },
    };
    let matched = door
        .secrets
        .active("webhook_secret")
        .into_iter()
        .find_map(|secret| match_key(kind, secret, digest, &request.body));
    match matched {
        Some(key) => Verdict::Signed { form: form(kind, prefix, key) },
        None => Verdict::Refused { why: "the signature does not match" },
    }
}

#[derive(Clone, Copy)]
enum Digest {
    Sha256,
    Sha1,
}

#[derive(Clone, Copy)]
enum Key {
    Text,
    Decoded,
}

/// Which reading of the key made the signature.
fn match_key(kind: Digest, secret: &str, digest: &str, body: &[u8]) -> Option<Key> {
    let signs = |key: &[u8]| {
        let expected = match kind {
            Digest::Sha256 => hmac::sha256_hex(key, &[body]),
            Digest::Sha1 => hmac::sha1(key, body).map(hex::encode),
        };
        hmac::equal(expected.as_deref(), digest)
    };
    if signs(secret.as_bytes()) {
        return Some(Key::Text);
    }
    let decoded = STANDARD.decode(secret.trim()).ok()?;
    signs(&decoded).then_some(Key::Decoded)
}

fn form(kind: Digest, prefix: &str, key: Key) -> &'static str {
    match (kind, prefix.is_empty(), key) {
        (Digest::Sha256, true, Key::Text) => "hex, key as text",
        (Digest::Sha256, true, Key::Decoded) => "hex, key decoded",
        (Digest::Sha256, false, Key::Text) => "sha256=hex, key as text",
        (Digest::Sha256, false, Key::Decoded) => "sha256=hex, key decoded",
        (Digest::Sha1, _, Key::Text) => "sha1=hex, key as text",
        (Digest::Sha1, _, Key::Decoded) => "sha1=hex, key decoded",
    }
}
