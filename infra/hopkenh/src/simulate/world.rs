//! The shop of one simulated day, made up from the seed: products, stores, accounts, listings, and what kind of day it is.

use super::assumption::Assumption;
use super::chat;
use super::dice::Dice;
use super::fault::Fault;
use super::names::listing_name;
use super::push;
use super::special::Special;
use channels::facts::{Facts, WriteClass};
use commerce::catalogue::{Catalogue, Component, Connection, Listing, Location, Sharing, Shop};
use commerce::effect::Restores;
use commerce::ids::{ConnectionId, IdError, ListingId, LocationId, ShopId, Sku};
use commerce::removed::Rule;
use lambda_kit::shops::Shops;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is left out of a day to make its story shorter.
#[derive(Debug, Clone, Default)]
pub(super) struct Cuts {
    /// Kinds of faults that do not strike.
    pub(super) faults: BTreeSet<Fault>,
    /// Orders after which buyers stop; none for the usual day.
    pub(super) orders: Option<usize>,
    /// No till sales.
    pub(super) no_till: bool,
    /// No cancels.
    pub(super) no_cancels: bool,
    /// No parcels leave.
    pub(super) no_parcels: bool,
    /// Nobody asks for anything in a chat.
    pub(super) no_chat: bool,
    /// Nobody moves goods between stores, brings them back or writes them off.
    pub(super) no_goods: bool,
    /// Clocks are right.
    pub(super) no_skew: bool,
}

/// What is asked of a day.
#[derive(Debug, Clone, Default)]
pub(super) struct Wish {
    /// The seed everything is made from.
    pub(super) seed: u64,
    /// An assumption that is false.
    pub(super) broken: Option<Assumption>,
    /// True when listings share one pool, so that "never sold twice" is not promised but counted.
    pub(super) shared_pool: bool,
    /// A rule of the protocol that is taken out.
    pub(super) removed: Option<Rule>,
    /// What is left out.
    pub(super) cuts: Cuts,
}

/// A listing on a channel; all parts are places in the world's lists.
pub(super) struct ListingPlan {
    pub(super) connection: usize,
    pub(super) id: ListingId,
    /// Product and base units per listing unit.
    pub(super) recipe: Vec<(usize, i64)>,
    /// How much of the demand is for it, early and late in the day.
    pub(super) demand: [i64; 2],
}

/// An account on a channel.
pub(super) struct ConnectionPlan {
    pub(super) id: ConnectionId,
    pub(super) facts: &'static Facts,
    pub(super) class: WriteClass,
    /// The stores that serve it, the preferred one first.
    pub(super) serves: Vec<usize>,
    /// In a hundred cancels, how many put the units back on sale.
    pub(super) restores_percent: i64,
    /// Its times are whole seconds.
    pub(super) whole_seconds: bool,
}

/// The whole shop and its day.
pub(super) struct World {
    pub(super) wish: Wish,
    pub(super) shop: ShopId,
    pub(super) skus: Vec<Sku>,
    pub(super) locations: Vec<LocationId>,
    pub(super) connections: Vec<ConnectionPlan>,
    pub(super) listings: Vec<ListingPlan>,
    /// Units at the beginning, by product and store.
    pub(super) on_hand: Vec<Vec<i64>>,
    /// The till's account, whose sales are facts.
    pub(super) till: Option<ConnectionId>,
    /// The account of the desk that sets units aside for buyers in chats.
    pub(super) chat: Option<usize>,
    /// Listings are on sale already, with open orders nobody told of.
    pub(super) adopts: bool,
    /// Campaigns lock listings for a while.
    pub(super) campaigns: bool,
    /// Buyers stop after so many orders and a stock-out.
    pub(super) orders_min: usize,
    /// The longest time between two things that people do, in milliseconds.
    pub(super) gap_max_ms: i64,
    /// What is special about this day.
    pub(super) special: Special,
    /// In hundredths of the usual rate of faults.
    pub(super) storm: u64,
    /// After so many receives a message becomes a dead letter.
    pub(super) receives_max: u32,
    /// No clock of ours is wrong by more, in milliseconds.
    pub(super) skew_max_ms: i64,
}

/// The write classes of which each day has at least three.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shopify,
    LazadaAdjust,
    LazadaBlind,
    Tiki,
    Shopee,
    WooCommerce,
}

impl Kind {
    fn facts(self) -> &'static Facts {
        match self {
            Kind::Shopify => &channels::shopify::FACTS,
            Kind::LazadaAdjust | Kind::LazadaBlind => &channels::lazada::FACTS,
            Kind::Tiki => &channels::tiki::FACTS,
            Kind::Shopee => &channels::shopee::FACTS,
            Kind::WooCommerce => &channels::woocommerce::FACTS,
        }
    }

    fn class(self) -> WriteClass {
        match self {
            Kind::LazadaAdjust => WriteClass::Delta,
            other => other.facts().write_class,
        }
    }
}

impl World {
    /// The world of that wish.
    pub(super) fn new(wish: &Wish) -> Result<Self, IdError> {
        let mut dice = Dice::new(wish.seed, "world");
        // Most shops are as small as the promise allows to be tried: more of them fit into an hour.
        let products = if dice.chance(300) { 3 } else { 2 };
        let stores = if dice.chance(300) { 3 } else { 2 };
        let skus = (0..products).map(|n| Sku::new(format!("SKU-{n}"))).collect::<Result<Vec<_>, _>>()?;
        let names = ["hn", "hcm", "dn"];
        let locations = (0..stores)
            .map(|n| LocationId::new(names[usize::try_from(n).unwrap_or(0)]))
            .collect::<Result<Vec<_>, _>>()?;
        let connections = connections(&mut dice, locations.len())?;
        let listings = listings(&mut dice, &connections, skus.len())?;
        let on_hand = on_hand(&mut dice, &skus, &locations, &connections);
        let till = (dice.chance(300) && !wish.cuts.no_till).then(|| ConnectionId::new("till")).transpose()?;
        let skew = if dice.chance(600) && !wish.cuts.no_skew { 2_000 } else { 0 };
        let special = Special::of(wish.seed, connections.len());
        let mut world = Self {
            wish: wish.clone(),
            shop: ShopId::new("lan")?,
            skus,
            locations,
            connections,
            listings,
            on_hand,
            till,
            chat: None,
            adopts: dice.chance(300),
            campaigns: dice.chance(200),
            orders_min: wish.cuts.orders.unwrap_or(30),
            gap_max_ms: dice.pick(&[4_000, 4_000, 6_000, 10_000, 26_000]).copied().unwrap_or(6_000),
            special,
            storm: dice.pick(&[40, 100, 100, 180]).copied().unwrap_or(100),
            receives_max: dice.pick(&[3, 10]).copied().unwrap_or(10),
            skew_max_ms: skew,
        };
        if world.special.is_fair() {
            world.storm = 0;
        }
        chat::open(&mut world)?;
        Ok(world)
    }

    /// The account that many places down, by its name.
    pub(super) fn connection(&self, id: &ConnectionId) -> Option<usize> {
        self.connections.iter().position(|connection| connection.id == *id)
    }

    /// How many listings have a page of their own: the first ones, before what is asked for in chats.
    pub(super) fn pages(&self) -> usize {
        self.listings.iter().take_while(|listing| Some(listing.connection) != self.chat).count()
    }

    /// The listing of an account, by the channel's id.
    pub(super) fn listing(&self, connection: usize, id: &ListingId) -> Option<usize> {
        self.listings.iter().position(|listing| listing.connection == connection && listing.id == *id)
    }

    /// The shop as its file would say it.
    pub(super) fn shops(&self) -> Result<Shops, IdError> {
        let location = |id: &LocationId| Location {
            id: id.clone(),
            name: id.to_string(),
            till: None,
            walk_in_reserve: 0,
            orders_to: None,
        };
        let mut connections: BTreeMap<ConnectionId, Connection> = BTreeMap::new();
        for (place, plan) in self.connections.iter().enumerate() {
            connections.insert(plan.id.clone(), self.catalogue_connection(place, plan));
        }
        if let Some(till) = &self.till {
            connections.insert(till.clone(), self.till_connection(till)?);
        }
        let shop = Shop {
            id: self.shop.clone(),
            name: "Lan".to_owned(),
            keep_orders_days: 1_095,
            shortfalls: commerce::shortfall::ShortfallRule::usual("demo"),
            report: Default::default(),
            locations: self.locations.iter().map(location).collect(),
            connections,
        };
        let catalogue = Catalogue { shops: [(self.shop.clone(), Arc::new(shop))].into() };
        Ok(Shops::new(catalogue, chat::secrets(self), BTreeMap::new()))
    }

    fn catalogue_connection(&self, place: usize, plan: &ConnectionPlan) -> Connection {
        let part = |(sku, factor): &(usize, i64)| Component {
            sku: self.skus[*sku].clone(),
            factor: u32::try_from(*factor).unwrap_or(1),
        };
        let own = self.listings.iter().filter(|listing| listing.connection == place);
        let listing = |own: &ListingPlan| Listing {
            id: own.id.clone(),
            recipe: own.recipe.iter().map(part).collect(),
            buffer: 0,
            publish: plan.class != WriteClass::None,
            rule: None,
            paused: false,
        };
        let adjusts = (plan.class == WriteClass::Delta).then_some(("stock_write", "adjust"));
        let app = (plan.facts.channel == "lazada").then_some(("app_key", push::APP));
        let account =
            [adjusts, app].into_iter().flatten().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Connection {
            id: plan.id.clone(),
            channel: plan.facts.channel.to_owned(),
            base_url: None,
            webhook_url: Some(push::ADDRESS.to_owned()),
            serves_from: plan.serves.iter().map(|store| self.locations[*store].clone()).collect(),
            account: account.collect(),
            sharing: if self.wish.shared_pool { Sharing::Pool } else { Sharing::Cover },
            rule: Default::default(),
            listings: own.map(|plan| (plan.id.clone(), listing(plan))).collect(),
        }
    }

    /// The till sells every product; its listings are only read.
    fn till_connection(&self, id: &ConnectionId) -> Result<Connection, IdError> {
        let listing = |sku: &Sku| -> Result<(ListingId, Listing), IdError> {
            let id = ListingId::new(sku.as_str())?;
            let recipe = vec![Component { sku: sku.clone(), factor: 1 }];
            Ok((id.clone(), Listing { id, recipe, buffer: 0, publish: false, rule: None, paused: false }))
        };
        Ok(Connection {
            id: id.clone(),
            channel: "till".to_owned(),
            base_url: None,
            webhook_url: None,
            serves_from: self.locations.clone(),
            account: BTreeMap::new(),
            sharing: Sharing::Cover,
            rule: Default::default(),
            listings: self.skus.iter().map(listing).collect::<Result<_, _>>()?,
        })
    }
}

/// Three or four accounts of at least three write classes, each served by its own group of stores.
fn connections(dice: &mut Dice, stores: usize) -> Result<Vec<ConnectionPlan>, IdError> {
    let mut classes = vec![
        vec![Kind::Shopify],
        vec![Kind::LazadaAdjust],
        vec![Kind::Tiki],
        vec![Kind::Shopee, Kind::WooCommerce, Kind::LazadaBlind],
    ];
    dice.shuffle(&mut classes);
    classes.truncate(3);
    // Who has no choice chooses first.
    classes.sort_by_key(Vec::len);
    if dice.chance(250) {
        classes.push(vec![Kind::Shopee, Kind::WooCommerce, Kind::Shopify, Kind::Tiki]);
    }
    let mut kinds: Vec<Kind> = Vec::new();
    for class in classes {
        let is_new = |kind: &Kind| kinds.iter().all(|known| known.facts().channel != kind.facts().channel);
        let fresh: Vec<Kind> = class.into_iter().filter(is_new).collect();
        kinds.extend(dice.pick(&fresh).copied());
    }
    kinds.into_iter().map(|kind| connection(dice, kind, stores)).collect()
}

fn connection(dice: &mut Dice, kind: Kind, stores: usize) -> Result<ConnectionPlan, IdError> {
    let facts = kind.facts();
    let mut serves: Vec<usize> = (0..stores).collect();
    dice.shuffle(&mut serves);
    serves.truncate(usize::try_from(dice.between(1, i64::try_from(stores).unwrap_or(1))).unwrap_or(1));
    let restores_percent = match facts.restores_on_cancel {
        Restores::Yes => 100,
        Restores::No => 0,
        // Whoever cancels decides, or it is the same for the whole channel and nobody knows which.
        Restores::Unknown if facts.channel == "shopify" => 50,
        Restores::Unknown => dice.pick(&[0, 100]).copied().unwrap_or(0),
    };
    Ok(ConnectionPlan {
        id: ConnectionId::new(facts.channel)?,
        facts,
        class: kind.class(),
        serves,
        restores_percent,
        // A website of WooCommerce writes no others.
        whole_seconds: dice.chance(300) || facts.channel == "woocommerce",
    })
}

/// Nearly every account sells nearly every product, some in packs, some together.
fn listings(
    dice: &mut Dice,
    connections: &[ConnectionPlan],
    products: usize,
) -> Result<Vec<ListingPlan>, IdError> {
    let mut listings: Vec<ListingPlan> = Vec::new();
    let bundles = dice.chance(350);
    for (place, plan) in connections.iter().enumerate() {
        let connection = (place, plan.facts.channel);
        for sku in 0..products {
            // The first product is sold everywhere; it is the one that runs out.
            if sku == 0 || dice.chance(500) {
                let factor = if dice.chance(150) { 2 } else { 1 };
                listings.push(listing(dice, connection, listings.len(), vec![(sku, factor)])?);
            }
            if dice.chance(80) {
                listings.push(listing(dice, connection, listings.len(), vec![(sku, 1)])?);
            }
        }
        if bundles && dice.chance(400) {
            listings.push(listing(dice, connection, listings.len(), vec![(0, 1), (1, dice_factor(place))])?);
        }
    }
    Ok(listings)
}

fn dice_factor(connection: usize) -> i64 {
    if connection == 0 { 2 } else { 1 }
}

fn listing(
    dice: &mut Dice,
    (connection, channel): (usize, &str),
    number: usize,
    recipe: Vec<(usize, i64)>,
) -> Result<ListingPlan, IdError> {
    let hot = if recipe[0].0 == 0 { 3 } else { 1 };
    let demand = [dice.between(1, 8) * hot, dice.between(1, 8) * hot];
    let id = ListingId::new(listing_name(channel, 100 + number))?;
    Ok(ListingPlan { connection, id, recipe, demand })
}

/// Little of the first product, more of the others, only in stores that serve somebody.
fn on_hand(
    dice: &mut Dice,
    skus: &[Sku],
    locations: &[LocationId],
    connections: &[ConnectionPlan],
) -> Vec<Vec<i64>> {
    let serving: BTreeSet<usize> = connections.iter().flat_map(|plan| plan.serves.iter().copied()).collect();
    let serving: Vec<usize> = serving.into_iter().collect();
    let mut units = vec![vec![0; locations.len()]; skus.len()];
    for (sku, stores) in units.iter_mut().enumerate() {
        let total = if sku == 0 { dice.between(8, 18) } else { dice.between(12, 26) };
        for _ in 0..total {
            if let Some(store) = dice.pick(&serving) {
                stores[*store] += 1;
            }
        }
    }
    units
}
