//! The ledger lines of a day, each one once.

use crate::announce_stock::LedgerLine;
use crate::reconcile::Recorded;
use commerce::reconcile::Day;
use commerce::stock::StockKey;
use commerce::{Timestamp, stock::Movement};
use std::collections::BTreeMap;

/// A balance's lines by their versions, and whether each one was recorded on the day.
pub(super) type ByVersion<'l> = BTreeMap<u64, (&'l LedgerLine, bool)>;

/// All lines that were read, by balance. A line is of the day when it was archived on it, so that each stands in one day's
/// report however late its news came. Where nobody knows that, the time of what happened decides.
pub(super) fn by_balance<'l>(
    lines: &'l [LedgerLine],
    recorded: Option<&Recorded>,
    day: &Day,
) -> BTreeMap<StockKey, ByVersion<'l>> {
    let mut balances: BTreeMap<StockKey, ByVersion<'l>> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        let is_of_day = match recorded {
            Some(recorded) => recorded.lines.contains(&place),
            None => line.movements.iter().any(|movement| happened_on(day, movement)),
        };
        let key = StockKey { sku: line.sku.clone(), location: line.location.clone() };
        // A line that stands in two objects was recorded when it first lay there.
        balances.entry(key).or_default().entry(line.version).or_insert((line, is_of_day));
    }
    balances
}

fn happened_on(day: &Day, movement: &Movement) -> bool {
    Timestamp::from_millisecond(movement.at_ms).is_ok_and(|at| day.holds(at))
}
