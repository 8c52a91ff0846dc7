//! The embedded table and queues by themselves, with nobody working on them, for calling one function alone.

use aws_sdk_sqs::types::QueueAttributeName;
use channels::channel::Clock;
use commerce::Timestamp;
use lambda_kit::batch::Work;
use lambda_kit::queues::Queue;
use one_machine::journal::Journal;
use one_machine::pump;
use one_machine::queue_engine::QueueEngine;
use one_machine::sdk_answer::access;
use one_machine::table_engine::TableEngine;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use table::Table;
use tokio::task::JoinHandle;

/// Table, queues, and a clock that stands still at 2026-11-22T03:00:00Z.
pub struct Engines {
    /// The book.
    pub table: Table,
    /// The queue of thin pushes.
    pub lookups: Queue,
    /// The queue of orders.
    pub orders: Queue,
    /// The queue of listings to publish.
    pub publish: Queue,
    /// The queue of orders for tills and websites.
    pub forward: Queue,
    /// The queue of passes asked for.
    pub passes: Queue,
    /// The queue of shops to compare.
    pub reconcile: Queue,
    /// The time.
    pub clock: Clock,
    sqs: aws_sdk_sqs::Client,
    journal: Journal,
}

/// The book of a machine that has stopped.
pub fn table_in(file: &Path) -> Table {
    Table::new(access(TableEngine::in_file(file).unwrap()).dynamodb(), "hopkenh")
}

impl Engines {
    /// All of it, empty.
    pub async fn start() -> Self {
        let table = Table::new(access(TableEngine::in_memory().unwrap()).dynamodb(), "hopkenh");
        table.create_if_missing().await.unwrap();
        let journal = Journal::in_memory().unwrap();
        let sqs = access(QueueEngine::new(journal.clone())).sqs();
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
        Self {
            table,
            lookups: queue(&sqs, "lookups").await,
            orders: queue(&sqs, "orders").await,
            publish: queue(&sqs, "publish.fifo").await,
            forward: queue(&sqs, "forward.fifo").await,
            passes: queue(&sqs, "passes").await,
            reconcile: queue(&sqs, "reconcile").await,
            clock: Arc::new(move || now),
            sqs,
            journal,
        }
    }

    /// Lets one worker take messages off a queue, as the machine does, until it is aborted.
    pub fn work(&self, name: &str, work: Arc<dyn Work>) -> JoinHandle<()> {
        let (url, sqs) = (format!("http://localhost/{name}"), self.sqs.clone());
        let queue = Queue::new(sqs.clone(), &url);
        tokio::spawn(pump::run(sqs, url, queue, work))
    }

    /// What was queued, by queue, as JSON. On a standard queue every message must name its shop as its group, so that
    /// shops take turns; it says nothing that the body does not, and is left out here.
    pub fn queued(&self) -> Value {
        let mut queues = json!({});
        for entry in self.journal.pending().unwrap() {
            let body: Value = serde_json::from_str(&entry.body).unwrap_or(Value::String(entry.body));
            let line = if entry.queue.ends_with(".fifo") {
                json!({"group": entry.group, "body": body})
            } else {
                assert_eq!(entry.group.as_deref(), body["shop"].as_str(), "group of {body}");
                body
            };
            if queues.get(&entry.queue).is_none() {
                queues[&entry.queue] = json!([]);
            }
            if let Some(lines) = queues[&entry.queue].as_array_mut() {
                lines.push(line);
            }
        }
        queues
    }
}

async fn queue(sqs: &aws_sdk_sqs::Client, name: &str) -> Queue {
    let mut request = sqs.create_queue().queue_name(name);
    if name.ends_with(".fifo") {
        request = request.attributes(QueueAttributeName::FifoQueue, "true");
    }
    Queue::new(sqs.clone(), request.send().await.unwrap().queue_url.unwrap())
}
