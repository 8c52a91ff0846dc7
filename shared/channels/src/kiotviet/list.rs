//! A till's invoices and orders that changed since a time, page by page.

use super::facts::PAGE_MAX;
use super::orders::{self, Kind};
use super::wire::{Document, Rows};
use super::{errors, login};
use crate::channel::{Notice, NoticeOrReason, Session};
use crate::error::ChannelError;
use crate::json;
use crate::paging::{Cursor, OrderPage, Page, Window};
use commerce::Timestamp;
use jiff::tz::Offset;
use serde_json::Value;

/// One page of invoices, and after the last of them one of orders.
///
/// Newest change first and without an end: so the list can only grow at its head while it is read, which makes a
/// row come twice and never lets one slip through between two pages. What changed after the span is left out here.
/// (KiotViet public API, invoices 2.12.1 and orders 2.5.1, 2026-11-30)
pub(super) async fn orders(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let place = cursor.map_or(Ok(Place { kind: Kind::Invoice, start: 0 }), Place::read)?;
    let path = if place.kind == Kind::Invoice { "/invoices" } else { "/orders" };
    let (since, start) = (local(window.from), place.start.to_string());
    let query = [
        ("lastModifiedFrom", since.as_str()),
        ("orderBy", "modifiedDate"),
        ("orderDirection", "Desc"),
        ("includeInvoiceDelivery", "true"),
    ];
    let read_at = (session.clock)();
    let (rows, is_last) = page_of(session, path, &query, &start).await?;
    let next = place.next(rows.len(), is_last, session.account("orders") == Ok("off"));
    let rows =
        rows.into_iter().filter_map(|row| read(session, place.kind, row, window.to, read_at)).collect();
    Ok(Page { rows, next: next.map(Place::write) })
}

/// A page of any list, and whether it is the last.
pub(super) async fn page_of(
    session: &Session<'_>,
    path: &str,
    query: &[(&str, &str)],
    start: &str,
) -> Result<(Vec<Value>, bool), ChannelError> {
    let size = PAGE_MAX.to_string();
    let page = [("pageSize", size.as_str()), ("currentItem", start)];
    let answer: Rows = errors::read(&login::get(session, path, &[query, &page].concat()).await?)?;
    let rows = answer.data.rows_or_none("data")?;
    let read = start.parse().unwrap_or(0_i64) + i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let is_last = match answer.total.whole("total") {
        Ok(total) => rows.is_empty() || read >= total,
        Err(_) => rows.len() < PAGE_MAX,
    };
    Ok((rows, is_last))
}

/// A time as KiotViet takes it: Việt Nam's, without a zone. A second early, so that nothing falls off its edge.
pub(super) fn local(time: Timestamp) -> String {
    let early = time.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(time);
    early.to_zoned(Offset::constant(7).to_time_zone()).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// None for what changed after the span.
fn read(
    session: &Session<'_>,
    kind: Kind,
    row: Value,
    before: Timestamp,
    read_at: Timestamp,
) -> Option<NoticeOrReason> {
    let order = read_order(session, kind, row, read_at);
    match order {
        Ok(Notice::Order(order)) if order.source_time >= before => None,
        order => Some(order),
    }
}

fn read_order(session: &Session<'_>, kind: Kind, row: Value, read_at: Timestamp) -> NoticeOrReason {
    let document: Document = json::row("data", row)?;
    let location = orders::location(session.shop, session.connection, &document)?;
    Ok(Notice::Order(Box::new(orders::read_document(kind, document, location, Some(read_at))?)))
}

/// Where a page begins.
#[derive(Debug, Clone, Copy)]
struct Place {
    kind: Kind,
    start: usize,
}

impl Place {
    fn read(cursor: &Cursor) -> Result<Self, ChannelError> {
        let strange = || ChannelError::refused("not a place in this list");
        let (kind, start) = cursor.0.split_once(':').ok_or_else(strange)?;
        let kind = [Kind::Invoice, Kind::Order].into_iter().find(|known| known.prefix() == kind);
        Ok(Self { kind: kind.ok_or_else(strange)?, start: start.parse().map_err(|_| strange())? })
    }

    fn write(self) -> Cursor {
        Cursor(format!("{}:{}", self.kind.prefix(), self.start))
    }

    fn next(self, rows: usize, is_last: bool, without_orders: bool) -> Option<Self> {
        match (self.kind, is_last) {
            (_, false) => Some(Self { start: self.start + rows, ..self }),
            (Kind::Invoice, true) if !without_orders => Some(Self { kind: Kind::Order, start: 0 }),
            _ => None,
        }
    }
}
