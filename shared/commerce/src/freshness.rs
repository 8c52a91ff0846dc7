//! How soon a listing shows its number: since when it waits for the one that is right now, and how long earlier ones took.
//!
//! Timed is from the event (an order by its channel's own clock; anything else from when we first saw that the listing
//! shows too much or too little) to the channel's answer that shows the number. A clock that is ahead makes no time
//! negative: a time to come counts as now. Several events that one call makes good count once, from the oldest of them.
//!
//! Times are counted in steps that grow by a third or a half, 250 ms to 145 days, so that a day fits into a few bytes of
//! the listing's own item and costs no write. What is told of a step is its upper end: never better than it was.

use crate::reconcile::shop_zone;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;
use std::fmt;

/// The first step ends here, in milliseconds; the one after it half as far again, the third at twice as much, and so on.
const FIRST_MS: u64 = 250;
/// One letter per step, so that a day can be written down in short.
const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// How a day is written.
const DAY: &str = "%Y%m%d";
/// How many letters that takes.
const DAY_LETTERS: usize = 8;
/// A listing that has waited for longer than this is told of to the operator, in milliseconds.
pub const STALE_AFTER_MS: i64 = 900_000;

/// How long changes took until they were shown, counted by steps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timings(BTreeMap<u8, u64>);

/// How fresh a listing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Freshness {
    /// Since when it waits for the number that is right; none while it shows it, or where nobody has noticed yet.
    pub waits_since: Option<Timestamp>,
    /// How long changes took, by business day: the latest day with a change and the one before it.
    pub days: BTreeMap<Date, Timings>,
}

/// The upper end of a step, in milliseconds.
fn end_ms(step: u8) -> u64 {
    let doubled = FIRST_MS << (step / 2);
    if step.is_multiple_of(2) { doubled } else { doubled + doubled / 2 }
}

fn step_of(ms: u64) -> u8 {
    let last = u8::try_from(LETTERS.len() - 1).unwrap_or(u8::MAX);
    (0..last).find(|step| ms <= end_ms(*step)).unwrap_or(last)
}

impl Timings {
    /// Counts one change that took so many milliseconds; less than none counts as none.
    pub fn add(&mut self, ms: i64) {
        *self.0.entry(step_of(u64::try_from(ms).unwrap_or(0))).or_default() += 1;
    }

    /// Counts those of another listing as well.
    pub fn merge(&mut self, other: &Timings) {
        for (step, many) in &other.0 {
            let count = self.0.entry(*step).or_default();
            *count = count.saturating_add(*many);
        }
    }

    /// How many changes were timed.
    pub fn count(&self) -> u64 {
        self.0.values().fold(0, |sum, many| sum.saturating_add(*many))
    }

    /// Within how many milliseconds so many of a hundred changes were shown: the upper end of the step in which the last of
    /// them lies. None where nothing was timed.
    pub fn within_ms(&self, percent: u8) -> Option<u64> {
        let wanted = u128::from(self.count()) * u128::from(percent.min(100));
        let mut seen = 0_u128;
        let mut steps = self.0.iter().filter(|(_, many)| **many > 0);
        let found = steps.find(|(_, many)| {
            seen += u128::from(**many);
            seen * 100 >= wanted
        });
        found.map(|(step, _)| end_ms(*step))
    }
}

impl Freshness {
    /// An event calls for another number. The oldest one that is not shown yet counts.
    pub fn wait(&mut self, event: Timestamp, now: Timestamp) {
        let since = event.min(now);
        self.waits_since = Some(self.waits_since.map_or(since, |earlier| earlier.min(since)));
    }

    /// The channel shows the number that was waited for.
    pub fn show(&mut self, at: Timestamp) {
        let Some(since) = self.waits_since.take() else { return };
        let day = at.to_zoned(shop_zone()).date();
        let ms = at.as_millisecond() - since.as_millisecond();
        self.days.entry(day).or_default().add(ms);
        let latest = self.days.keys().last().copied().unwrap_or(day);
        let first = latest.checked_sub(1.day()).unwrap_or(latest);
        self.days.retain(|day, _| *day >= first);
    }

    /// True where it has waited for so long that somebody should look.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        let waited_ms = |since: Timestamp| now.as_millisecond() - since.as_millisecond();
        self.waits_since.is_some_and(|since| waited_ms(since) > STALE_AFTER_MS)
    }

    /// The days in short: `20261122a12c3` says that on that day 12 changes fell into the first step and 3 into the third.
    /// Empty where nothing was timed.
    pub fn days_in_short(&self) -> String {
        let days = self.days.iter().map(|(day, timings)| format!("{}{timings}", day.strftime(DAY)));
        days.collect::<Vec<_>>().join(",")
    }

    /// Reads days written in short; a day that cannot be read, as a later version may have written it, is left out: no
    /// number of a shop hangs on it.
    pub fn days_from_short(text: &str) -> BTreeMap<Date, Timings> {
        text.split(',').filter_map(day_from_short).collect()
    }
}

impl fmt::Display for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(step, many)| {
            let letter = LETTERS.get(usize::from(*step)).copied().map_or('?', char::from);
            write!(f, "{letter}{many}")
        })
    }
}

fn day_from_short(text: &str) -> Option<(Date, Timings)> {
    let (day, counts) = text.split_at_checked(DAY_LETTERS)?;
    let day = Date::strptime(DAY, day).ok()?;
    let mut timings = Timings::default();
    let mut rest = counts;
    while let Some(letter) = rest.bytes().next() {
        let step = LETTERS.iter().position(|known| *known == letter)?;
        rest = rest.get(1..)?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (many, after) = rest.split_at(end);
        timings.0.insert(u8::try_from(step).ok()?, many.parse().ok()?);
        rest = after;
    }
    Some((day, timings))
}

#[cfg(test)]
mod tests;
