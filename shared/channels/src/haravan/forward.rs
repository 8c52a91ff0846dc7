//! Orders of other channels put into Haravan, with our reference among what is noted on them.

use super::facts::PAGE_ROWS_MAX;
use super::list;
use super::wire::{OneOrder, References};
use super::{call, errors};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{ForwardLine, OrderToForward};
use crate::json;
use crate::storefront::{self, REFERENCE};
use commerce::ids::OrderId;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// How far back an order of ours is looked for. A second try comes within minutes; after two days a person looks.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(48);
/// The most pages looked through; a list that is longer gives no answer, because "not there" would be a guess.
const PAGES_MAX: u32 = 10;
/// The longest tag. (docs.haravan.com/docs/omni-apis/orders/, 2026-11-30)
const TAG_CHARS_MAX: usize = 40;

/// Puts the order in. Haravan sells below zero here, so nothing is refused for lack of stock.
pub(super) async fn put(session: &Session<'_>, order: &OrderToForward) -> Result<OrderId, ChannelError> {
    let lines: Result<Vec<Value>, ChannelError> = order.lines.iter().map(line).collect();
    let mut body = json!({ "order": {
        "line_items": lines?,
        "note_attributes": [{ "name": REFERENCE, "value": order.reference }],
        "source_name": "hopkenh",
        "note": order.title,
    } });
    if let Some(location) = location(session, order)? {
        body["order"]["location_id"] = json!(location);
    }
    if order.reference.chars().count() <= TAG_CHARS_MAX {
        body["order"]["tags"] = json!(order.reference);
    }
    let answer: OneOrder = errors::read_after_write(&call::post(session, "/com/orders.json", &body).await?)?;
    let read = json::row::<super::wire::Referenced>("order", answer.order)
        .and_then(|order| storefront::order_id("order.id", &order.id));
    read.map_err(|error| ChannelError::from(error).after_write())
}

fn line(line: &ForwardLine) -> Result<Value, ChannelError> {
    let (_, variant) = storefront::parts(&line.listing)?;
    Ok(json!({ "variant_id": variant, "quantity": line.quantity, "price": line.unit_price_minor }))
}

/// The store that serves it: the one named, or else the account's own.
fn location(session: &Session<'_>, order: &OrderToForward) -> Result<Option<u64>, ChannelError> {
    let named = order.branch.as_deref().or(session.account("location_id").ok());
    let wrong = |_| ChannelError::misconfigured("a Haravan store is named by its number");
    named.map(|text| text.trim().parse().map_err(wrong)).transpose()
}

/// Looks through the newest orders: Haravan finds no order by what is noted on it.
pub(super) async fn find(session: &Session<'_>, reference: &str) -> Result<Option<OrderId>, ChannelError> {
    let now = (session.clock)();
    let from = list::time(now.checked_sub(LOOK_BACK).unwrap_or(now));
    for page in 1..=PAGES_MAX {
        let (limit, number) = (PAGE_ROWS_MAX.to_string(), page.to_string());
        let query = [
            ("status", "any"),
            ("created_at_min", from.as_str()),
            ("order", "created_at desc"),
            ("fields", "id,note_attributes"),
            ("limit", &limit),
            ("page", &number),
        ];
        let answer: References = errors::read(&call::get(session, "/com/orders.json", &query).await?)?;
        let rows = answer.orders.rows("orders")?;
        let is_last = rows.len() < PAGE_ROWS_MAX;
        for order in rows {
            let id = storefront::order_id("orders.id", &order.id)?;
            if storefront::carries(order.note_attributes, reference) {
                return Ok(Some(id));
            }
        }
        if is_last {
            return Ok(None);
        }
    }
    Err(ChannelError::refused("more orders came in two days than can be looked through: look by hand"))
}
