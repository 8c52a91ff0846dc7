//! Tables as text that any spreadsheet opens, with Vietnamese letters and without surprises.

/// Tells spreadsheets that the text is UTF-8.
const UTF8_MARK: &str = "\u{feff}";

/// Rows as lines, cells parted by commas.
pub(super) fn text(rows: &[Vec<String>]) -> String {
    let mut text = UTF8_MARK.to_owned();
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell_text(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A text that a spreadsheet would take for a formula is marked as text: order numbers come from strangers.
fn cell_text(cell: &str) -> String {
    let is_number = cell.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_one_cell_and_no_formula_runs() {
        let check = |cell: &str, expected: &str| assert_eq!(cell_text(cell), expected);
        check("AO-M", "AO-M");
        check("-3", "-3");
        check("a,\"b\"", "\"a,\"\"b\"\"\"");
        check("=HYPERLINK(1)", "'=HYPERLINK(1)");
        check("-1+cmd", "'-1+cmd");
        assert_eq!(text(&[vec!["Mã".to_owned(), "1".to_owned()]]), "\u{feff}Mã,1\r\n");
    }
}
