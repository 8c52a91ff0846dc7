//! KiotViet's short logins: a day's token for our client id and secret.

use super::errors;
use super::wire::{AUTH_URL, BASE_URL, Token};
use crate::channel::{Login, Session};
use crate::error::ChannelError;
use crate::http::{Answer, Request};
use crate::url;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// A token is not believed for longer than this, whatever its answer says.
const LIFE_SECONDS_MAX: i64 = 86_400;

/// Client credentials; KiotViet calls the scope field `scopes`. (KiotViet public API, authentication,
/// 2026-11-21)
pub(super) async fn log_in(session: &Session<'_>) -> Result<Login, ChannelError> {
    let form = url::pairs(&[
        ("scopes", "PublicApi.Access"),
        ("grant_type", "client_credentials"),
        ("client_id", session.secrets.get("client_id")?),
        ("client_secret", session.secrets.get("client_secret")?),
    ]);
    let asked_at = (session.clock)();
    let request = session.http.request(Method::POST, &auth_url(session));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    let token: Token = errors::read(&session.http.send(request).await?)?;
    let life = token.expires_in.whole("expires_in")?.clamp(0, LIFE_SECONDS_MAX);
    let life = Duration::from_secs(u64::try_from(life).unwrap_or_default());
    let expires_at = asked_at.saturating_add(life).unwrap_or(asked_at);
    Ok(Login { token: SecretString::from(token.access_token.text("access_token")?.to_owned()), expires_at })
}

/// A stand-in for the API stands in for the login too, unless the shop names another.
fn auth_url(session: &Session<'_>) -> String {
    match (session.connection.account.get("auth_url"), &session.connection.base_url) {
        (Some(url), _) => url.clone(),
        (None, Some(base)) => format!("{}/connect/token", base.trim_end_matches('/')),
        (None, None) => AUTH_URL.to_owned(),
    }
}

/// A request with the login and the shop's name.
pub(super) fn request(session: &Session<'_>, method: Method, path: &str) -> Result<Request, ChannelError> {
    let token = session.token.as_ref().ok_or_else(|| ChannelError::login_expired("no login yet"))?;
    let request = session.http.request(method, &format!("{}{path}", session.base_url(BASE_URL)));
    let bearer = format!("Bearer {}", token.expose_secret());
    Ok(request.header("authorization", bearer).header("retailer", session.account("retailer")?))
}

/// A read; the answer as it came.
pub(super) async fn get(
    session: &Session<'_>,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Answer, ChannelError> {
    let query = if query.is_empty() { String::new() } else { format!("?{}", url::pairs(query)) };
    session.http.send(request(session, Method::GET, &format!("{path}{query}"))?).await
}

/// A change; an answer that tells nothing leaves open whether it was done.
pub(super) async fn write<T: DeserializeOwned>(
    session: &Session<'_>,
    method: Method,
    path: &str,
    body: &Value,
) -> Result<T, ChannelError> {
    let request = request(session, method, path)?.header("content-type", "application/json");
    let answer = session.http.send(request.body(body.to_string())).await?;
    errors::read(&answer).map_err(ChannelError::after_write)
}
