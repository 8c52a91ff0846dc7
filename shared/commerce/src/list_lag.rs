//! How far a channel's list of orders is behind, as it was seen: an order that an earlier reading should have had.
//!
//! Each channel has a stated lag (assumption A3). An order that is new to us although it changed before the moment up to
//! which an earlier reading proved the book complete shows that the lag was longer. From then on so long a lag is waited for.

use crate::moments::ms_between;
use crate::silence::{Heard, Heeded};
use jiff::Timestamp;

/// What was seen is believed for this long, in milliseconds; then the stated lag is tried again.
const BELIEVED_MS: i64 = 7 * 86_400_000;
/// No longer lag is waited for, in milliseconds: a channel whose clock is wrong by an hour would get no units any more.
const LAG_MAX_MS: i64 = 10 * 60_000;
/// A channel's times may be whole seconds, and its clock is not ours, in milliseconds.
const CLOCK_MS: i64 = 2_000;

/// The longest lag that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenLag {
    /// How long is waited for it, in milliseconds.
    pub ms: i64,
    /// When it was seen.
    pub at: Timestamp,
}

/// A complete reading of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// When it began.
    pub begun_at: Timestamp,
    /// Up to when the book was complete by it, as far as the lag that was waited for is right.
    pub complete_until: Timestamp,
}

/// What is known after a reading that began at `begun_at`, by the orders it told of and the reading before it.
///
/// The order was not in the list when the earlier reading began, and was when this one did. So the lag lies in between;
/// twice the lower bound is waited for, the upper one at most, until no order comes late any more.
pub fn see(
    seen: Option<SeenLag>,
    earlier: Option<Reading>,
    listed: &[Heeded],
    begun_at: Timestamp,
) -> Option<SeenLag> {
    let seen = seen.filter(|seen| ms_between(seen.at, begun_at) < BELIEVED_MS);
    let Some(earlier) = earlier else { return seen };
    let is_late = |order: &&Heeded| {
        order.heard == Heard::ReadNow && ms_between(order.changed_at, earlier.complete_until) > CLOCK_MS
    };
    let lag = |order: &Heeded| {
        let until = |reading_at| ms_between(order.changed_at, reading_at);
        (2 * until(earlier.begun_at)).min(until(begun_at)).min(LAG_MAX_MS)
    };
    match listed.iter().filter(is_late).map(lag).max() {
        Some(ms) if seen.is_none_or(|seen| ms >= seen.ms) => Some(SeenLag { ms, at: begun_at }),
        _ => seen,
    }
}

/// How long is waited for the list, in milliseconds.
pub fn waited_for(stated_ms: i64, seen: Option<SeenLag>) -> i64 {
    seen.map_or(stated_ms, |seen| seen.ms.max(stated_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn order(second: i64, heard: Heard) -> Heeded {
        Heeded { placed_at: at(0), changed_at: at(second), heard }
    }

    fn seen(seconds: i64, second: i64) -> Option<SeenLag> {
        Some(SeenLag { ms: seconds * 1_000, at: at(second) })
    }

    /// Read at 1,000 with a lag of ten seconds and two for the clocks, and now again.
    fn see_at(now: i64, before: Option<SeenLag>, listed: &[Heeded]) -> Option<SeenLag> {
        let earlier = Reading { begun_at: at(1_000), complete_until: at(988) };
        see(before, Some(earlier), listed, at(now))
    }

    #[test]
    fn an_order_that_an_earlier_reading_should_have_had_tells_the_lag() {
        let late = [order(970, Heard::ReadNow), order(1_020, Heard::ReadNow)];
        assert_eq!(see_at(1_060, None, &late), seen(60, 1_060), "30 to 90 s");
        assert_eq!(see_at(1_010, None, &late), seen(40, 1_010), "30 to 40 s");
        assert_eq!(see(None, None, &late, at(1_060)), None, "the first reading proves nothing");
        let in_time = [order(970, Heard::Told), order(960, Heard::ReadBefore), order(987, Heard::ReadNow)];
        assert_eq!(see_at(1_060, None, &in_time), None);
    }

    #[test]
    fn the_longest_is_kept_for_a_week() {
        let late = [order(970, Heard::ReadNow)];
        assert_eq!(see_at(1_060, seen(90, 500), &late), seen(90, 500));
        assert_eq!(see_at(1_060, seen(50, 500), &late), seen(60, 1_060));
        let week_s = BELIEVED_MS / 1_000;
        assert_eq!(see_at(499 + week_s, seen(90, 500), &[]), seen(90, 500));
        assert_eq!(see_at(500 + week_s, seen(90, 500), &[]), None);
        let hours = [order(-7_200, Heard::ReadNow)];
        assert_eq!(see_at(1_060, None, &hours), seen(LAG_MAX_MS / 1_000, 1_060));
    }

    #[test]
    fn the_longer_of_both_is_waited_for() {
        assert_eq!(waited_for(10_000, None), 10_000);
        assert_eq!(waited_for(10_000, seen(4, 0)), 10_000);
        assert_eq!(waited_for(10_000, seen(40, 0)), 40_000);
    }
}
