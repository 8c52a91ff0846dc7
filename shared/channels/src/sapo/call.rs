//! Our calls to a Sapo shop, at the shop's own address and with its token.

use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::{Answer, Request};
use crate::url;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::Value;

/// The shop's address, such as `https://lan.mysapo.net`.
pub(super) fn store<'s>(session: &'s Session<'_>) -> Result<&'s str, ChannelError> {
    let missing = || ChannelError::misconfigured("setting \"base_url\" is missing: the shop's own address");
    let given = session.connection.base_url.as_deref().ok_or_else(missing)?;
    Ok(given.trim_end_matches('/'))
}

/// With the token, under both of its names: shops that were opened in Bizweb's time know the old one. A private app has
/// no token but two keys. (support.sapo.vn/ung-dung-rieng-private-apps, 2026-11-30)
fn signed_in(session: &Session<'_>, method: Method, path: &str) -> Result<Request, ChannelError> {
    let request = session.http.request(method, &format!("{}{path}", store(session)?));
    if session.connection.account.get("private_app").is_some_and(|text| text.trim() == "true") {
        let keys = format!("{}:{}", session.account("app_id")?, session.secrets.get("app_secret")?);
        return Ok(request.header("authorization", format!("Basic {}", STANDARD.encode(keys))));
    }
    let token = session.access_token()?;
    Ok(request.header("x-sapo-access-token", token).header("x-bizweb-access-token", token))
}

/// A question.
pub(super) async fn get(
    session: &Session<'_>,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Answer, ChannelError> {
    let query = if query.is_empty() { String::new() } else { format!("?{}", url::pairs(query)) };
    session.http.send(signed_in(session, Method::GET, &format!("{path}{query}"))?).await
}

/// Something to be done.
pub(super) async fn post(session: &Session<'_>, path: &str, body: &Value) -> Result<Answer, ChannelError> {
    send(session, Method::POST, path, body).await
}

/// Something to be set.
pub(super) async fn put(session: &Session<'_>, path: &str, body: &Value) -> Result<Answer, ChannelError> {
    send(session, Method::PUT, path, body).await
}

async fn send(
    session: &Session<'_>,
    method: Method,
    path: &str,
    body: &Value,
) -> Result<Answer, ChannelError> {
    let request = signed_in(session, method, path)?;
    session.http.send(request.header("content-type", "application/json").body(body.to_string())).await
}
