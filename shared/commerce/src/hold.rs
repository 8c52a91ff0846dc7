//! Setting units aside for an order in one go: every line or none, and never more than is free.
//!
//! An order of a marketplace is a fact and is written whatever is free. A hold is a wish: it is written only where each
//! of its lines finds its units, and the write itself checks that they are still there.

use crate::allocate::Learned;
use crate::catalogue::Component;
use crate::effect::OrderState;
use crate::hold_end::Marks;
use crate::hold_terms::HoldCode;
use crate::ids::{LineId, ListingId, LocationId};
use crate::order::ChannelOrder;
use crate::plan::{OrderChange, OrderEvents, plan};
use crate::status::Status;
use crate::stock::StockKey;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What one line of a hold comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLine {
    /// Which line.
    pub line: LineId,
    /// Of which listing.
    pub listing: ListingId,
    /// Units asked for.
    pub wanted: u32,
    /// Units that are set aside for it, or that could have been.
    pub available: u32,
    /// The store they lie in.
    pub location: Option<LocationId>,
}

/// What is to be done about a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// Write this; the write checks that the units are still free.
    Write(Box<OrderChange>),
    /// The book says so already.
    Known,
    /// Some line does not find its units: nothing is written.
    Short(Vec<HeldLine>),
    /// Its time is over, since then: nothing is written.
    Over(Timestamp),
    /// No store had its goods, since then: only a new wish sets any aside.
    Refused(Timestamp),
    /// Its units lie in that store already, and another is asked for.
    Elsewhere(LocationId),
    /// The order is known with other content of the same time: nobody can tell which is right.
    Unclear,
    /// The order is older than anything the book remembers.
    TooOld,
}

/// Plans one order. `known` must hold every balance that its lines may take from; `spare` becomes its buyer's code where
/// one is needed and none was given out yet. Pure.
///
/// A word that keeps units is refused once the order's time is over, but for one that is newer: who confirms late, or asks
/// for more time, is given the units anew where they are still free.
pub fn plan_hold(work: &OrderEvents<'_>, known: &Learned, spare: HoldCode, now: Timestamp) -> Hold {
    let mut plan = plan(std::slice::from_ref(work), known, now);
    if !plan.refused.is_empty() {
        return Hold::TooOld;
    }
    if !plan.rereads.is_empty() {
        return Hold::Unclear;
    }
    let Some(mut change) = plan.changes.pop() else { return known_already(work, spare, now) };
    if !change.state.status.is_open() {
        // What has left or was called off is a fact.
        return Hold::Write(Box::new(change));
    }
    if let Some(end) = change.state.over_since(now) {
        return Hold::Over(end);
    }
    let refused_at = work.stored.as_ref().and_then(|(state, _)| state.refused_at());
    if let Some(at) = refused_at.filter(|_| change.state.status != Status::Pending) {
        return Hold::Refused(at);
    }
    if let Some(store) = elsewhere(work, &change.state) {
        return Hold::Elsewhere(store);
    }
    let takes = change.delta.iter().filter(|(_, delta)| delta.free() < 0);
    let takes: BTreeMap<StockKey, i64> = takes.map(|(key, delta)| (key.clone(), -delta.free())).collect();
    if takes.iter().any(|(key, units)| free(work, known, key) < *units) {
        return Hold::Short(short(work, &change.state, known));
    }
    change.must_have = takes.into_keys().collect();
    Hold::Write(Box::new(with_code(change, work, spare)))
}

/// An order about which the book has nothing new to write, unless its buyer is still without a code.
fn known_already(work: &OrderEvents<'_>, spare: HoldCode, now: Timestamp) -> Hold {
    let keeps_units = work.events.iter().any(|event| event.status.is_open());
    let Some((state, revision)) = work.stored.as_ref().filter(|_| keeps_units) else { return Hold::Known };
    if let Some(end) = state.over_since(now) {
        return Hold::Over(end);
    }
    if !state.lacks_code() {
        return Hold::Known;
    }
    let change = OrderChange {
        key: work.key.clone(),
        expected: Some(revision.clone()),
        state: state.clone(),
        delta: Default::default(),
        must_have: BTreeSet::new(),
        must_cover: BTreeSet::new(),
        newly_out: BTreeSet::new(),
        marks: Marks::default(),
        parks: Vec::new(),
        by: None,
        counts: Vec::new(),
    };
    Hold::Write(Box::new(with_code(change, work, spare)))
}

/// Gives the buyer a code where one is needed; one that was given out before stays.
fn with_code(mut change: OrderChange, work: &OrderEvents<'_>, spare: HoldCode) -> OrderChange {
    let lacks_code = change.state.lacks_code();
    if let Some(held) = change.state.hold.as_mut().filter(|_| lacks_code) {
        held.code = Some(spare);
    }
    change.marks = Marks::between(work.stored.as_ref().map(|(state, _)| state), &change.state);
    change
}

/// The store in which some line's units lie already, where another one is asked for. Who names a store that did not have them
/// means the hold wherever it lies now.
fn elsewhere(work: &OrderEvents<'_>, wish: &OrderState) -> Option<LocationId> {
    let asked = work.events.iter().find_map(|event| event.location.as_ref())?;
    let open = wish.lines.iter().filter(|line| line.cancelled < line.quantity);
    let stores = open.filter_map(|line| line.decision.as_ref()).map(|decision| &decision.location);
    let stores: BTreeSet<&LocationId> = stores.collect();
    let is_moved = wish.at_store().is_some_and(|at_store| at_store.has_refused(asked));
    if is_moved && stores.len() == 1 && !stores.contains(asked) {
        return None;
    }
    stores.into_iter().find(|store| *store != asked).cloned()
}

fn free(work: &OrderEvents<'_>, known: &Learned, key: &StockKey) -> i64 {
    known.free.get(&(work.key.shop.clone(), key.clone())).copied().unwrap_or(0)
}

/// What each line could have had: the units that are free in its store and those that this order holds already, less
/// what its earlier lines take.
fn short(work: &OrderEvents<'_>, wish: &OrderState, known: &Learned) -> Vec<HeldLine> {
    let mut left: BTreeMap<StockKey, i64> = BTreeMap::new();
    let lines = wish.lines.iter().filter(|line| line.cancelled < line.quantity);
    let told = lines.map(|line| {
        let (location, recipe) = match &line.decision {
            Some(decision) => (Some(decision.location.clone()), decision.recipe.as_slice()),
            None => (None, &[] as &[Component]),
        };
        let keys: Vec<(StockKey, i64)> = location.iter().flat_map(|store| balances(store, recipe)).collect();
        let wanted = line.quantity - line.cancelled;
        for (key, _) in &keys {
            left.entry(key.clone()).or_insert_with(|| free(work, known, key) + own(work, key));
        }
        let most = keys.iter().map(|(key, factor)| left.get(key).copied().unwrap_or(0).max(0) / factor).min();
        let available = u32::try_from(most.unwrap_or(0)).unwrap_or(u32::MAX);
        for (key, factor) in &keys {
            *left.entry(key.clone()).or_default() -= i64::from(wanted.min(available)) * factor;
        }
        HeldLine { line: line.id.clone(), listing: line.listing.clone(), wanted, available, location }
    });
    let mut told: Vec<HeldLine> = told.collect();
    let asked = work.events.iter().flat_map(|event| &event.lines);
    let places: BTreeMap<&LineId, usize> = asked.enumerate().map(|(n, line)| (&line.id, n)).collect();
    told.sort_by_key(|line| places.get(&line.line).copied());
    told
}

fn balances(store: &LocationId, recipe: &[Component]) -> Vec<(StockKey, i64)> {
    let key = |part: &Component| StockKey { sku: part.sku.clone(), location: store.clone() };
    recipe.iter().map(|part| (key(part), i64::from(part.factor.max(1)))).collect()
}

/// Units that the order holds of a balance already.
fn own(work: &OrderEvents<'_>, key: &StockKey) -> i64 {
    let applied = work.stored.as_ref().and_then(|(state, _)| state.applied.get(key));
    applied.map_or(0, |delta| -delta.free())
}

/// What the book holds for an order's lines; nothing where it holds less than they ask, or was called off.
pub fn held_lines(state: &OrderState, order: &ChannelOrder) -> Option<Vec<HeldLine>> {
    if state.status == Status::Cancelled {
        return None;
    }
    let held = |wish: &crate::order::ChannelLine| {
        let line = state.lines.iter().find(|line| line.id == wish.id && line.listing == wish.listing)?;
        let wanted = wish.quantity.saturating_sub(wish.cancelled);
        let has = line.quantity.saturating_sub(line.cancelled);
        let location = line.decision.as_ref()?.location.clone();
        (has >= wanted).then(|| HeldLine {
            line: wish.id.clone(),
            listing: wish.listing.clone(),
            wanted,
            available: wanted,
            location: Some(location),
        })
    };
    order.lines.iter().map(held).collect()
}

#[cfg(test)]
mod tests;
