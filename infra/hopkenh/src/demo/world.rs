//! The shop of the demo: two stores, a website, Shopee and a till, each channel played by its twin.

use super::Wishes;
use crate::up::{Folders, Problem};
use channels::channel::Clock;
use channels::outside::Outside;
use channels::secrets::Secrets;
use commerce::Timestamp;
use commerce::catalogue::{Catalogue, Component, Connection, Listing, Location, Shop, TillLink};
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use lambda_kit::shops::Shops;
use lambda_kit::shops_file::Count;
use lambda_kit::stream::StreamRecord;
use lambda_kit::{clock, way_out};
use one_machine::{Machine, Settings, web};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use twins::{
    BranchStock, Courier, KiotVietTwin, KiotVietTwinConfig, ShopeeTwin, ShopeeTwinConfig, SignatureForm,
    Twin, TwinListing, WooCommerceTwin, WooCommerceTwinConfig,
};

/// A product of the demo: name, units at Hà Nội, units at TP.HCM, price, and how much buyers want it.
pub struct Product {
    /// Our code.
    pub sku: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Units at Hà Nội when the day begins.
    pub hn: i64,
    /// Units at TP.HCM when the day begins.
    pub hcm: i64,
    /// Price in đồng.
    pub price: i64,
    /// How often it is asked for, against the others.
    pub demand: u32,
}

/// The shop's products: a few that sell out, some that do not. Stock is for 300 orders and scales with the day.
pub const PRODUCTS: [Product; 10] = [
    Product { sku: "AO-DO-M", name: "Áo thun đỏ M", hn: 26, hcm: 18, price: 119_000, demand: 12 },
    Product { sku: "AO-DO-L", name: "Áo thun đỏ L", hn: 24, hcm: 17, price: 119_000, demand: 11 },
    Product { sku: "AO-XANH-M", name: "Áo thun xanh M", hn: 20, hcm: 14, price: 119_000, demand: 10 },
    Product { sku: "QUAN-JEAN-30", name: "Quần jean 30", hn: 20, hcm: 15, price: 349_000, demand: 9 },
    Product { sku: "VAY-HOA-S", name: "Váy hoa S", hn: 19, hcm: 14, price: 259_000, demand: 9 },
    Product { sku: "NON-LUOI", name: "Nón lưỡi trai", hn: 19, hcm: 12, price: 79_000, demand: 8 },
    Product { sku: "TUI-VAI", name: "Túi vải", hn: 60, hcm: 50, price: 59_000, demand: 7 },
    Product { sku: "VO-CO-CAO", name: "Vớ cổ cao", hn: 140, hcm: 120, price: 25_000, demand: 8 },
    Product { sku: "DAY-NIT", name: "Dây nịt", hn: 45, hcm: 40, price: 149_000, demand: 4 },
    Product { sku: "KHAN-LUA", name: "Khăn lụa", hn: 50, hcm: 40, price: 189_000, demand: 4 },
];

/// Listings made of other products: a set of a shirt and a cap, and a pack of six socks.
pub const SETS: [(&str, &[(&str, u32)]); 2] =
    [("SET-AO-NON", &[("AO-DO-M", 1), ("NON-LUOI", 1)]), ("VO-6", &[("VO-CO-CAO", 6)])];

/// The names used everywhere in the demo.
pub const SHOP: &str = "demo";
/// Shopee's connection.
pub const SHOPEE: &str = "shopee-main";
/// The website's connection.
pub const WEB: &str = "web";
/// The till's connection.
pub const TILL: &str = "till";
/// The till's branch number of the store at Hà Nội.
pub const BRANCH: &str = "1";
const WEBHOOK_SECRET: &str = "demo-webhook-secret";
const PARTNER_KEY: &str = "demo-partner-key";

/// The demo's running world.
pub struct World {
    /// The shop as configured.
    pub shops: Shops,
    /// The machine under test.
    pub machine: Machine,
    /// Shopee's twin.
    pub shopee: Arc<ShopeeTwin>,
    /// The website's twin.
    pub web: Arc<WooCommerceTwin>,
    /// The till's twin.
    pub till: Arc<KiotVietTwin>,
    /// Delivers the twins' pushes.
    pub courier: Courier,
    /// Every record of the table's stream.
    pub records: Option<UnboundedReceiver<StreamRecord>>,
    /// The time.
    pub clock: Clock,
    /// Where the book lies.
    pub folders: Folders,
    /// Units of each product at each store when the day began.
    pub opening: BTreeMap<(String, String), i64>,
}

impl World {
    /// Starts twins, machine and webhook endpoint, and waits until every listing shows its opening stock.
    pub async fn start(wishes: &Wishes) -> Result<Self, Problem> {
        let clock = clock::system();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let hooks = format!("http://{}/webhooks/{SHOP}", listener.local_addr()?);
        let opening = opening(wishes.orders);
        let shopee = ShopeeTwin::start(shopee_config(&hooks, &opening, wishes, &clock)).await?;
        let web = WooCommerceTwin::start(web_config(&hooks, &opening, wishes, &clock)).await?;
        let till = KiotVietTwin::start(till_config(&hooks, &opening, wishes, &clock)).await?;
        let shops = shops(&hooks, &shopee.base_url(), &web.base_url(), &till.base_url(), &opening, &clock)?;
        let folders = Folders::under(&wishes.data);
        let (observer, records) = unbounded_channel();
        let machine = Machine::start(Settings {
            shops: shops.clone().into(),
            gateway: Arc::new(way_out::gateway(Outside::Any, clock.clone())?),
            clock: clock.clone(),
            data: Some(folders.data.clone()),
            archive: folders.archive.clone(),
            lookup_workers: wishes.lookup_workers,
            observer: Some(observer),
        })
        .await?;
        tokio::spawn(web::serve(listener, machine.doors(), std::future::pending()));
        let courier = Courier::new(twins::plain_client()?);
        let world = Self {
            shops,
            machine,
            shopee,
            web,
            till,
            courier,
            records: Some(records),
            clock,
            folders,
            opening,
        };
        world.until_quiet().await;
        Ok(world)
    }

    /// The twins by connection, in the order they are shown.
    pub fn twins(&self) -> [(&'static str, &dyn Twin); 3] {
        [(SHOPEE, &*self.shopee), (WEB, &*self.web), (TILL, &*self.till)]
    }

    /// Waits until nothing is queued and every change has been told.
    pub async fn until_quiet(&self) {
        while !self.machine.is_quiet() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}

/// Opening stock by product and store, scaled so that a day of any length has its stock-outs.
fn opening(orders: u32) -> BTreeMap<(String, String), i64> {
    let scale = |units: i64| (units * i64::from(orders) / 300).max(2);
    let stores = |p: &Product| {
        [("hn", p.hn), ("hcm", p.hcm)].map(|(l, n)| ((p.sku.to_owned(), l.to_owned()), scale(n)))
    };
    PRODUCTS.iter().flat_map(stores).collect()
}

/// What a listing is made of: products and how many of each.
pub type Parts = Vec<(&'static str, u32)>;

/// Every listing a selling channel shows: single products first, then sets.
pub fn offered() -> Vec<(&'static str, Parts)> {
    let singles = PRODUCTS.iter().map(|product| (product.sku, vec![(product.sku, 1)]));
    singles.chain(SETS.iter().map(|(sku, parts)| (*sku, parts.to_vec()))).collect()
}

/// The channel's id of the n-th listing.
pub fn listing_id(connection: &str, n: usize) -> String {
    match connection {
        SHOPEE => format!("{}:{}", 7000 + n, if n.is_multiple_of(2) { 0 } else { 90_000 + n }),
        WEB => format!("{}:{}", 100 + n, if n.is_multiple_of(3) { 500 + n } else { 0 }),
        _ => format!("{}", 1001 + n),
    }
}

fn twin_listings(connection: &str, opening: &BTreeMap<(String, String), i64>) -> Vec<TwinListing> {
    let units =
        |sku: &str, location: &str| opening.get(&(sku.to_owned(), location.to_owned())).copied().unwrap_or(0);
    let buildable = |parts: &[(&str, u32)], location: &str| {
        parts.iter().map(|(sku, factor)| units(sku, location) / i64::from(*factor)).min().unwrap_or(0)
    };
    let price = |parts: &[(&str, u32)]| {
        parts.iter().map(|(sku, n)| product(sku).map_or(0, |p| p.price) * i64::from(*n)).sum::<i64>()
    };
    let listing = |n: usize, sku: &str, parts: &Parts| TwinListing {
        id: listing_id(connection, n),
        sku: sku.to_owned(),
        name: product(sku).map_or(sku, |p| p.name).to_owned(),
        price_minor: price(parts),
        stock: buildable(parts, "hn") + buildable(parts, "hcm"),
    };
    let all = offered().into_iter().enumerate();
    let sold_here = all.filter(|(n, _)| connection != TILL || *n < PRODUCTS.len());
    sold_here.map(|(n, (sku, parts))| listing(n, sku, &parts)).collect()
}

fn product(sku: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.sku == sku)
}

fn shopee_config(
    hooks: &str,
    opening: &BTreeMap<(String, String), i64>,
    wishes: &Wishes,
    clock: &Clock,
) -> ShopeeTwinConfig {
    ShopeeTwinConfig {
        partner_id: 2001,
        partner_key: PARTNER_KEY.to_owned(),
        shop_id: 137_637_267,
        access_token: "demo-access-token".to_owned(),
        callback_url: format!("{hooks}/{SHOPEE}"),
        listings: twin_listings(SHOPEE, opening),
        latency: wishes.latency,
        clock: clock.clone(),
        port: 0,
    }
}

fn web_config(
    hooks: &str,
    opening: &BTreeMap<(String, String), i64>,
    wishes: &Wishes,
    clock: &Clock,
) -> WooCommerceTwinConfig {
    WooCommerceTwinConfig {
        consumer_key: "ck_demo".to_owned(),
        consumer_secret: "cs_demo".to_owned(),
        webhook_secret: WEBHOOK_SECRET.to_owned(),
        delivery_url: format!("{hooks}/{WEB}"),
        webhook_id: 1,
        listings: twin_listings(WEB, opening),
        latency: wishes.latency,
        clock: clock.clone(),
        port: 0,
    }
}

fn till_config(
    hooks: &str,
    opening: &BTreeMap<(String, String), i64>,
    wishes: &Wishes,
    clock: &Clock,
) -> KiotVietTwinConfig {
    let listings = twin_listings(TILL, opening);
    let stock = listings.iter().map(|listing| BranchStock {
        branch: BRANCH.to_owned(),
        listing: listing.id.clone(),
        on_hand: opening.get(&(listing.sku.clone(), "hn".to_owned())).copied().unwrap_or(0),
    });
    KiotVietTwinConfig {
        client_id: "demo-client".to_owned(),
        client_secret: "demo-client-secret".to_owned(),
        retailer: SHOP.to_owned(),
        webhook_secret: WEBHOOK_SECRET.to_owned(),
        webhook_url: format!("{hooks}/{TILL}"),
        branches: vec![(BRANCH.to_owned(), "Hà Nội".to_owned())],
        branch_stock: stock.collect(),
        listings,
        signature_form: SignatureForm::PrefixedHex,
        latency: wishes.latency,
        clock: clock.clone(),
        port: 0,
    }
}

fn shops(
    hooks: &str,
    shopee_url: &str,
    web_url: &str,
    till_url: &str,
    opening: &BTreeMap<(String, String), i64>,
    clock: &Clock,
) -> Result<Shops, Problem> {
    let shop_id = ShopId::new(SHOP)?;
    let till = TillLink { connection: ConnectionId::new(TILL)?, branch: BRANCH.to_owned() };
    let location = |id: &str, name: &str, till| {
        LocationId::new(id).map(|id| Location { id, name: name.to_owned(), till })
    };
    let connections = [
        connection(SHOPEE, "shopee", hooks, shopee_url, &["hcm", "hn"])?,
        connection(WEB, "woocommerce", hooks, web_url, &["hn", "hcm"])?,
        connection(TILL, "kiotviet", hooks, till_url, &["hn"])?,
    ];
    let shop = Shop {
        id: shop_id.clone(),
        name: "Cửa hàng Mẫu".to_owned(),
        keep_orders_days: 1_095,
        locations: vec![location("hn", "Hà Nội", Some(till))?, location("hcm", "TP.HCM", None)?],
        connections: connections.into_iter().map(|c| (c.id.clone(), c)).collect(),
    };
    let mut secrets = BTreeMap::new();
    for id in shop.connections.keys() {
        secrets.insert((shop_id.clone(), id.clone()), demo_secrets());
    }
    let catalogue = Catalogue { shops: [(shop_id.clone(), Arc::new(shop))].into() };
    Ok(Shops::new(catalogue, secrets, [(shop_id, counts(opening, clock())?)].into()))
}

fn connection(
    id: &str,
    channel: &str,
    hooks: &str,
    base_url: &str,
    serves_from: &[&str],
) -> Result<Connection, Problem> {
    let mut listings = BTreeMap::new();
    for (n, (_, parts)) in offered().into_iter().enumerate() {
        if id == TILL && n >= PRODUCTS.len() {
            continue;
        }
        let recipe: Result<Vec<Component>, _> = parts
            .iter()
            .map(|(sku, factor)| Sku::new(*sku).map(|sku| Component { sku, factor: *factor }))
            .collect();
        let listing_id = ListingId::new(listing_id(id, n))?;
        listings.insert(
            listing_id.clone(),
            Listing { id: listing_id, recipe: recipe?, buffer: 0, publish: id != TILL },
        );
    }
    let account = [
        ("partner_id", "2001"),
        ("shop_id", "137637267"),
        ("retailer", SHOP),
        // The demo squeezes a day into a minute, so it may call as often as it likes.
        ("calls_per_minute", "60000"),
    ];
    Ok(Connection {
        id: ConnectionId::new(id)?,
        channel: channel.to_owned(),
        base_url: Some(base_url.to_owned()),
        webhook_url: Some(format!("{hooks}/{id}")),
        serves_from: serves_from.iter().map(|id| LocationId::new(*id)).collect::<Result<_, _>>()?,
        account: account.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        listings,
    })
}

fn demo_secrets() -> Secrets {
    let values = [
        ("partner_key", PARTNER_KEY),
        ("access_token", "demo-access-token"),
        ("consumer_key", "ck_demo"),
        ("consumer_secret", "cs_demo"),
        ("webhook_secret", WEBHOOK_SECRET),
        ("client_id", "demo-client"),
        ("client_secret", "demo-client-secret"),
    ];
    Secrets::new(values.map(|(name, value)| (name.to_owned(), SecretString::from(value))))
}

/// What was counted an hour before the doors opened.
fn counts(opening: &BTreeMap<(String, String), i64>, now: Timestamp) -> Result<Vec<Count>, Problem> {
    let as_of = Timestamp::from_second(now.as_second() - 3_600)?;
    let count = |((sku, location), units): (&(String, String), &i64)| -> Result<Count, Problem> {
        let (sku, location) = (Sku::new(sku.as_str())?, LocationId::new(location.as_str())?);
        Ok(Count { sku, location, on_hand: *units, as_of })
    };
    opening.iter().map(count).collect()
}
