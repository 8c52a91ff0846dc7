//! A person has granted us an account in the browser, and the channel sends the browser back: get tokens, store them.
//!
//! The `state` in the address names the account and carries a random part of which the table holds the digest, for
//! fifteen minutes and for one use. Whoever does not bring it gets nothing done and learns nothing. Nothing of the address
//! is ever shown or logged.

use crate::keep_tokens::KeepTokens;
use crate::login_news::LoginNews;
use crate::login_page::{self, Ending};
use crate::logins::{self, Held};
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use channels::channel::Clock;
use channels::error::{ChannelError, ErrorKind, Next};
use channels::facts::Verb;
use channels::gateway::{Account, Gateway};
use channels::login::{self, Grant, REFRESH_EXPIRES_AT, REFRESH_TOKEN};
use channels::url::read_pairs;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ShopId};
use commerce::login::Login;
use lambda_kit::secret_store::{SecretStore, ready};
use lambda_kit::shop_source::ShopSource;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;
use table::connection_item::{ConnectionState, PendingGrant};
use table::{Table, TableError};

/// How long a login is waited for that somebody else holds: a browser does not wait longer.
const WAIT_MAX: Duration = Duration::from_secs(8);
const WAIT_STEP: Duration = Duration::from_millis(500);
/// How long tokens are tried to be stored while the browser waits.
const STORE_FOR: Duration = Duration::from_secs(8);
/// The parameter of the address that carries the state.
const STATE: &str = "state";

/// What this function needs.
#[derive(Clone)]
pub struct FinishLogin {
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

/// Whose grant it claims to be.
struct Claim {
    shop: ShopId,
    connection: ConnectionId,
    digest: String,
}

impl FinishLogin {
    /// Handles the browser's request as the gateway hands it over.
    pub async fn handle(&self, event: ApiGatewayV2httpRequest) -> ApiGatewayV2httpResponse {
        let query = read_pairs(event.raw_query_string.as_deref().unwrap_or_default());
        login_page::answer(&self.finish(&query).await)
    }

    /// What came of it.
    pub async fn finish(&self, query: &[(String, String)]) -> Ending {
        let Some(claim) = Claim::read(query) else { return Ending::Unknown };
        let shops = self.shops.load_one(&claim.shop, Some(&claim.connection)).await;
        if shops.out_of_reach(&claim.shop).is_some() {
            return Ending::NotNow;
        }
        let Some((shop, connection)) = shops.connection(&claim.shop, &claim.connection) else {
            return Ending::Unknown;
        };
        match self.take(&claim).await {
            Ok(Ok(held)) => self.redeem(shop, connection, held, query).await,
            Ok(Err(ending)) => ending,
            Err(error) => {
                tracing::error!(shop = %shop.id, connection = %connection.id, %error, "grant not looked up");
                Ending::NotNow
            }
        }
    }

    /// Uses the grant up and holds the login, in one write; or why not.
    async fn take(&self, claim: &Claim) -> Result<Result<Held, Ending>, TableError> {
        let account = (claim.shop.clone(), claim.connection.clone());
        let begun = tokio::time::Instant::now();
        loop {
            let known = logins::login_state(&self.table, &claim.shop, &claim.connection).await?;
            if let Err(ending) = claim.check(known.grant.as_ref(), (self.clock)()) {
                return Ok(Err(ending));
            }
            let used_up = |state: &ConnectionState, now: Timestamp| {
                claim.check(state.grant.as_ref(), now).ok()?;
                let grant = state.grant.clone().map(|grant| PendingGrant { used: true, ..grant });
                Some(ConnectionState { grant, ..state.clone() })
            };
            if let Some(held) = logins::hold(&self.table, &account, &self.clock, used_up).await? {
                return Ok(Ok(held));
            }
            if begun.elapsed() >= WAIT_MAX {
                return Ok(Err(Ending::NotNow));
            }
            tokio::time::sleep(WAIT_STEP).await;
        }
    }

    async fn redeem(
        &self,
        shop: &Shop,
        connection: &Connection,
        mut held: Held,
        query: &[(String, String)],
    ) -> Ending {
        let (ending, login) = match self.get_tokens(shop, connection, &mut held, query).await {
            Ok(login) => (Ending::Connected { channel: self.title(connection) }, login),
            Err(ending) => (ending, held.state.login.clone()),
        };
        let version = login.version;
        tracing::info!(shop = %shop.id, connection = %connection.id, version, ?ending, "a grant came back");
        if let Err(error) = self.settle(&held, &login).await {
            // What is stored counts all the same: `renew-logins` finds it there.
            tracing::warn!(shop = %shop.id, connection = %connection.id, %error, "grant not noted yet");
        }
        ending
    }

    async fn get_tokens(
        &self,
        shop: &Shop,
        connection: &Connection,
        held: &mut Held,
        query: &[(String, String)],
    ) -> Result<Login, Ending> {
        let id = std::slice::from_ref(&connection.id);
        let loaded = self.store.load(&shop.id, id).await;
        let mut values = loaded.map_err(|_| Ending::NotNow)?.remove(&connection.id).unwrap_or_default();
        let secrets = ready(&values);
        let redirect_url = held.state.grant.as_ref().map(|grant| grant.redirect_url.clone());
        let grant = Grant { redirect_url: redirect_url.as_deref().unwrap_or_default(), query };
        let account = Account { shop, connection, secrets: &secrets };
        let redeemed = self.gateway.redeem_grant(&account, &grant).await;
        let tokens = redeemed.map_err(|error| refusal(shop, connection, &error))?;
        let version = login::version(&secrets).max(held.state.login.version) + 1;
        // Nothing of an earlier login may stand beside the new one.
        values.remove(REFRESH_TOKEN);
        values.remove(REFRESH_EXPIRES_AT);
        tokens.put_into(&mut values, version);
        let keep = KeepTokens { table: &self.table, store: &self.store, clock: &self.clock };
        keep.keep(held, &values, STORE_FOR).await.map_err(|error| {
            tracing::error!(shop = %shop.id, connection = %connection.id, %error, "a granted login is gone");
            Ending::NotStored
        })?;
        Ok(logins::read_login(&ready(&values), (self.clock)()))
    }

    async fn settle(&self, held: &Held, login: &Login) -> Result<(), TableError> {
        logins::let_go(&self.table, held, login).await?;
        if login.version == held.state.login.version {
            return Ok(());
        }
        let entries = self.table.registered().await?;
        let entry = entries.iter().find(|entry| entry.shop == held.account.0);
        let news = LoginNews { table: &self.table };
        news.back(&held.account, &held.state.login, entry).await
    }

    fn title(&self, connection: &Connection) -> &'static str {
        let channel = self.gateway.channel(&connection.channel).filter(|c| c.facts().can(Verb::GrantLogin));
        channel.map_or("", |channel| channel.facts().title)
    }
}

impl Claim {
    /// Reads the one `state` of the address; given twice it is none.
    fn read(query: &[(String, String)]) -> Option<Self> {
        let mut states = query.iter().filter(|(name, _)| name == STATE);
        let (_, state) = states.next()?;
        if states.next().is_some() {
            return None;
        }
        let mut parts = state.split('.');
        let (shop, connection, nonce) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let (shop, connection) = (ShopId::new(shop).ok()?, ConnectionId::new(connection).ok()?);
        Some(Self { shop, connection, digest: logins::digest(nonce) })
    }

    /// Whether this is the grant that was begun. Who does not know its random part learns nothing of it.
    fn check(&self, grant: Option<&PendingGrant>, now: Timestamp) -> Result<(), Ending> {
        let grant = grant.ok_or(Ending::Unknown)?;
        let is_it: bool = grant.digest.as_bytes().ct_eq(self.digest.as_bytes()).into();
        match is_it {
            false => Err(Ending::Unknown),
            true if grant.used => Err(Ending::Used),
            true if grant.until <= now => Err(Ending::Over),
            true => Ok(()),
        }
    }
}

fn refusal(shop: &Shop, connection: &Connection, error: &ChannelError) -> Ending {
    tracing::warn!(shop = %shop.id, connection = %connection.id, %error, "the channel gave no tokens");
    let is_final = error.next == Next::Park || error.kind == ErrorKind::LoginExpired;
    if is_final { Ending::Refused } else { Ending::NoAnswer }
}
