//! Who wanted what, where and when, as the ledger's movements tell it.

use crate::catalogue::{Connection, Listing, Shop};
use crate::ids::{ConnectionId, Sku};
use crate::stock::{Cause, ListingKey, Movement, StockDelta, StockKey};
use std::collections::BTreeMap;

/// An order, by its connection and the channel's number.
pub type OrderName = (ConnectionId, String);

/// One thing that happened in the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, by its source's clock, in milliseconds since 1970.
    pub at_ms: i64,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A buyer wants something on a listing.
    Wanted {
        /// Whose order.
        order: OrderName,
        /// The listing.
        listing: ListingKey,
        /// Base units, by balance as the order was served.
        parts: BTreeMap<StockKey, i64>,
    },
    /// Goods left with a buyer who asked no channel, as at a till: a fact that nobody refuses.
    Took {
        /// Whose sale.
        order: OrderName,
        /// From where.
        balance: StockKey,
        /// Base units.
        units: i64,
    },
    /// An order needs less than before.
    CalledOff {
        /// Whose order.
        order: OrderName,
        /// The product.
        sku: Sku,
        /// Base units.
        units: i64,
    },
    /// Goods of an order left the house.
    Left {
        /// Whose order.
        order: OrderName,
        /// The product.
        sku: Sku,
        /// Base units.
        units: i64,
    },
    /// A count, a receipt or a return: so many more, or fewer.
    Goods {
        /// Where.
        balance: StockKey,
        /// Base units more.
        units: i64,
    },
}

/// What happened, in the order of time. `moves` are a shop's ledger movements, each balance's in the order of its versions.
/// Moves of cover are left out: they are what another rule would have done differently.
pub fn demand(shop: &Shop, moves: &[(StockKey, Movement)]) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for (balance, movement) in moves {
        let of = |what| Event { at_ms: movement.at_ms, what };
        match &movement.cause {
            Cause::Cover { .. } => {}
            Cause::Document { .. } => {
                let units = movement.delta.on_hand;
                events.push(of(What::Goods { balance: balance.clone(), units }));
            }
            Cause::Order { connection, order, .. } => {
                let name = (connection.clone(), order.clone());
                events.extend(of_order(shop, &name, balance, &movement.delta).into_iter().map(of));
            }
        }
    }
    // What happened in the same moment keeps the ledger's order.
    events.sort_by_key(|event| event.at_ms);
    together(events)
}

/// One movement of an order: what was wanted, called off, gone or brought back.
fn of_order(shop: &Shop, order: &OrderName, balance: &StockKey, delta: &StockDelta) -> Vec<What> {
    let sku = balance.sku.clone();
    let (mut promised, mut there) = (delta.committed + delta.holds, delta.on_hand);
    let mut found = Vec::new();
    let left = promised.min(0).max(there.min(0)).abs();
    if left > 0 {
        found.push(What::Left { order: order.clone(), sku: sku.clone(), units: left });
        promised += left;
        there += left;
    }
    if promised < 0 {
        found.push(What::CalledOff { order: order.clone(), sku, units: -promised });
    }
    if there > 0 {
        found.push(What::Goods { balance: balance.clone(), units: there });
    }
    // An order first seen when its goods had gone was wanted all the same.
    let (wanted, is_gone) = (promised.max(0) + (-there).max(0), there < 0);
    if wanted > 0 {
        found.extend(wanted_on(shop, order, balance, delta, wanted));
    }
    if is_gone {
        found.push(What::Left { order: order.clone(), sku: balance.sku.clone(), units: -there });
    }
    found
}

/// Which listings were bought on: as the cover says that was used, and for the rest the connection's first listing of it.
fn wanted_on(
    shop: &Shop,
    order: &OrderName,
    balance: &StockKey,
    delta: &StockDelta,
    units: i64,
) -> Vec<What> {
    let mut left = units;
    let mut found = Vec::new();
    let mut add = |listing: ListingKey, units: i64| {
        let parts = [(balance.clone(), units)].into();
        found.push(What::Wanted { order: order.clone(), listing, parts });
    };
    for (listing, covered) in delta.cover.iter().filter(|(listing, _)| is_sold(shop, listing)) {
        let used = (-covered).clamp(0, left);
        if used > 0 {
            add(listing.clone(), used);
            left -= used;
        }
    }
    if left > 0 {
        match first_listing(shop, &order.0, &balance.sku) {
            Some((connection, listing)) => add(connection.key(listing), left),
            None => found.push(What::Took { order: order.clone(), balance: balance.clone(), units: left }),
        }
    }
    found
}

fn is_sold(shop: &Shop, key: &ListingKey) -> bool {
    let connection = shop.connections.get(&key.connection);
    connection.and_then(|c| c.listings.get(&key.listing)).is_some_and(|listing| listing.publish)
}

fn first_listing<'a>(
    shop: &'a Shop,
    connection: &ConnectionId,
    sku: &Sku,
) -> Option<(&'a Connection, &'a Listing)> {
    let connection = shop.connections.get(connection)?;
    let sells = |listing: &&Listing| listing.publish && listing.recipe.iter().any(|part| part.sku == *sku);
    let alone = connection.listings.values().find(|listing| sells(listing) && listing.recipe.len() == 1);
    let listing = alone.or_else(|| connection.listings.values().find(sells))?;
    Some((connection, listing))
}

/// A buyer of a set, or of a line from two stores, comes once: what one order wanted of one listing in one moment is one.
fn together(events: Vec<Event>) -> Vec<Event> {
    let mut result: Vec<Event> = Vec::new();
    let mut places: BTreeMap<(i64, OrderName, ListingKey), usize> = BTreeMap::new();
    for event in events {
        if let What::Wanted { order, listing, parts } = &event.what {
            let name = (event.at_ms, order.clone(), listing.clone());
            if let Some(Event { what: What::Wanted { parts: known, .. }, .. }) =
                places.get(&name).and_then(|place| result.get_mut(*place))
            {
                for (balance, units) in parts {
                    *known.entry(balance.clone()).or_default() += units;
                }
                continue;
            }
            places.insert(name, result.len());
        }
        result.push(event);
    }
    result
}

/// Base units that were really sold beyond what was there, by product: what orders and till sales added to the shortage.
pub fn oversold(moves: &[(StockKey, Movement)]) -> BTreeMap<Sku, i64> {
    let mut own: BTreeMap<&StockKey, i64> = BTreeMap::new();
    let mut is_counted: BTreeMap<&StockKey, bool> = BTreeMap::new();
    let mut result = BTreeMap::new();
    for (balance, movement) in moves {
        let delta = &movement.delta;
        let is_order = matches!(movement.cause, Cause::Order { .. });
        let counted = is_counted.entry(balance).or_default();
        *counted |= matches!(movement.cause, Cause::Document { .. });
        let before = own.entry(balance).or_default();
        let after = *before + delta.on_hand - delta.committed - delta.holds;
        let more = (-after).max(0) - (-*before).max(0);
        *before = after;
        if is_order && *counted && more > 0 {
            *result.entry(balance.sku.clone()).or_default() += more;
        }
    }
    result
}
