//! Shopee's orders in our words.

use super::call;
use super::facts::ORDERS_MAX;
use super::wire::{Item, ORDER_DETAIL, ORDER_FIELDS, Order, OrderList, Package, Push, PushData};
use crate::channel::{Door, LookedUp, Notice, Session, WebhookRequest};
use crate::error::ChannelError;
use crate::json::{self, FieldError, List};
use crate::moment;
use commerce::Timestamp;
use commerce::ids::{LineId, ListingId, OrderId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a push. It holds no items: whatever names an order makes us ask for it.
///
/// Codes: 3 order status, 4 tracking number, 8 reserved stock (often before 3), 23 booking, 29 return,
/// 30 package. (open.shopee.com/push-mechanism/5, 2026-11-21)
pub(super) fn read_push(door: &Door<'_>, request: &WebhookRequest) -> Result<Notice, ParkReason> {
    if request.body.is_empty() {
        return Ok(Notice::Nothing { topic: "verify".to_owned() });
    }
    read_notice(door, json::read(&request.body)?)
}

/// What a push says, however it reached us.
pub(super) fn read_notice(door: &Door<'_>, push: Push) -> Result<Notice, ParkReason> {
    let code = push.code.whole("code")?;
    if !matches!(code, 3 | 4 | 8 | 23 | 29 | 30) {
        return Ok(Notice::Nothing { topic: format!("code {code}") });
    }
    let ours = door.account("shop_id").map(str::trim);
    // One app key signs for all its shops, so the signature alone does not tell whose order it is.
    if push.shop_id.given().is_some_and(|theirs| ours.is_some_and(|ours| ours != theirs)) {
        return Err(FieldError::new("shop_id", "is not this connection's shop").into());
    }
    let data: PushData = json::row("data", push.data)?;
    match data.ordersn.given().or(data.order_sn.given()) {
        Some(number) => Ok(Notice::OrderChanged { order: order_id("data.ordersn", number)? }),
        None if code == 3 => Err(FieldError::new("data.ordersn", "is missing").into()),
        None => Ok(Notice::Nothing { topic: format!("code {code}") }),
    }
}

pub(super) fn order_id(field: &str, text: &str) -> Result<OrderId, FieldError> {
    OrderId::new(text).map_err(|e| FieldError::new(field, e.reason))
}

/// Asks for at most fifty orders in one call. A number that the answer leaves out is not known to Shopee.
pub(super) async fn look_up(session: &Session<'_>, ids: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    if ids.len() > ORDERS_MAX {
        return Err(ChannelError::refused("more than 50 orders in one call"));
    }
    let numbers = ids.iter().map(OrderId::as_str).collect::<Vec<_>>().join(",");
    let query = [
        ("order_sn_list", numbers.as_str()),
        ("response_optional_fields", ORDER_FIELDS),
        // Without it an order under verification (PENDING) is left out of the answer.
        ("request_order_status_pending", "true"),
    ];
    let read_at = (session.clock)();
    let list: OrderList = json::row("response", call::get(session, ORDER_DETAIL, &query).await?)?;
    let mut found = BTreeMap::new();
    for value in list.order_list.rows("response.order_list")? {
        let number = value.get("order_sn").and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        found.insert(number, read_order(value, Some(read_at)).map_err(ChannelError::from));
    }
    let of = |id: &OrderId| found.get(id.as_str()).cloned();
    Ok(ids.iter().map(|id| (id.clone(), of(id).unwrap_or_else(|| Err(unknown_order())))).collect())
}

fn unknown_order() -> ChannelError {
    ChannelError::not_found("Shopee left the order out of its answer")
}

/// Reads one order of `get_order_detail`.
///
/// With `fulfillment_flag` FBS the goods lie in Shopee's warehouse; it is an order all the same, and its
/// listing should then take from a location that is Shopee's.
pub(super) fn read_order(
    value: serde_json::Value,
    read_at: Option<Timestamp>,
) -> Result<ChannelOrder, FieldError> {
    let order: Order = json::row("order", value)?;
    let currency = Currency::new(order.currency.text("currency")?)
        .map_err(|_| FieldError::new("currency", "must be three capital letters"))?;
    let status = status(order.order_status.text("order_status")?);
    let departure = departure(&status, &order.package_list);
    Ok(ChannelOrder {
        id: order_id("order_sn", order.order_sn.text("order_sn")?)?,
        kind: OrderKind::Channel,
        departure,
        status,
        source_time: moment::seconds("update_time", &order.update_time)?,
        created_at: moment::seconds("create_time", &order.create_time)?,
        read_at,
        location: None,
        hold: None,
        reference: None,
        lines: read_lines(order.item_list.rows("item_list")?, currency)?,
        total: Money::from_minor(order.total_amount.money("total_amount", currency)?, currency),
    })
}

fn read_lines(items: Vec<Item>, currency: Currency) -> Result<Vec<ChannelLine>, FieldError> {
    let mut taken = BTreeSet::new();
    items.iter().map(|item| read_line(item, currency, &mut taken)).collect()
}

fn read_line(
    item: &Item,
    currency: Currency,
    taken: &mut BTreeSet<String>,
) -> Result<ChannelLine, FieldError> {
    let item_id = item.item_id.whole("item_list.item_id")?;
    let model_id =
        if item.model_id.given().is_some() { item.model_id.whole("item_list.model_id")? } else { 0 };
    let listing = format!("{item_id}:{model_id}");
    let quantity = item.model_quantity_purchased.units("item_list.model_quantity_purchased")?;
    let cancelled = cancelled(item, quantity)?;
    // The lines of a bundle share their order_item_id, so item and model belong to the name.
    let name = format!("{}:{listing}", item.order_item_id.given().unwrap_or("0"));
    Ok(ChannelLine {
        id: line_id(name, taken)?,
        listing: ListingId::new(listing).map_err(|e| FieldError::new("item_list.item_id", e.reason))?,
        quantity,
        cancelled,
        unit_price_minor: item.model_discounted_price.money("item_list.model_discounted_price", currency)?,
    })
}

/// Units cancelled before they left: as told, or else what is neither active, nor asked to be cancelled, nor on its
/// way back. Units that come back have left. (v2.order.get_order_detail, 2026-05-22)
fn cancelled(item: &Item, quantity: u32) -> Result<u32, FieldError> {
    if item.cancelled_qty.given().is_some() {
        return Ok(item.cancelled_qty.units("item_list.cancelled_qty")?.min(quantity));
    }
    if item.active_qty.given().is_none() {
        return Ok(0);
    }
    let others = [
        ("item_list.active_qty", &item.active_qty),
        ("item_list.cancel_requested_qty", &item.cancel_requested_qty),
        ("item_list.return_requested_qty", &item.return_requested_qty),
        ("item_list.returned_qty", &item.returned_qty),
    ];
    let mut left = quantity;
    for (field, units) in others.iter().filter(|(_, units)| units.given().is_some()) {
        left = left.saturating_sub(units.units(field)?);
    }
    Ok(left)
}

/// The line's name; a second line of the same name gets `#2`.
fn line_id(name: String, taken: &mut BTreeSet<String>) -> Result<LineId, FieldError> {
    let mut unique = name.clone();
    let mut count = 1;
    while !taken.insert(unique.clone()) {
        count += 1;
        unique = format!("{name}#{count}");
    }
    LineId::new(unique).map_err(|e| FieldError::new("item_list.order_item_id", e.reason))
}

/// Shopee's status in our words. (open.shopee.com, order status, 2026-11-21)
pub(super) fn status(raw: &str) -> Status {
    match raw {
        "UNPAID" | "PENDING" => Status::Pending,
        "READY_TO_SHIP" => Status::Confirmed,
        "PROCESSED" | "RETRY_SHIP" => Status::ReadyToShip,
        "SHIPPED" => Status::Shipped,
        "TO_CONFIRM_RECEIVE" => Status::Delivered,
        "COMPLETED" => Status::Completed,
        // The buyer asks to cancel: the order stands as before until the seller answers. A connector knows no
        // state before; every open status holds the units alike, so the first of them is taken.
        "IN_CANCEL" => Status::Confirmed,
        "CANCELLED" => Status::Cancelled,
        "TO_RETURN" => Status::ReturnRequested,
        other => Status::Unknown(other.to_owned()),
    }
}

/// Whether goods left, as the parcels tell: one that was picked up is enough; all must show that nothing
/// moved.
///
/// (logistics status, github.com/congminh1254/shopee-sdk, 2026-11-21: INVALID is "cancelled at READY",
/// PICKUP_FAILED is "failed pickup, or picked up and not delivered", which proves nothing.)
fn departure(status: &Status, packages: &List<Package>) -> Departure {
    let List::Rows(packages) = packages else {
        return if status.is_out() { Departure::Left } else { Departure::Unknown };
    };
    let each = || packages.iter().map(|package| parcel(package.logistics_status.given().unwrap_or_default()));
    if status.is_out() || each().any(|d| d == Departure::Left) {
        Departure::Left
    } else if each().all(|d| d == Departure::Stayed) {
        Departure::Stayed
    } else {
        Departure::Unknown
    }
}

fn parcel(raw: &str) -> Departure {
    match raw {
        "LOGISTICS_NOT_START"
        | "LOGISTICS_PENDING_ARRANGE"
        | "LOGISTICS_READY"
        | "LOGISTICS_INVALID"
        | "LOGISTICS_COD_REJECTED"
        | "LOGISTICS_REQUEST_CREATED"
        | "LOGISTICS_REQUEST_CANCELED"
        | "LOGISTICS_PICKUP_RETRY" => Departure::Stayed,
        "LOGISTICS_PICKUP_DONE"
        | "LOGISTICS_DELIVERY_DONE"
        | "LOGISTICS_DELIVERY_FAILED"
        | "LOGISTICS_LOST" => Departure::Left,
        _ => Departure::Unknown,
    }
}
