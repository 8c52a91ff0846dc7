//! A message to a chat on Telegram, through the shop's own bot.
//!
//! Telegram Bot API, `sendMessage`: <https://core.telegram.org/bots/api#sendmessage> (looked up 2026-11-30, by notes and
//! clients that repeat it). The bot's token is part of the address, so no address is ever told.

use channels::error::ChannelError;
use channels::http::{Answer, Http};
use channels::secrets::Secrets;
use commerce::report_reader::TelegramChat;
use http::Method;
use lambda_kit::report_entry::TELEGRAM_TOKEN;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// Where the API answers, unless the shop's file says otherwise.
const BASE_URL: &str = "https://api.telegram.org";

/// An answer of the API.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    ok: bool,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Debug, Default, Deserialize)]
struct Parameters {
    /// In seconds.
    retry_after: Option<u64>,
}

/// Sends a text. A link in it is not opened for a preview: whoever opens it first should be a person of the shop.
pub(crate) async fn send(
    http: &Http,
    chat: &TelegramChat,
    secrets: &Secrets,
    text: &str,
) -> Result<(), ChannelError> {
    let token = secrets.get(TELEGRAM_TOKEN)?;
    if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":_-".contains(&byte)) {
        return Err(ChannelError::misconfigured("the bot's token holds letters that no token has"));
    }
    let base = chat.base_url.as_deref().unwrap_or(BASE_URL).trim_end_matches('/');
    let body = json!({"chat_id": chat.chat, "text": text, "link_preview_options": {"is_disabled": true}});
    let request = http.request(Method::POST, &format!("{base}/bot{token}/sendMessage"));
    let request = request.header("content-type", "application/json").body(body.to_string());
    read(&Http::send(http, request).await?, secrets)
}

/// What an answer means. A token that is not taken answers 401 or, where it is no token at all, 404.
fn read(answer: &Answer, secrets: &Secrets) -> Result<(), ChannelError> {
    let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
    let what = secrets.redact(&said.description);
    match answer.status {
        200 if said.ok => Ok(()),
        401 | 404 => Err(ChannelError::misconfigured("Telegram does not take the bot's token")),
        429 => {
            let wait = said.parameters.retry_after.map(Duration::from_secs).or(answer.retry_after);
            Err(ChannelError::rate_limited(wait, "Telegram asks to wait"))
        }
        500..=599 => Err(ChannelError::unavailable(format!("Telegram: HTTP {}", answer.status))),
        status => Err(ChannelError::refused(format!("Telegram: HTTP {status} {what}"))),
    }
}
