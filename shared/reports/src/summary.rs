//! The few numbers that a shop's day comes to, and the light that stands above them.

use crate::shop::{Compared, ConnectionDay, Proof, ShopReport, Verdict};
use crate::to_do::{self, Urgency};
use commerce::money::Money;
use serde::{Deserialize, Serialize};

/// How a day looks at first sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// All that was looked at is right, and nothing is to be done.
    Green,
    /// Something is to be done, or something that matters was not looked at.
    Yellow,
    /// A promise was broken or is about to be: something is to be done today.
    Red,
}

/// What a report comes to. `None` where no part of it was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How the day looks.
    pub light: Light,
    /// Orders of the day, over all connections that were measured.
    pub orders: Option<u64>,
    /// What was sold, one amount per currency.
    pub revenue: Vec<Money>,
    /// Orders cancelled.
    pub cancels: Option<u64>,
    /// Returns that arrived.
    pub returns: Option<u64>,
    /// Connections whose own list was compared with our book.
    pub compared: u64,
    /// Connections that have a list which was not compared.
    pub not_compared: u64,
    /// Connections that list no orders.
    pub without_list: u64,
    /// Orders in the lists that were compared.
    pub listed: Option<u64>,
    /// Those of them that stand in our book with the same money.
    pub same: Option<u64>,
    /// Orders that differ and have no explanation.
    pub orders_unexplained: Option<u64>,
    /// Orders that were missing, and were recorded before the report was made.
    pub orders_mended: Option<u64>,
    /// Units sold beyond what was there.
    pub oversold_units: Option<u64>,
    /// Units promised and not there now.
    pub short_units: Option<u64>,
    /// Shortfalls whose deadline is over.
    pub shortfalls_late: Option<u64>,
    /// Listings that showed a wrong number.
    pub drift_found: Option<u64>,
    /// Those of them that are right now.
    pub drift_healed: Option<u64>,
    /// Those that are not right yet, or could not be read back.
    pub drift_left: Option<u64>,
    /// Logins that the channel takes no more.
    pub logins_lost: Option<u64>,
    /// Items that wait for a person.
    pub parked: Option<u64>,
    /// The slowest connection's p99, in milliseconds.
    pub freshness_p99_ms: Option<u64>,
    /// How long the oldest stale listing has waited, in milliseconds; 0 where none waits.
    pub oldest_stale_ms: Option<u64>,
    /// How many things a person is to do.
    pub to_do: u64,
}

impl Summary {
    /// Adds a report up.
    pub fn of(report: &ShopReport) -> Self {
        let compared = || report.connections.iter().filter_map(compared);
        let sales = || report.connections.iter().filter_map(|day| day.sales.as_ref());
        let proofs = |wanted: fn(&Proof) -> bool| {
            report.connections.iter().filter(|day| wanted(&day.proof)).count() as u64
        };
        let drift = report.drift.as_ref();
        Self {
            light: light(report),
            orders: sum(report.connections.iter().map(orders)),
            revenue: revenue(report),
            cancels: sum(sales().map(|s| Some(s.cancels))),
            returns: sum(sales().map(|s| Some(s.returns))),
            compared: compared().count() as u64,
            not_compared: proofs(|p| matches!(p, Proof::Unreadable { .. } | Proof::NotCompared)),
            without_list: proofs(|p| matches!(p, Proof::NoOrderList)),
            listed: sum(compared().map(|c| Some(c.theirs.orders))),
            same: sum(compared().map(|c| Some(c.same))),
            orders_unexplained: sum(compared().map(|c| Some(c.unexplained()))),
            orders_mended: sum(compared().map(|c| Some(mended(c)))),
            oversold_units: units(report.oversells.as_deref()),
            short_units: units(report.shortfalls.as_deref()),
            shortfalls_late: late(report),
            drift_found: drift.map(|check| check.lines.len() as u64),
            drift_healed: drift.map(|c| c.lines.iter().filter(|line| line.done.is_healed()).count() as u64),
            drift_left: drift
                .map(|c| c.unread + c.lines.iter().filter(|l| !l.done.is_healed()).count() as u64),
            logins_lost: logins_lost(report),
            parked: report.parked.as_ref().map(|groups| groups.iter().map(|group| group.items).sum()),
            freshness_p99_ms: freshness(report).filter_map(|f| f.p99_ms).max(),
            oldest_stale_ms: oldest_stale_ms(report),
            to_do: to_do::of(report).len() as u64,
        }
    }
}

/// The comparison of a connection, where one was made.
pub(crate) fn compared(day: &ConnectionDay) -> Option<&Compared> {
    match &day.proof {
        Proof::Compared(compared) => Some(compared),
        _ => None,
    }
}

/// Orders of a connection in our book, by whichever count there is.
pub(crate) fn orders(day: &ConnectionDay) -> Option<u64> {
    compared(day).map(|compared| compared.ours.orders).or(day.sales.map(|sales| sales.orders))
}

/// The sum of what was measured; none where nothing was.
fn sum(numbers: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    numbers.flatten().reduce(u64::saturating_add)
}

fn units(shorts: Option<&[crate::shop::Short]>) -> Option<u64> {
    shorts.map(|shorts| shorts.iter().map(|short| short.units).sum())
}

fn late(report: &ShopReport) -> Option<u64> {
    let shortfalls = report.shortfalls.as_ref()?;
    Some(shortfalls.iter().filter(|short| short.deadline <= report.made_at).count() as u64)
}

fn mended(compared: &Compared) -> u64 {
    let done = |d: &&crate::shop::Difference| matches!(d.done, crate::shop::Done::Recorded);
    compared.differences.iter().filter(done).count() as u64
}

fn revenue(report: &ShopReport) -> Vec<Money> {
    let mut found: Vec<Money> = Vec::new();
    for sales in report.connections.iter().filter_map(|day| day.sales) {
        match found.iter_mut().find(|money| money.currency == sales.revenue.currency) {
            Some(money) => money.amount_minor = money.amount_minor.saturating_add(sales.revenue.amount_minor),
            None => found.push(sales.revenue),
        }
    }
    found
}

fn logins_lost(report: &ShopReport) -> Option<u64> {
    use crate::shop::Login;
    sum(report.connections.iter().map(|day| match day.login {
        Login::NotMeasured => None,
        Login::Good | Login::Renewed { .. } | Login::EndsSoon { .. } => Some(0),
        Login::Lost { .. } => Some(1),
    }))
}

fn freshness(report: &ShopReport) -> impl Iterator<Item = &crate::shop::Freshness> {
    report.connections.iter().filter_map(|day| day.freshness.as_ref())
}

fn oldest_stale_ms(report: &ShopReport) -> Option<u64> {
    let waited = |since: commerce::Timestamp| {
        u64::try_from(report.made_at.duration_since(since).as_millis()).unwrap_or(0)
    };
    let ages = freshness(report).map(|f| f.oldest_stale.as_ref().map_or(0, |stale| waited(stale.since)));
    ages.max()
}

fn light(report: &ShopReport) -> Light {
    let to_do = to_do::of(report);
    if to_do.iter().any(|item| item.urgency == Urgency::Today) {
        return Light::Red;
    }
    if to_do.is_empty() && all_looked_at(report) { Light::Green } else { Light::Yellow }
}

/// What the light stands for; without it, green would be a guess.
fn all_looked_at(report: &ShopReport) -> bool {
    let proven = |day: &ConnectionDay| match &day.proof {
        Proof::Compared(compared) => compared.verdict() != Verdict::Differs,
        Proof::NoOrderList => true,
        Proof::Unreadable { .. } | Proof::NotCompared => false,
    };
    report.connections.iter().all(proven)
        && report.oversells.is_some()
        && report.shortfalls.is_some()
        && report.drift.is_some()
        && report.ledger.is_some()
        && report.parked.is_some()
}
