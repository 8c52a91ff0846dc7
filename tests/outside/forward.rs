//! An order of the website on its way to the store's till and back, with real KiotViet messages over real HTTP.

use hopkenh_tests::fake_channels::{FakeChannels, WOO_ORDER, web};
use hopkenh_tests::fake_server::{Call, Reply};
use hopkenh_tests::house::{Addresses, CLIENT_ID, CLIENT_SECRET, House, KIOT_SECRET, shops_file};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use twins::{BranchStock, KiotVietTwin, KiotVietTwinConfig, Push, SignatureForm, Twin, TwinListing};

/// The till in Hà Nội, with ten of the product.
async fn till() -> Arc<KiotVietTwin> {
    let listing = |id: &str, sku: &str| TwinListing {
        id: id.to_owned(),
        sku: sku.to_owned(),
        name: sku.to_owned(),
        price_minor: 199_000,
        stock: 0,
    };
    let config = KiotVietTwinConfig {
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        retailer: "demo".to_owned(),
        webhook_secret: KIOT_SECRET.to_owned(),
        webhook_url: "https://hooks.example.vn/webhooks/demo/till".to_owned(),
        branches: vec![("55".to_owned(), "Hà Nội".to_owned())],
        listings: vec![listing("1001", "AO-M"), listing("1002", "AO-L")],
        branch_stock: vec![BranchStock { branch: "55".to_owned(), listing: "1001".to_owned(), on_hand: 10 }],
        signature_form: SignatureForm::Hex,
        latency: Duration::ZERO,
        clock: hopkenh_tests::house::morning(),
        port: 0,
    };
    KiotVietTwin::start(config).await.unwrap()
}

/// The website knows its order, and takes what it is told of it.
fn website(call: &Call, is_completed: &AtomicBool) -> Reply {
    if !call.path().ends_with("/orders/11") {
        return web(call);
    }
    if !call.body.is_empty() && call.json()["status"] == "completed" {
        is_completed.store(true, Ordering::SeqCst);
    }
    let mut order: Value = serde_json::from_str(WOO_ORDER).unwrap();
    if is_completed.load(Ordering::SeqCst) {
        order["status"] = json!("completed");
    }
    Reply::json(&order)
}

/// Hands the till's messages over, the sales first.
async fn deliver(house: &House, mut pushes: Vec<Push>) {
    let is_sale = |push: &Push| String::from_utf8_lossy(&push.body).contains("invoice.update");
    pushes.sort_by_key(|push| !is_sale(push));
    for push in pushes {
        assert_eq!(house.push("/webhooks/demo/till", &push.headers, &push.body).await, 200);
    }
    house.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_websites_order_is_packed_at_the_till_and_the_website_hears_of_it() {
    let (channels, till) = (FakeChannels::start(), till().await);
    let is_completed = Arc::new(AtomicBool::new(false));
    let completed = is_completed.clone();
    channels.web.answer_with(move |call| website(call, &completed));
    let addresses = Addresses { till: till.base_url(), ..channels.addresses() };
    let link = "till = { connection = \"till\", branch = \"55\" }\n";
    let text =
        shops_file(&addresses).replacen(link, &format!("{link}orders_to = {{ connection = \"till\" }}\n"), 1);
    assert!(text.contains("orders_to"));
    let folder = tempfile::tempdir().unwrap();
    let house = House::start(folder.path(), &text).await;
    house.settle().await;

    assert_eq!(house.push_woo("order.created", WOO_ORDER.as_bytes()).await, 200);
    house.settle().await;
    let [booking] = till.bookings().try_into().unwrap();
    assert_eq!((booking.lines[0].listing.as_str(), booking.lines[0].quantity), ("1001", 2));
    assert_eq!(till.reserved("55", "1001"), 2);

    deliver(&house, till.take_pushes()).await;
    let stock = house.stock("AO-M", "hn").await;
    assert_eq!((stock.on_hand, stock.committed), (10, 2), "the till's booking is the website's order");
    let echo = house.order("till", &format!("order:{}", booking.id)).await.unwrap();
    assert_eq!(echo.echo_of.map(|origin| origin.order.to_string()).as_deref(), Some("11"));

    till.invoice(&booking.id).unwrap();
    deliver(&house, till.take_pushes()).await;
    let stock = house.stock("AO-M", "hn").await;
    assert_eq!((stock.on_hand, stock.committed), (8, 0), "the goods left the till, and nothing is promised");
    assert!(is_completed.load(Ordering::SeqCst), "the website was told");
    // The website's own word of it comes back, and moves nothing any more.
    let told = WOO_ORDER.replace("\"processing\"", "\"completed\"").replace("22:48:22", "23:48:22");
    assert_eq!(house.push_woo("order.updated", told.as_bytes()).await, 200);
    house.settle().await;
    let stock = house.stock("AO-M", "hn").await;
    assert_eq!((stock.on_hand, stock.committed), (8, 0));
    assert!(house.parked().await.is_empty(), "{:?}", house.parked().await);
    assert_eq!(till.bookings().len(), 1);
}
