//! The door of the virtual queues: sends and holding back, with the faults a queue service has.

use super::control::{after_effect, before_effect};
use super::fault::Fault;
use super::queue::Arriving;
use super::sim::{Sim, lock};
use lambda_kit::queues::{InProcess, Outgoing, Taken};
use std::sync::Arc;

/// Takes messages in place of SQS.
pub(super) struct QueueDoor(pub(super) Arc<Sim>);

impl std::fmt::Debug for QueueDoor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QueueDoor")
    }
}

impl InProcess for QueueDoor {
    fn send<'a>(&'a self, url: &'a str, batch: Vec<Outgoing>) -> Taken<'a> {
        Box::pin(self.take("SendMessageBatch", move || send(&self.0, queue_name(url), batch)))
    }

    fn hold_back<'a>(&'a self, url: &'a str, receipt_handle: &'a str, seconds: u32) -> Taken<'a> {
        let work = move || hold_back(&self.0, queue_name(url), receipt_handle, seconds);
        Box::pin(self.take("ChangeMessageVisibility", work))
    }
}

impl QueueDoor {
    async fn take(&self, what: &str, work: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        let sim = &self.0;
        let no_answer = || Err("no answer in time (injected)".to_owned());
        before_effect(sim, what).await;
        sim.pause(2, 15).await;
        if lock(&sim.weather).strikes(Fault::QueueSendLost) {
            return no_answer();
        }
        let taken = work();
        after_effect(sim, what).await;
        sim.pause(2, 15).await;
        if lock(&sim.weather).strikes(Fault::QueueAnswerLost) { no_answer() } else { taken }
    }
}

fn queue_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

fn send(sim: &Sim, name: &str, batch: Vec<Outgoing>) -> Result<(), String> {
    let mut refused = 0;
    for message in batch {
        if lock(&sim.weather).strikes(Fault::QueueRefusedPart) {
            refused += 1;
            continue;
        }
        let message = Arriving {
            body: message.body,
            group: message.group,
            deduplication: message.deduplication,
            delay_ms: i64::from(message.delay_seconds) * 1_000,
        };
        enqueue(sim, name, message);
    }
    if refused == 0 { Ok(()) } else { Err("InternalError".to_owned()) }
}

/// Puts a message into a queue, which may lose or double it.
pub(super) fn enqueue(sim: &Sim, name: &str, message: Arriving) {
    let now_ms = sim.now_ms();
    let mut queues = lock(&sim.queues);
    let Some(queue) = queues.get_mut(name) else { return };
    if lock(&sim.weather).strikes(Fault::QueueLost) {
        sim.note(|| format!("queue {name} loses {}", message.body));
        return;
    }
    let twice = !queue.is_fifo() && lock(&sim.weather).strikes(Fault::QueueDoubled);
    sim.note(|| format!("queue {name} takes {}", message.body));
    if twice {
        let delay_ms = message.delay_ms + lock(&sim.weather).how(Fault::QueueDoubled, 0, 60_000);
        queue.send(Arriving { delay_ms, ..message.clone() }, now_ms);
    }
    queue.send(message, now_ms);
}

fn hold_back(sim: &Sim, name: &str, receipt_handle: &str, seconds: u32) -> Result<(), String> {
    let receipt = receipt_handle.parse().unwrap_or(0);
    let mut queues = lock(&sim.queues);
    let queue = queues.get_mut(name);
    let held = queue.is_some_and(|q| q.hold_back(receipt, sim.now_ms(), i64::from(seconds) * 1_000));
    if held { Ok(()) } else { Err("MessageNotInflight".to_owned()) }
}
