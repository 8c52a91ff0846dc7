//! TikTok Shop's orders in our words.

use super::facts::ORDERS_MAX;
use super::wire::{ORDER_DETAIL, Order, OrderList, Push, PushData};
use super::{call, errors, lines};
use crate::channel::{Door, LookedUp, Notice, NoticeOrReason, Notices, Session, WebhookRequest};
use crate::error::ChannelError;
use crate::json::{self, FieldError};
use crate::moment;
use commerce::Timestamp;
use commerce::ids::OrderId;
use commerce::money::{Currency, Money};
use commerce::order::{ChannelOrder, OrderKind};
use commerce::status::Status;
use reqwest::Method;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a push. It holds no items: whatever names an order makes us ask for it.
pub(super) fn read_push(door: &Door<'_>, request: &WebhookRequest) -> Notices {
    read_parts(door, request).unwrap_or_else(|error| vec![Err(error.into())])
}

/// Types: 1 order status, 2 return (old), 3 address, 4 packages, 11 cancellation, 12 return; 64, 65, 67 and 68 are
/// about what happens after a sale and may name its order. 5 product, 6 and 7 the login, 27 a stock alert and all
/// others concern neither an order nor a level of stock. (partner.tiktokshop.com/docv2/page/tts-webhooks-overview
/// and the pages of each type, 2026-11-21)
fn read_parts(door: &Door<'_>, request: &WebhookRequest) -> Result<Notices, FieldError> {
    let push: Push = json::read(&request.body)?;
    let kind = push.kind.whole("type")?;
    // One app's secret signs for all its shops, so the signature alone does not tell whose order it is.
    if let Some(ours) = door.account("shop_id")
        && push.shop_id.text("shop_id")? != ours
    {
        return Err(FieldError::new("shop_id", "is not this connection's shop"));
    }
    match kind {
        1 | 2 | 3 | 11 | 12 => {
            let data: PushData = json::row("data", push.data)?;
            Ok(vec![changed("data.order_id", data.order_id.text("data.order_id")?)])
        }
        4 => packages(json::row("data", push.data)?),
        64 | 65 | 67 | 68 => {
            let data: PushData = json::row("data", push.data).unwrap_or_default();
            let named = data.order_id.given().map(|id| changed("data.order_id", id));
            Ok(vec![named.unwrap_or_else(|| nothing(kind))])
        }
        _ => Ok(vec![nothing(kind)]),
    }
}

fn nothing(kind: i64) -> NoticeOrReason {
    Ok(Notice::Nothing { topic: format!("type {kind}") })
}

fn changed(field: &str, text: &str) -> NoticeOrReason {
    Ok(Notice::OrderChanged { order: order_id(field, text)? })
}

/// Packages are joined and split over several orders, so each order is named once.
fn packages(data: PushData) -> Result<Notices, FieldError> {
    const FIELD: &str = "data.package_list.order_id_list";
    let mut orders = BTreeSet::new();
    for package in data.package_list.rows("data.package_list")? {
        for order in package.order_id_list.rows(FIELD)? {
            orders.insert(order.text(FIELD)?.to_owned());
        }
    }
    if orders.is_empty() {
        return Err(FieldError::new(FIELD, "is missing"));
    }
    Ok(orders.iter().map(|order| changed(FIELD, order)).collect())
}

fn order_id(field: &str, text: &str) -> Result<OrderId, FieldError> {
    OrderId::new(text).map_err(|e| FieldError::new(field, e.reason))
}

/// Asks for at most fifty orders in one call. A number that the answer leaves out is not known to TikTok Shop.
pub(super) async fn look_up(session: &Session<'_>, ids: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    if ids.len() > ORDERS_MAX {
        return Err(ChannelError::refused("more than 50 orders in one call"));
    }
    let read_at = (session.clock)();
    let found = match detail(session, ids).await {
        Ok(rows) => rows,
        // One number of another seller spoils the whole call; asked for alone it is told from the others.
        Err((Some(errors::NOT_OURS), error)) if ids.len() == 1 => {
            return Ok(vec![(ids[0].clone(), Err(ChannelError::not_found(error.detail)))]);
        }
        Err((_, error)) => return Err(error),
    };
    let read = |row: Value| read_order(row, Some(read_at)).map_err(ChannelError::from);
    let found: BTreeMap<String, Result<ChannelOrder, ChannelError>> =
        found.into_iter().map(|(id, row)| (id, read(row))).collect();
    let of = |id: &OrderId| found.get(id.as_str()).cloned();
    Ok(ids.iter().map(|id| (id.clone(), of(id).unwrap_or_else(|| Err(unknown_order())))).collect())
}

pub(super) fn unknown_order() -> ChannelError {
    ChannelError::not_found("TikTok Shop left the order out of its answer")
}

/// Orders as they were answered, by number, or the failure with TikTok Shop's code.
pub(super) async fn detail(
    session: &Session<'_>,
    ids: &[OrderId],
) -> Result<BTreeMap<String, Value>, (Option<i64>, ChannelError)> {
    let plain = |error: ChannelError| (None, error);
    let numbers = ids.iter().map(OrderId::as_str).collect::<Vec<_>>().join(",");
    let query = [("ids", numbers.as_str())];
    let answer = call::of_shop(session, Method::GET, ORDER_DETAIL, &query, None).await.map_err(plain)?;
    let list: OrderList = json::row("data", errors::coded(&answer)?).map_err(|e| plain(e.into()))?;
    let rows = list.orders.rows("data.orders").map_err(|e| plain(e.into()))?;
    let number = |row: &Value| match row.get("id") {
        Some(Value::String(text)) => text.clone(),
        other => other.map(Value::to_string).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(|row| (number(&row), row)).collect())
}

/// Reads one order, of a look-up or of the list.
///
/// With `fulfillment_type` FULFILLMENT_BY_TIKTOK the goods lie in TikTok's warehouse; it is an order all the same,
/// and its listing should then take from a location that is TikTok's.
pub(super) fn read_order(row: Value, read_at: Option<Timestamp>) -> Result<ChannelOrder, FieldError> {
    let order: Order = json::row("order", row)?;
    let currency = Currency::new(order.payment.currency.text("payment.currency")?)
        .map_err(|_| FieldError::new("payment.currency", "must be three capital letters"))?;
    let total = order.payment.total_amount.money("payment.total_amount", currency)?;
    let status = status(order.status.text("status")?);
    let units = lines::units(&order, currency)?;
    Ok(ChannelOrder {
        id: order_id("id", order.id.text("id")?)?,
        kind: OrderKind::Channel,
        departure: lines::departure(&status, &order, &units),
        status,
        source_time: moment::seconds("update_time", &order.update_time)?,
        created_at: moment::seconds("create_time", &order.create_time)?,
        read_at,
        location: None,
        hold: None,
        reference: None,
        lines: lines::lines(&units)?,
        total: Money::from_minor(total, currency),
    })
}

/// TikTok Shop's status in our words; a push writes CANCEL where the API writes CANCELLED.
/// (partner.tiktokshop.com/docv2/page/get-order-detail-202507 and 1-order-status-change, 2026-11-21)
pub(super) fn status(raw: &str) -> Status {
    match raw {
        // On hold it is paid, holds its units and must not be packed: for about an hour the buyer may still call
        // it off without being asked. That is what "pending" means here.
        "UNPAID" | "ON_HOLD" => Status::Pending,
        "AWAITING_SHIPMENT" => Status::Confirmed,
        "PARTIALLY_SHIPPING" | "AWAITING_COLLECTION" => Status::ReadyToShip,
        "IN_TRANSIT" => Status::Shipped,
        "DELIVERED" => Status::Delivered,
        "COMPLETED" => Status::Completed,
        "CANCEL" | "CANCELLED" => Status::Cancelled,
        other => Status::Unknown(other.to_owned()),
    }
}
