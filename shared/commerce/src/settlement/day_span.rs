//! A span of days, both ends in it: what a settlement file covers.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// From the first day to the last one, both in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySpan {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl DaySpan {
    /// The days from the first to the last; none where the last one comes before the first.
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// The shortest span with all of these days in it.
    pub fn around(days: impl Iterator<Item = Date>) -> Option<Self> {
        days.fold(None, |span: Option<Self>, day| {
            let span = span.unwrap_or(Self { from: day, to: day });
            Some(Self { from: span.from.min(day), to: span.to.max(day) })
        })
    }
}
