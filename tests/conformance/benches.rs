//! How to set up each channel's stand-in, with one account on it: one entry per channel.

mod haravan;
mod kiotviet;
mod lazada;
mod sapo;
mod shopee;
mod shopify;
mod social;
mod tiki;
mod tiktok;
mod till;
mod woocommerce;

use crate::system_clock;
use channels::channel::Channel;
use channels::registry;
use channels::secrets::Secrets;
use commerce::catalogue::{Connection, Location, Shop, TillLink};
use commerce::ids::{ConnectionId, LocationId, ShopId};
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use twins::{Twin, TwinListing};

/// What everything costs, in đồng.
pub(super) const PRICE: i64 = 199_000;
const HOOK: &str = "https://hooks.example.vn/webhooks/lan/main";

/// One channel with its stand-in and one account.
pub(super) struct Bench {
    pub(super) channel: Arc<dyn Channel>,
    pub(super) twin: Arc<dyn Twin>,
    pub(super) shop: Shop,
    pub(super) connection: Connection,
    pub(super) secrets: Secrets,
    /// What the shop sells there: more than one stock write takes.
    pub(super) listings: Vec<String>,
    /// The header that holds the signature.
    pub(super) signature_header: &'static str,
    /// The secret that signs webhooks.
    pub(super) webhook_key: &'static str,
    /// The stand-in's order number as our order number.
    pub(super) our_id: fn(&str) -> String,
    /// A number that the stand-in has never given.
    pub(super) unknown_order: &'static str,
    /// What names a look-up's path, and a stock write's.
    pub(super) read_path: &'static str,
    pub(super) write_path: &'static str,
    /// Words in an answer, and what makes them a status nobody knows.
    pub(super) new_status: (&'static str, &'static str),
    /// What only some checks need.
    pub(super) extras: Extras,
    /// Pushes taken from the stand-in and read already; empty at the start.
    pub(super) pushes: std::sync::Mutex<Vec<twins::Push>>,
    /// Another shop's stand-in on the same channel.
    pub(super) other_shop: fn() -> BoxFuture<'static, Arc<dyn Twin>>,
}

/// What only some checks need; most channels leave it as it is.
pub(super) struct Extras {
    /// The store that an order is put into, where the channel has several.
    pub(super) branch: Option<&'static str>,
    /// What names the path by which an order is put in.
    pub(super) forward_path: &'static str,
    /// A carrier in the channel's own word.
    pub(super) carrier: &'static str,
    /// A reason of the channel's own for which a shop may cancel.
    pub(super) cancel_reason: &'static str,
}

impl Default for Extras {
    fn default() -> Self {
        Self { branch: None, forward_path: "orders", carrier: "SPX Express", cancel_reason: "OUT_OF_STOCK" }
    }
}

/// The code that the seller has given a listing.
pub(super) fn sku(listing: &str) -> String {
    format!("SKU-{listing}")
}

/// The bench of a channel; none when nobody has written one.
pub(super) async fn bench(channel: &str) -> Option<Bench> {
    match channel {
        "shopee" => Some(shopee::bench().await),
        "tiktok" => Some(tiktok::bench().await),
        "lazada" => Some(lazada::bench().await),
        "tiki" => Some(tiki::bench().await),
        "woocommerce" => Some(woocommerce::bench().await),
        "shopify" => Some(shopify::bench().await),
        "haravan" => Some(haravan::bench().await),
        "sapo" => Some(sapo::bench().await),
        "kiotviet" => Some(kiotviet::bench().await),
        "till" => Some(till::bench().await),
        "social" => Some(social::bench().await),
        _ => None,
    }
}

pub(super) fn secrets(values: &[(&str, &str)]) -> Secrets {
    Secrets::new(values.iter().map(|(k, v)| ((*k).to_owned(), SecretString::from((*v).to_owned()))))
}

/// The same secrets with some of them replaced or added.
pub(super) fn with_secrets(old: &Secrets, new: &[(&str, &str)]) -> Secrets {
    let mut all: BTreeMap<String, String> =
        old.names().map(|name| (name.to_owned(), old.get(name).unwrap().to_owned())).collect();
    all.extend(new.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    Secrets::new(all.into_iter().map(|(k, v)| (k, SecretString::from(v))))
}

fn connection(channel: &str, base_url: String, account: &[(&str, &str)]) -> Connection {
    Connection {
        id: ConnectionId::new("main").unwrap(),
        channel: channel.to_owned(),
        base_url: Some(base_url),
        webhook_url: Some(HOOK.to_owned()),
        serves_from: vec![LocationId::new("hn").unwrap()],
        account: account.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        sharing: Default::default(),
        rule: Default::default(),
        listings: BTreeMap::new(),
    }
}

fn shop() -> Shop {
    let till = TillLink { connection: ConnectionId::new("main").unwrap(), branch: "55".to_owned() };
    Shop {
        id: ShopId::new("lan").unwrap(),
        name: "Lan".to_owned(),
        keep_orders_days: 60,
        report: Default::default(),
        shortfalls: commerce::shortfall::ShortfallRule::usual("demo"),
        locations: vec![Location {
            id: LocationId::new("hn").unwrap(),
            name: "Hà Nội".to_owned(),
            till: Some(till),
            walk_in_reserve: 0,
            orders_to: None,
        }],
        connections: BTreeMap::new(),
    }
}

fn on_sale(ids: &[String]) -> Vec<TwinListing> {
    let listing = |id: &String| TwinListing {
        id: id.clone(),
        sku: sku(id),
        name: "Áo".to_owned(),
        price_minor: PRICE,
        stock: 500,
    };
    ids.iter().map(listing).collect()
}

fn found(name: &str) -> Arc<dyn Channel> {
    registry::find(name).unwrap()
}

const LATENCY: Duration = Duration::ZERO;
