//! How one event is merged into what we know of an order: newer wins, what went out stays out, nothing counts twice.

use crate::catalogue::{Connection, Shop};
use crate::effect::{Line, OrderState, Restores};
use crate::hold_terms::Held;
use crate::order::{ChannelLine, ChannelOrder, Departure, hex16};
use crate::park::ParkReason;
use crate::pick_up;
use crate::removed::{Rule, is_removed};
use crate::split::{base_id, is_of, spread_called_off, spread_out, spread_over};
use crate::status::Status;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;

/// What the planner knows about the account an order came from.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The tenant.
    pub shop: &'a Shop,
    /// The account.
    pub connection: &'a Connection,
    /// What the channel does with a cancelled order's units.
    pub restores: Restores,
}

/// What an event means for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// Known already: nothing to write.
    Unchanged,
    /// Same source time and rank, different content: ask the channel, the later read wins.
    ReRead,
    /// Not in the table and older than the horizon: it may have been counted before.
    BeforeHorizon,
    /// The order's new state; lines new to us have no decision yet, and `applied` is still the old effect.
    Changed(Box<OrderState>),
}

/// Merges one event into the stored state. Pure: the same inputs give the same answer, in any order of arrival.
pub fn merge(
    account: Account<'_>,
    stored: Option<&OrderState>,
    event: &ChannelOrder,
    now: Timestamp,
) -> Merged {
    let event = &event.in_milliseconds();
    let Some(old) = stored else {
        if is_before_horizon(account.shop, event, now) {
            return Merged::BeforeHorizon;
        }
        return Merged::Changed(Box::new(first_state(event)));
    };
    match compare(old, event) {
        Order::Newer => Merged::Changed(Box::new(replace(old, event))),
        Order::Unclear => Merged::ReRead,
        Order::Same | Order::Older => keep(account, old, event),
    }
}

enum Order {
    Newer,
    Same,
    Older,
    Unclear,
}

/// Newer = (source time, rank); a tie with other content is settled by the later of two reads, else by a new read.
fn compare(old: &OrderState, event: &ChannelOrder) -> Order {
    if old.digest == event.digest() {
        return Order::Same;
    }
    // What the house ended by itself is no word of the other side's: any later word is newer.
    let told = old.told_status();
    let guess = matches!(told, Status::Unknown(_)) || matches!(event.status, Status::Unknown(_));
    let by_rank = if guess { Ordering::Equal } else { event.status.rank().cmp(&told.rank()) };
    match event.source_time.cmp(&old.source_time).then(by_rank) {
        Ordering::Greater => Order::Newer,
        Ordering::Less => Order::Older,
        Ordering::Equal => match (event.read_at, old.read_at) {
            (None, _) => Order::Unclear,
            (Some(new), Some(known)) if new <= known => Order::Older,
            (Some(_), _) => Order::Newer,
        },
    }
}

fn is_before_horizon(shop: &Shop, event: &ChannelOrder, now: Timestamp) -> bool {
    let kept_ms = i64::from(shop.keep_orders_days) * 24 * 3_600_000;
    now.as_millisecond() - event.created_at.as_millisecond() > kept_ms
}

fn first_state(event: &ChannelOrder) -> OrderState {
    let lines = event.lines.iter().map(|line| new_line(event, line)).collect();
    OrderState { hold: held(None, event), ..state_of(event, lines, Default::default()) }
}

fn replace(old: &OrderState, event: &ChannelOrder) -> OrderState {
    let mut lines: Vec<Line> = event.lines.iter().flat_map(|line| carry_line(old, event, line)).collect();
    let gone = |line: &&Line| !event.lines.iter().any(|l| is_of(line, &l.id));
    lines.extend(old.lines.iter().filter(gone).cloned().map(no_longer_listed));
    let (hold, echo_of) = (held(Some(old), event), old.echo_of.clone());
    OrderState { hold, echo_of, ..state_of(event, lines, old.applied.clone()) }
}

/// What an event leaves of a hold: `hold` says the whole of it anew, any other word leaves it as it was agreed. The code
/// stays as long as there is something to ask for with it.
fn held(old: Option<&OrderState>, event: &ChannelOrder) -> Option<Held> {
    let before = old.and_then(|old| old.hold.as_ref());
    let agreed = before.filter(|_| event.status != Status::Pending).map(|held| held.terms.clone());
    let terms = event.hold.clone().or(agreed)?;
    let has_code = event.status.is_open() && terms.purpose.is_in_store();
    let code = before.filter(|_| has_code).and_then(|held| held.code);
    let at_store = pick_up::after(old, &terms, event);
    Some(Held { terms, code, is_over: false, at_store })
}

/// A line that the channel no longer lists may still have gone out: it is kept, never forgotten.
fn no_longer_listed(line: Line) -> Line {
    Line { cancelled: line.quantity, ..line }
}

/// Lines are kept in the order of their ids, so that equal histories end in equal items.
fn state_of(event: &ChannelOrder, mut lines: Vec<Line>, applied: crate::stock::Effect) -> OrderState {
    lines.sort_by(|a, b| a.id.cmp(&b.id));
    OrderState {
        kind: event.kind,
        status: event.status.clone(),
        departure: event.departure,
        source_time: event.source_time,
        created_at: event.created_at,
        read_at: event.read_at,
        digest: event.digest(),
        total: event.total,
        lines,
        hold: None,
        unheard: false,
        echo_of: None,
        applied,
    }
}

fn new_line(event: &ChannelOrder, line: &ChannelLine) -> Line {
    Line {
        id: line.id.clone(),
        listing: line.listing.clone(),
        quantity: line.quantity,
        cancelled: line.cancelled.min(line.quantity),
        unit_price_minor: line.unit_price_minor,
        out: units_out(event, line),
        counted: 0,
        decision: None,
    }
}

fn carry_line(old: &OrderState, event: &ChannelOrder, line: &ChannelLine) -> Vec<Line> {
    let known: Vec<&Line> = old.lines.iter().filter(|known| is_of(known, &line.id)).collect();
    let told = with_called_off(new_line(event, line), known.iter().map(|known| known.quantity).sum());
    let mut carried = spread_over(&told, &known);
    if is_removed(Rule::ChooseOnce) && event.status == Status::Cancelled {
        carried.iter_mut().for_each(|piece| piece.decision = None);
    }
    carried
}

/// Some channels tell a unit that was called off by a lower quantity. A line keeps the most it was ever told to ask for, and the
/// rest is called off: the channel may have put it back on sale, which no lower quantity would say.
fn with_called_off(told: Line, asked: u32) -> Line {
    let fewer = asked.saturating_sub(told.quantity);
    Line { quantity: told.quantity.max(asked), cancelled: told.cancelled + fewer, ..told }
}

/// True when the parcel had left before its order was called off.
fn is_cancelled_on_the_road(event: &ChannelOrder) -> bool {
    event.status == Status::Cancelled && event.departure == Departure::Left
}

/// Units that this event shows to have left the house.
fn units_out(event: &ChannelOrder, line: &ChannelLine) -> u32 {
    if is_cancelled_on_the_road(event) {
        // Some channels call all units of a cancelled order cancelled, some only those that never left.
        let left = line.quantity.saturating_sub(line.cancelled);
        if left > 0 { left } else { line.quantity }
    } else if event.status.is_out() {
        line.quantity.saturating_sub(line.cancelled)
    } else {
        0
    }
}

/// An old or known event replaces nothing, but four things in it still count: goods it saw leave, units and lines that have
/// left the order since, and a listing that has been mapped since (suspense → mapped).
fn keep(account: Account<'_>, old: &OrderState, event: &ChannelOrder) -> Merged {
    let mut state = old.clone();
    let mut changed = false;
    for line in &event.lines {
        let pieces = state.lines.iter_mut().filter(|piece| is_of(piece, &line.id));
        let mut pieces: Vec<&mut Line> = pieces.collect();
        changed |= spread_called_off(&mut pieces, line.quantity);
        changed |= spread_out(pieces, units_out(event, line));
    }
    let is_mapped = |line: &Line| account.connection.listings.contains_key(&line.listing);
    changed |= state.lines.iter().any(|line| line.decision.is_none() && is_mapped(line));
    let unknown =
        event.lines.iter().filter(|line| !old.lines.iter().any(|l| base_id(&l.id) == line.id.as_str()));
    let unknown: Vec<Line> = unknown.map(|line| no_longer_listed(new_line(event, line))).collect();
    if !unknown.is_empty() {
        state.lines.extend(unknown);
        state.lines.sort_by(|a, b| a.id.cmp(&b.id));
        changed = true;
    }
    if changed { Merged::Changed(Box::new(state)) } else { Merged::Unchanged }
}

/// What a person must look at in an order's new state.
pub fn reasons_to_park(state: &OrderState) -> Vec<ParkReason> {
    let unmapped = state.lines.iter().filter(|line| line.decision.is_none());
    let mut reasons: Vec<ParkReason> =
        unmapped.map(|line| ParkReason::UnknownSku { listing: line.listing.to_string() }).collect();
    if let Status::Unknown(raw) = &state.status {
        reasons.push(ParkReason::UnknownStatus { raw: raw.clone() });
    }
    let units_open = state.echo_of.is_none() && state.lines.iter().any(|line| line.out < line.quantity);
    if state.status == Status::Cancelled && state.departure == Departure::Unknown && units_open {
        reasons.push(ParkReason::CancelWithoutProof);
    }
    reasons.sort();
    reasons.dedup();
    reasons
}

/// Our own revision of an order: a digest of all we keep, so that equal histories end in equal items.
pub fn revision(state: &OrderState) -> String {
    let mut text = format!("{state:?}");
    // A code does not print itself.
    text.extend(state.code().map(|code| code.to_string()));
    hex16(&Sha256::digest(text.as_bytes()))
}
