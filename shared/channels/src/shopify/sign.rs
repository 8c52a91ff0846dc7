//! Shopify's signatures: on its webhooks, and on what a browser brings back from a grant.

use crate::channel::{Door, Session, Verdict, WebhookRequest};
use crate::error::ChannelError;
use crate::{hmac, url};

/// Every shop's name in the API ends with this.
const DOMAIN: &str = ".myshopify.com";
/// How old a grant's answer may be, in seconds, either way. (npm @shopify/shopify-api 13.1.0, 2026-11-21)
const GRANT_AGE_MAX_S: i64 = 90;

/// The value of one of Shopify's headers: `X-Shopify-Topic`, or `Shopify-Topic` in the Events product. Both at once
/// is nothing Shopify sends.
pub(super) fn header<'r>(request: &'r WebhookRequest, name: &str) -> Option<&'r str> {
    let (classic, events) = (format!("x-shopify-{name}"), format!("shopify-{name}"));
    let is_given = |name: &str| request.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    match (is_given(&classic), is_given(&events)) {
        (true, false) => request.header(&classic),
        (false, true) => request.header(&events),
        _ => None,
    }
}

/// `X-Shopify-Hmac-SHA256` = base64 of HMAC-SHA256(client secret, raw body).
/// (shopify.dev/docs/apps/build/webhooks/verify-deliveries, 2026-11-30)
pub(super) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    let Some(given) = header(request, "hmac-sha256") else {
        return Verdict::Refused { why: "no single X-Shopify-Hmac-SHA256 header" };
    };
    let signed =
        |key: &str| hmac::equal(hmac::sha256_base64(key.as_bytes(), &[&request.body]).as_deref(), given);
    if door.secrets.active("client_secret").into_iter().any(signed) {
        return Verdict::Signed { form: "base64 of body" };
    }
    Verdict::Refused { why: "the signature does not match" }
}

/// The shop's name in the API, such as `lan.myshopify.com`, from the setting `shop` with or without its end.
pub(super) fn domain(setting: &str) -> Option<String> {
    let small = setting.trim().to_ascii_lowercase();
    let name = small.strip_suffix(DOMAIN).unwrap_or(&small);
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_name = !name.is_empty() && !name.starts_with('-') && name.chars().all(fits);
    is_name.then(|| format!("{name}{DOMAIN}"))
}

/// The same for a call; the error names the setting.
pub(super) fn own_domain(session: &Session<'_>) -> Result<String, ChannelError> {
    let wrong =
        || ChannelError::misconfigured("account setting \"shop\" must be the name before .myshopify.com");
    domain(session.account("shop")?).ok_or_else(wrong)
}

/// Whether the browser's query comes from Shopify, is fresh, and is about our shop.
///
/// Signed is the query without `hmac`, sorted by name; small hex. Libraries of Shopify's own differ in whether the
/// values are percent-encoded again, which matters for odd letters only, so both are taken. The values that we use
/// are read from this same query. (shopify.dev, authorization code grant, 2026-11-30)
pub(super) fn check_grant(session: &Session<'_>, query: &[(String, String)]) -> Result<(), ChannelError> {
    let refused = |why: &str| Err(ChannelError::refused(format!("the browser's answer is not taken: {why}")));
    let Some(given) = single(query, "hmac") else { return refused("no single hmac") };
    let mut signed: Vec<(&str, &str)> =
        query.iter().filter(|(name, _)| name != "hmac").map(|(n, v)| (n.as_str(), v.as_str())).collect();
    signed.sort_unstable();
    let plain = signed.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let encoded = url::pairs(&signed);
    let keys = session.secrets.active("client_secret");
    let fits = |text: &str| {
        keys.iter()
            .any(|key| hmac::equal(hmac::sha256_hex(key.as_bytes(), &[text.as_bytes()]).as_deref(), given))
    };
    if !fits(&encoded) && !fits(&plain) {
        return refused("the signature does not match");
    }
    let time = single(query, "timestamp").and_then(|text| text.parse::<i64>().ok());
    let age = time.map(|time| (session.clock)().as_second().saturating_sub(time).saturating_abs());
    if age.is_none_or(|age| age > GRANT_AGE_MAX_S) {
        return refused("it is too old, or one of the clocks is wrong");
    }
    if single(query, "shop").and_then(domain) != Some(own_domain(session)?) {
        return refused("it is about another shop");
    }
    Ok(())
}

fn single<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    let mut values = query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let first = values.next()?;
    if values.next().is_some() { None } else { Some(first) }
}
