//! A settlement file read line by line: each with its order, its kind and its amounts, or refused with what is wrong where.

use super::amount::{self, NoAmount};
use super::columns::{Columns, Named};
use super::dates;
use super::day_span::DaySpan;
use super::encoding::text_of;
use super::layouts::Layout;
use super::letters::plain;
use super::order_number::{self, Found};
use super::problem::{Problem, Refusal};
use super::quoted;
use super::rows::{Row, below_head};
use crate::ids::OrderId;
use crate::money::Currency;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What was sold.
    Sale,
    /// What was given back to the buyer.
    Refund,
    /// What the channel puts right.
    Adjustment,
    /// What the channel keeps.
    Fee,
    /// The same order once more, product by product: it counts nowhere.
    Part,
}

/// One line. Amounts are in minor units of the sheet's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it stands in the file, the first line being 1.
    pub line: u64,
    /// The order; none for a line about the account as a whole.
    pub order: Option<OrderId>,
    /// What kind of line it is.
    pub kind: Kind,
    /// What the buyer pays by it; none where the line does not say.
    pub buyer_pays: Option<i64>,
    /// What is paid out by it; none where the line does not say.
    pub paid_out: Option<i64>,
    /// When the order was placed.
    pub placed: Option<Date>,
    /// When it was paid out.
    pub settled: Option<Date>,
    /// Everything that stands in the line but its own number: equal texts are the same line.
    pub content: String,
}

/// A file that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The kind of file.
    pub layout: &'static str,
    /// How its letters are encoded.
    pub encoding: &'static str,
    /// The line of its head.
    pub head_line: u64,
    /// The column of order numbers.
    pub order_column: String,
    /// The column of what the buyer pays, where there is one.
    pub buyer_pays_column: Option<String>,
    /// The column of what is paid out, where there is one.
    pub paid_out_column: Option<String>,
    /// Of all its amounts.
    pub currency: Currency,
    /// Its lines, without sums and lines of products.
    pub lines: Vec<Line>,
    /// Lines that repeat an order product by product.
    pub parts: u64,
    /// Lines that only sum up others, or stand below such a line.
    pub sums: u64,
}

impl Sheet {
    /// The days on which its lines were paid out, where it says so.
    pub fn days(&self) -> Option<DaySpan> {
        DaySpan::around(self.lines.iter().filter_map(|line| line.settled))
    }
}

/// How a row that sums up begins.
const SUMS: [&str; 6] = ["tongcong", "tong", "tongso", "total", "grandtotal", "sum"];

/// Reads a file. `currency` is that of amounts where the file names none. Nothing is passed over in silence: a row that
/// cannot be read refuses the file.
pub fn read(bytes: &[u8], named: &Named, currency: Currency) -> Result<Sheet, Refusal> {
    let (text, encoding) = text_of(bytes)?;
    let (columns, rows) = below_head(&text, named)?;
    let mut reading =
        Reading { columns: &columns, usual: currency, currency: None, refusal: Refusal::default() };
    let (mut lines, mut parts, mut sums) = (Vec::new(), 0, 0);
    for row in rows.iter().filter(|row| !row.is_empty()) {
        if sums > 0 || is_sum(row, &columns) {
            sums += 1;
        } else if let Some(line) = reading.line(row) {
            match line.kind {
                Kind::Part => parts += 1,
                _ => lines.push(line),
            }
        }
    }
    let (refusal, currency) = (reading.refusal, reading.currency.unwrap_or(currency));
    if !refusal.is_empty() {
        return Err(refusal);
    }
    if order_number::are_rounded(lines.iter().filter_map(|line| line.order.as_ref())) {
        return Err(Problem::RoundedOrders { column: columns.head(columns.order) }.into());
    }
    if lines.is_empty() {
        return Err(Problem::NoLines.into());
    }
    Ok(Sheet {
        layout: columns.layout.name,
        encoding,
        head_line: columns.head_line,
        order_column: columns.head(columns.order),
        buyer_pays_column: columns.buyer_pays.map(|at| columns.head(at)),
        paid_out_column: columns.paid_out.map(|at| columns.head(at)),
        currency,
        lines,
        parts,
        sums,
    })
}

/// What a line is where the file has no column of kinds: a sale, unless the whole file is of another kind.
fn usual_kind(layout: &Layout) -> Kind {
    if layout.kind.is_empty() { layout.other_kind } else { Kind::Sale }
}

/// A row of sums names no order.
fn is_sum(row: &Row, columns: &Columns) -> bool {
    let is_word = |cell: &str| cell.starts_with(char::is_alphabetic) && SUMS.contains(&plain(cell).as_str());
    let order = row.cell(columns.order);
    (order.is_empty() || is_word(order)) && row.cells().any(is_word)
}

struct Reading<'a> {
    columns: &'a Columns,
    usual: Currency,
    currency: Option<Currency>,
    refusal: Refusal,
}

impl Reading<'_> {
    /// The line; what is wrong with it is noted.
    fn line(&mut self, row: &Row) -> Option<Line> {
        let read = self.try_line(row);
        read.map_err(|problem| self.refusal.add(problem)).ok()
    }

    fn try_line(&mut self, row: &Row) -> Result<Line, Problem> {
        let columns = self.columns;
        check_width(row, columns.heads.len())?;
        let kind = self.kind(row);
        let currency = self.currency(row)?;
        let mut line = Line {
            line: row.line(),
            order: self.order(row, kind)?,
            kind: kind.unwrap_or(usual_kind(columns.layout)),
            buyer_pays: self.amount(row, columns.buyer_pays, currency)?,
            paid_out: self.amount(row, columns.paid_out, currency)?,
            placed: date(row, columns.placed),
            settled: date(row, columns.settled),
            content: self.content(row),
        };
        if columns.layout.is_one_amount && columns.buyer_pays.is_none() && line.kind == Kind::Sale {
            line.buyer_pays = line.paid_out;
        }
        // Where nothing says what a line is, an amount below nought is one given back.
        if kind.is_none() && line.kind == Kind::Sale && line.buyer_pays.is_some_and(|amount| amount < 0) {
            line.kind = Kind::Refund;
        }
        Ok(line)
    }

    /// What the row calls itself; none where the file has no such column.
    fn kind(&self, row: &Row) -> Option<Kind> {
        let word = plain(row.cell(self.columns.kind?));
        let known = self.columns.kinds.iter().find(|(name, _)| *name == word);
        Some(known.map_or(self.columns.layout.other_kind, |(_, kind)| *kind))
    }

    /// An adjustment has a number of its own, which is no order's: what counts is the order it is about.
    fn order(&self, row: &Row, kind: Option<Kind>) -> Result<Option<OrderId>, Problem> {
        let columns = self.columns;
        let related = columns.related.map(|at| self.order_at(row, at)).transpose()?.flatten();
        let is_own = !matches!(kind, Some(Kind::Adjustment | Kind::Fee)) || columns.related.is_none();
        match related {
            Some(order) => Ok(Some(order)),
            None if is_own => self.order_at(row, columns.order),
            None => Ok(None),
        }
    }

    fn order_at(&self, row: &Row, at: usize) -> Result<Option<OrderId>, Problem> {
        let cell = row.cell(at);
        let (line, column) = (row.line(), self.columns.head(at));
        match order_number::read(cell) {
            Found::Nothing => Ok(None),
            Found::Order(order) => Ok(Some(order)),
            Found::Shortened => Err(Problem::ShortenedOrder { line, column, cell: quoted(cell) }),
            Found::Wrong(error) => {
                Err(Problem::NoOrderNumber { line, column, reason: error.reason.to_owned() })
            }
        }
    }

    /// A file is in one currency: sums over two would mean nothing.
    fn currency(&mut self, row: &Row) -> Result<Currency, Problem> {
        let named = match row.cell(self.columns.currency) {
            "" | "/" | "-" => return Ok(self.currency.unwrap_or(self.usual)),
            "₫" | "đ" | "VNĐ" => Currency::VND,
            code => Currency::new(&code.to_uppercase())
                .map_err(|_| Problem::NoCurrency { line: row.line(), cell: quoted(code) })?,
        };
        match self.currency.replace(named) {
            Some(other) if other != named => Err(Problem::TwoCurrencies {
                line: row.line(),
                first: other.code().to_owned(),
                second: named.code().to_owned(),
            }),
            _ => Ok(named),
        }
    }

    fn amount(&self, row: &Row, at: Option<usize>, currency: Currency) -> Result<Option<i64>, Problem> {
        let Some(at) = at else { return Ok(None) };
        let cell = row.cell(at);
        amount::read(cell, currency).map_err(|reason: NoAmount| Problem::NoAmount {
            line: row.line(),
            column: self.columns.head(at),
            cell: quoted(cell),
            reason,
        })
    }

    fn content(&self, row: &Row) -> String {
        let cells = row.cells().enumerate().filter(|(at, _)| !self.columns.counters.contains(at));
        let cells: Vec<&str> = cells.map(|(_, cell)| cell).collect();
        cells.join("\u{1f}")
    }
}

/// A row that lacks cells may be the end of a file that was cut off; one with more has a mark inside a cell, such as the
/// comma of `1,234` without quotes, and then nobody knows which cell is which.
fn check_width(row: &Row, width: usize) -> Result<(), Problem> {
    let cells = row.width();
    let is_padded = cells > width && row.cells().skip(width).all(str::is_empty);
    if cells == width || is_padded {
        return Ok(());
    }
    Err(Problem::WrongWidth { line: row.line(), cells, heads: width })
}

fn date(row: &Row, at: Option<usize>) -> Option<Date> {
    dates::read(row.cell(at?))
}
