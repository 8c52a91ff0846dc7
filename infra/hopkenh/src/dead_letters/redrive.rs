//! Sending dead letters back: by the queue service itself where it can, else one by one. Twice is harmless.

use super::queues::DeadQueue;
use crate::terminal;
use crate::up::Problem;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use std::time::Duration;

/// How often the service is asked how far it is.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How often at most: an hour.
const ASKS_MAX: usize = 3_600;
/// How many messages are taken at once.
const RECEIVE_MAX: i32 = 10;
/// A message that was taken and not sent is there again after this, in seconds.
const TAKEN_SECONDS: i32 = 60;
/// How long to wait for messages, in seconds: those somebody has just looked at come back.
const WAIT_SECONDS: i32 = 3;
/// After this many empty answers nothing is left.
const EMPTY_MAX: usize = 2;

/// Sends back about `depth` messages and returns how many went.
pub async fn all(client: &Client, queue: &DeadQueue, home: &str, depth: usize) -> Result<usize, Problem> {
    match by_service(client, queue, depth).await? {
        Some(moved) => Ok(moved),
        None => one_by_one(client, queue, home, depth).await,
    }
}

/// None where the service does not do it, as emulators do not.
async fn by_service(client: &Client, queue: &DeadQueue, depth: usize) -> Result<Option<usize>, Problem> {
    let Some(arn) = arn(client, queue).await? else { return Ok(None) };
    let started = client.start_message_move_task().source_arn(&arn).send().await;
    match started {
        Ok(_) => {}
        // Not offered here, or not for this kind of queue: taking and sending does it as well. A right that is missing
        // or no answer at all is another matter.
        Err(error) if error.as_service_error().is_some() && error.code() != Some("AccessDenied") => {
            return Ok(None);
        }
        Err(error) => return Err(queue.failed(&DisplayErrorContext(error))),
    }
    let bar = terminal::bar(depth);
    for _ in 0..ASKS_MAX {
        let answer = client.list_message_move_tasks().source_arn(&arn).send().await;
        let answer = answer.map_err(|e| queue.failed(&DisplayErrorContext(e)))?;
        let Some(task) = answer.results().first() else { return Ok(None) };
        let moved = usize::try_from(task.approximate_number_of_messages_moved()).unwrap_or(0);
        bar.set_position(moved as u64);
        match task.status() {
            Some("RUNNING") => tokio::time::sleep(ASK_EVERY).await,
            Some("COMPLETED") => return Ok(Some(moved)),
            _ => return Err(queue.failed(&task.failure_reason().unwrap_or("the move was stopped"))),
        }
    }
    Err(queue.failed(&"the move goes on; look again later with `dead-letters list`"))
}

async fn arn(client: &Client, queue: &DeadQueue) -> Result<Option<String>, Problem> {
    let name = QueueAttributeName::QueueArn;
    let answer =
        client.get_queue_attributes().queue_url(&queue.url).attribute_names(name.clone()).send().await;
    let answer = answer.map_err(|e| queue.failed(&DisplayErrorContext(e)))?;
    Ok(answer.attributes.and_then(|mut found| found.remove(&name)))
}

/// Take, send, and only then delete: whatever stops this, no message is lost.
async fn one_by_one(client: &Client, queue: &DeadQueue, home: &str, depth: usize) -> Result<usize, Problem> {
    let bar = terminal::bar(depth);
    let (mut moved, mut empty) = (0, 0);
    while moved < depth && empty < EMPTY_MAX {
        let messages = take(client, queue).await?;
        empty = if messages.is_empty() { empty + 1 } else { 0 };
        for message in &messages {
            send(client, queue, home, message).await?;
            let receipt = message.receipt_handle().unwrap_or_default();
            let deleted = client.delete_message().queue_url(&queue.url).receipt_handle(receipt).send().await;
            deleted.map_err(|e| queue.failed(&DisplayErrorContext(e)))?;
            moved += 1;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(moved)
}

async fn take(client: &Client, queue: &DeadQueue) -> Result<Vec<Message>, Problem> {
    let answer = client
        .receive_message()
        .queue_url(&queue.url)
        .max_number_of_messages(RECEIVE_MAX)
        .visibility_timeout(TAKEN_SECONDS)
        .wait_time_seconds(WAIT_SECONDS)
        .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
        .send()
        .await
        .map_err(|e| queue.failed(&DisplayErrorContext(e)))?;
    Ok(answer.messages.unwrap_or_default())
}

async fn send(client: &Client, queue: &DeadQueue, home: &str, message: &Message) -> Result<(), Problem> {
    let group = message.attributes().and_then(|all| all.get(&MessageSystemAttributeName::MessageGroupId));
    // Its own deduplication id may still be remembered from the first time, and it would be dropped.
    let again = group.map(|_| format!("again-{}", message.message_id().unwrap_or_default()));
    let sent = client
        .send_message()
        .queue_url(home)
        .message_body(message.body().unwrap_or_default())
        .set_message_group_id(group.cloned())
        .set_message_deduplication_id(again)
        .send()
        .await;
    sent.map(|_| ()).map_err(|e| queue.failed(&DisplayErrorContext(e)))
}
