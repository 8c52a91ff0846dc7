//! What a shop's day costs to run: measured units times a price list that carries its date.

use crate::language::Said;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What one day of one shop cost. Money is in billionths of a US dollar, because one order costs some hundred-thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// The day on which the prices were read.
    pub prices_of: Date,
    /// Whose prices, such as "AWS ap-southeast-1, on demand".
    pub price_list: String,
    /// Orders of the day, by which the cost is divided.
    pub orders: u64,
    /// What was used.
    pub lines: Vec<CostLine>,
    /// What was used besides and is not counted here; none where the lines are all there is.
    #[serde(default)]
    pub left_out: Option<Said>,
    /// False where the shop runs on its own machine and nobody sends a bill: then this is what the list would ask.
    #[serde(default = "yes")]
    pub is_billed: bool,
}

fn yes() -> bool {
    true
}

/// One kind of thing that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    /// What it is, such as "DynamoDB write units".
    pub what: Said,
    /// How their number was come by.
    #[serde(default)]
    pub how: Option<Said>,
    /// How many were measured or counted.
    pub units: u64,
    /// The price of a million of them, in billionths of a US dollar.
    pub price_nano_usd_per_million: u64,
}

impl CostLine {
    /// What they cost, in billionths of a US dollar, rounded up.
    pub fn nano_usd(&self) -> u64 {
        let cost = (u128::from(self.units) * u128::from(self.price_nano_usd_per_million)).div_ceil(1_000_000);
        u64::try_from(cost).unwrap_or(u64::MAX)
    }
}

impl Cost {
    /// What the day cost, in billionths of a US dollar.
    pub fn nano_usd(&self) -> u64 {
        self.lines.iter().fold(0, |sum, line| sum.saturating_add(line.nano_usd()))
    }

    /// What a thousand orders cost, in billionths of a US dollar; none on a day without orders.
    pub fn nano_usd_per_thousand_orders(&self) -> Option<u64> {
        let thousand = u128::from(self.nano_usd()) * 1_000;
        let each = thousand.checked_div(u128::from(self.orders))?;
        Some(u64::try_from(each).unwrap_or(u64::MAX))
    }
}
