//! Whether a channel still calls us: orders that were found by reading its list alone, with no news of any order since.
//!
//! A webhook that works tells of an order within seconds and the list is read once a minute, so that now and then the list
//! is first. Several orders in a row are found that way only where nobody calls any more.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How an order had been heard of when its channel's list was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The channel has told of it.
    Told,
    /// Only the list has, at an earlier reading.
    ReadBefore,
    /// Never: the list tells of it now.
    ReadNow,
}

/// An order that a list told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heeded {
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it changed last, by its channel.
    pub changed_at: Timestamp,
    /// How it had been heard of.
    pub heard: Heard,
}

/// How a channel's subscription to our webhooks stood when it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "subscribed", rename_all = "snake_case")]
pub enum Subscribed {
    /// Nobody looked, or the channel does not tell.
    #[default]
    NotLooked,
    /// It is in force.
    Active,
    /// It was not, and is again.
    Repaired {
        /// Since when.
        at: Timestamp,
    },
    /// It is not, and a person must see to it.
    Off,
}

/// Orders of a connection that nobody told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// When the first of them was placed.
    pub since: Timestamp,
    /// How many they are.
    pub orders: u32,
}

/// What is known after a reading of the list, by its orders.
/// News of an order that was placed after the silence began ends it.
pub fn listen(before: Option<Silence>, listed: &[Heeded]) -> Option<Silence> {
    let placed =
        |heard: Heard| listed.iter().filter(move |order| order.heard == heard).map(|order| order.placed_at);
    let told = placed(Heard::Told).max();
    let before = before.filter(|silence| told.is_none_or(|told| told < silence.since));
    let untold: Vec<Timestamp> =
        placed(Heard::ReadNow).filter(|at| told.is_none_or(|told| *at > told)).collect();
    let first = untold.iter().min().copied();
    let since = match before {
        Some(silence) => silence.since.min(first.unwrap_or(silence.since)),
        None => first?,
    };
    let orders = u32::try_from(untold.len()).unwrap_or(u32::MAX);
    Some(Silence { since, orders: before.map_or(0, |silence| silence.orders).saturating_add(orders) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Heard::{ReadBefore, ReadNow, Told};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn silence(minute: i64, orders: u32) -> Option<Silence> {
        Some(Silence { since: at(minute), orders })
    }

    #[test]
    fn orders_that_nobody_told_of_add_up_until_one_is_told_of() {
        let order = |(minute, heard): &(i64, Heard)| {
            let placed_at = at(*minute);
            Heeded { placed_at, changed_at: placed_at, heard: *heard }
        };
        let listed = |orders: &[(i64, Heard)]| -> Vec<Heeded> { orders.iter().map(order).collect() };
        type Row<'a> = (Option<Silence>, &'a [(i64, Heard)], Option<Silence>);
        let rows: [Row<'_>; 9] = [
            (None, &[], None),
            (None, &[(1, Told), (2, Told)], None),
            (None, &[(2, ReadNow)], silence(2, 1)),
            (silence(2, 1), &[(2, ReadBefore), (3, ReadNow), (4, ReadNow)], silence(2, 3)),
            (silence(2, 3), &[], silence(2, 3)),
            (silence(2, 3), &[(3, ReadBefore), (5, Told)], None),
            (silence(2, 3), &[(1, Told)], silence(2, 3)),
            (None, &[(5, Told), (4, ReadNow)], None),
            (None, &[(5, Told), (6, ReadNow)], silence(6, 1)),
        ];
        for (before, orders, after) in rows {
            assert_eq!(listen(before, &listed(orders)), after, "{before:?} {orders:?}");
        }
    }
}
