//! Speaking to the person at the terminal: text, tables in aligned columns, a progress bar for long work.

use crate::up::Problem;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Read, Write};

/// Fewer steps than this need no progress bar.
const BAR_STEPS_MIN: usize = 20;

/// Prints a text as it is.
pub fn say(text: &str) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// The longest line that is read, in bytes.
const LINE_BYTES_MAX: u64 = 16 * 1024;

/// One line from the standard input.
pub fn read_line() -> std::io::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        let hint = "Type or paste the value, then Enter. It shows on the screen; `--from` avoids that.\n";
        std::io::stderr().write_all(hint.as_bytes())?;
    }
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(input.lock().take(LINE_BYTES_MAX)), &mut line)?;
    Ok(line)
}

/// A progress bar on the error output; hidden where nobody watches or little is to be done.
pub fn bar(steps: usize) -> ProgressBar {
    if steps < BAR_STEPS_MIN {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40.green} {pos:>4}/{len} {elapsed_precise}");
    ProgressBar::new(steps as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Rows in columns as wide as their widest cell; numbers to the right, names to the left.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(n, (cell, width))| {
            let gap = " ".repeat(width - cell.chars().count());
            if n > 0 && (is_number(cell) || is_short(rows, n)) {
                format!("{gap}{cell}")
            } else {
                format!("{cell}{gap}")
            }
        });
        text.push_str(&format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end()));
    }
    text
}

fn is_number(cell: &str) -> bool {
    cell.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '·')
}

/// A column whose every cell below the head is a number keeps its head to the right as well.
fn is_short(rows: &[Vec<String>], column: usize) -> bool {
    let mut below = rows.iter().skip(1).filter_map(|row| row.get(column));
    below.all(|cell| is_number(cell))
}
