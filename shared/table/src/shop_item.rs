//! The list of shops a deployment serves: which version of each shop's file is in force, and which has been acted on.
//!
//! `nm` name · `d` version of the file as it lies in object storage · `ch` when it came · `a` version that has been acted
//! on · `se` version that was acted on when every function knew it · `at` when the shop was added ·
//! `t` version and time of change together: whoever notes what was done names the change it was done for.

use crate::attributes::{Item, check_shape, get_text, get_text_or_none, get_time, new_item, text, time};
use crate::failure::TableError;
use crate::keys::{self, SORT};
use commerce::Timestamp;
use commerce::ids::ShopId;

/// One shop of this deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The shop.
    pub shop: ShopId,
    /// What people call it.
    pub name: String,
    /// The version of its file.
    pub version: String,
    /// When that version came.
    pub changed_at: Timestamp,
    /// The version whose counts, listings and waiting orders have been seen to; none before the first time.
    pub acted_on: Option<String>,
    /// The version that was seen to once more when no function could hold an older one any longer.
    pub settled: Option<String>,
    /// When it was added.
    pub added_at: Timestamp,
}

impl Registered {
    /// The entry of a shop whose file has this version now. What was done for another version is forgotten, so that
    /// going back to an earlier file is acted on as well.
    pub fn changed(
        shop: ShopId,
        name: String,
        version: String,
        earlier: Option<&Registered>,
        now: Timestamp,
    ) -> Self {
        let same = earlier.filter(|entry| entry.version == version);
        Self {
            changed_at: same.map_or(now, |entry| entry.changed_at),
            acted_on: same.and_then(|entry| entry.acted_on.clone()),
            settled: same.and_then(|entry| entry.settled.clone()),
            added_at: earlier.map_or(now, |entry| entry.added_at),
            shop,
            name,
            version,
        }
    }

    /// True when its file must be acted on: at once after a change, and once more when every function knows the new
    /// file, because one that still held the old one may have left something out.
    pub fn is_due(&self, now: Timestamp, known_everywhere_ms: i64) -> bool {
        !self.is_acted_on()
            || (self.settled.as_ref() != Some(&self.version) && self.is_known(now, known_everywhere_ms))
    }

    /// True when this version has been acted on at least once.
    pub fn is_acted_on(&self) -> bool {
        self.acted_on.as_ref() == Some(&self.version)
    }

    /// The entry after it has been acted on.
    #[must_use]
    pub fn after(&self, now: Timestamp, known_everywhere_ms: i64) -> Self {
        let settled = self.is_known(now, known_everywhere_ms).then(|| self.version.clone());
        Self {
            acted_on: Some(self.version.clone()),
            settled: settled.or(self.settled.clone()),
            ..self.clone()
        }
    }

    /// Names the change that led to this version: going back to an earlier file is another change.
    pub fn change(&self) -> String {
        format!("{}@{}", self.version, self.changed_at.as_millisecond())
    }

    fn is_known(&self, now: Timestamp, known_everywhere_ms: i64) -> bool {
        now.as_millisecond() - self.changed_at.as_millisecond() >= known_everywhere_ms
    }
}

/// Writes the entry.
pub fn to_item(entry: &Registered) -> Item {
    let mut item = new_item(&keys::registered(&entry.shop));
    item.insert("nm".to_owned(), text(&entry.name));
    item.insert("d".to_owned(), text(&entry.version));
    if let Some(version) = &entry.acted_on {
        item.insert("a".to_owned(), text(version));
    }
    if let Some(version) = &entry.settled {
        item.insert("se".to_owned(), text(version));
    }
    item.insert("ch".to_owned(), time(entry.changed_at));
    item.insert("t".to_owned(), text(entry.change()));
    item.insert("at".to_owned(), time(entry.added_at));
    item
}

/// Reads the entry.
pub fn from_item(item: &Item) -> Result<Registered, TableError> {
    check_shape(item)?;
    let shop = ShopId::new(get_text(item, SORT)?);
    Ok(Registered {
        shop: shop.map_err(|e| TableError::corrupt(SORT, e.to_string()))?,
        name: get_text(item, "nm")?.to_owned(),
        version: get_text(item, "d")?.to_owned(),
        changed_at: get_time(item, "ch")?,
        acted_on: get_text_or_none(item, "a")?.map(str::to_owned),
        settled: get_text_or_none(item, "se")?.map(str::to_owned),
        added_at: get_time(item, "at")?,
    })
}
