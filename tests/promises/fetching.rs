//! Events that wait at a channel are taken once, whatever happens between queueing them and saying so.

use async_trait::async_trait;
use channels::channel::Notice;
use channels::channel::{
    Channel, Door, LookedUp, NoticeOrReason, Notices, Session, StockOutcome, StockReading, StockSet, Verdict,
    WebhookRequest,
};
use channels::error::ChannelError;
use channels::facts::Facts;
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use channels::paging::{Cursor, OrderPage, Pulled, Window};
use commerce::ids::{ListingId, OrderId, ShopId};
use commerce::order::Departure::Stayed;
use commerce::park::ParkReason;
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::day::SHOP;
use hopkenh_tests::engines::Engines;
use hopkenh_tests::fake_channels::FakeChannels;
use hopkenh_tests::history::{Order, count, later, time};
use hopkenh_tests::house::{ACCESS_TOKEN, House, PARTNER_KEY, SHOPEE_URL, shops_file, until};
use lambda_kit::batch::Outcome;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use twins::{ShopeeTwin, ShopeeTwinConfig, Twin, TwinLine, TwinListing};
use workflows::fetch_orders::{Fetched, Troubles};
use workflows::messages::{LookUpMessage, Record, RecordMessage, from_text};
use workflows::{FetchOrders, Passes};

/// How many events one pull brings.
const PAGE: usize = 3;

/// What waits at the channel, shop by shop, and how it misbehaves.
#[derive(Default)]
struct Waiting {
    /// Events with their numbers, oldest first.
    events: BTreeMap<ShopId, VecDeque<(u64, NoticeOrReason)>>,
    /// The number of the last event.
    last: u64,
    /// Shops whose login has ended.
    locked_out: BTreeSet<ShopId>,
    /// No receipt arrives any more: we die before it is sent.
    is_deaf: bool,
    /// How often each shop was asked.
    asked: BTreeMap<ShopId, usize>,
}

/// A channel that calls nobody and only keeps events.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<Waiting>>);

impl Keeper {
    fn tell(&self, shop: &str, event: NoticeOrReason) {
        let mut waiting = self.0.lock().unwrap();
        waiting.last += 1;
        let number = waiting.last;
        waiting.events.entry(ShopId::new(shop).unwrap()).or_default().push_back((number, event));
    }

    fn sells(&self, shop: &str, order: &str, units: u32) -> RecordMessage {
        let order = Order::new(shop, "shopee", order, later(time(NOW), -90));
        let message =
            order.tells(Status::Confirmed, Stayed, later(order.created_at, 1), &[("ao-m", units, 0)]);
        let Record::Order(told) = message.record.clone() else { panic!("an order") };
        self.tell(shop, Ok(Notice::Order(told)));
        message
    }

    fn left(&self, shop: &str) -> usize {
        self.0.lock().unwrap().events.get(&ShopId::new(shop).unwrap()).map_or(0, VecDeque::len)
    }
}

#[async_trait]
impl Channel for Keeper {
    fn facts(&self) -> &'static Facts {
        channels::registry::find("shopee").unwrap().facts()
    }

    async fn pull_events(
        &self,
        session: &Session<'_>,
        taken: Option<&Cursor>,
    ) -> Result<Pulled, ChannelError> {
        let is_deaf = self.0.lock().unwrap().is_deaf;
        if taken.is_some() && is_deaf {
            std::future::pending::<()>().await;
        }
        let mut waiting = self.0.lock().unwrap();
        *waiting.asked.entry(session.shop.id.clone()).or_default() += 1;
        if waiting.locked_out.contains(&session.shop.id) {
            return Err(ChannelError::login_expired("the token has ended"));
        }
        let events = waiting.events.entry(session.shop.id.clone()).or_default();
        if let Some(Cursor(number)) = taken {
            let number: u64 = number.parse().unwrap();
            events.retain(|(waits, _)| *waits > number);
        }
        let page: Vec<_> = events.iter().take(PAGE).cloned().collect();
        let receipt = page.last().map(|(number, _)| Cursor(number.to_string()));
        let has_more = events.len() > PAGE;
        Ok(Pulled { notices: page.into_iter().map(|(_, event)| event).collect(), receipt, has_more })
    }

    /// Nothing is in its list that it does not keep as an event too.
    async fn list_orders(
        &self,
        _: &Session<'_>,
        _: Window,
        _: Option<&Cursor>,
    ) -> Result<OrderPage, ChannelError> {
        Ok(OrderPage { rows: Vec::new(), next: None })
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

/// Shops on that channel, their book, and the function between them.
struct Scene {
    keeper: Keeper,
    book: Book,
    engines: Engines,
    fetch: FetchOrders,
    delivered: usize,
}

impl Scene {
    /// Each shop with one account on the channel.
    async fn new(shops: &[&str]) -> Self {
        // The second Shopee account and the other channels are not part of these scenes.
        let one = SHOP.replace(
            "channel = \"shopee\"\nserves_from = [\"quay\"]",
            "channel = \"woocommerce\"\nserves_from = [\"quay\"]",
        );
        let all = shops.iter().map(|shop| one.replace("id = \"demo\"", &format!("id = \"{shop}\"")));
        let mut book = Book::open(&all.collect::<Vec<_>>().join("\n")).await;
        let (keeper, engines) = (Keeper::default(), Engines::start().await);
        let limits = Limits { tries: 1, ..Limits::default() };
        let clock = book.record.clock.clone();
        let http = Http::new(Duration::from_secs(2)).unwrap();
        let channels: Vec<Arc<dyn Channel>> = vec![Arc::new(keeper.clone())];
        let gateway = Arc::new(Gateway::with_channels(channels, http, clock.clone(), limits));
        let fetch = FetchOrders {
            shops: book.shops.clone().into(),
            gateway: gateway.clone(),
            table: book.table.clone(),
            lookups: engines.lookups.clone(),
            orders: engines.orders.clone(),
            queue: engines.passes.clone(),
            passes: passes(&book, &engines, gateway.clone()),
            clock,
            troubles: Troubles::default(),
        };
        book.deliver_until_done(&shops.iter().map(|shop| counted(shop)).collect::<Vec<_>>()).await;
        book.follow_stream().await;
        Self { keeper, book, engines, fetch, delivered: 0 }
    }

    async fn fetch(&self) -> Fetched {
        self.fetch.fetch_all().await.unwrap()
    }

    /// Hands `record-orders` what was queued since the last time; how many messages that were.
    async fn record(&mut self) -> usize {
        let queued = self.engines.queued();
        let all = queued["orders"].as_array().cloned().unwrap_or_default();
        let new: Vec<String> = all[self.delivered..].iter().map(ToString::to_string).collect();
        self.delivered = all.len();
        let outcomes = self.book.deliver_texts(&new).await;
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Done), "{outcomes:?}");
        new.len()
    }
}

fn passes(book: &Book, engines: &Engines, gateway: Arc<Gateway>) -> Passes {
    Passes {
        shops: book.shops.clone().into(),
        gateway,
        table: book.table.clone(),
        record: book.record.clone(),
        publish: engines.publish.clone(),
        clock: book.record.clock.clone(),
        pieces: Default::default(),
    }
}

fn counted(shop: &str) -> RecordMessage {
    count(shop, "web", "AO-M", "hn", 100, later(time(NOW), -600))
}

#[tokio::test]
async fn events_that_wait_are_recorded_and_only_then_forgotten_by_the_channel() {
    let mut scene = Scene::new(&["demo"]).await;
    let mut told: Vec<_> = (1..=7).map(|n| scene.keeper.sells("demo", &format!("O{n}"), n)).collect();
    scene.keeper.tell("demo", Ok(Notice::OrderChanged { order: OrderId::new("THIN").unwrap() }));
    scene.keeper.tell("demo", Ok(Notice::Nothing { topic: "a profile".to_owned() }));
    assert_eq!(scene.fetch().await, Fetched { shops: 1, events: 9, passes: 1, failed: 0 });
    assert_eq!(scene.keeper.left("demo"), 0, "all of it is acknowledged, also the last page");
    assert_eq!(scene.record().await, 7);
    told.push(counted("demo"));
    scene.book.audit("demo", &told).await;
    assert_eq!(scene.book.orders("demo").await.len(), 7);
    let asked: LookUpMessage = from_text(&scene.engines.queued()["lookups"][0].to_string()).unwrap();
    assert_eq!(asked.connection.as_str(), "shopee");
    assert_eq!(scene.fetch().await.events, 0, "nothing is left");
}

#[tokio::test]
async fn a_crash_between_queueing_and_acknowledging_loses_nothing_and_counts_nothing_twice() {
    let mut scene = Scene::new(&["demo"]).await;
    let mut told: Vec<_> = (1..=5).map(|n| scene.keeper.sells("demo", &format!("O{n}"), n)).collect();
    for _ in 0..3 {
        scene.keeper.0.lock().unwrap().is_deaf = true;
        let died = tokio::time::timeout(Duration::from_millis(200), scene.fetch.fetch_all()).await;
        assert!(died.is_err(), "it waits to say that it has the page, and is killed");
        assert_eq!(scene.keeper.left("demo"), 5, "the channel keeps what nobody acknowledged");
        assert_eq!(scene.record().await, PAGE, "but it was queued before");
    }
    scene.keeper.0.lock().unwrap().is_deaf = false;
    assert_eq!(scene.fetch().await, Fetched { shops: 1, events: 5, passes: 1, failed: 0 });
    assert_eq!((scene.record().await, scene.keeper.left("demo")), (5, 0));
    told.push(counted("demo"));
    scene.book.audit("demo", &told).await;
}

#[tokio::test]
async fn an_event_nobody_can_read_is_parked_and_does_not_block_those_behind_it() {
    let mut scene = Scene::new(&["demo"]).await;
    let poison = |detail: &str| Err(ParkReason::Unreadable { detail: detail.to_owned() });
    let mut told = vec![scene.keeper.sells("demo", "O1", 1)];
    scene.keeper.tell("demo", poison("order.code: is missing"));
    scene.keeper.tell("demo", poison("order.items: is a text"));
    told.extend((2..=4).map(|n| scene.keeper.sells("demo", &format!("O{n}"), n)));
    assert_eq!(scene.fetch().await, Fetched { shops: 1, events: 6, passes: 1, failed: 0 });
    assert_eq!((scene.record().await, scene.keeper.left("demo")), (6, 0));
    let notes = scene.book.parked("demo").await;
    let reasons: Vec<_> = notes.iter().flat_map(|note| &note.reasons).collect();
    assert_eq!(reasons.len(), 2, "each by itself: {notes:?}");
    assert!(format!("{reasons:?}").contains("order.code: is missing"), "{reasons:?}");
    told.push(counted("demo"));
    scene.book.audit("demo", &told).await;
}

#[tokio::test]
async fn one_shops_broken_login_does_not_hold_up_another() {
    let mut scene = Scene::new(&["demo", "other"]).await;
    let locked_out = ShopId::new("demo").unwrap();
    scene.keeper.0.lock().unwrap().locked_out.insert(locked_out.clone());
    let told = [scene.keeper.sells("demo", "O1", 1), scene.keeper.sells("other", "O1", 2)];
    assert_eq!(scene.fetch().await, Fetched { shops: 2, events: 1, passes: 2, failed: 1 });
    scene.record().await;
    scene.book.audit("other", &[told[1].clone(), counted("other")]).await;
    assert!(scene.book.orders("demo").await.is_empty());
    let asked = |scene: &Scene| scene.keeper.0.lock().unwrap().asked[&locked_out];
    let before = asked(&scene);
    scene.fetch().await;
    assert_eq!(asked(&scene), before, "it is not asked all the time");
    // The login is mended, and half a minute passes.
    scene.keeper.0.lock().unwrap().locked_out.clear();
    scene.book.set_clock(later(time(NOW), 1));
    assert_eq!(scene.fetch().await, Fetched { shops: 2, events: 1, passes: 2, failed: 0 });
    scene.record().await;
    scene.book.audit("demo", &[told[0].clone(), counted("demo")]).await;
}

#[tokio::test]
async fn more_than_one_run_can_take_is_left_for_the_next() {
    let scene = Scene::new(&["demo"]).await;
    for n in 0..4 * 60 {
        scene.keeper.tell("demo", Ok(Notice::OrderChanged { order: OrderId::new(format!("O{n}")).unwrap() }));
    }
    let first = scene.fetch().await;
    assert!(first.events >= PAGE && first.events <= 50 * PAGE, "{first:?}");
    assert!(scene.keeper.left("demo") > 0, "the rest has its turn in the next run");
}

/// One machine with Shopee's stand-in: no push arrives, and the order is here all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushes_that_shopee_lost_are_fetched_by_the_running_machine() {
    let listing = "23620853561:221404189791".to_owned();
    let clock = hopkenh_tests::house::morning();
    let twin = ShopeeTwin::start(ShopeeTwinConfig {
        partner_id: 2001,
        partner_key: PARTNER_KEY.to_owned(),
        shop_id: 137_637_267,
        access_token: ACCESS_TOKEN.to_owned(),
        callback_url: SHOPEE_URL.to_owned(),
        listings: vec![TwinListing {
            id: listing.clone(),
            sku: "AO-M".to_owned(),
            name: "Áo".to_owned(),
            price_minor: 100_000,
            stock: 20,
        }],
        latency: Duration::ZERO,
        clock: clock.clone(),
        port: 0,
    });
    let (twin, channels) = (twin.await.unwrap(), FakeChannels::start());
    let mut addresses = channels.addresses();
    addresses.shopee = twin.base_url();
    let folder = tempfile::tempdir().unwrap();
    let house = House::start_at(folder.path(), &shops_file(&addresses), clock).await;
    let order = twin.place_order(&[TwinLine { listing, quantity: 2 }]).unwrap();
    twin.lose_pushes();
    until("the order that nobody told", Duration::from_secs(20), async || {
        house.order("shopee-main", &order).await.is_some()
    })
    .await;
    assert_eq!(house.stock("AO-M", "hn").await.committed, 2);
}
