//! Sapo's refusals: what each status means and what to do next.

use crate::error::{ChannelError, ErrorKind};
use crate::http::Answer;
use serde::de::DeserializeOwned;

/// The answer's content, or the failure it tells.
pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ChannelError> {
    check(answer)?;
    answer.json()
}

/// The failure it tells, for answers whose content does not matter. The last arm parks. Sapo publishes no table of
/// errors; 401, 403, 422 and 429 are seen with running shops. (support.sapo.vn/phuong-thuc-get-cua-order-phan-1,
/// 2026-11-30)
pub(super) fn check(answer: &Answer) -> Result<(), ChannelError> {
    let Some(by_status) = answer.status_error() else { return Ok(()) };
    Err(match (by_status.kind, answer.status) {
        (
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::LoginExpired | ErrorKind::NotFound,
            _,
        ) => by_status,
        (_, 403) => ChannelError::misconfigured("HTTP 403: the app was not given this right (scope)"),
        (ErrorKind::Misconfigured, _) => by_status,
        (_, status) => ChannelError::refused(format!("HTTP {status}: Sapo refuses what we sent")),
    })
}

/// The same for an answer to a write: a breakdown may have come after it was applied.
pub(super) fn read_after_write<T: DeserializeOwned>(answer: &Answer) -> Result<T, ChannelError> {
    read(answer).map_err(ChannelError::after_write)
}
