//! The shop of the small histories, and what its channel may tell of an order.

use commerce::Timestamp;
use commerce::allocate::Learned;
use commerce::catalogue::{Component, Connection, Listing, Location, Sharing, Shop};
use commerce::effect::Restores;
use commerce::ids::{ListingId, LocationId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::status::Status;
use commerce::stock::{ListingKey, StockKey};
use std::collections::BTreeMap;
use std::fmt::Debug;

pub(crate) fn id<T>(text: impl Into<String>) -> T
where
    T: TryFrom<String>,
    T::Error: Debug,
{
    T::try_from(text.into()).unwrap()
}

pub(crate) fn at(minutes: usize) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + i64::try_from(minutes).unwrap() * 60).unwrap()
}

/// A line as a telling has it: listing, units, of those called off.
pub(crate) type Goods = (&'static str, u32, u32);

/// One thing a channel may tell.
#[derive(Clone)]
pub(crate) struct Telling {
    pub(crate) status: Status,
    pub(crate) departure: Departure,
    pub(crate) goods: Vec<Goods>,
}

pub(crate) fn tells(status: Status, departure: Departure, goods: &[Goods]) -> Telling {
    Telling { status, departure, goods: goods.to_vec() }
}

/// How the shop sells it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct House {
    pub(crate) sharing: Sharing,
    pub(crate) restores: Restores,
    /// Listing units whose cover lies in each of two stores; none for one store that is never questioned.
    pub(crate) split: Option<[i64; 2]>,
}

pub(crate) const COVERED: House = House { sharing: Sharing::Cover, restores: Restores::No, split: None };
pub(crate) const RESTORING: House = House { restores: Restores::Yes, ..COVERED };
pub(crate) const DOUBTFUL: House = House { restores: Restores::Unknown, ..COVERED };
pub(crate) const POOLED: House = House { sharing: Sharing::Pool, ..COVERED };

/// Listing A is one shirt; listing B is a set of one shirt and two caps.
pub(crate) fn shop(house: House) -> (Shop, Learned) {
    let part = |sku: &str, factor| Component { sku: id(sku), factor };
    let recipes = [("A", vec![part("SHIRT", 1)]), ("B", vec![part("SHIRT", 1), part("CAP", 2)])];
    let listing = |(name, recipe): (&str, Vec<Component>)| {
        let id: ListingId = id(name);
        (id.clone(), Listing { id, recipe, buffer: 0, publish: true, rule: None, paused: false })
    };
    let stores = if house.split.is_some() { &["hn", "hcm"][..] } else { &["hn"] };
    let stores: Vec<LocationId> = stores.iter().map(|store| id(*store)).collect();
    let connection = Connection {
        id: id("web"),
        channel: "woocommerce".to_owned(),
        base_url: None,
        webhook_url: None,
        serves_from: stores.clone(),
        account: BTreeMap::new(),
        sharing: house.sharing,
        rule: Default::default(),
        listings: recipes.into_iter().map(listing).collect(),
    };
    let location = |id: &LocationId| Location {
        name: id.to_string(),
        id: id.clone(),
        till: None,
        walk_in_reserve: 0,
        orders_to: None,
    };
    let shop = Shop {
        id: id("demo"),
        name: "Demo".to_owned(),
        keep_orders_days: 1_095,
        report: Default::default(),
        shortfalls: commerce::shortfall::ShortfallRule::usual("demo"),
        locations: stores.iter().map(location).collect(),
        connections: [(connection.id.clone(), connection)].into(),
    };
    let mut learned = Learned::default();
    for (store, units) in stores.iter().zip(house.split.into_iter().flatten()) {
        for sku in ["SHIRT", "CAP"] {
            let key = StockKey { sku: id(sku), location: store.clone() };
            learned.free.insert((shop.id.clone(), key.clone()), units);
            for listing in ["A", "B"] {
                let listing = ListingKey { connection: id("web"), listing: id(listing) };
                learned.cover.insert((shop.id.clone(), key.clone(), listing), units);
            }
        }
    }
    (shop, learned)
}

pub(crate) fn event(minute: usize, telling: &Telling) -> ChannelOrder {
    let line = |(listing, quantity, cancelled): &Goods| ChannelLine {
        id: id(format!("line-{listing}")),
        listing: id(*listing),
        quantity: *quantity,
        cancelled: *cancelled,
        unit_price_minor: 111_000,
    };
    ChannelOrder {
        id: id("8841"),
        kind: OrderKind::Channel,
        status: telling.status.clone(),
        departure: telling.departure,
        source_time: at(minute),
        created_at: at(0),
        read_at: None,
        location: None,
        hold: None,
        reference: None,
        lines: telling.goods.iter().map(line).collect(),
        total: Money::from_minor(111_000, Currency::VND),
    }
}
