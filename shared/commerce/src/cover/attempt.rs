//! What is known of one listing: what its channel was told, and the one thing that may still be on its way there.

use crate::catalogue::Component;
use crate::freshness::Freshness;
use crate::ids::{LocationId, OrderId};
use crate::removed::{Rule, is_removed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a call does at the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Overwrites what is shown, with more than nothing (K4).
    #[serde(rename = "s")]
    Set,
    /// Overwrites what is shown with 0: safe at any time.
    #[serde(rename = "z")]
    Zero,
    /// Sets a value if the number named is still shown (K1).
    #[serde(rename = "c")]
    Compare,
    /// Adds to what is shown (K2).
    #[serde(rename = "a")]
    Add,
    /// Overwrites the gross number (K3).
    #[serde(rename = "g")]
    Gross,
    /// Reads what is shown.
    #[serde(rename = "r")]
    Read,
}

/// How far an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Sent, or about to be: nobody knows yet whether it was applied.
    #[serde(rename = "s")]
    Sent,
    /// The channel is being asked what it shows.
    #[serde(rename = "r")]
    Reading,
    /// The channel has said what it shows: all orders from before that moment must be recorded first.
    #[serde(rename = "d")]
    Draining,
}

/// The one unresolved call of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The number of the state it was written with; answers to another one are ignored.
    #[serde(rename = "i", default)]
    pub id: u64,
    /// What it does.
    #[serde(rename = "k")]
    pub kind: Kind,
    /// How far it has come.
    #[serde(rename = "p")]
    pub phase: Phase,
    /// The number sent: what to show, what to add, or the gross number.
    #[serde(rename = "v")]
    pub value: i64,
    /// The number compared with (K1), or the gross number before (K3).
    #[serde(rename = "b", default)]
    pub base: i64,
    /// Listing units that were reserved for it.
    #[serde(rename = "d", default)]
    pub reserved: i64,
    /// Listing units covered when it was sent, its own reserve included.
    #[serde(rename = "c", default)]
    pub cover: i64,
    /// Listing units given back before it was sent.
    #[serde(rename = "y", default)]
    pub given_back: i64,
    /// The call is given up at this time; it may still be applied for as long as the channel may take.
    #[serde(rename = "u")]
    pub deadline: Timestamp,
    /// When the channel's answer reached us, for a drain.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Timestamp>,
    /// What the channel shows, by its answer.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub said: Option<i64>,
    /// Listing units of ships that were let through and not recorded when the channel said so: each may come back into
    /// what is shown when its parcel leaves (K3).
    #[serde(rename = "w", default, skip_serializing_if = "crate::stock::is_zero")]
    pub in_gate: i64,
    /// The order that waits for this lower before its ship is reported (K3).
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub ship: Option<OrderId>,
}

impl Attempt {
    /// A blind set of the shared pool, which covers nothing, about to be sent.
    pub fn of_pool(id: u64, value: i64, deadline: Timestamp) -> Self {
        Self {
            id,
            kind: Kind::Set,
            phase: Phase::Sent,
            value,
            base: 0,
            reserved: 0,
            cover: 0,
            given_back: 0,
            deadline,
            told_at: None,
            said: None,
            in_gate: 0,
            ship: None,
        }
    }
}

/// What a listing is made of and which stores serve it: the ground its cover lies on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// Product and base units per listing unit.
    #[serde(rename = "r")]
    pub recipe: Vec<(crate::ids::Sku, u32)>,
    /// The stores, the preferred one first.
    #[serde(rename = "l")]
    pub stores: Vec<LocationId>,
}

impl Ground {
    /// The ground of a listing as the shop's file has it; a product that stands twice in a recipe counts once.
    pub fn of(recipe: &[Component], stores: &[LocationId]) -> Self {
        let mut parts: BTreeMap<crate::ids::Sku, u32> = BTreeMap::new();
        for part in recipe {
            *parts.entry(part.sku.clone()).or_default() += part.factor.max(1);
        }
        Self { recipe: parts.into_iter().collect(), stores: stores.to_vec() }
    }
}

/// Ships of a channel that keeps gross numbers: each is let through only once the number has been lowered for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Orders that are to go out, with their listing units.
    #[serde(rename = "a", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub asked: BTreeMap<OrderId, i64>,
    /// Orders that may go out: the number is lowered for them, and their ship is not recorded yet.
    #[serde(rename = "o", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub open: BTreeMap<OrderId, i64>,
}

impl Gate {
    /// Listing units of orders that may go out and are not recorded as gone.
    pub fn open_units(&self) -> i64 {
        self.open.values().sum()
    }
}

/// How many sales a listing remembers for its share.
pub const SALES_REMEMBERED: usize = 16;

/// What is known of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Grows with each write; answers to another number are ignored.
    pub number: u64,
    /// The unresolved attempt, if any.
    pub attempt: Option<Attempt>,
    /// The last number the channel is known to have shown.
    pub shown: Option<i64>,
    /// The number before that, so that one that was not taken is known again.
    pub shown_before: Option<i64>,
    /// When it said so.
    pub told_at: Option<Timestamp>,
    /// The channel's gross number as last acknowledged (K3).
    pub gross: i64,
    /// Something does not add up: ask the channel before anything else.
    pub doubt: bool,
    /// What its cover lies on; none before it has been adopted.
    pub ground: Option<Ground>,
    /// Listing units given back by the time of the last settle.
    pub settled_given_back: i64,
    /// Left alone until then, because its channel is down, keeps the number for a campaign, or refuses; then it is asked
    /// what it shows.
    pub locked_until: Option<Timestamp>,
    /// True when a campaign kept the number at the last write.
    pub is_campaign: bool,
    /// When its latest sales happened, oldest first, in milliseconds.
    pub sold_ms: Vec<i64>,
    /// Ships to be let through.
    pub gate: Gate,
    /// Since when it waits for its number, and how long earlier ones took.
    pub freshness: Freshness,
}

impl Listed {
    /// True once its cover can be believed for this ground.
    pub fn is_adopted_on(&self, ground: &Ground) -> bool {
        self.ground.as_ref() == Some(ground)
    }

    /// True where it has waited for its number for so long that somebody should look. One that a campaign keeps has to
    /// wait until the campaign ends.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.freshness.is_stale(now) && !self.is_campaign
    }

    /// Remembers sales, the latest ones only. Only newly learned orders come here: nothing else may move cover.
    pub fn remember_sales(&mut self, sold_ms: &[i64]) {
        self.sold_ms.extend(sold_ms);
        self.sold_ms.sort_unstable();
        let surplus = self.sold_ms.len().saturating_sub(SALES_REMEMBERED);
        self.sold_ms.drain(..surplus);
    }

    /// When somebody must look at it again even if no message comes; none while nothing is on its way.
    pub fn due_at(&self, pace: Pace) -> Option<Timestamp> {
        if is_removed(Rule::LevelTriggered) {
            return None;
        }
        let Some(attempt) = &self.attempt else {
            // A gate is looked at until its ship is recorded: what is shown is known for certain only then.
            let waits_at_gate = !self.gate.open.is_empty();
            return self.locked_until.or(self.told_at.filter(|_| waits_at_gate));
        };
        Some(match attempt.phase {
            Phase::Sent => later(attempt.deadline, pace.applied_within_ms),
            Phase::Reading => attempt.deadline,
            Phase::Draining => later(attempt.told_at.unwrap_or(attempt.deadline), pace.list_lag_ms),
        })
    }
}

/// How slow a channel may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// A call is applied within this of being sent, or never (A6).
    pub applied_within_ms: i64,
    /// Its order list lags by at most this (A3).
    pub list_lag_ms: i64,
}

/// So many milliseconds later.
pub(super) fn later(time: Timestamp, ms: i64) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond().saturating_add(ms)).unwrap_or(Timestamp::MAX)
}
