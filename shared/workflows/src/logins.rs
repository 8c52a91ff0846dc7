//! Whoever changes an account's login holds it first, so that no two get tokens at once; and how others learn of it.
//!
//! Tokens lie in the secret store alone. The table holds their version, when they end, and who holds the login. All
//! writes carry the revision they were planned from, so that of two only one counts.

use channels::channel::Clock;
use channels::login::{self, ACCESS_EXPIRES_AT, REFRESH_EXPIRES_AT};
use channels::secrets::Secrets;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ShopId};
use commerce::login::Login;
use sha2::{Digest, Sha256};
use std::time::Duration;
use table::connection_item::{Account, ConnectionState, Lease, PendingGrant};
use table::{Table, TableError};

/// How long a login is held: longer than a channel is ever waited for, so that nobody asks while an answer is on its way.
pub const HELD_FOR: Duration = Duration::from_secs(90);
/// How long a person has for granting a login in the browser.
pub const GRANT_LIVES: Duration = Duration::from_secs(15 * 60);
/// Rounds of reading and writing until somebody else has been quicker each time.
const ROUNDS_MAX: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// A login that is held: nobody else changes it until it is let go or its time is up.
#[derive(Debug, Clone)]
pub struct Held {
    /// Whose.
    pub account: Account,
    /// By which right.
    pub lease: Lease,
    /// What was known when it was taken.
    pub state: ConnectionState,
}

/// What is known of an account's login: its version grows with each new set of tokens, so who waits for a grant
/// compares that.
pub async fn login_state(
    table: &Table,
    shop: &ShopId,
    connection: &ConnectionId,
) -> Result<ConnectionState, TableError> {
    read(table, &(shop.clone(), connection.clone())).await
}

/// Begins a grant: the answer is the `state` that goes into the channel's link and must come back with the browser to
/// `redirect_url` within [`GRANT_LIVES`]. An earlier grant of this account that is still open ends.
pub async fn begin_grant(
    table: &Table,
    shop: &ShopId,
    connection: &ConnectionId,
    redirect_url: &str,
    clock: &Clock,
) -> Result<String, TableError> {
    let nonce = random_text();
    let grant = PendingGrant {
        digest: digest(&nonce),
        until: clock() + GRANT_LIVES,
        redirect_url: redirect_url.to_owned(),
        used: false,
    };
    let account = (shop.clone(), connection.clone());
    let with_grant =
        |state: &ConnectionState| Some(ConnectionState { grant: Some(grant.clone()), ..state.clone() });
    change(table, &account, with_grant).await?;
    Ok(format!("{shop}.{connection}.{nonce}"))
}

/// The digest of a grant's random part: what lies in the table lets nobody finish a grant.
pub fn digest(nonce: &str) -> String {
    hex::encode(Sha256::digest(nonce.as_bytes()))
}

/// Notes that a channel refused this version, once. Nothing is noted when there is another by now, unless the caller is
/// `sure` that the store still holds this one: then the table is ahead of the store, and it is the table's that is dead.
pub async fn report_refused(
    table: &Table,
    account: &Account,
    version: u64,
    sure: bool,
) -> Result<(), TableError> {
    let with_report = |state: &ConnectionState| {
        let known = state.login.version;
        let concerns_us = known <= version || sure;
        if !concerns_us || state.login.is_refused() {
            return None;
        }
        let login = Login { refused_version: Some(known), ..state.login.clone() };
        Some(ConnectionState { login, ..state.clone() })
    };
    if change(table, account, with_report).await?.is_some() {
        tracing::warn!(shop = %account.0, connection = %account.1, version, "login refused; it is renewed");
    }
    Ok(())
}

/// Takes hold of a login if it is wanted and nobody else holds it; `wanted` may also change the state as it is taken.
pub async fn hold(
    table: &Table,
    account: &Account,
    clock: &Clock,
    wanted: impl Fn(&ConnectionState, Timestamp) -> Option<ConnectionState> + Sync,
) -> Result<Option<Held>, TableError> {
    let id = random_text();
    let take = |state: &ConnectionState| {
        let now = clock();
        if state.lease.as_ref().is_some_and(|lease| lease.id == id) {
            // Written already, only the answer was lost.
            return Some(state.clone());
        }
        if state.is_leased(now) {
            return None;
        }
        let lease = Some(Lease { id: id.clone(), until: now + HELD_FOR });
        Some(ConnectionState { lease, ..wanted(state, now)? })
    };
    let Some(state) = change(table, account, take).await? else { return Ok(None) };
    let Some(lease) = state.lease.clone() else { return Ok(None) };
    Ok(Some(Held { account: account.clone(), lease, state }))
}

/// Holds a login for as long again; false when somebody else has taken it meanwhile.
pub async fn hold_longer(table: &Table, held: &mut Held, clock: &Clock) -> Result<bool, TableError> {
    let id = held.lease.id.clone();
    let extend = |state: &ConnectionState| {
        let lease = Lease { id: id.clone(), until: clock() + HELD_FOR };
        is_mine(state, &id).then(|| ConnectionState { lease: Some(lease), ..state.clone() })
    };
    let extended = change(table, &held.account, extend).await?;
    if let Some(lease) = extended.as_ref().and_then(|state| state.lease.clone()) {
        held.lease = lease;
    }
    Ok(extended.is_some())
}

/// Lets a login go and says what is known of it now; nothing is written when somebody else has taken it meanwhile.
pub async fn let_go(table: &Table, held: &Held, login: &Login) -> Result<(), TableError> {
    let settle = |state: &ConnectionState| {
        let settled = ConnectionState { login: login.clone(), lease: None, ..state.clone() };
        is_mine(state, &held.lease.id).then_some(settled)
    };
    change(table, &held.account, settle).await.map(|_| ())
}

fn is_mine(state: &ConnectionState, id: &str) -> bool {
    state.lease.as_ref().is_some_and(|lease| lease.id == id)
}

/// What a set of secrets says of the login in it.
pub fn read_login(secrets: &Secrets, now: Timestamp) -> Login {
    Login {
        version: login::version(secrets),
        since: Some(now),
        access_ends_at: login::time(secrets, ACCESS_EXPIRES_AT),
        refresh_ends_at: login::time(secrets, REFRESH_EXPIRES_AT),
        refused_version: None,
        ended_early_at: None,
        failure: None,
    }
}

/// Plans from what the table holds and writes it, again and again until nobody else was quicker. None when the plan
/// says that there is nothing to write. A plan is made anew after an answer that was lost, so it must know its own work.
async fn change(
    table: &Table,
    account: &Account,
    plan: impl Fn(&ConnectionState) -> Option<ConnectionState> + Sync,
) -> Result<Option<ConnectionState>, TableError> {
    let mut pause = FIRST_PAUSE;
    let mut round = 1;
    loop {
        let error = match try_change(table, account, &plan).await {
            Err(error) if error.is_passing() && round < ROUNDS_MAX => error,
            answer => return answer,
        };
        tracing::debug!(%error, "login not noted; planned again");
        let most_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        tokio::time::sleep(Duration::from_millis(fastrand::u64(most_ms / 2..=most_ms))).await;
        pause *= 2;
        round += 1;
    }
}

async fn try_change(
    table: &Table,
    account: &Account,
    plan: &(impl Fn(&ConnectionState) -> Option<ConnectionState> + Sync),
) -> Result<Option<ConnectionState>, TableError> {
    let state = read(table, account).await?;
    match plan(&state) {
        Some(next) => table.save_connection(account, &next).await.map(Some),
        None => Ok(None),
    }
}

async fn read(table: &Table, account: &Account) -> Result<ConnectionState, TableError> {
    let mut known = table.load_connections(std::slice::from_ref(account), true).await?;
    Ok(known.remove(account).unwrap_or_default())
}

/// 128 bits that nobody can guess.
fn random_text() -> String {
    format!("{:032x}", rand::random::<u128>())
}
