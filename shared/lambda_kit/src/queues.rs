//! Sending work to the next function: in batches, checked entry by entry, and counted.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use commerce::ids::ShopId;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most entries one batch request holds (SQS API reference, read 2026-11-21).
const SEND_ENTRIES_MAX: usize = 10;
/// The most bytes one batch request holds; SQS allows more, this leaves room for the envelope.
const SEND_BYTES_MAX: usize = 200 * 1024;
/// The longest a message may stay hidden, in seconds (SQS API reference, read 2026-11-21).
const HIDDEN_MAX_S: u32 = 43_200;

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The text.
    pub body: String,
    /// Whose it is: the shop on a standard queue, where SQS keeps quiet tenants' waits short by it ("fair queues", SQS
    /// Developer Guide, read 2026-11-22). On a FIFO queue, messages of one group are handled one after the other.
    pub group: Option<String>,
    /// For a FIFO queue: a second message with the same id within five minutes is dropped.
    pub deduplication: Option<String>,
    /// Not before this many seconds (standard queues only).
    pub delay_seconds: u16,
}

impl Outgoing {
    /// A message for a standard queue, on behalf of that shop.
    pub fn for_shop(shop: &ShopId, body: String) -> Self {
        Self { body, group: Some(shop.to_string()), deduplication: None, delay_seconds: 0 }
    }
}

/// A queue did not take all messages; sending all of them again is safe.
#[derive(Debug, Clone, thiserror::Error)]
#[error("queue {queue}: {detail}")]
pub struct QueueError {
    /// Which queue.
    pub queue: String,
    /// What went wrong.
    pub detail: String,
}

/// Takes messages in the same process, without the SDK's JSON and HTTP in between: millions of simulated days are played.
pub trait InProcess: Debug + Send + Sync {
    /// Takes a batch into the queue at that address, or says what went wrong with any of it.
    fn send<'a>(&'a self, url: &'a str, batch: Vec<Outgoing>) -> Taken<'a>;
    /// Lets a message come back after that many seconds.
    fn hold_back<'a>(&'a self, url: &'a str, receipt_handle: &'a str, seconds: u32) -> Taken<'a>;
}

/// Whether messages were taken, to come; if not, in the service's own word.
pub type Taken<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// One queue to send to, and to hold messages back in.
#[derive(Clone, Debug)]
pub struct Queue {
    way: Way,
    url: String,
    requests: Arc<AtomicU64>,
}

#[derive(Clone, Debug)]
enum Way {
    Sqs(Client),
    InProcess(Arc<dyn InProcess>),
}

impl Queue {
    /// Speaks to the queue at that address.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { way: Way::Sqs(client), url: url.into(), requests: Arc::default() }
    }

    /// A queue in this process.
    pub fn in_process(taker: Arc<dyn InProcess>, url: impl Into<String>) -> Self {
        Self { way: Way::InProcess(taker), url: url.into(), requests: Arc::default() }
    }

    /// True when groups keep their order; SQS lets only the name of a FIFO queue end like this (SQS Developer Guide,
    /// read 2026-11-22).
    pub fn is_fifo(&self) -> bool {
        self.url.ends_with(".fifo")
    }

    /// How many requests this handle has made; each is billed.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Sends all messages, or says that some may be missing.
    pub async fn send(&self, messages: Vec<Outgoing>) -> Result<(), QueueError> {
        for batch in batches(messages) {
            self.send_batch(batch).await?;
        }
        Ok(())
    }

    async fn send_batch(&self, batch: Vec<Outgoing>) -> Result<(), QueueError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        match &self.way {
            Way::Sqs(client) => self.send_to_sqs(client, batch).await,
            Way::InProcess(taker) => taker.send(&self.url, batch).await.map_err(|e| self.failed(e)),
        }
    }

    async fn send_to_sqs(&self, client: &Client, batch: Vec<Outgoing>) -> Result<(), QueueError> {
        let mut request = client.send_message_batch().queue_url(&self.url);
        for (n, message) in batch.into_iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(n.to_string())
                .message_body(message.body)
                .set_message_group_id(message.group)
                .set_message_deduplication_id(message.deduplication)
                .set_delay_seconds((message.delay_seconds > 0).then_some(i32::from(message.delay_seconds)))
                .build();
            request = request.entries(entry.map_err(|e| self.failed(e))?);
        }
        let answer = request.send().await.map_err(|e| self.failed(cause(&e)))?;
        match answer.failed().first() {
            None => Ok(()),
            Some(refused) => Err(self.failed(refused.code())),
        }
    }

    /// Lets a message come back after this long instead of after the whole visibility time-out.
    pub async fn hold_back(&self, receipt_handle: &str, seconds: u32) -> Result<(), QueueError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let seconds = seconds.min(HIDDEN_MAX_S);
        match &self.way {
            Way::Sqs(client) => client
                .change_message_visibility()
                .queue_url(&self.url)
                .receipt_handle(receipt_handle)
                .visibility_timeout(i32::try_from(seconds).unwrap_or(0))
                .send()
                .await
                .map(|_| ())
                .map_err(|e| self.failed(cause(&e))),
            Way::InProcess(taker) => {
                taker.hold_back(&self.url, receipt_handle, seconds).await.map_err(|e| self.failed(e))
            }
        }
    }

    fn failed(&self, detail: impl std::fmt::Display) -> QueueError {
        let queue = self.url.rsplit('/').next().unwrap_or("?").to_owned();
        QueueError { queue, detail: detail.to_string() }
    }
}

/// What the service says is wrong, in its own word; without it a missing right would look like any other failure.
fn cause<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    code.map_or_else(|| error.to_string(), str::to_owned)
}

fn batches(messages: Vec<Outgoing>) -> Vec<Vec<Outgoing>> {
    let mut result: Vec<Vec<Outgoing>> = Vec::new();
    let mut bytes = 0;
    for message in messages {
        let size = message.body.len();
        match result.last_mut() {
            Some(batch) if batch.len() < SEND_ENTRIES_MAX && bytes + size <= SEND_BYTES_MAX => {
                bytes += size;
                batch.push(message);
            }
            _ => {
                bytes = size;
                result.push(vec![message]);
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_keep_both_limits() {
        let shop = ShopId::new("demo").unwrap();
        let message = |bytes: usize| Outgoing::for_shop(&shop, "x".repeat(bytes));
        let sizes = |batches: Vec<Vec<Outgoing>>| batches.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(batches((0..25).map(|_| message(10)).collect())), [10, 10, 5]);
        assert_eq!(sizes(batches((0..3).map(|_| message(90 * 1024)).collect())), [2, 1]);
        assert!(batches(Vec::new()).is_empty());
    }
}
