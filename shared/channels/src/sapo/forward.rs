//! Orders of other channels put into a Sapo website, with our reference as tag and among what is noted on them.

use super::wire::{OneOrder, Orders, Referenced};
use super::{Product, call, errors};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{ForwardLine, OrderToForward};
use crate::json;
use crate::storefront::{self, REFERENCE};
use commerce::ids::OrderId;
use serde_json::{Value, json};

/// Puts the order in. It takes its units from stock whatever is there: the sale has happened. Sapo names the source
/// itself and refuses an app that does. (support.sapo.vn/phuong-thuc-post-cua-order-phan-2, 2026-11-30)
pub(super) async fn put(session: &Session<'_>, order: &OrderToForward) -> Result<OrderId, ChannelError> {
    Product::web_only(session, "forward an order")?;
    let lines: Result<Vec<Value>, ChannelError> = order.lines.iter().map(line).collect();
    let body = json!({ "order": {
        "line_items": lines?,
        "note_attributes": [{ "name": REFERENCE, "value": order.reference }],
        "note": order.title,
        "tags": tag(&order.reference),
        "inventory_behaviour": "decrement_ignoring_policy",
        "send_receipt": false,
        "send_fulfillment_receipt": false,
    } });
    let answer: OneOrder =
        errors::read_after_write(&call::post(session, "/admin/orders.json", &body).await?)?;
    let read = json::row::<Referenced>("order", answer.order)
        .and_then(|order| storefront::order_id("order.id", &order.id));
    read.map_err(|error| ChannelError::from(error).after_write())
}

fn line(line: &ForwardLine) -> Result<Value, ChannelError> {
    let (_, variant) = storefront::parts(&line.listing)?;
    Ok(json!({ "variant_id": variant, "quantity": line.quantity, "price": line.unit_price_minor }))
}

/// Commas part tags, so a reference must not hold one.
fn tag(reference: &str) -> String {
    reference.replace(',', ";")
}

/// Looks the tag up in each of the three lists; what is noted on the order decides, for a tag may be typed by hand.
pub(super) async fn find(session: &Session<'_>, reference: &str) -> Result<Option<OrderId>, ChannelError> {
    Product::web_only(session, "forward an order")?;
    let tag = tag(reference);
    for status in ["open", "closed", "cancelled"] {
        let query = [("tag", tag.as_str()), ("status", status)];
        let answer: Orders = errors::read(&call::get(session, "/admin/orders.json", &query).await?)?;
        for row in answer.orders.rows("orders")? {
            let order: Referenced = json::row("orders", row)?;
            if storefront::carries(order.note_attributes, reference) {
                return Ok(Some(storefront::order_id("orders.id", &order.id)?));
            }
        }
    }
    Ok(None)
}
