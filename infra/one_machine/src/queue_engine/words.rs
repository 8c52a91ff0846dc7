//! SQS's words for what a queue takes, hands out and refuses.

use crate::fair_queue::{Arriving, FairQueue, HandedOut};
use crate::journal::Entry;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// The largest message; SQS takes more since 2025, but nothing here is sent to only one of the two.
pub(super) const BODY_BYTES_MAX: usize = 256 * 1024;

/// A refusal, in SQS's own words.
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) name: &'static str,
    pub(super) detail: String,
}

/// The entries of a send: what is to be kept, and what each is answered.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) fresh: Vec<Arriving>,
    pub(super) successful: Vec<Value>,
    pub(super) failed: Vec<Value>,
}

/// Looks at each entry: refused, seen before, or to be kept.
pub(super) fn sort(request: &Value, queue: &FairQueue, now: Instant) -> Sorted {
    let mut sorted = Sorted::default();
    for entry in request["Entries"].as_array().map_or(&[][..], Vec::as_slice) {
        let id = &entry["Id"];
        let message = match arriving(entry, queue.is_fifo()) {
            Ok(message) => message,
            Err(why) => {
                sorted.failed.push(json!({"Id": id, "SenderFault": true, "Code": why}));
                continue;
            }
        };
        let twin = |other: &&Arriving| {
            message.deduplication.is_some()
                && (&other.group, &other.deduplication) == (&message.group, &message.deduplication)
        };
        let in_batch = sorted.fresh.iter().find(twin).map(|other| other.message_id.clone());
        let earlier = in_batch.or_else(|| queue.earlier(&message, now).map(str::to_owned));
        let message_id = earlier.as_ref().unwrap_or(&message.message_id);
        sorted.successful.push(json!({"Id": id, "MessageId": message_id}));
        if earlier.is_none() {
            sorted.fresh.push(message);
        }
    }
    sorted
}

pub(super) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

pub(super) fn refused(name: &'static str, detail: impl Into<String>) -> Refusal {
    Refusal { status: 400, name, detail: detail.into() }
}

pub(super) fn broken(error: rusqlite::Error) -> Refusal {
    Refusal { status: 500, name: "InternalError", detail: error.to_string() }
}

/// A message as it was sent, or what is wrong with it. A group is welcome in either kind of queue; order and
/// deduplication are FIFO's own (SQS API reference, `SendMessageBatchRequestEntry`, read 2026-11-22).
fn arriving(entry: &Value, fifo: bool) -> Result<Arriving, &'static str> {
    let optional = |name: &str| entry[name].as_str().map(str::to_owned);
    let (body, group, deduplication) =
        (text(entry, "MessageBody"), optional("MessageGroupId"), optional("MessageDeduplicationId"));
    if body.is_empty() || body.len() > BODY_BYTES_MAX {
        return Err("InvalidMessageContents");
    }
    if fifo && (group.is_none() || deduplication.is_none()) {
        return Err("MissingParameter");
    }
    if !fifo && deduplication.is_some() {
        return Err("InvalidParameterValue");
    }
    Ok(Arriving {
        message_id: message_id(),
        body: body.to_owned(),
        group,
        deduplication,
        delay: Duration::from_secs(entry["DelaySeconds"].as_u64().unwrap_or(0)),
    })
}

/// Unlike any other, also over a restart: the journal knows messages by it.
fn message_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

pub(super) fn entry(queue: &str, message: &Arriving) -> Entry {
    Entry {
        queue: queue.to_owned(),
        message_id: message.message_id.clone(),
        body: message.body.clone(),
        group: message.group.clone(),
    }
}

/// A message as a receive answers it.
pub(super) fn message(message: &HandedOut) -> Value {
    let mut attributes = json!({ "ApproximateReceiveCount": message.times.to_string() });
    if let Some(group) = &message.group {
        attributes["MessageGroupId"] = json!(group);
    }
    if let Some(deduplication) = &message.deduplication {
        attributes["MessageDeduplicationId"] = json!(deduplication);
        attributes["SequenceNumber"] = json!(format!("{:020}", message.place));
    }
    json!({
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt,
        "Body": message.body,
        "Attributes": attributes,
    })
}
