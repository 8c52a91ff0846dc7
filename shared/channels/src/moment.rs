//! Times as channels write them: seconds, or a date with or without its zone.

use crate::http::Answer;
use crate::json::{FieldError, Loose};
use commerce::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The zone of times that a channel writes without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Universal time.
    Utc,
    /// Việt Nam: seven hours ahead all year, without summer time.
    Vietnam,
}

impl Zone {
    fn time_zone(self) -> TimeZone {
        match self {
            Zone::Utc => TimeZone::UTC,
            Zone::Vietnam => TimeZone::fixed(Offset::constant(7)),
        }
    }
}

/// Seconds since 1970.
pub(crate) fn seconds(field: &'static str, value: &Loose) -> Result<Timestamp, FieldError> {
    let seconds = value.whole(field)?;
    Timestamp::from_second(seconds).map_err(|_| FieldError::new(field, "is not a time in seconds"))
}

/// A date and time; `zone` holds only where the text names none.
pub(crate) fn date(field: &'static str, value: &Loose, zone: Zone) -> Result<Timestamp, FieldError> {
    let text = value.text(field)?;
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let bad = || FieldError::new(field, "is not a date and time");
    let civil: DateTime = text.parse().map_err(|_| bad())?;
    civil.to_zoned(zone.time_zone()).map(|zoned| zoned.timestamp()).map_err(|_| bad())
}

/// The other side's own time when it answered, from the `Date` header.
pub(crate) fn answered_at(answer: &Answer) -> Option<Timestamp> {
    let text = answer.headers.get("date")?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_in_the_text_wins() {
        let read = |text: &str, zone| date("at", &Loose::from(text), zone).ok().map(|t| t.to_string());
        let ten = Some("2026-11-22T03:00:00Z".to_owned());
        assert_eq!(read("2026-11-22T10:00:00.0000000", Zone::Vietnam), ten);
        assert_eq!(read("2026-11-22T10:00:00+07:00", Zone::Utc), ten);
        assert_eq!(read("2026-11-22T03:00:00", Zone::Utc), ten);
        assert_eq!(read("2026-11-22T03:00:00Z", Zone::Vietnam), ten);
        assert_eq!(read("yesterday", Zone::Utc), None);
        assert_eq!(read("", Zone::Utc), None);
    }

    #[test]
    fn seconds_that_are_no_time_are_refused() {
        assert!(seconds("t", &Loose::from("1741645463")).is_ok());
        assert!(seconds("t", &Loose::from("99999999999999999")).is_err());
        assert!(seconds("t", &Loose::from("1.5")).is_err());
    }
}
