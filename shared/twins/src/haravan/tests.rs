//! Checks of the Haravan stand-in against what the documents say.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{HaravanStock, HaravanTwin, HaravanTwinConfig};
use crate::signing::hmac_base64;
use crate::testing::{Got, StillClock, line, listing, send};
use crate::{Twin, TwinOrderState};

async fn start(clock: &StillClock, stock: HaravanStock) -> Arc<HaravanTwin> {
    let config = HaravanTwinConfig {
        app_id: "app".into(),
        app_secret: "secret".into(),
        webhook_url: "https://hub.vn/h".into(),
        verify_token: "word".into(),
        org_id: "1000114691".into(),
        location_id: 963_414,
        stock,
        listings: vec![listing("10:11", "AO-M", 5), listing("10:12", "AO-L", 5)],
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    HaravanTwin::start(config).await.unwrap()
}

async fn call(twin: &HaravanTwin, method: &str, path: &str, body: &str) -> Got {
    let bearer = format!("Bearer {}", twin.access_token());
    send(method, &format!("{}{path}", twin.base_url()), &[("authorization", &bearer)], body).await
}

async fn level(twin: &HaravanTwin) -> Value {
    let got = call(twin, "GET", "/com/inventory_locations.json?location_ids=963414&variant_ids=11", "").await;
    got.json()["inventory_locations"][0].clone()
}

fn set(quantity: i64) -> String {
    let line = json!({"product_id": 10, "product_variant_id": 11, "quantity": quantity});
    let inventory =
        json!({"location_id": 963_414, "type": "set", "reason": "newproduct", "line_items": [line]});
    json!({ "inventory": inventory }).to_string()
}

#[tokio::test]
async fn open_orders_hold_units_and_a_cancel_lets_go() {
    let twin = start(&StillClock::new(), HaravanStock::Available).await;
    let id = twin.place_order(&[line("10:11", 2)]).unwrap();
    let held = level(&twin).await;
    assert_eq!(
        (&held["qty_onhand"], &held["qty_commited"], &held["qty_available"]),
        (&json!(5.0), &json!(2.0), &json!(3.0))
    );
    assert!(twin.place_order(&[line("10:11", 4)]).is_err());
    assert!(twin.cancel_order(&id) && !twin.cancel_order(&id));
    assert_eq!((twin.shown("10:11"), twin.on_hand("10:11")), (5, 5));
    let id = twin.place_order(&[line("10:11", 2)]).unwrap();
    assert!(twin.ship_order(&id) && !twin.cancel_order(&id));
    assert_eq!((twin.shown("10:11"), twin.on_hand("10:11")), (3, 3));
    assert!(twin.complete_order(&id) && twin.return_order(&id));
    assert_eq!(twin.shown("10:11"), 3, "nothing comes back by itself");
}

#[tokio::test]
async fn setting_means_what_the_shop_says() {
    for (stock, shown) in [(HaravanStock::Available, 9), (HaravanStock::OnHand, 7)] {
        let twin = start(&StillClock::new(), stock).await;
        twin.place_order(&[line("10:11", 2)]).unwrap();
        let got = call(&twin, "POST", "/com/inventories/adjustorset.json", &set(9)).await;
        assert_eq!(got.status, 200);
        assert_eq!((twin.shown("10:11"), twin.stock_writes().len()), (shown, 1), "{stock:?}");
    }
    let twin = start(&StillClock::new(), HaravanStock::Available).await;
    let wrong = set(9).replace("963414", "1");
    assert_eq!(call(&twin, "POST", "/com/inventories/adjustorset.json", &wrong).await.status, 422);
}

#[tokio::test]
async fn messages_are_sealed_and_tried_again() {
    let clock = StillClock::new();
    let twin = start(&clock, HaravanStock::Available).await;
    let id = twin.place_order(&[line("10:11", 1)]).unwrap();
    let push = twin.take_pushes().remove(0);
    assert_eq!(push.header("x-haravan-topic"), Some("orders/create"));
    let seal = hmac_base64(b"secret", &[&push.body]);
    assert_eq!(push.header("x-haravan-hmacsha256"), Some(seal.as_str()));
    let body: Value = serde_json::from_slice(&push.body).unwrap();
    assert_eq!(body["id"].to_string(), id);
    twin.push_answered(&push, 500, 0);
    assert!(twin.take_pushes().is_empty());
    clock.advance(3 * 3_600);
    assert_eq!(twin.take_pushes(), std::slice::from_ref(&push));
    (1..19).for_each(|_| twin.push_answered(&push, 0, 0));
    assert!(twin.subscriptions().is_empty(), "deleted after the 19th failure in a row");
    assert_eq!(call(&twin, "POST", "/api/subscribe", "{}").await.status, 200);
    assert_eq!(twin.subscriptions(), ["https://hub.vn/h"]);
}

#[tokio::test]
async fn a_code_and_a_refresh_token_work_once() {
    let clock = StillClock::new();
    let twin = start(&clock, HaravanStock::Available).await;
    let back = "https%3A%2F%2Fhub.vn%2Fback";
    let page = format!(
        "{}/connect/authorize?response_type=code&client_id=app&scope=openid&redirect_uri={back}&state=s",
        twin.base_url()
    );
    let sent_back = send("GET", &page, &[], "").await;
    assert_eq!(sent_back.status, 302);
    let location = sent_back.header("location");
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap();
    assert!(location.ends_with("&state=s"));
    let exchange = async |form: String| {
        let form = format!("{form}&client_id=app&client_secret=secret");
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        send("POST", &format!("{}/connect/token", twin.base_url()), &kind, &form).await
    };
    let by_code = format!("grant_type=authorization_code&code={code}&redirect_uri={back}");
    let first = exchange(by_code.clone()).await.json();
    assert_eq!(exchange(by_code).await.status, 400);
    let by_refresh =
        format!("grant_type=refresh_token&refresh_token={}", first["refresh_token"].as_str().unwrap());
    assert_eq!(exchange(by_refresh.clone()).await.status, 200);
    assert_eq!(exchange(by_refresh).await.status, 400);
    assert_eq!(twin.logins(), 2);
    assert_eq!(call(&twin, "GET", "/com/shop.json", "").await.status, 200);
    clock.advance(86_400);
    assert_eq!(call(&twin, "GET", "/com/shop.json", "").await.status, 401);
}

#[tokio::test]
async fn an_order_put_in_is_told_and_moved_on() {
    let twin = start(&StillClock::new(), HaravanStock::Available).await;
    let order = json!({"order": {"line_items": [{"variant_id": 12, "quantity": 2, "price": 150_000}],
        "note_attributes": [{"name": "ref", "value": "shopee:1"}]}});
    let got = call(&twin, "POST", "/com/orders.json", &order.to_string()).await;
    assert_eq!(got.status, 201);
    let id = got.json()["order"]["id"].to_string();
    let [(reference, taken)] = twin.taken_orders().try_into().unwrap();
    assert_eq!((reference.as_str(), taken.total_minor), ("shopee:1", 300_000));
    assert_eq!(twin.shown("10:12"), 3);
    let parcel = r#"{"fulfillment":{"tracking_number":"VN1"}}"#;
    let path = format!("/com/orders/{id}/fulfillments.json");
    assert_eq!(call(&twin, "POST", &path, parcel).await.status, 200);
    assert_eq!(call(&twin, "POST", &path, parcel).await.status, 422, "nothing is left to pack");
    assert_eq!(twin.order(&id).unwrap().state, TwinOrderState::Shipped);
}

#[tokio::test]
async fn lists_are_cut_and_the_bucket_overflows() {
    let clock = StillClock::new();
    let twin = start(&clock, HaravanStock::Available).await;
    let id = twin.place_order(&[line("10:11", 1)]).unwrap();
    twin.cancel_order(&id);
    assert_eq!(call(&twin, "GET", "/com/orders.json?limit=51", "").await.status, 422);
    let rows = |got: Got| got.json()["orders"].as_array().unwrap().len();
    assert_eq!(rows(call(&twin, "GET", "/com/orders.json", "").await), 0, "only open ones unless asked");
    assert_eq!(rows(call(&twin, "GET", "/com/orders.json?status=any", "").await), 1);
    let later = "/com/orders.json?status=any&updated_at_min=2023-11-14T22%3A13%3A20.000Z";
    assert_eq!(rows(call(&twin, "GET", later, "").await), 0, "after means after");
    let mut last = call(&twin, "GET", "/com/shop.json", "").await;
    assert_eq!(last.header("x-haravan-api-call-limit"), "5/80");
    for _ in 0..76 {
        last = call(&twin, "GET", "/com/shop.json", "").await;
    }
    assert_eq!((last.status, last.header("retry-after")), (429, "1"));
    clock.advance(1);
    assert_eq!(call(&twin, "GET", "/com/shop.json", "").await.status, 200);
}
