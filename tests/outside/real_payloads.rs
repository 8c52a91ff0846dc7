//! Messages that channels have really sent, signed and sent over HTTP: what do the other channels then show?

use hopkenh_tests::fake_channels::{FakeChannels, KIOT_PRODUCT, KIOT_STOCK, SHOPEE_DETAIL, SHOPEE_PUSH};
use hopkenh_tests::fake_channels::{WOO_ORDER, WOO_STOCK, till};
use hopkenh_tests::fake_server::Reply;
use hopkenh_tests::house::{ACCESS_TOKEN, House, PARTNER_KEY, shops_file, until};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);
const ITEM: u64 = 23_620_853_561;
const MODEL: u64 = 221_404_189_791;

struct Scene {
    channels: FakeChannels,
    house: House,
    _folder: tempfile::TempDir,
}

/// A house whose channels have been told what is there: AO-M 10 + 6, AO-L 8 + 4.
async fn scene() -> Scene {
    let channels = FakeChannels::start();
    let folder = tempfile::tempdir().unwrap();
    let house = House::start(folder.path(), &shops_file(&channels.addresses())).await;
    let told = async || {
        let shopee = (channels.shopee_shows(ITEM, MODEL), channels.shopee_shows(1000, 2000));
        let web = [10, 11, 12].map(|product| channels.web_shows(product));
        shopee == (Some(16), Some(12)) && web == [Some(16), Some(11), Some(12)]
    };
    until("the first numbers on every channel", PATIENCE, told).await;
    Scene { channels, house, _folder: folder }
}

fn shopee_body(stock: u32) -> Value {
    json!({"item_id": ITEM, "stock_list": [{"model_id": MODEL, "seller_stock": [{"stock": stock}]}]})
}

/// The rows of every stock write the website was sent since `since`.
fn web_rows(scene: &Scene, since: usize) -> Vec<Value> {
    let calls = scene.channels.web.calls_to(WOO_STOCK);
    let rows = calls.iter().skip(since).map(|call| call.json()["update"].as_array().cloned().unwrap());
    rows.flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_shopee_push_lowers_the_website() {
    let scene = scene().await;
    let before = scene.channels.web.calls_to(WOO_STOCK).len();
    assert_eq!(scene.house.push_shopee(SHOPEE_PUSH.as_bytes()).await, 200);
    until("15 on the website", PATIENCE, async || scene.channels.web_shows(10) == Some(15)).await;
    scene.house.settle().await;

    // The look-up asked for this order, with its items, and was signed over path, time, token and shop.
    let asked = scene.channels.shopee.calls_to(SHOPEE_DETAIL);
    let call = asked.first().unwrap();
    assert_eq!(call.query("order_sn_list"), Some("2503119YA2XB8B"));
    assert!(call.query("response_optional_fields").unwrap().contains("item_list"));
    let base = format!("2001{SHOPEE_DETAIL}{}{ACCESS_TOKEN}137637267", call.query("timestamp").unwrap());
    let (_, seal) = sign_without_bar(&base);
    assert_eq!(call.query("sign"), Some(seal.as_str()));

    // The exact rows the website was sent: AO-M is one less; the set of both still has 8 + 4.
    let rows = web_rows(&scene, before);
    assert!(rows.contains(&json!({"id": 10, "manage_stock": true, "stock_quantity": 15})), "{rows:?}");
    assert!(rows.contains(&json!({"id": 12, "manage_stock": true, "stock_quantity": 12})), "{rows:?}");
    assert!(!rows.iter().any(|row| row["id"] == 11), "AO-L did not change: {rows:?}");
    assert_eq!(scene.channels.told_shopee().last(), Some(&shopee_body(15)));
    let order = scene.house.order("shopee-main", "2503119YA2XB8B").await.unwrap();
    assert_eq!((order.status.code().as_str(), order.total.amount_minor), ("ready_to_ship", 32_119));
    let stock = scene.house.stock("AO-M", "hn").await;
    assert_eq!((stock.on_hand, stock.committed, stock.free), (10, 1, 9));
}

/// What `sign` must be: hex HMAC-SHA256 of the base string (CHANNELS 1.2).
fn sign_without_bar(base: &str) -> (String, String) {
    use hmac::{KeyInit, Mac};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(PARTNER_KEY.as_bytes()).unwrap();
    mac.update(base.as_bytes());
    (base.to_owned(), hex::encode(mac.finalize().into_bytes()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_website_order_lowers_shopee() {
    let scene = scene().await;
    assert_eq!(scene.house.push_woo("order.updated", WOO_ORDER.as_bytes()).await, 200);
    until("14 on Shopee", PATIENCE, async || scene.channels.shopee_shows(ITEM, MODEL) == Some(14)).await;
    scene.house.settle().await;
    assert_eq!(scene.channels.told_shopee().last(), Some(&shopee_body(14)));
    assert_eq!(scene.channels.web_shows(10), Some(14), "the website hears the same number");
    let order = scene.house.order("web", "11").await.unwrap();
    assert_eq!((order.status.code().as_str(), order.total.amount_minor), ("confirmed", 398_000));
    // The same delivery once more, as WooCommerce sends created and updated: nothing moves.
    let version = scene.house.stock("AO-M", "hn").await.version;
    assert_eq!(scene.house.push_woo("order.created", WOO_ORDER.as_bytes()).await, 200);
    scene.house.settle().await;
    assert_eq!(scene.house.stock("AO-M", "hn").await.version, version);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_level_lowers_every_channel() {
    let scene = scene().await;
    assert_eq!(scene.house.push_kiot(KIOT_STOCK.as_bytes()).await, 200);
    until_shown(&scene, 13).await;
    assert_eq!(scene.channels.told_shopee().last(), Some(&shopee_body(13)));
    let read = scene.channels.till.calls_to(KIOT_PRODUCT);
    let read = read.first().unwrap();
    assert_eq!(read.headers.get("authorization").map(String::as_str), Some("Bearer canary-login"));
    assert_eq!(read.headers.get("retailer").map(String::as_str), Some("demo"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_read_of_the_till_wins_over_its_push() {
    let scene = scene().await;
    scene.channels.till.answer_with(|call| till(call, 5));
    assert_eq!(scene.house.push_kiot(KIOT_STOCK.as_bytes()).await, 200);
    until_shown(&scene, 11).await;
    assert_eq!(scene.house.stock("AO-M", "hn").await.on_hand, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_that_knows_no_such_product_is_believed_by_its_push() {
    let scene = scene().await;
    scene.channels.till.answer_with(|call| match call.path() {
        KIOT_PRODUCT => Reply::text(404, "<html>not here</html>"),
        _ => till(call, 99),
    });
    assert_eq!(scene.house.push_kiot(KIOT_STOCK.as_bytes()).await, 200);
    until_shown(&scene, 13).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_that_is_down_is_asked_again_and_then_believed_by_its_push() {
    let scene = scene().await;
    scene.channels.till.answer_with(|call| match call.path() {
        KIOT_PRODUCT => Reply::text(503, "down"),
        _ => till(call, 99),
    });
    assert_eq!(scene.house.push_kiot(KIOT_STOCK.as_bytes()).await, 200);
    until_shown(&scene, 13).await;
    let tries = scene.channels.till.calls_to(KIOT_PRODUCT).len();
    assert!(tries >= 3, "asked {tries} times before its push was believed");
}

async fn until_shown(scene: &Scene, number: i64) {
    until("the new number on both channels", PATIENCE, async || {
        scene.channels.shopee_shows(ITEM, MODEL) == Some(number)
            && scene.channels.web_shows(10) == Some(number)
    })
    .await;
    scene.house.settle().await;
    assert_eq!(scene.channels.web_shows(10), Some(number), "and it stays so");
}
