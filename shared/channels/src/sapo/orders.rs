//! Sapo's orders in our words: those of its websites here, those of its stores beside.

use super::wire::{Fulfillment, OneOrder, Order, Orders, PartOfOrder};
use super::{call, errors, omni};
use crate::channel::{Door, LookedUp, Notice, Session, WebhookRequest};
use crate::error::ChannelError;
use crate::json::{self, FieldError, List, Loose};
use crate::moment::{self, Zone};
use crate::storefront;
use commerce::Timestamp;
use commerce::ids::OrderId;
use commerce::money::Money;
use commerce::order::{ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::Value;

/// Ends of addresses that Sapo gives its shops, by which an address and a header can be compared.
const SHOP_DOMAINS: [&str; 3] = [".mysapo.net", ".mysapogo.com", ".bizwebvietnam.net"];

/// Reads a webhook. The version that Sapo sends along grows with each event, but what it counts is not published, so
/// an order's own time decides which message is newer. (support.sapo.vn/sapo-webhook, 2026-11-30)
pub(super) fn read_webhook(door: &Door<'_>, request: &WebhookRequest) -> Result<Notice, ParkReason> {
    let header = |name: &str| request.header(&format!("x-sapo-{name}"));
    if is_another_shop(door, header("tenant-domain").or(header("shop-domain"))) {
        return Err(FieldError::new("X-Sapo-Tenant-Domain", "is not this connection's shop").into());
    }
    let topic = header("topic").or(request.header("x-bizweb-topic")).unwrap_or_default();
    if header("test") == Some("true") {
        return Ok(Notice::Nothing { topic: format!("test {topic:.50}") });
    }
    match topic.split_once('/') {
        // A deleted order can only be asked for, and is then not found: a person decides.
        Some(("orders", "delete" | "deleted")) => changed("id", &json::read::<Order>(&request.body)?.id),
        Some(("orders", _)) => order_notice(&request.body),
        Some(("refunds" | "fulfillments" | "order_transactions", _)) => {
            changed("order_id", &json::read::<PartOfOrder>(&request.body)?.order_id)
        }
        None if topic.is_empty() => order_notice(&request.body),
        _ => Ok(Notice::Nothing { topic: topic.chars().take(60).collect() }),
    }
}

/// One app's secret signs for all shops of the app. Only two addresses that Sapo itself gave are compared: a shop may
/// have a domain of its own.
fn is_another_shop(door: &Door<'_>, theirs: Option<&str>) -> bool {
    let ours = door.connection.base_url.as_deref().and_then(|url| url.split("://").nth(1));
    let Some((ours, theirs)) = ours.zip(theirs) else { return false };
    let ours = ours.trim_end_matches('/');
    let same_kind = |end: &&str| ours.ends_with(*end) && theirs.ends_with(*end);
    SHOP_DOMAINS.iter().any(same_kind) && !ours.eq_ignore_ascii_case(theirs)
}

fn changed(field: &str, id: &Loose) -> Result<Notice, ParkReason> {
    Ok(Notice::OrderChanged { order: storefront::order_id(field, id)? })
}

/// The whole order, or a reason to ask for it where its lines are not told.
fn order_notice(body: &[u8]) -> Result<Notice, ParkReason> {
    let order: Order = json::read(body)?;
    if has_no_lines(&order) && order.modified_on.given().is_some() {
        return changed("id", &order.id);
    }
    Ok(Notice::Order(Box::new(read_order(order, None)?)))
}

fn has_no_lines(order: &Order) -> bool {
    matches!((&order.line_items, &order.order_line_items), (List::Missing, List::Missing))
}

/// Asks for orders one by one. After a failure that is not the order's own, the rest is not asked for.
pub(super) async fn look_up(session: &Session<'_>, ids: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
    let mut found = Vec::new();
    for id in ids {
        let order = look_up_one(session, id).await;
        storefront::keep(&mut found, id, order)?;
    }
    Ok(found)
}

async fn look_up_one(session: &Session<'_>, id: &OrderId) -> Result<ChannelOrder, ChannelError> {
    let number = storefront::order_number(id)?;
    let read_at = (session.clock)();
    let path = format!("/admin/orders/{number}.json");
    let answer: OneOrder = errors::read(&call::get(session, &path, &[]).await?)?;
    let order: Order = json::row("order", answer.order)?;
    if !has_no_lines(&order) || order.id.given().is_none() {
        return Ok(read_order(order, Some(read_at))?);
    }
    let whole = from_list(session, number, &order).await?;
    Ok(read_order(json::row("orders", whole)?, Some(read_at))?)
}

/// A running shop's single order was answered without its lines, which the list does tell. The list knows an order
/// only under its own status. (support.sapo.vn/phuong-thuc-get-cua-order-phan-1, 2026-11-30)
async fn from_list(session: &Session<'_>, number: u64, order: &Order) -> Result<Value, ChannelError> {
    let status = match order {
        order if order.cancelled_on.given().is_some() => "cancelled",
        order if order.closed_on.given().is_some() => "closed",
        _ => "open",
    };
    let id = number.to_string();
    let query = [("ids", id.as_str()), ("status", status)];
    let answer: Orders = errors::read(&call::get(session, "/admin/orders.json", &query).await?)?;
    let is_it = |row: &Value| row.get("id").and_then(Value::as_u64) == Some(number);
    let missing = || ChannelError::unreadable("neither the order nor the list tells its lines");
    answer.orders.rows("orders")?.into_iter().find(is_it).ok_or_else(missing)
}

/// Reads one order, of either product.
pub(super) fn read_order(order: Order, read_at: Option<Timestamp>) -> Result<ChannelOrder, FieldError> {
    let is_omni = !matches!(order.order_line_items, List::Missing);
    let currency = storefront::currency(&order.currency)?;
    let (status, departure) = if is_omni { omni::status(&order)? } else { status(&order)? };
    let departure = if status.is_out() { Departure::Left } else { departure };
    let (lines, total, field) = match is_omni {
        true => (order.order_line_items, order.total, "total"),
        false => (order.line_items, order.total_price, "total_price"),
    };
    let refunds = (departure == Departure::Stayed).then_some(order.refunds);
    Ok(ChannelOrder {
        id: storefront::order_id("id", &order.id)?,
        kind: OrderKind::Channel,
        departure,
        status,
        source_time: moment::date("modified_on", &order.modified_on, Zone::Utc)?,
        created_at: moment::date("created_on", &order.created_on, Zone::Utc)?,
        read_at,
        location: None,
        hold: None,
        reference: storefront::reference(order.note_attributes),
        lines: storefront::read_lines(lines, refunds, currency)?,
        total: Money::from_minor(storefront::amount(field, &total, currency)?, currency),
    })
}

/// The parcels of an order; none where there are none.
pub(super) fn parcels(order: &Order) -> Result<&[Fulfillment], FieldError> {
    match &order.fulfillments {
        List::Rows(rows) => Ok(rows),
        List::Missing => Ok(&[]),
        List::Strange => Err(FieldError::new("fulfillments", "must be a list")),
    }
}

/// Where a parcel is; none for one that came to nothing. The words of `status` and of the delivery are those of
/// Sapo's page on fulfillments. (support.sapo.vn/fulfillment, 2026-11-30)
fn parcel_status(parcel: &Fulfillment) -> Option<Status> {
    match parcel.status.given() {
        Some("cancelled" | "error" | "failure") => return None,
        Some("pending" | "open") => return Some(Status::ReadyToShip),
        Some("success") | None => {}
        Some(other) => return Some(Status::Unknown(other.to_owned())),
    }
    Some(match parcel.delivery_status.given() {
        Some("confirmed" | "ready_for_pickup" | "pending") => Status::ReadyToShip,
        // Without a carrier's word a parcel was made by hand, when the goods were handed over.
        Some("in_transit" | "out_for_delivery" | "attempted_delivery" | "delayed" | "failure") | None => {
            Status::Shipped
        }
        Some("delivered") => Status::Delivered,
        Some(other) => Status::Unknown(other.to_owned()),
    })
}

/// A website's statuses as our one, and whether goods left. A word that is not in the documents makes it unknown.
/// (support.sapo.vn/cac-thuoc-tinh-cua-order-api, 2026-11-30)
fn status(order: &Order) -> Result<(Status, Departure), FieldError> {
    let rows = parcels(order)?;
    let moving: Vec<Status> = rows.iter().filter_map(parcel_status).collect();
    let has_stayed = match rows {
        [] => matches!(order.fulfillment_status.given(), None | Some("unfulfilled")),
        rows => rows.iter().all(|parcel| parcel_status(parcel) == Some(Status::ReadyToShip)),
    };
    let departure = match has_stayed {
        true => Departure::Stayed,
        false if moving.iter().any(Status::is_out) => Departure::Left,
        false => Departure::Unknown,
    };
    Ok((website_status(order, &moving), departure))
}

fn website_status(order: &Order, moving: &[Status]) -> Status {
    if let Some(strange) = strange_word(order) {
        return Status::Unknown(strange);
    }
    if order.cancelled_on.given().is_some() || order.status.given() == Some("cancelled") {
        return Status::Cancelled;
    }
    let unknown = moving.iter().find(|status| matches!(status, Status::Unknown(_)));
    let least = unknown.or_else(|| moving.iter().min_by_key(|status| status.rank()));
    if let Some(unknown @ Status::Unknown(_)) = least {
        return unknown.clone();
    }
    if order.financial_status.given() == Some("refunded") {
        // Money back for goods that never left ends the sale as a cancel does.
        return if least.is_some() { Status::Returned } else { Status::Cancelled };
    }
    let is_closed = order.closed_on.given().is_some() || order.status.given() == Some("closed");
    match (order.fulfillment_status.given(), least) {
        _ if is_closed => Status::Completed,
        (Some("fulfilled"), Some(status)) => status.clone(),
        (Some("fulfilled"), None) => Status::Shipped,
        // Some of the goods are packed or gone; the rest holds the order open.
        (Some("partial"), _) | (_, Some(_)) => Status::ReadyToShip,
        _ => match order.financial_status.given() {
            Some("paid" | "partially_refunded") => Status::Confirmed,
            _ => Status::Pending,
        },
    }
}

fn strange_word(order: &Order) -> Option<String> {
    const MONEY: [&str; 7] =
        ["pending", "authorized", "partially_paid", "paid", "partially_refunded", "refunded", "voided"];
    const GOODS: [&str; 3] = ["fulfilled", "partial", "unfulfilled"];
    const ORDER: [&str; 3] = ["open", "closed", "cancelled"];
    let strange =
        |value: &Loose, known: &[&str]| value.given().filter(|word| !known.contains(word)).map(str::to_owned);
    strange(&order.status, &ORDER)
        .or_else(|| strange(&order.financial_status, &MONEY))
        .or_else(|| strange(&order.fulfillment_status, &GOODS))
}
