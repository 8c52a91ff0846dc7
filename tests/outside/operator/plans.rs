//! Another share rule is tried on a shop's own ledger, beside a running machine that it leaves alone.

use super::{Desk, until};
use hopkenh::demo::texts::Language;
use hopkenh::plan::{self, Args, LAG_SECONDS};
use hopkenh_tests::fake_channels::WOO_ORDER;
use hopkenh_tests::house::SHOP;
use serde_json::Value;

async fn plan(desk: &Desk, rule: &str, lang: Language) -> Result<(String, Value), String> {
    let (file, json) = (desk.folder().join("rule.toml"), desk.folder().join("plan.json"));
    std::fs::write(&file, rule).unwrap();
    let args = Args {
        shop: SHOP.to_owned(),
        rule: file,
        lag_seconds: LAG_SECONDS,
        place: desk.place(),
        lang,
        json: Some(json.clone()),
    };
    let screen = desk.heard(plan::report(&args).await)?;
    let figures = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    Ok((screen, figures))
}

/// Spaces do not count, and no row is wider than a screen.
fn plain(screen: &str) -> String {
    let wide: Vec<&str> = screen.lines().filter(|line| line.chars().count() > 120).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

const NOTHING_FOR_THE_WEBSITE: &str =
    "[[connection]]\nid = \"web\"\nsharing = \"cover\"\nshare = { max = 0 }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_another_rule_would_have_refused_is_named() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&desk.file()).await.unwrap();
    until("first counts", async || house.stock("AO-M", "hn").await.on_hand == 10).await;
    assert_eq!(house.push_woo("order.updated", WOO_ORDER.as_bytes()).await, 200);
    until("the order", async || house.stock("AO-M", "hn").await.committed == 2).await;
    let archived = async || {
        let told = plan(&desk, NOTHING_FOR_THE_WEBSITE, Language::En).await.unwrap();
        told.1["today"]["wanted_units"] == 2
    };
    until("the ledger's line", archived).await;
    let before = desk.files();
    let (screen, figures) = plan(&desk, NOTHING_FOR_THE_WEBSITE, Language::En).await.unwrap();
    println!("{screen}");
    let said = plain(&screen);
    for words in [
        "AO-M 2 0 0 0 0 2 0 16 0 → 1",
        "Total 2 0 0 0 0 2 0 16 0 → 1",
        "Oversells: the same.",
        "Orders that would have moved: 1 orders, 2 units: web 1",
        "Orders that only today's rules refuse: 0 orders",
        "Shared pool: buffer = lag × velocity; lag 5 s",
        "AO-M 2 2 1",
        "Buyers who found a channel sold out left no line",
    ] {
        assert!(said.contains(words), "{words:?} is missing in\n{screen}");
    }
    assert_eq!(figures["rule"]["refused_units"], 2);
    assert_eq!(figures["refused_by_rule_alone"][0]["connection"], "web");
    assert_eq!(figures["ledger_lines_missing"], 0);
    let (screen, _) = plan(&desk, NOTHING_FOR_THE_WEBSITE, Language::Vi).await.unwrap();
    assert!(
        plain(&screen).contains("Đơn sẽ không mua được trên kênh của nó: 1 đơn, 2 món: web 1"),
        "{screen}"
    );
    assert_eq!(desk.files(), before, "asking changes nothing");
    house.stop().await;
}

#[tokio::test]
async fn a_rule_that_cannot_be_read_is_refused_by_its_field() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let refused = async |rule: &str| plan(&desk, rule, Language::En).await.unwrap_err();
    assert!(refused("shareing = \"pool\"").await.contains("unknown field `shareing`"));
    assert!(refused("[[connection]]\nid = \"lazada\"").await.contains("the shop has shopee-main, till, web"));
    assert!(refused("[[location]]\nid = \"hn\"").await.contains("walk_in_reserve"));
    let (screen, figures) = plan(&desk, "sharing = \"cover\"", Language::En).await.unwrap();
    assert!(screen.contains("nothing is in the ledger yet"), "{screen}");
    assert_eq!(figures["ledger_lines"], 0);
}
