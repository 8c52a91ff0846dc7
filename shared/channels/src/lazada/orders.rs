//! Lazada's orders in our words: rows of single units put together again.

use super::facts::ORDERS_MAX;
use super::wire::{Item, ORDERS_ITEMS, OrderItems, Push, PushData};
use super::{call, errors};
use crate::channel::{Door, LookedUp, Notice, Session, WebhookRequest};
use crate::error::{ChannelError, ErrorKind};
use crate::json::{self, FieldError, List, Loose};
use crate::moment::{self, Zone};
use commerce::Timestamp;
use commerce::ids::{LineId, ListingId, OrderId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;
use std::collections::BTreeMap;

/// A trade order or a reverse order changed.
const ORDER: i64 = 0;

/// Reads a push. It holds no items, and there is one for each line of an order: whatever names an order makes us ask
/// for it.
///
/// Types: 0 order and reverse order; 1 to 5 products, 6 shallow stock, 7 video, 8 token expiring, 12 category,
/// 13 seller status. A low stock is what we set, and a token is renewed by the clock. (open.lazada.com, Lazada Push
/// Mechanism, 2026-11-21)
pub(super) fn read_push(door: &Door<'_>, request: &WebhookRequest) -> Result<Notice, ParkReason> {
    let push: Push = json::read(&request.body)?;
    let kind = push.message_type.whole("message_type")?;
    if kind != ORDER {
        return Ok(Notice::Nothing { topic: topic(kind) });
    }
    let ours = door.account("seller_id");
    // One app secret signs for all its sellers, so the signature alone does not tell whose order it is.
    if push.seller_id.given().is_some_and(|theirs| ours.is_some_and(|ours| ours != theirs)) {
        return Err(FieldError::new("seller_id", "is not this connection's seller").into());
    }
    let data: PushData = json::row("data", push.data)?;
    let number = data.trade_order_id.text("data.trade_order_id")?;
    Ok(Notice::OrderChanged { order: order_id("data.trade_order_id", number)? })
}

fn topic(kind: i64) -> String {
    match kind {
        6 => "low stock".to_owned(),
        8 => "token expires".to_owned(),
        _ => format!("message_type {kind}"),
    }
}

pub(super) fn order_id(field: &str, text: &str) -> Result<OrderId, FieldError> {
    OrderId::new(text).map_err(|e| FieldError::new(field, e.reason))
}

/// Asks for the items of at most fifty orders in one call; they hold all that we keep of an order, and all as it was at
/// one instant. Where one of several numbers is not known, Lazada refuses all.
pub(super) async fn look_up(session: &Session<'_>, ids: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    if ids.len() > ORDERS_MAX {
        return Err(ChannelError::refused("more than 50 orders in one call"));
    }
    let read_at = (session.clock)();
    let found = match items(session, ids).await {
        Ok(found) => found,
        Err(error) => return one_or_all(ids, error),
    };
    let mut orders = BTreeMap::new();
    for order in found {
        let number = order.order_id.given().unwrap_or_default().to_owned();
        orders.insert(number, read_order(order, Some(read_at)).map_err(ChannelError::from));
    }
    let of = |id: &OrderId| orders.get(id.as_str()).cloned();
    Ok(ids.iter().map(|id| (id.clone(), of(id).unwrap_or_else(|| Err(unknown_order())))).collect())
}

/// The orders with their items, as they come.
pub(super) async fn items(session: &Session<'_>, ids: &[OrderId]) -> Result<Vec<OrderItems>, ChannelError> {
    if let Some(id) = ids.iter().find(|id| !id.as_str().bytes().all(|b| b.is_ascii_digit())) {
        return Err(ChannelError::not_found(format!("order {id} is not a Lazada order number")));
    }
    let numbers = ids.iter().map(OrderId::as_str).collect::<Vec<_>>().join(",");
    let answer = call::get(session, ORDERS_ITEMS, &[("order_ids", &format!("[{numbers}]"))]).await?;
    let envelope = errors::envelope(&answer)?;
    if envelope.code.given() == Some("37") && ids.len() == 1 {
        return Err(unknown_order());
    }
    if let Some(error) = errors::refusal(&envelope) {
        return Err(error);
    }
    let rows: List<serde_json::Value> = json::row("data", envelope.data)?;
    let order = |value| json::row::<OrderItems>("data", value).unwrap_or_default();
    Ok(rows.rows("data")?.into_iter().map(order).collect())
}

/// A number alone that is not known is answered; of several nobody knows which it was, so that all are refused and
/// asked for again in smaller parts.
fn one_or_all(ids: &[OrderId], error: ChannelError) -> Result<Vec<LookedUp>, ChannelError> {
    match ids {
        [id] if error.kind == ErrorKind::NotFound => Ok(vec![(id.clone(), Err(error))]),
        _ if error.kind == ErrorKind::NotFound => Err(ChannelError::refused(error.detail)),
        _ => Err(error),
    }
}

fn unknown_order() -> ChannelError {
    ChannelError::not_found("Lazada does not know the order")
}

/// Reads the items of one order.
pub(super) fn read_order(order: OrderItems, read_at: Option<Timestamp>) -> Result<ChannelOrder, FieldError> {
    let id = order_id("order_id", order.order_id.text("order_id")?)?;
    let items = order.order_items.rows("order_items")?;
    let first = items.first().ok_or_else(|| FieldError::new("order_items", "is empty"))?;
    let currency = Currency::new(first.currency.text("order_items.currency")?)
        .map_err(|_| FieldError::new("order_items.currency", "must be three capital letters"))?;
    let status = order_status(&items)?;
    let mut source_time = time("order_items.updated_at", &first.updated_at)?;
    let mut created_at = time("order_items.created_at", &first.created_at)?;
    for item in &items {
        source_time = source_time.max(time("order_items.updated_at", &item.updated_at)?);
        created_at = created_at.min(time("order_items.created_at", &item.created_at)?);
    }
    Ok(ChannelOrder {
        id,
        kind: OrderKind::Channel,
        departure: departure(&items),
        status,
        source_time,
        created_at,
        read_at,
        location: None,
        hold: None,
        reference: None,
        lines: read_lines(&items, currency)?,
        total: Money::from_minor(total(&items, currency)?, currency),
    })
}

/// The order stands where the least advanced of its items stands that is not cancelled. An item with an unknown word
/// makes the whole order unknown, for nobody can tell how far it is.
fn order_status(items: &[Item]) -> Result<Status, FieldError> {
    let read = |item: &Item| item.status.text("order_items.status").map(status);
    let all: Vec<Status> = items.iter().map(read).collect::<Result<_, _>>()?;
    let live = || all.iter().filter(|status| **status != Status::Cancelled);
    let unknown = live().find(|status| matches!(status, Status::Unknown(_)));
    let least = unknown.or_else(|| live().min_by_key(|status| status.rank()));
    Ok(least.cloned().unwrap_or(Status::Cancelled))
}

/// Lazada's word for one item in our words. Parcels that failed or got lost have left and do not come back by
/// themselves. (open.lazada.com, order status flow and GetOrders, 2026-11-30)
pub(super) fn status(raw: &str) -> Status {
    match raw {
        "unpaid" => Status::Pending,
        "pending" => Status::Confirmed,
        "packed" | "repacked" | "topack" | "toship" | "ready_to_ship" | "ready_to_ship_pending" => {
            Status::ReadyToShip
        }
        "shipped"
        | "failed"
        | "failed_delivery"
        | "lost"
        | "lost_by_3pl"
        | "damaged_by_3pl"
        | "package_scrapped"
        | "shipped_back_failed" => Status::Shipped,
        "delivered" => Status::Delivered,
        "confirmed" => Status::Completed,
        "canceled" => Status::Cancelled,
        "shipped_back" => Status::ReturnRequested,
        "shipped_back_success" | "returned" => Status::Returned,
        other => Status::Unknown(other.to_owned()),
    }
}

/// Whether goods left, as the items tell: one that left is enough; all must show that they did not.
fn departure(items: &[Item]) -> Departure {
    let each = || items.iter().map(item_departure);
    if each().any(|departure| departure == Departure::Left) {
        Departure::Left
    } else if each().all(|departure| departure == Departure::Stayed) {
        Departure::Stayed
    } else {
        Departure::Unknown
    }
}

/// Only what is not yet shipped can be cancelled, but from ready-to-ship on the courier may have it already; and a
/// delivery that failed is called a cancel as well. (open.lazada.com, Order cancellation and `cancel_return_initiator`
/// of GetMultipleOrderItems, 2026-11-30)
fn item_departure(item: &Item) -> Departure {
    let has_parcel = item.tracking_code.given().is_some() || item.package_id.given().is_some();
    let by = item.cancel_return_initiator.given().unwrap_or_default().to_ascii_lowercase();
    match status(item.status.given().unwrap_or_default()) {
        status if status.is_out() => Departure::Left,
        Status::Cancelled if by.contains("failed") => Departure::Left,
        Status::Cancelled if !has_parcel => Departure::Stayed,
        Status::Pending | Status::Confirmed => Departure::Stayed,
        _ => Departure::Unknown,
    }
}

/// One line for each listing: Lazada writes a row for each unit. A cancelled unit counts as free only when it never
/// had a parcel.
fn read_lines(items: &[Item], currency: Currency) -> Result<Vec<ChannelLine>, FieldError> {
    let mut lines: BTreeMap<String, ChannelLine> = BTreeMap::new();
    for item in items {
        let name = listing_of(item)?;
        let price = item.item_price.money("order_items.item_price", currency)?;
        let is_free = status(item.status.given().unwrap_or_default()) == Status::Cancelled
            && item_departure(item) == Departure::Stayed;
        let line = match lines.entry(name) {
            std::collections::btree_map::Entry::Occupied(line) => line.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let line = new_line(place.key(), price)?;
                place.insert(line)
            }
        };
        line.quantity = line.quantity.saturating_add(1);
        line.cancelled = line.cancelled.saturating_add(u32::from(is_free));
    }
    Ok(lines.into_values().collect())
}

fn new_line(listing: &str, unit_price_minor: i64) -> Result<ChannelLine, FieldError> {
    let wrong = |e: commerce::ids::IdError| FieldError::new("order_items.sku_id", e.reason);
    Ok(ChannelLine {
        id: LineId::new(listing).map_err(wrong)?,
        listing: ListingId::new(listing).map_err(wrong)?,
        quantity: 0,
        cancelled: 0,
        unit_price_minor,
    })
}

/// The listing that an item is one unit of.
pub(super) fn listing_of(item: &Item) -> Result<String, FieldError> {
    let product = item.product_id.text("order_items.product_id")?;
    Ok(format!("{product}:{}", item.sku_id.text("order_items.sku_id")?))
}

/// What the buyer pays: each item's price less its vouchers, and its part of the shipping fee.
fn total(items: &[Item], currency: Currency) -> Result<i64, FieldError> {
    let paid = |item: &Item| -> Result<i64, FieldError> {
        let price = item.paid_price.money("order_items.paid_price", currency)?;
        let fee = match item.shipping_amount.given() {
            Some(_) => item.shipping_amount.money("order_items.shipping_amount", currency)?,
            None => 0,
        };
        Ok(price.saturating_add(fee))
    };
    items.iter().try_fold(0_i64, |sum, item| Ok(sum.saturating_add(paid(item)?)))
}

/// A time in one of the three ways Lazada writes it: ISO 8601 with its zone, the same with blanks
/// (`2026-11-22 10:00:00 +0700`, live answers), or milliseconds (the sample of GetMultipleOrderItems).
pub(super) fn time(field: &'static str, value: &Loose) -> Result<Timestamp, FieldError> {
    let text = value.text(field)?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let milliseconds = value.whole(field)?;
        return Timestamp::from_millisecond(milliseconds)
            .map_err(|_| FieldError::new(field, "is not a time in milliseconds"));
    }
    let mut words = text.split(' ');
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some(day), Some(hour), Some(zone), None) if zone.starts_with(['+', '-']) => {
            moment::date(field, &Loose::from(format!("{day}T{hour}{zone}").as_str()), Zone::Vietnam)
        }
        _ => moment::date(field, value, Zone::Vietnam),
    }
}
