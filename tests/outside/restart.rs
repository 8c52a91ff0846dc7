//! The power fails again and again in the middle of a busy day: no order is lost, none counts twice, and in the end
//! every channel shows what is really there.
//!
//! What is right is computed here from what the stand-ins of the channels know, never from our own code.

use crate::up_process::{Up, free_port};
use hopkenh_tests::house::{ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, CONSUMER_KEY, CONSUMER_SECRET};
use hopkenh_tests::house::{House, KIOT_SECRET, PARTNER_KEY, SHOPEE_URL, WOO_SECRET, write_config};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use twins::{
    BranchStock, KiotVietTwin, KiotVietTwinConfig, Push, ShopeeTwin, ShopeeTwinConfig, SignatureForm,
};
use twins::{Twin, TwinLine, TwinListing, TwinOrderState, WooCommerceTwin, WooCommerceTwinConfig};
use workflows::announce_stock::LedgerLine;

const ORDERS: usize = 90;
const KILLS: usize = 5;
const STORE: i64 = 400;
const WAREHOUSE: i64 = 300;
/// SKU, then its listing on Shopee, on the website, and its product in the till.
const PRODUCTS: [(&str, &str, &str, &str); 2] =
    [("AO-M", "1000:2001", "10:0", "1001"), ("AO-L", "1000:2002", "11:0", "1002")];

struct Channels {
    shopee: Arc<ShopeeTwin>,
    web: Arc<WooCommerceTwin>,
    till: Arc<KiotVietTwin>,
}

fn listing(id: &str, sku: &str) -> TwinListing {
    TwinListing {
        id: id.into(),
        sku: sku.into(),
        name: sku.into(),
        price_minor: 199_000,
        stock: STORE + WAREHOUSE,
    }
}

impl Channels {
    async fn start(port: u16) -> Self {
        let clock = lambda_kit::clock::system();
        let door = |connection: &str| format!("http://127.0.0.1:{port}/webhooks/demo/{connection}");
        let latency = Duration::from_millis(20);
        let shopee = ShopeeTwin::start(ShopeeTwinConfig {
            partner_id: 2001,
            partner_key: PARTNER_KEY.into(),
            shop_id: 137_637_267,
            access_token: ACCESS_TOKEN.into(),
            callback_url: SHOPEE_URL.into(),
            listings: PRODUCTS.iter().map(|p| listing(p.1, p.0)).collect(),
            latency,
            clock: clock.clone(),
            port: 0,
        });
        let web = WooCommerceTwin::start(WooCommerceTwinConfig {
            consumer_key: CONSUMER_KEY.into(),
            consumer_secret: CONSUMER_SECRET.into(),
            webhook_secret: WOO_SECRET.into(),
            delivery_url: door("web"),
            webhook_id: 1,
            listings: PRODUCTS.iter().map(|p| listing(p.2, p.0)).collect(),
            latency,
            clock: clock.clone(),
            port: 0,
        });
        let stock = |p: &(&str, &str, &str, &str)| BranchStock {
            branch: "55".into(),
            listing: p.3.into(),
            on_hand: STORE,
        };
        let till = KiotVietTwin::start(KiotVietTwinConfig {
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.into(),
            retailer: "demo".into(),
            webhook_secret: KIOT_SECRET.into(),
            webhook_url: door("till"),
            branches: vec![("55".into(), "Hà Nội".into())],
            listings: PRODUCTS.iter().map(|p| listing(p.3, p.0)).collect(),
            branch_stock: PRODUCTS.iter().map(stock).collect(),
            signature_form: SignatureForm::Hex,
            latency,
            clock,
            port: 0,
        });
        Self { shopee: shopee.await.unwrap(), web: web.await.unwrap(), till: till.await.unwrap() }
    }

    fn all(&self) -> [&dyn Twin; 3] {
        [&*self.shopee, &*self.web, &*self.till]
    }

    /// A buyer, a cancel, a parcel or a till sale.
    fn something_happens(&self, dice: &mut StdRng) {
        let product = PRODUCTS.choose(dice).unwrap();
        let line = |listing: &str, n: u32| vec![TwinLine { listing: listing.into(), quantity: n }];
        let quantity = dice.random_range(1..=3);
        match dice.random_range(0..10) {
            0..=3 => drop(self.shopee.place_order(&line(product.1, quantity)).unwrap()),
            4..=7 => drop(self.web.place_order(&line(product.2, quantity)).unwrap()),
            _ => drop(self.till.sell("55", &line(product.3, quantity))),
        }
        let shops: [&dyn Twin; 2] = [&*self.shopee, &*self.web];
        let shop = shops.choose(dice).unwrap();
        let open: Vec<_> = shop.orders().into_iter().filter(|o| o.state == TwinOrderState::Paid).collect();
        if let Some(order) = open.choose(dice) {
            match dice.random_range(0..8) {
                0 => drop(shop.cancel_order(&order.id)),
                1 => drop(shop.ship_order(&order.id)),
                _ => {}
            }
        }
    }

    /// What every listing of a product must show: what the till counts and the warehouse held, less all that was
    /// sold on Shopee and the website and not called off.
    fn right_answer(&self, product: &(&str, &str, &str, &str)) -> i64 {
        let sold = |twin: &dyn Twin, listing: &str| -> i64 {
            let orders = twin.orders().into_iter().filter(|o| o.state != TwinOrderState::Cancelled);
            orders.flat_map(|o| o.lines).filter(|l| l.listing == listing).map(|l| i64::from(l.quantity)).sum()
        };
        let total = self.till.on_hand("55", product.3) + WAREHOUSE;
        total - sold(&*self.shopee, product.1) - sold(&*self.web, product.2)
    }
}

fn shops_file(channels: &Channels) -> String {
    let started = lambda_kit::clock::system()().checked_sub(Duration::from_secs(60)).unwrap();
    let listings = |column: fn(&(&'static str, &'static str, &'static str, &'static str)) -> &'static str,
                    more: &str| {
        let entry = |p: &(&'static str, _, _, _)| {
            format!("[[shop.connection.listing]]\nid = \"{}\"\nsku = \"{}\"\n{more}\n", column(p), p.0)
        };
        PRODUCTS.iter().map(entry).collect::<String>()
    };
    let count = |sku: &str, location: &str, n: i64| {
        format!(
            "[[shop.count]]\nsku = \"{sku}\"\nlocation = \"{location}\"\non_hand = {n}\nas_of = \"{started}\"\n"
        )
    };
    let counts: String =
        PRODUCTS.iter().flat_map(|p| [count(p.0, "hn", STORE), count(p.0, "hcm", WAREHOUSE)]).collect();
    format!(
        "[[shop]]\nid = \"demo\"\nname = \"Cửa hàng\"\n\
         [[shop.location]]\nid = \"hn\"\nname = \"Hà Nội\"\ntill = {{ connection = \"till\", branch = \"55\" }}\n\
         [[shop.location]]\nid = \"hcm\"\nname = \"TP. Hồ Chí Minh\"\n\
         [[shop.connection]]\nid = \"shopee-main\"\nchannel = \"shopee\"\nbase_url = \"{}\"\nwebhook_url = \"{SHOPEE_URL}\"\n\
         serves_from = [\"hn\", \"hcm\"]\nsharing = \"pool\"\naccount = {{ partner_id = \"2001\", shop_id = \"137637267\" }}\n\
         secrets = {{ partner_key = \"file:secrets.toml#partner_key\", access_token = \"file:secrets.toml#access_token\" }}\n{}\
         [[shop.connection]]\nid = \"web\"\nchannel = \"woocommerce\"\nbase_url = \"{}\"\nserves_from = [\"hn\", \"hcm\"]\nsharing = \"pool\"\n\
         secrets = {{ consumer_key = \"file:secrets.toml#consumer_key\", consumer_secret = \"file:secrets.toml#consumer_secret\", webhook_secret = \"file:secrets.toml#woo_secret\" }}\n{}\
         [[shop.connection]]\nid = \"till\"\nchannel = \"kiotviet\"\nbase_url = \"{}\"\nserves_from = [\"hn\"]\n\
         account = {{ retailer = \"demo\" }}\n\
         secrets = {{ client_id = \"file:secrets.toml#client_id\", client_secret = \"file:secrets.toml#client_secret\", webhook_secret = \"file:secrets.toml#kiot_secret\" }}\n{}{counts}",
        channels.shopee.base_url(),
        listings(|p| p.1, ""),
        channels.web.base_url(),
        listings(|p| p.2, ""),
        channels.till.base_url(),
        listings(|p| p.3, "publish = false"),
    )
}

/// Carries pushes like a patient channel: what was not accepted is sent again, in another order.
struct Courier {
    client: reqwest::Client,
    port: u16,
    waiting: Vec<Push>,
    accepted: usize,
    turned_away: usize,
}

impl Courier {
    async fn carry(&mut self, channels: &Channels, dice: &mut StdRng, many: usize) {
        for twin in channels.all() {
            self.waiting.extend(twin.take_pushes());
        }
        self.waiting.shuffle(dice);
        let left = self.waiting.len().saturating_sub(many);
        let now = self.waiting.split_off(left);
        let sent = futures::future::join_all(now.into_iter().map(|push| self.send(push))).await;
        for (push, accepted) in sent {
            if accepted {
                self.accepted += 1;
            } else {
                self.turned_away += 1;
                self.waiting.push(push);
            }
        }
    }

    async fn send(&self, push: Push) -> (Push, bool) {
        let path = if push.url == SHOPEE_URL { "shopee-main" } else { push.url.rsplit('/').next().unwrap() };
        let url = format!("http://127.0.0.1:{}/webhooks/demo/{path}", self.port);
        let mut request = self.client.post(url).body(push.body.clone()).timeout(Duration::from_secs(3));
        for (name, value) in &push.headers {
            request = request.header(name, value);
        }
        let accepted = request.send().await.is_ok_and(|answer| answer.status().is_success());
        (push, accepted)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_nothing_is_lost_and_nothing_counts_twice() {
    let seed: u64 = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(rand::random);
    println!("replay with SEED={seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let port = free_port();
    let channels = Channels::start(port).await;
    let folder = tempfile::tempdir().unwrap();
    let text = shops_file(&channels);
    let config = write_config(folder.path(), &text);
    let data = folder.path().join("data");
    let client = twins::plain_client().unwrap();
    let mut courier = Courier { client, port, waiting: Vec::new(), accepted: 0, turned_away: 0 };

    let mut up = Up::start(&config, &data, port, "warn").await;
    let mut placed = 0;
    for life in 0..=KILLS {
        let until = Duration::from_millis(dice.random_range(300..1_500));
        let began = Instant::now();
        let last = life == KILLS;
        // Orders are spread over all lives, so that none of them is idle.
        let share = ORDERS * (life + 1) / (KILLS + 1);
        while if last { placed < ORDERS } else { began.elapsed() < until } {
            if placed < share {
                channels.something_happens(&mut dice);
                placed += 1;
            }
            let kill_now = !last && began.elapsed() + Duration::from_millis(40) > until;
            let carry = courier.carry(&channels, &mut dice, 6);
            if kill_now {
                // In the middle of whatever is going on.
                let pause = Duration::from_millis(dice_pause(seed, life));
                let kill = async {
                    tokio::time::sleep(pause).await;
                    up.kill();
                };
                futures::future::join(carry, kill).await;
                break;
            }
            carry.await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if !last {
            up.kill();
            // Buyers do not wait; whoever knocks while nobody is there must knock again.
            if placed < ORDERS {
                channels.something_happens(&mut dice);
                placed += 1;
            }
            courier.carry(&channels, &mut dice, 3).await;
            up = Up::start(&config, &data, port, "warn").await;
        }
    }
    let began = Instant::now();
    let mut quiet = 0;
    while quiet < 3 {
        courier.carry(&channels, &mut dice, 20).await;
        quiet = if courier.waiting.is_empty() { quiet + 1 } else { 0 };
        assert!(began.elapsed() < Duration::from_secs(30), "{} pushes never taken in", courier.waiting.len());
    }
    assert!(courier.turned_away > 0, "no push ever met a dead process: the kills came too late");
    tokio::time::sleep(Duration::from_millis(dice.random_range(0..300))).await;
    up.kill();
    println!("{} pushes accepted, {} turned away", courier.accepted, courier.turned_away);

    // Some minutes later, when every call that was cut off can no longer arrive, it is started a last time.
    let clock: channels::channel::Clock =
        Arc::new(|| lambda_kit::clock::system()().checked_add(Duration::from_secs(200)).unwrap());
    let house = House::start_at(folder.path(), &text, clock).await;
    house.settle().await;
    every_order_is_in_the_book(&channels, &house).await;
    let ledger = read_ledger(&data.join("archive"));
    check_ledger(&channels, &house, &ledger).await;
    for product in &PRODUCTS {
        let right = channels.right_answer(product);
        assert_eq!(
            house.stock(product.0, "hn").await.on_hand,
            channels.till.on_hand("55", product.3),
            "{}",
            product.0
        );
        assert_eq!(channels.shopee.shown(product.1), right, "Shopee shows {}, seed {seed}", product.0);
        assert_eq!(channels.web.shown(product.2), right, "the website shows {}, seed {seed}", product.0);
    }
}

fn dice_pause(seed: u64, life: usize) -> u64 {
    StdRng::seed_from_u64(seed ^ (life as u64 + 1)).random_range(0..30)
}

async fn every_order_is_in_the_book(channels: &Channels, house: &House) {
    let shops: [(&str, &dyn Twin); 2] = [("shopee-main", &*channels.shopee), ("web", &*channels.web)];
    let mut recorded = 0;
    for (connection, twin) in shops {
        for order in twin.orders() {
            let ours = house.order(connection, &order.id).await;
            let ours =
                ours.unwrap_or_else(|| panic!("{connection} {} was accepted and is missing", order.id));
            assert_eq!(ours.total.amount_minor, order.total_minor, "{connection} {}", order.id);
            let expected = match order.state {
                TwinOrderState::Unpaid => "pending",
                TwinOrderState::Paid => "confirmed",
                TwinOrderState::Cancelled => "cancelled",
                TwinOrderState::Shipped if connection == "shopee-main" => "shipped",
                TwinOrderState::Shipped | TwinOrderState::Completed => "completed",
            };
            assert_eq!(ours.status.code(), expected, "{connection} {}", order.id);
            recorded += 1;
        }
    }
    for sale in channels.till.orders() {
        assert!(house.order("till", &format!("invoice:{}", sale.id)).await.is_some(), "till {}", sale.id);
        recorded += 1;
    }
    assert_eq!(recorded, ORDERS);
}

type Ledger = BTreeMap<(String, String), BTreeMap<u64, LedgerLine>>;

/// The archived lines by balance; a line archived twice must say the same both times.
fn read_ledger(archive: &Path) -> Ledger {
    let mut ledger = Ledger::new();
    for file in std::fs::read_dir(archive.join("ledger/demo")).unwrap().flatten() {
        for line in std::fs::read_to_string(file.path()).unwrap().lines() {
            let line: LedgerLine = serde_json::from_str(line).unwrap();
            let balance = ledger.entry((line.sku.to_string(), line.location.to_string())).or_default();
            if let Some(before) = balance.insert(line.version, line.clone()) {
                assert_eq!(before, line, "two different lines of one version");
            }
        }
    }
    ledger
}

/// No gap, it folds to the balance, and each order has taken exactly what was bought, once.
async fn check_ledger(channels: &Channels, house: &House, ledger: &Ledger) {
    let mut taken: BTreeMap<(String, String), i64> = BTreeMap::new();
    for ((sku, location), lines) in ledger {
        let stock = house.stock(sku, location).await;
        let versions: Vec<u64> = lines.keys().copied().collect();
        let dense: Vec<u64> = (1..=stock.version).collect();
        assert_eq!(versions, dense, "{sku} at {location}: the ledger has a gap");
        let (mut on_hand, mut committed) = (0, 0);
        for line in lines.values() {
            for movement in &line.movements {
                on_hand += movement.delta.on_hand;
                committed += movement.delta.committed;
                if let commerce::stock::Cause::Order { connection, order, .. } = &movement.cause {
                    *taken.entry((connection.to_string(), order.clone())).or_default() -=
                        movement.delta.free();
                }
            }
            assert_eq!(
                (line.on_hand, line.committed),
                (on_hand, committed),
                "{sku} at {location} v{}",
                line.version
            );
        }
        assert_eq!((stock.on_hand, stock.committed), (on_hand, committed), "{sku} at {location}");
        assert!(stock.identity_holds());
    }
    assert_eq!(ledger.len(), 4, "two products at two places");
    let shops: [(&str, &dyn Twin); 2] = [("shopee-main", &*channels.shopee), ("web", &*channels.web)];
    for (connection, twin) in shops {
        for order in twin.orders() {
            let bought: i64 = order.lines.iter().map(|line| i64::from(line.quantity)).sum();
            let right = if order.state == TwinOrderState::Cancelled { 0 } else { bought };
            let ours = taken.get(&(connection.to_owned(), order.id.clone())).copied().unwrap_or(0);
            assert_eq!(ours, right, "{connection} {} has taken the wrong number of units", order.id);
        }
    }
}
