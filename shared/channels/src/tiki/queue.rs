//! The queue in which Tiki keeps this account's events until we pull them.

use super::call;
use super::wire::{QUEUES, Queue, QueueSubscription};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::json::{self, List};
use serde_json::Value;

/// What we must hear of. (open.tiki.vn, event type, 2026-11-30)
pub(super) const EVENT_TYPES: [&str; 2] = ["ORDER_CREATED_SUCCESSFULLY", "ORDER_STATUS_UPDATED"];

/// The name by which this account's queue is found again, so that nobody has to write its code down. Each account has a
/// queue of its own: whoever takes events takes them from all who share the queue.
pub(super) fn name(session: &Session<'_>) -> String {
    format!("hopkenh {} {}", session.shop.id, session.connection.id)
}

/// The queue's code: the account setting `queue_code`, or else the code of the queue that has our name. None when there
/// is no such queue.
pub(super) async fn code(session: &Session<'_>, app_token: &str) -> Result<Option<String>, ChannelError> {
    if let Ok(code) = session.account("queue_code") {
        return Ok(Some(code.to_owned()));
    }
    let name = name(session);
    let queues: List<Queue> = json::row("queues", call::get_as(session, QUEUES, app_token).await?)?;
    let ours = queues.rows("queues")?.into_iter().find(|queue| queue.name.given() == Some(name.as_str()));
    Ok(ours.and_then(|queue| queue.code.given().map(str::to_owned)))
}

/// The event types that a queue is told of, each with whether it is switched on.
pub(super) async fn subscriptions(
    session: &Session<'_>,
    code: &str,
    app_token: &str,
) -> Result<Vec<(String, bool)>, ChannelError> {
    let value: Value = call::get_as(session, &subscriptions_path(code), app_token).await?;
    let rows: List<QueueSubscription> = json::row("subscriptions", value)?;
    let read = |row: QueueSubscription| {
        let is_on = !matches!(row.active.given(), Some("false" | "0"));
        Some((row.event_type.given()?.to_owned(), is_on))
    };
    Ok(rows.rows("subscriptions")?.into_iter().filter_map(read).collect())
}

pub(super) fn subscriptions_path(code: &str) -> String {
    format!("{QUEUES}/{}/subscriptions", crate::url::encode(code))
}

pub(super) fn pull_path(code: &str) -> String {
    format!("{QUEUES}/{}/events/pull", crate::url::encode(code))
}
