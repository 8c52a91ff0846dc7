//! What a shop may rely on when it practises against the Sendo stand-in.

use serde_json::{Value, json};

use super::*;
use crate::testing::{Got, StillClock, line, listing, send};
use crate::{FaultKind, TwinOrderState};

async fn start(is_self_shipping: bool) -> (Arc<SendoTwin>, StillClock) {
    let clock = StillClock::new();
    let config = SendoTwinConfig {
        store_id: 808_516,
        shop_key: "key".into(),
        secret_key: "secret".into(),
        webhook_url: "http://127.0.0.1:9/hook".into(),
        is_self_shipping,
        listings: (1..=55).map(|id: u64| listing(&id.to_string(), &format!("S{id}"), 9)).collect(),
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    (SendoTwin::start(config).await.unwrap(), clock)
}

async fn log_in(twin: &SendoTwin, secret: &str) -> Got {
    let body = json!({"shop_key": "key", "secret_key": secret}).to_string();
    send("POST", &format!("{}/login", twin.base_url()), &[("content-type", "application/json")], &body).await
}

async fn token(twin: &SendoTwin) -> String {
    log_in(twin, "secret").await.json()["result"]["token"].as_str().unwrap().to_owned()
}

async fn ask(twin: &SendoTwin, token: &str, method: &str, path: &str, body: &Value) -> Got {
    let bearer = format!("bearer {token}");
    let url = format!("{}/api/partner/{path}", twin.base_url());
    send(method, &url, &[("authorization", &bearer)], &body.to_string()).await
}

#[tokio::test]
async fn a_login_lasts_eight_hours_and_is_given_five_times_a_second() {
    let (twin, clock) = start(false).await;
    let got = log_in(&twin, "secret").await.json();
    assert_eq!((&got["success"], &got["result"]["expires"]), (&json!(true), &json!("2023-11-15T06:13:20Z")));
    let token = got["result"]["token"].as_str().unwrap();
    assert_eq!(log_in(&twin, "wrong").await.status, 401);
    for expected in [200, 200, 200, 429, 429] {
        assert_eq!(log_in(&twin, "secret").await.status, expected);
    }
    clock.advance(1);
    assert_eq!((log_in(&twin, "secret").await.status, twin.logins()), (200, 5));
    let search = async || ask(&twin, token, "POST", "product/search", &json!({})).await.status;
    clock.advance(8 * 3_600 - 2);
    assert_eq!(search().await, 200);
    clock.advance(1);
    assert_eq!(search().await, 401);
    assert!(twin.end_login());
}

#[tokio::test]
async fn products_come_in_pages_that_a_token_turns() {
    let (twin, _clock) = start(false).await;
    let token = token(&twin).await;
    let search = async |body: Value| ask(&twin, &token, "POST", "product/search", &body).await;
    assert_eq!(search(json!({"page_size": 51})).await.status, 400);
    assert_eq!(search(json!({"token": "odd"})).await.status, 400);
    assert_eq!(search(json!({})).await.json()["result"]["data"].as_array().unwrap().len(), 10);
    let first = search(json!({"page_size": 50, "token": ""})).await.json()["result"].clone();
    assert_eq!((first["data"].as_array().unwrap().len(), &first["previous_token"]), (50, &json!("")));
    // The size that is asked for now is left aside.
    let rest = search(json!({"page_size": 1, "token": first["next_token"]})).await.json()["result"].clone();
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["next_token"]), (5, &json!("")));
    assert_eq!((&rest["data"][4]["sku"], &rest["data"][4]["stock_quantity"]), (&json!("S55"), &json!(9)));
    let back = search(json!({"token": rest["previous_token"]})).await.json()["result"].clone();
    assert_eq!(back["data"][0]["id"], 1);
}

#[tokio::test]
async fn an_order_is_told_without_a_signature() {
    let (twin, _clock) = start(false).await;
    let id = twin.place_order(&[line("1", 2)]).unwrap();
    assert!(twin.cancel_order(&id) && !twin.cancel_order(&id));
    assert_eq!((twin.shown("1"), twin.place_order(&[line("1", 10)]).unwrap_err().shown), (9, 9));
    let pushes = twin.take_pushes();
    let bodies: Vec<Value> = pushes.iter().map(|push| serde_json::from_slice(&push.body).unwrap()).collect();
    assert_eq!(pushes[0].headers, [("Content-Type".to_owned(), "application/json".to_owned())]);
    assert_eq!((&bodies[0]["type"], &bodies[0]["shop_key"]), (&json!("SALESORDER.CREATE"), &json!("key")));
    assert_eq!(bodies[0]["data"]["order_number"], json!(id));
    assert_eq!(bodies[0]["data"]["sku_details"][0]["quantity"], 2);
    assert_eq!(
        (&bodies[1]["type"], &bodies[1]["data"]["order_action"]),
        (&json!("SALESORDER.UPDATE"), &json!("CANCEL"))
    );
    assert!(bodies.len() == 2 && twin.take_pushes().is_empty());
}

#[tokio::test]
async fn a_shop_says_that_it_is_there_has_arrived_or_is_called_off() {
    for is_self_shipping in [true, false] {
        let (twin, _clock) = start(is_self_shipping).await;
        let token = token(&twin).await;
        let put = async |id: &str, status: i64, reason: Value| {
            let body = json!({"order_number": id, "order_status": status, "cancel_order_reason": reason});
            ask(&twin, &token, "PUT", "salesorder", &body).await.status
        };
        let ids: Vec<String> = (0..3).map(|_| twin.place_order(&[line("2", 1)]).unwrap()).collect();
        assert_eq!(put(&ids[0], 3, Value::Null).await, 200);
        assert_eq!(put(&ids[0], 7, Value::Null).await, if is_self_shipping { 200 } else { 400 });
        assert_eq!(put(&ids[1], 13, Value::Null).await, 400, "a cancel needs its reason");
        assert_eq!(put(&ids[1], 13, json!("CBS1")).await, 200);
        assert_eq!(twin.order(&ids[1]).unwrap().state, TwinOrderState::Cancelled);
        assert_eq!(put(&ids[1], 3, Value::Null).await, 400, "it has ended");
        assert_eq!((put(&ids[2], 6, Value::Null).await, put("7", 3, Value::Null).await), (400, 404));
        assert!(twin.ship_order(&ids[2]));
        assert_eq!(put(&ids[2], 13, json!("CBS1")).await, 400, "it is on its way");
        assert!(twin.complete_order(&ids[2]));
        twin.inject(Fault { path_contains: "salesorder".into(), kind: FaultKind::LoginExpired, times: 1 });
        assert_eq!(put(&ids[2], 3, Value::Null).await, 401);
    }
}
