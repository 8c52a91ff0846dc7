//! What a store says of goods that a buyer comes for: they are ready, they are not here, they were handed over, and by whom.
//!
//! All of it is kept in the order, so that whoever says the same once more changes nothing. `words` are the rules, [`figures`]
//! what they come to on a day.

pub mod figures;
mod words;

pub use words::{Reply, Word, said};

use crate::effect::OrderState;
use crate::goods::Writer;
use crate::hold_terms::{Held, HoldTerms};
use crate::ids::{LocationId, OrderId};
use crate::order::ChannelOrder;
use crate::split::is_of;
use crate::status::Status;
use crate::stock::StockKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who said something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidBy {
    /// The person.
    pub by: Writer,
    /// When, by the store's clock.
    pub at: Timestamp,
}

/// Why a store cannot hand goods over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nobody finds them.
    NotFound,
    /// They are there, but nobody would take them.
    Damaged,
}

impl Missing {
    /// All of them.
    pub const ALL: [Missing; 2] = [Missing::NotFound, Missing::Damaged];

    /// The word that stands for it in forms and messages.
    pub fn code(self) -> &'static str {
        match self {
            Missing::NotFound => "not_found",
            Missing::Damaged => "damaged",
        }
    }

    /// Reads [`Missing::code`] back; none for any other word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }
}

/// A store that was asked for the goods and does not have them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotHere {
    /// The store.
    pub store: LocationId,
    /// Why it cannot hand them over.
    pub why: Missing,
    /// Who says so.
    pub said: SaidBy,
    /// Stores that come before the chosen one and did not have all of it free.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<LocationId>,
    /// The store that has them set aside instead; none where no other has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<LocationId>,
}

/// How far a store is with goods that a buyer comes for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtStore {
    /// Since when they are asked for: the buyer waits from then on, whichever store has them.
    pub asked_at: Timestamp,
    /// Who has them in hand and keeps them for the buyer; none while nobody has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<SaidBy>,
    /// Stores that do not have them, in the order in which they said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_here: Vec<NotHere>,
    /// Who handed them over, or let them go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<SaidBy>,
    /// No store has them: the hold has ended with that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_refused: bool,
}

impl AtStore {
    /// Nobody in the store has said anything yet.
    pub fn asked(asked_at: Timestamp) -> Self {
        Self { asked_at, ready: None, not_here: Vec::new(), settled: None, is_refused: false }
    }

    /// True for a store that has said that it does not have them.
    pub fn has_refused(&self, store: &LocationId) -> bool {
        self.not_here.iter().any(|not_here| not_here.store == *store)
    }

    /// When the goods were moved last, or given up.
    fn moved_at(&self) -> Option<Timestamp> {
        self.not_here.last().map(|not_here| not_here.said.at)
    }
}

/// What an event leaves of it: a hold that goes on keeps what was said, one that begins anew has nothing. Whoever asks for more
/// goods has to have them confirmed again.
pub(crate) fn after(old: Option<&OrderState>, terms: &HoldTerms, event: &ChannelOrder) -> Option<AtStore> {
    if !terms.purpose.is_in_store() {
        return None;
    }
    let known = |old: &OrderState| old.hold.as_ref().and_then(|held| held.at_store.clone());
    let goes_on = |old: &&OrderState| old.status.is_open() || !event.status.is_open();
    let Some((old, mut kept)) = old.filter(goes_on).and_then(|old| Some((old, known(old)?))) else {
        return Some(AtStore::asked(event.source_time));
    };
    if asks_for_more(old, event) {
        kept.ready = None;
    }
    Some(kept)
}

fn asks_for_more(old: &OrderState, event: &ChannelOrder) -> bool {
    event.lines.iter().any(|line| {
        let pieces = old.lines.iter().filter(|piece| is_of(piece, &line.id));
        let had: u32 = pieces.map(|piece| piece.quantity.saturating_sub(piece.cancelled)).sum();
        line.quantity.saturating_sub(line.cancelled) > had
    })
}

impl OrderState {
    /// How far the store is; none for an order whose buyer does not come to a store.
    pub fn at_store(&self) -> Option<&AtStore> {
        self.hold.as_ref().and_then(|held: &Held| held.at_store.as_ref())
    }

    /// Since when a buyer waits for a store to say that the goods are ready; none once it has, or where nobody waits.
    pub fn waits_for_store(&self) -> Option<Timestamp> {
        let is_here = self.status.is_open() && self.lines.iter().all(|line| line.out == 0);
        let waiting = self.at_store().filter(|at| is_here && at.ready.is_none());
        waiting.map(|at| at.asked_at)
    }

    /// When no store had the goods; none unless the hold has ended with that.
    pub fn refused_at(&self) -> Option<Timestamp> {
        self.at_store().filter(|at| at.is_refused && self.status == Status::Cancelled)?.moved_at()
    }

    /// When a store last said that the goods are not there.
    pub fn moved_at(&self) -> Option<Timestamp> {
        self.at_store().and_then(AtStore::moved_at)
    }
}

/// A product that somebody should count: a store did not find what its book has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountWanted {
    /// Which product in which store.
    pub balance: StockKey,
    /// Base units that were not there.
    pub units: i64,
    /// Why.
    pub why: Missing,
    /// Who said so, and when.
    pub said: SaidBy,
    /// The order they were looked for.
    pub order: OrderId,
}

impl CountWanted {
    /// True until the product has been counted after that.
    pub fn is_open(&self, baseline: Option<Timestamp>) -> bool {
        baseline.is_none_or(|counted| counted < self.said.at)
    }
}

#[cfg(test)]
mod tests;
