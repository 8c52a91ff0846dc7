//! Takes messages off a queue and hands them to a function, as Lambda's event source mapping does.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName};
use lambda_kit::batch::{self, Work};
use lambda_kit::queues::Queue;
use std::sync::Arc;
use std::time::Duration;

/// The most messages of one batch.
const BATCH_MAX: i32 = 10;
/// How long one receive waits for a message.
const LONG_POLL_SECONDS: i32 = 10;
/// How long to wait after a failed receive.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// Hands batches of one queue to a function's work for ever.
pub async fn run(client: Client, queue_url: String, queue: Queue, work: Arc<dyn Work>) {
    loop {
        if let Err(detail) = run_once(&client, &queue_url, &queue, work.as_ref()).await {
            tracing::warn!(queue = queue_url, detail, "batch failed, will be tried again");
            tokio::time::sleep(AFTER_FAILURE).await;
        }
    }
}

async fn run_once(client: &Client, queue_url: &str, queue: &Queue, work: &dyn Work) -> Result<(), String> {
    let received = client
        .receive_message()
        .queue_url(queue_url)
        .max_number_of_messages(BATCH_MAX)
        .wait_time_seconds(LONG_POLL_SECONDS)
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .send()
        .await
        .map_err(|e| DisplayErrorContext(e).to_string())?;
    let messages = received.messages.unwrap_or_default();
    if messages.is_empty() {
        return Ok(());
    }
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(record).collect();
    let response = batch::run(queue, event, work).await.map_err(|e| e.to_string())?;
    let failed: Vec<&str> = response.batch_item_failures.iter().map(|f| f.item_identifier.as_str()).collect();
    let done = messages.iter().filter(|m| m.message_id.as_deref().is_some_and(|id| !failed.contains(&id)));
    delete(client, queue_url, done.filter_map(|m| m.receipt_handle.clone()).collect()).await
}

fn record(message: &Message) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id.clone_from(&message.message_id);
    record.receipt_handle.clone_from(&message.receipt_handle);
    record.body.clone_from(&message.body);
    let attributes = message.attributes.iter().flatten();
    record.attributes = attributes.map(|(name, value)| (name.as_str().to_owned(), value.clone())).collect();
    record
}

async fn delete(client: &Client, queue_url: &str, receipts: Vec<String>) -> Result<(), String> {
    if receipts.is_empty() {
        return Ok(());
    }
    let mut request = client.delete_message_batch().queue_url(queue_url);
    for (n, receipt) in receipts.into_iter().enumerate() {
        let entry =
            DeleteMessageBatchRequestEntry::builder().id(n.to_string()).receipt_handle(receipt).build();
        request = request.entries(entry.map_err(|e| e.to_string())?);
    }
    request.send().await.map(|_| ()).map_err(|e| DisplayErrorContext(e).to_string())
}
