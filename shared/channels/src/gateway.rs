//! The gate to all channels: every channel wrapped once, and calls that answer for each thing asked.

use crate::account::AccountReport;
use crate::ask::{Ask, Reply};
use crate::channel::{Channel, Clock, LookedUp, Session, StockOutcome, StockReading, StockSet};
use crate::error::ChannelError;
use crate::forward::{OrderNews, OrderToForward};
use crate::http::Http;
use crate::listings::ListingPage;
use crate::login::{Grant, LinkAsk, Tokens};
use crate::paging::{Cursor, OrderPage, Pulled, Window};
use crate::registry;
use crate::secrets::Secrets;
use crate::wrappers::{Chunked, Logged, LoggedIn, Paced, Retried, TimeLimited, Tries};
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ListingId, OrderId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The time one call has.
    pub call_timeout: Duration,
    /// Calls in all for one piece of work.
    pub tries: u32,
    /// The longest wait before a call: for its place, or before another try.
    pub wait_max: Duration,
}

impl Default for Limits {
    /// One piece of work ends within half a minute: three calls, two pauses, three waits for a place.
    fn default() -> Self {
        Self { call_timeout: Duration::from_secs(6), tries: 3, wait_max: Duration::from_secs(2) }
    }
}

/// One account: whose it is and what opens it.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The tenant.
    pub shop: &'a Shop,
    /// The account.
    pub connection: &'a Connection,
    /// Its secrets.
    pub secrets: &'a Secrets,
}

/// A channel, wrapped, and the way out to its own hosts.
struct Gate {
    channel: Arc<dyn Channel>,
    http: Http,
}

/// All channels, wrapped, with the way out and the clock.
pub struct Gateway {
    channels: BTreeMap<&'static str, Gate>,
    /// For a connection whose channel is unknown: no call is made, but a session can be had.
    http: Http,
    clock: Clock,
}

impl Gateway {
    /// Every channel of the registry, messengers too.
    pub fn new(http: Http, clock: Clock, limits: Limits) -> Self {
        let all = registry::all().into_iter().chain(registry::messengers()).collect();
        Self::with_channels(all, http, clock, limits)
    }

    /// These channels instead, for tests.
    pub fn with_channels(channels: Vec<Arc<dyn Channel>>, http: Http, clock: Clock, limits: Limits) -> Self {
        let gate = |channel: Arc<dyn Channel>| {
            let facts = channel.facts();
            (facts.channel, Gate { http: http.bound_to(facts), channel: wrap(channel, limits) })
        };
        Self { channels: channels.into_iter().map(gate).collect(), http, clock }
    }

    /// The way out that is bound to no channel: for messages to people.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// The channel of that name, wrapped.
    pub fn channel(&self, name: &str) -> Option<Arc<dyn Channel>> {
        self.channels.get(name).map(|gate| gate.channel.clone())
    }

    /// What a call to one account needs. Its way out leads only to the hosts of the account's channel.
    pub fn session<'a>(
        &'a self,
        shop: &'a Shop,
        connection: &'a Connection,
        secrets: &'a Secrets,
    ) -> Session<'a> {
        let http = self.channels.get(connection.channel.as_str()).map_or(&self.http, |gate| &gate.http);
        Session { shop, connection, secrets, http, clock: &self.clock, token: None }
    }

    /// Reads orders; every id is answered, also when the whole call failed.
    pub async fn look_up_orders(
        &self,
        shop: &Shop,
        connection: &Connection,
        secrets: &Secrets,
        ids: &[OrderId],
    ) -> Vec<LookedUp> {
        let session = self.session(shop, connection, secrets);
        let result = match self.require(connection) {
            Ok(channel) => channel.look_up_orders(&session, ids).await,
            Err(error) => Err(error),
        };
        let failed = |error: ChannelError| ids.iter().map(|id| (id.clone(), Err(error.clone()))).collect();
        result.unwrap_or_else(failed)
    }

    /// Sets what listings show; every listing is answered, also when the whole call failed.
    pub async fn set_stock(
        &self,
        shop: &Shop,
        connection: &Connection,
        secrets: &Secrets,
        sets: &[StockSet],
    ) -> Vec<StockOutcome> {
        let session = self.session(shop, connection, secrets);
        let result = match self.require(connection) {
            Ok(channel) => channel.set_stock(&session, sets).await,
            Err(error) => Err(error),
        };
        let failed =
            |error: ChannelError| sets.iter().map(|set| (set.listing.clone(), Err(error.clone()))).collect();
        result.unwrap_or_else(failed)
    }

    /// Reads what listings show, or what a till holds.
    pub async fn read_stock(
        &self,
        shop: &Shop,
        connection: &Connection,
        secrets: &Secrets,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        let session = self.session(shop, connection, secrets);
        self.require(connection)?.read_stock(&session, listings).await
    }

    /// One page of orders.
    pub async fn list_orders(
        &self,
        account: &Account<'_>,
        window: Window,
        cursor: Option<&Cursor>,
    ) -> Result<OrderPage, ChannelError> {
        match self.ask(account, &Ask::Orders(window, cursor)).await? {
            Reply::Orders(page) => Ok(page),
            _ => Err(mixed_up()),
        }
    }

    /// Events that wait at the channel.
    pub async fn pull_events(
        &self,
        account: &Account<'_>,
        taken: Option<&Cursor>,
    ) -> Result<Pulled, ChannelError> {
        match self.ask(account, &Ask::Events(taken)).await? {
            Reply::Events(pulled) => Ok(pulled),
            _ => Err(mixed_up()),
        }
    }

    /// One page of what is on sale.
    pub async fn list_listings(
        &self,
        account: &Account<'_>,
        cursor: Option<&Cursor>,
    ) -> Result<ListingPage, ChannelError> {
        match self.ask(account, &Ask::Listings(cursor)).await? {
            Reply::Listings(page) => Ok(page),
            _ => Err(mixed_up()),
        }
    }

    /// Puts an order into the account.
    pub async fn forward_order(
        &self,
        account: &Account<'_>,
        order: &OrderToForward,
    ) -> Result<OrderId, ChannelError> {
        match self.ask(account, &Ask::Forward(order)).await? {
            Reply::Forwarded(id) => Ok(id),
            _ => Err(mixed_up()),
        }
    }

    /// The order there that carries our reference.
    pub async fn find_forwarded(
        &self,
        account: &Account<'_>,
        reference: &str,
    ) -> Result<Option<OrderId>, ChannelError> {
        match self.ask(account, &Ask::FindForwarded(reference)).await? {
            Reply::Found(found) => Ok(found),
            _ => Err(mixed_up()),
        }
    }

    /// The sales that came of an order which the account took.
    pub async fn sales_of(
        &self,
        account: &Account<'_>,
        order: &OrderId,
    ) -> Result<Vec<OrderId>, ChannelError> {
        match self.ask(account, &Ask::Sales(order)).await? {
            Reply::Sales(sales) => Ok(sales),
            _ => Err(mixed_up()),
        }
    }

    /// Tells the channel what became of one of its orders.
    pub async fn carry_status(&self, account: &Account<'_>, news: &OrderNews) -> Result<(), ChannelError> {
        self.ask(account, &Ask::Carry(news)).await.map(|_| ())
    }

    /// The page on which a person grants us the account.
    pub fn grant_link(&self, account: &Account<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
        let session = self.session(account.shop, account.connection, account.secrets);
        self.require(account.connection)?.grant_link(&session, ask)
    }

    /// Turns what the browser brought back into tokens; never done twice.
    pub async fn redeem_grant(
        &self,
        account: &Account<'_>,
        grant: &Grant<'_>,
    ) -> Result<Tokens, ChannelError> {
        match self.ask(account, &Ask::Redeem(grant)).await? {
            Reply::Tokens(tokens) => Ok(tokens),
            _ => Err(mixed_up()),
        }
    }

    /// The next tokens of the account.
    pub async fn renew_login(&self, account: &Account<'_>) -> Result<Tokens, ChannelError> {
        match self.ask(account, &Ask::Renew).await? {
            Reply::Tokens(tokens) => Ok(tokens),
            _ => Err(mixed_up()),
        }
    }

    /// What the channel says about the account.
    pub async fn inspect_account(&self, account: &Account<'_>) -> Result<AccountReport, ChannelError> {
        match self.ask(account, &Ask::Inspect).await? {
            Reply::Account(report) => Ok(report),
            _ => Err(mixed_up()),
        }
    }

    /// Asks for webhooks to be sent to this address.
    pub async fn subscribe_webhooks(&self, account: &Account<'_>, url: &str) -> Result<(), ChannelError> {
        self.ask(account, &Ask::Subscribe(url)).await.map(|_| ())
    }

    async fn ask(&self, account: &Account<'_>, ask: &Ask<'_>) -> Result<Reply, ChannelError> {
        let session = self.session(account.shop, account.connection, account.secrets);
        self.require(account.connection)?.ask(&session, ask).await
    }

    fn require(&self, connection: &Connection) -> Result<Arc<dyn Channel>, ChannelError> {
        let unknown = || ChannelError::misconfigured(format!("channel {:?} is unknown", connection.channel));
        self.channel(&connection.channel).ok_or_else(unknown)
    }
}

/// A channel that answers another question than it was asked: a mistake of ours, told rather than hidden.
fn mixed_up() -> ChannelError {
    ChannelError::unreadable("the connector answered another question")
}

/// The wrappers around one channel, the innermost first.
fn wrap(channel: Arc<dyn Channel>, limits: Limits) -> Arc<dyn Channel> {
    let logged = Arc::new(Logged::new(channel));
    let limited = Arc::new(TimeLimited::new(logged, limits.call_timeout));
    let paced = Arc::new(Paced::new(limited, limits.wait_max));
    let tries = Tries { tries: limits.tries, wait_max: limits.wait_max };
    let retried = Arc::new(Retried::new(paced, tries));
    Arc::new(Chunked::new(Arc::new(LoggedIn::new(retried))))
}
