//! A till's day comes in as a file: the same documents once, beside a running machine or without one.

use super::{Desk, until};
use commerce::ids::{LocationId, ShopId, Sku};
use commerce::stock::{Stock, StockKey};
use hopkenh::demo::texts::Language;
use hopkenh::till::{self, Args};
use hopkenh_tests::house::{SHOP, WOO_SECRET, morning};
use std::sync::Arc;
use std::time::Duration;
use twins::{BranchStock, TillTwin, TillTwinConfig, Twin, TwinLine, TwinListing};

const ACCOUNT: &str = r#"
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
"#;

async fn twin() -> Arc<TillTwin> {
    let (id, sku) = ("ao-m".to_owned(), "AO-M".to_owned());
    let config = TillTwinConfig {
        webhook_secret: WOO_SECRET.to_owned(),
        webhook_url: String::new(),
        branches: vec![("1".to_owned(), "Quầy".to_owned())],
        listings: vec![TwinListing { id, sku, name: "Áo".to_owned(), price_minor: 90_000, stock: 0 }],
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

async fn import(desk: &Desk, connection: &str, file: &[u8]) -> Result<String, String> {
    let path = desk.folder().join("day.csv");
    std::fs::write(&path, file).unwrap();
    let (shop, connection) = (SHOP.to_owned(), connection.to_owned());
    let args = Args { shop, connection, file: path, place: desk.place(), lang: Language::En };
    desk.heard(till::report(&args, (desk.clock)()).await)
}

async fn stock(desk: &Desk) -> Stock {
    let table = desk.place().open().await.unwrap().table;
    let key = StockKey { sku: Sku::new("AO-M").unwrap(), location: LocationId::new("quay").unwrap() };
    let found = table.load_stock(&ShopId::new(SHOP).unwrap(), std::slice::from_ref(&key)).await.unwrap();
    found.get(&key).cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_of_the_till_is_in_the_book_once_however_often_its_file_comes() {
    let desk = Desk::new();
    desk.add(&(desk.file() + ACCOUNT)).await.unwrap();
    let twin = twin().await;
    let first = twin.sell("1", &some(3));
    twin.sell("1", &some(2));
    let said = import(&desk, "quay", twin.file().as_bytes()).await.unwrap();
    assert!(said.contains("Sales") && said.contains("Written into the book."), "{said}");
    assert_eq!(stock(&desk).await.on_hand, 15);
    let version = stock(&desk).await.version;
    import(&desk, "quay", twin.file().as_bytes()).await.unwrap();
    assert_eq!(stock(&desk).await.version, version, "the same file again changes nothing");
    assert!(twin.cancel_order(&first));
    import(&desk, "quay", twin.file().as_bytes()).await.unwrap();
    assert_eq!(stock(&desk).await.on_hand, 18);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_beside_a_running_machine_is_taken_too() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&(desk.file() + ACCOUNT)).await.unwrap();
    until("first counts", async || desk.channels.web_shows(10) == Some(16)).await;
    let twin = twin().await;
    twin.sell("1", &some(4));
    import(&desk, "quay", twin.file().as_bytes()).await.unwrap();
    until("the till's count", async || house.stock("AO-M", "quay").await.on_hand == 16).await;
    house.settle().await;
    house.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_and_nothing_of_it_is_used() {
    let desk = Desk::new();
    desk.add(&(desk.file() + ACCOUNT)).await.unwrap();
    let head = "kind,number,at,branch,product,quantity,price\n";
    let said = import(&desk, "till", b"").await.unwrap_err();
    assert_eq!(said, "connection till: is no connection of channel \"till\"; there are: quay");
    let rows = "level,,2026-11-22T09:00:00,1,ao-m,7,\nsale,1,2026-11-22T09:00:00,2,ao-m,1,90000\n";
    let said = import(&desk, "quay", format!("{head}{rows}").as_bytes()).await.unwrap_err();
    assert_eq!(said, "line 3, branch: \"2\" is no branch of this till in the shop's file");
    assert_eq!(stock(&desk).await.version, 0);
    // The same number and time with other content: nobody can tell which is right.
    for (units, is_clear) in [(1, true), (2, false)] {
        let file = format!("{head}sale,HD1,2026-11-22T09:00:00,1,ao-m,{units},90000\n");
        let said = import(&desk, "quay", file.as_bytes()).await;
        assert_eq!(said.is_ok(), is_clear, "{said:?}");
        assert!(is_clear || said.unwrap_err().contains("HD1: is in the book with other content"));
    }
    let file = format!("{head}sale,HD2,2026-11-22T09:00:00,1,quan,1,90000\n");
    let said = import(&desk, "quay", file.as_bytes()).await.unwrap();
    assert!(
        said.contains("1 products are no listing of this connection; their sales wait for one: quan"),
        "{said}"
    );
}
