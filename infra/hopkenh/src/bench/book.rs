//! A new book in memory with its queues, and everything in the store counted once.

use super::shop::{PRODUCTS, SHOP, STORE, sku};
use crate::up::Problem;
use aws_sdk_sqs::types::QueueAttributeName;
use channels::channel::Clock;
use commerce::Timestamp;
use commerce::ids::{LocationId, ShopId, Sku};
use commerce::level::Level;
use lambda_kit::batch::{self, Message, Outcome};
use lambda_kit::clock;
use lambda_kit::objects::Objects;
use lambda_kit::queues::Queue;
use lambda_kit::shops::Shops;
use one_machine::journal::Journal;
use one_machine::queue_engine::QueueEngine;
use one_machine::sdk_answer::access;
use one_machine::table_engine::TableEngine;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use table::Table;
use workflows::RecordOrders;
use workflows::messages::{RecordMessage, to_text};
use workflows::record_levels::RecordLevels;

/// Units of each product in the store: more than anything here sells.
const ON_HAND: i64 = 1_000_000;
const QUEUES: [&str; 4] = ["forward.fifo", "lookups", "orders", "publish.fifo"];

/// The book and everything around it.
pub struct Book {
    /// The shop.
    pub shops: Shops,
    /// The table that is charged.
    pub table: Table,
    /// The engine behind it, for its stream.
    pub table_engine: TableEngine,
    /// The engine that counts requests.
    pub queue_engine: QueueEngine,
    /// What is queued.
    pub journal: Journal,
    /// The ledger.
    pub archive: Objects,
    /// The time.
    pub clock: Clock,
    /// Speaks to the queues.
    pub sqs: aws_sdk_sqs::Client,
    urls: BTreeMap<&'static str, String>,
}

impl Book {
    /// A new book in which every product has been counted.
    pub async fn open(shops: Shops, folder: &Path) -> Result<Self, Problem> {
        let book = Self::empty(shops, folder).await?;
        for n in 0..PRODUCTS {
            book.count(n, ON_HAND).await?;
        }
        Ok(book)
    }

    /// A new book in which nothing has been counted.
    pub async fn empty(shops: Shops, folder: &Path) -> Result<Self, Problem> {
        let table_engine = TableEngine::in_memory()?;
        let table = Table::new(access(table_engine.clone()).dynamodb(), "bench");
        table.create_if_missing().await?;
        let journal = Journal::in_memory()?;
        let queue_engine = QueueEngine::new(journal.clone());
        let sqs = access(queue_engine.clone()).sqs();
        let mut urls = BTreeMap::new();
        for name in QUEUES {
            urls.insert(name, create_queue(&sqs, name).await?);
        }
        let (archive, clock) = (Objects::Folder(folder.to_owned()), clock::system());
        Ok(Self { shops, table, table_engine, queue_engine, journal, archive, clock, sqs, urls })
    }

    /// The address of a queue.
    pub fn url(&self, queue: &str) -> String {
        self.urls.get(queue).cloned().unwrap_or_default()
    }

    /// A queue to send to.
    pub fn queue(&self, name: &str) -> Queue {
        Queue::new(self.sqs.clone(), self.url(name))
    }

    /// The function that writes orders.
    pub fn record_orders(&self) -> RecordOrders {
        RecordOrders {
            shops: self.shops.clone().into(),
            table: self.table.clone(),
            lookups: self.queue("lookups"),
            archive: self.archive.clone(),
            clock: self.clock.clone(),
        }
    }

    /// Counts the n-th product: an hour ago, so that every order comes after the count.
    pub async fn count(&self, n: usize, on_hand: i64) -> Result<(), Problem> {
        let as_of = Timestamp::from_second((self.clock)().as_second() - 3_600)?;
        let location = LocationId::new(STORE)?;
        let level = Level { location, on_hand, as_of, source: "count".to_owned() };
        let levels = RecordLevels { table: &self.table };
        all_done(&[levels.record(&ShopId::new(SHOP)?, &Sku::new(sku(n))?, &level).await])
    }
}

async fn create_queue(sqs: &aws_sdk_sqs::Client, name: &str) -> Result<String, Problem> {
    let mut request = sqs.create_queue().queue_name(name);
    if name.ends_with(".fifo") {
        request = request.attributes(QueueAttributeName::FifoQueue, "true");
    }
    request.send().await?.queue_url.ok_or_else(|| format!("queue {name} has no address").into())
}

/// The messages as the queue hands them over.
pub fn messages(batch: &[RecordMessage]) -> Result<Vec<Message>, Problem> {
    let record = |(n, message): (usize, &RecordMessage)| {
        json!({
            "messageId": format!("message-{n}"),
            "receiptHandle": format!("receipt-{n}"),
            "body": to_text(message),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
        })
    };
    let records: Vec<Value> = batch.iter().enumerate().map(record).collect();
    Ok(batch::messages(serde_json::from_value(json!({ "Records": records }))?)?)
}

/// A figure of work that was not done would be worth nothing.
pub fn all_done(outcomes: &[Outcome]) -> Result<(), Problem> {
    match outcomes.iter().find(|outcome| **outcome != Outcome::Done) {
        None => Ok(()),
        Some(outcome) => Err(format!("a message was not done: {outcome:?}").into()),
    }
}
