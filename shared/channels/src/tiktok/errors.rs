//! TikTok Shop's refusals: what each code means and what to do next.

use super::wire::Envelope;
use crate::error::{ChannelError, ErrorKind};
use crate::http::Answer;
use serde_json::Value;
use std::time::Duration;

/// "The order does not belong to the seller": one such number spoils a whole look-up.
pub(super) const NOT_OURS: i64 = 21_008_111;

/// The answer's content; a call succeeded when `code` is 0. (partner.tiktokshop.com/docv2/page/common-errors,
/// 2026-11-21)
pub(super) fn read(answer: &Answer) -> Result<Value, ChannelError> {
    coded(answer).map_err(|(_, error)| error)
}

/// The same with the code, where TikTok Shop gave one.
pub(super) fn coded(answer: &Answer) -> Result<Value, (Option<i64>, ChannelError)> {
    let failed = answer.status_error();
    // A limit tells its wait in a header, whatever the body says.
    if let Some(error) = failed.as_ref().filter(|e| e.kind == ErrorKind::RateLimited) {
        return Err((None, error.clone()));
    }
    let envelope: Envelope = match answer.json() {
        Ok(envelope) => envelope,
        Err(error) => return Err((None, failed.unwrap_or(error))),
    };
    let code = match envelope.code.whole("code") {
        Ok(code) => code,
        Err(error) => return Err((None, failed.unwrap_or_else(|| error.into()))),
    };
    match (code, failed) {
        (0, None) => Ok(envelope.data),
        (0, Some(error)) => Err((None, error)),
        (code, _) => {
            let message = envelope.message.given().unwrap_or_default();
            Err((Some(code), from_code(code, message, answer.retry_after)))
        }
    }
}

/// What a code means. The last arm parks.
pub(super) fn from_code(code: i64, message: &str, wait: Option<Duration>) -> ChannelError {
    let detail = if message.is_empty() { code.to_string() } else { format!("{code}: {message}") };
    match code {
        36_009_002 => ChannelError::rate_limited(wait, detail),
        36_009_003 | 36_009_007 | 10_006_402 | 10_002_014 | 10_002_015 | 10_037_002 | 10_037_003
        | 10_037_004 => ChannelError::unavailable(detail),
        105_001 | 105_002 => ChannelError::login_expired(detail),
        36_009_004 => wrong_parameter(message, detail),
        // Signature, rights, shop_cipher, the list of addresses that may call.
        106_001 | 105_005 | 106_011 | 106_013 | 36_009_033 => ChannelError::misconfigured(detail),
        12_052_031 | 12_052_032 | 12_052_048 | 12_019_008 => ChannelError::not_found(detail),
        12_052_990 | 12_052_097 if is_lock(message) => ChannelError::locked(detail),
        // 12052990 and 12052097 (stock), 12019022, 12019024, 12019028, 12052037 (warehouse, count), 25001xxx
        // (cancel), 36004004 (a code that was used) are refusals for good.
        _ => ChannelError::refused(detail),
    }
}

/// One code stands for every stock number that is not taken; only the text says that a campaign or a creator has set
/// units aside, so that the number cannot fall below them until that is over.
/// (partner.tiktokshop.com/docv2/page/update-inventory-202309, 2026-11-21)
fn is_lock(message: &str) -> bool {
    let text = message.to_ascii_lowercase();
    ["campaign", "promotion", "creator", "flash sale"].iter().any(|word| text.contains(word))
}

/// One code stands for a wrong token, a wrong app_key, our clock and any other parameter; only the text tells.
/// (partner.tiktokshop.com/docv2/page/common-errors, 2026-11-30)
fn wrong_parameter(message: &str, detail: String) -> ChannelError {
    let text = message.to_ascii_lowercase();
    let names = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if names(&["access_token", "access token", "access-token"]) {
        ChannelError::login_expired(detail)
    } else if names(&["timestamp", "app_key", "app key", "signature", "shop_cipher"]) {
        ChannelError::misconfigured(detail)
    } else {
        ChannelError::refused(detail)
    }
}
