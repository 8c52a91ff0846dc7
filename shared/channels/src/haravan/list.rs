//! Haravan's list of orders by the time they changed.

use super::facts::PAGE_ROWS_MAX;
use super::wire::Orders;
use super::{call, errors, orders};
use crate::channel::{Notice, Session};
use crate::error::ChannelError;
use crate::json;
use crate::paging::{Cursor, OrderPage, Window};
use crate::storefront::pages::{self, Place};
use commerce::Timestamp;
use commerce::park::ParkReason;
use jiff::SignedDuration;

/// Haravan keeps times to the millisecond.
const STEP: SignedDuration = SignedDuration::from_millis(1);

/// A page, oldest change first. Without `status=any` closed and cancelled orders would be missing.
/// (docs.haravan.com/docs/omni-apis/orders/, 2026-11-30)
pub(super) async fn orders(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let place = Place::read(cursor, window)?;
    let (limit, number) = (PAGE_ROWS_MAX.to_string(), place.page.to_string());
    let query = [
        ("status", "any"),
        ("updated_at_min", &time(pages::just_before(place.from, STEP))),
        ("updated_at_max", &time(window.to)),
        ("order", "updated_at asc"),
        ("limit", &limit),
        ("page", &number),
    ];
    let read_at = (session.clock)();
    let answer: Orders = errors::read(&call::get(session, "/com/orders.json", &query).await?)?;
    let read = |value| -> Result<Notice, ParkReason> {
        let order = orders::read_order(json::row("orders", value)?, Some(read_at))?;
        Ok(Notice::Order(Box::new(order)))
    };
    let rows = answer.orders.rows("orders")?.into_iter().map(read).collect();
    Ok(pages::page(rows, window, place, PAGE_ROWS_MAX))
}

/// `2021-10-20T14:07:45.084Z`, as the documents write it.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
