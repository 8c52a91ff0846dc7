//! The same buyers come again, one after the other, and are served or sent away by the rules that are given.

use super::demand::{Event, OrderName, What};
use super::kin::{Part, parts};
use super::world::{World, find};
use crate::catalogue::Shop;
use crate::ids::Sku;
use crate::stock::{ListingKey, StockKey};
use std::collections::{BTreeMap, BTreeSet};

/// What one product came to, in base units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Orders that wanted it on a channel.
    pub orders: i64,
    /// Units they wanted.
    pub wanted_units: i64,
    /// Orders for which their listing did not show enough.
    pub refused_orders: i64,
    /// Units of those.
    pub refused_units: i64,
    /// Units sold, on a channel or at a till, that were not there.
    pub oversold_units: i64,
    /// Times that a listing on which somebody buys stood at 0 until goods came or the story ended.
    pub stock_outs: i64,
    /// Units that lay unsold at the ends of those.
    pub unsold_units: i64,
}

impl Figures {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            orders: self.orders + other.orders,
            wanted_units: self.wanted_units + other.wanted_units,
            refused_orders: self.refused_orders + other.refused_orders,
            refused_units: self.refused_units + other.refused_units,
            oversold_units: self.oversold_units + other.oversold_units,
            stock_outs: self.stock_outs + other.stock_outs,
            unsold_units: self.unsold_units + other.unsold_units,
        }
    }
}

/// What a story came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Played {
    /// Product by product.
    pub figures: BTreeMap<Sku, Figures>,
    /// Orders that found too little on their listing, with the listing units they wanted.
    pub refused: BTreeMap<(OrderName, ListingKey), i64>,
}

struct Play<'a> {
    shop: &'a Shop,
    world: World<'a>,
    /// The listings of each product on which somebody buys.
    bought_on: BTreeMap<Sku, BTreeSet<ListingKey>>,
    /// Products of which such a listing stands at 0.
    out: BTreeSet<Sku>,
    played: Played,
}

/// Plays the story under the rules of this shop. Pooled listings hear of a change `lag_ms` later.
pub fn play(shop: &Shop, events: &[Event], lag_ms: i64) -> Played {
    let mut sum = Played::default();
    for part in parts(shop, events) {
        let played = play_part(&part, lag_ms.max(0));
        sum.figures.extend(played.figures);
        sum.refused.extend(played.refused);
    }
    sum
}

fn play_part(Part { shop, events }: &Part<'_>, lag_ms: i64) -> Played {
    let (world, bought_on) = (World::new(shop, lag_ms), bought_on(events));
    let mut play = Play { shop, world, bought_on, out: BTreeSet::new(), played: Played::default() };
    for event in events {
        play.world.wait_until(event.at_ms);
        play.happen(&event.what);
    }
    play.end(events.last().map_or(0, |event| event.at_ms.saturating_add(lag_ms)));
    play.played
}

fn bought_on(events: &[&Event]) -> BTreeMap<Sku, BTreeSet<ListingKey>> {
    let mut found: BTreeMap<Sku, BTreeSet<ListingKey>> = BTreeMap::new();
    for event in events {
        let What::Wanted { listing, parts, .. } = &event.what else { continue };
        for balance in parts.keys() {
            found.entry(balance.sku.clone()).or_default().insert(listing.clone());
        }
    }
    found
}

impl Play<'_> {
    fn happen(&mut self, what: &What) {
        match what {
            What::Wanted { order, listing, parts } => self.want(order, listing, parts),
            What::Took { order, balance, units } => {
                let before = self.world.short(&balance.sku);
                self.world.hold(order, balance, *units);
                self.judge_short(&balance.sku, before);
                self.look(&balance.sku);
            }
            What::CalledOff { order, sku, units } => {
                self.world.let_go(order, sku, *units, false);
                self.look(sku);
            }
            What::Left { order, sku, units } => self.world.let_go(order, sku, *units, true),
            What::Goods { balance, units } => {
                // Goods that come end a stock-out; whether they were enough, the next buyer finds out.
                if *units > 0 && self.out.remove(&balance.sku) {
                    self.end_stock_out(&balance.sku);
                }
                self.world.goods(balance, *units);
                if *units <= 0 {
                    self.look(&balance.sku);
                }
            }
        }
    }

    /// The story ends once every listing has heard of all of it.
    fn end(&mut self, at_ms: i64) {
        self.world.wait_until(at_ms);
        let skus: Vec<Sku> = self.bought_on.keys().cloned().collect();
        skus.iter().for_each(|sku| self.look(sku));
        for sku in std::mem::take(&mut self.out) {
            self.end_stock_out(&sku);
        }
    }

    fn want(&mut self, order: &OrderName, key: &ListingKey, parts: &BTreeMap<StockKey, i64>) {
        let skus: BTreeSet<&Sku> = parts.keys().map(|balance| &balance.sku).collect();
        if !skus.iter().all(|sku| self.world.is_counted(sku)) {
            parts.iter().for_each(|(balance, units)| self.world.hold(order, balance, *units));
            return;
        }
        let units = listing_units(self.shop, key, parts);
        let is_served = self.world.on_sale(key) >= units;
        let before: BTreeMap<&Sku, i64> = skus.iter().map(|sku| (*sku, self.world.short(sku))).collect();
        if is_served {
            self.world.sell(order, key, units);
        } else {
            *self.played.refused.entry((order.clone(), key.clone())).or_default() += units;
        }
        for (sku, before) in before {
            let wanted: i64 = parts.iter().filter(|(balance, _)| balance.sku == *sku).map(|(_, n)| n).sum();
            let figures = self.figures(sku);
            figures.orders += 1;
            figures.wanted_units += wanted;
            figures.refused_orders += i64::from(!is_served);
            figures.refused_units += if is_served { 0 } else { wanted };
            self.judge_short(sku, before);
            self.look(sku);
        }
    }

    fn figures(&mut self, sku: &Sku) -> &mut Figures {
        self.played.figures.entry(sku.clone()).or_default()
    }

    fn judge_short(&mut self, sku: &Sku, before: i64) {
        if self.world.is_counted(sku) {
            let more = (self.world.short(sku) - before).max(0);
            self.figures(sku).oversold_units += more;
        }
    }

    /// Whether a listing of the product on which somebody buys stands at 0 now.
    fn look(&mut self, sku: &Sku) {
        let listings = self.bought_on.get(sku);
        let is_out = self.world.is_counted(sku)
            && listings.is_some_and(|listings| listings.iter().any(|key| self.world.on_sale(key) == 0));
        if is_out {
            self.out.insert(sku.clone());
        } else {
            self.out.remove(sku);
        }
    }

    fn end_stock_out(&mut self, sku: &Sku) {
        let left = self.world.left(sku);
        let figures = self.figures(sku);
        figures.stock_outs += 1;
        figures.unsold_units += left;
    }
}

/// How many units of the listing an order wanted, by its recipe as it is now.
fn listing_units(shop: &Shop, key: &ListingKey, parts: &BTreeMap<StockKey, i64>) -> i64 {
    let recipe = find(shop, key).map(|(_, listing)| listing.recipe.as_slice()).unwrap_or_default();
    let of = |part: &crate::catalogue::Component| {
        let base: i64 = parts.iter().filter(|(balance, _)| balance.sku == part.sku).map(|(_, n)| n).sum();
        let factor = i64::from(part.factor.max(1));
        (base + factor - 1) / factor
    };
    recipe.iter().map(of).max().unwrap_or(0).max(1)
}
