//! What counting changed: each count of the day that found something else than the book said.

use commerce::Timestamp;
use commerce::ids::{ConnectionId, LocationId, Sku};
use serde::{Deserialize, Serialize};

/// Everything that was counted on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountCheck {
    /// Counts that found something else than the book said, in order of time. A till's readings of one product in one store
    /// are one line.
    pub lines: Vec<CountLine>,
    /// Products in stores that were counted and agreed with the book, as far as they stand in no line.
    pub same: u64,
    /// Products in stores that were counted for the first time: there was no number to differ from.
    pub first: u64,
}

/// A count that found something else than the book said. All numbers are base units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountLine {
    /// The product.
    pub sku: Sku,
    /// What people call it.
    pub product: String,
    /// The store.
    pub location: LocationId,
    /// Who counted.
    pub by: CountedBy,
    /// When it was so; of several readings the latest.
    pub at: Timestamp,
    /// Units counted.
    pub counted: i64,
    /// Units that the book said were there at that time.
    pub expected: i64,
    /// Units of the till's readings that are sales whose receipt came later; they are no difference.
    pub sold: u64,
}

impl CountLine {
    /// Units more than the book said; below 0 where fewer were there.
    pub fn difference(&self) -> i64 {
        self.counted.saturating_sub(self.expected)
    }
}

/// Who counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum CountedBy {
    /// A person, who handed the count in.
    Person,
    /// A till, whose level was read.
    Till {
        /// Which connection.
        connection: ConnectionId,
    },
}

impl CountedBy {
    /// A short code for files.
    pub fn code(&self) -> &'static str {
        match self {
            CountedBy::Person => "person",
            CountedBy::Till { .. } => "till",
        }
    }
}

impl CountCheck {
    /// Units found beyond what the book said.
    pub fn more(&self) -> u64 {
        self.sum(|difference| u64::try_from(difference).unwrap_or(0))
    }

    /// Units that were missing.
    pub fn fewer(&self) -> u64 {
        self.sum(|difference| if difference < 0 { difference.unsigned_abs() } else { 0 })
    }

    /// The sum of all differences.
    pub fn net(&self) -> i64 {
        self.lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.difference()))
    }

    fn sum(&self, of: impl Fn(i64) -> u64) -> u64 {
        self.lines.iter().fold(0, |sum: u64, line| sum.saturating_add(of(line.difference())))
    }
}
