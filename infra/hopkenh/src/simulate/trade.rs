//! What happens to orders in the channels: bought, cancelled whole or in part, shipped, each with the channel's own effect on what it shows.

use super::assumption::Assumption;
use super::dice::Dice;
use super::fault::Fault;
use super::names::order_id;
use super::news;
use super::sim::{Sim, lock};
use super::truth::{Truth, TwinLine, TwinOrder};
use super::world::World;
use channels::facts::WriteClass;
use commerce::ids::OrderId;
use commerce::order::Departure;
use commerce::split::base_id;
use commerce::status::Status;
use std::sync::Arc;

/// With a broken A3 lists lag this many times longer than stated.
const LAG_BROKEN: i64 = 30;

/// A buyer wants so many of a listing, and perhaps something else from the same account. False: nothing was left.
pub(super) fn buy(sim: &Arc<Sim>, dice: &mut Dice, listing: usize, wanted: i64) -> bool {
    let world = &sim.world;
    let connection = world.listings[listing].connection;
    let also =
        (0..world.listings.len()).filter(|l| world.listings[*l].connection == connection && *l != listing);
    let also: Vec<usize> = also.collect();
    let also = if dice.chance(120) { dice.pick(&also).copied() } else { None };
    let now_ms = sim.now_ms();
    let bought = sim.change(|truth| {
        let mut lines = Vec::new();
        for (listing, wanted) in [(Some(listing), wanted), (also, 1)] {
            let Some(listing) = listing else { continue };
            let units = take(world, truth, listing, wanted);
            if units > 0 {
                let quantity = u32::try_from(units).unwrap_or(1);
                lines.push(TwinLine { listing, quantity, cancelled: 0 });
            } else if lines.is_empty() {
                turn_away(world, truth, listing, now_ms);
                return None;
            }
        }
        record(world, truth, connection, lines, now_ms)
    });
    let Some(place) = bought else { return false };
    changed(sim, dice, place, true);
    true
}

/// The channel takes the units off what it shows, before anybody hears of the order.
fn take(world: &World, truth: &mut Truth, listing: usize, wanted: i64) -> i64 {
    let shown = truth.on_sale(world, listing);
    let units = match world.wish.broken {
        Some(Assumption::A1) if shown > 0 => wanted + 1,
        _ => wanted.min(shown),
    };
    if world.connections[world.listings[listing].connection].class != WriteClass::Gross {
        truth.listings[listing].shown = (truth.listings[listing].shown - units).max(0);
    }
    units
}

fn turn_away(world: &World, truth: &mut Truth, listing: usize, now_ms: i64) {
    for (sku, _) in &world.listings[listing].recipe {
        truth.turned_away[*sku] += 1;
        truth.turned_away_ms[*sku] = Some(now_ms);
    }
}

fn record(
    world: &World,
    truth: &mut Truth,
    connection: usize,
    lines: Vec<TwinLine>,
    now_ms: i64,
) -> Option<usize> {
    let number = truth.orders.len();
    let plan = &world.connections[connection];
    Some(truth.add(TwinOrder {
        connection: Some(connection),
        id: order_id(world, connection, number).ok()?,
        lines,
        status: Status::Confirmed,
        departure: Departure::Stayed,
        created_ms: source_time(plan.whole_seconds, now_ms),
        source_ms: source_time(plan.whole_seconds, now_ms),
        location: None,
        listed: Vec::new(),
        wants_to_ship: false,
        left_from: Vec::new(),
        held_until_ms: None,
    }))
}

fn source_time(whole_seconds: bool, now_ms: i64) -> i64 {
    if whole_seconds { now_ms / 1_000 * 1_000 } else { now_ms }
}

/// After any change: the channel's list shows it a while later, and perhaps a webhook tells of it.
pub(super) fn changed(sim: &Arc<Sim>, dice: &mut Dice, place: usize, tells: bool) {
    let now_ms = sim.now_ms();
    let told = sim.change(|truth| {
        let connection = truth.orders[place].connection?;
        let plan = &sim.world.connections[connection];
        let lag_ms = list_lag(&sim.world, dice, i64::from(plan.facts.order_list_lag_ms));
        let order = &mut truth.orders[place];
        order.source_ms = order.source_ms.max(source_time(plan.whole_seconds, now_ms));
        let told = order.told(&sim.world, None).ok()?;
        let earlier_ms = order.listed.last().map_or(0, |(visible_ms, _)| *visible_ms);
        order.listed.push(((now_ms + lag_ms).max(earlier_ms), told.clone()));
        if lag_ms > 0 {
            lock(&sim.weather).count(Fault::ListLagged);
        }
        Some((connection, told))
    });
    let Some((connection, told)) = told else { return };
    sim.note(|| {
        let lines = told.lines.iter().map(|l| format!(" {}x{}-{}", l.listing, l.quantity, l.cancelled));
        format!("order {} is {}{}", told.id, told.status, lines.collect::<String>())
    });
    if tells {
        news::tell(sim, dice, connection, &told);
    }
}

fn list_lag(world: &World, dice: &mut Dice, most_ms: i64) -> i64 {
    if dice.chance(300) {
        return 0;
    }
    let most_ms = if world.wish.broken == Some(Assumption::A3) { most_ms * LAG_BROKEN } else { most_ms };
    dice.between(0, most_ms - 200)
}

/// Cancels a whole order, or one unit of a line; the channel may put the units back on sale itself.
pub(super) fn cancel(sim: &Arc<Sim>, dice: &mut Dice, place: usize) {
    let world = &sim.world;
    let partly = dice.chance(250);
    let restores = dice.between(1, 100);
    sim.change(|truth| {
        let Some(connection) = truth.orders[place].connection else { return };
        let plan = &world.connections[connection];
        let order = &mut truth.orders[place];
        // Some channels cancel whole orders only. A unit called off at WooCommerce is a lower quantity on its line.
        let partly = partly && plan.facts.channel != "shopee";
        let part = order.lines.iter_mut().find(|line| partly && line.quantity - line.cancelled > 1);
        let back: Vec<(usize, i64)> = match part {
            Some(line) => {
                line.cancelled += 1;
                vec![(line.listing, 1)]
            }
            None => {
                order.status = Status::Cancelled;
                let left =
                    |line: &TwinLine| (line.listing, i64::from(line.quantity) - i64::from(line.cancelled));
                order.lines.iter().map(left).collect()
            }
        };
        if plan.class != WriteClass::Gross && restores <= plan.restores_percent {
            for (listing, units) in back {
                truth.listings[listing].shown += units;
            }
        }
    });
    changed(sim, dice, place, true);
}

/// Sends a parcel from the store the book has chosen, if the goods are there and the house lets it leave.
pub(super) fn ship(sim: &Arc<Sim>, dice: &mut Dice, place: usize) {
    let may_leave = sim.change(|truth| {
        truth.orders[place].wants_to_ship = true;
        sim.may_ship(truth, place)
    });
    if may_leave && take_along(sim, place) {
        changed(sim, dice, place, true);
    }
}

/// A parcel leaves the store the book has chosen; false when the goods are not there.
pub(super) fn take_along(sim: &Sim, place: usize) -> bool {
    sim.change(|truth| {
        let Some(taken) = stores(sim, truth, place) else { return false };
        if taken.iter().any(|(sku, store, units)| truth.on_shelf(*sku, *store) < *units) {
            return false;
        }
        for (sku, store, units) in &taken {
            truth.on_hand[*sku][*store] -= units;
        }
        let order = &mut truth.orders[place];
        order.left_from = taken;
        (order.status, order.departure) = (Status::Shipped, Departure::Left);
        true
    })
}

/// Product, store and base units of what a parcel takes along, as the book has decided; none before it knows the order.
fn stores(sim: &Sim, truth: &Truth, place: usize) -> Option<Vec<(usize, usize, i64)>> {
    let world = &sim.world;
    let order = &truth.orders[place];
    let connection = &world.connections[order.connection?];
    let book = lock(&sim.book);
    let state = book.orders.get(&(connection.id.clone(), order.id.clone()))?;
    let mut taken = Vec::new();
    for (number, line) in order.lines.iter().enumerate() {
        let name = (number + 1).to_string();
        let pieces = state.lines.iter().filter(|known| base_id(&known.id) == name);
        let mut left = i64::from(line.quantity) - i64::from(line.cancelled);
        for piece in pieces {
            let chosen = &piece.decision.as_ref()?.location;
            let store = world.locations.iter().position(|location| location == chosen)?;
            let units = i64::from(piece.quantity) - i64::from(piece.cancelled);
            left -= units;
            for (sku, factor) in &world.listings[line.listing].recipe {
                taken.push((*sku, store, units * factor));
            }
        }
        // The book has not heard of all of it yet: who packs by it would leave something behind, or pack too much.
        if left != 0 {
            return None;
        }
    }
    let mut summed: Vec<(usize, usize, i64)> = Vec::new();
    for (sku, store, units) in taken {
        match summed.iter_mut().find(|(s, l, _)| (*s, *l) == (sku, store)) {
            Some(sum) => sum.2 += units,
            None => summed.push((sku, store, units)),
        }
    }
    Some(summed)
}

/// A parcel has arrived.
pub(super) fn deliver(sim: &Arc<Sim>, dice: &mut Dice, place: usize) {
    sim.change(|truth| truth.orders[place].status = Status::Delivered);
    changed(sim, dice, place, true);
}

/// The channel uses a word that nobody knows, or goes back to one that everybody does.
pub(super) fn puzzle(sim: &Arc<Sim>, dice: &mut Dice, place: usize) {
    sim.change(|truth| {
        let order = &mut truth.orders[place];
        order.status = match order.status {
            Status::Unknown(_) => Status::Confirmed,
            _ => Status::Unknown("being_looked_into".to_owned()),
        };
    });
    lock(&sim.weather).count(Fault::UnknownStatus);
    changed(sim, dice, place, true);
}

/// An order is called off while its parcel is on the road: the goods are not back.
pub(super) fn cancel_on_the_road(sim: &Arc<Sim>, dice: &mut Dice, place: usize) {
    sim.change(|truth| truth.orders[place].status = Status::Cancelled);
    lock(&sim.weather).count(Fault::CancelledOnTheRoad);
    changed(sim, dice, place, true);
}

/// A sale at a till: the goods are in the buyer's hand, whatever the channels show.
pub(super) fn sell_at_till(sim: &Arc<Sim>, dice: &mut Dice, sku: usize, store: usize) {
    let now_ms = sim.now_ms();
    let sold = sim.change(|truth| {
        if truth.on_shelf(sku, store) <= 0 {
            return None;
        }
        truth.on_hand[sku][store] -= 1;
        truth.taken[sku][store] += 1;
        let number = truth.orders.len();
        let place = truth.add(TwinOrder {
            connection: None,
            id: OrderId::new(format!("till{number:03}")).ok()?,
            lines: vec![TwinLine { listing: sku, quantity: 1, cancelled: 0 }],
            status: Status::Completed,
            departure: Departure::Left,
            created_ms: now_ms,
            source_ms: now_ms,
            location: Some(store),
            listed: Vec::new(),
            wants_to_ship: false,
            left_from: Vec::new(),
            held_until_ms: None,
        });
        truth.orders[place].told(&sim.world, None).ok()
    });
    let (Some(told), Some(till)) = (sold, &sim.world.till) else { return };
    sim.note(|| format!("till sells one {} in {}", sim.world.skus[sku], sim.world.locations[store]));
    news::tell_of_sale(sim, dice, till, &told);
}
