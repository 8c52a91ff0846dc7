//! Everything a comparison of one shop found, ready for a report: what was found, what was done about it, and what is left.

use super::Moved;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ListingId, LocationId, OrderId, ShopId, Sku};
use commerce::park::ParkReason;
use commerce::reconcile::{Decision, Finding, Found, HourLine, Stranded, Total, Why};
use commerce::silence::Subscribed;
use jiff::civil::Date;
pub use reports::shop::{Freshness, LedgerGap, Login, Stale, WrongFold};
use serde::{Deserialize, Serialize};

/// What a comparison of one shop came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// The shop.
    pub shop: ShopId,
    /// What people call it.
    pub name: String,
    /// The business day whose orders were counted.
    pub day: Date,
    /// The name of the time zone whose day that is.
    pub time_zone: String,
    /// When the comparison began.
    pub made_at: Timestamp,
    /// Each connection, in the order of their names.
    pub connections: Vec<ConnectionFindings>,
    /// Balances, against the sum of their ledger lines.
    pub ledger: LedgerFindings,
    /// Units that could be sold and are shown nowhere.
    pub stranded: StrandedFindings,
    /// Promises that cannot be kept as it stands.
    pub shortfalls: Vec<Short>,
    /// What waits for a person, by reason and connection.
    pub parked: Vec<ParkedGroup>,
    /// Lines about input that could not be taken as it was.
    pub remarks: Vec<Remark>,
    /// The look at listings of products that moved lately.
    pub moved: Moved,
}

/// What was found on one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionFindings {
    /// The connection.
    pub connection: ConnectionId,
    /// The kind of channel.
    pub channel: String,
    /// True where "never sold twice" is promised.
    pub is_covered: bool,
    /// The channel's own list of orders against ours.
    pub proof: Proof,
    /// What its listings show, against what they should.
    pub drift: DriftFindings,
    /// Orders of the day in our book of which no news has come: only the channel's list told of them.
    #[serde(default)]
    pub unheard: Vec<OrderId>,
    /// How its login stands.
    pub login: Login,
    /// How its webhooks stand, after what could be mended was.
    #[serde(default)]
    pub webhooks: Subscribed,
    /// How long changes of the day took until they were shown, and what waits now; none where nobody measured.
    pub freshness: Option<Freshness>,
}

/// Whether our orders are all that the channel has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proof {
    /// The list was read to its end and compared order by order.
    Compared(Compared),
    /// This channel lists no orders.
    NoOrderList,
    /// The list could not be read.
    Unreadable {
        /// What went wrong.
        reason: String,
    },
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
    /// Orders that are the same on both sides at the end.
    pub same: u64,
    /// Hour by hour, at the end.
    pub hours: Vec<HourLine>,
    /// Orders that were asked for at the channel.
    pub fetched: u64,
    /// Each order that differed at first, also those that are mended.
    pub differences: Vec<Mended>,
}

/// An order that differed, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mended {
    /// When the hour began in which it falls.
    pub hour: Timestamp,
    /// The order.
    pub order: OrderId,
    /// How it differed.
    #[serde(flatten)]
    pub found: Found,
    /// What became of it.
    #[serde(flatten)]
    pub done: Done,
}

/// What became of an order that differed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "done", rename_all = "snake_case")]
pub enum Done {
    /// Fetched and recorded: a second look found it the same.
    Recorded,
    /// It stays as it is, and is right.
    Explained {
        /// Why.
        why: Why,
    },
    /// It still differs: somebody has to look.
    Left {
        /// Why it could not be mended.
        reason: String,
    },
}

/// What a connection's listings show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftFindings {
    /// Listings that were read back and judged.
    pub compared: u64,
    /// Of those, listings that show what they should.
    pub even: u64,
    /// Of those, listings whose number may change by itself yet.
    pub on_its_way: u64,
    /// All others.
    pub lines: Vec<DriftLine>,
}

/// A listing that does not show what it should, or could not be judged. Units are listing units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftLine {
    /// The channel's name of the listing.
    pub listing: ListingId,
    /// What it sells.
    pub skus: Vec<Sku>,
    /// What the channel shows; none where it could not be read.
    pub channel_shows: Option<i64>,
    /// What we believed it shows.
    pub we_believed: i64,
    /// What the rules want it to show.
    pub rules_want: i64,
    /// What that means.
    pub finding: Finding,
    /// What is done about it.
    pub decision: Decision,
}

/// What the ledger comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerFindings {
    /// Balances that were compared with the sum of their lines.
    pub balances: u64,
    /// Balances whose latest lines are not archived yet.
    pub behind: u64,
    /// Balances with missing lines.
    pub gaps: Vec<LedgerGap>,
    /// Balances that are not the sum of their lines.
    pub wrong_folds: Vec<WrongFold>,
}

/// Goods that could be sold and are shown nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrandedFindings {
    /// Counted only after so many minutes.
    pub after_minutes: u32,
    /// The goods, longest first.
    pub lines: Vec<Stranded>,
}

/// Units that are promised and not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Short {
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
    /// How many base units.
    pub units: u64,
    /// Who sees to it.
    pub owner: String,
}

/// What waits for a person for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedGroup {
    /// The reason's code.
    pub code: String,
    /// The reason of the oldest item, in full.
    pub reason: ParkReason,
    /// The connection it came from.
    pub connection: ConnectionId,
    /// How many items.
    pub items: u64,
    /// What they concern, such as order numbers; the first of them where there are very many.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Since when the oldest waits.
    pub oldest: Timestamp,
}

/// A line about input that could not be taken as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The connection it came from; none for the archive.
    pub connection: Option<ConnectionId>,
    /// What was wrong.
    pub what: String,
}

impl Findings {
    /// Orders that still differ and that nothing explains.
    pub fn orders_left(&self) -> usize {
        let compared = self.connections.iter().filter_map(|found| match &found.proof {
            Proof::Compared(compared) => Some(compared),
            Proof::NoOrderList | Proof::Unreadable { .. } => None,
        });
        let left = |mended: &&Mended| matches!(mended.done, Done::Left { .. });
        compared.map(|compared| compared.differences.iter().filter(left).count()).sum()
    }

    /// Lists that could not be read.
    pub fn lists_unread(&self) -> usize {
        let unread = |found: &&ConnectionFindings| matches!(found.proof, Proof::Unreadable { .. });
        self.connections.iter().filter(unread).count()
    }

    /// Listings that are decided upon in that way.
    pub fn decided(&self, is_so: impl Fn(Decision) -> bool) -> usize {
        let lines = self.connections.iter().flat_map(|found| &found.drift.lines);
        lines.filter(|line| is_so(line.decision)).count()
    }

    /// Listings whose number is not known.
    pub fn listings_unread(&self) -> usize {
        let lines = self.connections.iter().flat_map(|found| &found.drift.lines);
        lines.filter(|line| matches!(line.finding, Finding::NotRead(_))).count()
    }
}
