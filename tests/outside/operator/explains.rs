//! A product's number is explained beside a running machine: the sum, its listings, and the order that changed it.

use super::{Desk, until};
use hopkenh::demo::texts::Language;
use hopkenh::explain::{self, Args};
use hopkenh_tests::fake_channels::WOO_ORDER;
use hopkenh_tests::house::SHOP;

fn asked(desk: &Desk, sku: &str, channel: Option<&str>, lang: Language) -> Args {
    let (sku, shop, place) = (sku.to_owned(), SHOP.to_owned(), desk.place());
    Args { sku, shop, channel: channel.map(str::to_owned), last: 20, place, lang }
}

async fn explain(desk: &Desk, args: &Args) -> Result<String, String> {
    desk.heard(explain::report(args, (desk.clock)()).await)
}

/// Spaces do not count, and no row is wider than a screen.
fn plain(screen: &str) -> String {
    let wide: Vec<&str> = screen.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_on_the_website_is_found_in_the_number_it_changed() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&desk.file()).await.unwrap();
    until("first counts", async || {
        let counted = [house.stock("AO-M", "hn").await, house.stock("AO-M", "hcm").await];
        counted.map(|stock| stock.on_hand) == [10, 6]
    })
    .await;
    assert_eq!(house.push_woo("order.updated", WOO_ORDER.as_bytes()).await, 200);
    let english = asked(&desk, "AO-M", None, Language::En);
    until("the order", async || explain(&desk, &english).await.unwrap().contains("order 11 (web)")).await;
    let screen = explain(&desk, &english).await.unwrap();
    println!("{screen}");
    let said = plain(&screen);
    for words in ["How many, and why hn hcm on hand 10 6", "order 11 (web)", "count", "10:0"] {
        assert!(said.contains(words), "{words:?} is missing in\n{screen}");
    }
    let screen = explain(&desk, &asked(&desk, "AO-M", Some("woocommerce"), Language::Vi)).await.unwrap();
    println!("{screen}");
    let said = plain(&screen);
    for words in
        ["tồn kho 10 6", "đã bán chưa giao", "web · woocommerce · 10:0", "đơn 11 (web)", "Đối soát đơn"]
    {
        assert!(said.contains(words), "{words:?} is missing in\n{screen}");
    }
    assert!(!said.contains("shopee-main · shopee"), "{screen}");
    house.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_what_is() {
    let desk = Desk::new();
    let nowhere = explain(&desk, &asked(&desk, "AO-M", None, Language::En)).await;
    assert!(nowhere.is_err() && !desk.data().exists(), "asking makes no folder: {nowhere:?}");
    desk.add(&desk.file()).await.unwrap();
    let refused = explain(&desk, &asked(&desk, "A0-M", None, Language::En)).await.unwrap_err();
    assert!(refused.contains("near: AO-M"), "{refused}");
    let refused = explain(&desk, &asked(&desk, "AO-M", Some("lazada"), Language::En)).await.unwrap_err();
    assert!(refused.contains("it has shopee-main (shopee), till (kiotviet), web (woocommerce)"), "{refused}");
    let screen = explain(&desk, &asked(&desk, "AO-M", None, Language::En)).await.unwrap();
    assert!(plain(&screen).contains("hcm: nothing was ever counted there."), "{screen}");
}
