//! Ten thousand people ask for five hundred units at once, each in a call that is answered while they wait.

use super::ledger::Ledger;
use super::shop::{DESK, HOT, STOCK, desk, open};
use super::{REQUESTS, WORKERS, per_second};
use crate::bench::book::Book;
use crate::bench::figure::{Figure, ratio};
use crate::bench::shop::SHOP;
use crate::demo::freshness::percentile;
use crate::demo::report::print_table;
use crate::up::Problem;
use channels::channel::WebhookRequest;
use commerce::ids::{ConnectionId, OrderId, ShopId};
use commerce::plan::OrderKey;
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use twins::TwinLine;
use workflows::counters::Counters;
use workflows::take_orders::Said;
use workflows::{TakeOrders, hold_codes};

/// What was said to one person, and after how long.
struct Answer {
    reference: String,
    said: Said,
    waited_us: i64,
}

/// Everything that was said, and what the book holds afterwards.
struct Rush {
    answers: Vec<Answer>,
    took: Duration,
    transactions: u64,
    ledger: Ledger,
    stored: BTreeSet<String>,
}

/// Lets them all ask, reads the ledger, prints the table.
pub async fn measure(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let rush = Rush::run(folder).await?;
    rush.print();
    Ok(rush.figures())
}

impl Rush {
    async fn run(folder: &Path) -> Result<Self, Problem> {
        let (book, desk) = (open(STOCK, folder).await?, desk().await?);
        let wish = [TwinLine { listing: HOT.to_owned(), quantity: 1 }];
        let asked: Vec<_> = (0..REQUESTS).map(|_| desk.hold(&wish)).collect();
        let take = TakeOrders {
            shops: book.shops.clone().into(),
            table: book.table.clone(),
            clock: book.clock.clone(),
            counters: Counters::default(),
            draw: hold_codes::drawn(),
        };
        let transactions = count_transactions(&book);
        let began = Instant::now();
        let answers = stream::iter(asked)
            .map(|(reference, push)| {
                let request = WebhookRequest {
                    method: push.method,
                    query: Vec::new(),
                    headers: push.headers,
                    body: push.body,
                };
                tokio::spawn(ask(take.clone(), reference, request))
            })
            .buffer_unordered(WORKERS)
            .try_collect()
            .await?;
        let (took, transactions) = (began.elapsed(), transactions.load(Ordering::SeqCst));
        let ledger = Ledger::read(&book)?;
        let mut rush = Self { answers, took, transactions, ledger, stored: BTreeSet::new() };
        rush.stored = rush.load_orders(&book).await?;
        Ok(rush)
    }

    /// Which of the orders that were asked for lie in the table.
    async fn load_orders(&self, book: &Book) -> Result<BTreeSet<String>, Problem> {
        let (shop, connection) = (ShopId::new(SHOP)?, ConnectionId::new(DESK)?);
        let mut keys = Vec::new();
        for answer in &self.answers {
            let order = OrderId::new(answer.reference.clone())?;
            keys.push(OrderKey { shop: shop.clone(), connection: connection.clone(), order });
        }
        let orders = book.table.load_orders(&keys, true).await?;
        Ok(orders.keys().map(|key| key.order.to_string()).collect())
    }

    fn with_status(&self, status: u16) -> BTreeSet<String> {
        let answers = self.answers.iter().filter(|answer| answer.said.status == status);
        answers.map(|answer| answer.reference.clone()).collect()
    }

    /// Refusals that name units which were still there.
    fn refused_early(&self) -> u64 {
        let refused = self.answers.iter().filter(|answer| answer.said.status == 409);
        refused.filter(|answer| answer.said.body["lines"][0]["available"] != 0).count() as u64
    }

    /// People who were told one thing while the book holds another.
    fn lost(&self) -> u64 {
        let (held, told) = (self.with_status(200), self.with_status(200).len() + self.with_status(409).len());
        let served: BTreeSet<String> = self.ledger.served.iter().cloned().collect();
        let unlike =
            held.symmetric_difference(&served).count() + held.symmetric_difference(&self.stored).count();
        (unlike + REQUESTS.abs_diff(told)) as u64
    }

    fn waited_ms(&self, percent: usize) -> f64 {
        let waits: Vec<i64> = self.answers.iter().map(|answer| answer.waited_us).collect();
        ratio(percentile(&waits, percent).unsigned_abs(), 1_000)
    }

    fn attempts(&self) -> f64 {
        ratio(self.transactions, self.with_status(200).len() as u64)
    }

    fn print(&self) {
        println!("Order API: {REQUESTS} requests for {STOCK} units of one SKU, {WORKERS} side by side\n");
        let head = [
            "requests/s",
            "held",
            "refused",
            "lost",
            "refused early",
            "attempts/held",
            "p50 ms",
            "p99 ms",
            "versions",
            "gaps",
            "lowest free",
        ];
        let cells = [
            format!("{:.0}", per_second(REQUESTS, self.took)),
            self.with_status(200).len().to_string(),
            self.with_status(409).len().to_string(),
            self.lost().to_string(),
            self.refused_early().to_string(),
            format!("{:.2}", self.attempts()),
            format!("{:.2}", self.waited_ms(50)),
            format!("{:.2}", self.waited_ms(99)),
            self.ledger.last_version.to_string(),
            self.ledger.gaps.to_string(),
            self.ledger.lowest_free.to_string(),
        ];
        print_table(&[head.map(str::to_owned).to_vec(), cells.to_vec()]);
        println!();
    }

    fn figures(&self) -> Vec<Figure> {
        let count = |value: u64| ratio(value, 1);
        let held = self.with_status(200).len();
        let unlike = held.abs_diff(usize::try_from(STOCK).unwrap_or(0)) as u64;
        let below_zero = self.ledger.lowest_free.min(0).unsigned_abs();
        vec![
            Figure::new("hot_requests_per_second", "Order API: requests/s", per_second(REQUESTS, self.took)),
            Figure::new("hot_attempts_per_held", "Order API: attempts per held order", self.attempts()),
            Figure::new("hot_p50_ms", "Order API: answered p50, ms", self.waited_ms(50)),
            Figure::new("hot_p99_ms", "Order API: answered p99, ms", self.waited_ms(99)),
            Figure::new("hot_held", "Order API: held", count(held as u64)),
            Figure::new("hot_held_unlike", "Order API: held more or fewer than there were", count(unlike))
                .at_most(0.0),
            Figure::new("hot_lost", "Order API: told one thing, booked another", count(self.lost()))
                .at_most(0.0),
            Figure::new(
                "hot_refused_early",
                "Order API: refused while units were left",
                count(self.refused_early()),
            )
            .at_most(0.0),
            Figure::new("hot_gaps", "Order API: gaps in the balance's versions", count(self.ledger.gaps))
                .at_most(0.0),
            Figure::new("hot_below_zero", "Order API: free units below 0", count(below_zero)).at_most(0.0),
        ]
    }
}

async fn ask(take: TakeOrders, reference: String, request: WebhookRequest) -> Answer {
    let began = Instant::now();
    let said = take.take(SHOP, DESK, &request).await;
    let waited_us = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
    Answer { reference, said, waited_us }
}

/// Counts from now on the transactions that are tried, failed ones included.
fn count_transactions(book: &Book) -> Arc<AtomicU64> {
    let tried = Arc::new(AtomicU64::new(0));
    let counted = tried.clone();
    book.table_engine.plan_faults(Some(Arc::new(move |operation, _| {
        counted.fetch_add(u64::from(operation == "TransactWriteItems"), Ordering::SeqCst);
        None
    })));
    tried
}
