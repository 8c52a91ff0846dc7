//! What every channel is asked to do, and the plain values it answers with.

use crate::error::ChannelError;
use crate::facts::{Facts, Verb};
use crate::http::Http;
use crate::secrets::Secrets;
use async_trait::async_trait;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ListingId, OrderId};
use commerce::order::ChannelOrder;
use commerce::park::ParkReason;
use secrecy::SecretString;
use std::sync::Arc;

/// Gives the time; a value at the door, so that rules and tests choose it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A webhook exactly as it reached us: raw bytes, no parsing done.
#[derive(Debug, Clone)]
pub struct WebhookRequest {
    /// `POST`, or `GET` for a subscription check.
    pub method: String,
    /// Header names in small letters with their values.
    pub headers: Vec<(String, String)>,
    /// The body as received.
    pub body: Vec<u8>,
}

impl WebhookRequest {
    /// The one value of a header. None when it is missing or given twice: a doubled signature is no
    /// signature.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let first = values.next()?;
        if values.next().is_some() { None } else { Some(first.1.as_str()) }
    }
}

/// Whose webhook it claims to be.
#[derive(Clone, Copy)]
pub struct Door<'a> {
    /// The tenant.
    pub shop: &'a Shop,
    /// The account.
    pub connection: &'a Connection,
    /// The account's secrets.
    pub secrets: &'a Secrets,
}

/// The answer of the signature check, which never parses the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Signed with a key of ours.
    Signed {
        /// Which documented form matched, for the log.
        form: &'static str,
    },
    /// Unsigned, and documented to be so (a ping): answered politely, nothing read.
    HarmlessUnsigned,
    /// Forged, tampered or unsigned.
    Refused {
        /// Why, for the log; never shown to the caller.
        why: &'static str,
    },
}

/// One thing a webhook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A whole order.
    Order(Box<ChannelOrder>),
    /// An order changed; ask for it.
    OrderChanged {
        /// Which.
        order: OrderId,
    },
    /// A till tells how many units a branch holds; it only makes us read the level ourselves.
    StockLevel {
        /// The till's product.
        listing: ListingId,
        /// The till's own name of the store.
        branch: String,
        /// Units it claims.
        on_hand: i64,
    },
    /// Signed and read, but of no concern to orders or stock (a profile change, an echo of our own write).
    Nothing {
        /// What it was, for the log.
        topic: String,
    },
}

/// What the webhook says; a part that cannot be read does not take the others along.
pub type Notices = Vec<Result<Notice, ParkReason>>;

/// What is needed to call one account's API.
#[derive(Clone)]
pub struct Session<'a> {
    /// The tenant.
    pub shop: &'a Shop,
    /// The account.
    pub connection: &'a Connection,
    /// The account's secrets.
    pub secrets: &'a Secrets,
    /// The way out: bounded, without redirects, to this channel's hosts only.
    pub http: &'a Http,
    /// The time, for signatures and "as of".
    pub clock: &'a Clock,
    /// A token from [`Channel::log_in`], where the channel uses short logins.
    pub token: Option<SecretString>,
}

impl Session<'_> {
    /// The address of the API: the connection's override, or the channel's own.
    pub fn base_url<'s>(&'s self, default: &'s str) -> &'s str {
        self.connection.base_url.as_deref().unwrap_or(default).trim_end_matches('/')
    }

    /// An account setting that is not secret; the error names it.
    pub fn account(&self, name: &str) -> Result<&str, ChannelError> {
        let value = self.connection.account.get(name).map(String::as_str);
        value.ok_or_else(|| ChannelError::misconfigured(format!("account setting {name:?} is missing")))
    }
}

/// One order asked for: the order, or why it could not be had.
pub type LookedUp = (OrderId, Result<ChannelOrder, ChannelError>);

/// A quantity a listing must show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockSet {
    /// Which listing.
    pub listing: ListingId,
    /// Units to show.
    pub quantity: u32,
}

/// What became of one [`StockSet`].
pub type StockOutcome = (ListingId, Result<(), ChannelError>);

/// What a channel says a listing has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockReading {
    /// Which listing.
    pub listing: ListingId,
    /// The channel's own store name, where it keeps stock per store.
    pub branch: Option<String>,
    /// Units: what a marketplace shows, or what a till holds.
    pub quantity: i64,
    /// The time at which this was certainly not yet stale: the start of our request.
    pub as_of: Timestamp,
}

/// A short login, such as an OAuth access token.
#[derive(Clone)]
pub struct Login {
    /// The token.
    pub token: SecretString,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The fixed surface of a channel. It translates; it holds no stock sums, no retry, no sleep and no state.
///
/// A verb that a channel's [`Facts::verbs`] do not claim answers [`ChannelError::unsupported`].
#[async_trait]
pub trait Channel: Send + Sync {
    /// What this channel can do and how it behaves, as data.
    fn facts(&self) -> &'static Facts;

    /// Which listings may share one stock call: those with equal answers. It lets the wrappers cut the work
    /// so that one verb is one HTTP call, to be paced, limited in time and tried again on its own.
    fn call_group<'l>(&self, _verb: Verb, _listing: &'l ListingId) -> &'l str {
        ""
    }

    /// Checks the signature over the raw bytes in constant time, before anything is parsed.
    fn verify_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Verdict;

    /// Translates a verified webhook. The whole body unreadable is one `Err` part, naming the field.
    fn read_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Notices;

    /// Reads whole orders, at most [`Facts::orders_per_look_up_max`]. Every id asked for is answered once.
    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError>;

    /// Sets what listings show, at most [`Facts::listings_per_write_max`]. Every listing is answered once; a
    /// refusal of one does not hide another's success.
    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError>;

    /// Reads what listings show (or a till holds). Listings the channel does not know are left out.
    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError>;

    /// Gets a short login from the account's long-lived secrets.
    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError>;
}
