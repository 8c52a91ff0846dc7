//! Whom a page is written for: the language, its texts, and the clock on the shop's own wall.

use crate::language::{Language, Said};
use crate::numbers;
use crate::plain;
use crate::texts::{self, Texts};
use commerce::Timestamp;
use commerce::money::Money;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Writes every value in one language and one time zone.
pub(crate) struct Reader {
    pub(crate) language: Language,
    pub(crate) texts: &'static Texts,
    zone: TimeZone,
    /// The name of the time zone that is really used.
    pub(crate) zone_name: String,
}

impl Reader {
    /// A zone that is not known is drawn as UTC, and named so: a wrong hour must not look right.
    pub(crate) fn new(language: Language, zone_name: &str) -> Self {
        let texts = texts::of(language);
        match TimeZone::get(zone_name) {
            Ok(zone) => Self { language, texts, zone, zone_name: zone_name.to_owned() },
            Err(_) => Self { language, texts, zone: TimeZone::UTC, zone_name: "UTC".to_owned() },
        }
    }

    pub(crate) fn whole(&self, number: u64) -> String {
        numbers::whole(number, self.language)
    }

    pub(crate) fn signed(&self, number: i64) -> String {
        numbers::signed(number, self.language)
    }

    pub(crate) fn money(&self, money: Money) -> String {
        numbers::money(money, self.language)
    }

    pub(crate) fn dollars(&self, nano_usd: u64) -> String {
        numbers::dollars(nano_usd, self.language)
    }

    /// Tenths, such as days that goods last.
    pub(crate) fn tenths(&self, tenths: u64) -> String {
        numbers::decimal(tenths, 1, self.language)
    }

    pub(crate) fn percent(&self, part: u64, all: u64) -> String {
        format!("{}%", self.tenths(numbers::permille(part, all)))
    }

    /// Hour and day on the shop's wall, such as `14:05 29/11`.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M %d/%m").to_string()
    }

    /// Sortable, for files: `2026-11-29 14:05:00`.
    pub(crate) fn stamp(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The day on the shop's wall.
    pub(crate) fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// The hour on the shop's wall, 0 to 23.
    pub(crate) fn hour_of(&self, at: Timestamp) -> usize {
        usize::try_from(at.to_zoned(self.zone.clone()).hour()).unwrap_or(0)
    }

    /// A day, such as `29/11/2026`.
    pub(crate) fn date(&self, day: Date) -> String {
        day.strftime("%d/%m/%Y").to_string()
    }

    /// A day without its year.
    pub(crate) fn short_date(&self, day: Date) -> String {
        day.strftime("%d/%m").to_string()
    }

    /// The day as a sentence begins with it: yesterday, today, or its date.
    pub(crate) fn day_called(&self, day: Date, now: Timestamp) -> String {
        let today = self.day_of(now);
        if day == today {
            self.texts.today.to_owned()
        } else if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
            self.texts.yesterday.to_owned()
        } else {
            (self.texts.on_day)(&self.date(day))
        }
    }

    /// A length of time in the two largest units that matter.
    pub(crate) fn span_ms(&self, ms: u64) -> String {
        let units = &self.texts.span_units;
        match ms {
            0..1_000 => format!("{ms} ms"),
            10_000..60_000 => format!("{} {}", ms / 1_000, units.seconds),
            1_000..10_000 => format!("{} {}", self.tenths(ms / 100), units.seconds),
            60_000..3_600_000 => format!("{} {}", ms / 60_000, units.minutes),
            3_600_000..172_800_000 => two(ms / 60_000, 60, units.hours, units.minutes),
            _ => two(ms / 3_600_000, 24, units.days, units.hours),
        }
    }

    /// How long ago it was.
    pub(crate) fn age(&self, since: Timestamp, now: Timestamp) -> String {
        self.span_ms(u64::try_from(now.duration_since(since).as_millis()).unwrap_or(0))
    }

    /// A sentence of others in this language, harmless to read.
    pub(crate) fn said(&self, said: &Said) -> String {
        plain::shown(said.in_language(self.language))
    }
}

/// `90` minutes as "1 giờ 30 phút".
fn two(small: u64, in_large: u64, large_name: &str, small_name: &str) -> String {
    match (small / in_large, small % in_large) {
        (large, 0) => format!("{large} {large_name}"),
        (large, rest) => format!("{large} {large_name} {rest} {small_name}"),
    }
}
