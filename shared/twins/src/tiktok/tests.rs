//! What a shop may rely on when it practises against the TikTok Shop stand-in.

mod trade;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::signing::hmac_hex;
use crate::testing::{Got, START, StillClock, line, listing, open_door, send, try_send};
use crate::{Courier, FaultKind, TwinOrderState, plain_client};

const SECRET: &str = "e59af819cc";
const SHOPS: &str = "/authorization/202309/shops";
const DETAIL: &str = "/order/202507/orders";
const SEARCH: &str = "/order/202309/orders/search";
const HOOKS: &str = "/event/202309/webhooks";

async fn start_with(webhook_url: &str, seller_ships: bool) -> (Arc<TikTokTwin>, StillClock) {
    let clock = StillClock::new();
    let config = TikTokTwinConfig {
        app_key: "29a39d".into(),
        app_secret: SECRET.into(),
        service_id: "7431".into(),
        shop_id: "7495540735365777507".into(),
        shop_cipher: "ROW_a+b=".into(),
        warehouse_id: "7068".into(),
        access_token: "TTP_first".into(),
        webhook_url: webhook_url.into(),
        redirect_url: "https://hub.example/callback".into(),
        seller_ships,
        listings: vec![listing("1:10", "MU", 5), listing("2:21", "AO-M", 3), listing("2:22", "AO-L", 2)],
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    (TikTokTwin::start(config).await.unwrap(), clock)
}

async fn start(webhook_url: &str) -> (Arc<TikTokTwin>, StillClock) {
    start_with(webhook_url, false).await
}

/// A signed URL, written from the document and not from the twin. `query` is as it stands in the URL; what is signed
/// is what it means.
fn signed(
    twin: &TikTokTwin,
    time: i64,
    method: &str,
    path: &str,
    query: &[(&str, &str)],
    body: &str,
) -> String {
    let cipher = if path == SHOPS { &[][..] } else { &[("shop_cipher", "ROW_a+b=")] };
    sealed(twin, time, path, &[cipher, query].concat(), if method == "GET" { "" } else { body })
}

/// The same with nothing but what is given.
fn sealed(twin: &TikTokTwin, time: i64, path: &str, query: &[(&str, &str)], body: &str) -> String {
    let time = time.to_string();
    let mut pairs = [&[("app_key", "29a39d"), ("timestamp", &time)], query].concat();
    pairs.sort_unstable();
    let text: String = pairs.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let seal = hmac_hex(SECRET.as_bytes(), &[format!("{SECRET}{path}{text}{body}{SECRET}").as_bytes()]);
    pairs.push(("sign", &seal));
    reqwest::Url::parse_with_params(&format!("{}{path}", twin.base_url()), &pairs).unwrap().into()
}

async fn ask(
    twin: &TikTokTwin,
    clock: &StillClock,
    method: &str,
    path: &str,
    query: &[(&str, &str)],
    body: &Value,
) -> Value {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let url = signed(twin, clock.now(), method, path, query, &body);
    let token = twin.access_token();
    let headers = [("content-type", "application/json"), ("x-tts-access-token", token.as_str())];
    send(method, &url, &headers, &body).await.json()
}

async fn get(twin: &TikTokTwin, clock: &StillClock, path: &str, query: &[(&str, &str)]) -> Value {
    ask(twin, clock, "GET", path, query, &Value::Null).await
}

async fn order(twin: &TikTokTwin, clock: &StillClock, id: &str) -> Value {
    get(twin, clock, DETAIL, &[("ids", id)]).await["data"]["orders"][0].clone()
}

async fn set_stock(twin: &TikTokTwin, clock: &StillClock, product: &str, skus: &[(&str, i64)]) -> Value {
    let row = |(id, quantity): &(&str, i64)| json!({"id": id, "inventory": [{"quantity": quantity}]});
    let body = json!({"skus": skus.iter().map(row).collect::<Vec<_>>()});
    ask(twin, clock, "POST", &format!("/product/202309/products/{product}/inventory/update"), &[], &body)
        .await
}

fn told(pushes: &[Push]) -> Vec<String> {
    let body = |push: &Push| serde_json::from_slice::<Value>(&push.body).unwrap();
    let word =
        |body: Value| body["data"]["order_status"].as_str().map_or(body["type"].to_string(), str::to_owned);
    pushes.iter().map(|push| word(body(push))).collect()
}

#[tokio::test]
async fn the_seal_of_a_request_is_the_documented_one() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    // The documents' own example, five minutes away from our clock: its seal is right, its time is not.
    let seal = "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8";
    let url =
        |seal: &str| format!("{}{SHOPS}?app_key=29a39d&timestamp=1623812664&sign={seal}", twin.base_url());
    let headers = [("content-type", "application/json"), ("x-tts-access-token", "TTP_first")];
    let answer = send("GET", &url(seal), &headers, "").await.json();
    assert_eq!((&answer["code"], &answer["message"]), (&json!(36_009_004), &json!("Invalid timestamp")));
    let config = TikTokTwinConfig {
        clock: Arc::new(|| jiff::Timestamp::from_second(1_623_812_664).unwrap()),
        ..twin.core.config.clone()
    };
    let then = TikTokTwin::start(config).await.unwrap();
    let url =
        |seal: &str| format!("{}{SHOPS}?app_key=29a39d&timestamp=1623812664&sign={seal}", then.base_url());
    let answer = send("GET", &url(seal), &headers, "").await.json();
    assert_eq!(answer["data"]["shops"][0]["cipher"], "ROW_a+b=");
    let forged = send("GET", &url(&seal.replace('b', "c")), &headers, "").await;
    assert_eq!((forged.status, forged.json()["code"].as_i64()), (401, Some(106_001)));
    assert_eq!(then.requests(), 2);
}

#[tokio::test]
async fn time_token_and_cipher_are_checked() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let headers = [("content-type", "application/json"), ("x-tts-access-token", "TTP_first")];
    let code = async |time: i64, headers: &[(&str, &str)]| {
        let url = signed(&twin, time, "GET", HOOKS, &[], "");
        send("GET", &url, headers, "").await.json()["code"].as_i64().unwrap()
    };
    assert_eq!(code(START - 300, &headers).await, 0);
    assert_eq!(code(START - 301, &headers).await, 36_009_004);
    assert_eq!(code(START + 30, &headers).await, 0);
    assert_eq!(code(START + 31, &headers).await, 36_009_004);
    assert_eq!(code(START, &headers[1..]).await, 36_009_004, "without a content type");
    assert_eq!(code(START, &headers[..1]).await, 36_009_004, "without a token");
    assert_eq!(code(START, &[headers[0], ("x-tts-access-token", "x")]).await, 36_009_004);
    for cipher in [&[][..], &[("shop_cipher", "other")]] {
        let url = sealed(&twin, START, HOOKS, cipher, "");
        assert_eq!(send("GET", &url, &headers, "").await.json()["code"], 106_013, "{cipher:?}");
    }
    twin.end_login();
    assert_eq!(code(START, &headers).await, 105_002);
    let seven_days = 7 * 24 * 3_600;
    let token = twin.access_token();
    let new = [headers[0], ("x-tts-access-token", token.as_str())];
    clock.advance(seven_days - 1);
    assert_eq!(code(clock.now(), &new).await, 0);
    clock.advance(1);
    assert_eq!(code(clock.now(), &new).await, 105_002);
}

#[tokio::test]
async fn a_body_is_sealed_as_it_is_sent() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let body = r#"{"address":"https://hub.example/a", "event_type": "PACKAGE_UPDATE"}"#;
    let url = signed(&twin, clock.now(), "PUT", HOOKS, &[], body);
    let headers = [("content-type", "application/json"), ("x-tts-access-token", "TTP_first")];
    let tidy = body.replace(' ', "");
    assert_eq!(send("PUT", &url, &headers, &tidy).await.json()["code"], 106_001);
    assert_eq!(send("PUT", &url, &headers, body).await.json()["code"], 0);
    assert_eq!(twin.subscriptions(), ["https://hub.example/a"]);
    let again = json!({"address": "https://hub.example/b", "event_type": "PACKAGE_UPDATE"});
    ask(&twin, &clock, "PUT", HOOKS, &[], &again).await;
    let listed = get(&twin, &clock, HOOKS, &[]).await["data"].clone();
    assert_eq!(
        (&listed["total_count"], &listed["webhooks"][0]["address"]),
        (&json!(1), &json!("https://hub.example/b"))
    );
    for bad in [
        json!({"address": "http://hub.example", "event_type": "PACKAGE_UPDATE"}),
        json!({"address": "https://x"}),
    ] {
        assert_eq!(ask(&twin, &clock, "PUT", HOOKS, &[], &bad).await["code"], 36_009_004);
    }
    ask(&twin, &clock, "DELETE", HOOKS, &[], &json!({"event_type": "PACKAGE_UPDATE"})).await;
    assert!(twin.subscriptions().is_empty());
}

/// A call of the two plain token addresses.
async fn token(twin: &TikTokTwin, path: &str, more: &[(&str, &str)]) -> Value {
    let pairs = [&[("app_key", "29a39d"), ("app_secret", SECRET)], more].concat();
    let url = reqwest::Url::parse_with_params(&format!("{}{path}", twin.base_url()), &pairs).unwrap();
    send("GET", url.as_str(), &[], "").await.json()
}

#[tokio::test]
async fn a_grant_is_a_code_that_works_once_and_for_half_an_hour() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let page = async |service: &str| {
        let url = format!("{}/open/authorize?service_id={service}&state=lan%261", twin.base_url());
        send("GET", &url, &[], "").await
    };
    assert_eq!(page("1").await.status, 400);
    let code = |got: &Got| {
        let url = reqwest::Url::parse(got.header("location")).unwrap();
        assert_eq!(url.host_str(), Some("hub.example"));
        assert!(url.query_pairs().any(|(name, value)| name == "state" && value == "lan&1"));
        url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let first = page("7431").await;
    assert_eq!(first.status, 302);
    let code = (code(&first), code(&page("7431").await));
    let redeem = async |code: &str| {
        token(&twin, "/api/v2/token/get", &[("auth_code", code), ("grant_type", "authorized_code")]).await
    };
    let given = redeem(&code.0).await["data"].clone();
    assert_eq!(given["access_token"], twin.access_token());
    assert_eq!(given["access_token_expire_in"], START + 7 * 24 * 3_600, "a time, not a duration");
    assert_eq!(redeem(&code.0).await["code"], 36_004_004);
    clock.advance(1_801);
    assert_eq!(redeem(&code.1).await["code"], 36_004_004, "too late");
    let wrong = [("auth_code", "x"), ("grant_type", "authorization_code")];
    assert_eq!(token(&twin, "/api/v2/token/get", &wrong).await["code"], 36_004_003);
    assert_eq!(twin.logins(), 1);
}

#[tokio::test]
async fn a_renewal_replaces_both_tokens() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let old = twin.refresh_token();
    let renew = async |refresh: &str| {
        token(&twin, "/api/v2/token/refresh", &[("refresh_token", refresh), ("grant_type", "refresh_token")])
            .await
    };
    let given = renew(&old).await["data"].clone();
    assert_eq!(
        (&given["refresh_token"], given["user_type"].as_i64()),
        (&json!(twin.refresh_token()), Some(0))
    );
    assert_ne!(given["access_token"], "TTP_first");
    assert_eq!(renew(&old).await["code"], 36_004_005);
    assert_eq!(get(&twin, &clock, HOOKS, &[]).await["code"], 0);
}
