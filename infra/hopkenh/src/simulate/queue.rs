//! One queue in virtual time, with what SQS promises and what it does not: it may double, lose and mix up messages.

use super::dice::Dice;
use std::collections::{BTreeMap, BTreeSet};

/// For this long a FIFO queue drops a second message of the same group and deduplication id, in milliseconds.
const DEDUPLICATION_MS: i64 = 5 * 60 * 1_000;
/// The most messages of one receive.
const RECEIVE_MAX: usize = 10;

/// A message on its way in.
#[derive(Debug, Clone, Default)]
pub(super) struct Arriving {
    pub(super) body: String,
    pub(super) group: Option<String>,
    pub(super) deduplication: Option<String>,
    pub(super) delay_ms: i64,
}

/// A message in the queue.
#[derive(Debug, Clone)]
pub(super) struct Queued {
    /// The queue's id of it.
    pub(super) id: u64,
    pub(super) body: String,
    pub(super) group: Option<String>,
    visible_ms: i64,
    /// How often it was handed out.
    pub(super) receives: u32,
    /// Names the latest handing out.
    pub(super) receipt: Option<u64>,
}

/// What a receive found.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// Messages handed out.
    pub(super) messages: Vec<Queued>,
    /// Of those, how many had been handed out before.
    pub(super) again: usize,
    /// Messages given up.
    pub(super) dead: usize,
}

/// The queue.
pub(super) struct VirtualQueue {
    fifo: bool,
    messages: Vec<Queued>,
    dead: Vec<Queued>,
    seen: BTreeMap<(String, String), i64>,
    next: u64,
    /// Wakes those who wait for a message.
    pub(super) arrived: std::sync::Arc<tokio::sync::Notify>,
}

impl VirtualQueue {
    /// An empty queue; its name says whether groups keep their order.
    pub(super) fn new(name: &str) -> Self {
        Self {
            fifo: name.ends_with(".fifo"),
            messages: Vec::new(),
            dead: Vec::new(),
            seen: BTreeMap::new(),
            next: 1,
            arrived: std::sync::Arc::default(),
        }
    }

    /// True when groups keep their order.
    pub(super) fn is_fifo(&self) -> bool {
        self.fifo
    }

    /// Takes a message in and tells its id; a duplicate is answered and dropped.
    pub(super) fn send(&mut self, message: Arriving, now_ms: i64) -> u64 {
        if let (true, Some(group), Some(id)) = (self.fifo, &message.group, &message.deduplication) {
            let key = (group.clone(), id.clone());
            let earlier = self.seen.insert(key, now_ms);
            if earlier.is_some_and(|at| now_ms - at < DEDUPLICATION_MS) {
                return 0;
            }
        }
        let id = self.number();
        let Arriving { body, group, delay_ms, .. } = message;
        let visible_ms = now_ms + delay_ms;
        self.messages.push(Queued { id, body, group, visible_ms, receives: 0, receipt: None });
        self.arrived.notify_waiters();
        id
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Hands out up to ten messages, hidden for that long; what was received too often becomes a dead letter.
    pub(super) fn receive(
        &mut self,
        now_ms: i64,
        hidden_ms: i64,
        receives_max: u32,
        dice: &mut Dice,
    ) -> Received {
        let mut received = Received::default();
        for id in self.ready(now_ms, dice) {
            let Some(place) = self.messages.iter().position(|message| message.id == id) else { continue };
            if self.messages[place].receives >= receives_max {
                self.dead.push(self.messages.remove(place));
                received.dead += 1;
                continue;
            }
            let receipt = self.number();
            let message = &mut self.messages[place];
            received.again += usize::from(message.receives > 0);
            message.receives += 1;
            message.visible_ms = now_ms + hidden_ms;
            message.receipt = Some(receipt);
            received.messages.push(message.clone());
        }
        received
    }

    /// What may be handed out now: in a FIFO queue in order and no group that is being worked on; else in any order.
    fn ready(&self, now_ms: i64, dice: &mut Dice) -> Vec<u64> {
        let mut blocked: BTreeSet<&str> = BTreeSet::new();
        let mut ready = Vec::new();
        for message in &self.messages {
            let group = message.group.as_deref().unwrap_or("");
            if message.visible_ms > now_ms {
                blocked.insert(group);
            } else if !self.fifo || !blocked.contains(group) {
                ready.push(message.id);
            }
        }
        if !self.fifo {
            dice.shuffle(&mut ready);
        }
        let most = usize::try_from(dice.between(1, 10)).unwrap_or(RECEIVE_MAX);
        ready.truncate(most);
        ready
    }

    /// When the next message can be seen; none when none waits.
    pub(super) fn next_visible_ms(&self) -> Option<i64> {
        self.messages.iter().map(|message| message.visible_ms).min()
    }

    /// Takes a message off, if nobody has been handed it since.
    pub(super) fn delete(&mut self, receipt: u64) {
        self.messages.retain(|message| message.receipt != Some(receipt));
        self.arrived.notify_waiters();
    }

    /// Lets a message come back after that long; false when somebody else has been handed it since.
    pub(super) fn hold_back(&mut self, receipt: u64, now_ms: i64, wait_ms: i64) -> bool {
        let found = self.messages.iter_mut().find(|message| message.receipt == Some(receipt));
        let Some(message) = found.filter(|message| message.visible_ms > now_ms) else { return false };
        message.visible_ms = now_ms + wait_ms;
        self.arrived.notify_waiters();
        true
    }

    /// Puts dead letters back and tells how many.
    pub(super) fn redrive(&mut self, now_ms: i64) -> usize {
        let dead = std::mem::take(&mut self.dead);
        let count = dead.len();
        for mut message in dead {
            (message.receives, message.visible_ms, message.receipt) = (0, now_ms, None);
            message.id = self.number();
            self.messages.push(message);
        }
        self.arrived.notify_waiters();
        count
    }

    /// Messages that wait or are being worked on, dead ones included.
    pub(super) fn waiting(&self) -> usize {
        self.messages.len() + self.dead.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str, group: &str) -> Arriving {
        let (body, group) = (body.to_owned(), Some(group.to_owned()));
        Arriving { deduplication: Some(body.clone()), body, group, delay_ms: 0 }
    }

    fn bodies(received: &Received) -> Vec<&str> {
        received.messages.iter().map(|message| message.body.as_str()).collect()
    }

    #[test]
    fn a_group_waits_for_its_first_message_and_a_duplicate_is_dropped() {
        let (mut queue, mut dice) = (VirtualQueue::new("publish.fifo"), Dice::new(1, "queue"));
        for body in ["one", "two", "one"] {
            queue.send(message(body, "g"), 0);
        }
        assert_eq!(queue.waiting(), 2);
        let first = queue.receive(0, 1_000, 10, &mut dice);
        assert_eq!(bodies(&first)[0], "one");
        assert!(queue.receive(500, 1_000, 10, &mut dice).messages.is_empty(), "the group is being worked on");
        let again = queue.receive(1_000, 1_000, 10, &mut dice);
        assert_eq!(bodies(&again)[0], "one");
        assert!(again.again > 0);
        queue.delete(first.messages[0].receipt.unwrap_or(0));
        assert_eq!(queue.waiting(), 2, "who is late deletes nothing");
    }

    #[test]
    fn what_is_received_too_often_is_given_up_until_somebody_sends_it_again() {
        let (mut queue, mut dice) = (VirtualQueue::new("orders"), Dice::new(1, "queue"));
        queue.send(message("one", "g"), 0);
        for at_ms in 0..3 {
            assert_eq!(queue.receive(at_ms * 10, 5, 3, &mut dice).messages.len(), 1);
        }
        assert_eq!(queue.receive(100, 5, 3, &mut dice).dead, 1);
        assert!(queue.receive(200, 5, 3, &mut dice).messages.is_empty());
        assert_eq!(queue.redrive(300), 1);
        assert_eq!(queue.receive(300, 5, 3, &mut dice).messages.len(), 1);
    }
}
