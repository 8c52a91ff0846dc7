//! Work that a person hands over at a terminal, done at once by the function that would take it off its queue.

use crate::journal::Journal;
use crate::machine::{MachineError, queue_for_itself};
use channels::channel::Clock;
use commerce::ids::OrderId;
use lambda_kit::batch::{Message, Outcome};
use lambda_kit::objects::Objects;
use lambda_kit::shop_source::ShopSource;
use std::time::Duration;
use table::Table;
use workflows::RecordOrders;
use workflows::messages::{Ask, LookUpMessage, RecordMessage, from_text, to_text};

/// How many messages go into one batch, as the queue would make it.
const BATCH: usize = 10;
/// How often a message is tried before the person hears of it.
const TRIES_MAX: u32 = 5;
/// How long between two tries.
const PAUSE: Duration = Duration::from_millis(200);

/// What the work needs.
pub struct Desk {
    /// Shops.
    pub shops: ShopSource,
    /// The book.
    pub table: Table,
    /// Where unreadable bodies lie.
    pub archive: Objects,
    /// The time.
    pub clock: Clock,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Messages that could not be written now, and why.
    pub not_written: Vec<String>,
    /// Orders that the book has with other content of the same time: only their channel could tell which is right.
    pub unclear: Vec<OrderId>,
}

/// Writes all of it into the book of this machine, beside a running machine or without one.
pub async fn record(desk: Desk, records: &[RecordMessage]) -> Result<Recorded, MachineError> {
    let journal = Journal::in_memory().map_err(|e| MachineError::Data(e.to_string()))?;
    let lookups = queue_for_itself(journal.clone(), "lookups").await?;
    let Desk { shops, table, archive, clock } = desk;
    let work = RecordOrders { shops, table, lookups, archive, clock };
    let mut recorded = Recorded::default();
    for batch in records.chunks(BATCH) {
        let message =
            |(n, record): (usize, &RecordMessage)| Message::of_no_queue(n.to_string(), to_text(record));
        let batch: Vec<Message> = batch.iter().enumerate().map(message).collect();
        recorded.not_written.extend(write(&work, batch).await);
    }
    let asked = journal.pending().map_err(|e| MachineError::Data(e.to_string()))?;
    recorded.unclear = asked.iter().filter_map(|entry| order_of(&entry.body)).collect();
    Ok(recorded)
}

/// What is left unwritten after all tries, as reasons.
async fn write(work: &RecordOrders, mut batch: Vec<Message>) -> Vec<String> {
    let mut reasons = Vec::new();
    for attempt in 1..=TRIES_MAX {
        let outcomes = work.handle(&batch).await;
        let left = batch.into_iter().zip(outcomes).filter_map(|(message, outcome)| match outcome {
            Outcome::Done => None,
            Outcome::Again { why, .. } => Some((message, why)),
        });
        (batch, reasons) = left.unzip();
        if batch.is_empty() || attempt == TRIES_MAX {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    reasons
}

fn order_of(body: &str) -> Option<OrderId> {
    match from_text::<LookUpMessage>(body).ok()?.ask {
        Ask::Order { order } => Some(order),
        Ask::Level { .. } => None,
    }
}
