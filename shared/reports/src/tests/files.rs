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
    let summary = &files[0].1;
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
