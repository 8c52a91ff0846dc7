//! A shop's book for tests: the real table, queues, archive and functions in memory, and a clock that stands still.

use crate::auditor::{Owed, owed};
use aws_lambda_events::event::sqs::SqsEvent;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, QueueAttributeName};
use commerce::Timestamp;
use commerce::effect::OrderState;
use commerce::ids::ShopId;
use commerce::stock::{Cause, Effect, Gone, Stock, StockDelta, StockKey};
use lambda_kit::batch::{Outcome, messages, shielded};
use lambda_kit::objects::Objects;
use lambda_kit::queues::Queue;
use lambda_kit::shops::Shops;
use lambda_kit::shops_file;
use lambda_kit::stream::{StreamEvent, StreamRecord, to_item};
use one_machine::journal::Journal;
use one_machine::queue_engine::QueueEngine;
use one_machine::sdk_answer::access;
use one_machine::stream::records_after;
use one_machine::table_engine::TableEngine;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use table::parked_item::Parked;
use table::{Table, keys, order_item, stock_item};
use workflows::announce_stock::LedgerLine;
use workflows::messages::{LookUpMessage, RecordMessage, from_text, to_text};
use workflows::{AnnounceStock, RecordOrders};

/// A message is delivered at most this often before a test gives up on it.
const DELIVERIES_MAX: u32 = 60;
/// The day on which all tests play.
pub const NOW: &str = "2026-11-22T12:00:00Z";

/// An item exactly as the table holds it: attribute name → typed value.
pub type Image = BTreeMap<String, Value>;

/// The book and everything around it.
pub struct Book {
    /// The shops it serves.
    pub shops: Shops,
    /// The function under test; cheap to clone, as several Lambda instances are.
    pub record: RecordOrders,
    /// The embedded table, to plan faults in front of it.
    pub engine: TableEngine,
    /// A handle on the table whose units are counted apart from the function's own.
    pub table: Table,
    /// Where passes over lists of orders are asked for.
    pub passes: Queue,
    /// Where listings go that are to be looked at.
    pub publish: Queue,
    /// Where orders go that a till or website may have to take.
    pub forward: Queue,
    /// Where it is asked that a shop be compared, or its people told.
    pub reconcile: Queue,
    announce: AnnounceStock,
    sqs: aws_sdk_sqs::Client,
    lookups_url: String,
    publish_url: String,
    reconcile_url: String,
    pub(crate) now_ms: Arc<AtomicI64>,
    deliveries: Arc<AtomicU64>,
    records: Vec<StreamRecord>,
    archive: tempfile::TempDir,
}

/// Reads a shops file.
pub fn shops(shops_file: &str) -> Shops {
    let file = shops_file::parse(shops_file).expect("a good shops file");
    Shops::new(file.catalogue, BTreeMap::new(), BTreeMap::new())
}

impl Book {
    /// A new, empty book for the shops of a shops file.
    pub async fn open(shops_file: &str) -> Self {
        Self::around(shops(shops_file), TableEngine::in_memory().expect("an embedded table")).await
    }

    /// The same book once more, with its ledger and its time; what waits in its queues is left behind.
    pub async fn copy(&self) -> Self {
        let mut copy = Self::around(self.shops.clone(), self.engine.copy().expect("a copied table")).await;
        copy.now_ms.store(self.now_ms.load(Ordering::Relaxed), Ordering::Relaxed);
        copy.records.clone_from(&self.records);
        let (from, to) = (self.record.archive.clone(), copy.record.archive.clone());
        for name in from.list("").await.expect("the archive") {
            let content = from.get(&name).await.expect("the archive").expect("an object");
            to.put(&name, content).await.expect("the copied archive");
        }
        copy
    }

    pub(crate) async fn around(shops: Shops, engine: TableEngine) -> Self {
        let client = access(engine.clone()).dynamodb();
        let table = Table::new(client.clone(), "book");
        table.create_if_missing().await.expect("the table");
        let sqs = access(QueueEngine::new(Journal::in_memory().expect("a journal"))).sqs();
        let lookups_url = queue(&sqs, "lookups").await;
        let publish_url = queue(&sqs, "publish.fifo").await;
        let publish = Queue::new(sqs.clone(), &publish_url);
        let forward = Queue::new(sqs.clone(), queue(&sqs, "forward.fifo").await);
        let passes = Queue::new(sqs.clone(), queue(&sqs, "passes").await);
        let reconcile_url = queue(&sqs, "reconcile").await;
        let reconcile = Queue::new(sqs.clone(), &reconcile_url);
        let archive = tempfile::tempdir().expect("a folder");
        let folder = Objects::Folder(archive.path().to_owned());
        let now: Timestamp = NOW.parse().expect("a time");
        let now_ms = Arc::new(AtomicI64::new(now.as_millisecond()));
        let ticking = now_ms.clone();
        let clock = move || Timestamp::from_millisecond(ticking.load(Ordering::Relaxed)).unwrap_or_default();
        let record = RecordOrders {
            shops: shops.clone().into(),
            table: Table::new(client, "book"),
            lookups: Queue::new(sqs.clone(), &lookups_url),
            archive: folder.clone(),
            clock: Arc::new(clock),
        };
        let announce = AnnounceStock {
            shops: shops.clone().into(),
            publish: publish.clone(),
            forward: forward.clone(),
            archive: folder,
        };
        let (deliveries, records) = (Arc::default(), Vec::new());
        Self {
            shops,
            record,
            engine,
            table,
            passes,
            publish,
            forward,
            reconcile,
            announce,
            sqs,
            lookups_url,
            publish_url,
            reconcile_url,
            now_ms,
            deliveries,
            records,
            archive,
        }
    }

    /// The shop changes its shops file, as a restart with a new one does.
    pub fn change_shops_file(&mut self, shops_file: &str) {
        self.shops = shops(shops_file);
        self.record.shops = self.shops.clone().into();
        self.announce.shops = self.shops.clone().into();
    }

    /// Sets the clock.
    pub fn set_clock(&self, now: Timestamp) {
        self.now_ms.store(now.as_millisecond(), Ordering::Relaxed);
    }

    /// Hands one batch to `record-orders` exactly as SQS does; one outcome per message.
    pub async fn deliver(&self, batch: &[RecordMessage]) -> Vec<Outcome> {
        self.deliver_texts(&batch.iter().map(to_text).collect::<Vec<_>>()).await
    }

    /// The same with the messages' own text.
    pub async fn deliver_texts(&self, bodies: &[String]) -> Vec<Outcome> {
        let records: Vec<Value> = bodies.iter().map(|body| self.sqs_record(body, 1)).collect();
        self.hand_over(&records).await
    }

    /// The same, for the last time before a message must be parked.
    pub async fn deliver_for_the_last_time(&self, body: &str) -> Vec<Outcome> {
        self.hand_over(&[self.sqs_record(body, lambda_kit::batch::TRIES_MAX)]).await
    }

    async fn hand_over(&self, records: &[Value]) -> Vec<Outcome> {
        let event: SqsEvent = serde_json::from_value(json!({"Records": records})).expect("an SQS event");
        shielded(&messages(event).expect("messages with ids"), &self.record).await
    }

    fn sqs_record(&self, body: &str, tries: u32) -> Value {
        let number = self.deliveries.fetch_add(1, Ordering::Relaxed);
        json!({
            "messageId": format!("message-{number}"),
            "receiptHandle": format!("receipt-{number}"),
            "body": body,
            "attributes": {"ApproximateReceiveCount": tries.to_string()},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "awsRegion": "ap-southeast-1",
        })
    }

    /// Delivers a batch, and what failed of it again and again, until all of it is done.
    pub async fn deliver_until_done(&self, batch: &[RecordMessage]) {
        let mut waiting = batch.to_vec();
        for _ in 0..DELIVERIES_MAX {
            let outcomes = self.deliver(&waiting).await;
            let failed = waiting.iter().zip(&outcomes).filter(|(_, outcome)| **outcome != Outcome::Done);
            waiting = failed.map(|(message, _)| message.clone()).collect();
            if waiting.is_empty() {
                return;
            }
        }
        panic!("{} messages are still not done after {DELIVERIES_MAX} deliveries", waiting.len());
    }

    /// Hands all new stream records to `announce-stock`, which archives the ledger.
    pub async fn follow_stream(&mut self) {
        loop {
            let place = self.records.last().map(|record| record.dynamodb.sequence_number.clone());
            let event = records_after(&self.engine, place, 500).expect("the stream");
            if event.records.is_empty() {
                return;
            }
            let of_stock = event.records.iter().filter(|record| keys::is_announced(&sort_key(record)));
            let answer = self.announce.handle(StreamEvent { records: of_stock.cloned().collect() }).await;
            assert!(answer.batch_item_failures.is_empty(), "the archiver refused a stock change: {answer:?}");
            self.records.extend(event.records);
        }
    }

    /// The archived ledger, as text: all objects of the shop, in the order of their names.
    pub async fn ledger_text(&mut self, shop: &str) -> String {
        self.follow_stream().await;
        let Ok(folder) = std::fs::read_dir(self.archive.path().join("ledger").join(shop)) else {
            return String::new();
        };
        let mut files: Vec<_> = folder.map(|entry| entry.expect("a file").path()).collect();
        files.sort();
        files.iter().map(|file| std::fs::read_to_string(file).expect("a ledger object")).collect()
    }

    /// The archived ledger, line by line.
    pub async fn ledger(&mut self, shop: &str) -> Vec<LedgerLine> {
        let text = self.ledger_text(shop).await;
        text.lines().map(|line| serde_json::from_str(line).expect("a ledger line")).collect()
    }

    /// Every item of the table, by key, as its latest stream image.
    pub async fn items(&mut self) -> BTreeMap<(String, String), Image> {
        self.follow_stream().await;
        let mut items = BTreeMap::new();
        for record in &self.records {
            let key = (partition_key(record), sort_key(record));
            match &record.dynamodb.new_image {
                Some(image) => items.insert(key, image.clone()),
                None => items.remove(&key),
            };
        }
        items
    }

    /// The ORDER items of a shop, raw, by partition key.
    pub async fn orders(&mut self, shop: &str) -> BTreeMap<String, Image> {
        let prefix = format!("{shop}#O#");
        let items = self.items().await.into_iter();
        items.filter(|((p, _), _)| p.starts_with(&prefix)).map(|((p, _), image)| (p, image)).collect()
    }

    /// What the table holds of the orders of a shop, by partition key.
    pub async fn order_states(&mut self, shop: &str) -> BTreeMap<String, OrderState> {
        let read = |image: &Image| order_item::from_item(&to_item(image)).expect("an order").0;
        self.orders(shop).await.iter().map(|(key, image)| (key.clone(), read(image))).collect()
    }

    /// The STOCK items of a shop, raw.
    pub async fn stock_items(&mut self, shop: &str) -> BTreeMap<StockKey, Image> {
        let mut result = BTreeMap::new();
        for ((partition, sort), image) in self.items().await {
            let Some((of_shop, sku, location)) = keys::parse_stock(&partition, &sort) else { continue };
            if of_shop.as_str() == shop {
                result.insert(StockKey { sku, location }, image);
            }
        }
        result
    }

    /// The balances of a shop.
    pub async fn stock(&mut self, shop: &str) -> BTreeMap<StockKey, Stock> {
        let read = |image: &Image| stock_item::from_item(&to_item(image)).expect("a balance");
        self.stock_items(shop).await.iter().map(|(key, image)| (key.clone(), read(image))).collect()
    }

    /// What waits for a person.
    pub async fn parked(&self, shop: &str) -> Vec<Parked> {
        let shop = ShopId::new(shop).expect("shop");
        self.table
            .parked_in(&shop, table::keys::parked_month(&shop, (self.record.clock)()))
            .await
            .expect("the parked list")
    }

    /// Takes the messages out of the lookups queue: orders that must be asked for again.
    pub async fn take_lookups(&self) -> Vec<LookUpMessage> {
        let request = self.sqs.receive_message().queue_url(&self.lookups_url).max_number_of_messages(10);
        let answer = request.send().await.expect("the lookups queue");
        let bodies = answer.messages.unwrap_or_default().into_iter().filter_map(|message| message.body);
        bodies.map(|body| from_text(&body).expect("a lookup")).collect()
    }

    /// Takes the messages out of the publish queue: listings that are to be looked at.
    pub async fn take_publish(&self) -> Vec<String> {
        self.take(&self.publish_url).await
    }

    /// The same of the queue in which shops are asked for.
    pub async fn take_reconcile(&self) -> Vec<String> {
        self.take(&self.reconcile_url).await
    }

    async fn take(&self, url: &str) -> Vec<String> {
        let request = self.sqs.receive_message().queue_url(url).max_number_of_messages(10);
        let messages = request.send().await.expect("the queue").messages.unwrap_or_default();
        let mut bodies = Vec::new();
        for (n, message) in messages.into_iter().enumerate() {
            let receipt = message.receipt_handle.expect("a receipt");
            let entry = DeleteMessageBatchRequestEntry::builder().id(n.to_string()).receipt_handle(receipt);
            let done = self.sqs.delete_message_batch().queue_url(url);
            done.entries(entry.build().expect("an entry")).send().await.expect("a message is deleted");
            bodies.push(message.body.expect("a body"));
        }
        bodies
    }

    /// Checks everything that must be true of a shop's book once all of `told` has been delivered: the balances are
    /// those of the auditor, the ledger has no gap and folds to them, and each order moved exactly what it says.
    pub async fn audit(&mut self, shop: &str, told: &[RecordMessage]) {
        let stock = self.stock(shop).await;
        let id = ShopId::new(shop).expect("shop");
        let owed = owed(self.shops.catalogue(), &id, told);
        for key in owed.keys().chain(stock.keys()) {
            let expected = owed.get(key).copied().unwrap_or_default();
            let found = stock
                .get(key)
                .map_or(Owed::default(), |s| Owed { on_hand: s.on_hand, committed: s.committed });
            assert_eq!(found, expected, "balance of {key:?}");
        }
        self.audit_ledger(shop, &stock).await;
    }

    /// The part of [`Book::audit`] that needs no knowledge of what was told.
    pub async fn audit_ledger(&mut self, shop: &str, stock: &BTreeMap<StockKey, Stock>) {
        let lines = self.ledger(shop).await;
        let mut folded: BTreeMap<StockKey, Stock> = BTreeMap::new();
        let mut per_order: BTreeMap<String, Effect> = BTreeMap::new();
        let mut gone: BTreeMap<StockKey, Vec<Gone>> = BTreeMap::new();
        for line in lines {
            let key = StockKey { sku: line.sku, location: line.location };
            let balance = folded.entry(key.clone()).or_default();
            let mut sum = StockDelta::default();
            for movement in &line.movements {
                sum.add(&movement.delta, 1);
                if let Cause::Order { connection, order, .. } = &movement.cause {
                    let effect = per_order.entry(format!("{shop}#O#{connection}#{order}")).or_default();
                    effect.entry(key.clone()).or_default().add(&movement.delta, 1);
                }
            }
            let facts = line.movements.iter().map(|movement| Gone(movement.at_ms, movement.delta.on_hand));
            gone.entry(key.clone()).or_default().extend(facts);
            balance.apply(&sum, line.movements);
            assert_eq!(line.version, balance.version, "the ledger of {key:?} has a gap");
            let said = (line.on_hand, line.committed, line.free);
            assert_eq!(
                (balance.on_hand, balance.committed, balance.free),
                said,
                "the ledger of {key:?} folds"
            );
        }
        for (key, balance) in stock {
            assert!(balance.identity_holds(), "free of {key:?} is not what its parts say: {balance:?}");
            let mut fold = folded.remove(key).unwrap_or_default();
            fold.baseline = balance.baseline;
            let left = gone.remove(key).unwrap_or_default();
            for fact in &balance.trail {
                assert!(left.contains(fact), "the trail of {key:?} says {fact:?}, the ledger does not");
            }
            fold.trail.clone_from(&balance.trail);
            assert_eq!(fold, *balance, "the ledger of {key:?} folds to the balance");
        }
        assert!(folded.is_empty(), "the ledger knows balances that the table does not: {folded:?}");
        for (order, state) in self.order_states(shop).await {
            let mut moved = per_order.remove(&order).unwrap_or_default();
            moved.retain(|_, delta| !delta.is_zero());
            assert_eq!(moved, state.applied, "what order {order} moved is what it says it did");
        }
        assert!(per_order.is_empty(), "movements of orders that the table does not know: {per_order:?}");
    }
}

pub(crate) async fn queue(sqs: &aws_sdk_sqs::Client, name: &str) -> String {
    let mut request = sqs.create_queue().queue_name(name);
    if name.ends_with(".fifo") {
        request = request.attributes(QueueAttributeName::FifoQueue, "true");
    }
    request.send().await.expect("a queue").queue_url.expect("its address")
}

fn key_text(record: &StreamRecord, name: &str) -> String {
    record.dynamodb.keys[name]["S"].as_str().expect("a key text").to_owned()
}

fn partition_key(record: &StreamRecord) -> String {
    key_text(record, keys::PARTITION)
}

fn sort_key(record: &StreamRecord) -> String {
    key_text(record, keys::SORT)
}
