//! TikTok Shop's signatures: theirs on what they push to us, ours on what we ask.

use crate::app_signature;
use crate::channel::{Door, Verdict, WebhookRequest};
use crate::hmac;

/// `Authorization` = small hex of HMAC-SHA256(app secret, app key + raw body).
/// (partner.tiktokshop.com/docv2/page/tts-webhooks-overview, 2026-11-21)
pub(super) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    app_signature::verify(door, request, "hex of app_key+body")
}

/// What stands in `sign`: small hex of HMAC-SHA256 over secret, path, the query's names and values in order of
/// their names, the body as it is sent, and the secret again. The values are not percent-encoded. None for an
/// empty secret. (partner.tiktokshop.com/docv2/page/sign-your-api-request, 2026-11-21)
pub(super) fn signature(secret: &str, path: &str, query: &[(&str, &str)], body: &str) -> Option<String> {
    let mut sorted: Vec<&(&str, &str)> =
        query.iter().filter(|(name, _)| !matches!(*name, "sign" | "access_token")).collect();
    sorted.sort();
    let mut parts = vec![secret.as_bytes(), path.as_bytes()];
    parts.extend(sorted.into_iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
    parts.extend([body.as_bytes(), secret.as_bytes()]);
    hmac::sha256_hex(secret.as_bytes(), &parts)
}
