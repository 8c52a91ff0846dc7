//! How quickly a product sells at its busiest, and the buffer that follows from it for listings that share a pool.

use super::demand::{Event, What};
use crate::ids::Sku;
use std::collections::BTreeMap;

/// The span over which the busiest sales are measured, in milliseconds.
pub const WINDOW_MS: i64 = 600_000;

/// One product's measured speed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Velocity {
    /// The most base units that were wanted within [`WINDOW_MS`].
    pub busiest_units: i64,
    /// The most base units that were wanted within one lag.
    pub in_one_lag_units: i64,
    /// Lag times velocity, rounded up: what a listing should hold back, in base units.
    pub buffer_units: i64,
}

/// The speed of each product that was wanted on a channel, and its buffer for this lag.
pub fn velocity(events: &[Event], lag_ms: i64) -> BTreeMap<Sku, Velocity> {
    let mut wanted: BTreeMap<Sku, Vec<(i64, i64)>> = BTreeMap::new();
    for event in events {
        let What::Wanted { parts, .. } = &event.what else { continue };
        for (balance, units) in parts {
            wanted.entry(balance.sku.clone()).or_default().push((event.at_ms, *units));
        }
    }
    wanted.into_iter().map(|(sku, sales)| (sku, of(&sales, lag_ms))).collect()
}

fn of(sales: &[(i64, i64)], lag_ms: i64) -> Velocity {
    let busiest_units = most_within(sales, WINDOW_MS);
    // Rounded up: half a unit too few is a unit too few.
    let buffer_units = (busiest_units * lag_ms.max(0) + WINDOW_MS - 1) / WINDOW_MS;
    Velocity { busiest_units, in_one_lag_units: most_within(sales, lag_ms), buffer_units }
}

/// The most units within a span that ends with a sale.
fn most_within(sales: &[(i64, i64)], span_ms: i64) -> i64 {
    let (mut first, mut units, mut most) = (0, 0, 0);
    for (at_ms, sold) in sales {
        units += sold;
        while let Some((early_ms, gone)) =
            sales.get(first).filter(|(early_ms, _)| at_ms - early_ms >= span_ms.max(1))
        {
            debug_assert!(early_ms <= at_ms);
            units -= gone;
            first += 1;
        }
        most = most.max(units);
    }
    most
}
