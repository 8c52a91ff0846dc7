//! A busy shop's first days are read to their end, whatever happens in between, and a slow channel holds up no other.

use async_trait::async_trait;
use channels::channel::{
    Channel, Door, LookedUp, Notice, Notices, Session, StockOutcome, StockReading, StockSet, Verdict,
    WebhookRequest,
};
use channels::error::ChannelError;
use channels::facts::Facts;
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use channels::paging::{Cursor, OrderPage, Pulled, Window};
use commerce::ids::{ConnectionId, ListingId, OrderId, ShopId};
use commerce::order::ChannelOrder;
use commerce::order::Departure::{Left, Stayed};
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::engines::Engines;
use hopkenh_tests::history::{Order, count, later, time};
use lambda_kit::batch::{Message, Outcome};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use table::pass_item::PassState;
use workflows::fetch_orders::{Fetched, Troubles};
use workflows::messages::{FetchMessage, Record, RecordMessage, to_text};
use workflows::{FetchOrders, Passes};

/// How many orders a page of the list has.
const PAGE: usize = 50;

/// A channel that can only list its orders.
#[derive(Clone)]
struct Lister {
    channel: &'static str,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    orders: Vec<ChannelOrder>,
    /// Rows it has handed out.
    rows: usize,
    /// After so many rows it answers no more.
    rows_max: Option<usize>,
    /// It takes for ever.
    hangs: bool,
}

impl Lister {
    fn new(channel: &'static str) -> Self {
        Self { channel, state: Arc::default() }
    }

    /// An order of 1 unit that changed so many minutes ago for the last time.
    fn has(&self, id: &str, minutes_ago: i64, status: Status) -> RecordMessage {
        let connection = if self.channel == "woocommerce" { "web" } else { self.channel };
        let order = Order::new("demo", connection, id, later(time(NOW), -minutes_ago - 5));
        let departure = if status == Status::Confirmed { Stayed } else { Left };
        let told = order.tells(status, departure, later(time(NOW), -minutes_ago), &[("ao-m", 1, 0)]);
        let Record::Order(order) = told.record.clone() else { panic!("an order") };
        self.state.lock().unwrap().orders.push(*order);
        told
    }

    /// What becomes of an order a moment from now.
    fn changes(&self, id: &str, status: Status) -> RecordMessage {
        let mut state = self.state.lock().unwrap();
        let order = state.orders.iter_mut().find(|order| order.id.as_str() == id).unwrap();
        (order.status, order.source_time) = (status, later(time(NOW), 0));
        let told = Order::new("demo", self.channel, id, order.created_at);
        told.message(order.clone())
    }

    /// How many rows it has handed out since it was asked last.
    fn rows(&self) -> usize {
        std::mem::take(&mut self.state.lock().unwrap().rows)
    }
}

#[async_trait]
impl Channel for Lister {
    fn facts(&self) -> &'static Facts {
        channels::registry::find(self.channel).unwrap().facts()
    }

    async fn list_orders(
        &self,
        _: &Session<'_>,
        window: Window,
        cursor: Option<&Cursor>,
    ) -> Result<OrderPage, ChannelError> {
        if self.state.lock().unwrap().hangs {
            std::future::pending::<()>().await;
        }
        let mut state = self.state.lock().unwrap();
        if state.rows_max.is_some_and(|most| state.rows >= most) {
            return Err(ChannelError::timed_out("the channel is tired"));
        }
        let skipped: usize = cursor.map_or(0, |cursor| cursor.0.parse().unwrap());
        let is_in = |order: &&ChannelOrder| window.from <= order.source_time && order.source_time < window.to;
        let found: Vec<&ChannelOrder> = state.orders.iter().filter(is_in).skip(skipped).collect();
        let rows =
            found.iter().take(PAGE).map(|order| Ok(Notice::Order(Box::new((*order).clone())))).collect();
        let next = (found.len() > PAGE).then(|| Cursor((skipped + PAGE).to_string()));
        let page = OrderPage { rows, next };
        state.rows += page.rows.len();
        Ok(page)
    }

    async fn pull_events(&self, _: &Session<'_>, _: Option<&Cursor>) -> Result<Pulled, ChannelError> {
        Ok(Pulled { notices: Vec::new(), receipt: None, has_more: false })
    }

    fn verify_webhook(&self, _door: &Door<'_>, _request: &WebhookRequest) -> Verdict {
        Verdict::Refused { why: "it calls nobody" }
    }

    fn read_webhook(&self, _door: &Door<'_>, _request: &WebhookRequest) -> Notices {
        Vec::new()
    }

    async fn look_up_orders(&self, _: &Session<'_>, _: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
        Err(ChannelError::unsupported("look up orders"))
    }

    async fn set_stock(&self, _: &Session<'_>, _: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
        Err(ChannelError::unsupported("set stock"))
    }

    async fn read_stock(&self, _: &Session<'_>, _: &[ListingId]) -> Result<Vec<StockReading>, ChannelError> {
        Err(ChannelError::unsupported("read stock"))
    }
}

/// A shop with a website and a marketplace.
const SHOP: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng Mẫu"
location = [{ id = "hn", name = "Hà Nội" }]

[[shop.connection]]
id = "web"
channel = "woocommerce"
serves_from = ["hn"]
listing = [{ id = "ao-m", sku = "AO-M" }]

[[shop.connection]]
id = "shopee"
channel = "shopee"
serves_from = ["hn"]
listing = [{ id = "ao-m", sku = "AO-M" }]
"#;

/// The shop on two such channels.
struct Scene {
    web: Lister,
    shopee: Lister,
    book: Book,
    fetch: FetchOrders,
}

impl Scene {
    async fn new() -> Self {
        let (book, engines) = (Book::open(SHOP).await, Engines::start().await);
        let (web, shopee) = (Lister::new("woocommerce"), Lister::new("shopee"));
        let clock = book.record.clock.clone();
        let channels: Vec<Arc<dyn Channel>> = vec![Arc::new(web.clone()), Arc::new(shopee.clone())];
        let http = Http::new(Duration::from_secs(2)).unwrap();
        let limits = Limits { tries: 1, ..Limits::default() };
        let gateway = Arc::new(Gateway::with_channels(channels, http, clock.clone(), limits));
        let passes = Passes {
            shops: book.shops.clone().into(),
            gateway: gateway.clone(),
            table: book.table.clone(),
            record: book.record.clone(),
            publish: engines.publish.clone(),
            clock: clock.clone(),
            pieces: Default::default(),
        };
        let fetch = FetchOrders {
            shops: book.shops.clone().into(),
            gateway,
            table: book.table.clone(),
            lookups: engines.lookups.clone(),
            orders: engines.orders.clone(),
            queue: engines.passes.clone(),
            passes,
            clock,
            troubles: Troubles::default(),
        };
        Self { web, shopee, book, fetch }
    }

    async fn pass(&self, connection: &str) -> PassState {
        let id = ConnectionId::new(connection).unwrap();
        let demo = ShopId::new("demo").unwrap();
        let mut passes = self.book.table.load_passes(&demo, std::slice::from_ref(&id)).await.unwrap();
        passes.remove(&id).unwrap_or_default()
    }
}

#[tokio::test]
async fn a_long_first_reading_goes_on_where_it_was_cut_off() {
    let mut scene = Scene::new().await;
    let counted = count("demo", "web", "AO-M", "hn", 500, later(time(NOW), -60));
    scene.book.deliver_until_done(std::slice::from_ref(&counted)).await;
    let mut told = vec![counted];
    // Two weeks of a busy shop: most parcels have long gone, some still lie there.
    for n in 0..1_200 {
        let status = if n % 240 == 7 { Status::Confirmed } else { Status::Completed };
        let is_open = status == Status::Confirmed;
        let order = scene.shopee.has(&format!("O{n}"), 14 * 24 * 60 - n * 16, status);
        // What ended before the count changes nothing.
        told.extend(is_open.then_some(order));
    }
    scene.shopee.state.lock().unwrap().rows_max = Some(1_300);
    let first = scene.fetch.fetch_all().await.unwrap();
    assert_eq!((first.passes, first.failed), (1, 1), "the website's list is read, the busy one is cut off");
    let after = scene.pass("shopee").await;
    assert!(after.read_until.is_some() && after.drained_until.is_none(), "{after:?}");
    let recorded = scene.book.orders("demo").await.len();
    assert!((200..1_200).contains(&recorded), "{recorded} orders are in the book");

    // One that was read already is called off meanwhile: it is met again by the last piece, which has no end.
    let called_off = scene.shopee.changes("O7", Status::Cancelled);
    told.push(called_off);
    scene.shopee.state.lock().unwrap().rows_max = None;
    scene.shopee.rows();
    scene.book.set_clock(later(time(NOW), 1));
    assert_eq!(scene.fetch.fetch_all().await.unwrap().failed, 0);
    let rows = scene.shopee.rows();
    assert!(rows < 2_200, "{rows} rows: what was read is not read again, and few are read for nothing");
    let after = scene.pass("shopee").await;
    assert!(after.read_until.is_none() && after.drained_until.is_some(), "{after:?}");
    assert_eq!(scene.book.orders("demo").await.len(), 1_200);
    scene.book.audit("demo", &told).await;
    let stock: Vec<_> =
        scene.book.stock("demo").await.into_values().map(|s| (s.on_hand, s.committed)).collect();
    assert_eq!(stock, [(500, 4)]);
}

#[tokio::test]
async fn a_product_nobody_knows_keeps_the_proof_back_to_the_end_of_a_long_reading() {
    let mut scene = Scene::new().await;
    let order = Order::new("demo", "shopee", "STRANGE", later(time(NOW), -13 * 24 * 60));
    let told = order.tells(Status::Confirmed, Stayed, order.created_at, &[("nobody-knows", 1, 0)]);
    let Record::Order(strange) = told.record else { panic!("an order") };
    scene.shopee.state.lock().unwrap().orders.push(*strange);
    for n in 0..900 {
        scene.shopee.has(&format!("O{n}"), 12 * 24 * 60 - n * 18, Status::Completed);
    }
    scene.shopee.state.lock().unwrap().rows_max = Some(1_200);
    scene.fetch.fetch_all().await.unwrap();
    assert!(scene.pass("shopee").await.read_until.is_some());
    scene.shopee.state.lock().unwrap().rows_max = None;
    scene.fetch.fetch_all().await.unwrap();
    let after = scene.pass("shopee").await;
    assert!(after.blocked_by.is_some_and(|why| why.contains("STRANGE")) && after.drained_until.is_none());
    assert_eq!(scene.book.orders("demo").await.len(), 901, "all orders are in the book nevertheless");
}

#[tokio::test]
async fn a_channel_that_hangs_holds_up_no_other_account_of_the_shop() {
    let mut scene = Scene::new().await;
    scene.shopee.state.lock().unwrap().hangs = true;
    let mut told = vec![scene.web.has("W1", 30, Status::Confirmed)];
    let ask = to_text(&FetchMessage { shop: ShopId::new("demo").unwrap(), asked_at: time(NOW) });
    let messages = [Message::of_no_queue("1", ask.clone()), Message::of_no_queue("2", ask)];
    let hung = tokio::time::timeout(Duration::from_millis(600), scene.fetch.handle(&messages)).await;
    assert!(hung.is_err(), "the function's time is up before the channel answers");
    assert_eq!(scene.book.orders("demo").await.len(), 1, "the website's order is in the book all the same");

    scene.shopee.state.lock().unwrap().hangs = false;
    told.push(scene.shopee.has("S1", 20, Status::Confirmed));
    assert_eq!(scene.fetch.handle(&messages).await, [Outcome::Done, Outcome::Done]);
    assert_eq!(scene.book.orders("demo").await.len(), 2);
    let counted = count("demo", "web", "AO-M", "hn", 10, later(time(NOW), -60));
    scene.book.deliver_until_done(std::slice::from_ref(&counted)).await;
    told.push(counted);
    scene.book.audit("demo", &told).await;
    assert_eq!(
        scene.fetch.fetch_all().await.unwrap(),
        Fetched { shops: 1, ..Fetched::default() },
        "read a moment ago"
    );
}
