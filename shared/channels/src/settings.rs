//! What a shop must give before its account can work: every missing setting or secret in one sentence.

use crate::facts::Facts;
use crate::registry;
use crate::secrets::Secrets;
use commerce::catalogue::Connection;

/// A sentence for each setting or secret that the connection's channel needs and does not have.
pub fn check(connection: &Connection, secrets: &Secrets) -> Vec<String> {
    match registry::find(&connection.channel) {
        Some(channel) => missing(connection, secrets, channel.facts()),
        None => vec![unknown(connection)],
    }
}

fn unknown(connection: &Connection) -> String {
    let known: Vec<&str> = registry::all().iter().map(|channel| channel.facts().channel).collect();
    let (id, name, known) = (&connection.id, &connection.channel, known.join(", "));
    format!("connection {id}: channel {name:?} is unknown; known channels: {known}")
}

fn missing(connection: &Connection, secrets: &Secrets, facts: &Facts) -> Vec<String> {
    let say = |what: &str, name: &str| {
        format!("connection {}: {what} {name:?} is missing; {} needs it", connection.id, facts.title)
    };
    let own = |name: &str| match name {
        "base_url" => filled(connection.base_url.as_deref()),
        _ => filled(connection.webhook_url.as_deref()),
    };
    let account = |name: &str| filled(connection.account.get(name).map(String::as_str));
    let secret = |name: &str| filled(secrets.get(name).ok());
    let lacking = |names: &[&'static str], has: &dyn Fn(&str) -> bool, what: &str| -> Vec<String> {
        names.iter().filter(|name| !has(name)).map(|name| say(what, name)).collect()
    };
    let mut sentences = lacking(facts.connection_settings, &own, "setting");
    sentences.extend(lacking(facts.account_settings, &account, "account setting"));
    sentences.extend(lacking(facts.secrets, &secret, "secret"));
    sentences
}

fn filled(value: Option<&str>) -> bool {
    value.is_some_and(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn every_gap_is_named() {
        let connection = testing::connection("shopee", &[("partner_id", "1")]);
        let sentences = check(&connection, &testing::secrets(&[("partner_key", "k"), ("access_token", " ")]));
        assert_eq!(
            sentences,
            [
                "connection main: setting \"webhook_url\" is missing; Shopee needs it",
                "connection main: account setting \"shop_id\" is missing; Shopee needs it",
                "connection main: secret \"access_token\" is missing; Shopee needs it",
            ]
        );
    }

    #[test]
    fn an_unknown_channel_is_answered_with_the_known_ones() {
        let sentences = check(&testing::connection("sendo", &[]), &testing::secrets(&[]));
        let known: Vec<&str> = registry::all().iter().map(|channel| channel.facts().channel).collect();
        let known = known.join(", ");
        assert_eq!(
            sentences,
            [format!("connection main: channel \"sendo\" is unknown; known channels: {known}")]
        );
    }
}
