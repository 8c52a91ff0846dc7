//! Who plays in the demo: the stand-in of each channel that was asked for, and its part in the shop.

use super::goods::{self, Opening};
use crate::up::Problem;
use channels::facts::Verb;
use lambda_kit::secret_store::SecretValues;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use twins::stage::{self, Stage};
use twins::{Twin, TwinClock};

/// A place where goods lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Store {
    /// The store at Hà Nội, counted by KiotViet where that plays.
    HaNoi,
    /// The store at TP.HCM, counted by nobody but us.
    HoChiMinh,
    /// A counter with a till that cannot be asked: its pushed levels are believed. There only when that till plays.
    Counter,
}

impl Store {
    /// Our name of it.
    pub fn id(self) -> &'static str {
        match self {
            Store::HaNoi => "hn",
            Store::HoChiMinh => "hcm",
            Store::Counter => "quay",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Store::HaNoi => "Hà Nội",
            Store::HoChiMinh => "TP.HCM",
            Store::Counter => "Quầy",
        }
    }
}

/// What a channel is to the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// It shows stock, and its orders leave from this store first.
    Shows(Store),
    /// It is the till that counts this store.
    Till(Store),
    /// A desk that sells from its own list: nobody can write there.
    Desk,
}

/// A channel's part in the day.
struct Role {
    channel: &'static str,
    connection: &'static str,
    title: &'static str,
    part: Part,
    /// How many of the day's buyers come here, against the others.
    weight: u32,
    /// Its news names an order that must then be looked up.
    is_thin: bool,
}

const fn role(channel: &'static str, connection: &'static str, title: &'static str, part: Part) -> Role {
    Role { channel, connection, title, part, weight: 12, is_thin: false }
}

const ROLES: [Role; 11] = [
    Role { weight: 45, is_thin: true, ..role("shopee", "shopee-main", "Shopee", SOUTH) },
    Role { weight: 40, is_thin: true, ..role("tiktok", "tiktok", "TikTok", SOUTH) },
    Role { weight: 15, is_thin: true, ..role("lazada", "lazada", "Lazada", SOUTH) },
    Role { weight: 15, is_thin: true, ..role("tiki", "tiki", "Tiki", SOUTH) },
    Role { weight: 30, ..role("woocommerce", "web", "Web", NORTH) },
    Role { is_thin: true, ..role("shopify", "shopify", "Shopify", NORTH) },
    role("haravan", "haravan", "Haravan", NORTH),
    Role { is_thin: true, ..role("sapo", "sapo", "Sapo", NORTH) },
    Role { weight: 25, ..role("kiotviet", "till", "KiotViet", Part::Till(Store::HaNoi)) },
    role("till", "quay", "Till", Part::Till(Store::Counter)),
    role("social", "social", "Chat", Part::Desk),
];
const SOUTH: Part = Part::Shows(Store::HoChiMinh);
const NORTH: Part = Part::Shows(Store::HaNoi);

/// One channel of the demo, running.
pub struct Actor {
    role: &'static Role,
    /// Its stand-in.
    pub twin: Arc<dyn Twin>,
    /// Its listing of each thing offered, in the order of [`goods::offered`]; a till has none of the sets.
    pub listings: Vec<String>,
    /// Stores that serve its orders, the preferred one first.
    pub serves_from: Vec<Store>,
    /// Its account's settings.
    pub settings: BTreeMap<String, String>,
    /// What opens it.
    pub keys: SecretValues,
    /// Its listing of something that the shop's file does not know, where it has one.
    pub stranger: Option<String>,
    /// The till's own name of its store.
    pub branch: Option<&'static str>,
}

/// All that the stand-ins are set up with.
pub struct Setting<'s> {
    /// Where our doors are, without a slash at the end.
    pub doors: &'s str,
    /// The shop's name.
    pub shop: &'s str,
    /// The stores of the shop.
    pub stores: &'s [Store],
    /// What lies in them.
    pub opening: &'s Opening,
    /// How long every answer takes.
    pub latency: Duration,
    /// Tills also sell something that the shop's file does not know.
    pub with_stranger: bool,
    /// The time.
    pub clock: TwinClock,
}

impl Actor {
    /// Its connection's name.
    pub fn connection(&self) -> &'static str {
        self.role.connection
    }

    /// Its channel.
    pub fn channel(&self) -> &'static str {
        self.role.channel
    }

    /// What people read above its column.
    pub fn title(&self) -> &'static str {
        self.role.title
    }

    /// The store it counts, if it is a till.
    pub fn store(&self) -> Option<Store> {
        store_of(self.role)
    }

    /// Whether it counts a store.
    pub fn is_till(&self) -> bool {
        self.store().is_some()
    }

    /// Whether it shows numbers that we write.
    pub fn shows_stock(&self) -> bool {
        matches!(self.role.part, Part::Shows(_))
    }

    /// Whether people there ask for units before they agree on anything.
    pub fn is_desk(&self) -> bool {
        matches!(self.role.part, Part::Desk)
    }

    /// Whether its news names an order that must then be looked up.
    pub fn is_thin(&self) -> bool {
        self.role.is_thin
    }

    /// How many of the day's buyers come here, against the others.
    pub fn weight(&self) -> u32 {
        self.role.weight
    }

    /// Whether its news waits there until we come for it.
    pub fn is_pulled(&self) -> bool {
        let found = channels::registry::find(self.role.channel);
        found.is_some_and(|channel| {
            channel.facts().can(Verb::PullEvents) && !channel.facts().can(Verb::ReadWebhook)
        })
    }

    /// Our name of the order that its stand-in calls `id`.
    pub fn order_name(&self, id: &str) -> String {
        // KiotViet numbers invoices and bookings in rows of their own.
        if self.role.channel == "kiotviet" { format!("invoice:{id}") } else { id.to_owned() }
    }
}

/// The channels of a wish, each once and in the order of the channel table; `all` is all that have a stand-in.
pub fn named(wished: &[String]) -> Result<Vec<&'static str>, Problem> {
    let known = |name: &String| name == "all" || stage::CHANNELS.contains(&name.as_str());
    if let Some(stranger) = wished.iter().find(|name| !known(name)) {
        return Err(
            format!("no channel `{stranger}`: there are {}, or all", stage::CHANNELS.join(", ")).into()
        );
    }
    let is_wished = |channel: &&&str| wished.iter().any(|name| name == "all" || name == **channel);
    Ok(stage::CHANNELS.iter().filter(is_wished).copied().collect())
}

/// The stores of a shop on these channels.
pub fn stores(channels: &[&str]) -> Vec<Store> {
    let counter = channels.contains(&"till").then_some(Store::Counter);
    [Store::HaNoi, Store::HoChiMinh].into_iter().chain(counter).collect()
}

/// Starts the stand-ins of these channels. One without a stand-in is left out where all were wished for.
pub async fn start(wished: &[String], setting: &Setting<'_>) -> Result<Vec<Actor>, Problem> {
    let mut cast = Vec::new();
    for channel in named(wished)? {
        let found = ROLES.iter().find(|role| role.channel == channel);
        let role = found.ok_or_else(|| format!("{channel} has no part in the demo"))?;
        match start_one(role, setting).await? {
            Some(actor) => cast.push(actor),
            None if wished.iter().any(|name| name == channel) => {
                return Err(format!("{channel} has no stand-in").into());
            }
            None => {}
        }
    }
    if cast.is_empty() { Err("no channel to sell on".into()) } else { Ok(cast) }
}

async fn start_one(role: &'static Role, setting: &Setting<'_>) -> Result<Option<Actor>, Problem> {
    let serves_from = serves_from(role, setting.stores);
    let (doors, shop, connection) = (setting.doors, setting.shop, role.connection);
    let mut goods = goods::goods(setting.opening, &serves_from, store_of(role));
    let known = goods.len();
    let has_stranger = setting.with_stranger && store_of(role).is_some();
    goods.extend(has_stranger.then(goods::stranger));
    let stage = Stage {
        goods,
        webhook_url: format!("{doors}/webhooks/{shop}/{connection}"),
        orders_url: format!("{doors}/orders/{shop}/{connection}"),
        redirect_url: format!("{doors}/logins/callback"),
        latency: setting.latency,
        clock: setting.clock.clone(),
        port: 0,
    };
    let started = stage::start(role.channel, &stage).await?;
    Ok(started.map(|actor| Actor {
        role,
        twin: actor.twin,
        stranger: actor.listings.get(known).cloned(),
        listings: actor.listings.into_iter().take(known).collect(),
        serves_from,
        settings: settings(actor.settings),
        keys: keys(actor.secrets.into_iter().chain(actor.tokens)),
        branch: actor.branch,
    }))
}

fn store_of(role: &Role) -> Option<Store> {
    match role.part {
        Part::Till(store) => Some(store),
        Part::Shows(_) | Part::Desk => None,
    }
}

/// A till serves from its own store, a desk from the one that no till counts, everybody else from all of them, the
/// nearest first.
fn serves_from(role: &Role, stores: &[Store]) -> Vec<Store> {
    let first = match role.part {
        Part::Till(store) => return vec![store],
        Part::Shows(store) => store,
        Part::Desk => return vec![Store::HoChiMinh],
    };
    let others = stores.iter().copied().filter(|store| *store != first);
    std::iter::once(first).chain(others).collect()
}

fn settings(given: Vec<(&'static str, String)>) -> BTreeMap<String, String> {
    // The demo squeezes a day into a minute, so it may call as often as it likes, and its channels are never late.
    let hurried = [
        ("calls_per_minute", "60000"),
        ("list_lag_ms", "0"),
        ("applied_within_ms", "1000"),
        ("poll_seconds", "1"),
    ];
    let hurried = hurried.map(|(name, value)| (name, value.to_owned()));
    given.into_iter().chain(hurried).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn keys(given: impl Iterator<Item = (&'static str, String)>) -> SecretValues {
    given.map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect()
}
