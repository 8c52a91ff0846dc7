//! When a covered listing begins to wait for its number and when it has it: told from the writes that are made anyway.
//!
//! It waits from the event for which a call is made, and has its number when the channel has taken the call, or when a
//! number that was read turns out to be right. What is learned while a call is on its way is noted by nobody: it counts
//! from when that call was begun, or as far as the book knows it after the channel's last word. A 0 on the way to another number, and a lower for a
//! ship, show nobody the right number.

use super::answer::Told;
use super::attempt::{Attempt, Kind, Listed, Phase};
use super::next::{Call, Write};
use crate::freshness::Freshness;
use jiff::Timestamp;

/// What is covered once a write is made, and what is wanted then. Listing units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Afterwards {
    /// Covered over all stores.
    pub covered: i64,
    /// Wanted over all stores, as far as it can be had.
    pub wanted: i64,
}

/// How fresh the listing is once a step is made. `event` is when that happened which led to it; `look` says what will stand
/// afterwards.
pub fn after_step(
    before: &Listed,
    write: &Write,
    event: Timestamp,
    now: Timestamp,
    look: impl FnOnce() -> Afterwards,
) -> Freshness {
    let mut freshness = before.freshness.clone();
    let is_for_ship = write.listed.attempt.as_ref().is_some_and(|attempt| attempt.ship.is_some());
    if write.call == Call::Send && !is_for_ship {
        freshness.wait(event, now);
    }
    let drained = before.attempt.as_ref().filter(|attempt| attempt.phase == Phase::Draining);
    if let Some(drained) = drained.filter(|_| write.listed.attempt.is_none()) {
        let told_at = drained.told_at.unwrap_or(now);
        let Afterwards { covered, wanted } = look();
        match covered == wanted {
            // What is doubted is read once more before it counts as right.
            true if write.listed.doubt => {}
            true => freshness.show(told_at),
            false => freshness.wait(event, now),
        }
    }
    freshness
}

/// How fresh it is once a channel's answer is noted in `after`. `call_ms` is how long a call has until it is given up.
pub fn after_answer(
    before: &Listed,
    after: &Listed,
    told: Told,
    call_ms: i64,
    now: Timestamp,
    look: impl FnOnce() -> Afterwards,
) -> Freshness {
    let mut freshness = before.freshness.clone();
    let Some(attempt) = before.attempt.as_ref().filter(|attempt| is_taken(attempt, after, told)) else {
        return freshness;
    };
    let Afterwards { covered, wanted } = look();
    if attempt.kind == Kind::Zero && wanted != 0 {
        return freshness;
    }
    freshness.show(now);
    // Whatever came since the call was made is not in it.
    if after.attempt.is_none() && covered != wanted {
        let begun_ms = attempt.deadline.as_millisecond().saturating_sub(call_ms);
        freshness.wait(Timestamp::from_millisecond(begun_ms).unwrap_or(now), now);
    }
    freshness
}

/// The channel has taken the number that was sent: it says so, or a gross number that was read proves it.
fn is_taken(attempt: &Attempt, after: &Listed, told: Told) -> bool {
    let is_proved =
        matches!(told, Told::Shown { .. }) && attempt.kind == Kind::Gross && after.attempt.is_none();
    attempt.ship.is_none() && attempt.kind != Kind::Read && (told == Told::Applied || is_proved)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_300_000_000;
    const CALL_MS: i64 = 60_000;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(NOW_MS + ms).unwrap()
    }

    /// A listing that waits since a second ago, with a call on its way that was begun then.
    fn sent(kind: Kind) -> Listed {
        let attempt = Attempt { kind, ..Attempt::of_pool(1, 3, at(CALL_MS - 1_000)) };
        let freshness = Freshness { waits_since: Some(at(-1_000)), ..Freshness::default() };
        Listed { attempt: Some(attempt), freshness, ..Listed::default() }
    }

    /// What the answer means where so many are wanted and three are covered: since when it waits, and what was timed.
    fn answered(before: &Listed, told: Told, wanted: i64) -> (Option<Timestamp>, String) {
        let is_drained = told == Told::Applied
            && matches!(before.attempt, Some(Attempt { kind: Kind::Set | Kind::Zero, .. }));
        let attempt = before.attempt.clone().filter(|_| is_drained);
        let after = Listed { attempt, ..before.clone() };
        let look = || Afterwards { covered: 3, wanted };
        let freshness = after_answer(before, &after, told, CALL_MS, at(0), look);
        (freshness.waits_since, freshness.days_in_short())
    }

    #[test]
    fn a_number_that_was_taken_is_shown() {
        let timed = || "20261122e1".to_owned();
        for kind in [Kind::Set, Kind::Compare, Kind::Add, Kind::Gross] {
            assert_eq!(answered(&sent(kind), Told::Applied, 3), (None, timed()), "{kind:?}");
        }
        assert_eq!(answered(&sent(Kind::Zero), Told::Applied, 0), (None, timed()));
        let read = Told::Shown { units: 3, gross: Some(3) };
        assert_eq!(answered(&sent(Kind::Gross), read, 3), (None, timed()), "it had arrived");
        // Something came while the call was on its way: at the earliest when that was begun.
        assert_eq!(answered(&sent(Kind::Compare), Told::Applied, 5), (Some(at(-1_000)), timed()));
    }

    #[test]
    fn whatever_else_is_answered_leaves_it_waiting() {
        let waits = (Some(at(-1_000)), String::new());
        assert_eq!(answered(&sent(Kind::Zero), Told::Applied, 3), waits, "0 on the way to 3");
        for told in
            [Told::NotSent, Told::NotApplied, Told::Refused, Told::Changed, Told::Locked, Told::Doubtful]
        {
            assert_eq!(answered(&sent(Kind::Set), told, 3), waits, "{told:?}");
        }
        let mut for_ship = sent(Kind::Gross);
        for_ship.attempt.iter_mut().for_each(|attempt| attempt.ship = crate::ids::OrderId::new("O1").ok());
        assert_eq!(answered(&for_ship, Told::Applied, 3), waits, "a lower for a ship");
    }

    /// The end of a drain whose channel had answered two seconds ago; five are wanted or three, and three are covered.
    fn drained(wanted: i64, doubt: bool) -> (Option<Timestamp>, String) {
        let mut before = sent(Kind::Read);
        before.attempt.iter_mut().for_each(|attempt| {
            (attempt.phase, attempt.told_at) = (Phase::Draining, Some(at(-500)));
        });
        let listed = Listed { attempt: None, doubt, ..before.clone() };
        let write = Write { listed, cover: Vec::new(), call: Call::None };
        let freshness = after_step(&before, &write, at(-400), at(0), || Afterwards { covered: 3, wanted });
        (freshness.waits_since, freshness.days_in_short())
    }

    #[test]
    fn a_number_that_was_read_is_shown_where_it_turns_out_right() {
        assert_eq!(drained(3, false), (None, "20261122c1".to_owned()), "as of when it was read");
        assert_eq!(drained(3, true), (Some(at(-1_000)), String::new()), "it is read once more");
        assert_eq!(drained(5, false), (Some(at(-1_000)), String::new()), "since the older event");
    }
}
