//! Every number that stands above is the number that stands below, recomputed here from the written report.

use super::readable;
use crate::sample::{busy_day, quiet_day};
use crate::shop::{
    Compared, Cost, CostLine, DaysOfCover, Difference, Done, Found, MoveInputs, ReorderInputs, Total, Verdict,
};
use crate::summary::{Light, Summary};
use crate::{Language, Said, html};
use commerce::ids::{OrderId, Sku};
use commerce::money::{Currency, Money};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Adds up from the written report, by field names alone.
struct Auditor(Value);

impl Auditor {
    fn list(&self, path: &str) -> Vec<Value> {
        self.0.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default()
    }

    fn sum(&self, list: &str, field: &str) -> u64 {
        self.list(list).iter().filter_map(|line| line.pointer(field)?.as_u64()).sum()
    }

    fn orders(&self) -> u64 {
        let one = |day: &Value| day.pointer("/proof/ours/orders").or(day.pointer("/sales/orders"))?.as_u64();
        self.list("/connections").iter().filter_map(one).sum()
    }
}

fn agrees(report: &crate::shop::ShopReport) {
    let auditor = Auditor(serde_json::to_value(report).unwrap());
    let summary = Summary::of(report);
    assert_eq!(summary.orders, Some(auditor.orders()));
    assert_eq!(summary.listed, Some(auditor.sum("/connections", "/proof/theirs/orders")));
    assert_eq!(summary.same, Some(auditor.sum("/connections", "/proof/same")));
    assert_eq!(summary.cancels, Some(auditor.sum("/connections", "/sales/cancels")));
    assert_eq!(summary.returns, Some(auditor.sum("/connections", "/sales/returns")));
    assert_eq!(summary.oversold_units, Some(auditor.sum("/oversells", "/units")));
    assert_eq!(summary.short_units, Some(auditor.sum("/shortfalls", "/units")));
    assert_eq!(summary.parked, Some(auditor.sum("/parked", "/items")));
    let drift = auditor.list("/drift/lines");
    let healed = drift.iter().filter(|line| ["lowered", "raised"].iter().any(|word| line["done"] == *word));
    assert_eq!(summary.drift_found, Some(drift.len() as u64));
    assert_eq!(summary.drift_healed, Some(healed.count() as u64));
    let revenue: u64 = auditor.sum("/connections", "/sales/revenue/amount_minor");
    assert_eq!(summary.revenue, [Money::from_minor(i64::try_from(revenue).unwrap(), Currency::VND)]);
    drawn(report, &summary);
}

#[test]
fn the_stock_is_what_is_there_less_what_is_promised() {
    let report = busy_day().unwrap();
    assert_eq!(report.stock.unwrap().free(), 12_480 - 318 - 14 - 9_205);
    let page = readable(&html(&report, Language::Vi));
    for word in ["Tồn kho", "Đã bán chưa giao", "Đã giữ", "12.480", "318", "9.205", "2.943"] {
        assert!(page.contains(word), "{word}");
    }
    let summary = &crate::csv(&report)[0].1;
    assert!(
        summary.contains("stock_on_hand,12480\r\n") && summary.contains("stock_free,2943\r\n"),
        "{summary}"
    );
}

/// The same numbers can be read on the page.
fn drawn(report: &crate::shop::ShopReport, summary: &Summary) {
    let page = readable(&html(report, Language::En));
    let whole = |number: Option<u64>| crate::numbers::whole(number.unwrap(), Language::En);
    assert!(page.contains(&format!("{} orders, ", whole(summary.orders))));
    assert!(page.contains(&format!("{}/{}", whole(summary.same), whole(summary.listed))));
    assert!(page.contains(&crate::numbers::money(summary.revenue[0], Language::En)));
    match summary.oversold_units.unwrap() {
        0 => assert!(page.contains("nothing oversold")),
        1 => assert!(page.contains("1 unit oversold")),
        _ => assert!(page.contains(&format!("{} units oversold", whole(summary.oversold_units)))),
    }
    let tasks = page.matches("To do").count();
    assert_eq!(tasks > 0, summary.to_do > 0);
}

#[test]
fn the_samples_add_up() {
    agrees(&busy_day().unwrap());
    agrees(&quiet_day().unwrap());
}

#[test]
fn the_hours_of_the_sample_add_up_to_its_day() {
    let auditor = Auditor(serde_json::to_value(busy_day().unwrap()).unwrap());
    let hours: u64 =
        (0..6).map(|day| auditor.sum(&format!("/connections/{day}/hours"), "/ours/orders")).sum();
    assert_eq!(hours, auditor.orders());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_numbers_the_summary_is_their_sum(
        orders in prop::collection::vec(0_u64..5_000, 5),
        units in prop::collection::vec(1_u64..2_000, 0..4),
        items in prop::collection::vec(1_u64..3_000, 0..4),
    ) {
        let mut report = busy_day().unwrap();
        let short = report.oversells.clone().unwrap().remove(0);
        report.oversells =
            Some(units.iter().map(|units| crate::shop::Short { units: *units, ..short.clone() }).collect());
        let group = report.parked.clone().unwrap().remove(0);
        report.parked =
            Some(items.iter().map(|items| crate::shop::ParkedGroup { items: *items, ..group.clone() }).collect());
        for (day, orders) in report.connections.iter_mut().zip(&orders) {
            if let crate::shop::Proof::Compared(compared) = &mut day.proof {
                *compared = plain(*orders, *orders, *orders);
            }
        }
        agrees(&report);
    }
}

fn total(orders: u64) -> Total {
    Total { orders, money: None }
}

fn plain(theirs: u64, ours: u64, same: u64) -> Compared {
    Compared {
        theirs: total(theirs),
        ours_found: total(ours),
        ours: total(ours),
        same,
        differences: Vec::new(),
    }
}

fn difference(found: Found, done: Done) -> Difference {
    Difference { hour: Some(crate::sample::at(9, 0)), order: OrderId::new("1").unwrap(), found, done }
}

#[test]
fn a_comparison_is_only_the_same_when_it_is() {
    let said = || Said::new("vì", "because");
    let money = || Found::MoneyDiffers { theirs: vnd(1), ours: vnd(2) };
    let explained = || Done::Explained { why: said() };
    let parked = || Done::Parked { advice: said() };
    let check = |mut compared: Compared, differences: Vec<Difference>, verdict: Verdict, unexplained: u64| {
        compared.differences = differences;
        assert_eq!((compared.verdict(), compared.unexplained()), (verdict, unexplained), "{compared:?}");
    };
    check(plain(412, 412, 412), vec![], Verdict::Same, 0);
    check(plain(0, 0, 0), vec![], Verdict::Same, 0);
    check(plain(412, 411, 411), vec![], Verdict::Differs, 1);
    // As many on both sides, and yet not the same orders.
    check(plain(412, 412, 411), vec![], Verdict::Differs, 2);
    check(plain(9, 9, 9), vec![difference(Found::MissingHere, Done::Recorded)], Verdict::Same, 0);
    check(plain(9, 8, 8), vec![difference(Found::MissingHere, Done::Fetched)], Verdict::Differs, 1);
    check(plain(8, 9, 8), vec![difference(Found::MissingThere, explained())], Verdict::Explained, 0);
    check(plain(8, 10, 8), vec![difference(Found::MissingThere, explained())], Verdict::Differs, 1);
    check(plain(9, 9, 8), vec![difference(money(), explained())], Verdict::Explained, 0);
    check(plain(9, 9, 8), vec![difference(money(), parked())], Verdict::Differs, 1);
}

#[test]
fn sums_of_money_that_differ_are_not_the_same() {
    let mut compared = plain(9, 9, 9);
    compared.theirs.money = Some(vnd(100));
    assert_eq!(compared.verdict(), Verdict::Same, "only one side names money");
    compared.ours.money = Some(vnd(99));
    assert_eq!(compared.verdict(), Verdict::Differs);
}

fn vnd(amount: i64) -> Money {
    Money::from_minor(amount, Currency::VND)
}

#[test]
fn the_light_is_green_only_when_all_was_looked_at() {
    let quiet = quiet_day().unwrap();
    assert_eq!(Summary::of(&quiet).light, Light::Green);
    let check = |field: &str, value: Value, light: Light| {
        let mut report = serde_json::to_value(&quiet).unwrap();
        report[field] = value;
        let report = serde_json::from_value(report).unwrap();
        assert_eq!(Summary::of(&report).light, light, "{field}");
    };
    let busy = serde_json::to_value(busy_day().unwrap()).unwrap();
    for field in ["oversells", "shortfalls", "drift", "ledger", "parked"] {
        check(field, Value::Null, Light::Yellow);
    }
    check("shortfalls", busy["shortfalls"].clone(), Light::Red);
    check("parked", busy["parked"].clone(), Light::Yellow);
    check("stranded", busy["stranded"].clone(), Light::Yellow);
    check("drift", busy["drift"].clone(), Light::Yellow);
    let gap = json!({"balances": 9, "gaps": [{"sku": "A", "location": "hn", "first_missing": 4, "missing": 1}], "wrong_folds": []});
    check("ledger", gap, Light::Red);
    check("oversells", busy["oversells"].clone(), Light::Red);
}

#[test]
fn what_to_buy_to_move_and_to_pay_is_worked_out_in_whole_numbers() {
    let inputs = ReorderInputs {
        sold: 61,
        window_days: 14,
        lead_days: 5,
        target_days: 21,
        units_now: 4,
        on_the_way: 40,
    };
    assert_eq!(inputs.units(), 70, "61 × 26 ÷ 14 = 113.3, so 114 less 44");
    assert_eq!(ReorderInputs { units_now: 500, ..inputs }.units(), 0);
    let moved = MoveInputs {
        window_days: 14,
        target_days: 10,
        from_units: 26,
        from_sold: 9,
        to_units: 1,
        to_sold: 18,
    };
    assert_eq!(moved.units(), 12, "13 − 1 are lacking, 26 − 7 can be spared");
    assert_eq!(MoveInputs { from_units: 10, ..moved }.units(), 3);
    let lasts = |units, sold| DaysOfCover::new(Sku::new("A").unwrap(), "A", units, sold, 14).days_left_tenths;
    assert_eq!((lasts(4, 61), lasts(0, 3), lasts(9, 0)), (Some(9), Some(0), None));
    let what = Said::new("ghi", "writes");
    let line = CostLine { what, how: None, units: 3_290, price_nano_usd_per_million: 712_500_000 };
    let cost = Cost {
        prices_of: crate::sample::DAY,
        price_list: "x".to_owned(),
        orders: 470,
        lines: vec![line],
        left_out: None,
        is_billed: true,
    };
    assert_eq!(cost.nano_usd(), 2_344_125);
    assert_eq!(cost.nano_usd_per_thousand_orders(), Some(4_987_500));
    assert_eq!(Cost { orders: 0, ..cost }.nano_usd_per_thousand_orders(), None);
}
