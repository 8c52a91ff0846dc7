//! The report as tables for a spreadsheet, one file per subject, with every line that the page leaves out.

mod columns;
mod figures;
mod rows;
mod stock;

pub use columns::COLUMNS;

use crate::language::Language;
use crate::reader::Reader;
use crate::shop::ShopReport;

/// Excel takes a file for UTF-8 only when it begins with this mark.
const BYTE_ORDER_MARK: char = '\u{feff}';
/// Excel keeps only so many digits of a number; an order number that is longer must stay text.
const EXACT_DIGITS_MAX: usize = 15;

/// One field of a row.
pub(crate) enum Cell {
    /// Words of others, or of ours: defused and quoted as needed.
    Text(String),
    /// A day or a moment of ours, which a spreadsheet is to take for one.
    Time(String),
    /// A number of ours, written plainly so that a spreadsheet adds it up.
    Number(i128),
    /// Not measured, or not there: left empty, which a spreadsheet does not take for 0.
    Empty,
}

/// The report as files: name and text of each, in the order of [`COLUMNS`]. UTF-8 with a byte order mark, comma, CRLF.
/// Numbers have no thousands mark, money is in whole minor units, times are by the shop's own clock. A cell of words that a
/// spreadsheet would take for a formula, or rewrite as a number or a day, begins with an apostrophe. What was not measured
/// is empty; a file always has its head.
pub fn csv(report: &ShopReport) -> Vec<(String, String)> {
    let reader = Reader::new(Language::Vi, &report.time_zone);
    let files = COLUMNS.iter().zip(rows::all(report, &reader));
    files.map(|((name, columns), rows)| ((*name).to_owned(), file(columns, &rows))).collect()
}

fn file(columns: &[(&str, &str)], rows: &[Vec<Cell>]) -> String {
    let mut text = String::from(BYTE_ORDER_MARK);
    let head: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    text.push_str(&head.join(","));
    text.push_str("\r\n");
    for row in rows {
        let cells: Vec<String> = row.iter().map(written).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => quoted(&defused(text)),
        Cell::Time(time) => time.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Empty => String::new(),
    }
}

/// A spreadsheet runs what begins like a formula, also after blanks, and rewrites what looks like a number.
fn defused(text: &str) -> String {
    let text: String = crate::plain::visible(text).collect();
    let first = text.trim_start().chars().next();
    let formula = first.is_some_and(|letter| "=+-@＝＋－＠".contains(letter));
    if formula || rewritten(&text) { format!("'{text}") } else { text }
}

/// Whether a spreadsheet would make another number, a day or a time of it, such as of `2411E05`, `1-2` or `0123`.
fn rewritten(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let numeric = text.bytes().all(|byte| byte.is_ascii_digit() || b"eE.:/-".contains(&byte));
    let exact = digits && text.len() <= EXACT_DIGITS_MAX && (text.len() == 1 || !text.starts_with('0'));
    numeric && !exact && text.bytes().any(|byte| byte.is_ascii_digit())
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', ';', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
