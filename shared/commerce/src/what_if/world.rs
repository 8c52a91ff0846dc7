//! The shop as it would have been: its balances, what each listing offers by its rule, and what orders hold.

use super::demand::OrderName;
use crate::catalogue::{Connection, Listing, Shop};
use crate::cover::{Listed, Supply};
use crate::ids::{ConnectionId, LocationId, Sku};
use crate::shown::quantity_to_show;
use crate::stock::{ListingKey, Stock, StockKey};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A shop that is played.
pub(super) struct World<'a> {
    shop: &'a Shop,
    /// Pooled listings hear of a change so much later, in milliseconds.
    lag_ms: i64,
    now: Timestamp,
    /// Balances without cover: a covered listing's part is dealt out anew at each look.
    stock: BTreeMap<StockKey, Stock>,
    /// Whose the latest sales were.
    listed: BTreeMap<ListingKey, Listed>,
    /// What pooled listings show.
    shown: BTreeMap<ListingKey, i64>,
    /// When pooled listings hear of changes of a product.
    news: VecDeque<(i64, Sku)>,
    /// What orders hold.
    held: BTreeMap<OrderName, BTreeMap<StockKey, i64>>,
    nobody: BTreeSet<ConnectionId>,
}

impl<'a> World<'a> {
    /// The shop before anything has happened.
    pub(super) fn new(shop: &'a Shop, lag_ms: i64) -> Self {
        let (stock, listed, shown) = Default::default();
        let (news, held, nobody) = Default::default();
        Self { shop, lag_ms, now: Timestamp::UNIX_EPOCH, stock, listed, shown, news, held, nobody }
    }

    /// Time passes; pooled listings hear of what changed a lag ago.
    pub(super) fn wait_until(&mut self, at_ms: i64) {
        while let Some((_, sku)) = self.news.pop_front_if(|(due_ms, _)| *due_ms <= at_ms) {
            for (connection, listing) in sellers(self.shop, &sku) {
                if !connection.is_covered(listing) {
                    let shows = self.shows_pooled(connection, listing);
                    self.shown.insert(connection.key(listing), shows);
                }
            }
        }
        self.now = Timestamp::from_millisecond(at_ms).unwrap_or(self.now);
    }

    fn balance(&self, key: &StockKey) -> Stock {
        self.stock.get(key).cloned().unwrap_or_default()
    }

    fn supply(&self) -> Supply<'_> {
        let Self { shop, stock, listed, nobody, now, .. } = self;
        Supply { shop, stock, listed, blind: nobody, now: *now }
    }

    /// True once somebody has counted the product anywhere: before that nothing can be judged.
    pub(super) fn is_counted(&self, sku: &Sku) -> bool {
        self.stock.iter().any(|(key, stock)| key.sku == *sku && stock.baseline.is_some())
    }

    /// Listing units that a buyer finds on a listing now.
    pub(super) fn on_sale(&self, key: &ListingKey) -> i64 {
        let Some((connection, listing)) = find(self.shop, key) else { return 0 };
        if connection.is_covered(listing) {
            return self.dealt(connection, listing).iter().map(|(_, units)| units).sum();
        }
        self.shown.get(key).copied().unwrap_or(0)
    }

    /// Listing units of a covered listing, store by store.
    fn dealt(&self, connection: &Connection, listing: &Listing) -> Vec<(LocationId, i64)> {
        let scene = self.supply().scene(connection, listing, false);
        scene.places.into_iter().map(|place| (place.location, place.want.max(0))).collect()
    }

    /// Base units that the pool has: what is not sold and not dealt to a covered listing.
    fn pooled(&self, sku: &Sku, location: &LocationId) -> i64 {
        let key = StockKey { sku: sku.clone(), location: location.clone() };
        let dealt: i64 = self.supply().dealt(&key).iter().map(|dealt| dealt.standing.share).sum();
        own(&self.balance(&key)) - dealt
    }

    fn shows_pooled(&self, connection: &Connection, listing: &Listing) -> i64 {
        let pooled = |sku: &Sku, location: &LocationId| self.pooled(sku, location);
        i64::from(quantity_to_show(listing, &connection.serves_from, pooled))
    }

    /// Listing units that lie at each store for a listing, whatever its rule.
    fn places(&self, connection: &Connection, listing: &Listing) -> Vec<(LocationId, i64)> {
        if connection.is_covered(listing) {
            return self.dealt(connection, listing);
        }
        let room = |location: &LocationId| {
            let parts = listing.recipe.iter();
            let rooms =
                parts.map(|part| self.pooled(&part.sku, location).max(0) / i64::from(part.factor.max(1)));
            (location.clone(), rooms.min().unwrap_or(0))
        };
        connection.serves_from.iter().map(room).collect()
    }

    /// Sells so many units of a listing: from the stores where they lie, and what lies nowhere from the first.
    pub(super) fn sell(&mut self, order: &OrderName, key: &ListingKey, units: i64) {
        let Some((connection, listing)) = find(self.shop, key) else { return };
        let mut left = units;
        let mut taken: Vec<(LocationId, i64)> = Vec::new();
        for (location, room) in self.places(connection, listing) {
            let here = left.min(room);
            left -= here;
            taken.push((location, here));
        }
        if let Some((_, first)) = taken.first_mut() {
            *first += left;
        }
        for (location, units) in taken.into_iter().filter(|(_, units)| *units > 0) {
            for part in &listing.recipe {
                let balance = StockKey { sku: part.sku.clone(), location: location.clone() };
                self.hold(order, &balance, units * i64::from(part.factor.max(1)));
            }
        }
        // The channel itself shows less at once; the others hear of it.
        if let Some(shown) = self.shown.get_mut(key) {
            *shown = (*shown - units).max(0);
        }
        self.listed.entry(key.clone()).or_default().remember_sales(&[self.now.as_millisecond()]);
    }

    /// An order takes base units of a balance, whether they are there or not.
    pub(super) fn hold(&mut self, order: &OrderName, balance: &StockKey, units: i64) {
        *self.held.entry(order.clone()).or_default().entry(balance.clone()).or_default() += units;
        self.change(balance, |stock| stock.committed += units);
    }

    /// An order lets go of base units of a product, as far as it holds any; they leave the house or are free again.
    pub(super) fn let_go(&mut self, order: &OrderName, sku: &Sku, units: i64, leave: bool) {
        let mut left = units;
        let Some(held) = self.held.get_mut(order) else { return };
        let mut changes = Vec::new();
        for (balance, has) in held.iter_mut().filter(|(balance, _)| balance.sku == *sku) {
            let here = left.min(*has);
            *has -= here;
            left -= here;
            changes.push((balance.clone(), here));
        }
        for (balance, units) in changes {
            self.change(&balance, |stock| {
                stock.committed -= units;
                stock.on_hand -= if leave { units } else { 0 };
            });
        }
    }

    /// Goods come or are found missing.
    pub(super) fn goods(&mut self, balance: &StockKey, units: i64) {
        let now = self.now;
        self.change(balance, |stock| {
            stock.on_hand += units;
            stock.baseline = Some(now);
        });
    }

    fn change(&mut self, balance: &StockKey, change: impl FnOnce(&mut Stock)) {
        let stock = self.stock.entry(balance.clone()).or_default();
        change(stock);
        stock.free = own(stock);
        self.news.push_back((self.now.as_millisecond() + self.lag_ms, balance.sku.clone()));
    }

    fn balances<'b>(&'b self, sku: &'b Sku) -> impl Iterator<Item = &'b Stock> {
        self.stock.iter().filter(move |(key, _)| key.sku == *sku).map(|(_, stock)| stock)
    }

    /// Base units of a product that are promised beyond what is there, store by store.
    pub(super) fn short(&self, sku: &Sku) -> i64 {
        self.balances(sku).map(|stock| (-own(stock)).max(0)).sum()
    }

    /// Base units of a product that nobody has bought.
    pub(super) fn left(&self, sku: &Sku) -> i64 {
        self.balances(sku).map(|stock| own(stock).max(0)).sum()
    }
}

fn own(stock: &Stock) -> i64 {
    stock.on_hand - stock.committed
}

/// Every published listing that the product is part of.
fn sellers<'a>(shop: &'a Shop, sku: &'a Sku) -> impl Iterator<Item = (&'a Connection, &'a Listing)> {
    let all = shop.connections.values().flat_map(|c| c.listings.values().map(move |listing| (c, listing)));
    all.filter(|(_, listing)| listing.publish && listing.recipe.iter().any(|part| part.sku == *sku))
}

/// A listing by its full name.
pub(super) fn find<'a>(shop: &'a Shop, key: &ListingKey) -> Option<(&'a Connection, &'a Listing)> {
    let connection = shop.connections.get(&key.connection)?;
    Some((connection, connection.listings.get(&key.listing)?))
}
