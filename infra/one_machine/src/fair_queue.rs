//! One queue in memory that takes turns: no shop waits behind another shop's backlog.
//!
//! A message's group names its shop, up to the first `#`. Each receive serves one shop, the one that has waited
//! longest for its turn, and hands out only that shop's messages, so a batch is still full under load and a
//! transaction still holds many orders. A shop never has more than [`SIDE_BY_SIDE_MAX`] batches at work, so the other
//! workers stay free for whoever comes next.
//!
//! Nothing here reads a clock: `now` comes in. What a queue promises is SQS's own promise: a message is handed out
//! until it is deleted, and a FIFO group is handed out in order, one batch at a time (SQS Developer Guide, "Amazon SQS
//! visibility timeout", "FIFO delivery logic" and "Amazon SQS fair queues", read 2026-11-22).

use lane::{Group, Lane, Message};
pub use lane::{Waiting, shop_of};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

mod lane;

/// The most batches of one shop that are at work at once in one queue.
pub const SIDE_BY_SIDE_MAX: usize = 4;
/// The same in a FIFO queue, where each batch waits for a channel: a shop's two connections with four groups each.
pub const FIFO_SIDE_BY_SIDE_MAX: usize = 8;
/// For this long a FIFO queue drops a second message of the same group and deduplication id (SQS Developer Guide,
/// read 2026-11-21).
const DEDUPLICATION_WINDOW: Duration = Duration::from_secs(5 * 60);
/// A message on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arriving {
    /// The queue's id of it.
    pub message_id: String,
    /// The text.
    pub body: String,
    /// Whose it is, and in a FIFO queue what it must stay in order with.
    pub group: Option<String>,
    /// A second one with the same id is dropped (FIFO only).
    pub deduplication: Option<String>,
    /// Not before this long.
    pub delay: Duration,
}

/// A message handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOut {
    /// The queue's id of it.
    pub message_id: String,
    /// Names this handing out; deleting and holding back ask for it.
    pub receipt: String,
    /// The text.
    pub body: String,
    /// Its group.
    pub group: Option<String>,
    /// Its deduplication id.
    pub deduplication: Option<String>,
    /// How often it has been handed out, this time included.
    pub times: u32,
    /// Its place in the order of arrival.
    pub place: u64,
}

/// A message that nobody may see before its time.
#[derive(Debug)]
struct Hidden {
    message: Message,
    receipt: String,
    /// The batch it is being worked on with; none for what is only held back.
    batch: Option<u64>,
}

/// A message that is done and still has to be struck out elsewhere before it is forgotten. Until then it does not come
/// back, and what stands behind it waits.
#[derive(Debug)]
pub struct Done {
    until: Instant,
    place: u64,
    hidden: Hidden,
}

impl Done {
    /// The queue's id of it.
    pub fn message_id(&self) -> &str {
        &self.hidden.message.message_id
    }

    /// Its group.
    pub fn group(&self) -> Option<&str> {
        self.hidden.message.group.as_deref()
    }
}

/// A group and a deduplication id in it.
type DeduplicationKey = (String, String);

/// The queue.
#[derive(Debug)]
pub struct FairQueue {
    fifo: bool,
    /// True when each batch of a FIFO queue holds one group only.
    one_group: bool,
    visibility: Duration,
    lanes: BTreeMap<String, Lane>,
    /// By the time they come back, then by place.
    hidden: BTreeMap<(Instant, u64), Hidden>,
    receipts: HashMap<String, (Instant, u64)>,
    /// Messages of each batch that are still being worked on.
    batches: HashMap<u64, usize>,
    /// When a deduplication id was last seen, and with which message.
    remembered: HashMap<DeduplicationKey, (Instant, String)>,
    /// The same by time, oldest first: forgetting looks only at what it forgets, however many there are.
    remembered_since: VecDeque<(Instant, DeduplicationKey)>,
    places: u64,
    turns: u64,
}

impl FairQueue {
    /// An empty queue; what is handed out comes back after `visibility`.
    pub fn new(fifo: bool, visibility: Duration) -> Self {
        Self {
            fifo,
            one_group: false,
            visibility,
            lanes: BTreeMap::new(),
            hidden: BTreeMap::new(),
            receipts: HashMap::new(),
            batches: HashMap::new(),
            remembered: HashMap::new(),
            remembered_since: VecDeque::new(),
            places: 0,
            turns: 0,
        }
    }

    /// From now on each batch of a FIFO queue holds one group: what SQS hands out together is worked on by one hand, and
    /// here there are hands enough for each group to have its own.
    #[must_use]
    pub fn one_group_a_batch(self, yes: bool) -> Self {
        Self { one_group: yes && self.fifo, ..self }
    }

    /// True when groups keep their order.
    pub fn is_fifo(&self) -> bool {
        self.fifo
    }

    /// The id of an earlier message with the same group and deduplication id, if there was one lately.
    pub fn earlier(&self, message: &Arriving, now: Instant) -> Option<&str> {
        let (at, id) = self.remembered.get(&deduplication_key(message)?)?;
        (now.duration_since(*at) < DEDUPLICATION_WINDOW).then_some(id.as_str())
    }

    /// Takes a message in.
    pub fn send(&mut self, message: Arriving, now: Instant) {
        self.forget_ids(now);
        if let Some(key) = deduplication_key(&message) {
            self.remembered_since.push_back((now, key.clone()));
            self.remembered.insert(key, (now, message.message_id.clone()));
        }
        let Arriving { message_id, body, group, deduplication, delay } = message;
        let message = Message { message_id, body, group, deduplication, arrived: now + delay, times: 0 };
        self.places += 1;
        let place = self.places;
        if delay.is_zero() {
            self.group(&message).waiting.insert(place, message);
        } else {
            self.group(&message).away += 1;
            self.hide(place, message, now + delay, None);
        }
    }

    /// Hands out up to `max` messages of the shop whose turn it is.
    pub fn receive(&mut self, max: usize, now: Instant) -> Vec<HandedOut> {
        self.bring_back(now);
        self.forget_ids(now);
        self.forget_idle_lanes();
        let Some(lane) = self.next_lane() else { return Vec::new() };
        self.turns += 1;
        let batch = self.turns;
        let Some(lane) = self.lanes.get_mut(&lane) else { return Vec::new() };
        lane.last_turn = batch;
        lane.at_work += 1;
        let taken = lane.take(max.max(1), self.fifo, self.one_group);
        self.batches.insert(batch, taken.len());
        let until = now + self.visibility;
        let hand_out = |(place, mut message): (u64, Message)| {
            message.times += 1;
            self.hide(place, message, until, Some(batch))
        };
        taken.into_iter().map(hand_out).collect()
    }

    /// Takes out a message that was handed out and is done; none when it has come back since.
    pub fn take_out(&mut self, receipt: &str) -> Option<Done> {
        let (until, place) = self.receipts.remove(receipt)?;
        let hidden = self.hidden.remove(&(until, place))?;
        Some(Done { until, place, hidden })
    }

    /// Forgets a message that was taken out.
    pub fn forget(&mut self, done: Done) {
        self.leave_batch(&done.hidden);
        let name = done.group().unwrap_or_default();
        let Some(lane) = self.lanes.get_mut(shop_of(Some(name))) else { return };
        let Some(group) = lane.groups.get_mut(name) else { return };
        group.away -= 1;
        if group.away == 0 && group.waiting.is_empty() {
            lane.groups.remove(name);
        }
    }

    /// Puts a message that was taken out where it was: it is not done after all.
    pub fn put_back(&mut self, done: Done) {
        let key = (done.until, done.place);
        self.receipts.insert(done.hidden.receipt.clone(), key);
        self.hidden.insert(key, done.hidden);
    }

    /// The group of a message that was handed out and has not come back.
    pub fn group_of(&self, receipt: &str) -> Option<Option<String>> {
        self.hidden.get(self.receipts.get(receipt)?).map(|hidden| hidden.message.group.clone())
    }

    /// Lets a message that was handed out come back after this long; false when it has come back already.
    pub fn hold_back(&mut self, receipt: &str, wait: Duration, now: Instant) -> bool {
        let Some(done) = self.take_out(receipt) else { return false };
        self.leave_batch(&done.hidden);
        let hidden = Hidden { batch: None, ..done.hidden };
        self.put_back(Done { until: now + wait, hidden, ..done });
        true
    }

    /// When the next hidden message comes back.
    pub fn next_return(&self) -> Option<Instant> {
        self.hidden.first_key_value().map(|((at, _), _)| *at)
    }

    /// What waits now, by shop.
    pub fn waiting(&self) -> BTreeMap<&str, Waiting> {
        let lanes = self.lanes.iter().map(|(shop, lane)| (shop.as_str(), lane.waiting()));
        lanes.filter_map(|(shop, waiting)| Some((shop, waiting?))).collect()
    }

    /// The shop that has waited longest for its turn among those that may have one.
    fn next_lane(&self) -> Option<String> {
        let ready = self.lanes.iter().filter(|(_, lane)| lane.is_ready(self.fifo));
        ready.min_by_key(|(_, lane)| lane.last_turn).map(|(shop, _)| shop.clone())
    }

    /// Shops that have nothing here would be looked through at every turn for ever. One is forgotten only where that
    /// changes nobody's turn: it would be the next to be served anyway, as a shop never seen is.
    fn forget_idle_lanes(&mut self) {
        let busy = self.lanes.values().filter(|lane| !lane.is_idle());
        let waits_longest = busy.map(|lane| lane.last_turn).min().unwrap_or(u64::MAX);
        self.lanes.retain(|_, lane| !lane.is_idle() || lane.last_turn >= waits_longest);
    }

    fn forget_ids(&mut self, now: Instant) {
        let is_old = |since: Instant| now.saturating_duration_since(since) >= DEDUPLICATION_WINDOW;
        while let Some((_, key)) = self.remembered_since.pop_front_if(|(since, _)| is_old(*since)) {
            // The same id may have come again since; then it is remembered from that time on.
            if self.remembered.get(&key).is_some_and(|(since, _)| is_old(*since)) {
                self.remembered.remove(&key);
            }
        }
    }

    fn bring_back(&mut self, now: Instant) {
        while let Some(entry) = self.hidden.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let ((_, place), hidden) = entry.remove_entry();
            self.receipts.remove(&hidden.receipt);
            self.leave_batch(&hidden);
            let group = self.group(&hidden.message);
            group.away -= 1;
            group.waiting.insert(place, hidden.message);
        }
    }

    fn hide(&mut self, place: u64, message: Message, until: Instant, batch: Option<u64>) -> HandedOut {
        let receipt = format!("{place}-{}", message.times);
        let handed_out = HandedOut {
            message_id: message.message_id.clone(),
            receipt: receipt.clone(),
            body: message.body.clone(),
            group: message.group.clone(),
            deduplication: message.deduplication.clone(),
            times: message.times,
            place,
        };
        self.receipts.insert(receipt.clone(), (until, place));
        self.hidden.insert((until, place), Hidden { message, receipt, batch });
        handed_out
    }

    /// A batch is at work until the last of its messages is deleted, held back or come back.
    fn leave_batch(&mut self, hidden: &Hidden) {
        let Some(batch) = hidden.batch else { return };
        let Some(left) = self.batches.get_mut(&batch) else { return };
        *left -= 1;
        if *left == 0 {
            self.batches.remove(&batch);
            let lane = self.lanes.entry(shop_of(hidden.message.group.as_deref()).to_owned()).or_default();
            lane.at_work -= 1;
        }
    }

    fn group(&mut self, message: &Message) -> &mut Group {
        let group = message.group.as_deref();
        let lane = self.lanes.entry(shop_of(group).to_owned()).or_default();
        lane.groups.entry(group.unwrap_or_default().to_owned()).or_default()
    }
}

fn deduplication_key(message: &Arriving) -> Option<DeduplicationKey> {
    Some((message.group.clone().unwrap_or_default(), message.deduplication.clone()?))
}

#[cfg(test)]
mod tests;
