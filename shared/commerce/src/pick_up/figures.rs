//! What pick-ups came to on a day: how soon stores had the goods in hand, what they did not have, and who never came.

use super::NotHere;
use crate::effect::OrderState;
use crate::plan::OrderKey;
use crate::reconcile::Day;
use jiff::Timestamp;

/// A store should have the goods in hand within so many minutes.
pub const READY_WITHIN_MINUTES: i64 = 120;

/// One day's pick-ups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PickUpDay {
    /// Holds of that day whose buyer comes to a store.
    pub asked: u64,
    /// Those of them of which it is known whether the store was in time: not those that were called off before, or wait still.
    pub judged: u64,
    /// Those of them that were ready within [`READY_WITHIN_MINUTES`].
    pub ready_in_time: u64,
    /// What stores did not have that day, oldest first.
    pub not_here: Vec<(OrderKey, NotHere)>,
    /// Goods that buyers took along that day.
    pub collected: u64,
    /// Holds whose time was over that day and nobody had come.
    pub no_shows: u64,
}

/// Counts them; `now` is when the count is made.
pub fn of_day<'o>(
    orders: impl Iterator<Item = (&'o OrderKey, &'o OrderState)>,
    day: &Day,
    now: Timestamp,
) -> PickUpDay {
    let mut told = PickUpDay::default();
    for (key, state) in orders {
        let Some(at_store) = state.at_store() else { continue };
        if day.holds(at_store.asked_at) {
            told.asked += 1;
            let in_time = ready_in_time(state, at_store.asked_at, now);
            told.judged += u64::from(in_time.is_some());
            told.ready_in_time += u64::from(in_time == Some(true));
        }
        let of_day = at_store.not_here.iter().filter(|not_here| day.holds(not_here.said.at));
        told.not_here.extend(of_day.map(|not_here| (key.clone(), not_here.clone())));
        told.collected += u64::from(collected_at(state).is_some_and(|at| day.holds(at)));
        told.no_shows += u64::from(state.ended_at().is_some_and(|at| day.holds(at)));
    }
    told.not_here.sort_by_key(|(_, not_here)| not_here.said.at);
    told
}

/// When the buyer took the goods along; by the desk's word where the store said nothing.
fn collected_at(state: &OrderState) -> Option<Timestamp> {
    let settled = state.at_store()?.settled.as_ref().map(|settled| settled.at);
    state.status.is_out().then(|| settled.unwrap_or(state.source_time))
}

/// Whether the store was in time; none where nobody can tell. Goods that were handed over had been in hand.
fn ready_in_time(state: &OrderState, asked_at: Timestamp, now: Timestamp) -> Option<bool> {
    let within =
        |at: Timestamp| at.as_millisecond() - asked_at.as_millisecond() <= READY_WITHIN_MINUTES * 60_000;
    let ready = state.at_store()?.ready.as_ref().map(|ready| ready.at).or_else(|| collected_at(state));
    if let Some(at) = ready {
        return Some(within(at));
    }
    let is_given_up = state.ended_at().or_else(|| state.refused_at()).is_some();
    let waits_too_long = state.status.is_open() && !within(now);
    (is_given_up || waits_too_long).then_some(false)
}
