//! Gathers what one decision about a listing is made from: its shop's file, the balances, and what is known of all listings
//! that sell the same products.

use super::attempt::{Ground, Listed};
use super::owed::owed;
use super::place::{Part, Place};
use super::shares::{Claim, Standing, own_units, standing, wanted};
use crate::catalogue::{Connection, Listing, Shop};
use crate::ids::{ConnectionId, LocationId, Sku};
use crate::removed::{Rule, is_removed};
use crate::stock::{ListingKey, Stock, StockKey};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What there is, and who sells it.
#[derive(Debug, Clone, Copy)]
pub struct Supply<'a> {
    /// The shop.
    pub shop: &'a Shop,
    /// The balances.
    pub stock: &'a BTreeMap<StockKey, Stock>,
    /// What is known of each listing that sells any of it.
    pub listed: &'a BTreeMap<ListingKey, Listed>,
    /// Connections whose channel cannot be seen at the moment.
    pub blind: &'a BTreeSet<ConnectionId>,
    /// The time.
    pub now: Timestamp,
}

/// One listing among the others.
#[derive(Debug, Clone)]
pub struct Scene {
    /// What it is made of.
    pub ground: Ground,
    /// Its stores, with what should lie in each.
    pub places: Vec<Place>,
    /// Cover on ground it no longer stands on.
    pub left_over: Vec<Part>,
    /// False while another listing of the same product is not adopted yet, or the channel cannot be seen.
    pub may_raise: bool,
}

/// One listing's part in a balance, for whoever asks why it has what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dealt {
    /// Whose, how strongly it sells, and what the shop wants for it.
    pub claim: Claim,
    /// What it gets.
    pub standing: Standing,
}

impl Supply<'_> {
    /// How the units of one product at one store are dealt out, listing by listing.
    pub fn dealt(&self, balance: &StockKey) -> Vec<Dealt> {
        let claims = self.claims(&balance.sku, &balance.location);
        let reserve = self.kept_back(&balance.sku, &balance.location);
        let stock = self.balance(balance);
        let of = |claim: &Claim| standing(&stock, reserve, &claims, &claim.listing, self.now);
        claims.iter().map(|claim| Dealt { claim: claim.clone(), standing: of(claim) }).collect()
    }

    /// The listing's scene. `is_lumpy` is for channels where each change means a moment at 0.
    pub fn scene(&self, connection: &Connection, listing: &Listing, is_lumpy: bool) -> Scene {
        let (key, ground) = (connection.key(listing), connection.ground(listing));
        let mut kept_back = i64::from(listing.buffer);
        let places = ground.stores.iter().map(|store| {
            let mut place = self.place(&key, &ground, store, is_lumpy);
            let back = kept_back.min(place.want);
            place.want -= back;
            kept_back -= back;
            place
        });
        let places = places.collect();
        let left_over = self.left_over(&key, &ground);
        let may_raise = !self.blind.contains(&connection.id) && self.are_all_adopted(&ground);
        Scene { ground, places, left_over, may_raise }
    }

    fn place(&self, key: &ListingKey, ground: &Ground, store: &LocationId, is_lumpy: bool) -> Place {
        let parts: Vec<Part> =
            ground.recipe.iter().map(|(sku, factor)| self.part(key, sku, *factor, store)).collect();
        let mut place = Place { location: store.clone(), parts, want: 0, spare: i64::MAX };
        let (mut share, mut is_needed) = (i64::MAX, false);
        for part in &place.parts {
            let claims = self.claims(&part.key.sku, store);
            let reserve = self.kept_back(&part.key.sku, store);
            let standing = standing(&self.balance(&part.key), reserve, &claims, key, self.now);
            share = share.min(standing.share / part.factor);
            place.spare = place.spare.min(standing.spare / part.factor);
            is_needed |= standing.is_needed;
        }
        if !place.parts.is_empty() {
            place.want = wanted(share, place.covered(), is_needed, is_lumpy);
        }
        place
    }

    fn part(&self, key: &ListingKey, sku: &Sku, factor: u32, store: &LocationId) -> Part {
        let balance = StockKey { sku: sku.clone(), location: store.clone() };
        let stock = self.balance(&balance);
        let of = |units: &BTreeMap<ListingKey, i64>| units.get(key).copied().unwrap_or(0);
        let cover = if is_removed(Rule::CoverPerListing) {
            let same = stock.cover.iter().filter(|(other, _)| other.connection == key.connection);
            same.map(|(_, units)| units).sum()
        } else {
            of(&stock.cover)
        };
        Part {
            factor: i64::from(factor.max(1)),
            cover,
            given_back: of(&stock.given_back),
            free: stock.free,
            key: balance,
        }
    }

    /// Units that no channel gets: kept for walk-in buyers, and for stores that have promised more than they have.
    fn kept_back(&self, sku: &Sku, store: &LocationId) -> i64 {
        let balances = self.shop.locations.iter().map(|location| {
            let key = StockKey { sku: sku.clone(), location: location.id.clone() };
            (&location.id, self.balance(&key))
        });
        let balances: Vec<(&LocationId, Stock)> = balances.collect();
        let owed = owed(balances.iter().map(|(location, stock)| (*location, stock)));
        self.shop.walk_in_reserve(store) + owed.get(store).copied().unwrap_or(0)
    }

    fn balance(&self, key: &StockKey) -> Stock {
        self.stock.get(key).cloned().unwrap_or_default()
    }

    /// Everybody who sells the product from that store.
    fn claims(&self, sku: &Sku, store: &LocationId) -> Vec<Claim> {
        let sellers: Vec<(&Connection, &Listing)> =
            self.shop.listings_selling(sku, store).filter(|(c, l)| c.is_covered(l)).collect();
        let sales = self.latest_sales(&sellers);
        let claim = |(connection, listing): &(&Connection, &Listing)| {
            let key = connection.key(listing);
            let ground = connection.ground(listing);
            let factor = ground.recipe.iter().find(|(part, _)| part == sku).map_or(1, |(_, factor)| *factor);
            let mut rule = connection.rule_of(listing).clone();
            if let Some(most) = self.other_parts_allow(&ground, sku, store) {
                rule.units_max = Some(rule.units_max.map_or(most, |max| max.min(most)));
            }
            Claim {
                weight: 1 + i64::try_from(sales.iter().filter(|sale| **sale == key).count()).unwrap_or(0),
                factor: i64::from(factor.max(1)),
                is_seen: !self.blind.contains(&connection.id),
                listing: key,
                rule,
            }
        };
        sellers.iter().map(claim).collect()
    }

    /// How often a bundle can be built at a store by its other parts: more of this one would be of no use to it.
    fn other_parts_allow(&self, ground: &Ground, sku: &Sku, store: &LocationId) -> Option<u32> {
        let others = ground.recipe.iter().filter(|(part, _)| part != sku);
        let most = others.map(|(part, factor)| {
            let stock = self.balance(&StockKey { sku: part.clone(), location: store.clone() });
            let own = own_units(&stock, self.kept_back(part, store)).max(0) / i64::from(*factor).max(1);
            u32::try_from(own).unwrap_or(u32::MAX)
        });
        most.min()
    }

    /// Whose the latest sales of the product were.
    fn latest_sales(&self, sellers: &[(&Connection, &Listing)]) -> Vec<ListingKey> {
        let of = |(connection, listing): &(&Connection, &Listing)| {
            let key = connection.key(listing);
            let sold = self.listed.get(&key).map(|listed| listed.sold_ms.clone()).unwrap_or_default();
            sold.into_iter().map(move |ms| (ms, key.clone()))
        };
        let mut sales: Vec<(i64, ListingKey)> = sellers.iter().flat_map(of).collect();
        sales.sort();
        let surplus = sales.len().saturating_sub(super::SALES_REMEMBERED);
        sales.drain(..surplus);
        sales.into_iter().map(|(_, key)| key).collect()
    }

    /// Parts of the ground that the listing's cover still lies on although its recipe or its stores have changed.
    fn left_over(&self, key: &ListingKey, ground: &Ground) -> Vec<Part> {
        let old = self.listed.get(key).and_then(|listed| listed.ground.clone());
        let Some(old) = old.filter(|old| old != ground) else { return Vec::new() };
        let stands = |sku: &Sku, store: &LocationId| {
            ground.stores.contains(store) && ground.recipe.iter().any(|(part, _)| part == sku)
        };
        let mut parts = Vec::new();
        for store in &old.stores {
            for (sku, factor) in old.recipe.iter().filter(|(sku, _)| !stands(sku, store)) {
                parts.push(self.part(key, sku, *factor, store));
            }
        }
        parts
    }

    /// No cover of a product is raised before all its listings are known: what is on sale unknown to us is covered by
    /// nobody.
    fn are_all_adopted(&self, ground: &Ground) -> bool {
        ground.recipe.iter().all(|(sku, _)| {
            let mut sellers = self.shop.listings_of(sku).filter(|(c, l)| c.is_covered(l));
            sellers.all(|(connection, listing)| {
                let listed = self.listed.get(&connection.key(listing));
                listed.is_some_and(|listed| listed.is_adopted_on(&connection.ground(listing)))
            })
        })
    }
}

/// The product at every store from which somebody sells it: what one lacks the others keep back.
pub fn stores_of(shop: &Shop, sku: &Sku) -> BTreeSet<StockKey> {
    let stores = shop.listings_of(sku).flat_map(|(connection, _)| connection.serves_from.iter());
    stores.map(|store| StockKey { sku: sku.clone(), location: store.clone() }).collect()
}

/// Every balance that a decision about these listings looks at: their own, those of their old ground, what other stores have of the
/// same products, and the parts of everybody who sells them.
pub fn balances_of(shop: &Shop, grounds: &[Ground]) -> BTreeSet<StockKey> {
    let mut keys = BTreeSet::new();
    for ground in grounds {
        for store in &ground.stores {
            for (sku, _) in &ground.recipe {
                keys.insert(StockKey { sku: sku.clone(), location: store.clone() });
                keys.extend(stores_of(shop, sku));
                for (_, listing) in shop.listings_selling(sku, store) {
                    let parts = listing.recipe.iter();
                    keys.extend(
                        parts.map(|part| StockKey { sku: part.sku.clone(), location: store.clone() }),
                    );
                }
            }
        }
    }
    keys
}

/// Every listing that sells any product of these grounds.
pub fn sellers_of(shop: &Shop, grounds: &[Ground]) -> BTreeSet<ListingKey> {
    let mut keys = BTreeSet::new();
    for ground in grounds {
        for (sku, _) in &ground.recipe {
            keys.extend(shop.listings_of(sku).map(|(connection, listing)| connection.key(listing)));
        }
    }
    keys
}
