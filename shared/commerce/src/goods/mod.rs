//! What people write down about goods: what came in, what went to another store, what came back, what was written off.
//!
//! A [`Document`] is one piece of paper. It grows by [`Said`], the words of a person: each word has a reference and counts
//! once, however often it is sent. What the paper does to stock is a pure function of it ([`effect`]), so applying a word is
//! writing the new paper and `new − old` of its effect in one transaction ([`plan_word`]). Each unit of a paper is in exactly one place:
//! on hand, held, in transit, in quarantine, lost or scrapped ([`whereabouts`]).

mod effect;
mod plan;
mod said;
mod says;

pub use effect::{Whereabouts, effect, whereabouts};
pub use plan::{GoodsChange, Planned, plan_word, read_written, touched};
pub use said::{Reason, Reference, Refusal, Said, Word, Writer};
pub use says::{Heard, hear};

use crate::ids::{ConnectionId, DocumentNumber, IdError, LocationId, OrderId, Sku};
use crate::stock::StockKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most products of one paper: a transfer touches two balances with each, and one transaction holds a hundred items.
pub const PRODUCTS_MAX: usize = 40;
/// The most words about one paper.
pub const WORDS_MAX: usize = 100;

/// Units of each product, in base units.
pub type Goods = BTreeMap<Sku, i64>;

/// One piece of paper, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is about.
    pub paper: Paper,
    /// Who said what, when and why, oldest first.
    pub words: Vec<Spoken>,
    /// Units by which on hand was not changed, because a later count had them already.
    #[serde(default)]
    pub not_counted: Vec<NotCounted>,
}

/// What a paper is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "k", rename_all = "snake_case")]
pub enum Paper {
    /// Goods came in.
    Receipt {
        /// Where.
        location: LocationId,
        /// What.
        goods: Goods,
    },
    /// Units found or gone, with a reason.
    Adjustment {
        /// Where.
        location: LocationId,
        /// Why.
        reason: Reason,
        /// More or fewer, by product.
        goods: Goods,
    },
    /// Goods go from one store to another.
    Transfer(Transfer),
    /// Goods came back from a buyer.
    Return(Return),
}

/// Goods on their way between two stores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Where they leave.
    pub from: LocationId,
    /// Where they go.
    pub to: LocationId,
    /// What is set aside for it until it leaves.
    #[serde(default)]
    pub drafted: Goods,
    /// What left; none before it does.
    #[serde(default)]
    pub sent: Option<Goods>,
    /// What has arrived of it.
    #[serde(default)]
    pub arrived: Goods,
    /// What was lost on the way.
    #[serde(default)]
    pub lost: Goods,
    /// Called off before it left.
    #[serde(default)]
    pub is_cancelled: bool,
}

/// Goods that came back, in whichever stores took them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The order they were sold in; none for goods without a receipt.
    pub order: Option<(ConnectionId, OrderId)>,
    /// What each store took, whichever had sold it.
    pub stores: BTreeMap<LocationId, CameBack>,
}

/// What came back to one store, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameBack {
    /// What came back.
    pub taken: Goods,
    /// What was looked at and can be sold again.
    #[serde(default)]
    pub sellable: Goods,
    /// What was looked at and thrown away.
    #[serde(default)]
    pub scrapped: Goods,
}

/// One word about a paper, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// The reference it came with.
    #[serde(rename = "r")]
    pub reference: Reference,
    /// What kind of word it was.
    #[serde(rename = "w")]
    pub word: String,
    /// Who said it.
    #[serde(rename = "b")]
    pub by: Writer,
    /// When it happened, in milliseconds since 1970.
    #[serde(rename = "t")]
    pub at_ms: i64,
    /// Why, in the person's own words; may be empty.
    #[serde(rename = "y", default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// A change of on hand that a later count had already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCounted {
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
    /// The units that were left out.
    pub units: i64,
}

impl Document {
    /// True when nobody needs to look at it any more.
    pub fn is_finished(&self) -> bool {
        match &self.paper {
            Paper::Receipt { .. } | Paper::Adjustment { .. } => true,
            Paper::Transfer(transfer) => {
                transfer.is_cancelled || (transfer.sent.is_some() && transfer.on_the_way().is_empty())
            }
            Paper::Return(back) => back.stores.values().all(|here| here.in_quarantine().is_empty()),
        }
    }

    /// Units that were left out of a balance because a later count had them.
    pub(crate) fn left_out(&self, key: &StockKey) -> i64 {
        let here = |n: &&NotCounted| n.sku == key.sku && n.location == key.location;
        self.not_counted.iter().filter(here).map(|n| n.units).sum()
    }
}

impl Transfer {
    /// Goods that are set aside and have not left.
    pub fn draft(from: LocationId, to: LocationId, goods: Goods) -> Self {
        let (arrived, lost) = (Goods::new(), Goods::new());
        Self { from, to, drafted: goods, sent: None, arrived, lost, is_cancelled: false }
    }

    /// What has left and has neither arrived nor been lost.
    pub fn on_the_way(&self) -> Goods {
        less(&less(self.sent.as_ref().unwrap_or(&Goods::new()), &self.arrived), &self.lost)
    }
}

impl CameBack {
    /// What nobody has looked at yet.
    pub fn in_quarantine(&self) -> Goods {
        less(&less(&self.taken, &self.sellable), &self.scrapped)
    }
}

impl Return {
    /// What came back to all stores together.
    pub fn taken(&self) -> Goods {
        let mut all = Goods::new();
        self.stores.values().for_each(|here| more(&mut all, &here.taken));
        all
    }
}

/// The number of the paper on which all stands that comes back of an order.
pub fn number_of_return(connection: &ConnectionId, order: &OrderId) -> Result<DocumentNumber, IdError> {
    DocumentNumber::new(format!("{connection}/{order}"))
}

/// `from − taken`, without the products of which nothing is left.
pub(crate) fn less(from: &Goods, taken: &Goods) -> Goods {
    let mut left = from.clone();
    for (sku, units) in taken {
        *left.entry(sku.clone()).or_default() -= units;
    }
    left.retain(|_, units| *units != 0);
    left
}

/// `to + more`.
pub(crate) fn more(to: &mut Goods, more: &Goods) {
    for (sku, units) in more {
        *to.entry(sku.clone()).or_default() += units;
    }
}

#[cfg(test)]
mod tests;
