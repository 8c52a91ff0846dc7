//! The operator's page: all shops in one list, the one that needs help most on top.

use crate::shop::{Cost, ShopReport};
use crate::summary::{Light, Summary};
use commerce::Timestamp;
use commerce::ids::ShopId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What an operator sees in the morning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorPage {
    /// When the page was made.
    pub made_at: Timestamp,
    /// The IANA name of the operator's time zone; an unknown name is drawn as UTC.
    pub time_zone: String,
    /// One line per shop, in any order: the page sorts them by [`ShopLine::trouble`].
    pub shops: Vec<ShopLine>,
}

/// One shop. What was not measured is `None`; where the shop has no report, everything is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopLine {
    /// The shop.
    pub shop: ShopId,
    /// What people call it.
    pub name: String,
    /// Where its report is: an `https` address, or a path relative to this page. Anything else is drawn without a link.
    pub link: Option<String>,
    /// The business day of its newest report; none where there is no report.
    pub day: Option<Date>,
    /// How that day looked.
    pub light: Option<Light>,
    /// Orders of that day.
    pub orders: Option<u64>,
    /// Units sold beyond what was there.
    pub oversold_units: Option<u64>,
    /// Orders that are missing or differ, without an explanation.
    pub orders_unexplained: Option<u64>,
    /// Shortfalls past their deadline.
    pub shortfalls_late: Option<u64>,
    /// Listings that show a wrong number still.
    pub drift_left: Option<u64>,
    /// Logins that the channel takes no more.
    pub logins_lost: Option<u64>,
    /// Items that wait for a person.
    pub parked: Option<u64>,
    /// How long the oldest stale listing has waited, in milliseconds; 0 where none waits.
    pub oldest_stale_ms: Option<u64>,
    /// What a thousand of its orders cost, in billionths of a US dollar; none where only a part of it was counted.
    pub nano_usd_per_thousand_orders: Option<u64>,
}

/// A part of a cost is no cost to compare shops by.
fn whole_cost(report: &ShopReport) -> Option<&Cost> {
    report.cost.as_ref().filter(|cost| cost.left_out.is_none())
}

impl ShopLine {
    /// The line of a shop that has a report.
    pub fn of(report: &ShopReport, link: Option<String>) -> Self {
        let summary = Summary::of(report);
        Self {
            shop: report.shop.clone(),
            name: report.name.clone(),
            link,
            day: Some(report.day),
            light: Some(summary.light),
            orders: summary.orders,
            oversold_units: summary.oversold_units,
            orders_unexplained: summary.orders_unexplained,
            shortfalls_late: summary.shortfalls_late,
            drift_left: summary.drift_left,
            logins_lost: summary.logins_lost,
            parked: summary.parked,
            oldest_stale_ms: summary.oldest_stale_ms,
            nano_usd_per_thousand_orders: whole_cost(report).and_then(|c| c.nano_usd_per_thousand_orders()),
        }
    }

    /// The line of a shop without a report: all of it is unknown.
    pub fn without_report(shop: ShopId, name: &str) -> Self {
        Self {
            shop,
            name: name.to_owned(),
            link: None,
            day: None,
            light: None,
            orders: None,
            oversold_units: None,
            orders_unexplained: None,
            shortfalls_late: None,
            drift_left: None,
            logins_lost: None,
            parked: None,
            oldest_stale_ms: None,
            nano_usd_per_thousand_orders: None,
        }
    }

    /// The measures that decide the order of shops, the gravest first: units oversold, orders missing, shortfalls past
    /// their deadline, drift not healed, logins lost, items parked, age of the oldest stale listing.
    pub fn troubles(&self) -> [Option<u64>; 7] {
        [
            self.oversold_units,
            self.orders_unexplained,
            self.shortfalls_late,
            self.drift_left,
            self.logins_lost,
            self.parked,
            self.oldest_stale_ms,
        ]
    }

    /// How badly a shop needs help; more is worse. The first measure of [`ShopLine::troubles`] that differs decides, and
    /// a known trouble counts for more than an unknown one. Among shops with equal troubles the one where more was not
    /// measured is worse, because nobody knows.
    pub fn trouble(&self) -> ([u64; 7], u64) {
        let troubles = self.troubles();
        let unknown = troubles.iter().filter(|trouble| trouble.is_none()).count() as u64;
        (troubles.map(Option::unwrap_or_default), unknown)
    }
}

/// The shops, worst first; equal ones by their id.
pub fn worst_first(page: &OperatorPage) -> Vec<&ShopLine> {
    let mut shops: Vec<&ShopLine> = page.shops.iter().collect();
    shops.sort_by_key(|line| (Reverse(line.trouble()), line.shop.clone()));
    shops
}
