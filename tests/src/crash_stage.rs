//! A small shop whose functions may die at any side effect: one product, a marketplace that is overwritten (`mall`), a
//! website that compares first (`web`), and everything that brings it to rest afterwards.

mod functions;

use crate::book::{Book, queue};
use crate::history::{Order, later};
use crate::points::{Door, Points};
use crate::shelf::Shop;
use aws_sdk_sqs::types::DeleteMessageBatchRequestEntry;
use channels::channel::{Channel, Clock};
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use commerce::Timestamp;
use commerce::ids::{ListingId, LocationId, ShopId, Sku};
use commerce::order::Departure::Stayed;
use commerce::status::Status::Confirmed;
use commerce::stock::{ListingKey, Stock, StockKey};
use lambda_kit::batch::{Message, Outcome};
use lambda_kit::queues::Queue;
use lambda_kit::shops::Shops;
use lambda_kit::shops_file;
use one_machine::journal::Journal;
use one_machine::queue_engine::QueueEngine;
use one_machine::sdk_answer::access;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use table::Table;
use table::listing_item::ListingState;
use workflows::messages::{Record, RecordMessage, to_text};

/// The shop; its channels list an order at once, so that a pass proves everything from before it.
const SHOP: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng Mẫu"
[[shop.location]]
id = "hn"
name = "Hà Nội"
[[shop.connection]]
id = "mall"
channel = "shopee"
serves_from = ["hn"]
account = { list_lag_ms = "0" }
listing = [{ id = "ao-m", sku = "AO-M" }]
[[shop.connection]]
id = "web"
channel = "shopify"
serves_from = ["hn"]
account = { list_lag_ms = "0" }
listing = [{ id = "ao-m", sku = "AO-M" }]
[[shop.count]]
sku = "AO-M"
location = "hn"
on_hand = 10
as_of = "2026-11-22T11:00:00Z"
"#;

/// Each minute of the shop's clock; after so many it must be at rest.
const MINUTES_MAX: usize = 30;
/// All messages of one minute are worked off within so many rounds.
const ROUNDS_MAX: usize = 60;
const QUEUES: [&str; 6] = ["forward.fifo", "lookups", "orders", "passes", "publish.fifo", "reconcile"];

/// The shop's name.
pub fn demo() -> ShopId {
    ShopId::new("demo").expect("a shop")
}

/// The shop, its channels, and functions that may die.
pub struct Stage {
    /// The book, without any fault in front of it.
    pub book: Book,
    /// Overwritten, and never compared.
    pub mall: Shop,
    /// Set only while the number is as we think.
    pub web: Shop,
    /// Where functions may die.
    pub points: Points,
    /// Everything that has really happened, as the channels tell it.
    pub told: Vec<RecordMessage>,
    /// What the function under test is given.
    pub input: Vec<Message>,
    /// Units that a count has found to be missing: so many may be promised too much until channels are lowered.
    pub missing: i64,
    /// Units that buyers have really taken.
    pub sold: i64,
    shops: Shops,
    gateway: Arc<Gateway>,
    table: Table,
    queues: BTreeMap<&'static str, (Queue, String)>,
    sqs: aws_sdk_sqs::Client,
    waiting: Vec<(&'static str, String)>,
}

impl Stage {
    /// The shop before anything was counted; the mall shows 9 and the website 7, and nobody has told us why.
    pub async fn open() -> Self {
        let shops = [Shop::new("shopee", 9), Shop::new("shopify", 7)];
        Self::around(Book::open(SHOP).await, [&shops[0], &shops[1]]).await
    }

    /// The same shop once more, as it is now.
    pub async fn copy(&self) -> Self {
        let copy = Self::around(self.book.copy().await, [&self.mall, &self.web]).await;
        let (told, input, waiting) = (self.told.clone(), self.input.clone(), self.waiting.clone());
        Self { told, input, missing: self.missing, sold: self.sold, waiting, ..copy }
    }

    async fn around(book: Book, channels: [&Shop; 2]) -> Self {
        let file = shops_file::parse(SHOP).expect("a good shops file");
        let shops = Shops::new(file.catalogue, BTreeMap::new(), file.counts);
        let points = Points::default();
        let [mall, web] = channels.map(|shop| shop.copy(&points));
        let channels: Vec<Arc<dyn Channel>> = vec![Arc::new(mall.clone()), Arc::new(web.clone())];
        let limits = Limits { tries: 1, ..Limits::default() };
        let http = Http::new(Duration::from_secs(2)).expect("a client");
        let gateway = Arc::new(Gateway::with_channels(channels, http, book.record.clock.clone(), limits));
        let engine = Door { engine: book.engine.clone(), points: points.clone() };
        let table = Table::new(access(engine).dynamodb(), "book");
        let engine = QueueEngine::new(Journal::in_memory().expect("a journal"));
        let sqs = access(engine.clone()).sqs();
        let doored = access(Door { engine, points: points.clone() }).sqs();
        let mut queues = BTreeMap::new();
        for name in QUEUES {
            let url = queue(&sqs, name).await;
            queues.insert(name, (Queue::new(doored.clone(), &url), url));
        }
        Self {
            book,
            mall,
            web,
            points,
            told: Vec::new(),
            input: Vec::new(),
            missing: 0,
            sold: 0,
            shops,
            gateway,
            table,
            queues,
            sqs,
            waiting: Vec::new(),
        }
    }

    fn queue(&self, name: &str) -> Queue {
        self.queues[name].0.clone()
    }

    fn clock(&self) -> Clock {
        self.book.record.clock.clone()
    }

    /// The shop's time.
    pub fn now(&self) -> Timestamp {
        (self.clock())()
    }

    /// So many seconds pass.
    pub fn forward(&self, seconds: i64) {
        let now = Timestamp::from_second(self.now().as_second() + seconds).expect("a time within reach");
        self.book.set_clock(now);
        [&self.mall, &self.web].into_iter().for_each(|shop| shop.shelf.lock().unwrap().now = now);
    }

    /// A buyer takes units that a channel shows; what it would tell of it, now.
    pub fn sell(&mut self, place: &str, order: &str, units: u32) -> RecordMessage {
        let now = self.now();
        let message = Order::new("demo", place, order, later(now, -1)).tells(
            Confirmed,
            Stayed,
            now,
            &[("ao-m", units, 0)],
        );
        let shop = if place == "mall" { &self.mall } else { &self.web };
        let mut shelf = shop.shelf.lock().unwrap();
        assert!(shelf.shown >= i64::from(units), "{place} shows {}", shelf.shown);
        shelf.shown -= i64::from(units);
        self.sold += i64::from(units);
        let Record::Order(order) = &message.record else { unreachable!("an order") };
        shelf.orders.push((**order).clone());
        self.told.push(message.clone());
        message
    }

    /// What the function under test is given, as a queue hands it over.
    pub fn give<T: serde::Serialize>(&mut self, messages: &[T]) {
        self.give_texts(messages.iter().map(to_text).collect());
    }

    /// The same with the messages' own text.
    pub fn give_texts(&mut self, bodies: Vec<String>) {
        let message = |(n, body): (usize, String)| Message::of_no_queue(n.to_string(), body);
        self.input = bodies.into_iter().enumerate().map(message).collect();
    }

    /// What the function under test has not done comes again from that queue.
    pub fn come_back(&mut self, queue: &'static str, outcomes: &[Outcome]) {
        let again = self.input.iter().zip(outcomes).filter(|(_, outcome)| **outcome != Outcome::Done);
        self.waiting.extend(again.map(|(message, _)| (queue, message.body.clone())));
    }

    /// What `announce-stock` tells of the balances that have changed.
    pub async fn announced(&mut self) -> Vec<String> {
        self.book.follow_stream().await;
        let mut bodies = Vec::new();
        loop {
            let more = self.book.take_publish().await;
            if more.is_empty() {
                return bodies;
            }
            bodies.extend(more);
        }
    }

    /// A message that comes to a function by its queue, later.
    pub fn later(&mut self, queue: &'static str, body: String) {
        self.waiting.push((queue, body));
    }

    /// Minute by minute the house does all it has to do, until nothing is left to do.
    pub async fn settle(&mut self) {
        for _ in 0..MINUTES_MAX {
            self.forward(60);
            self.fetch().fetch_all().await.expect("shops");
            self.sweep().handle().await.expect("shops");
            self.work_off().await;
            self.check().await;
            if self.unrest().await.is_none() {
                return;
            }
        }
        panic!("not at rest after {MINUTES_MAX} minutes: {:?}", self.unrest().await);
    }

    /// Hands every message over; what is not done comes again the next minute.
    async fn work_off(&mut self) {
        let mut open = std::mem::take(&mut self.waiting);
        for _ in 0..ROUNDS_MAX {
            for name in ["lookups", "orders", "publish.fifo"] {
                open.extend(self.take(name).await.into_iter().map(|body| (name, body)));
            }
            open.extend(self.announced().await.into_iter().map(|body| ("publish.fifo", body)));
            if open.is_empty() {
                return;
            }
            for (name, body) in std::mem::take(&mut open) {
                if self.hand_over(name, &body).await != Outcome::Done {
                    self.waiting.push((name, body));
                }
            }
        }
        panic!("messages lead to ever more messages");
    }

    async fn hand_over(&self, queue: &str, body: &str) -> Outcome {
        let messages = [Message::of_no_queue("1", body.to_owned())];
        let mut outcomes = match queue {
            "lookups" => self.look_up().handle(&messages).await,
            "orders" => self.record().handle(&messages).await,
            _ => self.publish().handle(&messages).await,
        };
        outcomes.remove(0)
    }

    /// Takes the messages that can be had out of a queue.
    pub async fn take(&self, name: &str) -> Vec<String> {
        let url = &self.queues[name].1;
        let mut bodies = Vec::new();
        loop {
            let request = self.sqs.receive_message().queue_url(url).max_number_of_messages(10);
            let messages = request.send().await.expect("a queue").messages.unwrap_or_default();
            if messages.is_empty() {
                return bodies;
            }
            let mut done = self.sqs.delete_message_batch().queue_url(url);
            for (n, message) in messages.into_iter().enumerate() {
                let receipt = message.receipt_handle.expect("a receipt");
                let entry =
                    DeleteMessageBatchRequestEntry::builder().id(n.to_string()).receipt_handle(receipt);
                done = done.entries(entry.build().expect("an entry"));
                bodies.push(message.body.expect("a body"));
            }
            done.send().await.expect("messages are deleted");
        }
    }

    /// Why the house is not at rest; none when it is, and every listing shows what is covered for it.
    async fn unrest(&mut self) -> Option<String> {
        let due = self.book.table.due(&demo(), None).await.expect("what is due");
        if !due.is_empty() || !self.waiting.is_empty() {
            return Some(format!("due {due:?}, waiting {:?}", self.waiting));
        }
        let stock = self.balance().await;
        for (key, shop) in self.listings() {
            let state = self.state(&key).await;
            let (shown, covered) = (shop.shown(), covered(&stock, &key));
            let is_busy = state.as_ref().is_none_or(|state| state.listed.attempt.is_some());
            if is_busy || !is_ours(state.as_ref()) || shown != covered {
                return Some(format!("{key:?} shows {shown} of {covered}: {state:?}"));
            }
        }
        None
    }

    /// Never sold twice: in the book, between the book and what buyers see, and in truth.
    pub async fn check(&mut self) {
        let stock = self.balance().await;
        let cover: i64 = stock.cover.values().map(|units| (*units).max(0)).sum();
        let most = stock.on_hand + self.missing;
        assert!(stock.identity_holds(), "{stock:?}");
        assert!(cover + stock.committed + stock.holds <= most, "promised twice: {stock:?}");
        let (mut on_sale, mut are_ours) = (0, true);
        for (key, shop) in self.listings() {
            let (is_ours, covered) = (is_ours(self.state(&key).await.as_ref()), covered(&stock, &key));
            assert!(!is_ours || shop.shown() <= covered, "{key:?} shows {} of {covered}", shop.shown());
            on_sale += shop.shown();
            are_ours &= is_ours;
        }
        let sold = self.sold;
        assert!(!are_ours || on_sale + sold <= most, "{on_sale} on sale, {sold} sold: {stock:?}");
    }

    /// Both listings, with their channels.
    pub fn listings(&self) -> Vec<(ListingKey, Shop)> {
        let key = |connection: &str| ListingKey::try_from(format!("{connection}/ao-m")).expect("a listing");
        vec![(key("mall"), self.mall.clone()), (key("web"), self.web.clone())]
    }

    /// The one balance.
    pub async fn balance(&self) -> Stock {
        let key = StockKey {
            sku: Sku::new("AO-M").expect("a product"),
            location: LocationId::new("hn").expect("a store"),
        };
        let found = self.book.table.load_stock(&demo(), std::slice::from_ref(&key)).await;
        found.expect("a balance").remove(&key).unwrap_or_default()
    }

    async fn state(&self, key: &ListingKey) -> Option<ListingState> {
        let listing = ListingId::new("ao-m").expect("a listing");
        let ids = std::slice::from_ref(&listing);
        let found = self.book.table.load_listings(&demo(), &key.connection, ids).await;
        found.expect("listings").remove(&listing)
    }
}

/// Once it has been taken over, what it shows is covered.
fn is_ours(state: Option<&ListingState>) -> bool {
    state.is_some_and(|state| state.listed.ground.is_some())
}

fn covered(stock: &Stock, key: &ListingKey) -> i64 {
    stock.cover.get(key).copied().unwrap_or(0)
}
