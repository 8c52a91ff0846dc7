//! Shopify's refusals: what each code means and what to do next.

use super::wire::{Envelope, GraphError, Throttle, UserError};
use crate::error::ChannelError;
use crate::http::Answer;
use crate::json::Loose;
use serde_json::Value;
use std::time::Duration;

/// The answer's `data`. Shopify answers a refusal with HTTP 200 as well; `errors` decides.
/// (shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits, 2026-11-30)
pub(super) fn read(answer: &Answer) -> Result<Value, ChannelError> {
    if let Some(error) = from_status(answer) {
        return Err(error);
    }
    let envelope: Envelope = answer.json()?;
    match envelope.errors.rows_or_none("errors") {
        Ok(errors) if errors.is_empty() && envelope.data.is_object() => Ok(envelope.data),
        Ok(errors) => match errors.first() {
            Some(error) => Err(from_error(error, envelope.extensions.cost.as_ref())),
            None => Err(ChannelError::unreadable("data: is missing")),
        },
        Err(error) => Err(error.into()),
    }
}

/// What the HTTP status alone says. (shopify.dev/docs/api/usage/response-codes, 2026-11-30)
fn from_status(answer: &Answer) -> Option<ChannelError> {
    let detail = |why: &str| format!("HTTP {}: {why}", answer.status);
    match answer.status {
        402 => Some(ChannelError::misconfigured(detail("the shop is frozen until its bill is paid"))),
        403 => Some(ChannelError::misconfigured(detail("the app may not do this, or was uninstalled"))),
        404 => Some(ChannelError::misconfigured(detail("no such shop, or no such version of the API"))),
        423 => Some(ChannelError::misconfigured(detail("the shop is locked"))),
        430 => Some(ChannelError::rate_limited(answer.retry_after, detail("too many calls at once"))),
        _ => answer.status_error(),
    }
}

/// What a code of the whole document means. The last arm parks.
fn from_error(error: &GraphError, cost: Option<&super::wire::Cost>) -> ChannelError {
    let code = error.extensions.code.given().unwrap_or("no code");
    let detail = format!("{code}: {}", error.message.given().unwrap_or_default());
    match code {
        "THROTTLED" => throttled(cost, detail),
        "INTERNAL_SERVER_ERROR" | "TIMEOUT" => ChannelError::unavailable(detail),
        "IDEMPOTENCY_CONCURRENT_REQUEST" => ChannelError::unavailable(detail),
        "UNAUTHORIZED" => ChannelError::login_expired(detail),
        "ACCESS_DENIED" | "SHOP_INACTIVE" => ChannelError::misconfigured(detail),
        "NOT_FOUND" | "RESOURCE_NOT_FOUND" => ChannelError::not_found(detail),
        _ => ChannelError::refused(detail),
    }
}

/// How long until the bucket holds what was asked for, in whole seconds; not told, the house chooses.
fn throttled(cost: Option<&super::wire::Cost>, detail: String) -> ChannelError {
    let Some(cost) = cost else { return ChannelError::rate_limited(None, detail) };
    let Throttle { maximum_available, currently_available, restore_rate } = &cost.throttle_status;
    let read = |number: &Loose| points(number);
    let (asked, most) = (read(&cost.requested_query_cost), read(maximum_available));
    if let (Some(asked), Some(most)) = (asked, most)
        && asked > most
    {
        return ChannelError::refused(format!("{detail}: costs {asked} points, more than the bucket holds"));
    }
    let wait = asked.zip(read(currently_available)).zip(read(restore_rate)).map(|((asked, has), rate)| {
        let lacking = asked.saturating_sub(has);
        Duration::from_secs(lacking.div_ceil(rate.max(1)).max(1))
    });
    ChannelError::rate_limited(wait, detail)
}

/// Whole points; Shopify writes some of them as `1000.0`. What is below one point is dropped.
fn points(number: &Loose) -> Option<u64> {
    number.given()?.split('.').next()?.parse().ok()
}

/// What a refusal of one row or of one mutation means: nothing of it was applied. The last arm parks.
pub(super) fn from_user_error(error: &UserError) -> ChannelError {
    let code = error.code.given().unwrap_or_default();
    let message = error.message.given().unwrap_or("no reason given");
    let detail = if code.is_empty() { message.to_owned() } else { format!("{code}: {message}") };
    match code {
        // Another try with the same key is under way; with a new key it is a new write.
        "IDEMPOTENCY_CONCURRENT_REQUEST" | "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED" => {
            ChannelError::unavailable(detail)
        }
        // An order came, or somebody else wrote, in between: nothing was applied, and the next read finds the new value.
        // (shopify.dev, InventorySetQuantitiesUserErrorCode, 2026-11-30)
        "CHANGE_FROM_QUANTITY_STALE" | "COMPARE_QUANTITY_STALE" => ChannelError::changed(detail),
        "INVALID_INVENTORY_ITEM" | "NOT_FOUND" | "ORDER_NOT_FOUND" => ChannelError::not_found(detail),
        "INVALID_LOCATION" | "LOCATION_NOT_FOUND" => ChannelError::misconfigured(detail),
        "INTERNAL_ERROR" | "INTERNAL_SERVER_ERROR" => ChannelError::unavailable(detail).after_write(),
        _ => ChannelError::refused(detail),
    }
}

/// The first refusal of a mutation, if there is one.
pub(super) fn first(errors: Vec<UserError>) -> Result<(), ChannelError> {
    errors.first().map_or(Ok(()), |error| Err(from_user_error(error)))
}
