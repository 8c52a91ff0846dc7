//! Keeps each account below the number of calls its channel allows, without one shop slowing another.

use super::{Account, account, forward_local, lock};
use crate::ask::{Ask, Reply};
use crate::channel::{Channel, Login, LookedUp, Session, StockOutcome, StockReading, StockSet};
use crate::error::ChannelError;
use crate::facts::Pace;
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// The account setting that replaces the channel's usual pace.
pub(super) const CALLS_PER_MINUTE: &str = "calls_per_minute";

/// A bucket of calls for each account, filled at the channel's pace. A call waits for its place if the wait
/// is short, and else is answered "too many calls" with the time to wait; it then takes no place.
pub struct Paced {
    inner: Arc<dyn Channel>,
    wait_max: Duration,
    /// For each account, when its bucket will be full again.
    full_at: Mutex<HashMap<Account, Instant>>,
}

impl Paced {
    /// Wraps a channel; no call waits longer than `wait_max` for its place.
    pub fn new(inner: Arc<dyn Channel>, wait_max: Duration) -> Self {
        Self { inner, wait_max, full_at: Mutex::default() }
    }

    /// Takes a place and tells how long to wait for it.
    pub(super) fn reserve(
        &self,
        account: Account,
        pace: Pace,
        now: Instant,
    ) -> Result<Duration, ChannelError> {
        let Pace { calls_per_minute, burst } = pace;
        let each = Duration::from_secs(60) / calls_per_minute.max(1);
        let ahead = each * burst.max(1).saturating_sub(1);
        let mut table = lock(&self.full_at);
        let full_at = table.entry(account).or_insert(now);
        let busy = full_at.saturating_duration_since(now);
        let wait = busy.saturating_sub(ahead);
        if wait > self.wait_max {
            return Err(ChannelError::rate_limited(Some(wait), "our own pace for this account"));
        }
        *full_at = now + busy + each;
        Ok(wait)
    }

    /// The channel's pace, or the account's own where its contract allows another.
    fn pace(&self, session: &Session<'_>) -> Pace {
        let own = session.connection.account.get(CALLS_PER_MINUTE).and_then(|text| text.parse().ok());
        let usual = self.inner.facts().pace;
        own.map_or(usual, |calls_per_minute: u32| Pace {
            calls_per_minute,
            burst: usual.burst.max(calls_per_minute / 10),
        })
    }

    async fn wait(&self, session: &Session<'_>) -> Result<(), ChannelError> {
        let wait = self.reserve(account(session), self.pace(session), Instant::now())?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }
}

#[async_trait]
impl Channel for Paced {
    forward_local!();

    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        self.wait(session).await?;
        self.inner.look_up_orders(session, ids).await
    }

    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        self.wait(session).await?;
        self.inner.set_stock(session, sets).await
    }

    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        self.wait(session).await?;
        self.inner.read_stock(session, listings).await
    }

    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError> {
        self.wait(session).await?;
        self.inner.log_in(session).await
    }

    async fn ask(&self, session: &Session<'_>, ask: &Ask<'_>) -> Result<Reply, ChannelError> {
        self.wait(session).await?;
        self.inner.ask(session, ask).await
    }
}
