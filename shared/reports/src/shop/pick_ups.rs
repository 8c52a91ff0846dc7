//! What buyers came to stores for: how soon it was ready, what was not there, and who never came.

use commerce::Timestamp;
use commerce::ids::{ConnectionId, LocationId, OrderId};
use commerce::pick_up::Missing;
use serde::{Deserialize, Serialize};

/// One day's pick-ups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickUps {
    /// A store is in time when it has the goods in hand within so many minutes.
    pub within_minutes: u32,
    /// Holds of that day whose buyer comes to a store.
    pub asked: u64,
    /// Those of them of which it is known whether the store was in time.
    pub judged: u64,
    /// Those of them that were.
    pub ready_in_time: u64,
    /// What stores did not have that day, oldest first.
    pub not_here: Vec<NotHereLine>,
    /// Goods that buyers took along that day.
    pub collected: u64,
    /// Holds whose time was over that day and nobody had come.
    pub no_shows: u64,
}

/// Goods that a store did not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotHereLine {
    /// Where the order was taken.
    pub connection: ConnectionId,
    /// The order.
    pub order: OrderId,
    /// The store.
    pub location: LocationId,
    /// Why.
    pub why: Missing,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The store that has them set aside instead; none where no other had them.
    pub moved_to: Option<LocationId>,
}

impl PickUps {
    /// So many of a hundred stores were in time; none where nobody can tell of any.
    pub fn ready_percent(&self) -> Option<u64> {
        percent(self.ready_in_time, self.judged)
    }

    /// So many of a hundred buyers never came; none where nobody was to come.
    pub fn no_show_percent(&self) -> Option<u64> {
        percent(self.no_shows, self.no_shows.saturating_add(self.collected))
    }

    /// Those that another store has set aside instead.
    pub fn moved(&self) -> u64 {
        self.not_here.iter().filter(|line| line.moved_to.is_some()).count() as u64
    }

    /// Those that no other store had.
    pub fn refused(&self) -> u64 {
        self.not_here.len() as u64 - self.moved()
    }
}

/// In whole hundredths, rounded down: it never looks better than it was. All of none is not known.
fn percent(part: u64, whole: u64) -> Option<u64> {
    part.saturating_mul(100).checked_div(whole)
}
