//! No call lasts for ever: after its time it is given up, and whether it was applied is then unknown.

use super::forward_local;
use crate::ask::{Ask, Reply};
use crate::channel::{Channel, Login, LookedUp, Session, StockOutcome, StockReading, StockSet};
use crate::error::ChannelError;
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};
use std::sync::Arc;
use std::time::Duration;

/// Gives each call the same time.
pub struct TimeLimited {
    inner: Arc<dyn Channel>,
    limit: Duration,
}

impl TimeLimited {
    /// Wraps a channel.
    pub fn new(inner: Arc<dyn Channel>, limit: Duration) -> Self {
        Self { inner, limit }
    }

    async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, ChannelError>> + Send,
    ) -> Result<T, ChannelError> {
        let late = || ChannelError::timed_out(format!("no answer in {} ms", self.limit.as_millis()));
        tokio::time::timeout(self.limit, call).await.unwrap_or_else(|_| Err(late()))
    }
}

#[async_trait]
impl Channel for TimeLimited {
    forward_local!();

    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        self.within(self.inner.look_up_orders(session, ids)).await
    }

    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        self.within(self.inner.set_stock(session, sets)).await
    }

    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        self.within(self.inner.read_stock(session, listings)).await
    }

    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError> {
        self.within(self.inner.log_in(session)).await
    }

    async fn ask(&self, session: &Session<'_>, ask: &Ask<'_>) -> Result<Reply, ChannelError> {
        self.within(self.inner.ask(session, ask)).await
    }
}
