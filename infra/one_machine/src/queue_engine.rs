//! The embedded queues, answering the SDK's calls in process, with a journal behind them and a count of requests.
//!
//! The operations are those our code uses, in SQS's JSON protocol; what a queue promises stands in
//! [`crate::fair_queue`]. A message is written down before anybody can see it, and struck out before it is forgotten.

use crate::fair_queue::{Arriving, Done, FairQueue, shop_of};
use crate::journal::{Entry, Journal};
use crate::sdk_answer::{body, json, later, on_disk, operation};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use words::{Refusal, Sorted, broken, entry, message, refused, sort, text};

mod words;

/// What a message handed out stays hidden for where the queue's creator does not say (SQS API reference, read
/// 2026-11-21).
const VISIBILITY: Duration = Duration::from_secs(30);
/// The most messages of one receive.
const RECEIVE_MAX: u64 = 10;

/// The journal holds messages of a queue that is not there.
#[derive(Debug, Clone, thiserror::Error)]
#[error("messages of queue {0} are kept, and there is no such queue")]
pub struct UnknownQueue(pub String);

/// Requests made so far, as SQS bills them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// Sends, receives that found something, deletes and changed delays.
    pub useful: u64,
    /// Receives that found nothing.
    pub empty_receives: u64,
}

/// What one shop's messages asked of the queues. Each receive and delete concerns one shop; a send that carries notes
/// of several is shared between them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShopRequests {
    /// Requests to standard queues, in thousandths.
    pub standard_thousandths: u64,
    /// Requests to FIFO queues, in thousandths.
    pub fifo_thousandths: u64,
    /// Receives that found something: each is one call of a function.
    pub batches: u64,
}

/// How much of one shop waits in all queues, and for how long the oldest has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Messages that could be handed out now.
    pub messages: usize,
    /// The age of the oldest.
    pub oldest: Duration,
}

/// One queue, and what wakes those who wait for it.
struct Open {
    /// Held for moments only, never over a disk write: receives take it on the threads that all tasks share.
    queue: Mutex<FairQueue>,
    /// Held by a send from its look for an earlier note until its own can be seen, so over the disk write too. Sends
    /// follow each other here: messages get their places in the order in which the journal has them, and a second note
    /// of the same id is answered only once the first one is written down.
    sending: Mutex<()>,
    changed: Notify,
}

#[derive(Default)]
struct Inner {
    queues: Mutex<BTreeMap<String, Arc<Open>>>,
    requests: Mutex<Requests>,
    by_shop: Mutex<BTreeMap<String, ShopRequests>>,
}

/// The embedded engine. Cheap to clone.
#[derive(Clone)]
pub struct QueueEngine {
    journal: Journal,
    inner: Arc<Inner>,
    one_group: bool,
}

impl std::fmt::Debug for QueueEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QueueEngine")
    }
}

impl QueueEngine {
    /// An engine with that journal behind it.
    pub fn new(journal: Journal) -> Self {
        Self { journal, inner: Arc::default(), one_group: false }
    }

    /// The same, for queues whose FIFO batches hold one group each. Without it they hold several, as SQS hands them out.
    #[must_use]
    pub fn one_group_a_batch(self) -> Self {
        Self { one_group: true, ..self }
    }

    /// Requests made so far.
    pub fn requests(&self) -> Requests {
        *lock(&self.inner.requests)
    }

    /// Requests made so far, by shop.
    pub fn requests_by_shop(&self) -> BTreeMap<String, ShopRequests> {
        lock(&self.inner.by_shop).clone()
    }

    /// Writes one request on the account of the shops it concerned.
    fn charge(&self, fifo: bool, groups: &[Option<String>], batches: u64) {
        let shops: BTreeSet<&str> = groups.iter().map(|group| shop_of(group.as_deref())).collect();
        let share = 1_000 / u64::try_from(shops.len()).unwrap_or(u64::MAX).max(1);
        let mut accounts = lock(&self.inner.by_shop);
        for shop in shops {
            let account = accounts.entry(shop.to_owned()).or_default();
            account.batches += batches;
            let part = if fifo { &mut account.fifo_thousandths } else { &mut account.standard_thousandths };
            *part += share;
        }
    }

    /// What waits now, by shop, over all queues.
    pub fn backlog(&self) -> BTreeMap<String, Backlog> {
        let now = Instant::now();
        let queues: Vec<Arc<Open>> = lock(&self.inner.queues).values().cloned().collect();
        let mut backlog: BTreeMap<String, Backlog> = BTreeMap::new();
        for open in queues {
            for (shop, waiting) in lock(&open.queue).waiting() {
                let entry = backlog.entry(shop.to_owned()).or_default();
                entry.messages += waiting.messages;
                entry.oldest = entry.oldest.max(now.saturating_duration_since(waiting.since));
            }
        }
        backlog
    }

    async fn answer(&self, operation: &str, request: &Value) -> Result<Value, Refusal> {
        let answer = match operation {
            "CreateQueue" => return self.create(request),
            "SendMessageBatch" => self.with_journal(request, Self::send).await?,
            "ReceiveMessage" => self.receive(request).await?,
            "DeleteMessageBatch" => self.with_journal(request, Self::delete).await?,
            "ChangeMessageVisibility" => self.hold_back(request)?,
            other => {
                return Err(refused("InvalidAction", format!("{other} is not used by this product")));
            }
        };
        let mut requests = lock(&self.inner.requests);
        if operation == "ReceiveMessage" && answer["Messages"].is_null() {
            requests.empty_receives += 1;
        } else {
            requests.useful += 1;
        }
        Ok(answer)
    }

    /// For what writes into the journal.
    async fn with_journal(
        &self,
        request: &Value,
        work: fn(&Self, &Value) -> Result<Value, Refusal>,
    ) -> Result<Value, Refusal> {
        let (engine, request) = (self.clone(), request.clone());
        on_disk(move || work(&engine, &request)).await
    }

    fn create(&self, request: &Value) -> Result<Value, Refusal> {
        let name = text(request, "QueueName");
        let attributes = &request["Attributes"];
        let fifo = attributes["FifoQueue"] == "true";
        if name.is_empty() || fifo != name.ends_with(".fifo") {
            return Err(refused("InvalidParameterValue", "a FIFO queue's name, and no other, ends in .fifo"));
        }
        let seconds = attributes["VisibilityTimeout"].as_str().and_then(|seconds| seconds.parse().ok());
        let queue = FairQueue::new(fifo, seconds.map_or(VISIBILITY, Duration::from_secs));
        let queue = queue.one_group_a_batch(self.one_group);
        let open = || Arc::new(Open::around(queue));
        lock(&self.inner.queues).entry(name.to_owned()).or_insert_with(open);
        Ok(json!({ "QueueUrl": format!("http://localhost/{name}") }))
    }

    fn open(&self, request: &Value) -> Result<(String, Arc<Open>), Refusal> {
        let name = text(request, "QueueUrl").rsplit('/').next().unwrap_or_default();
        let open = lock(&self.inner.queues).get(name).cloned();
        let open = open.ok_or_else(|| refused("QueueDoesNotExist", format!("no queue {name}")))?;
        Ok((name.to_owned(), open))
    }

    /// All entries are written down in one step and then shown. A note that a FIFO queue drops as a duplicate is
    /// answered with the id of the first one.
    fn send(&self, request: &Value) -> Result<Value, Refusal> {
        let (name, open) = self.open(request)?;
        let _until_shown = lock(&open.sending);
        let Sorted { fresh, successful, failed } = sort(request, &lock(&open.queue), Instant::now());
        let groups: Vec<Option<String>> = fresh.iter().map(|message| message.group.clone()).collect();
        let written: Vec<Entry> = fresh.iter().map(|message| entry(&name, message)).collect();
        self.journal.add(&written).map_err(broken)?;
        let fifo = open.show(fresh);
        self.charge(fifo, &groups, 0);
        Ok(json!({"Successful": successful, "Failed": failed}))
    }

    /// Shows again what the journal holds from an earlier life, under the same ids and in the same order. Nothing is
    /// written: a kill in the middle of it changes nothing.
    pub fn resume(&self, pending: Vec<Entry>) -> Result<(), UnknownQueue> {
        for Entry { queue, message_id, body, group } in pending {
            let open = lock(&self.inner.queues).get(&queue).cloned().ok_or(UnknownQueue(queue))?;
            open.show(vec![Arriving { message_id, body, group, deduplication: None, delay: Duration::ZERO }]);
        }
        Ok(())
    }

    /// Answers as soon as there is something, or with nothing once the wait is over.
    async fn receive(&self, request: &Value) -> Result<Value, Refusal> {
        let (_, open) = self.open(request)?;
        let max = request["MaxNumberOfMessages"].as_u64().unwrap_or(1).clamp(1, RECEIVE_MAX);
        let max = usize::try_from(max).unwrap_or(1);
        let wait = Duration::from_secs(request["WaitTimeSeconds"].as_u64().unwrap_or(0));
        let until = Instant::now() + wait;
        loop {
            let changed = open.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let now = Instant::now();
            let (batch, next_return, fifo) = {
                let mut queue = lock(&open.queue);
                (queue.receive(max, now), queue.next_return(), queue.is_fifo())
            };
            if !batch.is_empty() {
                self.charge(fifo, &batch.iter().map(|message| message.group.clone()).collect::<Vec<_>>(), 1);
                return Ok(json!({ "Messages": batch.iter().map(message).collect::<Vec<_>>() }));
            }
            if now >= until {
                return Ok(json!({}));
            }
            let wake = next_return.map_or(until, |at| at.min(until));
            let _woken_or_time_to_look = tokio::time::timeout_at(wake, changed).await;
        }
    }

    /// A message that has come back since is left as it is: it will be handed out again, as with SQS. The others are
    /// taken out first, so that none comes back or lets its group go on while it is being struck from the journal.
    fn delete(&self, request: &Value) -> Result<Value, Refusal> {
        let (_, open) = self.open(request)?;
        let entries = request["Entries"].as_array().map_or(&[][..], Vec::as_slice);
        let done: Vec<Done> = {
            let mut queue = lock(&open.queue);
            entries.iter().filter_map(|entry| queue.take_out(text(entry, "ReceiptHandle"))).collect()
        };
        let ids: Vec<String> = done.iter().map(|done| done.message_id().to_owned()).collect();
        let groups: Vec<Option<String>> = done.iter().map(|done| done.group().map(str::to_owned)).collect();
        let struck = self.journal.remove(&ids);
        let fifo = {
            let mut queue = lock(&open.queue);
            let settle = if struck.is_ok() { FairQueue::forget } else { FairQueue::put_back };
            done.into_iter().for_each(|done| settle(&mut queue, done));
            queue.is_fifo()
        };
        open.changed.notify_waiters();
        struck.map_err(broken)?;
        self.charge(fifo, &groups, 0);
        let successful: Vec<Value> = entries.iter().map(|entry| json!({"Id": entry["Id"]})).collect();
        Ok(json!({"Successful": successful, "Failed": []}))
    }

    fn hold_back(&self, request: &Value) -> Result<Value, Refusal> {
        let (_, open) = self.open(request)?;
        let wait = Duration::from_secs(request["VisibilityTimeout"].as_u64().unwrap_or(0));
        let receipt = text(request, "ReceiptHandle");
        let (group, held, fifo) = {
            let mut queue = lock(&open.queue);
            (queue.group_of(receipt), queue.hold_back(receipt, wait, Instant::now()), queue.is_fifo())
        };
        self.charge(fifo, &group.into_iter().collect::<Vec<_>>(), 0);
        open.changed.notify_waiters();
        if held { Ok(json!({})) } else { Err(refused("MessageNotInflight", "the message is not handed out")) }
    }
}

impl Open {
    fn around(queue: FairQueue) -> Self {
        Self { queue: Mutex::new(queue), sending: Mutex::default(), changed: Notify::new() }
    }

    /// Lets messages be seen that are written down; true when the queue is FIFO.
    fn show(&self, messages: Vec<Arriving>) -> bool {
        let mut queue = lock(&self.queue);
        let now = Instant::now();
        messages.into_iter().for_each(|message| queue.send(message, now));
        let fifo = queue.is_fifo();
        drop(queue);
        self.changed.notify_waiters();
        fifo
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HttpConnector for QueueEngine {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.clone();
        later(async move {
            let operation = operation(&request);
            let body: Value = serde_json::from_slice(&body(request).await).unwrap_or_default();
            match engine.answer(&operation, &body).await {
                Ok(answer) => json(200, answer.to_string()),
                Err(Refusal { status, name, detail }) => {
                    let kind = format!("com.amazonaws.sqs#{name}");
                    json(status, json!({"__type": kind, "message": detail}).to_string())
                }
            }
        })
    }
}

impl HttpClient for QueueEngine {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

#[cfg(test)]
mod tests;
