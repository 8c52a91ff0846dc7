//! What counting changed on a day, by the ledger: who counted, how many were there, how many the book had.
//!
//! Goods that left before a count and whose news came after it are in the count already, and their order takes nothing off any
//! more. So they are taken off the count's difference: else every late receipt would look like a loss.

use super::day_lines::ByVersion;
use super::sales::Orders;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::ids::{ConnectionId, LocationId, Sku};
use commerce::level::counted_by;
use commerce::reconcile::Day;
use commerce::stock::{Cause, Movement, StockKey};
use reports::shop::{CountCheck, CountLine, CountedBy};
use std::collections::{BTreeMap, BTreeSet};

/// One count as the ledger holds it.
struct Count {
    by: CountedBy,
    at: Timestamp,
    counted: i64,
    /// By how much on hand was changed.
    changed: i64,
    /// Units of it that are sales whose news came later.
    sold: i64,
}

/// Goods that left and were in a count already: when, and how many.
type Gone = BTreeMap<StockKey, Vec<(Timestamp, i64)>>;

/// Everything that was counted on that day.
pub(super) fn counts(
    shop: &Shop,
    day: &Day,
    balances: &BTreeMap<StockKey, ByVersion<'_>>,
    orders: &Orders,
) -> CountCheck {
    let gone = gone(orders, day);
    let (mut check, mut same) = (CountCheck::default(), BTreeSet::new());
    for (key, lines) in balances {
        let (mut counts, is_first) = of_balance(shop, lines);
        check.first += u64::from(is_first);
        counts.sort_by_key(|count| count.at);
        take_off(&mut counts, gone.get(key).map(Vec::as_slice).unwrap_or_default());
        let told: Vec<CountLine> = together(counts).into_iter().map(|count| line(key, count)).collect();
        let differ: Vec<CountLine> = told.iter().filter(|line| line.difference() != 0).cloned().collect();
        if differ.is_empty() && !told.is_empty() {
            same.insert(key);
        }
        check.lines.extend(differ);
    }
    check.same = same.len() as u64;
    check.lines.sort_by_key(|line| line.at);
    check
}

/// The counts of the day, and whether a first one is among them: that one has no number to differ from.
fn of_balance(shop: &Shop, lines: &ByVersion<'_>) -> (Vec<Count>, bool) {
    let mut is_counted = !lines.contains_key(&1);
    let (mut counts, mut is_first) = (Vec::new(), false);
    for (version, (line, is_of_day)) in lines {
        let documents = line.movements.iter().filter_map(|movement| Some((movement, source(movement)?)));
        for (movement, source) in documents {
            match is_counted {
                true if *is_of_day => {
                    let earlier = lines.range(..version).flat_map(|(_, (line, _))| &line.movements);
                    counts.push(count(shop, source, movement, line.on_hand - later(earlier, movement)));
                }
                true => {}
                false => is_first |= is_of_day,
            }
            is_counted = true;
        }
    }
    (counts, is_first)
}

/// Who counted, by the document's name.
fn source(movement: &Movement) -> Option<&str> {
    match &movement.cause {
        Cause::Document { document } => counted_by(document),
        Cause::Order { .. } | Cause::Cover { .. } => None,
    }
}

/// What the book knew to have left after the count was taken: the count was brought up to now by it.
fn later<'m>(earlier: impl Iterator<Item = &'m Movement>, count: &Movement) -> i64 {
    let is_later = |movement: &&Movement| movement.at_ms > count.at_ms && source(movement).is_none();
    earlier.filter(is_later).map(|movement| movement.delta.on_hand).sum()
}

fn count(shop: &Shop, source: &str, movement: &Movement, counted: i64) -> Count {
    let till = ConnectionId::new(source).ok().filter(|id| shop.connections.contains_key(id));
    Count {
        by: till.map_or(CountedBy::Person, |connection| CountedBy::Till { connection }),
        at: Timestamp::from_millisecond(movement.at_ms).unwrap_or_default(),
        counted,
        changed: movement.delta.on_hand,
        sold: 0,
    }
}

/// Each piece of goods belongs to the first count after it.
fn take_off(counts: &mut [Count], gone: &[(Timestamp, i64)]) {
    for (at, units) in gone {
        if let Some(count) = counts.iter_mut().find(|count| count.at >= *at) {
            count.sold += units;
        }
    }
}

/// A till reads a product after each of its sales: all its readings of a day are one.
fn together(counts: Vec<Count>) -> Vec<Count> {
    let (mut persons, mut tills) = (Vec::new(), BTreeMap::<CountedBy, Count>::new());
    for count in counts {
        match (&count.by, tills.get_mut(&count.by)) {
            (CountedBy::Person, _) => persons.push(count),
            (CountedBy::Till { .. }, None) => drop(tills.insert(count.by.clone(), count)),
            (CountedBy::Till { .. }, Some(known)) => {
                (known.at, known.counted) = (count.at, count.counted);
                known.changed += count.changed;
                known.sold += count.sold;
            }
        }
    }
    persons.into_iter().chain(tills.into_values()).collect()
}

fn line(StockKey { sku, location }: &StockKey, count: Count) -> CountLine {
    let Count { by, at, counted, changed, sold } = count;
    let (sku, location): (Sku, LocationId) = (sku.clone(), location.clone());
    let product = sku.to_string();
    CountLine {
        sku,
        product,
        location,
        by,
        at,
        counted,
        expected: counted - changed - sold,
        sold: u64::try_from(sold).unwrap_or(0),
    }
}

/// Goods of the day's orders that were in a count already when their news came.
fn gone(orders: &Orders, day: &Day) -> Gone {
    let mut gone = Gone::new();
    for order in orders.values().filter(|order| day.holds(order.source_time)) {
        for line in &order.lines {
            let Some(decision) = &line.decision else { continue };
            let parts = decision.recipe.iter().filter(|part| decision.not_counted.contains(&part.sku));
            for part in parts {
                let key = StockKey { sku: part.sku.clone(), location: decision.location.clone() };
                let units = i64::from(line.out) * i64::from(part.factor);
                gone.entry(key).or_default().push((order.source_time, units));
            }
        }
    }
    gone
}
