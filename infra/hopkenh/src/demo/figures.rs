//! The day's figures: those that must be zero, and those that tell how good it was.

use super::faults::{Fault, Reported};
use serde::Serialize;

/// The figures, as printed and as written with `--json`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figures {
    /// The seed the day can be replayed from.
    pub seed: u64,
    /// Orders that exist on the channels.
    pub orders_sent: u64,
    /// Of those, orders in our book.
    pub orders_recorded: u64,
    /// Orders on a channel and not in our book. Must be 0.
    pub missing: u64,
    /// Orders that took more units in our ledger than on the channel. Must be 0.
    pub doubled: u64,
    /// Orders that took fewer units than on the channel. Must be 0.
    pub short: u64,
    /// Listings that show another number than their cover. Must be 0.
    pub drift: u64,
    /// Balances that differ from what the stores hold and the channels sold. Must be 0.
    pub balances_wrong: u64,
    /// Balances that are not the sum of their ledger lines, or have a gap in them. Must be 0.
    pub ledger_wrong: u64,
    /// Units sold beyond what was there. Must be 0.
    pub oversold: u64,
    /// Listings whose last call to the channel was never resolved. Must be 0.
    pub unresolved: u64,
    /// Faults that were injected and not reported, or reported and never injected. Must be 0; always so on a day without.
    pub faults_differ: u64,
    /// Faults that were injected, on a day with faults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults_injected: Option<Vec<Fault>>,
    /// Faults that the morning report of that day names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults_reported: Option<Vec<Reported>>,
    /// Products that ran out during the day.
    pub stock_outs: u64,
    /// Buyers who found too few on show or on the shelf, and took something else.
    pub refused_sold_out: u64,
    /// News delivered by the channels, copies included.
    pub webhooks: u64,
    /// Of those, copies.
    pub webhook_copies: u64,
    /// Half of all sales were in the book within this.
    pub freshness_p50_ms: i64,
    /// Ninety-nine of a hundred sales were in the book within this.
    pub freshness_p99_ms: i64,
    /// Sales measured for freshness.
    pub freshness_samples: u64,
    /// Half of the listings that changed after a sale showed it within this.
    pub shown_p50_ms: i64,
    /// Ninety-nine of a hundred of them showed it within this.
    pub shown_p99_ms: i64,
    /// Changes of listings measured.
    pub shown_samples: u64,
    /// The same by what a channel can be told.
    pub shown_by_class: Vec<ClassFreshness>,
    /// Table write units per order, every event, count and listing included.
    pub write_units_per_order: f64,
    /// Table read units per order.
    pub read_units_per_order: f64,
    /// Queue requests per order, empty receives not counted.
    pub sqs_requests_per_order: f64,
    /// Each product at each store and on each channel.
    pub stock: Vec<StockRow>,
}

/// How soon listings that changed after a sale showed it, by what their channel can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassFreshness {
    /// `K1` compare and set, `K2` add, `K3` gross, `K4` blind.
    pub class: String,
    /// Half of them within this, in milliseconds.
    pub p50_ms: i64,
    /// Ninety-nine of a hundred within this, in milliseconds.
    pub p99_ms: i64,
    /// How many were measured.
    pub samples: u64,
}

/// One product in the summary.
#[derive(Debug, Clone, Serialize)]
pub struct StockRow {
    /// Our code.
    pub sku: String,
    /// Per store: on hand, committed, free.
    pub locations: Vec<(String, i64, i64, i64)>,
    /// Per channel: shown, and covered.
    pub channels: Vec<(String, i64, i64)>,
}

impl Figures {
    /// The figures that must be zero, by name.
    pub fn must_be_zero(&self) -> [(&'static str, u64); 9] {
        [
            ("missing", self.missing),
            ("doubled", self.doubled),
            ("short", self.short),
            ("drift", self.drift),
            ("balances_wrong", self.balances_wrong),
            ("ledger_wrong", self.ledger_wrong),
            ("oversold", self.oversold),
            ("unresolved", self.unresolved),
            ("faults_differ", self.faults_differ),
        ]
    }

    /// True when every figure that must be zero is.
    pub fn is_clean(&self) -> bool {
        self.must_be_zero().iter().all(|(_, value)| *value == 0)
    }
}

/// `total / count` for printing; never used to decide anything.
#[allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a printed ratio")]
pub fn per(total_tenths: u64, count: u64) -> f64 {
    let ratio = total_tenths as f64 / 10.0 / count.max(1) as f64;
    (ratio * 100.0).round() / 100.0
}
