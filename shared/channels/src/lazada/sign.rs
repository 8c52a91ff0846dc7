//! Lazada's signatures: theirs on what they push to us, ours on what we ask.

use super::facts::HOSTS;
use super::wire::{AUTH_URL, BASE_URL};
use crate::app_signature;
use crate::channel::{Door, Session, Verdict, WebhookRequest};
use crate::error::ChannelError;
use crate::hmac;

/// `Authorization` = small hex of HMAC-SHA256(app secret, app key + raw body); the address is not part of it.
/// (open.lazada.com, Lazada Push Mechanism, 2026-11-21)
pub(super) fn verify(door: &Door<'_>, request: &WebhookRequest) -> Verdict {
    app_signature::verify(door, request, "hex of app_key and body")
}

/// The signature of a call: capital hex of HMAC-SHA256(app secret, path + every name and value, sorted by name in
/// ASCII order). Values are signed as they are, before they are encoded. (open.lazada.com, docId=108068, 2026-11-21)
pub(super) fn signature(secret: &str, path: &str, parameters: &[(&str, &str)]) -> Option<String> {
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    let base: String = sorted.iter().flat_map(|(name, value)| [*name, *value]).collect();
    hmac::sha256_hex(secret.as_bytes(), &[path.as_bytes(), base.as_bytes()]).map(|hex| hex.to_uppercase())
}

/// All parameters of a call with who asks, when, and the signature. Calls for a login have no token yet.
pub(super) fn signed(
    session: &Session<'_>,
    path: &str,
    parameters: &[(&str, &str)],
    token: Option<&str>,
) -> Result<Vec<(String, String)>, ChannelError> {
    let app_key = session.account("app_key")?;
    let secret = session.secrets.get("app_secret")?;
    let timestamp = (session.clock)().as_millisecond().to_string();
    let mut all = vec![("app_key", app_key), ("timestamp", &timestamp), ("sign_method", "sha256")];
    all.extend(token.map(|token| ("access_token", token)));
    all.extend_from_slice(parameters);
    let sign = signature(secret, path, &all)
        .ok_or_else(|| ChannelError::misconfigured("secret \"app_secret\" is empty"))?;
    all.push(("sign", &sign));
    Ok(all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// Where the API answers.
pub(super) fn base_url<'s>(session: &'s Session<'_>) -> &'s str {
    session.base_url(BASE_URL)
}

/// Where logins are given: one place for all countries, so that another country's API host leads there as well.
pub(super) fn auth_url<'s>(session: &'s Session<'_>) -> &'s str {
    let url = session.auth_url(AUTH_URL);
    let host = url.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if HOSTS.iter().any(|known| known.name == host) { AUTH_URL } else { url }
}
