//! What a shop must give before its account can work: every missing setting or secret in one sentence, every
//! choice that is none, and every address that may not be called.

use crate::facts::{Facts, Hosts, STOCK_WRITE};
use crate::outside::{NotAllowed, Outside};
use crate::registry;
use crate::secrets::Secrets;
use commerce::catalogue::Connection;

/// A sentence for each setting or secret that the connection's channel needs and does not have, and for a choice that its
/// channel does not offer.
pub fn check(connection: &Connection, secrets: &Secrets) -> Vec<String> {
    match registry::find(&connection.channel) {
        Some(channel) => {
            let mut sentences = missing(connection, secrets, channel.facts());
            sentences.extend(no_such_choice(connection, channel.facts()));
            sentences
        }
        None => vec![unknown(connection)],
    }
}

/// A sentence for each address of the connection that may not be called, or may not call us. Names are not
/// looked up here; what they lead to is checked at each call.
///
/// An unknown channel has no list to check against: [`check`] says that it is unknown.
pub fn check_address(connection: &Connection, outside: Outside) -> Vec<String> {
    registry::find(&connection.channel)
        .map(|channel| refused(connection, outside, channel.facts()))
        .unwrap_or_default()
}

fn refused(connection: &Connection, outside: Outside, facts: &Facts) -> Vec<String> {
    let called = facts.address_settings.iter().map(|name| ("account setting", *name));
    let called = called.map(|(what, name)| (what, name, connection.account.get(name), facts.hosts));
    // The channel calls us at webhook_url, which is a domain of the shop or of this deployment.
    let own = [
        ("setting", "base_url", connection.base_url.as_ref(), facts.hosts),
        ("setting", "webhook_url", connection.webhook_url.as_ref(), Hosts::ShopsOwn),
    ];
    let given = own.into_iter().chain(called).filter_map(|(what, name, value, hosts)| {
        let refusal = outside.permit(hosts, value?).err()?;
        Some(format!("connection {}: {what} {name:?} is refused: {}", connection.id, said(&refusal, facts)))
    });
    given.collect()
}

/// The refusal, with what would be allowed where that is a short list.
fn said(refusal: &NotAllowed, facts: &Facts) -> String {
    match (refusal, facts.hosts) {
        (NotAllowed::NotOnList { .. }, Hosts::Fixed(hosts)) => {
            let names: Vec<&str> = hosts.iter().map(|host| host.name).collect();
            format!("{refusal}; {} answers at: {}", facts.title, names.join(", "))
        }
        (NotAllowed::NotOnList { .. }, Hosts::Below(hosts)) => {
            let names: Vec<String> = hosts.iter().map(|host| format!("your-shop.{}", host.name)).collect();
            format!("{refusal}; {} answers at: {}", facts.title, names.join(", "))
        }
        _ => refusal.to_string(),
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

/// How stock is written decides what is safe to promise, so a value that nobody knows is not taken for the usual one.
fn no_such_choice(connection: &Connection, facts: &Facts) -> Option<String> {
    let value =
        connection.account.get(STOCK_WRITE).map(|value| value.trim()).filter(|value| !value.is_empty())?;
    let values: Vec<&str> = facts.write_choices.iter().map(|(value, _)| *value).collect();
    let (id, title) = (&connection.id, facts.title);
    let offer = match values[..] {
        [] => format!("{title} has no such setting"),
        _ => format!("{title} takes: {}", values.join(", ")),
    };
    let is_one = values.contains(&value);
    (!is_one)
        .then(|| format!("connection {id}: account setting {STOCK_WRITE:?} cannot be {value:?}; {offer}"))
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
        let connection = testing::connection("shopee", &[]);
        let sentences = check(&connection, &testing::secrets(&[("partner_key", " ")]));
        assert_eq!(
            sentences,
            [
                "connection main: setting \"webhook_url\" is missing; Shopee needs it",
                "connection main: account setting \"partner_id\" is missing; Shopee needs it",
                "connection main: secret \"partner_key\" is missing; Shopee needs it",
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

    #[test]
    fn a_choice_that_is_none_is_named() {
        let sentences = |channel: &str, value: &str| {
            let facts = registry::find(channel).unwrap().facts();
            no_such_choice(&testing::connection(channel, &[("stock_write", value)]), facts)
        };
        let wrong = sentences("lazada", "delta").unwrap();
        assert_eq!(
            wrong,
            "connection main: account setting \"stock_write\" cannot be \"delta\"; Lazada takes: update, adjust"
        );
        let none = sentences("shopee", "adjust").unwrap();
        assert!(none.ends_with("\"adjust\"; Shopee has no such setting"), "{none}");
        assert_eq!([sentences("lazada", "adjust"), sentences("lazada", " ")], [None, None]);
        let connection = testing::connection("lazada", &[("app_key", "1"), ("stock_write", "delta")]);
        assert_eq!(check(&connection, &testing::secrets(&[("app_secret", "s")])), [wrong]);
    }

    #[test]
    fn every_refused_address_is_named() {
        let mut connection =
            testing::connection("kiotviet", &[("auth_url", "https://id.kiotviet.vn.evil.example")]);
        connection.base_url = Some("https://169.254.169.254/latest".to_owned());
        connection.webhook_url = Some("http://hub.vn/webhooks".to_owned());
        assert_eq!(
            check_address(&connection, Outside::Public),
            [
                "connection main: setting \"base_url\" is refused: it names its host by number; a name is needed",
                "connection main: setting \"webhook_url\" is refused: it must begin with https",
                "connection main: account setting \"auth_url\" is refused: \"id.kiotviet.vn.evil.example\" is \
                 not a host of this channel; KiotViet answers at: public.kiotapi.com, id.kiotviet.vn",
            ]
        );
        assert_eq!(check_address(&connection, Outside::Any), [""; 0]);
    }

    #[test]
    fn a_usual_connection_has_no_refused_address() {
        for channel in registry::all() {
            let mut connection = testing::connection(channel.facts().channel, &[]);
            connection.webhook_url = Some("https://hub.vn/webhooks/lan/main".to_owned());
            assert_eq!(check_address(&connection, Outside::Public), [""; 0]);
        }
        let mut web = testing::connection("woocommerce", &[("allow_basic_over_http", "true")]);
        web.base_url = Some("https://lan-shop.vn".to_owned());
        assert_eq!(check_address(&web, Outside::Public), [""; 0]);
        web.base_url = Some("http://lan-shop.vn".to_owned());
        assert_eq!(check_address(&web, Outside::Public).len(), 1, "no setting of a shop opens the line");
        assert_eq!(check_address(&testing::connection("sendo", &[]), Outside::Public), [""; 0]);
    }
}
