//! The gate to all channels: every channel wrapped once, and calls that answer for each thing asked.

use crate::channel::{Channel, Clock, LookedUp, Session, StockOutcome, StockReading, StockSet};
use crate::error::ChannelError;
use crate::http::Http;
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
    /// Every channel of the registry.
    pub fn new(http: Http, clock: Clock, limits: Limits) -> Self {
        Self::with_channels(registry::all(), http, clock, limits)
    }

    /// These channels instead, for tests.
    pub fn with_channels(channels: Vec<Arc<dyn Channel>>, http: Http, clock: Clock, limits: Limits) -> Self {
        let gate = |channel: Arc<dyn Channel>| {
            let facts = channel.facts();
            (facts.channel, Gate { http: http.bound_to(facts), channel: wrap(channel, limits) })
        };
        Self { channels: channels.into_iter().map(gate).collect(), http, clock }
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

    fn require(&self, connection: &Connection) -> Result<Arc<dyn Channel>, ChannelError> {
        let unknown = || ChannelError::misconfigured(format!("channel {:?} is unknown", connection.channel));
        self.channel(&connection.channel).ok_or_else(unknown)
    }
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
