//! What a channel's answer means for the attempt it belongs to.

use super::attempt::{Attempt, Kind, Listed, Phase, later};
use super::next::{Call, View, Write};
use super::place::total;
use crate::removed::{Rule, is_removed};

/// What the channel answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It was applied.
    Applied,
    /// It was never sent.
    NotSent,
    /// It was certainly not applied: too many calls, no login.
    NotApplied,
    /// The channel said no, for good; certainly not applied.
    Refused,
    /// What was to be replaced is not there any more; certainly not applied.
    Changed,
    /// The number is kept for a campaign; certainly not applied.
    Locked,
    /// Nobody knows.
    Doubtful,
    /// What is shown, and the gross number where the channel keeps one.
    Shown {
        /// Listing units that buyers can take.
        units: i64,
        /// The gross number.
        gross: Option<i64>,
    },
}

/// How long a listing is left alone while its channel takes no calls.
const UNAVAILABLE_MS: i64 = 60_000;
/// How long a listing that a campaign keeps is left alone.
const LOCKED_MS: i64 = 600_000;
/// How long a listing is left alone that the channel refuses to change: a person has been told.
const REFUSED_MS: i64 = 6 * 3_600_000;

/// The write that an answer to attempt `id` leads to; none where another attempt is on its way by now. `view` must show
/// the balances as they are now.
pub fn answered(view: &View<'_>, id: u64, told: Told) -> Option<Write> {
    let attempt = view.listed.attempt.as_ref().filter(|attempt| attempt.id == id)?;
    let mut write = meaning(view, attempt, told)?;
    remember(&mut write.listed, view.listed, told);
    Some(write)
}

/// What a later look at the listing wants to know: what it showed before, and whether a campaign keeps it.
fn remember(new: &mut Listed, old: &Listed, told: Told) {
    if new.shown != old.shown {
        new.shown_before = old.shown;
    }
    new.is_campaign = match told {
        Told::Locked => true,
        Told::Applied | Told::NotApplied | Told::Refused | Told::Changed => false,
        Told::NotSent | Told::Doubtful | Told::Shown { .. } => old.is_campaign,
    };
}

fn meaning(view: &View<'_>, attempt: &Attempt, told: Told) -> Option<Write> {
    Some(match told {
        Told::Shown { units, gross } if attempt.phase == Phase::Reading => shown(view, attempt, units, gross),
        Told::Shown { .. } => return None,
        // A read that failed may be tried again at once: it changed nothing.
        _ if attempt.phase == Phase::Reading => given_up(view, attempt),
        _ if attempt.phase == Phase::Draining => return None,
        Told::Applied => applied(view, attempt),
        Told::Doubtful => given_up(view, attempt),
        Told::NotSent => undone(view, attempt, |_| {}),
        Told::NotApplied => rest(view, attempt, UNAVAILABLE_MS),
        Told::Refused => rest(view, attempt, REFUSED_MS),
        Told::Changed => undone(view, attempt, |listed| listed.doubt = true),
        Told::Locked => rest(view, attempt, LOCKED_MS),
    })
}

/// Nobody waits for the answer any more; the call may still be applied for as long as the channel may take.
fn given_up(view: &View<'_>, attempt: &Attempt) -> Write {
    let given_up = Attempt { deadline: view.now, ..attempt.clone() };
    view.write(|listed| listed.attempt = Some(given_up), Vec::new(), Call::None)
}

/// The units that were reserved are free again.
fn undone(view: &View<'_>, attempt: &Attempt, also: impl FnOnce(&mut Listed)) -> Write {
    view.settle_to(total(view.places) - attempt.reserved, |listed| {
        listed.attempt = None;
        also(listed);
    })
}

/// Undone, and looked at again after a while: first read, then decided anew.
fn rest(view: &View<'_>, attempt: &Attempt, ms: i64) -> Write {
    let until = later(view.now, ms);
    undone(view, attempt, |listed| {
        listed.doubt = true;
        listed.locked_until = Some(until);
    })
}

fn applied(view: &View<'_>, attempt: &Attempt) -> Write {
    let covered = total(view.places);
    let done = |target: i64, shown: i64| {
        view.settle_to(target, |listed| {
            listed.attempt = None;
            listed.shown = Some(shown);
            listed.told_at = Some(view.now);
        })
    };
    match attempt.kind {
        // All that was shown above the new value is gone: at once, because the value compared with was the cover.
        Kind::Compare => done(covered - (attempt.base - attempt.value).max(0), attempt.value),
        Kind::Add => {
            let target = covered + attempt.value.min(0);
            done(target, target)
        }
        Kind::Gross => gross_applied(view, attempt),
        Kind::Set | Kind::Zero | Kind::Read => draining(view, attempt, attempt.value, None),
    }
}

/// The gross number is what was sent. A raise is done; a lower is given back after a drain, unless it was for a ship:
/// then the order itself takes its units out of cover.
fn gross_applied(view: &View<'_>, attempt: &Attempt) -> Write {
    let is_adopting = !view.listed.is_adopted_on(view.ground);
    let is_lower = attempt.value < attempt.base || is_adopting;
    if is_lower && attempt.ship.is_none() && !is_removed(Rule::GrossAfterDrain) {
        return draining(view, attempt, attempt.value, Some(attempt.value));
    }
    let lowered = if attempt.ship.is_none() { (attempt.base - attempt.value).max(0) } else { 0 };
    let covered = total(view.places);
    // The number may have been lowered below the channel's own open orders, which it subtracts: then the first units of
    // a raise only fill that hole, and the channel is asked how many it shows. Some of them may be sold by now.
    let fills_a_hole = attempt.reserved > 0 && attempt.cover <= attempt.reserved;
    view.settle_to(covered - lowered, |listed| {
        listed.attempt = None;
        listed.doubt |= fills_a_hole;
        listed.gross = attempt.value;
        listed.told_at = Some(view.now);
        if let Some(order) = &attempt.ship
            && let Some(units) = listed.gate.asked.remove(order)
        {
            listed.gate.open.insert(order.clone(), units);
        }
    })
}

fn draining(view: &View<'_>, attempt: &Attempt, said: i64, gross: Option<i64>) -> Write {
    let draining = Attempt {
        phase: Phase::Draining,
        told_at: Some(view.now),
        said: Some(said),
        in_gate: view.listed.gate.open_units(),
        ..attempt.clone()
    };
    view.write(
        |listed| {
            listed.attempt = Some(draining);
            listed.shown = Some(said);
            listed.told_at = Some(view.now);
            if let Some(gross) = gross {
                listed.gross = gross;
            }
        },
        Vec::new(),
        Call::None,
    )
}

/// A number that was read. For a gross write without an answer it tells whether the write arrived.
fn shown(view: &View<'_>, attempt: &Attempt, units: i64, gross: Option<i64>) -> Write {
    if attempt.kind != Kind::Gross {
        return draining(view, attempt, units, gross);
    }
    match gross {
        Some(found) if found == attempt.value => gross_applied(view, attempt),
        // It did not arrive, or a ship has changed the number since: what is shown now is drained and settled.
        found => draining(view, &Attempt { kind: Kind::Read, ship: None, ..attempt.clone() }, units, found),
    }
}
