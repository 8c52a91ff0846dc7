//! What Haravan is told about its own orders: taken on, sent, or not to be had.

use super::{call, errors};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::storefront;
use serde_json::{Map, Value, json};

/// The reason where the shop cannot serve an order and names none. The others are customer, fraud, declined and other.
/// (docs.haravan.com/docs/omni-apis/orders/, 2026-11-30)
const NOT_IN_STOCK: &str = "inventory";

/// Confirms, sends or cancels. A second parcel for goods that are packed already is refused by Haravan.
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    let order = storefront::order_number(&news.order)?;
    let (path, body) = match news.kind {
        NewsKind::Accepted => ("confirm", json!({})),
        NewsKind::Shipped => ("fulfillments", parcel(news)?),
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
        let wrong = |_| ChannelError::refused("not a line of a Haravan order");
        let line =
            |id: &commerce::ids::LineId| Ok(json!({ "id": id.as_str().parse::<u64>().map_err(wrong)? }));
        let lines: Result<Vec<Value>, ChannelError> = news.lines.iter().map(line).collect();
        parcel.insert("line_items".to_owned(), json!(lines?));
    }
    Ok(json!({ "fulfillment": parcel }))
}
