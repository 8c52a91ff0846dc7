//! The independent auditor: after every step it compares what the book says with what is really true.

use super::book::Book;
use super::hooks;
use super::truth::{Truth, TwinOrder};
use super::world::World;
use commerce::ids::{ConnectionId, LocationId};
use commerce::stock::{Stock, StockKey};
use table::pass_item::PassState;

/// Checks both inequalities of "never sold twice" and that no unit is sold that does not exist.
pub(super) fn check(world: &World, truth: &Truth, book: &mut Book) -> Result<(), String> {
    for sku in 0..world.skus.len() {
        let open = truth.open_of(world, sku);
        let shown = truth.shown_of(world, sku);
        let there = truth.on_hand_of(sku);
        let taken: i64 = truth.taken[sku].iter().sum();
        if open + shown > there + taken {
            let most = book.oversold.entry(sku).or_default();
            *most = (*most).max(open - there - taken);
            if !world.wish.shared_pool {
                return Err(format!(
                    "{}: {open} sold and {shown} still shown, but only {there} there (and {taken} taken by facts)",
                    world.skus[sku]
                ));
            }
        }
        if !world.wish.shared_pool {
            check_free(world, truth, book, sku, there - open - shown)?;
            check_stores(world, truth, book, sku)?;
        }
    }
    Ok(())
}

/// Once the house has noted that an account's orders are recorded up to a moment, each from before is in the book.
pub(super) fn check_pass(
    world: &World,
    truth: &Truth,
    book: &Book,
    connection: &ConnectionId,
    pass: &PassState,
) -> Result<(), String> {
    let (Some(place), Some(until)) = (world.connection(connection), pass.drained_until) else {
        return Ok(());
    };
    let is_before =
        |order: &&TwinOrder| order.connection == Some(place) && order.created_ms < until.as_millisecond();
    let mut before = truth.orders.iter().filter(is_before);
    match before.find(|order| !book.knows(connection, &order.id)) {
        Some(order) => {
            Err(format!("order {} is not in the book although all up to {until} are said to be", order.id))
        }
        None => Ok(()),
    }
}

/// Free units, over all stores, are never more than what is there, not sold and not shown.
fn check_free(world: &World, truth: &Truth, book: &mut Book, sku: usize, slack: i64) -> Result<(), String> {
    let knows = |connection: &_, order: &_| book.knows(connection, order);
    let unknown = world.till.as_ref().map_or(0, |till| truth.unknown_till_sales(sku, knows, till));
    let stores = world.locations.iter().filter_map(|location| balance(world, book, sku, location));
    let free: i64 = stores.map(|stock| stock.free).sum();
    let baseline_ms = |store: usize| {
        let baseline = balance(world, book, sku, &world.locations[store]).and_then(|stock| stock.baseline);
        baseline.map_or(0, |time| time.as_millisecond())
    };
    let slack = slack + unknown + truth.unknown_losses(sku, baseline_ms) + truth.untold[sku];
    if free <= slack {
        if !book.latched.contains(&sku) && hooks::is_taken_over(world, truth, book, sku) {
            book.latched.insert(sku);
        }
        return Ok(());
    }
    if !book.latched.contains(&sku) {
        return Ok(());
    }
    Err(format!(
        "{}: the book calls {free} free, but only {slack} are neither sold nor shown",
        world.skus[sku]
    ))
}

/// In each store: cover, committed and holds are no more than on hand and what facts took or sold below zero. A count
/// sees parcels gone that the book still calls committed: it knows better, but only half of the story. What was sold before
/// all listings were taken over may lie in the wrong store; once it has come right, it must stay so.
fn check_stores(world: &World, truth: &Truth, book: &mut Book, sku: usize) -> Result<(), String> {
    for (store, location) in world.locations.iter().enumerate() {
        let Some(stock) = balance(world, book, sku, location) else { continue };
        let cover: i64 = stock.cover.values().map(|units| (*units).max(0)).sum();
        let below: i64 = stock.cover.values().map(|units| (-*units).max(0)).sum();
        let promised = cover + stock.committed + stock.holds;
        let gone = if truth.counted[sku][store] { gone_unnoticed(world, truth, book, sku, store) } else { 0 };
        let allowed = below + truth.taken[sku][store] + gone;
        let is_latched = book.latched_stores.contains(&(sku, store));
        if promised > stock.on_hand + allowed {
            if !is_latched {
                continue;
            }
            return Err(format!(
                "{}@{location}: {promised} promised (cover {cover}, committed {}, holds {}), {} on hand, {allowed} explained",
                world.skus[sku], stock.committed, stock.holds, stock.on_hand
            ));
        }
        if !is_latched && hooks::is_taken_over(world, truth, book, sku) {
            book.latched_stores.insert((sku, store));
        }
    }
    Ok(())
}

/// Units of parcels that have left that store while the book still calls their orders open.
fn gone_unnoticed(world: &World, truth: &Truth, book: &Book, sku: usize, store: usize) -> i64 {
    let unnoticed = truth.orders.iter().filter(|order| {
        let connection = order.connection.map(|connection| world.connections[connection].id.clone());
        let known = connection.and_then(|connection| book.orders.get(&(connection, order.id.clone())));
        known.is_some_and(|state| state.status.is_open())
    });
    let left = unnoticed.flat_map(|order| &order.left_from);
    left.filter(|(what, from, _)| (*what, *from) == (sku, store)).map(|(_, _, units)| units).sum()
}

fn balance<'b>(world: &World, book: &'b Book, sku: usize, location: &LocationId) -> Option<&'b Stock> {
    book.stock.get(&StockKey { sku: world.skus[sku].clone(), location: location.clone() })
}
