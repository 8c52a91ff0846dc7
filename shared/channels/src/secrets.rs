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

    /// The text without these secrets: a channel may repeat in its refusal what it was sent. A secret that the text's
    /// end cuts off is taken out as well.
    pub fn redact(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for secret in self.0.values().map(ExposeSecret::expose_secret) {
            clean = without(&clean, secret);
        }
        clean
    }

    /// The names that are set, for checks at start-up.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// What is shorter than this is no secret, and would be found by chance in many a text.
const SECRET_CHARS_MIN: usize = 6;

/// The text with a secret replaced, also where only its beginning stands at the text's end.
pub(crate) fn without(text: &str, secret: &str) -> String {
    if secret.chars().count() < SECRET_CHARS_MIN {
        return text.to_owned();
    }
    let clean = text.replace(secret, HIDDEN);
    let beginnings = secret.char_indices().map(|(end, _)| &secret[..end]).skip(SECRET_CHARS_MIN);
    let cut_off = beginnings.filter(|beginning| clean.ends_with(beginning)).last().map(str::len);
    match cut_off {
        Some(length) => format!("{}{HIDDEN}", &clean[..clean.len() - length]),
        None => clean,
    }
}

const HIDDEN: &str = "(secret)";

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Secrets").field(&self.0.keys().collect::<Vec<_>>()).finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::secrets;

    #[test]
    fn a_secret_is_taken_out_whole_or_cut_off() {
        let secrets = secrets(&[("token", "abcdefgh-ậ-123"), ("short", "no")]);
        assert_eq!(secrets.redact("bad abcdefgh-ậ-123, no"), "bad (secret), no");
        assert_eq!(secrets.redact("bad token abcdefgh-ậ"), "bad token (secret)");
        assert_eq!(secrets.redact("bad token abcde"), "bad token abcde");
        assert_eq!(secrets.redact("nothing in it"), "nothing in it");
    }
}
