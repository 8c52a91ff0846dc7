//! The orders of a span of time, page by page, so that none slips through between two pages.

use super::call;
use super::facts::{ORDER_OFFSET_MAX, ORDER_ROWS_MAX};
use super::orders::{order_id, time};
use super::wire::{ORDERS, OrderList, OrderRow};
use crate::channel::{Notice, NoticeOrReason, Session};
use crate::error::ChannelError;
use crate::json;
use crate::paging::{Cursor, OrderPage, Page, Window};
use commerce::Timestamp;

/// A place in the list: orders changed from this second on, less so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    second: i64,
    offset: usize,
}

/// One page of the list. Its rows name orders; their items are asked for with a look-up.
pub(super) async fn orders(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let place = match cursor {
        Some(cursor) => read_cursor(cursor)?,
        None => Place { second: window.from.as_second(), offset: 0 },
    };
    let (after, before) = (iso(place.second)?, iso(window.to.as_second())?);
    let (offset, limit) = (place.offset.to_string(), ORDER_ROWS_MAX.to_string());
    let parameters = [
        ("update_after", after.as_str()),
        ("update_before", before.as_str()),
        ("sort_by", "updated_at"),
        ("sort_direction", "ASC"),
        ("offset", &offset),
        ("limit", &limit),
    ];
    let envelope = call::read(session, ORDERS, &parameters).await?;
    let list: OrderList = json::row("data", envelope.data)?;
    let total = list.count_total.given().map(|_| list.count_total.units("data.countTotal")).transpose()?;
    let rows = list.orders.rows_or_none("data.orders")?;
    let reached = place.offset.saturating_add(rows.len());
    let has_more = !rows.is_empty()
        && total.map_or(rows.len() >= ORDER_ROWS_MAX, |total| {
            reached < usize::try_from(total).unwrap_or(usize::MAX)
        });
    let next = if has_more { Some(next_place(place, &rows)?) } else { None };
    let rows = rows.iter().filter(|row| is_before(row, window.to)).map(named).collect();
    Ok(Page { rows, next: next.map(write_cursor) })
}

/// Where the next page begins: at the second of the last row, which comes again. Counting on instead would miss an
/// order as soon as an earlier one changes and moves to the list's end; and counting ends at 5000 anyway. Only where a
/// whole page lies within one second is it counted.
fn next_place(place: Place, rows: &[OrderRow]) -> Result<Place, ChannelError> {
    let times = rows.iter().filter_map(|row| time("data.orders.updated_at", &row.updated_at).ok());
    let last = times.map(|time| time.as_second()).max();
    let last =
        last.ok_or_else(|| ChannelError::unreadable("data.orders.updated_at: no row of the page has one"))?;
    if last > place.second {
        return Ok(Place { second: last, offset: 0 });
    }
    let offset = place.offset.saturating_add(rows.len());
    if offset > ORDER_OFFSET_MAX {
        return Err(ChannelError::unreadable("more than 5000 orders changed within one second"));
    }
    Ok(Place { second: place.second, offset })
}

/// The list's end is within it at Lazada and not within our span.
fn is_before(row: &OrderRow, end: Timestamp) -> bool {
    time("data.orders.updated_at", &row.updated_at).map_or(true, |time| time < end)
}

fn named(row: &OrderRow) -> NoticeOrReason {
    let number = row.order_id.text("data.orders.order_id")?;
    Ok(Notice::OrderChanged { order: order_id("data.orders.order_id", number)? })
}

/// `YYYY-MM-DDTHH:mm:ss±HH:MM`, the only way in which Lazada reads a time.
fn iso(second: i64) -> Result<String, ChannelError> {
    let time =
        Timestamp::from_second(second).map_err(|_| ChannelError::refused("a time beyond the calendar"))?;
    Ok(time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string())
}

fn write_cursor(place: Place) -> Cursor {
    Cursor(format!("{}|{}", place.second, place.offset))
}

fn read_cursor(cursor: &Cursor) -> Result<Place, ChannelError> {
    let parts = cursor.0.split_once('|');
    let place = parts.and_then(|(second, offset)| {
        Some(Place { second: second.parse().ok()?, offset: offset.parse().ok()? })
    });
    place.ok_or_else(|| ChannelError::refused("a place in the list that this channel did not give"))
}
