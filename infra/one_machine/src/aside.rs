//! Queues of a command's own, beside a running machine whose queues belong to it: what is sent there the command does itself.

use crate::journal::Journal;
use crate::machine::{MachineError, queue_for_itself};
use lambda_kit::queues::Queue;

const PUBLISH: &str = "publish.fifo";
const ORDERS: &str = "orders";

/// Queues that nobody else works on.
pub struct Aside {
    /// Orders to ask for again.
    pub lookups: Queue,
    /// Orders that were found.
    pub orders: Queue,
    /// Listings to look at.
    pub publish: Queue,
    /// Readings of orders that are asked for.
    pub passes: Queue,
    /// Shops to compare.
    pub reconcile: Queue,
    journal: Journal,
}

impl Aside {
    /// New, empty ones, which end with the process.
    pub async fn open() -> Result<Self, MachineError> {
        let journal = Journal::in_memory().map_err(|e| MachineError::Data(e.to_string()))?;
        Ok(Self {
            lookups: queue_for_itself(journal.clone(), "lookups").await?,
            orders: queue_for_itself(journal.clone(), ORDERS).await?,
            publish: queue_for_itself(journal.clone(), PUBLISH).await?,
            passes: queue_for_itself(journal.clone(), "passes").await?,
            reconcile: queue_for_itself(journal.clone(), "reconcile").await?,
            journal,
        })
    }

    /// The text of each note for `publish-stock` that was sent so far, oldest first.
    pub fn published(&self) -> Result<Vec<String>, MachineError> {
        self.sent_to(PUBLISH)
    }

    /// The text of each order that was found so far, oldest first.
    pub fn found(&self) -> Result<Vec<String>, MachineError> {
        self.sent_to(ORDERS)
    }

    fn sent_to(&self, queue: &str) -> Result<Vec<String>, MachineError> {
        let pending = self.journal.pending().map_err(|e| MachineError::Data(e.to_string()))?;
        let notes = pending.into_iter().filter(|entry| entry.queue == queue);
        Ok(notes.map(|entry| entry.body).collect())
    }
}
