//! Logins that a person grants and that run out: the link to grant one, the tokens it gives, and their names among
//! an account's secrets.

use crate::error::ChannelError;
use crate::secrets::Secrets;
use commerce::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

/// The secret that opens the channel's API for some hours or days.
pub const ACCESS_TOKEN: &str = "access_token";
/// The secret that gets the next access token.
pub const REFRESH_TOKEN: &str = "refresh_token";
/// When the access token ends, as text.
pub const ACCESS_EXPIRES_AT: &str = "access_token_expires_at";
/// When the refresh token ends, as text.
pub const REFRESH_EXPIRES_AT: &str = "refresh_token_expires_at";
/// How often the tokens were replaced, as text: it tells an old set from a new one.
pub const LOGIN_VERSION: &str = "login_version";
/// How the names of account settings begin that were learned with a login, such as `account.shop_cipher`.
pub const LEARNED: &str = "account.";

/// How an account proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginKind {
    /// Keys that a person copies once and that do not end.
    Keys,
    /// A short login fetched with a long-lived id and secret, whenever it is needed.
    ClientCredentials,
    /// A person grants it in the browser; it is renewed from then on.
    Granted {
        /// How long an access token lives, in seconds, as far as documented; the channel's answer decides.
        access_lives_s: Option<u32>,
        /// How long a refresh token lives, in seconds; none where it does not end or is not told.
        refresh_lives_s: Option<u32>,
        /// Whether a refresh token works once only, so that its successor must be stored before it is used.
        refresh_is_single_use: bool,
    },
}

/// What a grant or a renewal gave.
#[derive(Clone)]
pub struct Tokens {
    /// Opens the API.
    pub access: SecretString,
    /// When it ends; none when it does not.
    pub access_expires_at: Option<Timestamp>,
    /// Gets the next one; none where the old one stays in force, or nothing has to be renewed.
    pub refresh: Option<SecretString>,
    /// When that ends, where the channel tells.
    pub refresh_expires_at: Option<Timestamp>,
    /// Account settings that came along, such as TikTok's `shop_cipher`. Not secret, but learned with the login.
    pub account: BTreeMap<String, String>,
}

/// Asks for a link.
#[derive(Debug, Clone, Copy)]
pub struct LinkAsk<'a> {
    /// Where the channel sends the browser afterwards; registered at the channel.
    pub redirect_url: &'a str,
    /// Comes back with the browser, so that nobody slips us somebody else's grant.
    pub state: &'a str,
}

/// What the browser brought back.
#[derive(Clone, Copy)]
pub struct Grant<'a> {
    /// The same address as in the link; some channels compare it.
    pub redirect_url: &'a str,
    /// The query's names and values, decoded.
    pub query: &'a [(String, String)],
}

impl Grant<'_> {
    /// A value that must be there; the error names it and shows nothing.
    pub fn value(&self, name: &str) -> Result<&str, ChannelError> {
        let found = self.query.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str()).ok_or_else(|| {
            ChannelError::refused(format!("the channel sent the browser back without {name:?}"))
        })
    }
}

impl Tokens {
    /// The account's secrets with these tokens in place of the earlier ones.
    pub fn put_into(&self, secrets: &mut BTreeMap<String, SecretString>, version: u64) {
        let mut put = |name: &str, value: String| drop(secrets.insert(name.to_owned(), value.into()));
        put(ACCESS_TOKEN, self.access.expose_secret().to_owned());
        put(ACCESS_EXPIRES_AT, self.access_expires_at.map(|at| at.to_string()).unwrap_or_default());
        put(LOGIN_VERSION, version.to_string());
        if let Some(refresh) = &self.refresh {
            put(REFRESH_TOKEN, refresh.expose_secret().to_owned());
        }
        if let Some(at) = self.refresh_expires_at {
            put(REFRESH_EXPIRES_AT, at.to_string());
        }
        for (name, value) in &self.account {
            put(&format!("{LEARNED}{name}"), value.clone());
        }
    }
}

/// How often the tokens among these secrets were replaced; zero before the first login.
pub fn version(secrets: &Secrets) -> u64 {
    secrets.get(LOGIN_VERSION).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// A time kept among the secrets.
pub fn time(secrets: &Secrets, name: &str) -> Option<Timestamp> {
    secrets.get(name).ok()?.parse().ok()
}
