//! What the embedded table lacks of the real one: writes take their time, and two at one item at once cannot both win.
//!
//! DynamoDB answers `TransactionConflict` when a write meets an item that a transaction under way holds (Developer
//! Guide, "Managing complex workflows with DynamoDB transactions", read 2026-11-30). How long each takes is no promise
//! of DynamoDB's but a parameter here.

use serde_json::Value;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use table::keys::{PARTITION, SORT};

/// How long the table takes for each kind of call.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// A transaction; it holds its items for so long.
    pub transaction: Duration,
    /// The answer that a held item was met.
    pub conflict: Duration,
    /// Anything else.
    pub other: Duration,
}

/// What has happened so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Transactions that were tried.
    pub transactions: u64,
    /// Writes that met a held item.
    pub conflicts: u64,
}

/// Who holds which items.
#[derive(Debug)]
pub struct Contention {
    pace: Pace,
    held: Mutex<HashSet<String>>,
    transactions: AtomicU64,
    conflicts: AtomicU64,
}

/// Items of a call under way; let go when it is over, however it ends.
#[derive(Debug)]
pub(crate) struct Held {
    by: Arc<Contention>,
    items: Vec<String>,
}

/// An item was held by somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conflict;

impl Contention {
    /// A table of that pace.
    pub fn new(pace: Pace) -> Arc<Self> {
        let (transactions, conflicts) = (AtomicU64::new(0), AtomicU64::new(0));
        Arc::new(Self { pace, held: Mutex::default(), transactions, conflicts })
    }

    /// What has happened so far.
    pub fn met(&self) -> Met {
        let read = |count: &AtomicU64| count.load(Ordering::SeqCst);
        Met { transactions: read(&self.transactions), conflicts: read(&self.conflicts) }
    }

    /// Takes the call's time. Its items stay held until the answer is made.
    pub(crate) async fn enter(self: &Arc<Self>, operation: &str, body: &[u8]) -> Result<Held, Conflict> {
        let is_transaction = operation == "TransactWriteItems";
        self.transactions.fetch_add(u64::from(is_transaction), Ordering::SeqCst);
        let Some(held) = self.take(written_items(operation, body), is_transaction) else {
            self.conflicts.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(self.pace.conflict).await;
            return Err(Conflict);
        };
        tokio::time::sleep(if is_transaction { self.pace.transaction } else { self.pace.other }).await;
        Ok(held)
    }

    /// Only a transaction holds its items; a single write only meets those of others.
    fn take(self: &Arc<Self>, items: Vec<String>, holds: bool) -> Option<Held> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if items.iter().any(|item| held.contains(item)) {
            return None;
        }
        let items = if holds { items } else { Vec::new() };
        held.extend(items.iter().cloned());
        Some(Held { by: self.clone(), items })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = self.by.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|item| !self.items.contains(item));
    }
}

/// The keys that a call writes; none for a read.
fn written_items(operation: &str, body: &[u8]) -> Vec<String> {
    let request: Value = match operation {
        "TransactWriteItems" | "PutItem" | "DeleteItem" => serde_json::from_slice(body).unwrap_or_default(),
        _ => return Vec::new(),
    };
    let name = |write: &Value| {
        let item = write.get("Key").or_else(|| write.get("Item"))?;
        Some(format!("{} {}", item[PARTITION]["S"].as_str()?, item[SORT]["S"].as_str()?))
    };
    match request["TransactItems"].as_array() {
        Some(parts) => {
            let writes = parts.iter().filter_map(|part| part.as_object()?.values().next());
            writes.filter_map(name).collect()
        }
        None => name(&request).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        transaction: Duration::from_millis(15),
        conflict: Duration::from_millis(8),
        other: Duration::from_millis(4),
    };

    fn transaction(items: &[&str]) -> Vec<u8> {
        let part = |item: &&str| serde_json::json!({"Update": {"Key": {"p": {"S": item}, "s": {"S": "x"}}}});
        let parts: Vec<Value> = items.iter().map(part).collect();
        serde_json::json!({ "TransactItems": parts }).to_string().into_bytes()
    }

    #[tokio::test]
    async fn two_transactions_at_one_item_conflict_only_while_they_overlap() {
        let contention = Contention::new(PACE);
        let (first, second) = (transaction(&["a", "b"]), transaction(&["b", "c"]));
        let held = contention.enter("TransactWriteItems", &first).await.unwrap();
        assert_eq!(contention.enter("TransactWriteItems", &second).await.err(), Some(Conflict));
        assert!(
            contention.enter("TransactWriteItems", &transaction(&["c"])).await.is_ok(),
            "it held nothing"
        );
        let put = br#"{"Item": {"p": {"S": "a"}, "s": {"S": "x"}}}"#;
        assert_eq!(contention.enter("PutItem", put).await.err(), Some(Conflict));
        assert!(contention.enter("BatchGetItem", &first).await.is_ok(), "a read meets nobody");
        drop(held);
        assert!(contention.enter("TransactWriteItems", &second).await.is_ok());
        assert_eq!(contention.met(), Met { transactions: 4, conflicts: 2 });
    }
}
