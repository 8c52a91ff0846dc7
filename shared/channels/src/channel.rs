//! What every channel is asked to do, and the plain values it answers with.

use crate::account::AccountReport;
use crate::ask::{Ask, Reply};
use crate::error::ChannelError;
use crate::facts::{Facts, Verb};
use crate::forward::{OrderNews, OrderToForward};
use crate::http::Http;
use crate::listings::ListingPage;
use crate::login::{ACCESS_TOKEN, Grant, LEARNED, LinkAsk, Tokens};
use crate::paging::{Cursor, OrderPage, Pulled, Window};
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
    /// The query's names and values, decoded, in order; empty as a rule.
    pub query: Vec<(String, String)>,
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

    /// The one value of a query parameter. None when it is missing or given twice.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(key, _)| key == name);
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

impl Door<'_> {
    /// An account setting, written in the shop's file or learned with a login.
    pub fn account(&self, name: &str) -> Option<&str> {
        account(self.connection, self.secrets, name)
    }
}

/// An account setting: the shop's file decides, what was learned with a login comes second.
fn account<'a>(connection: &'a Connection, secrets: &'a Secrets, name: &str) -> Option<&'a str> {
    let written = connection.account.get(name).map(String::as_str).filter(|value| !value.trim().is_empty());
    written.or_else(|| secrets.get(&format!("{LEARNED}{name}")).ok())
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
    /// A till tells how many units a branch holds. Where the till can be read, it only makes us read the level
    /// ourselves; where it cannot ([`crate::facts::Verb::ReadStock`] is not claimed), it is believed.
    StockLevel {
        /// The till's product.
        listing: ListingId,
        /// The till's own name of the store.
        branch: String,
        /// Units it claims.
        on_hand: i64,
        /// When that was true, where the till tells; none for the time at which the message reached us.
        as_of: Option<Timestamp>,
    },
    /// Signed and read, but of no concern to orders or stock (a profile change, an echo of our own write).
    Nothing {
        /// What it was, for the log.
        topic: String,
    },
}

/// A part of what a channel tells, or why it cannot be read.
pub type NoticeOrReason = Result<Notice, ParkReason>;

/// What the webhook says; a part that cannot be read does not take the others along.
pub type Notices = Vec<NoticeOrReason>;

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
        let value = account(self.connection, self.secrets, name);
        value.ok_or_else(|| ChannelError::misconfigured(format!("account setting {name:?} is missing")))
    }

    /// The token to call with: the short login fetched for this call, or the one that was granted and stored.
    pub fn access_token(&self) -> Result<&str, ChannelError> {
        use secrecy::ExposeSecret;
        if let Some(token) = &self.token {
            return Ok(token.expose_secret());
        }
        let missing = |_| ChannelError::login_expired("no login yet: `hopkenh connect` gets one");
        self.secrets.get(ACCESS_TOKEN).map_err(missing)
    }

    /// Where logins are given: the account setting `auth_url`, or the connection's own override of the API, or the
    /// channel's own address.
    pub fn auth_url<'s>(&'s self, default: &'s str) -> &'s str {
        let own = self.connection.account.get("auth_url").map(String::as_str);
        own.or(self.connection.base_url.as_deref()).unwrap_or(default).trim_end_matches('/')
    }
}

/// One order asked for: the order, or why it could not be had.
pub type LookedUp = (OrderId, Result<ChannelOrder, ChannelError>);

/// A quantity a listing must show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockSet {
    /// Which listing.
    pub listing: ListingId,
    /// Units to show once it is done; with [`How::Gross`] the channel's gross number.
    pub quantity: u32,
    /// How to get there.
    pub how: How,
}

/// How a quantity is written: what the channel compares, adds or overwrites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Overwrite whatever is shown (write class K4).
    Blind,
    /// Only if this many are still shown; another number shown refuses the write as changed meanwhile (K1).
    IfShown(u32),
    /// Add so many to what is shown, refused where it would end below zero (K2).
    By(i64),
    /// Overwrite the channel's gross number, from which it subtracts its own open orders itself (K3).
    Gross,
}

impl How {
    /// What people read, such as "add to stock"; the same for all writes that may share a call.
    pub fn title(self) -> &'static str {
        match self {
            How::Blind => "overwrite stock",
            How::IfShown(_) => "set stock only while a number is still shown",
            How::By(_) => "add to stock",
            How::Gross => "set gross stock",
        }
    }

    /// True when the same write made twice is the same as once, and the last of several is what counts.
    pub fn is_overwriting(self) -> bool {
        matches!(self, How::Blind | How::Gross)
    }
}

impl StockSet {
    /// Overwrites what the listing shows.
    pub fn blind(listing: ListingId, quantity: u32) -> Self {
        Self { listing, quantity, how: How::Blind }
    }
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
    /// The channel's gross number, where it keeps one: what is shown and its own open orders together.
    pub gross: Option<i64>,
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

    /// Sets what listings show, at most [`Facts::listings_per_write_max`], all in the same way ([`How`]), which the
    /// account's write class has. Every listing is answered once; a refusal of one does not hide another's success.
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
    async fn log_in(&self, _session: &Session<'_>) -> Result<Login, ChannelError> {
        Err(ChannelError::unsupported("log in"))
    }

    /// Any of the calls of [`Ask`]. A connector leaves it as it is and writes the verb's own method; the wrappers
    /// write only this.
    async fn ask(&self, session: &Session<'_>, ask: &Ask<'_>) -> Result<Reply, ChannelError> {
        crate::ask::hand_over(self, session, ask).await
    }

    /// The text to answer a `GET` with, by which a channel asks whether the address is ours; none when it is not
    /// that question, or the word it was agreed on is wrong.
    fn answer_challenge(&self, _door: &Door<'_>, _request: &WebhookRequest) -> Option<String> {
        None
    }

    /// One page of orders that changed within the window, oldest change first where the channel sorts. `cursor` is
    /// the last page's [`Page::next`](crate::paging::Page::next); the window stays the same over all pages and is
    /// at most [`ListFacts::window_max_s`](crate::facts::ListFacts) long.
    async fn list_orders(
        &self,
        _session: &Session<'_>,
        _window: Window,
        _cursor: Option<&Cursor>,
    ) -> Result<OrderPage, ChannelError> {
        Err(ChannelError::unsupported("list orders"))
    }

    /// Events that wait at the channel. `taken` is the receipt of the last pull: what it stood for is safe with us
    /// and is forgotten by the channel. Without it the same events come again.
    async fn pull_events(
        &self,
        _session: &Session<'_>,
        _taken: Option<&Cursor>,
    ) -> Result<Pulled, ChannelError> {
        Err(ChannelError::unsupported("pull events"))
    }

    /// One page of what is on sale, by the channel's immutable ids.
    async fn list_listings(
        &self,
        _session: &Session<'_>,
        _cursor: Option<&Cursor>,
    ) -> Result<ListingPage, ChannelError> {
        Err(ChannelError::unsupported("list listings"))
    }

    /// Puts an order of another channel into this account; its number here. Not again after a time-out: look first.
    async fn forward_order(
        &self,
        _session: &Session<'_>,
        _order: &OrderToForward,
    ) -> Result<OrderId, ChannelError> {
        Err(ChannelError::unsupported("forward an order"))
    }

    /// The order that carries our reference, if it has arrived.
    async fn find_forwarded(
        &self,
        _session: &Session<'_>,
        _reference: &str,
    ) -> Result<Option<OrderId>, ChannelError> {
        Err(ChannelError::unsupported("forward an order"))
    }

    /// The sales that the account's people made of an order that it took, for [`Channel::look_up_orders`].
    async fn sales_of(&self, _session: &Session<'_>, _order: &OrderId) -> Result<Vec<OrderId>, ChannelError> {
        Err(ChannelError::unsupported("tell sales of an order"))
    }

    /// Tells the channel what became of one of its orders: only news of [`Facts::carries`]. Telling the same news
    /// twice is harmless or refused, never done twice.
    async fn carry_status(&self, _session: &Session<'_>, _news: &OrderNews) -> Result<(), ChannelError> {
        Err(ChannelError::unsupported("carry a status back"))
    }

    /// The page on which a person grants us the account. No network: the link is put together here.
    fn grant_link(&self, _session: &Session<'_>, _ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
        Err(ChannelError::unsupported("grant a login"))
    }

    /// Turns what the browser brought back into tokens. A code works once, so this is never repeated.
    async fn redeem_grant(&self, _session: &Session<'_>, _grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
        Err(ChannelError::unsupported("grant a login"))
    }

    /// Gets the next tokens with the stored refresh token. Where it works once only, an answer that is lost is a
    /// login that is lost, so this is repeated only when the call certainly did not arrive.
    async fn renew_login(&self, _session: &Session<'_>) -> Result<Tokens, ChannelError> {
        Err(ChannelError::unsupported("renew a login"))
    }

    /// What the channel says about the account: rights, stores, webhooks.
    async fn inspect_account(&self, _session: &Session<'_>) -> Result<AccountReport, ChannelError> {
        Err(ChannelError::unsupported("inspect the account"))
    }

    /// Asks for webhooks to be sent to this address; asking twice leaves one subscription.
    async fn subscribe_webhooks(&self, _session: &Session<'_>, _url: &str) -> Result<(), ChannelError> {
        Err(ChannelError::unsupported("subscribe to webhooks"))
    }
}
