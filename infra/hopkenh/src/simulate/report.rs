//! What many simulated days came to: speed, how often each fault struck, what was left unsold, and the zeros.

use super::fault::Fault;
use super::play::{Outcome, count};
use std::fmt::Write;
use std::time::Duration;

/// From so many days on, every kind of fault must have struck.
const ENOUGH_DAYS: u64 = 200;

/// The sum of many days.
#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) days: u64,
    pub(super) wrong: u64,
    counts: Vec<u64>,
    orders: u64,
    orders_least: Option<usize>,
    without_stock_out: u64,
    stock_outs: u64,
    unsold: i64,
    oversold_days: u64,
    oversold_units: i64,
    calls: u64,
    writes: u64,
    length_ms: i64,
}

impl Sum {
    /// Adds a day.
    pub(super) fn add(&mut self, day: &Outcome) {
        self.days += 1;
        self.wrong += u64::from(day.wrong.is_some());
        self.counts.resize(Fault::ALL.len(), 0);
        for fault in Fault::ALL {
            self.counts[*fault as usize] += count(day, *fault);
        }
        self.orders += day.orders as u64;
        self.orders_least = Some(self.orders_least.map_or(day.orders, |least| least.min(day.orders)));
        self.without_stock_out += u64::from(day.turned_away == 0);
        self.stock_outs += day.unsold.len() as u64;
        self.unsold += day.unsold.iter().sum::<i64>();
        self.oversold_days += u64::from(day.oversold > 0);
        self.oversold_units += day.oversold;
        self.calls += day.calls;
        self.writes += day.writes;
        self.length_ms += day.length_ms;
    }

    /// Kinds of faults that never struck although they had days enough.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let never =
            Fault::ALL.iter().filter(|fault| self.counts.get(**fault as usize).is_none_or(|n| *n == 0));
        if self.days < ENOUGH_DAYS { Vec::new() } else { never.map(|fault| fault.title()).collect() }
    }

    /// The report as text.
    pub(super) fn text(&self, took: Duration, threads: usize, shared_pool: bool) -> String {
        let mut text = String::new();
        let days = self.days.max(1);
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
        let _in_memory = writeln!(
            text,
            "{} days in {} on {threads} threads: {} days a second, {} ms each; {} orders, {} table calls, {} table writes and {} minutes a day",
            self.days,
            seconds(took_ms),
            tenths(self.days * 10_000 / took_ms),
            took_ms * threads as u64 / days,
            self.orders / days,
            self.calls / days,
            self.writes / days,
            u64::try_from(self.length_ms).unwrap_or(0) / days / 60_000,
        );
        let _in_memory = writeln!(text, "\nfaults injected");
        for fault in Fault::ALL {
            let count = self.counts.get(*fault as usize).copied().unwrap_or(0);
            let _in_memory = writeln!(text, "  {count:>9}  {}", fault.title());
        }
        let unsold = u64::try_from(self.unsold).unwrap_or(0) * 10 / self.stock_outs.max(1);
        let _in_memory = writeln!(
            text,
            "\n{} products ran out; {} units of each left unsold on average",
            self.stock_outs,
            tenths(unsold)
        );
        let _in_memory = writeln!(
            text,
            "fewest orders of a day {}, days without a stock-out {}",
            self.orders_least.unwrap_or(0),
            self.without_stock_out
        );
        if shared_pool {
            let _in_memory = writeln!(
                text,
                "shared pool, where \"never sold twice\" is not promised: {} days oversold, {} units",
                self.oversold_days, self.oversold_units
            );
        }
        let _in_memory = writeln!(text, "days on which something was wrong: {}", self.wrong);
        if self.wrong == 0 && !shared_pool {
            text.push_str(
                "units sold twice 0, orders lost 0, orders doubled 0, drift at rest 0, ledger not the balance 0, gaps 0\n",
            );
        }
        text
    }
}

fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
}

fn tenths(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}
