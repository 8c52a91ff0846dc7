//! A shop's day in one line, kept to compare the next days with it.

use crate::shop::ShopReport;
use crate::summary::{Light, Summary};
use commerce::money::Money;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The most days that a page draws; older ones are left out.
pub const DAYS_MAX: usize = 14;

/// One day of a shop. What was not measured on that day is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLine {
    /// The business day.
    pub day: Date,
    /// How the day looked.
    pub light: Light,
    /// Orders recorded.
    pub orders: Option<u64>,
    /// Orders that still stand on one side only, without an explanation.
    pub orders_unexplained: Option<u64>,
    /// What was sold, where all connections sell in one currency.
    pub revenue: Option<Money>,
    /// Units sold beyond what was there.
    pub oversold_units: Option<u64>,
    /// Listings that showed a wrong number at the end.
    pub drift_left: Option<u64>,
    /// Items that waited for a person.
    pub parked: Option<u64>,
}

impl DayLine {
    /// The line that this report leaves behind.
    pub fn of(report: &ShopReport) -> Self {
        let summary = Summary::of(report);
        let revenue = match summary.revenue.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        Self {
            day: report.day,
            light: summary.light,
            orders: summary.orders,
            orders_unexplained: summary.orders_unexplained,
            revenue,
            oversold_units: summary.oversold_units,
            drift_left: summary.drift_left,
            parked: summary.parked,
        }
    }
}

/// The line of the day before, which is what a shop compares with; none where it was not kept.
pub fn day_before(report: &ShopReport) -> Option<&DayLine> {
    let before = report.day.yesterday().ok()?;
    report.history.as_ref()?.iter().find(|line| line.day == before)
}
