//! How far a connection's orders are recorded: the proof that a listing is drained rests on this item alone.
//!
//! `du` all orders from before this moment are recorded · `lu`,`lp` where a reading that is not at its end goes on, and by how many milliseconds · `at` when the last complete pass began · `bl` why passes do not
//! count at the moment · `fs` since when passes have failed · `sa` seen again with the last pass, after long · `ss`,`so`
//! orders that nobody told of: since when, how many · `ll`,`la` how far the list was seen to be behind, and when.

use crate::attributes::{
    Item, check_shape, get_number, get_number_or_none, get_text_or_none, get_time_or_none, new_item, number,
    text, time,
};
use crate::failure::TableError;
use crate::keys::Key;
use commerce::Timestamp;
use commerce::list_lag::SeenLag;
use commerce::silence::Silence;

/// What is known of a connection's passes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassState {
    /// All orders that changed before this moment are recorded.
    pub drained_until: Option<Timestamp>,
    /// What changed before this moment is recorded as it was when it was read: a long reading goes on from here. It proves
    /// nothing about orders that have changed since.
    pub read_until: Option<Timestamp>,
    /// How long a piece of that reading is, in milliseconds.
    pub piece_ms: Option<i64>,
    /// When the last complete pass began.
    pub begun_at: Option<Timestamp>,
    /// An order whose product nobody can tell keeps the proof back: which.
    pub blocked_by: Option<String>,
    /// Since when no pass has been complete.
    pub failing_since: Option<Timestamp>,
    /// The last complete pass was the first after so long a time that the channel was given no units meanwhile: the next
    /// pass asks for a look at all listings before it takes this away, so that no death in between loses it.
    pub is_seen_again: bool,
    /// Orders in a row that passes found and no news told of.
    pub silence: Option<Silence>,
    /// How far the list was seen to be behind, where that is longer than once was waited for.
    pub seen_lag: Option<SeenLag>,
}

/// Writes the state.
pub fn to_item(key: &Key, state: &PassState) -> Item {
    let mut item = new_item(key);
    let times = [
        ("du", state.drained_until),
        ("lu", state.read_until),
        ("at", state.begun_at),
        ("fs", state.failing_since),
    ];
    for (name, at) in times {
        if let Some(at) = at {
            item.insert(name.to_owned(), time(at));
        }
    }
    if let Some(piece_ms) = state.piece_ms {
        item.insert("lp".to_owned(), number(piece_ms));
    }
    if let Some(why) = &state.blocked_by {
        item.insert("bl".to_owned(), text(why));
    }
    if state.is_seen_again {
        item.insert("sa".to_owned(), text("1"));
    }
    if let Some(Silence { since, orders }) = state.silence {
        item.insert("ss".to_owned(), time(since));
        item.insert("so".to_owned(), number(i64::from(orders)));
    }
    if let Some(SeenLag { ms, at }) = state.seen_lag {
        item.insert("ll".to_owned(), number(ms));
        item.insert("la".to_owned(), time(at));
    }
    item
}

/// Reads the state.
pub fn from_item(item: &Item) -> Result<PassState, TableError> {
    check_shape(item)?;
    Ok(PassState {
        drained_until: get_time_or_none(item, "du")?,
        read_until: get_time_or_none(item, "lu")?,
        piece_ms: get_number_or_none(item, "lp")?,
        begun_at: get_time_or_none(item, "at")?,
        blocked_by: get_text_or_none(item, "bl")?.map(str::to_owned),
        failing_since: get_time_or_none(item, "fs")?,
        is_seen_again: get_text_or_none(item, "sa")?.is_some(),
        silence: silence(item)?,
        seen_lag: seen_lag(item)?,
    })
}

fn seen_lag(item: &Item) -> Result<Option<SeenLag>, TableError> {
    let Some(at) = get_time_or_none(item, "la")? else { return Ok(None) };
    Ok(Some(SeenLag { ms: get_number(item, "ll")?, at }))
}

fn silence(item: &Item) -> Result<Option<Silence>, TableError> {
    let Some(since) = get_time_or_none(item, "ss")? else { return Ok(None) };
    let orders = u32::try_from(get_number(item, "so")?).map_err(|_| TableError::corrupt("so", "negative"))?;
    Ok(Some(Silence { since, orders }))
}
