//! What strangers, broken programs and channels on a bad day send us, and that nothing else is disturbed by it.

use crate::up_process::{Up, free_port, has_canary};
use hopkenh_tests::fake_channels::{
    FakeChannels, KIOT_STOCK, SHOPEE_DETAIL, SHOPEE_LOST, SHOPEE_PUSH, SHOPEE_STOCK,
};
use hopkenh_tests::fake_channels::{WOO_ORDER, WOO_STOCK, shopee, shopee_answer, shopee_order, web};
use hopkenh_tests::fake_server::Reply;
use hopkenh_tests::house::{
    CANARIES, CONSUMER_SECRET, House, KIOT_SECRET, PARTNER_KEY, SHOPEE_URL, WOO_SECRET,
};
use hopkenh_tests::house::{morning, shops_file, until, write_config};
use hopkenh_tests::signers;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use workflows::receive_webhook::BODY_BYTES_MAX;

const PATIENCE: Duration = Duration::from_secs(20);
const ITEM: u64 = 23_620_853_561;
const MODEL: u64 = 221_404_189_791;
/// Of an unusable body this much is kept for a person.
const KEPT_BYTES_MAX: usize = 120 * 1024;

type Headers = Vec<(String, String)>;
/// Signs a body with one of several keys: name and value of the header.
type Signer<'s> = dyn Fn(&str, &[u8]) -> (String, String) + 's;

async fn start() -> (FakeChannels, House, TempDir) {
    let channels = FakeChannels::start();
    let folder = tempfile::tempdir().unwrap();
    let house = House::start(folder.path(), &shops_file(&channels.addresses())).await;
    house.settle().await;
    (channels, house, folder)
}

fn flip(body: &[u8]) -> Vec<u8> {
    let mut flipped = body.to_vec();
    flipped[body.len() / 2] ^= 1;
    flipped
}

/// Each way of not being who one claims to be: name, headers, body.
fn impostors(sign: &Signer<'_>, body: &[u8]) -> Vec<(&'static str, Headers, Vec<u8>)> {
    let right = sign("right", body);
    let mut bent = right.clone();
    let last = bent.1.pop().unwrap();
    bent.1.push(if last == '0' { '1' } else { '0' });
    let cut = (right.0.clone(), right.1.chars().take(right.1.len() / 2).collect());
    vec![
        ("unsigned", vec![], body.to_vec()),
        ("an empty signature", vec![(right.0.clone(), String::new())], body.to_vec()),
        ("signed with another key", vec![sign("forged", body)], body.to_vec()),
        ("signed with another shop's key", vec![sign("other shop", body)], body.to_vec()),
        ("one bit of the body flipped", vec![right.clone()], flip(body)),
        ("one letter of the signature changed", vec![bent], body.to_vec()),
        ("half a signature", vec![cut], body.to_vec()),
        ("the signature given twice", vec![right.clone(), right.clone()], body.to_vec()),
        ("a byte more than was signed", vec![right], [body, b" "].concat()),
    ]
}

fn key<'a>(which: &'a str, right: &'a str) -> &'a str {
    match which {
        "right" => right,
        "other shop" => "b3RoZXItc2hvcC1rZXk=",
        _ => "not-the-key",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn impostors_and_unknown_addresses_are_refused_alike_before_anything_is_read() {
    let (channels, house, _folder) = start().await;
    let asked = || {
        // Shopee is asked all the time for pushes that did not arrive.
        let shopee = channels.shopee.calls().iter().filter(|call| call.path() != SHOPEE_LOST).count();
        (shopee, channels.web.calls().len(), channels.till.calls().len())
    };
    let calls = asked();
    let shopee = |which: &str, body: &[u8]| signers::shopee(key(which, PARTNER_KEY), SHOPEE_URL, body);
    let woo = |which: &str, body: &[u8]| signers::woocommerce(key(which, WOO_SECRET), body);
    let kiot = |which: &str, body: &[u8]| signers::kiotviet(key(which, KIOT_SECRET), body);
    let mut refused = 0;
    for (name, headers, body) in impostors(&shopee, SHOPEE_PUSH.as_bytes()) {
        assert_eq!(house.push("/webhooks/demo/shopee-main", &headers, &body).await, 401, "Shopee: {name}");
        refused += 1;
    }
    for (name, mut headers, body) in impostors(&woo, WOO_ORDER.as_bytes()) {
        headers.push(("x-wc-webhook-topic".to_owned(), "order.updated".to_owned()));
        assert_eq!(house.push("/webhooks/demo/web", &headers, &body).await, 401, "WooCommerce: {name}");
        refused += 1;
    }
    for (name, headers, body) in impostors(&kiot, KIOT_STOCK.as_bytes()) {
        assert_eq!(house.push("/webhooks/demo/till", &headers, &body).await, 200, "KiotViet: {name}");
        refused += 1;
    }
    // Signed for another address than the one registered, and for another connection.
    let elsewhere =
        signers::shopee(PARTNER_KEY, "https://hooks.example.vn/webhooks/demo/web", SHOPEE_PUSH.as_bytes());
    assert_eq!(house.push("/webhooks/demo/shopee-main", &[elsewhere], SHOPEE_PUSH.as_bytes()).await, 401);
    refused += 1;
    let good = signers::shopee(PARTNER_KEY, SHOPEE_URL, SHOPEE_PUSH.as_bytes());
    let unknown = [
        "/webhooks/nobody/shopee-main",
        "/webhooks/demo/nothing",
        "/webhooks/DEMO/web",
        "/webhooks/demo/%00",
    ];
    for path in unknown {
        assert_eq!(
            house.push(path, std::slice::from_ref(&good), SHOPEE_PUSH.as_bytes()).await,
            401,
            "{path}"
        );
    }
    house.settle().await;
    assert_eq!(house.counter("webhook_refused").await, refused);
    assert_eq!(house.counter("webhook_unknown_connection").await, unknown.len() as u64);
    assert_eq!(house.counter("webhook_notices").await, 0);
    assert!(house.parked().await.is_empty(), "nothing an impostor says is kept");
    assert_eq!(asked(), calls, "no channel is asked for an impostor's sake");
    // And the real one still comes through.
    assert_eq!(house.push_woo("order.updated", WOO_ORDER.as_bytes()).await, 200);
    until("the real order", PATIENCE, async || house.order("web", "11").await.is_some()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_shop_cannot_be_told_from_a_forged_signature_by_its_time() {
    let (_channels, house, _folder) = start().await;
    let body = vec![b'x'; 200_000];
    let forged = vec![signers::shopee("not-the-key", SHOPEE_URL, &body)];
    let paths = ["/webhooks/demo/shopee-main", "/webhooks/nobody/shopee-main", "/webhooks/demo/nothing"];
    let mut times = vec![Vec::new(); paths.len()];
    for _ in 0..25 {
        for (path, times) in paths.iter().zip(&mut times) {
            let began = Instant::now();
            assert_eq!(house.push(path, &forged, &body).await, 401);
            times.push(began.elapsed());
        }
    }
    let medians: Vec<Duration> = times
        .into_iter()
        .map(|mut times| {
            times.sort();
            times[times.len() / 2]
        })
        .collect();
    let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
    assert!(*most < *least * 3, "{paths:?} took {medians:?}");
}

/// Bodies that no reader may crash on, and what a person must be told about each.
fn hostile_bodies() -> Vec<Vec<u8>> {
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    let nines = "9".repeat(5_000);
    vec![
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"\"order\"".to_vec(),
        b"not json".to_vec(),
        b"{\"id\":".to_vec(),
        vec![0xff, 0xfe, b'{', b'}'],
        b"{\"id\":\"\xff\"}".to_vec(),
        vec![0; 1_000],
        deep("["),
        deep("{\"id\":"),
        deep("{\"data\":"),
        "{\"Notifications\":[".repeat(50_000).into_bytes(),
        b"{\"id\":1e308,\"status\":\"x\",\"code\":1e308,\"data\":{\"ordersn\":1e308},\"Notifications\":1e308}".to_vec(),
        b"{\"id\":1e999}".to_vec(),
        b"{\"id\":[],\"code\":{},\"status\":7,\"line_items\":{},\"Notifications\":{},\"data\":[]}".to_vec(),
        format!("{{\"id\":{nines},\"code\":3,\"data\":{{\"ordersn\":\"{nines}\"}},\"Notifications\":[{{\"Action\":\"stock.update.1\",\"Data\":[{{\"ProductId\":{nines}}}]}}]}}").into_bytes(),
        b"{\"id\":-1,\"code\":3.5,\"data\":null,\"Notifications\":[{\"Action\":[]}]}".to_vec(),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_body_that_cannot_be_read_is_parked_with_the_field_and_kept_for_a_person() {
    let (channels, house, folder) = start().await;
    for (n, body) in hostile_bodies().iter().enumerate() {
        let label = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        assert_eq!(house.push_shopee(body).await, 200, "Shopee {n}: {label}");
        assert_eq!(house.push_woo("order.updated", body).await, 200, "WooCommerce {n}: {label}");
        assert_eq!(house.push_kiot(body).await, 200, "KiotViet {n}: {label}");
    }
    // A good neighbour in the middle of it, on each channel.
    assert_eq!(house.push_woo("order.updated", WOO_ORDER.as_bytes()).await, 200);
    assert_eq!(house.push_shopee(SHOPEE_PUSH.as_bytes()).await, 200);
    assert_eq!(house.push_kiot(KIOT_STOCK.as_bytes()).await, 200);
    house.settle().await;
    let bodies = hostile_bodies();
    let notes = house.parked().await;
    for body in &bodies {
        let label = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        let kept = &body[..body.len().min(KEPT_BYTES_MAX)];
        let subject = hex::encode(&Sha256::digest(kept)[..8]);
        for connection in ["shopee-main", "web", "till"] {
            let of = |note: &&table::parked_item::Parked| {
                note.subject == subject && note.connection.as_str() == connection
            };
            let note = notes.iter().find(of).unwrap_or_else(|| panic!("{connection}: {label} is not parked"));
            let [commerce::park::ParkReason::Unreadable { detail }] = note.reasons.as_slice() else {
                panic!("{connection}: {label}: {:?}", note.reasons)
            };
            let (field, problem) = detail.split_once(": ").unwrap_or_default();
            assert!(!field.is_empty() && !problem.is_empty(), "{connection}: {label}: {detail}");
            assert!(detail.len() < 300, "{connection}: a reason fits on a line: {detail}");
            assert_eq!(note.body, format!("parked/demo/{connection}/{subject}"));
            let archived = std::fs::read(folder.path().join("data/archive").join(&note.body)).unwrap();
            assert!(archived == kept, "{connection}: {label}: the archive holds the body as it came");
        }
    }
    assert_eq!(house.counter("webhook_unreadable").await, 3 * bodies.len() as u64);
    assert!(house.order("web", "11").await.is_some());
    assert!(house.order("shopee-main", "2503119YA2XB8B").await.is_some());
    // 7 counted by the till, 3 sold, 6 in the other store.
    until("10 on every channel", PATIENCE, async || {
        channels.web_shows(10) == Some(10) && channels.shopee_shows(ITEM, MODEL) == Some(10)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_over_the_limit_is_refused_and_one_at_the_limit_is_read() {
    let (_channels, house, _folder) = start().await;
    let over = vec![b' '; BODY_BYTES_MAX + 1];
    assert_eq!(house.push_shopee(&over).await, 413);
    assert_eq!(house.push_woo("order.updated", &over).await, 413);
    assert_eq!(house.push_kiot(&over).await, 200, "KiotViet stops for good after any 4xx");
    assert_eq!(house.push("/webhooks/nobody/web", &[], &over).await, 413);
    assert_eq!(house.counter("webhook_too_large").await, 4);
    let mut at_limit = WOO_ORDER.as_bytes().to_vec();
    at_limit.resize(BODY_BYTES_MAX, b' ');
    assert_eq!(house.push_woo("order.updated", &at_limit).await, 200);
    until("the padded order", PATIENCE, async || house.order("web", "11").await.is_some()).await;
    assert!(house.parked().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_for_an_unknown_product_waits_and_applies_itself_once_the_product_is_named() {
    let (channels, house, folder) = start().await;
    let body =
        WOO_ORDER.replace("\"product_id\":10", "\"product_id\":77").replace("\"id\":11,", "\"id\":12,");
    assert_eq!(house.push_woo("order.updated", body.as_bytes()).await, 200);
    until("the order", PATIENCE, async || house.order("web", "12").await.is_some()).await;
    house.settle().await;
    assert!(house.order("web", "12").await.unwrap().is_in_suspense());
    assert_eq!(house.reasons("12").await, ["unknown_sku"]);
    assert_eq!(house.stock("AO-L", "hn").await.committed, 0);
    house.stop().await;

    let named = "[[shop.connection.listing]]\nid = \"77:0\"\nsku = \"AO-L\"\n\n[[shop.connection.listing]]\nid = \"10:0\"";
    let text = shops_file(&channels.addresses()).replace("[[shop.connection.listing]]\nid = \"10:0\"", named);
    let house = House::start(folder.path(), &text).await;
    until("the order's units taken", PATIENCE, async || house.stock("AO-L", "hn").await.committed == 2).await;
    house.settle().await;
    assert!(!house.order("web", "12").await.unwrap().is_in_suspense());
    assert!(house.reasons("12").await.is_empty(), "nobody has to look any more");
    assert_eq!(channels.shopee_shows(1000, 2000), Some(10), "8 + 4 less the 2 that were sold");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_we_do_not_know_counts_as_open_and_is_parked() {
    let (channels, house, _folder) = start().await;
    channels.shopee.answer_with(|call| match call.path() {
        SHOPEE_DETAIL => {
            shopee_answer(&json!({"order_list": [shopee_order("2503119YA2XB8B", "ON_THE_MOON")]}))
        }
        _ => shopee(call),
    });
    assert_eq!(house.push_shopee(SHOPEE_PUSH.as_bytes()).await, 200);
    until("the order", PATIENCE, async || house.order("shopee-main", "2503119YA2XB8B").await.is_some()).await;
    house.settle().await;
    assert_eq!(house.stock("AO-M", "hn").await.committed, 1, "its unit stays taken");
    assert_eq!(house.reasons("2503119YA2XB8B").await, ["unknown_status"]);
    assert_eq!(channels.web_shows(10), Some(15));
}

/// Answers a channel on a bad day gives.
fn bad_answers() -> Vec<(&'static str, Reply)> {
    vec![
        ("429", Reply::text(429, "slow down")),
        ("429 with a wait", Reply::text(429, "slow down").with("retry-after", "1")),
        ("503", Reply::text(503, "<h1>down</h1>")),
        ("a web page", Reply::text(200, "<!DOCTYPE html><html>Just a moment...</html>")),
        ("half an answer", Reply::text(200, r#"{"error":"","message":"","response":{"order_list":[{"#)),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_up_that_fails_is_tried_again_until_the_channel_recovers() {
    let checks = bad_answers().into_iter().map(|(name, bad)| async move {
        let (channels, house, _folder) = start().await;
        let left = Arc::new(AtomicU64::new(4));
        channels.shopee.answer_with(move |call| match call.path() {
            SHOPEE_DETAIL if take_one(&left) => bad.clone(),
            _ => shopee(call),
        });
        assert_eq!(house.push_shopee(SHOPEE_PUSH.as_bytes()).await, 200);
        until(&format!("the order after {name}"), PATIENCE, async || channels.web_shows(10) == Some(15))
            .await;
        house.settle().await;
        assert!(house.parked().await.is_empty(), "{name}: nothing for a person to do");
        assert_eq!(house.stock("AO-M", "hn").await.committed, 1, "{name}");
    });
    futures::future::join_all(checks).await;
}

fn take_one(left: &AtomicU64) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stock_write_that_was_certainly_not_applied_is_tried_again_until_the_channel_recovers() {
    let (channels, house, _folder) = start().await;
    let left = Arc::new(AtomicU64::new(4));
    channels.web.answer_with(move |call| match call.path() {
        WOO_STOCK if take_one(&left) => Reply::text(429, "slow down"),
        _ => web(call),
    });
    assert_eq!(house.push_shopee(SHOPEE_PUSH.as_bytes()).await, 200);
    house.settle().await;
    assert_eq!(channels.web_shows(10), Some(15));
    assert!(channels.web.calls_to(WOO_STOCK).len() >= 5);
    assert!(house.parked().await.is_empty());
}

/// After a breakdown in the middle of a write nobody knows whether it was applied. The next one waits until it can
/// no longer be, on our clock; here that time passes between a stop and the next start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_doubtful_stock_write_the_right_number_is_sent_once_the_doubt_is_over() {
    for (name, bad) in [("503", Reply::text(503, "down")), ("a web page", Reply::text(200, "<html>"))] {
        let (channels, house, folder) = start().await;
        channels.web.answer_with(move |call| if call.path() == WOO_STOCK { bad.clone() } else { web(call) });
        assert_eq!(house.push_shopee(SHOPEE_PUSH.as_bytes()).await, 200);
        let begun = channels.web.calls_to(WOO_STOCK).len();
        until("a doubtful write", PATIENCE, async || channels.web.calls_to(WOO_STOCK).len() > begun).await;
        until("Shopee's own number", PATIENCE, async || channels.shopee_shows(ITEM, MODEL) == Some(15)).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let sent = channels.web.calls_to(WOO_STOCK).len();
        house.stop().await;
        channels.web.answer_with(web);

        // Too soon: the lost call may still arrive, so nothing is sent over it.
        let house = House::start(folder.path(), &shops_file(&channels.addresses())).await;
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(channels.web.calls_to(WOO_STOCK).len(), sent, "{name}: sent over a doubtful write");
        house.stop().await;

        let clock = morning();
        let later = Arc::new(move || clock().checked_add(Duration::from_secs(300)).unwrap());
        let house = House::start_at(folder.path(), &shops_file(&channels.addresses()), later).await;
        until("the right number", PATIENCE, async || {
            channels.web.calls_to(WOO_STOCK).len() > sent && channels.web_shows(10) == Some(15)
        })
        .await;
        house.settle().await;
        assert!(house.parked().await.is_empty(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_for_good_is_parked_and_its_neighbours_are_done() {
    let (channels, house, _folder) = start().await;
    channels.web.answer_with(|call| match call.path() {
        WOO_STOCK => {
            let answer = |row: &serde_json::Value| match row["id"].as_u64() {
                Some(12) => json!({"id": 12, "error": {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID."}}),
                _ => row.clone(),
            };
            let rows = call.json()["update"].as_array().cloned().unwrap_or_default();
            Reply::json(&json!({"update": rows.iter().map(answer).collect::<Vec<_>>()}))
        }
        _ => web(call),
    });
    channels.shopee.answer_with(|call| match call.path() {
        SHOPEE_STOCK => shopee_answer(&json!({
            "success_list": [], "failure_list": [{"model_id": MODEL, "failed_reason": "Wrong model_id."}],
        })),
        SHOPEE_DETAIL if call.target.contains("GONE") => {
            Reply::json(&json!({"error": "error_param", "message": "wrong order", "request_id": "1"}))
        }
        _ => shopee(call),
    });
    let gone = SHOPEE_PUSH.replace("2503119YA2XB8B", "GONE");
    assert_eq!(house.push_shopee(gone.as_bytes()).await, 200);
    assert_eq!(house.push_woo("order.updated", WOO_ORDER.as_bytes()).await, 200);
    house.settle().await;
    assert_eq!(house.reasons("GONE").await, ["refused"]);
    assert_eq!(house.reasons("listing 12:0").await, ["refused"]);
    assert_eq!(house.reasons(&format!("listing {ITEM}:{MODEL}")).await, ["refused"]);
    assert!(house.reasons("listing 10:0").await.is_empty());
    assert_eq!(channels.web_shows(10), Some(14));
    for note in house.parked().await {
        assert!(!note.reasons.is_empty() && !note.body.is_empty(), "{note:?}");
    }
}

/// The command in a process of its own, with everything logged that can be: good and forged webhooks, channels that
/// fail and quote what they were sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_seen_in_the_log_the_table_the_archive_or_an_error() {
    let channels = FakeChannels::start();
    let echo = |call: &hopkenh_tests::fake_server::Call| {
        // Right at the beginning, so that no shortening of the message hides it.
        let token = call.query("access_token").unwrap_or(CONSUMER_SECRET);
        let quoted = format!("{token} is not good: {}", call.target);
        Reply::text(
            400,
            &json!({"error": "error_param", "code": "rest_invalid_param", "message": quoted}).to_string(),
        )
    };
    // The website refuses everything and repeats our keys in its refusal; so does Shopee for look-ups.
    channels.web.answer_with(echo);
    channels
        .shopee
        .answer_with(move |call| if call.path() == SHOPEE_DETAIL { echo(call) } else { shopee(call) });
    channels.till.answer_with(|call| {
        Reply::text(if call.path() == "/connect/token" { 400 } else { 401 }, &call.headers.len().to_string())
    });
    let folder = tempfile::tempdir().unwrap();
    let config = write_config(folder.path(), &shops_file(&channels.addresses()));
    let port = free_port();
    let mut up = Up::start(&config, &folder.path().join("data"), port, "trace").await;
    let client = twins::plain_client().unwrap();
    let send = async |path: &str, header: (String, String), body: &str| {
        let url = format!("http://127.0.0.1:{port}/webhooks/demo/{path}");
        let request =
            client.post(url).header(&header.0, &header.1).header("x-wc-webhook-topic", "order.updated");
        request.body(body.to_owned()).send().await.unwrap().status().as_u16()
    };
    assert_eq!(
        send("shopee-main", signers::shopee(PARTNER_KEY, SHOPEE_URL, SHOPEE_PUSH.as_bytes()), SHOPEE_PUSH)
            .await,
        200
    );
    assert_eq!(send("web", signers::woocommerce(WOO_SECRET, WOO_ORDER.as_bytes()), WOO_ORDER).await, 200);
    assert_eq!(send("till", signers::kiotviet(KIOT_SECRET, KIOT_STOCK.as_bytes()), KIOT_STOCK).await, 200);
    assert_eq!(send("web", signers::woocommerce("forged", WOO_ORDER.as_bytes()), WOO_ORDER).await, 401);
    assert_eq!(send("web", signers::woocommerce(WOO_SECRET, b"{}"), "{}").await, 200);
    until("some work to fail", PATIENCE, async || {
        up.log().contains("parked for a person") && !channels.till.calls().is_empty()
    })
    .await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    up.kill();
    let log = up.log();
    assert!(log.contains("DEBUG") || log.contains("TRACE"), "the log really was at its finest:\n{log}");
    for canary in CANARIES {
        assert!(!log.contains(canary), "the log shows {canary}");
    }
    let found = has_canary(&folder.path().join("data"), &CANARIES);
    assert!(found.is_empty(), "{found:?}");
    // A shops file with a fault is refused in words that show no secret either.
    let broken = std::fs::read_to_string(&config).unwrap().replace("#partner_key", "#nobody");
    std::fs::write(&config, broken).unwrap();
    let complaint = lambda_kit::shops::Shops::from_file(&config).unwrap_err().to_string();
    assert!(complaint.contains("nobody") && !CANARIES.iter().any(|c| complaint.contains(c)), "{complaint}");
}
