//! The embedded SQS engine, answering the SDK's calls in process, with a journal behind it and a count of requests.

use crate::journal::{Entry, Journal};
use crate::sdk_answer::{body, json, later, operation};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http_body_util::BodyExt;
use rustack_sqs_core::config::SqsConfig;
use rustack_sqs_core::handler::RustackSqsHandler;
use rustack_sqs_core::provider::RustackSqs;
use rustack_sqs_http::dispatch::SqsHandler;
use rustack_sqs_http::response::error_to_response;
use rustack_sqs_model::operations::SqsOperation;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For this long a FIFO queue drops a second message of the same deduplication id (SQS Developer Guide, read
/// 2026-11-21).
const DEDUPLICATION_WINDOW: Duration = Duration::from_secs(5 * 60);
/// When this many done messages are remembered, those older than the window are forgotten.
const DONE_LATELY_MANY: usize = 10_000;

/// Requests made so far, as SQS bills them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// Sends, receives that found something, deletes and changed delays.
    pub useful: u64,
    /// Receives that found nothing.
    pub empty_receives: u64,
}

/// The embedded engine. Cheap to clone.
#[derive(Clone)]
pub struct QueueEngine {
    handler: Arc<RustackSqsHandler>,
    journal: Journal,
    /// Receipt handle → message id, for messages handed out and not done yet.
    handed_out: Arc<Mutex<HashMap<String, String>>>,
    /// Messages done lately: what is done before its sender was answered must not be written down as waiting.
    done_lately: Arc<Mutex<HashMap<String, Instant>>>,
    useful: Arc<AtomicU64>,
    empty: Arc<AtomicU64>,
}

impl std::fmt::Debug for QueueEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QueueEngine")
    }
}

impl QueueEngine {
    /// An engine with that journal behind it.
    pub fn new(journal: Journal) -> Self {
        let provider = Arc::new(RustackSqs::new(SqsConfig::default()));
        Self {
            handler: Arc::new(RustackSqsHandler::new(provider)),
            journal,
            handed_out: Arc::default(),
            done_lately: Arc::default(),
            useful: Arc::default(),
            empty: Arc::default(),
        }
    }

    /// Requests made so far.
    pub fn requests(&self) -> Requests {
        Requests {
            useful: self.useful.load(Ordering::Relaxed),
            empty_receives: self.empty.load(Ordering::Relaxed),
        }
    }

    async fn answer(&self, name: &str, request: &[u8]) -> Result<(u16, Vec<u8>), String> {
        let Some(operation) = SqsOperation::from_name(name) else {
            return Err(format!("{name} is not used by this product"));
        };
        let handled = self.handler.handle_operation(operation, request.to_vec().into()).await;
        let response = handled.unwrap_or_else(|error| error_to_response(&error, "local"));
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(|e| e.to_string())?.to_bytes().to_vec();
        if status == 200 {
            self.note(name, request, &body).map_err(|e| e.to_string())?;
        }
        Ok((status, body))
    }

    /// Keeps the journal in step, before the caller hears the answer.
    fn note(&self, name: &str, request: &[u8], answer: &[u8]) -> rusqlite::Result<()> {
        let request: Value = serde_json::from_slice(request).unwrap_or_default();
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        match name {
            "SendMessageBatch" => self.note_sent(sent(&request, &answer))?,
            "DeleteMessageBatch" => self.note_done(self.done(&request, &answer))?,
            "ReceiveMessage" if self.hand_out(&answer) == 0 => {
                self.empty.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            "CreateQueue" => return Ok(()),
            _ => {}
        }
        self.useful.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// A quick consumer may be done with a message before its sender gets here, and the engine answers a note that
    /// it drops as a duplicate with the id of the first one, which may be done too.
    fn note_sent(&self, mut entries: Vec<Entry>) -> rusqlite::Result<()> {
        let done = self.done_lately.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| !done.contains_key(&entry.message_id));
        self.journal.add(&entries)
    }

    fn note_done(&self, ids: Vec<String>) -> rusqlite::Result<()> {
        let mut done = self.done_lately.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if done.len() >= DONE_LATELY_MANY {
            done.retain(|_, at| now.duration_since(*at) < DEDUPLICATION_WINDOW);
        }
        done.extend(ids.iter().map(|id| (id.clone(), now)));
        self.journal.remove(&ids)
    }

    fn hand_out(&self, answer: &Value) -> usize {
        let mut handed_out = self.handed_out.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = list(answer, "Messages");
        for message in &messages {
            handed_out.insert(text(message, "ReceiptHandle"), text(message, "MessageId"));
        }
        messages.len()
    }

    fn done(&self, request: &Value, answer: &Value) -> Vec<String> {
        let successful: Vec<String> = list(answer, "Successful").iter().map(|e| text(e, "Id")).collect();
        let entries = list(request, "Entries");
        let deleted = entries.iter().filter(|entry| successful.contains(&text(entry, "Id")));
        let mut handed_out = self.handed_out.lock().unwrap_or_else(PoisonError::into_inner);
        deleted.filter_map(|entry| handed_out.remove(&text(entry, "ReceiptHandle"))).collect()
    }
}

fn list(value: &Value, name: &str) -> Vec<Value> {
    value[name].as_array().cloned().unwrap_or_default()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// The entries of a batch that the engine accepted, with the ids it gave them.
fn sent(request: &Value, answer: &Value) -> Vec<Entry> {
    let queue = text(request, "QueueUrl").rsplit('/').next().unwrap_or_default().to_owned();
    let entries = list(request, "Entries");
    let accepted = list(answer, "Successful");
    let entry_of = |accepted: &Value| {
        let entry = entries.iter().find(|entry| entry["Id"] == accepted["Id"])?;
        Some(Entry {
            queue: queue.clone(),
            message_id: text(accepted, "MessageId"),
            body: text(entry, "MessageBody"),
            group: entry["MessageGroupId"].as_str().map(str::to_owned),
        })
    };
    accepted.iter().filter_map(entry_of).collect()
}

impl HttpConnector for QueueEngine {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.clone();
        later(async move {
            let operation = operation(&request);
            let body = body(request).await;
            match engine.answer(&operation, &body).await {
                Ok((status, answer)) => json(status, answer),
                Err(detail) => {
                    json(500, serde_json::json!({"__type": "InternalError", "message": detail}).to_string())
                }
            }
        })
    }
}

impl HttpClient for QueueEngine {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_quick_consumer_has_done_is_not_written_down_as_waiting() {
        let journal = Journal::in_memory().unwrap();
        let engine = QueueEngine::new(journal.clone());
        let entry = |id: &str| Entry {
            queue: "orders".to_owned(),
            message_id: id.to_owned(),
            body: "{}".to_owned(),
            group: None,
        };
        engine.note_done(vec!["quick".to_owned()]).unwrap();
        engine.note_sent(vec![entry("quick"), entry("slow")]).unwrap();
        assert_eq!(journal.pending().unwrap(), [entry("slow")]);
    }
}
