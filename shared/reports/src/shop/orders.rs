//! A connection's day: how many orders and how much money by the channel's own list, and by ours.

use super::running::{Freshness, Login, Webhooks};
use crate::language::Said;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, OrderId};
use commerce::money::Money;
use commerce::reconcile::{Found, Total};
use serde::{Deserialize, Serialize};

/// One connection on one business day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionDay {
    /// The connection.
    pub connection: ConnectionId,
    /// The kind of channel, such as `shopee`.
    pub channel: String,
    /// What people call it, such as "Shopee – gian chính".
    pub name: String,
    /// Whether "never sold twice" is promised here.
    pub sharing: Sharing,
    /// The channel's own list against ours.
    pub proof: Proof,
    /// What was sold, cancelled and brought back.
    pub sales: Option<Sales>,
    /// Orders hour by hour, oldest first.
    pub hours: Option<Vec<Hour>>,
    /// How long it takes until a change is shown.
    pub freshness: Option<Freshness>,
    /// The channel's login.
    pub login: Login,
    /// The channel's webhooks.
    pub webhooks: Webhooks,
}

/// How a connection shares the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Each listing sells from units reserved for it: never sold twice is promised.
    Cover,
    /// All listings show the same units less a buffer: never sold twice is *not* promised.
    Pool,
}

/// Whether our orders are all that the channel has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proof {
    /// The channel's list was read to its end and compared order by order.
    Compared(Compared),
    /// This channel lists no orders, so there is nothing to compare with.
    NoOrderList,
    /// The list could not be read.
    Unreadable {
        /// What went wrong.
        reason: Said,
    },
    /// Nobody has looked yet.
    NotCompared,
}

/// The comparison of a day, order by order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// By the channel's own list.
    pub theirs: Total,
    /// By our book when the comparison began.
    pub ours_found: Total,
    /// By our book after what was fetched and recorded.
    pub ours: Total,
    /// Orders that stand on both sides at the end, with the same money where both name it.
    pub same: u64,
    /// Each order that differed when it was compared, also those that were mended since.
    pub differences: Vec<Difference>,
}

/// What a comparison comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The same orders and the same money on both sides.
    Same,
    /// Not the same, and each difference has an explanation.
    Explained,
    /// Something is missing or different and nobody knows why.
    Differs,
}

impl Compared {
    /// Orders that still stand on one side only, or with other money, and have no explanation.
    pub fn unexplained(&self) -> u64 {
        let one_sided =
            self.theirs.orders.saturating_sub(self.same) + self.ours.orders.saturating_sub(self.same);
        let explained: u64 = self.explained().map(|difference| difference.found.sides()).sum();
        // An order with other money or another hour stands on both sides, and is still one order.
        let twice = self
            .differences
            .iter()
            .filter(|difference| difference.is_open() && difference.found.sides() == 2);
        one_sided.saturating_sub(explained).saturating_sub(twice.count() as u64)
    }

    /// What it comes to.
    pub fn verdict(&self) -> Verdict {
        let explained = self.explained().next().is_some();
        let equal = self.same == self.theirs.orders && self.same == self.ours.orders && self.money_agrees();
        if equal {
            Verdict::Same
        } else if self.unexplained() == 0 && explained {
            Verdict::Explained
        } else {
            Verdict::Differs
        }
    }

    fn explained(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| matches!(difference.done, Done::Explained { .. }))
    }

    /// Money is compared where both sides name it.
    fn money_agrees(&self) -> bool {
        match (self.theirs.money, self.ours.money) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        }
    }
}

/// One order that was not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// When the hour began in which the order falls; in a settlement file, when it was placed. None where nobody says so.
    pub hour: Option<Timestamp>,
    /// The order.
    pub order: OrderId,
    /// What was found.
    pub found: Found,
    /// What was done about it.
    pub done: Done,
}

impl Difference {
    /// Whether it still differs and nobody knows why.
    pub fn is_open(&self) -> bool {
        matches!(self.done, Done::Fetched | Done::Parked { .. })
    }
}

/// What was done about a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "done", rename_all = "snake_case")]
pub enum Done {
    /// Asked for at the channel and put in the queue; it will be recorded.
    Fetched,
    /// Fetched and recorded: it is the same now.
    Recorded,
    /// It stays as it is, and this is why.
    Explained {
        /// Why it is right.
        why: Said,
    },
    /// Set aside for a person.
    Parked {
        /// What to do.
        advice: Said,
    },
}

impl Done {
    /// A short code for files.
    pub fn code(&self) -> &'static str {
        match self {
            Done::Fetched => "fetched",
            Done::Recorded => "recorded",
            Done::Explained { .. } => "explained",
            Done::Parked { .. } => "parked",
        }
    }
}

/// An hour of a connection's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// When it began.
    pub from: Timestamp,
    /// By the channel's own list; none where that was not read.
    pub theirs: Option<Total>,
    /// By our book, after what was fetched and recorded.
    pub ours: Total,
}

/// What a connection sold on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sales {
    /// Orders placed on this day, cancelled ones among them.
    pub orders: u64,
    /// What those that were not cancelled come to.
    pub revenue: Money,
    /// Orders cancelled on this day.
    pub cancels: u64,
    /// What these came to.
    pub cancelled: Money,
    /// Returns that arrived on this day.
    pub returns: u64,
    /// What these came to.
    pub returned: Money,
}

/// A channel's own account of what it paid out, against our orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The connection.
    pub connection: ConnectionId,
    /// The file's name.
    pub file: String,
    /// The comparison: `Compared` by order ids and totals, or why the file could not be read.
    pub proof: Proof,
}
