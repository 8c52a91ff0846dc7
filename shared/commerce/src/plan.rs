//! How a batch of order events becomes writes: each order once, each balance once, with the conditions that guard them.

use crate::allocate::{Allocator, Choice, Learned};
use crate::effect::{Decision, Line, OrderState, Origin, effect};
use crate::goods::Writer;
use crate::hold_end::Marks;
use crate::ids::{ConnectionId, OrderId, ShopId};
use crate::order::{ChannelOrder, OrderKind};
use crate::park::ParkReason;
use crate::pick_up::CountWanted;
use crate::record::{Account, Merged, merge, reasons_to_park, revision};
use crate::removed::{Rule, is_removed};
use crate::split::{piece_of, spread_out};
use crate::stock::{Effect, ListingKey, StockDelta, StockKey, difference};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Which order of which account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey {
    /// The tenant.
    pub shop: ShopId,
    /// The account.
    pub connection: ConnectionId,
    /// The channel's order number.
    pub order: OrderId,
}

/// All events of one order in a batch, and what the table holds of it.
pub struct OrderEvents<'a> {
    /// Which order.
    pub key: OrderKey,
    /// The account it came from.
    pub account: Account<'a>,
    /// What the channel told, in any order.
    pub events: Vec<&'a ChannelOrder>,
    /// What we hold, with our own revision of it.
    pub stored: Option<(OrderState, String)>,
    /// True when one of the events is news, and not only read from the channel's list.
    pub heard: bool,
    /// The order that it repeats, where one of the events carries a reference of ours.
    pub echo_of: Option<Origin>,
}

/// One order's new state and what it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderChange {
    /// Which order.
    pub key: OrderKey,
    /// The revision this was planned from; none for an order new to us.
    pub expected: Option<String>,
    /// The new state, its `applied` effect included.
    pub state: OrderState,
    /// What changes in stock.
    pub delta: Effect,
    /// Balances that must have these goods free, or another store is chosen.
    pub must_have: BTreeSet<StockKey>,
    /// Balances in which a listing must have these units covered, or another store is chosen.
    pub must_cover: BTreeSet<(StockKey, ListingKey)>,
    /// Balances whose baseline must be older than the order's source time.
    pub newly_out: BTreeSet<StockKey>,
    /// What is noted beside the order about its hold.
    pub marks: Marks,
    /// What a person must look at.
    pub parks: Vec<ParkReason>,
    /// The person in a store whose word it is; none for what a channel or a desk says.
    pub by: Option<Writer>,
    /// What a store should count, because it did not find it.
    pub counts: Vec<CountWanted>,
}

/// What a batch comes to.
#[derive(Debug, Default)]
pub struct Plan {
    /// Orders to write.
    pub changes: Vec<OrderChange>,
    /// Orders to ask the channel about again.
    pub rereads: Vec<OrderKey>,
    /// Orders that are not applied, with the reason.
    pub refused: Vec<(OrderKey, ParkReason)>,
    /// Orders for which nothing needs to be written.
    pub unchanged: usize,
}

/// Plans a batch. Pure; `learned` grows from failed conditions between two tries of the same batch.
pub fn plan(works: &[OrderEvents<'_>], learned: &Learned, now: Timestamp) -> Plan {
    let mut allocator = Allocator::new(learned);
    let mut result = Plan::default();
    // Orders that are known may leave something behind for those that are new.
    let (known, new): (Vec<_>, Vec<_>) = works.iter().partition(|work| work.stored.is_some());
    for work in known.into_iter().chain(new) {
        plan_order(work, learned, &mut allocator, now, &mut result);
    }
    result
}

fn plan_order(
    work: &OrderEvents<'_>,
    learned: &Learned,
    allocator: &mut Allocator<'_>,
    now: Timestamp,
    result: &mut Plan,
) {
    let stored = work.stored.as_ref().map(|(state, _)| state);
    let folded = fold(work, stored, now, result);
    let mut changed = folded.is_some();
    let Some(mut state) = folded.or_else(|| stored.cloned()) else { return };
    changed |= hear(&mut state, stored, work.heard);
    changed |= recognise(&mut state, work.echo_of.as_ref());
    let mut must = Must::default();
    for line in std::mem::take(&mut state.lines) {
        state.lines.extend(decide_line(work, line, allocator, &mut must));
    }
    state.lines.sort_by(|a, b| a.id.cmp(&b.id));
    let newly_out = mark_counted(work, &mut state, stored, learned);
    let target = effect(&work.key.connection, &state, work.account.restores);
    let mut applied = state.applied.clone();
    if is_removed(Rule::OnceOnly) {
        applied.values_mut().for_each(forget_what_came_back);
    }
    let delta = difference(&target, &applied);
    if !changed && delta.is_empty() {
        result.unchanged += 1;
        return;
    }
    state.applied = target;
    allocator.gain(&work.key.shop, &delta);
    must.have.retain(|key| delta.contains_key(key));
    must.cover.retain(|(key, _)| delta.contains_key(key));
    result.changes.push(OrderChange {
        key: work.key.clone(),
        expected: work.stored.as_ref().map(|(_, revision)| revision.clone()),
        parks: new_reasons(stored, &state),
        marks: Marks::between(stored, &state),
        state,
        delta,
        must_have: must.have,
        must_cover: must.cover,
        newly_out,
        by: None,
        counts: Vec::new(),
    });
}

/// An order that was only read from a list is heard of with its first news, and stays so; that alone is worth writing, or a
/// slow webhook would be called a lost one.
fn hear(state: &mut OrderState, stored: Option<&OrderState>, heard: bool) -> bool {
    state.unheard = stored.is_none_or(|old| old.unheard) && !heard;
    stored.is_some_and(|old| old.unheard != state.unheard)
}

/// An order that we put in ourselves is known as such from the first event that carries our reference, and for ever: who
/// edits it there may take the reference away.
fn recognise(state: &mut OrderState, echo_of: Option<&Origin>) -> bool {
    let is_new = state.echo_of.is_none() && echo_of.is_some();
    state.echo_of = state.echo_of.take().or_else(|| echo_of.cloned());
    is_new
}

/// Only the simulation gets here: what a channel put back on sale counts anew each time it is told.
fn forget_what_came_back(delta: &mut StockDelta) {
    for (listing, units) in std::mem::take(&mut delta.given_back) {
        *delta.cover.entry(listing).or_default() -= units;
    }
}

/// What a person must look at and has not been told yet.
fn new_reasons(stored: Option<&OrderState>, state: &OrderState) -> Vec<ParkReason> {
    let told = stored.map(reasons_to_park).unwrap_or_default();
    reasons_to_park(state).into_iter().filter(|reason| !told.contains(reason)).collect()
}

/// Merges the events, the newest first, so that older ones find themselves superseded.
fn fold(
    work: &OrderEvents<'_>,
    stored: Option<&OrderState>,
    now: Timestamp,
    result: &mut Plan,
) -> Option<OrderState> {
    let mut events = work.events.clone();
    events.sort_by_key(|e| std::cmp::Reverse((e.source_time, e.status.rank(), e.read_at)));
    let mut folded: Option<OrderState> = None;
    for event in events {
        match merge(work.account, folded.as_ref().or(stored), event, now) {
            Merged::Unchanged => {}
            Merged::ReRead if result.rereads.last() == Some(&work.key) => {}
            Merged::ReRead => result.rereads.push(work.key.clone()),
            Merged::BeforeHorizon => result.refused.push((work.key.clone(), ParkReason::BeforeHorizon)),
            Merged::Changed(state) => folded = Some(*state),
        }
    }
    folded
}

/// What a plan's write must find in the balances.
#[derive(Default)]
struct Must {
    have: BTreeSet<StockKey>,
    cover: BTreeSet<(StockKey, ListingKey)>,
}

/// Decides, once, which store serves a line and what it takes from stock. A line whose cover lies in several stores
/// becomes several pieces.
fn decide_line(
    work: &OrderEvents<'_>,
    line: Line,
    allocator: &mut Allocator<'_>,
    must: &mut Must,
) -> Vec<Line> {
    if line.decision.is_some() {
        return vec![line];
    }
    let connection = work.account.connection;
    let Some(listing) = connection.listings.get(&line.listing) else { return vec![line] };
    let in_cover = connection.is_covered(listing);
    let chosen = choose(work, listing, &line, allocator);
    if chosen.is_empty() {
        return vec![line];
    }
    let mut pieces = Vec::new();
    for (n, (choice, units)) in chosen.iter().enumerate() {
        if choice.must_have {
            let keys = listing.recipe.iter().map(|part| part.sku.clone());
            let keys = keys.map(|sku| StockKey { sku, location: choice.location.clone() });
            if in_cover {
                must.cover.extend(keys.map(|key| (key, connection.key(listing))));
            } else {
                must.have.extend(keys);
            }
        }
        let decision = Decision {
            till_owned: work.account.shop.is_till_owned(&choice.location),
            location: choice.location.clone(),
            recipe: listing.recipe.clone(),
            in_cover,
            not_counted: Vec::new(),
        };
        pieces.push(piece_of(&line, n, chosen.len(), *units, decision));
    }
    // Goods may be out before anything is decided: a first telling may be a late one.
    if pieces.len() > 1 {
        spread_out(pieces.iter_mut().collect(), line.out);
    }
    pieces
}

/// The stores for a line, with the listing units of each; no store at all where none serves the connection.
fn choose(
    work: &OrderEvents<'_>,
    listing: &crate::catalogue::Listing,
    line: &Line,
    allocator: &mut Allocator<'_>,
) -> Vec<(Choice, u32)> {
    let units = line.quantity.saturating_sub(line.cancelled);
    if let Some(location) = work.events.iter().find_map(|event| event.location.clone()) {
        return vec![(Choice { location, must_have: false }, units)];
    }
    if work.account.connection.is_covered(listing) {
        return allocator.choose_covered(work.account, listing, units);
    }
    allocator.choose(work.account, listing, units).into_iter().map(|choice| (choice, units)).collect()
}

/// Goods that left before a balance's baseline are in its count already. Returns the balances whose baseline the
/// write must check, because these units go out only now.
fn mark_counted(
    work: &OrderEvents<'_>,
    state: &mut OrderState,
    stored: Option<&OrderState>,
    learned: &Learned,
) -> BTreeSet<StockKey> {
    let fact_time = state.source_time;
    let (is_till_sale, is_till_order) =
        (state.kind == OrderKind::TillSale, state.kind == OrderKind::TillOrder);
    let is_echo = state.echo_of.is_some();
    let mut newly_out = BTreeSet::new();
    for line in &mut state.lines {
        let known_out =
            stored.and_then(|old| old.lines.iter().find(|l| l.id == line.id)).map_or(0, |l| l.out);
        let Some(decision) = &mut line.decision else { continue };
        if line.out == 0 || is_till_order || is_echo || (decision.till_owned && !is_till_sale) {
            continue;
        }
        for part in &decision.recipe {
            let key = StockKey { sku: part.sku.clone(), location: decision.location.clone() };
            // A line that waited in suspense, or for a later step of a long order, is known to be out but not applied.
            let is_applied = state.applied.get(&key).is_some_and(|delta| delta.on_hand != 0);
            if known_out > 0 && (is_applied || decision.not_counted.contains(&part.sku)) {
                continue;
            }
            let baseline = learned.baseline.get(&(work.key.shop.clone(), key.clone()));
            let is_counted = baseline.is_some_and(|baseline| *baseline >= fact_time);
            if is_counted && !is_removed(Rule::CountKnowsEarlierSales) {
                decision.not_counted.push(part.sku.clone());
            } else {
                newly_out.insert(key);
            }
        }
    }
    newly_out
}

impl OrderChange {
    /// Our own revision of the new state.
    pub fn revision(&self) -> String {
        revision(&self.state)
    }
}
