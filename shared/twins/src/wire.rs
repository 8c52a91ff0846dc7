//! Small spelling rules shared by the stand-ins: numbers, dates and PHP's way of writing JSON.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

/// A whole number spelled as a float (`7.0`), for fields that a channel types as float or double.
pub(crate) fn point_zero(number: i64) -> Value {
    serde_json::from_str(&format!("{number}.0")).unwrap_or(Value::from(number))
}

/// The time zone of a shop in Viet Nam; it has no summer time.
pub(crate) fn viet_nam() -> TimeZone {
    Offset::constant(7).to_time_zone()
}

/// A date and time without zone, in the given zone, to the second.
pub(crate) fn bare_seconds(at: Timestamp, zone: TimeZone) -> String {
    at.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Reads a date and time that may lack its zone; then it is in `zone`.
pub(crate) fn read_time(text: &str, zone: TimeZone) -> Option<Timestamp> {
    // A plus sign in a query that was not escaped arrives as a space.
    let text = text.trim();
    if let Ok(at) = text.replace(' ', "+").parse::<Timestamp>() {
        return Some(at);
    }
    let bare: DateTime = text.replace(' ', "T").parse().ok()?;
    bare.to_zoned(zone).ok().map(|zoned| zoned.timestamp())
}

/// The date and time as written, with any zone behind it ignored.
pub(crate) fn read_time_ignoring_zone(text: &str, zone: TimeZone) -> Option<Timestamp> {
    let bare: String = text.trim().chars().take(19).collect();
    read_time(&bare, zone)
}

/// JSON as PHP writes it: everything beyond ASCII as `\uXXXX` and every slash as `\/`.
pub(crate) fn php_json(value: &Value) -> Vec<u8> {
    let plain = value.to_string();
    let mut escaped = String::with_capacity(plain.len());
    for character in plain.chars() {
        match character {
            '/' => escaped.push_str("\\/"),
            _ if character.is_ascii() => escaped.push(character),
            _ => {
                let mut units = [0_u16; 2];
                for unit in character.encode_utf16(&mut units) {
                    // Writing into a text cannot fail.
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn php_escapes_what_php_escapes() {
        let written = php_json(&serde_json::json!({"a": "Áo/thun 👕"}));
        assert_eq!(String::from_utf8(written).unwrap(), r#"{"a":"\u00c1o\/thun \ud83d\udc55"}"#);
    }

    #[test]
    fn times_with_and_without_zone() {
        let expected: Timestamp = "2026-11-21T22:48:20Z".parse().unwrap();
        for text in ["2026-11-22T05:48:20", "2026-11-21T22:48:20Z", "2026-11-22T05:48:20+07:00"] {
            assert_eq!(read_time(text, viet_nam()), Some(expected), "{text}");
        }
        assert_eq!(bare_seconds(expected, viet_nam()), "2026-11-22T05:48:20");
        assert_eq!(read_time_ignoring_zone("2026-11-21T22:48:20+07:00", TimeZone::UTC), Some(expected));
        assert_eq!(read_time("yesterday", viet_nam()), None);
    }

    #[test]
    fn whole_numbers_can_be_spelled_as_floats() {
        assert_eq!(point_zero(32119).to_string(), "32119.0");
        assert_eq!(point_zero(-4).to_string(), "-4.0");
    }
}
