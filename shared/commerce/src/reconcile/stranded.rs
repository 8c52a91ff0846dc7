//! Goods that could be sold and that no channel shows (*hết hàng ảo*): the shop pays for a shelf that nobody can see.

use crate::ids::{LocationId, Sku};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One product at one store, with what all its listings there show together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
    /// Base units that are free, those kept for walk-in buyers left out.
    pub free: i64,
    /// Base units covered for its listings.
    pub covered: i64,
    /// Listing units that its listings show together; none where one of them is not known, or where it has none.
    pub shown: Option<i64>,
    /// When its balance last moved, or a channel was told a number, whichever came later.
    pub quiet_since: Timestamp,
}

/// A product that could be sold and is shown nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stranded {
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
    /// Base units that could be sold.
    pub units: u64,
    /// Since when nothing has moved.
    pub since: Timestamp,
}

/// Those of the shelves that have been stranded for longer than so many minutes, the longest first.
pub fn stranded(shelves: &[Shelf], after_minutes: u32, now: Timestamp) -> Vec<Stranded> {
    let longest_ms = i64::from(after_minutes) * 60_000;
    let is_stranded = |shelf: &&Shelf| {
        let quiet_ms = now.as_millisecond() - shelf.quiet_since.as_millisecond();
        sellable(shelf) > 0 && shelf.shown == Some(0) && quiet_ms > longest_ms
    };
    let line = |shelf: &Shelf| Stranded {
        sku: shelf.sku.clone(),
        location: shelf.location.clone(),
        units: u64::try_from(sellable(shelf)).unwrap_or(0),
        since: shelf.quiet_since,
    };
    let mut found: Vec<Stranded> = shelves.iter().filter(is_stranded).map(line).collect();
    found.sort_by(|a, b| (a.since, &a.sku, &a.location).cmp(&(b.since, &b.sku, &b.location)));
    found
}

fn sellable(shelf: &Shelf) -> i64 {
    shelf.free.max(0) + shelf.covered.max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(sku: &str, (free, covered, shown): (i64, i64, Option<i64>), quiet_minutes: i64) -> Shelf {
        Shelf {
            sku: Sku::new(sku).unwrap(),
            location: LocationId::new("hn").unwrap(),
            free,
            covered,
            shown,
            quiet_since: Timestamp::from_second(100_000 - quiet_minutes * 60).unwrap(),
        }
    }

    #[test]
    fn only_what_could_be_sold_and_nobody_sees_for_long_is_stranded() {
        let shelves = [
            shelf("FREE", (3, 0, Some(0)), 31),
            shelf("COVERED", (-1, 2, Some(0)), 60),
            shelf("SHOWN", (3, 0, Some(1)), 60),
            shelf("UNKNOWN", (3, 0, None), 60),
            shelf("SOLD-OUT", (0, 0, Some(0)), 60),
            shelf("JUST-NOW", (3, 0, Some(0)), 30),
        ];
        let found = stranded(&shelves, 30, Timestamp::from_second(100_000).unwrap());
        let told: Vec<_> = found.iter().map(|line| (line.sku.as_str(), line.units)).collect();
        assert_eq!(told, [("COVERED", 2), ("FREE", 3)]);
    }
}
