//! What the table costs: read and write units, counted as DynamoDB charges them, failed conditions included.

use crate::attributes::{Item, item_bytes};
use aws_sdk_dynamodb::types::ConsumedCapacity;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts units in tenths, because an eventually consistent read costs half a unit.
#[derive(Debug, Default)]
pub struct UnitMeter {
    read_tenths: AtomicU64,
    write_tenths: AtomicU64,
}

/// Units spent so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Units {
    /// Read units, in tenths.
    pub read_tenths: u64,
    /// Write units, in tenths.
    pub write_tenths: u64,
}

impl Units {
    /// Spent since an earlier reading.
    pub fn since(self, earlier: Units) -> Units {
        Units {
            read_tenths: self.read_tenths - earlier.read_tenths,
            write_tenths: self.write_tenths - earlier.write_tenths,
        }
    }
}

impl UnitMeter {
    /// The reading now.
    pub fn reading(&self) -> Units {
        Units {
            read_tenths: self.read_tenths.load(Ordering::Relaxed),
            write_tenths: self.write_tenths.load(Ordering::Relaxed),
        }
    }

    /// Counts what an answer says a read cost.
    pub fn count_read<'c>(&self, capacities: impl IntoIterator<Item = &'c ConsumedCapacity>) {
        self.read_tenths.fetch_add(capacities.into_iter().map(tenths).sum(), Ordering::Relaxed);
    }

    /// Counts what an answer says a write cost.
    pub fn count_write<'c>(&self, capacities: impl IntoIterator<Item = &'c ConsumedCapacity>) {
        self.write_tenths.fetch_add(capacities.into_iter().map(tenths).sum(), Ordering::Relaxed);
    }

    /// A failed conditional write is charged like one that succeeded, but its answer names no cost (AWS Developer
    /// Guide, "Capacity unit consumption", read 2026-11-21): one unit per started KB, doubled in a transaction.
    pub fn count_failed_write<'i>(&self, items: impl IntoIterator<Item = &'i Item>, in_transaction: bool) {
        let per_kb: u64 = if in_transaction { 20 } else { 10 };
        let kilobytes = |item: &Item| item_bytes(item).div_ceil(1024).max(1) as u64;
        let units: u64 = items.into_iter().map(|item| kilobytes(item) * per_kb).sum();
        self.write_tenths.fetch_add(units, Ordering::Relaxed);
    }
}

#[allow(clippy::float_arithmetic, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn tenths(capacity: &ConsumedCapacity) -> u64 {
    // The SDK hands units over as a float in steps of one half; rounded to whole tenths at once.
    (capacity.capacity_units().unwrap_or(0.0) * 10.0).round() as u64
}
