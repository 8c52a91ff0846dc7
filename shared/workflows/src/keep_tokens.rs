//! Storing new tokens the moment they come, and again and again while the login is held: lost here, they are lost for good.

use crate::logins::{self, Held};
use channels::channel::Clock;
use lambda_kit::secret_store::{SecretStore, SecretValues};
use std::time::Duration;
use table::Table;

/// Nothing is stored when the login is held for less than this: a call on its way may still be applied that late.
const MARGIN: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Stores tokens.
#[derive(Clone, Copy)]
pub struct KeepTokens<'a> {
    /// Who holds the login.
    pub table: &'a Table,
    /// Where tokens lie.
    pub store: &'a SecretStore,
    /// The time.
    pub clock: &'a Clock,
}

/// Why tokens were not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// Somebody else has taken the login: their tokens are newer than ours.
    #[error("somebody else has taken the login meanwhile")]
    TakenOver,
    /// The store did not take them, however often.
    #[error("the new tokens could not be stored: {0}")]
    Failed(String),
}

impl KeepTokens<'_> {
    /// Stores an account's secrets, trying for as long as that.
    pub async fn keep(
        &self,
        held: &mut Held,
        values: &SecretValues,
        longest: Duration,
    ) -> Result<(), NotStored> {
        let begun = tokio::time::Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            if !self.is_still_held(held).await {
                return Err(NotStored::TakenOver);
            }
            let (shop, connection) = &held.account;
            let Err(error) = self.store.put(shop, connection, values).await else { return Ok(()) };
            if begun.elapsed() + pause > longest {
                return Err(NotStored::Failed(error.detail));
            }
            tracing::warn!(%shop, %connection, %error, "new tokens not stored yet; tried again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// True when nobody else can have got tokens meanwhile. Who comes back late asks the table before anything is
    /// written over.
    async fn is_still_held(&self, held: &mut Held) -> bool {
        if (self.clock)() + MARGIN < held.lease.until {
            return true;
        }
        match logins::hold_longer(self.table, held, self.clock).await {
            Ok(still) => still,
            Err(_) => (self.clock)() < held.lease.until,
        }
    }
}
