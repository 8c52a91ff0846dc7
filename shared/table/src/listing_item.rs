//! What a listing shows, as far as we know: what its channel last said, what its cover lies on, and at most one
//! unresolved attempt.
//!
//! `n` number of this state · `a` the attempt · `sh` value shown · `sb` the one before · `at` when the channel said so ·
//! `g` gross number · `db` in doubt · `gr` the ground of its cover · `ys` units given back by the last settle · `lk` locked
//! until · `cl` kept by a campaign · `so` its latest sales · `ga` ships to let through · `ws` waits for its number since ·
//! `ft` how long changes took, by business day and step, in short · `sv` for the shared pool: balance versions the value was
//! computed from. What is not so, or empty, is not written.
//! Items of before cover have `q` and `dl` in place of `a`: a value being sent and its deadline.

use crate::attributes::{
    Item, check_shape, get_number_or_none, get_packed, get_packed_or_default, get_text_or_none,
    get_time_or_none, new_item, number, packed, text, time,
};
use crate::failure::TableError;
use crate::keys::Key;
use commerce::cover::{Attempt, Listed};
use commerce::freshness::Freshness;
use std::collections::BTreeMap;

/// Balance versions by `sku@location`: what a value of the shared pool was computed from.
pub type SeenVersions = BTreeMap<String, u64>;

/// What we know of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingState {
    /// What is known of it.
    pub listed: Listed,
    /// For the shared pool: what its value was computed from.
    pub seen: SeenVersions,
}

/// Writes the state.
pub fn to_item(key: &Key, state: &ListingState) -> Result<Item, TableError> {
    let listed = &state.listed;
    let mut item = new_item(key);
    let mut put = |name: &str, value| drop(item.insert(name.to_owned(), value));
    let written = i64::try_from(listed.number).map_err(|_| TableError::corrupt("n", "too large"))?;
    put("n", number(written));
    if let Some(attempt) = &listed.attempt {
        put("a", packed(attempt)?);
    }
    if let Some(shown) = listed.shown {
        put("sh", number(shown));
    }
    if let Some(before) = listed.shown_before {
        put("sb", number(before));
    }
    if listed.is_campaign {
        put("cl", number(1));
    }
    if let Some(at) = listed.told_at {
        put("at", time(at));
    }
    if listed.gross != 0 {
        put("g", number(listed.gross));
    }
    if listed.doubt {
        put("db", number(1));
    }
    if let Some(ground) = &listed.ground {
        put("gr", packed(ground)?);
    }
    if listed.settled_given_back != 0 {
        put("ys", number(listed.settled_given_back));
    }
    if let Some(until) = listed.locked_until {
        put("lk", time(until));
    }
    if !listed.sold_ms.is_empty() {
        put("so", packed(&listed.sold_ms)?);
    }
    if listed.gate != Default::default() {
        put("ga", packed(&listed.gate)?);
    }
    put("sv", packed(&state.seen)?);
    put_freshness(&mut item, &listed.freshness);
    Ok(item)
}

fn put_freshness(item: &mut Item, freshness: &Freshness) {
    if let Some(since) = freshness.waits_since {
        item.insert("ws".to_owned(), time(since));
    }
    if !freshness.days.is_empty() {
        item.insert("ft".to_owned(), text(freshness.days_in_short()));
    }
}

/// Reads the state.
pub fn from_item(item: &Item) -> Result<ListingState, TableError> {
    check_shape(item)?;
    let units = |name: &'static str| get_number_or_none(item, name);
    let attempt =
        if item.contains_key("a") { Some(get_packed(item, "a")?) } else { attempt_of_before(item)? };
    let written = units("n")?.unwrap_or(0);
    let listed = Listed {
        number: u64::try_from(written).map_err(|_| TableError::corrupt("n", "negative"))?,
        attempt,
        shown: units("sh")?,
        shown_before: units("sb")?,
        is_campaign: units("cl")?.unwrap_or(0) != 0,
        told_at: get_time_or_none(item, "at")?,
        gross: units("g")?.unwrap_or(0),
        doubt: units("db")?.unwrap_or(0) != 0,
        ground: item.contains_key("gr").then(|| get_packed(item, "gr")).transpose()?,
        settled_given_back: units("ys")?.unwrap_or(0),
        locked_until: get_time_or_none(item, "lk")?,
        sold_ms: get_packed_or_default(item, "so")?,
        gate: get_packed_or_default(item, "ga")?,
        freshness: get_freshness(item)?,
    };
    Ok(ListingState { listed, seen: get_packed(item, "sv")? })
}

/// How fresh it is; items of before have nothing of it.
fn get_freshness(item: &Item) -> Result<Freshness, TableError> {
    let waits_since = get_time_or_none(item, "ws")?;
    let days = get_text_or_none(item, "ft")?.map(Freshness::days_from_short).unwrap_or_default();
    Ok(Freshness { waits_since, days })
}

/// A blind set that an older version has sent: it may still arrive.
fn attempt_of_before(item: &Item) -> Result<Option<Attempt>, TableError> {
    let (Some(value), Some(deadline)) = (get_number_or_none(item, "q")?, get_time_or_none(item, "dl")?)
    else {
        return Ok(None);
    };
    Ok(Some(Attempt::of_pool(0, value, deadline)))
}
