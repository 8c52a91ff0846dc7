//! A business day: from midnight to midnight by the shop's own calendar, and its hours.

use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, ToSpan};

/// The name of the time zone of every shop we serve.
pub const SHOP_ZONE: &str = "Asia/Ho_Chi_Minh";

/// That time zone: seven hours before Greenwich the whole year round.
pub fn shop_zone() -> TimeZone {
    TimeZone::fixed(offset(7))
}

/// One business day. `from` is in it, `to` is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// By the shop's calendar.
    pub date: Date,
    /// When it begins.
    pub from: Timestamp,
    /// When the next one begins.
    pub to: Timestamp,
    zone: TimeZone,
}

impl Day {
    /// The day of that date; none beyond the ends of the calendar.
    pub fn of(date: Date, zone: &TimeZone) -> Option<Self> {
        let from = zone.to_ambiguous_zoned(date.at(0, 0, 0, 0)).compatible().ok()?.timestamp();
        let next = date.checked_add(1.day()).ok()?;
        let to = zone.to_ambiguous_zoned(next.at(0, 0, 0, 0)).compatible().ok()?.timestamp();
        Some(Self { date, from, to, zone: zone.clone() })
    }

    /// The last day that is over at that time.
    pub fn over_before(now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let today = now.to_zoned(zone.clone()).date();
        Self::of(today.checked_sub(1.day()).ok()?, zone)
    }

    /// Whether a moment is in it.
    pub fn holds(&self, time: Timestamp) -> bool {
        (self.from..self.to).contains(&time)
    }

    /// When the hour of a moment began, by the shop's clock.
    pub fn hour_of(&self, time: Timestamp) -> Timestamp {
        let local = time.to_zoned(self.zone.clone());
        let since_ms = i64::from(local.minute()) * 60_000
            + i64::from(local.second()) * 1_000
            + i64::from(local.subsec_nanosecond()) / 1_000_000;
        let hour_ms = time.as_millisecond() - since_ms;
        Timestamp::from_millisecond(hour_ms).unwrap_or(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_the_shops_own() {
        let day = Day::over_before(time("2026-11-30T17:30:00Z"), &shop_zone()).unwrap();
        assert_eq!(day.date.to_string(), "2026-11-30", "in Viet Nam it is half past midnight of 1 December");
        assert_eq!((day.from, day.to), (time("2026-11-29T17:00:00Z"), time("2026-11-30T17:00:00Z")));
        assert!(day.holds(day.from) && !day.holds(day.to));
        assert_eq!(day.hour_of(time("2026-11-30T02:59:59.999Z")), time("2026-11-30T02:00:00Z"));
    }

    #[test]
    fn hours_are_the_shops_own_where_a_zone_has_half_ones() {
        let zone = TimeZone::fixed(jiff::tz::Offset::from_seconds(5 * 3_600 + 1_800).unwrap());
        let day = Day::of(Date::constant(2026, 11, 30), &zone).unwrap();
        assert_eq!(day.hour_of(time("2026-11-30T02:29:59Z")), time("2026-11-30T01:30:00Z"));
    }

    #[test]
    fn the_zone_has_the_name_it_claims() {
        let named = TimeZone::get(SHOP_ZONE).unwrap();
        let at = time("2026-07-01T00:00:00Z");
        assert_eq!(named.to_offset(at), shop_zone().to_offset(at));
    }
}
