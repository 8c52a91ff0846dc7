//! A store says of goods set aside for a buyer that they are ready, or that they are not here.
//!
//! What is not here moves to the first other store of the connection that has all of it free, code and end as they were; where
//! no other has it, a hold ends and a sale stays for the desk to decide. On hand is never changed by it: whoever looked and found
//! nothing is asked to count.

use super::{CountWanted, Missing, NotHere, SaidBy};
use crate::allocate::Learned;
use crate::effect::{Decision, OrderState, effect};
use crate::hold_end::Marks;
use crate::ids::LocationId;
use crate::order::Departure;
use crate::plan::{OrderChange, OrderKey};
use crate::record::Account;
use crate::status::Status;
use crate::steps::STEP_ITEMS_MAX;
use crate::stock::{StockKey, difference};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What a store says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The goods are in hand and kept for the buyer.
    Ready,
    /// They are not, for that reason.
    NotHere(Missing),
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Write this.
    Write(Box<OrderChange>),
    /// The book says so already.
    Known,
    /// Nothing is set aside for a buyer who comes, or not any more.
    NotOpen,
    /// Its time is over, since then.
    Over(Timestamp),
    /// The goods lie in that store.
    Elsewhere(LocationId),
}

/// Plans the word that somebody in `store` says about an order; `known` must hold what is free of its products in every store of
/// the connection. Pure.
pub fn said(
    (key, account): (&OrderKey, Account<'_>),
    stored: Option<&(OrderState, String)>,
    known: &Learned,
    (word, store): (Word, &LocationId),
    by: &SaidBy,
) -> Reply {
    let Some((before, revision)) = stored else { return Reply::NotOpen };
    let Some(at_store) = before.at_store() else { return Reply::NotOpen };
    if matches!(word, Word::NotHere(_)) && at_store.has_refused(store) {
        return Reply::Known;
    }
    // What has left lies in no store any more, whatever the desk says of it later.
    let has_left = before.lines.iter().any(|line| line.out > 0);
    if has_left || !before.status.is_open() {
        return Reply::NotOpen;
    }
    if let Some(end) = before.over_since(by.at) {
        return Reply::Over(end);
    }
    if let Some(elsewhere) = stores(before).into_iter().find(|lies| *lies != store) {
        return Reply::Elsewhere(elsewhere.clone());
    }
    let told = Told { key, account, before, revision, by };
    match word {
        Word::Ready if at_store.ready.is_some() => Reply::Known,
        Word::Ready => Reply::Write(Box::new(told.ready())),
        Word::NotHere(why) => Reply::Write(Box::new(told.not_here(known, store, why))),
    }
}

/// The stores in which the open units of an order lie.
fn stores(state: &OrderState) -> BTreeSet<&LocationId> {
    let open = state.lines.iter().filter(|line| line.cancelled < line.quantity);
    open.filter_map(|line| line.decision.as_ref()).map(|decision| &decision.location).collect()
}

struct Told<'a> {
    key: &'a OrderKey,
    account: Account<'a>,
    before: &'a OrderState,
    revision: &'a String,
    by: &'a SaidBy,
}

impl Told<'_> {
    fn ready(&self) -> OrderChange {
        let mut state = self.before.clone();
        if let Some(at_store) = state.hold.as_mut().and_then(|held| held.at_store.as_mut()) {
            at_store.ready = Some(self.by.clone());
        }
        self.change(state, Vec::new())
    }

    fn not_here(&self, known: &Learned, store: &LocationId, why: Missing) -> OrderChange {
        let counts = self.counts(store, why);
        let (passed_over, found) = self.look_around(known, store);
        let mut not_here =
            NotHere { store: store.clone(), why, said: self.by.clone(), passed_over, moved_to: None };
        if let Some(state) = found {
            not_here.moved_to = stores(&state).into_iter().next().cloned();
            return self.change(with(state, not_here), counts);
        }
        let mut state = with(self.before.clone(), not_here);
        // A sale is not called off by a store: its buyer has paid, and the desk has to speak with him.
        if state.status == Status::Pending {
            (state.status, state.departure) = (Status::Cancelled, Departure::Stayed);
            if let Some(held) = &mut state.hold {
                held.code = None;
                held.at_store.iter_mut().for_each(|at_store| at_store.is_refused = true);
            }
        }
        self.change(state, counts)
    }

    /// The stores that were asked in vain, and the order as it lies in the one that has all of it.
    fn look_around(&self, known: &Learned, store: &LocationId) -> (Vec<LocationId>, Option<OrderState>) {
        let refused = |other: &LocationId| {
            other == store || self.before.at_store().is_some_and(|at_store| at_store.has_refused(other))
        };
        let mut passed_over = Vec::new();
        for other in self.account.connection.serves_from.iter().filter(|other| !refused(other)) {
            match self.moved_to(known, other) {
                Some(state) => return (passed_over, Some(state)),
                None => passed_over.push(other.clone()),
            }
        }
        (passed_over, None)
    }

    /// The order with its units set aside in another store; nothing where they are not all free there, or are too many products
    /// for one write.
    fn moved_to(&self, known: &Learned, store: &LocationId) -> Option<OrderState> {
        let mut state = self.before.clone();
        for line in &mut state.lines {
            let decision = line.decision.as_mut()?;
            if decision.in_cover {
                return None;
            }
            *decision = Decision {
                location: store.clone(),
                till_owned: self.account.shop.is_till_owned(store),
                not_counted: Vec::new(),
                ..decision.clone()
            };
        }
        state.applied = effect(&self.key.connection, &state, self.account.restores);
        let delta = difference(&state.applied, &self.before.applied);
        let free =
            |key: &StockKey| known.free.get(&(self.key.shop.clone(), key.clone())).copied().unwrap_or(0);
        let fits = delta.iter().all(|(key, delta)| delta.free() >= 0 || free(key) >= -delta.free());
        let items = 2 * delta.len() + 6;
        (fits && !delta.is_empty() && items <= STEP_ITEMS_MAX).then_some(state)
    }

    /// What the store should count: each product that it was asked for.
    fn counts(&self, store: &LocationId, why: Missing) -> Vec<CountWanted> {
        let mut units: BTreeMap<&StockKey, i64> = BTreeMap::new();
        for (balance, delta) in self.before.applied.iter().filter(|(key, _)| key.location == *store) {
            *units.entry(balance).or_default() += delta.holds + delta.committed;
        }
        let wanted = units.into_iter().filter(|(_, units)| *units > 0).map(|(balance, units)| CountWanted {
            balance: balance.clone(),
            units,
            why,
            said: self.by.clone(),
            order: self.key.order.clone(),
        });
        // With its stock a long order may fill the write; its first products are then asked for.
        wanted.take(COUNTS_MAX).collect()
    }

    fn change(&self, mut state: OrderState, counts: Vec<CountWanted>) -> OrderChange {
        state.applied = effect(&self.key.connection, &state, self.account.restores);
        let delta = difference(&state.applied, &self.before.applied);
        let takes = delta.iter().filter(|(_, delta)| delta.free() < 0);
        OrderChange {
            key: self.key.clone(),
            expected: Some(self.revision.clone()),
            must_have: takes.map(|(key, _)| key.clone()).collect(),
            marks: Marks::between(Some(self.before), &state),
            must_cover: BTreeSet::new(),
            newly_out: BTreeSet::new(),
            parks: Vec::new(),
            by: Some(self.by.by.clone()),
            counts,
            state,
            delta,
        }
    }
}

/// The most products of one order that a store is asked to count.
const COUNTS_MAX: usize = 20;

fn with(mut state: OrderState, not_here: NotHere) -> OrderState {
    if let Some(at_store) = state.hold.as_mut().and_then(|held| held.at_store.as_mut()) {
        at_store.ready = None;
        at_store.not_here.push(not_here);
    }
    state
}
