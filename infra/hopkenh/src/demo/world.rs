//! The running world of the demo: its stand-ins, the machine under test, and the door where news arrives.

use super::Wishes;
use super::cast::{self, Actor, Setting, Store};
use super::faults;
use super::goods::{self, Opening};
use super::{on_disk, shop_file};
use crate::up::{Folders, Problem};
use channels::account::Subscription;
use channels::channel::Clock;
use channels::facts::Verb;
use channels::gateway::Account;
use channels::outside::Outside;
use commerce::ids::ListingId;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use lambda_kit::stream::StreamRecord;
use lambda_kit::{clock, way_out};
use one_machine::{Machine, Settings, web};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use twins::{Courier, Push};

/// How long it may take until every listing is adopted and shows its share.
const OPENING_MAX: Duration = Duration::from_secs(120);

/// How often a message is handed over that was not answered in time.
const TRIES_MAX: u32 = 5;

/// The shop's name.
pub const SHOP: &str = "demo";

/// The demo's running world.
pub struct World {
    /// The shop as configured.
    pub shops: Shops,
    /// The machine under test.
    pub machine: Machine,
    /// Every channel, in the order they are shown.
    pub cast: Vec<Actor>,
    /// Every store, in the order they are shown.
    pub stores: Vec<Store>,
    /// Delivers the twins' pushes.
    pub courier: Courier,
    /// Every record of the table's stream.
    pub records: Option<UnboundedReceiver<(i64, StreamRecord)>>,
    /// The time.
    pub clock: Clock,
    /// Where the book lies.
    pub folders: Folders,
    /// Units of each product at each store when the day began.
    pub opening: Opening,
}

impl World {
    /// Starts twins, machine and webhook endpoint, and waits until every listing shows its opening stock.
    pub async fn start(wishes: &Wishes) -> Result<Self, Problem> {
        let clock = match wishes.faults {
            true => faults::from_the_morning(&clock::system())?,
            false => clock::system(),
        };
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let doors = format!("http://{}", listener.local_addr()?);
        let stores = cast::stores(&cast::named(&wishes.channels)?);
        let opening = goods::opening(&stores, wishes.orders);
        let setting = Setting {
            doors: &doors,
            shop: SHOP,
            stores: &stores,
            opening: &opening,
            latency: wishes.latency,
            with_stranger: wishes.faults,
            clock: clock.clone(),
        };
        let mut cast = cast::start(&wishes.channels, &setting).await?;
        let lazada = cast.iter_mut().filter(|actor| wishes.lazada_adds && actor.channel() == "lazada");
        lazada.for_each(|actor| drop(actor.settings.insert("stock_write".to_owned(), "adjust".to_owned())));
        let shops = shop_file::shops(&cast, &stores, &doors, &opening, clock())?;
        let folders = Folders::under(&wishes.data);
        let (observer, records) = unbounded_channel();
        let lookups = wishes.lookup_workers;
        let source = match wishes.faults {
            true => on_disk::put(&shops, &cast, &folders, &clock).await?,
            false => shops.clone().into(),
        };
        let machine = start_machine(source, &clock, &folders, lookups, observer).await?;
        tokio::spawn(web::serve(listener, machine.doors(), std::future::pending()));
        let (courier, records) = (Courier::new(twins::plain_client()?), Some(timed(records, clock.clone())));
        let world = Self { shops, machine, cast, stores, courier, records, clock, folders, opening };
        world.ask_for_webhooks().await?;
        tokio::time::timeout(OPENING_MAX, world.until_at_rest())
            .await
            .map_err(|_| "the listings did not show their opening stock in two minutes")??;
        Ok(world)
    }

    /// What `hopkenh connect` does for an account whose channel does not call us for all that we must hear of.
    async fn ask_for_webhooks(&self) -> Result<(), Problem> {
        let gateway = &self.machine.fetch.gateway;
        for shop in self.shops.catalogue().shops.values() {
            for connection in shop.connections.values() {
                let channel = gateway.channel(&connection.channel);
                let can = |verb| channel.as_ref().is_some_and(|channel| channel.facts().can(verb));
                let Some(address) = connection.webhook_url.as_deref() else { continue };
                if !can(Verb::InspectAccount) || !can(Verb::SubscribeWebhooks) {
                    continue;
                }
                let secrets = self.shops.secrets(&shop.id, &connection.id);
                let account = Account { shop, connection, secrets };
                let stands = gateway.inspect_account(&account).await?.subscription;
                if matches!(stands, Subscription::Missing { .. } | Subscription::Suspended) {
                    gateway.subscribe_webhooks(&account, address).await?;
                }
            }
        }
        Ok(())
    }

    /// Hands one message over and tells the answer. What is not answered in time is said again: it names what it is about, so
    /// that twice is once.
    pub async fn say(&self, actor: &Actor, push: &Push) -> Result<u16, Problem> {
        for _ in 0..TRIES_MAX {
            if let Ok(status) = self.courier.deliver(&*actor.twin, push).await {
                return Ok(status);
            }
        }
        Err(format!("{} was never answered", actor.connection()).into())
    }

    /// Waits until nothing is queued but passes that are asked for later, and every change has been told.
    pub async fn until_quiet(&self) {
        while !self.machine.is_quiet_but_for_passes() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until nothing is queued at all and the last call of every listing is resolved.
    pub async fn until_at_rest(&self) -> Result<(), Problem> {
        while !self.machine.is_quiet() || self.unresolved().await? > 0 || !self.machine.is_quiet() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Listings that are not adopted yet or whose last call is not resolved.
    pub async fn unresolved(&self) -> Result<usize, Problem> {
        let Some(shop) = self.shops.catalogue().shops.values().next() else { return Ok(0) };
        let mut unresolved = 0;
        for connection in shop.connections.values() {
            let covered = connection.listings.values().filter(|listing| connection.is_covered(listing));
            let ids: Vec<ListingId> = covered.map(|listing| listing.id.clone()).collect();
            let states = self.machine.table.load_listings(&shop.id, &connection.id, &ids).await?;
            let is_settled = |id: &&ListingId| {
                states.get(*id).is_some_and(|s| s.listed.attempt.is_none() && s.listed.ground.is_some())
            };
            unresolved += ids.len() - ids.iter().filter(is_settled).count();
        }
        Ok(unresolved)
    }
}

/// Each record with the moment at which it came, in milliseconds since 1970.
fn timed(
    mut records: UnboundedReceiver<StreamRecord>,
    clock: Clock,
) -> UnboundedReceiver<(i64, StreamRecord)> {
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(record) = records.recv().await {
            if sender.send((clock().as_millisecond(), record)).is_err() {
                return;
            }
        }
    });
    receiver
}

async fn start_machine(
    shops: ShopSource,
    clock: &Clock,
    folders: &Folders,
    lookup_workers: usize,
    observer: UnboundedSender<StreamRecord>,
) -> Result<Machine, Problem> {
    let settings = Settings {
        shops,
        gateway: Arc::new(way_out::gateway(Outside::Any, clock.clone())?),
        clock: clock.clone(),
        data: Some(folders.data.clone()),
        archive: folders.archive.clone(),
        lookup_workers,
        observer: Some(observer),
    };
    Ok(Machine::start(settings).await?)
}
