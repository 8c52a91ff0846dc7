//! Sums with moments that several rules need.

use jiff::Timestamp;

/// From one moment to another, in milliseconds; negative where the other is earlier.
pub(crate) fn ms_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millisecond() - from.as_millisecond()
}
