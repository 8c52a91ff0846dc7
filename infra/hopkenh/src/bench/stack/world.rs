//! One machine with many shops, each with a website and Shopee played by twins that answer in 200 ms.

use super::costs::{UnitsByShop, Used, objects_by_shop};
use crate::demo::freshness::{Observer, Seen, SentAt};
use crate::up::{Folders, Problem};
use channels::channel::WebhookRequest;
use channels::outside::Outside;
use channels::secrets::Secrets;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, LocationId, Sku};
use lambda_kit::shops::Shops;
use lambda_kit::shops_file::{self, Count};
use lambda_kit::stream::StreamRecord;
use lambda_kit::{clock, way_out};
use one_machine::machine::LOOKUP_WORKERS;
use one_machine::{Machine, Settings};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use twins::{
    Push, ShopeeTwin, ShopeeTwinConfig, Twin, TwinLine, TwinListing, WooCommerceTwin, WooCommerceTwinConfig,
};

/// Products of each shop.
pub const PRODUCTS: usize = 10;
/// How long a channel takes to answer.
pub const LATENCY: Duration = Duration::from_millis(200);
const SHOPEE: &str = "shopee";
const WEB: &str = "web";
const STORE: &str = "hn";
/// More than anybody here sells.
const ON_HAND: i64 = 1_000_000;
const LOOK_EACH: Duration = Duration::from_millis(100);

/// The channels of one shop.
struct Sellers {
    shopee: Arc<ShopeeTwin>,
    web: Arc<WooCommerceTwin>,
    webhooks: AtomicU64,
}

/// The running stack.
pub struct Stack {
    machine: Machine,
    shops: Shops,
    sellers: Vec<Sellers>,
    units: UnitsByShop,
    folders: Folders,
    records: UnboundedReceiver<StreamRecord>,
}

/// The name of the n-th shop.
pub fn shop_name(n: usize) -> String {
    format!("shop-{n:03}")
}

/// One order that somebody will place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purchase {
    /// Milliseconds after the phase began.
    pub at_ms: u64,
    /// Which shop.
    pub shop: usize,
    /// Which product.
    pub product: usize,
    /// On Shopee, whose news must be looked up; otherwise on the website, whose news is whole.
    pub on_shopee: bool,
}

/// What a phase showed.
pub struct Phase {
    /// Every sale made known elsewhere.
    pub seen: Seen,
    /// What each shop used.
    pub used: BTreeMap<String, Used>,
    /// The longest that a message of each shop waited without being in anybody's hands.
    pub oldest: BTreeMap<String, Duration>,
    /// How long it took until nothing waited any more; none when it was not waited for.
    pub rest_after: Option<Duration>,
}

impl Stack {
    /// Starts twins and machine and waits until every listing shows its stock.
    pub async fn start(shops: usize, folder: &Path) -> Result<Self, Problem> {
        let mut sellers = Vec::new();
        for n in 0..shops {
            let (shopee, web) = (ShopeeTwin::start(shopee(n)).await?, WooCommerceTwin::start(web(n)).await?);
            sellers.push(Sellers { shopee, web, webhooks: AtomicU64::new(0) });
        }
        let shops = read_shops(&sellers)?;
        let (clock, folders) = (clock::system(), Folders::under(&folder.join("stack")));
        let (observer, records) = unbounded_channel();
        let machine = Machine::start(Settings {
            shops: shops.clone().into(),
            gateway: Arc::new(way_out::gateway(Outside::Any, clock.clone())?),
            clock,
            data: Some(folders.data.clone()),
            archive: folders.archive.clone(),
            lookup_workers: LOOKUP_WORKERS,
            observer: Some(observer),
        })
        .await?;
        let units = UnitsByShop::default();
        let counting = units.clone();
        machine.table_engine.watch(Some(Arc::new(move |operation, request, answer| {
            counting.take_in(operation, request, answer);
        })));
        let stack = Self { machine, shops, sellers, units, folders, records };
        stack.until_quiet(Duration::from_secs(120)).await?;
        Ok(stack)
    }

    /// Lets people buy as planned. Then waits until all of it is told, or, where it names shops, until theirs is.
    pub async fn play(&mut self, plan: &[Purchase], rest_max: Duration) -> Result<Phase, Problem> {
        let sent_at = SentAt::default();
        let mut observer = Observer::new(self.shops.clone(), sent_at.clone());
        observer.take_in(&mut self.records);
        let (before, watch) = (self.used(), self.watch_backlog());
        let began = tokio::time::Instant::now();
        for purchase in plan {
            tokio::time::sleep_until(began + Duration::from_millis(purchase.at_ms)).await;
            observer.take_in(&mut self.records);
            self.sell(*purchase, &sent_at)?;
        }
        let stopped = tokio::time::Instant::now();
        let rest_after = self.until_quiet(rest_max).await.ok().map(|()| stopped.elapsed());
        observer.take_in(&mut self.records);
        watch.0.abort();
        let after = self.used();
        let used = after.into_iter().map(|(shop, used)| {
            let earlier = before.get(&shop).copied().unwrap_or_default();
            (shop, used.since(&earlier))
        });
        let oldest = watch.1.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Phase { seen: observer.finish(), used: used.collect(), oldest, rest_after })
    }

    /// Places the order and lets its news arrive beside everything else.
    fn sell(&self, purchase: Purchase, sent_at: &SentAt) -> Result<(), Problem> {
        let Some(sellers) = self.sellers.get(purchase.shop) else { return Err("no such shop".into()) };
        let connection = if purchase.on_shopee { SHOPEE } else { WEB };
        let twin: &dyn Twin = if purchase.on_shopee { &*sellers.shopee } else { &*sellers.web };
        let line = TwinLine { listing: listing_id(connection, purchase.product), quantity: 1 };
        let order = twin.place_order(&[line])?;
        let shop = shop_name(purchase.shop);
        let now_ms = clock::system()().as_millisecond();
        let key = (shop.clone(), connection.to_owned(), order);
        sent_at.lock().unwrap_or_else(PoisonError::into_inner).insert(key, now_ms);
        for push in twin.take_pushes().into_iter().filter(is_about_order) {
            sellers.webhooks.fetch_add(1, Ordering::Relaxed);
            let (door, shop) = (self.machine.receive.clone(), shop.clone());
            let request = WebhookRequest {
                method: push.method,
                query: Vec::new(),
                headers: push.headers,
                body: push.body,
            };
            tokio::spawn(async move { door.receive(&shop, connection, &request).await });
        }
        Ok(())
    }

    /// What each shop has used so far.
    fn used(&self) -> BTreeMap<String, Used> {
        let (units, requests) = (self.units.reading(), self.machine.queue_engine.requests_by_shop());
        let objects = objects_by_shop(&self.folders.archive);
        let used = |(n, sellers): (usize, &Sellers)| {
            let shop = shop_name(n);
            let (write_tenths, read_tenths) = units.get(&shop).copied().unwrap_or_default();
            let used = Used {
                write_tenths,
                read_tenths,
                requests: requests.get(&shop).copied().unwrap_or_default(),
                webhooks: sellers.webhooks.load(Ordering::Relaxed),
                objects: objects.get(&shop).copied().unwrap_or_default(),
            };
            (shop, used)
        };
        self.sellers.iter().enumerate().map(used).collect()
    }

    /// Notes, until it is aborted, the oldest waiting message of each shop.
    fn watch_backlog(&self) -> (JoinHandle<()>, Arc<Mutex<BTreeMap<String, Duration>>>) {
        let (engine, oldest) =
            (self.machine.queue_engine.clone(), Arc::<Mutex<BTreeMap<_, Duration>>>::default());
        let noted = oldest.clone();
        let task = tokio::spawn(async move {
            loop {
                for (shop, backlog) in engine.backlog() {
                    let mut oldest = noted.lock().unwrap_or_else(PoisonError::into_inner);
                    let longest = oldest.entry(shop).or_default();
                    *longest = backlog.oldest.max(*longest);
                }
                tokio::time::sleep(LOOK_EACH).await;
            }
        });
        (task, oldest)
    }

    async fn until_quiet(&self, patience: Duration) -> Result<(), Problem> {
        let quiet = async {
            while !self.machine.is_quiet() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let rest = tokio::time::timeout(patience, quiet).await;
        rest.map_err(|_| format!("the stack did not come to rest in {} s", patience.as_secs()).into())
    }
}

/// News of products travels beside the news of orders.
fn is_about_order(push: &Push) -> bool {
    push.header("x-wc-webhook-topic").is_none_or(|topic| topic.starts_with("order."))
}

fn sku(n: usize) -> String {
    format!("SKU-{n:02}")
}

fn listing_id(connection: &str, n: usize) -> String {
    if connection == SHOPEE { format!("{}:0", 7_000 + n) } else { format!("{}:0", 100 + n) }
}

fn listings(connection: &str) -> Vec<TwinListing> {
    let listing = |n: usize| TwinListing {
        id: listing_id(connection, n),
        sku: sku(n),
        name: sku(n),
        price_minor: 119_000,
        stock: ON_HAND,
    };
    (0..PRODUCTS).map(listing).collect()
}

fn hook(shop: usize, connection: &str) -> String {
    format!("https://hooks.example.vn/webhooks/{}/{connection}", shop_name(shop))
}

fn shopee(n: usize) -> ShopeeTwinConfig {
    ShopeeTwinConfig {
        partner_id: 2001,
        partner_key: "bench-partner-key".to_owned(),
        shop_id: 137_637_267,
        access_token: "bench-access-token".to_owned(),
        callback_url: hook(n, SHOPEE),
        listings: listings(SHOPEE),
        latency: LATENCY,
        clock: clock::system(),
        port: 0,
    }
}

fn web(n: usize) -> WooCommerceTwinConfig {
    WooCommerceTwinConfig {
        consumer_key: "ck_bench".to_owned(),
        consumer_secret: "cs_bench".to_owned(),
        webhook_secret: "bench-webhook-secret".to_owned(),
        delivery_url: hook(n, WEB),
        webhook_id: 1,
        listings: listings(WEB),
        latency: LATENCY,
        clock: clock::system(),
        port: 0,
    }
}

/// All shops alike, each with channels of its own and the channels' usual pace.
fn read_shops(sellers: &[Sellers]) -> Result<Shops, Problem> {
    let mut text = String::new();
    for (n, sellers) in sellers.iter().enumerate() {
        write_shop(&mut text, n, &sellers.shopee.base_url(), &sellers.web.base_url())?;
    }
    let catalogue = shops_file::parse(&text)?.catalogue;
    let as_of = Timestamp::from_second((clock::system())().as_second() - 3_600)?;
    let (mut secrets, mut counts) = (BTreeMap::new(), BTreeMap::new());
    for shop in catalogue.shops.values() {
        for connection in [SHOPEE, WEB] {
            secrets.insert((shop.id.clone(), ConnectionId::new(connection)?), keys());
        }
        let mut counted = Vec::new();
        for n in 0..PRODUCTS {
            let (sku, location) = (Sku::new(sku(n))?, LocationId::new(STORE)?);
            counted.push(Count { sku, location, on_hand: ON_HAND, as_of });
        }
        counts.insert(shop.id.clone(), counted);
    }
    Ok(Shops::new(catalogue, secrets, counts))
}

fn write_shop(text: &mut String, n: usize, shopee_url: &str, web_url: &str) -> std::fmt::Result {
    let name = shop_name(n);
    writeln!(text, "[[shop]]\nid = \"{name}\"\nname = \"{name}\"")?;
    writeln!(text, "[[shop.location]]\nid = \"{STORE}\"\nname = \"Hà Nội\"")?;
    for (id, channel, base_url) in [(SHOPEE, "shopee", shopee_url), (WEB, "woocommerce", web_url)] {
        let names: &[&str] = match id {
            SHOPEE => &["partner_key", "access_token"],
            _ => &["consumer_key", "consumer_secret", "webhook_secret"],
        };
        let sources: Vec<String> = names.iter().map(|name| format!("{name} = \"env:BENCH\"")).collect();
        let account = "{ partner_id = \"2001\", shop_id = \"137637267\" }";
        writeln!(
            text,
            "[[shop.connection]]\nid = \"{id}\"\nchannel = \"{channel}\"\nbase_url = \"{base_url}\"\n\
             webhook_url = \"{}\"\nserves_from = [\"{STORE}\"]\naccount = {account}\nsecrets = {{ {} }}",
            hook(n, id),
            sources.join(", "),
        )?;
        for product in 0..PRODUCTS {
            let (listing, sku) = (listing_id(id, product), sku(product));
            writeln!(text, "[[shop.connection.listing]]\nid = \"{listing}\"\nsku = \"{sku}\"")?;
        }
    }
    Ok(())
}

fn keys() -> Secrets {
    let values = [
        ("partner_key", "bench-partner-key"),
        ("access_token", "bench-access-token"),
        ("consumer_key", "ck_bench"),
        ("consumer_secret", "cs_bench"),
        ("webhook_secret", "bench-webhook-secret"),
    ];
    Secrets::new(values.map(|(name, value)| (name.to_owned(), SecretString::from(value))))
}
