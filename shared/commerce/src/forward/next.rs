//! What is to be done next about an order that a till or website must take: pure, so that every crash and every late answer
//! is played through in tests.

use super::wanted::units_of;
use super::{Forwarding, PutLine, Stage, Told, Unforwardable, Wanted, Why};
use crate::catalogue::{Connection, OrdersTo};
use crate::effect::OrderState;
use crate::ids::{ForwardReference, OrderId};
use crate::status::Status;
use jiff::{SignedDuration, Timestamp};

/// Everything that the next step follows from.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The order where it was bought.
    pub order: &'a OrderState,
    /// The account that it goes into.
    pub target: &'a Connection,
    /// What is to stand there; or what of it that account has no product for.
    pub wanted: Result<&'a Wanted, &'a Unforwardable>,
    /// The account the store's orders go into; none where the shop's file names none (any more).
    pub rule: Option<&'a OrdersTo>,
    /// What is kept of it.
    pub forwarding: Option<&'a Forwarding>,
    /// The target's own order, as it is recorded.
    pub echo: Option<&'a OrderState>,
    /// After this long a call is applied or never will be, and the target's list shows it (A3, A6).
    pub settles_after: SignedDuration,
    /// True while the target counts goods of this order itself and has not counted all of them.
    pub waits_for_till: bool,
    /// How far the other stores are that serve the order: news is about all of it.
    pub others: Told,
    /// True for the one store of the order that tells the channel.
    pub tells: bool,
    /// The kinds of news that the channel of the order takes.
    pub takes: &'a [Told],
    /// The time.
    pub now: Timestamp,
    /// A new reference, drawn at random.
    pub fresh: &'a ForwardReference,
}

/// The next step. Whatever it holds is written before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Nothing is to be done.
    Nothing,
    /// Nothing before that time.
    Wait(Timestamp),
    /// Write it down; nothing is sent.
    Note(Forwarding),
    /// Put it in.
    Put(Forwarding),
    /// Look whether an earlier call has put it in.
    Find(Forwarding),
    /// Call it off there.
    CallOff(Forwarding, OrderId),
    /// Count what the target's people sold of it.
    Count(Forwarding, OrderId),
    /// Tell the channel where it was bought.
    Tell(Forwarding, Told),
    /// The target has no product for some of its goods: a person must see to that.
    GiveUp(Forwarding),
    /// A person must decide.
    Ask(Forwarding, Question),
}

/// What only a person can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The store called an order off while its buyer waits for it.
    CalledOffByStore,
    /// The store sent goods of an order that had been called off.
    SentAfterCancel,
}

/// The longest pause between two tries at a target that is down.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(30);

/// How long a target that has failed so often is left alone.
pub(super) fn pause(failures: u32) -> SignedDuration {
    if failures == 0 {
        return SignedDuration::ZERO;
    }
    let minutes = 1_i64 << failures.saturating_sub(1).min(5);
    SignedDuration::from_mins(minutes).min(PAUSE_MAX)
}

/// What is to be done next.
pub fn next(scene: &Scene<'_>) -> Act {
    match scene.forwarding {
        None => begin(scene),
        Some(forwarding) => go_on(scene, forwarding),
    }
}

/// True while the order may be put in: sold for good, and its goods are still here. One that may lapse unpaid, or that nobody
/// understands, is none of the store's business yet.
fn may_put(scene: &Scene<'_>) -> bool {
    matches!(scene.order.status, Status::Confirmed | Status::ReadyToShip)
}

fn begin(scene: &Scene<'_>) -> Act {
    let Some(rule) = scene.rule.filter(|_| may_put(scene)) else { return Act::Nothing };
    match scene.wanted {
        Ok(wanted) if wanted.lines.is_empty() => Act::Nothing,
        Ok(wanted) => Act::Put(new(scene, rule, wanted, Stage::Sending)),
        Err(_) => Act::GiveUp(new(scene, rule, &Wanted::default(), Stage::GaveUp { order: None })),
    }
}

fn new(scene: &Scene<'_>, rule: &OrdersTo, wanted: &Wanted, stage: Stage) -> Forwarding {
    Forwarding {
        target: rule.connection.clone(),
        branch: rule.branch.clone(),
        why: Why::StoresRule,
        reference: scene.fresh.clone(),
        lines: wanted.lines.clone(),
        total_minor: wanted.total_minor,
        stage,
        since: scene.now,
        failures: 0,
        news_in_doubt: false,
        counted: false,
        told: scene.forwarding.map(|before| before.told).unwrap_or_default(),
    }
}

fn go_on(scene: &Scene<'_>, forwarding: &Forwarding) -> Act {
    match &forwarding.stage {
        Stage::Sending => find(scene, forwarding),
        Stage::Waiting => try_again(scene, forwarding),
        Stage::There { order } => look_after(scene, forwarding, order),
        Stage::CallingOff { order } => call_off(scene, forwarding, order),
        Stage::CalledOff { .. } => begin(scene),
        Stage::GaveUp { order: Some(order) } => see_it_end(scene, forwarding, order).unwrap_or(Act::Nothing),
        Stage::GaveUp { order: None } => Act::Nothing,
    }
}

/// A call that nobody has heard the end of: who comes too early would look before it is there and put it in twice.
fn find(scene: &Scene<'_>, forwarding: &Forwarding) -> Act {
    let known_from = forwarding.look_again_at(scene.settles_after).unwrap_or(scene.now);
    if scene.now < known_from { Act::Wait(known_from) } else { Act::Find(forwarding.clone()) }
}

/// The target certainly has nothing: what is wanted now is put in, under the reference that was drawn for it. Where the shop's file
/// names another account by now, it is that one's.
fn try_again(scene: &Scene<'_>, forwarding: &Forwarding) -> Act {
    let is_meant =
        |rule: &OrdersTo| (&rule.connection, &rule.branch) == (&forwarding.target, &forwarding.branch);
    let nothing_to_put = scene.wanted.is_ok_and(|wanted| wanted.lines.is_empty());
    if nothing_to_put || scene.order.status.is_out() || !scene.rule.is_some_and(is_meant) {
        return Act::Note(forwarding.at(Stage::CalledOff { order: None }, scene.now));
    }
    let due = forwarding.look_again_at(scene.settles_after).unwrap_or(scene.now);
    if scene.now < due {
        return Act::Wait(due);
    }
    match scene.wanted {
        Err(_) => Act::GiveUp(forwarding.at(Stage::GaveUp { order: None }, scene.now)),
        Ok(_) if !may_put(scene) => Act::Note(forwarding.failed(Stage::Waiting, scene.now)),
        Ok(wanted) => {
            let mut again = forwarding.clone();
            (again.stage, again.since) = (Stage::Sending, scene.now);
            (again.lines, again.total_minor) = (wanted.lines.clone(), wanted.total_minor);
            Act::Put(again)
        }
    }
}

fn look_after(scene: &Scene<'_>, forwarding: &Forwarding, there: &OrderId) -> Act {
    let status = scene.echo.map(|echo| &echo.status);
    let has_left = status.is_some_and(Status::is_out);
    let is_open = may_put(scene) && scene.wanted.is_ok_and(|wanted| !wanted.lines.is_empty());
    if status == Some(&Status::Cancelled) {
        // Nobody but the store's people called it off: whether the buyer's order goes with it is not ours to guess.
        return match forwarding.told {
            Told::Closed => Act::Nothing,
            _ if is_open => ask(forwarding, Question::CalledOffByStore),
            _ => Act::Nothing,
        };
    }
    if has_left && scene.order.status == Status::Cancelled && forwarding.told != Told::Closed {
        return ask(forwarding, Question::SentAfterCancel);
    }
    if !has_left && is_changed(scene, forwarding) {
        let stage = Stage::CallingOff { order: there.clone() };
        return Act::CallOff(forwarding.at(stage, scene.now), there.clone());
    }
    match tell(scene, forwarding, status) {
        Act::Nothing if has_left => count(scene, forwarding, there),
        act => act,
    }
}

/// True where other goods are wanted than stand there, whatever the listings are called by now. While nobody understands an order
/// it stays as it is, and so does one with goods that the target does not know.
fn is_changed(scene: &Scene<'_>, forwarding: &Forwarding) -> bool {
    let Ok(wanted) = scene.wanted else { return false };
    if matches!(scene.order.status, Status::Pending | Status::Unknown(_)) {
        return false;
    }
    let units = |lines: &[PutLine]| units_of(lines, scene.target);
    match (units(&forwarding.lines), units(&wanted.lines)) {
        (Some(there), Some(wanted)) => there != wanted,
        _ => wanted.lines.is_empty(),
    }
}

/// What the target's people sold of it, until all of it is counted.
fn count(scene: &Scene<'_>, forwarding: &Forwarding, there: &OrderId) -> Act {
    if !scene.waits_for_till || forwarding.counted {
        return Act::Nothing;
    }
    let due = forwarding.look_again_at(scene.settles_after).unwrap_or(scene.now);
    if scene.now < due { Act::Wait(due) } else { Act::Count(forwarding.clone(), there.clone()) }
}

/// Asked once; the channel is told nothing more by itself.
fn ask(forwarding: &Forwarding, question: Question) -> Act {
    Act::Ask(Forwarding { told: Told::Closed, ..forwarding.clone() }, question)
}

/// How an order that is being called off, or was given up there, has ended by the target's own word; none while it has not.
fn see_it_end(scene: &Scene<'_>, forwarding: &Forwarding, there: &OrderId) -> Option<Act> {
    let status = &scene.echo?.status;
    let stage = match status {
        Status::Cancelled => Stage::CalledOff { order: Some(there.clone()) },
        // Too late: the goods have left.
        status if status.is_out() => Stage::There { order: there.clone() },
        _ => return None,
    };
    Some(Act::Note(forwarding.at(stage, scene.now)))
}

/// Called off once it is seen to be; a call that failed is made again after a pause, when what the target says of the order has
/// been asked for. One that is refused then is given up, until that word is there.
fn call_off(scene: &Scene<'_>, forwarding: &Forwarding, there: &OrderId) -> Act {
    if let Some(ended) = see_it_end(scene, forwarding, there) {
        return ended;
    }
    let due = forwarding.look_again_at(scene.settles_after).unwrap_or(scene.now);
    if scene.now < due {
        return Act::Wait(due);
    }
    Act::CallOff(Forwarding { since: scene.now, ..forwarding.clone() }, there.clone())
}

/// What the store did, told where the order was bought: never less than before, never what is known there, and never more
/// than that channel takes.
fn tell(scene: &Scene<'_>, forwarding: &Forwarding, status: Option<&Status>) -> Act {
    let done = status.map(Told::of).unwrap_or_default().min(scene.others);
    let news = scene.takes.iter().copied().filter(|takes| *takes <= done).max().unwrap_or_default();
    let known = Told::of(&scene.order.status);
    if !scene.tells || news <= forwarding.told || forwarding.told == Told::Closed {
        return Act::Nothing;
    }
    if news <= known || scene.order.status.rank() > Status::Completed.rank() {
        return Act::Note(Forwarding { told: news, ..forwarding.clone() });
    }
    let due = forwarding.look_again_at(scene.settles_after).unwrap_or(scene.now);
    if scene.now < due {
        return Act::Wait(due);
    }
    Act::Tell(forwarding.clone(), news)
}
