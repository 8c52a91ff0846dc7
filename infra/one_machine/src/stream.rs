//! Reads the embedded table's stream and hands it to `announce-stock`, as Lambda's event source mapping does.

use crate::journal::Journal;
use crate::sdk_answer::on_disk;
use crate::table_engine::TableEngine;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::{GetRecordsRequest, GetRecordsResponse, Record};
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use dynoxide::types::AttributeValue;
use lambda_kit::stream::{Change, StreamEvent, StreamRecord};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use table::keys::{self, SORT};
use tokio::sync::mpsc::UnboundedSender;
use workflows::AnnounceStock;

/// The most records handed over at once.
const RECORDS_MAX: usize = 100;
/// How long to wait for a change before looking again anyway.
const IDLE: Duration = Duration::from_millis(500);
/// How long to wait after a batch that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// The journal's note of how far the stream has been read.
const NOTE: &str = "stream-read-up-to";

/// Follows the stream until the task is stopped.
pub struct StreamReader {
    engine: TableEngine,
    journal: Journal,
    announce: AnnounceStock,
    /// Sees every record, whatever its kind; the demo measures freshness with it.
    observer: Option<UnboundedSender<StreamRecord>>,
    /// The number of table writes at the last look that found nothing new.
    drained: Arc<AtomicU64>,
}

impl StreamReader {
    /// A reader that resumes where the journal says it stopped.
    pub fn new(
        engine: TableEngine,
        journal: Journal,
        announce: AnnounceStock,
        observer: Option<UnboundedSender<StreamRecord>>,
    ) -> Self {
        Self { engine, journal, announce, observer, drained: Arc::default() }
    }

    /// Where the reader notes up to which write of the engine it has handed everything over.
    pub fn drained(&self) -> Arc<AtomicU64> {
        self.drained.clone()
    }

    /// Reads for ever. A batch that fails is tried again, so the order of changes is kept.
    pub async fn run(self) {
        loop {
            let writes = self.engine.writes();
            match self.read_once().await {
                Ok(0) => {
                    self.drained.store(writes, Ordering::SeqCst);
                    if self.engine.writes() != writes {
                        continue;
                    }
                    let _timeout_is_fine = tokio::time::timeout(IDLE, self.engine.changed().notified()).await;
                }
                Ok(_) => {}
                Err(detail) => {
                    tracing::warn!(detail, "stream batch failed, will be tried again");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    /// Hands over one batch and returns how many records it held.
    async fn read_once(&self) -> Result<usize, String> {
        let (engine, journal) = (self.engine.clone(), self.journal.clone());
        let event = on_disk(move || {
            let read_up_to = journal.note(NOTE).map_err(|e| e.to_string())?;
            records_after(&engine, read_up_to, RECORDS_MAX)
        })
        .await?;
        let Some(last) = event.records.last().map(|r| r.dynamodb.sequence_number.clone()) else {
            return Ok(0);
        };
        let count = event.records.len();
        self.hand_over(event).await?;
        let journal = self.journal.clone();
        on_disk(move || journal.set_note(NOTE, &last)).await.map_err(|e| e.to_string())?;
        Ok(count)
    }

    async fn hand_over(&self, event: StreamEvent) -> Result<(), String> {
        let records = event.records.iter().filter(|record| is_announced(record)).cloned().collect();
        let response = self.announce.handle(StreamEvent { records }).await;
        if let Some(failed) = response.batch_item_failures.first() {
            return Err(format!("from {} on", failed.item_identifier));
        }
        if let Some(observer) = &self.observer {
            // An observer that has gone away misses nothing it still wants.
            event.records.into_iter().for_each(|record| drop(observer.send(record)));
        }
        Ok(())
    }
}

/// Follows the stream from its beginning without a journal, for whoever looks at each change as it happens.
#[derive(Debug, Default)]
pub struct Follower {
    next: Option<String>,
}

impl Follower {
    /// What is new since the last look, oldest first.
    pub fn look(&mut self, engine: &TableEngine, limit: usize) -> Result<StreamEvent, String> {
        if self.next.is_none() {
            self.next = iterator(engine, None)?;
        }
        let Some(iterator) = self.next.clone() else { return Ok(StreamEvent::default()) };
        let request = GetRecordsRequest { shard_iterator: iterator, limit: Some(limit) };
        let mut answer = engine.database().get_records(request).map_err(|e| e.to_string())?;
        self.next = answer.next_shard_iterator.take().or_else(|| self.next.take());
        event(answer)
    }
}

/// The engine's answer as Lambda would hand it over; each text is taken, not copied.
fn event(answer: GetRecordsResponse) -> Result<StreamEvent, String> {
    let record = |record: Record| {
        let change = record.dynamodb;
        Ok(StreamRecord {
            event_name: record.event_name,
            dynamodb: Change {
                keys: image(change.keys)?,
                new_image: change.new_image.map(image).transpose()?,
                old_image: change.old_image.map(image).transpose()?,
                sequence_number: change.sequence_number,
            },
        })
    };
    Ok(StreamEvent { records: answer.records.into_iter().map(record).collect::<Result<_, String>>()? })
}

fn image(item: HashMap<String, AttributeValue>) -> Result<BTreeMap<String, Value>, String> {
    let value = |(name, value)| match value {
        AttributeValue::S(text) => Ok((name, json!({ "S": text }))),
        AttributeValue::N(text) => Ok((name, json!({ "N": text }))),
        other => serde_json::to_value(&other).map(|other| (name, other)).map_err(|e| e.to_string()),
    };
    item.into_iter().map(value).collect()
}

/// The next records of the table's stream, oldest first: after that place, or from the beginning.
pub fn records_after(
    engine: &TableEngine,
    place: Option<String>,
    limit: usize,
) -> Result<StreamEvent, String> {
    let Some(iterator) = iterator(engine, place)? else { return Ok(StreamEvent::default()) };
    let request = GetRecordsRequest { shard_iterator: iterator, limit: Some(limit) };
    engine.database().get_records(request).map_err(|e| e.to_string()).and_then(event)
}

fn iterator(engine: &TableEngine, place: Option<String>) -> Result<Option<String>, String> {
    let db = engine.database();
    let streams = db.list_streams(ListStreamsRequest::default()).map_err(|e| e.to_string())?;
    let Some(stream) = streams.streams.into_iter().next() else { return Ok(None) };
    let describe =
        DescribeStreamRequest { stream_arn: stream.stream_arn.clone(), ..DescribeStreamRequest::default() };
    let description = db.describe_stream(describe).map_err(|e| e.to_string())?.stream_description;
    let Some(shard) = description.shards.into_iter().next_back() else { return Ok(None) };
    let kind = if place.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
    let request = GetShardIteratorRequest {
        stream_arn: stream.stream_arn,
        shard_id: shard.shard_id,
        shard_iterator_type: kind.to_owned(),
        sequence_number: place,
    };
    db.get_shard_iterator(request).map(|answer| answer.shard_iterator).map_err(|e| e.to_string())
}

/// The same filter as the template's event source mapping.
fn is_announced(record: &StreamRecord) -> bool {
    let sort = record.dynamodb.keys.get(SORT).and_then(|key| key.get("S")).and_then(|text| text.as_str());
    sort.is_some_and(keys::is_announced)
}
