//! When a channel refuses an account's token: is there a newer one already, or must it be renewed, and when to come back.

use crate::logins;
use channels::channel::Channel;
use channels::error::{ChannelError, ErrorKind};
use channels::facts::Facts;
use channels::login::{self, ACCESS_TOKEN, LoginKind};
use channels::secrets::Secrets;
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::shop_source::ShopSource;
use std::sync::Arc;
use std::time::Duration;
use table::Table;

/// When a message comes back that was refused for its login, by its tries. A renewal takes a minute at most; the later
/// ones outlast a channel that gives no tokens for a while.
const WAITS_S: [u64; 5] = [5, 20, 90, 300, 900];
/// When it comes back if there is another token already.
const SOON: Duration = Duration::from_secs(1);

/// What was found out about a refused token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The store holds another one already.
    Replaced,
    /// It must be renewed.
    Due,
}

impl Refusal {
    /// When a message comes back that was tried this often.
    pub fn wait(self, tries: u32) -> Duration {
        match self {
            Refusal::Replaced => SOON,
            Refusal::Due => {
                let last = WAITS_S.len() - 1;
                let place = usize::try_from(tries.saturating_sub(1)).unwrap_or(last).min(last);
                Duration::from_secs(WAITS_S[place])
            }
        }
    }
}

/// True for an account whose login a person grants: such a login is renewed by itself, not within the call.
pub fn is_granted(facts: &Facts) -> bool {
    matches!(facts.login, LoginKind::Granted { .. })
}

/// True where this failure of this channel is a refused login that `renew-logins` takes care of.
pub fn is_refusal(channel: Option<&Arc<dyn Channel>>, error: &ChannelError) -> bool {
    error.kind == ErrorKind::LoginExpired && channel.is_some_and(|channel| is_granted(channel.facts()))
}

/// Reads the account's secrets again, and if the refused token is still the newest, says so in the table. `tries` is how
/// often the message was tried: at the second time it is sure that nobody has stored another one.
pub async fn look_into(
    shops: &ShopSource,
    table: &Table,
    (shop, connection): (&ShopId, &ConnectionId),
    refused: &Secrets,
    tries: u32,
) -> Refusal {
    let Some(again) = shops.read_again(shop).await else { return Refusal::Due };
    let newest = again.secrets(shop, connection);
    if newest.get(ACCESS_TOKEN).ok() != refused.get(ACCESS_TOKEN).ok() {
        return Refusal::Replaced;
    }
    let account = (shop.clone(), connection.clone());
    let reported = logins::report_refused(table, &account, login::version(refused), tries > 1).await;
    if let Err(error) = reported {
        tracing::warn!(%shop, %connection, %error, "refused login not noted; the next message does it");
    }
    Refusal::Due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_longer_each_time_and_hardly_when_there_is_a_new_token() {
        let waits: Vec<u64> = (1..=7).map(|tries| Refusal::Due.wait(tries).as_secs()).collect();
        assert_eq!(waits, [5, 20, 90, 300, 900, 900, 900]);
        assert_eq!(Refusal::Replaced.wait(5), SOON);
    }
}
