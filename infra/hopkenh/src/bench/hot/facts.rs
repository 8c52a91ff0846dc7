//! A marketplace sells ten thousand where it showed five hundred (A1 broken on purpose): all are facts and are booked.

use super::ledger::Ledger;
use super::shop::{STOCK, open};
use super::{REQUESTS, WORKERS, per_second};
use crate::bench::book::{all_done, messages};
use crate::bench::figure::{Figure, ratio};
use crate::bench::orders::new_order_on;
use crate::bench::shop::SHOPEE;
use crate::demo::report::print_table;
use crate::up::Problem;
use commerce::Timestamp;
use futures::{StreamExt, TryStreamExt, stream};
use lambda_kit::batch::Outcome;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// The most messages SQS hands over at once.
const BATCH: usize = 10;

/// Records them all, reads the ledger, prints the table.
pub async fn measure(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let book = open(STOCK, folder).await?;
    let at = Timestamp::from_second((book.clock)().as_second() - 60)?;
    let mut batches = Vec::new();
    for first in (0..REQUESTS).step_by(BATCH) {
        let orders: Result<Vec<_>, _> =
            (first..first + BATCH).map(|number| new_order_on(SHOPEE, number, &[0], at)).collect();
        batches.push(messages(&orders?)?);
    }
    let (record, began) = (book.record_orders(), Instant::now());
    let outcomes: Vec<Vec<Outcome>> = stream::iter(batches)
        .map(|batch| {
            let record = record.clone();
            tokio::spawn(async move { record.handle(&batch).await })
        })
        .buffer_unordered(WORKERS)
        .try_collect()
        .await?;
    let took = began.elapsed();
    all_done(&outcomes.concat())?;
    let ledger = Ledger::read(&book)?;
    print(&ledger, took);
    Ok(figures(&ledger, took))
}

/// Orders that are not in the ledger, or are there twice.
fn lost(ledger: &Ledger) -> u64 {
    let all: Vec<&String> = ledger.served.iter().chain(&ledger.short).collect();
    let distinct: BTreeSet<&String> = all.iter().copied().collect();
    (REQUESTS.abs_diff(distinct.len()) + all.len() - distinct.len()) as u64
}

fn print(ledger: &Ledger, took: Duration) {
    println!(
        "Marketplace facts: {REQUESTS} orders of one unit, {STOCK} there, in batches of {BATCH}, {WORKERS} side by side"
    );
    println!(
        "  A1 broken on purpose: the channel sold more than it showed. The orders are facts; none is refused.\n"
    );
    let head = ["orders/s", "served", "short", "lost", "free", "versions", "gaps"];
    let cells = [
        format!("{:.0}", per_second(REQUESTS, took)),
        ledger.served.len().to_string(),
        ledger.short.len().to_string(),
        lost(ledger).to_string(),
        ledger.free.to_string(),
        ledger.last_version.to_string(),
        ledger.gaps.to_string(),
    ];
    print_table(&[head.map(str::to_owned).to_vec(), cells.to_vec()]);
    println!();
}

fn figures(ledger: &Ledger, took: Duration) -> Vec<Figure> {
    let count = |value: usize| ratio(value as u64, 1);
    let stock = usize::try_from(STOCK).unwrap_or(0);
    let unlike = ledger.served.len().abs_diff(stock) + ledger.short.len().abs_diff(REQUESTS - stock);
    let wrong_free = ledger.free.abs_diff(STOCK - i64::try_from(REQUESTS).unwrap_or(0));
    vec![
        Figure::new("facts_orders_per_second", "A1 broken: orders/s", per_second(REQUESTS, took)),
        Figure::new("facts_short", "A1 broken: units short", count(ledger.short.len())),
        Figure::new("facts_unlike", "A1 broken: served or short unlike what there was", count(unlike))
            .at_most(0.0),
        Figure::new("facts_wrong_free", "A1 broken: free is off by", ratio(wrong_free, 1)).at_most(0.0),
        Figure::new("facts_lost", "A1 broken: orders lost or doubled", ratio(lost(ledger), 1)).at_most(0.0),
        Figure::new("facts_gaps", "A1 broken: gaps in the balance's versions", ratio(ledger.gaps, 1))
            .at_most(0.0),
    ]
}
