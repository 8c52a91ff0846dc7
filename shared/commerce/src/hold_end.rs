//! How a hold ends when its time is over, and what is noted beside an order so that somebody ends it in time.

use crate::effect::{OrderState, Restores, effect};
use crate::hold_terms::HoldCode;
use crate::order::Departure;
use crate::plan::{OrderChange, OrderKey};
use crate::status::Status;
use crate::stock::difference;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What happens to one note beside an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark<T> {
    /// It stays as it is, also when there is none.
    #[default]
    Keep,
    /// It is written, over the one that was there.
    Put(T),
    /// It is taken away.
    Remove(T),
}

impl<T: PartialEq + Copy> Mark<T> {
    fn between(before: Option<T>, after: Option<T>) -> Self {
        match (before, after) {
            (before, after) if before == after => Mark::Keep,
            (_, Some(after)) => Mark::Put(after),
            (Some(before), None) => Mark::Remove(before),
            (None, None) => Mark::Keep,
        }
    }

    fn of_part(self, is_first: bool, is_last: bool) -> Self {
        match self {
            Mark::Put(_) if !is_first => Mark::Keep,
            Mark::Remove(_) if !is_last => Mark::Keep,
            mark => mark,
        }
    }

    /// True when something is written or taken away.
    pub fn is_written(&self) -> bool {
        *self != Mark::Keep
    }
}

/// The notes beside an order whose units are set aside; written in the transaction that writes the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// When its hold ends, for whoever sweeps what is due.
    pub end: Mark<Timestamp>,
    /// Its buyer's code, which no other order of the shop has meanwhile.
    pub code: Mark<HoldCode>,
    /// Since when its buyer waits for the store to say that the goods are ready.
    pub wait: Mark<Timestamp>,
}

impl Marks {
    /// What changes between two states of one order.
    pub fn between(before: Option<&OrderState>, after: &OrderState) -> Self {
        Self {
            end: Mark::between(before.and_then(OrderState::holds_until), after.holds_until()),
            code: Mark::between(before.and_then(OrderState::code), after.code()),
            wait: Mark::between(before.and_then(OrderState::waits_for_store), after.waits_for_store()),
        }
    }

    /// What one of several writes of an order does about them: what is written goes first and what is taken away last,
    /// so that an order that is left half-way is still found.
    pub fn of_part(self, is_first: bool, is_last: bool) -> Self {
        Self {
            end: self.end.of_part(is_first, is_last),
            code: self.code.of_part(is_first, is_last),
            wait: self.wait.of_part(is_first, is_last),
        }
    }

    /// How many items are written or taken away.
    pub fn items(&self) -> usize {
        [self.end.is_written(), self.code.is_written(), self.wait.is_written()].map(usize::from).iter().sum()
    }
}

/// What is to be done about an order that was noted as due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Its time is over: write this.
    Write(Box<OrderChange>),
    /// Its time is not over yet.
    NotYet(Timestamp),
    /// It is no hold with an end, or not any more.
    Nothing,
}

/// Whether the order still is a hold whose end has passed, and what ends it. Pure.
///
/// Only an order with an agreed end is ever ended, which no marketplace's order has. Its last word stays as it was: so a
/// word that was said before the end and arrives after it is still newer.
pub fn end_hold(
    key: &OrderKey,
    stored: Option<&(OrderState, String)>,
    restores: Restores,
    now: Timestamp,
) -> Ending {
    let Some((before, revision)) = stored else { return Ending::Nothing };
    // One that ended half-way, because it is too long for one write, is ended to its end.
    let Some(until) = before.holds_until().or(before.ended_at()) else { return Ending::Nothing };
    if until > now {
        return Ending::NotYet(until);
    }
    let mut state = OrderState { status: Status::Cancelled, departure: Departure::Stayed, ..before.clone() };
    if let Some(held) = &mut state.hold {
        (held.is_over, held.code) = (true, None);
    }
    state.applied = effect(&key.connection, &state, restores);
    let delta = difference(&state.applied, &before.applied);
    if delta.is_empty() && before.ended_at().is_some() {
        return Ending::Nothing;
    }
    let marks = Marks { end: Mark::Remove(until), ..Marks::between(Some(before), &state) };
    Ending::Write(Box::new(OrderChange {
        key: key.clone(),
        expected: Some(revision.clone()),
        delta,
        marks,
        state,
        must_have: BTreeSet::new(),
        must_cover: BTreeSet::new(),
        newly_out: BTreeSet::new(),
        parks: Vec::new(),
        by: None,
        counts: Vec::new(),
    }))
}
