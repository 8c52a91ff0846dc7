//! Who speaks: the shop's own desk, Meta or Zalo, each by the header of its own signature.

use super::wire::ZaloEvent;
use crate::channel::{Door, Verdict, WebhookRequest};
use crate::{hmac, json, own_signature};
use commerce::ids::ID_BYTES_MAX;
use sha2::{Digest, Sha256};

/// The secret that Meta signs with, and the word it was agreed on.
pub(super) const META_SECRET: &str = "meta_app_secret";
pub(super) const META_WORD: &str = "meta_verify_token";
/// The secret that Zalo signs with, and the app's number.
pub(super) const ZALO_SECRET: &str = "zalo_oa_secret";
const ZALO_APP: &str = "zalo_app_id";

/// Whose message it claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// The shop's own desk.
    Desk,
    /// Facebook or Instagram.
    Meta,
    /// Zalo.
    Zalo,
}

const SENDERS: [(Sender, &str); 3] = [
    (Sender::Desk, own_signature::HEADER),
    (Sender::Meta, "x-hub-signature-256"),
    (Sender::Zalo, "x-zevent-signature"),
];

/// Told by the one signature header there is: with two kinds of them it is nobody's message.
pub(super) fn sender(request: &WebhookRequest) -> Option<Sender> {
    let has = |name: &str| request.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let mut found = SENDERS.iter().filter(|(_, header)| has(header)).map(|(sender, _)| *sender);
    let first = found.next()?;
    if found.next().is_some() { None } else { Some(first) }
}

pub(super) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    match sender(request) {
        Some(Sender::Desk) => own_signature::verify(door, request),
        Some(Sender::Meta) => verify_meta(door, request),
        Some(Sender::Zalo) => verify_zalo(door, request),
        None => Verdict::Refused { why: "no signature header, or more than one kind" },
    }
}

/// `sha256=` and the lower-case hex of HMAC-SHA256(app secret, raw body); the SHA-1 header beside it is not read.
/// (Meta, Webhooks, Validating Payloads, 2026-11-30)
fn verify_meta(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    let given = request.header("x-hub-signature-256").and_then(|text| text.trim().strip_prefix("sha256="));
    let Some(given) = given else { return Verdict::Refused { why: "no single X-Hub-Signature-256" } };
    let signs = |secret: &str| {
        let expected = hmac::sha256_hex(secret.as_bytes(), &[&request.body]);
        hmac::equal(expected.as_deref(), given)
    };
    if door.secrets.active(META_SECRET).into_iter().any(signs) {
        Verdict::Signed { form: "meta" }
    } else {
        Verdict::Refused { why: "Meta's signature does not match" }
    }
}

/// `mac=` and the hex of SHA-256(app id + raw body + timestamp + secret), a plain digest and no HMAC. The time is said
/// to be the body's; senders were seen that write it into a header instead, so both are tried.
/// (Zalo Official Account API, Webhook, 2026-11-30)
fn verify_zalo(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    let Some(given) = request.header("x-zevent-signature") else {
        return Verdict::Refused { why: "no single X-ZEvent-Signature" };
    };
    let Some(app) = door.account(ZALO_APP) else {
        return Verdict::Refused { why: "account setting zalo_app_id is missing" };
    };
    let given = given.trim().to_ascii_lowercase();
    let given = given.strip_prefix("mac=").unwrap_or(&given);
    let secrets = door.secrets.active(ZALO_SECRET);
    let signs = |time: &str| {
        let parts = [app.as_bytes(), &request.body, time.as_bytes()];
        secrets.iter().any(|secret| hmac::equal(plain_digest(&parts, secret).as_deref(), given))
    };
    if request.header("x-zevent-timestamp").is_some_and(|time| signs(time.trim())) {
        return Verdict::Signed { form: "zalo, time in the header" };
    }
    // The one place where a body is looked into before its signature is known: the time is a part of what was signed.
    let body_time = json::read::<ZaloEvent>(&request.body).ok();
    let body_time = body_time.as_ref().and_then(|event| event.timestamp.given());
    if body_time.is_some_and(|time| time.len() <= ID_BYTES_MAX && signs(time)) {
        Verdict::Signed { form: "zalo, time in the body" }
    } else {
        Verdict::Refused { why: "Zalo's signature does not match" }
    }
}

/// None for an empty secret, which proves nothing.
fn plain_digest(parts: &[&[u8]], secret: &str) -> Option<String> {
    if secret.is_empty() {
        return None;
    }
    let digest = parts.iter().fold(Sha256::new(), |digest, part| digest.chain_update(part));
    Some(hex::encode(digest.chain_update(secret.as_bytes()).finalize()))
}

/// Meta asks once, by `GET`, whether the address is ours, and wants its own text back. (Meta, Webhooks, Getting
/// Started, 2026-11-30)
pub(super) fn answer_challenge(door: &Door<'_>, request: &WebhookRequest) -> Option<String> {
    let is_question = request.parameter("hub.mode") == Some("subscribe");
    let word = request.parameter("hub.verify_token").filter(|word| is_question && !word.is_empty())?;
    let agreed = door.secrets.active(META_WORD);
    let text = request.parameter("hub.challenge").filter(|text| text.len() <= ID_BYTES_MAX)?;
    agreed.iter().any(|agreed| hmac::equal(Some(agreed), word)).then(|| text.to_owned())
}
