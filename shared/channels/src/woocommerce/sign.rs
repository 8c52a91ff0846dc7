//! WooCommerce's signatures on its webhooks, and our keys on what we ask.

use super::wire::REST_PATH;
use crate::channel::{Door, Session, Verdict, WebhookRequest};
use crate::error::ChannelError;
use crate::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

/// `X-WC-Webhook-Signature` = base64 of HMAC-SHA256(secret, raw body).
///
/// WooCommerce decodes HTML entities in the secret before it signs: one stored as `a&amp;b` signs with `a&b`.
/// (`generate_signature` in class-wc-webhook.php, github.com/woocommerce/woocommerce, 2026-11-21)
pub(super) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    let Some(given) = request.header("x-wc-webhook-signature") else {
        return if is_ping(&request.body) {
            Verdict::HarmlessUnsigned
        } else {
            Verdict::Refused { why: "no single X-WC-Webhook-Signature header" }
        };
    };
    let signed = |secret: &str| {
        let key = decode_entities(secret);
        hmac::equal(hmac::sha256_base64(key.as_bytes(), &[&request.body]).as_deref(), given)
    };
    if door.secrets.active("webhook_secret").into_iter().any(signed) {
        return Verdict::Signed { form: "base64 of body" };
    }
    Verdict::Refused { why: "the signature does not match" }
}

/// The ping of a webhook's first save: the form body `webhook_id=1`, unsigned.
pub(super) fn is_ping(body: &[u8]) -> bool {
    let number = body.trim_ascii().strip_prefix(b"webhook_id=");
    number.is_some_and(|n| !n.is_empty() && n.len() <= 20 && n.iter().all(u8::is_ascii_digit))
}

/// The entities of WordPress's `wp_specialchars_decode`, in one pass: what was decoded is not decoded again.
const ENTITIES: [(&str, char); 10] = [
    ("&amp;", '&'),
    ("&#038;", '&'),
    ("&#38;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&#034;", '"'),
    ("&#039;", '\''),
    ("&#39;", '\''),
    ("&#x27;", '\''),
];

pub(super) fn decode_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        match ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, plain)) => {
                out.push(*plain);
                rest = rest.get(entity.len()..).unwrap_or_default();
            }
            None => {
                out.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}

/// The root of the REST API, and a check that our keys may travel on this line.
pub(super) fn rest_url(session: &Session<'_>) -> Result<String, ChannelError> {
    let missing =
        || ChannelError::misconfigured("setting \"base_url\" is missing: the website's own address");
    let given = session.connection.base_url.as_deref().ok_or_else(missing)?.trim_end_matches('/');
    let wrong = |_| ChannelError::misconfigured("setting \"base_url\" is not an address");
    let address = Url::parse(given).map_err(wrong)?;
    let allowed = session.connection.account.get("allow_basic_over_http").is_some_and(|v| v == "true");
    if address.scheme() != "https" && !allowed && !is_loopback(&address) {
        return Err(ChannelError::misconfigured(
            "base_url must begin with https: keys are not sent in the open, and OAuth 1.0a over plain http is not offered",
        ));
    }
    let suffix = if given.ends_with(REST_PATH) { "" } else { REST_PATH };
    Ok(format!("{given}{suffix}"))
}

fn is_loopback(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// `Authorization: Basic` of the two keys.
pub(super) fn authorization(session: &Session<'_>) -> Result<String, ChannelError> {
    let key = session.secrets.get("consumer_key")?;
    let secret = session.secrets.get("consumer_secret")?;
    Ok(format!("Basic {}", STANDARD.encode(format!("{key}:{secret}"))))
}
