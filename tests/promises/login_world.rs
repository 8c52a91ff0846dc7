//! A shop with one account on a channel whose login a person grants, for the tests of logins.

use channels::channel::Clock;
use channels::login::ACCESS_TOKEN;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ShopId};
use hopkenh_tests::engines::Engines;
use hopkenh_tests::granting::{ACCESS_LIVES, Granting, Refresh};
use lambda_kit::objects::Objects;
use lambda_kit::secret_store::{SecretStore, SecretValues};
use lambda_kit::shop_source::{ShopSource, version};
use one_machine::sdk_answer::access;
use one_machine::table_engine::TableEngine;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use table::Table;
use table::connection_item::ConnectionState;
use table::parked_item::Parked;
use table::shop_item::Registered;
use workflows::logins;
use workflows::renew_logins::Renewal;
use workflows::{LookUpOrders, RenewLogins};

const FILE: &str = "[[shop]]\nid = \"demo\"\nname = \"Mẫu\"\n[[shop.location]]\nid = \"hn\"\nname = \"HN\"\n\
    [[shop.connection]]\nid = \"main\"\nchannel = \"granting\"\nserves_from = [\"hn\"]\n";

/// A shop with one granted account, its file and secrets in a folder, and a clock that is moved by hand.
pub(super) struct World {
    pub(super) engines: Engines,
    pub(super) engine: TableEngine,
    pub(super) channel: Arc<Granting>,
    pub(super) store: SecretStore,
    pub(super) folder: tempfile::TempDir,
    pub(super) clock: Clock,
    now_ms: Arc<AtomicI64>,
}

pub(super) fn account() -> (ShopId, ConnectionId) {
    (ShopId::new("demo").unwrap(), ConnectionId::new("main").unwrap())
}

impl World {
    /// Without a login yet.
    pub(super) async fn new(refresh: Refresh) -> Self {
        let start: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
        let now_ms = Arc::new(AtomicI64::new(start.as_millisecond()));
        let ticking = now_ms.clone();
        let clock: Clock =
            Arc::new(move || Timestamp::from_millisecond(ticking.load(Ordering::SeqCst)).unwrap());
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("shops")).unwrap();
        std::fs::write(folder.path().join("shops/demo.toml"), FILE).unwrap();
        let store = SecretStore::Folder(folder.path().join("secrets"));
        let channel = Granting::new(refresh, clock.clone());
        let engine = TableEngine::in_memory().unwrap();
        let table = Table::new(access(engine.clone()).dynamodb(), "hopkenh");
        table.create_if_missing().await.unwrap();
        let mut engines = Engines::start().await;
        engines.table = table;
        let file = version(FILE.as_bytes());
        let mut entry = Registered::changed(account().0, "Mẫu".to_owned(), file.clone(), None, start);
        entry.acted_on = Some(file);
        engines.table.register(&entry).await.unwrap();
        Self { engines, engine, channel, store, folder, clock, now_ms }
    }

    /// With a login that was granted a while ago and is known.
    pub(super) async fn logged_in(refresh: Refresh) -> Self {
        let world = Self::new(refresh).await;
        world.put_granted(1).await;
        assert_eq!(world.renew().await, Renewal { logins: 1, adopted: 1, ..Renewal::default() });
        world
    }

    pub(super) async fn put_granted(&self, version: u64) {
        let mut values = self.values().await;
        self.channel.grant().put_into(&mut values, version);
        let (shop, connection) = account();
        self.store.put(&shop, &connection, &values).await.unwrap();
    }

    pub(super) async fn values(&self) -> SecretValues {
        let (shop, connection) = account();
        let found = self.store.load(&shop, std::slice::from_ref(&connection)).await.unwrap();
        found.into_values().next().unwrap_or_default()
    }

    pub(super) fn source(&self) -> ShopSource {
        let objects = Objects::Folder(self.folder.path().to_owned());
        ShopSource::live(objects, Some(self.store.clone()), self.clock.clone())
    }

    pub(super) fn renewer(&self) -> RenewLogins {
        RenewLogins {
            shops: self.source(),
            store: self.store.clone(),
            gateway: self.channel.gateway(),
            table: self.engines.table.clone(),
            clock: self.clock.clone(),
        }
    }

    pub(super) async fn renew(&self) -> Renewal {
        self.renewer().handle().await.unwrap()
    }

    pub(super) fn wait(&self, time: Duration) {
        self.now_ms.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// To the moment at which the login is due.
    pub(super) fn wait_until_due(&self) {
        self.wait(ACCESS_LIVES * 3 / 4);
    }

    pub(super) async fn state(&self) -> ConnectionState {
        let (shop, connection) = account();
        logins::login_state(&self.engines.table, &shop, &connection).await.unwrap()
    }

    /// Whether the stored token opens the channel.
    pub(super) async fn is_usable(&self) -> bool {
        let values = self.values().await;
        values.get(ACCESS_TOKEN).is_some_and(|token| self.channel.accepts(token.expose_secret()))
    }

    pub(super) async fn notes(&self) -> Vec<Parked> {
        let month = table::keys::parked_month(&account().0, (self.clock)());
        self.engines.table.parked_in(&account().0, month).await.unwrap()
    }

    pub(super) fn look_up(&self) -> LookUpOrders {
        LookUpOrders {
            shops: self.source(),
            gateway: self.channel.gateway(),
            orders: self.engines.orders.clone(),
            table: self.engines.table.clone(),
            clock: self.clock.clone(),
        }
    }

    /// What stands where the store writes first; while it does, nothing can be stored.
    pub(super) fn obstacle(&self) -> std::path::PathBuf {
        self.folder.path().join("secrets/demo/main.half")
    }
}
