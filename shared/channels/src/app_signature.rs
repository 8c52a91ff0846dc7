//! The signature of marketplaces that seal a push with the app's key and secret, as TikTok Shop and Lazada do.

use crate::channel::{Door, Verdict, WebhookRequest};
use crate::hmac;

/// `Authorization` = small hex of HMAC-SHA256(`app_secret`, `app_key` + raw body). `form` is what the proof is called
/// in the log.
pub(crate) fn verify(door: &Door<'_>, request: &WebhookRequest, form: &'static str) -> Verdict {
    let Some(app_key) = door.account("app_key") else {
        return Verdict::Refused { why: "no app_key is set for the connection" };
    };
    let Some(given) = request.header("authorization") else {
        return Verdict::Refused { why: "no single Authorization header" };
    };
    let signed = |secret: &str| {
        let parts: [&[u8]; 2] = [app_key.as_bytes(), &request.body];
        hmac::equal(hmac::sha256_hex(secret.as_bytes(), &parts).as_deref(), given)
    };
    if door.secrets.active("app_secret").into_iter().any(signed) {
        return Verdict::Signed { form };
    }
    Verdict::Refused { why: "the signature does not match" }
}
