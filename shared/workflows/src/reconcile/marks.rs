//! How far the archived ledger had come at earlier looks, so that the next one need not read all of it.
//!
//! A mark says which object was the last one at a time. Whoever wants to know what moved since then reads the objects after
//! it. Marks only save reading: what a look that begins too late does not see, the nightly one does.

use super::{Reconcile, Trouble};
use commerce::Timestamp;
use commerce::ids::ShopId;
use serde::{Deserialize, Serialize};

/// How many marks are kept: hourly looks of more than two days.
const MARKS_MAX: usize = 80;

/// The last object of the ledger at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    at: Timestamp,
    last: String,
}

/// The marks of a shop, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marks(Vec<Mark>);

impl Marks {
    /// The last object at that time: everything after it may be newer. None where nobody has looked so early.
    pub(super) fn before(&self, time: Timestamp) -> Option<&str> {
        self.0.iter().rev().find(|mark| mark.at <= time).map(|mark| mark.last.as_str())
    }

    /// Adds what was the last object now.
    pub(super) fn add(&mut self, at: Timestamp, last: &str) {
        self.0.push(Mark { at, last: last.to_owned() });
        let surplus = self.0.len().saturating_sub(MARKS_MAX);
        self.0.drain(..surplus);
    }
}

impl Reconcile {
    /// Reads a shop's marks; marks that cannot be read are none, which only means more reading.
    pub(super) async fn load_marks(&self, shop: &ShopId) -> Result<Marks, Trouble> {
        let content = self.archive.get(&format!("reconcile/{shop}/marks.json")).await?;
        Ok(content.and_then(|content| serde_json::from_slice(&content).ok()).unwrap_or_default())
    }

    /// Writes them.
    pub(super) async fn keep_marks(&self, shop: &ShopId, marks: &Marks) -> Result<(), Trouble> {
        let content = serde_json::to_vec(marks).unwrap_or_default();
        Ok(self.archive.put(&format!("reconcile/{shop}/marks.json"), content).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_newest_mark_that_is_old_enough_counts_and_old_ones_go() {
        let mut marks = Marks::default();
        assert_eq!(marks.before(at(9)), None);
        (1..=100).for_each(|n| marks.add(at(n * 10), &format!("{n:03}")));
        let written = serde_json::to_string(&marks).unwrap();
        assert_eq!(serde_json::from_str::<Marks>(&written).unwrap(), marks);
        assert_eq!((marks.before(at(500)), marks.before(at(509))), (Some("050"), Some("050")));
        assert_eq!((marks.before(at(200)), marks.0.len()), (None, MARKS_MAX));
    }
}
