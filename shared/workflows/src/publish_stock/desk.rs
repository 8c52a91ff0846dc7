//! Loads what decisions about a few listings are made from, and lays each decision's view out.

mod events;

pub(super) use events::is_untold;
pub(crate) use events::moved_at;

use super::manners::Manners;
use super::{Happened, Sales};
use channels::channel::Clock;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Listing, Shop};
use commerce::cover::{
    Call, Class, Ground, Listed, Pace, Scene, Step, Supply, Told, View, Write, after_answer, after_step,
    answered, balances_of, next, sellers_of, total, wanted_now,
};
use commerce::ids::{ConnectionId, ListingId};
use commerce::level::counted_by;
use commerce::plan::OrderKey;
use commerce::status::Status;
use commerce::stock::{Cause, ListingKey, Stock, StockDelta, StockKey};
use std::collections::{BTreeMap, BTreeSet};
use table::listing_item::ListingState;
use table::pass_item::PassState;
use table::save_listed::ListingWrite;
use table::{DeskItems, Table, TableError};

/// How long a call has until it is given up, in milliseconds.
pub const CALL_MS: i64 = 60_000;
/// A channel whose orders have not been seen for this long is not trusted with more units.
const BLIND_AFTER_MS: i64 = 15 * 60_000;

/// Everything a few listings of one connection are decided from.
#[derive(Clone)]
pub(crate) struct Desk<'a> {
    shop: &'a Shop,
    connection: &'a Connection,
    manners: Manners,
    class: Class,
    stock: BTreeMap<StockKey, Stock>,
    states: BTreeMap<ListingKey, ListingState>,
    listed: BTreeMap<ListingKey, Listed>,
    passes: BTreeMap<ConnectionId, PassState>,
    now: Timestamp,
    /// When what messages tell of happened, as far as they say so.
    happened: Option<&'a Happened>,
    /// Listings that an answer has left without their number for too long.
    stale: BTreeSet<ListingId>,
}

/// What a message asks of listings, until it is written down.
pub(super) struct Asked {
    /// Listings that a person wants tried at once.
    pub(super) again: BTreeSet<ListingId>,
    /// Listings that were seen to show another number than they should.
    pub(super) doubted: BTreeSet<ListingId>,
}

impl Asked {
    /// As if it stood in the listing's state already.
    pub(super) fn put_to(&self, desk: &mut Desk<'_>, listing: &Listing) {
        if self.again.contains(&listing.id) {
            desk.unlock(listing);
        }
        if self.doubted.contains(&listing.id) {
            desk.doubt(listing);
        }
    }

    /// It stands there now.
    pub(super) fn is_noted(&mut self, listing: &Listing) {
        self.again.remove(&listing.id);
        self.doubted.remove(&listing.id);
    }
}

impl<'a> Desk<'a> {
    /// Reads the listings, all others that sell the same products, the balances, and how far orders are recorded.
    pub(crate) async fn load(
        table: &Table,
        clock: &Clock,
        shop: &'a Shop,
        connection: &'a Connection,
        listings: &[&Listing],
        sales: &Sales,
    ) -> Result<Self, TableError> {
        let manners =
            Manners::of(connection).ok_or_else(|| TableError::Broken("unknown channel".to_owned()))?;
        let class = manners.class.ok_or_else(|| TableError::Broken("never written to".to_owned()))?;
        let grounds: Vec<Ground> = listings.iter().map(|listing| connection.ground(listing)).collect();
        let mut keys = sellers_of(shop, &grounds);
        keys.extend(listings.iter().map(|listing| connection.key(listing)));
        let keys: Vec<ListingKey> = keys.into_iter().collect();
        let connections: Vec<ConnectionId> = shop.connections.keys().cloned().collect();
        let balances: Vec<StockKey> = balances_of(shop, &grounds).into_iter().collect();
        // In one request: whatever moved in between, the write checks each balance and each state it was made from.
        let DeskItems { listed: states, passes, mut stock } =
            table.load_desk(&shop.id, &keys, &connections, &balances).await?;
        let manners = manners.as_seen(passes.get(&connection.id));
        let own = listings.iter().filter_map(|listing| states.get(&connection.key(listing)));
        let old: Vec<Ground> = own.filter_map(|state| state.listed.ground.clone()).collect();
        let left: Vec<StockKey> =
            balances_of(shop, &old).into_iter().filter(|balance| !balances.contains(balance)).collect();
        if !left.is_empty() {
            stock.extend(table.load_stock(&shop.id, &left).await?);
        }
        let mut listed: BTreeMap<ListingKey, Listed> =
            states.iter().map(|(key, state)| (key.clone(), state.listed.clone())).collect();
        for (key, sold_ms) in sales {
            let known = listed.entry(key.clone()).or_default();
            let new: Vec<i64> = sold_ms.iter().filter(|ms| !known.sold_ms.contains(ms)).copied().collect();
            known.remember_sales(&new);
        }
        let (now, happened, stale) = (clock(), None, BTreeSet::new());
        let mut desk =
            Self { shop, connection, manners, class, stock, states, listed, passes, now, happened, stale };
        desk.close_gates(table, listings).await?;
        Ok(desk)
    }

    /// Ships that were let through and are recorded by now need no gate any more.
    async fn close_gates(&mut self, table: &Table, listings: &[&Listing]) -> Result<(), TableError> {
        for listing in listings {
            let key = self.connection.key(listing);
            let Some(listed) = self.listed.get_mut(&key).filter(|listed| !listed.gate.open.is_empty()) else {
                continue;
            };
            let orders: Vec<OrderKey> =
                listed.gate.open.keys().map(|order| order_key(self.shop, &key, order)).collect();
            let found = table.load_orders(&orders, true).await?;
            for (order, (state, _)) in found {
                // Some say that the channel lowers its number by itself when a parcel leaves: it is asked afterwards.
                if state.status.is_out() || state.status == Status::Cancelled {
                    listed.gate.open.remove(&order.order);
                    listed.doubt = true;
                }
            }
        }
        Ok(())
    }

    fn known(&self, key: &ListingKey) -> Listed {
        self.listed.get(key).cloned().unwrap_or_default()
    }

    /// True when the shop has counted each of its products somewhere: before that, a listing is not ours to write to.
    pub(super) fn is_counted(&self, listing: &Listing) -> bool {
        let counted = |sku: &commerce::ids::Sku| {
            self.connection.serves_from.iter().any(|store| {
                let key = StockKey { sku: sku.clone(), location: store.clone() };
                self.stock.get(&key).is_some_and(|stock| stock.baseline.is_some())
            })
        };
        listing.recipe.iter().all(|part| counted(&part.sku))
    }

    fn with_view<T>(&self, listing: &Listing, decide: impl FnOnce(&View<'_>) -> T) -> T {
        let blind = blind(&self.passes, self.now);
        let supply = Supply {
            shop: self.shop,
            stock: &self.stock,
            listed: &self.listed,
            blind: &blind,
            now: self.now,
        };
        let scene: Scene = supply.scene(self.connection, listing, self.class == Class::Blind);
        let listed = self.known(&self.connection.key(listing));
        decide(&View {
            listed: &listed,
            class: self.class,
            restores: self.manners.restores,
            pace: self.manners.pace,
            ground: &scene.ground,
            places: &scene.places,
            left_over: &scene.left_over,
            drained_until: self.passes.get(&self.connection.id).and_then(|pass| pass.drained_until),
            may_raise: scene.may_raise,
            call_ms: CALL_MS,
            now: self.now,
        })
    }

    /// A listing as whoever compares it wants to know it; it is only looked at.
    pub(crate) fn standing(&self, listing: &Listing) -> Standing {
        let key = self.connection.key(listing);
        let told_at = self.listed.get(&key).and_then(|listed| listed.told_at);
        let moves =
            || listing.recipe.iter().flat_map(|part| self.stock.iter().filter(|s| s.0.sku == part.sku));
        self.with_view(listing, |view| Standing {
            listed: view.listed.clone(),
            believed: total(view.places),
            wanted: wanted_now(view.places, view.may_raise),
            is_ours: view.listed.is_adopted_on(view.ground) && self.is_counted(listing),
            is_counted: self.is_counted(listing),
            is_to_be_read: matches!(next(view), Step::Write(write) if write.call == Call::Read),
            given_back: view.given_back(),
            was_counted_since: moves().any(|(_, stock)| is_counted_since(stock, told_at)),
            moved_at: moved_at(moves().map(|(_, stock)| stock), |_| true),
        })
    }

    /// The channel's gross number, read a moment ago: what is written next is made from it.
    pub(super) fn set_gross(&mut self, listing: &Listing, gross: i64) {
        self.listed.entry(self.connection.key(listing)).or_default().gross = gross;
    }

    /// What is to be done about a listing.
    pub(super) fn next(&self, listing: &Listing) -> Step {
        let mut step = self.with_view(listing, next);
        if let Step::Write(write) = &mut step {
            let before = self.known(&self.connection.key(listing));
            let (event, look) = (self.event(listing, &before), || self.afterwards(listing, write));
            let freshness = after_step(&before, write, event, self.now, look);
            write.listed.freshness = freshness;
        }
        step
    }

    /// What an answer leads to; none where the attempt it belongs to is no longer the one on its way.
    pub(super) fn answered(&self, listing: &Listing, number: u64, told: Told) -> Option<Write> {
        let mut write = self.with_view(listing, |view| answered(view, number, told))?;
        let before = self.known(&self.connection.key(listing));
        let look = || self.afterwards(listing, &write);
        write.listed.freshness = after_answer(&before, &write.listed, told, CALL_MS, self.now, look);
        Some(write)
    }

    /// True when the book does not know of the listing's latest sales, or of ships that are recorded by now.
    pub(super) fn has_news(&self, listing: &Listing) -> bool {
        let key = self.connection.key(listing);
        let written = self.states.get(&key).map(|state| &state.listed);
        self.listed.get(&key) != written
    }

    /// The state with its news alone.
    pub(super) fn news(&self, listing: &Listing) -> Write {
        let mut listed = self.known(&self.connection.key(listing));
        listed.number += 1;
        Write { listed, cover: Vec::new(), call: commerce::cover::Call::None }
    }

    /// Saves a write with everything that belongs to it.
    pub(super) async fn save(
        &self,
        table: &Table,
        listing: &Listing,
        write: &Write,
    ) -> Result<(), TableError> {
        let key = self.connection.key(listing);
        let before = self.states.get(&key);
        let state = ListingState { listed: write.listed.clone(), seen: Default::default() };
        let pace = self.manners.pace;
        table
            .save_listed(&ListingWrite {
                shop: &self.shop.id,
                key: &key,
                state: &state,
                expected: before.map(|state| state.listed.number),
                cover: &write.cover,
                was_due_at: before.and_then(|state| state.listed.due_at(pace)),
                due_at: state.listed.due_at(pace),
                now: self.now,
            })
            .await
    }

    /// Lets a listing be tried that is left alone for a while: its channel is asked what it shows, and then told.
    pub(super) fn unlock(&mut self, listing: &Listing) {
        let known = self.listed.get_mut(&self.connection.key(listing));
        if let Some(listed) = known.filter(|listed| listed.locked_until.is_some()) {
            listed.locked_until = None;
            listed.doubt = true;
        }
    }

    /// Doubts what a listing is believed to show, unless something is on its way: that ends in an answer anyway.
    pub(super) fn doubt(&mut self, listing: &Listing) {
        let known = self.listed.get_mut(&self.connection.key(listing));
        if let Some(listed) = known.filter(|listed| listed.attempt.is_none() && listed.ground.is_some()) {
            listed.doubt = true;
        }
    }

    /// Takes in what was just saved, so that an answer can be judged without reading it back.
    pub(super) fn take_in(&mut self, listing: &Listing, write: &Write) {
        let key = self.connection.key(listing);
        for change in write.cover.iter().filter(|change| change.delta != 0) {
            let delta = StockDelta { cover: [(key.clone(), change.delta)].into(), ..StockDelta::default() };
            self.stock.entry(change.key.clone()).or_default().apply(&delta, Vec::new());
        }
        self.listed.insert(key.clone(), write.listed.clone());
        let state = ListingState { listed: write.listed.clone(), seen: Default::default() };
        self.states.insert(key, state);
    }

    /// The time is now.
    pub(super) fn look_at_clock(&mut self, clock: &Clock) {
        self.now = clock();
    }

    /// How slow the connection's channel may be.
    pub(super) fn pace(&self) -> Pace {
        self.manners.pace
    }

    /// The time of this look.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }
}

/// What is known of a listing at one moment. Units are listing units.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    /// Its state.
    pub(crate) listed: Listed,
    /// What it is believed to show.
    pub(crate) believed: i64,
    /// What the rules want it to show.
    pub(crate) wanted: i64,
    /// True when it is taken over and its products are counted.
    pub(crate) is_ours: bool,
    /// True when its products are counted.
    pub(crate) is_counted: bool,
    /// True when the next look at it asks its channel anyway.
    pub(crate) is_to_be_read: bool,
    /// Units the channel put back on sale itself, since ever.
    pub(crate) given_back: i64,
    /// True when one of its products was counted since its channel was told a number.
    pub(crate) was_counted_since: bool,
    /// When the latest thing happened that moved one of its products, other than cover.
    pub(crate) moved_at: Option<Timestamp>,
}

/// The latest change of a balance is a count, and the channel has been told nothing since.
pub(crate) fn is_counted_since(stock: &Stock, told_at: Option<Timestamp>) -> bool {
    let is_newer = |at_ms: i64| told_at.is_none_or(|told| at_ms >= told.as_millisecond());
    let is_count = |cause: &Cause| match cause {
        Cause::Document { document } => counted_by(document).is_some(),
        Cause::Order { .. } | Cause::Cover { .. } => false,
    };
    let mut counts = stock.movements.iter().filter(|movement| is_count(&movement.cause));
    counts.any(|movement| is_newer(movement.at_ms))
}

/// True when a connection's orders have not been read for too long. One that was never read is not late.
pub fn is_blind(pass: &PassState, now: Timestamp) -> bool {
    let until = pass.drained_until.map(|until| until.as_millisecond());
    until.is_some_and(|until| now.as_millisecond() - until > BLIND_AFTER_MS)
}

/// Connections whose channel cannot be seen at the moment: their orders have not been read for too long.
pub fn blind(passes: &BTreeMap<ConnectionId, PassState>, now: Timestamp) -> BTreeSet<ConnectionId> {
    passes.iter().filter(|(_, pass)| is_blind(pass, now)).map(|(id, _)| id.clone()).collect()
}

fn order_key(shop: &Shop, key: &ListingKey, order: &commerce::ids::OrderId) -> OrderKey {
    OrderKey { shop: shop.id.clone(), connection: key.connection.clone(), order: order.clone() }
}
