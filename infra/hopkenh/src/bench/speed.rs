//! How many orders `record-orders` writes in a second on one core, the embedded table's own work included.

use super::book::{Book, all_done, messages};
use super::figure::{Figure, ratio};
use super::orders::new_order;
use super::shop;
use crate::up::Problem;
use commerce::Timestamp;
use lambda_kit::batch::Message;
use std::path::Path;
use std::time::Instant;

const ORDERS: usize = 3_000;
/// The most messages SQS hands over at once.
const BATCH: usize = 10;

/// What recording all orders took, in nanoseconds.
struct Taken {
    on_the_clock: u64,
    /// Time on a core; none where the system does not tell.
    on_the_core: Option<u64>,
}

/// The figures of speed.
pub async fn measure(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let folder = folder.to_owned();
    let taken = tokio::task::spawn_blocking(move || on_one_core(&folder)).await??;
    let per_second = |nanoseconds: u64| ratio(ORDERS as u64 * 1_000_000_000, nanoseconds);
    let what = "Orders per second of record-orders";
    let mut figures = vec![
        Figure::new("orders_per_second", what, per_second(taken.on_the_clock))
            .remark("one core, in batches of 10, by the clock; embedded table included"),
    ];
    if let Some(nanoseconds) = taken.on_the_core {
        let figure = Figure::new("orders_per_cpu_second", "Orders per CPU-second", per_second(nanoseconds));
        figures.push(figure.remark("the same run, by the time spent on the core"));
    }
    Ok(figures)
}

/// A runtime of one thread, so that nothing runs beside it.
fn on_one_core(folder: &Path) -> Result<Taken, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let book = Book::open(shop::shops("http://127.0.0.1:1", "http://127.0.0.1:1")?, folder).await?;
        let (record, batches) = (book.record_orders(), batches()?);
        let (clock, core) = (Instant::now(), time_on_core());
        for batch in &batches {
            all_done(&record.handle(batch).await)?;
        }
        let on_the_clock = u64::try_from(clock.elapsed().as_nanos())?;
        let on_the_core = core.zip(time_on_core()).map(|(before, after)| after - before);
        Ok(Taken { on_the_clock, on_the_core })
    })
}

/// Orders of one to three lines, spread over all products.
fn batches() -> Result<Vec<Vec<Message>>, Problem> {
    let at = Timestamp::from_second((lambda_kit::clock::system())().as_second() - 60)?;
    let products = |n: usize| (0..=n % 3).map(|line| n * 7 + line).collect::<Vec<_>>();
    let mut orders = Vec::new();
    for n in 0..ORDERS {
        orders.push(new_order(n, &products(n), at)?);
    }
    orders.chunks(BATCH).map(messages).collect()
}

/// Nanoseconds this thread has spent on a core (Linux, `proc(5)`, schedstat).
fn time_on_core() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}
