//! What must be true once it is quiet: every order recorded once and rightly, every balance true, every channel showing what it should.

use super::book::Book;
use super::sim::{Sim, lock};
use super::truth::{Truth, factor};
use super::world::World;
use commerce::ids::{ConnectionId, LocationId, OrderId, Sku};
use commerce::shown::quantity_to_show;
use commerce::status::Status;
use commerce::stock::{ListingKey, Stock, StockDelta, StockKey};
use lambda_kit::objects::{Kept, Objects};
use std::collections::BTreeMap;
use workflows::announce_stock::LedgerLine;

/// Everything that is wrong at rest, one sentence each; nothing when all is well.
pub(super) fn faults(sim: &Sim) -> Vec<String> {
    let truth = sim.truth();
    let book = lock(&sim.book);
    let mut wrong = Vec::new();
    orders(&sim.world, &truth, &book, &mut wrong);
    balances(&sim.world, &truth, &book, &mut wrong);
    listings(&sim.world, &truth, &book, &mut wrong);
    wrong
}

/// How often balances have changed since the day began.
pub(super) fn changes(sim: &Sim) -> u64 {
    lock(&sim.book).stock.values().map(|stock| stock.version).sum()
}

/// Every order of every channel is in the book with its right status, and no other is.
fn orders(world: &World, truth: &Truth, book: &Book, wrong: &mut Vec<String>) {
    let mut known: BTreeMap<&(ConnectionId, OrderId), &Status> =
        book.orders.iter().map(|(key, state)| (key, &state.status)).collect();
    for order in &truth.orders {
        let connection = match order.connection {
            Some(connection) => &world.connections[connection].id,
            None => match &world.till {
                Some(till) => till,
                None => continue,
            },
        };
        match known.remove(&(connection.clone(), order.id.clone())) {
            None => wrong.push(format!("order {} is {} and not in the book", order.id, order.status)),
            Some(status) if *status != order.word(world) => {
                wrong.push(format!("order {} is {}, the book says {status}", order.id, order.word(world)));
            }
            Some(_) => {}
        }
    }
    wrong.extend(known.keys().map(|(connection, order)| format!("{connection} knows no order {order}")));
}

/// Committed and held is what buyers wait for, on hand is what lies there.
fn balances(world: &World, truth: &Truth, book: &Book, wrong: &mut Vec<String>) {
    for (sku, name) in world.skus.iter().enumerate() {
        let stock = |location: &LocationId| {
            book.stock.get(&StockKey { sku: name.clone(), location: location.clone() })
        };
        let sum = |part: fn(&Stock) -> i64| world.locations.iter().filter_map(stock).map(part).sum::<i64>();
        let (committed, holds) = (sum(|stock| stock.committed), sum(|stock| stock.holds));
        let held = truth.held_of(world, sku);
        let open = truth.open_of(world, sku) - held;
        if (committed, holds) != (open, held) {
            wrong.push(format!(
                "{name}: {committed} committed and {holds} held, buyers wait for {open} and {held}"
            ));
        }
        for (store, location) in world.locations.iter().enumerate() {
            let on_paper = stock(location).map_or((0, 0), |stock| (stock.in_transit, stock.quarantine));
            let really = (truth.vans[sku][store], truth.waiting[sku][store]);
            if on_paper != really {
                wrong.push(format!(
                    "{name}@{location}: {on_paper:?} in transit and in quarantine, really {really:?}"
                ));
            }
            let (said, there) = (stock(location).map_or(0, |stock| stock.on_hand), truth.on_hand[sku][store]);
            if said != there {
                wrong.push(format!("{name}@{location}: {said} on hand, {there} lie there"));
            }
        }
    }
}

/// Every listing shows what its cover says, or in a shared pool what is free; no attempt is unresolved.
fn listings(world: &World, truth: &Truth, book: &Book, wrong: &mut Vec<String>) {
    for (place, listing) in world.listings.iter().take(world.pages()).enumerate() {
        let connection = &world.connections[listing.connection];
        let key = ListingKey { connection: connection.id.clone(), listing: listing.id.clone() };
        let shown = truth.on_sale(world, place);
        if let Some(item) = book.listings.get(&(key.connection.clone(), key.listing.clone())) {
            match table::listing_item::from_item(item) {
                Ok(state) if state.listed.attempt.is_some() => {
                    wrong.push(format!("{}: an attempt is unresolved", listing.id));
                }
                Ok(_) => {}
                Err(error) => wrong.push(format!("{}: {error}", listing.id)),
            }
        }
        if world.wish.shared_pool {
            pool(world, place, shown, book, wrong);
            continue;
        }
        for (sku, name) in world.skus.iter().enumerate() {
            let units = shown * factor(world, place, sku);
            let stock = world.locations.iter().filter_map(|location| {
                book.stock.get(&StockKey { sku: name.clone(), location: location.clone() })
            });
            let cover: i64 = stock.filter_map(|stock| stock.cover.get(&key)).sum();
            if cover != units {
                wrong.push(format!("{} shows {units} of {name}, its cover is {cover}", listing.id));
            }
        }
    }
}

fn pool(world: &World, place: usize, shown: i64, book: &Book, wrong: &mut Vec<String>) {
    let plan = &world.listings[place];
    let connection = &world.connections[plan.connection];
    let Ok(shops) = world.shops() else { return };
    let Some((_, connection)) = shops.connection(&world.shop, &connection.id) else { return };
    let Some(listing) = connection.listings.get(&plan.id) else { return };
    let free = |sku: &Sku, location: &LocationId| {
        let key = StockKey { sku: sku.clone(), location: location.clone() };
        book.stock.get(&key).map_or(0, |stock| stock.free)
    };
    let wanted = i64::from(quantity_to_show(listing, &connection.serves_from, free));
    if wanted != shown {
        wrong.push(format!("{}/{} shows {shown} instead of {wanted}", connection.id, plan.id));
    }
}

/// The archived ledger has no gap and folds to the balances.
pub(super) async fn ledger(sim: &Sim, archive: &Kept) -> Result<(), String> {
    let objects = Objects::Memory(archive.clone());
    let mut lines: BTreeMap<(StockKey, u64), LedgerLine> = BTreeMap::new();
    for name in objects.list("ledger/").await.map_err(|e| e.to_string())? {
        let content = objects.get(&name).await.map_err(|e| e.to_string())?.unwrap_or_default();
        for line in String::from_utf8_lossy(&content).lines() {
            let line: LedgerLine = serde_json::from_str(line).map_err(|e| e.to_string())?;
            let key = StockKey { sku: line.sku.clone(), location: line.location.clone() };
            lines.insert((key, line.version), line);
        }
    }
    let mut folded: BTreeMap<StockKey, Stock> = BTreeMap::new();
    for ((key, version), line) in lines {
        let balance = folded.entry(key.clone()).or_default();
        let mut sum = StockDelta::default();
        line.movements.iter().for_each(|movement| sum.add(&movement.delta, 1));
        balance.apply(&sum, line.movements);
        if balance.version != version {
            return Err(format!("the ledger of {}@{} has a gap before {version}", key.sku, key.location));
        }
    }
    for (key, stock) in &lock(&sim.book).stock {
        let fold =
            folded.get(key).map(|f| (f.on_hand, f.committed, f.holds, f.free, f.in_transit, f.quarantine));
        let said =
            (stock.on_hand, stock.committed, stock.holds, stock.free, stock.in_transit, stock.quarantine);
        let version = folded.get(key).map(|f| f.version);
        if fold != Some(said) || version != Some(stock.version) {
            return Err(format!("the ledger of {}@{} does not fold to its balance", key.sku, key.location));
        }
    }
    Ok(())
}
