//! Tiki's refusals: what each status means and what to do next.

use super::wire::NotGranted;
use crate::error::ChannelError;
use crate::http::Answer;
use serde_json::Value;

/// The answer's content. A refusal comes with `errors`, with whatever status.
/// (open.tiki.vn, common exceptions, 2026-11-30)
pub(super) fn read(answer: &Answer) -> Result<Value, ChannelError> {
    if let Some(error) = from_status(answer) {
        return Err(error);
    }
    let value: Value = answer.json()?;
    match first_error(&value) {
        Some(said) => Err(ChannelError::refused(said)),
        None => Ok(value),
    }
}

/// What a status means; none for 2xx. The last arm parks: "please do not retry on 4xx failures".
fn from_status(answer: &Answer) -> Option<ChannelError> {
    let plain = answer.status_error()?;
    let said = || {
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let said = body.as_ref().and_then(first_error).unwrap_or("no reason given");
        format!("HTTP {}: {said}", answer.status)
    };
    Some(match answer.status {
        // 401 also says that the token belongs to no seller; a new login settles both.
        300..=399 | 401 | 408 | 429 | 500..=599 => plain,
        // A right that was not granted, or a store that is not active.
        403 => ChannelError::misconfigured(said()),
        404 => ChannelError::not_found(said()),
        _ => ChannelError::refused(said()),
    })
}

fn first_error(value: &Value) -> Option<&str> {
    let errors = value.get("errors")?;
    let first = errors.as_array().map_or(Some(errors), |rows| rows.first())?;
    (!first.is_null()).then(|| first.as_str().unwrap_or("no reason given"))
}

/// The answer of the login; its refusals are those of OAuth 2.0. The last arm parks.
/// (open.tiki.vn, auth flows, 2026-11-30; RFC 6749, 5.2)
pub(super) fn read_login(answer: &Answer) -> Result<Value, ChannelError> {
    let Some(plain) = answer.status_error() else { return answer.json() };
    let refusal: NotGranted = serde_json::from_slice(&answer.body).unwrap_or_default();
    Err(match (answer.status, refusal.error.given()) {
        (429 | 300..=399 | 408 | 500..=599, _) => plain,
        (_, Some("invalid_client" | "unauthorized_client")) => {
            ChannelError::misconfigured("Tiki does not know this client_id with this client_secret")
        }
        (_, Some("invalid_grant")) => ChannelError::refused(
            "the code or the refresh token is used up or unknown: it must be granted anew",
        ),
        (status, Some(error)) => ChannelError::refused(format!("HTTP {status}: {error}")),
        (status, None) => ChannelError::refused(format!("HTTP {status}")),
    })
}
