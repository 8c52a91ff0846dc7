//! Texts of others that would do harm: they are shown as text, in the page, in the tables and in the message.

use super::files::cells;
use super::wellformed::complaint;
use super::{pages, readable};
use crate::sample::{busy_day, operator_page};
use crate::shop::ShopReport;
use crate::{Language, MESSAGE_LETTERS_MAX, csv, html, message, operator_html};
use proptest::prelude::*;
use serde_json::Value;

const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'); DROP TABLE orders; --",
    "</style></title><h1>",
    "=HYPERLINK(\"http://x\")",
    "  +1+1|' /C calc'!A0",
    "-2+3, \"quoted\"",
    "@SUM(1;2)",
    "\u{202e}gnp.oá\u{2066}\u{200f}",
];

/// Fields that hold words of others; everything else is a number, a code of ours or a slug.
const FIELDS: [&str; 16] = [
    "name",
    "product",
    "owner",
    "vi",
    "en",
    "file",
    "what",
    "price_list",
    "sku",
    "listing",
    "order",
    "code",
    "field",
    "time_zone",
    "hn-cau-giay",
    "sg-quan-3",
];

/// The busy day with these words in every such field.
fn hostile(words: &str) -> ShopReport {
    let mut report = serde_json::to_value(busy_day().unwrap()).unwrap();
    replace(&mut report, words);
    serde_json::from_value(report).unwrap()
}

fn replace(value: &mut Value, words: &str) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::String(text) if FIELDS.contains(&name.as_str()) => words.clone_into(text),
                    inner => replace(inner, words),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|inner| replace(inner, words)),
        _ => {}
    }
}

fn check(words: &str) {
    let report = hostile(words);
    for page in pages(&report) {
        assert_eq!(complaint(&page), None, "{words:?}");
        assert!(!page.contains(turning), "{words:?}: a mark that turns the writing");
    }
    for (file, text) in csv(&report) {
        check_file(&file, &text, words);
    }
    for language in Language::ALL {
        let text = message(&report, language);
        assert!(text.chars().count() <= MESSAGE_LETTERS_MAX && !text.contains(turning), "{words:?}: {text}");
    }
}

fn turning(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn check_file(file: &str, text: &str, words: &str) {
    let rows = cells(text);
    let width = rows[0].len();
    for row in &rows {
        assert_eq!(row.len(), width, "{file} {words:?}: {row:?}");
        for cell in row {
            let number = cell.parse::<i128>().is_ok();
            let begins = cell.trim_start().chars().next();
            assert!(number || begins.is_none_or(|letter| !"=+-@".contains(letter)), "{file}: {cell:?}");
        }
    }
}

#[test]
fn known_attacks_stay_text() {
    for words in HOSTILE {
        check(words);
    }
}

#[test]
fn what_is_escaped_can_still_be_read() {
    let page = html(&hostile("<b>5 > 3 & \"x\"</b>"), Language::Vi);
    assert!(readable(&page).contains("<b>5 > 3 & \"x\"</b>"));
}

#[test]
fn long_texts_are_cut_on_the_page_and_kept_in_the_files() {
    let mut report = busy_day().unwrap();
    let long = "dài ".repeat(500);
    report.drift.as_mut().unwrap().lines[0].product.clone_from(&long);
    assert!(!html(&report, Language::Vi).contains(&"dài ".repeat(60)));
    assert!(csv(&report).iter().any(|(_, text)| text.contains(&long)));
    report.name = long;
    assert!(message(&report, Language::Vi).chars().count() <= MESSAGE_LETTERS_MAX);
}

#[test]
fn an_operators_page_follows_no_link_that_runs() {
    let check = |link: &str, linked: bool| {
        let mut page = operator_page().unwrap();
        page.shops.truncate(1);
        page.shops[0].link = Some(link.to_owned());
        let drawn = operator_html(&page, Language::En);
        assert_eq!(complaint(&drawn), None, "{link}");
        assert_eq!(drawn.contains("<a href"), linked, "{link}");
    };
    check("moc-lan/2026-11-29.html", true);
    check("/reports/moc-lan.html?until=10:00", true);
    check("https://reports.example/moc-lan?a=1&b=\"2\"", true);
    check("javascript:alert(1)", false);
    check("JavaScript:alert(1)", false);
    check("\tjavascript:alert(1)", false);
    check("data:text/html,x", false);
    check("http://reports.example/", false);
    check("//reports.example/", false);
    check("\\\\reports.example", false);
    check("", false);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_words_break_a_page_a_table_or_a_message(words in "[<>\"'&=+@;,|a\\- \u{202e}\u{200f}ạ]{1,40}") {
        check(&words);
    }
}
