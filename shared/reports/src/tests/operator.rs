//! All shops, worst first.

use super::wellformed::complaint;
use crate::operator::{OperatorPage, ShopLine, worst_first};
use crate::sample::{busy_day, empty_day, operator_page};
use crate::{Language, operator_html};
use commerce::ids::ShopId;
use proptest::prelude::*;

fn line(shop: &str, troubles: [Option<u64>; 7]) -> ShopLine {
    let [
        oversold_units,
        orders_unexplained,
        shortfalls_late,
        drift_left,
        logins_lost,
        parked,
        oldest_stale_ms,
    ] = troubles;
    ShopLine {
        oversold_units,
        orders_unexplained,
        shortfalls_late,
        drift_left,
        logins_lost,
        parked,
        oldest_stale_ms,
        ..ShopLine::without_report(ShopId::new(shop).unwrap(), shop)
    }
}

fn order_of(shops: Vec<ShopLine>) -> String {
    let page = OperatorPage { made_at: crate::sample::at(30, 0), time_zone: "UTC".to_owned(), shops };
    worst_first(&page).iter().map(|line| line.shop.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_gravest_trouble_decides_and_the_unknown_is_worse_than_the_good() {
    let well = Some(0);
    let one = |place: usize, number: u64| {
        let mut troubles = [well; 7];
        troubles[place] = Some(number);
        troubles
    };
    let shops = vec![
        line("well", [well; 7]),
        line("no-report", [None; 7]),
        line("stale", one(6, 900_000)),
        line("parked", one(5, 900)),
        line("login", one(4, 1)),
        line("drift", one(3, 7)),
        line("late", one(2, 1)),
        line("missing", one(1, 1)),
        line("oversold-1", one(0, 1)),
        line("oversold-2", one(0, 2)),
        line("a-well", [well; 7]),
    ];
    let expected = "oversold-2 oversold-1 missing late drift login parked stale no-report a-well well";
    assert_eq!(order_of(shops), expected);
}

#[test]
fn a_shops_line_says_what_its_report_says() {
    let line = ShopLine::of(&busy_day().unwrap(), None);
    assert_eq!(line.troubles(), [Some(1), Some(1), Some(1), Some(3), Some(0), Some(4), Some(4_740_000)]);
    assert_eq!(line.orders, Some(470));
    assert_eq!(ShopLine::of(&empty_day().unwrap(), None).troubles(), [None; 7]);
}

#[test]
fn the_page_is_whole_in_both_languages_and_without_shops() {
    let mut page = operator_page().unwrap();
    for language in Language::ALL {
        let drawn = operator_html(&page, language);
        assert_eq!(complaint(&drawn), None);
        assert!(drawn.find("Mộc Lan").unwrap() < drawn.find("Thế Giới").unwrap());
        assert!(drawn.contains("href=\"moc-lan/2026-11-29.html\""));
    }
    page.shops.clear();
    assert!(operator_html(&page, Language::Vi).contains("Chưa có cửa hàng nào."));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn more_trouble_of_any_kind_never_helps(
        troubles in prop::array::uniform7(prop::option::of(0_u64..3)),
        place in 0_usize..7,
    ) {
        let mut worse = troubles;
        worse[place] = Some(worse[place].unwrap_or(0) + 1);
        prop_assert!(line("worse", worse).trouble() > line("before", troubles).trouble());
    }
}
