//! Haravan's refusals: what each status means and what to do next.

use crate::error::ChannelError;
use crate::http::Answer;
use crate::storefront::refusals;
use serde::de::DeserializeOwned;

/// The answer's content, or the failure it tells.
pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ChannelError> {
    check(answer)?;
    answer.json()
}

/// The failure it tells, for answers whose content does not matter.
/// (docs.haravan.com/docs/omni-apis/response-status/, 2026-11-30)
pub(super) fn check(answer: &Answer) -> Result<(), ChannelError> {
    refusals::check(answer, "Haravan")
}

/// The same for an answer to a write: a breakdown may have come after it was applied.
pub(super) fn read_after_write<T: DeserializeOwned>(answer: &Answer) -> Result<T, ChannelError> {
    read(answer).map_err(ChannelError::after_write)
}
