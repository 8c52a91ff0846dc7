//! What an explanation is made from, as it was read: the shop's file, the balances, the listings and the ledger.

use commerce::Timestamp;
use commerce::catalogue::{Connection, Listing, Location, Shop};
use commerce::cover::{Dealt, Listed, Supply};
use commerce::effect::OrderState;
use commerce::ids::{ConnectionId, LocationId, Sku};
use commerce::plan::OrderKey;
use commerce::stock::{ListingKey, Stock, StockKey};
use std::collections::{BTreeMap, BTreeSet};
use table::parked_item::Parked;
use table::pass_item::PassState;
use workflows::announce_stock::LedgerLine;
use workflows::publish_stock::blind;

/// Everything that was read about one product.
pub(super) struct Facts {
    /// Its shop.
    pub(super) shop: Shop,
    /// The product.
    pub(super) sku: Sku,
    /// Only this channel or connection.
    pub(super) only: Option<String>,
    /// How many movements are wanted.
    pub(super) last: usize,
    /// How the next command names the same deployment.
    pub(super) flags: String,
    /// The time of the look.
    pub(super) now: Timestamp,
    /// Its balances, and those of what it is bundled with.
    pub(super) stock: BTreeMap<StockKey, Stock>,
    /// What is known of its listings.
    pub(super) listed: BTreeMap<ListingKey, Listed>,
    /// How far orders are recorded.
    pub(super) passes: BTreeMap<ConnectionId, PassState>,
    /// Its latest ledger lines, oldest first.
    pub(super) lines: Vec<LedgerLine>,
    /// Why the ledger's archive could not be read, if so.
    pub(super) archive_trouble: Option<String>,
    /// The orders of those lines, where a shortfall asks for them.
    pub(super) orders: BTreeMap<OrderKey, OrderState>,
    /// What waits for a person and concerns its listings.
    pub(super) parked: Vec<Parked>,
}

impl Facts {
    /// Whether the reader asked for this connection.
    pub(super) fn is_asked(&self, id: &ConnectionId) -> bool {
        let Some(only) = &self.only else { return true };
        let channel = self.shop.connections.get(id).map(|connection| connection.channel.as_str());
        id.as_str() == only || channel == Some(only)
    }

    /// Every listing that the product is part of.
    pub(super) fn sellers(&self) -> Vec<(&Connection, &Listing)> {
        sellers(&self.shop, &self.sku)
    }

    /// The product's balance at a store; none before anything happened there.
    pub(super) fn balance(&self, store: &LocationId) -> Option<&Stock> {
        self.stock.get(&self.key(store))
    }

    /// The name of that balance.
    pub(super) fn key(&self, store: &LocationId) -> StockKey {
        StockKey { sku: self.sku.clone(), location: store.clone() }
    }

    /// The stores that have the product or serve a listing of it, as the shop's file has them.
    pub(super) fn stores(&self) -> Vec<LocationId> {
        let known = self.stock.keys().filter(|key| key.sku == self.sku).map(|key| &key.location);
        let serving = self.sellers().into_iter().flat_map(|(connection, _)| &connection.serves_from);
        let mut left: BTreeSet<&LocationId> = known.chain(serving).collect();
        let file = self.shop.locations.iter().map(|location: &Location| &location.id);
        let mut stores: Vec<LocationId> = file.filter(|id| left.remove(id)).cloned().collect();
        stores.extend(left.into_iter().cloned());
        stores
    }

    /// How the product is dealt out at a store.
    pub(super) fn dealt(&self, store: &LocationId) -> Vec<Dealt> {
        let blind = self.blind();
        let Self { shop, stock, listed, now, .. } = self;
        Supply { shop, stock, listed, blind: &blind, now: *now }.dealt(&self.key(store))
    }

    /// Connections whose channel cannot be seen.
    pub(super) fn blind(&self) -> BTreeSet<ConnectionId> {
        blind(&self.passes, self.now)
    }
}

/// Every listing of the shop that the product is part of.
pub(super) fn sellers<'a>(shop: &'a Shop, sku: &Sku) -> Vec<(&'a Connection, &'a Listing)> {
    let all = shop
        .connections
        .values()
        .flat_map(|connection| connection.listings.values().map(move |listing| (connection, listing)));
    all.filter(|(_, listing)| listing.recipe.iter().any(|part| part.sku == *sku)).collect()
}
