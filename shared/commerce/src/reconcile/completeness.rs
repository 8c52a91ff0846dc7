//! The proof that no order is missing: a channel's own list of one business day against ours, order by order.
//!
//! The order's own time of birth decides the hour it counts in. Whatever differs is named with what is to be done about it,
//! so that no difference is left without a word.

use super::day::Day;
use crate::effect::OrderState;
use crate::ids::OrderId;
use crate::money::Money;
use crate::order::{ChannelOrder, OrderKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What one side says of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Who sold it.
    pub kind: OrderKind,
    /// When it was placed.
    pub created_at: Timestamp,
    /// As of when this is how it stands, by the channel's clock.
    pub source_time: Timestamp,
    /// What the buyer pays.
    pub total: Money,
}

impl From<&ChannelOrder> for Told {
    fn from(order: &ChannelOrder) -> Self {
        let ChannelOrder { kind, created_at, source_time, total, .. } = *order;
        Self { kind, created_at, source_time, total }
    }
}

impl From<&OrderState> for Told {
    fn from(order: &OrderState) -> Self {
        let OrderState { kind, created_at, source_time, total, .. } = *order;
        Self { kind, created_at, source_time, total }
    }
}

/// How many orders, and how much money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Orders.
    pub orders: u64,
    /// What they come to; none without orders, where amounts are not named, or where they are not all in one currency.
    pub money: Option<Money>,
}

/// One hour of the day, on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourLine {
    /// When it began.
    pub from: Timestamp,
    /// By the channel's own list.
    pub theirs: Total,
    /// By ours.
    pub ours: Total,
}

/// How an order differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Found {
    /// The channel lists it, we have not got it.
    MissingHere,
    /// We have it, the channel's list has not.
    MissingThere,
    /// Both have it, with different money.
    MoneyDiffers {
        /// By the channel.
        theirs: Money,
        /// By us.
        ours: Money,
    },
    /// Both have it, in different hours.
    HourDiffers {
        /// When it was placed by the channel.
        theirs: Timestamp,
        /// And by us.
        ours: Timestamp,
    },
}

impl Found {
    /// A short code for files.
    pub fn code(&self) -> &'static str {
        match self {
            Found::MissingHere => "missing_here",
            Found::MissingThere => "missing_there",
            Found::MoneyDiffers { .. } => "money_differs",
            Found::HourDiffers { .. } => "hour_differs",
        }
    }

    /// On how many sides the order stands without its like.
    pub fn sides(&self) -> u64 {
        match self {
            Found::MissingHere | Found::MissingThere => 1,
            Found::MoneyDiffers { .. } | Found::HourDiffers { .. } => 2,
        }
    }
}

/// Why a difference is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is older than the shop keeps orders: it is parked, because it may have been counted before.
    BeforeHorizon,
    /// It has changed since the list was read.
    ChangedSince,
    /// A till's order or sale, or one taken by our own desk: no channel lists it.
    NotListed,
}

/// What is to be done about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "to_do", content = "why", rename_all = "snake_case")]
pub enum ToDo {
    /// Record what the channel has.
    Fetch,
    /// Ask the channel for this one order.
    LookUpAgain,
    /// Nothing, and this is why.
    Explain(Why),
}

/// One order that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// When the hour began in which it falls.
    pub hour: Timestamp,
    /// The order.
    pub order: OrderId,
    /// How it differs.
    #[serde(flatten)]
    pub found: Found,
    /// What is to be done.
    #[serde(flatten)]
    pub to_do: ToDo,
}

/// The comparison of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Its hours in which anybody has an order, oldest first.
    pub hours: Vec<HourLine>,
    /// By the channel's own list.
    pub theirs: Total,
    /// By ours.
    pub ours: Total,
    /// Orders that are the same on both sides.
    pub same: u64,
    /// The others.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// True when both sides hold the same orders with the same money, hour by hour.
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty()
    }

    /// Differences that still want something done.
    pub fn open(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| !matches!(difference.to_do, ToDo::Explain(_)))
    }
}

/// One side's orders.
pub type Side = BTreeMap<OrderId, Told>;

/// Compares a channel's list with ours. Both may hold orders of other days, which count only where the sides do not agree
/// on the day. `listed_at` is when the list was begun; an order from before `horizon` is never applied.
pub fn compare(
    day: &Day,
    theirs: &Side,
    ours: &Side,
    listed_at: Timestamp,
    horizon: Timestamp,
) -> Comparison {
    let of_day = |side: &Side, id: &OrderId| side.get(id).copied().filter(|told| day.holds(told.created_at));
    let ids: BTreeSet<&OrderId> = theirs.keys().chain(ours.keys()).collect();
    let mut comparison = Comparison::default();
    let mut hours: BTreeMap<Timestamp, (Sum, Sum)> = BTreeMap::new();
    for id in ids {
        let (told, known) = (of_day(theirs, id), of_day(ours, id));
        if let Some(told) = told {
            hours.entry(day.hour_of(told.created_at)).or_default().0.add(told.total);
        }
        if let Some(known) = known {
            hours.entry(day.hour_of(known.created_at)).or_default().1.add(known.total);
        }
        let Some(first) = told.or(known) else { continue };
        let sides = (theirs.get(id), ours.get(id));
        match difference(day, sides, listed_at, horizon) {
            None => comparison.same += 1,
            Some((found, to_do)) => {
                let hour = day.hour_of(first.created_at);
                comparison.differences.push(Difference { hour, order: id.clone(), found, to_do });
            }
        }
    }
    let mut sums = (Sum::default(), Sum::default());
    for (from, (theirs, ours)) in hours {
        sums.0.merge(&theirs);
        sums.1.merge(&ours);
        comparison.hours.push(HourLine { from, theirs: theirs.total(), ours: ours.total() });
    }
    (comparison.theirs, comparison.ours) = (sums.0.total(), sums.1.total());
    comparison
}

/// How the two sides of one order differ; none where they agree.
fn difference(
    day: &Day,
    sides: (Option<&Told>, Option<&Told>),
    listed_at: Timestamp,
    horizon: Timestamp,
) -> Option<(Found, ToDo)> {
    match sides {
        (None, None) => None,
        (Some(theirs), None) if theirs.created_at < horizon => {
            Some((Found::MissingHere, ToDo::Explain(Why::BeforeHorizon)))
        }
        (Some(_), None) => Some((Found::MissingHere, ToDo::Fetch)),
        (None, Some(ours)) => Some((Found::MissingThere, unlisted(ours, listed_at))),
        (Some(theirs), Some(ours)) => {
            let (there, here) = (theirs.created_at, ours.created_at);
            let found = if day.hour_of(there) != day.hour_of(here) {
                Found::HourDiffers { theirs: there, ours: here }
            } else if theirs.total != ours.total {
                Found::MoneyDiffers { theirs: theirs.total, ours: ours.total }
            } else {
                return None;
            };
            Some((found, newer(theirs, ours, listed_at)))
        }
    }
}

fn unlisted(ours: &Told, listed_at: Timestamp) -> ToDo {
    match ours.kind {
        OrderKind::TillOrder | OrderKind::TillSale => ToDo::Explain(Why::NotListed),
        OrderKind::Channel if ours.source_time >= listed_at => ToDo::Explain(Why::ChangedSince),
        OrderKind::Channel => ToDo::LookUpAgain,
    }
}

/// Whoever knows the newer state is right.
fn newer(theirs: &Told, ours: &Told, listed_at: Timestamp) -> ToDo {
    if theirs.source_time > ours.source_time {
        ToDo::Fetch
    } else if ours.source_time > theirs.source_time && ours.source_time >= listed_at {
        ToDo::Explain(Why::ChangedSince)
    } else {
        ToDo::LookUpAgain
    }
}

/// Orders and money so far.
#[derive(Default)]
struct Sum {
    orders: u64,
    money: Option<Money>,
    is_mixed: bool,
}

impl Sum {
    fn add(&mut self, total: Money) {
        self.orders += 1;
        self.add_money(total);
    }

    fn add_money(&mut self, more: Money) {
        match &mut self.money {
            None => self.money = Some(more),
            Some(sum) if sum.currency == more.currency => {
                sum.amount_minor = sum.amount_minor.saturating_add(more.amount_minor);
            }
            Some(_) => self.is_mixed = true,
        }
    }

    fn merge(&mut self, other: &Sum) {
        self.orders += other.orders;
        self.is_mixed |= other.is_mixed;
        if let Some(money) = other.money {
            self.add_money(money);
        }
    }

    fn total(&self) -> Total {
        Total { orders: self.orders, money: self.money.filter(|_| !self.is_mixed) }
    }
}

#[cfg(test)]
mod tests;
