//! What is promised and not there is listed beside a running machine: for whom, until when, and what to do about it.

use super::{Desk, until};
use hopkenh::demo::texts::Language;
use hopkenh::explain;
use hopkenh::shortfalls::{self, Args};
use hopkenh_tests::fake_channels::WOO_ORDER;
use hopkenh_tests::house::SHOP;

async fn list(desk: &Desk, shop: Option<&str>, lang: Language) -> Result<String, String> {
    let args = Args { shop: shop.map(str::to_owned), place: desk.place(), lang };
    desk.heard(shortfalls::report(&args, (desk.clock)()).await)
}

/// Spaces do not count, and no row is wider than a screen.
fn plain(screen: &str) -> String {
    let wide: Vec<&str> = screen.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The house's shop with so many units of AO-M, all in Hà Nội, counted at that time.
fn file(desk: &Desk, units: u32, as_of: &str) -> String {
    let file =
        desk.file().replacen("[[shop]]", "[[shop]]\nshortfalls = { owner = \"Lan\", within_hours = 6 }", 1);
    let file =
        file.replace("on_hand = 6", "on_hand = 0").replace("on_hand = 10", &format!("on_hand = {units}"));
    file.replacen("as_of = \"2026-11-21T17:00:00Z\"", &format!("as_of = \"{as_of}\""), 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_for_what_is_not_there_is_listed_until_goods_are_counted() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&file(&desk, 1, "2026-11-21T17:00:00Z")).await.unwrap();
    until("first count", async || house.stock("AO-M", "hn").await.on_hand == 1).await;
    assert_eq!(list(&desk, None, Language::En).await.unwrap(), "No shortfall.\n");
    assert_eq!(house.push_woo("order.updated", WOO_ORDER.as_bytes()).await, 200);
    until("the order", async || house.stock("AO-M", "hn").await.free < 0).await;
    let screen = list(&desk, Some(SHOP), Language::En).await.unwrap();
    println!("{screen}");
    let said = plain(&screen);
    for words in [
        "1 shortfall, 0 overdue",
        "demo · AO-M · hn: 1 units short (1 sold or held), since",
        "by order 11 (web)",
        "Owner: Lan, until 04:48:",
        "the order that hurts least: 11 (web)",
    ] {
        assert!(said.contains(words), "{words:?} is missing in\n{screen}");
    }
    let args = explain::Args {
        sku: "AO-M".to_owned(),
        shop: SHOP.to_owned(),
        channel: None,
        last: 8,
        place: desk.place(),
        lang: Language::En,
    };
    let explained = desk.heard(explain::report(&args, (desk.clock)()).await).unwrap();
    assert!(plain(&explained).contains("Owner: Lan, until 04:48:"), "{explained}");
    desk.later(3 * 3_600_000);
    let screen = list(&desk, None, Language::Vi).await.unwrap();
    let said = plain(&screen);
    for words in [
        "1 chỗ thiếu hàng, 1 quá hạn",
        "Người xử lý: Lan, hạn 04:48:",
        "QUÁ HẠN",
        "huỷ đơn ít thiệt nhất: đơn 11 (web)",
    ] {
        assert!(said.contains(words), "{words:?} is missing in\n{screen}");
    }
    desk.add(&file(&desk, 7, "2026-11-22T05:00:00Z")).await.unwrap();
    until("goods have come", async || house.stock("AO-M", "hn").await.free > 0).await;
    assert_eq!(list(&desk, None, Language::En).await.unwrap(), "No shortfall.\n");
    assert_eq!(list(&desk, None, Language::Vi).await.unwrap(), "Không thiếu hàng ở đâu.\n");
    let refused = list(&desk, Some("nobody"), Language::En).await.unwrap_err();
    assert!(refused.contains("shop nobody: is not here; shops here: demo"), "{refused}");
    house.stop().await;
}
