//! What an order does to stock: a pure function of its latest state, so that applying it twice changes nothing.

use crate::catalogue::Component;
use crate::hold_terms::Held;
use crate::ids::{ConnectionId, LineId, ListingId, LocationId, OrderId, Sku};
use crate::money::Money;
use crate::order::{Departure, OrderKind};
use crate::removed::{Rule, is_removed};
use crate::status::Status;
use crate::stock::{Effect, ListingKey, StockDelta, StockKey};
use jiff::Timestamp;

/// Does the channel put the units of a cancelled order back on sale by itself?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restores {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Not documented, or it depends: a cancelled unit stays covered, as if it were on sale again, until the listing is
    /// read back and settled.
    Unknown,
}

/// What was decided once for a line and is kept through all later events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The store that serves the line.
    pub location: LocationId,
    /// What one listing unit took from stock at that time.
    pub recipe: Vec<Component>,
    /// True when the units were part of the listing's cover; an order placed before that was not.
    pub in_cover: bool,
    /// True when a till counts the goods there: only its own facts change on hand.
    pub till_owned: bool,
    /// Parts whose goods left before their balance's baseline, which therefore counts them as gone already.
    pub not_counted: Vec<Sku>,
}

/// One order line as we keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The channel's name of the line.
    pub id: LineId,
    /// What was bought.
    pub listing: ListingId,
    /// Units ordered: the most that this line was ever told to ask for.
    pub quantity: u32,
    /// Units cancelled before anything left.
    pub cancelled: u32,
    /// Price of one unit, in minor units.
    pub unit_price_minor: i64,
    /// Units that went out. It only ever grows: goods come back when a person says so.
    pub out: u32,
    /// Units that a till's own sales have counted, where it counts the goods there: they are no longer committed. It only grows.
    pub counted: u32,
    /// None while we cannot tell which product it is: the line waits in suspense.
    pub decision: Option<Decision>,
}

/// Which order another one is the echo of: we put that other one into the account that serves this one's store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The account where it was bought.
    pub connection: ConnectionId,
    /// The order there.
    pub order: OrderId,
    /// The store that serves the part of it which was put in.
    pub location: LocationId,
}

/// An order as we keep it: its latest state and the effect applied so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderState {
    /// Sold by a listing or by a till.
    pub kind: OrderKind,
    /// Where it stands.
    pub status: Status,
    /// Did the goods leave before a cancel?
    pub departure: Departure,
    /// The channel's own time of this state.
    pub source_time: Timestamp,
    /// When the order was placed.
    pub created_at: Timestamp,
    /// When we read this state from the channel's API, if we did.
    pub read_at: Option<Timestamp>,
    /// Digest of the channel's content, to tell equal from different.
    pub digest: String,
    /// What the buyer pays.
    pub total: Money,
    /// What was bought.
    pub lines: Vec<Line>,
    /// How its units are set aside, where our own desk said more than that they are.
    pub hold: Option<Held>,
    /// True while no news of it has come: it was found by reading the channel's list.
    pub unheard: bool,
    /// The order that this one only repeats, where we put it in ourselves: its goods are counted there.
    pub echo_of: Option<Origin>,
    /// What this order has done to stock so far.
    pub applied: Effect,
}

impl OrderState {
    /// True while some line's product is not known.
    pub fn is_in_suspense(&self) -> bool {
        self.lines.iter().any(|line| line.decision.is_none())
    }
}

/// Units of one line by what has become of them.
struct Units {
    open: i64,
    out: i64,
    cancelled: i64,
}

fn units(order: &OrderState, line: &Line) -> Units {
    let is_restocked = order.status == Status::Cancelled && is_removed(Rule::StaysOut);
    let out = if is_restocked { 0 } else { i64::from(line.out) };
    let rest = (i64::from(line.quantity) - out).max(0);
    let cancelled = match (&order.status, order.departure) {
        (Status::Unknown(_), _) if is_removed(Rule::UnknownIsOpen) => rest,
        (Status::Cancelled, _) if is_restocked => rest,
        (Status::Cancelled, Departure::Stayed) => rest,
        // A cancel without proof that nothing left frees nothing.
        (Status::Cancelled, Departure::Unknown) => 0,
        (status, _) if status.is_out() => rest,
        _ => i64::from(line.cancelled).min(rest),
    };
    Units { open: rest - cancelled, out, cancelled }
}

/// The effect of an order's latest state on every balance it touches.
///
/// Per unit of a covered line: open `cover −1, committed +1`, or `holds +1` while it is a hold with an end; out `cover −1, on hand −1`; cancelled `cover −1`, or
/// `given back +1` where the channel restores by itself, or may. A line that was never in cover leaves cover alone.
/// Where a till owns the stock, a unit that is out stays committed until the till's own document counts it.
pub fn effect(connection: &ConnectionId, order: &OrderState, restores: Restores) -> Effect {
    let mut result = Effect::new();
    for line in &order.lines {
        let Some(decision) = &line.decision else { continue };
        let per_unit = line_delta(connection, order, line, decision, restores);
        for part in &decision.recipe {
            let key = StockKey { sku: part.sku.clone(), location: decision.location.clone() };
            let mut delta = per_unit.clone();
            if decision.not_counted.contains(&part.sku) {
                delta.on_hand = 0;
            }
            result.entry(key).or_default().add(&delta, i64::from(part.factor));
        }
    }
    result.retain(|_, delta| !delta.is_zero());
    result
}

/// The change for one base unit per listing unit; the recipe's factor multiplies it.
fn line_delta(
    connection: &ConnectionId,
    order: &OrderState,
    line: &Line,
    decision: &Decision,
    restores: Restores,
) -> StockDelta {
    let units = units(order, line);
    if order.echo_of.is_some() {
        return echo_delta(connection, line, decision, &units, restores);
    }
    let mut delta = match order.holds_until() {
        Some(_) => StockDelta { holds: units.open, ..StockDelta::default() },
        None => StockDelta { committed: units.open, ..StockDelta::default() },
    };
    match order.kind {
        OrderKind::Channel if decision.till_owned => {
            // What the till's own sales have counted is on its shelf no more, wherever the order stands.
            delta.committed = (units.open + units.out - i64::from(line.counted)).max(0);
        }
        // The till's invoice for the same goods is a document of its own.
        OrderKind::TillOrder => {}
        OrderKind::Channel | OrderKind::TillSale => delta.on_hand -= units.out,
    }
    if decision.in_cover {
        let key = ListingKey { connection: connection.clone(), listing: line.listing.clone() };
        cover_delta(&mut delta, key, &units, restores);
    }
    delta
}

/// The goods of an order that we put in ourselves are counted with the order it repeats. What its listing shows has fallen
/// with it, but nobody sold it from what was shown: its cover stays until the listing is read back. A cancel that puts the
/// units back on sale there is exposure that was found.
fn echo_delta(
    connection: &ConnectionId,
    line: &Line,
    decision: &Decision,
    units: &Units,
    restores: Restores,
) -> StockDelta {
    let mut delta = StockDelta::default();
    if decision.in_cover && units.cancelled > 0 && restores != Restores::No {
        let key = ListingKey { connection: connection.clone(), listing: line.listing.clone() };
        delta.cover.insert(key.clone(), units.cancelled);
        delta.given_back.insert(key, units.cancelled);
    }
    delta
}

fn cover_delta(delta: &mut StockDelta, key: ListingKey, units: &Units, restores: Restores) {
    // Where nobody knows, the units are taken to be on sale again: they stay covered until the listing is read and settled.
    let restored = if restores == Restores::No { 0 } else { units.cancelled };
    let taken = units.open + units.out + units.cancelled - restored;
    if taken != 0 {
        delta.cover.insert(key.clone(), -taken);
    }
    if restored != 0 {
        delta.given_back.insert(key, restored);
    }
}
