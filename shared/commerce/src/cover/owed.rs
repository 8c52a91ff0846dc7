//! Units that a store keeps back because another store of the shop has promised more than it has: they must still get there.

use crate::ids::LocationId;
use crate::stock::Stock;
use std::collections::BTreeMap;

/// Units that a store has promised to buyers and does not have. What its book lacks beyond its promises is nobody's: a
/// till that was never counted may be far below nothing, and no buyer waits for it.
pub fn promised_and_lacking(stock: &Stock) -> i64 {
    (-stock.free).clamp(0, (stock.committed + stock.holds).max(0))
}

/// What each store keeps back of its free units for others, `stores` being all of one product in the shop's order: the first that
/// has any free backs first, so that everybody who asks finds the same ones kept back.
pub fn owed<'s>(stores: impl IntoIterator<Item = (&'s LocationId, &'s Stock)>) -> BTreeMap<LocationId, i64> {
    let stores: Vec<(&LocationId, &Stock)> = stores.into_iter().collect();
    let mut left: i64 = stores.iter().map(|(_, stock)| promised_and_lacking(stock)).sum();
    let mut owed = BTreeMap::new();
    for (store, stock) in stores {
        let units = stock.free.clamp(0, left);
        left -= units;
        if units > 0 {
            owed.insert(store.clone(), units);
        }
    }
    owed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock(free: i64, promised: i64) -> Stock {
        Stock { on_hand: free + promised, committed: promised, free, ..Stock::default() }
    }

    /// Stores with their free units and their promised ones, and what each keeps back.
    fn check(stores: &[(i64, i64)], expected: &[i64]) {
        let names: Vec<LocationId> =
            (0..stores.len()).map(|n| LocationId::new(format!("kho-{n}")).unwrap()).collect();
        let balances: Vec<Stock> = stores.iter().map(|(free, promised)| stock(*free, *promised)).collect();
        let kept = owed(names.iter().zip(&balances));
        let kept: Vec<i64> = names.iter().map(|name| kept.get(name).copied().unwrap_or(0)).collect();
        assert_eq!(kept, expected, "{stores:?}");
    }

    #[test]
    fn the_first_stores_that_have_any_back_the_one_that_has_promised_too_much() {
        check(&[(4, 0), (3, 2)], &[0, 0]);
        check(&[(-1, 5), (4, 0)], &[0, 1]);
        check(&[(1, 0), (-3, 9), (9, 1)], &[1, 0, 2]);
        check(&[(-1, 5), (-2, 2)], &[0, 0]);
        // Below nothing without a promise: no buyer waits for it.
        check(&[(-3, 0), (4, 0)], &[0, 0]);
        check(&[(-3, 1), (4, 0)], &[0, 1]);
    }
}
