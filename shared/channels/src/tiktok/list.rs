//! TikTok Shop's list of orders that changed, page by page.

use super::facts::PAGE_ROWS_MAX;
use super::wire::{ORDER_SEARCH, OrderList};
use super::{call, errors, orders};
use crate::channel::{Notice, Session};
use crate::error::ChannelError;
use crate::json;
use crate::paging::{Cursor, OrderPage, Window};
use commerce::Timestamp;
use reqwest::Method;
use serde_json::json;

/// One page, oldest change first. The list holds whole orders, as the look-up does.
/// (partner.tiktokshop.com/docv2/page/get-order-list-202309, 2026-11-30)
pub(super) async fn orders(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let size = PAGE_ROWS_MAX.to_string();
    let mut query = vec![("page_size", size.as_str()), ("sort_field", "update_time"), ("sort_order", "ASC")];
    query.extend(cursor.map(|cursor| ("page_token", cursor.0.as_str())));
    let body =
        json!({ "update_time_ge": window.from.as_second(), "update_time_lt": second_after(window.to) });
    let read_at = (session.clock)();
    let answer = call::of_shop(session, Method::POST, ORDER_SEARCH, &query, Some(&body)).await?;
    let list: OrderList = json::row("data", errors::read(&answer)?)?;
    let read = |row| Ok(Notice::Order(Box::new(orders::read_order(row, Some(read_at))?)));
    Ok(OrderPage {
        rows: list.orders.rows_or_none("data.orders")?.into_iter().map(read).collect(),
        next: list.next_page_token.given().map(|token| Cursor(token.to_owned())),
    })
}

/// The list counts whole seconds, and what began within a second belongs to it.
fn second_after(time: Timestamp) -> i64 {
    time.as_second() + i64::from(time.subsec_nanosecond() > 0)
}
