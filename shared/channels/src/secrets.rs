//! Keys and tokens of one account; they print nothing, anywhere.

use crate::error::ChannelError;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

/// The secrets of one connection by name, such as `partner_key`.
///
/// While a key is rotated, `<name>_old` holds the key that is still accepted on incoming webhooks.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, SecretString>);

impl Secrets {
    /// Takes the secrets by name.
    pub fn new(values: impl IntoIterator<Item = (String, SecretString)>) -> Self {
        Self(values.into_iter().collect())
    }

    /// The secret's text; the error names it and shows nothing.
    pub fn get(&self, name: &str) -> Result<&str, ChannelError> {
        let secret = self.0.get(name).map(ExposeSecret::expose_secret);
        secret.ok_or_else(|| ChannelError::misconfigured(format!("secret {name:?} is missing")))
    }

    /// The current key and, during a rotation, the old one.
    pub fn active(&self, name: &str) -> Vec<&str> {
        let old = format!("{name}_old");
        [name, old.as_str()].iter().filter_map(|n| self.0.get(*n)).map(ExposeSecret::expose_secret).collect()
    }

    /// The names that are set, for checks at start-up.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Secrets").field(&self.0.keys().collect::<Vec<_>>()).finish()
    }
}
