//! An order as a channel tells it, translated to our words and holding no buyer data.

use crate::hold_terms::HoldTerms;
use crate::ids::{ForwardReference, LineId, ListingId, LocationId, OrderId};
use crate::money::Money;
use crate::park::ParkReason;
use crate::status::Status;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Whether the goods left the house before an order was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// The channel proves that nothing left: a cancel frees the units.
    Stayed,
    /// The channel shows that the parcel left.
    Left,
    /// Nobody can tell: a cancel frees nothing until a person decides.
    Unknown,
}

/// Who sold it: a listing on a channel, or a store's till (an order there, or a finished sale).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// An order for units that a listing offered.
    Channel,
    /// An order kept in the till itself: it holds units until the till's own invoice counts them.
    TillOrder,
    /// A till sale: the goods are already in the buyer's hand, so it is a fact and never refused.
    TillSale,
}

/// One line of an order: how many units of one listing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChannelLine {
    /// The channel's name of the line, unique within the order.
    pub id: LineId,
    /// What was bought.
    pub listing: ListingId,
    /// Units ordered, in listing units.
    pub quantity: u32,
    /// Of those, units cancelled before anything left.
    pub cancelled: u32,
    /// Price of one unit, in minor units of the order's currency.
    pub unit_price_minor: i64,
}

/// An order as one event or one read told it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChannelOrder {
    /// The channel's order number.
    pub id: OrderId,
    /// Sold by a listing or by a till.
    pub kind: OrderKind,
    /// Where it stands.
    pub status: Status,
    /// Did the goods leave before a cancel?
    pub departure: Departure,
    /// The channel's own time of this state; newer wins.
    pub source_time: Timestamp,
    /// When the order was placed.
    pub created_at: Timestamp,
    /// When we read it from the channel's API; none when a webhook carried it.
    pub read_at: Option<Timestamp>,
    /// The store that must serve it, where the channel says so (a till sale's branch).
    pub location: Option<LocationId>,
    /// How its units are set aside, where our own desk says more than that they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldTerms>,
    /// Our own mark, where this is an order that we put there ourselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<ForwardReference>,
    /// What was bought.
    pub lines: Vec<ChannelLine>,
    /// What the buyer pays.
    pub total: Money,
}

/// The largest quantity of a line and the largest level of a till; beyond it a message is nonsense, not trade.
pub const UNITS_MAX: i64 = 1_000_000_000;
/// The largest amount of money, in minor units.
const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

impl ChannelOrder {
    /// Refuses numbers that no shop ever sees, so that no sum can run over; the error names the field.
    pub fn check(&self) -> Result<(), ParkReason> {
        let units_fit = |line: &ChannelLine| i64::from(line.quantity.max(line.cancelled)) <= UNITS_MAX;
        let price_fits =
            |line: &ChannelLine| line.unit_price_minor.unsigned_abs() <= AMOUNT_MAX.unsigned_abs();
        let detail = if !self.lines.iter().all(units_fit) {
            "lines.quantity: is larger than any shop sells"
        } else if !self.lines.iter().all(price_fits) {
            "lines.price: is larger than any shop asks"
        } else if self.total.amount_minor.unsigned_abs() > AMOUNT_MAX.unsigned_abs() {
            "total: is larger than any shop asks"
        } else {
            return Ok(());
        };
        Err(ParkReason::Unreadable { detail: detail.to_owned() })
    }

    /// The same order with its times in whole milliseconds.
    pub fn in_milliseconds(&self) -> Self {
        Self {
            source_time: in_milliseconds(self.source_time),
            created_at: in_milliseconds(self.created_at),
            read_at: self.read_at.map(in_milliseconds),
            hold: self
                .hold
                .as_ref()
                .map(|terms| HoldTerms { until: terms.until.map(in_milliseconds), ..*terms }),
            ..self.clone()
        }
    }

    /// A digest of everything but the time we read it: equal digests say the same thing.
    pub fn digest(&self) -> String {
        let mut plain = self.clone();
        plain.read_at = None;
        let text = serde_json::to_vec(&plain).unwrap_or_default();
        hex16(&Sha256::digest(&text))
    }
}

/// A time in whole milliseconds, as the table keeps it: a finer one would never equal itself when read back.
pub fn in_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// The first eight bytes as sixteen hex digits: enough to tell contents of one order apart.
pub(crate) fn hex16(bytes: &[u8]) -> String {
    bytes.iter().take(8).map(|b| format!("{b:02x}")).collect()
}
