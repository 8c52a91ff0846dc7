//! The table of listings as a spreadsheet saves it.

use crate::csv;
use crate::demo::texts::Language;
use std::collections::BTreeMap;

/// Its columns, in the order in which they are written.
pub(super) const COLUMNS: [&str; 11] = [
    "connection",
    "listing",
    "sku",
    "factor",
    "buffer",
    "publish",
    "confirm",
    "state",
    "channel_sku",
    "barcode",
    "title",
];
/// The columns that must be there to be read.
const NEEDED: [&str; 3] = ["connection", "listing", "sku"];

/// A row of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// The line it stands in.
    pub(super) line: usize,
    /// Its cells by column; one that is not there is empty.
    cells: BTreeMap<String, String>,
}

impl Row {
    /// A row of these cells.
    pub(super) fn of(cells: &[(&str, String)]) -> Self {
        let cells = cells.iter().map(|(name, cell)| ((*name).to_owned(), cell.clone())).collect();
        Self { line: 0, cells }
    }

    /// The cell in that column.
    pub(super) fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map(String::as_str).unwrap_or_default()
    }

    /// Whether a person said that it is right.
    pub(super) fn is_confirmed(&self) -> bool {
        matches!(
            self.cell("confirm").to_lowercase().as_str(),
            "yes" | "y" | "x" | "1" | "true" | "có" | "co" | "đúng"
        )
    }
}

/// The table as text.
pub(super) fn write(rows: &[Row]) -> String {
    let head = COLUMNS.map(str::to_owned).to_vec();
    let cells = |row: &Row| COLUMNS.map(|column| row.cell(column).to_owned()).to_vec();
    csv::text(&std::iter::once(head).chain(rows.iter().map(cells)).collect::<Vec<_>>())
}

/// Reads a table; the problems name their lines.
pub(super) fn read(text: &str, l: Language) -> Result<Vec<Row>, Vec<String>> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let head = lines.next().map(|(_, line)| line).unwrap_or_default();
    let mark = csv::mark_of(head);
    let names: Vec<String> = csv::cells(head, mark).iter().map(|cell| cell.to_lowercase()).collect();
    let missing: Vec<&str> =
        NEEDED.iter().copied().filter(|name| !names.iter().any(|known| known == name)).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(vec![
            l.pick(format!("dòng 1: thiếu cột {missing}"), format!("line 1: column {missing} is missing")),
        ]);
    }
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (n, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells = csv::cells(line, mark);
        if cells.len() != names.len() {
            let (line, has, must) = (n + 1, cells.len(), names.len());
            problems.push(l.pick(
                format!("dòng {line}: có {has} ô, cần {must}"),
                format!("line {line}: has {has} cells, must have {must}"),
            ));
            continue;
        }
        let cells = names.iter().cloned().zip(cells.iter().map(|cell| csv::plain(cell).to_owned()));
        rows.push(Row { line: n + 1, cells: cells.collect() });
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let row =
            Row::of(&[("connection", "web".into()), ("listing", "10:0".into()), ("sku", "-AO,\"M\"".into())]);
        let read = read(&write(std::slice::from_ref(&row)), Language::En).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].cell("sku"), read[0].line), ("-AO,\"M\"", 2));
    }

    #[test]
    fn a_table_of_another_kind_is_refused() {
        assert!(read("a;b\n1;2\n", Language::En).unwrap_err()[0].contains("connection, listing, sku"));
        assert!(read("connection;listing;sku\n1;2\n", Language::Vi).unwrap_err()[0].contains("dòng 2"));
    }
}
