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

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// The most batches of one shop that are at work at once in one queue.
pub const SIDE_BY_SIDE_MAX: usize = 4;
/// For this long a FIFO queue drops a second message of the same group and deduplication id (SQS Developer Guide,
/// read 2026-11-21).
const DEDUPLICATION_WINDOW: Duration = Duration::from_secs(5 * 60);
/// When this many deduplication ids are remembered, those older than the window are forgotten.
const REMEMBERED_MANY: usize = 10_000;
/// Parts a group's text: shop, connection, and so on.
const PARTS: char = '#';

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

/// How much of one shop waits, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Messages that could be handed out now.
    pub messages: usize,
    /// When the oldest of them arrived.
    pub since: Instant,
}

#[derive(Debug)]
struct Message {
    message_id: String,
    body: String,
    group: Option<String>,
    deduplication: Option<String>,
    arrived: Instant,
    times: u32,
}

/// Messages of one group, by their place in the order of arrival.
#[derive(Debug, Default)]
struct Group {
    waiting: BTreeMap<u64, Message>,
    /// Messages handed out or held back: in a FIFO queue the group stands still meanwhile.
    away: usize,
}

/// All that one shop has here.
#[derive(Debug, Default)]
struct Lane {
    groups: BTreeMap<String, Group>,
    /// When it last had its turn, as a count of turns.
    last_turn: u64,
    /// Batches being worked on.
    at_work: usize,
}

/// A message that nobody may see before its time.
#[derive(Debug)]
struct Hidden {
    message: Message,
    receipt: String,
    /// The batch it is being worked on with; none for what is only held back.
    batch: Option<u64>,
}

/// The queue.
#[derive(Debug)]
pub struct FairQueue {
    fifo: bool,
    visibility: Duration,
    lanes: BTreeMap<String, Lane>,
    /// By the time they come back, then by place.
    hidden: BTreeMap<(Instant, u64), Hidden>,
    receipts: HashMap<String, (Instant, u64)>,
    /// Messages of each batch that are still being worked on.
    batches: HashMap<u64, usize>,
    remembered: HashMap<(String, String), (Instant, String)>,
    places: u64,
    turns: u64,
}

impl FairQueue {
    /// An empty queue; what is handed out comes back after `visibility`.
    pub fn new(fifo: bool, visibility: Duration) -> Self {
        Self {
            fifo,
            visibility,
            lanes: BTreeMap::new(),
            hidden: BTreeMap::new(),
            receipts: HashMap::new(),
            batches: HashMap::new(),
            remembered: HashMap::new(),
            places: 0,
            turns: 0,
        }
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
        if let Some(key) = deduplication_key(&message) {
            if self.remembered.len() >= REMEMBERED_MANY {
                self.remembered.retain(|_, (at, _)| now.duration_since(*at) < DEDUPLICATION_WINDOW);
            }
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
        let Some(lane) = self.next_lane() else { return Vec::new() };
        self.turns += 1;
        let batch = self.turns;
        let Some(lane) = self.lanes.get_mut(&lane) else { return Vec::new() };
        lane.last_turn = batch;
        lane.at_work += 1;
        let taken = lane.take(max, self.fifo);
        self.batches.insert(batch, taken.len());
        let until = now + self.visibility;
        let hand_out = |(place, mut message): (u64, Message)| {
            message.times += 1;
            self.hide(place, message, until, Some(batch))
        };
        taken.into_iter().map(hand_out).collect()
    }

    /// Forgets a message that was handed out and is done; its id, unless it has come back since.
    pub fn delete(&mut self, receipt: &str) -> Option<String> {
        let (_, hidden) = self.unhide(receipt)?;
        self.group(&hidden.message).away -= 1;
        Some(hidden.message.message_id)
    }

    /// The id of a message that was handed out and has not come back.
    pub fn message_id(&self, receipt: &str) -> Option<&str> {
        self.hidden.get(self.receipts.get(receipt)?).map(|hidden| hidden.message.message_id.as_str())
    }

    /// The group of a message that was handed out and has not come back.
    pub fn group_of(&self, receipt: &str) -> Option<Option<String>> {
        self.hidden.get(self.receipts.get(receipt)?).map(|hidden| hidden.message.group.clone())
    }

    /// Lets a message that was handed out come back after this long; false when it has come back already.
    pub fn hold_back(&mut self, receipt: &str, wait: Duration, now: Instant) -> bool {
        let Some((place, hidden)) = self.unhide(receipt) else { return false };
        let key = (now + wait, place);
        self.receipts.insert(receipt.to_owned(), key);
        self.hidden.insert(key, Hidden { batch: None, ..hidden });
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

    fn unhide(&mut self, receipt: &str) -> Option<(u64, Hidden)> {
        let key = self.receipts.remove(receipt)?;
        let hidden = self.hidden.remove(&key)?;
        self.leave_batch(&hidden);
        Some((key.1, hidden))
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

impl Lane {
    fn is_ready(&self, fifo: bool) -> bool {
        self.at_work < SIDE_BY_SIDE_MAX && self.groups.values().any(|group| group.is_ready(fifo))
    }

    fn waiting(&self) -> Option<Waiting> {
        let since = self.groups.values().flat_map(|group| group.waiting.values()).map(|m| m.arrived).min()?;
        Some(Waiting { messages: self.groups.values().map(|group| group.waiting.len()).sum(), since })
    }

    /// The oldest message, what else its group holds, and then its neighbours: other groups of the same connection, so
    /// that what goes out in one call is handed out together.
    fn take(&mut self, max: usize, fifo: bool) -> Vec<(u64, Message)> {
        let mut taken = Vec::new();
        while taken.len() < max {
            let connection = taken.first().map(|(_, message): &(u64, Message)| connection_of(message));
            let ready = self.groups.iter_mut().filter(|(name, group)| {
                let neighbour = connection.as_ref().is_none_or(|connection| *connection == prefix(name));
                neighbour && group.is_ready(fifo)
            });
            let Some((_, group)) = ready.min_by_key(|(_, group)| group.first_place()) else { break };
            while taken.len() < max
                && let Some(next) = group.waiting.pop_first()
            {
                group.away += 1;
                taken.push(next);
            }
        }
        // Groups that hold nothing would be looked through at every turn for ever.
        self.groups.retain(|_, group| group.away > 0 || !group.waiting.is_empty());
        taken
    }
}

impl Group {
    fn is_ready(&self, fifo: bool) -> bool {
        let held_by_one_at_work = fifo && self.away > 0;
        !self.waiting.is_empty() && !held_by_one_at_work
    }

    fn first_place(&self) -> u64 {
        self.waiting.first_key_value().map_or(u64::MAX, |(place, _)| *place)
    }
}

fn deduplication_key(message: &Arriving) -> Option<(String, String)> {
    Some((message.group.clone().unwrap_or_default(), message.deduplication.clone()?))
}

/// Messages without a group are nobody's in particular and share one lane.
pub fn shop_of(group: Option<&str>) -> &str {
    group.and_then(|group| group.split(PARTS).next()).unwrap_or_default()
}

/// All of a group's text but its last part.
fn prefix(group: &str) -> String {
    group.rsplit_once(PARTS).map_or(group, |(prefix, _)| prefix).to_owned()
}

fn connection_of(message: &Message) -> String {
    prefix(message.group.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests;
