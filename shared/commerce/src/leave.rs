//! What listings may show once nobody keeps them in step any more: every unit is offered by one listing at most.
//!
//! A covered listing is left as it is: its units are offered by it alone. Listings of the shared pool all show the same
//! units while the shop is looked after; left alone with such numbers, two channels would sell the same one. So what is
//! free is dealt out among them, evenly.

use crate::catalogue::{Listing, Shop};
use crate::ids::{LocationId, Sku};
use crate::stock::{ListingKey, Stock, StockKey};
use std::collections::BTreeMap;

/// Who offers the units that stand in a store with a till.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// The till does: they are sold over the counter and left to nobody else.
    KeepsItsUnits,
    /// The listings do, too: a sale over the counter then tells nobody.
    SharesItsUnits,
}

/// Units that may still be offered, by product and store.
type Pools = BTreeMap<StockKey, i64>;

/// A listing at a store that could send its parcels: what it takes from where for one unit.
struct Claim {
    listing: ListingKey,
    parts: BTreeMap<StockKey, i64>,
}

/// What each listing of ours may be left at. Listings that were never published are not among them.
pub fn safe_values(
    shop: &Shop,
    balances: &BTreeMap<StockKey, Stock>,
    counter: Counter,
) -> BTreeMap<ListingKey, u32> {
    let mut pools = pools(shop, balances, counter);
    let (mut units, mut claims) = (BTreeMap::new(), Vec::new());
    let mut buffers = BTreeMap::new();
    for connection in shop.connections.values() {
        for listing in connection.listings.values().filter(|listing| listing.publish) {
            if !is_counted(listing, &connection.serves_from, balances) {
                continue;
            }
            let key = ListingKey { connection: connection.id.clone(), listing: listing.id.clone() };
            if connection.is_covered(listing) {
                units.insert(key.clone(), covered_units(&key, listing, &connection.serves_from, balances));
                continue;
            }
            units.insert(key.clone(), 0_i64);
            buffers.insert(key.clone(), i64::from(listing.buffer));
            claims.extend(connection.serves_from.iter().map(|store| claim(&key, listing, store)));
        }
    }
    deal(&mut pools, &claims, &mut units);
    let left = |(key, units): (ListingKey, i64)| {
        let kept_back = buffers.get(&key).copied().unwrap_or(0);
        let value = u32::try_from((units - kept_back).max(0)).unwrap_or(u32::MAX);
        (key, value)
    };
    units.into_iter().map(left).collect()
}

/// What a covered listing shows is covered for it alone already.
fn covered_units(
    key: &ListingKey,
    listing: &Listing,
    stores: &[LocationId],
    balances: &BTreeMap<StockKey, Stock>,
) -> i64 {
    let at = |store: &LocationId| {
        let parts = listing.recipe.iter().map(|part| {
            let balance = StockKey { sku: part.sku.clone(), location: store.clone() };
            let cover = balances.get(&balance).and_then(|stock| stock.cover.get(key)).copied().unwrap_or(0);
            cover.div_euclid(i64::from(part.factor.max(1)))
        });
        parts.min().unwrap_or(0)
    };
    stores.iter().map(at).sum()
}

/// As with publishing: a listing is ours to write to once each of its products has been counted somewhere.
fn is_counted(listing: &Listing, stores: &[LocationId], balances: &BTreeMap<StockKey, Stock>) -> bool {
    let counted = |sku: &Sku| {
        stores.iter().any(|store| {
            let key = StockKey { sku: sku.clone(), location: store.clone() };
            balances.get(&key).is_some_and(|stock| stock.baseline.is_some())
        })
    };
    listing.recipe.iter().all(|part| counted(&part.sku))
}

/// What is free, by store. What one store has sold and does not have must come from another, so it is taken off there.
fn pools(shop: &Shop, balances: &BTreeMap<StockKey, Stock>, counter: Counter) -> Pools {
    let mut short: BTreeMap<&Sku, i64> = BTreeMap::new();
    for (key, stock) in balances.iter().filter(|(_, stock)| stock.free < 0) {
        *short.entry(&key.sku).or_default() -= stock.free;
    }
    let mut pools = Pools::new();
    for (key, stock) in balances {
        let is_offered = counter == Counter::SharesItsUnits || !shop.is_till_owned(&key.location);
        if stock.free <= 0 || !is_offered {
            continue;
        }
        let missing = short.entry(&key.sku).or_default();
        let taken = stock.free.min(*missing);
        *missing -= taken;
        pools.insert(key.clone(), stock.free - taken);
    }
    pools
}

fn claim(key: &ListingKey, listing: &Listing, store: &LocationId) -> Claim {
    let mut parts = BTreeMap::new();
    for part in &listing.recipe {
        let pool = StockKey { sku: part.sku.clone(), location: store.clone() };
        *parts.entry(pool).or_default() += i64::from(part.factor.max(1));
    }
    Claim { listing: key.clone(), parts }
}

/// Round after round each claim gets its share of its scarcest pool, until no claim can be met.
fn deal(pools: &mut Pools, claims: &[Claim], units: &mut BTreeMap<ListingKey, i64>) {
    let mut open: Vec<&Claim> = claims.iter().collect();
    loop {
        open.retain(|claim| can_build(pools, claim) > 0);
        if open.is_empty() {
            return;
        }
        let shares = shares(pools, &open);
        let too_few_for_all = shares.iter().all(|share| *share == 0);
        for (claim, share) in open.iter().zip(shares) {
            // The last few go round in the order of the shop's file, one each.
            let wanted = if too_few_for_all { 1 } else { share };
            give(pools, units, claim, wanted.min(can_build(pools, claim)));
        }
    }
}

fn can_build(pools: &Pools, claim: &Claim) -> i64 {
    let parts = claim.parts.iter().map(|(pool, factor)| pools.get(pool).copied().unwrap_or(0) / factor);
    parts.min().unwrap_or(0)
}

/// Together the shares never take more from a pool than it holds.
fn shares(pools: &Pools, open: &[&Claim]) -> Vec<i64> {
    let mut demand: BTreeMap<&StockKey, i64> = BTreeMap::new();
    for (pool, factor) in open.iter().flat_map(|claim| &claim.parts) {
        *demand.entry(pool).or_default() += factor;
    }
    let share = |pool: &StockKey| {
        pools.get(pool).copied().unwrap_or(0) / demand.get(pool).copied().unwrap_or(1).max(1)
    };
    open.iter().map(|claim| claim.parts.keys().map(share).min().unwrap_or(0)).collect()
}

fn give(pools: &mut Pools, units: &mut BTreeMap<ListingKey, i64>, claim: &Claim, many: i64) {
    for (pool, factor) in &claim.parts {
        if let Some(rest) = pools.get_mut(pool) {
            *rest -= factor * many;
        }
    }
    *units.entry(claim.listing.clone()).or_default() += many;
}
