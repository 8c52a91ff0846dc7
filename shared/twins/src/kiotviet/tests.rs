//! What a shop may rely on when it practises against the KiotViet stand-in.

use serde_json::{Value, json};

use super::*;
use crate::signing::hmac_hex;
use crate::testing::{Got, StillClock, line, listing, open_door, send};
use crate::{Courier, FaultKind, TwinOrderState, plain_client};

mod wide;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn start(webhook_url: &str, signature_form: SignatureForm) -> (Arc<KiotVietTwin>, StillClock) {
    let clock = StillClock::new();
    let stock = |branch: &str, listing: &str, on_hand| BranchStock {
        branch: branch.into(),
        listing: listing.into(),
        on_hand,
    };
    let config = KiotVietTwinConfig {
        client_id: "client".into(),
        client_secret: "secret".into(),
        retailer: "shopthu".into(),
        webhook_secret: "a2hvYS1iaS1tYXQ=".into(),
        webhook_url: webhook_url.into(),
        branches: vec![("55".into(), "Hà Nội".into()), ("56".into(), "TP.HCM".into())],
        listings: vec![listing("1001", "AO-M", 0), listing("1002", "MU", 0), listing("1003", "GIAY", 0)],
        branch_stock: vec![stock("55", "1001", 7), stock("56", "1001", 2), stock("55", "1002", 1)],
        signature_form,
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    (KiotVietTwin::start(config).await.unwrap(), clock)
}

async fn quiet() -> (Arc<KiotVietTwin>, StillClock) {
    start("http://127.0.0.1:9/x", SignatureForm::Hex).await
}

async fn log_in(twin: &KiotVietTwin, secret: &str) -> Got {
    let form = format!(
        "scopes=PublicApi.Access&grant_type=client_credentials&client_id=client&client_secret={secret}"
    );
    send("POST", &format!("{}/connect/token", twin.base_url()), &[FORM], &form).await
}

async fn ask(twin: &KiotVietTwin, token: &str, method: &str, path: &str, body: &Value) -> Got {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("retailer", "shopthu")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(method, &format!("{}{path}", twin.base_url()), &headers, &body).await
}

async fn token(twin: &KiotVietTwin) -> String {
    log_in(twin, "secret").await.json()["access_token"].as_str().unwrap().to_owned()
}

fn body(push: &Push) -> Value {
    serde_json::from_slice(&push.body).unwrap()
}

fn actions(pushes: &[Push]) -> Vec<String> {
    let action = |push| body(push)["Notifications"][0]["Action"].as_str().unwrap().to_owned();
    pushes.iter().map(action).collect()
}

#[tokio::test]
async fn a_login_is_needed_and_lasts_a_day() {
    let (twin, clock) = quiet().await;
    assert_eq!(log_in(&twin, "wrong").await.json()["error"], "invalid_client");
    let login = log_in(&twin, "secret").await.json();
    assert_eq!((&login["expires_in"], &login["token_type"]), (&json!(86_400), &json!("Bearer")));
    let token = login["access_token"].as_str().unwrap();
    let status = async || ask(&twin, token, "GET", "/products/1001", &Value::Null).await.status;
    assert_eq!(status().await, 200);
    let url = format!("{}/products/1001", twin.base_url());
    let bearer = format!("Bearer {token}");
    assert_eq!(send("GET", &url, &[("authorization", &bearer)], "").await.status, 401, "no shop named");
    assert_eq!(send("GET", &url, &[("retailer", "shopthu")], "").await.status, 401);
    clock.advance(86_399);
    assert_eq!(status().await, 200);
    clock.advance(1);
    assert_eq!(status().await, 401);
    assert_eq!(twin.logins(), 1);
    let token = self::token(&twin).await;
    twin.inject(Fault { path_contains: "products".into(), kind: FaultKind::LoginExpired, times: 1 });
    assert_eq!(ask(&twin, &token, "GET", "/products/1001", &Value::Null).await.status, 401);
    assert_eq!(ask(&twin, &token, "GET", "/products/1001", &Value::Null).await.status, 401, "for good");
}

#[tokio::test]
async fn the_till_never_refuses_and_tells_the_level() {
    let (twin, _clock) = quiet().await;
    let id = twin.sell("55", &[line("1001", 2), line("1002", 3)]);
    assert_eq!((twin.on_hand("55", "1001"), twin.on_hand("55", "1002")), (5, -2));
    assert_eq!(twin.shown("1001"), 7);
    let pushes = twin.take_pushes();
    assert_eq!(actions(&pushes), ["stock.update.1001", "invoice.update.1001"]);
    let stock = body(&pushes[0]);
    assert_eq!(stock["Attempt"], 1);
    let levels = &stock["Notifications"][0]["Data"];
    assert_eq!((&levels[0]["OnHand"], &levels[1]["OnHand"]), (&json!(5), &json!(-2)));
    assert_eq!((&levels[0]["BranchId"], &levels[0]["ProductCode"]), (&json!(55), &json!("AO-M")));
    let invoice = &body(&pushes[1])["Notifications"][0]["Data"][0];
    assert_eq!((&invoice["Status"], &invoice["StatusValue"]), (&json!(1), &json!("Hoàn thành")));
    assert_eq!(invoice["InvoiceDetails"][1]["Quantity"], 3);
    assert_eq!(invoice["PurchaseDate"], "2023-11-15T05:13:20.0000000");
    let order = twin.order(&id).unwrap();
    assert_eq!((order.state, order.branch.as_deref()), (TwinOrderState::Completed, Some("55")));
    assert!(!twin.ship_order(&id) && !twin.complete_order(&id));
    assert!(twin.cancel_order(&id), "a till sale can be voided");
    assert!(!twin.cancel_order(&id));
    assert_eq!((twin.on_hand("55", "1001"), twin.on_hand("55", "1002")), (7, 1));
    assert_eq!(body(&twin.take_pushes()[1])["Notifications"][0]["Data"][0]["Status"], 2);
    twin.place_order(&[line("1001", 100)]).unwrap();
    assert_eq!(twin.on_hand("55", "1001"), -93);
}

#[tokio::test]
async fn a_delivery_can_be_shipped_and_then_no_longer_cancelled() {
    let (twin, _clock) = quiet().await;
    let first = twin.sell_for_delivery("56", &[line("1001", 1)]);
    let second = twin.sell_for_delivery("56", &[line("1001", 1)]);
    assert_eq!(twin.on_hand("56", "1001"), 0);
    assert!(twin.cancel_order(&first));
    assert!(twin.ship_order(&second));
    assert!(!twin.cancel_order(&second));
    assert!(twin.complete_order(&second));
    assert_eq!(twin.on_hand("56", "1001"), 1);
    let last = twin.take_pushes().pop().unwrap();
    let invoice = &body(&last)["Notifications"][0]["Data"][0];
    assert_eq!((&invoice["Status"], &invoice["InvoiceDelivery"]["Status"]), (&json!(1), &json!(3)));
    let booking = twin.book("55", &[line("1001", 3)]);
    assert_eq!((twin.on_hand("55", "1001"), twin.reserved("55", "1001")), (7, 3));
    assert_eq!(actions(&twin.take_pushes()), ["stock.update.1001", "order.update.1001"]);
    assert_eq!((twin.orders().len(), twin.bookings().len()), (2, 1));
    assert!(twin.cancel_order(&booking));
    assert_eq!(twin.reserved("55", "1001"), 0);
}

#[tokio::test]
async fn all_four_signature_forms() {
    use SignatureForm::{Hex, HexDecodedKey, PrefixedHex, PrefixedHexDecodedKey};
    let (text, decoded): (&[u8], &[u8]) = (b"a2hvYS1iaS1tYXQ=", b"khoa-bi-mat");
    let cases = [
        (Hex, "", text),
        (PrefixedHex, "sha256=", text),
        (HexDecodedKey, "", decoded),
        (PrefixedHexDecodedKey, "sha256=", decoded),
    ];
    for (form, prefix, key) in cases {
        let (twin, _clock) = start("http://127.0.0.1:9/x", form).await;
        twin.set_on_hand("55", "1001", 4);
        let push = twin.take_pushes().remove(0);
        let expected = format!("{prefix}{}", hmac_hex(key, &[&push.body]));
        assert_eq!(push.header("X-Hub-Signature"), Some(expected.as_str()), "{form:?}");
    }
}

#[tokio::test]
async fn one_unfriendly_answer_silences_it_and_a_broken_one_does_not() {
    let (broken, taken) = open_door(503, "").await;
    let (twin, _clock) = start(&broken, SignatureForm::Hex).await;
    let courier = Courier::new(plain_client().unwrap());
    twin.set_on_hand("55", "1001", 4);
    let first = twin.take_pushes().remove(0);
    courier.deliver(&*twin, &first).await.unwrap();
    let again = twin.take_pushes().remove(0);
    assert_eq!(body(&again)["Id"], body(&first)["Id"]);
    assert_eq!(body(&again)["Attempt"], 2);
    assert_eq!(again.header("X-Hub-Signature"), Some(hmac_hex(b"a2hvYS1iaS1tYXQ=", &[&again.body]).as_str()));
    while let Some(push) = twin.take_pushes().pop() {
        courier.deliver(&*twin, &push).await.unwrap();
    }
    courier.deliver(&*twin, &again).await.unwrap();
    assert!(taken.lock().unwrap().len() < 12 && !twin.is_stopped());

    let (unfriendly, taken) = open_door(401, "").await;
    let (twin, _clock) = start(&unfriendly, SignatureForm::Hex).await;
    twin.set_on_hand("55", "1001", 4);
    twin.sell("55", &[line("1001", 1)]);
    courier.deliver(&*twin, &twin.take_pushes()[0]).await.unwrap();
    assert!(twin.is_stopped());
    twin.sell("55", &[line("1001", 1)]);
    assert!(twin.take_pushes().is_empty());
    assert_eq!(taken.lock().unwrap().len(), 1);
    let token = token(&twin).await;
    let hook =
        json!({"Webhook": {"Type": "stock.update", "Url": unfriendly, "IsActive": true, "Secret": "eA=="}});
    let hook = ask(&twin, &token, "POST", "/webhooks", &hook).await.json();
    assert_eq!(hook["isActive"], true);
    twin.sell("55", &[line("1001", 1)]);
    assert_eq!(actions(&twin.take_pushes()), ["stock.update.1001"]);
    ask(&twin, &token, "DELETE", &format!("/webhooks/{}", hook["id"]), &Value::Null).await;
    twin.sell("55", &[line("1001", 1)]);
    assert!(twin.take_pushes().is_empty());
    twin.resume_webhooks();
    assert!(!twin.is_stopped());
}

#[tokio::test]
async fn levels_can_be_read_in_pages_and_written() {
    let (twin, clock) = quiet().await;
    let token = token(&twin).await;
    let get = async |path: &str| ask(&twin, &token, "GET", path, &Value::Null).await.json();
    let page = get("/productOnHands?pageSize=2&currentItem=2").await;
    assert_eq!((&page["total"], &page["pageSize"]), (&json!(3), &json!(2)));
    assert_eq!(page["data"][0]["id"], 1003);
    let row = get("/productOnHands?branchIds=56").await["data"][0].clone();
    assert_eq!(row["inventories"], json!([{"branchId": 56, "onhand": 2.0, "reserved": 0.0}]));
    assert_eq!(get("/productOnHands?pageSize=1000").await["pageSize"], 100);
    clock.advance(10);
    let write = json!({"inventories": [{"branchId": 56, "onHand": -3}]});
    let written = ask(&twin, &token, "PUT", "/products/1001", &write).await.json();
    assert_eq!(written["inventories"][1]["onHand"], -3.0);
    assert_eq!((twin.on_hand("56", "1001"), twin.shown("1001")), (-3, 4));
    let done = &twin.stock_writes()[0];
    assert_eq!((done.listing.as_str(), done.value, done.branch.as_deref()), ("1001", -3, Some("56")));
    assert_eq!(actions(&twin.take_pushes()), ["stock.update.1001"]);
    let changed = get("/productOnHands?lastModifiedFrom=2023-11-15T05:13:30").await;
    assert_eq!((&changed["total"], &changed["data"][0]["id"]), (&json!(1), &json!(1001)));
    twin.sales_touch_dates(false);
    clock.advance(10);
    twin.sell("55", &[line("1002", 1)]);
    assert_eq!(get("/productOnHands?lastModifiedFrom=2023-11-15T05:13:35").await["total"], 0);
    twin.inject(Fault { path_contains: "/products/".into(), kind: FaultKind::AcceptedNotApplied, times: 1 });
    let write = json!({"inventories": [{"branchId": 56, "onHand": 9.0}]});
    let lie = ask(&twin, &token, "PUT", "/products/1001", &write).await.json();
    assert_eq!((lie["inventories"][1]["onHand"].clone(), twin.on_hand("56", "1001")), (json!(9.0), -3));
    assert_eq!(
        get("/products?includeInventory=true").await["data"][2]["inventories"][0]["branchName"],
        "Hà Nội"
    );
    assert_eq!(get("/products/code/MU").await["id"], 1002);
    assert_eq!(ask(&twin, &token, "GET", "/products/5", &Value::Null).await.status, 404);
}

#[tokio::test]
async fn sales_made_elsewhere_can_be_entered_and_read_back() {
    let (twin, clock) = quiet().await;
    let token = token(&twin).await;
    let get = async |path: &str| ask(&twin, &token, "GET", path, &Value::Null).await.json();
    let order = json!({"branchId": 55, "orderDetails": [{"productCode": "AO-M", "quantity": 2}]});
    let order = ask(&twin, &token, "POST", "/orders", &order).await.json();
    assert_eq!((order["status"].clone(), twin.reserved("55", "1001")), (json!(1), 2));
    let details = json!([{"productId": 1001, "quantity": 2.0, "price": 199_000}]);
    let invoice = json!({
        "branchId": 55, "orderId": order["id"], "description": "shopee 24040", "invoiceDetails": details,
    });
    let invoice = ask(&twin, &token, "POST", "/invoices", &invoice).await.json();
    assert_eq!((twin.reserved("55", "1001"), twin.on_hand("55", "1001")), (0, 5));
    assert_eq!(get(&format!("/orders/{}", order["id"])).await["status"], 3);
    let code = invoice["code"].as_str().unwrap();
    assert_eq!(get(&format!("/invoices/code/{code}")).await["description"], "shopee 24040");
    assert_eq!(invoice["invoiceDetails"][0]["quantity"], 2.0);
    clock.advance(60);
    twin.sell("56", &[line("1001", 1)]);
    assert_eq!(get("/invoices?branchIds=56").await["total"], 1);
    assert_eq!(get("/invoices?lastModifiedFrom=2023-11-14T22:14:00Z").await["total"], 1);
    assert_eq!(get("/invoices?status=1&orderDirection=desc&pageSize=1").await["data"][0]["branchId"], 56);
    assert_eq!(get("/invoices?pageSize=1&currentItem=1").await["total"], 2);
    let path = format!("/invoices/{}", invoice["id"]);
    assert_eq!(ask(&twin, &token, "DELETE", &path, &Value::Null).await.status, 200);
    assert_eq!(twin.on_hand("55", "1001"), 7);
    assert_eq!(get(&path).await["statusValue"], "Đã hủy");
    let nowhere = json!({"branchId": 9, "invoiceDetails": details});
    assert_eq!(ask(&twin, &token, "POST", "/invoices", &nowhere).await.status, 400);
    assert_eq!(get("/branches").await["data"][1]["branchName"], "TP.HCM");
}
