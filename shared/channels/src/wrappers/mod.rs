//! What every channel call is wrapped in, once for all channels: pieces, login, tries, pace, time limit, log.
//!
//! From outside to inside: [`Chunked`], [`LoggedIn`], [`Retried`], [`Paced`], [`TimeLimited`], [`Logged`],
//! the channel.

mod chunked;
mod logged;
mod logged_in;
mod paced;
mod permitted;
mod retried;
mod time_limited;

#[cfg(test)]
mod tests;

pub use chunked::Chunked;
pub use logged::Logged;
pub use logged_in::LoggedIn;
pub use paced::Paced;
pub use retried::{Retried, Tries};
pub use time_limited::TimeLimited;

use crate::channel::Session;
use crate::error::ChannelError;
use commerce::ids::{ConnectionId, ShopId};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The parts of a channel that touch no network are handed through as they are.
macro_rules! forward_local {
    () => {
        fn facts(&self) -> &'static $crate::facts::Facts {
            self.inner.facts()
        }

        fn call_group<'l>(
            &self,
            verb: $crate::facts::Verb,
            listing: &'l commerce::ids::ListingId,
        ) -> &'l str {
            self.inner.call_group(verb, listing)
        }

        fn verify_webhook(
            &self,
            door: &$crate::channel::Door<'_>,
            request: &$crate::channel::WebhookRequest,
        ) -> $crate::channel::Verdict {
            self.inner.verify_webhook(door, request)
        }

        fn read_webhook(
            &self,
            door: &$crate::channel::Door<'_>,
            request: &$crate::channel::WebhookRequest,
        ) -> $crate::channel::Notices {
            self.inner.read_webhook(door, request)
        }

        fn answer_challenge(
            &self,
            door: &$crate::channel::Door<'_>,
            request: &$crate::channel::WebhookRequest,
        ) -> Option<String> {
            self.inner.answer_challenge(door, request)
        }

        fn grant_link(
            &self,
            session: &$crate::channel::Session<'_>,
            ask: &$crate::login::LinkAsk<'_>,
        ) -> Result<String, $crate::error::ChannelError> {
            self.inner.grant_link(session, ask)
        }
    };
}
use forward_local;

/// Whose login and whose pace: never shared between shops.
type Account = (ShopId, ConnectionId);

fn account(session: &Session<'_>) -> Account {
    (session.shop.id.clone(), session.connection.id.clone())
}

/// A panic elsewhere does not make our small tables wrong: each change to them is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers with their names, such as [`crate::channel::LookedUp`].
type Answers<K, T> = Vec<(K, Result<T, ChannelError>)>;

/// A failure of the whole call, told for each of its parts.
fn spread<K: Clone, T>(keys: impl Iterator<Item = K>, error: &ChannelError) -> Answers<K, T> {
    keys.map(|key| (key, Err(error.clone()))).collect()
}

/// Takes out the answers whose failure is worth another call.
fn take_failed<K, T>(
    answers: &mut Answers<K, T>,
    again: impl Fn(&ChannelError) -> bool,
) -> Vec<(K, ChannelError)> {
    let mut failed = Vec::new();
    let mut kept = Vec::new();
    for (key, result) in answers.drain(..) {
        match result {
            Err(error) if again(&error) => failed.push((key, error)),
            result => kept.push((key, result)),
        }
    }
    *answers = kept;
    failed
}
