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
