//! A till's documents in our words: a sale takes goods out, a count says what is there, a return waits for the count.

use super::place::Place;
use super::wire::{Document, Line, Message};
use crate::channel::{Door, Notice, NoticeOrReason, Notices, WebhookRequest};
use crate::json::{self, FieldError, Loose};
use crate::moment::{self, Zone};
use commerce::Timestamp;
use commerce::ids::{IdError, LineId, ListingId, LocationId, OrderId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Reads every document; a bad one does not take the others along.
pub(super) fn read_webhook(door: &Door<'_>, request: &WebhookRequest) -> Notices {
    let rows = json::read::<Message>(&request.body).and_then(|message| message.documents.rows("documents"));
    match rows {
        Ok(rows) => rows.into_iter().enumerate().flat_map(|(n, row)| read_row(door, n, row)).collect(),
        Err(error) => vec![Err(error.into())],
    }
}

fn read_row(door: &Door<'_>, n: usize, row: Value) -> Notices {
    match json::row(&format!("documents[{n}]"), row) {
        Ok(document) => read_document(door, &Place::Body(n), document),
        Err(error) => vec![Err(error.into())],
    }
}

/// Reads one document.
pub(super) fn read_document(door: &Door<'_>, place: &Place, document: Document) -> Notices {
    match document.kind.given() {
        Some("sale") => vec![read_sale(door, place, document)],
        Some("void") => vec![read_void(door, place, document)],
        Some("return") => vec![read_return(place, &document)],
        Some("level") => read_levels(door, place, document),
        Some(_) => vec![Err(wrong(place.of("kind"), "must be sale, return, void or level").into())],
        None => vec![Err(wrong(place.of("kind"), "is missing").into())],
    }
}

fn wrong(field: String, problem: &str) -> FieldError {
    FieldError { field, problem: problem.to_owned() }
}

fn bad_id(field: String) -> impl FnOnce(IdError) -> FieldError {
    move |error| wrong(field, error.reason)
}

/// The document's number and time.
fn head(place: &Place, document: &Document) -> Result<(OrderId, Timestamp), FieldError> {
    let number = document.number.text(&place.of("number"))?;
    let number = OrderId::new(number).map_err(bad_id(place.of("number")))?;
    Ok((number, time(place, document)?))
}

fn time(place: &Place, document: &Document) -> Result<Timestamp, FieldError> {
    moment::date("at", &document.at, Zone::Vietnam).map_err(|error| wrong(place.of("at"), &error.problem))
}

/// The goods are in the buyer's hand: it is a fact and never refused.
fn read_sale(door: &Door<'_>, place: &Place, document: Document) -> NoticeOrReason {
    let order = read_order(door, place, document)?;
    if order.lines.is_empty() {
        return Err(wrong(place.of("lines"), "must hold at least one line").into());
    }
    Ok(Notice::Order(Box::new(order)))
}

/// A sale that was called off, under the sale's own number. Units that a sale took out stay out until the branch is
/// counted again: nobody but a person knows whether they lie on the shelf.
fn read_void(door: &Door<'_>, place: &Place, mut document: Document) -> NoticeOrReason {
    if document.total.given().is_none() {
        document.total = Loose::from("0");
    }
    let order = read_order(door, place, document)?;
    let (status, departure) = (Status::Cancelled, Departure::Stayed);
    Ok(Notice::Order(Box::new(ChannelOrder { status, departure, ..order })))
}

/// A return has a number of its own and changes nothing by itself: returned goods are on the shelf once somebody has
/// looked at them, and the branch's next count says so.
fn read_return(place: &Place, document: &Document) -> NoticeOrReason {
    head(place, document)?;
    Ok(Notice::Nothing { topic: "return".to_owned() })
}

fn read_order(door: &Door<'_>, place: &Place, document: Document) -> Result<ChannelOrder, ParkReason> {
    let (id, at) = head(place, &document)?;
    let location = location(door, place, &document)?;
    let currency = currency(place, &document)?;
    let total = amount(&document.total, &place.of("total"), currency)?;
    Ok(ChannelOrder {
        id,
        kind: OrderKind::TillSale,
        status: Status::Completed,
        departure: Departure::Left,
        source_time: at,
        created_at: at,
        read_at: None,
        location: Some(location),
        hold: None,
        reference: None,
        lines: read_lines(place, document, currency)?,
        total: Money::from_minor(total, currency),
    })
}

/// What a branch holds, one notice for each product.
fn read_levels(door: &Door<'_>, place: &Place, document: Document) -> Notices {
    let (branch, at, lines) = match level_parts(door, place, document) {
        Ok(parts) => parts,
        Err(reason) => return vec![Err(reason)],
    };
    let level = |(n, row): (usize, Value)| {
        let line: Line = json::row(&place.of("lines"), row)?;
        let quantity = place.of_line(n, "quantity");
        Ok(Notice::StockLevel {
            listing: product(place, n, &line)?,
            branch: branch.clone(),
            on_hand: plain(&line.quantity, &quantity)?.whole(&quantity)?,
            as_of: Some(at),
        })
    };
    let read = |row| level(row).map_err(|error: FieldError| ParkReason::from(error));
    lines.into_iter().enumerate().map(read).collect()
}

fn level_parts(
    door: &Door<'_>,
    place: &Place,
    document: Document,
) -> Result<(String, Timestamp, Vec<Value>), ParkReason> {
    location(door, place, &document)?;
    let branch = document.branch.text(&place.of("branch"))?.to_owned();
    let at = time(place, &document)?;
    Ok((branch, at, document.lines.rows(&place.of("lines"))?))
}

fn product(place: &Place, n: usize, line: &Line) -> Result<ListingId, FieldError> {
    let field = place.of_line(n, "product");
    ListingId::new(line.product.text(&field)?).map_err(bad_id(field))
}

/// Whose shelf it was taken from. A branch that nobody has named is parked, never guessed.
fn location(door: &Door<'_>, place: &Place, document: &Document) -> Result<LocationId, ParkReason> {
    let branch = document.branch.text(&place.of("branch"))?;
    let known = door.shop.location_of_branch(&door.connection.id, branch).cloned();
    known.ok_or_else(|| ParkReason::UnknownLocation { branch: branch.to_owned() })
}

fn currency(place: &Place, document: &Document) -> Result<Currency, FieldError> {
    let Some(code) = document.currency.given() else { return Ok(Currency::VND) };
    Currency::new(code).map_err(|_| wrong(place.of("currency"), "must be three capital letters"))
}

/// "90.000" is ninety thousand to a cashier and ninety to a computer: nobody guesses which.
fn plain<'l>(number: &'l Loose, field: &str) -> Result<&'l Loose, FieldError> {
    let places = number.given().and_then(|text| text.split_once('.')).map_or(0, |(_, places)| places.len());
    if places == 3 {
        return Err(wrong(field.to_owned(), "must be written without a mark between thousands"));
    }
    Ok(number)
}

fn amount(number: &Loose, field: &str, currency: Currency) -> Result<i64, FieldError> {
    plain(number, field)?.money(field, currency)
}

/// Lines of a sale. One without a name is called after its product; the second of the same product is `A1#2`.
fn read_lines(place: &Place, document: Document, currency: Currency) -> Result<Vec<ChannelLine>, FieldError> {
    let (mut seen, mut names) = (BTreeMap::<String, u32>::new(), BTreeSet::new());
    let mut lines = Vec::new();
    for (n, row) in document.lines.rows_or_none(&place.of("lines"))?.into_iter().enumerate() {
        let line: Line = json::row(&place.of("lines"), row)?;
        let listing = product(place, n, &line)?;
        let count = seen.entry(listing.to_string()).or_default();
        *count += 1;
        let own = if *count == 1 { listing.to_string() } else { format!("{listing}#{count}") };
        let field = place.of_line(n, "line");
        let id = LineId::new(line.line.given().unwrap_or(&own)).map_err(bad_id(field.clone()))?;
        if !names.insert(id.clone()) {
            return Err(wrong(field, "stands on two lines of the document"));
        }
        let quantity = place.of_line(n, "quantity");
        lines.push(ChannelLine {
            id,
            listing,
            quantity: plain(&line.quantity, &quantity)?.units(&quantity)?,
            cancelled: 0,
            unit_price_minor: amount(&line.price, &place.of_line(n, "price"), currency)?,
        });
    }
    Ok(lines)
}
