//! One call to Shopee: its address, its body, and the answer's content or the failure it tells.

use super::{errors, sign};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use reqwest::Method;
use serde_json::Value;

/// Reads something of the shop; the content of `response`.
pub(super) async fn get(
    session: &Session<'_>,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Value, ChannelError> {
    errors::read(&get_answer(session, path, query).await?)
}

/// The same as it came, for the calls whose answer is flat.
pub(super) async fn get_answer(
    session: &Session<'_>,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Answer, ChannelError> {
    let url = sign::signed_url(session, path, query)?;
    session.http.send(session.http.request(Method::GET, &url)).await
}

/// Changes something of the shop; an answer that tells nothing leaves open whether it was done.
pub(super) async fn post(session: &Session<'_>, path: &str, body: &Value) -> Result<Value, ChannelError> {
    let url = sign::signed_url(session, path, &[])?;
    errors::read(&send(session, &url, body).await?).map_err(ChannelError::after_write)
}

/// Reads something of the app.
pub(super) async fn get_public(session: &Session<'_>, path: &str) -> Result<Value, ChannelError> {
    let url = sign::public_url(session, path)?;
    errors::read(&session.http.send(session.http.request(Method::GET, &url)).await?)
}

/// Changes something of the app; the answer as it came.
pub(super) async fn post_public(
    session: &Session<'_>,
    path: &str,
    body: &Value,
) -> Result<Answer, ChannelError> {
    let url = sign::public_url(session, path)?;
    send(session, &url, body).await
}

async fn send(session: &Session<'_>, url: &str, body: &Value) -> Result<Answer, ChannelError> {
    let request = session.http.request(Method::POST, url).header("content-type", "application/json");
    session.http.send(request.body(body.to_string())).await
}
