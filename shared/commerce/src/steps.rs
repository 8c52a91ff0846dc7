//! How planned changes are packed into transactions: one as a rule, several when an order is very long.

use crate::allocate::Learned;
use crate::hold_end::Marks;
use crate::ids::ShopId;
use crate::park::ParkReason;
use crate::pick_up::CountWanted;
use crate::plan::{OrderChange, OrderKey};
use crate::record::revision;
use crate::stock::{Cause, Effect, Gone, ListingKey, Movement, StockDelta, StockKey, longer};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The most items one transaction holds; DynamoDB allows 100 (AWS Developer Guide, read 2026-11-21).
pub const STEP_ITEMS_MAX: usize = 90;
/// The most ledger lines one balance carries per change, so that the item stays within 1 KB.
pub const MOVEMENTS_MAX: usize = 10;

/// One order as a step writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderWrite {
    /// Which order.
    pub key: OrderKey,
    /// The revision the write expects; none when the order must not exist yet.
    pub expected: Option<String>,
    /// The revision written.
    pub revision: String,
    /// The state written.
    pub state: crate::effect::OrderState,
    /// What a person must look at; one parked note, written with the order, so that neither is lost.
    pub parks: Vec<ParkReason>,
    /// What is noted beside it about its hold, in the same write.
    pub marks: Marks,
    /// What a store should count, noted in the same write.
    pub counts: Vec<CountWanted>,
}

/// One balance as a step changes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StockChange {
    /// The sum of all changes.
    pub delta: StockDelta,
    /// Its ledger lines.
    pub movements: Vec<Movement>,
    /// Free units that must be there before the change.
    pub free_min: Option<i64>,
    /// The baseline must be older than this.
    pub baseline_before: Option<Timestamp>,
    /// Cover that must be there before the change, by listing.
    pub cover_min: BTreeMap<ListingKey, i64>,
    /// The trail of on hand as it must still be, and as it becomes.
    pub trail: Option<(Vec<Gone>, Vec<Gone>)>,
    /// A listing's cover and given-back units, as they must still be.
    pub exactly: Option<(ListingKey, i64, i64)>,
}

impl StockChange {
    /// True when nothing changes and only conditions are checked.
    pub fn is_check(&self) -> bool {
        self.delta.is_zero() && self.movements.is_empty()
    }
}

/// What one transaction writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// The orders, each once.
    pub orders: Vec<OrderWrite>,
    /// The balances, each once.
    pub stock: BTreeMap<(ShopId, StockKey), StockChange>,
}

impl Step {
    fn items(&self) -> usize {
        let items = |order: &OrderWrite| {
            1 + usize::from(!order.parks.is_empty()) + order.marks.items() + order.counts.len()
        };
        self.orders.iter().map(items).sum::<usize>() + self.stock.len()
    }

    fn has_room(&self, change: &OrderChange) -> bool {
        let balance = |key: &StockKey| self.stock.get(&(change.key.shop.clone(), key.clone()));
        let new_keys = change.delta.keys().filter(|key| balance(key).is_none()).count();
        let full = |key: &StockKey| balance(key).is_some_and(|b| b.movements.len() >= MOVEMENTS_MAX);
        let notes = change.marks.items() + change.counts.len();
        self.items() + 2 + notes + new_keys <= STEP_ITEMS_MAX && !change.delta.keys().any(full)
    }

    fn add(&mut self, change: OrderChange, learned: &Learned) {
        for (key, delta) in &change.delta {
            let known =
                || learned.trail.get(&(change.key.shop.clone(), key.clone())).cloned().unwrap_or_default();
            let balance = self.stock.entry((change.key.shop.clone(), key.clone())).or_default();
            balance.delta.add(delta, 1);
            balance.movements.push(movement(&change, delta));
            if change.must_have.contains(key) || balance.free_min.is_some() {
                // All that this step takes from the balance must be there, also what others take without asking.
                let taken = balance.movements.iter().map(|movement| -movement.delta.free().min(0));
                balance.free_min = Some(taken.sum());
            }
            for (_, listing) in change.must_cover.iter().filter(|(covered, _)| covered == key) {
                balance.cover_min.entry(listing.clone()).or_default();
            }
            for (listing, least) in &mut balance.cover_min {
                let taken =
                    |movement: &Movement| -movement.delta.cover.get(listing).copied().unwrap_or(0).min(0);
                *least = balance.movements.iter().map(taken).sum();
            }
            if delta.on_hand != 0 {
                let (before, trail) = balance.trail.take().unwrap_or_else(|| (known(), known()));
                let fact = Gone(change.state.source_time.as_millisecond(), delta.on_hand);
                balance.trail = Some((before, longer(trail, fact)));
            }
            if change.newly_out.contains(key) {
                let time = change.state.source_time;
                balance.baseline_before = Some(balance.baseline_before.map_or(time, |t| t.min(time)));
            }
        }
        self.orders.push(OrderWrite {
            revision: change.revision(),
            key: change.key,
            expected: change.expected,
            state: change.state,
            parks: change.parks,
            marks: change.marks,
            counts: change.counts,
        });
    }
}

fn movement(change: &OrderChange, delta: &StockDelta) -> Movement {
    let connection = change.key.connection.clone();
    Movement {
        cause: Cause::Order { connection, order: change.key.order.to_string(), by: change.by.clone() },
        at_ms: change.state.fact_time().as_millisecond(),
        delta: delta.clone(),
    }
}

/// Packs changes into as few transactions as fit.
///
/// An order that moves no stock is a step of its own: a single conditional put costs half of a place in a transaction.
pub fn pack(changes: Vec<OrderChange>, learned: &Learned) -> Vec<Step> {
    let (lone, moving): (Vec<_>, Vec<_>) =
        changes.into_iter().partition(|change| change.delta.is_empty() && change.parks.is_empty());
    let mut steps = pack_together(moving, learned);
    for change in lone {
        let mut step = Step::default();
        step.add(change, learned);
        steps.push(step);
    }
    steps
}

fn pack_together(changes: Vec<OrderChange>, learned: &Learned) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for change in changes.into_iter().flat_map(split) {
        match steps.last_mut() {
            Some(step) if step.has_room(&change) => step.add(change, learned),
            _ => {
                let mut step = Step::default();
                step.add(change, learned);
                steps.push(step);
            }
        }
    }
    steps
}

/// A very long order reaches its effect in several steps; each records how far it got.
fn split(change: OrderChange) -> Vec<OrderChange> {
    // One place for the order, one for its parked note.
    let room = STEP_ITEMS_MAX - 2 - change.marks.items() - change.counts.len();
    if change.delta.len() <= room {
        return vec![change];
    }
    let mut applied = before(&change);
    let mut expected = change.expected.clone();
    let entries: Vec<_> = change.delta.iter().map(|(k, d)| (k.clone(), d.clone())).collect();
    let mut parts: Vec<OrderChange> = Vec::new();
    let last = entries.chunks(room).len().saturating_sub(1);
    for chunk in entries.chunks(room) {
        let mut part = change.clone();
        part.marks = change.marks.of_part(parts.is_empty(), parts.len() == last);
        part.delta = chunk.iter().cloned().collect();
        add(&mut applied, &part.delta);
        part.state.applied = applied.clone();
        part.expected = expected;
        if !parts.is_empty() {
            part.parks.clear();
            part.counts.clear();
        }
        expected = Some(revision(&part.state));
        parts.push(part);
    }
    parts
}

/// The effect that was applied before this change.
fn before(change: &OrderChange) -> Effect {
    let mut effect = change.state.applied.clone();
    for (key, delta) in &change.delta {
        effect.entry(key.clone()).or_default().add(delta, -1);
    }
    effect.retain(|_, delta| !delta.is_zero());
    effect
}

fn add(effect: &mut Effect, delta: &Effect) {
    for (key, change) in delta {
        effect.entry(key.clone()).or_default().add(change, 1);
    }
    effect.retain(|_, change| !change.is_zero());
}
