//! The rows of a text in columns: which mark parts its cells, and whether the text ends where its last cell does.

use super::LINES_MAX;
use super::columns::{Columns, LINES_BEFORE_MAX, Named, find};
use super::problem::Problem;
use csv::{ReaderBuilder, StringRecord};

/// What may part cells.
const MARKS: [u8; 3] = [b',', b';', b'\t'];
/// Stands alone in a last row of our own making: where it does not, a cell that was begun has swallowed it.
const END: &str = "\u{1}";

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Row(StringRecord);

impl Row {
    /// The line of the file in which it begins, the first one being 1.
    pub(super) fn line(&self) -> u64 {
        self.0.position().map_or(0, csv::Position::line)
    }

    /// How many cells it has.
    pub(super) fn width(&self) -> usize {
        self.0.len()
    }

    /// A cell without blanks round it; an empty one where there is none, and where no column is meant.
    pub(super) fn cell(&self, at: impl Into<Option<usize>>) -> &str {
        at.into().and_then(|at| self.0.get(at)).unwrap_or_default().trim()
    }

    /// Its cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(str::trim)
    }

    /// True where nothing stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.cells().all(str::is_empty)
    }
}

/// The head, its columns, and all rows below it. The mark is the one with which a head can be read.
pub(super) fn below_head(text: &str, named: &Named) -> Result<(Columns, Vec<Row>), Problem> {
    let mut likely: Option<(usize, Problem)> = None;
    for mark in MARKS {
        let first: Vec<Row> =
            reader(text, mark).into_records().flatten().take(LINES_BEFORE_MAX).map(Row).collect();
        match find(&first, named) {
            Ok((at, columns)) => {
                let mut rows = all(text, mark)?;
                return Ok((columns, rows.split_off((at + 1).min(rows.len()))));
            }
            Err(problem) => {
                // The mark that makes the most columns is the likely one: its heads are told.
                let width = first.iter().map(Row::width).max().unwrap_or(0);
                if likely.as_ref().is_none_or(|(best, _)| width > *best) {
                    likely = Some((width, problem));
                }
            }
        }
    }
    Err(likely.map_or(Problem::Empty, |(_, problem)| problem))
}

fn reader(text: &str, mark: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(mark).from_reader(text.as_bytes())
}

fn all(text: &str, mark: u8) -> Result<Vec<Row>, Problem> {
    let whole = format!("{text}\n{END}");
    let mut rows = Vec::new();
    for record in reader(&whole, mark).into_records() {
        rows.push(Row(record.map_err(|_| Problem::NotText)?));
        if rows.len() > LINES_MAX {
            return Err(Problem::TooManyLines);
        }
    }
    match rows.pop() {
        Some(end) if end.width() == 1 && end.0.get(0) == Some(END) => Ok(rows),
        Some(open) => Err(Problem::CutOff { line: open.line() }),
        None => Err(Problem::Empty),
    }
}
