//! Checks of what the Shopify connector asks and tells, and of how it reads the answers.

use super::{World, world};
use crate::account::Subscription;
use crate::channel::{Channel, Notice, Session};
use crate::error::{ChannelError, ErrorKind, Next};
use crate::forward::{ForwardLine, NewsKind, OrderNews, OrderToForward};
use crate::hmac;
use crate::login::{Grant, LinkAsk};
use crate::paging::{Cursor, Window};
use crate::shopify::Shopify;
use crate::testing::{self, Call, Server};
use commerce::ids::{ListingId, OrderId};
use commerce::money::{Currency, Money};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) async fn with<T>(world: World, server: &Server, run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    let mut world = world;
    world.connection.base_url = Some(server.url.clone());
    let (http, clock) = (testing::http(), testing::clock());
    let (shop, connection, secrets) = (&world.shop, &world.connection, &world.secrets);
    run(Session { shop, connection, secrets, http: &http, clock: &clock, token: None }).await
}

pub(super) fn document(call: &Call) -> Value {
    serde_json::from_str(&call.body).unwrap()
}

pub(super) fn asks(call: &Call, root: &str) -> bool {
    document(call)["query"].as_str().unwrap().contains(&format!("{{ {root}("))
}

fn graph_order() -> Value {
    let amount = |text: &str| json!({ "shopMoney": { "amount": text } });
    let line = json!({ "id": "gid://shopify/LineItem/866550311766439020", "quantity": 2, "currentQuantity": 2,
        "unfulfilledQuantity": 2, "requiresShipping": true, "originalUnitPriceSet": amount("199000.0"),
        "variant": { "id": "gid://shopify/ProductVariant/808950810" } });
    json!({ "id": "gid://shopify/Order/820982911946154508", "currencyCode": "VND",
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED", "cancelledAt": null,
        "createdAt": "2026-11-22T02:55:00Z", "updatedAt": "2026-11-22T03:00:00Z", "tags": [],
        "paymentGatewayNames": ["visa"], "currentTotalPriceSet": amount("398000.0"), "fulfillments": [],
        "lineItems": { "nodes": [line], "pageInfo": { "hasNextPage": false, "endCursor": null } } })
}

fn ids(names: &[&str]) -> Vec<OrderId> {
    names.iter().map(|name| OrderId::new(*name).unwrap()).collect()
}

#[tokio::test]
async fn a_look_up_says_the_same_as_the_webhook_and_follows_the_lines() {
    let server = Server::start(|call| {
        let mut order = graph_order();
        if document(call)["variables"]["after"].is_null() {
            order["lineItems"]["pageInfo"] = json!({ "hasNextPage": true, "endCursor": "next" });
        } else {
            order["lineItems"]["nodes"][0]["id"] = json!("gid://shopify/LineItem/2");
        }
        (200, json!({ "data": { "order": order } }).to_string())
    });
    let asked = ids(&["820982911946154508", "odd"]);
    let found = with(world(&[]), &server, async |s| Shopify.look_up_orders(&s, &asked).await).await.unwrap();
    let order = found[0].1.as_ref().unwrap();
    let told = super::order(|o| {
        let mut second = o["line_items"][0].clone();
        second["id"] = json!(2);
        o["line_items"].as_array_mut().unwrap().push(second);
    });
    assert_eq!(order.digest(), told.unwrap().digest());
    assert!(order.read_at.is_some());
    assert_eq!(found[1].1.as_ref().unwrap_err().kind, ErrorKind::NotFound);
    let calls = server.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!((calls[0].method.as_str(), calls[0].path()), ("POST", "/admin/api/2026-07/graphql.json"));
    assert_eq!(calls[0].headers["x-shopify-access-token"], "token");
    assert_eq!(document(&calls[1])["variables"]["after"], "next");
}

async fn look_up_fails(status: u16, body: Value) -> ChannelError {
    let server = Server::start(move |_| (status, body.to_string()));
    let asked = ids(&["1"]);
    let found = with(world(&[]), &server, async |s| Shopify.look_up_orders(&s, &asked).await).await;
    found.map_or_else(|error| error, |mut found| found.remove(0).1.unwrap_err())
}

#[tokio::test]
async fn refusals_inside_a_good_answer_say_what_next() {
    let code = |code: &str| json!({ "errors": [{ "message": "m", "extensions": { "code": code } }] });
    let kind = async |status: u16, body: Value| look_up_fails(status, body).await.kind;
    let mut throttled = code("THROTTLED");
    throttled["extensions"] = json!({ "cost": { "requestedQueryCost": 842, "actualQueryCost": null,
        "throttleStatus": { "maximumAvailable": 2000.0, "currentlyAvailable": 39.5, "restoreRate": 100.0 } } });
    let error = look_up_fails(200, throttled.clone()).await;
    assert_eq!((error.kind, error.next), (ErrorKind::RateLimited, Next::Wait(Duration::from_secs(9))));
    throttled["extensions"]["cost"]["requestedQueryCost"] = json!(2001);
    assert_eq!(look_up_fails(200, throttled).await.next, Next::Park, "it would never be let in");
    assert_eq!(look_up_fails(200, code("THROTTLED")).await.next, Next::Retry);
    assert_eq!(kind(200, code("INTERNAL_SERVER_ERROR")).await, ErrorKind::Unavailable);
    assert_eq!(kind(200, code("ACCESS_DENIED")).await, ErrorKind::Misconfigured);
    assert_eq!(kind(200, code("MAX_COST_EXCEEDED")).await, ErrorKind::Refused);
    assert_eq!(kind(200, code("of tomorrow")).await, ErrorKind::Refused);
    assert_eq!(kind(200, json!({ "data": { "order": null } })).await, ErrorKind::NotFound);
    assert_eq!(kind(200, json!({ "data": null })).await, ErrorKind::Unreadable);
    assert_eq!(kind(200, json!({ "errors": "no" })).await, ErrorKind::Unreadable);
    assert_eq!(kind(401, json!({ "errors": "[API] Invalid API key" })).await, ErrorKind::LoginExpired);
    for status in [402, 403, 404, 423] {
        assert_eq!(kind(status, json!({})).await, ErrorKind::Misconfigured, "{status}");
    }
    assert_eq!(kind(430, json!({})).await, ErrorKind::RateLimited);
    assert_eq!(kind(502, json!({})).await, ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_list_names_orders_within_whole_seconds() {
    let server = Server::start(|_| {
        let nodes = json!([{ "id": "gid://shopify/Order/7" }, { "id": "odd" }]);
        let info = json!({ "hasNextPage": true, "endCursor": "c" });
        (200, json!({ "data": { "orders": { "nodes": nodes, "pageInfo": info } } }).to_string())
    });
    let at = |text: &str| text.parse().unwrap();
    let window = Window { from: at("2026-11-22T03:00:00.5Z"), to: at("2026-11-22T04:00:00.5Z") };
    let page =
        with(world(&[]), &server, async |s| Shopify.list_orders(&s, window, None).await).await.unwrap();
    assert_eq!(page.rows[0], Ok(Notice::OrderChanged { order: OrderId::new("7").unwrap() }));
    assert!(page.rows[1].is_err() && page.next == Some(Cursor("c".to_owned())));
    let query = document(&server.calls()[0])["variables"]["query"].clone();
    assert_eq!(query, "updated_at:>='2026-11-22T03:00:00Z' updated_at:<'2026-11-22T04:00:01Z'");
}

#[tokio::test]
async fn a_forwarded_order_takes_stock_and_carries_our_reference() {
    let server = Server::start(|call| {
        let made = json!({ "order": { "id": "gid://shopify/Order/7" }, "userErrors": [] });
        let near = json!({ "id": "gid://shopify/Order/6", "sourceIdentifier": "SHOPEE:A", "tags": [] });
        let ours = json!({ "id": "gid://shopify/Order/7", "sourceIdentifier": null, "tags": ["shopee:a"] });
        let data = if asks(call, "orderCreate") {
            json!({ "orderCreate": made })
        } else {
            json!({ "orders": { "nodes": [near, ours] } })
        };
        (200, json!({ "data": data }).to_string())
    });
    let currency = Currency::new("USD").unwrap();
    let listing = ListingId::new("1").unwrap();
    let order = OrderToForward {
        reference: "shopee:a".to_owned(),
        title: "shopee-main 2404098R48U37H".to_owned(),
        branch: None,
        lines: vec![ForwardLine { listing, quantity: 2, unit_price_minor: 1_905 }],
        total: Money::from_minor(3_810, currency),
    };
    let id = with(world(&[]), &server, async |s| Shopify.forward_order(&s, &order).await).await.unwrap();
    let found = with(world(&[]), &server, async |s| Shopify.find_forwarded(&s, "shopee:a").await).await;
    assert_eq!((id.as_str(), found.unwrap().unwrap().as_str()), ("7", "7"));
    let sent = document(&server.calls()[0])["variables"].clone();
    assert_eq!(sent["options"]["inventoryBehaviour"], "DECREMENT_IGNORING_POLICY");
    assert_eq!(sent["order"]["lineItems"][0]["priceSet"]["shopMoney"]["amount"], "19.05");
    assert_eq!(sent["order"]["tags"], json!(["hopkenh", "shopee:a"]));
    let query = document(&server.calls()[1])["variables"]["query"].clone();
    assert_eq!(query, "source_identifier:\"shopee:a\" OR tag:\"shopee:a\"");
}

fn news(kind: NewsKind) -> OrderNews {
    let order = OrderId::new("7").unwrap();
    let tracking_number = Some("VN1".to_owned());
    OrderNews {
        order,
        kind,
        carrier: Some("GHN".to_owned()),
        tracking_number,
        reason: None,
        lines: Vec::new(),
    }
}

#[tokio::test]
async fn news_is_told_once_and_a_cancel_restocks_without_moving_money() {
    let server = Server::start(|call| {
        let waits = |id: &str, store: &str| {
            json!({ "id": id, "status": "OPEN",
            "assignedLocation": { "location": { "id": store } } })
        };
        let order = json!({ "cancelledAt": null, "displayFulfillmentStatus": "UNFULFILLED",
            "fulfillmentOrders": { "nodes": [waits("a", "s1"), waits("b", "s1"), waits("c", "s2")] } });
        let data = if asks(call, "order") {
            json!({ "order": order })
        } else if asks(call, "orderCancel") {
            json!({ "orderCancel": { "job": { "id": "j" }, "orderCancelUserErrors": [] } })
        } else {
            json!({ "fulfillmentCreate": { "fulfillment": { "id": "f" }, "userErrors": [] } })
        };
        (200, json!({ "data": data }).to_string())
    });
    let tell =
        async |kind| with(world(&[]), &server, async |s| Shopify.carry_status(&s, &news(kind)).await).await;
    tell(NewsKind::Shipped).await.unwrap();
    let calls = server.calls();
    assert_eq!(calls.len(), 3, "one question, one parcel for each store");
    let parcel = document(&calls[1])["variables"]["fulfillment"].clone();
    assert_eq!(parcel["lineItemsByFulfillmentOrder"].as_array().unwrap().len(), 2);
    assert_eq!(parcel["trackingInfo"], json!({ "number": "VN1", "company": "GHN" }));
    tell(NewsKind::Cancelled).await.unwrap();
    let cancel = document(&server.calls()[4])["variables"].clone();
    assert_eq!((&cancel["restock"], &cancel["reason"]), (&json!(true), &json!("OTHER")));
    assert_eq!(cancel["refundMethod"]["originalPaymentMethodsRefund"], false);
    assert_eq!(tell(NewsKind::Delivered).await.unwrap_err().kind, ErrorKind::Unsupported);
}

fn grant(pairs: &[(&str, &str)], key: &[u8]) -> Vec<(String, String)> {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    let text = sorted.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&");
    let seal = hmac::sha256_hex(key, &[text.as_bytes()]).unwrap();
    let own = |(n, v): &(&str, &str)| ((*n).to_owned(), (*v).to_owned());
    pairs.iter().map(own).chain([("hmac".to_owned(), seal)]).collect()
}

#[tokio::test]
async fn a_grant_is_proved_fresh_and_ours_before_its_code_is_used() {
    let token = json!({ "access_token": "shpat_x", "scope": "write_orders", "expires_in": 3600,
        "refresh_token": "shprt_x", "refresh_token_expires_in": 7_776_000 });
    let server = Server::start(move |_| (200, token.to_string()));
    let good =
        [("code", "c"), ("shop", "lan-shop.myshopify.com"), ("state", "s"), ("timestamp", "1795316400")];
    let redeem = async |query: Vec<(String, String)>| {
        let grant = Grant { redirect_url: "https://hopkenh.example/back", query: &query };
        with(world(&[]), &server, async |s| Shopify.redeem_grant(&s, &grant).await).await
    };
    let with_pair = |at: usize, value: &'static str| {
        let mut pairs = good;
        pairs[at].1 = value;
        grant(&pairs, b"hush")
    };
    for (why, query) in [
        ("another key", grant(&good, b"other")),
        ("another shop", with_pair(1, "hoa.myshopify.com")),
        ("91 seconds old", with_pair(3, "1795316309")),
        ("no hmac", grant(&good, b"hush").into_iter().filter(|(n, _)| n != "hmac").collect()),
    ] {
        assert_eq!(redeem(query).await.err().unwrap().kind, ErrorKind::Refused, "{why}");
    }
    assert!(server.calls().is_empty());
    let tokens = redeem(grant(&good, b"hush")).await.unwrap();
    assert_eq!(tokens.access.expose_secret(), "shpat_x");
    assert_eq!(tokens.access_expires_at.unwrap().as_second(), 1_795_316_400 + 3_600);
    assert_eq!(tokens.refresh_expires_at.unwrap().as_second(), 1_795_316_400 + 7_776_000);
    let call = &server.calls()[0];
    assert_eq!(call.path(), "/admin/oauth/access_token");
    assert_eq!(call.body, "client_id=app-1&client_secret=hush&code=c&expiring=1");
}

/// The vector of Shopify's own page: secret `hush`, shop `some-shop`.
#[tokio::test]
async fn the_published_grant_is_proved_but_too_old() {
    let pairs = [
        ("code", "0907a61c0c8d55e99db179b68161bc00"),
        ("timestamp", "1337178173"),
        ("shop", "some-shop.myshopify.com"),
        ("hmac", "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20"),
    ];
    let query: Vec<_> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let server = Server::start(|_| (200, String::new()));
    let checked = with(world(&[]), &server, async |s| crate::shopify::sign::check_grant(&s, &query)).await;
    assert!(checked.unwrap_err().detail.contains("too old"), "the signature is right");
}

#[tokio::test]
async fn a_renewal_needs_something_to_renew() {
    let refused = Server::start(|_| (400, json!({ "error": "invalid_grant" }).to_string()));
    let renewed = with(world(&[]), &refused, async |s| Shopify.renew_login(&s).await.err()).await.unwrap();
    assert_eq!(renewed.kind, ErrorKind::LoginExpired);
    let body = refused.calls()[0].body.clone();
    assert_eq!(body, "client_id=app-1&client_secret=hush&grant_type=refresh_token&refresh_token=next");
    let mut endless = world(&[]);
    endless.secrets = testing::secrets(&[("client_secret", "hush"), ("access_token", "t")]);
    let renewed = with(endless, &refused, async |s| Shopify.renew_login(&s).await.err()).await.unwrap();
    assert!(renewed.kind == ErrorKind::Misconfigured && renewed.detail.contains("nothing to renew"));
    let broken = Server::start(|_| (502, String::new()));
    let renewed = with(world(&[]), &broken, async |s| Shopify.renew_login(&s).await.err()).await.unwrap();
    assert!(renewed.is_ambiguous());
    let ask = LinkAsk { redirect_url: "https://hopkenh.example/back?a=b", state: "s&t" };
    let link = with(world(&[]), &broken, async |s| Shopify.grant_link(&s, &ask)).await.unwrap();
    let (page, query) = link.split_once('?').unwrap();
    assert_eq!(page, format!("{}/admin/oauth/authorize", broken.url));
    assert!(query.starts_with("client_id=app-1&scope=write_orders%2Cread_products"));
    assert!(query.ends_with("&redirect_uri=https%3A%2F%2Fhopkenh.example%2Fback%3Fa%3Db&state=s%26t"));
}

#[tokio::test]
async fn the_account_is_told_with_what_it_lacks() {
    let server = Server::start(|_| {
        let scope = |name: &str| json!({ "handle": name });
        let data = json!({ "shop": { "name": "Lan" },
            "currentAppInstallation": { "accessScopes": [scope("write_orders"), scope("write_products")] },
            "locations": { "nodes": [{ "id": "gid://shopify/Location/5001", "name": "Hà Nội" }] },
            "webhookSubscriptions": { "nodes": [{ "topic": "ORDERS_CREATE", "uri": "https://x" }] } });
        (200, json!({ "data": data }).to_string())
    });
    let report = with(world(&[]), &server, async |s| Shopify.inspect_account(&s).await).await.unwrap();
    let missing = report.missing_scopes.unwrap();
    assert!(
        missing.contains(&"write_inventory".to_owned()) && !missing.contains(&"read_products".to_owned())
    );
    assert_eq!(report.locations.unwrap()[0].id, "5001");
    let Subscription::Missing { topics } = report.subscription else { panic!("six are missing") };
    assert!(topics.len() == 6 && !topics.contains(&"ORDERS_CREATE".to_owned()));
}
