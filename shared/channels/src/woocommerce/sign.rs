//! WooCommerce's signatures on its webhooks, and our keys on what we ask.

use super::wire::REST_PATH;
use crate::channel::{Door, Session, Verdict, WebhookRequest};
use crate::error::ChannelError;
use crate::{hmac, url};
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

/// The root of the REST API.
pub(super) fn rest_url(session: &Session<'_>) -> Result<String, ChannelError> {
    let missing =
        || ChannelError::misconfigured("setting \"base_url\" is missing: the website's own address");
    let given = session.connection.base_url.as_deref().ok_or_else(missing)?.trim_end_matches('/');
    let suffix = if given.ends_with(REST_PATH) { "" } else { REST_PATH };
    Ok(format!("{given}{suffix}"))
}

/// How our keys prove themselves on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// Both keys in the header: on a line that nobody can read.
    Basic,
    /// OAuth 1.0a, one-legged: the secret stays here and only signs.
    Signed,
}

/// Over plain http the keys are not sent, unless the line does not leave this machine or the shop insists
/// (`allow_basic_over_http`). The account setting `oauth1` asks for signatures on any line.
pub(super) fn proof(session: &Session<'_>) -> Result<Proof, ChannelError> {
    let wrong = |_| ChannelError::misconfigured("setting \"base_url\" is not an address");
    let address = Url::parse(&rest_url(session)?).map_err(wrong)?;
    let is_set = |name: &str| session.account(name).is_ok_and(|value| value == "true");
    let is_safe = address.scheme() == "https" || is_loopback(&address) || is_set("allow_basic_over_http");
    Ok(if is_safe && !is_set("oauth1") { Proof::Basic } else { Proof::Signed })
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

/// The query of a signed request, its signature last. A JSON body is not signed.
///
/// Base string: method, address and the sorted query, each percent-encoded; key: consumer secret and `&`.
/// (RFC 5849, 3.4; `check_oauth_signature` in class-wc-rest-authentication.php, github.com/woocommerce/woocommerce,
/// 2026-11-30)
pub(super) fn signed_query(
    session: &Session<'_>,
    method: &str,
    url: &str,
    query: &[(&str, &str)],
) -> Result<String, ChannelError> {
    let key = session.secrets.get("consumer_key")?;
    let secret = session.secrets.get("consumer_secret")?;
    let now = (session.clock)();
    let time = now.as_second().to_string();
    // WooCommerce takes each nonce once in 15 minutes; the same call in the same nanosecond is the same call.
    let moment = now.as_nanosecond().to_string();
    let nonce = hmac::sha256_hex(secret.as_bytes(), &[method.as_bytes(), url.as_bytes(), moment.as_bytes()]);
    let empty = || ChannelError::misconfigured("secret \"consumer_secret\" is empty");
    let nonce: String = nonce.ok_or_else(empty)?.chars().take(32).collect();
    let mut all = query.to_vec();
    all.extend([
        ("oauth_consumer_key", key),
        ("oauth_nonce", &nonce),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", &time),
        ("oauth_version", "1.0"),
    ]);
    all.sort_unstable();
    let joined = url::pairs(&all);
    let base = format!("{method}&{}&{}", url::encode(url), url::encode(&joined));
    let signing_key = format!("{}&", url::encode(secret));
    let signature = hmac::sha256_base64(signing_key.as_bytes(), &[base.as_bytes()]).ok_or_else(empty)?;
    Ok(format!("{joined}&{}", url::pairs(&[("oauth_signature", &signature)])))
}
