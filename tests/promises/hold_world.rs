//! Two shops that take orders in chats, a desk for each, a sweep, and a clock that is moved by hand.

use channels::channel::{Channel, Door, Notice, WebhookRequest};
use commerce::Timestamp;
use commerce::effect::OrderState;
use commerce::goods::Writer;
use commerce::hold_terms::HoldCode;
use commerce::ids::{ConnectionId, OrderId, ShopId, Sku};
use commerce::plan::OrderKey;
use commerce::stock::{Stock, StockKey};
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::history::{count, later, time};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use table::TableError;
use tempfile::TempDir;
use twins::{Push, SocialTwin, SocialTwinConfig, TwinLine, TwinListing, TwinTerms};
use workflows::messages::{Record, RecordMessage};
use workflows::settle_holds::SettleHolds;
use workflows::take_orders::Said;
use workflows::{DueWork, TakeOrders};

/// A shop with two stores and a desk.
fn shop_file(id: &str) -> String {
    format!(
        r#"
[[shop]]
id = "{id}"
name = "Cửa hàng {id}"
[[shop.location]]
id = "hn"
name = "Hà Nội"
[[shop.location]]
id = "hcm"
name = "TP. Hồ Chí Minh"
[[shop.connection]]
id = "chat"
channel = "social"
serves_from = ["hn", "hcm"]
secrets = {{ webhook_secret = "file:secrets.toml#desk" }}
listing = [ {{ id = "ao-m", sku = "AO-M", publish = false }} ]
"#
    )
}

/// The book, the function over it, and the desks that ask.
pub(super) struct World {
    pub(super) book: Book,
    pub(super) take: TakeOrders,
    pub(super) twin: Arc<SocialTwin>,
    shops: Shops,
    _folder: TempDir,
}

impl World {
    /// With ten units in Hà Nội and four in TP. Hồ Chí Minh, in each shop.
    pub(super) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("shops.toml");
        let text = shop_file("demo") + &shop_file("other");
        std::fs::write(&config, &text).unwrap();
        let secrets = folder.path().join("secrets.toml");
        std::fs::write(&secrets, "desk = \"desk-secret\"\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let shops = Shops::from_file(&config).unwrap();
        let book = Book::open(&text).await;
        let drawn = AtomicU32::new(482_913);
        let take = TakeOrders {
            shops: shops.clone().into(),
            table: book.table.clone(),
            clock: book.record.clock.clone(),
            counters: Default::default(),
            draw: Arc::new(move || HoldCode::from_number(drawn.fetch_add(1, Ordering::SeqCst))),
        };
        let twin = twin(&book).await;
        let world = Self { book, take, twin, shops, _folder: folder };
        let morning = later(time(NOW), -60);
        let counts = ["demo", "other"].iter().flat_map(|shop| [(*shop, "hn", 10), (*shop, "hcm", 4)]);
        let counts = counts.map(|(shop, store, units)| count(shop, "chat", "AO-M", store, units, morning));
        world.book.deliver_until_done(&counts.collect::<Vec<_>>()).await;
        world
    }

    /// The same word as `receive-webhook` queues it for `record-orders`.
    pub(super) fn recorded(&self, push: &Push) -> RecordMessage {
        let (shop, connection) = (self.shop("demo"), ConnectionId::new("chat").unwrap());
        let secrets = self.shops.secrets(&shop.id, &connection);
        let door = Door { shop, connection: &shop.connections[&connection], secrets };
        let read = channels::social::Social.read_webhook(&door, &request(push)).remove(0).unwrap();
        let Notice::Order(order) = read else { panic!("no order: {read:?}") };
        let (shop, record) = (shop.id.clone(), Record::Order(order));
        RecordMessage { shop, connection, record, shops_file: None }
    }

    /// So many minutes after noon.
    pub(super) fn at(&self, minutes: i64) {
        self.book.set_clock(noon(minutes));
    }

    pub(super) async fn send_to(&self, shop: &str, push: &Push) -> Said {
        self.take.take(shop, "chat", &request(push)).await
    }

    pub(super) async fn send(&self, push: &Push) -> Said {
        self.send_to("demo", push).await
    }

    /// The desk's word on one of its orders, said and heard now.
    pub(super) async fn says(&self, id: &str, action: &str) -> Said {
        self.send(&self.twin.call(id, action).unwrap()).await
    }

    /// Holds units in any store until so many minutes after noon.
    pub(super) async fn hold(&self, units: u32, until: i64) -> (String, Said) {
        let terms = TwinTerms { until: Some(noon(until)), ..TwinTerms::default() };
        let (id, push) = self.twin.hold_with(&[wish(units)], terms);
        (id, self.send(&push).await)
    }

    /// Sets units aside for a buyer who comes to that store.
    pub(super) async fn pick_up(&self, units: u32, store: &str, until: i64) -> (String, Said) {
        let (id, push) = self.twin.hold_with(&[wish(units)], pick_up(store, until));
        (id, self.send(&push).await)
    }

    pub(super) fn due_work(&self) -> DueWork {
        let (table, publish) = (self.book.table.clone(), self.book.publish.clone());
        let (forward, reconcile) = (self.book.forward.clone(), self.book.reconcile.clone());
        DueWork { table, publish, forward, reconcile, clock: self.book.record.clock.clone() }
    }

    /// What `sweep-due` does every minute; how much was due and done.
    pub(super) async fn sweep(&self) -> Result<usize, TableError> {
        self.due_work().handle(&ShopSource::from(self.shops.clone())).await
    }

    pub(super) fn settle(&self) -> SettleHolds {
        SettleHolds { table: self.book.table.clone(), clock: self.book.record.clock.clone() }
    }

    pub(super) fn shop(&self, id: &str) -> &commerce::catalogue::Shop {
        &self.shops.catalogue().shops[&ShopId::new(id).unwrap()]
    }

    /// On hand, committed, holds and free of the one product.
    pub(super) async fn stock_of(&self, shop: &str, store: &str) -> (i64, i64, i64, i64) {
        let location = commerce::ids::LocationId::new(store).unwrap();
        let key = StockKey { sku: Sku::new("AO-M").unwrap(), location };
        let found = self
            .book
            .table
            .load_stock(&ShopId::new(shop).unwrap(), std::slice::from_ref(&key))
            .await
            .unwrap();
        let stock: Stock = found.get(&key).cloned().unwrap_or_default();
        assert!(stock.identity_holds(), "{stock:?}");
        (stock.on_hand, stock.committed, stock.holds, stock.free)
    }

    pub(super) async fn stock(&self, store: &str) -> (i64, i64, i64, i64) {
        self.stock_of("demo", store).await
    }

    pub(super) async fn order(&self, id: &str) -> OrderState {
        let key = order_key("demo", id);
        let found = self.book.table.load_orders(std::slice::from_ref(&key), true).await.unwrap();
        found[&key].0.clone()
    }

    /// What is still noted beside orders: ends and codes.
    pub(super) async fn notes(&self) -> usize {
        self.book.table.held_orders(&ShopId::new("demo").unwrap()).await.unwrap().len()
    }

    /// The ledger has no gap and folds to the balances, and each order moved what it says.
    pub(super) async fn audit(&mut self) {
        for shop in ["demo", "other"] {
            let stock = self.book.stock(shop).await;
            self.book.audit_ledger(shop, &stock).await;
        }
    }
}

pub(super) fn order_key(shop: &str, id: &str) -> OrderKey {
    let (shop, connection) = (ShopId::new(shop).unwrap(), ConnectionId::new("chat").unwrap());
    OrderKey { shop, connection, order: OrderId::new(id).unwrap() }
}

/// Who stands at the counter.
pub(super) fn lan() -> Writer {
    Writer::new("Lan").unwrap()
}

pub(super) fn noon(minutes: i64) -> Timestamp {
    later(time(NOW), minutes)
}

pub(super) fn wish(units: u32) -> TwinLine {
    TwinLine { listing: "ao-m".to_owned(), quantity: units }
}

pub(super) fn pick_up(store: &str, until: i64) -> TwinTerms {
    let (purpose, location) = (Some("pick_up".to_owned()), Some(store.to_owned()));
    TwinTerms { purpose, until: Some(noon(until)), location }
}

pub(super) fn request(push: &Push) -> WebhookRequest {
    let (method, headers, body) = (push.method.clone(), push.headers.clone(), push.body.clone());
    WebhookRequest { method, query: Vec::new(), headers, body }
}

async fn twin(book: &Book) -> Arc<SocialTwin> {
    let listing = TwinListing {
        id: "ao-m".to_owned(),
        sku: "AO-M".to_owned(),
        name: "Áo M".to_owned(),
        price_minor: 90_000,
        stock: 1_000,
    };
    let config = SocialTwinConfig {
        webhook_secret: "desk-secret".to_owned(),
        meta_app_secret: String::new(),
        meta_verify_token: String::new(),
        zalo_app_id: String::new(),
        zalo_oa_secret: String::new(),
        webhook_url: "https://hooks.example.vn/webhooks/demo/chat".to_owned(),
        orders_url: "https://hooks.example.vn/orders/demo/chat".to_owned(),
        listings: vec![listing],
        latency: Duration::ZERO,
        clock: book.record.clock.clone(),
        port: 0,
    };
    SocialTwin::start(config).await.unwrap()
}
