//! Every sample event of the `events` folder, handed to its function exactly as Lambda hands it over.
//!
//! Beside each `name.json` lies `name.expected.json`: the function's answer, what it queued, what it parked, what it
//! told the channels, the book and the archive afterwards. `WRITE_EXPECTED=1` writes these files anew; read the
//! difference before you keep it.

use crate::sample_channels;
use aws_lambda_events::event::sqs::SqsEvent;
use channels::channel::{Channel, Door, Notice, WebhookRequest};
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use channels::social::Social;
use commerce::hold_terms::{HoldCode, HoldTerms, Purpose};
use commerce::ids::{ConnectionId, ForwardReference, LocationId, OrderId, ShopId, Sku};
use commerce::order::Departure;
use commerce::plan::OrderKey;
use commerce::status::Status;
use commerce::stock::StockKey;
use hopkenh_tests::engines::Engines;
use hopkenh_tests::fake_channels::{
    FakeChannels, SHOPEE_STOCK, WOO_STOCK, shopee_answer, shopee_that_lost_a_push, till, web,
};
use hopkenh_tests::fake_server::Reply;
use hopkenh_tests::history::Order;
use hopkenh_tests::house::{shops_file, write_config};
use lambda_kit::batch::{self, Message, Outcome, Work};
use lambda_kit::mail::Mail;
use lambda_kit::objects::Objects;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use lambda_kit::stream::StreamEvent;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use table::shop_item::Registered;
use workflows::catch_up::CatchUp;
use workflows::counter::CounterKeys;
use workflows::counters::Counters;
use workflows::fetch_orders::Troubles;
use workflows::messages::{Record, RecordMessage, to_text};
use workflows::reconcile::Pause;
use workflows::record_levels::RecordLevels;
use workflows::{
    AnnounceStock, Counter, DueWork, FetchOrders, FinishLogin, ForwardOrders, LookUpOrders, Passes,
    PublishStock, ReceiveWebhook, Reconcile, RecordOrders, RenewLogins, SweepDue, TakeOrders,
};

/// The keys that the samples of `events/README.md` are signed with.
const SAMPLE_SECRETS: &str = "partner_key = \"shopee-partner-key-for-tests\"\naccess_token = \"t\"\n\
    consumer_key = \"ck\"\nconsumer_secret = \"cs\"\nwoo_secret = \"woo-webhook-secret-for-tests\"\n\
    client_id = \"c\"\nclient_secret = \"s\"\nkiot_secret = \"a2lvdHZpZXQtdGVzdA==\"\n";

/// The key that the sessions of the counter's samples are signed with.
const SAMPLE_COUNTER_KEY: &str = "counter-key-for-tests-0123456789abcdef";

/// Listings that the website cannot take: a call about them fails for all.
const BROKEN_LISTINGS: &str = "[[shop.connection.listing]]\nid = \"10:0\"";

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A function's surroundings: engines, channels that answer, the counts of the shops file already in the book.
struct World {
    engines: Engines,
    channels: FakeChannels,
    shops: Shops,
    folder: tempfile::TempDir,
    stocked: bool,
}

impl World {
    async fn new(stocked: bool, forwards: bool) -> Self {
        let channels = FakeChannels::start();
        channels.web.answer_with(|call| {
            let about_broken = String::from_utf8_lossy(&call.body).contains("99");
            let broken = call.path().ends_with("/503") || about_broken;
            if broken { Reply::text(503, "<h1>down</h1>") } else { web(call) }
        });
        let folder = tempfile::tempdir().unwrap();
        let more = format!("[[shop.connection.listing]]\nid = \"99:0\"\nsku = \"AO-M\"\n\n{BROKEN_LISTINGS}");
        let text = shops_file(&channels.addresses()).replace(BROKEN_LISTINGS, &more);
        let mut text = text + &sample_channels::connections();
        if forwards {
            let till = "till = { connection = \"till\", branch = \"55\" }\n";
            text = text.replacen(till, &format!("{till}{}", till.replace("till =", "orders_to =")), 1);
        }
        let config = write_config(folder.path(), &text);
        let secrets = SAMPLE_SECRETS.to_owned() + &sample_channels::secrets();
        std::fs::write(folder.path().join("secrets.toml"), secrets).unwrap();
        let shops = Shops::from_file(&config).unwrap();
        let world = Self { engines: Engines::start().await, channels, shops, folder, stocked };
        if stocked {
            world.count().await;
        }
        world
    }

    async fn count(&self) {
        let shop = ShopId::new("demo").unwrap();
        for count in self.shops.counts(&shop) {
            let level = commerce::level::Level::from(count);
            RecordLevels { table: &self.engines.table }.record(&shop, &count.sku, &level).await;
        }
    }

    /// An order taken in a chat, whose time is over ten minutes before the clock's.
    async fn hold_that_is_over(&self) {
        let path = root().join("events/take-orders/held.json");
        let event: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let request = WebhookRequest {
            method: "POST".to_owned(),
            query: Vec::new(),
            headers: vec![("x-hopkenh-signature".to_owned(), String::new())],
            body: event["body"].as_str().unwrap().as_bytes().to_vec(),
        };
        let (shop, connection) = (ShopId::new("demo").unwrap(), ConnectionId::new("social").unwrap());
        let (known, account) = self.shops.connection(&shop, &connection).unwrap();
        let secrets = self.shops.secrets(&shop, &connection);
        let door = Door { shop: known, connection: account, secrets };
        let Notice::Order(mut order) = Social.read_webhook(&door, &request).remove(0).unwrap() else {
            panic!("no order")
        };
        let ten_minutes = jiff::SignedDuration::from_mins(10);
        let until = (self.engines.clock)() - ten_minutes;
        order.source_time = until - ten_minutes;
        order.hold = Some(HoldTerms { purpose: Purpose::Unpaid, until: Some(until) });
        let record = Record::Order(order);
        let message = to_text(&RecordMessage { shop, connection, record, shops_file: None });
        let outcomes = self.passes().record.handle(&[Message::of_no_queue("1", message)]).await;
        assert_eq!(outcomes, [Outcome::Done]);
    }

    /// Two of a product, bought on the website and served by the store with the till; the till takes it.
    async fn order_of_the_website(&self) {
        let order = Order::new("demo", "web", "11", (self.engines.clock)());
        let told = order.tells(Status::Confirmed, Departure::Stayed, order.created_at, &[("10:0", 2, 0)]);
        let outcomes = self.passes().record.handle(&[Message::of_no_queue("1", to_text(&told))]).await;
        assert_eq!(outcomes, [Outcome::Done]);
        self.channels.till.answer_with(|call| match (call.path(), call.body.is_empty()) {
            ("/orders", false) => Reply::json(&json!({"id": 5_000_001, "code": "DH000001"})),
            _ => till(call, 10),
        });
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    fn gateway(&self) -> Arc<Gateway> {
        let limits = Limits { tries: 1, ..Limits::default() };
        let http = Http::new(Duration::from_secs(2)).unwrap();
        Arc::new(Gateway::new(http, self.engines.clock.clone(), limits))
    }

    fn store(&self) -> SecretStore {
        SecretStore::Folder(self.folder.path().join("kept"))
    }

    /// Puts the shop on the list.
    async fn register(&self) {
        let (shop, name) = (ShopId::new("demo").unwrap(), "Cửa hàng Mẫu".to_owned());
        let added = Registered::changed(shop, name, "1".to_owned(), None, (self.engines.clock)());
        self.engines.table.register(&added).await.unwrap();
    }

    /// What reads lists of orders.
    fn passes(&self) -> Passes {
        let Engines { table, lookups, publish, clock, .. } = &self.engines;
        let record = RecordOrders {
            shops: self.shops.clone().into(),
            table: table.clone(),
            lookups: lookups.clone(),
            archive: Objects::Folder(self.archive()),
            clock: clock.clone(),
        };
        Passes {
            shops: self.shops.clone().into(),
            gateway: self.gateway(),
            table: table.clone(),
            record,
            publish: publish.clone(),
            clock: clock.clone(),
            pieces: Default::default(),
        }
    }

    /// Hands the event to the function's own code and returns its answer as Lambda would see it.
    async fn hand_over(&self, function: &str, event: Value) -> Value {
        let Engines { table, lookups, orders, publish, forward, passes, clock, .. } = &self.engines;
        let (shops, archive) = (ShopSource::from(self.shops.clone()), Objects::Folder(self.archive()));
        match function {
            "receive-webhook" => {
                let door = ReceiveWebhook {
                    shops,
                    lookups: lookups.clone(),
                    orders: orders.clone(),
                    clock: clock.clone(),
                    counters: Counters::default(),
                };
                serde_json::to_value(door.handle(serde_json::from_value(event).unwrap()).await).unwrap()
            }
            "take-orders" => {
                let (table, clock, counters) = (table.clone(), clock.clone(), Counters::default());
                let draw = Arc::new(|| HoldCode::from_number(482_913));
                let desk = TakeOrders { shops, table, clock, counters, draw };
                serde_json::to_value(desk.handle(serde_json::from_value(event).unwrap()).await).unwrap()
            }
            "look-up-orders" => {
                let (gateway, orders) = (self.gateway(), orders.clone());
                let work =
                    LookUpOrders { shops, gateway, orders, table: table.clone(), clock: clock.clone() };
                run(lookups, event, &work).await
            }
            "record-orders" => {
                let (table, lookups) = (table.clone(), lookups.clone());
                let work = RecordOrders { shops, table, lookups, archive, clock: clock.clone() };
                run(orders, event, &work).await
            }
            "publish-stock" => {
                let (gateway, table) = (self.gateway(), table.clone());
                let (passes, clock) = (passes.clone(), clock.clone());
                run(publish, event, &PublishStock { shops, gateway, table, passes, clock }).await
            }
            "forward-orders" => {
                let (gateway, table, lookups) = (self.gateway(), table.clone(), lookups.clone());
                let (publish, clock) = (publish.clone(), clock.clone());
                let draw = Arc::new(|| ForwardReference::of(7));
                let work = ForwardOrders { shops, gateway, table, lookups, publish, clock, draw };
                run(forward, event, &work).await
            }
            "announce-stock" => {
                let event: StreamEvent = serde_json::from_value(event).unwrap();
                let work =
                    AnnounceStock { shops, publish: publish.clone(), forward: forward.clone(), archive };
                serde_json::to_value(work.handle(event).await).unwrap()
            }
            "sweep-due" => {
                let catch_up = CatchUp {
                    table: table.clone(),
                    lookups: lookups.clone(),
                    orders: orders.clone(),
                    publish: publish.clone(),
                    clock: clock.clone(),
                };
                self.register().await;
                let due_work = DueWork {
                    table: table.clone(),
                    publish: publish.clone(),
                    forward: forward.clone(),
                    reconcile: self.engines.reconcile.clone(),
                    clock: clock.clone(),
                };
                let answer = SweepDue { shops, catch_up, due_work }.handle().await.unwrap();
                assert!(table.registered().await.unwrap()[0].is_acted_on());
                serde_json::to_value(answer).unwrap()
            }
            "fetch-orders" => {
                let lost = shopee_that_lost_a_push();
                self.channels.shopee.answer_with(move |call| match call.path() {
                    "/api/v2/order/get_order_list" => shopee_answer(&json!({
                        "more": false, "next_cursor": "", "order_list": [{"order_sn": "2503119YA2XB8B"}],
                    })),
                    _ => lost(call),
                });
                let (table, lookups, orders) = (table.clone(), lookups.clone(), orders.clone());
                let (gateway, clock, troubles) = (self.gateway(), clock.clone(), Troubles::default());
                let (queue, passes) = (self.engines.passes.clone(), self.passes());
                let asked = queue.clone();
                let work =
                    FetchOrders { shops, gateway, table, lookups, orders, queue, passes, clock, troubles };
                if event.get("Records").is_some() {
                    return run(&asked, event, &work).await;
                }
                serde_json::to_value(work.handle_schedule().await.unwrap()).unwrap()
            }
            "reconcile" => {
                let (queue, passes) = (self.engines.reconcile.clone(), self.passes());
                let pause: Pause = Arc::new(|_| Box::pin(std::future::ready(())));
                let work = Reconcile {
                    passes,
                    archive,
                    queue: queue.clone(),
                    webhook_base_url: None,
                    mail: Mail::Nobody,
                    pause,
                };
                if event.get("Records").is_some() {
                    return run(&queue, event, &work).await;
                }
                serde_json::to_value(work.handle_schedule(event).await.unwrap()).unwrap()
            }
            "renew-logins" => {
                let (store, gateway, table, clock) =
                    (self.store(), self.gateway(), table.clone(), clock.clone());
                self.register().await;
                let work = RenewLogins { shops, store, gateway, table, clock };
                serde_json::to_value(work.handle().await.unwrap()).unwrap()
            }
            "finish-login" => {
                let (store, gateway, table, clock) =
                    (self.store(), self.gateway(), table.clone(), clock.clone());
                let door = FinishLogin { shops, store, gateway, table, clock };
                serde_json::to_value(door.handle(serde_json::from_value(event).unwrap()).await).unwrap()
            }
            "counter" => {
                let (store, table, clock) = (self.store(), table.clone(), clock.clone());
                let key = SecretString::from(SAMPLE_COUNTER_KEY);
                store.put_counter_key(&ShopId::new("demo").unwrap(), &key).await.unwrap();
                let (keys, counters) = (CounterKeys::default(), Counters::default());
                let door = Counter { shops, store, table, clock, keys, counters };
                serde_json::to_value(door.handle(serde_json::from_value(event).unwrap()).await).unwrap()
            }
            other => panic!("no function is called {other}: add it here"),
        }
    }

    /// All that is different afterwards.
    async fn aftermath(&self, answer: Value) -> Value {
        let mut after = json!({"answer": answer});
        let mut set = |name: &str, value: Value| {
            if !is_empty(&value) {
                after[name] = value;
            }
        };
        set("queued", self.engines.queued());
        set("parked", self.parked().await);
        set("told", self.told());
        set("archived", archived(&self.archive()));
        set("book", self.book().await);
        after
    }

    async fn parked(&self) -> Value {
        let mut lines = Vec::new();
        for shop in ["demo", "operator"] {
            let shop = ShopId::new(shop).unwrap();
            for note in self
                .engines
                .table
                .parked_in(&shop, table::keys::parked_month(&shop, (self.engines.clock)()))
                .await
                .unwrap()
            {
                let reasons: Vec<String> = note.reasons.iter().map(|r| r.advice_en()).collect();
                lines.push(format!("{shop}/{} {}: {}", note.connection, note.subject, reasons.join(" ")));
            }
        }
        lines.sort();
        json!(lines)
    }

    fn told(&self) -> Value {
        let shopee = self.channels.shopee.calls_to(SHOPEE_STOCK).into_iter().map(|c| ("shopee", c.json()));
        let web = self.channels.web.calls_to(WOO_STOCK).into_iter().map(|c| ("web", c.json()));
        let orders = self.channels.till.calls_to("/orders").into_iter().map(|c| ("till", c.json()));
        json!(shopee.chain(web).chain(orders).map(|(who, body)| format!("{who} {body}")).collect::<Vec<_>>())
    }

    async fn book(&self) -> Value {
        let shop = ShopId::new("demo").unwrap();
        let mut lines = BTreeMap::new();
        for sku in ["AO-L", "AO-M"] {
            for location in ["hcm", "hn"] {
                let key =
                    StockKey { sku: Sku::new(sku).unwrap(), location: LocationId::new(location).unwrap() };
                let found = self.engines.table.load_stock(&shop, std::slice::from_ref(&key)).await.unwrap();
                let Some(stock) = found.get(&key) else { continue };
                // The counts that every sample begins with say nothing new.
                if self.stocked && stock.version == 1 {
                    continue;
                }
                assert!(stock.identity_holds());
                let (h, c, f, v) = (stock.on_hand, stock.committed, stock.free, stock.version);
                let held = if stock.holds == 0 { String::new() } else { format!(" holds {},", stock.holds) };
                lines.insert(
                    format!("{sku}@{location}"),
                    format!("on hand {h}, committed {c},{held} free {f}, v {v}"),
                );
            }
        }
        let orders = [("web", "11"), ("web", "12"), ("social", "FB-1001"), ("shopee-main", "2503119YA2XB8B")];
        for (connection, order) in orders {
            let key = OrderKey {
                shop: shop.clone(),
                connection: ConnectionId::new(connection).unwrap(),
                order: OrderId::new(order).unwrap(),
            };
            let found = self.engines.table.load_orders(std::slice::from_ref(&key), true).await.unwrap();
            let Some((state, _)) = found.get(&key) else { continue };
            let (status, total) = (&state.status, state.total.amount_minor);
            lines.insert(format!("order {connection} {order}"), format!("{status}, {total}"));
        }
        let accounts = ["shopee-main", "web"].map(|id| ConnectionId::new(id).unwrap());
        for (connection, pass) in self.engines.table.load_passes(&shop, &accounts).await.unwrap() {
            let told = match (pass.drained_until, pass.failing_since) {
                (_, Some(since)) => format!("not read since {since}"),
                (Some(until), None) => format!("read up to {until}"),
                (None, None) => "read, and something keeps it from being complete".to_owned(),
            };
            lines.insert(format!("orders of {connection}"), told);
        }
        json!(lines)
    }
}

async fn run(queue: &lambda_kit::queues::Queue, event: Value, work: &dyn Work) -> Value {
    let event: SqsEvent = serde_json::from_value(event).unwrap();
    serde_json::to_value(batch::run(queue, event, work).await.unwrap()).unwrap()
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Name and text of every archived object.
fn archived(folder: &Path) -> Value {
    let mut objects = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                objects.insert(name, std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    json!(objects)
}

pub(crate) fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.filter(|e| e.path().is_dir()).map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}

pub(crate) fn samples(function: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join("events").join(function)).unwrap().flatten().map(|e| e.path());
    let is_sample = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.ends_with(".json") && !name.ends_with(".expected.json")
    };
    let mut files: Vec<PathBuf> = files.filter(is_sample).collect();
    files.sort();
    files
}

async fn check(function: &str) {
    let samples = samples(function);
    assert!(!samples.is_empty(), "{function} has no sample event");
    for path in samples {
        let event: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let forwards = function == "forward-orders";
        let stocked = matches!(function, "record-orders" | "publish-stock" | "take-orders") || forwards;
        let world = World::new(stocked, forwards).await;
        if forwards {
            world.order_of_the_website().await;
        }
        if path.ends_with("sweep-due/a-hold-ends.json") {
            world.hold_that_is_over().await;
        }
        let answer = world.hand_over(function, event).await;
        let got = world.aftermath(answer).await;
        let expected_path = path.with_extension("expected.json");
        if std::env::var_os("WRITE_EXPECTED").is_some() {
            let text = serde_json::to_string_pretty(&got).unwrap() + "\n";
            std::fs::write(&expected_path, text).unwrap();
        }
        let expected = std::fs::read_to_string(&expected_path)
            .unwrap_or_else(|_| panic!("{} is missing; got {got:#}", expected_path.display()));
        let expected: Value = serde_json::from_str(&expected).unwrap();
        assert_eq!(got, expected, "{}\ngot {got:#}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_over_http_is_answered_as_its_samples_say() {
    check("receive-webhook").await;
    check("take-orders").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn look_up_orders_answers_its_samples() {
    check("look-up-orders").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn record_orders_answers_its_samples() {
    check("record-orders").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn announce_stock_answers_its_samples() {
    check("announce-stock").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publish_stock_answers_its_samples() {
    check("publish-stock").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forward_orders_answers_its_samples() {
    check("forward-orders").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sweep_due_answers_its_samples() {
    check("sweep-due").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fetch_orders_answers_its_samples() {
    check("fetch-orders").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reconcile_answers_its_samples() {
    check("reconcile").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn renew_logins_answers_its_samples() {
    check("renew-logins").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finish_login_answers_its_samples() {
    check("finish-login").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counter_answers_its_samples() {
    check("counter").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_without_an_id_fails_the_batch_loudly() {
    let world = World::new(false, false).await;
    let path = root().join("events/look-up-orders/the-last-try.json");
    let mut event: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    event["Records"][0]["messageId"] = json!("");
    let event: SqsEvent = serde_json::from_value(event).unwrap();
    let Engines { table, lookups, orders, clock, .. } = &world.engines;
    let work = LookUpOrders {
        shops: world.shops.clone().into(),
        gateway: world.gateway(),
        orders: orders.clone(),
        table: table.clone(),
        clock: clock.clone(),
    };
    assert!(batch::run(lookups, event, &work).await.is_err());
    assert_eq!(world.parked().await, json!([]), "nothing was done");
}
