//! What is to be done about one listing now: nothing, wait, ask, tell, or settle. Pure: the same table gives the same step.

use super::attempt::{Attempt, Ground, Kind, Listed, Pace, Phase, later};
use super::place::{CoverChange, Part, Place, given_back, reserve, retarget, swap, total, wanted_now};
use crate::effect::Restores;
use crate::removed::{Rule, is_removed};
use jiff::Timestamp;

/// What a channel's "set stock" means; it decides what one write costs in cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// K1: set if the shown value is still the one we name.
    Compare,
    /// K2: add or subtract, atomically, refused below zero.
    Add,
    /// K3: set the gross number; the channel subtracts its own open orders.
    Gross,
    /// K4: set, whatever is shown now.
    Blind,
}

/// Everything one decision about a listing is made from.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// What is known of it.
    pub listed: &'a Listed,
    /// How its channel is written to.
    pub class: Class,
    /// What its channel does with a cancelled order's units.
    pub restores: Restores,
    /// How slow its channel may be.
    pub pace: Pace,
    /// What it is made of now, by the shop's file.
    pub ground: &'a Ground,
    /// Its stores, the preferred one first.
    pub places: &'a [Place],
    /// Cover on ground it no longer stands on.
    pub left_over: &'a [Part],
    /// All orders from before this moment are recorded.
    pub drained_until: Option<Timestamp>,
    /// False while another listing of the same product is not adopted yet, or the channel cannot be seen.
    pub may_raise: bool,
    /// How long a call of ours has until it is given up.
    pub call_ms: i64,
    /// The time.
    pub now: Timestamp,
}

/// A call to the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// None: the step is for the book alone.
    None,
    /// Send what the attempt says.
    Send,
    /// Read what is shown.
    Read,
}

/// A new state with the cover that changes in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The state, its number grown by one.
    pub listed: Listed,
    /// The balances.
    pub cover: Vec<CoverChange>,
    /// What is to be called once it is written.
    pub call: Call,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Rest,
    /// Nothing before then.
    Wait(Timestamp),
    /// A pass over the channel's orders that began later than this plus the list lag, with all its orders recorded.
    AwaitPass(Timestamp),
    /// This, in one transaction, and then its call.
    Write(Box<Write>),
}

impl View<'_> {
    /// Listing units given back since ever, on old ground and new.
    pub fn given_back(&self) -> i64 {
        let old = self.left_over.first().map_or(0, |part| part.given_back / part.factor);
        given_back(self.places) + old
    }

    pub(super) fn write(
        &self,
        change: impl FnOnce(&mut Listed),
        cover: Vec<CoverChange>,
        call: Call,
    ) -> Write {
        let mut listed = self.listed.clone();
        listed.number += 1;
        change(&mut listed);
        let cover = if is_removed(Rule::ReserveFirst) { unguarded(cover) } else { cover };
        Write { listed, cover, call }
    }

    /// Cover made to stand for so many units, with a new state.
    pub(super) fn settle_to(&self, target: i64, change: impl FnOnce(&mut Listed)) -> Write {
        self.write(change, retarget(self.places, self.left_over, target), Call::None)
    }

    fn begin(&self, attempt: Attempt, cover: Vec<CoverChange>, call: Call) -> Step {
        let attempt = Attempt { id: self.listed.number + 1, ..attempt };
        Step::Write(Box::new(self.write(|listed| listed.attempt = Some(attempt), cover, call)))
    }

    fn attempt(&self, kind: Kind, value: i64) -> Attempt {
        let phase = if kind == Kind::Read { Phase::Reading } else { Phase::Sent };
        Attempt {
            id: 0,
            kind,
            phase,
            value,
            base: 0,
            reserved: 0,
            cover: total(self.places),
            given_back: self.given_back(),
            deadline: later(self.now, self.call_ms),
            told_at: None,
            said: None,
            in_gate: 0,
            ship: None,
        }
    }

    fn send(&self, kind: Kind, value: i64) -> Step {
        self.begin(self.attempt(kind, value), Vec::new(), Call::Send)
    }

    fn read(&self) -> Step {
        self.begin(self.attempt(Kind::Read, 0), Vec::new(), Call::Read)
    }

    /// Reserves first, then sends. None where the units are not free.
    fn raise(&self, attempt: Attempt, many: i64) -> Step {
        match reserve(self.places, many) {
            Some(cover) => {
                let attempt = Attempt { reserved: many, cover: attempt.cover + many, ..attempt };
                self.begin(attempt, cover, Call::Send)
            }
            None => Step::Rest,
        }
    }
}

/// Only the simulation gets here: a raise that does not ask whether the units are free.
fn unguarded(mut cover: Vec<CoverChange>) -> Vec<CoverChange> {
    cover.retain(|change| !matches!(change.guard, super::place::Guard::FreeAtLeast(_)));
    cover
}

/// The next step.
pub fn next(view: &View<'_>) -> Step {
    match &view.listed.attempt {
        Some(attempt) => resolve(view, attempt),
        None => begin(view),
    }
}

/// An attempt is on its way: see it to its end before anything else is begun.
fn resolve(view: &View<'_>, attempt: &Attempt) -> Step {
    match attempt.phase {
        Phase::Sent => doubtful(view, attempt),
        Phase::Reading if view.now < attempt.deadline => Step::Wait(attempt.deadline),
        Phase::Reading => read_again(view, attempt),
        Phase::Draining => drain(view, attempt),
    }
}

/// No answer came. Until the call can no longer be applied, nothing proves anything; then the channel is asked.
fn doubtful(view: &View<'_>, attempt: &Attempt) -> Step {
    let within_ms = if is_removed(Rule::AppliedWithin) { 0 } else { view.pace.applied_within_ms };
    let certain = later(attempt.deadline, within_ms);
    if view.now < certain {
        return Step::Wait(certain);
    }
    if is_removed(Rule::Confirm) {
        let target = total(view.places) - attempt.reserved;
        return Step::Write(Box::new(view.settle_to(target, |listed| listed.attempt = None)));
    }
    read_again(view, attempt)
}

/// Asks what is shown. Units given back from now on are not in the answer for certain.
fn read_again(view: &View<'_>, attempt: &Attempt) -> Step {
    let again = Attempt {
        phase: Phase::Reading,
        cover: total(view.places),
        given_back: view.given_back(),
        deadline: later(view.now, view.call_ms),
        ..attempt.clone()
    };
    view.begin(again, Vec::new(), Call::Read)
}

fn drain(view: &View<'_>, attempt: &Attempt) -> Step {
    if view.class == Class::Compare && attempt.kind == Kind::Read && is_removed(Rule::CompareWithCover) {
        return Step::Write(Box::new(view.write(believed, Vec::new(), Call::None)));
    }
    let told_at = attempt.told_at.unwrap_or(attempt.deadline);
    let is_drained = view.drained_until.is_some_and(|until| until >= told_at);
    if !is_drained && !is_removed(Rule::Drain) {
        return Step::AwaitPass(told_at);
    }
    Step::Write(Box::new(settle(view, attempt)))
}

/// Only the simulation gets here: a number that was read back is as good as the cover.
fn believed(listed: &mut Listed) {
    (listed.attempt, listed.doubt) = (None, false);
}

/// One rule for every acknowledged set and every read-back: cover becomes what the channel said, and what it gave back
/// by itself since. A gross lower ends what it took away.
///
/// Orders that were recorded since the call was sent may be older or newer than the number the channel said, and nobody
/// can tell which. What is covered now is then a bound as good as the channel's number, the lower of both holds, and the
/// channel is asked again when it is quiet. Where nothing was on sale before, every order since is a newer one.
fn settle(view: &View<'_>, attempt: &Attempt) -> Write {
    let since = if is_removed(Rule::GivenBack) { 0 } else { view.given_back() - attempt.given_back };
    let covered = total(view.places);
    let is_adopted = view.listed.is_adopted_on(view.ground);
    let is_quiet = covered == attempt.cover && view.given_back() == attempt.given_back;
    // A unit given back meanwhile may have been on sale before the set, which then took it off again.
    let was_empty = attempt.kind == Kind::Set
        && attempt.cover == attempt.reserved
        && attempt.said == Some(attempt.value)
        && since == 0;
    let said = attempt.said.unwrap_or(0) + since;
    let in_gate = if is_removed(Rule::NoSettleInGate) { 0 } else { attempt.in_gate };
    // A listing that is not adopted is believed at 0 alone: as long as anything is shown, it is set to 0 again.
    let is_zero = attempt.kind == Kind::Gross || (attempt.kind != Kind::Read && attempt.said == Some(0));
    // What it gave back since may have been on sale before it was set to 0, or be on sale now.
    let is_zero = is_zero && (attempt.kind == Kind::Gross || since == 0);
    if !is_adopted && !is_zero && !is_removed(Rule::Adopt) {
        return view.write(|listed| listed.attempt = None, Vec::new(), Call::None);
    }
    let target = match attempt.kind {
        // At gross 0 nothing is on sale, whatever was given back.
        Kind::Gross if !is_adopted => 0,
        Kind::Gross => covered - (attempt.base - attempt.value).min(covered).max(0),
        // A parcel that was let through puts its units back into what is shown when it leaves.
        Kind::Read if in_gate > 0 => {
            let most = (said + in_gate).min(covered);
            if is_quiet { said.max(most) } else { most }
        }
        _ if is_quiet || !is_adopted => said,
        _ => said.min(covered),
    };
    view.settle_to(target, |listed| {
        listed.attempt = None;
        if attempt.kind != Kind::Gross {
            listed.doubt = (!is_quiet && !was_empty) || in_gate > 0;
        }
        // What the channel is said to have given back since is not in its number: nobody has seen it there yet.
        listed.settled_given_back = given_back(view.places) - (view.given_back() - attempt.given_back);
        listed.ground = Some(view.ground.clone());
    })
}

/// Nothing is on its way: is there anything to begin?
fn begin(view: &View<'_>) -> Step {
    let listed = view.listed;
    if let Some(until) = listed.locked_until.filter(|until| view.now < *until) {
        return Step::Wait(until);
    }
    if listed.locked_until.is_some() {
        return Step::Write(Box::new(view.write(unlock, Vec::new(), Call::None)));
    }
    if !listed.is_adopted_on(view.ground) {
        return adopt(view);
    }
    if let Some((order, units)) = listed.gate.asked.iter().next() {
        return let_through(view, order.clone(), *units);
    }
    if is_doubtful(view) {
        return read_or_wait(view);
    }
    if let Some(cover) = swap(view.places) {
        return Step::Write(Box::new(view.write(|_| {}, cover, Call::None)));
    }
    move_to_wanted(view)
}

/// Whatever held it up may have changed what is shown.
fn unlock(listed: &mut Listed) {
    listed.locked_until = None;
    listed.doubt = true;
}

/// A number read while a ship is let through and not recorded proves nothing: the channel has taken the unit off and
/// we have lowered the number for it as well.
fn read_or_wait(view: &View<'_>) -> Step {
    let is_open = view.class == Class::Gross && !view.listed.gate.open.is_empty();
    if is_open && !is_removed(Rule::NoSettleInGate) { Step::Rest } else { view.read() }
}

/// A listing that is on sale already is set to 0, which is safe at any time, and then drained and settled.
fn adopt(view: &View<'_>) -> Step {
    if is_removed(Rule::Adopt) {
        return view.read();
    }
    match view.class {
        Class::Gross => {
            let attempt = Attempt { base: view.listed.gross, ..view.attempt(Kind::Gross, 0) };
            view.begin(attempt, Vec::new(), Call::Send)
        }
        Class::Compare | Class::Add | Class::Blind => view.send(Kind::Zero, 0),
    }
}

/// The gross number goes down by the order's units before its ship is reported; else they would be on sale again.
fn let_through(view: &View<'_>, order: crate::ids::OrderId, units: i64) -> Step {
    let lowered = (view.listed.gross - units).max(0);
    let attempt =
        Attempt { base: view.listed.gross, ship: Some(order), ..view.attempt(Kind::Gross, lowered) };
    view.begin(attempt, Vec::new(), Call::Send)
}

/// Whether what the book says of this listing may differ from what its channel shows.
fn is_doubtful(view: &View<'_>) -> bool {
    // A gross number may have been lowered past a sale that was not known yet: a unit given back then pays for that first.
    let may_not_show = view.restores != Restores::Yes || view.class == Class::Gross;
    let may_differ = may_not_show && view.given_back() != view.listed.settled_given_back;
    view.listed.doubt
        || may_differ
        || total(view.places) < 0
        || view.places.iter().any(|place| !place.is_even())
}

/// Cover and what is shown go from what they are to what is wanted, as the channel's class allows.
fn move_to_wanted(view: &View<'_>) -> Step {
    let covered = total(view.places);
    let room: i64 = view.places.iter().map(Place::room).sum();
    let wanted = wanted_now(view.places, view.may_raise);
    if wanted == covered {
        return Step::Rest;
    }
    match view.class {
        Class::Blind => blind(view, covered, wanted, room),
        Class::Compare => compare(view, covered, wanted),
        Class::Add => {
            let change = wanted - covered;
            view.raise(view.attempt(Kind::Add, change), change.max(0))
        }
        Class::Gross => {
            let gross = view.listed.gross;
            let value = gross + wanted - covered;
            if value < 0 {
                return view.read();
            }
            let attempt = Attempt { base: gross, ..view.attempt(Kind::Gross, value) };
            view.raise(attempt, (wanted - covered).max(0))
        }
    }
}

/// A blind set of v needs cover for what is shown now and for v, until it is drained. Where that is not free, it goes
/// over 0, which needs none.
fn blind(view: &View<'_>, covered: i64, wanted: i64, room: i64) -> Step {
    if wanted > 0 && is_removed(Rule::BlindInFull) {
        return view.raise(view.attempt(Kind::Set, wanted), (wanted - covered).max(0));
    }
    if wanted > 0 && (covered == 0 || room >= wanted) && view.may_raise {
        return view.raise(view.attempt(Kind::Set, wanted), wanted.min(room));
    }
    if covered == 0 {
        return Step::Rest;
    }
    view.send(Kind::Zero, 0)
}

/// The number compared with is the cover itself. A number read back would be newer than the orders that are recorded.
fn compare(view: &View<'_>, covered: i64, wanted: i64) -> Step {
    let base =
        if is_removed(Rule::CompareWithCover) { view.listed.shown.unwrap_or(covered) } else { covered };
    let attempt = Attempt { base, ..view.attempt(Kind::Compare, wanted) };
    view.raise(attempt, (wanted - covered).max(0))
}
