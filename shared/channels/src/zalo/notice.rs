//! A notice to a phone: a template that Zalo has approved, with our figures in its places.

use crate::channel::Session;
use crate::error::ChannelError;
use crate::json::Loose;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Where notices are sent.
const BASE_URL: &str = "https://business.openapi.zalo.me";
/// The token is taken no more.
const TOKEN_REFUSED: &str = "-124";

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The phone, with its country's number and no plus sign.
    pub phone: &'a str,
    /// The approved template.
    pub template: &'a str,
    /// What stands in its places.
    pub fields: &'a BTreeMap<String, String>,
    /// Our name of it, for Zalo's own lists.
    pub tracking_id: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answered {
    error: Loose,
}

/// Sends it. After an error that says nothing of a refusal it may have been sent.
pub async fn send(session: &Session<'_>, notice: &Notice<'_>) -> Result<(), ChannelError> {
    let body = json!({
        "phone": notice.phone, "template_id": notice.template,
        "template_data": notice.fields, "tracking_id": notice.tracking_id,
    });
    let url = format!("{}/message/template", session.base_url(BASE_URL));
    let request = session
        .http
        .request(Method::POST, &url)
        .header("content-type", "application/json")
        .header("access_token", session.access_token()?)
        .body(body.to_string());
    let answer = session.http.send(request).await?;
    if let Some(error) = answer.status_error() {
        return Err(error.after_write());
    }
    let said: Answered = answer.json().map_err(ChannelError::after_write)?;
    match said.error.text("error").map_err(ChannelError::from)? {
        "0" => Ok(()),
        TOKEN_REFUSED => Err(ChannelError::login_expired("Zalo takes the token no more")),
        code => Err(ChannelError::refused(format!("Zalo: error {code}"))),
    }
}
