//! How far the archived ledger had come at earlier looks, so that the next one need not read all of it.
//!
//! A mark says which object was the last one at a time. Whoever wants to know what moved since then reads the objects after
//! it. Marks only save reading: what a look that begins too late does not see, the nightly one does.

use super::Trouble;
use commerce::Timestamp;
use commerce::ids::ShopId;
use lambda_kit::objects::Objects;
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
    /// Reads them; marks that cannot be read are none, which only means more reading.
    pub(super) async fn load(archive: &Objects, shop: &ShopId) -> Result<Self, Trouble> {
        let content = archive.get(&name(shop)).await?;
        Ok(content.and_then(|content| serde_json::from_slice(&content).ok()).unwrap_or_default())
    }

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

    /// Writes them.
    pub(super) async fn save(&self, archive: &Objects, shop: &ShopId) -> Result<(), Trouble> {
        let content = serde_json::to_vec(self).unwrap_or_default();
        Ok(archive.put(&name(shop), content).await?)
    }
}

fn name(shop: &ShopId) -> String {
    format!("reconcile/{shop}/marks.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[tokio::test]
    async fn the_newest_mark_that_is_old_enough_counts_and_old_ones_go() {
        let (archive, shop) = (Objects::Memory(Default::default()), ShopId::new("demo").unwrap());
        let mut marks = Marks::load(&archive, &shop).await.unwrap();
        assert_eq!(marks.before(at(9)), None);
        (1..=100).for_each(|n| marks.add(at(n * 10), &format!("{n:03}")));
        marks.save(&archive, &shop).await.unwrap();
        let marks = Marks::load(&archive, &shop).await.unwrap();
        assert_eq!((marks.before(at(500)), marks.before(at(509))), (Some("050"), Some("050")));
        assert_eq!((marks.before(at(200)), marks.0.len()), (None, MARKS_MAX));
    }
}
