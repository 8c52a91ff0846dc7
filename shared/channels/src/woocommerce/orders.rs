//! WooCommerce's orders in our words.

use super::wire::{LineItem, Order};
use super::{call, errors, sign};
use crate::channel::{LookedUp, Notice, Session, WebhookRequest};
use crate::error::ChannelError;
use crate::json::{self, FieldError, List};
use crate::moment::{self, Zone};
use commerce::Timestamp;
use commerce::ids::{LineId, ListingId, OrderId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;

/// An abandoned cart: it is listed as an order and sent as one, but nobody has ordered anything yet.
const DRAFT: &str = "checkout-draft";

/// Reads a webhook. `order.deleted` is not final, since an order may be taken out of the trash: it is looked
/// up.
pub(super) fn read_webhook(request: &WebhookRequest) -> Result<Notice, ParkReason> {
    if sign::is_ping(&request.body) {
        return Ok(Notice::Nothing { topic: "ping".to_owned() });
    }
    let topic = request.header("x-wc-webhook-topic").unwrap_or_default();
    match topic {
        "order.created" | "order.updated" | "order.restored" => {
            read_order_notice(json::read(&request.body)?, topic)
        }
        "order.deleted" => {
            let order: Order = json::read(&request.body)?;
            Ok(Notice::OrderChanged { order: order_id(&order)? })
        }
        // Without its topic, a body that looks like an order is one.
        "" => {
            let order: Order = json::read(&request.body)?;
            let looks = order.status.given().is_some() && matches!(order.line_items, List::Rows(_));
            if looks || order.code.given().is_some() {
                return read_order_notice(order, "order");
            }
            Err(FieldError::new("X-WC-Webhook-Topic", "is missing").into())
        }
        other => Ok(Notice::Nothing { topic: other.chars().take(60).collect() }),
    }
}

fn read_order_notice(order: Order, topic: &str) -> Result<Notice, ParkReason> {
    if is_draft(&order) {
        return Ok(Notice::Nothing { topic: format!("{topic} {DRAFT}") });
    }
    Ok(Notice::Order(Box::new(read_order(order, None)?)))
}

/// Asks for orders one by one. After a failure that is not the order's own, the rest is not asked for.
pub(super) async fn look_up(session: &Session<'_>, ids: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
    let mut found = Vec::new();
    for id in ids {
        let order = look_up_one(session, id).await;
        match order {
            Err(error) if !is_own(&error) => return Err(error),
            order => found.push((id.clone(), order)),
        }
    }
    Ok(found)
}

fn is_own(error: &ChannelError) -> bool {
    use crate::error::ErrorKind::{NotFound, Refused, Unreadable};
    matches!(error.kind, NotFound | Refused | Unreadable)
}

async fn look_up_one(session: &Session<'_>, id: &OrderId) -> Result<ChannelOrder, ChannelError> {
    let number: u64 =
        id.as_str().parse().map_err(|_| ChannelError::not_found("not a WooCommerce order number"))?;
    let read_at = (session.clock)();
    let order: Order = errors::read(&call::get(session, &format!("/orders/{number}"), &[]).await?)?;
    if is_draft(&order) {
        return Err(ChannelError::not_found("a cart that has not been ordered"));
    }
    Ok(read_order(order, Some(read_at))?)
}

pub(super) fn is_draft(order: &Order) -> bool {
    order.status.given() == Some(DRAFT)
}

pub(super) fn order_id(order: &Order) -> Result<OrderId, FieldError> {
    // An order deleted for good leaves signed messages that hold a code in place of the order (10.5.0,
    // 2026-11-21).
    if let (None, Some(code)) = (order.id.given(), order.code.given()) {
        return Err(FieldError::new("code", format!("{code:.60} in place of an order")));
    }
    let id = order.id.whole("id")?.to_string();
    OrderId::new(id).map_err(|e| FieldError::new("id", e.reason))
}

/// Reads one order. Refunds change nothing here: they name no quantities, and goods come back when a person
/// says so.
pub(super) fn read_order(order: Order, read_at: Option<Timestamp>) -> Result<ChannelOrder, FieldError> {
    let id = order_id(&order)?;
    let currency = Currency::new(order.currency.text("currency")?)
        .map_err(|_| FieldError::new("currency", "must be three capital letters"))?;
    let (status, departure) =
        status(order.status.text("status")?, order.date_completed_gmt.given().is_some());
    let reference = super::forward::reference(&order);
    let lines = order.line_items.rows("line_items")?;
    Ok(ChannelOrder {
        id,
        kind: OrderKind::Channel,
        status,
        departure,
        source_time: moment::date("date_modified_gmt", &order.date_modified_gmt, Zone::Utc)?,
        created_at: moment::date("date_created_gmt", &order.date_created_gmt, Zone::Utc)?,
        read_at,
        location: None,
        hold: None,
        reference,
        lines: lines.iter().map(|line| read_line(line, currency)).collect::<Result<_, _>>()?,
        total: Money::from_minor(order.total.money("total", currency)?, currency),
    })
}

fn read_line(line: &LineItem, currency: Currency) -> Result<ChannelLine, FieldError> {
    let id = line.id.whole("line_items.id")?.to_string();
    let product = line.product_id.whole("line_items.product_id")?;
    let variation = line.variation_id.whole("line_items.variation_id").unwrap_or(0);
    let quantity = line.quantity.units("line_items.quantity")?;
    Ok(ChannelLine {
        id: LineId::new(id).map_err(|e| FieldError::new("line_items.id", e.reason))?,
        listing: ListingId::new(format!("{product}:{variation}"))
            .map_err(|e| FieldError::new("line_items.product_id", e.reason))?,
        quantity,
        cancelled: 0,
        unit_price_minor: unit_price(line, quantity, currency)?,
    })
}

/// `price` is the line's total divided by its quantity, so a discount makes it a fraction: then it is rounded
/// down. The order's total stays exact.
fn unit_price(line: &LineItem, quantity: u32, currency: Currency) -> Result<i64, FieldError> {
    if let Ok(price) = line.price.money("line_items.price", currency) {
        return Ok(price);
    }
    let total = line.total.money("line_items.total", currency)?;
    Ok(total / i64::from(quantity.max(1)))
}

/// WooCommerce's status in our words, and whether goods had left: only a completed order proves that they
/// did.
///
/// `on-hold` awaits a bank transfer. `failed` and `refunded` end the sale; WooCommerce itself puts no unit
/// back for them, and a refund without a completed order is one of goods that never left.
/// (github.com/woocommerce/woocommerce 10.5.0, 2026-11-21)
pub(super) fn status(raw: &str, was_completed: bool) -> (Status, Departure) {
    let ended = if was_completed { Departure::Left } else { Departure::Stayed };
    match raw {
        "pending" | "on-hold" => (Status::Pending, ended),
        "processing" => (Status::Confirmed, ended),
        "completed" => (Status::Completed, Departure::Left),
        "cancelled" | "failed" => (Status::Cancelled, ended),
        "refunded" if was_completed => (Status::Returned, ended),
        "refunded" => (Status::Cancelled, ended),
        // Anyone may throw an order into the trash, shipped or not.
        "trash" if was_completed => (Status::Cancelled, ended),
        "trash" => (Status::Cancelled, Departure::Unknown),
        other => (Status::Unknown(other.to_owned()), Departure::Unknown),
    }
}
