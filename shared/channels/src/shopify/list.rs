//! Shopify's list of orders that changed: names only, since a whole order costs too much to be one of many.

use super::call::{self, ask};
use super::wire::{GraphOrder, Nodes};
use crate::channel::{Notice, NoticeOrReason, Session};
use crate::error::ChannelError;
use crate::json::{self, FieldError};
use crate::paging::{Cursor, OrderPage, Window};
use commerce::Timestamp;
use commerce::ids::OrderId;
use serde_json::{Value, json};

const ORDERS: &str = "query Orders($query: String!, $after: String) { \
    orders(first: 250, after: $after, query: $query, sortKey: UPDATED_AT) { \
    nodes { id updatedAt } pageInfo { hasNextPage endCursor } } }";

/// One page, the oldest change first.
pub(super) async fn orders(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let variables = json!({ "query": filter(window), "after": cursor.map(|cursor| cursor.0.as_str()) });
    let data = ask(session, ORDERS, variables).await?;
    let page: Nodes<Value> = json::row("orders", data.get("orders").cloned().unwrap_or_default())?;
    let rows = page.nodes.rows("orders.nodes")?.into_iter().map(name).collect();
    Ok(OrderPage { rows, next: call::next(&page.page_info)? })
}

/// Shopify compares whole seconds, so the window is widened to them.
/// (shopify.dev/docs/api/admin-graphql/2026-07/queries/orders, 2026-11-30)
fn filter(window: Window) -> String {
    let from = window.from.as_second();
    let to = window.to.as_second() + i64::from(window.to.subsec_nanosecond() > 0);
    let text = |second: i64| Timestamp::from_second(second).unwrap_or(window.to).to_string();
    format!("updated_at:>='{}' updated_at:<'{}'", text(from), text(to))
}

fn name(row: Value) -> NoticeOrReason {
    let order: GraphOrder = json::row("orders.nodes", row)?;
    let number = call::number("orders.nodes.id", order.id.text("orders.nodes.id")?)?;
    let order = OrderId::new(number).map_err(|e| FieldError::new("orders.nodes.id", e.reason))?;
    Ok(Notice::OrderChanged { order })
}
