//! Shopee's refusals: what each code means and what to do next.

use super::wire::Envelope;
use crate::error::{ChannelError, ErrorKind, Next};
use crate::http::Answer;
use serde_json::Value;
use std::time::Duration;

/// The answer's content; a call succeeded when `error` is empty. (github.com/congminh1254/shopee-sdk,
/// 2026-11-21)
pub(super) fn read(answer: &Answer) -> Result<Value, ChannelError> {
    let envelope = envelope(answer)?;
    match code(&envelope) {
        None => Ok(envelope.response),
        Some(code) => Err(from_code(code, envelope.message.given().unwrap_or_default())),
    }
}

/// The answer, refused or not, as long as it is Shopee that speaks.
pub(super) fn envelope(answer: &Answer) -> Result<Envelope, ChannelError> {
    let failed = answer.status_error();
    if let Some(error) = failed.as_ref().filter(|e| e.kind == ErrorKind::RateLimited) {
        return Err(error.clone());
    }
    match (answer.json::<Envelope>(), failed) {
        // A refusal keeps its code whatever the HTTP status.
        (Ok(envelope), Some(error)) => {
            if code(&envelope).is_some() {
                Ok(envelope)
            } else {
                Err(error)
            }
        }
        (Ok(envelope), None) if envelope.error.is_some() => Ok(envelope),
        (Ok(_), None) => Err(ChannelError::unreadable("error: is missing")),
        (Err(_), Some(error)) => Err(error),
        (Err(error), None) => Err(error),
    }
}

/// The refusal's code without its module (`product.error_param`); none for a success.
pub(super) fn code(envelope: &Envelope) -> Option<&str> {
    let code = envelope.error.as_deref().filter(|code| !code.is_empty())?;
    Some(code.rsplit('.').next().unwrap_or(code))
}

/// What a code means. The last arm parks.
pub(super) fn from_code(code: &str, message: &str) -> ChannelError {
    let detail = if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") };
    match code {
        "error_rate_limit" => ChannelError::rate_limited(None, detail),
        // `order.error_limit` and `logistics.error_limit` mean that this order cannot be changed like that.
        "error_limit" if !message.is_empty() && !message.contains("call limit") => {
            ChannelError::refused(detail)
        }
        // The daily limit ends at midnight, UTC+8; asking hourly finds that out.
        "error_limit" => ChannelError::rate_limited(Some(Duration::from_secs(3_600)), detail),
        "error_server" | "error_inner" | "error_network" | "error_system_busy" => broken(message, detail),
        "error_auth" => from_auth(message, detail),
        "invalid_acceess_token" | "invalid_access_token" => ChannelError::login_expired(detail),
        "error_sign" | "invalid_partner_id" | "error_partner_key_expired" | "source_ip_undeclared" => {
            ChannelError::misconfigured(detail)
        }
        "error_api_permission"
        | "error_api_call_restricted"
        | "error_shop_not_found"
        | "error_param_shop_id_not_found"
        | "partner_shop_no_link"
        | "shop_no_linked"
        | "shop_banned" => ChannelError::misconfigured(detail),
        "error_item_not_found" | "error_not_found" | "order_not_found" | "error_order_not_found" => {
            ChannelError::not_found(detail)
        }
        // A promotion ends by itself. (github.com/congminh1254/shopee-sdk, v2.product.update_stock, 2026-11-21)
        "error_cannt_edit_stock_in_promotion"
        | "error_promotion_cantnot_update_stock"
        | "error_model_update_stock_model_in_promotion" => ChannelError::locked(detail),
        // The seller has switched the holiday on, for days as a rule: a person is told, and the next change of stock tries
        // anew.
        "error_holiday_mode_change_stock" => ChannelError::refused(detail),
        _ if is_lock(message) => ChannelError::locked(detail),
        _ => ChannelError::refused(detail),
    }
}

/// "Stock should be larger than reserved stock", "Normal_stock cannot be edited when item is under promotion": a
/// promotion has set units aside, and no code of their own goes with these words.
/// (error list of v2.product.update_stock, github.com/congminh1254/shopee-sdk, 2026-11-21)
fn is_lock(message: &str) -> bool {
    let text = message.to_ascii_lowercase();
    text.contains("stock") && (text.contains("reserved") || text.contains("promotion"))
}

/// `error_server` also says that a warehouse shop may hold no stock of its own: that is no breakdown.
fn broken(message: &str, detail: String) -> ChannelError {
    if message.contains("FBS shop") || message.contains("location ID") {
        return ChannelError::refused(detail);
    }
    ChannelError::unavailable(detail)
}

/// `error_auth` stands for a dead token, for missing rights and for refused stock numbers; only the text
/// tells. (error list of v2.product.update_stock, github.com/congminh1254/shopee-sdk, 2026-11-21)
fn from_auth(message: &str, detail: String) -> ChannelError {
    let text = message.to_ascii_lowercase();
    let names = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if names(&["system error"]) {
        ChannelError::new(ErrorKind::Unavailable, Next::Retry, detail)
    } else if names(&["permission", "app is deleted", "partner_id"]) {
        ChannelError::misconfigured(detail)
    } else if is_lock(message) {
        ChannelError::locked(detail)
    } else if names(&["stock", "location", "holiday", "item"]) {
        ChannelError::refused(detail)
    } else {
        ChannelError::login_expired(detail)
    }
}

/// Why one variation was not set. It says that it failed, so it was not applied.
pub(super) fn from_reason(reason: &str) -> ChannelError {
    let text = reason.to_ascii_lowercase();
    if text.contains("try again") || text.contains("try later") || text.contains("system") {
        return ChannelError::unavailable(reason);
    }
    if is_lock(reason) { ChannelError::locked(reason) } else { ChannelError::refused(reason) }
}
