//! Keeps an account's short login and renews it once, however many calls find it dead at the same time.

use super::{Account, Answers, account, forward_local, lock, spread, take_failed};
use crate::ask::{Ask, Reply};
use crate::channel::{Channel, Login, LookedUp, Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind};
use crate::facts::Verb;
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// A login is renewed this long before its end, so that it does not die on the way.
const EARLY: Duration = Duration::from_secs(60);
/// A failed login is not tried again by those who waited for it.
const FAILURE_KEPT: Duration = Duration::from_secs(5);

/// Logs in where the channel needs it; a caller's own token is left alone.
pub struct LoggedIn {
    inner: Arc<dyn Channel>,
    logins: Mutex<HashMap<Account, Arc<tokio::sync::Mutex<Slot>>>>,
}

/// One account's login. Whoever holds its lock is the one that renews it.
#[derive(Default)]
struct Slot {
    login: Option<Login>,
    failed: Option<(Instant, ChannelError)>,
}

impl LoggedIn {
    /// Wraps a channel.
    pub fn new(inner: Arc<dyn Channel>) -> Self {
        Self { inner, logins: Mutex::default() }
    }

    /// The token to use, and whether it is ours to renew.
    async fn token(
        &self,
        session: &Session<'_>,
        dead: Option<&SecretString>,
    ) -> Result<Option<SecretString>, ChannelError> {
        if session.token.is_some() || !self.inner.facts().can(Verb::LogIn) {
            return Ok(session.token.clone());
        }
        let slot = lock(&self.logins).entry(account(session)).or_default().clone();
        let mut slot = slot.lock().await;
        if let Some(login) = slot.login.as_ref().filter(|login| is_good(login, session, dead)) {
            return Ok(Some(login.token.clone()));
        }
        if let Some((_, error)) = slot.failed.as_ref().filter(|(at, _)| at.elapsed() < FAILURE_KEPT) {
            return Err(error.clone());
        }
        slot.login = None;
        match self.inner.log_in(session).await {
            Ok(login) => {
                let token = login.token.clone();
                *slot = Slot { login: Some(login), failed: None };
                Ok(Some(token))
            }
            Err(error) => {
                slot.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// A token in place of the dead one; none where there is nothing to renew.
    async fn renewed(
        &self,
        session: &Session<'_>,
        dead: Option<&SecretString>,
    ) -> Option<Result<SecretString, ChannelError>> {
        if session.token.is_some() || dead.is_none() {
            return None;
        }
        self.token(session, dead).await.transpose()
    }
}

fn is_good(login: &Login, session: &Session<'_>, dead: Option<&SecretString>) -> bool {
    let is_dead = dead.is_some_and(|dead| dead.expose_secret() == login.token.expose_secret());
    let ends = login.expires_at.saturating_sub(EARLY).unwrap_or(login.expires_at);
    !is_dead && (session.clock)() < ends
}

fn is_expired(error: &ChannelError) -> bool {
    error.kind == ErrorKind::LoginExpired
}

fn with_token<'s>(session: &Session<'s>, token: Option<SecretString>) -> Session<'s> {
    Session { token, ..session.clone() }
}

fn told<K: Clone, T>(
    result: Result<Answers<K, T>, ChannelError>,
    keys: impl Iterator<Item = K>,
) -> Answers<K, T> {
    result.unwrap_or_else(|error| spread(keys, &error))
}

#[async_trait]
impl Channel for LoggedIn {
    forward_local!();

    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        let token = self.token(session, None).await?;
        let first = with_token(session, token.clone());
        let mut answers = told(self.inner.look_up_orders(&first, ids).await, ids.iter().cloned());
        let expired = take_failed(&mut answers, is_expired);
        if expired.is_empty() {
            return Ok(answers);
        }
        let left: Vec<OrderId> = expired.iter().map(|(id, _)| id.clone()).collect();
        match self.renewed(session, token.as_ref()).await {
            None => answers.extend(expired.into_iter().map(|(id, error)| (id, Err(error)))),
            Some(Err(error)) => answers.extend(spread(left.into_iter(), &error)),
            Some(Ok(token)) => {
                let again = with_token(session, Some(token));
                let result = self.inner.look_up_orders(&again, &left).await;
                answers.extend(told(result, left.iter().cloned()));
            }
        }
        Ok(answers)
    }

    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        let token = self.token(session, None).await?;
        let first = with_token(session, token.clone());
        let names = sets.iter().map(|set| set.listing.clone());
        let mut answers = told(self.inner.set_stock(&first, sets).await, names);
        let expired = take_failed(&mut answers, is_expired);
        if expired.is_empty() {
            return Ok(answers);
        }
        match self.renewed(session, token.as_ref()).await {
            None => answers.extend(expired.into_iter().map(|(listing, error)| (listing, Err(error)))),
            Some(Err(error)) => {
                answers.extend(spread(expired.into_iter().map(|(listing, _)| listing), &error))
            }
            Some(Ok(token)) => {
                // A call refused for its login was not applied: it may be sent again.
                let is_left = |set: &&StockSet| expired.iter().any(|(listing, _)| *listing == set.listing);
                let left: Vec<StockSet> = sets.iter().filter(is_left).cloned().collect();
                let again = with_token(session, Some(token));
                let result = self.inner.set_stock(&again, &left).await;
                answers.extend(told(result, left.iter().map(|set| set.listing.clone())));
            }
        }
        Ok(answers)
    }

    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        let token = self.token(session, None).await?;
        let error = match self.inner.read_stock(&with_token(session, token.clone()), listings).await {
            Err(error) if is_expired(&error) => error,
            answer => return answer,
        };
        match self.renewed(session, token.as_ref()).await {
            None => Err(error),
            Some(token) => self.inner.read_stock(&with_token(session, Some(token?)), listings).await,
        }
    }

    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError> {
        self.inner.log_in(session).await
    }

    /// A call refused for its login was not carried out, so it may be made again with a new one.
    async fn ask(&self, session: &Session<'_>, ask: &Ask<'_>) -> Result<Reply, ChannelError> {
        if ask.makes_login() {
            return self.inner.ask(session, ask).await;
        }
        let token = self.token(session, None).await?;
        let error = match self.inner.ask(&with_token(session, token.clone()), ask).await {
            Err(error) if is_expired(&error) => error,
            answer => return answer,
        };
        match self.renewed(session, token.as_ref()).await {
            None => Err(error),
            Some(token) => self.inner.ask(&with_token(session, Some(token?)), ask).await,
        }
    }
}
