//! Checks of what the Sapo connector sends and how it takes the answers.

use super::{OMNI, WEB, secrets};
use crate::account::Subscription;
use crate::channel::{Channel, Session, StockSet};
use crate::error::{ErrorKind, Next};
use crate::forward::{ForwardLine, NewsKind, OrderNews, OrderToForward};
use crate::login::{Grant, LinkAsk};
use crate::paging::{Cursor, Window};
use crate::sapo::Sapo;
use crate::testing::{self, Call, Server};
use commerce::ids::{ListingId, OrderId};
use commerce::money::{Currency, Money};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

async fn with_session<T>(url: &str, account: &[(&str, &str)], run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    let (shop, secrets) = (testing::shop(), secrets());
    let mut connection = testing::connection("sapo", &[&[("app_id", "app-1")], account].concat());
    connection.base_url = Some(url.to_owned());
    connection.webhook_url = Some("https://hub.vn/s".to_owned());
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

const OMNI_ACCOUNT: [(&str, &str); 2] = [("product", "omni"), ("location_id", "58369")];

fn body(call: &Call) -> Value {
    serde_json::from_str(&call.body).unwrap()
}

fn listings<const N: usize>(ids: [&str; N]) -> [ListingId; N] {
    ids.map(|id| ListingId::new(id).unwrap())
}

#[tokio::test]
async fn an_order_without_its_lines_is_read_from_the_list() {
    let server = Server::start(|call| match call.path() {
        "/admin/orders/1234567.json" => {
            let mut order: Value = serde_json::from_str(WEB).unwrap();
            order.as_object_mut().unwrap().remove("line_items");
            order["closed_on"] = json!("2026-04-18T01:45:54Z");
            (200, json!({ "order": order }).to_string())
        }
        "/admin/orders/14900465.json" => (200, format!("{{\"order\":{OMNI}}}")),
        "/admin/orders.json" => (200, format!("{{\"orders\":[{{\"id\":1}},{WEB}]}}")),
        _ => (404, r#"{"errors":"Not Found"}"#.to_owned()),
    });
    let ids = ["1234567", "14900465", "3", "x"].map(|id| OrderId::new(id).unwrap());
    let found = with_session(&server.url, &[], async |s| Sapo.look_up_orders(&s, &ids).await).await.unwrap();
    assert_eq!(found[0].1.as_ref().unwrap().lines.len(), 1);
    assert_eq!(found[1].1.as_ref().unwrap().read_at.unwrap().to_string(), "2026-11-22T03:00:00Z");
    let kinds: Vec<ErrorKind> = found[2..].iter().map(|(_, r)| r.as_ref().unwrap_err().kind).collect();
    assert_eq!(kinds, [ErrorKind::NotFound, ErrorKind::NotFound]);
    let calls = server.calls();
    assert_eq!(calls[0].headers["x-sapo-access-token"], "token-1");
    assert_eq!(calls[0].headers["x-bizweb-access-token"], "token-1");
    assert_eq!((calls[1].query("ids"), calls[1].query("status")), (Some("1234567"), Some("closed")));
}

#[tokio::test]
async fn a_private_app_signs_in_with_its_keys() {
    let server = Server::start(|_| (200, r#"{"products":[]}"#.to_owned()));
    let private = [("private_app", "true")];
    with_session(&server.url, &private, async |s| Sapo.list_listings(&s, None).await).await.unwrap();
    let call = &server.calls()[0];
    assert_eq!(call.headers["authorization"], "Basic YXBwLTE6c2Fwby1hcHAtc2VjcmV0");
    assert!(!call.headers.contains_key("x-sapo-access-token"));
}

#[tokio::test]
async fn statuses_say_what_next() {
    for (status, kind) in [
        (401, ErrorKind::LoginExpired),
        (403, ErrorKind::Misconfigured),
        (422, ErrorKind::Refused),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Unavailable),
        (418, ErrorKind::Refused),
    ] {
        let server = Server::start(move |_| (status, r#"{"errors":"token-1"}"#.to_owned()));
        let error = with_session(&server.url, &[], async |s| Sapo.list_listings(&s, None).await).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind, kind, "{status}");
        assert!(!error.detail.contains("token-1"));
    }
}

#[tokio::test]
async fn a_websites_stock_is_set_and_the_answer_is_looked_at() {
    let server = Server::start(|call| match call.path() {
        "/admin/variants/11.json" => (200, r#"{"variant":{"id":11,"inventory_quantity":7}}"#.to_owned()),
        "/admin/variants/12.json" => (200, r#"{"variant":{"id":12,"inventory_quantity":4}}"#.to_owned()),
        _ => (429, String::new()),
    });
    let [a, b, c, d, e] = listings(["10:11", "10:12", "x", "10:13", "10:11"]);
    let sets = [(a, 7), (b, 5), (c, 1), (d, 1), (e, 7)];
    let sets = sets.map(|(listing, quantity)| StockSet::blind(listing, quantity));
    let done = with_session(&server.url, &[], async |s| Sapo.set_stock(&s, &sets).await).await.unwrap();
    let kinds: Vec<_> =
        done.iter().map(|(_, result)| result.as_ref().err().map(|error| error.kind)).collect();
    use ErrorKind::{RateLimited, Refused, TimedOut};
    // The second shows another number, so it is in doubt, and what comes after it is not sent.
    let not_sent = Some(ErrorKind::Unavailable);
    assert_eq!(kinds, [None, Some(TimedOut), not_sent, not_sent, not_sent]);
    let sets = [sets[2].clone(), sets[0].clone(), sets[3].clone(), sets[0].clone()];
    let done = with_session(&server.url, &[], async |s| Sapo.set_stock(&s, &sets).await).await.unwrap();
    let kinds: Vec<_> =
        done.iter().map(|(_, result)| result.as_ref().err().map(|error| error.kind)).collect();
    assert_eq!(kinds, [Some(Refused), None, Some(RateLimited), Some(RateLimited)]);
    let call = &server.calls()[0];
    assert_eq!(call.method, "PUT");
    assert_eq!(body(call), json!({ "variant": { "id": 11, "inventory_quantity": 7 } }));
}

#[tokio::test]
async fn stock_is_read_of_both_products() {
    let server = Server::start(|call| match call.path() {
        "/admin/variants/11.json" => (200, r#"{"variant":{"inventory_quantity":-2}}"#.to_owned()),
        "/admin/products/10.json" => {
            let levels = json!([{ "location_id": 58_369, "on_hand": 10, "available": 8.0 },
                { "location_id": 7, "available": 5 }]);
            let variants = json!([{ "id": 12, "inventories": [] }, { "id": 11, "inventories": levels }]);
            (200, json!({ "product": { "variants": variants } }).to_string())
        }
        _ => (404, "{}".to_owned()),
    });
    let wanted = listings(["10:11", "10:99", "x"]);
    let read = async |account: &[(&str, &str)]| {
        let read = with_session(&server.url, account, async |s| Sapo.read_stock(&s, &wanted).await).await;
        read.unwrap().into_iter().map(|r| (r.listing.to_string(), r.quantity)).collect::<Vec<_>>()
    };
    assert_eq!(read(&[]).await, [("10:11".to_owned(), -2)]);
    assert_eq!(read(&OMNI_ACCOUNT).await, [("10:11".to_owned(), 8)]);
    assert_eq!(read(&[("product", "omni")]).await, [("10:11".to_owned(), 13)], "all stores together");
}

#[tokio::test]
async fn what_is_known_of_websites_only_is_not_tried_with_stores() {
    with_session("http://127.0.0.1:9", &OMNI_ACCOUNT, async |s| {
        let [listing] = listings(["10:11"]);
        let set = StockSet::blind(listing, 1);
        let error = Sapo.set_stock(&s, &[set]).await.unwrap_err();
        assert_eq!((error.kind, error.next), (ErrorKind::Unsupported, Next::Park));
        assert_eq!(Sapo.find_forwarded(&s, "r").await.unwrap_err().kind, ErrorKind::Unsupported);
        assert_eq!(Sapo.forward_order(&s, &to_forward()).await.unwrap_err().kind, ErrorKind::Unsupported);
        let news = news(NewsKind::Shipped);
        assert_eq!(Sapo.carry_status(&s, &news).await.unwrap_err().kind, ErrorKind::Unsupported);
    })
    .await;
    let wrong = [("product", "pos")];
    let error = with_session("http://127.0.0.1:9", &wrong, async |s| Sapo.set_stock(&s, &[]).await).await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::Misconfigured);
}

#[tokio::test]
async fn lists_keep_to_the_span() {
    let server = Server::start(|_| (200, format!("{{\"orders\":[{WEB},{OMNI},{{\"id\":1}}]}}")));
    let window =
        Window { from: "2026-04-17T00:00:00Z".parse().unwrap(), to: "2026-04-18T00:00:00Z".parse().unwrap() };
    let list = async |account: &[(&str, &str)], cursor: Option<Cursor>| {
        let list = async |s: Session<'_>| Sapo.list_orders(&s, window, cursor.as_ref()).await;
        with_session(&server.url, account, list).await.unwrap()
    };
    let page = list(&[], None).await;
    assert_eq!((page.rows.len(), page.next.clone()), (2, Some(Cursor("1 0 1".to_owned()))));
    assert!(page.rows[0].is_ok() && page.rows[1].is_err());
    list(&[], Some(Cursor("1 55 1".to_owned()))).await;
    assert_eq!(list(&OMNI_ACCOUNT, None).await.next, None);
    let calls = server.calls();
    assert_eq!((calls[0].query("status"), calls[0].query("since_id")), (Some("open"), None));
    assert_eq!(calls[0].query("modified_on_min"), Some("2026-04-17T00%3A00%3A00Z"));
    assert_eq!(calls[0].query("modified_on_max"), None, "what moves out would make a gap");
    assert_eq!((calls[1].query("status"), calls[1].query("since_id")), (Some("closed"), Some("55")));
    assert_eq!((calls[2].query("status"), calls[2].query("page")), (None, Some("1")));
}

fn to_forward() -> OrderToForward {
    let [listing] = listings(["10:11"]);
    OrderToForward {
        reference: "shopee:1".to_owned(),
        title: "shopee-main 2404098R48U37H".to_owned(),
        branch: None,
        lines: vec![ForwardLine { listing, quantity: 2, unit_price_minor: 199_000 }],
        total: Money::from_minor(398_000, Currency::VND),
    }
}

#[tokio::test]
async fn an_order_is_put_in_and_found_by_our_reference() {
    let server = Server::start(|call| match (call.method.as_str(), call.query("status")) {
        ("POST", _) => (201, r#"{"order":{"id":77}}"#.to_owned()),
        (_, Some("closed")) => {
            let noted = json!([{ "name": "hopkenh_reference", "value": "shopee:1" }]);
            (200, json!({ "orders": [{ "id": 5 }, { "id": 77, "note_attributes": noted }] }).to_string())
        }
        _ => (200, r#"{"orders":[]}"#.to_owned()),
    });
    with_session(&server.url, &[], async |s| {
        assert_eq!(Sapo.forward_order(&s, &to_forward()).await.unwrap().as_str(), "77");
        assert_eq!(Sapo.find_forwarded(&s, "shopee:1").await.unwrap().unwrap().as_str(), "77");
        assert_eq!(Sapo.find_forwarded(&s, "shopee:2").await.unwrap(), None, "the tag alone is not enough");
    })
    .await;
    let calls = server.calls();
    let sent = &body(&calls[0])["order"];
    assert_eq!(sent["line_items"][0], json!({ "variant_id": 11, "quantity": 2, "price": 199_000 }));
    assert_eq!(sent["inventory_behaviour"], "decrement_ignoring_policy");
    assert_eq!(sent.get("source_name"), None, "Sapo refuses an app that names it");
    assert_eq!(calls[1].query("tag"), Some("shopee%3A1"));
}

fn news(kind: NewsKind) -> OrderNews {
    OrderNews {
        order: OrderId::new("9").unwrap(),
        kind,
        carrier: Some("GHN".to_owned()),
        tracking_number: Some("VN1".to_owned()),
        reason: None,
        lines: Vec::new(),
    }
}

#[tokio::test]
async fn news_goes_to_its_own_address() {
    let server = Server::start(|_| (200, "{}".to_owned()));
    with_session(&server.url, &[], async |s| {
        Sapo.carry_status(&s, &news(NewsKind::Shipped)).await.unwrap();
        Sapo.carry_status(&s, &news(NewsKind::Cancelled)).await.unwrap();
        let error = Sapo.carry_status(&s, &news(NewsKind::Accepted)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
    })
    .await;
    let calls = server.calls();
    let paths: Vec<&str> = calls.iter().map(Call::path).collect();
    assert_eq!(paths, ["/admin/orders/9/fulfillments.json", "/admin/orders/9/cancel.json"]);
    assert_eq!(body(&calls[0])["fulfillment"]["tracking_company"], "GHN");
    assert_eq!(body(&calls[1])["reason"], "inventory");
}

#[tokio::test]
async fn a_grant_gives_a_token_that_does_not_end() {
    let server = Server::start(|_| (200, r#"{"access_token":"a-2","scope":"read_orders"}"#.to_owned()));
    let ask = LinkAsk { redirect_url: "https://hub.vn/back", state: "s1" };
    let query = [("code".to_owned(), "c 1".to_owned()), ("store".to_owned(), "lan.mysapo.net".to_owned())];
    let grant = Grant { redirect_url: ask.redirect_url, query: &query };
    with_session(&server.url, &[], async |s| {
        let link = Sapo.grant_link(&s, &ask).unwrap();
        assert!(link.starts_with(&format!("{}/admin/oauth/authorize?client_id=app-1&scope=", server.url)));
        assert!(link.ends_with("&redirect_uri=https%3A%2F%2Fhub.vn%2Fback&state=s1"), "{link}");
        let tokens = Sapo.redeem_grant(&s, &grant).await.unwrap();
        assert_eq!((tokens.access.expose_secret(), tokens.access_expires_at), ("a-2", None));
        assert!(tokens.refresh.is_none());
        assert_eq!(Sapo.renew_login(&s).await.err().unwrap().kind, ErrorKind::Unsupported);
    })
    .await;
    let sent = body(&server.calls()[0]);
    assert_eq!(sent, json!({ "client_id": "app-1", "client_secret": "sapo-app-secret", "code": "c 1" }));
}

#[tokio::test]
async fn the_account_is_looked_at_and_subscribed() {
    let server = Server::start(|call| match (call.method.as_str(), call.path()) {
        ("GET", "/admin/store.json") => (403, "{}".to_owned()),
        ("GET", "/admin/tenant.json") => (200, r#"{"tenant":{"name":"Lan"}}"#.to_owned()),
        ("GET", "/admin/locations.json") => {
            (200, r#"{"locations":[{"id":58369,"label":"Kho 1"}]}"#.to_owned())
        }
        ("GET", "/admin/webhooks.json") => {
            let row = |topic: &str, address: &str| json!({ "id": 1, "topic": topic, "address": address });
            let ours = "https://hub.vn/s";
            let rows =
                [row("orders/create", ours), row("orders/update", ours), row("orders/updated", "https://x")];
            (200, json!({ "webhooks": rows }).to_string())
        }
        _ => (201, r#"{"webhook":{"id":2}}"#.to_owned()),
    });
    let web = with_session(&server.url, &[], async |s| Sapo.inspect_account(&s).await).await.unwrap();
    assert_eq!((web.name, web.locations), (None, None));
    assert_eq!(web.missing_scopes, Some(vec!["read_store".to_owned()]));
    let topics = ["orders/updated", "orders/cancelled", "orders/fulfilled"];
    assert_eq!(web.subscription, Subscription::Missing { topics: topics.map(str::to_owned).to_vec() });
    let omni = with_session(&server.url, &OMNI_ACCOUNT, async |s| Sapo.inspect_account(&s).await).await;
    let omni = omni.unwrap();
    assert_eq!((omni.name.as_deref(), omni.subscription), (Some("Lan"), Subscription::Active));
    assert_eq!(omni.locations.unwrap()[0].name, "Kho 1");
    let before = server.calls().len();
    let subscribe = async |s: Session<'_>| Sapo.subscribe_webhooks(&s, "https://hub.vn/s").await;
    with_session(&server.url, &[], subscribe).await.unwrap();
    let posted: Vec<Value> = server.calls()[before + 1..].iter().map(body).collect();
    assert_eq!(posted.len(), 3, "each topic that is not sent yet, once");
    assert_eq!(
        posted[0],
        json!({ "webhook": { "topic": "orders/updated", "address": "https://hub.vn/s", "format": "json" } })
    );
}
