//! The messages functions send each other. They hold ids and quantities, never buyer data and never a secret.

use commerce::Timestamp;
use commerce::ids::{ConnectionId, ListingId, OrderId, ShopId, Sku};
use commerce::level::Level;
use commerce::order::ChannelOrder;
use commerce::park::ParkReason;
use commerce::plan::OrderKey;
use commerce::stock::ListingKey;
use jiff::civil::Date;
use lambda_kit::queues::Outgoing;
use lambda_kit::shop_source::FileVersion;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Ask a channel about something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookUpMessage {
    /// The tenant.
    pub shop: ShopId,
    /// The account.
    pub connection: ConnectionId,
    /// What to ask for.
    pub ask: Ask,
}

/// What to ask a channel for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// A whole order.
    Order {
        /// Which.
        order: OrderId,
    },
    /// How many units a till's stores hold.
    Level {
        /// The till's product.
        listing: ListingId,
        /// The store that was pushed.
        branch: String,
        /// The units that were pushed: used only when the till cannot be read.
        pushed_on_hand: i64,
        /// When the push reached us.
        pushed_at: Timestamp,
        /// When the till says it was true; none where it does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        as_of: Option<Timestamp>,
    },
}

/// Write something into the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordMessage {
    /// The tenant.
    pub shop: ShopId,
    /// The account it came from.
    pub connection: ConnectionId,
    /// What to write.
    pub record: Record,
    /// The version of the shop's file that must be known to whoever writes it; none for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shops_file: Option<FileVersion>,
}

/// What to write into the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// An order.
    Order(Box<ChannelOrder>),
    /// An order as the channel's list has it: nobody told of it, we went and read.
    Listed(Box<ChannelOrder>),
    /// A physical count.
    Level {
        /// Of which product.
        sku: Sku,
        /// The count.
        level: Level,
    },
    /// A signed webhook, or a part of one, that could not be used.
    Unusable {
        /// Why.
        reason: ParkReason,
        /// The body as received, base64; it goes to object storage, not into the table.
        body_base64: String,
    },
}

/// Read an account's orders from where they were recorded last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassMessage {
    /// The tenant.
    pub shop: ShopId,
    /// The account.
    pub connection: ConnectionId,
    /// What must be known for certain: orders from before this moment. Where they are by then, nothing is read; none
    /// for a reading in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl PassMessage {
    /// Ready to be queued, to be handed out after so many seconds.
    pub fn outgoing(&self, delay_seconds: u16) -> Outgoing {
        Outgoing { delay_seconds, ..Outgoing::for_shop(&self.shop, to_text(self)) }
    }
}

/// Fetch whatever waits for a shop: the schedule's, one for each shop, so that no shop waits for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchMessage {
    /// The tenant.
    pub shop: ShopId,
    /// When the schedule asked; a later message asks for the same.
    pub asked_at: Timestamp,
}

impl FetchMessage {
    /// Ready to be queued.
    pub fn outgoing(&self) -> Outgoing {
        Outgoing::for_shop(&self.shop, to_text(self))
    }
}

/// Compare a shop's book with its channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconcileMessage {
    /// The tenant.
    pub shop: ShopId,
    /// How much of it.
    pub mode: Mode,
    /// The business day whose orders are counted, by the shop's calendar; none for the last one that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Date>,
}

/// How much of a shop is compared with its channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All of it, after a business day.
    Nightly,
    /// Only a look at the listings of products that moved lately: it heals a note that a queue has lost.
    Moved,
    /// All of it, now, because somebody asks.
    Demand,
    /// Nothing but to tell of goods that a buyer comes for and no store has confirmed.
    PickUps,
}

impl ReconcileMessage {
    /// Ready to be queued.
    pub fn outgoing(&self) -> Outgoing {
        Outgoing::for_shop(&self.shop, to_text(self))
    }
}

/// See to an order on its way into the till or website of its store, or to what that one says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForwardMessage {
    /// The tenant.
    pub shop: ShopId,
    /// The account of the order that has changed: where it was bought, or where it was put in.
    pub connection: ConnectionId,
    /// That order.
    pub order: OrderId,
    /// A person has seen to what was in the way: what was given up is tried once more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

impl ForwardMessage {
    /// Which order it is.
    pub fn order_key(&self) -> OrderKey {
        OrderKey { shop: self.shop.clone(), connection: self.connection.clone(), order: self.order.clone() }
    }

    /// Ready to be queued; `why` tells apart asking twice from asking once.
    pub fn outgoing(&self, why: &str) -> Outgoing {
        let group = self.group();
        let key = format!("{group}|{}|{why}", self.order);
        let deduplication = Some(hex::encode(Sha256::digest(key.as_bytes())));
        Outgoing { body: to_text(self), group: Some(group), deduplication, delay_seconds: 0 }
    }

    /// Who keeps its order: a few groups of one account, so that one order's news come one after the other.
    pub fn group(&self) -> String {
        let bucket = Sha256::digest(self.order.as_str().as_bytes())[0] % crate::announce_stock::BUCKETS;
        format!("{}#{}#{bucket}", self.shop, self.connection)
    }
}

/// A sale that was newly learned: its listing, and when it happened in milliseconds.
pub type Sale = (ListingKey, i64);

/// Bring listings up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishMessage {
    /// The tenant.
    pub shop: ShopId,
    /// The account.
    pub connection: ConnectionId,
    /// Which listings; their quantity is read when it is sent, never carried in a message.
    pub listings: Vec<ListingId>,
    /// Sales of the same products that were newly learned, on whichever connection: shares follow them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sales: Vec<Sale>,
    /// When the oldest of the orders happened that led to this; none where no order did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The version of the shop's file that must be known to whoever publishes; none for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shops_file: Option<FileVersion>,
    /// A person has seen to what was in the way: listings that are left alone for a while are tried at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Somebody has seen the listings show another number than they should: their channel is asked, unless something is
    /// on its way there already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubt: bool,
}

/// The largest message every queue takes, in bytes; SQS itself takes more, the embedded engine does not.
const MESSAGE_BYTES_MAX: usize = 240 * 1024;

/// A record ready to be queued. One too large for any queue is named instead of sent, so that a person hears of it.
pub fn outgoing(record: &RecordMessage) -> Outgoing {
    let text = to_text(record);
    if text.len() <= MESSAGE_BYTES_MAX {
        return Outgoing::for_shop(&record.shop, text);
    }
    let what = match &record.record {
        Record::Order(order) | Record::Listed(order) => {
            format!("order {} with {} lines", order.id, order.lines.len())
        }
        Record::Level { .. } | Record::Unusable { .. } => "a message".to_owned(),
    };
    let detail = format!("{what} is too large for a queue ({} bytes)", text.len());
    let record = RecordMessage {
        shop: record.shop.clone(),
        connection: record.connection.clone(),
        record: Record::Unusable { reason: ParkReason::Unreadable { detail }, body_base64: String::new() },
        shops_file: None,
    };
    Outgoing::for_shop(&record.shop, to_text(&record))
}

/// A look-up ready to be queued.
pub fn outgoing_look_up(message: &LookUpMessage) -> Outgoing {
    Outgoing::for_shop(&message.shop, to_text(message))
}

/// The message as text.
pub fn to_text<T: Serialize>(message: &T) -> String {
    // These types always serialise: their map keys are texts and they hold no floats.
    serde_json::to_string(message).unwrap_or_default()
}

/// Reads a message; the error names the field.
pub fn from_text<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, ParkReason> {
    serde_json::from_str(text).map_err(|e| ParkReason::Unreadable { detail: e.to_string() })
}
