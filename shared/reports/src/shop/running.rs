//! Whether the shop runs: how fresh its numbers are, its logins and webhooks, what is parked and what was alerted.

use crate::language::Said;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ListingId, OrderId};
use serde::{Deserialize, Serialize};

/// From the moment a thing happened to the moment the channel shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshness {
    /// How many changes were timed on this day.
    pub changes: u64,
    /// Half of them were shown within so many milliseconds; none where there was no change.
    pub p50_ms: Option<u64>,
    /// 99 of 100 were shown within so many milliseconds; none where there was no change.
    pub p99_ms: Option<u64>,
    /// The listing that has waited longest for its number; none where none waits.
    pub oldest_stale: Option<Stale>,
}

/// A listing that does not show its newest number yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stale {
    /// The channel's name of the listing.
    pub listing: ListingId,
    /// What people call it.
    pub product: String,
    /// Since when it waits.
    pub since: Timestamp,
}

/// How a connection's login stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "login", rename_all = "snake_case")]
pub enum Login {
    /// Not looked at, or nothing is known of it: it is made of keys that do not end.
    NotMeasured,
    /// It does not end, or is renewed by itself in good time.
    Good,
    /// The channel refused it before its end on this day; it was renewed by itself, and what had met it was done then.
    Renewed {
        /// When it was renewed.
        at: Timestamp,
    },
    /// It ends soon and only a person can renew it.
    EndsSoon {
        /// When it ends.
        at: Timestamp,
    },
    /// The channel takes it no more: the connection is blind until a person signs in.
    Lost {
        /// Since when.
        since: Timestamp,
    },
}

/// How a connection's webhooks stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "webhooks", rename_all = "snake_case")]
pub enum Webhooks {
    /// Not looked at.
    NotMeasured,
    /// The channel has none, or does not say how they stand.
    NotOffered,
    /// They come.
    Healthy,
    /// The channel had switched them off and we switched them on again.
    Repaired {
        /// When.
        at: Timestamp,
        /// How many orders of the day were only found in the list.
        #[serde(default)]
        missed: u64,
        /// Which; the first of them where there are very many.
        #[serde(default)]
        orders: Vec<OrderId>,
    },
    /// The list had orders that no webhook told.
    Losing {
        /// How many orders were only found in the list.
        missed: u64,
        /// Which; the first of them where there are very many.
        #[serde(default)]
        orders: Vec<OrderId>,
    },
    /// The channel has switched them off and a person must switch them on.
    Off {
        /// Since when.
        since: Timestamp,
        /// How many orders of the day were only found in the list.
        #[serde(default)]
        missed: u64,
        /// Which; the first of them where there are very many.
        #[serde(default)]
        orders: Vec<OrderId>,
    },
}

impl Webhooks {
    /// Orders of the day that no webhook told; the first of them where there are very many.
    pub fn missed_orders(&self) -> &[OrderId] {
        match self {
            Webhooks::Losing { orders, .. }
            | Webhooks::Repaired { orders, .. }
            | Webhooks::Off { orders, .. } => orders,
            Webhooks::NotMeasured | Webhooks::NotOffered | Webhooks::Healthy => &[],
        }
    }
}

/// Items that wait for a person for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedGroup {
    /// The reason's code, such as `unknown_sku`.
    pub code: String,
    /// The connection they came from; none where they come from the shop itself.
    pub connection: Option<ConnectionId>,
    /// What is the matter.
    pub what: Said,
    /// What to do.
    pub advice: Said,
    /// How many items.
    pub items: u64,
    /// What they concern, such as order numbers; the first of them where there are very many.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Since when the oldest waits.
    pub oldest: Timestamp,
}

/// What an alert is about; the to-do list names no subject twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Units were sold beyond what was there.
    Oversell,
    /// Orders are missing or differ.
    Orders,
    /// A promise cannot be kept.
    Shortfall,
    /// A channel shows a wrong number.
    Drift,
    /// The ledger does not add up.
    Ledger,
    /// A login ends or is lost.
    Login,
    /// Webhooks are off or get lost.
    Webhooks,
    /// Items wait for a person.
    Parked,
    /// Goods are shown nowhere.
    Stranded,
    /// Numbers are shown too late.
    Freshness,
    /// A buyer comes for goods that no store has confirmed, or has.
    PickUps,
    /// Anything else.
    Other,
}

impl Topic {
    /// A short code for files.
    pub fn code(self) -> &'static str {
        match self {
            Topic::Oversell => "oversell",
            Topic::Orders => "orders",
            Topic::Shortfall => "shortfall",
            Topic::Drift => "drift",
            Topic::Ledger => "ledger",
            Topic::Login => "login",
            Topic::Webhooks => "webhooks",
            Topic::Parked => "parked",
            Topic::PickUps => "pick_ups",
            Topic::Stranded => "stranded",
            Topic::Freshness => "freshness",
            Topic::Other => "other",
        }
    }
}

/// One alert: what happened, since when, what it costs and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What it is about.
    pub topic: Topic,
    /// The connection it concerns; none where it is the shop's as a whole.
    pub connection: Option<ConnectionId>,
    /// What happened.
    pub what: Said,
    /// Since when.
    pub since: Timestamp,
    /// When it was over; none while it lasts.
    pub ended: Option<Timestamp>,
    /// What it costs the shop.
    pub costs: Said,
    /// What to do.
    pub to_do: Said,
}

/// A line about input that could not be taken as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The connection it came from, if one.
    pub connection: Option<ConnectionId>,
    /// When.
    pub at: Timestamp,
    /// What was wrong and what was done with it.
    pub what: Said,
}
