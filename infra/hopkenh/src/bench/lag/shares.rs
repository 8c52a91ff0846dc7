//! How many of a product's units each listing should offer: more where buyers were last seen.

/// The rule that a shop's covers follow: own units and the last learned orders of each listing in, units of each out.
pub type Shares = fn(own: i64, learned: &[i64]) -> Vec<i64>;

/// How many of the latest orders tell where the demand is.
pub const REMEMBERED: usize = 16;

/// All own units, split by one more than the orders that each listing had among the latest; what rounding leaves goes
/// to the largest remainders, the earlier listing first.
pub fn following_demand(own: i64, learned: &[i64]) -> Vec<i64> {
    let weights: Vec<i64> = learned.iter().map(|orders| 1 + orders).collect();
    let (own, all) = (own.max(0), weights.iter().sum::<i64>().max(1));
    let mut wanted: Vec<i64> = weights.iter().map(|weight| own * weight / all).collect();
    let mut left = own - wanted.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|n| std::cmp::Reverse(own * weights[*n] % all));
    for n in by_remainder {
        if left > 0 {
            wanted[n] += 1;
            left -= 1;
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_follow_the_latest_orders_and_always_add_up() {
        assert_eq!(following_demand(20, &[0, 0, 0]), [7, 7, 6]);
        assert_eq!(following_demand(8, &[12, 3, 1]), [5, 2, 1]);
        assert_eq!(following_demand(1, &[0, 3, 0]), [0, 1, 0]);
        assert_eq!(following_demand(-2, &[1, 1, 1]), [0, 0, 0]);
    }
}
