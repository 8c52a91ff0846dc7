//! Lists of Tiki's orders, and the events that wait in the queue.

use super::orders::{self, INCLUDE};
use super::wire::{Event, Events, ORDERS, Order, OrderEvent, Paged};
use super::{call, login, queue};
use crate::channel::{Notice, NoticeOrReason, Session};
use crate::error::ChannelError;
use crate::json::{self, List};
use crate::moment::{self, Zone};
use crate::paging::{Cursor, OrderPage, Pulled, Window};
use crate::url;
use commerce::Timestamp;
use commerce::park::ParkReason;
use commerce::status::Status;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

/// Rows of a page: 20 by default, 50 is what others ask for in production.
pub(super) const ROWS_MAX: usize = 50;

/// The number of the page to ask for; the first is 1.
pub(super) fn page_number(cursor: Option<&Cursor>) -> Result<u32, ChannelError> {
    let Some(Cursor(text)) = cursor else { return Ok(1) };
    text.parse().map_err(|_| ChannelError::refused("the place in the list is not one of Tiki's"))
}

/// Where the next page begins; none after the last.
pub(super) fn next_page(
    page: u32,
    rows: usize,
    last_page: &json::Loose,
) -> Result<Option<Cursor>, ChannelError> {
    let more = match last_page.given() {
        Some(_) => i64::from(page) < last_page.whole("paging.last_page")?,
        None => rows >= ROWS_MAX,
    };
    Ok((more && rows > 0).then(|| Cursor((page + 1).to_string())))
}

/// One page of orders that changed within the window.
///
/// The list is asked for without an end and by `created_at`, the one time that never changes: an order that changes
/// while we turn the pages then stays where it is, and none slips through between two pages. What changed after the
/// window is left out here. (open.tiki.vn, order listing v2, `order_by`, `updated_from_date`, 2026-11-30)
pub(super) async fn orders(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let page = page_number(cursor)?;
    let from = whole_second(window.from);
    let query = url::pairs(&[
        ("page", &page.to_string()),
        ("limit", &ROWS_MAX.to_string()),
        ("include", INCLUDE),
        ("order_by", "created_at|asc"),
        // "Greater than" leaves out the second itself, so we begin one earlier.
        ("updated_from_date", &local(from.as_second() - 1)),
    ]);
    let read_at = (session.clock)();
    let list: Paged = json::row("body", call::get(session, &format!("{ORDERS}?{query}")).await?)?;
    let values = list.data.rows("data")?;
    let next = next_page(page, values.len(), &list.paging.last_page)?;
    let within = Window { from, to: window.to };
    Ok(OrderPage { rows: values.into_iter().filter_map(|value| row(value, within, read_at)).collect(), next })
}

fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// The time in Việt Nam, as Tiki writes it.
fn local(second: i64) -> String {
    let at = Timestamp::from_second(second).unwrap_or_default();
    at.to_zoned(TimeZone::fixed(Offset::constant(7))).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A row of the list; none when it changed outside the window. One without its lines, or cancelled and without its
/// history, must be asked for by itself.
fn row(value: Value, window: Window, read_at: Timestamp) -> Option<NoticeOrReason> {
    let order: Order = match json::row("data", value.clone()) {
        Ok(order) => order,
        Err(error) => return Some(Err(error.into())),
    };
    let changed = moment::date("updated_at", &order.updated_at, Zone::Vietnam);
    if changed.is_ok_and(|at| at < window.from || at >= window.to) {
        return None;
    }
    let is_cancelled = orders::status(order.status.given().unwrap_or_default()) == Status::Cancelled;
    let has_history = matches!(&order.status_histories, List::Rows(rows) if !rows.is_empty());
    if matches!(order.items, List::Missing) || (is_cancelled && !has_history) {
        let id = orders::order_id("code", &order.code);
        return Some(id.map(|order| Notice::OrderChanged { order }).map_err(ParkReason::from));
    }
    let whole = orders::read_order(value, Some(read_at));
    Some(whole.map(|order| Notice::Order(Box::new(order))).map_err(ParkReason::from))
}

/// Pulls what waits in the queue. Giving `ack_id` back tells Tiki that we have what came with it; without it the same
/// events come again. (open.tiki.vn, event queue API, 2026-11-30)
///
/// It is two calls, three without the account setting `queue_code`: the queue opens only for the app's own token.
pub(super) async fn events(session: &Session<'_>, taken: Option<&Cursor>) -> Result<Pulled, ChannelError> {
    let app_token = login::app_token(session).await?;
    let code = queue::code(session, &app_token).await?.ok_or_else(no_queue)?;
    let body = json!({ "ack_id": taken.map(|cursor| cursor.0.as_str()) });
    let value = call::ask(session, &queue::pull_path(&code), &app_token, &body).await?;
    let pulled: Events = json::row("body", value)?;
    let events = pulled.events.rows("events")?;
    let receipt = match events.is_empty() {
        true => None,
        false => Some(Cursor(pulled.ack_id.text("ack_id")?.to_owned())),
    };
    // Nobody tells how many are left: after some there may be more.
    let has_more = !events.is_empty();
    Ok(Pulled { notices: events.into_iter().map(read_event).collect(), receipt, has_more })
}

fn no_queue() -> ChannelError {
    ChannelError::misconfigured("there is no event queue for this account yet; subscribing makes one")
}

/// An event names an order and nothing else that we could rely on. (open.tiki.vn, event type, 2026-11-30)
fn read_event(value: Value) -> NoticeOrReason {
    let event: Event = json::row("events", value)?;
    let kind = event.kind.text("events.type")?;
    if !queue::EVENT_TYPES.contains(&kind) {
        return Ok(Notice::Nothing { topic: kind.chars().take(60).collect() });
    }
    let payload: OrderEvent = json::row("events.payload", event.payload)?;
    let code = if payload.order_code.given().is_some() { payload.order_code } else { payload.order_code_too };
    Ok(Notice::OrderChanged { order: orders::order_id("events.payload.order_code", &code)? })
}
