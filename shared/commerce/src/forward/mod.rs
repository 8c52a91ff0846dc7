//! An order on its way into the till or website of the store that serves it: put in once, called off with it, and what the
//! store does carried back to where it was bought.
//!
//! A [`Forwarding`] is what is kept of it, one for each order and store. It is written before anything is sent, under a
//! [`ForwardReference`] that nobody can guess, so whoever comes after a crash or a time-out looks the reference up instead of
//! putting the order in twice, and the target's own news of it is known as an echo ([`crate::effect::Origin`]). What is to be done
//! next is a pure function of the order, the forwarding and the echo ([`next`]).

mod count;
mod next;
#[cfg(test)]
mod tests;
mod wanted;

pub use count::{count_sales, waits_for_till};
pub use next::{Act, Question, Scene, next};
pub use wanted::{Unforwardable, Wanted, wanted};

use crate::ids::{ConnectionId, ForwardReference, ListingId, OrderId};
use crate::status::Status;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Goods of an order as they stand, or are to stand, at the target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PutLine {
    /// The product there.
    pub listing: ListingId,
    /// Units of that listing.
    pub quantity: u32,
    /// Price of one of them, in minor units of the order's currency.
    pub unit_price_minor: i64,
}

/// One order, or the part of it that one store serves, on its way into another account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarding {
    /// The account it goes into.
    pub target: ConnectionId,
    /// That account's own name of the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Why there: the rule that chose the account.
    pub why: Why,
    /// Our mark on it.
    pub reference: ForwardReference,
    /// What is asked of the target.
    pub lines: Vec<PutLine>,
    /// What the buyer pays for them, in minor units of the order's currency.
    pub total_minor: i64,
    /// How far it is.
    pub stage: Stage,
    /// When that stage began, or its latest call.
    pub since: Timestamp,
    /// Calls of this stage that failed so far.
    #[serde(default)]
    pub failures: u32,
    /// True while nobody knows whether the channel heard the latest news of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub news_in_doubt: bool,
    /// True once what the target's people sold of it is counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counted: bool,
    /// How far the channel where it was bought has been told.
    #[serde(default)]
    pub told: Told,
}

/// The rule by which an account takes a store's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The shop's file says so of the store that serves it (`orders_to`).
    StoresRule,
}

/// How far a forwarding is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "s", rename_all = "snake_case")]
pub enum Stage {
    /// It is being put in: perhaps it is there, perhaps not.
    Sending,
    /// The target certainly does not have it, and is asked again later.
    Waiting,
    /// The target has it.
    There {
        /// Its number there.
        order: OrderId,
    },
    /// It is being called off there.
    CallingOff {
        /// Its number there.
        order: OrderId,
    },
    /// It is called off, or was never put in; the order may be put in anew with other goods.
    CalledOff {
        /// Its number there, where it was there: any other order with its reference is a copy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<OrderId>,
    },
    /// The target refused; a person must look.
    GaveUp {
        /// Its number there, where it is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<OrderId>,
    },
}

/// How far the channel where an order was bought has been told what the store did. It only grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Nothing yet.
    #[default]
    Nothing,
    /// Packed, to be fetched.
    Ready,
    /// It has left.
    Shipped,
    /// The buyer has it.
    Delivered,
    /// The channel refused to be told, or is told by a person: nothing more is said.
    Closed,
}

impl Told {
    /// What a store's status is worth telling.
    pub fn of(status: &Status) -> Self {
        match status {
            Status::ReadyToShip => Told::Ready,
            Status::Shipped => Told::Shipped,
            Status::Delivered | Status::Completed => Told::Delivered,
            _ => Told::Nothing,
        }
    }
}

impl Forwarding {
    /// The order's number at the target, once it is known.
    pub fn there(&self) -> Option<&OrderId> {
        match &self.stage {
            Stage::There { order } | Stage::CallingOff { order } => Some(order),
            Stage::GaveUp { order } | Stage::CalledOff { order } => order.as_ref(),
            Stage::Sending | Stage::Waiting => None,
        }
    }

    /// The same at another stage from `now` on.
    #[must_use]
    pub fn at(&self, stage: Stage, now: Timestamp) -> Self {
        Self { stage, since: now, failures: 0, news_in_doubt: false, ..self.clone() }
    }

    /// The same once a person has seen to what was in the way: what was given up is looked for before it is put in again, and an
    /// order that the store called off is put in anew.
    #[must_use]
    pub fn again(&self, store_called_off: bool, now: Timestamp) -> Self {
        let again = match (&self.stage, self.told) {
            (Stage::GaveUp { order: Some(order) }, _) => self.at(Stage::There { order: order.clone() }, now),
            // It may be there all the same: an earlier call is looked for first.
            (Stage::GaveUp { order: None }, _) => Self { stage: Stage::Sending, ..self.clone() },
            (Stage::There { order }, Told::Closed) if store_called_off => {
                self.at(Stage::CalledOff { order: Some(order.clone()) }, now)
            }
            _ => self.clone(),
        };
        let told = if again.told == Told::Closed { Told::Nothing } else { again.told };
        Self { told, counted: false, ..again }
    }

    /// When it must be looked at again, should no news come; none where only news can move it.
    pub fn look_again_at(&self, settles_after: SignedDuration) -> Option<Timestamp> {
        let wait = match self.stage {
            Stage::Sending => settles_after,
            Stage::Waiting => next::pause(self.failures),
            Stage::CallingOff { .. } => next::pause(self.failures).max(settles_after),
            Stage::There { .. } if self.failures > 0 => next::pause(self.failures),
            _ => return None,
        };
        Some(self.since.checked_add(wait).unwrap_or(self.since))
    }

    /// The same after one more failed call.
    #[must_use]
    pub fn failed(&self, stage: Stage, now: Timestamp) -> Self {
        Self { stage, since: now, failures: self.failures.saturating_add(1), ..self.clone() }
    }
}
