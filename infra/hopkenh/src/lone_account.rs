//! One account read from a file of its keys, for tools that need no shop: a webhook to check, a channel to probe.
//!
//! The file is TOML or JSON. `base_url` and `webhook_url` are the connection's own; every other name is an account
//! setting or a secret, written flat or below `account` and `secrets` as in a shop's file. Names that the channel's own
//! documents use stand for ours: see [`ALIASES`].

use crate::up::Problem;
use channels::facts::Facts;
use channels::registry;
use channels::secrets::Secrets;
use commerce::catalogue::{Connection, Location, Shop, TillLink};
use commerce::ids::{ConnectionId, LocationId, ShopId};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A name in our words, and what it may be called instead.
pub const ALIASES: [(&str, &[&str]); 12] = [
    ("webhook_url", &["callback_url", "registered_url", "notification_url", "push_url", "url"]),
    ("partner_key", &["app_key_secret", "secret", "key"]),
    ("app_key", &["client_id", "api_key", "app_id"]),
    ("app_secret", &["client_secret", "api_secret", "secret_key", "secret"]),
    ("client_id", &["app_key", "api_key", "app_id"]),
    ("client_secret", &["app_secret", "api_secret", "api_secret_key", "secret"]),
    ("webhook_secret", &["secret", "webhook_key", "key"]),
    ("meta_app_secret", &["app_secret", "secret"]),
    ("meta_verify_token", &["verify_token", "hub_verify_token"]),
    ("verify_token", &["hub_verify_token", "hub.verify_token"]),
    ("zalo_app_id", &["app_id"]),
    ("zalo_oa_secret", &["oa_secret", "oa_secret_key", "secret_key", "secret"]),
];

/// Settings of the connection itself.
const OWN: [&str; 2] = ["base_url", "webhook_url"];

/// Parts of a name that say it is a secret.
const SECRET_WORDS: [&str; 5] = ["secret", "token", "password", "partner_key", "consumer"];

/// One account without a shop of ours.
pub struct LoneAccount {
    /// A shop made up around it, with one store.
    pub shop: Shop,
    /// The account.
    pub connection: Connection,
    /// Its keys.
    pub secrets: Secrets,
    /// The channel's facts.
    pub facts: &'static Facts,
}

impl LoneAccount {
    /// Reads the file. `url` stands for a missing `webhook_url`: where the request that is checked arrived.
    pub fn read(channel: &str, file: &Path, url: Option<&str>) -> Result<Self, Problem> {
        let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {}", file.display(), e.kind()))?;
        let values = flat(&parse(&text).map_err(|why| format!("{}: {why}", file.display()))?);
        Self::of(channel, values, url)
    }

    /// The account of these values.
    pub fn of(
        channel: &str,
        mut values: BTreeMap<String, String>,
        url: Option<&str>,
    ) -> Result<Self, Problem> {
        let facts = find(channel)?.facts();
        let old_names: Vec<(String, String)> = values
            .iter()
            .filter_map(|(name, value)| Some((format!("{}_old", name.strip_prefix("old_")?), value.clone())))
            .collect();
        values.extend(old_names);
        for (name, others) in ALIASES {
            for ending in ["", "_old"] {
                let ours = format!("{name}{ending}");
                let other = others.iter().find_map(|other| values.get(&format!("{other}{ending}")).cloned());
                if let (false, Some(value)) = (values.contains_key(&ours), other) {
                    values.insert(ours, value);
                }
            }
        }
        let webhook_url = values.get("webhook_url").cloned().or_else(|| url.map(str::to_owned));
        let account = values
            .iter()
            .filter(|(name, _)| !OWN.contains(&name.as_str()) && !is_secret(name, facts))
            .map(|(name, value)| (name.clone(), value.clone()));
        let connection = Connection {
            id: ConnectionId::new(MAIN)?,
            channel: facts.channel.to_owned(),
            base_url: values.get("base_url").cloned(),
            webhook_url,
            serves_from: vec![LocationId::new(MAIN)?],
            account: account.collect(),
            sharing: Default::default(),
            rule: Default::default(),
            listings: BTreeMap::new(),
        };
        let secrets = Secrets::new(values.into_iter().map(|(name, value)| (name, SecretString::from(value))));
        Ok(Self { shop: shop(&connection)?, connection, secrets, facts })
    }
}

/// The one name of shop, account and store.
const MAIN: &str = "main";

/// The channel of that name; the refusal names those there are.
pub fn find(channel: &str) -> Result<std::sync::Arc<dyn channels::channel::Channel>, Problem> {
    registry::find(channel).ok_or_else(|| {
        let known: Vec<&str> = registry::all().iter().map(|channel| channel.facts().channel).collect();
        format!("channel {channel:?} is unknown; known channels: {}", known.join(", ")).into()
    })
}

fn is_secret(name: &str, facts: &Facts) -> bool {
    if facts.account_settings.contains(&name) {
        return false;
    }
    facts.secrets.contains(&name) || SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// A till's branch is taken for the one store, whatever the till calls it.
fn shop(connection: &Connection) -> Result<Shop, Problem> {
    let branch = connection.account.get("branch").cloned().unwrap_or_default();
    let till = TillLink { connection: connection.id.clone(), branch };
    let location = Location {
        id: LocationId::new(MAIN)?,
        name: MAIN.to_owned(),
        till: Some(till),
        walk_in_reserve: 0,
        orders_to: None,
    };
    Ok(Shop {
        id: ShopId::new(MAIN)?,
        name: MAIN.to_owned(),
        keep_orders_days: 1_095,
        shortfalls: commerce::shortfall::ShortfallRule::usual("demo"),
        report: Default::default(),
        locations: vec![location],
        connections: [(connection.id.clone(), connection.clone())].into(),
    })
}

/// JSON or TOML; the error quotes nothing of it.
fn parse(text: &str) -> Result<Value, String> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text)
            .map_err(|e| format!("is no JSON: line {} column {}", e.line(), e.column()));
    }
    toml::from_str(text).map_err(|e| {
        let line =
            e.span().and_then(|span| text.get(..span.start)).map_or(0, |before| before.matches('\n').count());
        format!("is no TOML, line {}", line + 1)
    })
}

/// Names and values, whatever table they stand in.
fn flat(value: &Value) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => drop(all.insert(name.clone(), text.clone())),
            Value::Number(number) => drop(all.insert(name.clone(), number.to_string())),
            Value::Bool(flag) => drop(all.insert(name.clone(), flag.to_string())),
            Value::Object(_) => all.extend(flat(value)),
            Value::Null | Value::Array(_) => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(channel: &str, text: &str) -> LoneAccount {
        LoneAccount::of(channel, flat(&parse(text).unwrap()), Some("https://here.vn/hook")).unwrap()
    }

    #[test]
    fn names_of_the_documents_stand_for_ours() {
        let account = account("shopee", r#"{"partner_id":2001,"secret":"k","old_secret":"before"}"#);
        assert_eq!(account.secrets.active("partner_key"), ["k", "before"]);
        assert_eq!(account.connection.account["partner_id"], "2001");
        assert_eq!(account.connection.webhook_url.as_deref(), Some("https://here.vn/hook"));
    }

    #[test]
    fn both_forms_and_both_shapes_are_read() {
        let one = "webhook_url = \"https://a.vn\"\n[secrets]\nwebhook_secret = \"s\"\n[account]\nretailer = \"r\"\n";
        let account = account("kiotviet", one);
        assert_eq!(account.secrets.active("webhook_secret"), ["s"]);
        assert_eq!(account.connection.account["retailer"], "r");
        assert_eq!(account.connection.webhook_url.as_deref(), Some("https://a.vn"));
        assert!(!account.connection.account.contains_key("webhook_secret"));
    }

    #[test]
    fn a_file_that_is_neither_is_refused_without_a_word_of_it() {
        let complaint = parse("partner_key = canary").unwrap_err();
        assert!(!complaint.contains("canary"), "{complaint}");
        assert!(parse("{\"a\":canary}").unwrap_err().contains("line 1"));
    }
}
