//! Which store serves an order line: the first of the connection's stores that has the goods, decided once.

use crate::catalogue::Listing;
use crate::ids::{LocationId, ShopId};
use crate::record::Account;
use crate::stock::{Effect, Gone, ListingKey, StockKey};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What failed conditions have told us about balances. Empty at first: the happy path reads no balance.
#[derive(Debug, Clone, Default)]
pub struct Learned {
    /// Free units of a balance.
    pub free: BTreeMap<(ShopId, StockKey), i64>,
    /// Units of a balance that are in no order and no hold, covered or not.
    pub unsold: BTreeMap<(ShopId, StockKey), i64>,
    /// Cover of a listing in a balance.
    pub cover: BTreeMap<(ShopId, StockKey, ListingKey), i64>,
    /// The latest changes of on hand in a balance.
    pub trail: BTreeMap<(ShopId, StockKey), Vec<Gone>>,
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
    given_cover: BTreeMap<(ShopId, StockKey, ListingKey), i64>,
    /// Cover that orders of this very plan leave behind: they were cancelled.
    gained_cover: BTreeMap<(ShopId, StockKey, ListingKey), i64>,
    /// Units that orders of this very plan no longer take.
    gained: BTreeMap<(ShopId, StockKey), i64>,
}

impl<'a> Allocator<'a> {
    /// Starts with what was learned from earlier tries.
    pub fn new(learned: &'a Learned) -> Self {
        Self {
            learned,
            given: BTreeMap::new(),
            given_cover: BTreeMap::new(),
            gained_cover: BTreeMap::new(),
            gained: BTreeMap::new(),
        }
    }

    /// An order of this plan leaves its cover behind, and its units: a later line of the plan may be served from there.
    pub fn gain(&mut self, shop: &ShopId, effect: &Effect) {
        for (key, delta) in effect {
            let units = delta.on_hand - delta.committed - delta.holds;
            if units > 0 {
                *self.gained.entry((shop.clone(), key.clone())).or_default() += units;
            }
            for (listing, units) in delta.cover.iter().filter(|(_, units)| **units > 0) {
                let cover = (shop.clone(), key.clone(), listing.clone());
                *self.gained_cover.entry(cover).or_default() += units;
            }
        }
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

    /// Chooses for a listing whose units are covered: the first store whose cover holds the whole line; where none does,
    /// the line is split by where its cover lies. What no cover holds is a fact and goes to the store that lacks least.
    pub fn choose_covered(
        &mut self,
        account: Account<'_>,
        listing: &Listing,
        units: u32,
    ) -> Vec<(Choice, u32)> {
        let stores = account.connection.serves_from.clone();
        let may_ask = stores.len() > 1 && units > 0 && !self.learned.insist;
        let holds = |store: &LocationId| self.cover_units(account, listing, store, true);
        // What is left behind in the same write cannot be asked for in it.
        let sure = |store: &LocationId, units: u32| {
            may_ask && self.cover_units(account, listing, store, false) >= i64::from(units)
        };
        let whole = stores.iter().find(|store| holds(store) >= i64::from(units));
        let mut chosen: Vec<(Choice, u32)> = Vec::new();
        if let Some(store) = whole {
            chosen.push((Choice { location: store.clone(), must_have: sure(store, units) }, units));
        } else {
            let mut left = units;
            for store in &stores {
                let here = u32::try_from(holds(store).max(0)).unwrap_or(u32::MAX).min(left);
                if here > 0 {
                    chosen.push((Choice { location: store.clone(), must_have: sure(store, here) }, here));
                    left -= here;
                }
            }
            let lacks_least =
                stores.iter().rev().max_by_key(|store| (self.unsold(account, listing, store), holds(store)));
            let beyond = lacks_least.filter(|_| left > 0);
            if let Some(store) = beyond {
                match chosen.iter_mut().find(|(choice, _)| choice.location == *store) {
                    Some((choice, here)) => {
                        choice.must_have = false;
                        *here += left;
                    }
                    None => chosen.push((Choice { location: store.clone(), must_have: false }, left)),
                }
            }
        }
        for (choice, units) in &chosen {
            for part in &listing.recipe {
                let (shop, key) = balance(account, &part.sku, &choice.location);
                let cover = (shop, key, account.connection.key(listing));
                *self.given_cover.entry(cover).or_default() += i64::from(*units) * i64::from(part.factor);
            }
        }
        chosen
    }

    /// Listing units whose cover lies at a store, as far as anybody has told us.
    fn cover_units(
        &self,
        account: Account<'_>,
        listing: &Listing,
        store: &LocationId,
        with_gained: bool,
    ) -> i64 {
        let parts = listing.recipe.iter().map(|part| {
            let (shop, key) = balance(account, &part.sku, store);
            let cover = (shop, key, account.connection.key(listing));
            let known = self.learned.cover.get(&cover).copied().unwrap_or(i64::from(u32::MAX) * 1_000);
            let given = self.given_cover.get(&cover).copied().unwrap_or(0);
            let gained = self.gained_cover.get(&cover).copied().filter(|_| with_gained).unwrap_or(0);
            (known + gained - given).div_euclid(i64::from(part.factor.max(1)))
        });
        parts.min().unwrap_or(0)
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
        let stores = account.connection.serves_from.iter();
        stores.rev().max_by_key(|store| self.room(account, listing, store)).cloned()
    }

    /// Base units of the scarcest part that no order has taken at a store, as far as anybody has told us. What is free says
    /// nothing here: units sold beyond cover are not taken off it.
    fn unsold(&self, account: Account<'_>, listing: &Listing, store: &LocationId) -> i64 {
        let units = listing.recipe.iter().map(|part| {
            let key = balance(account, &part.sku, store);
            let of_plan =
                self.given_cover.iter().filter(|((shop, other, _), _)| (shop, other) == (&key.0, &key.1));
            let known = self.learned.unsold.get(&key).copied().unwrap_or(0);
            known + self.gained.get(&key).copied().unwrap_or(0) - of_plan.map(|(_, units)| units).sum::<i64>()
        });
        units.min().unwrap_or(0)
    }

    /// Base units of the scarcest part that are free at a store, as far as anybody has told us.
    fn room(&self, account: Account<'_>, listing: &Listing, store: &LocationId) -> i64 {
        let frees = listing.recipe.iter().map(|part| {
            let key = balance(account, &part.sku, store);
            self.learned.free.get(&key).copied().unwrap_or(0) - self.given.get(&key).copied().unwrap_or(0)
        });
        frees.min().unwrap_or(0)
    }
}

fn balance(account: Account<'_>, sku: &crate::ids::Sku, location: &LocationId) -> (ShopId, StockKey) {
    (account.shop.id.clone(), StockKey { sku: sku.clone(), location: location.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Component, Connection, Location, Shop};
    use crate::effect::Restores;
    use crate::ids::{ConnectionId, ListingId, Sku};
    use crate::shortfall::ShortfallRule;
    use crate::stock::StockDelta;

    fn store(id: &str) -> LocationId {
        LocationId::new(id).unwrap()
    }

    /// One listing of one product, sold from two stores.
    fn shop() -> Shop {
        let (id, listing) = (ConnectionId::new("web").unwrap(), ListingId::new("1").unwrap());
        let recipe = vec![Component { sku: Sku::new("SKU-1").unwrap(), factor: 1 }];
        let sold =
            Listing { id: listing.clone(), recipe, buffer: 0, publish: true, rule: None, paused: false };
        let connection = Connection {
            id: id.clone(),
            channel: "woocommerce".to_owned(),
            base_url: None,
            webhook_url: None,
            serves_from: vec![store("hn"), store("hcm")],
            account: BTreeMap::new(),
            sharing: Default::default(),
            rule: Default::default(),
            listings: [(listing, sold)].into(),
        };
        let location = |id: &str| Location {
            id: store(id),
            name: id.to_owned(),
            till: None,
            walk_in_reserve: 0,
            orders_to: None,
        };
        Shop {
            id: ShopId::new("demo").unwrap(),
            name: "Demo".to_owned(),
            keep_orders_days: 60,
            report: Default::default(),
            shortfalls: ShortfallRule::usual("Demo"),
            locations: vec![location("hn"), location("hcm")],
            connections: [(id, connection)].into(),
        }
    }

    #[test]
    fn what_no_cover_holds_goes_where_an_order_of_the_same_write_is_called_off() {
        let shop = shop();
        let connection = shop.connections.values().next().unwrap();
        let listing = connection.listings.values().next().unwrap();
        let account = Account { shop: &shop, connection, restores: Restores::No };
        let balance = |id: &str| StockKey { sku: listing.recipe[0].sku.clone(), location: store(id) };
        let mut learned = Learned::default();
        for id in ["hn", "hcm"] {
            let key = (shop.id.clone(), balance(id), connection.key(listing));
            learned.cover.insert(key, 0);
            learned.unsold.insert((shop.id.clone(), balance(id)), 0);
        }
        let mut allocator = Allocator::new(&learned);
        let called_off = StockDelta { committed: -1, ..StockDelta::default() };
        allocator.gain(&shop.id, &[(balance("hcm"), called_off)].into());
        let mut served = || allocator.choose_covered(account, listing, 1)[0].0.location.clone();
        assert_eq!([served(), served()], [store("hcm"), store("hn")]);
    }
}
