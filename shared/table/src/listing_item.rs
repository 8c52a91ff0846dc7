//! What a listing shows, as far as we know: the last acknowledged value and at most one unresolved attempt.
//!
//! `n` attempt number · `q` value being sent · `dl` its deadline · `sh` value shown · `at` when acknowledged ·
//! `sv` the versions of the balances that value was computed from.

use crate::attributes::{
    Item, check_shape, get_number_or_none, get_packed, get_time_or_none, new_item, number, packed, time,
};
use crate::failure::TableError;
use crate::keys::Key;
use commerce::Timestamp;
use std::collections::BTreeMap;

/// Balance versions by `sku@location`: what a shown value was computed from.
pub type SeenVersions = BTreeMap<String, u64>;

/// A value on its way to the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The value sent.
    pub quantity: u32,
    /// The call is given up at this time; it may still be applied a while later.
    pub deadline: Timestamp,
}

/// What we know of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingState {
    /// Grows with each attempt; acknowledgements of another number are ignored.
    pub attempt_number: u64,
    /// The unresolved attempt, if any.
    pub attempt: Option<Attempt>,
    /// The last acknowledged value.
    pub shown: Option<u32>,
    /// What that value was computed from.
    pub seen: SeenVersions,
    /// When it was acknowledged.
    pub acknowledged_at: Option<Timestamp>,
}

/// Writes the state.
pub fn to_item(key: &Key, state: &ListingState) -> Result<Item, TableError> {
    let mut item = new_item(key);
    let attempt_number =
        i64::try_from(state.attempt_number).map_err(|_| TableError::corrupt("n", "too large"))?;
    item.insert("n".to_owned(), number(attempt_number));
    if let Some(attempt) = &state.attempt {
        item.insert("q".to_owned(), number(attempt.quantity.into()));
        item.insert("dl".to_owned(), time(attempt.deadline));
    }
    if let Some(shown) = state.shown {
        item.insert("sh".to_owned(), number(shown.into()));
    }
    if let Some(at) = state.acknowledged_at {
        item.insert("at".to_owned(), time(at));
    }
    item.insert("sv".to_owned(), packed(&state.seen)?);
    Ok(item)
}

/// Reads the state.
pub fn from_item(item: &Item) -> Result<ListingState, TableError> {
    check_shape(item)?;
    let units = |name: &'static str| -> Result<Option<u32>, TableError> {
        let value = get_number_or_none(item, name)?;
        value.map(|n| u32::try_from(n).map_err(|_| TableError::corrupt(name, "not a quantity"))).transpose()
    };
    let attempt = match (units("q")?, get_time_or_none(item, "dl")?) {
        (Some(quantity), Some(deadline)) => Some(Attempt { quantity, deadline }),
        _ => None,
    };
    let number = get_number_or_none(item, "n")?.unwrap_or(0);
    Ok(ListingState {
        attempt_number: u64::try_from(number).map_err(|_| TableError::corrupt("n", "negative"))?,
        attempt,
        shown: units("sh")?,
        seen: get_packed(item, "sv")?,
        acknowledged_at: get_time_or_none(item, "at")?,
    })
}
