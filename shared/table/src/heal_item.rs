//! How often listings of a product were mended on one day: the budget that keeps two programs from correcting each other.
//!
//! `n` how often · `ttl` a week later.

use crate::attributes::{Item, check_shape, get_number, new_item, number};
use crate::failure::TableError;
use crate::keys::{Key, TTL};
use commerce::Timestamp;

/// How long it is kept, in seconds.
const KEPT_S: i64 = 7 * 86_400;

/// Writes it.
pub fn to_item(key: &Key, heals: u32, now: Timestamp) -> Item {
    let mut item = new_item(key);
    item.insert("n".to_owned(), number(i64::from(heals)));
    item.insert(TTL.to_owned(), number(now.as_second() + KEPT_S));
    item
}

/// Reads it.
pub fn from_item(item: &Item) -> Result<u32, TableError> {
    check_shape(item)?;
    u32::try_from(get_number(item, "n")?).map_err(|_| TableError::corrupt("n", "negative"))
}
