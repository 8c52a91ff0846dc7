//! A paper about goods, as it is kept; finished ones go away as old orders do.
//!
//! `n` number of the state · `d` the paper · `ttl` only once it is finished.

use crate::attributes::{Item, check_shape, get_number, get_packed, new_item, number, packed};
use crate::failure::TableError;
use crate::keys::{self, TTL};
use commerce::Timestamp;
use commerce::goods::Document;
use commerce::ids::{DocumentNumber, ShopId};

const DAY_SECONDS: i64 = 86_400;

/// Writes it as its `state`th state; `keep_days` from now on is how long a finished one stays.
pub fn to_item(
    (shop, paper): (&ShopId, &DocumentNumber),
    document: &Document,
    state: u64,
    (now, keep_days): (Timestamp, u32),
) -> Result<Item, TableError> {
    let mut item = new_item(&keys::goods(shop, paper));
    let state = i64::try_from(state).map_err(|_| TableError::corrupt("n", "too large"))?;
    item.insert("n".to_owned(), number(state));
    item.insert("d".to_owned(), packed(document)?);
    if document.is_finished() {
        item.insert(TTL.to_owned(), number(now.as_second() + i64::from(keep_days) * DAY_SECONDS));
    }
    Ok(item)
}

/// Reads it, with the number of its state.
pub fn from_item(item: &Item) -> Result<(Document, u64), TableError> {
    check_shape(item)?;
    let state = u64::try_from(get_number(item, "n")?);
    let state = state.map_err(|_| TableError::corrupt("n", "a number of a state cannot be negative"))?;
    Ok((get_packed(item, "d")?, state))
}
