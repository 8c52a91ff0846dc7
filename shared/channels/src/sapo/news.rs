//! What a Sapo website is told about its own orders: sent, or not to be had.

use super::{Product, call, errors};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::storefront;
use serde_json::{Map, Value, json};

/// The reason where the shop cannot serve an order and names none. The others are customer, fraud and other.
/// (github.com/vinhch/BizwebSharp, 2026-11-30)
const NOT_IN_STOCK: &str = "inventory";

/// Sends or cancels. A cancel does not put units back on sale by itself: how many are shown is ours to say.
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    Product::web_only(session, "carry a status back")?;
    let order = storefront::order_number(&news.order)?;
    let (path, body) = match news.kind {
        NewsKind::Shipped => ("fulfillments", parcel(news)?),
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

fn parcel(news: &OrderNews) -> Result<Value, ChannelError> {
    let mut parcel = Map::new();
    parcel.insert("notify_customer".to_owned(), json!(false));
    if let Some(carrier) = &news.carrier {
        parcel.insert("tracking_company".to_owned(), json!(carrier));
    }
    if let Some(number) = &news.tracking_number {
        parcel.insert("tracking_number".to_owned(), json!(number));
    }
    if !news.lines.is_empty() {
        let wrong = |_| ChannelError::refused("not a line of a Sapo order");
        let line =
            |id: &commerce::ids::LineId| Ok(json!({ "id": id.as_str().parse::<u64>().map_err(wrong)? }));
        let lines: Result<Vec<Value>, ChannelError> = news.lines.iter().map(line).collect();
        parcel.insert("line_items".to_owned(), json!(lines?));
    }
    Ok(json!({ "fulfillment": parcel }))
}
