//! A list of counts as a spreadsheet saves it: a head line, then one product at one store per line.

use crate::csv::{cells, mark_of};
use crate::demo::texts::Language;
use std::collections::BTreeMap;

/// The most rows of one list.
const ROWS_MAX: usize = 50_000;
/// The columns that must be there.
const COLUMNS: [&str; 3] = ["sku", "location", "on_hand"];
/// The column that may be there.
const AS_OF: &str = "as_of";

/// A row as it was given.
pub(super) struct Entry {
    /// The line of the list; none for a single count.
    pub(super) line: Option<usize>,
    pub(super) sku: String,
    pub(super) location: String,
    pub(super) on_hand: String,
    /// Empty for the time of the whole list.
    pub(super) as_of: String,
}

/// Reads a list; cells are parted by comma, semicolon or tab, as the head line shows.
pub(super) fn read(text: &str, l: Language) -> Result<Vec<Entry>, Vec<String>> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let head = lines.next().map(|(_, line)| line).unwrap_or_default();
    let mark = mark_of(head);
    let names = columns(head, mark, l)?;
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for (n, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        match row(&names, cells(line, mark), n + 1, l) {
            Ok(entry) => entries.push(entry),
            Err(problem) => problems.push(problem),
        }
    }
    if entries.len() > ROWS_MAX {
        problems.push(l.pick(
            format!("có {} dòng; nhiều nhất {ROWS_MAX}. Hãy chia nhỏ", entries.len()),
            format!("has {} rows; at most {ROWS_MAX}. Split it", entries.len()),
        ));
    }
    if entries.is_empty() && problems.is_empty() {
        problems.push(l.say("không có dòng nào", "has no rows").to_owned());
    }
    if problems.is_empty() { Ok(entries) } else { Err(problems) }
}

fn columns(head: &str, mark: char, l: Language) -> Result<Vec<String>, Vec<String>> {
    let names: Vec<String> = cells(head, mark).iter().map(|cell| cell.to_lowercase()).collect();
    let has = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
    let unknown = names.iter().any(|name| !COLUMNS.contains(&name.as_str()) && name != AS_OF);
    if !unknown && COLUMNS.iter().all(|name| has(name) == 1) && has(AS_OF) <= 1 {
        return Ok(names);
    }
    Err(vec![l.pick(
        format!("dòng 1: phải là sku,location,on_hand hoặc thêm ,as_of (đang là {head:?})"),
        format!("line 1: must be sku,location,on_hand, with ,as_of if you like (is {head:?})"),
    )])
}

fn row(names: &[String], cells: Vec<String>, line: usize, l: Language) -> Result<Entry, String> {
    if cells.len() != names.len() {
        return Err(l.pick(
            format!("dòng {line}: có {} ô, cần {}", cells.len(), names.len()),
            format!("line {line}: has {} cells, must have {}", cells.len(), names.len()),
        ));
    }
    let mut row: BTreeMap<&str, String> = names.iter().map(String::as_str).zip(cells).collect();
    let mut take = |name: &str| row.remove(name).unwrap_or_default();
    let (sku, location, on_hand) = (take("sku"), take("location"), take("on_hand"));
    Ok(Entry { line: Some(line), sku, location, on_hand, as_of: take(AS_OF) })
}
