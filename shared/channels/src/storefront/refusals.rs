//! What a website's refusal means where nothing but the HTTP status tells it, as with Haravan and Sapo.

use crate::error::{ChannelError, ErrorKind};
use crate::http::Answer;

/// The failure that an answer of `channel` tells. The last arm parks.
pub(crate) fn check(answer: &Answer, channel: &str) -> Result<(), ChannelError> {
    let Some(by_status) = answer.status_error() else { return Ok(()) };
    Err(match (by_status.kind, answer.status) {
        (
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::LoginExpired | ErrorKind::NotFound,
            _,
        ) => by_status,
        (_, 403) => ChannelError::misconfigured("HTTP 403: the app was not given this right (scope)"),
        (ErrorKind::Misconfigured, _) => by_status,
        (_, status) => ChannelError::refused(format!("HTTP {status}: {channel} refuses what we sent")),
    })
}

/// The content; none where the app lacks the right, which `missing` then names.
pub(crate) fn allowed<T>(
    read: Result<T, ChannelError>,
    scope: &str,
    missing: &mut Vec<String>,
    answer: &Answer,
) -> Result<Option<T>, ChannelError> {
    match read {
        Err(error) if error.kind == ErrorKind::Misconfigured && answer.status == 403 => {
            missing.push(scope.to_owned());
            Ok(None)
        }
        read => read.map(Some),
    }
}
