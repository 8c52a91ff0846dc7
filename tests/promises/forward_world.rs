//! A shop whose stores have a till and a website that take orders, for the stories of `forward.rs`.

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
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use workflows::ForwardOrders;
use workflows::forward_orders::drawn;
use workflows::messages::{ForwardMessage, Record, RecordMessage, to_text};

/// A shop with a marketplace, a till in Hà Nội and a website in Hồ Chí Minh that takes orders too.
pub(super) const SHOP: &str = r#"
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
pub(super) enum Fate {
    Heard,
    AppliedUnheard,
    Lost,
    Down,
    Refused,
}

/// An order as the store has it.
#[derive(Debug, Clone)]
pub(super) struct There {
    pub(super) order: OrderToForward,
    pub(super) status: Status,
}

#[derive(Default)]
pub(super) struct Shopfloor {
    pub(super) orders: Vec<There>,
    /// Sales that the store's people made of its only order.
    pub(super) sales: Vec<OrderId>,
    pub(super) fates: VecDeque<Fate>,
    /// What channels were told, oldest first.
    pub(super) told: Vec<(String, String, NewsKind)>,
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

pub(super) struct World {
    pub(super) book: Book,
    pub(super) forward: ForwardOrders,
    pub(super) floor: Arc<Mutex<Shopfloor>>,
    now: Timestamp,
}

impl World {
    pub(super) async fn open() -> Self {
        let mut book = Book::open(SHOP).await;
        let floor = Arc::new(Mutex::new(Shopfloor::default()));
        let sides = ["shopee", "lazada", "kiotviet", "haravan"];
        let sides = sides.map(|name| Arc::new(Side(name, floor.clone())) as Arc<dyn Channel>);
        let limits =
            Limits { call_timeout: Duration::from_secs(5), tries: 1, wait_max: Duration::from_secs(5) };
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

    pub(super) fn pass(&mut self, minutes: i64) {
        self.now = later(self.now, minutes);
        self.book.set_clock(self.now);
    }

    /// The marketplace tells of an order.
    pub(super) async fn told(&mut self, connection: &str, number: &str, status: Status, goods: &[Goods]) {
        let order = Order::new("demo", connection, number, time(NOW));
        self.book.deliver_until_done(&[order.tells(status, Stayed, self.now, goods)]).await;
    }

    /// The store's people sold units over the counter, or of an order that was put in.
    pub(super) async fn sold(&mut self, number: &str, status: Status, units: u32) {
        let mut sale = Order::new("demo", "till", number, self.now);
        (sale.kind, sale.location) = (OrderKind::TillSale, Some("hn".to_owned().try_into().unwrap()));
        let departure = commerce::order::Departure::Left;
        let told = sale.tells(status, departure, self.now, &[("1001", units, 0)]);
        self.book.deliver_until_done(&[told]).await;
    }

    /// One message about an order, as the stream or the minute's sweep sends it.
    pub(super) async fn look(&self, connection: &str, number: &str, again: bool) -> bool {
        let key = key(connection, number);
        let forward = ForwardMessage { shop: key.shop, connection: key.connection, order: key.order, again };
        let message = Message::of_no_queue("1", to_text(&forward));
        let outcomes = self.forward.handle(&[message]).await;
        outcomes == [lambda_kit::batch::Outcome::Done]
    }

    /// The store's till tells what it has, our reference where it stands in its description.
    pub(super) async fn hear_the_till(&mut self, connection: &str, listing: &'static str) {
        let there = self.floor.lock().unwrap().orders.clone();
        for (place, there) in there.iter().enumerate() {
            let units = there.order.lines[0].quantity;
            let message =
                self.echo(connection, place, &there.order.reference, &there.status, (listing, units));
            self.book.deliver_until_done(&[message]).await;
        }
    }

    pub(super) fn echo(
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

    pub(super) fn live(&self) -> usize {
        let floor = self.floor.lock().unwrap();
        floor.orders.iter().filter(|there| there.status != Status::Cancelled).count()
    }

    /// On hand, committed, cover of all listings and free.
    pub(super) async fn stock(&mut self, store: &str) -> (i64, i64, i64, i64) {
        let stock = self.book.stock("demo").await;
        let (_, stock) = stock.iter().find(|(key, _)| key.location.as_str() == store).unwrap();
        let cover = stock.cover.values().sum();
        (stock.on_hand, stock.committed, cover, stock.free)
    }

    pub(super) async fn stage(&self, connection: &str, number: &str) -> Option<Stage> {
        let kept = self.book.table.forwardings(&key(connection, number)).await.unwrap();
        kept.into_values().next().map(|(forwarding, _)| forwarding.stage)
    }

    /// Which listings were to be looked at since the last time.
    pub(super) async fn asked(&self) -> Vec<String> {
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
    pub(super) async fn due(&self) -> usize {
        let shop = ShopId::new("demo").unwrap();
        // A sweep that fails looks again a minute later.
        let due = self.book.table.due(&shop, None).await.unwrap_or_default();
        due.iter().filter(|due| due.at <= self.now).count()
    }
}

pub(super) fn key(connection: &str, number: &str) -> OrderKey {
    OrderKey {
        shop: ShopId::new("demo").unwrap(),
        connection: connection.to_owned().try_into().unwrap(),
        order: number.to_owned().try_into().unwrap(),
    }
}
