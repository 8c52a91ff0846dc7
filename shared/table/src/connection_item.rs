//! What we know of an account's login, and who is getting the next one. Never a token: those lie in the secret store alone.
//!
//! `v` revision, grows by one with each write · `lv` login version · `la` when it came · `ae` `re` when access and refresh
//! token end · `rv` version that was refused · `ee` when one was
//! renewed that had been refused before its end · `fk` `fs` `fl` `fn` `fd` how a renewal failed: kind, first, last, how often,
//! why · `li` `lu` who holds the login and until when · `gd` `gu` `ga` `gx` a grant on its way: digest of its nonce, until
//! when, the address it returns to, whether it was used.

use crate::attributes::{
    Item, check_shape, get_number, get_number_or_none, get_text, get_text_or_none, get_time,
    get_time_or_none, new_item, number, text, time,
};
use crate::failure::TableError;
use crate::keys::Key;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ShopId};
use commerce::login::{Failure, FailureKind, Login};

/// An account of a shop.
pub type Account = (ShopId, ConnectionId);

/// The right to change an account's login. Whoever writes its entry of secrets holds this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it: a random text, so that one's own is known again.
    pub id: String,
    /// Until when.
    pub until: Timestamp,
}

/// A grant that a person is giving in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingGrant {
    /// The digest of the random part of its state.
    pub digest: String,
    /// Until when it may be used.
    pub until: Timestamp,
    /// Where the channel sends the browser afterwards.
    pub redirect_url: String,
    /// Whether it was used.
    pub used: bool,
}

/// What we know of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConnectionState {
    /// How often the item was written; zero when there is none.
    pub revision: u64,
    /// Its login.
    pub login: Login,
    /// Who is changing the login, if somebody is. One that ran out was left behind by a crash.
    pub lease: Option<Lease>,
    /// The grant on its way.
    pub grant: Option<PendingGrant>,
}

impl ConnectionState {
    /// True while somebody holds the login.
    pub fn is_leased(&self, now: Timestamp) -> bool {
        self.lease.as_ref().is_some_and(|lease| now < lease.until)
    }

    /// True when nobody knows how the last change ended: the secret store may hold more than the table knows.
    pub fn is_left_behind(&self, now: Timestamp) -> bool {
        self.revision == 0 || self.lease.as_ref().is_some_and(|lease| lease.until <= now)
    }
}

/// Writes the state.
pub fn to_item(key: &Key, state: &ConnectionState) -> Result<Item, TableError> {
    let mut item = new_item(key);
    let mut put = |name: &str, value| drop(item.insert(name.to_owned(), value));
    put("v", whole("v", state.revision)?);
    put("lv", whole("lv", state.login.version)?);
    let times = [
        ("la", state.login.since),
        ("ae", state.login.access_ends_at),
        ("re", state.login.refresh_ends_at),
        ("ee", state.login.ended_early_at),
        ("lu", state.lease.as_ref().map(|lease| lease.until)),
    ];
    for (name, at) in times {
        if let Some(at) = at {
            put(name, time(at));
        }
    }
    if let Some(version) = state.login.refused_version {
        put("rv", whole("rv", version)?);
    }
    if let Some(lease) = &state.lease {
        put("li", text(&lease.id));
    }
    if let Some(failure) = &state.login.failure {
        put("fk", text(if failure.kind == FailureKind::Lost { "l" } else { "p" }));
        put("fs", time(failure.since));
        put("fl", time(failure.last_at));
        put("fn", number(failure.tries.into()));
        put("fd", text(&failure.detail));
    }
    if let Some(grant) = &state.grant {
        put("gd", text(&grant.digest));
        put("gu", time(grant.until));
        put("ga", text(&grant.redirect_url));
        put("gx", number(i64::from(grant.used)));
    }
    Ok(item)
}

/// Reads the state.
pub fn from_item(item: &Item) -> Result<ConnectionState, TableError> {
    check_shape(item)?;
    let lease = match (get_text_or_none(item, "li")?, get_time_or_none(item, "lu")?) {
        (Some(id), Some(until)) => Some(Lease { id: id.to_owned(), until }),
        _ => None,
    };
    Ok(ConnectionState {
        revision: counted(item, "v")?.unwrap_or(0),
        login: Login {
            version: counted(item, "lv")?.unwrap_or(0),
            since: get_time_or_none(item, "la")?,
            access_ends_at: get_time_or_none(item, "ae")?,
            refresh_ends_at: get_time_or_none(item, "re")?,
            ended_early_at: get_time_or_none(item, "ee")?,
            refused_version: counted(item, "rv")?,
            failure: failure(item)?,
        },
        lease,
        grant: grant(item)?,
    })
}

fn failure(item: &Item) -> Result<Option<Failure>, TableError> {
    let Some(kind) = get_text_or_none(item, "fk")? else { return Ok(None) };
    Ok(Some(Failure {
        kind: if kind == "l" { FailureKind::Lost } else { FailureKind::Passing },
        since: get_time(item, "fs")?,
        last_at: get_time(item, "fl")?,
        tries: u32::try_from(get_number(item, "fn")?).unwrap_or(u32::MAX),
        detail: get_text(item, "fd")?.to_owned(),
    }))
}

fn grant(item: &Item) -> Result<Option<PendingGrant>, TableError> {
    let Some(digest) = get_text_or_none(item, "gd")? else { return Ok(None) };
    Ok(Some(PendingGrant {
        digest: digest.to_owned(),
        until: get_time(item, "gu")?,
        redirect_url: get_text(item, "ga")?.to_owned(),
        used: get_number(item, "gx")? != 0,
    }))
}

fn whole(name: &str, value: u64) -> Result<aws_sdk_dynamodb::types::AttributeValue, TableError> {
    i64::try_from(value).map(number).map_err(|_| TableError::corrupt(name, "too large"))
}

fn counted(item: &Item, name: &'static str) -> Result<Option<u64>, TableError> {
    let value = get_number_or_none(item, name)?;
    value.map(|n| u64::try_from(n).map_err(|_| TableError::corrupt(name, "negative"))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn through_an_item(state: &ConnectionState) -> ConnectionState {
        let key = keys::connection(&ShopId::new("demo").unwrap(), &ConnectionId::new("main").unwrap());
        from_item(&to_item(&key, state).unwrap()).unwrap()
    }

    #[test]
    fn a_state_reads_back_as_it_was_full_or_empty() {
        let empty = ConnectionState { revision: 1, ..ConnectionState::default() };
        assert_eq!(through_an_item(&empty), empty);
        let login = Login {
            version: 7,
            since: Some(at(1)),
            access_ends_at: Some(at(2)),
            refresh_ends_at: Some(at(3)),
            refused_version: Some(6),
            ended_early_at: Some(at(1)),
            failure: None,
        };
        let full = ConnectionState {
            revision: 9,
            login: login.failed(at(4), FailureKind::Lost, "invalid").failed(
                at(5),
                FailureKind::Lost,
                "again",
            ),
            lease: Some(Lease { id: "a".to_owned(), until: at(6) }),
            grant: Some(PendingGrant {
                digest: "d".to_owned(),
                until: at(7),
                redirect_url: "https://h/logins/callback".to_owned(),
                used: true,
            }),
        };
        assert_eq!(through_an_item(&full), full);
    }

    #[test]
    fn a_lease_is_held_until_its_end_and_left_behind_after() {
        let lease = Some(Lease { id: "a".to_owned(), until: at(10) });
        let state = ConnectionState { revision: 1, lease, ..ConnectionState::default() };
        assert!(state.is_leased(at(9)) && !state.is_left_behind(at(9)));
        assert!(!state.is_leased(at(10)) && state.is_left_behind(at(10)));
        assert!(!ConnectionState { lease: None, ..state }.is_left_behind(at(10)));
        assert!(ConnectionState::default().is_left_behind(at(0)), "nobody has looked yet");
    }
}
