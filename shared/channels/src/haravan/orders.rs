//! Haravan's orders in our words.

use super::wire::{Fulfillment, OneOrder, Order, PartOfOrder};
use super::{call, errors};
use crate::channel::{Door, LookedUp, Notice, Session, WebhookRequest};
use crate::error::ChannelError;
use crate::json::{self, FieldError, List};
use crate::moment::{self, Zone};
use crate::storefront;
use commerce::Timestamp;
use commerce::ids::OrderId;
use commerce::money::Money;
use commerce::order::{ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;

/// Reads a webhook. The documents list no topics; those of orders are known from running shops, in two spellings of
/// "updated". (docs.haravan.com/docs/tutorials/webhooks/connect-webhook, 2026-11-30)
pub(super) fn read_webhook(door: &Door<'_>, request: &WebhookRequest) -> Result<Notice, ParkReason> {
    // One app's secret signs for all shops of the app, so the signature alone does not tell whose order it is.
    let (ours, theirs) = (door.account("org_id"), request.header("x-haravan-org-id"));
    if ours.zip(theirs).is_some_and(|(ours, theirs)| ours.trim() != theirs.trim()) {
        return Err(FieldError::new("X-Haravan-Org-Id", "is not this connection's shop").into());
    }
    let topic = request.header("x-haravan-topic").unwrap_or_default();
    match topic.split_once('/') {
        // A deleted order can only be asked for, and is then not found: a person decides.
        Some(("orders", "delete" | "deleted")) => {
            let order: Order = json::read(&request.body)?;
            Ok(Notice::OrderChanged { order: storefront::order_id("id", &order.id)? })
        }
        Some(("orders", _)) => whole_order(&request.body),
        Some(("refunds" | "fulfillments", _)) => {
            let part: PartOfOrder = json::read(&request.body)?;
            Ok(Notice::OrderChanged { order: storefront::order_id("order_id", &part.order_id)? })
        }
        None if topic.is_empty() => whole_order(&request.body),
        _ => Ok(Notice::Nothing { topic: topic.chars().take(60).collect() }),
    }
}

fn whole_order(body: &[u8]) -> Result<Notice, ParkReason> {
    Ok(Notice::Order(Box::new(read_order(json::read(body)?, None)?)))
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
    let path = format!("/com/orders/{}.json", storefront::order_number(id)?);
    let read_at = (session.clock)();
    let answer: OneOrder = errors::read(&call::get(session, &path, &[]).await?)?;
    Ok(read_order(json::row("order", answer.order)?, Some(read_at))?)
}

/// Reads one order.
pub(super) fn read_order(order: Order, read_at: Option<Timestamp>) -> Result<ChannelOrder, FieldError> {
    let currency = storefront::currency(&order.currency)?;
    let parcels = Parcels::read(&order)?;
    let status = status(&order, &parcels);
    let departure = if status.is_out() { Departure::Left } else { parcels.departure };
    let refunds = (departure == Departure::Stayed).then_some(order.refunds);
    Ok(ChannelOrder {
        id: storefront::order_id("id", &order.id)?,
        kind: OrderKind::Channel,
        departure,
        status,
        source_time: moment::date("updated_at", &order.updated_at, Zone::Utc)?,
        created_at: moment::date("created_at", &order.created_at, Zone::Utc)?,
        read_at,
        location: None,
        hold: None,
        reference: storefront::reference(order.note_attributes),
        lines: storefront::read_lines(order.line_items, refunds, currency)?,
        total: Money::from_minor(storefront::amount("total_price", &order.total_price, currency)?, currency),
    })
}

/// What an order's parcels tell together.
struct Parcels {
    /// Where they are, the least advanced first; none where there is no parcel.
    status: Option<Status>,
    departure: Departure,
}

impl Parcels {
    fn read(order: &Order) -> Result<Self, FieldError> {
        let rows = match &order.fulfillments {
            List::Rows(rows) => rows.as_slice(),
            List::Missing => &[],
            List::Strange => return Err(FieldError::new("fulfillments", "must be a list")),
        };
        let moving: Vec<Status> = rows.iter().filter(|parcel| !is_void(parcel)).map(parcel_status).collect();
        let unknown = moving.iter().find(|status| matches!(status, Status::Unknown(_)));
        let least = unknown.or_else(|| moving.iter().min_by_key(|status| status.rank())).cloned();
        Ok(Self { status: least, departure: departure(order, rows) })
    }
}

/// A parcel that was called off.
fn is_void(parcel: &Fulfillment) -> bool {
    parcel.status.given() == Some("cancelled") || parcel.carrier_status_code.given() == Some("cancel")
}

/// Where a parcel is. The words are those of `carrier_status_code`; a parcel without one was made by hand, when the
/// goods were handed over. (docs.haravan.com/docs/omni-apis/fulfillments/, 2026-11-30)
fn parcel_status(parcel: &Fulfillment) -> Status {
    match parcel.carrier_status_code.given() {
        Some("readytopick" | "picking" | "pending") => Status::ReadyToShip,
        Some("delivering" | "notmeetcustomer") | None => Status::Shipped,
        Some("delivered") => Status::Delivered,
        Some("waitingforreturn") => Status::ReturnRequested,
        Some("return") => Status::Returned,
        Some(other) => Status::Unknown(other.to_owned()),
    }
}

/// Whether goods left: no parcel was ever made, or one was under way. A parcel called off may have been either.
fn departure(order: &Order, parcels: &[Fulfillment]) -> Departure {
    let was_under_way = |parcel: &Fulfillment| {
        parcel.delivering_date.given().is_some() || parcel.delivered_date.given().is_some()
    };
    let left = |parcel: &Fulfillment| was_under_way(parcel) || parcel_status(parcel).is_out();
    let waits = |parcel: &Fulfillment| parcel_status(parcel) == Status::ReadyToShip;
    let never_packed = matches!(order.fulfillment_status.given(), None | Some("notfulfilled" | "restocked"));
    if parcels.iter().filter(|parcel| !is_void(parcel)).any(left) || parcels.iter().any(was_under_way) {
        Departure::Left
    } else if parcels.is_empty() && never_packed || !parcels.is_empty() && parcels.iter().all(waits) {
        Departure::Stayed
    } else {
        Departure::Unknown
    }
}

/// Haravan's five statuses as our one. A word that is not in the documents makes the whole unknown.
/// (docs.haravan.com/docs/omni-apis/orders/, 2026-11-30)
fn status(order: &Order, parcels: &Parcels) -> Status {
    if let Some(strange) = strange_word(order) {
        return Status::Unknown(strange);
    }
    let is = |value: &crate::json::Loose, word: &str| value.given() == Some(word);
    if is(&order.cancelled_status, "cancelled") || order.cancelled_at.given().is_some() {
        return Status::Cancelled;
    }
    if let Some(unknown @ Status::Unknown(_)) = &parcels.status {
        return unknown.clone();
    }
    if is(&order.fulfillment_status, "restocked") {
        return Status::Returned;
    }
    if is(&order.financial_status, "refunded") {
        // Money back for goods that never left ends the sale as a cancel does.
        let has_parcels = parcels.status.is_some();
        return if has_parcels { Status::Returned } else { Status::Cancelled };
    }
    let came_back = matches!(parcels.status, Some(Status::Returned | Status::ReturnRequested));
    match (order.fulfillment_status.given(), &parcels.status) {
        _ if is(&order.closed_status, "closed") && !came_back => Status::Completed,
        (Some("fulfilled"), Some(status)) => status.clone(),
        (Some("fulfilled"), None) => Status::Shipped,
        // Some of the goods are packed or gone; the rest holds the order open.
        (Some("partial"), _) | (_, Some(_)) => Status::ReadyToShip,
        _ if is(&order.confirmed_status, "confirmed") => Status::Confirmed,
        _ => match order.financial_status.given() {
            Some("paid" | "partially_refunded") => Status::Confirmed,
            _ => Status::Pending,
        },
    }
}

fn strange_word(order: &Order) -> Option<String> {
    const KNOWN: [&[&str]; 5] = [
        &["cancelled", "uncancelled"],
        &["closed", "unclosed"],
        &["confirmed", "unconfirmed"],
        &[
            "pending",
            "authorized",
            "partially_paid",
            "paid",
            "partially_refunded",
            "partiallyrefunded",
            "refunded",
            "voided",
        ],
        &["fulfilled", "notfulfilled", "partial", "restocked"],
    ];
    let given = [
        &order.cancelled_status,
        &order.closed_status,
        &order.confirmed_status,
        &order.financial_status,
        &order.fulfillment_status,
    ];
    let strange = |(value, known): (&&crate::json::Loose, &&[&str])| {
        value.given().filter(|word| !known.contains(word)).map(str::to_owned)
    };
    given.iter().zip(&KNOWN).find_map(strange)
}
