//! Which store serves an order line: the first of the connection's stores that has the goods, decided once.

use crate::catalogue::Listing;
use crate::ids::{LocationId, ShopId};
use crate::record::Account;
use crate::stock::StockKey;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What failed conditions have told us about balances. Empty at first: the happy path reads no balance.
#[derive(Debug, Clone, Default)]
pub struct Learned {
    /// Free units of a balance.
    pub free: BTreeMap<(ShopId, StockKey), i64>,
    /// The baseline of a balance.
    pub baseline: BTreeMap<(ShopId, StockKey), Timestamp>,
    /// Give up asking: a marketplace order is a fact and is recorded even where nothing is free.
    pub insist: bool,
}

/// A store for a line, and whether the write must check that the goods are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The store.
    pub location: LocationId,
    /// True when another store would be chosen if this one has run out.
    pub must_have: bool,
}

/// Gives units of balances to lines, counting what this very plan has given already.
#[derive(Debug)]
pub struct Allocator<'a> {
    learned: &'a Learned,
    given: BTreeMap<(ShopId, StockKey), i64>,
}

impl<'a> Allocator<'a> {
    /// Starts with what was learned from earlier tries.
    pub fn new(learned: &'a Learned) -> Self {
        Self { learned, given: BTreeMap::new() }
    }

    /// Chooses among the connection's stores, the preferred one first; a single store is never questioned.
    pub fn choose(&mut self, account: Account<'_>, listing: &Listing, units: u32) -> Option<Choice> {
        let stores = &account.connection.serves_from;
        let single = stores.len() < 2 || units == 0;
        let fitting = stores.iter().find(|store| self.fits(account, listing, store, units));
        let choice = match fitting {
            Some(store) => Choice { location: store.clone(), must_have: !single && !self.learned.insist },
            None => Choice { location: self.fullest(account, listing)?, must_have: false },
        };
        for part in &listing.recipe {
            let key = balance(account, &part.sku, &choice.location);
            *self.given.entry(key).or_default() += i64::from(units) * i64::from(part.factor);
        }
        Some(choice)
    }

    fn fits(&self, account: Account<'_>, listing: &Listing, store: &LocationId, units: u32) -> bool {
        listing.recipe.iter().all(|part| {
            let key = balance(account, &part.sku, store);
            let given = self.given.get(&key).copied().unwrap_or(0);
            let need = i64::from(units) * i64::from(part.factor);
            self.learned.free.get(&key).is_none_or(|free| free - given >= need)
        })
    }

    /// Where nothing fits, the store that lacks least; ties go to the preferred one.
    fn fullest(&self, account: Account<'_>, listing: &Listing) -> Option<LocationId> {
        let room = |store: &LocationId| {
            let frees = listing.recipe.iter().map(|part| {
                let key = balance(account, &part.sku, store);
                self.learned.free.get(&key).copied().unwrap_or(0) - self.given.get(&key).copied().unwrap_or(0)
            });
            frees.min().unwrap_or(0)
        };
        let stores = account.connection.serves_from.iter();
        stores.rev().max_by_key(|store| room(store)).cloned()
    }
}

fn balance(account: Account<'_>, sku: &crate::ids::Sku, location: &LocationId) -> (ShopId, StockKey) {
    (account.shop.id.clone(), StockKey { sku: sku.clone(), location: location.clone() })
}
