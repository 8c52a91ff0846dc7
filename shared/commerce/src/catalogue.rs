//! The shops this deployment serves: their stores, their accounts on channels, and what each listing is made of.

use crate::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use std::collections::BTreeMap;
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
}

/// Which till counts the goods of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillLink {
    /// The till's connection.
    pub connection: ConnectionId,
    /// The till's own name of the store.
    pub branch: String,
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
    /// What it sells.
    pub listings: BTreeMap<ListingId, Listing>,
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
    /// Its stores.
    pub locations: Vec<Location>,
    /// Its accounts.
    pub connections: BTreeMap<ConnectionId, Connection>,
}

impl Shop {
    /// The store of that name.
    pub fn location(&self, id: &LocationId) -> Option<&Location> {
        self.locations.iter().find(|location| location.id == *id)
    }

    /// True when a till counts the goods there, so that only its own facts change on hand.
    pub fn is_till_owned(&self, id: &LocationId) -> bool {
        self.location(id).is_some_and(|location| location.till.is_some())
    }

    /// The store that a till calls `branch`.
    pub fn location_of_branch(&self, connection: &ConnectionId, branch: &str) -> Option<&LocationId> {
        let owns = |till: &TillLink| till.connection == *connection && till.branch == branch;
        self.locations.iter().find(|l| l.till.as_ref().is_some_and(owns)).map(|l| &l.id)
    }

    /// Every listing to publish that takes units of `sku` from `location`, with its connection.
    pub fn listings_selling<'a>(
        &'a self,
        sku: &'a Sku,
        location: &'a LocationId,
    ) -> impl Iterator<Item = (&'a Connection, &'a Listing)> {
        self.connections
            .values()
            .filter(move |connection| connection.serves_from.contains(location))
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
