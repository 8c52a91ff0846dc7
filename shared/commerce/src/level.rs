//! A count of the goods themselves: a till's level or a stock take, true as of a time.

use crate::ids::LocationId;
use crate::order::in_milliseconds;
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
    let delta = StockDelta { on_hand: level.on_hand - stock.on_hand, ..StockDelta::default() };
    let cause = Cause::Document { document: level.document() };
    let movement = Movement { cause, at_ms: level.as_of.as_millisecond(), delta: delta.clone() };
    Some((delta, movement))
}
