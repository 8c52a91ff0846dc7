//! The balance of one product at one store, and the ledger lines that make it up.

use crate::goods::Writer;
use crate::ids::{ConnectionId, ListingId, LocationId, Sku};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One product at one store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StockKey {
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
}

/// One listing of one connection, as stock knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ListingKey {
    /// The account.
    pub connection: ConnectionId,
    /// The channel's id of the listing.
    pub listing: ListingId,
}

impl TryFrom<String> for ListingKey {
    type Error = crate::ids::IdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (connection, listing) = text.split_once('/').unwrap_or((&text, ""));
        Ok(Self { connection: ConnectionId::new(connection)?, listing: ListingId::new(listing)? })
    }
}

impl From<ListingKey> for String {
    fn from(key: ListingKey) -> String {
        format!("{}/{}", key.connection, key.listing)
    }
}

/// A change of one balance, in base units. Zero parts are not written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockDelta {
    /// Units physically there.
    #[serde(rename = "h", default, skip_serializing_if = "is_zero")]
    pub on_hand: i64,
    /// Units sold, not yet gone.
    #[serde(rename = "c", default, skip_serializing_if = "is_zero")]
    pub committed: i64,
    /// Units set aside with an expiry.
    #[serde(rename = "o", default, skip_serializing_if = "is_zero")]
    pub holds: i64,
    /// Per listing: units it could still sell without our knowing.
    #[serde(rename = "x", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cover: BTreeMap<ListingKey, i64>,
    /// Per listing: units the channel put back on sale by itself.
    #[serde(rename = "y", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given_back: BTreeMap<ListingKey, i64>,
    /// Units on their way here from another store: nobody can sell them.
    #[serde(rename = "w", default, skip_serializing_if = "is_zero")]
    pub in_transit: i64,
    /// Units that came back and nobody has looked at: nobody can sell them.
    #[serde(rename = "q", default, skip_serializing_if = "is_zero")]
    pub quarantine: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
pub(crate) fn is_zero(value: &i64) -> bool {
    *value == 0
}

impl StockDelta {
    /// True when applying it changes nothing.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// The change of free units that follows from the identity
    /// free = on hand − committed − holds − sum of cover.
    pub fn free(&self) -> i64 {
        self.on_hand - self.committed - self.holds - self.cover.values().sum::<i64>()
    }

    /// Adds another change, `times` times over (−1 takes it back).
    pub fn add(&mut self, other: &StockDelta, times: i64) {
        self.on_hand += times * other.on_hand;
        self.committed += times * other.committed;
        self.holds += times * other.holds;
        add_each(&mut self.cover, &other.cover, times);
        add_each(&mut self.given_back, &other.given_back, times);
        self.in_transit += times * other.in_transit;
        self.quarantine += times * other.quarantine;
    }
}

fn add_each(to: &mut BTreeMap<ListingKey, i64>, from: &BTreeMap<ListingKey, i64>, times: i64) {
    for (key, value) in from {
        let sum = to.get(key).copied().unwrap_or(0) + times * value;
        if sum == 0 {
            to.remove(key);
        } else {
            to.insert(key.clone(), sum);
        }
    }
}

/// What an order does to stock: one change per product and store.
pub type Effect = BTreeMap<StockKey, StockDelta>;

/// `new − old`, without the balances that do not change.
pub fn difference(new: &Effect, old: &Effect) -> Effect {
    let mut result = new.clone();
    for (key, delta) in old {
        result.entry(key.clone()).or_default().add(delta, -1);
    }
    result.retain(|_, delta| !delta.is_zero());
    result
}

/// Why a balance changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "k")]
pub enum Cause {
    /// An order on a connection. One letter: ten of these must fit into a balance's kilobyte.
    #[serde(rename = "o")]
    Order {
        /// The connection.
        #[serde(rename = "n")]
        connection: ConnectionId,
        /// The channel's order number.
        #[serde(rename = "i")]
        order: String,
        /// The person in a store whose word it was; none for what a channel or a desk said.
        #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
        by: Option<Writer>,
    },
    /// Units moved between what is free and what a listing may sell.
    #[serde(rename = "x")]
    Cover {
        /// The listing.
        #[serde(rename = "l")]
        listing: ListingKey,
        /// The number of the listing's state that was written with it.
        #[serde(rename = "a")]
        number: u64,
    },
    /// A physical fact: a till's level, a count, a receipt.
    #[serde(rename = "d")]
    Document {
        /// The document's id.
        #[serde(rename = "i")]
        document: String,
    },
}

/// One ledger line: what changed, why, and when the fact happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Why.
    #[serde(flatten)]
    pub cause: Cause,
    /// When the fact happened by its source's clock, in milliseconds since 1970.
    #[serde(rename = "t")]
    pub at_ms: i64,
    /// What changed.
    #[serde(rename = "d")]
    pub delta: StockDelta,
}

/// One change of on hand: when the fact happened, in milliseconds since 1970, and the units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone(pub i64, pub i64);

/// How many changes of on hand a balance remembers.
pub const TRAIL_MAX: usize = 12;

/// A trail with one more fact, the latest ones only.
pub fn longer(mut trail: Vec<Gone>, fact: Gone) -> Vec<Gone> {
    trail.push(fact);
    trail.sort_by_key(|gone| gone.0);
    let surplus = trail.len().saturating_sub(TRAIL_MAX);
    trail.drain(..surplus);
    trail
}

/// The balance of one product at one store. `free` may be negative: that is a shortfall, never clamped away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stock {
    /// Units physically there.
    pub on_hand: i64,
    /// Units sold, not yet gone.
    pub committed: i64,
    /// Units set aside with an expiry.
    pub holds: i64,
    /// Units neither sold, nor set aside, nor offered.
    pub free: i64,
    /// Per listing: units it could still sell without our knowing.
    pub cover: BTreeMap<ListingKey, i64>,
    /// Per listing: units the channel put back on sale by itself.
    pub given_back: BTreeMap<ListingKey, i64>,
    /// Units on their way here from another store.
    pub in_transit: i64,
    /// Units that came back and nobody has looked at.
    pub quarantine: i64,
    /// On hand was true at this time; older physical facts no longer change it.
    pub baseline: Option<Timestamp>,
    /// The latest changes of on hand, oldest first: a count of a time before some of them is brought up to now by them.
    pub trail: Vec<Gone>,
    /// Grows by one with each change, without gaps.
    pub version: u64,
    /// The ledger lines of the latest change.
    pub movements: Vec<Movement>,
}

impl Stock {
    /// Applies one change and keeps its ledger lines, as the table does in one write.
    pub fn apply(&mut self, delta: &StockDelta, movements: Vec<Movement>) {
        self.on_hand += delta.on_hand;
        self.committed += delta.committed;
        self.holds += delta.holds;
        self.free += delta.free();
        add_each(&mut self.cover, &delta.cover, 1);
        add_each(&mut self.given_back, &delta.given_back, 1);
        self.in_transit += delta.in_transit;
        self.quarantine += delta.quarantine;
        self.version += 1;
        self.movements = movements;
    }

    /// The identity that every balance keeps.
    pub fn identity_holds(&self) -> bool {
        self.free == self.on_hand - self.committed - self.holds - self.cover.values().sum::<i64>()
    }
}
