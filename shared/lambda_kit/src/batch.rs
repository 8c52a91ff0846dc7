//! Receiving a batch: every message is parsed and answered on its own, and a panic takes no neighbour along.

use crate::queues::Queue;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// After this many tries a message is parked instead of tried again.
pub const TRIES_MAX: u32 = 6;

/// One message of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The queue's id of it; the answer names it.
    pub id: String,
    /// The text.
    pub body: String,
    /// How often it has been handed out, this time included.
    pub tries: u32,
    receipt_handle: Option<String>,
    group: Option<String>,
}

impl Message {
    /// A message that came from no queue, for work that is done at once.
    pub fn of_no_queue(id: impl Into<String>, body: String) -> Self {
        Self { id: id.into(), body, tries: 1, receipt_handle: None, group: None }
    }

    /// True when this is the last try before the message must be parked.
    pub fn is_last_try(&self) -> bool {
        self.tries >= TRIES_MAX
    }

    fn read(message: SqsMessage) -> Option<Self> {
        let attribute = |name: &str| message.attributes.get(name).cloned();
        let tries = attribute("ApproximateReceiveCount").and_then(|n| n.parse().ok()).unwrap_or(1);
        Some(Self {
            id: message.message_id.filter(|id| !id.is_empty())?,
            tries,
            group: message.attributes.get("MessageGroupId").cloned(),
            body: message.body.unwrap_or_default(),
            receipt_handle: message.receipt_handle,
        })
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or parked: take it off the queue.
    Done,
    /// Not yet: hand it out again, not before `after` where that is known.
    Again {
        /// How long to hold it back.
        after: Option<Duration>,
        /// Why, for the log.
        why: String,
    },
}

/// A message without an id: answering about it would make Lambda treat the whole batch as failed in silence
/// (AWS Lambda Developer Guide, partial batch responses, read 2026-11-21), so the batch fails loudly instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message of the batch has no id; the whole batch is tried again")]
pub struct NamelessMessage;

/// Reads the messages of an event.
pub fn messages(event: SqsEvent) -> Result<Vec<Message>, NamelessMessage> {
    event.records.into_iter().map(|record| Message::read(record).ok_or(NamelessMessage)).collect()
}

/// How long to hold a message back before try `tries + 1`: doubling from 1 s, at most 2 minutes.
pub fn backoff(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.saturating_sub(1).min(7)).min(Duration::from_secs(120))
}

/// What a function does with a batch: one outcome per message, in order.
pub trait Work: Send + Sync {
    /// Handles the batch.
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>>;
}

/// Runs `work` over a batch. If it panics, each half runs alone, down to the one message that causes it.
pub async fn shielded(messages: &[Message], work: &dyn Work) -> Vec<Outcome> {
    if let Ok(outcomes) = AssertUnwindSafe(work.handle_batch(messages)).catch_unwind().await {
        return outcomes;
    }
    if messages.len() <= 1 {
        tracing::error!(message.id = messages.first().map_or("?", |m| &m.id), "a message made us panic");
        let why = "panic".to_owned();
        return messages.iter().map(|_| Outcome::Again { after: None, why: why.clone() }).collect();
    }
    let (left, right) = messages.split_at(messages.len() / 2);
    let mut outcomes = Box::pin(shielded(left, work)).await;
    outcomes.extend(Box::pin(shielded(right, work)).await);
    outcomes
}

/// Handles one event from beginning to end: reads it, runs `work` shielded, answers.
pub async fn run(
    queue: &Queue,
    event: SqsEvent,
    work: &dyn Work,
) -> Result<SqsBatchResponse, NamelessMessage> {
    let messages = messages(event)?;
    let outcomes = shielded(&messages, work).await;
    Ok(answer(queue, &messages, &outcomes).await)
}

/// The same for a function that a queue wakes and a schedule too: `scheduled` is called for whatever brings no messages.
pub async fn run_or<T, E>(
    queue: &Queue,
    event: serde_json::Value,
    work: &dyn Work,
    scheduled: impl AsyncFnOnce() -> Result<T, E>,
) -> Result<serde_json::Value, E>
where
    T: serde::Serialize,
    E: From<serde_json::Error> + From<NamelessMessage>,
{
    if event.get("Records").is_none() {
        return Ok(serde_json::to_value(Box::pin(scheduled()).await?)?);
    }
    let event: SqsEvent = serde_json::from_value(event)?;
    Ok(serde_json::to_value(Box::pin(run(queue, event, work)).await?)?)
}

/// Turns outcomes into Lambda's answer; held-back messages get their own delay. In a FIFO queue a group stops at
/// its first failure, so that nothing overtakes. On a standard queue the group only says whose message it is: one
/// shop's failure there holds back no other message.
pub async fn answer(queue: &Queue, messages: &[Message], outcomes: &[Outcome]) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    let mut stopped_groups: BTreeMap<String, Duration> = BTreeMap::new();
    for (message, outcome) in messages.iter().zip(outcomes) {
        let in_order_with = message.group.as_ref().filter(|_| queue.is_fifo());
        let stopped = in_order_with.and_then(|group| stopped_groups.get(group).copied());
        let after = match (outcome, stopped) {
            (Outcome::Done, None) => continue,
            // Held back like the one before it: a hidden message of a group keeps the whole group hidden.
            (_, Some(after)) => after,
            (Outcome::Again { after, why }, None) => {
                tracing::warn!(message.id = %message.id, tries = message.tries, why, "will be tried again");
                after.unwrap_or_else(|| backoff(message.tries))
            }
        };
        if let Some(group) = in_order_with {
            stopped_groups.insert(group.clone(), after);
        }
        hold_back(queue, message, after).await;
        response.add_failure(&message.id);
    }
    response
}

async fn hold_back(queue: &Queue, message: &Message, after: Duration) {
    let Some(receipt) = &message.receipt_handle else { return };
    let seconds = u32::try_from(after.as_secs().max(1)).unwrap_or(u32::MAX);
    if let Err(error) = queue.hold_back(receipt, seconds).await {
        // Harmless: the message then comes back after the queue's own visibility time-out.
        tracing::debug!(message.id = %message.id, %error, "could not set the delay");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str) -> Message {
        Message { id: id.into(), body: id.into(), tries: 1, receipt_handle: None, group: None }
    }

    struct Fragile;

    impl Work for Fragile {
        fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
            Box::pin(async move {
                assert!(!messages.iter().any(|m| m.id == "bad"), "this message makes the worker panic");
                messages.iter().map(|_| Outcome::Done).collect()
            })
        }
    }

    #[test]
    fn backoff_doubles_up_to_two_minutes() {
        let seconds: Vec<u64> = (1..=9).map(|n| backoff(n).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 120, 120]);
    }

    #[tokio::test]
    async fn a_panic_takes_no_neighbour_along() {
        let batch: Vec<Message> = ["a", "b", "bad", "c"].map(message).to_vec();
        let outcomes = shielded(&batch, &Fragile).await;
        let done: Vec<bool> = outcomes.iter().map(|o| *o == Outcome::Done).collect();
        assert_eq!(done, [true, true, false, true]);
    }

    #[test]
    fn a_nameless_message_fails_the_batch_loudly() {
        let mut event = SqsEvent::default();
        event.records.push(SqsMessage::default());
        assert_eq!(messages(event), Err(NamelessMessage));
    }
}
