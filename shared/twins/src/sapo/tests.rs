//! Checks of the Sapo stand-in against the documents and what running shops report.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{SapoProduct, SapoTwin, SapoTwinConfig};
use crate::signing::hmac_base64;
use crate::testing::{Got, StillClock, line, listing, send};
use crate::{Twin, TwinOrderState};

async fn start(clock: &StillClock, product: SapoProduct) -> Arc<SapoTwin> {
    let config = SapoTwinConfig {
        calls_per_minute: 40,
        product,
        app_id: "app".into(),
        app_secret: "secret".into(),
        domain: "lan.mysapo.net".into(),
        webhook_url: "https://hub.vn/s".into(),
        location_id: 58_369,
        single_order_without_lines: false,
        listings: vec![listing("10:11", "AO-M", 5), listing("10:12", "AO-L", 5)],
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    SapoTwin::start(config).await.unwrap()
}

async fn call(twin: &SapoTwin, method: &str, path: &str, body: &str) -> Got {
    let token = twin.access_token();
    send(method, &format!("{}{path}", twin.base_url()), &[("x-sapo-access-token", &token)], body).await
}

fn ids(got: &Got) -> Vec<u64> {
    let rows = got.json()["orders"].as_array().unwrap().clone();
    rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn open_orders_hold_units_and_a_cancel_gives_none_back() {
    let twin = start(&StillClock::new(), SapoProduct::Web).await;
    let id = twin.place_order(&[line("10:11", 2)]).unwrap();
    let variant = call(&twin, "GET", "/admin/variants/11.json", "").await.json();
    assert_eq!((&variant["variant"]["inventory_quantity"], twin.on_hand("10:11")), (&json!(3), 5));
    assert!(twin.cancel_order(&id) && !twin.cancel_order(&id));
    assert_eq!((twin.shown("10:11"), twin.on_hand("10:11")), (3, 3));
    let id = twin.place_order(&[line("10:11", 1)]).unwrap();
    let path = format!("/admin/orders/{id}/cancel.json");
    let got = call(&twin, "POST", &path, r#"{"reason":"inventory","restock":true}"#).await;
    assert_eq!((got.status, twin.shown("10:11")), (200, 3), "only where the cancel says restock");
    let id = twin.place_order(&[line("10:11", 1)]).unwrap();
    assert!(twin.ship_order(&id) && twin.complete_order(&id) && twin.return_order(&id));
    assert_eq!((twin.shown("10:11"), twin.on_hand("10:11")), (2, 2));
}

#[tokio::test]
async fn stock_is_set_as_a_number_or_as_a_difference() {
    let twin = start(&StillClock::new(), SapoProduct::Web).await;
    twin.place_order(&[line("10:11", 2)]).unwrap();
    for (wish, shown) in [
        (json!({"inventory_quantity": 9}), 9),
        (json!({"inventory_quantity": 10, "old_inventory_quantity": 8}), 11),
        (json!({"inventory_quantity": 1, "inventory_quantity_adjustment": -4}), 7),
    ] {
        let body = json!({"variant": wish}).to_string();
        let got = call(&twin, "PUT", "/admin/variants/11.json", &body).await.json();
        assert_eq!((&got["variant"]["inventory_quantity"], twin.shown("10:11")), (&json!(shown), shown));
    }
    assert_eq!(call(&twin, "PUT", "/admin/variants/99.json", r#"{"variant":{}}"#).await.status, 404);
}

#[tokio::test]
async fn lists_are_by_status_and_any_is_none() {
    let twin = start(&StillClock::new(), SapoProduct::Web).await;
    let orders: Vec<u64> =
        (0..3).map(|_| twin.place_order(&[line("10:11", 1)]).unwrap().parse().unwrap()).collect();
    twin.cancel_order(&orders[0].to_string());
    twin.complete_order(&orders[1].to_string());
    for (query, expected) in [
        ("", vec![orders[2]]),
        ("?status=cancelled", vec![orders[0]]),
        ("?status=closed", vec![orders[1]]),
        ("?status=any", vec![]),
    ] {
        let got = call(&twin, "GET", &format!("/admin/orders.json{query}"), "").await;
        assert_eq!(ids(&got), expected, "{query}");
    }
    let after = format!("/admin/orders.json?since_id={}", orders[1]);
    assert_eq!(ids(&call(&twin, "GET", &after, "").await), [orders[2]]);
}

#[tokio::test]
async fn an_order_put_in_takes_stock_only_where_told() {
    let twin = start(&StillClock::new(), SapoProduct::Web).await;
    let put = async |behaviour: &str, source: &str| {
        let order = format!(
            r#"{{"order":{{"line_items":[{{"variant_id":12,"quantity":2}}],"tags":"a, shopee:1",{behaviour}{source}
            "note_attributes":[{{"name":"ref","value":"shopee:1"}}]}}}}"#
        );
        call(&twin, "POST", "/admin/orders.json", &order).await
    };
    assert_eq!(put("", "").await.status, 201);
    assert_eq!(twin.shown("10:12"), 5, "without a word stock is left alone");
    let decrement = r#""inventory_behaviour":"decrement_ignoring_policy","#;
    let id = put(decrement, "").await.json()["order"]["id"].to_string();
    assert_eq!(twin.shown("10:12"), 3);
    assert_eq!(put("", r#""source_name":"web","#).await.status, 422);
    assert_eq!(ids(&call(&twin, "GET", "/admin/orders.json?tag=shopee:1", "").await).len(), 2);
    assert!(
        ids(&call(&twin, "GET", "/admin/orders.json?tag=shopee", "").await).is_empty(),
        "whole tags only"
    );
    let parcel = r#"{"fulfillment":{"tracking_number":"VN1"}}"#;
    let path = format!("/admin/orders/{id}/fulfillments.json");
    assert_eq!(call(&twin, "POST", &path, parcel).await.status, 200);
    assert_eq!(call(&twin, "POST", &path, parcel).await.status, 422, "nothing is left to pack");
    assert_eq!(twin.order(&id).unwrap().state, TwinOrderState::Shipped);
    assert_eq!(twin.taken_orders().len(), 2);
}

#[tokio::test]
async fn messages_are_sealed_and_their_version_grows() {
    for (product, topic) in [(SapoProduct::Web, "orders/updated"), (SapoProduct::Omni, "orders/update")] {
        let twin = start(&StillClock::new(), product).await;
        let id = twin.place_order(&[line("10:11", 1)]).unwrap();
        assert!(twin.ship_order(&id));
        let pushes = twin.take_pushes();
        let topics: Vec<&str> = pushes.iter().map(|push| push.header("x-sapo-topic").unwrap()).collect();
        assert_eq!(topics[..2], ["orders/create", topic]);
        let versions: Vec<u64> =
            pushes.iter().map(|push| push.header("x-event-version").unwrap().parse().unwrap()).collect();
        assert!(versions.is_sorted() && versions[0] < versions[1]);
        let seal = hmac_base64(b"secret", &[&pushes[0].body]);
        assert_eq!(pushes[0].header("x-sapo-hmac-sha256"), Some(seal.as_str()));
        let body: Value = serde_json::from_slice(&pushes[1].body).unwrap();
        let lines = if product == SapoProduct::Web { "line_items" } else { "order_line_items" };
        assert_eq!(body[lines].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn stores_are_only_read() {
    let twin = start(&StillClock::new(), SapoProduct::Omni).await;
    twin.place_order(&[line("10:11", 2)]).unwrap();
    let product = call(&twin, "GET", "/admin/products/10.json", "").await.json();
    let level = &product["product"]["variants"][0]["inventories"][0];
    assert_eq!((&level["on_hand"], &level["available"]), (&json!(5.0), &json!(3.0)));
    assert_eq!(call(&twin, "GET", "/admin/orders.json", "").await.json()["metadata"]["total"], 1);
    assert_eq!(call(&twin, "PUT", "/admin/variants/11.json", "{}").await.status, 404);
    assert_eq!(call(&twin, "POST", "/admin/orders.json", "{}").await.status, 404);
}

#[tokio::test]
async fn a_code_works_once_and_a_token_does_not_end() {
    let clock = StillClock::new();
    let twin = start(&clock, SapoProduct::Web).await;
    let before = twin.access_token();
    let page = format!(
        "{}/admin/oauth/authorize?client_id=app&scope=read_orders&redirect_uri=https%3A%2F%2Fhub.vn%2Fb&state=s",
        twin.base_url()
    );
    let sent_back = send("GET", &page, &[], "").await;
    let location = sent_back.header("location").to_owned();
    assert!(sent_back.status == 302 && location.ends_with("&state=s"));
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let body = json!({"client_id": "app", "client_secret": "secret", "code": code}).to_string();
    let url = format!("{}/admin/oauth/access_token", twin.base_url());
    assert_eq!(send("POST", &url, &[], &body).await.json()["access_token"], json!(twin.access_token()));
    assert_eq!(send("POST", &url, &[], &body).await.status, 400);
    assert_ne!(twin.access_token(), before);
    clock.advance(400 * 86_400);
    assert_eq!(call(&twin, "GET", "/admin/store.json", "").await.status, 200);
    let keys = [("authorization", "Basic YXBwOnNlY3JldA==")];
    assert_eq!(send("GET", &format!("{}/admin/store.json", twin.base_url()), &keys, "").await.status, 200);
    assert!(twin.end_login());
    assert_eq!(call(&twin, "GET", "/admin/store.json", "").await.status, 401);
}

#[tokio::test]
async fn a_topic_is_registered_once_and_the_bucket_overflows() {
    let clock = StillClock::new();
    let twin = start(&clock, SapoProduct::Web).await;
    let webhook = |topic: &str, address: &str| {
        json!({"webhook": {"topic": topic, "address": address, "format": "json"}}).to_string()
    };
    let post = async |body: String| call(&twin, "POST", "/admin/webhooks.json", &body).await.status;
    assert_eq!(post(webhook("orders/create", "https://hub.vn/s")).await, 422);
    assert_eq!(post(webhook("orders/create", "https://hub.vn/t")).await, 201);
    assert_eq!(post(webhook("orders/unheard-of", "https://hub.vn/t")).await, 422);
    assert_eq!(twin.subscriptions().len(), 5);
    let mut last = call(&twin, "GET", "/admin/store.json", "").await;
    assert_eq!(last.header("x-sapo-api-call-limit"), "4/40");
    for _ in 0..37 {
        last = call(&twin, "GET", "/admin/store.json", "").await;
    }
    assert_eq!((last.status, last.header("retry-after")), (429, "2"));
    clock.advance(2);
    assert_eq!(call(&twin, "GET", "/admin/store.json", "").await.status, 200);
}
