//! What one shop has in a queue, and what of it goes out together.

use super::{FIFO_SIDE_BY_SIDE_MAX, SIDE_BY_SIDE_MAX};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// Parts a group's text: shop, connection, and so on.
const PARTS: char = '#';

/// How much of one shop waits, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Messages that could be handed out now.
    pub messages: usize,
    /// When the oldest of them arrived.
    pub since: Instant,
}

#[derive(Debug)]
pub(super) struct Message {
    pub(super) message_id: String,
    pub(super) body: String,
    pub(super) group: Option<String>,
    pub(super) deduplication: Option<String>,
    pub(super) arrived: Instant,
    pub(super) times: u32,
}

/// Messages of one group, by their place in the order of arrival. A group that has none is not kept.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) waiting: BTreeMap<u64, Message>,
    /// Messages handed out or held back: in a FIFO queue the group stands still meanwhile.
    pub(super) away: usize,
}

/// All that one shop has here.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) groups: BTreeMap<String, Group>,
    /// When it last had its turn, as a count of turns.
    pub(super) last_turn: u64,
    /// Batches being worked on.
    pub(super) at_work: usize,
}

impl Lane {
    pub(super) fn is_idle(&self) -> bool {
        self.groups.is_empty() && self.at_work == 0
    }

    pub(super) fn is_ready(&self, fifo: bool) -> bool {
        let most = if fifo { FIFO_SIDE_BY_SIDE_MAX } else { SIDE_BY_SIDE_MAX };
        self.at_work < most && self.groups.values().any(|group| group.is_ready(fifo))
    }

    pub(super) fn waiting(&self) -> Option<Waiting> {
        let since = self.groups.values().flat_map(|group| group.waiting.values()).map(|m| m.arrived).min()?;
        Some(Waiting { messages: self.groups.values().map(|group| group.waiting.len()).sum(), since })
    }

    /// The oldest message, what else its group holds, and then its neighbours: other groups of the same connection, so
    /// that what goes out in one call is handed out together. With `one_group` the neighbours are left to other hands.
    pub(super) fn take(&mut self, max: usize, fifo: bool, one_group: bool) -> Vec<(u64, Message)> {
        let mut taken = Vec::new();
        while taken.is_empty() || (taken.len() < max && !one_group) {
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
