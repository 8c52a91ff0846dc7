//! How many workers should write orders of one hot product: more only get into each other's way.
//!
//! The embedded table is made to behave as DynamoDB does under load ([`one_machine::contention`]), in virtual time: the
//! figures come from the printed parameters and the product's own tries and pauses, not from this machine's speed.

use super::shop::open;
use crate::bench::book::{Book, messages};
use crate::bench::figure::{Figure, ratio};
use crate::bench::orders::new_order_on;
use crate::bench::shop::SHOPEE;
use crate::demo::report::print_table;
use crate::up::Problem;
use commerce::Timestamp;
use futures::future::join_all;
use lambda_kit::batch::{Message, Outcome};
use one_machine::contention::{Contention, Met, Pace};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use workflows::RecordOrders;

/// One transaction in 15 ms is 67 a second on one item: within the 50 to 80 that a hot item of DynamoDB takes.
const PACE: Pace = Pace {
    transaction: Duration::from_millis(15),
    conflict: Duration::from_millis(8),
    other: Duration::from_millis(4),
};
const WORKERS: [usize; 4] = [1, 2, 5, 20];
const BATCHES: [usize; 2] = [1, 10];
/// Batches written for each line of the table.
const WRITES: usize = 500;
const UNITS: i64 = 1_000_000;

/// One line of the table.
struct Line {
    workers: usize,
    batch: usize,
    took: Duration,
    commits: u64,
    met: Met,
    handed_back: u64,
}

/// Plays every line, prints the table.
pub async fn measure(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let folder = folder.to_owned();
    let lines = tokio::task::spawn_blocking(move || in_virtual_time(&folder)).await??;
    print(&lines);
    Ok(lines.iter().flat_map(Line::figures).collect())
}

/// On one thread whose clock stands still while anybody works, and jumps when all wait.
fn in_virtual_time(folder: &Path) -> Result<Vec<Line>, Problem> {
    let mut lines = Vec::new();
    for batch in BATCHES {
        for workers in WORKERS {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
            lines.push(runtime.block_on(play(folder, workers, batch, WRITES))?);
        }
    }
    Ok(lines)
}

async fn play(folder: &Path, workers: usize, batch: usize, writes: usize) -> Result<Line, Problem> {
    let book = open(UNITS, folder).await?;
    let queue = Mutex::new(batches(&book, batch, writes)?);
    let (contention, before) = (Contention::new(PACE), book.table_engine.writes());
    book.table_engine.contend(Some(contention.clone()));
    let (record, began) = (book.record_orders(), Instant::now());
    let handed_back = join_all((0..workers).map(|_| work(&record, &queue))).await;
    Ok(Line {
        workers,
        batch,
        took: began.elapsed(),
        commits: book.table_engine.writes() - before,
        met: contention.met(),
        handed_back: handed_back.iter().sum(),
    })
}

fn batches(book: &Book, batch: usize, writes: usize) -> Result<VecDeque<Vec<Message>>, Problem> {
    let at = Timestamp::from_second((book.clock)().as_second() - 60)?;
    let mut batches = VecDeque::new();
    for first in (0..writes * batch).step_by(batch) {
        let orders: Result<Vec<_>, _> =
            (first..first + batch).map(|number| new_order_on(SHOPEE, number, &[0], at)).collect();
        batches.push_back(messages(&orders?)?);
    }
    Ok(batches)
}

/// Takes one batch after the other; what could not be written goes to the end of the queue. Says how often.
async fn work(record: &RecordOrders, queue: &Mutex<VecDeque<Vec<Message>>>) -> u64 {
    let mut handed_back = 0;
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(batch) = next else { return handed_back };
        let outcomes = record.handle(&batch).await;
        let left = batch.into_iter().zip(outcomes).filter(|(_, outcome)| *outcome != Outcome::Done);
        let left: Vec<Message> = left.map(|(message, _)| message).collect();
        if !left.is_empty() {
            handed_back += 1;
            queue.lock().unwrap_or_else(PoisonError::into_inner).push_back(left);
        }
    }
}

impl Line {
    fn orders_per_second(&self) -> f64 {
        super::per_second(WRITES * self.batch, self.took)
    }

    fn attempts(&self) -> f64 {
        ratio(self.met.transactions, self.commits)
    }

    fn row(&self) -> Vec<String> {
        vec![
            self.workers.to_string(),
            self.batch.to_string(),
            format!("{:.0}", self.orders_per_second()),
            format!("{:.0}", super::per_second(usize::try_from(self.commits).unwrap_or(0), self.took)),
            format!("{:.2}", self.attempts()),
            self.met.conflicts.to_string(),
            self.handed_back.to_string(),
        ]
    }

    fn figures(&self) -> [Figure; 2] {
        let name = |what: &str| format!("workers_{}_batch_{}_{what}", self.workers, self.batch);
        let what = |what: &str| format!("{what}, {} worker(s), batches of {}", self.workers, self.batch);
        [
            Figure::new(name("orders_per_second"), what("Orders/s"), self.orders_per_second()),
            Figure::new(name("attempts_per_commit"), what("Attempts per commit"), self.attempts()),
        ]
    }
}

fn print(lines: &[Line]) {
    println!("Workers on one hot SKU, {WRITES} batches a line; conflicts as of DynamoDB, in virtual time");
    println!(
        "  a transaction holds its items for {} ms; a conflict is told after {} ms; any other call takes {} ms\n",
        PACE.transaction.as_millis(),
        PACE.conflict.as_millis(),
        PACE.other.as_millis()
    );
    let head =
        ["workers", "batch", "orders/s", "commits/s", "attempts/commit", "conflicts", "back to the queue"];
    let head = vec![head.map(str::to_owned).to_vec()];
    print_table(&head.into_iter().chain(lines.iter().map(Line::row)).collect::<Vec<_>>());
    println!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_worker_meets_nobody_and_five_meet_each_other_and_lose_nothing() {
        let folder = std::env::temp_dir();
        let alone = play(&folder, 1, 1, 30).await.unwrap();
        assert_eq!((alone.commits, alone.met), (30, Met { transactions: 30, conflicts: 0 }));
        // A read and a transaction for each: nothing else takes time.
        assert_eq!(alone.took, Duration::from_millis(30 * (4 + 15)));
        let five = play(&folder, 5, 1, 30).await.unwrap();
        assert_eq!((five.commits, five.met.transactions), (30, 30 + five.met.conflicts));
        assert!(five.met.conflicts > 0);
    }
}
