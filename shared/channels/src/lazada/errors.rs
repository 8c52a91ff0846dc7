//! Lazada's refusals: what each code means and what to do next.

use super::wire::Envelope;
use crate::error::{ChannelError, ErrorKind, Next};
use crate::http::Answer;
use std::time::Duration;

/// The answer's content; a call succeeded when `code` is "0". Refusals come with HTTP 200 as well.
pub(super) fn read(answer: &Answer) -> Result<Envelope, ChannelError> {
    let envelope = envelope(answer)?;
    match refusal(&envelope) {
        None => Ok(envelope),
        Some(error) => Err(error),
    }
}

/// The answer, refused or not, as long as it is Lazada that speaks.
pub(super) fn envelope(answer: &Answer) -> Result<Envelope, ChannelError> {
    let failed = answer.status_error();
    if let Some(error) = failed.as_ref().filter(|e| e.kind == ErrorKind::RateLimited) {
        return Err(error.clone());
    }
    match (answer.json::<Envelope>(), failed) {
        // A refusal keeps its code whatever the HTTP status.
        (Ok(envelope), Some(error)) => {
            if refusal(&envelope).is_some() {
                Ok(envelope)
            } else {
                Err(error)
            }
        }
        (Ok(envelope), None) if envelope.code.given().is_some() => Ok(envelope),
        (Ok(_), None) => Err(ChannelError::unreadable("code: is missing")),
        (Err(_), Some(error)) => Err(error),
        (Err(error), None) => Err(error),
    }
}

/// Why the call as a whole was refused; none for a success.
pub(super) fn refusal(envelope: &Envelope) -> Option<ChannelError> {
    let code = envelope.code.given().filter(|code| *code != "0")?;
    let blame = envelope.blame.given().unwrap_or_default();
    Some(from_code(code, blame, envelope.message.given().unwrap_or_default()))
}

/// What a code means. `type` tells whose fault it is: ISV ours, ISP and SYSTEM theirs. The last arm parks.
/// (error lists of open.lazada.com: GetOrder, GetMultipleOrderItems, GetProductItem, UpdateSellableQuantity, Pack,
/// RefreshAccessToken; read 2026-11-30)
pub(super) fn from_code(code: &str, blame: &str, message: &str) -> ChannelError {
    let detail = if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") };
    let is_theirs = blame.eq_ignore_ascii_case("ISP") || blame.eq_ignore_ascii_case("SYSTEM");
    match code {
        "ApiCallLimit" | "SellerCallLimit" | "ServiceCallLimit" | "901" => {
            ChannelError::rate_limited(None, detail)
        }
        // The limit of the whole app is a daily one; asking hourly finds its end.
        "AppCallLimit" => ChannelError::rate_limited(Some(Duration::from_secs(3_600)), detail),
        "6" | "513" | "1000" | "40011" | "700024" | "ServiceTimeout" | "ServiceUnavailable"
        | "SystemError" => ChannelError::unavailable(detail),
        "IllegalAccessToken" | "InvalidAccessToken" => ChannelError::login_expired(detail),
        // Nothing but a new grant by the seller helps here.
        "IllegalRefreshToken" | "InvalidCode" | "IllegalCode" | "AUTH_TYPE_UNSUPPORTED" => {
            ChannelError::new(ErrorKind::LoginExpired, Next::Park, detail)
        }
        "IncompleteSignature"
        | "IllegalTimestamp"
        | "InvalidTimestamp"
        | "InvalidAppKey"
        | "IllegalAppKey"
        | "MissingAppKey"
        | "AppWhiteIpLimit"
        | "InsufficientPermission"
        | "InsufficientIsvPermissions"
        | "SellerNotVerified"
        | "SELLER_NOT_PERMITTED" => ChannelError::misconfigured(detail),
        "16" | "39" | "207" | "208" | "700021" | "700025" => ChannelError::not_found(detail),
        // A campaign lets stock only rise, until it is over. (open.lazada.com, UpdateSellableQuantity, 2026-11-21)
        "4170" => ChannelError::locked(detail),
        // 501 says ISP and yet means that this product or seller may not; 204 that there were too many SKUs; 37 that one
        // order of several is not known.
        "501" | "204" | "37" | "38" | "5" | "30" => ChannelError::refused(detail),
        _ if is_theirs => ChannelError::unavailable(detail),
        _ => ChannelError::refused(detail),
    }
}

/// Why one SKU, item or package of several was not done. It says that it failed, so it was not applied.
pub(super) fn of_one(code: &str, message: &str) -> ChannelError {
    let error = from_code(code, "", message);
    if matches!(error.kind, ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Locked) {
        return error;
    }
    let text = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["try again", "try later", "system error"]) {
        ChannelError::unavailable(error.detail)
    } else if says(&["4170", "campaign"]) {
        ChannelError::locked(error.detail)
    } else {
        ChannelError::refused(error.detail)
    }
}

/// Why a difference was not added. A refusal because nothing would be left means that buyers took units meanwhile: the
/// number counted on is no longer there. Its words are not documented, so those that can mean nothing else are looked
/// for; any other refusal stays one. (open.lazada.com, AdjustSellableQuantity, 2026-11-30)
pub(super) fn of_delta(error: ChannelError) -> ChannelError {
    const BELOW_ZERO: [&str; 8] = [
        "negative",
        "less than 0",
        "less than zero",
        "below 0",
        "below zero",
        "insufficient",
        "not enough",
        "not sufficient",
    ];
    let text = error.detail.to_ascii_lowercase();
    let is_below_zero = error.kind == ErrorKind::Refused && BELOW_ZERO.iter().any(|word| text.contains(word));
    if is_below_zero { ChannelError::changed(error.detail) } else { error }
}
