//! What a shop may rely on when it practises against the WooCommerce stand-in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::testing::{Got, StillClock, line, listing, open_door, send};
use crate::{Courier, FaultKind, plain_client};

mod wide;

async fn start(delivery_url: &str) -> (Arc<WooCommerceTwin>, StillClock) {
    let clock = StillClock::new();
    let config = WooCommerceTwinConfig {
        consumer_key: "ck_1".into(),
        consumer_secret: "cs_1".into(),
        webhook_secret: "a&amp;b".into(),
        delivery_url: delivery_url.into(),
        webhook_id: 1,
        listings: vec![listing("10:0", "MU", 5), listing("20:21", "AO-M", 3)],
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    (WooCommerceTwin::start(config).await.unwrap(), clock)
}

async fn ask(twin: &WooCommerceTwin, method: &str, path: &str, body: &Value) -> Got {
    let login = format!("Basic {}", STANDARD.encode("ck_1:cs_1"));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let url = format!("{}{path}", twin.rest_url());
    send(method, &url, &[("authorization", &login), ("content-type", "application/json")], &body).await
}

async fn get(twin: &WooCommerceTwin, path: &str) -> Got {
    ask(twin, "GET", path, &Value::Null).await
}

fn topics(pushes: &[Push]) -> Vec<&str> {
    pushes.iter().map(|push| push.header("X-WC-Webhook-Topic").unwrap()).collect()
}

fn body(push: &Push) -> Value {
    serde_json::from_slice(&push.body).unwrap()
}

#[tokio::test]
async fn nobody_gets_in_without_the_two_keys() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    let url = format!("{}/products/10", twin.rest_url());
    let nobody = send("GET", &url, &[], "").await;
    assert_eq!((nobody.status, nobody.json()["code"].clone()), (401, json!("woocommerce_rest_cannot_view")));
    let wrong = format!("Basic {}", STANDARD.encode("ck_1:cs_2"));
    let wrong = send("GET", &url, &[("authorization", &wrong)], "").await;
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.json()["code"], "woocommerce_rest_authentication_error");
    assert_eq!(wrong.json()["data"]["status"], 401);
    assert_eq!(
        send("GET", &format!("{url}?consumer_key=ck_1&consumer_secret=cs_1"), &[], "").await.status,
        200
    );
    twin.inject(Fault { path_contains: String::new(), kind: FaultKind::LoginExpired, times: 1 });
    assert_eq!(get(&twin, "/products/10").await.status, 401);
    assert_eq!(get(&twin, "/products/10").await.status, 200);
}

#[tokio::test]
async fn processing_takes_stock_and_cancelling_gives_back_what_was_taken() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    let id = twin.place_order(&[line("20:21", 2)]).unwrap();
    assert_eq!(twin.shown("20:21"), 1);
    assert!(twin.place_order(&[line("20:21", 2)]).is_err());
    let order = get(&twin, &format!("/orders/{id}")).await.json();
    assert_eq!((&order["status"], &order["total"]), (&json!("processing"), &json!("398000.00")));
    let item = &order["line_items"][0];
    assert_eq!((&item["product_id"], &item["variation_id"]), (&json!(20), &json!(21)));
    assert_eq!(item["meta_data"][0]["key"], "_reduced_stock");
    assert_eq!(item["meta_data"][0]["value"], "2");
    assert!(twin.cancel_order(&id));
    assert!(!twin.cancel_order(&id));
    assert_eq!(twin.shown("20:21"), 3);
    let order = get(&twin, &format!("/orders/{id}")).await.json();
    assert_eq!(order["line_items"][0]["meta_data"], json!([]));
    let shipped = twin.place_order(&[line("10:0", 1)]).unwrap();
    assert!(twin.ship_order(&shipped));
    assert!(!twin.cancel_order(&shipped));
    assert_eq!(get(&twin, &format!("/orders/{shipped}")).await.json()["status"], "completed");
    assert!(twin.complete_order(&shipped));
    assert_eq!(twin.shown("10:0"), 4);
}

#[tokio::test]
async fn a_pending_order_takes_nothing_and_may_push_stock_below_zero() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    let first = twin.place_unpaid_order(&[line("10:0", 5)]).unwrap();
    let second = twin.place_unpaid_order(&[line("10:0", 4)]).unwrap();
    assert_eq!(twin.shown("10:0"), 5);
    assert!(twin.pay_order(&first));
    assert!(twin.pay_order(&second));
    assert_eq!(twin.shown("10:0"), -4);
    let path = format!("/orders/{second}");
    let failed = ask(&twin, "PUT", &path, &json!({"status": "failed"})).await.json();
    assert_eq!(failed["status"], "failed");
    assert_eq!(twin.shown("10:0"), -4, "failed gives nothing back");
    ask(&twin, "PUT", &path, &json!({"status": "cancelled"})).await;
    assert_eq!(twin.shown("10:0"), 0);
    assert_eq!(ask(&twin, "PUT", &path, &json!({"status": "odd"})).await.status, 400);
    assert_eq!(get(&twin, "/orders/5").await.json()["code"], "woocommerce_rest_shop_order_invalid_id");
}

#[tokio::test]
async fn messages_are_full_sealed_with_the_decoded_secret_and_coalesced() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let first = twin.place_order(&[line("10:0", 1)]).unwrap();
    twin.place_order(&[line("10:0", 1)]).unwrap();
    twin.cancel_order(&first);
    let pushes = twin.take_pushes();
    let expected = ["order.created", "order.updated", "product.updated", "order.created", "order.updated"];
    assert_eq!(topics(&pushes), expected, "one delivery per webhook and object");
    assert_eq!(body(&pushes[0])["status"], "cancelled", "the payload is built at delivery");
    assert_eq!(body(&pushes[2])["stock_quantity"], 4);
    let delivery = |push: &Push| push.header("X-WC-Webhook-Delivery-ID").unwrap().to_owned();
    assert_eq!(delivery(&pushes[0]), delivery(&pushes[3]), "two orders, one second, one id");
    assert_ne!(delivery(&pushes[0]), delivery(&pushes[1]));
    assert_eq!(delivery(&pushes[0]).len(), 32);
    let seal = crate::signing::hmac_base64(b"a&b", &[&pushes[0].body]);
    assert_eq!(pushes[0].header("x-wc-webhook-signature"), Some(seal.as_str()));
    let text = String::from_utf8(pushes[0].body.clone()).unwrap();
    assert!(text.is_ascii() && text.contains("\\u00c1o MU") && text.contains("1\\/2"), "{text}");
    clock.advance(1);
    twin.ship_order(&twin.orders()[1].id);
    assert_ne!(delivery(&twin.take_pushes()[0]), delivery(&pushes[1]));
    let ping = twin.ping();
    assert_eq!(ping.body, b"webhook_id=1");
    assert_eq!(ping.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(ping.header("x-wc-webhook-signature"), None);
}

#[tokio::test]
async fn a_stock_write_is_absolute_unchecked_and_echoed() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    let wish = json!({"manage_stock": true, "stock_quantity": -7});
    assert_eq!(ask(&twin, "PUT", "/products/10", &wish).await.json()["stock_quantity"], -7);
    assert_eq!(ask(&twin, "PUT", "/products/10", &json!({"inventory_delta": 2})).await.status, 200);
    let wish = json!({"stock_quantity": 9});
    assert_eq!(ask(&twin, "PUT", "/products/20/variations/21", &wish).await.json()["parent_id"], 20);
    assert_eq!((twin.shown("10:0"), twin.shown("20:21")), (-5, 9));
    let pushes = twin.take_pushes();
    assert_eq!(topics(&pushes), ["product.updated", "product.updated"]);
    assert_eq!(body(&pushes[1])["id"], 21, "a variation comes under its own number");
    let writes: Vec<(String, i64)> = twin.stock_writes().into_iter().map(|w| (w.listing, w.value)).collect();
    assert_eq!(writes, [("10:0".into(), -7), ("10:0".into(), -5), ("20:21".into(), 9)]);
    let parent = ask(&twin, "PUT", "/products/20", &json!({"stock_quantity": 4})).await;
    assert_eq!((parent.status, parent.json()["stock_quantity"].clone()), (200, Value::Null));
    let bad = json!({"stock_quantity": "abc"});
    assert_eq!(ask(&twin, "PUT", "/products/10", &bad).await.json()["code"], "rest_invalid_param");
    assert_eq!(ask(&twin, "PUT", "/products/99", &wish).await.status, 400);
    assert_eq!(get(&twin, "/products/99").await.status, 404);
    assert_eq!(get(&twin, "/products/20/variations/21").await.json()["stock_quantity"], 9);
    assert_eq!(get(&twin, "/products/20/variations").await.json()[0]["id"], 21);
    assert_eq!(get(&twin, "/products?sku=AO-M").await.json()[0]["id"], 21);
}

#[tokio::test]
async fn a_batch_fails_row_by_row_and_believes_anything() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    let wishes = json!({"update": [
        {"id": 99, "stock_quantity": 1},
        {"id": 21, "stock_quantity": 1},
        {"id": 10, "stock_quantity": "abc"},
    ]});
    let answer = ask(&twin, "POST", "/products/batch", &wishes).await;
    assert_eq!(answer.status, 200);
    let rows = answer.json()["update"].clone();
    assert_eq!(rows[0]["error"]["code"], "woocommerce_rest_product_invalid_id");
    assert_eq!(rows[1]["error"]["code"], "woocommerce_rest_invalid_product_id");
    assert_eq!((&rows[2]["stock_quantity"], twin.shown("10:0")), (&json!(0), 0));
    let variation = json!({"update": [{"id": 21, "stock_quantity": 8}]});
    ask(&twin, "POST", "/products/20/variations/batch", &variation).await;
    assert_eq!(twin.shown("20:21"), 8);
    let many: Vec<Value> = (0..101).map(|id| json!({"id": id})).collect();
    let answer = ask(&twin, "POST", "/products/batch", &json!({"update": many})).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["code"], "woocommerce_rest_request_entity_too_large");
    let one = json!({"update": [{"id": 10, "stock_quantity": 6}]});
    let refuse = FaultKind::RefuseListing("10:0".into());
    twin.inject(Fault { path_contains: "batch".into(), kind: refuse, times: 1 });
    let answer = ask(&twin, "POST", "/products/batch", &one).await;
    assert!(answer.status == 200 && answer.json()["update"][0]["error"].is_object());
    let lie = FaultKind::AcceptedNotApplied;
    twin.inject(Fault { path_contains: "batch".into(), kind: lie, times: 1 });
    let answer = ask(&twin, "POST", "/products/batch", &one).await;
    assert_eq!((&answer.json()["update"][0]["stock_quantity"], twin.shown("10:0")), (&json!(6), 0));
}

#[tokio::test]
async fn orders_come_in_pages_and_after_a_second_that_is_left_out() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(twin.place_order(&[line("10:0", 1)]).unwrap().parse::<u64>().unwrap());
        clock.advance(1);
    }
    let query = "/orders?orderby=modified&order=asc&status=any&dates_are_gmt=true";
    let page = get(&twin, &format!("{query}&per_page=2&page=2")).await;
    assert_eq!((page.header("x-wp-total"), page.header("x-wp-totalpages")), ("5", "3"));
    let numbers = |got: &Got| -> Vec<u64> {
        got.json().as_array().unwrap().iter().map(|order| order["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(&page), ids[2..4]);
    // The twin started at 22:13:20 UTC, one order a second.
    let since = get(&twin, &format!("{query}&modified_after=2023-11-14T22:13:22")).await;
    assert_eq!(numbers(&since), ids[3..]);
    let offset = get(&twin, &format!("{query}&modified_after=2023-11-14T22:13:22%2B07:00")).await;
    assert_eq!(numbers(&offset), ids[3..], "with dates_are_gmt an offset is ignored");
    let local = "/orders?orderby=modified&order=asc&modified_after=2023-11-15T05:13:22";
    assert_eq!(numbers(&get(&twin, local).await), ids[3..], "a bare date is the site's own time");
    assert_eq!(numbers(&get(&twin, "/orders?status=cancelled").await), Vec::<u64>::new());
    let too_many = get(&twin, "/orders?per_page=101").await;
    assert_eq!((too_many.status, too_many.json()["code"].clone()), (400, json!("rest_invalid_param")));
    assert_eq!(get(&twin, "/orders?page=0").await.status, 400);
    assert_eq!(get(&twin, "/nothing").await.json()["code"], "rest_no_route");
}

#[tokio::test]
async fn nothing_is_sent_twice_and_the_seventh_failure_ends_it() {
    let (url, taken) = open_door(500, "").await;
    let (twin, _clock) = start(&url).await;
    let courier = Courier::new(plain_client().unwrap());
    for stock in 0..8 {
        twin.edit_stock("10:0", stock);
        for push in twin.take_pushes() {
            courier.deliver(&*twin, &push).await.unwrap();
        }
    }
    assert_eq!(taken.lock().unwrap().len(), 7);
    assert!(!twin.webhook_is_active(3));
    assert_eq!(get(&twin, "/webhooks/3").await.json()["status"], "disabled");
    assert_eq!(get(&twin, "/webhooks").await.json()[0]["status"], "active");
    ask(&twin, "PUT", "/webhooks/3", &json!({"status": "active"})).await;
    twin.edit_stock("10:0", 1);
    let push = twin.take_pushes().remove(0);
    twin.push_answered(&push, 302, 0);
    assert_eq!(get(&twin, "/webhooks/3").await.json()["failure_count"], 0);
}
