//! A till's day as a file: one line per product sold or counted, read into the same news as its signed messages.

use super::documents::read_document;
use super::place::Place;
use super::wire::Document;
use crate::channel::{Door, Notice};
use crate::json::{List, Loose};
use commerce::money::{Currency, Money};
use commerce::park::ParkReason;
use serde_json::json;
use std::collections::BTreeMap;

/// The most lines of one file.
pub const LINES_MAX: usize = 50_000;
/// Columns that must be there.
const NEEDED: [&str; 6] = ["kind", "number", "at", "branch", "product", "quantity"];
/// Columns that may be there.
const MORE: [&str; 4] = ["currency", "line", "price", "total"];
/// What is the same on every line of a document.
const SHARED: [&str; 4] = ["at", "branch", "currency", "total"];

/// One line of the file, by column.
struct Row {
    line: usize,
    cells: BTreeMap<String, String>,
}

impl Row {
    fn cell(&self, name: &str) -> &str {
        self.cells.get(name).map_or("", String::as_str)
    }
}

/// Everything in the file; or what is wrong with it, a sentence for each line, and nothing of it is used.
pub fn read(door: &Door<'_>, file: &[u8]) -> Result<Vec<Notice>, Vec<String>> {
    let text = decode(file).map_err(|problem| vec![problem])?;
    let rows = rows(text)?;
    let (mut notices, mut problems) = (Vec::new(), Vec::new());
    for rows in documents(rows) {
        match document(&rows) {
            Ok((place, document)) => {
                for read in read_document(door, &place, document) {
                    match read {
                        Ok(notice) => notices.push(notice),
                        Err(reason) => problems.push(sentence(&place, &reason)),
                    }
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(notices) } else { Err(problems) }
}

/// UTF-8, with its mark at the beginning or without.
fn decode(file: &[u8]) -> Result<&str, String> {
    if file.starts_with(&[0xff, 0xfe]) || file.starts_with(&[0xfe, 0xff]) {
        return Err("line 1: the file is UTF-16, must be UTF-8: save it as \"CSV UTF-8\"".to_owned());
    }
    let text = std::str::from_utf8(file).map_err(|error| {
        let line = file.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line}: a letter is not UTF-8 (Windows-1258?): save the file as \"CSV UTF-8\"")
    })?;
    Ok(text.trim_start_matches('\u{feff}'))
}

fn rows(text: &str) -> Result<Vec<Row>, Vec<String>> {
    let head = text.lines().next().unwrap_or_default();
    let mark = if head.contains(';') { ';' } else { ',' };
    let mut lines = cells(text, mark).into_iter();
    let names: Vec<String> = lines.next().map(|(_, names)| names).unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    check_names(&names).map_err(|problem| vec![problem])?;
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (line, cells) in lines.filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())) {
        if cells.len() == names.len() {
            rows.push(Row { line, cells: names.iter().cloned().zip(cells).collect() });
        } else {
            problems.push(format!("line {line}: has {} cells, must have {}", cells.len(), names.len()));
        }
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push("line 2: there is no line below the column names".to_owned());
    }
    if rows.len() > LINES_MAX {
        problems.push(format!("line {LINES_MAX}: the file has {} lines; split it", rows.len()));
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

fn check_names(names: &[String]) -> Result<(), String> {
    let count = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
    let known = |name: &str| NEEDED.contains(&name) || MORE.contains(&name);
    let problem = if let Some(name) = NEEDED.iter().find(|name| count(name) == 0) {
        format!("column {name:?} is missing")
    } else if let Some(name) = names.iter().find(|name| !known(name)) {
        format!("column {:?} is not known", name.chars().take(40).collect::<String>())
    } else if let Some(name) = names.iter().find(|name| count(name) > 1) {
        format!("column {name:?} stands there twice")
    } else {
        return Ok(());
    };
    Err(format!("line 1: {problem}; columns are {} and, if you like, {}", NEEDED.join(", "), MORE.join(", ")))
}

/// The cells of each record with the line it begins on. A cell in double quotes may hold the mark, a line's end, and
/// quotes written twice.
fn cells(text: &str, mark: char) -> Vec<(usize, Vec<String>)> {
    let mut records = Vec::new();
    let (mut line, mut begun, mut is_quoted) = (1, 1, false);
    let (mut record, mut cell) = (Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        line += usize::from(letter == '\n');
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => cell.push(letter),
            '\n' => {
                record.push(trimmed(&mut cell));
                records.push((begun, std::mem::take(&mut record)));
                begun = line;
            }
            _ if letter == mark => record.push(trimmed(&mut cell)),
            _ => cell.push(letter),
        }
    }
    record.push(trimmed(&mut cell));
    records.push((begun, record));
    records
}

fn trimmed(cell: &mut String) -> String {
    std::mem::take(cell).trim().to_owned()
}

/// Lines of one document, which need not follow each other; a count stands alone on its line.
fn documents(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut documents: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        let key = (row.cell("kind").to_owned(), row.cell("number").to_owned());
        let known = if key.0 == "level" { None } else { places.get(&key).copied() };
        match known.and_then(|place| documents.get_mut(place)) {
            Some(document) => document.push(row),
            None => {
                places.insert(key, documents.len());
                documents.push(vec![row]);
            }
        }
    }
    documents
}

fn document(rows: &[Row]) -> Result<(Place, Document), String> {
    let shared: BTreeMap<&str, &str> =
        SHARED.iter().map(|name| Ok((*name, same(rows, name)?))).collect::<Result<_, String>>()?;
    let first = |name: &str| rows.first().map_or("", |row| row.cell(name));
    let text = |text: &str| if text.is_empty() { Loose::Missing } else { Loose::from(text) };
    let shared = |name: &str| text(shared.get(name).copied().unwrap_or_default());
    let line = |row: &Row| {
        let cell = |name: &str| row.cell(name);
        json!({ "line": cell("line"), "product": cell("product"), "quantity": cell("quantity"), "price": cell("price") })
    };
    let has_lines = |row: &&Row| !row.cell("product").is_empty() || !row.cell("quantity").is_empty();
    let lines: Vec<&Row> = rows.iter().filter(has_lines).collect();
    let numbers = if lines.is_empty() {
        rows.iter().map(|r| r.line).collect()
    } else {
        lines.iter().map(|r| r.line).collect()
    };
    let total = match shared("total") {
        Loose::Missing => sum(&lines, first("kind"), &shared("currency")),
        given => given,
    };
    let document = Document {
        kind: text(first("kind")),
        number: text(first("number")),
        at: shared("at"),
        branch: shared("branch"),
        currency: shared("currency"),
        lines: List::Rows(lines.into_iter().map(line).collect()),
        total,
    };
    Ok((Place::File(numbers), document))
}

/// A value that every line of a document repeats or leaves empty.
fn same<'r>(rows: &'r [Row], name: &str) -> Result<&'r str, String> {
    let mut given = rows.iter().filter(|row| !row.cell(name).is_empty());
    let Some(first) = given.next() else { return Ok("") };
    match given.find(|row| row.cell(name) != first.cell(name)) {
        None => Ok(first.cell(name)),
        Some(other) => Err(format!(
            "line {}, {name}: is not the same as on line {}, which belongs to the same document",
            other.line, first.line
        )),
    }
}

/// A sale that names no total costs what its lines cost; a line that cannot be read is named by its own reader.
fn sum(lines: &[&Row], kind: &str, currency: &Loose) -> Loose {
    let currency = currency.given().and_then(|code| Currency::new(code).ok()).unwrap_or(Currency::VND);
    let read = |row: &&Row| {
        let price = Money::parse(row.cell("price"), currency).ok()?.amount_minor;
        Some((price, Loose::from(row.cell("quantity")).whole("quantity").ok()?))
    };
    let read: Option<Vec<(i64, i64)>> = lines.iter().map(read).collect();
    let Some(read) = read.filter(|_| kind == "sale") else { return Loose::from("0") };
    let total =
        read.iter().try_fold(0_i64, |sum, (price, units)| sum.checked_add(price.checked_mul(*units)?));
    total.map_or(Loose::Missing, |minor| Loose::Text(decimal(minor, currency)))
}

/// An amount of minor units as people write it.
fn decimal(minor: i64, currency: Currency) -> String {
    match currency.decimals() {
        0 => minor.to_string(),
        places => {
            let digits = format!("{:0width$}", minor.unsigned_abs(), width = places + 1);
            let (whole, rest) = digits.split_at(digits.len() - places);
            format!("{}{whole}.{rest}", if minor < 0 { "-" } else { "" })
        }
    }
}

fn sentence(place: &Place, reason: &ParkReason) -> String {
    match reason {
        ParkReason::Unreadable { detail } => detail.clone(),
        ParkReason::UnknownLocation { branch } => {
            format!("{}: {branch:?} is no branch of this till in the shop's file", place.of("branch"))
        }
        other => format!("{}: {}", place.of("kind"), other.advice_en()),
    }
}
