//! What a Sapo website is told about its own orders: sent, or not to be had.

use super::{Product, call, errors};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::storefront::{self, parcel::parcel};
use serde_json::json;

/// The reason where the shop cannot serve an order and names none. The others are customer, fraud and other.
/// (github.com/vinhch/BizwebSharp, 2026-11-30)
const NOT_IN_STOCK: &str = "inventory";

/// Sends or cancels. A cancel does not put units back on sale by itself: how many are shown is ours to say.
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    Product::web_only(session, "carry a status back")?;
    let order = storefront::order_number(&news.order)?;
    let (path, body) = match news.kind {
        NewsKind::Shipped => ("fulfillments", parcel(news, "Sapo")?),
        NewsKind::Cancelled => {
            let reason = news.reason.as_deref().unwrap_or(NOT_IN_STOCK);
            ("cancel", json!({ "reason": reason, "restock": false, "email": false }))
        }
        NewsKind::Accepted | NewsKind::ReadyToShip | NewsKind::Delivered => {
            return Err(ChannelError::unsupported("carry this status back"));
        }
    };
    let answer = call::post(session, &format!("/admin/orders/{order}/{path}.json"), &body).await?;
    errors::check(&answer).map_err(ChannelError::after_write)
}
