//! Stand-ins ("twins") of the places a shop sells on, so that the demo, the tests and the training can sell,
//! cancel and break things without touching a real shop.
//!
//! A twin is a small HTTP server on the loopback address that behaves as the channel is *documented* to: it
//! checks signatures and logins, keeps its own stock with that channel's own meaning, signs webhooks, and
//! fails on demand. Nothing here is taken from our own connectors, so both sides follow the documents and not
//! each other. The facts and their public sources are in `CHANNELS.md`; each rule below names its section.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub mod courier;
pub mod faults;
pub mod haravan;
pub mod kiotviet;
pub mod lazada;
pub mod sapo;
pub mod sendo;
pub mod shopee;
pub mod shopify;
pub mod social;
pub mod stage;
pub mod tiki;
pub mod tiktok;
pub mod till;
pub mod woocommerce;

mod hopkenh;
mod server;
mod signing;
mod silent;
#[cfg(test)]
mod testing;
mod wire;

pub use courier::{Courier, CourierError, plain_client};
pub use faults::{Fault, FaultKind};
pub use haravan::{HaravanStock, HaravanTwin, HaravanTwinConfig};
pub use hopkenh::sealed;
pub use kiotviet::{BranchStock, KiotVietTwin, KiotVietTwinConfig, SignatureForm};
pub use lazada::{LazadaTwin, LazadaTwinConfig};
pub use sapo::{SapoProduct, SapoTwin, SapoTwinConfig};
pub use sendo::{SendoTwin, SendoTwinConfig};
pub use shopee::{ShopeeTwin, ShopeeTwinConfig};
pub use shopify::{ShopifyTwin, ShopifyTwinConfig};
pub use signing::{hmac_base64, hmac_hex};
pub use social::{SocialTwin, SocialTwinConfig, TwinTerms};
pub use tiki::{TikiTwin, TikiTwinConfig};
pub use tiktok::{TikTokTwin, TikTokTwinConfig};
pub use till::{TillTwin, TillTwinConfig};
pub use woocommerce::{WooCommerceTwin, WooCommerceTwinConfig};

/// Where a twin reads the time, so that a test can move it.
pub type TwinClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A product the twin sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwinListing {
    /// The channel's own listing id in our notation: one number, or two with a colon, as its connector writes them.
    pub id: String,
    /// The shop's own product code.
    pub sku: String,
    /// What the buyer reads.
    pub name: String,
    /// Price of one unit, in whole minor units (one đồng for VND).
    pub price_minor: i64,
    /// Units on sale at the start. KiotViet ignores it: stock per branch is given by `branch_stock`.
    pub stock: i64,
}

/// One line of an order: so many units of one listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwinLine {
    /// The listing id, as in [`TwinListing::id`].
    pub listing: String,
    /// Units bought.
    pub quantity: u32,
}

/// Where an order stands, in words all twins share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwinOrderState {
    /// Placed, not paid; may still be abandoned.
    Unpaid,
    /// Paid, or cash on delivery: the shop must pack it.
    Paid,
    /// Handed to the carrier.
    Shipped,
    /// Done.
    Completed,
    /// Ended without a sale.
    Cancelled,
}

/// An order as the twin itself knows it; the truth that an auditor compares our books with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwinOrder {
    /// The channel's order id as it appears in its messages.
    pub id: String,
    /// What was bought.
    pub lines: Vec<TwinLine>,
    /// Where it stands.
    pub state: TwinOrderState,
    /// When the buyer placed it.
    pub placed_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What the buyer pays, in whole minor units.
    pub total_minor: i64,
    /// The branch that sold it (KiotViet only).
    pub branch: Option<String>,
}

/// The channel does not show enough units: the buyer sees "sold out".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("listing {listing} shows {shown}, {asked} were asked for")]
pub struct SoldOut {
    /// The listing that is short.
    pub listing: String,
    /// Units the channel shows.
    pub shown: i64,
    /// Units the buyer wanted.
    pub asked: u32,
}

/// A signed webhook, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// HTTP method.
    pub method: String,
    /// Where it goes.
    pub url: String,
    /// Header names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The exact bytes that were signed.
    pub body: Vec<u8>,
}

impl Push {
    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A stock number that someone wrote through the API and that the twin took over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockWrite {
    /// When it was applied.
    pub at: Timestamp,
    /// The listing it was for.
    pub listing: String,
    /// The number it was set to.
    pub value: i64,
    /// The branch (KiotViet only).
    pub branch: Option<String>,
}

/// What every stand-in can do: sell, cancel, ship, tell what it knows, and fail when told to.
pub trait Twin: Send + Sync {
    /// The channel's name, such as `shopee`.
    fn channel(&self) -> &'static str;

    /// `http://127.0.0.1:PORT`. For WooCommerce the site root; its REST base is this plus `/wp-json/wc/v3`.
    fn base_url(&self) -> String;

    /// A buyer orders and pays. A channel sells only what it shows; it lowers its own shown stock as that
    /// channel does, and queues the pushes.
    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut>;

    /// Asks whether the units can be had before anything is agreed, where people do so: the order's number and the
    /// question. None where buyers take what is shown.
    fn ask_first(&self, _lines: &[TwinLine]) -> Option<(String, Push)> {
        None
    }

    /// It is agreed after asking first: what there is to say.
    fn agree(&self, _id: &str) -> Option<Push> {
        None
    }

    /// The order is called off. `false` when it is unknown, already ended or shipped. Gives units back to the
    /// channel's own stock exactly when that channel does.
    fn cancel_order(&self, id: &str) -> bool;

    /// The shop hands the parcel over. `false` unless the order waits for that.
    fn ship_order(&self, id: &str) -> bool;

    /// The buyer has it. `false` when it is unknown or already ended.
    fn complete_order(&self, id: &str) -> bool;

    /// One order as the twin knows it.
    fn order(&self, id: &str) -> Option<TwinOrder>;

    /// All orders, oldest first.
    fn orders(&self) -> Vec<TwinOrder>;

    /// Units the channel would sell now (for KiotViet the sum over branches).
    fn shown(&self, listing: &str) -> i64;

    /// Every stock write that was applied, in order.
    fn stock_writes(&self) -> Vec<StockWrite>;

    /// Pushes caused since the last call, in order. The caller decides when, how often and in which order to
    /// deliver them.
    fn take_pushes(&self) -> Vec<Push>;

    /// Tells the channel how a push was received. Status 0 means no answer came.
    fn push_answered(&self, push: &Push, status: u16, body_length: usize) {
        let _ = (push, status, body_length);
    }

    /// How long the channel waits for an answer to a push.
    fn push_patience(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// The buyer sends it back and the channel calls it returned, or about to be. `false` unless it was shipped, or
    /// where the channel's orders never say so.
    fn return_order(&self, id: &str) -> bool {
        let _ = id;
        false
    }

    /// Everything that waits to be pushed is lost on the way for good. A channel that keeps what was lost, keeps it
    /// now.
    fn lose_pushes(&self) {
        self.take_pushes();
    }

    /// A message that is rightly signed and that nobody can read, because its body breaks off in the middle. None where the
    /// stand-in makes no such thing.
    fn broken_push(&self) -> Option<Push> {
        None
    }

    /// The seller changes the number by hand at the channel, behind our back. `false` where nobody can.
    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        let _ = (listing, value);
        false
    }

    /// A campaign locks so many of the units shown: stock cannot be set below them. `false` where the channel has
    /// no such thing; 0 ends it.
    fn lock_units(&self, listing: &str, units: i64) -> bool {
        let _ = (listing, units);
        false
    }

    /// How often tokens were given: first ones, renewed ones, short logins.
    fn logins(&self) -> u64 {
        0
    }

    /// Ends the access token that is good now; only a new one helps. `false` where there are only keys.
    fn end_login(&self) -> bool {
        false
    }

    /// Orders that were put in through the API, oldest first: the caller's reference, and the order.
    fn taken_orders(&self) -> Vec<(String, TwinOrder)> {
        Vec::new()
    }

    /// Addresses that webhooks were subscribed to through the API, one for each subscription that is in force.
    fn subscriptions(&self) -> Vec<String> {
        Vec::new()
    }

    /// Makes the next matching request or requests go wrong.
    fn inject(&self, fault: Fault);

    /// API requests answered so far.
    fn requests(&self) -> u64;
}

/// Refuses lines that ask for more than is shown; units of one listing on several lines count together.
pub(crate) fn check_shown(lines: &[TwinLine], shown: impl Fn(&str) -> i64) -> Result<(), SoldOut> {
    for line in lines {
        let same = lines.iter().filter(|other| other.listing == line.listing);
        let asked = same.fold(0_u32, |sum, other| sum.saturating_add(other.quantity));
        let shown = shown(&line.listing);
        if shown < i64::from(asked) {
            return Err(SoldOut { listing: line.listing.clone(), shown, asked });
        }
    }
    Ok(())
}

/// Takes a lock; a thread that died while holding it must not take the whole twin with it.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
