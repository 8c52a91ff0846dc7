//! What Haravan is told about its own orders: taken on, sent, or not to be had.

use super::{call, errors};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::storefront::{self, parcel::parcel};
use serde_json::json;

/// The reason where the shop cannot serve an order and names none. The others are customer, fraud, declined and other.
/// (docs.haravan.com/docs/omni-apis/orders/, 2026-11-30)
const NOT_IN_STOCK: &str = "inventory";

/// Confirms, sends or cancels. A second parcel for goods that are packed already is refused by Haravan.
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    let order = storefront::order_number(&news.order)?;
    let (path, body) = match news.kind {
        NewsKind::Accepted => ("confirm", json!({})),
        NewsKind::Shipped => ("fulfillments", parcel(news, "Haravan")?),
        NewsKind::Cancelled => {
            ("cancel", json!({ "reason": news.reason.as_deref().unwrap_or(NOT_IN_STOCK) }))
        }
        NewsKind::ReadyToShip | NewsKind::Delivered => {
            return Err(ChannelError::unsupported("carry this status back"));
        }
    };
    let answer = call::post(session, &format!("/com/orders/{order}/{path}.json"), &body).await?;
    errors::check(&answer).map_err(ChannelError::after_write)
}
