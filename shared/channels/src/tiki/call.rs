//! How Tiki is called: with a bearer token, in JSON, unsigned.

use super::errors;
use super::wire::BASE_URL;
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::{Answer, Request};
use reqwest::Method;
use serde_json::Value;

/// Asks with the seller's token.
pub(super) async fn get(session: &Session<'_>, path: &str) -> Result<Value, ChannelError> {
    errors::read(&answer(session, path).await?)
}

/// The same, with the headers kept.
pub(super) async fn answer(session: &Session<'_>, path: &str) -> Result<Answer, ChannelError> {
    let token = session.access_token()?;
    session.http.send(request(session, Method::GET, path, token)).await
}

/// Asks with a token of the caller's choice.
pub(super) async fn get_as(session: &Session<'_>, path: &str, token: &str) -> Result<Value, ChannelError> {
    errors::read(&session.http.send(request(session, Method::GET, path, token)).await?)
}

/// Asks by a body, with a token of the caller's choice.
pub(super) async fn ask(
    session: &Session<'_>,
    path: &str,
    token: &str,
    body: &Value,
) -> Result<Value, ChannelError> {
    errors::read(&send(session, Method::POST, path, token, body).await?)
}

/// Changes something. A breakdown in the answer leaves open whether it was applied; a call that never connected does
/// not.
pub(super) async fn write(
    session: &Session<'_>,
    method: Method,
    path: &str,
    token: &str,
    body: &Value,
) -> Result<Value, ChannelError> {
    errors::read(&send(session, method, path, token, body).await?).map_err(ChannelError::after_write)
}

async fn send(
    session: &Session<'_>,
    method: Method,
    path: &str,
    token: &str,
    body: &Value,
) -> Result<Answer, ChannelError> {
    let request = request(session, method, path, token).header("content-type", "application/json");
    session.http.send(request.body(body.to_string())).await
}

fn request(session: &Session<'_>, method: Method, path: &str, token: &str) -> Request {
    let url = format!("{}{path}", session.base_url(BASE_URL));
    session.http.request(method, &url).header("authorization", format!("Bearer {token}"))
}
