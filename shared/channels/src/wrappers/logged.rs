//! One line for each call: whose, what, how long, how it ended; never a body, a token or a buyer.

use super::forward_local;
use crate::ask::{Ask, Reply};
use crate::channel::{Channel, Login, LookedUp, Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind};
use crate::secrets::without;
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};
use secrecy::ExposeSecret;
use std::sync::Arc;
use tokio::time::Instant;

/// Logs around the bare channel, so that every try has its line.
pub struct Logged {
    inner: Arc<dyn Channel>,
}

impl Logged {
    /// Wraps a channel.
    pub fn new(inner: Arc<dyn Channel>) -> Self {
        Self { inner }
    }

    /// `asked` parts in the call, `failed` of them failed by themselves.
    fn line(
        &self,
        session: &Session<'_>,
        verb: &'static str,
        asked: usize,
        start: Instant,
        outcome: Result<Failures, &ChannelError>,
    ) {
        let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (shop, connection) = (session.shop.id.as_str(), session.connection.id.as_str());
        let channel = self.inner.facts().channel;
        match outcome {
            Ok(Failures { failed, kinds }) => tracing::debug!(
                shop.id = shop,
                connection.id = connection,
                channel.name = channel,
                verb,
                asked,
                failed,
                error.kinds = ?kinds,
                ms,
                "channel call answered"
            ),
            Err(error) => tracing::info!(
                shop.id = shop, connection.id = connection, channel.name = channel, verb, asked, ms,
                error.kind = ?error.kind, error.detail = error.detail.as_str(),
                "channel call failed"
            ),
        }
    }
}

/// An answer in parts, each done or failed by itself.
type Parts<K, T> = Result<Vec<(K, Result<T, ChannelError>)>, ChannelError>;

/// The failure without our own secrets, should the channel have repeated them.
fn clean(session: &Session<'_>, mut error: ChannelError) -> ChannelError {
    error.detail = session.secrets.redact(&error.detail);
    if let Some(token) = &session.token {
        error.detail = without(&error.detail, token.expose_secret());
    }
    error
}

/// The same for an answer with parts of its own.
fn clean_parts<K, T>(session: &Session<'_>, result: Parts<K, T>) -> Parts<K, T> {
    let part = |(key, part): (K, Result<T, ChannelError>)| (key, part.map_err(|e| clean(session, e)));
    result.map(|parts| parts.into_iter().map(part).collect()).map_err(|e| clean(session, e))
}

/// Parts of an answer that failed by themselves: how many, and in which ways, each told once.
#[derive(Default)]
struct Failures {
    failed: usize,
    kinds: Vec<ErrorKind>,
}

fn failures<K, T>(answers: &[(K, Result<T, ChannelError>)]) -> Failures {
    let mut found = Failures::default();
    for error in answers.iter().filter_map(|(_, result)| result.as_ref().err()) {
        found.failed += 1;
        if !found.kinds.contains(&error.kind) {
            found.kinds.push(error.kind);
        }
    }
    found
}

#[async_trait]
impl Channel for Logged {
    forward_local!();

    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        let start = Instant::now();
        let result = clean_parts(session, self.inner.look_up_orders(session, ids).await);
        let outcome = result.as_ref().map(|answers| failures(answers));
        self.line(session, "look_up_orders", ids.len(), start, outcome);
        result
    }

    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        let start = Instant::now();
        let result = clean_parts(session, self.inner.set_stock(session, sets).await);
        let outcome = result.as_ref().map(|answers| failures(answers));
        self.line(session, "set_stock", sets.len(), start, outcome);
        result
    }

    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        let start = Instant::now();
        let result = self.inner.read_stock(session, listings).await.map_err(|e| clean(session, e));
        self.line(session, "read_stock", listings.len(), start, result.as_ref().map(|_| Failures::default()));
        result
    }

    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError> {
        let start = Instant::now();
        let result = self.inner.log_in(session).await.map_err(|e| clean(session, e));
        self.line(session, "log_in", 1, start, result.as_ref().map(|_| Failures::default()));
        result
    }

    async fn ask(&self, session: &Session<'_>, ask: &Ask<'_>) -> Result<Reply, ChannelError> {
        let start = Instant::now();
        let result = self.inner.ask(session, ask).await.map_err(|e| clean(session, e));
        self.line(session, ask.verb().title(), 1, start, result.as_ref().map(|_| Failures::default()));
        result
    }
}
