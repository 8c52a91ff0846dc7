//! A person changes an account's keys while its tokens are renewed by themselves: neither writes over the other.

use crate::logins::{self, HELD_FOR};
use channels::channel::Clock;
use channels::login;
use lambda_kit::secret_store::{SecretStore, SecretValues, StoreError, ready};
use secrecy::ExposeSecret;
use std::time::Duration;
use table::connection_item::{Account, ConnectionState};
use table::{Table, TableError};

/// How often it is looked whether the login is free.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Why keys were not stored.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// The table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody holds the login all the time.
    #[error("the login of this account is being renewed all the time; try again in a minute")]
    Busy,
}

/// Stores what a person changed from `before` to `after`, over what lies in the store at that moment.
pub async fn change_secrets(
    table: &Table,
    store: &SecretStore,
    clock: &Clock,
    account: &Account,
    (before, after): (&SecretValues, &SecretValues),
) -> Result<(), NotChanged> {
    let begun = tokio::time::Instant::now();
    let anyway = |state: &ConnectionState, _| Some(state.clone());
    let held = loop {
        if let Some(held) = logins::hold(table, account, clock, anyway).await? {
            break held;
        }
        if begun.elapsed() > HELD_FOR {
            return Err(NotChanged::Busy);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    };
    let (shop, connection) = account;
    let found = store.load(shop, std::slice::from_ref(connection)).await;
    let stored = match found.map(|mut found| found.remove(connection).unwrap_or_default()) {
        Ok(now) => {
            let now = merged(now, before, after);
            store.put(shop, connection, &now).await.map(|()| now)
        }
        Err(error) => Err(error),
    };
    // Who held the login before may have stored tokens and gone without a word.
    let secrets = stored.as_ref().map(ready).unwrap_or_default();
    let known = &held.state.login;
    let is_newer = login::version(&secrets) > known.version;
    let login = if is_newer { logins::read_login(&secrets, clock()) } else { known.clone() };
    logins::let_go(table, &held, &login).await?;
    stored?;
    Ok(())
}

/// The values as they lie there, with what the person changed.
fn merged(mut now: SecretValues, before: &SecretValues, after: &SecretValues) -> SecretValues {
    now.retain(|name, _| after.contains_key(name) || !before.contains_key(name));
    for (name, value) in after {
        let same = before.get(name).is_some_and(|earlier| earlier.expose_secret() == value.expose_secret());
        if !same {
            now.insert(name.clone(), value.clone());
        }
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    fn values(pairs: &[(&str, &str)]) -> SecretValues {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), SecretString::from(*value));
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn tokens_renewed_meanwhile_stay_and_the_person_gets_what_was_asked_for() {
        let before = values(&[("key", "1"), ("key_old", "0"), ("access_token", "a1")]);
        let after = values(&[("key", "2"), ("more", "m"), ("access_token", "a1")]);
        let now = values(&[("key", "1"), ("key_old", "0"), ("access_token", "a2"), ("learned", "7")]);
        let got = merged(now, &before, &after);
        let got: Vec<(&str, &str)> =
            got.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        assert_eq!(got, [("access_token", "a2"), ("key", "2"), ("learned", "7"), ("more", "m")]);
    }
}
