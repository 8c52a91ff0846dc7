//! What the table charges per order: write and read units of new orders, copies, and changes without stock.

use super::book::{Book, all_done, messages};
use super::figure::{Figure, ratio};
use super::orders::{new_order, packed};
use super::shop;
use crate::up::Problem;
use commerce::Timestamp;
use std::path::Path;
use table::units::Units;
use workflows::messages::RecordMessage;

/// How many orders each figure is the mean of.
const ORDERS: usize = 50;
/// The most messages SQS hands over at once.
const BATCH: usize = 10;
/// Targets of a new order with one, two and three lines.
const LINE_TARGETS: [(usize, f64); 3] = [(1, 4.0), (2, 6.0), (3, 8.0)];

/// All figures of units.
pub async fn measure(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let mut figures = Vec::new();
    for (lines, target) in LINE_TARGETS {
        let units = spent(&fresh(folder).await?, &orders(lines, lines)?, 1).await?;
        let name = format!("write_units_new_order_{lines}_lines");
        let what = format!("Write units per new order, {lines} line(s)");
        figures.push(writes(name, what, units).at_most(target).remark("one by one"));
    }
    figures.extend(hot(folder).await?);
    figures.extend(repeated(folder).await?);
    Ok(figures)
}

/// Everybody buys the same product.
async fn hot(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let units = spent(&fresh(folder).await?, &orders(1, 0)?, BATCH).await?;
    let what = "Write units per new order, one hot SKU";
    Ok(vec![
        writes("write_units_new_order_hot_sku", what, units)
            .at_most(2.3)
            .remark("in batches of 10, one line each"),
        reads("read_units_new_event", "Read units per new event", units)
            .at_most(0.5)
            .remark("in batches of 10"),
    ])
}

/// The same news again, and then news that changes no stock.
async fn repeated(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let book = fresh(folder).await?;
    let orders = orders(1, 1)?;
    spent(&book, &orders, BATCH).await?;
    let copies = spent(&book, &orders, 1).await?;
    let packed: Vec<RecordMessage> = orders.iter().map(packed).collect::<Result<_, _>>()?;
    let (alone, together) = packed.split_at(ORDERS - 2 * BATCH);
    let alone = (spent(&book, alone, 1).await?, alone.len());
    let together = (spent(&book, together, BATCH).await?, together.len());
    let status = |name: &str, (units, count): (Units, usize), remark: &str| {
        let measured = ratio(units.write_tenths, 10 * count as u64);
        Figure::new(name, "Write units per status change without stock", measured).remark(remark)
    };
    Ok(vec![
        reads("read_units_duplicate", "Read units per duplicate event", copies)
            .at_most(0.5)
            .remark("one by one"),
        writes("write_units_duplicate", "Write units per duplicate event", copies)
            .at_most(0.0)
            .remark("one by one"),
        status("write_units_status_change", alone, "one by one"),
        status("write_units_status_change_batched", together, "in batches of 10"),
    ])
}

/// A new book for each figure; no channel answers, because none is asked.
async fn fresh(folder: &Path) -> Result<Book, Problem> {
    Book::open(shop::shops("http://127.0.0.1:1", "http://127.0.0.1:1")?, folder).await
}

/// Orders of so many lines; the next order begins `step` products further on.
fn orders(lines: usize, step: usize) -> Result<Vec<RecordMessage>, Problem> {
    let at = Timestamp::from_second((lambda_kit::clock::system())().as_second() - 60)?;
    let products = |n: usize| (n * step..n * step + lines).collect::<Vec<_>>();
    (0..ORDERS).map(|n| new_order(n, &products(n), at)).collect()
}

async fn spent(book: &Book, orders: &[RecordMessage], batch: usize) -> Result<Units, Problem> {
    let record = book.record_orders();
    let before = book.table.meter().reading();
    for orders in orders.chunks(batch) {
        all_done(&record.handle(&messages(orders)?).await)?;
    }
    Ok(book.table.meter().reading().since(before))
}

fn writes(name: impl Into<String>, what: impl Into<String>, units: Units) -> Figure {
    Figure::new(name, what, ratio(units.write_tenths, 10 * ORDERS as u64))
}

fn reads(name: impl Into<String>, what: impl Into<String>, units: Units) -> Figure {
    Figure::new(name, what, ratio(units.read_tenths, 10 * ORDERS as u64))
}
