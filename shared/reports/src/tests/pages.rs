//! Each sample as a page, in both languages.

use super::wellformed::complaint;
use super::{pages, readable, samples};
use crate::sample::{busy_day, empty_day, quiet_day};
use crate::shop::{Drift, DriftClass, DriftDone};
use crate::{DRIFT_LINES_MAX, Language, csv, html, json, message};

#[test]
fn every_sample_is_a_whole_page_that_loads_and_runs_nothing() {
    for report in samples() {
        for page in pages(&report) {
            assert_eq!(complaint(&page), None, "{}", report.shop);
            for word in ["<script", "http://", "https://", "url(", "@import", "javascript:"] {
                assert!(!page.contains(word), "{}: {word}", report.shop);
            }
            assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
        }
    }
}

#[test]
fn both_languages_say_the_same_in_their_own_words() {
    let report = busy_day().unwrap();
    let [vi, en] = Language::ALL.map(|language| readable(&html(&report, language)));
    for word in [
        "Đối soát đơn hàng",
        "Lệch tồn",
        "Bán vượt tồn",
        "Hết hàng ảo",
        "Chờ người xử lý",
        "129.518.000\u{a0}₫",
    ] {
        assert!(vi.contains(word) && !en.contains(word), "{word}");
    }
    for word in ["Orders against the channels", "Drift", "Oversold", "Stranded stock", "129,518,000\u{a0}₫"]
    {
        assert!(en.contains(word) && !vi.contains(word), "{word}");
    }
    let sections = |page: &str| page.matches("<details class=\"part card\"").count();
    assert_eq!(sections(&html(&report, Language::Vi)), sections(&html(&report, Language::En)));
}

#[test]
fn the_sentence_of_a_quiet_day_reads_in_a_breath() {
    let text = message(&quiet_day().unwrap(), Language::Vi);
    assert_eq!(
        text,
        "🟢 Gốm Bát Tràng Nhà Lý\nHôm qua: 450 đơn, khớp 450/450 với các sàn, không bán vượt tồn. Không có việc cần làm."
    );
}

#[test]
fn what_was_not_measured_says_so_and_is_never_nought() {
    let report = empty_day().unwrap();
    let page = html(&report, Language::Vi);
    assert!(page.matches("chưa đo").count() >= 18, "{}", page.matches("chưa đo").count());
    assert!(!page.contains(">0<"), "a nought that nobody measured");
    assert!(page.contains("Cần xem") && !page.contains("Không có việc cần làm"));
    // One part that is measured stands beside those that are not.
    let mut report = report;
    report.oversells = Some(Vec::new());
    assert!(readable(&html(&report, Language::Vi)).contains("không bán vượt tồn"));
}

#[test]
fn a_day_is_named_as_people_name_it() {
    let mut report = quiet_day().unwrap();
    let mut check = |made_at: &str, zone: &str, begins: &str| {
        report.made_at = made_at.parse().unwrap();
        report.time_zone = zone.to_owned();
        let text = message(&report, Language::Vi);
        assert!(text.lines().nth(1).unwrap().starts_with(begins), "{made_at} {zone}: {text}");
    };
    check("2026-11-29T23:00:00Z", "Asia/Ho_Chi_Minh", "Hôm qua:");
    check("2026-11-29T16:59:00Z", "Asia/Ho_Chi_Minh", "Hôm nay, đến giờ:");
    check("2026-11-29T17:00:00Z", "Asia/Ho_Chi_Minh", "Hôm qua:");
    check("2026-12-02T00:00:00Z", "Asia/Ho_Chi_Minh", "Ngày 29/11/2026:");
    // An unknown zone is drawn as UTC, where this is still the same day.
    check("2026-11-29T17:00:00Z", "Asia/Nowhere", "Hôm nay, đến giờ:");
    assert!(html(&report, Language::Vi).contains("<bdi>UTC</bdi>"));
}

#[test]
fn five_thousand_lines_are_cut_and_counted_and_the_wrong_ones_stay() {
    let mut report = busy_day().unwrap();
    let check = report.drift.as_mut().unwrap();
    let healed = check.lines[0].clone();
    assert!(healed.done.is_healed());
    check.lines = vec![healed.clone(); 4_999];
    let product = "Còn sai".to_owned();
    check.lines.push(Drift {
        product,
        class: DriftClass::Unknown,
        done: DriftDone::LeftCauseUnknown,
        ..healed
    });
    let page = html(&report, Language::Vi);
    assert_eq!(complaint(&page), None);
    assert!(page.contains(&format!("Còn {} dòng nữa", "4.940")) && DRIFT_LINES_MAX == 60);
    assert!(page.contains("Còn sai"), "what is still wrong comes first");
    assert!(page.len() < 200_000, "{} bytes", page.len());
    let files = csv(&report);
    let drift = files.iter().find(|(name, _)| name == "drift.csv").unwrap();
    assert_eq!(drift.1.lines().count(), 5_001);
}

#[test]
fn a_report_reads_back_as_it_was_written() {
    for report in samples() {
        let text = json(&report).unwrap();
        assert_eq!(serde_json::from_str::<crate::shop::ShopReport>(&text).unwrap(), report);
    }
}
