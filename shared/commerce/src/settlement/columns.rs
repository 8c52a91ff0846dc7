//! The head of a file: in which line it stands, and which column is the order, which the amount.

use super::layouts::{Layout, layouts};
use super::letters::plain;
use super::lines::Kind;
use super::problem::{Asked, Problem};
use super::quoted;
use super::rows::Row;

/// So many lines may stand before the head: names, periods, sums.
pub(super) const LINES_BEFORE_MAX: usize = 40;
/// So many columns are named to a person.
const COLUMNS_NAMED_MAX: usize = 60;

/// What a person says of the columns, by flags or in the shop's file. What they name is what the buyer pays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The column of order numbers.
    pub order: Option<String>,
    /// The column of what the buyer pays for the order.
    pub amount: Option<String>,
}

/// Where what stands; each is the place of a column, the first one being 0.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) layout: &'static Layout,
    pub(super) head_line: u64,
    pub(super) heads: Vec<String>,
    pub(super) order: usize,
    pub(super) related: Option<usize>,
    pub(super) buyer_pays: Option<usize>,
    pub(super) paid_out: Option<usize>,
    pub(super) kind: Option<usize>,
    /// What the kinds are called, as names are compared.
    pub(super) kinds: Vec<(String, Kind)>,
    pub(super) currency: Option<usize>,
    pub(super) placed: Option<usize>,
    pub(super) settled: Option<usize>,
    pub(super) counters: Vec<usize>,
}

impl Columns {
    /// The name of a column as the file writes it.
    pub(super) fn head(&self, column: usize) -> String {
        self.heads.get(column).map(|head| quoted(head)).unwrap_or_default()
    }
}

/// The head among the first rows: its place, and its columns.
pub(super) fn find(rows: &[Row], named: &Named) -> Result<(usize, Columns), Problem> {
    for (at, row) in rows.iter().enumerate() {
        let heads: Vec<String> = row.cells().map(plain).collect();
        if heads.iter().filter(|head| !head.is_empty()).count() < 2 {
            continue;
        }
        let layout = layouts().iter().find(|layout| order_of(layout, &heads, named).is_some());
        if let Some(layout) = layout {
            return columns(layout, row, &heads, named).map(|columns| (at, columns));
        }
    }
    Err(Problem::NoColumn { asked: Asked::Order, named: named.order.clone(), heads: likely_heads(rows) })
}

/// The order's column, where the head is one of this layout.
fn order_of(layout: &Layout, heads: &[String], named: &Named) -> Option<usize> {
    let has_marks = layout.marks.iter().all(|group| place(group, heads).is_some());
    if !has_marks {
        return None;
    }
    match &named.order {
        Some(name) => named_place(name, heads),
        None => place(layout.order, heads),
    }
}

fn place(names: &[&str], heads: &[String]) -> Option<usize> {
    names.iter().find_map(|name| named_place(name, heads))
}

/// A name without a letter, such as a bare `₫`, is no name.
fn named_place(name: &str, heads: &[String]) -> Option<usize> {
    let name = plain(name);
    heads.iter().position(|head| !name.is_empty() && *head == name)
}

fn columns(layout: &'static Layout, row: &Row, heads: &[String], named: &Named) -> Result<Columns, Problem> {
    let lacks =
        |name: Option<String>| Problem::NoColumn { asked: Asked::Amount, named: name, heads: shown(row) };
    let buyer_pays = match &named.amount {
        Some(name) => Some(named_place(name, heads).ok_or_else(|| lacks(Some(name.clone())))?),
        None => place(layout.buyer_pays, heads),
    };
    let paid_out = place(layout.paid_out, heads);
    if buyer_pays.is_none() && paid_out.is_none() {
        return Err(lacks(None));
    }
    let order = order_of(layout, heads, named).ok_or_else(|| lacks(None))?;
    let counters = layout.counter.iter().filter_map(|name| place(&[name], heads)).filter(|at| *at != order);
    Ok(Columns {
        layout,
        head_line: row.line(),
        heads: row.cells().map(str::to_owned).collect(),
        order,
        related: place(layout.related, heads),
        buyer_pays,
        paid_out,
        kind: place(layout.kind, heads),
        kinds: layout.kinds.iter().map(|(name, kind)| (plain(name), *kind)).collect(),
        currency: place(layout.currency, heads),
        placed: place(layout.placed, heads),
        settled: place(layout.settled, heads),
        counters: counters.collect(),
    })
}

/// The row that looks most like a head: the most cells that are no numbers.
fn likely_heads(rows: &[Row]) -> Vec<String> {
    let names = |row: &&Row| row.cells().filter(|cell| cell.chars().any(char::is_alphabetic)).count();
    // Of several alike the first: below it stand data.
    let best = rows.iter().rev().max_by_key(names);
    best.map(shown).unwrap_or_default()
}

fn shown(row: &Row) -> Vec<String> {
    let cells = row.cells().map(quoted).filter(|cell| !cell.is_empty());
    cells.take(COLUMNS_NAMED_MAX).collect()
}
