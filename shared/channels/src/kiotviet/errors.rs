//! KiotViet's refusals: what each means and what to do next.

use super::wire::Refusal;
use crate::error::{ChannelError, ErrorKind};
use crate::http::Answer;
use serde::de::DeserializeOwned;

/// The answer's content, or the failure it tells.
pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ChannelError> {
    match answer.status_error() {
        None => answer.json(),
        Some(error) => Err(from_answer(answer, error)),
    }
}

/// The status decides; the body only tells why. The last arm parks.
fn from_answer(answer: &Answer, by_status: ChannelError) -> ChannelError {
    let refusal = answer.json::<Refusal>().unwrap_or_default();
    let (code, message) = match &refusal.response_status {
        Some(status) => (status.error_code.given(), status.message.given()),
        None => (refusal.error.given(), None),
    };
    match (by_status.kind, code) {
        (
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::LoginExpired | ErrorKind::NotFound,
            _,
        ) => by_status,
        // The login refuses our client: no later try will help. (RFC 6749, 5.2)
        (_, Some(code @ ("invalid_client" | "unauthorized_client" | "invalid_scope"))) => {
            ChannelError::misconfigured(format!("the login refuses us: {code}"))
        }
        (_, Some(code)) => {
            ChannelError::refused(format!("HTTP {} {code}: {}", answer.status, message.unwrap_or_default()))
        }
        (_, None) => by_status,
    }
}
