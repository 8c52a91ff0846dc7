//! What became of an order, told to Shopify: the parcel that left, or the end of the sale.

use super::call::{self, ask, tell};
use super::errors;
use super::wire::{Named, Nodes, UserError};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::json::{self, FieldError, List, Loose};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What waits to be sent, by store. Cut so that it costs less than 1,000 points.
const WAITING: &str = "query Waiting($id: ID!) { order(id: $id) { cancelledAt displayFulfillmentStatus \
    fulfillmentOrders(first: 8) { nodes { id status assignedLocation { location { id } } \
    lineItems(first: 50) { nodes { id remainingQuantity lineItem { id } } } } } } }";

const SHIP: &str = "mutation Ship($fulfillment: FulfillmentInput!) { \
    fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field message } } }";

const CANCEL: &str = "mutation Cancel($orderId: ID!, $reason: OrderCancelReason!, $restock: Boolean!, \
    $refundMethod: OrderCancelRefundMethodInput!, $notifyCustomer: Boolean) { \
    orderCancel(orderId: $orderId, reason: $reason, restock: $restock, refundMethod: $refundMethod, \
    notifyCustomer: $notifyCustomer) { job { id } orderCancelUserErrors { code field message } } }";

/// Shopify's reasons. (shopify.dev, OrderCancelReason, 2026-11-30)
const REASONS: [&str; 6] = ["CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF"];

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Waiting {
    cancelled_at: Loose,
    display_fulfillment_status: Loose,
    fulfillment_orders: Nodes<FulfillmentOrder>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct FulfillmentOrder {
    id: Loose,
    status: Loose,
    assigned_location: Assigned,
    line_items: Nodes<WaitingLine>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Assigned {
    location: Option<Named>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct WaitingLine {
    id: Loose,
    remaining_quantity: Loose,
    line_item: Named,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Done {
    user_errors: List<UserError>,
    order_cancel_user_errors: List<UserError>,
}

/// Tells the news, unless Shopify knows it already.
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    if !matches!(news.kind, NewsKind::Shipped | NewsKind::Cancelled) {
        return Err(ChannelError::unsupported("carry this news back"));
    }
    let gid = call::order_gid(&news.order)?;
    let order = waiting(session, &gid).await?;
    match (news.kind, order.cancelled_at.given()) {
        (NewsKind::Cancelled, Some(_)) => Ok(()),
        (NewsKind::Cancelled, None) => cancel(session, &gid, news).await,
        (_, Some(_)) => Err(ChannelError::refused("the order is cancelled at Shopify")),
        (_, None) => ship(session, order, news).await,
    }
}

async fn waiting(session: &Session<'_>, gid: &str) -> Result<Waiting, ChannelError> {
    let data = ask(session, WAITING, json!({ "id": gid })).await?;
    match data.get("order") {
        Some(order) if order.is_object() => Ok(json::row("order", order.clone())?),
        _ => Err(ChannelError::not_found("Shopify knows no such order, or may not show it")),
    }
}

/// One parcel for each store, since a parcel of Shopify's has one origin. What was sent already waits no more, so the
/// same news twice sends nothing twice.
async fn ship(session: &Session<'_>, order: Waiting, news: &OrderNews) -> Result<(), ChannelError> {
    let is_done = order.display_fulfillment_status.given() == Some("FULFILLED");
    let mut stores: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for waits in order.fulfillment_orders.nodes.rows("fulfillmentOrders")? {
        if !matches!(waits.status.given(), Some("OPEN" | "IN_PROGRESS")) {
            continue;
        }
        let store = waits.assigned_location.location.as_ref().and_then(|store| store.id.given());
        let store = store.unwrap_or_default().to_owned();
        if let Some(row) = parcel_row(waits, news)? {
            stores.entry(store).or_default().push(row);
        }
    }
    if stores.is_empty() && !is_done {
        return Err(ChannelError::refused("nothing of the order waits to be sent at Shopify"));
    }
    for rows in stores.into_values() {
        let fulfillment = fulfillment(&rows, news);
        let data = tell(session, SHIP, json!({ "fulfillment": fulfillment })).await?;
        check(&data, "fulfillmentCreate")?;
    }
    Ok(())
}

/// The whole of what waits, or of it the lines that the news names; none where none of them waits.
fn parcel_row(waits: FulfillmentOrder, news: &OrderNews) -> Result<Option<Value>, FieldError> {
    let id = waits.id.text("fulfillmentOrders.id")?.to_owned();
    if news.lines.is_empty() {
        return Ok(Some(json!({ "fulfillmentOrderId": id })));
    }
    let mut rows = Vec::new();
    for line in waits.line_items.nodes.rows("fulfillmentOrders.lineItems")? {
        let field = "fulfillmentOrders.lineItems.lineItem.id";
        let number = call::number(field, line.line_item.id.text(field)?)?;
        let left = line.remaining_quantity.units("fulfillmentOrders.lineItems.remainingQuantity")?;
        if left > 0 && news.lines.iter().any(|named| named.as_str() == number) {
            let id = line.id.text("fulfillmentOrders.lineItems.id")?;
            rows.push(json!({ "id": id, "quantity": left }));
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    Ok(Some(json!({ "fulfillmentOrderId": id, "fulfillmentOrderLineItems": rows })))
}

fn fulfillment(rows: &[Value], news: &OrderNews) -> Value {
    let mut fulfillment = json!({ "lineItemsByFulfillmentOrder": rows, "notifyCustomer": false });
    if let Some(number) = &news.tracking_number {
        fulfillment["trackingInfo"] = json!({ "number": number, "company": news.carrier });
    }
    fulfillment
}

/// Puts the units back on sale, since our own number is written without the order. Money goes back only where the
/// shop has set `refund_on_cancel`: that is the shop's own decision.
/// (shopify.dev/docs/api/admin-graphql/2026-07/mutations/orderCancel, 2026-11-30)
async fn cancel(session: &Session<'_>, gid: &str, news: &OrderNews) -> Result<(), ChannelError> {
    let is_refunded = session.account("refund_on_cancel").is_ok_and(|setting| setting == "true");
    let reason = news.reason.as_deref().map(str::to_ascii_uppercase).unwrap_or_default();
    let reason = if REASONS.contains(&reason.as_str()) { reason.as_str() } else { "OTHER" };
    let variables = json!({
        "orderId": gid,
        "reason": reason,
        "restock": true,
        "refundMethod": { "originalPaymentMethodsRefund": is_refunded },
        "notifyCustomer": false,
    });
    check(&tell(session, CANCEL, variables).await?, "orderCancel")
}

fn check(data: &Value, name: &str) -> Result<(), ChannelError> {
    let unreadable = |error: FieldError| ChannelError::from(error).after_write();
    let answer = data.get(name).cloned().unwrap_or_default();
    let done: Done = json::row(name, answer).map_err(unreadable)?;
    errors::first(done.user_errors.rows_or_none("userErrors").map_err(unreadable)?)?;
    errors::first(done.order_cancel_user_errors.rows_or_none("orderCancelUserErrors").map_err(unreadable)?)
}
