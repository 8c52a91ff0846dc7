//! Haravan's signature on its webhooks, and its question whether an address is ours.

use crate::channel::{Door, Verdict, WebhookRequest};
use crate::hmac;

/// `X-Haravan-Hmacsha256` = base64 of HMAC-SHA256(app secret, raw body). The header names no shop and no time.
/// (docs.haravan.com/docs/tutorials/webhooks/connect-webhook, 2026-11-30)
pub(super) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    let Some(given) = request.header("x-haravan-hmacsha256") else {
        return Verdict::Refused { why: "no single X-Haravan-Hmacsha256 header" };
    };
    let signed = |secret: &str| {
        hmac::equal(hmac::sha256_base64(secret.as_bytes(), &[&request.body]).as_deref(), given)
    };
    if door.secrets.active("app_secret").into_iter().any(signed) {
        return Verdict::Signed { form: "base64 of body" };
    }
    Verdict::Refused { why: "the signature does not match" }
}

/// `GET ?hub.mode=subscribe&hub.verify_token=…&hub.challenge=…`, asked when the address is registered in the console.
pub(super) fn answer_challenge(door: &Door<'_>, request: &WebhookRequest) -> Option<String> {
    if request.method != "GET" || request.parameter("hub.mode") != Some("subscribe") {
        return None;
    }
    let given = request.parameter("hub.verify_token")?;
    let challenge = request.parameter("hub.challenge")?;
    let tokens = door.secrets.active("verify_token");
    let is_ours = |token: &&str| !token.is_empty() && hmac::equal(Some(token), given);
    tokens.iter().any(is_ours).then(|| challenge.to_owned())
}
