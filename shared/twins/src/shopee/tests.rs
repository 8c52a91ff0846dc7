//! What a shop may rely on when it practises against the Shopee stand-in.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::signing::hmac_hex;
use crate::testing::{Got, START, StillClock, line, listing, open_door, send, try_send};
use crate::{Courier, FaultKind, TwinOrderState, plain_client};

mod wide;

const KEY: &str = "partnerkey";

async fn start(callback_url: &str) -> (Arc<ShopeeTwin>, StillClock) {
    let clock = StillClock::new();
    let config = ShopeeTwinConfig {
        partner_id: 2001,
        partner_key: KEY.into(),
        shop_id: 3001,
        access_token: "tok".into(),
        callback_url: callback_url.into(),
        listings: vec![listing("10:0", "MU", 5), listing("20:21", "AO-M", 3), listing("20:22", "AO-L", 2)],
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    (ShopeeTwin::start(config).await.unwrap(), clock)
}

/// A signed URL, written from the document and not from the twin.
fn signed(twin: &ShopeeTwin, now: i64, path: &str, query: &str) -> String {
    let public = path.starts_with("/api/v2/auth") || path.starts_with("/api/v2/push");
    let token = twin.access_token();
    let tail = if public { String::new() } else { format!("{token}3001") };
    let sign = hmac_hex(KEY.as_bytes(), &[format!("2001{path}{now}{tail}").as_bytes()]);
    let login = if public { String::new() } else { format!("&access_token={token}&shop_id=3001") };
    format!("{}{path}?partner_id=2001&timestamp={now}&sign={sign}{login}&{query}", twin.base_url())
}

async fn get(twin: &ShopeeTwin, clock: &StillClock, path: &str, query: &str) -> Value {
    send("GET", &signed(twin, clock.now(), path, query), &[], "").await.json()
}

async fn post(twin: &ShopeeTwin, clock: &StillClock, path: &str, body: &Value) -> Value {
    send("POST", &signed(twin, clock.now(), path, ""), &[], &body.to_string()).await.json()
}

async fn set_stock(twin: &ShopeeTwin, clock: &StillClock, item: u64, models: &[(u64, i64)]) -> Value {
    let list: Vec<Value> =
        models.iter().map(|(m, s)| json!({"model_id": m, "seller_stock": [{"stock": s}]})).collect();
    post(twin, clock, "/api/v2/product/update_stock", &json!({"item_id": item, "stock_list": list})).await
}

fn statuses(pushes: &[Push]) -> Vec<String> {
    let body = |push: &Push| serde_json::from_slice::<Value>(&push.body).unwrap();
    pushes.iter().map(|push| body(push)["data"]["status"].as_str().unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn the_seal_of_a_request_is_the_documented_one() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    let id = twin.place_order(&[line("10:0", 1)]).unwrap();
    // Worked out apart: HMAC-SHA256("partnerkey", "2001/api/v2/order/get_order_detail1700000000tok3001").
    let seal = "201dd02298b7345270935b345031cd29a7095578597fe9fb74856a73a2bd2161";
    let url = |seal: &str, timestamp: i64, token: &str| {
        format!(
            "{}/api/v2/order/get_order_detail?partner_id=2001&timestamp={timestamp}&sign={seal}\
             &access_token={token}&shop_id=3001&order_sn_list={id}",
            twin.base_url()
        )
    };
    assert_eq!(send("GET", &url(seal, START, "tok"), &[], "").await.json()["error"], "");
    let forged = seal.replace('0', "1");
    assert_eq!(send("GET", &url(&forged, START, "tok"), &[], "").await.json()["error"], "error_sign");
    assert_eq!(send("GET", &url(seal, START + 1, "tok"), &[], "").await.json()["error"], "error_sign");
    assert_eq!(send("GET", &url(seal, START, "other"), &[], "").await.json()["error"], "error_sign");
    assert_eq!(twin.requests(), 4);
}

#[tokio::test]
async fn an_old_timestamp_and_an_old_token_are_refused() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let path = "/api/v2/product/get_item_list";
    let url = signed(&twin, START, path, "offset=0&page_size=10&item_status=NORMAL");
    clock.advance(300);
    assert_eq!(send("GET", &url, &[], "").await.json()["error"], "");
    clock.advance(1);
    assert_eq!(send("GET", &url, &[], "").await.json()["message"], "Timestamp is expired.");
    let url = signed(&twin, clock.now(), path, "offset=0&page_size=10&item_status=NORMAL");
    twin.end_login();
    assert_eq!(send("GET", &url, &[], "").await.json()["error"], "invalid_acceess_token");
}

#[tokio::test]
async fn a_refresh_token_works_once_and_the_old_access_token_five_minutes_more() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let path = "/api/v2/product/get_model_list";
    let old_url = signed(&twin, clock.now(), path, "item_id=20");
    let body = json!({"refresh_token": twin.refresh_token(), "partner_id": 2001, "shop_id": 3001});
    let renewed = post(&twin, &clock, "/api/v2/auth/access_token/get", &body).await;
    assert_eq!(renewed["access_token"], twin.access_token());
    assert_eq!(renewed["expire_in"], 14_400);
    assert!(renewed.get("response").is_none(), "token answers are flat");
    assert_eq!(post(&twin, &clock, "/api/v2/auth/access_token/get", &body).await["error"], "error_auth");
    assert_eq!(send("GET", &old_url, &[], "").await.json()["error"], "");
    assert_eq!(get(&twin, &clock, path, "item_id=20").await["error"], "");
    clock.advance(299);
    assert_eq!(send("GET", &old_url, &[], "").await.json()["error"], "");
    clock.advance(1);
    assert_eq!(send("GET", &old_url, &[], "").await.json()["error"], "invalid_acceess_token");
}

#[tokio::test]
async fn only_what_is_shown_is_sold_and_cancelling_gives_it_back() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let id = twin.place_order(&[line("20:21", 2)]).unwrap();
    assert_eq!(twin.shown("20:21"), 1);
    let short = twin.place_order(&[line("20:21", 1), line("20:21", 1)]).unwrap_err();
    assert_eq!(short, SoldOut { listing: "20:21".into(), shown: 1, asked: 2 });
    assert!(twin.cancel_order(&id));
    assert_eq!(twin.shown("20:21"), 3);
    assert!(!twin.cancel_order(&id));
    let unpaid = twin.place_unpaid_order(&[line("10:0", 5)]).unwrap();
    assert_eq!(twin.shown("10:0"), 0);
    assert!(!twin.ship_order(&unpaid));
    assert!(twin.pay_order(&unpaid));
    clock.advance(60);
    assert!(twin.ship_order(&unpaid));
    assert!(!twin.cancel_order(&unpaid));
    assert!(twin.complete_order(&unpaid));
    assert!(!twin.complete_order(&unpaid));
    assert_eq!(twin.order(&unpaid).unwrap().state, TwinOrderState::Completed);
    assert_eq!(twin.order(&unpaid).unwrap().total_minor, 995_000);
    assert_eq!(twin.shown("10:0"), 0);
    assert_eq!(twin.orders().len(), 2);
    assert!(!twin.cancel_order("nonsense"));
}

#[tokio::test]
async fn pushes_are_thin_sealed_and_in_order() {
    let (twin, clock) = start("https://hub.example/shopee").await;
    let id = twin.place_order(&[line("10:0", 1)]).unwrap();
    clock.advance(5);
    twin.ship_order(&id);
    let pushes = twin.take_pushes();
    assert_eq!(statuses(&pushes), ["UNPAID", "READY_TO_SHIP", "PROCESSED", "-", "SHIPPED"]);
    assert!(twin.take_pushes().is_empty());
    let first = &pushes[0];
    let body: Value = serde_json::from_slice(&first.body).unwrap();
    assert_eq!((&body["code"], &body["shop_id"]), (&json!(3), &json!(3001)));
    let data = json!({
        "completed_scenario": "", "items": [], "ordersn": id, "status": "UNPAID", "update_time": START,
    });
    assert_eq!(body["data"], data, "no items, no price, no buyer");
    assert_eq!(body["msg_id"].as_str().unwrap().len(), 32);
    let signed = [b"https://hub.example/shopee|".as_slice(), &first.body].concat();
    assert_eq!(first.header("authorization"), Some(hmac_hex(b"partnerkey", &[&signed]).as_str()));
}

#[tokio::test]
async fn order_details_hold_items_only_when_asked_for() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let id = twin.place_order(&[line("20:21", 2), line("10:0", 1)]).unwrap();
    let path = "/api/v2/order/get_order_detail";
    let plain = get(&twin, &clock, path, &format!("order_sn_list={id}")).await;
    let order = &plain["response"]["order_list"][0];
    assert_eq!(order["order_status"], "READY_TO_SHIP");
    assert!(order.get("item_list").is_none());
    assert!(order.get("total_amount").is_none());
    let query = format!("order_sn_list={id}&response_optional_fields=item_list,total_amount,pay_time");
    let full = get(&twin, &clock, path, &query).await;
    let order = &full["response"]["order_list"][0];
    assert_eq!(order["total_amount"], 597_000);
    assert_eq!(order["pay_time"], START);
    let item = &order["item_list"][0];
    assert_eq!((&item["item_id"], &item["model_id"]), (&json!(20), &json!(21)));
    assert_eq!((&item["model_quantity_purchased"], &item["active_qty"]), (&json!(2), &json!(2)));
    assert_eq!((&item["model_sku"], &item["item_sku"]), (&json!("AO-M"), &json!("")));
    assert_eq!(order["item_list"][1]["model_id"], 0);
    let second = twin.place_order(&[line("10:0", 1)]).unwrap();
    let query = format!("order_sn_list={second}&response_optional_fields=total_amount");
    let body = send("GET", &signed(&twin, clock.now(), path, &query), &[], "").await.body;
    assert!(String::from_utf8_lossy(&body).contains("\"total_amount\":199000.0"), "floats are legal too");
    let many = vec![id; 51].join(",");
    assert_eq!(get(&twin, &clock, path, &format!("order_sn_list={many}")).await["error"], "error_param");
    assert_eq!(get(&twin, &clock, path, "order_sn_list=NONE").await["error"], "error_not_found");
}

#[tokio::test]
async fn the_order_list_keeps_to_its_window_and_its_pages() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(twin.place_order(&[line("10:0", 1)]).unwrap());
        clock.advance(1);
    }
    let path = "/api/v2/order/get_order_list";
    let window = format!("time_range_field=update_time&time_from={}&time_to={}", START - 10, clock.now());
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let query = format!("{window}&page_size=2&cursor={cursor}&response_optional_fields=order_status");
        let page = get(&twin, &clock, path, &query).await["response"].clone();
        for row in page["order_list"].as_array().unwrap() {
            assert_eq!(row["order_status"], "READY_TO_SHIP");
            seen.push(row["order_sn"].as_str().unwrap().to_owned());
        }
        cursor = page["next_cursor"].as_str().unwrap().to_owned();
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(seen, placed);
    assert_eq!(cursor, "");
    let row = get(&twin, &clock, path, &format!("{window}&page_size=1")).await;
    assert!(row["response"]["order_list"][0].get("order_status").is_none());
    for bad in ["page_size=0", "page_size=101", "page_size=x"] {
        assert_eq!(get(&twin, &clock, path, &format!("{window}&{bad}")).await["error"], "error_param");
    }
    let wide = format!("time_range_field=create_time&time_from={START}&time_to={}", START + 1_296_001);
    let answer = get(&twin, &clock, path, &format!("{wide}&page_size=10")).await;
    assert_eq!(answer["error"], "order.order_list_invalid_time");
}

#[tokio::test]
async fn stock_is_set_per_model_and_refused_per_model() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let answer = set_stock(&twin, &clock, 20, &[(21, 7), (99, 1), (22, -1)]).await;
    assert_eq!(answer["error"], "");
    assert_eq!(answer["response"]["success_list"][0]["stock"], 7);
    assert_eq!(answer["response"]["failure_list"][0]["failed_reason"], "Wrong model_id.");
    assert_eq!(answer["response"]["failure_list"][1]["model_id"], 22);
    assert_eq!((twin.shown("20:21"), twin.shown("20:22")), (7, 2));
    let write = &twin.stock_writes()[0];
    assert_eq!((write.listing.as_str(), write.value, write.at.as_second()), ("20:21", 7, START));
    let read = get(&twin, &clock, "/api/v2/product/get_model_list", "item_id=20").await;
    let stock = &read["response"]["model"][0]["stock_info_v2"];
    assert_eq!(stock["summary_info"]["total_available_stock"], 7);
    assert_eq!(stock["seller_stock"][0]["stock"], 7);
    let read = get(&twin, &clock, "/api/v2/product/get_item_base_info", "item_id_list=20,10").await;
    assert_eq!(read["response"]["item_list"][0]["has_model"], true);
    let single = &read["response"]["item_list"][1];
    assert_eq!(single["stock_info_v2"]["summary_info"]["total_available_stock"], 5);
    let direct = set_stock(&twin, &clock, 20, &[(0, 1)]).await;
    assert_eq!(direct["error"], "product.error_busi_update_stock_failed");
    let many: Vec<(u64, i64)> = (1..=51).map(|id| (id, 1)).collect();
    assert_eq!(set_stock(&twin, &clock, 20, &many).await["error"], "product.error_param");
    assert_eq!(set_stock(&twin, &clock, 20, &[]).await["error"], "product.error_param");
    assert_eq!(set_stock(&twin, &clock, 20, &[(21, 1), (21, 1)]).await["message"], "Repeat model_id.");
    assert_eq!(set_stock(&twin, &clock, 77, &[(0, 1)]).await["error"], "product.error_item_not_found");
    assert_eq!(set_stock(&twin, &clock, 10, &[(0, 0)]).await["error"], "");
    assert_eq!(twin.shown("10:0"), 0);
    assert_eq!(twin.stock_writes().len(), 2);
}

#[tokio::test]
async fn promotion_stock_cannot_be_undercut_and_announces_itself() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    twin.reserve_for_promotion("10:0", 3);
    let answer = set_stock(&twin, &clock, 10, &[(0, 2)]).await;
    let reason = &answer["response"]["failure_list"][0]["failed_reason"];
    assert_eq!(reason, "Stock should be larger than reserved stock.");
    twin.place_order(&[line("10:0", 1)]).unwrap();
    let first: Value = serde_json::from_slice(&twin.take_pushes()[0].body).unwrap();
    assert_eq!(first["code"], 8);
    assert_eq!(first["data"]["changed_values"][0], json!({"name": "reserved_stock", "old": 3, "new": 2}));
    assert_eq!(set_stock(&twin, &clock, 10, &[(0, 2)]).await["error"], "");
    twin.lock_stock("10:0", true);
    assert_ne!(set_stock(&twin, &clock, 10, &[(0, 4)]).await["error"], "");
    assert_eq!(twin.shown("10:0"), 2);
}

#[tokio::test]
async fn faults_do_what_they_say() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let inject = |kind| twin.inject(Fault { path_contains: "update_stock".into(), kind, times: 1 });
    let body = |stock| {
        json!({"item_id": 10, "stock_list": [{"model_id": 0, "seller_stock": [{"stock": stock}]}]})
            .to_string()
    };
    let url = signed(&twin, clock.now(), "/api/v2/product/update_stock", "");
    let write = async |stock: i64, wait_ms| -> Option<Got> {
        try_send("POST", &url, &[], &body(stock), wait_ms).await
    };
    inject(FaultKind::TooManyRequests { retry_after_seconds: Some(9) });
    let got = write(1, 5_000).await.unwrap();
    assert_eq!((got.status, got.header("retry-after")), (429, "9"));
    inject(FaultKind::TooManyRequests { retry_after_seconds: None });
    let got = write(1, 5_000).await.unwrap();
    assert_eq!((got.status, got.json()["error"].as_str()), (200, Some("error_rate_limit")));
    inject(FaultKind::ServerError(502));
    assert_eq!(write(1, 5_000).await.unwrap().status, 502);
    inject(FaultKind::Html);
    assert!(write(1, 5_000).await.unwrap().body.starts_with(b"<!DOCTYPE"));
    inject(FaultKind::LoginExpired);
    assert_eq!(write(1, 5_000).await.unwrap().json()["error"], "invalid_acceess_token");
    inject(FaultKind::RefuseListing("10:0".into()));
    let refused = write(1, 5_000).await.unwrap().json();
    assert_eq!(refused["error"], "");
    assert_eq!(refused["response"]["failure_list"][0]["model_id"], 0);
    inject(FaultKind::AcceptedNotApplied);
    assert_eq!(write(1, 5_000).await.unwrap().json()["response"]["success_list"][0]["stock"], 1);
    inject(FaultKind::HangBeforeApply);
    assert!(write(1, 200).await.is_none());
    assert_eq!((twin.shown("10:0"), twin.stock_writes().len()), (5, 0));
    inject(FaultKind::ApplyThenHang);
    assert!(write(2, 200).await.is_none());
    assert_eq!(twin.shown("10:0"), 2);
    inject(FaultKind::Truncated);
    assert!(serde_json::from_slice::<Value>(&write(3, 5_000).await.unwrap().body).is_err());
    assert_eq!(twin.shown("10:0"), 3);
    inject(FaultKind::SlowBy(Duration::from_millis(500)));
    assert!(write(4, 100).await.is_none());
    assert_eq!(twin.shown("10:0"), 3);
    while twin.shown("10:0") == 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(twin.shown("10:0"), 4, "a late write is still a write");
}

#[tokio::test]
async fn an_answer_with_a_body_is_a_failure_and_is_tried_again_until_lost() {
    let (url, taken) = open_door(200, "{\"ok\":true}").await;
    let (twin, clock) = start(&url).await;
    let courier = Courier::new(plain_client().unwrap());
    twin.place_unpaid_order(&[line("10:0", 1)]).unwrap();
    for wait in [300, 1_800, 10_800] {
        let pushes = twin.take_pushes();
        assert_eq!(pushes.len(), 1);
        assert_eq!(courier.deliver(&*twin, &pushes[0]).await.unwrap(), 200);
        clock.advance(wait - 1);
        assert!(twin.take_pushes().is_empty());
        clock.advance(1);
    }
    courier.deliver(&*twin, &twin.take_pushes()[0]).await.unwrap();
    clock.advance(100_000);
    assert!(twin.take_pushes().is_empty());
    assert_eq!(taken.lock().unwrap().len(), 4);
    let lost = get(&twin, &clock, "/api/v2/push/get_lost_push_message", "").await["response"].clone();
    assert_eq!(lost["push_message_list"][0]["data"]["data"]["status"], "UNPAID");
    let last = json!({"last_message_id": lost["last_message_id"]});
    post(&twin, &clock, "/api/v2/push/confirm_consumed_lost_push_message", &last).await;
    let lost = get(&twin, &clock, "/api/v2/push/get_lost_push_message", "").await;
    assert_eq!(lost["response"]["push_message_list"], json!([]));
}

#[tokio::test]
async fn an_empty_answer_is_the_end_of_it_and_silence_is_not() {
    let (url, taken) = open_door(204, "").await;
    let (twin, clock) = start(&url).await;
    let courier = Courier::new(plain_client().unwrap());
    twin.place_unpaid_order(&[line("10:0", 1)]).unwrap();
    let push = twin.take_pushes().remove(0);
    courier.deliver(&*twin, &push).await.unwrap();
    assert_eq!(taken.lock().unwrap()[0].1, push.body);
    clock.advance(20_000);
    assert!(twin.take_pushes().is_empty());
    let lost_in_the_post = Push { url: "http://127.0.0.1:1/none".into(), ..push };
    assert!(courier.deliver(&*twin, &lost_in_the_post).await.is_err());
    clock.advance(300);
    assert_eq!(twin.take_pushes().len(), 1);
}

#[tokio::test]
async fn it_stops_when_told_and_when_dropped() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let url = signed(&twin, clock.now(), "/api/v2/product/get_model_list", "item_id=20");
    assert!(try_send("GET", &url, &[], "", 2_000).await.is_some());
    twin.stop();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(try_send("GET", &url, &[], "", 500).await.is_none());
    assert_eq!(twin.shown("10:0"), 5);
}
