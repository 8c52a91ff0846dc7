//! KiotViet's invoices (sales in a store) and orders in our words.

use super::wire::{Detail, Document, Level, Message, Notification};
use super::{errors, login};
use crate::channel::{Door, LookedUp, Notice, Notices, Session, WebhookRequest};
use crate::error::ChannelError;
use crate::json::{self, FieldError};
use crate::moment::{self, Zone};
use commerce::Timestamp;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ForwardReference, LineId, ListingId, LocationId, OrderId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::Value;
use std::collections::BTreeMap;

/// The two documents that move goods. Their numbers are counted apart, so an id begins with the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Order,
    Invoice,
}

impl Kind {
    pub(super) fn prefix(self) -> &'static str {
        if self == Kind::Order { "order" } else { "invoice" }
    }

    pub(super) fn order_id(self, id: i64) -> Result<OrderId, FieldError> {
        OrderId::new(format!("{}:{id}", self.prefix())).map_err(|e| FieldError::new("Id", e.reason))
    }
}

/// Reads every row of every notification; a bad row does not take the others along.
pub(super) fn read_webhook(door: &Door<'_>, request: &WebhookRequest) -> Notices {
    let message: Message = match json::read(&request.body) {
        Ok(message) => message,
        Err(error) => return vec![Err(error.into())],
    };
    // Documented as a body of bare ids, which does not even say what was removed.
    let removed = message.remove_id.rows_or_none("RemoveId").is_ok_and(|ids| !ids.is_empty());
    match message.notifications.rows("Notifications") {
        Ok(notifications) => notifications.into_iter().flat_map(|n| read_notification(door, n)).collect(),
        Err(_) if removed => vec![Ok(Notice::Nothing { topic: "delete".to_owned() })],
        Err(error) => vec![Err(error.into())],
    }
}

/// `Action` is the type with a number after it: `stock.update.1001`.
fn read_notification(door: &Door<'_>, notification: Notification) -> Notices {
    let action = match notification.action.text("Action") {
        Ok(action) => action.to_owned(),
        Err(error) => return vec![Err(error.into())],
    };
    let is =
        |topic: &str| action == topic || action.strip_prefix(topic).is_some_and(|rest| rest.starts_with('.'));
    let read: fn(&Door<'_>, Value) -> Result<Notice, ParkReason> = if is("stock.update") {
        |_, row| Ok(read_level(row)?)
    } else if is("invoice.update") {
        |door, row| read_row(door, Kind::Invoice, row)
    } else if is("order.update") {
        |door, row| read_row(door, Kind::Order, row)
    } else if is("invoice.delete") {
        |_, row| Ok(read_removed(Kind::Invoice, row)?)
    } else if is("order.delete") {
        |_, row| Ok(read_removed(Kind::Order, row)?)
    } else {
        return vec![Ok(Notice::Nothing { topic: action.chars().take(60).collect() })];
    };
    match notification.data.rows("Data") {
        Ok(rows) => rows.into_iter().map(|row| read(door, row)).collect(),
        Err(error) => vec![Err(error.into())],
    }
}

fn read_level(row: Value) -> Result<Notice, FieldError> {
    let level: Level = json::row("Data", row)?;
    let product = level.product_id.whole("ProductId")?.to_string();
    Ok(Notice::StockLevel {
        listing: ListingId::new(product).map_err(|e| FieldError::new("ProductId", e.reason))?,
        branch: level.branch_id.whole("BranchId")?.to_string(),
        on_hand: level.on_hand.whole("OnHand")?,
        as_of: None,
    })
}

fn read_removed(kind: Kind, row: Value) -> Result<Notice, FieldError> {
    let id: crate::json::Loose = json::row("RemoveId", row)?;
    Ok(Notice::OrderChanged { order: kind.order_id(id.whole("RemoveId")?)? })
}

fn read_row(door: &Door<'_>, kind: Kind, row: Value) -> Result<Notice, ParkReason> {
    let document: Document = json::row("Data", row)?;
    let location = location(door.shop, door.connection, &document)?;
    Ok(Notice::Order(Box::new(read_document(kind, document, location, None)?)))
}

/// Whose shelf it was taken from. A branch that nobody has named is parked, never guessed.
pub(super) fn location(
    shop: &Shop,
    connection: &Connection,
    document: &Document,
) -> Result<LocationId, ParkReason> {
    let branch = document.branch_id.whole("BranchId")?.to_string();
    let known = shop.location_of_branch(&connection.id, &branch).cloned();
    known.ok_or(ParkReason::UnknownLocation { branch })
}

/// Asks for documents one by one. After a failure that is not the document's own, the rest is not asked for.
pub(super) async fn look_up(session: &Session<'_>, ids: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
    use crate::error::ErrorKind::{Misconfigured, NotFound, Refused, Unreadable};
    let mut found = Vec::new();
    for id in ids {
        match look_up_one(session, id).await {
            Err(error) if !matches!(error.kind, NotFound | Refused | Unreadable | Misconfigured) => {
                return Err(error);
            }
            order => found.push((id.clone(), order)),
        }
    }
    Ok(found)
}

async fn look_up_one(session: &Session<'_>, id: &OrderId) -> Result<ChannelOrder, ChannelError> {
    let named = id.as_str().split_once(':').and_then(|(kind, id)| Some((kind, id.parse::<u64>().ok()?)));
    let (kind, path) = match named {
        Some(("invoice", id)) => (Kind::Invoice, format!("/invoices/{id}")),
        Some(("order", id)) => (Kind::Order, format!("/orders/{id}")),
        _ => return Err(ChannelError::not_found("not an id of ours: invoice:N or order:N")),
    };
    let read_at = (session.clock)();
    let answer = login::get(session, &path, &[]).await?;
    let document: Document = errors::read(&answer)?;
    let location = location(session.shop, session.connection, &document).map_err(unknown_location)?;
    Ok(read_document(kind, document, location, Some(read_at))?)
}

fn unknown_location(reason: ParkReason) -> ChannelError {
    match reason {
        ParkReason::UnknownLocation { branch } => {
            ChannelError::misconfigured(format!("branch {branch:?} is not in the shops file"))
        }
        other => ChannelError::unreadable(other.advice_en()),
    }
}

/// Reads one document. Times without a zone are Việt Nam's; a document that was never changed has no
/// `ModifiedDate`, so the time of sale stands for it. Amounts are decimals: what is below one đồng is
/// dropped.
pub(super) fn read_document(
    kind: Kind,
    document: Document,
    location: LocationId,
    read_at: Option<Timestamp>,
) -> Result<ChannelOrder, FieldError> {
    let created_at = moment::date("PurchaseDate", &document.purchase_date, Zone::Vietnam)?;
    let source_time = match document.modified_date.given() {
        Some(_) => moment::date("ModifiedDate", &document.modified_date, Zone::Vietnam)?,
        None => created_at,
    };
    let (status, departure) = status(kind, &document)?;
    let details = match kind {
        Kind::Order => document.order_details.rows("OrderDetails")?,
        Kind::Invoice => document.invoice_details.rows("InvoiceDetails")?,
    };
    Ok(ChannelOrder {
        id: kind.order_id(document.id.whole("Id")?)?,
        kind: if kind == Kind::Invoice { OrderKind::TillSale } else { OrderKind::TillOrder },
        status,
        departure,
        source_time,
        created_at,
        read_at,
        location: Some(location),
        hold: None,
        // Only an order takes a description over the API; on an invoice it is what somebody typed.
        reference: (kind == Kind::Order)
            .then(|| document.description.given().and_then(ForwardReference::find_in))
            .flatten(),
        lines: read_lines(&details)?,
        total: Money::from_minor(document.total.dong("Total")?, Currency::VND),
    })
}

/// Lines have no id of their own, and a product may stand on several: the second is `1001#2`.
fn read_lines(details: &[Detail]) -> Result<Vec<ChannelLine>, FieldError> {
    let mut seen: BTreeMap<i64, u32> = BTreeMap::new();
    let mut lines = Vec::new();
    for detail in details {
        let product = detail.product_id.whole("Details.ProductId")?;
        let count = seen.entry(product).or_default();
        *count += 1;
        let name = if *count == 1 { product.to_string() } else { format!("{product}#{count}") };
        let wrong = |e: commerce::ids::IdError| FieldError::new("Details.ProductId", e.reason);
        lines.push(ChannelLine {
            id: LineId::new(name).map_err(wrong)?,
            listing: ListingId::new(product.to_string()).map_err(wrong)?,
            quantity: detail.quantity.units("Details.Quantity")?,
            cancelled: 0,
            unit_price_minor: detail.price.dong("Details.Price")?,
        });
    }
    Ok(lines)
}

/// The status by its number and by its text. When they contradict each other, or one of them is new to us,
/// nobody is believed.
fn status(kind: Kind, document: &Document) -> Result<(Status, Departure), FieldError> {
    let number = document.status.given();
    let text = document.status_value.given();
    if number.is_none() && text.is_none() {
        return Err(FieldError::new("Status", "is missing"));
    }
    let by_number = number.map(|number| status_of_number(kind, number));
    let by_text = text.map(status_of_text);
    let agreed = match (by_number, by_text) {
        (Some(Some(a)), Some(Some(b))) if a == b => Some(a),
        (Some(Some(a)), None) | (None, Some(Some(a))) => Some(a),
        // The numbers of an order are not documented, its texts are what the shop sees.
        (Some(None), Some(Some(b))) if kind == Kind::Order => Some(b),
        _ => None,
    };
    let raw = format!("{}/{}", number.unwrap_or("?"), text.unwrap_or("?"));
    let status = agreed.unwrap_or_else(|| Status::Unknown(raw.chars().take(80).collect()));
    Ok(with_delivery(kind, status, document))
}

/// Invoices as documented; orders as a shop's own data shows them. (KiotViet public API, invoices,
/// 2026-11-21)
fn status_of_number(kind: Kind, number: &str) -> Option<Status> {
    match (kind, number) {
        (Kind::Invoice, "1") => Some(Status::Completed),
        (Kind::Invoice, "2") => Some(Status::Cancelled),
        (Kind::Invoice, "3") => Some(Status::Confirmed),
        (Kind::Order, "1") => Some(Status::Pending),
        (Kind::Order, "2") => Some(Status::Confirmed),
        (Kind::Order, "3") => Some(Status::Completed),
        (Kind::Order, "4") => Some(Status::Cancelled),
        _ => None,
    }
}

/// "ủy" is also written "uỷ".
fn status_of_text(text: &str) -> Option<Status> {
    match text.to_lowercase().as_str() {
        "phiếu tạm" => Some(Status::Pending),
        "đang xử lý" | "đã xác nhận" => Some(Status::Confirmed),
        "hoàn thành" => Some(Status::Completed),
        "đã hủy" | "đã huỷ" => Some(Status::Cancelled),
        _ => None,
    }
}

/// An invoice in progress is as far as its delivery. A cancelled document never left, or its goods are back
/// in the till's own count; of a cancelled delivery nobody can tell.
fn with_delivery(kind: Kind, status: Status, document: &Document) -> (Status, Departure) {
    let delivery = document.invoice_delivery.as_ref().and_then(|delivery| delivery.status.given());
    match (kind, &status, delivery) {
        (Kind::Invoice, Status::Confirmed, Some(number)) => status_of_delivery(number),
        (_, Status::Unknown(_), _) => (status, Departure::Unknown),
        (_, out, _) if out.is_out() => (status, Departure::Left),
        _ => (status, Departure::Stayed),
    }
}

/// (KiotViet public API, invoices 2.12.1, 2026-11-21)
fn status_of_delivery(number: &str) -> (Status, Departure) {
    match number {
        "1" | "7" | "8" => (Status::ReadyToShip, Departure::Stayed),
        "2" | "9" | "10" | "11" => (Status::Shipped, Departure::Left),
        "3" => (Status::Delivered, Departure::Left),
        "4" | "12" => (Status::ReturnRequested, Departure::Left),
        "5" => (Status::Returned, Departure::Left),
        "6" => (Status::Cancelled, Departure::Unknown),
        other => (Status::Unknown(format!("delivery {other:.40}")), Departure::Unknown),
    }
}
