//! What a shop may rely on when it practises against the Lazada stand-in.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::TwinOrderState;
use crate::signing::hmac_hex;
use crate::testing::{StillClock, line, listing, send};

const SECRET: &str = "helloworld";
const REDIRECT: &str = "https://hub.example/logins/callback";

async fn start() -> (Arc<LazadaTwin>, StillClock) {
    let clock = StillClock::new();
    let config = LazadaTwinConfig {
        app_key: "123456".into(),
        app_secret: SECRET.into(),
        seller_id: "1234567".into(),
        access_token: "tok".into(),
        redirect_url: REDIRECT.into(),
        push_url: "https://hub.example/lazada".into(),
        listings: vec![listing("10:1", "MU", 9), listing("20:21", "AO-M", 3), listing("20:22", "AO-L", 2)],
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    (LazadaTwin::start(config).await.unwrap(), clock)
}

/// Parameters with their seal, written from the document and not from the twin.
fn sealed(twin: &LazadaTwin, now_ms: i64, path: &str, parameters: &[(&str, &str)]) -> String {
    let (token, time) = (twin.access_token(), now_ms.to_string());
    let mut all = vec![("app_key", "123456"), ("sign_method", "sha256"), ("timestamp", time.as_str())];
    if !path.starts_with("/auth/") {
        all.push(("access_token", token.as_str()));
    }
    all.extend_from_slice(parameters);
    all.sort_unstable();
    let base = all.iter().fold(path.to_owned(), |base, (name, value)| base + name + value);
    let sign = hmac_hex(SECRET.as_bytes(), &[base.as_bytes()]).to_uppercase();
    all.push(("sign", &sign));
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    all.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

async fn get(twin: &LazadaTwin, clock: &StillClock, path: &str, parameters: &[(&str, &str)]) -> Value {
    let query = sealed(twin, clock.now() * 1_000, path, parameters);
    send("GET", &format!("{}{path}?{query}", twin.base_url()), &[], "").await.json()
}

async fn post(twin: &LazadaTwin, clock: &StillClock, path: &str, parameters: &[(&str, &str)]) -> Value {
    let form = sealed(twin, clock.now() * 1_000, path, parameters);
    let kind = [("content-type", "application/x-www-form-urlencoded;charset=utf-8")];
    // The real address ends in /rest; both are answered.
    send("POST", &format!("{}/rest{path}", twin.base_url()), &kind, &form).await.json()
}

async fn set(twin: &LazadaTwin, clock: &StillClock, rows: &[(u64, u64, i64)]) -> Value {
    let row = |(item, sku, quantity): &(u64, u64, i64)| {
        format!(
            "<Sku><ItemId>{item}</ItemId><SkuId>{sku}</SkuId><SellableQuantity>{quantity}</SellableQuantity></Sku>"
        )
    };
    let rows: String = rows.iter().map(row).collect();
    let payload = format!("<Request><Product><Skus>{rows}</Skus></Product></Request>");
    post(twin, clock, "/product/stock/sellable/update", &[("payload", &payload)]).await
}

fn told(pushes: &[Push]) -> Vec<(u64, String)> {
    let body = |push: &Push| serde_json::from_slice::<Value>(&push.body).unwrap();
    let one = |body: Value| {
        let status = body["data"]["order_status"].as_str().unwrap_or("-").to_owned();
        (body["message_type"].as_u64().unwrap(), status)
    };
    pushes.iter().map(body).map(one).collect()
}

#[tokio::test]
async fn seals_clocks_and_tokens_are_checked() {
    let (twin, clock) = start().await;
    assert_eq!(get(&twin, &clock, "/seller/get", &[]).await["data"]["seller_id"], 1_234_567);
    let now = clock.now() * 1_000;
    let url = |query: &str| format!("{}/seller/get?{query}", twin.base_url());
    let code = async |query: String| send("GET", &url(&query), &[], "").await.json()["code"].clone();
    let good = sealed(&twin, now, "/seller/get", &[]);
    assert_eq!(code(format!("{good}&more=1")).await, "IncompleteSignature", "what is sent is signed");
    assert_eq!(code(sealed(&twin, now, "/order/get", &[])).await, "IncompleteSignature");
    assert_eq!(code(sealed(&twin, now - 7_200_000, "/seller/get", &[])).await, "0");
    assert_eq!(code(sealed(&twin, now - 7_200_001, "/seller/get", &[])).await, "IllegalTimestamp");
    assert_eq!(code(String::new()).await, "MissingParameter");
    twin.end_login();
    assert_eq!(code(good).await, "IllegalAccessToken");
    let path = "/product/stock/sellable/update";
    assert_eq!(get(&twin, &clock, path, &[]).await["code"], "UnsupportedHTTPMethod");
    assert_eq!(get(&twin, &clock, "/nowhere", &[]).await["code"], "InvalidApiPath");
}

#[tokio::test]
async fn units_move_from_heap_to_heap() {
    let (twin, clock) = start().await;
    let id = twin.place_unpaid_order(&[line("20:21", 2)]).unwrap();
    assert_eq!(twin.heaps("20:21"), (1, 2, 0));
    assert!(twin.place_order(&[line("20:21", 2)]).is_err());
    assert!(twin.pay_order(&id) && !twin.pay_order(&id));
    assert_eq!(twin.heaps("20:21"), (1, 0, 2));
    assert!(twin.cancel_units(&id, "20:21", 1));
    assert_eq!(twin.heaps("20:21"), (2, 0, 1));
    assert!(twin.ship_order(&id) && !twin.cancel_order(&id));
    assert_eq!(twin.heaps("20:21"), (2, 0, 0), "ready-to-ship leaves occupied");
    assert!(twin.complete_order(&id) && twin.return_order(&id));
    assert_eq!(twin.heaps("20:21"), (2, 0, 0), "a return puts nothing on sale");
    let late = twin.place_unpaid_order(&[line("20:22", 2)]).unwrap();
    clock.advance(1_800);
    assert_eq!(twin.heaps("20:22"), (0, 2, 0));
    clock.advance(1);
    assert_eq!(twin.heaps("20:22"), (2, 0, 0), "not paid for half an hour");
    assert_eq!(twin.order(&late).unwrap().state, TwinOrderState::Cancelled);
}

#[tokio::test]
async fn each_unit_has_a_row_and_a_sealed_message() {
    let (twin, clock) = start().await;
    let id = twin.place_order(&[line("10:1", 2), line("20:21", 1)]).unwrap();
    let pushes = twin.take_pushes();
    let statuses: Vec<String> =
        told(&pushes).into_iter().filter(|(kind, _)| *kind == 0).map(|(_, s)| s).collect();
    assert_eq!(statuses, ["unpaid", "unpaid", "unpaid", "pending", "pending", "pending"]);
    let seal = hmac_hex(SECRET.as_bytes(), &[b"123456", &pushes[0].body]);
    assert_eq!(pushes[0].header("authorization"), Some(seal.as_str()));
    let list = format!("[{id}]");
    let answer = get(&twin, &clock, "/orders/items/get", &[("order_ids", &list)]).await;
    let rows = answer["data"][0]["order_items"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[0]["sku_id"], &rows[2]["sku_id"]), (&json!("1"), &json!("21")));
    assert!(rows[0].get("quantity").is_none());
    let both = format!("[{id},5]");
    assert_eq!(get(&twin, &clock, "/orders/items/get", &[("order_ids", &both)]).await["code"], "37");
    assert_eq!(get(&twin, &clock, "/orders/items/get", &[("order_ids", "[5]")]).await["code"], "39");
    assert_eq!(get(&twin, &clock, "/order/get", &[("order_id", "5")]).await["code"], "16");
    assert_eq!(get(&twin, &clock, "/order/get", &[("order_id", &id)]).await["data"]["price"], "597000.00");
}

#[tokio::test]
async fn lists_end_where_they_are_said_to_end() {
    let (twin, clock) = start().await;
    for _ in 0..3 {
        twin.place_order(&[line("10:1", 1)]).unwrap();
        clock.advance(1);
    }
    let after = ("update_after", "2023-11-14T22:13:21+00:00");
    let answer =
        get(&twin, &clock, "/orders/get", &[after, ("sort_by", "updated_at"), ("sort_direction", "ASC")])
            .await;
    assert_eq!(answer["data"]["countTotal"], 2);
    let code = async |more: &[(&str, &str)]| get(&twin, &clock, "/orders/get", more).await["code"].clone();
    assert_eq!(code(&[]).await, "MissingParameter");
    assert_eq!(code(&[after, ("limit", "101")]).await, "19");
    assert_eq!(code(&[after, ("offset", "5001")]).await, "14");
    assert_eq!(code(&[("update_after", "2023-11-14 22:13:21")]).await, "17");
    assert_eq!(get(&twin, &clock, "/products/get", &[("limit", "51")]).await["code"], "19");
    let products = get(&twin, &clock, "/products/get", &[("filter", "all"), ("limit", "1")]).await;
    assert_eq!(
        (&products["data"]["total_products"], &products["data"]["products"][0]["item_id"]),
        (&json!(2), &json!(10))
    );
}

#[tokio::test]
async fn stock_is_set_and_refused_one_by_one() {
    let (twin, clock) = start().await;
    assert_eq!(set(&twin, &clock, &[(10, 1, 7)]).await["code"], "0");
    let partly = set(&twin, &clock, &[(10, 1, 6), (20, 99, 1)]).await;
    assert_eq!((&partly["code"], &partly["detail"][0]["sku_id"]), (&json!("0"), &json!("99")));
    assert_eq!(twin.shown("10:1"), 6);
    let none = set(&twin, &clock, &[(20, 99, 1)]).await;
    assert_eq!((&none["code"], &none["type"]), (&json!("501"), &json!("ISP")));
    let many: Vec<(u64, u64, i64)> = vec![(10, 1, 1); 51];
    assert_eq!(set(&twin, &clock, &many).await["code"], "204");
    twin.allow_raising_only("10:1", true);
    assert_eq!(set(&twin, &clock, &[(10, 1, 5)]).await["detail"][0]["code"], "4170");
    assert_eq!(set(&twin, &clock, &[(10, 1, 8)]).await["code"], "0");
    twin.lock_units("20:21", 2);
    assert_eq!(set(&twin, &clock, &[(20, 21, 1)]).await["code"], "501");
    let path = "/product/stock/sellable/update";
    let code_alone = "<Request><Product><Skus><Sku><SellerSku>MU</SellerSku><SellableQuantity>1</SellableQuantity>\
                      </Sku></Skus></Product></Request>";
    let refused = post(&twin, &clock, path, &[("payload", code_alone)]).await;
    assert!(refused["detail"][0]["message"].as_str().unwrap().starts_with("E0501"));
    assert_eq!(post(&twin, &clock, path, &[("payload", "<Request>&</Request>")]).await["code"], "5");
    let delta = "<Request><Product><Skus><Sku><ItemId>10</ItemId><SkuId>1</SkuId><SellableQuantity>2</SellableQuantity>\
                 </Sku></Skus></Product></Request>";
    post(&twin, &clock, "/product/stock/sellable/adjust", &[("payload", delta)]).await;
    assert_eq!(twin.shown("10:1"), 10);
}

#[tokio::test]
async fn a_message_is_sent_again_as_it_is_then_and_at_most_twelve_times() {
    let (twin, clock) = start().await;
    let id = twin.place_unpaid_order(&[line("10:1", 1)]).unwrap();
    let push = twin.take_pushes().remove(0);
    twin.push_answered(&push, 503, 0);
    twin.push_answered(&push, 503, 0);
    clock.advance(1_799);
    assert!(twin.take_pushes().is_empty());
    twin.pay_order(&id);
    assert_eq!(told(&twin.take_pushes()), [(0, "pending".to_owned())]);
    clock.advance(1);
    let again = twin.take_pushes();
    assert_eq!(told(&again), [(0, "pending".to_owned())], "the state is asked anew");
    let mut push = again[0].clone();
    for _ in 1..12 {
        twin.push_answered(&push, 0, 0);
        clock.advance(1_800);
        push = twin.take_pushes().remove(0);
    }
    twin.push_answered(&push, 0, 0);
    clock.advance(100_000);
    assert!(twin.take_pushes().is_empty());
    assert!(!twin.pushing_has_stopped());
}

#[tokio::test]
async fn parcels_and_cancels_move_the_order() {
    let (twin, clock) = start().await;
    let id = twin.place_order(&[line("10:1", 2)]).unwrap();
    let (order, first): (u64, u64) = (id.parse().unwrap(), id.parse::<u64>().unwrap() + 1);
    let request = json!({"pack_order_list": [{"order_id": order, "order_item_list": [first]}],
        "delivery_type": "dropship", "shipping_allocate_type": "TFS"});
    let packed = post(&twin, &clock, "/order/fulfill/pack", &[("packReq", &request.to_string())]).await;
    let row = &packed["result"]["data"]["pack_order_list"][0]["order_item_list"][0];
    assert_eq!(row["item_err_code"], "0");
    let again = post(&twin, &clock, "/order/fulfill/pack", &[("packReq", &request.to_string())]).await;
    assert_eq!(
        again["result"]["data"]["pack_order_list"][0]["order_item_list"][0]["item_err_code"],
        "700026"
    );
    let ready = json!({"packages": [{"package_id": row["package_id"]}]}).to_string();
    let done = post(&twin, &clock, "/order/package/rts", &[("readyToShipReq", &ready)]).await;
    assert_eq!(done["result"]["data"]["packages"][0]["item_err_code"], "0");
    assert_eq!(twin.heaps("10:1"), (7, 0, 1));
    let items = format!("[{}]", first + 1);
    let cancel = [("order_id", id.as_str()), ("order_item_id_list", items.as_str())];
    let options = get(&twin, &clock, "/order/reverse/cancel/validate", &cancel).await;
    assert_eq!(options["data"]["reason_options"].as_array().map(Vec::len), Some(3));
    let with = |reason| [cancel[0], cancel[1], ("reason_id", reason)];
    assert_eq!(get(&twin, &clock, "/order/reverse/cancel/create", &with("1")).await["code"], "104");
    assert_eq!(get(&twin, &clock, "/order/reverse/cancel/create", &with("10000021")).await["code"], "0");
    assert_eq!(twin.heaps("10:1"), (0, 0, 0), "out of stock makes it show 0");
    assert_eq!(twin.order(&id).unwrap().state, TwinOrderState::Paid, "one unit is still on its way");
}

#[tokio::test]
async fn a_code_works_once_and_for_half_an_hour() {
    let (twin, clock) = start().await;
    let page = async |redirect: &str| {
        let query = format!("response_type=code&client_id=123456&redirect_uri={redirect}&state=a%20b");
        send("GET", &format!("{}/oauth/authorize?{query}", twin.base_url()), &[], "").await
    };
    assert_eq!(page("https://elsewhere.example/").await.status, 400);
    let sent = page(REDIRECT).await;
    assert_eq!(sent.status, 302);
    let target = sent.header("location").to_owned();
    assert!(target.starts_with(REDIRECT) && target.ends_with("&state=a%20b"));
    let code = target.split_once("code=").unwrap().1.split('&').next().unwrap().to_owned();
    let tokens = post(&twin, &clock, "/auth/token/create", &[("code", &code)]).await;
    assert_eq!(
        (&tokens["access_token"], &tokens["expires_in"]),
        (&json!(twin.access_token()), &json!(2_592_000))
    );
    assert_eq!(tokens["country_user_info"][0]["seller_id"], "1234567");
    assert_eq!(post(&twin, &clock, "/auth/token/create", &[("code", &code)]).await["code"], "InvalidCode");
    let late = page(REDIRECT).await.header("location").to_owned();
    let late = late.split_once("code=").unwrap().1.split('&').next().unwrap().to_owned();
    clock.advance(1_800);
    assert_eq!(post(&twin, &clock, "/auth/token/create", &[("code", &late)]).await["code"], "InvalidCode");
    let (before, refresh) = (twin.access_token(), twin.refresh_token());
    let next = post(&twin, &clock, "/auth/token/refresh", &[("refresh_token", &refresh)]).await;
    assert_ne!(next["access_token"], json!(before));
    assert_eq!(next["refresh_token"], json!(refresh), "it stays what it was");
    assert_eq!(
        post(&twin, &clock, "/auth/token/refresh", &[("refresh_token", "x")]).await["code"],
        "IllegalRefreshToken"
    );
    assert_eq!(twin.logins(), 2);
}
