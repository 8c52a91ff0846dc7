//! Recomputes by its own simple arithmetic what stock must come to, from nothing but what the channels told.

use commerce::catalogue::{Catalogue, Connection, Shop};
use commerce::ids::{LineId, ShopId};
use commerce::level::Level;
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::status::Status;
use commerce::stock::StockKey;
use std::collections::{BTreeMap, BTreeSet};
use workflows::messages::{Record, RecordMessage};

/// What a balance must come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owed {
    /// Units physically there.
    pub on_hand: i64,
    /// Units sold, not yet gone.
    pub committed: i64,
}

/// What every balance of a shop must come to, if each event counted exactly once.
///
/// It holds for days in which the first store of every connection has plenty, every listing is known, counts come
/// before sales, and no two events of one order are a tie.
pub fn owed(catalogue: &Catalogue, shop: &ShopId, told: &[RecordMessage]) -> BTreeMap<StockKey, Owed> {
    let mut result: BTreeMap<StockKey, Owed> = BTreeMap::new();
    let told: Vec<&RecordMessage> = told.iter().filter(|message| message.shop == *shop).collect();
    for (key, level) in latest_counts(&told) {
        result.entry(key).or_default().on_hand = level.on_hand;
    }
    let mut orders: BTreeMap<String, (&RecordMessage, Vec<&ChannelOrder>)> = BTreeMap::new();
    for message in told {
        let Record::Order(order) = &message.record else { continue };
        let name = format!("{} {}", message.connection, order.id);
        orders.entry(name).or_insert((message, Vec::new())).1.push(order);
    }
    for (message, events) in orders.into_values() {
        if let Some((shop, connection)) = catalogue.connection(shop, &message.connection) {
            add_order(&mut result, shop, connection, &events);
        }
    }
    result
}

fn latest_counts<'m>(told: &[&'m RecordMessage]) -> BTreeMap<StockKey, &'m Level> {
    let mut counts: BTreeMap<StockKey, &Level> = BTreeMap::new();
    for message in told {
        let Record::Level { sku, level } = &message.record else { continue };
        let key = StockKey { sku: sku.clone(), location: level.location.clone() };
        let known = counts.entry(key).or_insert(level);
        if level.as_of > known.as_of {
            *known = level;
        }
    }
    counts
}

fn add_order(
    result: &mut BTreeMap<StockKey, Owed>,
    shop: &Shop,
    connection: &Connection,
    events: &[&ChannelOrder],
) {
    let Some(last) = events.iter().max_by_key(|event| (event.source_time, event.status.rank())) else {
        return;
    };
    let names: BTreeSet<&LineId> =
        events.iter().flat_map(|event| event.lines.iter().map(|line| &line.id)).collect();
    for name in names {
        let (known, is_listed) = match find(last, name) {
            Some(line) => (line, true),
            None => match events.iter().rev().find_map(|event| find(event, name)) {
                Some(line) => (line, false),
                None => continue,
            },
        };
        let gone = events.iter().map(|event| find(event, name).map_or(0, |line| went_out(event, line))).max();
        let gone = gone.unwrap_or(0);
        let kept = (i64::from(known.quantity) - gone).max(0);
        let waiting = still_waiting(last, kept, if is_listed { i64::from(known.cancelled) } else { kept });
        let Some(listing) = connection.listings.get(&known.listing) else { continue };
        let Some(store) = last.location.as_ref().or(connection.serves_from.first()) else { continue };
        let till_counts = shop.is_till_owned(store) && last.kind == OrderKind::Channel;
        for part in &listing.recipe {
            let key = StockKey { sku: part.sku.clone(), location: store.clone() };
            let balance = result.entry(key).or_default();
            let factor = i64::from(part.factor);
            balance.on_hand -= if till_counts { 0 } else { gone * factor };
            balance.committed += (waiting + if till_counts { gone } else { 0 }) * factor;
        }
    }
}

fn find<'o>(order: &'o ChannelOrder, name: &LineId) -> Option<&'o ChannelLine> {
    order.lines.iter().find(|line| line.id == *name)
}

/// Units that this one event says have left the house.
fn went_out(event: &ChannelOrder, line: &ChannelLine) -> i64 {
    match (&event.status, event.departure) {
        (Status::Shipped | Status::Delivered | Status::Completed, _)
        | (Status::ReturnRequested | Status::Returned, _) => {
            i64::from(line.quantity) - i64::from(line.cancelled)
        }
        // All units of a cancelled order may be called cancelled, those that left too.
        (Status::Cancelled, Departure::Left) if line.cancelled < line.quantity => {
            i64::from(line.quantity) - i64::from(line.cancelled)
        }
        (Status::Cancelled, Departure::Left) => line.quantity.into(),
        _ => 0,
    }
}

/// Of the units that have not left, those a buyer still waits for.
fn still_waiting(last: &ChannelOrder, kept: i64, called_off: i64) -> i64 {
    match (&last.status, last.departure) {
        (Status::Cancelled, Departure::Stayed) => 0,
        // Nothing proves that the goods are here: they stay taken.
        (Status::Cancelled, Departure::Unknown) => kept,
        // What the parcel did not take along had been called off before it left.
        (Status::Cancelled, Departure::Left)
        | (Status::Pending | Status::Confirmed | Status::ReadyToShip | Status::Unknown(_), _) => {
            (kept - called_off).max(0)
        }
        _ => 0,
    }
}
