//! Every channel, every verb, at an address that is not its own: parked, and nothing has left.

use super::*;
use crate::error::{ErrorKind, Next};
use crate::facts::Verb;
use crate::testing::{self, Server};
use secrecy::SecretString;

/// A listing and an order as each channel names them.
const CHANNELS: [(&str, &str, &str); 3] =
    [("shopee", "1:2", "2501"), ("woocommerce", "1:0", "17"), ("kiotviet", "1", "invoice:17")];

fn connection(channel: &str, base_url: &str) -> Connection {
    let account = [("partner_id", "1"), ("shop_id", "2"), ("retailer", "lan")];
    Connection { base_url: Some(base_url.to_owned()), ..testing::connection(channel, &account) }
}

fn secrets() -> Secrets {
    let names =
        ["partner_key", "access_token", "consumer_key", "consumer_secret", "client_id", "client_secret"];
    testing::secrets(&names.map(|name| (name, "canary")))
}

/// The failures of every verb the channel has, through all wrappers and, with a login at hand, without them.
async fn failures(
    gateway: &Gateway,
    connection: &Connection,
    listing: &str,
    order: &str,
) -> Vec<ChannelError> {
    let (shop, secrets) = (testing::shop(), secrets());
    let listing = ListingId::new(listing).unwrap();
    let (order, sets) = (OrderId::new(order).unwrap(), [StockSet::blind(listing.clone(), 1)]);
    let session = Session {
        token: Some(SecretString::from("canary".to_owned())),
        ..gateway.session(&shop, connection, &secrets)
    };
    let bare = registry::find(&connection.channel).unwrap();
    let mut found = Vec::new();
    for channel in [bare, gateway.channel(&connection.channel).unwrap()] {
        match channel.look_up_orders(&session, std::slice::from_ref(&order)).await {
            Ok(answers) => found.extend(answers.into_iter().map(|(_, result)| result.unwrap_err())),
            Err(error) => found.push(error),
        }
        if channel.facts().can(Verb::SetStock) {
            match channel.set_stock(&session, &sets).await {
                Ok(answers) => found.extend(answers.into_iter().map(|(_, result)| result.unwrap_err())),
                Err(error) => found.push(error),
            }
        }
        found.push(channel.read_stock(&session, std::slice::from_ref(&listing)).await.unwrap_err());
        if channel.facts().can(Verb::LogIn) {
            found.push(channel.log_in(&session).await.err().unwrap());
        }
    }
    found
}

#[tokio::test]
async fn nothing_leaves_for_an_address_that_is_not_the_channels() {
    let inside = Server::start(|_| (200, "{}".to_owned()));
    let port = inside.url.rsplit(':').next().unwrap();
    let http = Http::public_only(Duration::from_secs(2)).unwrap();
    let gateway = Gateway::new(http, testing::clock(), Limits::default());
    for (channel, listing, order) in CHANNELS {
        let urls = [
            inside.url.clone(),
            format!("https://127.0.0.1:{port}"),
            format!("https://localhost:{port}"),
            "https://169.254.169.254".to_owned(),
            "https://localhost".to_owned(),
            "https://partner.shopeemobile.com@127.0.0.1".to_owned(),
        ];
        for url in urls {
            let failures = failures(&gateway, &connection(channel, &url), listing, order).await;
            assert!(failures.len() >= 4, "{channel} {url}");
            for error in failures {
                assert_eq!(error.kind, ErrorKind::Misconfigured, "{channel} {url}: {error}");
                assert_eq!(error.next, Next::Park, "{channel} {url}: {error}");
                assert!(
                    !error.is_ambiguous() && !error.detail.contains("canary"),
                    "{channel} {url}: {error}"
                );
            }
        }
    }
    assert!(inside.calls().is_empty());
}

#[tokio::test]
async fn a_login_goes_to_the_channel_alone() {
    let http = Http::public_only(Duration::from_secs(2)).unwrap();
    let gateway = Gateway::new(http, testing::clock(), Limits::default());
    let mut till = connection("kiotviet", "https://public.kiotapi.com");
    till.account
        .insert("auth_url".to_owned(), "https://id.kiotviet.vn.evil.example/connect/token".to_owned());
    let (shop, secrets) = (testing::shop(), secrets());
    let listings = [ListingId::new("1").unwrap()];
    let error = gateway.read_stock(&shop, &till, &secrets, &listings).await.unwrap_err();
    assert_eq!((error.kind, error.next), (ErrorKind::Misconfigured, Next::Park));
    let why = "\"id.kiotviet.vn.evil.example\" is not a host of this channel";
    assert_eq!(error.detail, format!("KiotViet is not called at this address: {why}"));
}

/// A session for an unknown channel leads to no private address either.
#[tokio::test]
async fn an_unknown_channel_has_no_way_inside() {
    let http = Http::public_only(Duration::from_secs(2)).unwrap();
    let gateway = Gateway::new(http, testing::clock(), Limits::default());
    let (shop, connection, secrets) = (testing::shop(), connection("sendo", "https://10.0.0.1"), secrets());
    let session = gateway.session(&shop, &connection, &secrets);
    let request = session.http.request(reqwest::Method::GET, session.base_url(""));
    assert_eq!(session.http.send(request).await.unwrap_err().kind, ErrorKind::Misconfigured);
}
