//! What is to be done next about an order that a till or website must take: pure, so that every crash and every late answer
//! is played through in tests.

use super::{Forwarding, PutLine, Stage, Told, Wanted, Why};
use crate::catalogue::OrdersTo;
use crate::effect::OrderState;
use crate::ids::{ForwardReference, OrderId};
use crate::status::Status;
use jiff::{SignedDuration, Timestamp};

/// Everything that the next step follows from.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The order where it was bought.
    pub order: &'a OrderState,
    /// What is to stand at the target.
    pub wanted: &'a Wanted,
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

/// Goods that have left already are put into nothing.
fn begin(scene: &Scene<'_>) -> Act {
    match scene.rule {
        Some(rule) if !scene.wanted.lines.is_empty() && !scene.order.status.is_out() => {
            Act::Put(new(scene, rule))
        }
        _ => Act::Nothing,
    }
}

fn new(scene: &Scene<'_>, rule: &OrdersTo) -> Forwarding {
    Forwarding {
        target: rule.connection.clone(),
        branch: rule.branch.clone(),
        why: Why::StoresRule,
        reference: scene.fresh.clone(),
        lines: scene.wanted.lines.clone(),
        total_minor: scene.wanted.total_minor,
        stage: Stage::Sending,
        since: scene.now,
        failures: 0,
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
        Stage::CalledOff => begin(scene),
        Stage::GaveUp { .. } => Act::Nothing,
    }
}

/// A call that nobody has heard the end of: who comes too early would look before it is there and put it in twice.
fn find(scene: &Scene<'_>, forwarding: &Forwarding) -> Act {
    let known_from = forwarding.look_again_at(scene.settles_after).unwrap_or(scene.now);
    if scene.now < known_from { Act::Wait(known_from) } else { Act::Find(forwarding.clone()) }
}

/// The target certainly has nothing: what is wanted now is put in, under the reference that was drawn for it.
fn try_again(scene: &Scene<'_>, forwarding: &Forwarding) -> Act {
    let due = forwarding.look_again_at(scene.settles_after).unwrap_or(scene.now);
    if scene.wanted.lines.is_empty() || scene.order.status.is_out() {
        return Act::Note(forwarding.at(Stage::CalledOff, scene.now));
    }
    if scene.now < due {
        return Act::Wait(due);
    }
    let mut again = forwarding.clone();
    (again.stage, again.since) = (Stage::Sending, scene.now);
    (again.lines, again.total_minor) = (scene.wanted.lines.clone(), scene.wanted.total_minor);
    Act::Put(again)
}

fn look_after(scene: &Scene<'_>, forwarding: &Forwarding, there: &OrderId) -> Act {
    let status = scene.echo.map(|echo| &echo.status);
    let is_off = status == Some(&Status::Cancelled);
    let has_left = status.is_some_and(Status::is_out);
    if is_off && !scene.wanted.lines.is_empty() && !scene.order.status.is_out() {
        // Nobody but the store's people called it off: whether the buyer's order goes with it is not ours to guess.
        return match forwarding.told {
            Told::Closed => Act::Nothing,
            _ => ask(forwarding, Question::CalledOffByStore),
        };
    }
    if has_left && scene.order.status == Status::Cancelled && forwarding.told != Told::Closed {
        return ask(forwarding, Question::SentAfterCancel);
    }
    if !is_off && !has_left && !same_goods(&forwarding.lines, &scene.wanted.lines) {
        let stage = Stage::CallingOff { order: there.clone() };
        return Act::CallOff(forwarding.at(stage, scene.now), there.clone());
    }
    if has_left && scene.waits_for_till && !forwarding.counted {
        let due = forwarding.look_again_at(scene.settles_after).unwrap_or(scene.now);
        return if scene.now < due { Act::Wait(due) } else { Act::Count(forwarding.clone(), there.clone()) };
    }
    tell(scene, forwarding, status)
}

/// Asked once; the channel is told nothing more by itself.
fn ask(forwarding: &Forwarding, question: Question) -> Act {
    Act::Ask(Forwarding { told: Told::Closed, ..forwarding.clone() }, question)
}

/// Prices do not matter to the store once it has the order.
fn same_goods(there: &[PutLine], wanted: &[PutLine]) -> bool {
    let goods = |lines: &[PutLine]| {
        let mut goods: Vec<(crate::ids::ListingId, u32)> = Vec::new();
        for line in lines {
            match goods.iter_mut().find(|(listing, _)| *listing == line.listing) {
                Some((_, units)) => *units += line.quantity,
                None => goods.push((line.listing.clone(), line.quantity)),
            }
        }
        goods.sort();
        goods
    };
    goods(there) == goods(wanted)
}

/// Called off once it is seen to be; a call that failed is made again after a pause. Calling off what is called off already
/// does nothing, so this one may be repeated without looking first.
fn call_off(scene: &Scene<'_>, forwarding: &Forwarding, there: &OrderId) -> Act {
    let status = scene.echo.map(|echo| &echo.status);
    if status == Some(&Status::Cancelled) {
        return Act::Note(forwarding.at(Stage::CalledOff, scene.now));
    }
    if status.is_some_and(Status::is_out) {
        // Too late: the goods have left.
        return Act::Note(forwarding.at(Stage::There { order: there.clone() }, scene.now));
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
    let done = status.map(Told::of).unwrap_or_default();
    let news = scene.takes.iter().copied().filter(|takes| *takes <= done).max().unwrap_or_default();
    let known = Told::of(&scene.order.status);
    if news <= forwarding.told || forwarding.told == Told::Closed {
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
