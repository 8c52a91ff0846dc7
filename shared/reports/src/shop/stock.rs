//! What is wrong with the stock: sold beyond it, shown wrongly, lost from the ledger, or shown nowhere.

use crate::language::Said;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ListingId, LocationId, OrderId, Sku};
use serde::{Deserialize, Serialize};

/// A shop's stock as a whole, in base units over all products and stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockTotals {
    /// Units physically there.
    pub on_hand: i64,
    /// Units sold and not yet gone.
    pub committed: i64,
    /// Units set aside with an end: unpaid, pick-up, try in store.
    pub holds: i64,
    /// Units that listings could still sell without our knowing.
    pub cover: i64,
}

impl StockTotals {
    /// Units that can still be given to a listing or a buyer; below 0 where more is promised than is there.
    pub fn free(&self) -> i64 {
        self.on_hand.saturating_sub(self.committed).saturating_sub(self.holds).saturating_sub(self.cover)
    }
}

/// Units that are promised and not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Short {
    /// The product.
    pub sku: Sku,
    /// What people call it.
    pub product: String,
    /// The store.
    pub location: LocationId,
    /// How many base units.
    pub units: u64,
    /// When it happened, by the clock of whoever sold.
    pub since: Timestamp,
    /// The order that went beyond, where it was one.
    pub order: Option<OrderId>,
    /// Whose minute it was.
    pub whose: Whose,
    /// How it came about.
    pub cause: Said,
    /// Who sees to it.
    pub owner: String,
    /// Until when.
    pub deadline: Timestamp,
}

/// Where the minute was lost in which units were sold twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "whose", rename_all = "snake_case")]
pub enum Whose {
    /// Ours: a rule or a program of ours failed.
    Ours,
    /// A channel's: it sold after it had agreed to a lower number, or told us late.
    Channel {
        /// Which connection.
        connection: ConnectionId,
    },
    /// The store's: goods left over the counter, which cannot be refused.
    Store,
    /// A person's: a count or an edit by hand.
    Person,
    /// Not known.
    Unknown,
}

impl Whose {
    /// A short code for files.
    pub fn code(&self) -> &'static str {
        match self {
            Whose::Ours => "ours",
            Whose::Channel { .. } => "channel",
            Whose::Store => "store",
            Whose::Person => "person",
            Whose::Unknown => "unknown",
        }
    }
}

/// The comparison of all listings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftCheck {
    /// Listings whose number was read back and compared.
    pub compared: u64,
    /// Listings whose number could not be read back.
    pub unread: u64,
    /// Those that showed something else than the rules want.
    pub lines: Vec<Drift>,
    /// Those that an earlier report found wrong and that are right now; none where no earlier report was looked at.
    #[serde(default)]
    pub came_right: Option<Vec<CameRight>>,
}

/// A listing that was found wrong by an earlier report and shows the right number now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameRight {
    /// The connection.
    pub connection: ConnectionId,
    /// The channel's name of the listing.
    pub listing: ListingId,
    /// The codes of the products it is made of.
    pub skus: Vec<Sku>,
    /// What people call it.
    pub product: String,
    /// Why it had been wrong.
    pub class: DriftClass,
    /// When it was first found wrong.
    pub found_at: Timestamp,
    /// When it was right again, at the latest: when its channel took a number last, or when it was next looked at.
    pub right_at: Timestamp,
}

/// A listing that shows something else than the rules want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The connection.
    pub connection: ConnectionId,
    /// The channel's name of the listing.
    pub listing: ListingId,
    /// The codes of the products it is made of.
    #[serde(default)]
    pub skus: Vec<Sku>,
    /// What people call it.
    pub product: String,
    /// What the channel showed, in the channel's own units.
    pub channel_shows: i64,
    /// What we believed it showed; none where we had never learned it.
    pub we_believed: Option<i64>,
    /// What the rules want it to show.
    pub rules_want: i64,
    /// Why.
    pub class: DriftClass,
    /// What was done.
    pub done: DriftDone,
    /// When an earlier report first found it wrong; none where it is new.
    #[serde(default)]
    pub since: Option<Timestamp>,
}

/// The codes of a listing's products, as one text.
pub(crate) fn code(skus: &[Sku]) -> String {
    skus.iter().map(Sku::as_str).collect::<Vec<_>>().join(" + ")
}

/// Why a listing showed a wrong number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftClass {
    /// Our own mistake.
    OurBug,
    /// Our number was sent and not taken.
    LostPush,
    /// Somebody else changed it at the channel.
    ForeignEdit,
    /// A promotion of the channel locks the number.
    CampaignLock,
    /// Goods were counted and the new number was not shown yet.
    Count,
    /// The right number was on its way when it was compared.
    OnItsWay,
    /// Not known.
    Unknown,
}

impl DriftClass {
    /// All, in the order of the list above.
    pub const ALL: [DriftClass; 7] = [
        DriftClass::OurBug,
        DriftClass::LostPush,
        DriftClass::ForeignEdit,
        DriftClass::CampaignLock,
        DriftClass::Count,
        DriftClass::OnItsWay,
        DriftClass::Unknown,
    ];

    /// A short code for files.
    pub fn code(self) -> &'static str {
        match self {
            DriftClass::OurBug => "our_bug",
            DriftClass::LostPush => "lost_push",
            DriftClass::ForeignEdit => "foreign_edit",
            DriftClass::CampaignLock => "campaign_lock",
            DriftClass::Count => "count",
            DriftClass::OnItsWay => "on_its_way",
            DriftClass::Unknown => "unknown",
        }
    }
}

/// What was done about a wrong number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftDone {
    /// The channel was told the lower number, and shows it.
    Lowered,
    /// The cause is known; the channel was told the higher number, and shows it.
    Raised,
    /// The channel is being told the lower number.
    Lowering,
    /// The cause is known; the channel is being told the higher number.
    Raising,
    /// Left until the campaign is over: no number would be taken.
    LeftLocked,
    /// Left: the day's budget of corrections for this product is spent.
    LeftBudgetSpent,
    /// Left: it would have to be raised, and nobody knows why.
    LeftCauseUnknown,
    /// Wait: it mends itself, or is tried again.
    Waiting,
}

impl DriftDone {
    /// A short code for files.
    pub fn code(self) -> &'static str {
        match self {
            DriftDone::Lowered => "lowered",
            DriftDone::Raised => "raised",
            DriftDone::Lowering => "lowering",
            DriftDone::Raising => "raising",
            DriftDone::LeftLocked => "left_locked",
            DriftDone::LeftBudgetSpent => "left_budget_spent",
            DriftDone::LeftCauseUnknown => "left_cause_unknown",
            DriftDone::Waiting => "waiting",
        }
    }

    /// Whether the listing is right now.
    pub fn is_healed(self) -> bool {
        matches!(self, DriftDone::Lowered | DriftDone::Raised)
    }

    /// Whether it stays wrong until a person looks.
    pub fn is_left(self) -> bool {
        matches!(self, DriftDone::LeftBudgetSpent | DriftDone::LeftCauseUnknown)
    }
}

/// Balances against the sum of their ledger lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerCheck {
    /// Balances that were compared.
    pub balances: u64,
    /// Places where ledger lines are missing.
    pub gaps: Vec<LedgerGap>,
    /// Balances that are not the sum of their lines.
    pub wrong_folds: Vec<WrongFold>,
}

/// Ledger lines that are missing: a balance's changes are numbered without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerGap {
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
    /// The first number that is missing.
    pub first_missing: u64,
    /// How many are missing.
    pub missing: u64,
}

/// A balance that is not the sum of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongFold {
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
    /// Which number of the balance, such as `on_hand`.
    pub field: String,
    /// What the balance says, in base units.
    pub balance: i64,
    /// What its lines come to, in base units.
    pub ledger: i64,
}

/// Goods that could be sold and are shown nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrandedCheck {
    /// Counted only after so many minutes.
    pub after_minutes: u32,
    /// The goods, longest first.
    pub lines: Vec<Stranded>,
}

/// One product that no channel shows although it could be sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stranded {
    /// The product.
    pub sku: Sku,
    /// What people call it.
    pub product: String,
    /// The store.
    pub location: LocationId,
    /// Base units that could be sold.
    pub units: u64,
    /// Since when.
    pub since: Timestamp,
}
