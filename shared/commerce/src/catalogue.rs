//! The shops this deployment serves: their stores, their accounts on channels, and what each listing is made of.

use crate::cover::{Ground, ShareRule};
use crate::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use crate::report_rule::ReportRule;
use crate::shortfall::ShortfallRule;
use crate::stock::ListingKey;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One base product inside a listing: `factor` units of `sku` per listing unit (a box of 24, a bundle's part).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Component {
    /// The base product.
    pub sku: Sku,
    /// Base units per listing unit, at least 1.
    pub factor: u32,
}

/// Our product as one connection shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The channel's immutable id.
    pub id: ListingId,
    /// What one listing unit takes from stock; several parts make a bundle.
    pub recipe: Vec<Component>,
    /// Units held back from this listing.
    pub buffer: u32,
    /// False for a listing we only read, such as a till's product.
    pub publish: bool,
    /// How the shop wants it to be supplied; none for its connection's way.
    pub rule: Option<ShareRule>,
    /// True for a listing that is published as a rule while its shop is paused: what it shows is still covered.
    pub paused: bool,
}

/// How the units of a shop are shared between a connection's listings and the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Every unit on sale is covered beforehand: never sold twice (P2).
    #[default]
    Cover,
    /// All listings show the same pool, less a buffer: P2 is **not** promised there.
    Pool,
}

/// Which till counts the goods of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillLink {
    /// The till's connection.
    pub connection: ConnectionId,
    /// The till's own name of the store.
    pub branch: String,
}

/// Where a store's people see the orders they serve: the till or the website that each is put into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrdersTo {
    /// The account that takes them.
    pub connection: ConnectionId,
    /// Its own name of the store; none where the account itself says which one is meant.
    pub branch: Option<String>,
}

/// A store or warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Our name of it.
    pub id: LocationId,
    /// What people call it.
    pub name: String,
    /// The till that owns its on-hand numbers; none when our ledger owns them.
    pub till: Option<TillLink>,
    /// Units of each product kept for buyers who walk in: no channel shows them.
    pub walk_in_reserve: u32,
    /// The account that the orders it serves are put into; none where nobody wants that.
    pub orders_to: Option<OrdersTo>,
}

/// One shop's account on a channel, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Our name of it.
    pub id: ConnectionId,
    /// The channel's name, as in the registry.
    pub channel: String,
    /// Where the channel's API answers; none for the channel's own address.
    pub base_url: Option<String>,
    /// The address registered at the channel for webhooks; some channels sign it.
    pub webhook_url: Option<String>,
    /// Stores that serve its orders, the preferred one first.
    pub serves_from: Vec<LocationId>,
    /// The channel's own account settings that are not secret (a shop number, a retailer name).
    pub account: BTreeMap<String, String>,
    /// Whether its listings are covered or show the shared pool.
    pub sharing: Sharing,
    /// How the shop wants its listings to be supplied.
    pub rule: ShareRule,
    /// What it sells.
    pub listings: BTreeMap<ListingId, Listing>,
}

impl Connection {
    /// True when what this listing shows is covered unit by unit.
    pub fn is_covered(&self, listing: &Listing) -> bool {
        (listing.publish || listing.paused) && self.sharing == Sharing::Cover
    }

    /// The full name of one of its listings.
    pub fn key(&self, listing: &Listing) -> ListingKey {
        ListingKey { connection: self.id.clone(), listing: listing.id.clone() }
    }

    /// What the cover of one of its listings lies on.
    pub fn ground(&self, listing: &Listing) -> Ground {
        Ground::of(&listing.recipe, &self.serves_from)
    }

    /// How the shop wants one of its listings to be supplied.
    pub fn rule_of<'a>(&'a self, listing: &'a Listing) -> &'a ShareRule {
        listing.rule.as_ref().unwrap_or(&self.rule)
    }

    /// A whole number among the account settings, such as `list_lag_ms`; none where it is missing or no number.
    pub fn number(&self, setting: &str) -> Option<i64> {
        self.account.get(setting)?.trim().parse().ok()
    }
}

/// One tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// Our name of it.
    pub id: ShopId,
    /// What people call it.
    pub name: String,
    /// How long ended orders stay in the table, in days. An unknown order older than this is parked.
    pub keep_orders_days: u32,
    /// Who sees to its shortfalls, and how soon.
    pub shortfalls: ShortfallRule,
    /// What it wants of its morning report.
    pub report: ReportRule,
    /// Its stores.
    pub locations: Vec<Location>,
    /// Its accounts.
    pub connections: BTreeMap<ConnectionId, Connection>,
}

impl Shop {
    /// All accounts that may have a login: its connections, and what carries messages to its people.
    pub fn with_logins(&self) -> impl Iterator<Item = &Connection> {
        self.connections.values().chain(self.report.zalo.as_ref().map(|zalo| &zalo.login))
    }

    /// The store of that name.
    pub fn location(&self, id: &LocationId) -> Option<&Location> {
        self.locations.iter().find(|location| location.id == *id)
    }

    /// True when a till counts the goods there, so that only its own facts change on hand.
    pub fn is_till_owned(&self, id: &LocationId) -> bool {
        self.location(id).is_some_and(|location| location.till.is_some())
    }

    /// Every product that a listing of the shop is made of.
    pub fn skus(&self) -> BTreeSet<&Sku> {
        let listings = self.connections.values().flat_map(|connection| connection.listings.values());
        listings.flat_map(|listing| listing.recipe.iter()).map(|part| &part.sku).collect()
    }

    /// The store that a till calls `branch`.
    pub fn location_of_branch(&self, connection: &ConnectionId, branch: &str) -> Option<&LocationId> {
        let owns = |till: &TillLink| till.connection == *connection && till.branch == branch;
        self.locations.iter().find(|l| l.till.as_ref().is_some_and(owns)).map(|l| &l.id)
    }

    /// Units of each product kept for walk-in buyers at a store.
    pub fn walk_in_reserve(&self, id: &LocationId) -> i64 {
        self.location(id).map_or(0, |location| i64::from(location.walk_in_reserve))
    }

    /// Every listing to publish that takes units of `sku` from `location`, with its connection.
    pub fn listings_selling<'a>(
        &'a self,
        sku: &'a Sku,
        location: &'a LocationId,
    ) -> impl Iterator<Item = (&'a Connection, &'a Listing)> {
        self.listings_of(sku).filter(move |(connection, _)| connection.serves_from.contains(location))
    }

    /// Every published listing that contains the product, from whichever store it is served.
    pub fn listings_of<'a>(&'a self, sku: &'a Sku) -> impl Iterator<Item = (&'a Connection, &'a Listing)> {
        self.connections
            .values()
            .flat_map(|connection| connection.listings.values().map(move |listing| (connection, listing)))
            .filter(move |(_, listing)| listing.publish && listing.recipe.iter().any(|part| part.sku == *sku))
    }
}

/// All shops of this deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// The shops by id.
    pub shops: BTreeMap<ShopId, Arc<Shop>>,
}

impl Catalogue {
    /// A shop and one of its connections, when both are known.
    pub fn connection(&self, shop: &ShopId, connection: &ConnectionId) -> Option<(&Shop, &Connection)> {
        let shop = self.shops.get(shop)?;
        Some((shop, shop.connections.get(connection)?))
    }
}
