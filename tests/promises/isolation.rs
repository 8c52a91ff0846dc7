//! A million random reads and writes of the book, made for shops whose names and goods try to look like each other's: every key
//! that leaves for the table begins with the name of the shop the call was made for.

use commerce::effect::OrderState;
use commerce::goods::Writer;
use commerce::hold_end::{Mark, Marks};
use commerce::hold_terms::HoldCode;
use commerce::ids::{ConnectionId, ListingId, LocationId, OrderId, ShopId, Sku};
use commerce::level::Level;
use commerce::money::{Currency, Money};
use commerce::order::{Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::pick_up::{CountWanted, Missing, SaidBy};
use commerce::plan::OrderKey;
use commerce::status::Status;
use commerce::steps::{OrderWrite, Step, StockChange};
use commerce::stock::{Cause, Movement, StockDelta, StockKey};
use hopkenh_tests::book::NOW;
use hopkenh_tests::history::time;
use hopkenh_tests::seed::seed;
use one_machine::sdk_answer::access;
use one_machine::table_engine::{Fault, TableEngine};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use table::due_item::{Due, DueWork};
use table::listing_item::ListingState;
use table::parked_item::Parked;
use table::{Table, keys};

/// Items read or written, each by its key.
const OPERATIONS: u64 = 1_000_000;
const WORKERS: u64 = 2;
/// The most items of one call.
const ITEMS_MAX: usize = 80;

/// Names that begin like, end like, or contain each other.
const SHOPS: [&str; 8] = ["a", "a-", "ab", "a-b", "b", "demo", "demo2", "o"];
/// Goods, orders and listings that hold what keys are made of, with other shops' names in them.
const TRICKS: [&str; 8] = ["1", "b#S#1", "#", "a#O#web#1", "L#hn", "ÁO-Đỏ", "demo#X#202611", "x#C#web#I#1"];
const CONNECTIONS: [&str; 3] = ["web", "o", "s"];

/// Sees every call before the table does, and which shop it was made for.
struct Watch {
    caller: AtomicUsize,
    keys: AtomicU64,
}

impl Watch {
    /// All partition keys of a request, wherever they stand, begin with the caller's name.
    fn check(&self, operation: &str, body: &[u8]) {
        let caller = SHOPS[self.caller.load(Ordering::SeqCst)];
        let request: serde_json::Value = serde_json::from_slice(body).unwrap();
        let mut found = Vec::new();
        partitions(&request, &mut found);
        assert!(!found.is_empty(), "{operation} names no key: {request}");
        for partition in found {
            let owner = partition.split('#').next().unwrap();
            assert_eq!(owner, caller, "{operation} of shop {caller} reaches for {partition}");
            self.keys.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The text of every attribute `p` and of the `:p` of queries.
fn partitions<'r>(value: &'r serde_json::Value, found: &mut Vec<&'r str>) {
    match value {
        serde_json::Value::Object(map) => {
            for (name, inner) in map {
                match inner["S"].as_str().filter(|_| name == keys::PARTITION || name == ":p") {
                    Some(text) => found.push(text),
                    None => partitions(inner, found),
                }
            }
        }
        serde_json::Value::Array(all) => all.iter().for_each(|inner| partitions(inner, found)),
        _ => {}
    }
}

/// One shop's random wishes.
struct Caller {
    shop: ShopId,
    random: SmallRng,
}

impl Caller {
    fn trick(&mut self) -> String {
        let number: u32 = self.random.random();
        format!("{}{number}", TRICKS.choose(&mut self.random).unwrap())
    }

    fn sku(&mut self) -> Sku {
        Sku::new(self.trick()).unwrap()
    }

    fn connection(&mut self) -> ConnectionId {
        ConnectionId::new(*CONNECTIONS.choose(&mut self.random).unwrap()).unwrap()
    }

    fn balance(&mut self) -> StockKey {
        StockKey { sku: self.sku(), location: LocationId::new("hn").unwrap() }
    }

    fn order(&mut self) -> OrderKey {
        let (connection, order) = (self.connection(), OrderId::new(self.trick()).unwrap());
        OrderKey { shop: self.shop.clone(), connection, order }
    }

    fn listing(&mut self) -> ListingId {
        ListingId::new(self.trick()).unwrap()
    }

    fn note(&mut self) -> Parked {
        Parked {
            shop: self.shop.clone(),
            connection: self.connection(),
            subject: self.trick(),
            reasons: vec![ParkReason::Unreadable { detail: self.trick() }],
            at: time(NOW),
            body: "{}".to_owned(),
        }
    }

    fn code(&mut self) -> HoldCode {
        HoldCode::from_number(self.random.random())
    }

    /// Notes about a hold, written or taken away.
    fn marks(&mut self) -> Marks {
        let code = self.code();
        if self.random.random_bool(0.5) {
            let put = Mark::Put(time(NOW));
            return Marks { end: put, code: Mark::Put(code), wait: put };
        }
        let gone = Mark::Remove(time(NOW));
        Marks { end: gone, code: Mark::Remove(code), wait: gone }
    }

    /// A product that a store did not find.
    fn counts(&mut self) -> Vec<CountWanted> {
        let said = SaidBy { by: Writer::new("Lan").unwrap(), at: time(NOW) };
        let order = self.order().order;
        vec![CountWanted { balance: self.balance(), units: 1, why: Missing::NotFound, said, order }]
    }

    /// As many as one call takes.
    fn many<T>(&mut self, one: impl Fn(&mut Self) -> T) -> Vec<T> {
        let count = self.random.random_range(1..=ITEMS_MAX);
        (0..count).map(|_| one(self)).collect()
    }

    fn step(&mut self) -> Step {
        let cause = Cause::Order { connection: self.connection(), order: self.trick(), by: None };
        let delta = StockDelta { committed: 1, ..StockDelta::default() };
        let movements = vec![Movement { cause, at_ms: 0, delta: delta.clone() }];
        let change = StockChange { delta, movements, ..StockChange::default() };
        let balance = (self.shop.clone(), self.balance());
        Step { orders: self.many(Self::write), stock: [(balance, change)].into() }
    }

    fn write(&mut self) -> OrderWrite {
        let state = OrderState {
            kind: OrderKind::Channel,
            status: Status::Confirmed,
            departure: Departure::Stayed,
            source_time: time(NOW),
            created_at: time(NOW),
            read_at: None,
            digest: String::new(),
            total: Money::from_minor(1, Currency::VND),
            lines: Vec::new(),
            hold: None,
            unheard: false,
            echo_of: None,
            applied: commerce::stock::Effect::default(),
        };
        let key = self.order();
        OrderWrite {
            key,
            expected: None,
            revision: "r".to_owned(),
            state,
            parks: Vec::new(),
            marks: self.marks(),
            counts: self.counts(),
        }
    }

    /// Any one call of the book that a function makes.
    async fn call(&mut self, table: &Table) {
        let shop = self.shop.clone();
        let _never_reaches_the_table = match self.random.random_range(0..14) {
            0 => table.load_orders(&self.many(Self::order), false).await.map(drop),
            1 => table.load_stock(&shop, &self.many(Self::balance)).await.map(drop),
            2 => {
                let (connection, listings) = (self.connection(), self.many(Self::listing));
                table.load_listings(&shop, &connection, &listings).await.map(drop)
            }
            3 => table.stock_of_sku(&shop, &self.sku()).await.map(drop),
            4 => table.parked_in(&shop, keys::parked_month(&shop, time(NOW))).await.map(drop),
            5 => table.save_step(&self.step(), |_| 1_095, &[self.note()]).await,
            6 => {
                let balance = self.balance();
                let (location, source) = (balance.location.clone(), self.trick());
                let level = Level { location, on_hand: 1, as_of: time(NOW), source };
                let delta = StockDelta { on_hand: 1, ..StockDelta::default() };
                let cause = Cause::Order { connection: self.connection(), order: "1".to_owned(), by: None };
                let movement = Movement { cause, at_ms: 0, delta: delta.clone() };
                table.save_level(&shop, &balance, &level, (delta, movement), 0).await
            }
            7 => {
                let (connection, listing) = (self.connection(), self.listing());
                table.save_listing(&shop, &connection, &listing, &ListingState::default(), None).await
            }
            8 => table.park(&self.note()).await,
            9 => table.unpark(&self.note()).await,
            10 => table.order_of_code(&shop, self.code()).await.map(drop),
            11 => table.held_orders(&shop).await.map(drop),
            12 => table.counts_wanted(&shop).await.map(drop),
            _ => {
                let work = DueWork::Hold(self.connection(), self.order().order);
                table.forget_due(&shop, &Due { work, at: time(NOW) }).await
            }
        };
    }
}

async fn work(seed: u64) -> u64 {
    let watch = Arc::new(Watch { caller: AtomicUsize::new(0), keys: AtomicU64::new(0) });
    let engine = TableEngine::in_memory().unwrap();
    let watching = watch.clone();
    engine.plan_faults(Some(Arc::new(move |operation, body| {
        watching.check(operation, body);
        Some(Fault::LostBefore)
    })));
    let table = Table::new(access(engine).dynamodb(), "book");
    let mut random = SmallRng::seed_from_u64(seed);
    while watch.keys.load(Ordering::Relaxed) < OPERATIONS / WORKERS {
        let place = random.random_range(0..SHOPS.len());
        watch.caller.store(place, Ordering::SeqCst);
        let shop = ShopId::new(SHOPS[place]).unwrap();
        Caller { shop, random: SmallRng::seed_from_u64(random.random()) }.call(&table).await;
    }
    watch.keys.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_million_reads_and_writes_no_shop_reaches_for_anothers_key() {
    let seed = seed();
    let workers = (0..WORKERS).map(|n| tokio::spawn(work(seed.wrapping_add(n))));
    let mut keys = 0;
    for worker in workers.collect::<Vec<_>>() {
        keys += worker.await.unwrap();
    }
    assert!(keys >= OPERATIONS, "{keys} operations were seen");
}
