//! Tries a failed call again a few times, but only where doing it twice can harm nobody.

use super::{forward_local, spread, take_failed};
use crate::ask::{Ask, Reply};
use crate::channel::{Channel, Login, LookedUp, Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind, Next};
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};
use std::sync::Arc;
use std::time::Duration;

/// The first pause between tries; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// How often to try, and how long to wait at most between tries.
#[derive(Debug, Clone, Copy)]
pub struct Tries {
    /// Calls in all, at least one.
    pub tries: u32,
    /// The longest pause. A channel that asks for more is not called again now.
    pub wait_max: Duration,
}

/// Reads are tried again whenever that may help. A stock write only when it was certainly not applied: after
/// a time-out the caller must wait until the lost call can no longer arrive, so it is not tried again here.
pub struct Retried {
    inner: Arc<dyn Channel>,
    limit: Tries,
}

impl Retried {
    /// Wraps a channel.
    pub fn new(inner: Arc<dyn Channel>, limit: Tries) -> Self {
        Self { inner, limit }
    }

    /// The pause before the next try; none when there is to be no next try.
    fn pause(&self, failures: &[&ChannelError], tried: u32) -> Option<Duration> {
        if tried >= self.limit.tries.max(1) {
            return None;
        }
        let asked = |error: &&ChannelError| match error.next {
            Next::Wait(wait) => Some(wait),
            Next::Retry | Next::Park => None,
        };
        match failures.iter().filter_map(asked).max() {
            Some(wait) if wait > self.limit.wait_max => None,
            Some(wait) => Some(wait),
            None => Some(jitter(FIRST_PAUSE * 2_u32.saturating_pow(tried - 1)).min(self.limit.wait_max)),
        }
    }
}

/// Between half and the whole of the pause, so that those who failed together do not return together. A thread's jitter
/// can be seeded, so that a simulated day replays exactly.
fn jitter(pause: Duration) -> Duration {
    let half = pause / 2;
    let range = u64::try_from(half.as_millis()).unwrap_or(u64::MAX).max(1);
    half + Duration::from_millis(fastrand::u64(..range))
}

fn read_again(error: &ChannelError) -> bool {
    let is_ours = error.kind != ErrorKind::LoginExpired && !error.is_for_the_caller();
    error.next != Next::Park && is_ours && !error.persistent
}

/// Only what was certainly not applied. What has changed meanwhile was not either, but the same write again would meet the
/// same refusal: whoever asked must look first.
fn set_again(error: &ChannelError) -> bool {
    matches!(error.kind, ErrorKind::RateLimited | ErrorKind::Unavailable) && read_again(error)
}

fn given_up(mut error: ChannelError) -> ChannelError {
    error.persistent = true;
    error
}

#[async_trait]
impl Channel for Retried {
    forward_local!();

    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        let mut found: Vec<LookedUp> = Vec::new();
        let mut left = ids.to_vec();
        for tried in 1.. {
            let result = self.inner.look_up_orders(session, &left).await;
            let mut answers = result.unwrap_or_else(|error| spread(left.iter().cloned(), &error));
            let failed = take_failed(&mut answers, read_again);
            found.append(&mut answers);
            let errors: Vec<&ChannelError> = failed.iter().map(|(_, error)| error).collect();
            match self.pause(&errors, tried) {
                Some(pause) if !failed.is_empty() => tokio::time::sleep(pause).await,
                _ => {
                    found.extend(failed.into_iter().map(|(id, error)| (id, Err(given_up(error)))));
                    break;
                }
            }
            left = failed.into_iter().map(|(id, _)| id).collect();
        }
        Ok(found)
    }

    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        let mut outcomes: Vec<StockOutcome> = Vec::new();
        let mut left = sets.to_vec();
        for tried in 1.. {
            let result = self.inner.set_stock(session, &left).await;
            let names = left.iter().map(|set| set.listing.clone());
            let mut answers = result.unwrap_or_else(|error| spread(names, &error));
            let failed = take_failed(&mut answers, set_again);
            outcomes.append(&mut answers);
            let errors: Vec<&ChannelError> = failed.iter().map(|(_, error)| error).collect();
            match self.pause(&errors, tried) {
                Some(pause) if !failed.is_empty() => tokio::time::sleep(pause).await,
                _ => {
                    outcomes
                        .extend(failed.into_iter().map(|(listing, error)| (listing, Err(given_up(error)))));
                    break;
                }
            }
            left.retain(|set| failed.iter().any(|(listing, _)| *listing == set.listing));
        }
        Ok(outcomes)
    }

    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        let mut tried = 1;
        loop {
            let error = match self.inner.read_stock(session, listings).await {
                Err(error) if read_again(&error) => error,
                answer => return answer,
            };
            let Some(pause) = self.pause(&[&error], tried) else { return Err(given_up(error)) };
            tokio::time::sleep(pause).await;
            tried += 1;
        }
    }

    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError> {
        let mut tried = 1;
        loop {
            let error = match self.inner.log_in(session).await {
                Err(error) if read_again(&error) => error,
                answer => return answer,
            };
            let Some(pause) = self.pause(&[&error], tried) else { return Err(given_up(error)) };
            tokio::time::sleep(pause).await;
            tried += 1;
        }
    }

    async fn ask(&self, session: &Session<'_>, ask: &Ask<'_>) -> Result<Reply, ChannelError> {
        let again = if ask.is_read() { read_again } else { set_again };
        let mut tried = 1;
        loop {
            let error = match self.inner.ask(session, ask).await {
                Err(error) if again(&error) => error,
                answer => return answer,
            };
            let Some(pause) = self.pause(&[&error], tried) else { return Err(given_up(error)) };
            tokio::time::sleep(pause).await;
            tried += 1;
        }
    }
}
