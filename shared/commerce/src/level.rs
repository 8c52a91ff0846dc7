//! A count of the goods themselves: a till's level or a stock take, true as of a time.

use crate::ids::LocationId;
use crate::order::{UNITS_MAX, in_milliseconds};
use crate::park::ParkReason;
use crate::removed::{Rule, is_removed};
use crate::stock::{Cause, Movement, Stock, StockDelta, StockKey};
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

/// What a count changes, given the balance now; nothing when a later count is already in.
pub fn plan_level(key: &StockKey, stock: &Stock, level: &Level) -> Option<(StockDelta, Movement)> {
    debug_assert_eq!(key.location, level.location);
    let as_of = in_milliseconds(level.as_of);
    if stock.baseline.is_some_and(|baseline| baseline >= as_of) {
        return None;
    }
    let mut counted = level.on_hand;
    if is_removed(Rule::NoClamp) {
        counted = counted.max(stock.on_hand - stock.free);
    }
    let delta = StockDelta { on_hand: counted - stock.on_hand, ..StockDelta::default() };
    let cause = Cause::Document { document: level.document() };
    let movement = Movement { cause, at_ms: level.as_of.as_millisecond(), delta: delta.clone() };
    Some((delta, movement))
}
