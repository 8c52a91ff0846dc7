//! An order reaches its store's till once, whatever fails; its echo takes nothing from stock; what the store does is told.

use async_trait::async_trait;
use channels::channel::{
    Channel, Door, Login, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict,
    WebhookRequest,
};
use channels::error::ChannelError;
use channels::facts::Facts;
use channels::forward::{NewsKind, OrderNews, OrderToForward};
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use commerce::Timestamp;
use commerce::forward::Stage;
use commerce::ids::{ForwardReference, ListingId, OrderId, ShopId};
use commerce::order::Departure::Stayed;
use commerce::order::OrderKind;
use commerce::plan::OrderKey;
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::history::{Goods, Order, count, later, time};
use lambda_kit::batch::Message;
use one_machine::table_engine::Fault;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use workflows::ForwardOrders;
use workflows::forward_orders::drawn;
use workflows::messages::{ForwardMessage, Record, RecordMessage, to_text};

/// A shop with a marketplace, a till in Hà Nội and a website in Hồ Chí Minh that takes orders too.
const SHOP: &str = r#"
[[shop]]
id = "demo"
name = "Demo"

[[shop.location]]
id = "hn"
name = "Hà Nội"
till = { connection = "till", branch = "55" }
orders_to = { connection = "till", branch = "55" }

[[shop.location]]
id = "hcm"
name = "Hồ Chí Minh"
orders_to = { connection = "web" }

[[shop.connection]]
id = "shopee"
channel = "shopee"
serves_from = ["hn"]
listing = [{ id = "ao-m", sku = "AO-M" }, { id = "tat", sku = "TAT" }]

[[shop.connection]]
id = "lazada"
channel = "lazada"
serves_from = ["hcm"]
listing = [{ id = "ao-m", sku = "AO-M" }]

[[shop.connection]]
id = "till"
channel = "kiotviet"
serves_from = ["hn"]
listing = [{ id = "1001", sku = "AO-M", publish = false }]

[[shop.connection]]
id = "web"
channel = "haravan"
serves_from = ["hcm"]
listing = [{ id = "10:20", sku = "AO-M" }]
"#;

/// What becomes of a call at the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Heard,
    AppliedUnheard,
    Lost,
    Down,
    Refused,
}

/// An order as the store has it.
#[derive(Debug, Clone)]
struct There {
    order: OrderToForward,
    status: Status,
}

#[derive(Default)]
struct Shopfloor {
    orders: Vec<There>,
    /// Sales that the store's people made of its only order.
    sales: Vec<OrderId>,
    fates: VecDeque<Fate>,
    /// What channels were told, oldest first.
    told: Vec<(String, String, NewsKind)>,
}

/// One channel of the shop, with the shop floor behind it.
struct Side(&'static str, Arc<Mutex<Shopfloor>>);

impl Side {
    fn fate(&self) -> Fate {
        self.1.lock().unwrap().fates.pop_front().unwrap_or(Fate::Heard)
    }

    /// Applies it as its fate says, and answers so.
    fn call<T>(&self, apply: impl FnOnce(&mut Shopfloor) -> T) -> Result<T, ChannelError> {
        let fate = self.fate();
        let mut floor = self.1.lock().unwrap();
        match fate {
            Fate::Heard => Ok(apply(&mut floor)),
            Fate::AppliedUnheard => {
                apply(&mut floor);
                Err(ChannelError::timed_out("no answer"))
            }
            Fate::Lost => Err(ChannelError::timed_out("no answer")),
            Fate::Down => Err(ChannelError::unavailable("connection refused")),
            Fate::Refused => Err(ChannelError::refused("the branch is closed")),
        }
    }
}

#[async_trait]
impl Channel for Side {
    fn facts(&self) -> &'static Facts {
        channels::registry::find(self.0).unwrap().facts()
    }

    fn verify_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Verdict {
        Verdict::Refused { why: "it calls nobody" }
    }

    fn read_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Notices {
        Vec::new()
    }

    async fn look_up_orders(&self, _: &Session<'_>, _: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
        Ok(Vec::new())
    }

    async fn set_stock(&self, _: &Session<'_>, _: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
        Ok(Vec::new())
    }

    async fn read_stock(&self, _: &Session<'_>, _: &[ListingId]) -> Result<Vec<StockReading>, ChannelError> {
        Ok(Vec::new())
    }

    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError> {
        Ok(Login { token: "a token".to_owned().into(), expires_at: later((session.clock)(), 60) })
    }

    async fn forward_order(&self, _: &Session<'_>, order: &OrderToForward) -> Result<OrderId, ChannelError> {
        self.call(|floor| {
            floor.orders.push(There { order: order.clone(), status: Status::Confirmed });
            OrderId::new(format!("order:{}", floor.orders.len())).unwrap()
        })
    }

    async fn find_forwarded(
        &self,
        _: &Session<'_>,
        reference: &str,
    ) -> Result<Option<OrderId>, ChannelError> {
        self.call(|floor| {
            let place = floor.orders.iter().position(|there| there.order.reference == reference)?;
            Some(OrderId::new(format!("order:{}", place + 1)).unwrap())
        })
    }

    async fn sales_of(&self, _: &Session<'_>, _: &OrderId) -> Result<Vec<OrderId>, ChannelError> {
        self.call(|floor| floor.sales.clone())
    }

    async fn carry_status(&self, _: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
        let channel = self.0.to_owned();
        self.call(|floor| {
            if news.kind == NewsKind::Cancelled {
                let place: usize = news.order.as_str().strip_prefix("order:").unwrap().parse().unwrap();
                floor.orders[place - 1].status = Status::Cancelled;
            }
            floor.told.push((channel, news.order.to_string(), news.kind));
        })
    }
}

struct World {
    book: Book,
    forward: ForwardOrders,
    floor: Arc<Mutex<Shopfloor>>,
    now: Timestamp,
}

impl World {
    async fn open() -> Self {
        let mut book = Book::open(SHOP).await;
        let floor = Arc::new(Mutex::new(Shopfloor::default()));
        let sides = ["shopee", "lazada", "kiotviet", "haravan"];
        let sides = sides.map(|name| Arc::new(Side(name, floor.clone())) as Arc<dyn Channel>);
        let limits = Limits { call_timeout: Duration::from_secs(5), tries: 1, wait_max: Duration::ZERO };
        let clock = book.record.clock.clone();
        let http = Http::new(Duration::from_secs(2)).unwrap();
        let gateway = Arc::new(Gateway::with_channels(sides.to_vec(), http, clock.clone(), limits));
        let forward = ForwardOrders {
            shops: book.shops.clone().into(),
            gateway,
            table: book.record.table.clone(),
            lookups: book.record.lookups.clone(),
            publish: book.publish.clone(),
            clock,
            draw: drawn(),
        };
        let morning = later(time(NOW), -600);
        for store in ["hn", "hcm"] {
            let counts = [count("demo", "shopee", "AO-M", store, 10, morning)];
            book.deliver_until_done(&counts).await;
        }
        book.follow_stream().await;
        Self { book, forward, floor, now: time(NOW) }
    }

    fn pass(&mut self, minutes: i64) {
        self.now = later(self.now, minutes);
        self.book.set_clock(self.now);
    }

    /// The marketplace tells of an order.
    async fn told(&mut self, connection: &str, number: &str, status: Status, goods: &[Goods]) {
        let order = Order::new("demo", connection, number, time(NOW));
        self.book.deliver_until_done(&[order.tells(status, Stayed, self.now, goods)]).await;
    }

    /// The store's people sold units over the counter, or of an order that was put in.
    async fn sold(&mut self, number: &str, status: Status, units: u32) {
        let mut sale = Order::new("demo", "till", number, self.now);
        (sale.kind, sale.location) = (OrderKind::TillSale, Some("hn".to_owned().try_into().unwrap()));
        let departure = commerce::order::Departure::Left;
        let told = sale.tells(status, departure, self.now, &[("1001", units, 0)]);
        self.book.deliver_until_done(&[told]).await;
    }

    /// One message about an order, as the stream or the minute's sweep sends it.
    async fn look(&self, connection: &str, number: &str, again: bool) -> bool {
        let key = key(connection, number);
        let forward = ForwardMessage { shop: key.shop, connection: key.connection, order: key.order, again };
        let message = Message::of_no_queue("1", to_text(&forward));
        let outcomes = self.forward.handle(&[message]).await;
        outcomes == [lambda_kit::batch::Outcome::Done]
    }

    /// The store's till tells what it has, our reference where it stands in its description.
    async fn hear_the_till(&mut self, connection: &str, listing: &'static str) {
        let there = self.floor.lock().unwrap().orders.clone();
        for (place, there) in there.iter().enumerate() {
            let units = there.order.lines[0].quantity;
            let message =
                self.echo(connection, place, &there.order.reference, &there.status, (listing, units));
            self.book.deliver_until_done(&[message]).await;
        }
    }

    fn echo(
        &self,
        connection: &str,
        place: usize,
        reference: &str,
        status: &Status,
        (listing, units): (&'static str, u32),
    ) -> RecordMessage {
        let mut order = Order::new("demo", connection, &format!("order:{}", place + 1), time(NOW));
        if connection == "till" {
            order.kind = OrderKind::TillOrder;
            order.location = Some("hn".to_owned().try_into().unwrap());
        }
        let mut message = order.tells(status.clone(), Stayed, self.now, &[(listing, units, 0)]);
        if let Record::Order(order) = &mut message.record {
            order.reference = ForwardReference::new(reference).ok();
        }
        message
    }

    fn live(&self) -> usize {
        let floor = self.floor.lock().unwrap();
        floor.orders.iter().filter(|there| there.status != Status::Cancelled).count()
    }

    /// On hand, committed, cover of all listings and free.
    async fn stock(&mut self, store: &str) -> (i64, i64, i64, i64) {
        let stock = self.book.stock("demo").await;
        let (_, stock) = stock.iter().find(|(key, _)| key.location.as_str() == store).unwrap();
        let cover = stock.cover.values().sum();
        (stock.on_hand, stock.committed, cover, stock.free)
    }

    async fn stage(&self, connection: &str, number: &str) -> Option<Stage> {
        let kept = self.book.table.forwardings(&key(connection, number)).await.unwrap();
        kept.into_values().next().map(|(forwarding, _)| forwarding.stage)
    }

    /// Which listings were to be looked at since the last time.
    async fn asked(&self) -> Vec<String> {
        let mut asked = Vec::new();
        loop {
            let some = self.book.take_publish().await;
            if some.is_empty() {
                return asked;
            }
            asked.extend(some);
        }
    }

    /// How many pieces of work the minute's sweep would find due by now.
    async fn due(&self) -> usize {
        let shop = ShopId::new("demo").unwrap();
        // A sweep that fails looks again a minute later.
        let due = self.book.table.due(&shop, None).await.unwrap_or_default();
        due.iter().filter(|due| due.at <= self.now).count()
    }
}

fn key(connection: &str, number: &str) -> OrderKey {
    OrderKey {
        shop: ShopId::new("demo").unwrap(),
        connection: connection.to_owned().try_into().unwrap(),
        order: number.to_owned().try_into().unwrap(),
    }
}

#[tokio::test]
async fn an_order_reaches_its_stores_till_once_and_the_marketplace_hears_that_it_is_packed() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Pending, &[("ao-m", 2, 0)]).await;
    assert!(world.look("shopee", "A1", false).await);
    assert_eq!(world.live(), 0, "an unpaid order may still lapse");
    world.pass(1);
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 2, 0)]).await;
    for _ in 0..3 {
        assert!(world.look("shopee", "A1", false).await);
    }
    let there = world.floor.lock().unwrap().orders[0].order.clone();
    assert_eq!((world.live(), there.branch.as_deref()), (1, Some("55")));
    assert_eq!((there.lines[0].listing.as_str(), there.lines[0].quantity), ("1001", 2));
    assert_eq!(there.total.amount_minor, 222_000);
    let before = world.stock("hn").await;
    assert_eq!((before.0, before.1), (10, 2));
    world.hear_the_till("till", "1001").await;
    assert_eq!(world.stock("hn").await, before, "the echo takes nothing");
    world.pass(30);
    let sale = OrderId::new("invoice:1").unwrap();
    {
        let mut floor = world.floor.lock().unwrap();
        (floor.orders[0].status, floor.sales) = (Status::Completed, vec![sale.clone()]);
    }
    world.hear_the_till("till", "1001").await;
    assert!(world.look("till", "order:1", false).await, "its own news leads back to where it was bought");
    assert_eq!(world.stock("hn").await.1, 2, "the till's sale is not in the book yet, so nothing is let go");
    world.sold("invoice:1", Status::Completed, 2).await;
    let (on_hand, committed, ..) = world.stock("hn").await;
    assert_eq!((on_hand, committed), (8, 2));
    world.pass(2);
    assert!(world.look("till", "order:1", false).await);
    assert!(world.look("till", "order:1", false).await);
    let told = world.floor.lock().unwrap().told.clone();
    assert_eq!(told, vec![("shopee".to_owned(), "A1".to_owned(), NewsKind::ReadyToShip)]);
    let (on_hand, committed, ..) = world.stock("hn").await;
    assert_eq!((on_hand, committed), (8, 0), "the shelf has less, and nothing of it is promised");
    world.pass(60);
    world.told("shopee", "A1", Status::Shipped, &[("ao-m", 2, 0)]).await;
    let (on_hand, committed, ..) = world.stock("hn").await;
    assert_eq!((on_hand, committed), (8, 0), "the parcel was the till's sale");
    let all = world.book.stock("demo").await;
    world.book.audit_ledger("demo", &all).await;
}

#[tokio::test]
async fn a_reference_that_is_not_ours_or_was_copied_is_a_sale_like_any_other() {
    let mut world = World::open().await;
    let forged = ForwardReference::of(7).to_string();
    let message = world.echo("web", 8, &forged, &Status::Confirmed, ("10:20", 1));
    world.book.deliver_until_done(&[message]).await;
    assert_eq!(world.stock("hcm").await.1, 1, "somebody wrote our kind of text into his order");
    world.told("lazada", "L1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    assert!(world.look("lazada", "L1", false).await);
    assert_eq!(world.stock("hcm").await.1, 2);
    let reference = world.floor.lock().unwrap().orders[0].order.reference.clone();
    world.hear_the_till("web", "10:20").await;
    assert_eq!(world.stock("hcm").await.1, 2, "the echo");
    let copy = world.echo("web", 5, &reference, &Status::Confirmed, ("10:20", 1));
    world.book.deliver_until_done(&[copy]).await;
    assert_eq!(world.stock("hcm").await.1, 3, "a copy that somebody made in the website is a sale");
    // In another account the reference means nothing at all.
    let mut stray = world.echo("till", 0, &reference, &Status::Confirmed, ("1001", 1));
    stray.connection = "till".to_owned().try_into().unwrap();
    world.book.deliver_until_done(&[stray]).await;
    assert_eq!(world.stock("hn").await.1, 1);
}

#[tokio::test]
async fn what_a_website_shows_less_is_read_back_and_not_taken_for_free() {
    let mut world = World::open().await;
    world.told("lazada", "L1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    assert!(world.look("lazada", "L1", false).await);
    let before = world.stock("hcm").await;
    world.asked().await;
    world.hear_the_till("web", "10:20").await;
    assert!(world.look("web", "order:1", false).await);
    assert_eq!(world.stock("hcm").await, before);
    let asked = world.asked().await;
    let doubts = asked.iter().filter(|text| text.contains("\"doubt\":true") && text.contains("10:20"));
    assert_eq!(doubts.count(), 1, "{asked:?}");
    // The store calls it off, and the website puts the unit back on sale: it is covered before anybody buys it.
    world.pass(5);
    world.floor.lock().unwrap().orders[0].status = Status::Cancelled;
    world.hear_the_till("web", "10:20").await;
    let after = world.stock("hcm").await;
    assert_eq!((after.2 - before.2, before.3 - after.3, after.1), (1, 1, before.1));
    assert!(world.look("web", "order:1", false).await);
    let parked = world.book.parked("demo").await;
    let reasons: Vec<&str> = parked.iter().flat_map(|note| &note.reasons).map(|r| r.code()).collect();
    assert_eq!(reasons, ["called_off_by_store"]);
    assert!(world.look("lazada", "L1", true).await, "a person lets it be put in anew");
    assert_eq!(world.live(), 1);
}

#[tokio::test]
async fn a_cancel_follows_and_an_edit_replaces_what_the_store_has() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 3, 0)]).await;
    assert!(world.look("shopee", "A1", false).await);
    world.pass(1);
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 3, 1)]).await;
    assert!(world.look("shopee", "A1", false).await);
    world.hear_the_till("till", "1001").await;
    assert!(world.look("till", "order:1", false).await);
    let units: Vec<_> = {
        let floor = world.floor.lock().unwrap();
        floor.orders.iter().map(|there| (there.order.lines[0].quantity, there.status.clone())).collect()
    };
    assert_eq!(units, [(3, Status::Cancelled), (2, Status::Confirmed)]);
    world.pass(1);
    world.told("shopee", "A1", Status::Cancelled, &[("ao-m", 3, 1)]).await;
    assert!(world.look("shopee", "A1", false).await);
    world.hear_the_till("till", "1001").await;
    assert!(world.look("till", "order:2", false).await);
    assert_eq!(
        (world.live(), world.stage("shopee", "A1").await),
        (0, Some(Stage::CalledOff { order: Some(OrderId::new("order:2").unwrap()) }))
    );
    assert_eq!(world.stock("hn").await.1, 0);
}

#[tokio::test]
async fn a_till_that_is_down_delays_and_one_that_refuses_is_told_to_a_person() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    world.floor.lock().unwrap().fates = [Fate::Down; 12].into();
    assert!(world.look("shopee", "A1", false).await);
    let mut minutes = 0;
    while world.live() == 0 && minutes < 600 {
        world.pass(1);
        minutes += 1;
        if world.due().await > 0 {
            assert!(world.look("shopee", "A1", false).await);
        }
    }
    assert!((200..400).contains(&minutes), "twelve tries took {minutes} minutes");
    assert_eq!((world.live(), world.due().await), (1, 0));
    world.told("shopee", "A2", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    world.floor.lock().unwrap().fates = [Fate::Refused].into();
    assert!(world.look("shopee", "A2", false).await);
    assert_eq!(world.stage("shopee", "A2").await, Some(Stage::GaveUp { order: None }));
    assert_eq!(world.book.parked("demo").await.len(), 1);
    assert!(world.look("shopee", "A2", false).await);
    assert_eq!(world.live(), 1, "nothing is tried until a person has seen to it");
    // A person lets it be tried again: what may be there all the same is looked for first.
    world.pass(5);
    assert!(world.look("shopee", "A2", true).await);
    assert_eq!(world.live(), 2);
    world.told("shopee", "A3", Status::Confirmed, &[("tat", 1, 0)]).await;
    assert!(world.look("shopee", "A3", false).await);
    let parked = world.book.parked("demo").await;
    let unknown = parked.iter().filter(|note| note.reasons.iter().any(|r| r.code() == "unknown_sku"));
    assert_eq!(unknown.count(), 1, "the till has no such product");
}

#[tokio::test]
async fn what_cannot_be_done_any_more_is_not_looked_at_each_minute() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    world.floor.lock().unwrap().fates = [Fate::Down].into();
    assert!(world.look("shopee", "A1", false).await);
    world.pass(2);
    assert_eq!(world.due().await, 1);
    world
        .book
        .change_shops_file(&SHOP.replace("id = \"till\"", "id = \"quay\"").replace("\"till\"", "\"quay\""));
    world.forward.shops = world.book.shops.clone().into();
    // Its account has another name now: what waited for the old one goes into the new one.
    assert!(world.look("shopee", "A1", false).await);
    assert_eq!(
        (world.due().await, world.live()),
        (0, 0),
        "nothing is left to be done at an account that is gone"
    );
}

#[tokio::test]
async fn a_sale_that_never_comes_is_asked_about_and_a_person_is_told() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 2, 0)]).await;
    assert!(world.look("shopee", "A1", false).await);
    world.floor.lock().unwrap().orders[0].status = Status::Completed;
    world.hear_the_till("till", "1001").await;
    let mut minutes = 0;
    while world.book.parked("demo").await.is_empty() && minutes < 400 {
        if minutes == 0 || world.due().await > 0 {
            assert!(world.look("shopee", "A1", false).await);
        }
        world.pass(1);
        minutes += 1;
    }
    assert!((60..300).contains(&minutes), "a person was told after {minutes} minutes");
    assert_eq!((world.due().await, world.stock("hn").await.1), (0, 2));
    // The sale was made by hand, and the person lets it be looked at once more.
    world.sold("invoice:7", Status::Completed, 2).await;
    world.floor.lock().unwrap().sales = vec![OrderId::new("invoice:7").unwrap()];
    assert!(world.look("shopee", "A1", true).await);
    let (on_hand, committed, ..) = world.stock("hn").await;
    assert_eq!((on_hand, committed), (8, 0));
}

/// One call of the table goes wrong, and one call at the store; the sweep goes on every minute.
async fn with_faults(fate: Fate, call: usize, fault: Fault) -> usize {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    world.floor.lock().unwrap().fates = [fate].into();
    let made = Arc::new(AtomicUsize::new(0));
    let counter = made.clone();
    world.book.engine.plan_faults(Some(Arc::new(move |_, _| {
        (counter.fetch_add(1, Ordering::SeqCst) == call).then_some(fault)
    })));
    let mut is_done = world.look("shopee", "A1", false).await;
    let calls = made.load(Ordering::SeqCst);
    for _ in 0..20 {
        world.pass(1);
        if !is_done || world.due().await > 0 {
            is_done = world.look("shopee", "A1", false).await;
        }
        assert!(world.live() <= 1, "{fate:?}, {fault:?} at call {call}: twice");
    }
    world.book.engine.plan_faults(None);
    world.hear_the_till("till", "1001").await;
    assert_eq!(world.live(), 1, "{fate:?}, {fault:?} at call {call}: never");
    let stage = world.stage("shopee", "A1").await;
    assert!(matches!(stage, Some(Stage::There { .. })), "{fate:?}, {fault:?} at call {call}: {stage:?}");
    assert_eq!(world.stock("hn").await.1, 1);
    calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_call_fails_the_store_gets_it_once() {
    let calls = with_faults(Fate::Heard, usize::MAX, Fault::LostBefore).await;
    assert!(calls > 6, "{calls} calls");
    let faults = [Fault::LostBefore, Fault::LostAfter, Fault::Conflict, Fault::Throttled];
    for fate in [Fate::Heard, Fate::AppliedUnheard, Fate::Lost, Fate::Down] {
        for fault in faults {
            futures::future::join_all((0..calls).map(|call| with_faults(fate, call, fault))).await;
        }
    }
}
