//! Sapo's signature on its webhooks, under its new name and its old one.

use crate::channel::{Door, Verdict, WebhookRequest};
use crate::hmac;

/// Sapo was called Bizweb, and some shops' messages still are. (support.sapo.vn/sapo-webhook;
/// github.com/vinhch/BizwebSharp, 2026-11-30)
const HEADERS: [(&str, &str); 2] =
    [("x-sapo-hmac-sha256", "base64 of body"), ("x-bizweb-hmac-sha256", "base64 of body, old header")];

/// Base64 of HMAC-SHA256(app secret, raw body). Of two headers that are both there, both must be right.
pub(super) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    let is_there = |name: &str| request.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let mut signed = None;
    for (name, form) in HEADERS.into_iter().filter(|(name, _)| is_there(name)) {
        let Some(given) = request.header(name) else {
            return Verdict::Refused { why: "a signature header is given twice" };
        };
        let matches = |secret: &str| {
            hmac::equal(hmac::sha256_base64(secret.as_bytes(), &[&request.body]).as_deref(), given)
        };
        if !door.secrets.active("app_secret").into_iter().any(matches) {
            return Verdict::Refused { why: "the signature does not match" };
        }
        signed = signed.or(Some(Verdict::Signed { form }));
    }
    signed.unwrap_or(Verdict::Refused { why: "no X-Sapo-Hmac-SHA256 header" })
}
