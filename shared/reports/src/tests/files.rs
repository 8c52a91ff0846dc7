//! The tables for a spreadsheet: whole, documented, and with every line.

use super::samples;
use crate::sample::busy_day;
use crate::{COLUMNS, csv};

/// The cells of a table, by a reader of its own that knows only quotes, commas and line ends.
pub(super) fn cells(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap();
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.push(letters.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(letters.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    assert!(!quoted && row.is_empty() && cell.is_empty(), "the table ends in the middle of a row");
    rows
}

#[test]
fn every_file_has_the_columns_that_are_documented() {
    for report in samples() {
        let files = csv(&report);
        assert_eq!(files.len(), COLUMNS.len());
        for ((name, text), (documented, columns)) in files.iter().zip(COLUMNS) {
            assert_eq!(name, documented);
            let rows = cells(text);
            let head: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
            assert_eq!(rows[0], head, "{name}");
            assert!(rows.iter().all(|row| row.len() == head.len()), "{name}: {rows:?}");
        }
    }
    for (file, columns) in COLUMNS {
        for (column, meaning) in columns {
            assert!(meaning.split_whitespace().count() >= 2, "{file}: {column} has no meaning");
        }
    }
}

#[test]
fn the_busy_day_fills_every_file() {
    for (name, text) in csv(&busy_day().unwrap()) {
        let lines = cells(&text).len();
        assert!(lines > 1 || name == "ledger.csv", "{name} has no line");
    }
}

#[test]
fn a_number_that_a_spreadsheet_would_round_stays_text() {
    let files = csv(&busy_day().unwrap());
    let differences = &files.iter().find(|(name, _)| name == "differences.csv").unwrap().1;
    assert!(differences.contains(",'580213447190217344,"), "{differences}");
    let drift = &files.iter().find(|(name, _)| name == "drift.csv").unwrap().1;
    assert!(drift.contains(",'40128733:9914,") && drift.contains(",1182,"), "{drift}");
    let summary = &files[0].1;
    assert!(summary.contains("day,2026-11-29\r\n"), "{summary}");
    assert!(
        summary.contains("orders,470\r\n") && summary.contains("revenue_minor_VND,129518000\r\n"),
        "{summary}"
    );
}

#[test]
fn what_was_not_measured_is_an_empty_cell() {
    let files = csv(&crate::sample::empty_day().unwrap());
    assert!(files[0].1.contains("oversold_units,\r\n"), "{}", files[0].1);
    assert!(files[1..].iter().all(|(_, text)| cells(text).len() == 1));
}

#[test]
fn an_order_number_is_the_same_in_a_spreadsheet() {
    let check = |order: &str, expected: &str| {
        let mut report = busy_day().unwrap();
        let short = &mut report.oversells.as_mut().unwrap()[0];
        short.order = Some(commerce::ids::OrderId::new(order).unwrap());
        let text = &csv(&report).into_iter().find(|(name, _)| name == "shortages.csv").unwrap().1;
        assert_eq!(cells(text)[1][6], expected);
    };
    check("1", "1");
    check("0", "0");
    check("348812907716", "348812907716");
    check("000123", "'000123");
    check("2411E05", "'2411E05");
    check("11-12", "'11-12");
    check("580213447190217344", "'580213447190217344");
    check("WEB-10482", "WEB-10482");
    check("=1", "'=1");
    check("a,\"b\"", "a,\"b\"");
}
