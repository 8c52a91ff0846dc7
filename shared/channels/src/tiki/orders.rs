//! Tiki's orders in our words.

use super::call;
use super::wire::{Change, Item, ORDERS, Order};
use crate::channel::{LookedUp, Session};
use crate::error::ChannelError;
use crate::json::{self, FieldError, List, Loose};
use crate::moment::{self, Zone};
use crate::url;
use commerce::Timestamp;
use commerce::ids::{LineId, ListingId, OrderId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::status::Status;
use serde_json::Value;

/// What is left out of an order unless it is asked for: "all the status changes of this order".
/// (open.tiki.vn, order payload, 2026-11-30)
pub(super) const INCLUDE: &str = "status_histories";

/// Reads orders one by one; an order that cannot be had does not take the others along.
pub(super) async fn look_up(session: &Session<'_>, ids: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
    let mut found = Vec::new();
    for id in ids {
        found.push((id.clone(), look_up_one(session, id).await));
    }
    Ok(found)
}

async fn look_up_one(session: &Session<'_>, id: &OrderId) -> Result<ChannelOrder, ChannelError> {
    let read_at = (session.clock)();
    let path = format!("{ORDERS}/{}?include={INCLUDE}", url::encode(id.as_str()));
    Ok(read_order(call::get(session, &path).await?, Some(read_at))?)
}

/// Reads one order, of the list or asked for by itself: both have the same shape.
pub(super) fn read_order(value: Value, read_at: Option<Timestamp>) -> Result<ChannelOrder, FieldError> {
    let order: Order = json::row("order", value)?;
    let status = status(order.status.text("status")?);
    let total = order.invoice.grand_total.money("invoice.grand_total", Currency::VND)?;
    let departure = departure(&status, &order.status_histories, &order.shipping.tracking_code);
    Ok(ChannelOrder {
        id: order_id("code", &order.code)?,
        kind: OrderKind::Channel,
        departure,
        status,
        source_time: moment::date("updated_at", &order.updated_at, Zone::Vietnam)?,
        created_at: moment::date("created_at", &order.created_at, Zone::Vietnam)?,
        read_at,
        location: None,
        hold: None,
        reference: None,
        lines: order.items.rows("items")?.iter().map(read_line).collect::<Result<_, _>>()?,
        total: Money::from_minor(total, Currency::VND),
    })
}

pub(super) fn order_id(field: &str, value: &Loose) -> Result<OrderId, FieldError> {
    OrderId::new(value.text(field)?).map_err(|e| FieldError::new(field, e.reason))
}

/// Out of stock items "are discarded from fulfillment": the seller has cancelled them, and nothing left.
/// (open.tiki.vn, operation models, 2026-11-30)
fn read_line(item: &Item) -> Result<ChannelLine, FieldError> {
    let either =
        |first: &Loose, second: &Loose| if first.given().is_some() { first.clone() } else { second.clone() };
    let quantity = either(&item.qty, &item.invoice.quantity).units("items.qty")?;
    let price = either(&item.price, &item.invoice.price);
    let is_cancelled = item.confirmation.status.given() == Some("seller_canceled");
    let product = item.product.id.text("items.product.id")?;
    Ok(ChannelLine {
        id: LineId::new(item.id.text("items.id")?).map_err(|e| FieldError::new("items.id", e.reason))?,
        listing: ListingId::new(product).map_err(|e| FieldError::new("items.product.id", e.reason))?,
        quantity,
        cancelled: if is_cancelled { quantity } else { 0 },
        unit_price_minor: price.money("items.price", Currency::VND)?,
    })
}

/// Tiki's status in our words; each has a second, Vietnamese name. (open.tiki.vn, order status, 2026-11-30)
///
/// `holded` is left as it is: nobody says in which state it was held, so its units stay taken and a person is told.
pub(super) fn status(raw: &str) -> Status {
    match raw {
        "queueing" | "cho_in" | "waiting_payment" | "doi_thanh_toan" | "payment_review" => Status::Pending,
        "processing" | "paid" | "da_thanh_toan" => Status::Confirmed,
        "picking" | "dang_lay_hang" | "packaging" | "dang_dong_goi" | "finished_packing"
        | "dong_goi_xong" => Status::ReadyToShip,
        "ready_to_ship" | "len_ke" | "handover_to_partner" | "ban_giao_doi_tac" => Status::ReadyToShip,
        "shipping" | "dang_van_chuyen" => Status::Shipped,
        "successful_delivery" | "giao_hang_thanh_cong" | "delivered" => Status::Delivered,
        "complete" | "closed" => Status::Completed,
        "canceled" => Status::Cancelled,
        "returned" => Status::Returned,
        other => Status::Unknown(other.to_owned()),
    }
}

/// Whether goods left. `canceled` also ends orders whose parcel could not be delivered, so the status alone proves
/// nothing: the order's earlier statuses must. From `picking` on somebody may have fetched the goods, and a tracking
/// code says that a carrier was called; without either, and with a history that reaches to the cancel, they stayed.
fn departure(status: &Status, histories: &List<Change>, tracking_code: &Loose) -> Departure {
    let List::Rows(rows) = histories else {
        return if status.is_out() { Departure::Left } else { Departure::Unknown };
    };
    let each = || rows.iter().map(|row| step(row.status.given().unwrap_or_default()));
    let reaches_the_end =
        *status != Status::Cancelled || rows.iter().any(|row| row.status.given() == Some("canceled"));
    if status.is_out() || each().any(|step| step == Departure::Left) {
        Departure::Left
    } else if !rows.is_empty()
        && reaches_the_end
        && tracking_code.given().is_none()
        && each().all(|step| step == Departure::Stayed)
    {
        Departure::Stayed
    } else {
        Departure::Unknown
    }
}

/// Where the goods certainly were at a status.
fn step(raw: &str) -> Departure {
    match raw {
        "handover_to_partner" | "ban_giao_doi_tac" => Departure::Left,
        "canceled" => Departure::Stayed,
        raw => match status(raw) {
            Status::Pending | Status::Confirmed => Departure::Stayed,
            status if status.is_out() => Departure::Left,
            _ => Departure::Unknown,
        },
    }
}
