//! One machine from the outside: an account granted in the browser, renewed by itself, and used with the new token.

use channels::channel::Clock;
use channels::login::ACCESS_TOKEN;
use commerce::ids::{ConnectionId, OrderId, ShopId};
use commerce::plan::OrderKey;
use hopkenh::demo::texts::Language;
use hopkenh::login::list;
use hopkenh::place::Where;
use hopkenh_tests::house::{House, morning};
use lambda_kit::secret_store::SecretStore;
use lambda_kit::shop_source::version;
use secrecy::ExposeSecret;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use table::shop_item::Registered;
use twins::{Courier, ShopeeTwin, ShopeeTwinConfig, Twin, TwinLine, TwinListing};
use workflows::logins::{begin_grant, login_state};

const HOUR_MS: i64 = 3_600_000;
const LISTING: &str = "23620853561:221404189791";

/// A machine with one shop on a Shopee stand-in, and one clock for both.
struct Street {
    house: House,
    twin: Arc<ShopeeTwin>,
    clock: Clock,
    ahead_ms: Arc<AtomicI64>,
    data: PathBuf,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

fn account() -> (ShopId, ConnectionId) {
    (ShopId::new("demo").unwrap(), ConnectionId::new("main").unwrap())
}

impl Street {
    async fn open() -> Self {
        let ahead_ms: Arc<AtomicI64> = Arc::default();
        let (start, began, ahead) = (morning()(), Instant::now(), ahead_ms.clone());
        let clock: Clock = Arc::new(move || {
            start + began.elapsed() + jiff::SignedDuration::from_millis(ahead.load(Ordering::SeqCst))
        });
        let folder = tempfile::tempdir().unwrap();
        let house = House::start_live(folder.path(), clock.clone()).await;
        let hook = format!("http://{}/webhooks/demo/main", house.address);
        let twin = ShopeeTwin::start(ShopeeTwinConfig {
            partner_id: 2001,
            partner_key: "partner-key-of-tests".to_owned(),
            shop_id: 137_637_267,
            access_token: "nobody-has-it".to_owned(),
            callback_url: hook.clone(),
            listings: vec![TwinListing {
                id: LISTING.to_owned(),
                sku: "AO-M".to_owned(),
                name: "Áo".to_owned(),
                price_minor: 90_000,
                stock: 10,
            }],
            latency: Duration::ZERO,
            clock: clock.clone(),
            port: 0,
        });
        let twin = twin.await.unwrap();
        let (data, client) = (folder.path().join("data"), twins::plain_client().unwrap());
        let street = Self { house, twin, clock, ahead_ms, data, client, _folder: folder };
        street.add_shop(&hook).await;
        street
    }

    async fn add_shop(&self, hook: &str) {
        let text = format!(
            "[[shop]]\nid = \"demo\"\nname = \"Mẫu\"\n[[shop.location]]\nid = \"hn\"\nname = \"HN\"\n\
             [[shop.connection]]\nid = \"main\"\nchannel = \"shopee\"\nserves_from = [\"hn\"]\n\
             base_url = \"{}\"\nwebhook_url = \"{hook}\"\n\
             account = {{ partner_id = \"2001\", shop_id = \"137637267\" }}\n\
             listing = [{{ id = \"{LISTING}\", sku = \"AO-M\" }}]\n",
            self.twin.base_url()
        );
        let (shop, connection) = account();
        let keys = [("partner_key".to_owned(), "partner-key-of-tests".to_owned().into())].into();
        self.store().put(&shop, &connection, &keys).await.unwrap();
        std::fs::create_dir_all(self.data.join("shops")).unwrap();
        std::fs::write(self.data.join("shops/demo.toml"), &text).unwrap();
        let now = (self.clock)();
        let entry = Registered::changed(shop, "Mẫu".to_owned(), version(text.as_bytes()), None, now);
        self.house.machine.table.register(&entry).await.unwrap();
    }

    fn store(&self) -> SecretStore {
        SecretStore::Folder(self.data.join("secrets"))
    }

    async fn token(&self) -> String {
        let (shop, connection) = account();
        let found = self.store().load(&shop, std::slice::from_ref(&connection)).await.unwrap();
        found[&connection].get(ACCESS_TOKEN).map_or(String::new(), |t| t.expose_secret().to_owned())
    }

    async fn version(&self) -> u64 {
        let (shop, connection) = account();
        login_state(&self.house.machine.table, &shop, &connection).await.unwrap().login.version
    }

    async fn until_version(&self, wanted: u64) {
        let began = Instant::now();
        while self.version().await != wanted {
            assert!(began.elapsed() < Duration::from_secs(30), "still waiting for version {wanted}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn later(&self, ms: i64) {
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Says yes on the channel's page and follows it back.
    async fn grant(&self) -> (u16, String) {
        let callback = format!("http://{}/logins/callback", self.house.address);
        let (shop, connection) = account();
        let table = &self.house.machine.table;
        let state = begin_grant(table, &shop, &connection, &callback, &self.clock).await.unwrap();
        let page = format!(
            "{}/auth?partner_id=2001&auth_type=seller&response_type=code&redirect_uri={}&state={state}",
            self.twin.base_url(),
            channels::url::encode(&callback)
        );
        let answer = self.client.get(page).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap().to_owned();
        let answer = self.client.get(back).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn sell(&self) -> String {
        let order = self.twin.place_order(&[TwinLine { listing: LISTING.to_owned(), quantity: 1 }]).unwrap();
        let courier = Courier::new(self.client.clone());
        for push in self.twin.take_pushes() {
            assert_eq!(courier.deliver(&*self.twin, &push).await.unwrap(), 200);
        }
        order
    }

    async fn until_recorded(&self, order: &str) {
        let (shop, connection) = account();
        let key = OrderKey { shop, connection, order: OrderId::new(order).unwrap() };
        let began = Instant::now();
        while self.house.machine.table.load_orders(std::slice::from_ref(&key), true).await.unwrap().is_empty()
        {
            assert!(began.elapsed() < Duration::from_secs(60), "still waiting for {order}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn list(&self) -> String {
        let args = list::Args { shop: None, place: Where::here(&self.data), lang: Language::En };
        list::report(&args, &self.clock).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_granted_in_the_browser_and_renewed_by_the_machine() {
    let street = Street::open().await;
    assert!(street.list().await.contains("not connected yet"));
    let (status, page) = street.grant().await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("Shopee is connected"));
    assert_eq!(street.version().await, 1);
    street.until_recorded(&street.sell().await).await;
    assert!(street.list().await.contains("good, renewed by itself"));
    // An hour before its end the next one comes.
    street.later(3 * HOUR_MS);
    street.until_version(2).await;
    assert_eq!(street.token().await, street.twin.access_token());
    // And at once when the channel ends it; what met that comes through.
    street.later(60_000);
    assert!(street.twin.end_login());
    let order = street.sell().await;
    street.until_version(3).await;
    street.until_recorded(&order).await;
    assert_eq!((street.twin.logins(), street.token().await), (3, street.twin.access_token()));
}
