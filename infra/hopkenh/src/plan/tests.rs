//! A plan's screen in both languages, from a made-up ledger with a gap in it.

use super::ledger::{Ledger, ordered};
use super::{LAG_SECONDS, Told, compare, json, text};
use crate::demo::texts::Language;
use commerce::catalogue::Shop;
use commerce::ids::{ConnectionId, LocationId, Sku};
use commerce::stock::{Cause, Movement, StockDelta, StockKey};
use lambda_kit::{rule_file, shops_file};
use std::collections::BTreeMap;

const SHOP: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng Mẫu"
[[shop.location]]
id = "hn"
name = "Hà Nội"
[[shop.connection]]
id = "mall"
channel = "shopee"
serves_from = ["hn"]
sharing = "pool"
listing = [{ id = "1:0", sku = "AO-M" }]
[[shop.connection]]
id = "web"
channel = "woocommerce"
serves_from = ["hn"]
sharing = "pool"
listing = [{ id = "10:0", sku = "AO-M" }]
"#;

fn shop() -> Shop {
    let file = shops_file::parse(SHOP).unwrap();
    file.catalogue.shops.values().next().unwrap().as_ref().clone()
}

fn balance() -> StockKey {
    StockKey { sku: Sku::new("AO-M").unwrap(), location: LocationId::new("hn").unwrap() }
}

fn counted(units: i64, at_ms: i64) -> Movement {
    let delta = StockDelta { on_hand: units, ..StockDelta::default() };
    Movement { cause: Cause::Document { document: format!("count {at_ms}") }, at_ms, delta }
}

fn sold(place: &str, units: i64, at_ms: i64) -> Movement {
    let connection = ConnectionId::new(place).unwrap();
    let delta = StockDelta { committed: units, ..StockDelta::default() };
    Movement { cause: Cause::Order { connection, order: format!("{place}-{at_ms}"), by: None }, at_ms, delta }
}

/// Two buyers of the last unit within two seconds, and a gap of two versions after them.
fn ledger() -> Ledger {
    let lines = [
        (1, counted(1, 1_000_000)),
        (2, sold("mall", 1, 2_000_000)),
        (3, sold("web", 1, 2_002_000)),
        (6, counted(2, 9_000_000)),
    ];
    ordered(lines.into_iter().map(|(version, movement)| ((balance(), version), vec![movement])).collect())
}

fn told(rule: &str) -> Told {
    let changed = rule_file::apply(&shop(), rule).unwrap();
    compare(shop(), &changed, ledger(), i64::from(LAG_SECONDS) * 1_000)
}

/// Spaces do not count.
fn has(screen: &str, words: &str) {
    let plain = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains(words), "{words:?} is missing in\n{screen}");
}

#[test]
fn the_ledger_is_read_in_order_and_says_what_is_missing() {
    let ledger = ledger();
    assert_eq!((ledger.lines, ledger.missing), (4, 2));
    let times: Vec<i64> = ledger.moves.iter().map(|(_, movement)| movement.at_ms).collect();
    assert_eq!(times, [1_000_000, 2_000_000, 2_002_000, 9_000_000]);
    assert_eq!(ordered(BTreeMap::new()), Ledger::default());
    let second_alone = [((balance(), 2), vec![counted(1, 1)])].into();
    assert_eq!(ordered(second_alone).missing, 1, "the first line counts too");
}

#[test]
fn both_rules_stand_side_by_side_in_both_languages() {
    let told = told("sharing = \"cover\"");
    let [en, vi] = [Language::En, Language::Vi].map(|language| text::text(&told, language));
    has(&en, "4 ledger lines played again, 1970-01-01 00:16 to 1970-01-01 02:30 (UTC)");
    has(&en, "! 2 lines are missing in the archive");
    // Wanted 2, oversold really 1, today 1, under the rule 0; refused 0 and 1; unsold 0 and 0.
    has(&en, "AO-M 2 1 1 0 0 1 0 0 1 → 1");
    has(&en, "Oversells avoided: 1 units.");
    has(&en, "Orders that would have moved: 1 orders, 1 units: web 1");
    has(&en, "AO-M 2 2 1");
    has(&vi, "Tránh được bán vượt tồn: 1 đơn vị.");
    has(&vi, "Tổng 2 1 1 0 0 1 0 0");
    has(&vi, "Kho chung: số nên giữ lại = độ trễ × tốc độ bán; độ trễ 5 giây");
    for screen in [&en, &vi] {
        let wide = screen.lines().find(|line| line.chars().count() > 120);
        assert!(wide.is_none(), "{wide:?}");
    }
}

#[test]
fn the_machine_reads_the_same_figures() {
    let figures = json::figures(&told("sharing = \"cover\""));
    assert_eq!(figures["products"][0]["sku"], "AO-M");
    assert_eq!(figures["oversold_units_really"], 1);
    assert_eq!(figures["today"]["oversold_units"], 1);
    assert_eq!(figures["rule"]["refused_orders"], 1);
    assert_eq!(figures["refused_by_rule_alone"][0]["listing_units"], 1);
    assert_eq!(figures["pooled"][0]["buffer_units"], 1);
    assert_eq!(figures["ledger_lines_missing"], 2);
}

#[test]
fn a_rule_that_is_worse_says_so() {
    let mut told = told("sharing = \"cover\"");
    std::mem::swap(&mut told.today, &mut told.rule);
    has(&text::text(&told, Language::En), "More oversells: 1 units.");
    has(&text::text(&told, Language::En), "Orders that only today's rules refuse: 1 orders, 1 units: web 1");
}
