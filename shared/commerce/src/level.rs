//! A count of the goods themselves: a till's level or a stock take, true as of a time.

use crate::ids::LocationId;
use crate::order::{UNITS_MAX, in_milliseconds};
use crate::park::ParkReason;
use crate::removed::{Rule, is_removed};
use crate::stock::{Cause, Movement, Stock, StockDelta, StockKey, TRAIL_MAX};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A physical count of one product at one store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Where it was counted.
    pub location: LocationId,
    /// Units there; a till may say less than zero.
    pub on_hand: i64,
    /// The time at which this was true: the start of our own read.
    pub as_of: Timestamp,
    /// Who said so, such as `till-main` or `count`.
    pub source: String,
}

impl Level {
    /// Refuses a count that no store ever holds, so that no sum can run over.
    pub fn check(&self) -> Result<(), ParkReason> {
        if self.on_hand.unsigned_abs() <= UNITS_MAX.unsigned_abs() {
            return Ok(());
        }
        Err(ParkReason::Unreadable { detail: "on_hand: is larger than any store holds".to_owned() })
    }

    /// The once-only name of this fact.
    pub fn document(&self) -> String {
        format!("level:{}:{}:{}", self.source, self.location, self.as_of.as_millisecond())
    }
}

/// Who counted, by a document's name; none where it is no count.
pub fn counted_by(document: &str) -> Option<&str> {
    document.strip_prefix("level:")?.split(':').next()
}

/// True when the balance still knows every change of on hand since the count; else it must be counted again.
pub fn is_remembered(stock: &Stock, level: &Level) -> bool {
    let oldest = stock.trail.first().map(|gone| gone.0);
    stock.trail.len() < TRAIL_MAX || oldest.is_some_and(|at_ms| at_ms <= level.as_of.as_millisecond())
}

/// What a count changes, given the balance now; nothing when a later count is already in. Sales of after the count are
/// replayed on top of it, as far as the balance remembers them ([`is_remembered`]).
pub fn plan_level(key: &StockKey, stock: &Stock, level: &Level) -> Option<(StockDelta, Movement)> {
    debug_assert_eq!(key.location, level.location);
    let as_of = in_milliseconds(level.as_of);
    if stock.baseline.is_some_and(|baseline| baseline >= as_of) {
        return None;
    }
    // What left after the count was taken is in the book already: it is taken off once more, for the count still has it.
    let as_of_ms = as_of.as_millisecond();
    let later: i64 = stock.trail.iter().filter(|gone| gone.0 > as_of_ms).map(|gone| gone.1).sum();
    let mut counted = level.on_hand + later;
    if is_removed(Rule::NoClamp) {
        counted = counted.max(stock.on_hand - stock.free);
    }
    let delta = StockDelta { on_hand: counted - stock.on_hand, ..StockDelta::default() };
    let cause = Cause::Document { document: level.document() };
    let movement = Movement { cause, at_ms: level.as_of.as_millisecond(), delta: delta.clone() };
    Some((delta, movement))
}
