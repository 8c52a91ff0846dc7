//! Checks of the WooCommerce connector against output of the real program.

use super::sign::Proof;
use super::{WooCommerce, errors, orders, sign};
use crate::channel::{Channel, Notice, Session, StockSet, Verdict};
use crate::error::{ErrorKind, Next};
use crate::hmac;
use crate::secrets::Secrets;
use crate::testing::{self, Server};
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ListingId, OrderId};
use commerce::order::{ChannelOrder, Departure};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::{Value, json};

/// Output of WooCommerce 10.5.0, trimmed.
const ORDER: &str = r#"{"id":11,"parent_id":0,"status":"processing","currency":"VND","version":"10.5.0","date_created_gmt":"2026-11-21T22:48:20","date_modified_gmt":"2026-11-21T22:48:22","total":"398000.00","number":"11","order_key":"wc_order_5D95","date_paid_gmt":"2026-11-21T22:48:21","line_items":[{"id":1,"name":"\u00c1o thun","product_id":10,"variation_id":0,"quantity":2,"subtotal":"398000.00","total":"398000.00","sku":"AO-M","price":199000}],"refunds":[]}"#;

/// Over [`ORDER`] with the key `a&b`, calculated by another program.
const SIGNATURE: &str = "tZghrg/I/oh1kh5GoRRSY0mBUgES/A5zBlyu3a4xJKA=";

fn secrets() -> Secrets {
    testing::secrets(&[
        ("webhook_secret", "a&amp;b"),
        ("webhook_secret_old", "old"),
        ("consumer_key", "ck_1"),
        ("consumer_secret", "cs_2"),
    ])
}

fn world() -> (Shop, Connection, Secrets) {
    (testing::shop(), testing::connection("woocommerce", &[]), secrets())
}

fn verdict(headers: &[(&str, &str)], body: &[u8]) -> Verdict {
    let (shop, connection, secrets) = world();
    let door = testing::door(&shop, &connection, &secrets);
    WooCommerce.verify_webhook(&door, &testing::request(headers, body))
}

fn is_signed(signature: &str, body: &[u8]) -> bool {
    matches!(verdict(&[("x-wc-webhook-signature", signature)], body), Verdict::Signed { .. })
}

#[test]
fn the_secret_is_decoded_as_woocommerce_decodes_it() {
    assert!(is_signed(SIGNATURE, ORDER.as_bytes()));
    for (given, expected) in [
        ("a&amp;b", "a&b"),
        ("&lt;&gt;&quot;&#039;&#39;", "<>\"''"),
        ("&amp;lt;", "&lt;"),
        ("&copy; & &amp", "&copy; & &amp"),
        ("bí mật", "bí mật"),
    ] {
        assert_eq!(sign::decode_entities(given), expected);
    }
}

#[test]
fn only_the_bytes_that_were_signed_are_believed() {
    let old = hmac::sha256_base64(b"old", &[ORDER.as_bytes()]).unwrap();
    assert!(is_signed(&old, ORDER.as_bytes()));
    let undecoded = hmac::sha256_base64(b"a&amp;b", &[ORDER.as_bytes()]).unwrap();
    let decoded_body = ORDER.replace("\\u00c1", "Á");
    for (why, signature, body) in [
        ("tampered", SIGNATURE, ORDER.replace("\"quantity\":2", "\"quantity\":1")),
        ("escapes resolved", SIGNATURE, decoded_body),
        ("key not decoded", undecoded.as_str(), ORDER.to_owned()),
        ("padding lost", SIGNATURE.trim_end_matches('='), ORDER.to_owned()),
        ("nothing", "", ORDER.to_owned()),
    ] {
        assert!(!is_signed(signature, body.as_bytes()), "{why}");
    }
}

#[test]
fn only_the_ping_may_come_unsigned() {
    assert_eq!(verdict(&[], b"webhook_id=1"), Verdict::HarmlessUnsigned);
    for body in ["webhook_id=", "webhook_id=1&id=11", "webhook_id=x", ORDER, ""] {
        assert!(matches!(verdict(&[], body.as_bytes()), Verdict::Refused { .. }), "{body:.20}");
    }
}

fn read(topic: &str, body: &str) -> Result<Notice, ParkReason> {
    let (shop, connection, secrets) = world();
    let headers = [("x-wc-webhook-topic", topic)];
    let headers: &[(&str, &str)] = if topic.is_empty() { &[] } else { &headers };
    let request = testing::request(headers, body.as_bytes());
    let mut notices = WooCommerce.read_webhook(&testing::door(&shop, &connection, &secrets), &request);
    assert_eq!(notices.len(), 1);
    notices.remove(0)
}

fn nothing(topic: &str) -> Result<Notice, ParkReason> {
    Ok(Notice::Nothing { topic: topic.to_owned() })
}

fn unreadable(detail: &str) -> Result<Notice, ParkReason> {
    Err(ParkReason::Unreadable { detail: detail.to_owned() })
}

#[test]
fn topics_decide_what_is_read() {
    for topic in ["order.created", "order.updated", "order.restored", ""] {
        assert!(matches!(read(topic, ORDER), Ok(Notice::Order(_))), "{topic}");
    }
    let deleted = Notice::OrderChanged { order: OrderId::new("11").unwrap() };
    assert_eq!(read("order.deleted", r#"{"id":11}"#), Ok(deleted));
    assert_eq!(read("product.updated", r#"{"id":10}"#), nothing("product.updated"));
    assert_eq!(read("action.woocommerce_add_to_cart", "[1]"), nothing("action.woocommerce_add_to_cart"));
    assert_eq!(read("", r#"{"id":10,"name":"Ao"}"#), unreadable("X-WC-Webhook-Topic: is missing"));
    assert_eq!(read("", "webhook_id=3"), nothing("ping"));
    let draft = ORDER.replace("processing", "checkout-draft");
    assert_eq!(read("order.updated", &draft), nothing("order.updated checkout-draft"));
}

#[test]
fn an_order_deleted_for_good_is_set_aside() {
    let body =
        r#"{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID.","data":{"status":404}}"#;
    let expected = unreadable("code: woocommerce_rest_shop_order_invalid_id in place of an order");
    assert_eq!(read("order.updated", body), expected);
    assert_eq!(read("", body), expected);
}

#[test]
fn hostile_bodies_are_set_aside() {
    let (shop, connection, secrets) = world();
    let door = testing::door(&shop, &connection, &secrets);
    for topic in ["order.updated", "order.deleted"] {
        for body in testing::hostile_bodies() {
            let request = testing::request(&[("x-wc-webhook-topic", topic)], &body);
            let notices = WooCommerce.read_webhook(&door, &request);
            assert!(notices.iter().all(Result::is_err), "{topic} {notices:?}");
        }
    }
}

fn order(change: impl Fn(&mut Value)) -> Result<ChannelOrder, String> {
    let mut value: Value = serde_json::from_str(ORDER).unwrap();
    change(&mut value);
    orders::read_order(serde_json::from_value(value).unwrap(), None).map_err(|e| e.to_string())
}

#[test]
fn a_live_order_is_read_whole() {
    let order = order(|_| ()).unwrap();
    assert_eq!((order.id.as_str(), &order.status), ("11", &Status::Confirmed));
    assert_eq!(order.source_time.to_string(), "2026-11-21T22:48:22Z");
    assert_eq!(order.created_at.to_string(), "2026-11-21T22:48:20Z");
    assert_eq!(order.total.amount_minor, 398_000);
    let [line] = order.lines.as_slice() else { panic!("{:?}", order.lines) };
    assert_eq!((line.id.as_str(), line.listing.as_str()), ("1", "10:0"));
    assert_eq!((line.quantity, line.unit_price_minor), (2, 199_000));
}

#[test]
fn a_discounted_price_is_rounded_down_and_a_total_is_not() {
    let third = |o: &mut Value| {
        o["line_items"][0]["quantity"] = json!(3);
        o["line_items"][0]["price"] = json!(132_666.666_666_666_66);
    };
    assert_eq!(order(third).unwrap().lines[0].unit_price_minor, 132_666);
    assert_eq!(
        order(|o| o["line_items"][0]["price"] = json!(199000.0)).unwrap().lines[0].unit_price_minor,
        199_000
    );
    let error = order(|o| o["total"] = json!("398000.50")).unwrap_err();
    assert_eq!(error, "total: must be an amount in whole minor units of VND (got \"398000.50\")");
    let error = order(|o| o["line_items"] = json!({})).unwrap_err();
    assert_eq!(error, "line_items: must be a list");
    let error = order(|o| o["date_modified_gmt"] = json!("today")).unwrap_err();
    assert_eq!(error, "date_modified_gmt: is not a date and time");
}

#[test]
fn statuses_are_translated_with_their_proof_of_departure() {
    use Departure::{Left, Stayed, Unknown};
    for (raw, completed, status, departure) in [
        ("pending", false, Status::Pending, Stayed),
        ("on-hold", false, Status::Pending, Stayed),
        ("processing", false, Status::Confirmed, Stayed),
        ("completed", true, Status::Completed, Left),
        ("completed", false, Status::Completed, Left),
        ("cancelled", false, Status::Cancelled, Stayed),
        ("cancelled", true, Status::Cancelled, Left),
        ("failed", false, Status::Cancelled, Stayed),
        ("refunded", true, Status::Returned, Left),
        ("refunded", false, Status::Cancelled, Stayed),
        ("trash", false, Status::Cancelled, Unknown),
        ("trash", true, Status::Cancelled, Left),
        ("shipped-by-plugin", false, Status::Unknown("shipped-by-plugin".into()), Unknown),
    ] {
        assert_eq!(orders::status(raw, completed), (status, departure), "{raw} {completed}");
    }
}

#[test]
fn codes_say_what_next() {
    let kind = |code: &str| errors::from_code(code, "").kind;
    assert_eq!(kind("woocommerce_rest_product_invalid_id"), ErrorKind::NotFound);
    assert_eq!(kind("woocommerce_rest_cannot_view"), ErrorKind::Misconfigured);
    assert_eq!(kind("woocommerce_rest_request_entity_too_large"), ErrorKind::Refused);
    let new = errors::from_code("code_of_tomorrow", "?");
    assert_eq!((new.kind, new.next), (ErrorKind::Refused, Next::Park));
}

mod wide;

async fn with_session<T>(url: &str, account: &[(&str, &str)], run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    let (shop, secrets) = (testing::shop(), secrets());
    let mut connection = testing::connection("woocommerce", account);
    connection.base_url = Some(url.to_owned());
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

fn ids(names: &[&str]) -> Vec<OrderId> {
    names.iter().map(|name| OrderId::new(*name).unwrap()).collect()
}

#[tokio::test]
async fn keys_travel_only_where_nobody_listens() {
    let root = async |url: &str| {
        with_session(url, &[], async |session| sign::rest_url(&session).map_err(|e| e.kind)).await
    };
    let ok = |url: &str| Ok(url.to_owned());
    assert_eq!(root("https://lan.vn/").await, ok("https://lan.vn/wp-json/wc/v3"));
    assert_eq!(root("https://lan.vn/wp-json/wc/v3").await, ok("https://lan.vn/wp-json/wc/v3"));
    let proof = async |url: &str, account: &[(&str, &str)]| {
        with_session(url, account, async |session| sign::proof(&session).map_err(|e| e.kind)).await
    };
    for url in ["https://lan.vn", "http://127.0.0.1:8080", "http://[::1]:80", "http://localhost"] {
        assert_eq!(proof(url, &[]).await, Ok(Proof::Basic), "{url}");
    }
    for url in ["http://lan.vn", "http://127.0.0.1@lan.vn", "http://127.evil.vn", "http://localhost.vn"] {
        assert_eq!(proof(url, &[]).await, Ok(Proof::Signed), "{url}");
        assert_eq!(proof(url, &[("allow_basic_over_http", "true")]).await, Ok(Proof::Basic), "{url}");
    }
    assert_eq!(proof("https://lan.vn", &[("oauth1", "true")]).await, Ok(Proof::Signed));
    assert_eq!(proof("lan.vn", &[]).await, Err(ErrorKind::Misconfigured));
}

#[tokio::test]
async fn an_order_is_asked_for_with_our_keys() {
    let server = Server::start(|call| match call.path() {
        "/wp-json/wc/v3/orders/11" => (200, ORDER.to_owned()),
        "/wp-json/wc/v3/orders/12" => {
            (404, r#"{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID."}"#.to_owned())
        }
        _ => (200, r#"{"id":13,"status":"processing"}"#.to_owned()),
    });
    let asked = ids(&["11", "12", "13", "x"]);
    let found =
        with_session(&server.url, &[], async |session| WooCommerce.look_up_orders(&session, &asked).await)
            .await;
    let found = found.unwrap();
    assert_eq!(found[0].1.as_ref().unwrap().read_at.unwrap().to_string(), "2026-11-22T03:00:00Z");
    let kinds: Vec<ErrorKind> = found[1..].iter().map(|(_, r)| r.as_ref().unwrap_err().kind).collect();
    assert_eq!(kinds, [ErrorKind::NotFound, ErrorKind::Unreadable, ErrorKind::NotFound]);
    assert_eq!(server.calls()[0].headers["authorization"], "Basic Y2tfMTpjc18y");
}

#[tokio::test]
async fn answers_that_are_not_woocommerces_own_are_not_taken_for_a_missing_order() {
    for (status, body, kind) in [
        (404, "<html>", ErrorKind::Misconfigured),
        (403, "<html>", ErrorKind::Unavailable),
        (401, "{}", ErrorKind::Misconfigured),
        (429, "", ErrorKind::RateLimited),
        (503, r#"{"code":"x"}"#, ErrorKind::Unavailable),
        (301, "", ErrorKind::Misconfigured),
    ] {
        let server = Server::start(move |_| (status, body.to_owned()));
        let asked = ids(&["11"]);
        let found = with_session(&server.url, &[], async |session| {
            WooCommerce.look_up_orders(&session, &asked).await
        });
        assert_eq!(found.await.unwrap_err().kind, kind, "{status}");
    }
}

#[tokio::test]
async fn a_batch_tells_each_products_fate() {
    let server = Server::start(|call| match call.path() {
        "/wp-json/wc/v3/products/batch" => {
            let refused = json!({ "id": 20, "error": {
                "code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID.", "data": { "status": 400 },
            } });
            let set = json!({ "id": 10, "stock_quantity": 7 });
            let other = json!({ "id": 30, "stock_quantity": 8 });
            let parent = json!({ "id": 40, "stock_quantity": null });
            (200, json!({ "update": [set, refused, other, parent] }).to_string())
        }
        _ => (200, json!({ "update": [{ "id": 2, "stock_quantity": 1 }] }).to_string()),
    });
    let set = |listing: &str, quantity| StockSet::blind(ListingId::new(listing).unwrap(), quantity);
    let sets = [
        set("10:0", 7),
        set("20:0", 7),
        set("30:0", 7),
        set("40:0", 7),
        set("50:0", 7),
        set("9:2", 1),
        set("?", 1),
    ];
    let done =
        with_session(&server.url, &[], async |session| WooCommerce.set_stock(&session, &sets).await).await;
    let done = done.unwrap();
    let fate = |listing: &str| {
        let (_, result) = done.iter().find(|(id, _)| id.as_str() == listing).unwrap();
        result.as_ref().err().map(|error| error.kind)
    };
    assert_eq!(done.len(), sets.len());
    assert_eq!((fate("10:0"), fate("9:2")), (None, None));
    assert_eq!(fate("20:0"), Some(ErrorKind::NotFound));
    assert_eq!(fate("30:0"), Some(ErrorKind::TimedOut), "it shows another number: read it back");
    assert_eq!(fate("40:0"), Some(ErrorKind::Refused), "a variable parent ignores its number");
    assert_eq!(fate("50:0"), Some(ErrorKind::TimedOut), "it is not in the answer");
    let calls = server.calls();
    let first: Value = serde_json::from_str(&calls[0].body).unwrap();
    assert_eq!(first["update"][0], json!({ "id": 10, "manage_stock": true, "stock_quantity": 7 }));
    assert_eq!(calls[1].path(), "/wp-json/wc/v3/products/9/variations/batch");
}

#[tokio::test]
async fn stock_is_read_one_by_one() {
    let server = Server::start(|call| match call.path() {
        "/wp-json/wc/v3/products/10" => {
            (200, r#"{"id":10,"manage_stock":true,"stock_quantity":-4}"#.to_owned())
        }
        "/wp-json/wc/v3/products/9/variations/2" => {
            (200, r#"{"id":2,"manage_stock":"parent","stock_quantity":3}"#.to_owned())
        }
        "/wp-json/wc/v3/products/11" => {
            (200, r#"{"id":11,"stock_quantity":null,"stock_status":"instock"}"#.to_owned())
        }
        _ => (404, r#"{"code":"woocommerce_rest_product_invalid_id"}"#.to_owned()),
    });
    let listings = ["10:0", "9:2", "11:0", "12:0"].map(|l| ListingId::new(l).unwrap());
    let found =
        with_session(&server.url, &[], async |session| WooCommerce.read_stock(&session, &listings).await)
            .await;
    let found: Vec<(String, i64)> =
        found.unwrap().into_iter().map(|r| (r.listing.to_string(), r.quantity)).collect();
    assert_eq!(found, [("10:0".to_owned(), -4), ("9:2".to_owned(), 3)]);
}
