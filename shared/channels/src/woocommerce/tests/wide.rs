//! Checks of lists, forwarded orders, news and webhooks against the documented messages of a website.

use super::*;
use crate::account::Subscription;
use crate::forward::{ForwardLine, NewsKind, OrderNews, OrderToForward};
use crate::paging::{Cursor, Window};
use commerce::Timestamp;
use commerce::money::{Currency, Money};

#[tokio::test]
async fn a_signed_query_is_the_one_another_program_makes() {
    // Worked out apart, from RFC 5849.
    let known = "oauth_consumer_key=ck_1&oauth_nonce=66904c52431703d735a029f344481a41\
                 &oauth_signature_method=HMAC-SHA256&oauth_timestamp=1795316400&oauth_version=1.0\
                 &search=HK%201%2B%C3%A1&status=any&oauth_signature=n9g6xNIdWdz1VrjIYK%2FN%2BrULWrpgyZdL1Mbg7GxGu4c%3D";
    let query = [("status", "any"), ("search", "HK 1+á")];
    let url = "http://lan.vn/wp-json/wc/v3/orders";
    let signed = with_session("http://lan.vn", &[], async |session| {
        sign::signed_query(&session, "GET", url, &query).unwrap()
    });
    assert_eq!(signed.await, known);
}

#[tokio::test]
async fn over_plain_http_the_secret_stays_at_home() {
    let server = Server::start(|_| (200, ORDER.to_owned()));
    let asked = ids(&["11"]);
    let account = [("oauth1", "true")];
    with_session(&server.url, &account, async |session| {
        WooCommerce.look_up_orders(&session, &asked).await.unwrap();
    })
    .await;
    let call = server.calls().remove(0);
    assert_eq!(call.headers.get("authorization"), None);
    assert_eq!(call.query("oauth_consumer_key"), Some("ck_1"));
    assert!(!call.target.contains("cs_2") && call.query("oauth_signature").is_some());
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window() -> Window {
    Window { from: at("2026-11-21T00:00:00Z"), to: at("2026-11-22T00:00:00.5Z") }
}

fn page_of(count: usize, modified: &str) -> String {
    let row = |n: usize| {
        let mut row: Value = serde_json::from_str(ORDER).unwrap();
        row["id"] = json!(n);
        row["date_modified_gmt"] = json!(modified);
        row
    };
    Value::from((0..count).map(row).collect::<Vec<_>>()).to_string()
}

#[tokio::test]
async fn pages_follow_the_clock_and_are_counted_only_within_a_second() {
    let list = async |cursor: Option<&str>, modified: &'static str, count: usize| {
        let server = Server::start(move |_| (200, page_of(count, modified)));
        let cursor = cursor.map(|place| Cursor(place.to_owned()));
        let page = with_session(&server.url, &[], async |session| {
            WooCommerce.list_orders(&session, window(), cursor.as_ref()).await
        });
        let next = page.await.unwrap().next.map(|next| next.0);
        (next, server.calls().remove(0))
    };
    let (next, call) = list(None, "2026-11-21T10:00:00", 100).await;
    assert_eq!(call.query("modified_after"), Some("2026-11-20T23%3A59%3A59"), "its own second is left out");
    assert_eq!(call.query("modified_before"), Some("2026-11-22T00%3A00%3A01"));
    assert_eq!((call.query("dates_are_gmt"), call.query("per_page")), (Some("true"), Some("100")));
    let second = at("2026-11-21T09:59:59Z").as_second();
    assert_eq!(next, Some(format!("{second}:1")));
    let (next, call) = list(next.as_deref(), "2026-11-21T10:00:00", 100).await;
    assert_eq!(call.query("modified_after"), Some("2026-11-21T09%3A59%3A59"));
    assert_eq!(next, Some(format!("{second}:2")), "a hundred orders in one second");
    assert_eq!(list(next.as_deref(), "2026-11-21T10:00:00", 99).await.0, None);
    let strange = Server::start(|_| (200, "[]".to_owned()));
    let cursor = Cursor("page two".to_owned());
    let refused = with_session(&strange.url, &[], async |session| {
        WooCommerce.list_orders(&session, window(), Some(&cursor)).await
    });
    assert_eq!(refused.await.unwrap_err().kind, ErrorKind::Refused);
}

#[tokio::test]
async fn a_bad_row_and_a_cart_do_not_take_the_others_along() {
    let good: Value = serde_json::from_str(ORDER).unwrap();
    let (mut bad, mut cart) = (good.clone(), good.clone());
    bad["total"] = json!("free");
    cart["status"] = json!("checkout-draft");
    let body = json!([bad, cart, good, "no row"]).to_string();
    let server = Server::start(move |_| (200, body.clone()));
    let page = with_session(&server.url, &[], async |session| {
        WooCommerce.list_orders(&session, window(), None).await
    });
    let rows = page.await.unwrap().rows;
    assert_eq!(rows.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true, false]);
}

#[tokio::test]
async fn products_and_their_variations_are_listed() {
    let server = Server::start(|call| match call.path() {
        "/wp-json/wc/v3/products" => {
            let simple = json!({ "id": 10, "name": "Mũ", "type": "simple", "status": "publish", "sku": "MU",
                "global_unique_id": "893", "stock_quantity": 4 });
            let parent = json!({ "id": 20, "name": "Áo", "type": "variable", "status": "publish" });
            let bundle = json!({ "id": 30, "name": "Bộ", "type": "grouped", "status": "publish" });
            (200, json!([simple, parent, bundle, { "name": "?", "type": "simple" }]).to_string())
        }
        _ => {
            let option = json!([{ "name": "Size", "option": "M" }]);
            let row = json!({ "id": 21, "status": "private", "sku": "AO-M", "attributes": option,
                "stock_quantity": null });
            (200, json!([row]).to_string())
        }
    });
    let page =
        with_session(&server.url, &[], async |session| WooCommerce.list_listings(&session, None).await);
    let page = page.await.unwrap();
    assert_eq!((page.rows.len(), page.next), (3, None));
    let hat = page.rows[0].as_ref().unwrap();
    assert_eq!((hat.id.as_str(), hat.barcode.as_deref(), hat.shown), ("10:0", Some("893"), Some(4)));
    let shirt = page.rows[1].as_ref().unwrap();
    assert_eq!((shirt.id.as_str(), shirt.title.as_str(), shirt.is_active), ("20:21", "Áo / M", false));
    assert!(page.rows[2].is_err());
}

fn to_forward(total_minor: i64, currency: &str) -> OrderToForward {
    let line = |listing: &str, quantity| ForwardLine {
        listing: ListingId::new(listing).unwrap(),
        quantity,
        unit_price_minor: 199_000,
    };
    OrderToForward {
        reference: "HK-1".to_owned(),
        title: "shopee-main 2404098R48U37H".to_owned(),
        branch: None,
        lines: vec![line("10:0", 2), line("20:21", 1)],
        total: Money::from_minor(total_minor, Currency::new(currency).unwrap()),
    }
}

#[tokio::test]
async fn an_order_goes_in_with_its_reference_where_a_search_finds_it() {
    let server = Server::start(|_| (201, r#"{"id":77,"status":"processing"}"#.to_owned()));
    let forward = async |order: OrderToForward| {
        with_session(&server.url, &[], async |session| WooCommerce.forward_order(&session, &order).await)
            .await
    };
    assert_eq!(forward(to_forward(612_000, "VND")).await.unwrap().as_str(), "77");
    let body: Value = serde_json::from_str(&server.calls()[0].body).unwrap();
    assert_eq!(body["status"], "processing");
    let title = json!({ "key": "hopkenh_order", "value": "shopee-main 2404098R48U37H" });
    assert_eq!(body["meta_data"], json!([{ "key": "_hopkenh_reference", "value": "HK-1" }, title]));
    assert_eq!(
        body["fee_lines"][0],
        json!({ "name": "Hopkenh HK-1", "total": "15000", "tax_status": "none" })
    );
    let first = json!({ "product_id": 10, "quantity": 2, "subtotal": "398000", "total": "398000" });
    assert_eq!(body["line_items"][0], first);
    assert_eq!(body["line_items"][1]["variation_id"], 21);
    forward(to_forward(596_995, "USD")).await.unwrap();
    let body: Value = serde_json::from_str(&server.calls()[1].body).unwrap();
    assert_eq!(
        (&body["line_items"][0]["total"], &body["fee_lines"][0]["total"]),
        (&json!("3980.00"), &json!("-0.05"))
    );
}

#[tokio::test]
async fn a_lost_answer_leaves_open_whether_the_order_went_in() {
    for (status, body) in [(500, "{}"), (200, "{}"), (201, "half")] {
        let server = Server::start(move |_| (status, body.to_owned()));
        let order = to_forward(597_000, "VND");
        let result =
            with_session(&server.url, &[], async |session| WooCommerce.forward_order(&session, &order).await);
        assert!(result.await.unwrap_err().is_ambiguous(), "{status} {body}");
    }
}

async fn carry(status: &'static str, kind: NewsKind) -> (Result<(), ErrorKind>, Vec<String>) {
    let server = Server::start(move |call| {
        let wanted: Value = serde_json::from_str(&call.body).unwrap_or_default();
        let now = wanted["status"].as_str().unwrap_or(status);
        (200, json!({ "id": 11, "status": now }).to_string())
    });
    let news = OrderNews {
        order: OrderId::new("11").unwrap(),
        kind,
        carrier: Some("SPX".to_owned()),
        tracking_number: Some("VN1".to_owned()),
        reason: None,
        lines: Vec::new(),
    };
    let result =
        with_session(&server.url, &[], async |session| WooCommerce.carry_status(&session, &news).await).await;
    let written = server.calls().into_iter().filter(|call| call.method == "PUT").map(|call| call.body);
    (result.map_err(|e| e.kind), written.collect())
}

#[tokio::test]
async fn news_changes_only_what_it_may() {
    let (result, written) = carry("processing", NewsKind::Shipped).await;
    assert_eq!((result, written.len()), (Ok(()), 1));
    let body: Value = serde_json::from_str(&written[0]).unwrap();
    assert_eq!((&body["status"], &body["meta_data"][1]["value"]), (&json!("completed"), &json!("VN1")));
    for (status, kind, expected) in [
        ("completed", NewsKind::Shipped, Ok(())),
        ("cancelled", NewsKind::Cancelled, Ok(())),
        ("processing", NewsKind::Accepted, Ok(())),
        ("completed", NewsKind::Accepted, Ok(())),
        ("cancelled", NewsKind::Shipped, Err(ErrorKind::Refused)),
        ("completed", NewsKind::Cancelled, Err(ErrorKind::Refused)),
        ("refunded", NewsKind::Accepted, Err(ErrorKind::Refused)),
        ("processing", NewsKind::Delivered, Err(ErrorKind::Unsupported)),
    ] {
        let (result, written) = carry(status, kind).await;
        assert_eq!((result, written.len()), (expected, 0), "{status} {kind:?}");
    }
    assert_eq!(carry("pending", NewsKind::Accepted).await.1.len(), 1);
    assert_eq!(carry("on-hold", NewsKind::Cancelled).await.1.len(), 1);
}

const HOOK: &str = "https://hub.vn/webhooks/lan/main";

async fn with_hooks(rows: Value) -> (Subscription, Vec<testing::Call>) {
    let body = rows.to_string();
    let server =
        Server::start(move |call| (200, if call.method == "GET" { body.clone() } else { "{}".to_owned() }));
    let report = with_session(&server.url, &[], async |session| {
        let mut connection = session.connection.clone();
        connection.webhook_url = Some(HOOK.to_owned());
        let session = Session { connection: &connection, ..session.clone() };
        let report = WooCommerce.inspect_account(&session).await.unwrap();
        WooCommerce.subscribe_webhooks(&session, HOOK).await.unwrap();
        report
    });
    let report = report.await;
    let written = server.calls().into_iter().filter(|call| call.method != "GET").collect();
    (report.subscription, written)
}

#[tokio::test]
async fn webhooks_are_added_where_missing_and_woken_where_silent() {
    let hook = |id: u32, topic: &str, status: &str| json!({ "id": id, "topic": topic, "status": status, "delivery_url": HOOK });
    let foreign =
        json!({ "id": 9, "topic": "order.deleted", "status": "active", "delivery_url": "https://other.vn" });
    let rows = json!([hook(1, "order.created", "active"), hook(2, "order.updated", "active"), foreign]);
    let (subscription, written) = with_hooks(rows).await;
    let topics = ["order.deleted", "order.restored"].map(str::to_owned).to_vec();
    assert_eq!(subscription, Subscription::Missing { topics });
    assert!(written.iter().all(|call| call.method == "POST") && written.len() == 2);
    let body: Value = serde_json::from_str(&written[0].body).unwrap();
    assert_eq!((&body["delivery_url"], &body["secret"]), (&json!(HOOK), &json!("a&amp;b")));
    let all = |status: &str| {
        let rows = ["order.created", "order.updated", "order.deleted", "order.restored"];
        Value::from(rows.map(|topic| hook(5, topic, status)).to_vec())
    };
    let (subscription, written) = with_hooks(all("disabled")).await;
    assert_eq!((subscription, written.len()), (Subscription::Suspended, 4));
    assert_eq!((written[0].method.as_str(), written[0].path()), ("PUT", "/wp-json/wc/v3/webhooks/5"));
    let (subscription, written) = with_hooks(all("active")).await;
    assert_eq!((subscription, written.len()), (Subscription::Active, 0));
}
