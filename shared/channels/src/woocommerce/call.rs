//! One call to a website: its address, the proof of our keys, its body, and what the answer tells.

use super::errors;
use super::sign::{self, Proof};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::{Answer, Request};
use crate::url;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads; the answer as it came.
pub(super) async fn get(
    session: &Session<'_>,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Answer, ChannelError> {
    session.http.send(request(session, Method::GET, path, query)?).await
}

/// Changes something. A guard's 403 was not applied; any other breakdown may have been.
pub(super) async fn write<T: DeserializeOwned>(
    session: &Session<'_>,
    method: Method,
    path: &str,
    body: &Value,
) -> Result<T, ChannelError> {
    let request = request(session, method, path, &[])?.header("content-type", "application/json");
    let answer = session.http.send(request.body(body.to_string())).await?;
    errors::read(&answer).map_err(|error| if answer.status == 403 { error } else { error.after_write() })
}

fn request(
    session: &Session<'_>,
    method: Method,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Request, ChannelError> {
    let url = format!("{}{path}", sign::rest_url(session)?);
    if sign::proof(session)? == Proof::Signed {
        let query = sign::signed_query(session, method.as_str(), &url, query)?;
        return Ok(session.http.request(method, &format!("{url}?{query}")));
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", url::pairs(query)) };
    let request = session.http.request(method, &format!("{url}{query}"));
    Ok(request.header("authorization", sign::authorization(session)?))
}
