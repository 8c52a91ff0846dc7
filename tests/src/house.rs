//! The whole system as `hopkenh up` runs it, on a shops file of the test's own and in a folder of the test's own.

use channels::channel::Clock;
use channels::outside::Outside;
use commerce::Timestamp;
use commerce::effect::OrderState;
use commerce::ids::{ConnectionId, LocationId, OrderId, ShopId, Sku};
use commerce::plan::OrderKey;
use commerce::stock::{Stock, StockKey};
use hopkenh::up::{self, Folders};
use lambda_kit::objects::Objects;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use one_machine::{Machine, web};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use table::parked_item::Parked;
use tokio::sync::oneshot;

/// The one shop of these tests.
pub const SHOP: &str = "demo";
/// The address that the Shopee console has registered.
pub const SHOPEE_URL: &str = "https://hooks.example.vn/webhooks/demo/shopee-main";
/// Shopee's key of the app.
pub const PARTNER_KEY: &str = "canary-partner-key-4f1c9e";
/// Shopee's token.
pub const ACCESS_TOKEN: &str = "canary-access-token-77ab02";
/// WooCommerce's keys.
pub const CONSUMER_KEY: &str = "ck_canary_5d0e83";
/// WooCommerce's keys.
pub const CONSUMER_SECRET: &str = "cs_canary_c24f90";
/// WooCommerce's webhook secret.
pub const WOO_SECRET: &str = "canary-woo-secret-90be11";
/// KiotViet's client.
pub const CLIENT_ID: &str = "canary-client-id-31aa";
/// KiotViet's client.
pub const CLIENT_SECRET: &str = "canary-client-secret-8d2f";
/// KiotViet's webhook secret, base64 as registered.
pub const KIOT_SECRET: &str = "Y2FuYXJ5LWtpb3QtNzE=";

/// Every value that must never be seen outside a request to its own channel.
pub const CANARIES: [&str; 8] = [
    PARTNER_KEY,
    ACCESS_TOKEN,
    CONSUMER_KEY,
    CONSUMER_SECRET,
    WOO_SECRET,
    CLIENT_ID,
    CLIENT_SECRET,
    KIOT_SECRET,
];

/// Where the three channels answer.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// Shopee's API.
    pub shopee: String,
    /// The website.
    pub web: String,
    /// The till's API.
    pub till: String,
}

/// A shops file like `infra/local/shops.example.toml`, with these addresses in place of the real ones. Its accounts share
/// one pool: the fake channels keep no list of orders that would tell when a listing is drained.
pub fn shops_file(at: &Addresses) -> String {
    let Addresses { shopee, web, till } = at;
    format!(
        r#"
[[shop]]
id = "demo"
name = "Cửa hàng Mẫu"

[[shop.location]]
id = "hn"
name = "Hà Nội"
till = {{ connection = "till", branch = "55" }}

[[shop.location]]
id = "hcm"
name = "TP. Hồ Chí Minh"

[[shop.connection]]
id = "shopee-main"
channel = "shopee"
base_url = "{shopee}"
webhook_url = "{SHOPEE_URL}"
serves_from = ["hn", "hcm"]
sharing = "pool"
account = {{ partner_id = "2001", shop_id = "137637267" }}
secrets = {{ partner_key = "file:secrets.toml#partner_key", access_token = "file:secrets.toml#access_token" }}

[[shop.connection.listing]]
id = "23620853561:221404189791"
sku = "AO-M"

[[shop.connection.listing]]
id = "1000:2000"
sku = "AO-L"

[[shop.connection]]
id = "web"
channel = "woocommerce"
base_url = "{web}"
serves_from = ["hn", "hcm"]
sharing = "pool"
secrets = {{ consumer_key = "file:secrets.toml#consumer_key", consumer_secret = "file:secrets.toml#consumer_secret", webhook_secret = "file:secrets.toml#woo_secret" }}

[[shop.connection.listing]]
id = "10:0"
sku = "AO-M"

[[shop.connection.listing]]
id = "11:0"
sku = "AO-L"
buffer = 1

[[shop.connection.listing]]
id = "12:0"
recipe = [{{ sku = "AO-M", factor = 1 }}, {{ sku = "AO-L", factor = 1 }}]

[[shop.connection]]
id = "till"
channel = "kiotviet"
base_url = "{till}"
serves_from = ["hn"]
account = {{ retailer = "demo" }}
secrets = {{ client_id = "file:secrets.toml#client_id", client_secret = "file:secrets.toml#client_secret", webhook_secret = "file:secrets.toml#kiot_secret" }}

[[shop.connection.listing]]
id = "1001"
sku = "AO-M"
publish = false

[[shop.connection.listing]]
id = "1002"
sku = "AO-L"
publish = false

[[shop.count]]
sku = "AO-M"
location = "hn"
on_hand = 10
as_of = "2026-11-21T17:00:00Z"

[[shop.count]]
sku = "AO-M"
location = "hcm"
on_hand = 6
as_of = "2026-11-21T17:00:00Z"

[[shop.count]]
sku = "AO-L"
location = "hn"
on_hand = 8
as_of = "2026-11-21T17:00:00Z"

[[shop.count]]
sku = "AO-L"
location = "hcm"
on_hand = 4
as_of = "2026-11-21T17:00:00Z"
"#
    )
}

/// The secrets file that lies beside it, readable by its owner only.
pub fn write_config(folder: &Path, shops_file: &str) -> PathBuf {
    let secrets = format!(
        "partner_key = \"{PARTNER_KEY}\"\naccess_token = \"{ACCESS_TOKEN}\"\nconsumer_key = \"{CONSUMER_KEY}\"\n\
         consumer_secret = \"{CONSUMER_SECRET}\"\nwoo_secret = \"{WOO_SECRET}\"\nclient_id = \"{CLIENT_ID}\"\n\
         client_secret = \"{CLIENT_SECRET}\"\nkiot_secret = \"{KIOT_SECRET}\"\n"
    );
    let path = folder.join("secrets.toml");
    std::fs::write(&path, secrets).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let config = folder.join("shops.toml");
    std::fs::write(&config, shops_file).unwrap();
    config
}

/// A clock that begins on the morning of 2026-11-22, three hours UTC, and then runs as time does.
pub fn morning() -> Clock {
    let start: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
    let began = Instant::now();
    Arc::new(move || start.checked_add(began.elapsed()).unwrap())
}

/// A running machine with its door.
pub struct House {
    /// The machine.
    pub machine: Machine,
    /// Where webhooks arrive.
    pub address: SocketAddr,
    /// What survives.
    pub data: PathBuf,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    server: tokio::task::JoinHandle<()>,
}

impl House {
    /// Starts it on a folder, which may hold an earlier house's data.
    pub async fn start(folder: &Path, shops_file: &str) -> Self {
        Self::start_at(folder, shops_file, morning()).await
    }

    /// The same with a clock of the test's own.
    pub async fn start_at(folder: &Path, shops_file: &str, clock: Clock) -> Self {
        // `LOG_LEVEL=debug cargo test … -- --nocapture` shows what the house does.
        if std::env::var_os(lambda_kit::logging::LOG_LEVEL).is_some() {
            lambda_kit::logging::start_plain("warn");
        }
        let shops = Shops::from_file(&write_config(folder, shops_file)).unwrap();
        Self::open(folder, shops.into(), clock).await
    }

    /// A house whose shops are added by command while it runs.
    pub async fn start_live(folder: &Path, clock: Clock) -> Self {
        let data = folder.join("data");
        let secrets = SecretStore::Folder(data.join("secrets"));
        let shops = ShopSource::live(Objects::Folder(data), Some(secrets), clock.clone());
        Self::open(folder, shops, clock).await
    }

    async fn open(folder: &Path, shops: ShopSource, clock: Clock) -> Self {
        let data = folder.join("data");
        let machine =
            up::machine(shops, Outside::ThisMachineToo, &Folders::under(&data), clock).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let doors = machine.doors();
        let server = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            web::serve(listener, doors, stopped).await.unwrap();
        });
        let client = twins::plain_client().unwrap();
        Self { machine, address, data, client, stop: Some(stop), server }
    }

    /// Stops it, leaving what is queued on disk.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        self.server.await.unwrap();
    }

    /// Sends a webhook and returns the status; the answer's body must be empty, always.
    pub async fn push(&self, path: &str, headers: &[(String, String)], body: &[u8]) -> u16 {
        let url = format!("http://{}{path}", self.address);
        let mut request = self.client.post(url).body(body.to_vec());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        assert!(answer.bytes().await.unwrap().is_empty(), "an answer to a channel never has a body");
        status
    }

    /// Asks for an order to be held, as the stand-in signed it; the status and what was said.
    pub async fn ask(&self, path: &str, push: &twins::Push) -> (u16, serde_json::Value) {
        let url = format!("http://{}{path}", self.address);
        let mut request = self.client.post(url).body(push.body.clone());
        for (name, value) in &push.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
    }

    /// What a `GET` is answered with.
    pub async fn get(&self, path_and_query: &str) -> (u16, String) {
        let url = format!("http://{}{path_and_query}", self.address);
        let answer = self.client.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// A Shopee push, signed as Shopee signs.
    pub async fn push_shopee(&self, body: &[u8]) -> u16 {
        let signature = crate::signers::shopee(PARTNER_KEY, SHOPEE_URL, body);
        self.push("/webhooks/demo/shopee-main", &[signature], body).await
    }

    /// A WooCommerce delivery, signed as WooCommerce signs.
    pub async fn push_woo(&self, topic: &str, body: &[u8]) -> u16 {
        let topic = ("x-wc-webhook-topic".to_owned(), topic.to_owned());
        self.push("/webhooks/demo/web", &[crate::signers::woocommerce(WOO_SECRET, body), topic], body).await
    }

    /// A KiotViet message, signed as KiotViet may sign.
    pub async fn push_kiot(&self, body: &[u8]) -> u16 {
        self.push("/webhooks/demo/till", &[crate::signers::kiotviet(KIOT_SECRET, body)], body).await
    }

    /// The counters of the health page.
    pub async fn counter(&self, name: &str) -> u64 {
        let url = format!("http://{}/health", self.address);
        let text = self.client.get(url).send().await.unwrap().text().await.unwrap();
        let page: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(page["alive"], true);
        page["counters"][name].as_u64().unwrap_or(0)
    }

    /// An order as the book holds it.
    pub async fn order(&self, connection: &str, order: &str) -> Option<OrderState> {
        let key = OrderKey {
            shop: ShopId::new(SHOP).unwrap(),
            connection: ConnectionId::new(connection).unwrap(),
            order: OrderId::new(order).unwrap(),
        };
        let found = self.machine.table.load_orders(std::slice::from_ref(&key), true).await.unwrap();
        found.get(&key).map(|(state, _)| state.clone())
    }

    /// A balance as the book holds it; zeros when it holds none.
    pub async fn stock(&self, sku: &str, location: &str) -> Stock {
        let key = StockKey { sku: Sku::new(sku).unwrap(), location: LocationId::new(location).unwrap() };
        let shop = ShopId::new(SHOP).unwrap();
        let found = self.machine.table.load_stock(&shop, std::slice::from_ref(&key)).await.unwrap();
        found.get(&key).cloned().unwrap_or_default()
    }

    /// What waits for a person.
    pub async fn parked(&self) -> Vec<Parked> {
        let ids = [SHOP, "operator"].map(|id| ShopId::new(id).unwrap());
        let mut notes = Vec::new();
        for id in ids {
            let shop = commerce::catalogue::Shop {
                id,
                name: String::new(),
                keep_orders_days: 1,
                report: Default::default(),
                shortfalls: commerce::shortfall::ShortfallRule::usual("demo"),
                locations: Vec::new(),
                connections: Default::default(),
            };
            notes.extend(workflows::catch_up::parked(&self.machine.table, &morning(), &shop).await.unwrap());
        }
        notes
    }

    /// The reason codes of everything that waits for a person about one subject.
    pub async fn reasons(&self, subject: &str) -> Vec<&'static str> {
        let notes = self.parked().await;
        let about = notes.iter().filter(|note| note.subject == subject);
        about.flat_map(|note| note.reasons.iter().map(commerce::park::ParkReason::code)).collect()
    }

    /// Waits until nothing is queued or in work and has not been for a moment.
    pub async fn settle(&self) {
        let began = Instant::now();
        let mut quiet = 0_u32;
        while quiet < 3 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            quiet = if self.machine.is_quiet() { quiet + 1 } else { 0 };
            let queued = || self.machine.journal.pending().unwrap();
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "the machine does not come to rest: {:#?}",
                queued()
            );
        }
    }
}

/// Waits until something is true; fails with its name after `patience`.
pub async fn until(what: &str, patience: Duration, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < patience, "waited {patience:?} in vain for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
