//! Sapo's lists of orders: a website tells open, closed and cancelled ones apart, stores tell the newest change first.

use super::facts::PAGE_ROWS_MAX;
use super::wire::{Order, Orders};
use super::{Product, call, errors, orders};
use crate::channel::{Notice, NoticeOrReason, Session};
use crate::error::ChannelError;
use crate::json;
use crate::paging::{Cursor, OrderPage, Page, Window};
use commerce::Timestamp;
use commerce::park::ParkReason;
use serde_json::Value;

/// A website's three lists, one after the other: asked for all at once it answers none.
/// (support.sapo.vn/phuong-thuc-get-cua-order-phan-1, 2026-11-30)
const STATUSES: [&str; 3] = ["open", "closed", "cancelled"];

/// A page of orders that changed within the window.
pub(super) async fn orders(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    match Product::of(session)? {
        Product::Web => of_website(session, window, cursor).await,
        Product::Omni => of_stores(session, window, cursor).await,
    }
}

/// Where a website's lists stand: which of them, after which order, and on which page from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) list: usize,
    pub(super) after: u64,
    pub(super) page: u32,
}

impl Place {
    pub(super) fn read(cursor: Option<&Cursor>) -> Result<Self, ChannelError> {
        let Some(Cursor(text)) = cursor else { return Ok(Self { list: 0, after: 0, page: 1 }) };
        let wrong = || ChannelError::misconfigured("not a place of this list");
        let parts: Option<Vec<u64>> = text.split(' ').map(|part| part.parse().ok()).collect();
        let Some([list, after, page]) = parts.as_deref() else { return Err(wrong()) };
        let (list, after, page) = (*list, *after, *page);
        let list = usize::try_from(list).ok().filter(|list| *list < STATUSES.len()).ok_or_else(wrong)?;
        Ok(Self { list, after, page: u32::try_from(page).map_err(|_| wrong())? })
    }

    /// The next place: orders never change their numbers, so a list that is sorted by them is gone through without a
    /// gap; one that is not is counted.
    pub(super) fn next(self, ids: &[Option<u64>]) -> Option<Cursor> {
        let next = if ids.len() < PAGE_ROWS_MAX {
            let list = self.list + 1;
            if list >= STATUSES.len() {
                return None;
            }
            Self { list, after: 0, page: 1 }
        } else {
            match ids.last().copied().flatten() {
                Some(last) if ids.is_sorted() && last > self.after => Self { after: last, page: 1, ..self },
                _ => Self { page: self.page.saturating_add(1), ..self },
            }
        };
        Some(Cursor(format!("{} {} {}", next.list, next.after, next.page)))
    }
}

/// Nothing is asked about the window's end: an order that changes while we read would move out of the list, and the
/// order behind it would be skipped.
async fn of_website(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let place = Place::read(cursor)?;
    let status = STATUSES.get(place.list).copied().unwrap_or("open");
    let (limit, page, after) = (PAGE_ROWS_MAX.to_string(), place.page.to_string(), place.after.to_string());
    let from = time(window.from);
    let mut query = vec![("status", status), ("modified_on_min", &from), ("limit", &limit), ("page", &page)];
    if place.after > 0 {
        query.push(("since_id", &after));
    }
    let rows = ask(session, &query).await?;
    let ids: Vec<Option<u64>> = rows.iter().map(|row| row.get("id").and_then(Value::as_u64)).collect();
    let read_at = (session.clock)();
    let rows = rows.into_iter().map(|row| read(row, read_at)).filter(|row| is_within(row, window)).collect();
    Ok(Page { rows, next: place.next(&ids) })
}

/// The newest change first: what changes while we read comes to the front, so rows are seen twice and none is missed.
/// Once a page ends before the window begins, the rest is older still.
async fn of_stores(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let number = crate::storefront::pages::number(cursor)?;
    let (limit, page) = (PAGE_ROWS_MAX.to_string(), number.to_string());
    let from = time(window.from);
    let query = [
        ("sort_by", "modified_on desc"),
        ("modified_on_min", from.as_str()),
        ("limit", &limit),
        ("page", &page),
    ];
    let rows = ask(session, &query).await?;
    let read_at = (session.clock)();
    let is_full = rows.len() >= PAGE_ROWS_MAX;
    let rows: Vec<NoticeOrReason> = rows.into_iter().map(|row| read(row, read_at)).collect();
    let times: Vec<Timestamp> = rows.iter().filter_map(changed_at).collect();
    let sorted = times.len() == rows.len() && times.is_sorted_by(|a, b| a >= b);
    let is_past = sorted && times.last().is_some_and(|last| *last < window.from);
    let next = (is_full && !is_past).then(|| Cursor(number.saturating_add(1).to_string()));
    Ok(Page { rows: rows.into_iter().filter(|row| is_within(row, window)).collect(), next })
}

async fn ask(session: &Session<'_>, query: &[(&str, &str)]) -> Result<Vec<Value>, ChannelError> {
    let answer: Orders = errors::read(&call::get(session, "/admin/orders.json", query).await?)?;
    Ok(answer.orders.rows("orders")?)
}

fn read(row: Value, read_at: Timestamp) -> NoticeOrReason {
    let order: Order = json::row("orders", row).map_err(ParkReason::from)?;
    Ok(Notice::Order(Box::new(orders::read_order(order, Some(read_at))?)))
}

fn changed_at(row: &NoticeOrReason) -> Option<Timestamp> {
    match row {
        Ok(Notice::Order(order)) => Some(order.source_time),
        _ => None,
    }
}

fn is_within(row: &NoticeOrReason, window: Window) -> bool {
    changed_at(row).is_none_or(|at| window.from <= at && at < window.to)
}

/// `2026-04-16T14:30:19Z`: Sapo keeps whole seconds, so the second that a window begins in is asked for whole.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
