//! What a shopkeeper reads of products, counts, numbers that came right, and of the cost of a day.

use super::wellformed::complaint;
use super::{pages, readable};
use crate::sample::{DAY, busy_day, quiet_day};
use crate::shop::{Cost, CostLine, CountedBy, LedgerGap, ShopReport};
use crate::{Language, Said, called_shortly, csv, html, message};
use commerce::ids::{LocationId, Sku};

/// The page as one line of words.
fn words(report: &ShopReport, language: Language) -> String {
    readable(&html(report, language)).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_product_is_told_by_code_and_name_and_never_by_its_name_alone() {
    let report = busy_day().unwrap();
    let page = words(&report, Language::Vi);
    for product in [
        "QUAN-LINEN-BE-L · Quần linen ống rộng, be, L",
        "AO-LINEN-TRANG-L · Áo linen cổ tàu, trắng, L 40128733:9914",
        "KHAN-LINEN-THEU · Khăn linen thêu tay",
        "VAY-2DAY-DEN-M · Váy linen hai dây, đen, M",
    ] {
        assert!(page.contains(product), "{product}: {page}");
    }
    let raw = html(&report, Language::Vi);
    let codes = raw.matches("class=\"product\"><bdi>").count();
    assert!(codes >= raw.matches("class=\"called\"").count() && codes > 15, "{codes}");
    let mut report = report;
    let short = &mut report.shortfalls.as_mut().unwrap()[0];
    short.product = short.sku.to_string();
    let page = words(&report, Language::Vi);
    assert!(!page.contains("QUAN-LINEN-BE-L · QUAN"), "a code without a name stands alone");
    let sku = Sku::new("TAT").unwrap();
    let gap = LedgerGap {
        sku: sku.clone(),
        location: LocationId::new("hn").unwrap(),
        first_missing: 2,
        missing: 1,
    };
    report.ledger.as_mut().unwrap().gaps.push(gap);
    report.product_names.insert(sku, "Tất len".to_owned());
    assert!(words(&report, Language::En).contains("TAT · Tất len"));
    assert!(
        csv(&report).iter().any(|(name, text)| name == "ledger.csv" && text.contains("gap,TAT,Tất len,hn"))
    );
}

#[test]
fn a_long_or_hostile_name_leaves_the_code_whole() {
    assert_eq!(called_shortly("AO-M", "Áo thun"), "AO-M · Áo thun");
    assert_eq!(called_shortly("AO-M", "AO-M"), "AO-M");
    assert_eq!(called_shortly("AO-M", " \u{202e}\u{200f} "), "AO-M");
    assert_eq!(called_shortly("AO-M", "\u{202e}gnp.oá"), "AO-M · gnp.oá");
    let long = called_shortly("AO-M", &"Áo thun nam nữ cổ tròn ".repeat(9));
    assert!(
        long.starts_with("AO-M · Áo thun nam") && long.ends_with('…') && long.chars().count() == 48,
        "{long}"
    );
    let mut report = busy_day().unwrap();
    for hostile in ["</span><script>alert(1)</script>", "\" onload=\"x", "\u{202e}<b>\n\u{0}"] {
        for short in report.shortfalls.iter_mut().flatten() {
            short.product = hostile.repeat(9);
        }
        for page in pages(&report) {
            assert_eq!(complaint(&page), None, "{hostile:?}");
            assert!(page.contains("QUAN-LINEN-BE-L"), "{hostile:?}");
        }
        for language in Language::ALL {
            let text = message(&report, language);
            assert!(text.contains("QUAN-LINEN-BE-L · ") && !text.contains('\u{202e}'), "{text}");
        }
    }
}

#[test]
fn each_count_that_differed_is_told_with_the_sum() {
    let report = busy_day().unwrap();
    let check = report.counts.as_ref().unwrap();
    let differences: Vec<i64> = check.lines.iter().map(crate::shop::CountLine::difference).collect();
    assert_eq!((differences, check.more(), check.fewer(), check.net()), (vec![-3, 1, -1], 1, 4, -3));
    let [vi, en] = Language::ALL.map(|language| words(&report, language));
    assert!(vi.contains("TUI-LINEN · Túi linen Sài Gòn – Quận 3 đếm tay 08:40 29/11 31 34 −3"), "{vi}");
    assert!(vi.contains("thừa 1, thiếu 4, cộng lại −3") && vi.contains("58 mã đếm khớp sổ."));
    assert!(
        en.contains("by hand 08:40 29/11 12 11 +1") && en.contains("1 more, 4 fewer, −3 together"),
        "{en}"
    );
    assert!(en.contains("2 sold, with a later receipt, taken off"), "{en}");
    assert!(matches!(check.lines[2].by, CountedBy::Till { .. }));
    let quiet = words(&quiet_day().unwrap(), Language::En);
    assert!(quiet.contains("No count differed from the book. 12 products agreed with the book."), "{quiet}");
}

#[test]
fn what_came_right_is_told_with_how_long_it_took() {
    let [vi, en] = Language::ALL.map(|language| words(&busy_day().unwrap(), language));
    assert!(vi.contains("Đã đúng lại"), "{vi}");
    assert!(vi.contains("sàn không nhận số 06:00 29/11 06:02 29/11 nhiều nhất 2 phút"), "{vi}");
    assert!(en.contains("06:00 29/11 00:03 30/11 within 18 h 3 min"), "{en}");
    assert!(en.contains("left until the campaign is over wrong since 06:00 28/11"), "{en}");
    let mut report = quiet_day().unwrap();
    report.drift.as_mut().unwrap().came_right = busy_day().unwrap().drift.unwrap().came_right;
    assert!(words(&report, Language::En).contains("2 listings came right"));
    assert_eq!(
        crate::summary::Summary::of(&report).drift_found,
        Some(0),
        "what came right is no drift any more"
    );
}

#[test]
fn a_cost_that_is_only_a_part_says_so_and_a_machine_of_ones_own_has_no_bill() {
    let part = |is_billed: bool| Cost {
        prices_of: DAY,
        price_list: "AWS".to_owned(),
        orders: 100,
        lines: vec![CostLine {
            what: Said::new("ghi", "writes"),
            how: Some(Said::new("2 × 400", "2 × 400")),
            units: 800,
            price_nano_usd_per_million: 712_500_000,
        }],
        left_out: Some(Said::new("các lần đọc", "reads")),
        is_billed,
    };
    let mut report = quiet_day().unwrap();
    report.cost = Some(part(true));
    let en = words(&report, Language::En);
    assert!(en.contains("the counted part") && en.contains("Left out: reads."), "{en}");
    assert!(en.contains("writes 2 × 400 800") && en.contains("at least 0.0057 US$"), "{en}");
    assert!(!en.contains("there is no bill"));
    report.cost = Some(part(false));
    let vi = words(&report, Language::Vi);
    assert!(vi.contains("không có hoá đơn") && vi.contains("Chưa tính: các lần đọc."), "{vi}");
}

#[test]
fn a_report_of_an_earlier_version_still_reads() {
    let mut old = serde_json::to_value(busy_day().unwrap()).unwrap();
    let fields = old.as_object_mut().unwrap();
    assert!(fields.remove("counts").is_some() && fields.remove("product_names").is_some());
    let drift = old["drift"].as_object_mut().unwrap();
    assert!(drift.remove("came_right").is_some());
    for line in drift["lines"].as_array_mut().unwrap() {
        assert!(line.as_object_mut().unwrap().remove("skus").is_some());
        line.as_object_mut().unwrap().remove("since");
    }
    let report: ShopReport = serde_json::from_value(old).unwrap();
    assert_eq!((report.counts.as_ref(), report.drift.as_ref().unwrap().came_right.as_ref()), (None, None));
    assert!(words(&report, Language::Vi).contains("Chân váy linen, nâu, M 40128733:9920"));
}
