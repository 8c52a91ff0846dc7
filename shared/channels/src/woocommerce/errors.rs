//! WooCommerce's refusals: what each code means and what to do next.

use super::wire::Refusal;
use crate::error::{ChannelError, ErrorKind, Next};
use crate::http::Answer;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long to leave a host alone whose guard has shut us out.
const GUARD_WAIT: Duration = Duration::from_secs(60);

/// The answer's content, or the failure it tells.
pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ChannelError> {
    match answer.status_error() {
        None => answer.json(),
        Some(error) => Err(from_answer(answer, error)),
    }
}

fn from_answer(answer: &Answer, by_status: ChannelError) -> ChannelError {
    if matches!(by_status.kind, ErrorKind::RateLimited | ErrorKind::Unavailable) {
        return by_status;
    }
    let refusal = answer.json::<Refusal>().ok();
    match refusal.as_ref().and_then(|refusal| refusal.code.given()) {
        Some(code) => from_code(code, refusal.as_ref().and_then(|r| r.message.given()).unwrap_or_default()),
        None => without_code(answer.status, by_status),
    }
}

/// A page that is not the API's own: the host's guard, or an address that is wrong.
fn without_code(status: u16, by_status: ChannelError) -> ChannelError {
    match status {
        // Hosts and their guards answer 403 to what looks like a robot; it passes.
        403 => ChannelError::new(
            ErrorKind::Unavailable,
            Next::Wait(GUARD_WAIT),
            "HTTP 403 from the host's guard",
        ),
        401 => ChannelError::misconfigured("HTTP 401: the host refuses our keys"),
        404 => {
            ChannelError::misconfigured("HTTP 404 without a WooCommerce code: is base_url the site's root?")
        }
        413 => ChannelError::refused("HTTP 413: the request is too large"),
        _ => by_status,
    }
}

/// What a code means. The last arm parks. (codes: github.com/woocommerce/woocommerce, 2026-11-21)
pub(super) fn from_code(code: &str, message: &str) -> ChannelError {
    let detail = if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") };
    match code {
        "woocommerce_rest_shop_order_invalid_id"
        | "woocommerce_rest_product_invalid_id"
        | "woocommerce_rest_product_variation_invalid_id"
        | "woocommerce_rest_invalid_product_id"
        | "woocommerce_rest_invalid_variation_id" => ChannelError::not_found(detail),
        // Keys do not expire: when they stop working, somebody has removed them or their rights.
        "woocommerce_rest_authentication_error"
        | "woocommerce_rest_cannot_view"
        | "woocommerce_rest_cannot_edit"
        | "woocommerce_rest_cannot_batch"
        | "rest_forbidden"
        | "rest_no_route" => ChannelError::misconfigured(detail),
        "woocommerce_rest_request_entity_too_large" | "rest_invalid_param" => ChannelError::refused(detail),
        _ => ChannelError::refused(detail),
    }
}

/// A refusal of one item of a batch.
pub(super) fn from_refusal(refusal: &Refusal) -> ChannelError {
    from_code(refusal.code.given().unwrap_or("no code"), refusal.message.given().unwrap_or_default())
}
