//! Plays a table of sales and of what channels show, that a shop manager can read, with the real functions on a real table.
//!
//! One product in one store with a till, sold on a marketplace that overwrites what it shows (`mall`) and on a website that
//! compares first (`web`). Each row is something that happens; then all that follows from it is done, and the row says
//! what each channel shows and how much of the stock is covered for it, as `shown/covered`, and what the book says.
//! A listing is never shown with more units than are covered for it: that is checked after every row.

use crate::book::{Book, NOW};
use crate::history::{Order, count, time};
use crate::shelf::{Manner, Shop};
use channels::account::Subscription;
use channels::channel::Channel;
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use commerce::order::{Departure, OrderKind};
use commerce::status::Status;
use commerce::stock::{ListingKey, Stock, StockKey};
use lambda_kit::batch::{Message, Outcome};
use lambda_kit::mail::Mail;
use one_machine::table_engine::TableEngine;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use workflows::look_again::doubt;
use workflows::messages::{Record, RecordMessage};
use workflows::reconcile::{Findings, Moved};
use workflows::{Passes, PublishStock, Reconcile};

/// The shop of these stories. Its channels list an order at once, so that a pass proves everything from before it.
const SHOP: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng Mẫu"
shortfalls = { owner = "Lan", within_hours = 6 }
[[shop.location]]
id = "hn"
name = "Hà Nội"
till = { connection = "till", branch = "55" }
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
[[shop.connection]]
id = "till"
channel = "kiotviet"
serves_from = ["hn"]
listing = [{ id = "ao-m", sku = "AO-M", publish = false }]
"#;

const LISTING: &str = "ao-m";
const HEADER: [&str; 9] =
    ["time", "what happens", "where", "units", "→ mall", "web", "on hand", "sold", "free"];
/// What follows from one event ends within so many rounds.
const ROUNDS_MAX: usize = 60;

/// The shop of a story while it is being played.
pub struct Stage {
    /// Its book.
    pub book: Book,
    mall: Shop,
    web: Shop,
    publish: PublishStock,
    passes: Passes,
    reconcile: Reconcile,
    sales: usize,
    /// Somebody has changed a number behind our back, and orders have not been read since we noticed.
    is_tampered: bool,
}

/// Plays a story; before it, the mall shows 9 and the website 7, and nobody has told us why.
pub async fn play(table: &str) {
    Stage::open().await.play(table).await;
}

fn cells(row: &str) -> Vec<String> {
    let mut cells: Vec<String> = row.split('|').map(|cell| cell.trim().to_owned()).collect();
    assert!(cells.len() <= HEADER.len(), "too many columns: {row}");
    cells.resize(HEADER.len(), String::new());
    cells
}

fn moment(clock: &str) -> Timestamp {
    time(&format!("{}T{clock}:00Z", &NOW[..10]))
}

impl Stage {
    /// The shop before anything was counted.
    pub async fn open() -> Self {
        Self::open_with(crate::book::shops(SHOP)).await
    }

    /// The same for shops with words of their own; the first of them is the one that plays.
    pub async fn open_with(shops: lambda_kit::shops::Shops) -> Self {
        let engine = TableEngine::in_memory().expect("an embedded table");
        let book = Book::around(shops, engine).await;
        let (mall, web) = (Shop::new("shopee", 9), Shop::new("shopify", 7));
        let clock = book.record.clock.clone();
        let http = Http::new(Duration::from_secs(2)).expect("a client");
        let shops: Vec<Arc<dyn Channel>> = vec![Arc::new(mall.clone()), Arc::new(web.clone())];
        let limits = Limits { tries: 1, ..Limits::default() };
        let gateway = Arc::new(Gateway::with_channels(shops, http, clock.clone(), limits));
        let publish = PublishStock {
            shops: book.shops.clone().into(),
            gateway: gateway.clone(),
            table: book.table.clone(),
            passes: book.passes.clone(),
            clock: clock.clone(),
        };
        let passes = Passes {
            shops: book.shops.clone().into(),
            gateway,
            table: book.table.clone(),
            record: book.record.clone(),
            publish: book.publish.clone(),
            clock,
            pieces: Default::default(),
        };
        let (now_ms, queue) = (book.now_ms.clone(), book.passes.clone());
        let reconcile = Reconcile {
            passes: passes.clone(),
            archive: book.record.archive.clone(),
            queue,
            webhook_base_url: Some("https://hooks.example.vn/webhooks".to_owned()),
            mail: Mail::Nobody,
            pause: Arc::new(move |time| {
                now_ms.fetch_add(i64::try_from(time.as_millis()).expect("a while"), Ordering::Relaxed);
                Box::pin(std::future::ready(()))
            }),
        };
        Self { book, mall, web, publish, passes, reconcile, sales: 0, is_tampered: false }
    }

    /// Compares the shop with its channels, as of a time of the day; whatever follows is done as well.
    pub async fn compare(&mut self, clock: &str) -> Findings {
        self.book.set_clock(moment(clock));
        self.book.follow_stream().await;
        let day = Some(moment(clock).to_zoned(jiff::tz::TimeZone::UTC).date());
        let shop = self.shop();
        let found = self.reconcile.compare_all(&self.book.shops, &shop, day).await.expect("findings");
        self.follow().await;
        found
    }

    /// Orders are read by a schedule whose calls may fail.
    pub async fn try_to_read_orders(&mut self, clock: &str) {
        self.book.set_clock(moment(clock));
        let demo = ShopId::new("demo").expect("a shop");
        for connection in ["mall", "web"] {
            let connection = ConnectionId::new(connection).expect("a connection");
            let _tried_again_later = self.passes.pass(&self.book.shops, &demo, &connection).await;
        }
        self.follow().await;
    }

    /// What compares shops, as the schedule's function does.
    pub fn reconcile(&self) -> &Reconcile {
        &self.reconcile
    }

    /// Something happens, and all that follows; nobody asks what it comes to.
    pub async fn happens(&mut self, row: &str) {
        self.act(&cells(row)).await;
    }

    /// Something is sold at the till, and we hear of it so many milliseconds later; then all that follows is done.
    pub async fn hears_late_of_the_till(&mut self, clock: &str, units: i64, late_ms: i64) {
        let sold_at = moment(clock);
        let heard_ms = sold_at.as_millisecond() + late_ms;
        let heard_at = Timestamp::from_millisecond(heard_ms).expect("a time");
        self.book.set_clock(heard_at);
        for shop in [&self.mall, &self.web] {
            shop.shelf.lock().unwrap().now = heard_at;
        }
        let sale = self.order("till", units, sold_at, OrderKind::TillSale);
        self.record(sale).await;
        self.follow().await;
    }

    /// The hourly look at what moved lately.
    pub async fn look_at_moved(&mut self, clock: &str) -> Moved {
        self.book.set_clock(moment(clock));
        self.book.follow_stream().await;
        let shop = self.shop();
        let moved = self.reconcile.look_at_moved(&shop).await.expect("a look");
        self.follow().await;
        moved
    }

    /// How a channel behaves from now on.
    pub fn behaves(&self, place: &str, manner: Manner) {
        self.at(place).shelf.lock().unwrap().manner = manner;
    }

    /// From now on a channel's list of orders is so far behind.
    pub fn lists_late(&self, place: &str, list_lag_ms: i64) {
        self.at(place).shelf.lock().unwrap().list_lag_ms = list_lag_ms;
    }

    /// From now on it would call us like that.
    pub fn calls_us(&self, place: &str, subscription: Subscription) {
        self.at(place).shelf.lock().unwrap().subscription = Some(subscription);
    }

    /// The addresses that a channel was asked to call, in turn.
    pub fn asked_to_call(&self, place: &str) -> Vec<String> {
        self.at(place).shelf.lock().unwrap().asked_to_call.clone()
    }

    /// A channel forgets all its orders.
    pub fn forget_orders(&self, place: &str) {
        self.at(place).shelf.lock().unwrap().orders.clear();
    }

    /// Somebody doubts what the website shows.
    pub async fn doubt_web(&mut self) {
        let shop = self.shop();
        let listing = ListingId::new(LISTING).expect("a listing");
        let connection = &shop.connections[&ConnectionId::new("web").expect("a connection")];
        let notes = doubt(&shop, connection, vec![listing], "seen");
        self.book.publish.send(notes).await.expect("notes");
        self.follow().await;
    }

    fn at(&self, place: &str) -> &Shop {
        if place == "mall" { &self.mall } else { &self.web }
    }

    /// Plays one table, from where the last one ended.
    pub async fn play(&mut self, table: &str) {
        let mut rows = table.lines().filter(|row| !row.trim().is_empty());
        assert_eq!(cells(rows.next().expect("a header")), HEADER);
        let (mut told, mut expected) = (Vec::new(), Vec::new());
        for row in rows {
            let cells = cells(row);
            self.act(&cells).await;
            let found = self.look(&cells).await;
            told.push(found.join(" | "));
            expected.push(cells.join(" | "));
        }
        assert_eq!(told, expected, "what happened was\n{}\n", told.join("\n"));
    }

    /// The shop as its file says.
    pub fn shop(&self) -> Arc<commerce::catalogue::Shop> {
        self.book.shops.catalogue().shops.values().next().expect("a shop").clone()
    }

    async fn act(&mut self, cells: &[String]) {
        let (now, place) = (moment(&cells[0]), cells[2].as_str());
        let units: i64 = cells[3].parse().unwrap_or(0);
        self.book.set_clock(now);
        for shop in [&self.mall, &self.web] {
            shop.shelf.lock().unwrap().now = now;
        }
        match cells[1].as_str() {
            "counted" => self.record(count("demo", "till", "AO-M", "hn", units, now)).await,
            "sold, and told" => {
                let order = self.sell(place, units, now);
                self.record(order).await;
            }
            "sold, not told" => drop(self.sell(place, units, now)),
            "sold at the till" => {
                let sale = self.order("till", units, now, OrderKind::TillSale);
                self.record(sale).await;
            }
            "nothing" => {}
            // A number is changed behind our back.
            "edited" => {
                self.at(place).shelf.lock().unwrap().shown = units;
                self.is_tampered = true;
            }
            "counted, note lost" => {
                self.record(count("demo", "till", "AO-M", "hn", units, now)).await;
                self.book.follow_stream().await;
                let mut lost = 0;
                while let Some(more) = Some(self.book.take_publish().await.len()).filter(|more| *more > 0) {
                    lost += more;
                }
                assert!(lost > 0, "a note to lose");
            }
            "orders are read" => {
                self.read_orders().await;
                self.is_tampered = false;
            }
            other => panic!("no such event: {other}"),
        }
        self.follow().await;
    }

    async fn record(&self, message: RecordMessage) {
        self.book.deliver_until_done(&[message]).await;
    }

    fn order(&mut self, place: &str, units: i64, now: Timestamp, kind: OrderKind) -> RecordMessage {
        self.sales += 1;
        let mut order = Order::new("demo", place, &format!("O{}", self.sales), now);
        let (mut status, mut departure) = (Status::Confirmed, Departure::Stayed);
        if kind == OrderKind::TillSale {
            (status, departure) = (Status::Completed, Departure::Left);
            order.kind = kind;
            order.location = Some(LocationId::new("hn").expect("a store"));
        }
        order.tells(status, departure, now, &[(LISTING, u32::try_from(units).expect("units"), 0)])
    }

    /// A buyer takes what is shown; more than that is not to be had.
    fn sell(&mut self, place: &str, units: i64, now: Timestamp) -> RecordMessage {
        let message = self.order(place, units, now, OrderKind::Channel);
        let shop = self.at(place);
        let mut shelf = shop.shelf.lock().unwrap();
        assert!(shelf.shown >= units, "{place} shows {} and sells {units}", shelf.shown);
        shelf.shown -= units;
        if let Record::Order(order) = &message.record {
            shelf.orders.push((**order).clone());
        }
        message
    }

    async fn read_orders(&self) {
        let demo = ShopId::new("demo").expect("a shop");
        for connection in ["mall", "web"] {
            let connection = ConnectionId::new(connection).expect("a connection");
            let passed = self.passes.pass(&self.book.shops, &demo, &connection).await;
            assert!(passed.expect("a pass").is_complete);
        }
    }

    /// Does all that follows, until nothing is left to do now.
    async fn follow(&mut self) {
        for _ in 0..ROUNDS_MAX {
            self.book.follow_stream().await;
            let bodies = self.book.take_publish().await;
            if bodies.is_empty() {
                return;
            }
            let message = |(n, body): (usize, String)| Message::of_no_queue(n.to_string(), body);
            let messages: Vec<Message> = bodies.into_iter().enumerate().map(message).collect();
            let outcomes = self.publish.handle(&messages).await;
            let shelves = [&self.mall, &self.web].map(|shop| shop.shelf.lock().unwrap().manner);
            let is_refusing = shelves.iter().any(|manner| matches!(manner, Manner::Campaign | Manner::Busy));
            let is_done = |outcome: &Outcome| *outcome == Outcome::Done;
            assert!(is_refusing || outcomes.iter().all(is_done), "{outcomes:?}");
        }
        panic!("it does not come to rest");
    }

    /// The row as it came out.
    async fn look(&mut self, cells: &[String]) -> Vec<String> {
        let stock = self.book.stock("demo").await;
        self.book.audit_ledger("demo", &stock).await;
        let key = StockKey {
            sku: Sku::new("AO-M").expect("a product"),
            location: LocationId::new("hn").expect("a store"),
        };
        let stock = stock.get(&key).cloned().unwrap_or_default();
        let mut found = cells[..4].to_vec();
        for (name, shop) in [("mall", &self.mall), ("web", &self.web)] {
            let covered = covered(&stock, name);
            let is_ours = self.is_adopted(name).await;
            assert!(
                !is_ours || self.is_tampered || shop.shown() <= covered,
                "{name} shows {} of {covered}",
                shop.shown()
            );
            found.push(format!("{}/{covered}", shop.shown()));
        }
        found.extend([stock.on_hand, stock.committed, stock.free].map(|units| units.to_string()));
        found
    }

    async fn is_adopted(&self, connection: &str) -> bool {
        let (shop, connection) = (ShopId::new("demo"), ConnectionId::new(connection));
        let listing = ListingId::new(LISTING).expect("a listing");
        let (shop, connection) = (shop.expect("a shop"), connection.expect("a connection"));
        let found = self.book.table.load_listings(&shop, &connection, std::slice::from_ref(&listing)).await;
        found.expect("listings").get(&listing).is_some_and(|state| state.listed.ground.is_some())
    }
}

fn covered(stock: &Stock, connection: &str) -> i64 {
    let key = ListingKey {
        connection: ConnectionId::new(connection).expect("a connection"),
        listing: ListingId::new(LISTING).expect("a listing"),
    };
    stock.cover.get(&key).copied().unwrap_or(0)
}
