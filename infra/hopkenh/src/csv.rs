//! Tables as text that any spreadsheet opens and saves, with Vietnamese letters and without surprises.

/// Tells spreadsheets that the text is UTF-8.
const UTF8_MARK: &str = "\u{feff}";

/// Rows as lines, cells parted by commas.
pub(crate) fn text(rows: &[Vec<String>]) -> String {
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

/// What parts the cells of a table with this head line: a comma, a semicolon or a tab.
pub(crate) fn mark_of(head: &str) -> char {
    [';', '\t'].into_iter().find(|mark| head.contains(*mark)).unwrap_or(',')
}

/// The cells of a line; one that holds the mark stands in double quotes.
pub(crate) fn cells(line: &str, mark: char) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_double = letter == '"' && is_quoted && letters.peek() == Some(&'"');
        match (letter, cells.last_mut()) {
            ('"', Some(cell)) if is_double => {
                letters.next();
                cell.push('"');
            }
            ('"', _) => is_quoted = !is_quoted,
            (letter, _) if letter == mark && !is_quoted => cells.push(String::new()),
            (letter, Some(cell)) => cell.push(letter),
            (_, None) => {}
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// The cell without the mark that [`text`] puts before what a spreadsheet would take for a formula.
pub(crate) fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
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
