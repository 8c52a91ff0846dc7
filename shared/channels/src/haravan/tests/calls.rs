//! Checks of what the Haravan connector sends and how it takes the answers.

use super::{ORDER, secrets};
use crate::account::Subscription;
use crate::channel::{Channel, Session, StockSet};
use crate::error::{ErrorKind, Next};
use crate::forward::{ForwardLine, NewsKind, OrderNews, OrderToForward};
use crate::haravan::Haravan;
use crate::login::{Grant, LinkAsk};
use crate::paging::{Cursor, Window};
use crate::testing::{self, Call, Server};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use commerce::ids::{ListingId, OrderId};
use commerce::money::{Currency, Money};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

async fn with_session<T>(url: &str, account: &[(&str, &str)], run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    let (shop, secrets) = (testing::shop(), secrets());
    let account = [&[("location_id", "963414"), ("app_id", "app-1")], account].concat();
    let mut connection = testing::connection("haravan", &account);
    connection.base_url = Some(url.to_owned());
    connection.webhook_url = Some("https://hub.vn/h".to_owned());
    let (http, clock) = (testing::http(), testing::clock());
    let session = Session {
        shop: &shop,
        connection: &connection,
        secrets: &secrets,
        http: &http,
        clock: &clock,
        token: None,
    };
    run(session).await
}

fn body(call: &Call) -> Value {
    serde_json::from_str(&call.body).unwrap()
}

fn sets(quantities: &[(&str, u32)]) -> Vec<StockSet> {
    let set =
        |(listing, quantity): &(&str, u32)| StockSet::blind(ListingId::new(*listing).unwrap(), *quantity);
    quantities.iter().map(set).collect()
}

#[tokio::test]
async fn an_order_is_asked_for_with_the_token() {
    let server = Server::start(|call| match call.path() {
        "/com/orders/1272208520.json" => (200, format!("{{\"order\":{ORDER}}}")),
        "/com/orders/2.json" => (200, r#"{"order":{"id":2}}"#.to_owned()),
        _ => (404, r#"{"errors":"Not Found"}"#.to_owned()),
    });
    let ids = ["1272208520", "2", "3", "x"].map(|id| OrderId::new(id).unwrap());
    let found =
        with_session(&server.url, &[], async |s| Haravan.look_up_orders(&s, &ids).await).await.unwrap();
    assert_eq!(found[0].1.as_ref().unwrap().read_at.unwrap().to_string(), "2026-11-22T03:00:00Z");
    let kinds: Vec<ErrorKind> = found[1..].iter().map(|(_, r)| r.as_ref().unwrap_err().kind).collect();
    assert_eq!(kinds, [ErrorKind::Unreadable, ErrorKind::NotFound, ErrorKind::NotFound]);
    assert_eq!(server.calls()[0].headers["authorization"], "Bearer token-1");
}

#[tokio::test]
async fn statuses_say_what_next() {
    for (status, kind, next) in [
        (401, ErrorKind::LoginExpired, None),
        (403, ErrorKind::Misconfigured, Some(Next::Park)),
        (422, ErrorKind::Refused, Some(Next::Park)),
        (429, ErrorKind::RateLimited, Some(Next::Retry)),
        (502, ErrorKind::Unavailable, Some(Next::Retry)),
        (418, ErrorKind::Refused, Some(Next::Park)),
    ] {
        let server = Server::start(move |_| (status, r#"{"errors":"token-1"}"#.to_owned()));
        let error = with_session(&server.url, &[], async |s| Haravan.list_listings(&s, None).await).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind, kind, "{status}");
        assert!(next.is_none_or(|next| error.next == next), "{status}");
        assert!(!error.detail.contains("token-1"));
    }
}

#[tokio::test]
async fn stock_is_set_whole_at_one_location() {
    let server = Server::start(|_| (200, r#"{"inventory":{"id":1}}"#.to_owned()));
    let sets = sets(&[("10:11", 7), ("?", 1)]);
    let done = with_session(&server.url, &[], async |s| Haravan.set_stock(&s, &sets).await).await.unwrap();
    assert_eq!(done[0].1.as_ref().unwrap_err().kind, ErrorKind::Refused);
    assert_eq!(done[1].1, Ok(()));
    let [call] = server.calls().try_into().unwrap();
    assert_eq!(call.path(), "/com/inventories/adjustorset.json");
    let inventory = &body(&call)["inventory"];
    assert_eq!((&inventory["location_id"], &inventory["type"]), (&json!(963_414), &json!("set")));
    assert_eq!(
        inventory["line_items"],
        json!([{ "product_id": 10, "product_variant_id": 11, "quantity": 7 }])
    );
}

#[tokio::test]
async fn where_on_hand_is_meant_committed_units_are_added() {
    let server = Server::start(|call| match call.method.as_str() {
        "GET" => (
            200,
            json!({ "inventory_locations": [
                { "loc_id": 1, "product_id": 10, "variant_id": 11, "qty_commited": 99 },
                { "loc_id": 963_414, "product_id": 10, "variant_id": 11, "qty_commited": 5 },
                { "loc_id": 963_414, "product_id": 10, "variant_id": 12, "qty_commited": 0 },
            ] })
            .to_string(),
        ),
        _ => (200, r#"{"inventory":{"line_items":[{"product_variant_id":11}]}}"#.to_owned()),
    });
    let sets = sets(&[("10:11", 7), ("10:12", 3)]);
    let on_hand = [("stock_meaning", "on_hand")];
    let done =
        with_session(&server.url, &on_hand, async |s| Haravan.set_stock(&s, &sets).await).await.unwrap();
    assert_eq!(done[0].1, Ok(()));
    assert!(done[1].1.as_ref().is_err_and(|error| error.is_ambiguous()), "it is not among what was done");
    let [asked, told] = server.calls().try_into().unwrap();
    assert_eq!((asked.query("variant_ids"), asked.query("location_ids")), (Some("11%2C12"), Some("963414")));
    let lines = &body(&told)["inventory"]["line_items"];
    assert_eq!((&lines[0]["quantity"], &lines[1]["quantity"]), (&json!(12), &json!(3)));
    let wrong = [("stock_meaning", "both")];
    let error = with_session(&server.url, &wrong, async |s| Haravan.set_stock(&s, &sets).await).await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::Misconfigured);
}

#[tokio::test]
async fn what_buyers_can_take_is_read() {
    let server = Server::start(|_| {
        let rows = json!([
            { "loc_id": 963_414, "product_id": 10, "variant_id": 11, "qty_onhand": 0, "qty_available": -7 },
            { "loc_id": 7, "product_id": 10, "variant_id": 11, "qty_available": 4 },
        ]);
        (200, json!({ "inventory_locations": rows }).to_string())
    });
    let listings = ["10:11", "10:99", "x"].map(|id| ListingId::new(id).unwrap());
    let read =
        with_session(&server.url, &[], async |s| Haravan.read_stock(&s, &listings).await).await.unwrap();
    let read: Vec<(&str, i64)> = read.iter().map(|r| (r.listing.as_str(), r.quantity)).collect();
    assert_eq!(read, [("10:11", -7)]);
}

#[tokio::test]
async fn orders_are_listed_by_the_time_they_changed() {
    let server = Server::start(|_| (200, format!("{{\"orders\":[{ORDER},{{\"id\":1}}]}}")));
    let window =
        Window { from: "2022-02-17T00:00:00Z".parse().unwrap(), to: "2022-02-18T00:00:00Z".parse().unwrap() };
    let page = with_session(&server.url, &[], async |s| Haravan.list_orders(&s, window, None).await).await;
    let page = page.unwrap();
    assert!(page.rows[0].is_ok() && page.rows[1].is_err() && page.next.is_none());
    let call = &server.calls()[0];
    assert_eq!((call.query("status"), call.query("limit")), (Some("any"), Some("50")));
    assert_eq!(call.query("updated_at_min"), Some("2022-02-16T23%3A59%3A59.999Z"));
    assert_eq!(call.query("updated_at_max"), Some("2022-02-18T00%3A00%3A00.000Z"));
    assert_eq!(call.query("order"), Some("updated_at%20asc"));
    let outside = Window { from: window.to, to: window.to };
    let place = Cursor("2022-02-17T01:00:00Z 3".to_owned());
    let page =
        with_session(&server.url, &[], async |s| Haravan.list_orders(&s, outside, Some(&place)).await).await;
    assert!(page.unwrap().rows.iter().all(Result::is_err), "an order outside the span is left out");
    assert_eq!(server.calls()[1].query("page"), Some("3"));
}

#[tokio::test]
async fn an_order_is_put_in_and_found_by_our_reference() {
    let server = Server::start(|call| match call.method.as_str() {
        "POST" => (201, r#"{"order":{"id":77}}"#.to_owned()),
        _ => {
            let noted = json!([{ "name": "hopkenh_reference", "value": "shopee:1" }]);
            (200, json!({ "orders": [{ "id": 5 }, { "id": 77, "note_attributes": noted }] }).to_string())
        }
    });
    let order = OrderToForward {
        reference: "shopee:1".to_owned(),
        title: "shopee-main 2404098R48U37H".to_owned(),
        branch: None,
        lines: vec![ForwardLine {
            listing: ListingId::new("10:11").unwrap(),
            quantity: 2,
            unit_price_minor: 199_000,
        }],
        total: Money::from_minor(398_000, Currency::VND),
    };
    with_session(&server.url, &[], async |s| {
        assert_eq!(Haravan.forward_order(&s, &order).await.unwrap().as_str(), "77");
        assert_eq!(Haravan.find_forwarded(&s, "shopee:1").await.unwrap().unwrap().as_str(), "77");
        assert_eq!(Haravan.find_forwarded(&s, "shopee:2").await.unwrap(), None);
    })
    .await;
    let sent = body(&server.calls()[0]);
    let line = json!({ "variant_id": 11, "quantity": 2, "price": 199_000 });
    assert_eq!((&sent["order"]["line_items"][0], &sent["order"]["tags"]), (&line, &json!("shopee:1")));
}

#[tokio::test]
async fn news_goes_to_its_own_address() {
    let server = Server::start(|_| (200, "{}".to_owned()));
    let news = |kind| OrderNews {
        order: OrderId::new("9").unwrap(),
        kind,
        carrier: Some("GHN".to_owned()),
        tracking_number: Some("VN1".to_owned()),
        reason: None,
        lines: Vec::new(),
    };
    with_session(&server.url, &[], async |s| {
        for kind in [NewsKind::Accepted, NewsKind::Shipped, NewsKind::Cancelled] {
            Haravan.carry_status(&s, &news(kind)).await.unwrap();
        }
        let error = Haravan.carry_status(&s, &news(NewsKind::Delivered)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
    })
    .await;
    let calls = server.calls();
    let paths: Vec<&str> = calls.iter().map(Call::path).collect();
    let expected =
        ["/com/orders/9/confirm.json", "/com/orders/9/fulfillments.json", "/com/orders/9/cancel.json"];
    assert_eq!(paths, expected);
    assert_eq!(body(&calls[1])["fulfillment"]["tracking_number"], "VN1");
    assert_eq!(body(&calls[2]), json!({ "reason": "inventory" }));
}

#[tokio::test]
async fn a_grant_gives_tokens_and_the_shops_number() {
    let server = Server::start(|_| {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"orgid":"1000114691","orgname":"x"}"#);
        let answer = json!({ "access_token": "a-2", "refresh_token": "r-2", "expires_in": 86_400,
            "id_token": format!("h.{claims}.s") });
        (200, answer.to_string())
    });
    let ask = LinkAsk { redirect_url: "https://hub.vn/back?x=1", state: "s1" };
    let query = [("code".to_owned(), "c 1".to_owned())];
    let grant = Grant { redirect_url: ask.redirect_url, query: &query };
    with_session(&server.url, &[], async |s| {
        let link = Haravan.grant_link(&s, &ask).unwrap();
        assert!(link.starts_with(&format!("{}/connect/authorize?response_mode=query", server.url)), "{link}");
        assert!(link.contains("client_id=app-1&redirect_uri=https%3A%2F%2Fhub.vn%2Fback%3Fx%3D1&state=s1"));
        let tokens = Haravan.redeem_grant(&s, &grant).await.unwrap();
        assert_eq!(tokens.access.expose_secret(), "a-2");
        assert_eq!(tokens.access_expires_at.unwrap().to_string(), "2026-11-23T03:00:00Z");
        assert_eq!(tokens.account["org_id"], "1000114691");
        assert_eq!(Haravan.renew_login(&s).await.unwrap().refresh.unwrap().expose_secret(), "r-2");
    })
    .await;
    let calls = server.calls();
    assert!(calls[0].body.starts_with("grant_type=authorization_code&code=c%201&redirect_uri=https%3A"));
    let expected = "grant_type=refresh_token&refresh_token=refresh-1&client_id=app-1&client_secret=";
    assert!(calls[1].body.starts_with(expected), "{}", calls[1].body);
}

#[tokio::test]
async fn a_used_code_is_refused_for_good() {
    let server = Server::start(|_| (400, r#"{"error":"invalid_grant"}"#.to_owned()));
    let error = with_session(&server.url, &[], async |s| Haravan.renew_login(&s).await).await;
    let error = error.err().unwrap();
    assert_eq!((error.kind, error.next), (ErrorKind::Refused, Next::Park));
}

#[tokio::test]
async fn the_account_is_looked_at_and_subscribed() {
    let server = Server::start(|call| match (call.method.as_str(), call.path()) {
        ("GET", "/com/shop.json") => (200, r#"{"shop":{"name":"shop-2"}}"#.to_owned()),
        ("GET", "/com/locations.json") => (403, "{}".to_owned()),
        ("GET", "/api/subscribe") => {
            let row = |event: &str| json!({ "id": "6", "event": event, "url": "https://hub.vn/h" });
            (
                200,
                json!({ "error": false, "data": [row("orders/create"), row("orders/updated")] }).to_string(),
            )
        }
        _ => (200, r#"{"error":false,"message":"ok"}"#.to_owned()),
    });
    with_session(&server.url, &[], async |s| {
        let report = Haravan.inspect_account(&s).await.unwrap();
        assert_eq!(report.name.as_deref(), Some("shop-2"));
        assert_eq!(report.missing_scopes, Some(vec!["com.read_shop".to_owned()]));
        assert_eq!(report.locations, None);
        assert_eq!(
            report.subscription,
            Subscription::Missing { topics: vec!["orders/cancelled".to_owned()] }
        );
        Haravan.subscribe_webhooks(&s, "https://hub.vn/h").await.unwrap();
        let error = Haravan.subscribe_webhooks(&s, "https://other.vn/h").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Misconfigured, "the console has another address");
    })
    .await;
}
