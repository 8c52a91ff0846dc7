//! What will run out, what to buy and what to carry to another store: each with its formula and what went into it.

use commerce::ids::{LocationId, Sku};
use serde::{Deserialize, Serialize};

/// Products that will not last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowStock {
    /// Sales were measured over so many days, at least 1.
    pub window_days: u32,
    /// Listed when the goods last fewer days than this.
    pub below_days: u32,
    /// The products, shortest first.
    pub lines: Vec<DaysOfCover>,
}

/// How long a product lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaysOfCover {
    /// The product.
    pub sku: Sku,
    /// What people call it.
    pub product: String,
    /// Base units that can still be sold, over all stores.
    pub units: u64,
    /// Base units sold within the window.
    pub sold: u64,
    /// Tenths of a day that they last, rounded down; none where nothing was sold.
    pub days_left_tenths: Option<u64>,
}

impl DaysOfCover {
    /// Works out how long the units last: units × window ÷ sold.
    pub fn new(sku: Sku, product: &str, units: u64, sold: u64, window_days: u32) -> Self {
        let tenths = u128::from(units) * u128::from(window_days) * 10;
        let days_left_tenths = tenths.checked_div(u128::from(sold)).map(whole);
        Self { sku, product: product.to_owned(), units, sold, days_left_tenths }
    }
}

/// A product to buy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reorder {
    /// The product.
    pub sku: Sku,
    /// What people call it.
    pub product: String,
    /// What went into the formula.
    pub inputs: ReorderInputs,
    /// Base units to buy.
    pub units: u64,
}

/// What the number to buy is worked out from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReorderInputs {
    /// Base units sold within the window.
    pub sold: u64,
    /// Days of the window, at least 1.
    pub window_days: u32,
    /// Days until goods arrive that are ordered today.
    pub lead_days: u32,
    /// Days they are to last after that.
    pub target_days: u32,
    /// Base units that can be sold now, over all stores.
    pub units_now: u64,
    /// Base units ordered and not yet here.
    pub on_the_way: u64,
}

impl ReorderInputs {
    /// sold ÷ window × (lead + target), rounded up, less what is here and on its way; never below 0.
    pub fn units(&self) -> u64 {
        let days = u128::from(self.lead_days) + u128::from(self.target_days);
        needed(self.sold, self.window_days, days)
            .saturating_sub(self.units_now)
            .saturating_sub(self.on_the_way)
    }
}

impl Reorder {
    /// Works out how many units to buy.
    pub fn new(sku: Sku, product: &str, inputs: ReorderInputs) -> Self {
        Self { sku, product: product.to_owned(), inputs, units: inputs.units() }
    }
}

/// Goods to carry from a store that has too many to one that has too few.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The product.
    pub sku: Sku,
    /// What people call it.
    pub product: String,
    /// The store that gives.
    pub from: LocationId,
    /// The store that takes.
    pub to: LocationId,
    /// What went into the formula.
    pub inputs: MoveInputs,
    /// Base units to carry.
    pub units: u64,
}

/// What the number to carry is worked out from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveInputs {
    /// Days of the window, at least 1.
    pub window_days: u32,
    /// Days that goods are to last in each store.
    pub target_days: u32,
    /// Base units in the store that gives.
    pub from_units: u64,
    /// Base units it sold within the window.
    pub from_sold: u64,
    /// Base units in the store that takes.
    pub to_units: u64,
    /// Base units it sold within the window.
    pub to_sold: u64,
}

impl MoveInputs {
    /// The lesser of what the taker lacks and what the giver can spare, both for the target days.
    pub fn units(&self) -> u64 {
        let days = u128::from(self.target_days);
        let lacking = needed(self.to_sold, self.window_days, days).saturating_sub(self.to_units);
        let spare = self.from_units.saturating_sub(needed(self.from_sold, self.window_days, days));
        lacking.min(spare)
    }
}

impl Move {
    /// Works out how many units to carry.
    pub fn new(sku: Sku, product: &str, from: LocationId, to: LocationId, inputs: MoveInputs) -> Self {
        Self { sku, product: product.to_owned(), from, to, inputs, units: inputs.units() }
    }
}

/// sold ÷ window × days, rounded up.
fn needed(sold: u64, window_days: u32, days: u128) -> u64 {
    let window = u128::from(window_days.max(1));
    whole((u128::from(sold) * days).div_ceil(window))
}

fn whole(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
