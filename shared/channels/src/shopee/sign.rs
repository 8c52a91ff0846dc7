//! Shopee's signatures: theirs on what they push to us, ours on what we ask.

use super::wire::BASE_URL;
use crate::channel::{Door, Session, Verdict, WebhookRequest};
use crate::error::ChannelError;
use crate::{hmac, url};

/// `Authorization` = small hex of HMAC-SHA256(partner key, registered address + "|" + raw body).
///
/// The address is the one registered in the console, never rebuilt from the request: a proxy may have changed
/// it. (open.shopee.com/push-mechanism/5, 2026-11-21)
pub(super) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    if request.body.is_empty() {
        // The console's "Verify" button sends nothing and wants an empty 200.
        return Verdict::HarmlessUnsigned;
    }
    let Some(registered) = door.connection.webhook_url.as_deref() else {
        return Verdict::Refused { why: "no webhook_url is set for the connection" };
    };
    let Some(given) = request.header("authorization") else {
        return Verdict::Refused { why: "no single Authorization header" };
    };
    let signed = |key: &str| {
        let parts: [&[u8]; 3] = [registered.as_bytes(), b"|", &request.body];
        hmac::equal(hmac::sha256_hex(key.as_bytes(), &parts).as_deref(), given)
    };
    if door.secrets.active("partner_key").into_iter().any(signed) {
        return Verdict::Signed { form: "hex of url|body" };
    }
    Verdict::Refused { why: "the signature does not match" }
}

/// The whole address of a shop call: who asks, when, and the signature over path, time, token and shop.
///
/// Query and body are not signed. (github.com/congminh1254/shopee-sdk, 2026-11-21)
pub(super) fn signed_url(
    session: &Session<'_>,
    path: &str,
    query: &[(&str, &str)],
) -> Result<String, ChannelError> {
    let login = [("access_token", session.access_token()?), ("shop_id", session.account("shop_id")?)];
    address(session, path, &login, query)
}

/// The address of a call that concerns the app and not a shop: the signature ends with the time.
pub(super) fn public_url(session: &Session<'_>, path: &str) -> Result<String, ChannelError> {
    address(session, path, &[], &[])
}

fn address(
    session: &Session<'_>,
    path: &str,
    login: &[(&str, &str)],
    query: &[(&str, &str)],
) -> Result<String, ChannelError> {
    let partner = session.account("partner_id")?;
    let key = session.secrets.get("partner_key")?;
    let time = (session.clock)().as_second().to_string();
    let mut parts: Vec<&[u8]> = vec![partner.as_bytes(), path.as_bytes(), time.as_bytes()];
    parts.extend(login.iter().map(|(_, value)| value.as_bytes()));
    let sign = hmac::sha256_hex(key.as_bytes(), &parts)
        .ok_or_else(|| ChannelError::misconfigured("secret \"partner_key\" is empty"))?;
    let who = [("partner_id", partner), ("timestamp", &time), ("sign", &sign)];
    let all = url::pairs(&[&who, login, query].concat());
    Ok(format!("{}{path}?{all}", session.base_url(BASE_URL)))
}
