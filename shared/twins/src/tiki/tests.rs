//! What a shop may rely on when it practises against the Tiki stand-in.

use serde_json::{Value, json};

use super::*;
use crate::testing::{Got, StillClock, line, listing, send};
use crate::{FaultKind, TwinOrderState};

const BASIC: &str = "Basic YXBwOnNlY3JldA==";
const REDIRECT: &str = "https://hub.vn/back";

async fn start(has_queue: bool, fulfillment_type: &str) -> (Arc<TikiTwin>, StillClock) {
    let clock = StillClock::new();
    let config = TikiTwinConfig {
        client_id: "app".into(),
        client_secret: "secret".into(),
        redirect_url: REDIRECT.into(),
        seller_name: "Lan".into(),
        warehouse_id: 159_368,
        fulfillment_type: fulfillment_type.into(),
        has_queue,
        listings: vec![listing("11", "AO-M", 10), listing("12", "MU", 5), listing("13", "GIAY", 0)],
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    (TikiTwin::start(config).await.unwrap(), clock)
}

async fn ask(twin: &TikiTwin, token: &str, method: &str, path: &str, body: &Value) -> Got {
    let bearer = format!("Bearer {token}");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let url = format!("{}/integration{path}", twin.base_url());
    send(method, &url, &[("authorization", &bearer), ("content-type", "application/json")], &body).await
}

async fn get(twin: &TikiTwin, path: &str) -> Got {
    ask(twin, &twin.access_token(), "GET", path, &Value::Null).await
}

async fn token(twin: &TikiTwin, basic: &str, form: &str) -> Got {
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let url = format!("{}/sc/oauth2/token", twin.base_url());
    send("POST", &url, &[("authorization", basic), kind], form).await
}

async fn app_token(twin: &TikiTwin) -> String {
    let got = token(twin, BASIC, "grant_type=client_credentials").await.json();
    assert!(got["refresh_token"].is_null(), "the app's own login is not renewed");
    got["access_token"].as_str().unwrap().to_owned()
}

fn write(product: u64, quantity: i64) -> Value {
    let rows = json!([{"warehouse_id": 159_368, "qty_available": quantity}]);
    json!({"product_id": product, "seller_warehouse": "159368", "warehouse_quantities": rows})
}

async fn set(twin: &TikiTwin, body: &Value) -> Got {
    ask(twin, &twin.access_token(), "PUT", "/v2.1/products/updateSku", body).await
}

#[tokio::test]
async fn the_number_holds_its_own_open_orders() {
    let (twin, _clock) = start(false, "dropship").await;
    let first = twin.place_order(&[line("11", 3)]).unwrap();
    assert_eq!((twin.available("11"), twin.reserved("11"), twin.shown("11")), (10, 3, 7));
    assert_eq!(set(&twin, &write(11, 10)).await.json(), json!({"state": "approved"}));
    assert_eq!(twin.shown("11"), 7, "ten were set, three of them are on order");
    assert_eq!(twin.place_order(&[line("11", 8)]).unwrap_err().shown, 7);
    assert!(twin.cancel_order(&first) && !twin.cancel_order(&first));
    assert_eq!((twin.available("11"), twin.shown("11")), (10, 10));
    let second = twin.place_order(&[line("11", 4)]).unwrap();
    assert!(twin.ship_order(&second));
    assert_eq!((twin.available("11"), twin.reserved("11"), twin.shown("11")), (6, 0, 6));
    let stocks = get(&twin, "/v2.1/products/11?include=inventory").await.json()["inventory"].clone();
    assert_eq!(stocks["warehouse_stocks"][0]["quantity_sellable"], 6);
    assert!(get(&twin, "/v2.1/products/11").await.json()["inventory"].is_null(), "only when it is asked for");
    assert!(twin.edit_stock("11", 2) && !twin.edit_stock("99", 2));
    assert_eq!((twin.shown("11"), twin.stock_writes().len()), (2, 1));
}

#[tokio::test]
async fn shipped_units_reappear_where_the_number_keeps_them_and_was_not_lowered() {
    let (twin, _clock) = start(false, "dropship").await;
    twin.keep_shipped_units(true);
    let first = twin.place_order(&[line("11", 3)]).unwrap();
    assert!(twin.ship_order(&first));
    assert_eq!((twin.available("11"), twin.reserved("11"), twin.shown("11")), (10, 0, 10), "three too many");
    let second = twin.place_order(&[line("11", 4)]).unwrap();
    set(&twin, &write(11, 3)).await;
    assert_eq!(twin.shown("11"), -1, "lowered by the three that are gone and the four that go");
    assert!(twin.ship_order(&second));
    assert_eq!((twin.available("11"), twin.shown("11")), (3, 3));
    let third = twin.place_order(&[line("12", 1)]).unwrap();
    assert!(twin.complete_order(&third));
    assert_eq!(twin.shown("12"), 5, "an order that is done at once has been shipped as well");
}

#[tokio::test]
async fn a_cancel_may_mean_that_nobody_was_at_home() {
    let (twin, _clock) = start(false, "dropship").await;
    let stayed = twin.place_order(&[line("11", 1)]).unwrap();
    let left = twin.place_order(&[line("11", 1)]).unwrap();
    assert!(twin.cancel_order(&stayed) && twin.ship_order(&left));
    assert!(!twin.cancel_order(&left) && twin.fail_delivery(&left));
    assert_eq!(twin.shown("11"), 9, "what is on its way back is not on sale");
    let read = async |id: &str| get(&twin, &format!("/v2/orders/{id}?include=status_histories")).await.json();
    let (stayed, left) = (read(&stayed).await, read(&left).await);
    assert_eq!((&stayed["status"], &left["status"]), (&json!("canceled"), &json!("canceled")));
    assert!(!stayed["status_histories"].to_string().contains("shipping"));
    assert!(left["status_histories"].to_string().contains("shipping"));
    assert!(stayed["shipping"]["tracking_code"].is_null() && left["shipping"]["tracking_code"].is_string());
}

#[tokio::test]
async fn events_wait_in_order_until_they_are_taken() {
    let (twin, _clock) = start(true, "dropship").await;
    let app = app_token(&twin).await;
    let pull_path = format!("/v1/queues/{}/events/pull", twin.queue_code().unwrap());
    let pull = async |ack: Value| ask(&twin, &app, "POST", &pull_path, &json!({"ack_id": ack})).await.json();
    let codes = |pulled: &Value| -> Vec<String> {
        let rows = pulled["events"].as_array().unwrap();
        rows.iter().map(|row| row["payload"]["order_code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(pull(Value::Null).await, json!({"events": [], "ack_id": null}));
    let placed: Vec<String> = (0..2).map(|_| twin.place_order(&[line("11", 1)]).unwrap()).collect();
    let first = pull(Value::Null).await;
    assert_eq!(codes(&first), placed);
    assert_eq!(first["events"][0]["type"], "ORDER_CREATED_SUCCESSFULLY");
    assert_eq!(first["events"][0]["created_at"], 1_700_000_000_000_i64);
    twin.cancel_order(&placed[0]);
    assert_eq!(codes(&pull(Value::Null).await).len(), 3, "nothing was taken yet");
    let rest = pull(first["ack_id"].clone()).await;
    assert_eq!(
        (codes(&rest), &rest["events"][0]["payload"]["status"]),
        (placed[..1].to_vec(), &json!("canceled"))
    );
    assert_eq!(codes(&pull(first["ack_id"].clone()).await).len(), 1, "an old receipt takes nothing more");
    assert!(codes(&pull(rest["ack_id"].clone()).await).is_empty());
    assert!(twin.take_pushes().is_empty());
    let seller = ask(&twin, &twin.access_token(), "POST", &pull_path, &json!({"ack_id": null})).await;
    assert_eq!(seller.status, 403, "the queue belongs to the app");
    for _ in 0..25 {
        twin.place_order(&[line("12", 0)]).unwrap();
    }
    let batch = pull(Value::Null).await;
    assert_eq!(codes(&batch).len(), 20);
    assert_eq!(codes(&pull(batch["ack_id"].clone()).await).len(), 5);
}

#[tokio::test]
async fn a_queue_is_made_by_the_app_and_subscribed_to_by_the_seller() {
    let (twin, _clock) = start(false, "dropship").await;
    let (app, seller) = (app_token(&twin).await, twin.access_token());
    let body = json!({"name": "mine"});
    assert_eq!(ask(&twin, &seller, "POST", "/v1/queues", &body).await.status, 403);
    let made = ask(&twin, &app, "POST", "/v1/queues", &body).await.json();
    assert_eq!(ask(&twin, &app, "GET", "/v1/queues", &Value::Null).await.json(), json!([made]));
    let path = format!("/v1/queues/{}/subscriptions", made["code"].as_str().unwrap());
    let topic = json!({"event_type": "ORDER_STATUS_UPDATED"});
    assert_eq!(ask(&twin, &app, "POST", &path, &topic).await.status, 401, "no seller stands behind it");
    for _ in 0..2 {
        assert_eq!(ask(&twin, &seller, "POST", &path, &topic).await.json()["active"], true);
    }
    assert_eq!(ask(&twin, &seller, "POST", &path, &json!({"event_type": "RAIN"})).await.status, 400);
    assert_eq!(twin.subscriptions(), [format!("{}/ORDER_STATUS_UPDATED", made["code"].as_str().unwrap())]);
    assert_eq!(ask(&twin, &app, "GET", &path, &Value::Null).await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_login_is_granted_once_and_renewed_once() {
    let (twin, clock) = start(false, "dropship").await;
    let page = async |redirect: &str, state: &str| {
        let query = format!(
            "response_type=code&client_id=app&redirect_uri={redirect}&scope=offline%20order&state={state}"
        );
        send("GET", &format!("{}/sc/oauth2/auth?{query}", twin.base_url()), &[], "").await
    };
    assert_eq!(page("https://elsewhere.vn", "12345678").await.status, 400);
    assert_eq!(page(REDIRECT, "short").await.status, 400);
    let sent = page(REDIRECT, "12345678").await;
    let back = sent.header("location").to_owned();
    assert!(
        sent.status == 302
            && back.starts_with("https://hub.vn/back?code=")
            && back.ends_with("&state=12345678")
    );
    let code = back.split(['=', '&']).nth(1).unwrap();
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={REDIRECT}");
    assert_eq!(token(&twin, "Basic YXBwOm9kZA==", &form).await.json()["error"], "invalid_client");
    let got = token(&twin, BASIC, &form).await.json();
    assert_eq!(token(&twin, BASIC, &form).await.json()["error"], "invalid_grant", "a code works once");
    assert_eq!(
        (got["access_token"].as_str(), got["scope"].as_str()),
        (Some(&*twin.access_token()), Some("offline order"))
    );
    assert_eq!(get(&twin, "/v2/orders").await.status, 200);
    assert_eq!(get(&twin, "/v2.1/products").await.status, 403, "that right was not asked for");
    clock.advance(3_600);
    assert_eq!(get(&twin, "/v2/orders").await.status, 401);
    let form = format!("grant_type=refresh_token&refresh_token={}", twin.refresh_token());
    assert!(token(&twin, BASIC, &form).await.json()["refresh_token"].is_string());
    assert_eq!(token(&twin, BASIC, &form).await.status, 400);
    assert_eq!((get(&twin, "/v2/orders").await.status, twin.logins()), (200, 2));
    assert!(twin.end_login());
    assert_eq!(get(&twin, "/v2/sellers/me").await.status, 401);
}

#[tokio::test]
async fn orders_are_listed_by_when_they_changed() {
    let (twin, clock) = start(false, "seller_delivery").await;
    let first = twin.place_order(&[line("11", 1)]).unwrap();
    clock.advance(60);
    let second = twin.place_order(&[line("12", 2)]).unwrap();
    let codes = async |query: &str| -> Vec<String> {
        let rows = get(&twin, &format!("/v2/orders?{query}")).await.json()["data"].clone();
        rows.as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes("").await, [second.clone(), first.clone()], "the newest first");
    assert_eq!(codes("order_by=created_at%7Casc").await, [first.clone(), second.clone()]);
    // 22:13:20 in London is 05:13:20 in Hà Nội; the second that is named is left out.
    assert_eq!(codes("updated_from_date=2023-11-15%2005%3A13%3A20").await, std::slice::from_ref(&second));
    assert_eq!(codes("updated_to_date=2023-11-15%2005%3A14%3A20").await, std::slice::from_ref(&first));
    assert!(codes("status=nin%7Cqueueing,picking").await.is_empty());
    assert_eq!(codes(&format!("code={first}")).await, std::slice::from_ref(&first));
    let page = get(&twin, "/v2/orders?page=2&limit=1").await.json();
    assert_eq!((&page["data"][0]["code"], &page["paging"]["last_page"]), (&json!(first), &json!(2)));
    for bad in ["page=0", "limit=101", "order_by=code%7Casc", "updated_from_date=yesterday"] {
        assert_eq!(get(&twin, &format!("/v2/orders?{bad}")).await.status, 400, "{bad}");
    }
    let path = |id: &str| format!("/v2/orders/{id}/seller-delivery/update-delivery");
    let told = json!({"status": "successful_delivery"});
    let tell = async |id: &str| ask(&twin, &twin.access_token(), "POST", &path(id), &told).await.status;
    assert_eq!((tell(&second).await, tell(&second).await, tell("7").await), (200, 400, 404));
    assert_eq!(twin.order(&second).unwrap().state, TwinOrderState::Completed);
    assert!(twin.hold_order(&first) && twin.return_order(&second) && !twin.return_order(&first));
    assert_eq!(get(&twin, &format!("/v2/orders/{first}")).await.json()["status"], "holded");
    let (other, _clock) = start(false, "dropship").await;
    let id = other.place_order(&[line("11", 1)]).unwrap();
    assert_eq!(ask(&other, &other.access_token(), "POST", &path(&id), &told).await.status, 400);
}

#[tokio::test]
async fn writes_can_be_refused_and_can_be_lies() {
    let (twin, _clock) = start(false, "dropship").await;
    let fault = |kind| twin.inject(Fault { path_contains: "updateSku".into(), kind, times: 1 });
    fault(FaultKind::AcceptedNotApplied);
    assert_eq!(set(&twin, &write(11, 3)).await.json()["state"], "approved");
    assert_eq!((twin.available("11"), twin.stock_writes().len()), (10, 0));
    fault(FaultKind::RefuseListing("12".into()));
    assert_eq!(set(&twin, &write(11, 3)).await.status, 200);
    assert_eq!(set(&twin, &write(12, 3)).await.json()["errors"][0], "Product can not be updated");
    assert_eq!(set(&twin, &write(12, 3)).await.status, 200);
    let mut elsewhere = write(11, 1);
    elsewhere["warehouse_quantities"][0]["warehouse_id"] = json!(7);
    for bad in [write(99, 1), write(11, -1), elsewhere, json!({"product_id": 11})] {
        assert_eq!(set(&twin, &bad).await.status, 400, "{bad}");
    }
    fault(FaultKind::TooManyRequests { retry_after_seconds: Some(9) });
    let busy = set(&twin, &write(11, 1)).await;
    assert_eq!((busy.status, busy.header("retry-after")), (429, "9"));
    fault(FaultKind::LoginExpired);
    assert_eq!(set(&twin, &write(11, 1)).await.status, 401);
}
