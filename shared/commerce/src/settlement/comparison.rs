//! What a settlement file came to beside our book: the orders, the money, and each difference with its reason.

use super::day_span::DaySpan;
use crate::effect::OrderState;
use crate::ids::OrderId;
use crate::money::Money;
use crate::order::OrderKind;
use crate::reconcile::{Found, Total};
use crate::status::Status;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What our book holds of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who sold it.
    pub kind: OrderKind,
    /// Where it stands.
    pub status: Status,
    /// What the buyer pays.
    pub total: Money,
    /// When it was placed.
    pub created_at: Timestamp,
    /// Since when it stands so, by the channel's clock.
    pub source_time: Timestamp,
}

impl From<&OrderState> for Known {
    fn from(order: &OrderState) -> Self {
        let OrderState { kind, total, created_at, source_time, .. } = *order;
        Self { kind, status: order.status.clone(), total, created_at, source_time }
    }
}

/// Our side.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// Orders of the connection: those of the file that we have, and those that might have to be in it.
    pub orders: BTreeMap<OrderId, Known>,
    /// The first day of which anything is in the shop's book; none where that is not known.
    pub began: Option<Date>,
    /// Orders from before this day are not kept.
    pub horizon: Option<Date>,
    /// Orders that other files of this connection paid for.
    pub paid_before: BTreeSet<OrderId>,
    /// The first day that any file of this connection covers, where an earlier one does.
    pub covered_from: Option<Date>,
    /// So many days after its end an order is paid for at the latest.
    pub within_days: u32,
}

/// What is held against what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum Basis {
    /// Orders, and what the buyer pays for each.
    BuyerPays {
        /// The file's column.
        column: String,
    },
    /// Orders alone: the file only says what is paid out after fees, and our book does not keep fees.
    OrdersOnly,
}

/// Why an order differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The file has it, our book has not, and nothing explains that.
    NotInBook,
    /// It is older than the shop's book.
    BeforeBook,
    /// It is older than orders are kept.
    BeforeHorizon,
    /// The buyer paid another sum.
    OtherTotal,
    /// It is cancelled here, and the file pays or charges something.
    PaidThoughCancelled,
    /// It ended long ago, and no file pays for it.
    NotPaid,
}

impl Reason {
    /// True where the difference is as it should be.
    pub fn is_explained(self) -> bool {
        matches!(self, Reason::BeforeBook | Reason::BeforeHorizon)
    }
}

/// One order that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The order.
    pub order: OrderId,
    /// When it was placed, where either side says so.
    pub placed: Option<Timestamp>,
    /// Its first line in the file; none where it is not in it.
    pub line: Option<u64>,
    /// How it differs.
    #[serde(flatten)]
    pub found: Found,
    /// Why.
    pub reason: Reason,
}

/// A line that stands in the file twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// The order.
    pub order: OrderId,
    /// Where it stands first.
    pub first_line: u64,
    /// Where it stands again.
    pub line: u64,
}

/// What a file comes to beside our book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// What was held against what.
    pub basis: Basis,
    /// Its orders, and what buyers pay for those that say so.
    pub theirs: Total,
    /// Ours among them and those that it lacks.
    pub ours: Total,
    /// Orders that are the same on both sides.
    pub same: u64,
    /// Orders of the file without what the buyer pays: only that they exist was compared.
    pub unpriced: u64,
    /// The others.
    pub differences: Vec<Difference>,
    /// Lines that stand there twice; they count twice.
    pub repeated: Vec<Repeated>,
    /// Lines about no order, such as fees of the account.
    pub lines_without_order: u64,
    /// What all lines pay out together, where the file says so.
    pub paid_out: Option<Money>,
    /// The days it covers; none where nobody says so, and then no order was looked for that it lacks.
    pub days: Option<DaySpan>,
}

impl Comparison {
    /// True when every difference has an explanation.
    pub fn agrees(&self) -> bool {
        self.differences.iter().all(|difference| difference.reason.is_explained())
    }
}
