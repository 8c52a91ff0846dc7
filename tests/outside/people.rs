//! Places where people type: a desk that sells in chats, and a till that only tells; both over HTTP, on a whole machine.

use commerce::order::OrderKind;
use commerce::status::Status;
use hopkenh_tests::fake_channels::FakeChannels;
use hopkenh_tests::house::{CONSUMER_SECRET, House, PARTNER_KEY, WOO_SECRET, morning, shops_file};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use twins::{
    BranchStock, Push, SocialTwin, SocialTwinConfig, TillTwin, TillTwinConfig, Twin, TwinLine, TwinListing,
};

/// The keys of other accounts do for these as well: they are all in the house's file.
const ACCOUNTS: &str = r#"
[[shop.location]]
id = "quay"
name = "Quầy có máy tính tiền"
till = { connection = "quay", branch = "1" }

[[shop.connection]]
id = "quay"
channel = "till"
serves_from = ["quay"]
secrets = { webhook_secret = "file:secrets.toml#woo_secret" }
listing = [{ id = "ao-m", sku = "AO-M", publish = false }]

[[shop.connection]]
id = "chat"
channel = "social"
serves_from = ["hcm"]
account = { zalo_app_id = "360846524940903967" }
secrets = { webhook_secret = "file:secrets.toml#partner_key", meta_app_secret = "file:secrets.toml#woo_secret", meta_verify_token = "file:secrets.toml#consumer_secret", zalo_oa_secret = "file:secrets.toml#consumer_secret" }
listing = [{ id = "ao-m", sku = "AO-M", publish = false }]
"#;

async fn start() -> (FakeChannels, House, TempDir) {
    let channels = FakeChannels::start();
    let folder = tempfile::tempdir().unwrap();
    let house = House::start(folder.path(), &(shops_file(&channels.addresses()) + ACCOUNTS)).await;
    house.settle().await;
    (channels, house, folder)
}

fn listing() -> TwinListing {
    let (id, sku) = ("ao-m".to_owned(), "AO-M".to_owned());
    TwinListing { id, sku, name: "Áo".to_owned(), price_minor: 90_000, stock: 100 }
}

async fn desk() -> Arc<SocialTwin> {
    let config = SocialTwinConfig {
        webhook_secret: PARTNER_KEY.to_owned(),
        meta_app_secret: WOO_SECRET.to_owned(),
        meta_verify_token: CONSUMER_SECRET.to_owned(),
        zalo_app_id: "360846524940903967".to_owned(),
        zalo_oa_secret: CONSUMER_SECRET.to_owned(),
        webhook_url: "/webhooks/demo/chat".to_owned(),
        orders_url: "/orders/demo/chat".to_owned(),
        listings: vec![listing()],
        latency: Duration::ZERO,
        clock: morning(),
        port: 0,
    };
    SocialTwin::start(config).await.unwrap()
}

async fn till() -> Arc<TillTwin> {
    let config = TillTwinConfig {
        webhook_secret: WOO_SECRET.to_owned(),
        webhook_url: "/webhooks/demo/quay".to_owned(),
        branches: vec![("1".to_owned(), "Quầy".to_owned())],
        listings: vec![listing()],
        branch_stock: vec![BranchStock { branch: "1".into(), listing: "ao-m".into(), on_hand: 20 }],
        latency: Duration::ZERO,
        clock: morning(),
        port: 0,
    };
    TillTwin::start(config).await.unwrap()
}

fn some(quantity: u32) -> [TwinLine; 1] {
    [TwinLine { listing: "ao-m".to_owned(), quantity }]
}

async fn deliver(house: &House, pushes: &[Push]) {
    for push in pushes {
        assert_eq!(house.push(&push.url, &push.headers, &push.body).await, 200, "{push:?}");
    }
    house.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_are_held_while_the_buyer_waits_and_everyone_else_shows_fewer() {
    let (channels, house, _folder) = start().await;
    let desk = desk().await;
    let (id, push) = desk.hold(&some(6));
    let (status, said) = house.ask(&push.url, &push).await;
    assert_eq!(
        (status, &said["held"], &said["reference"]),
        (200, &Value::Bool(true), &Value::from(id.as_str()))
    );
    house.settle().await;
    // Ten in Hà Nội are left of sixteen.
    assert_eq!(channels.web_shows(10), Some(10));
    let (other, push) = desk.hold(&some(1));
    let (status, said) = house.ask(&push.url, &push).await;
    assert_eq!((status, &said["lines"][0]["available"]), (409, &Value::from(0)));
    assert!(house.order("chat", &other).await.is_none());
    assert_eq!(house.order("chat", &id).await.unwrap().status, Status::Pending);
    // What follows may come as a push as well.
    assert!(desk.cancel_order(&id));
    deliver(&house, &desk.take_pushes()).await;
    assert_eq!(house.stock("AO-M", "hcm").await.free, 6);
    assert_eq!((house.counter("hold_taken").await, house.counter("hold_not_taken").await), (1, 1));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chats_are_taken_politely_and_change_nothing() {
    let (_channels, house, _folder) = start().await;
    let desk = desk().await;
    desk.chat_on_facebook("2 áo M");
    desk.chat_on_zalo("2 áo M");
    deliver(&house, &desk.take_pushes()).await;
    assert_eq!(house.counter("webhook_nothing").await, 2);
    let (question, text) = desk.question();
    assert_eq!(house.get(&question).await, (200, text));
    assert_eq!(house.get(&question.replace("cs_", "sc_")).await, (401, String::new()));
    let id = desk.place_order(&some(2)).unwrap();
    deliver(&house, &desk.take_pushes()).await;
    assert_eq!(house.stock("AO-M", "hcm").await.committed, 2);
    assert!(desk.ship_order(&id));
    deliver(&house, &desk.take_pushes()).await;
    let stock = house.stock("AO-M", "hcm").await;
    assert_eq!((stock.on_hand, stock.committed), (4, 0));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_that_only_tells_is_believed() {
    let (_channels, house, _folder) = start().await;
    let till = till().await;
    let id = till.sell("1", &some(3));
    let sold = till.take_pushes();
    deliver(&house, &sold).await;
    assert_eq!(house.stock("AO-M", "quay").await.on_hand, 17);
    assert_eq!(house.order("quay", &id).await.unwrap().kind, OrderKind::TillSale);
    assert!(till.cancel_order(&id));
    let called_off = till.take_pushes();
    deliver(&house, &called_off[..1]).await;
    assert_eq!(house.stock("AO-M", "quay").await.on_hand, 17, "a void puts nothing on the shelf");
    deliver(&house, &called_off[1..]).await;
    assert_eq!(house.stock("AO-M", "quay").await.on_hand, 20, "the count does");
    // However late and often the earlier ones come again.
    deliver(&house, &sold).await;
    assert_eq!(house.stock("AO-M", "quay").await.on_hand, 20);
    assert_eq!(house.parked().await.len(), 0);
    house.stop().await;
}
