//! An order taken in a chat in our words; a chat itself says nothing about orders or stock.

use super::holds;
use super::sign::{Sender, sender};
use super::wire::{Line, MetaEvent, Order, ZaloEvent};
use crate::channel::{Door, Notice, Notices, WebhookRequest};
use crate::json::{self, FieldError, Loose};
use crate::moment::{self, Zone};
use commerce::ids::{IdError, LineId, ListingId, OrderId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::status::Status;
use serde_json::Value;
use std::collections::BTreeSet;

/// Where a chat may take place.
const SOURCES: [&str; 5] = ["facebook", "zalo", "tiktok", "instagram", "other"];
/// What is kept of a word that only the log shows.
const TOPIC_CHARS_MAX: usize = 60;

pub(super) fn read_webhook(door: &Door<'_>, request: &WebhookRequest) -> Notices {
    let body = &request.body;
    let read = match sender(request) {
        Some(Sender::Meta) => json::read::<MetaEvent>(body).map(|event| nothing("meta", &event.object)),
        Some(Sender::Zalo) => json::read::<ZaloEvent>(body).map(|event| nothing("zalo", &event.event_name)),
        Some(Sender::Desk) | None => json::read(body)
            .and_then(|order| read_order(door, order))
            .map(|order| Notice::Order(Box::new(order))),
    };
    vec![read.map_err(Into::into)]
}

fn nothing(who: &str, what: &Loose) -> Notice {
    let topic = format!("{who} {}", what.given().unwrap_or("?")).chars().take(TOPIC_CHARS_MAX).collect();
    Notice::Nothing { topic }
}

fn read_order(door: &Door<'_>, order: Order) -> Result<ChannelOrder, FieldError> {
    let id = OrderId::new(order.reference.text("reference")?).map_err(bad_id("reference"))?;
    let source = order.source.text("source")?;
    if !SOURCES.contains(&source) {
        return Err(FieldError::new("source", format!("must be one of {}", SOURCES.join(", "))));
    }
    let (status, departure) = status(order.action.text("action")?)?;
    let at = moment::date("at", &order.at, Zone::Vietnam)?;
    let (hold, location) = match status {
        Status::Pending => holds::read(door, &order, at)?,
        _ => (None, None),
    };
    let currency = match order.currency.given() {
        Some(code) => {
            Currency::new(code).map_err(|_| FieldError::new("currency", "must be three capital letters"))?
        }
        None => Currency::VND,
    };
    let total = Money::from_minor(order.total.money("total", currency)?, currency);
    let lines = read_lines(order.lines.rows_or_none("lines")?, currency)?;
    if lines.is_empty() && status != Status::Cancelled {
        return Err(FieldError::new("lines", "must hold at least one line"));
    }
    Ok(ChannelOrder {
        id,
        kind: OrderKind::Channel,
        status,
        departure,
        source_time: at,
        created_at: at,
        read_at: None,
        location,
        hold,
        reference: None,
        lines,
        total,
    })
}

/// The desk knows whether the parcel left: it says `ship` before, and a parcel that left is not called off here.
fn status(action: &str) -> Result<(Status, Departure), FieldError> {
    match action {
        "hold" => Ok((Status::Pending, Departure::Stayed)),
        "confirm" => Ok((Status::Confirmed, Departure::Stayed)),
        "cancel" => Ok((Status::Cancelled, Departure::Stayed)),
        "ship" => Ok((Status::Shipped, Departure::Left)),
        _ => Err(FieldError::new("action", "must be hold, confirm, cancel or ship")),
    }
}

fn bad_id(field: &str) -> impl FnOnce(IdError) -> FieldError {
    let field = field.to_owned();
    move |error| FieldError::new(&field, error.reason)
}

fn read_lines(rows: Vec<Value>, currency: Currency) -> Result<Vec<ChannelLine>, FieldError> {
    let mut names = BTreeSet::new();
    let mut lines = Vec::new();
    for (n, row) in rows.into_iter().enumerate() {
        let place = |field: &str| format!("lines[{n}].{field}");
        let line: Line = json::row(&format!("lines[{n}]"), row)?;
        let id = LineId::new(line.line.text(&place("line"))?).map_err(bad_id(&place("line")))?;
        if !names.insert(id.clone()) {
            return Err(FieldError::new(&place("line"), "stands on two lines of the order"));
        }
        let listing = line.listing.text(&place("listing"))?;
        lines.push(ChannelLine {
            id,
            listing: ListingId::new(listing).map_err(bad_id(&place("listing")))?,
            quantity: line.quantity.units(&place("quantity"))?,
            cancelled: 0,
            unit_price_minor: line.price.money(&place("price"), currency)?,
        });
    }
    Ok(lines)
}
