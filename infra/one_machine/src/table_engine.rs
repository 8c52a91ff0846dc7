//! The embedded DynamoDB engine, answering the SDK's calls in process; tests inject faults in front of it.

use crate::contention::{Conflict, Contention};
use crate::sdk_answer::{body, json, later, on_disk, operation, time_out};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use dynoxide::Database;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::errors::DynoxideError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// What goes wrong with a call, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call never reaches the table.
    LostBefore,
    /// The call is applied, but its answer is lost.
    LostAfter,
    /// Another transaction holds an item.
    Conflict,
    /// Too many calls.
    Throttled,
    /// The table calls the request invalid.
    Invalid,
}

/// Decides, per call, whether something goes wrong: it sees the operation and the body.
pub type FaultPlan = Arc<dyn Fn(&str, &[u8]) -> Option<Fault> + Send + Sync>;

/// Sees each call that was answered well: the operation, its body and the answer.
pub type Watch = Arc<dyn Fn(&str, &[u8], &str) + Send + Sync>;

/// The embedded engine. Cheap to clone.
#[derive(Clone)]
pub struct TableEngine {
    database: Database,
    path: Arc<str>,
    changed: Arc<Notify>,
    writes: Arc<AtomicU64>,
    faults: Arc<Mutex<Option<FaultPlan>>>,
    contention: Arc<Mutex<Option<Arc<Contention>>>>,
    watch: Arc<Mutex<Option<Watch>>>,
}

impl std::fmt::Debug for TableEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TableEngine")
    }
}

impl TableEngine {
    /// An engine that forgets everything at the end, for tests and the demo.
    pub fn in_memory() -> Result<Self, String> {
        Self::open(&new_place_in_memory())
    }

    /// Another engine in memory with the same content, for tests that begin at the same state many times over.
    pub fn copy(&self) -> Result<Self, String> {
        let path = new_place_in_memory();
        let copied = || -> rusqlite::Result<rusqlite::Connection> {
            // What lies in memory is gone with the last who holds it.
            let held = rusqlite::Connection::open(&path)?;
            rusqlite::Connection::open(&*self.path)?.execute("VACUUM INTO ?1", [&path])?;
            Ok(held)
        };
        let _held = copied().map_err(|e| e.to_string())?;
        Self::open(&path)
    }

    /// An engine in a SQLite file that survives a restart.
    pub fn in_file(path: &Path) -> Result<Self, String> {
        Self::open(&path.to_string_lossy())
    }

    fn open(path: &str) -> Result<Self, String> {
        let database = Database::new(path).map_err(|e| e.to_string())?;
        index_stream(path).map_err(|e| e.to_string())?;
        Ok(Self::around(database, path))
    }

    fn around(database: Database, path: &str) -> Self {
        Self {
            database,
            path: path.into(),
            changed: Arc::default(),
            writes: Arc::default(),
            faults: Arc::default(),
            contention: Arc::default(),
            watch: Arc::default(),
        }
    }

    /// The database itself, for the stream.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Wakes after each write.
    pub(crate) fn changed(&self) -> &Notify {
        &self.changed
    }

    /// How many writes have succeeded since the start.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::SeqCst)
    }

    /// From now on, calls go wrong as planned; none for no faults.
    pub fn plan_faults(&self, plan: Option<FaultPlan>) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    /// From now on, calls take their time and writes meet each other; none for an engine that is done at once.
    pub fn contend(&self, contention: Option<Arc<Contention>>) {
        *self.contention.lock().unwrap_or_else(PoisonError::into_inner) = contention;
    }

    /// From now on, `watch` sees every call; what it costs to look is the watcher's business.
    pub fn watch(&self, watch: Option<Watch>) {
        *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = watch;
    }

    fn fault(&self, operation: &str, body: &[u8]) -> Option<Fault> {
        let plan = self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
        plan.and_then(|plan| plan(operation, body))
    }

    fn contention(&self) -> Option<Arc<Contention>> {
        self.contention.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn answer(&self, operation: &str, body: &[u8]) -> (u16, String) {
        match self.dispatch(operation, body) {
            Ok(text) => {
                self.tell_watch(operation, body, &text);
                (200, text)
            }
            Err(error) => (error.status_code(), error.to_json()),
        }
    }

    pub(crate) fn tell_watch(&self, operation: &str, body: &[u8], text: &str) {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(watch) = watch {
            watch(operation, body, text);
        }
    }

    /// The operations our code uses; anything else is refused by name.
    fn dispatch(&self, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
        let db = &self.database;
        match operation {
            "BatchGetItem" => run(body, |request| db.batch_get_item(request)),
            "CreateTable" => run(body, |request| db.create_table(request)),
            "DeleteItem" => self.written(run(body, |request| db.delete_item(request))),
            "GetItem" => run(body, |request| db.get_item(request)),
            "PutItem" => self.written(run(body, |request| db.put_item(request))),
            "Query" => run(body, |request| db.query(request)),
            "Scan" => run(body, |request| db.scan(request)),
            "TransactWriteItems" => {
                self.written(run(body, |request| db.transact_write_items(without_token(request))))
            }
            "UpdateTimeToLive" => run(body, |request| db.update_time_to_live(request)),
            other => Err(DynoxideError::ValidationException(format!("{other} is not used by this product"))),
        }
    }

    /// Counts a write that succeeded, and wakes whoever reads the stream.
    pub(crate) fn written<T>(&self, result: Result<T, DynoxideError>) -> Result<T, DynoxideError> {
        if result.is_ok() {
            self.writes.fetch_add(1, Ordering::SeqCst);
            self.changed.notify_one();
        }
        result
    }
}

fn new_place_in_memory() -> String {
    static OPENED: AtomicU64 = AtomicU64::new(0);
    let number = OPENED.fetch_add(1, Ordering::SeqCst);
    format!("file:hopkenh-{number}?mode=memory&cache=shared")
}

/// Each write asks for the stream's last number, and the engine looks for it in the whole stream: with an index it is found
/// at once, however long the shop has traded.
fn index_stream(path: &str) -> rusqlite::Result<()> {
    rusqlite::Connection::open(path)?.execute_batch(
        "CREATE INDEX IF NOT EXISTS stream_by_number ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )
}

/// The SDK draws a token for each transaction so that its own second try is known as such. It tries nothing twice here, and
/// a token nobody repeats would have the engine keep and look through ten minutes of transactions at every write.
fn without_token(request: TransactWriteItemsRequest) -> TransactWriteItemsRequest {
    TransactWriteItemsRequest { client_request_token: None, ..request }
}

fn run<Request: DeserializeOwned, Answer: Serialize>(
    body: &[u8],
    call: impl FnOnce(Request) -> Result<Answer, DynoxideError>,
) -> Result<String, DynoxideError> {
    let bad = |e: serde_json::Error| DynoxideError::ValidationException(e.to_string());
    let request = serde_json::from_slice(body).map_err(bad)?;
    serde_json::to_string(&call(request)?).map_err(bad)
}

impl HttpConnector for TableEngine {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.clone();
        later(async move {
            let operation = operation(&request);
            let body = body(request).await;
            let _held_until_answered = match engine.contention() {
                Some(contention) => match contention.enter(&operation, &body).await {
                    Ok(held) => Some(held),
                    Err(Conflict) => return json(400, refusal(Fault::Conflict, &operation, &body)),
                },
                None => None,
            };
            match engine.fault(&operation, &body) {
                Some(Fault::LostBefore) => Err(time_out()),
                Some(Fault::LostAfter) => {
                    engine.answer(&operation, &body);
                    Err(time_out())
                }
                Some(fault) => json(400, refusal(fault, &operation, &body)),
                None => {
                    let (status, text) = on_disk(move || engine.answer(&operation, &body)).await;
                    json(status, text)
                }
            }
        })
    }
}

impl HttpClient for TableEngine {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// DynamoDB's own words for a refusal; a transaction wraps them in a cancellation with one reason per item.
fn refusal(fault: Fault, operation: &str, body: &[u8]) -> String {
    let (reason, exception) = match fault {
        Fault::Conflict => ("TransactionConflict", "TransactionConflictException"),
        Fault::Invalid => ("ValidationError", "ValidationException"),
        _ => ("ThrottlingError", "ThrottlingException"),
    };
    let text = if operation == "TransactWriteItems" {
        let request: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let items = request["TransactItems"].as_array().map_or(1, Vec::len);
        let mut reasons = vec![serde_json::json!({"Code": "None"}); items];
        reasons[0] = serde_json::json!({"Code": reason, "Message": "injected"});
        serde_json::json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "Transaction cancelled (injected)",
            "CancellationReasons": reasons,
        })
    } else {
        let exception = format!("com.amazonaws.dynamodb.v20120810#{exception}");
        serde_json::json!({"__type": exception, "message": "injected"})
    };
    text.to_string()
}
