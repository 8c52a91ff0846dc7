//! Every minute: logins that end soon, or that a channel refused, get their next tokens before anybody notices.
//!
//! One login is renewed by one hand at a time: it is held in the table, the secrets are read afresh, the channel is
//! asked, and the answer is stored **before anything else is done**; then its version is noted and the login let go. A
//! crash in between leaves the login held until its time is up; whoever comes next reads the store, and either finds the
//! new tokens there and needs no call, or asks again with the old ones.

use crate::keep_tokens::{KeepTokens, NotStored};
use crate::login_news::LoginNews;
use crate::logins::{self, Held};
use crate::refused_login::is_granted;
use channels::channel::Clock;
use channels::error::{ChannelError, ErrorKind, Next};
use channels::facts::Verb;
use channels::gateway::{Account, Gateway};
use channels::login::{self, Tokens};
use commerce::Timestamp;
use commerce::catalogue::{Connection, Shop};
use commerce::login::{FailureKind, Login, LoginStep, next_step};
use futures::StreamExt;
use lambda_kit::metrics::{self, Unit};
use lambda_kit::secret_store::{SecretStore, SecretValues, ready};
use lambda_kit::shop_source::{ShopSource, Wanted};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use table::connection_item::ConnectionState;
use table::shop_item::Registered;
use table::{Table, TableError};

/// How many logins are renewed at once.
const SIDE_BY_SIDE: usize = 8;
/// How many shops are looked at together.
const SHOPS_MAX: usize = 100;
/// No further renewal is begun after this long; the next run goes on with those that end first.
const TIME_MAX: Duration = Duration::from_secs(40);
/// How long new tokens are tried to be stored.
const STORE_FOR: Duration = Duration::from_secs(45);

/// What this function needs.
#[derive(Clone)]
pub struct RenewLogins {
    /// Shops; their secrets are read by itself.
    pub shops: ShopSource,
    /// Where tokens lie.
    pub store: SecretStore,
    /// The channels.
    pub gateway: Arc<Gateway>,
    /// The book.
    pub table: Table,
    /// The time.
    pub clock: Clock,
}

/// What one run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Renewal {
    /// Accounts whose login a person grants.
    pub logins: usize,
    /// Those that got new tokens now.
    pub renewed: usize,
    /// Those whose new tokens were found in the store: somebody broke off before noting them.
    pub adopted: usize,
    /// Those whose renewal failed for now.
    pub failed: usize,
    /// Those that end soon unless a person does something.
    pub expiring: usize,
    /// Those that only a person can bring back.
    pub lost: usize,
}

/// An account to look at.
struct Granted {
    shop: Arc<Shop>,
    connection: Connection,
    entry: Registered,
    renewable: bool,
    state: ConnectionState,
}

/// How it is with one login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Fine,
    Due,
    Expiring,
    Lost,
    Renewed,
    Adopted,
    Failed,
}

/// How holding a login ended.
enum End {
    /// Nothing had to be done.
    Nothing,
    /// New tokens are stored.
    Renewed(Login),
    /// The store held newer ones than the table knew.
    Adopted(Login),
    /// It may go well next time.
    Failed(String),
    /// Only a person can help.
    Lost(String),
    /// Somebody else has taken it; what they note counts.
    TakenOver,
}

impl RenewLogins {
    /// Looks at all logins and renews those that are due, as far as the time goes.
    pub async fn handle(&self) -> Result<Renewal, TableError> {
        let begun = tokio::time::Instant::now();
        let (mut renewal, mut due) = (Renewal::default(), Vec::new());
        let entries = self.table.registered().await?;
        for entries in entries.chunks(SHOPS_MAX) {
            for account in self.granted(entries).await? {
                renewal.logins += 1;
                match look(&account, (self.clock)()) {
                    Verdict::Due => due.push(account),
                    verdict => renewal.count(verdict),
                }
            }
        }
        due.sort_by_key(|account| account.state.login.access_ends_at);
        let verdicts = futures::stream::iter(due).map(async |account| {
            if begun.elapsed() < TIME_MAX { self.try_one(&account).await } else { Verdict::Failed }
        });
        let verdicts: Vec<Verdict> = verdicts.buffer_unordered(SIDE_BY_SIDE).collect().await;
        verdicts.into_iter().for_each(|verdict| renewal.count(verdict));
        tell(&renewal);
        Ok(renewal)
    }

    /// The accounts of these shops whose login a person grants, with what is known of each.
    async fn granted(&self, entries: &[Registered]) -> Result<Vec<Granted>, TableError> {
        let wanted = entries.iter().map(|entry| (entry.shop.clone(), Wanted::default())).collect();
        let shops = self.shops.load(&wanted).await;
        let mut found = Vec::new();
        for entry in entries {
            let Some(shop) = shops.catalogue().shops.get(&entry.shop) else { continue };
            for connection in shop.with_logins() {
                let Some(channel) = self.gateway.channel(&connection.channel) else { continue };
                let renewable = channel.facts().can(Verb::RenewLogin);
                if renewable || is_granted(channel.facts()) {
                    let (shop, connection) = (shop.clone(), connection.clone());
                    let state = ConnectionState::default();
                    found.push(Granted { shop, connection, entry: entry.clone(), renewable, state });
                }
            }
        }
        let accounts: Vec<_> = found.iter().map(Granted::account).collect();
        let mut known = self.table.load_connections(&accounts, false).await?;
        for (granted, account) in found.iter_mut().zip(&accounts) {
            granted.state = known.remove(account).unwrap_or_default();
            self.begin_given(granted).await?;
        }
        Ok(found)
    }

    /// Where a person gives a refresh token in place of a grant in the browser, the first token is due at once.
    async fn begin_given(&self, granted: &mut Granted) -> Result<(), TableError> {
        let is_given = granted.connection.channel == channels::zalo::FACTS.channel;
        if is_given && granted.state.login == Login::default() {
            logins::report_refused(&self.table, &granted.account(), 0, true).await?;
            granted.state.login.refused_version = Some(0);
        }
        Ok(())
    }

    async fn try_one(&self, account: &Granted) -> Verdict {
        let (shop, connection) = (&account.shop.id, &account.connection.id);
        match self.see_to(account).await {
            Ok(verdict) => verdict,
            Err(error) => {
                tracing::warn!(%shop, %connection, %error, "login not looked at; the next run does it");
                Verdict::Failed
            }
        }
    }

    /// Holds the login, does what is due, notes it, lets go.
    async fn see_to(&self, account: &Granted) -> Result<Verdict, TableError> {
        let renewable = account.renewable;
        let wanted = |state: &ConnectionState, now| {
            (decide(state, now, renewable) == Verdict::Due).then(|| state.clone())
        };
        let Some(mut held) = logins::hold(&self.table, &account.account(), &self.clock, wanted).await? else {
            return Ok(Verdict::Fine);
        };
        let end = self.work(account, &mut held).await;
        self.settle(account, &held, end).await
    }

    async fn work(&self, account: &Granted, held: &mut Held) -> End {
        let values = match self.fresh(account).await {
            Ok(values) => values,
            Err(why) => return End::Failed(why),
        };
        let (stored, now) = (ready(&values), (self.clock)());
        if login::version(&stored) > held.state.login.version {
            return End::Adopted(logins::read_login(&stored, now));
        }
        match next_step(now, &held.state.login, account.renewable) {
            LoginStep::Renew => self.renew(account, held, values).await,
            LoginStep::Lost if held.state.login.is_lost() => End::Nothing,
            LoginStep::Lost => {
                End::Lost("it has ended, and the channel gives no other one for it".to_owned())
            }
            LoginStep::Nothing | LoginStep::WarnExpiring => End::Nothing,
        }
    }

    /// The account's secrets as they lie in the store at this moment.
    async fn fresh(&self, account: &Granted) -> Result<SecretValues, String> {
        let id = &account.connection.id;
        let found = self.store.load(&account.shop.id, std::slice::from_ref(id)).await;
        let mut found = found.map_err(|error| error.detail)?;
        Ok(found.remove(id).unwrap_or_default())
    }

    async fn renew(&self, account: &Granted, held: &mut Held, values: SecretValues) -> End {
        let secrets = ready(&values);
        let asked = Account { shop: &account.shop, connection: &account.connection, secrets: &secrets };
        let mut answer = self.gateway.renew_login(&asked).await;
        if answer.as_ref().is_err_and(ChannelError::is_ambiguous) {
            // Some channels answer the same question again with the same tokens, for a short while.
            answer = self.gateway.renew_login(&asked).await;
        }
        match answer {
            Ok(tokens) => self.keep(held, values, &tokens).await,
            Err(error) if is_final(&error) => self.given_up(account, held, &error).await,
            Err(error) => End::Failed(error.to_string()),
        }
    }

    /// The first thing done with new tokens: until they are stored, nobody may use them and nothing else matters.
    async fn keep(&self, held: &mut Held, mut values: SecretValues, tokens: &Tokens) -> End {
        let version = login::version(&ready(&values)).max(held.state.login.version) + 1;
        tokens.put_into(&mut values, version);
        let keep = KeepTokens { table: &self.table, store: &self.store, clock: &self.clock };
        match keep.keep(held, &values, STORE_FOR).await {
            Ok(()) => End::Renewed(logins::read_login(&ready(&values), (self.clock)())),
            Err(NotStored::TakenOver) => End::TakenOver,
            Err(error) => End::Failed(error.to_string()),
        }
    }

    /// The channel says no for good; unless a person has granted the login anew in the meantime, it is lost.
    async fn given_up(&self, account: &Granted, held: &Held, error: &ChannelError) -> End {
        if let Ok(values) = self.fresh(account).await {
            let stored = ready(&values);
            if login::version(&stored) > held.state.login.version {
                return End::Adopted(logins::read_login(&stored, (self.clock)()));
            }
        }
        End::Lost(error.to_string())
    }

    async fn settle(&self, account: &Granted, held: &Held, end: End) -> Result<Verdict, TableError> {
        let (before, now) = (&held.state.login, (self.clock)());
        let news = LoginNews { table: &self.table };
        let (login, verdict) = match end {
            End::TakenOver => return Ok(Verdict::Fine),
            End::Nothing => (before.clone(), look_at(before, now, account.renewable)),
            End::Renewed(login) => (remember(before, login, now), Verdict::Renewed),
            End::Adopted(login) => (remember(before, login, now), Verdict::Adopted),
            // What is lost stays lost, whatever the try once an hour has met.
            End::Failed(why) if before.is_lost() => {
                (before.failed(now, FailureKind::Lost, &why), Verdict::Lost)
            }
            End::Failed(why) => (before.failed(now, FailureKind::Passing, &why), Verdict::Failed),
            End::Lost(why) => (before.failed(now, FailureKind::Lost, &why), Verdict::Lost),
        };
        say(&held.account, &login, verdict);
        if verdict == Verdict::Lost && !before.is_lost() {
            news.lost(&held.account, &login).await?;
        }
        logins::let_go(&self.table, held, &login).await?;
        if matches!(verdict, Verdict::Renewed | Verdict::Adopted) {
            news.back(&held.account, before, Some(&account.entry)).await?;
        }
        Ok(verdict)
    }
}

/// A login that its channel refused before its end is remembered: the morning report tells of it.
fn remember(before: &Login, new: Login, now: Timestamp) -> Login {
    let is_over = before.access_ends_at.is_some_and(|ends_at| ends_at <= now);
    let is_early = before.is_refused() && !before.is_lost() && !is_over;
    Login { ended_early_at: if is_early { Some(now) } else { before.ended_early_at }, ..new }
}

impl Granted {
    fn account(&self) -> table::connection_item::Account {
        (self.shop.id.clone(), self.connection.id.clone())
    }
}

impl Renewal {
    fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Fine | Verdict::Due => {}
            Verdict::Expiring => self.expiring += 1,
            Verdict::Lost => self.lost += 1,
            Verdict::Renewed => self.renewed += 1,
            Verdict::Adopted => self.adopted += 1,
            Verdict::Failed => self.failed += 1,
        }
    }
}

fn tell(renewal: &Renewal) {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    metrics::tell(&[
        ("LoginsRenewed", Unit::Count, count(renewal.renewed)),
        ("LoginsFailed", Unit::Count, count(renewal.failed)),
        ("LoginsExpiringSoon", Unit::Count, count(renewal.expiring)),
        ("LoginsLost", Unit::Count, count(renewal.lost)),
    ]);
}

fn look(account: &Granted, now: Timestamp) -> Verdict {
    decide(&account.state, now, account.renewable)
}

/// Whether a login must be held and worked on, or how it is.
fn decide(state: &ConnectionState, now: Timestamp, renewable: bool) -> Verdict {
    if state.is_leased(now) {
        return Verdict::Fine;
    }
    if state.is_left_behind(now) {
        return Verdict::Due;
    }
    match next_step(now, &state.login, renewable) {
        LoginStep::Renew => Verdict::Due,
        // Not told yet.
        LoginStep::Lost if !state.login.is_lost() => Verdict::Due,
        _ => look_at(&state.login, now, renewable),
    }
}

fn look_at(login: &Login, now: Timestamp, renewable: bool) -> Verdict {
    match next_step(now, login, renewable) {
        LoginStep::Lost => Verdict::Lost,
        LoginStep::WarnExpiring => Verdict::Expiring,
        LoginStep::Nothing | LoginStep::Renew => Verdict::Fine,
    }
}

/// True when asking again with the same refresh token is of no use.
fn is_final(error: &ChannelError) -> bool {
    error.kind == ErrorKind::LoginExpired || error.next == Next::Park
}

fn say(account: &table::connection_item::Account, login: &Login, verdict: Verdict) {
    let (shop, connection, version) = (&account.0, &account.1, login.version);
    let why = login.failure.as_ref().map(|failure| failure.detail.as_str()).unwrap_or_default();
    match verdict {
        Verdict::Renewed => tracing::info!(%shop, %connection, version, "login renewed"),
        Verdict::Adopted => tracing::info!(%shop, %connection, version, "new tokens found in the store"),
        Verdict::Failed => tracing::warn!(%shop, %connection, version, why, "login not renewed; tried again"),
        Verdict::Lost => {
            tracing::error!(%shop, %connection, version, why, "login lost: a person must grant it")
        }
        Verdict::Fine | Verdict::Due | Verdict::Expiring => {}
    }
}
