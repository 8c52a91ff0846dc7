//! What a listing of the shared pool must show now, decided from the balances and from what was last told.

use crate::publish_stock::moved_at;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Listing};
use commerce::ids::{ListingId, LocationId, Sku};
use commerce::shown::{quantity_to_show, rule_number};
use commerce::stock::{Cause, Stock, StockKey};
use std::collections::BTreeMap;
use table::listing_item::{ListingState, SeenVersions};

/// A listing with what it must show now.
pub struct Wanted {
    /// Which.
    pub listing: ListingId,
    /// Units to show.
    pub quantity: u32,
    /// The versions of the balances that was computed from.
    pub seen: SeenVersions,
    /// When the latest order happened that moved one of them last.
    pub ordered_at: Option<Timestamp>,
    /// What is known of it; none when nothing was ever sent.
    pub state: Option<ListingState>,
}

/// Every balance a listing depends on.
pub fn balances(connection: &Connection, listing: &Listing) -> Vec<StockKey> {
    let keys = connection.serves_from.iter().flat_map(|location| {
        let part = move |sku: &Sku| StockKey { sku: sku.clone(), location: location.clone() };
        listing.recipe.iter().map(move |component| part(&component.sku))
    });
    keys.collect()
}

/// Under this name stands, beside the balances, the rule that a shown value was computed by.
const RULE: &str = "rule";

/// What a listing must show, or nothing when the channel has been told of these very balances already.
///
/// Equal quantities are sent again when a balance has changed since: the channel may have sold or restored a unit
/// in between, so an equal number in our book does not mean an equal number on the channel.
pub fn decide(
    connection: &Connection,
    listing: &Listing,
    stock: &BTreeMap<StockKey, Stock>,
    state: Option<ListingState>,
) -> Option<Wanted> {
    let keys = balances(connection, listing);
    let is_counted =
        |sku: &Sku| keys.iter().any(|k| k.sku == *sku && stock.get(k).is_some_and(|s| s.baseline.is_some()));
    if !listing.recipe.iter().all(|part| is_counted(&part.sku)) {
        tracing::info!(connection = %connection.id, listing = %listing.id, "not published before a first count");
        return None;
    }
    let version = |key: &StockKey| stock.get(key).map_or(0, |s| s.version);
    let mut seen: SeenVersions =
        keys.iter().map(|key| (format!("{}@{}", key.sku, key.location), version(key))).collect();
    seen.insert(RULE.to_owned(), rule_number(listing, &connection.serves_from));
    if state.as_ref().is_some_and(|state| state.listed.attempt.is_none() && state.seen == seen) {
        return None;
    }
    let free = |sku: &Sku, location: &LocationId| {
        let key = StockKey { sku: sku.clone(), location: location.clone() };
        stock.get(&key).map_or(0, |s| s.free)
    };
    let quantity = quantity_to_show(listing, &connection.serves_from, free);
    let own = keys.iter().filter_map(|key| stock.get(key));
    let ordered_at = moved_at(own, |movement| matches!(movement.cause, Cause::Order { .. }));
    Some(Wanted { listing: listing.id.clone(), quantity, seen, ordered_at, state })
}
