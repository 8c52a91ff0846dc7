//! Workers of a simulated day: they take messages off queues, follow the stream and keep the minutes, as Lambda does, and may die at any step.

use super::control::{Cut, run};
use super::dice::Dice;
use super::fault::Fault;
use super::hub::Post;
use super::queue::Queued;
use super::sim::{Sim, lock};
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use lambda_kit::batch::{self, Work};
use lambda_kit::queues::Queue;
use lambda_kit::stream::{StreamEvent, StreamRecord};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use table::keys::{self, SORT};
use workflows::AnnounceStock;

/// The time a scheduled function and the stream's function have.
const TIME: Duration = Duration::from_secs(60);
/// The most records handed over at once.
const RECORDS_MAX: usize = 100;

/// How wrong the clock of that worker is.
pub(super) fn skew_ms(sim: &Sim, worker: &str) -> i64 {
    let most = sim.world.skew_max_ms;
    let skew_ms = Dice::new(sim.world.wish.seed, &format!("clock {worker}")).between(-most, most);
    if skew_ms != 0 {
        lock(&sim.weather).count(Fault::ClockSkewed);
    }
    skew_ms
}

/// Takes messages off a queue for ever.
pub(super) fn work_off(sim: Arc<Sim>, post: &'static Post, name: String, queue: Queue, work: Arc<dyn Work>) {
    let mut dice = Dice::new(sim.world.wish.seed, &name);
    tokio::spawn(async move {
        loop {
            let messages = receive(&sim, post, &mut dice).await;
            sim.pause(1, 40).await;
            sim.note(|| format!("{name} gets {:?}", messages.iter().map(|m| m.id).collect::<Vec<_>>()));
            let mut event = SqsEvent::default();
            event.records = messages.iter().map(record).collect();
            match run(batch::run(&queue, event, work.as_ref()), post.time).await {
                Ok(Ok(response)) => {
                    let failed: Vec<&str> =
                        response.batch_item_failures.iter().map(|f| f.item_identifier.as_str()).collect();
                    let mut queues = lock(&sim.queues);
                    let Some(queue) = queues.get_mut(post.queue) else { return };
                    let done = messages.iter().filter(|m| !failed.contains(&m.id.to_string().as_str()));
                    done.filter_map(|message| message.receipt).for_each(|receipt| queue.delete(receipt));
                    drop(queues);
                    sim.note(|| format!("{name} done, {} failed", failed.len()));
                }
                Ok(Err(nameless)) => sim.fail(&nameless.to_string()),
                Err(cut) => stop(&sim, &name, cut).await,
            }
        }
    });
}

async fn stop(sim: &Sim, name: &str, cut: Cut) {
    sim.note(|| format!("{name}: {cut:?}"));
    sim.pause(100, 3_000).await;
}

async fn receive(sim: &Sim, post: &Post, dice: &mut Dice) -> Vec<Queued> {
    let hidden_ms = i64::try_from(post.hidden.as_millis()).unwrap_or(0);
    loop {
        let (received, next_ms, arrived) = {
            let mut queues = lock(&sim.queues);
            let Some(queue) = queues.get_mut(post.queue) else { return Vec::new() };
            let received = queue.receive(sim.now_ms(), hidden_ms, sim.world.receives_max, dice);
            (received, queue.next_visible_ms(), queue.arrived.clone())
        };
        for (count, fault) in [(received.again, Fault::Redelivered), (received.dead, Fault::DeadLetter)] {
            (0..count).for_each(|_| lock(&sim.weather).count(fault));
        }
        if !received.messages.is_empty() {
            return received.messages;
        }
        let wait_ms = next_ms.map_or(600_000, |next_ms| (next_ms - sim.now_ms()).clamp(20, 600_000));
        let wait = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
        let _woken_or_time_to_look = tokio::time::timeout(wait, arrived.notified()).await;
    }
}

fn record(message: &Queued) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = Some(message.id.to_string());
    record.receipt_handle = message.receipt.map(|receipt| receipt.to_string());
    record.body = Some(message.body.clone());
    record.attributes.insert("ApproximateReceiveCount".to_owned(), message.receives.to_string());
    if let Some(group) = &message.group {
        record.attributes.insert("MessageGroupId".to_owned(), group.clone());
    }
    record
}

/// Hands the stream to `announce-stock` in order; what failed comes again.
pub(super) fn follow_stream(sim: Arc<Sim>, announce: AnnounceStock) {
    tokio::spawn(async move {
        loop {
            let (count, stock) = waiting(&sim);
            if count == 0 {
                sim.changed.notified().await;
                sim.pause(50, 600).await;
                continue;
            }
            let done = if stock.is_empty() {
                count
            } else {
                match run(announce.handle(StreamEvent { records: stock }), TIME).await {
                    Ok(response) => match response.batch_item_failures.first() {
                        Some(failed) => place(&sim, &failed.item_identifier),
                        None => count,
                    },
                    Err(cut) => {
                        stop(&sim, "announce-stock", cut).await;
                        0
                    }
                }
            };
            if done > 0 && lock(&sim.weather).strikes(Fault::StreamAgain) {
                continue;
            }
            lock(&sim.book).stream.drain(..done);
            if done < count {
                sim.pause(500, 3_000).await;
            }
        }
    });
}

/// The same filter as the template's event source mapping.
fn is_announced(record: &StreamRecord) -> bool {
    let sort = record.dynamodb.keys.get(SORT).and_then(|key| key.get("S")).and_then(|text| text.as_str());
    sort.is_some_and(keys::is_announced)
}

/// How many records wait to be handed over, and those of them that are about balances and orders.
fn waiting(sim: &Sim) -> (usize, Vec<StreamRecord>) {
    let book = lock(&sim.book);
    let waiting = book.stream.iter().take(RECORDS_MAX);
    (waiting.len(), waiting.filter(|record| is_announced(record)).cloned().collect())
}

fn place(sim: &Sim, sequence: &str) -> usize {
    let book = lock(&sim.book);
    book.stream.iter().position(|record| record.dynamodb.sequence_number == sequence).unwrap_or(0)
}

/// What a schedule of every minute comes to, in milliseconds.
pub(super) const MINUTE_MS: (i64, i64) = (55_000, 65_000);
/// The hourly look, in milliseconds: sooner, because simulated days are short.
pub(super) const HOUR_MS: (i64, i64) = (900_000, 1_500_000);

/// Calls a scheduled function again and again, for ever, with a pause of that span in between.
pub(super) fn again_and_again<F>(
    sim: Arc<Sim>,
    name: &'static str,
    pause_ms: (i64, i64),
    call: impl Fn() -> F + Send + 'static,
) where
    F: Future<Output = Result<(), String>> + Send + 'static,
{
    tokio::spawn(async move {
        loop {
            sim.pause(pause_ms.0, pause_ms.1).await;
            match run(call(), TIME).await {
                Ok(Ok(())) => {}
                Ok(Err(why)) => sim.note(|| format!("{name}: {why}")),
                Err(cut) => stop(&sim, name, cut).await,
            }
        }
    });
}
