//! A website's orders that changed in a span of time, page by page along the clock.

use super::facts::PAGE_MAX;
use super::wire::Order;
use super::{call, errors, orders};
use crate::channel::{Notice, NoticeOrReason, Session};
use crate::error::ChannelError;
use crate::json;
use crate::moment::{self, Zone};
use crate::paging::{Cursor, OrderPage, Page, Window};
use commerce::Timestamp;
use serde_json::Value;

/// One page, oldest change first.
///
/// Counted pages drift while orders change (an order was missed between page 1 and 2), so the next page begins at
/// the time where this one ended. `modified_after` leaves its own second out, so it is set one second earlier: the
/// orders of that second come twice. Only where one second fills a whole page are its pages counted. (10.5.0, run for
/// real, 2026-11-21)
pub(super) async fn orders(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let place = match cursor {
        Some(cursor) => Place::read(cursor)?,
        None => Place { after: window.from.as_second() - 1, page: 1 },
    };
    let before = window.to.as_second() + i64::from(window.to.subsec_nanosecond() > 0);
    let (after, before) = (text(place.after)?, text(before)?);
    let (size, page) = (PAGE_MAX.to_string(), place.page.to_string());
    let query = [
        ("per_page", size.as_str()),
        ("page", page.as_str()),
        ("orderby", "modified"),
        ("order", "asc"),
        ("modified_after", after.as_str()),
        ("modified_before", before.as_str()),
        ("dates_are_gmt", "true"),
        ("status", "any"),
    ];
    let read_at = (session.clock)();
    let rows: Vec<Value> = errors::read(&call::get(session, "/orders", &query).await?)?;
    let next = if rows.len() < PAGE_MAX { None } else { Some(place.next(&rows)?.write()) };
    Ok(Page { rows: rows.into_iter().filter_map(|row| read(row, read_at)).collect(), next })
}

/// A bare universal time, as `dates_are_gmt` wants it: a zone behind it would be ignored.
fn text(second: i64) -> Result<String, ChannelError> {
    let time = Timestamp::from_second(second);
    let time = time.map_err(|_| ChannelError::refused("the span of time lies outside the calendar"))?;
    Ok(time.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

/// A cart that nobody has ordered yet is no row.
fn read(row: Value, read_at: Timestamp) -> Option<NoticeOrReason> {
    let order: Order = match json::row("order", row) {
        Ok(order) => order,
        Err(error) => return Some(Err(error.into())),
    };
    if orders::is_draft(&order) {
        return None;
    }
    let order = orders::read_order(order, Some(read_at));
    Some(order.map(|order| Notice::Order(Box::new(order))).map_err(Into::into))
}

/// Where a page begins: after a second, and at which page from there.
#[derive(Debug, Clone, Copy)]
struct Place {
    after: i64,
    page: u32,
}

impl Place {
    fn read(cursor: &Cursor) -> Result<Self, ChannelError> {
        let parts = cursor
            .0
            .split_once(':')
            .and_then(|(after, page)| Some((after.parse().ok()?, page.parse().ok()?)));
        let (after, page) = parts.ok_or_else(|| ChannelError::refused("not a place in this list"))?;
        Ok(Self { after, page })
    }

    fn write(self) -> Cursor {
        Cursor(format!("{}:{}", self.after, self.page))
    }

    /// The place behind a full page.
    fn next(self, rows: &[Value]) -> Result<Self, ChannelError> {
        let time = |row: &Value| {
            let text = json::row("date_modified_gmt", row.get("date_modified_gmt")?.clone()).ok()?;
            moment::date("date_modified_gmt", &text, Zone::Utc).ok()
        };
        let last = rows.iter().rev().find_map(time);
        let last = last.ok_or_else(|| ChannelError::unreadable("no order on a full page tells its time"))?;
        let after = last.as_second() - 1;
        if after > self.after {
            return Ok(Self { after, page: 1 });
        }
        Ok(Self { page: self.page.saturating_add(1), ..self })
    }
}
