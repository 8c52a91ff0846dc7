//! The list of shops a deployment serves: which version of each shop's file is in force, and which has been acted on.
//!
//! `nm` name · `d` version of the file as it lies in object storage · `a` version that has been acted on · `at` when
//! the shop was added.

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
    /// The version whose counts, listings and waiting orders have been seen to; none before the first time.
    pub acted_on: Option<String>,
    /// When it was added.
    pub added_at: Timestamp,
}

impl Registered {
    /// True when its file has changed since it was last acted on.
    pub fn is_due(&self) -> bool {
        self.acted_on.as_ref() != Some(&self.version)
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
        acted_on: get_text_or_none(item, "a")?.map(str::to_owned),
        added_at: get_time(item, "at")?,
    })
}
