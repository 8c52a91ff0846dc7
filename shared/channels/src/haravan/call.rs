//! Our calls to Haravan, each with the shop's token.

use super::wire::BASE_URL;
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::{Answer, Request};
use crate::url;
use reqwest::Method;
use serde_json::Value;

fn with_token(session: &Session<'_>, method: Method, url: &str) -> Result<Request, ChannelError> {
    let bearer = format!("Bearer {}", session.access_token()?);
    Ok(session.http.request(method, url).header("authorization", bearer))
}

/// A question to the API.
pub(super) async fn get(
    session: &Session<'_>,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Answer, ChannelError> {
    let base = session.base_url(BASE_URL);
    let query = if query.is_empty() { String::new() } else { format!("?{}", url::pairs(query)) };
    session.http.send(with_token(session, Method::GET, &format!("{base}{path}{query}"))?).await
}

/// Something to be done by the API.
pub(super) async fn post(session: &Session<'_>, path: &str, body: &Value) -> Result<Answer, ChannelError> {
    let base = session.base_url(BASE_URL);
    let request = with_token(session, Method::POST, &format!("{base}{path}"))?;
    session.http.send(request.header("content-type", "application/json").body(body.to_string())).await
}

/// A call to the place where webhooks are subscribed to, which is a host of its own.
pub(super) async fn webhooks(session: &Session<'_>, method: Method) -> Result<Answer, ChannelError> {
    let base = session.base_url(super::wire::WEBHOOK_URL);
    let request = with_token(session, method.clone(), &format!("{base}/api/subscribe"))?;
    let request = request.header("content-type", "application/json");
    session.http.send(if method == Method::GET { request } else { request.body("{}") }).await
}
