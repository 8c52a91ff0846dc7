//! What the ledger's lines come to: each balance must be their sum, and their numbers leave no gap.

use crate::stock::{Movement, Stock, StockDelta, StockKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A balance as its ledger lines say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folded {
    /// The number of the last line.
    #[serde(rename = "v")]
    pub version: u64,
    /// What all lines come to.
    #[serde(rename = "s")]
    pub sum: StockDelta,
}

impl Folded {
    /// A balance taken as it is, for one whose lines are lost.
    pub fn of(stock: &Stock) -> Self {
        let sum = StockDelta {
            on_hand: stock.on_hand,
            committed: stock.committed,
            holds: stock.holds,
            cover: stock.cover.clone().into_iter().filter(|(_, units)| *units != 0).collect(),
            given_back: stock.given_back.clone().into_iter().filter(|(_, units)| *units != 0).collect(),
            in_transit: stock.in_transit,
            quarantine: stock.quarantine,
        };
        Self { version: stock.version, sum }
    }
}

/// One line: its number, and what moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerStep {
    /// The balance.
    pub balance: StockKey,
    /// Grows by one per line of the same balance.
    pub version: u64,
    /// What moved.
    pub movements: Vec<Movement>,
}

/// Lines that are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The first number that is missing.
    pub first_missing: u64,
    /// How many.
    pub missing: u64,
}

/// What lines come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folding {
    /// Each balance, up to its last line before a gap.
    pub balances: BTreeMap<StockKey, Folded>,
    /// Balances some of whose lines are missing.
    pub gaps: BTreeMap<StockKey, Gap>,
}

/// Adds lines to what earlier ones came to. They may come in any order and more than once. What follows a gap is not added:
/// nobody knows what was in between.
pub fn fold(earlier: BTreeMap<StockKey, Folded>, mut steps: Vec<LedgerStep>) -> Folding {
    steps.sort_by(|a, b| (&a.balance, a.version).cmp(&(&b.balance, b.version)));
    let mut folding = Folding { balances: earlier, gaps: BTreeMap::new() };
    for step in steps {
        let folded = folding.balances.entry(step.balance.clone()).or_default();
        if step.version <= folded.version {
            continue;
        }
        let missing = step.version - folded.version - 1;
        if missing > 0 {
            let first_missing = folded.version + 1;
            folding.gaps.entry(step.balance).or_insert(Gap { first_missing, missing });
            continue;
        }
        folded.version = step.version;
        step.movements.iter().for_each(|movement| folded.sum.add(&movement.delta, 1));
    }
    folding
}

/// A digest of everything in a balance that movements change: equal digests are equal balances.
pub fn digest(folded: &Folded) -> String {
    let text = serde_json::to_vec(folded).unwrap_or_default();
    crate::order::hex16(&Sha256::digest(&text))
}

/// A balance that is not the sum of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongFold {
    /// Which of its numbers.
    pub field: String,
    /// What the balance says, in base units.
    pub balance: i64,
    /// What its lines come to, in base units.
    pub ledger: i64,
}

/// Each number in which a balance is not the sum of its lines; `stock` must be of the same version.
pub fn unlike(stock: &Stock, folded: &Folded) -> Vec<WrongFold> {
    let balance = Folded::of(stock);
    let mut wrong = Vec::new();
    let mut check = |field: &str, balance: i64, ledger: i64| {
        if balance != ledger {
            wrong.push(WrongFold { field: field.to_owned(), balance, ledger });
        }
    };
    if digest(&balance) != digest(folded) {
        let (ours, sum) = (&balance.sum, &folded.sum);
        check("on_hand", ours.on_hand, sum.on_hand);
        check("committed", ours.committed, sum.committed);
        check("holds", ours.holds, sum.holds);
        check("cover", ours.cover.values().sum(), sum.cover.values().sum());
        check("given_back", ours.given_back.values().sum(), sum.given_back.values().sum());
        // Sums may agree although two listings have been mixed up.
        let mixed = ours.cover.iter().filter(|(listing, units)| sum.cover.get(listing) != Some(units));
        check("listings", i64::try_from(mixed.count()).unwrap_or(i64::MAX), 0);
    }
    check("free", stock.free, folded.sum.free());
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LocationId, Sku};
    use crate::stock::Cause;

    fn balance() -> StockKey {
        StockKey { sku: Sku::new("AO-M").unwrap(), location: LocationId::new("hn").unwrap() }
    }

    fn step(version: u64, on_hand: i64) -> LedgerStep {
        let delta = StockDelta { on_hand, ..StockDelta::default() };
        let cause = Cause::Document { document: version.to_string() };
        LedgerStep { balance: balance(), version, movements: vec![Movement { cause, at_ms: 0, delta }] }
    }

    fn folded(steps: Vec<LedgerStep>) -> Folding {
        fold(BTreeMap::new(), steps)
    }

    fn stock(version: u64, on_hand: i64) -> Stock {
        Stock { on_hand, free: on_hand, version, ..Stock::default() }
    }

    #[test]
    fn lines_in_any_order_and_twice_come_to_the_balance() {
        let folding = folded(vec![step(3, 4), step(1, 10), step(2, -3), step(2, -3)]);
        assert!(folding.gaps.is_empty());
        let sum = &folding.balances[&balance()];
        assert!(unlike(&stock(3, 11), sum).is_empty());
        let later = fold(folding.balances.clone(), vec![step(3, 4), step(4, 1)]);
        assert!(unlike(&stock(4, 12), &later.balances[&balance()]).is_empty());
    }

    #[test]
    fn a_gap_is_told_once_and_nothing_after_it_is_added() {
        let folding = folded(vec![step(1, 10), step(4, 1), step(5, 1)]);
        assert_eq!(folding.gaps[&balance()], Gap { first_missing: 2, missing: 2 });
        assert_eq!(folding.balances[&balance()].version, 1);
        let begins_late = folded(vec![step(3, 1)]);
        assert_eq!(begins_late.gaps[&balance()], Gap { first_missing: 1, missing: 2 });
    }

    #[test]
    fn a_balance_that_is_not_its_lines_is_named_number_by_number() {
        let sum = folded(vec![step(1, 10)]).balances[&balance()].clone();
        let mut wrong = stock(1, 12);
        wrong.committed = 3;
        let fields: Vec<_> =
            unlike(&wrong, &sum).into_iter().map(|w| (w.field, w.balance, w.ledger)).collect();
        let expected = [("on_hand", 12, 10), ("committed", 3, 0), ("free", 12, 10)];
        assert_eq!(fields, expected.map(|(field, a, b)| (field.to_owned(), a, b)));
    }
}
