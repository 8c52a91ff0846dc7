//! People of a simulated day: buyers, the packer, the cashier, whoever counts, cancels, locks a campaign or sends parked work again.

use super::assumption::Assumption;
use super::buyers;
use super::desk::Desk;
use super::dice::Dice;
use super::fault::Fault;
use super::hub::Hub;
use super::movers::{self, Movers};
use super::sim::{Sim, lock};
use super::truth::{Lost, TwinOrder};
use super::{control, news, trade};
use commerce::catalogue::Shop;
use commerce::ids::{ConnectionId, OrderId};
use commerce::level::Level;
use commerce::status::Status;
use std::sync::Arc;
use std::time::Duration;
use workflows::ShipGate;
use workflows::messages::{Record, RecordMessage, to_text};
use workflows::parking::{Parcel, parcel};

/// Buyers stop after this long, also where nothing has run out, in milliseconds.
const DAY_MS: i64 = 50 * 60 * 1_000;
/// The same for a day on which little was sold, in milliseconds.
const SLOW_DAY_MS: i64 = 3 * DAY_MS;
/// Nothing leaves a store within this time of a count, in milliseconds: clocks differ.
pub(super) const COUNT_QUIET_MS: i64 = 6_000;

/// Lets buyers come until enough was sold and something has run out.
pub(super) async fn live(sim: &Arc<Sim>, desk: Option<&Arc<Desk>>, movers: Option<&Arc<Movers>>) {
    let mut dice = Dice::new(sim.world.wish.seed, "people");
    // Of its own, so that all else happens on a day as it does without it.
    let mut goods = Dice::new(sim.world.wish.seed, "goods");
    let mut goods_left_ms = -COUNT_QUIET_MS;
    loop {
        let gap_ms =
            if dice.chance(150) { dice.between(20, 900) } else { dice.between(500, sim.world.gap_max_ms) };
        tokio::time::sleep(Duration::from_millis(u64::try_from(gap_ms).unwrap_or(0))).await;
        if is_over(sim) {
            return;
        }
        match dice.weighted(&[52, 12, 20, 6, 5, 2, 3]) {
            0 => buyer(sim, &mut dice),
            1 => canceller(sim, &mut dice),
            2 => {
                goods_left_ms = sim.elapsed_ms();
                packer(sim, &mut dice);
            }
            3 => receiver(sim, &mut dice),
            4 => {
                goods_left_ms = sim.elapsed_ms();
                cashier(sim, &mut dice);
            }
            5 => campaign(sim, &mut dice),
            _ => stranger(sim, &mut dice),
        }
        if let Some(movers) = movers.filter(|_| !sim.world.wish.cuts.no_goods && goods.chance(45)) {
            movers::begin(movers, &mut goods);
        }
        if let Some(desk) = desk.filter(|_| dice.chance(180)) {
            buyers::ask(desk, &mut dice);
        }
        if sim.elapsed_ms() - goods_left_ms > COUNT_QUIET_MS && dice.chance(60) {
            // Nobody counts a shelf from which somebody fetches something at that moment.
            if let Ok(_shelf) = sim.shelf.try_lock() {
                restock(sim, &mut dice).await;
            }
        }
    }
}

fn is_over(sim: &Sim) -> bool {
    let ran_out = sim.truth().turned_away.iter().any(|buyers| *buyers > 0);
    let has_sold = sold(sim) >= sim.world.orders_min;
    let longest_ms = if has_sold { DAY_MS } else { SLOW_DAY_MS };
    (has_sold && ran_out) || sim.elapsed_ms() > longest_ms
}

/// Orders of channels so far.
fn sold(sim: &Sim) -> usize {
    sim.truth().orders.iter().filter(|order| order.is_of_channel(&sim.world)).count()
}

fn buyer(sim: &Arc<Sim>, dice: &mut Dice) {
    // Demand moves to other listings when half of the orders are in.
    let half = usize::from(sold(sim) * 2 > sim.world.orders_min);
    let demand: Vec<i64> = sim.world.listings.iter().map(|listing| listing.demand[half]).collect();
    let listing = dice.weighted(&demand);
    let wanted = if dice.chance(200) { dice.between(2, 3) } else { 1 };
    if !trade::buy(sim, dice, listing, wanted) {
        sim.note(|| format!("a buyer finds nothing of {}", sim.world.listings[listing].id));
    }
}

/// Orders of channels whose parcels have not left.
fn open_orders(sim: &Sim) -> Vec<usize> {
    let truth = sim.truth();
    let orders = truth.orders.iter().enumerate();
    let is_open = |order: &TwinOrder| order.is_of_channel(&sim.world) && order.status.is_open();
    orders.filter(|(_, order)| is_open(order)).map(|(place, _)| place).collect()
}

fn canceller(sim: &Arc<Sim>, dice: &mut Dice) {
    if sim.world.wish.cuts.no_cancels {
        return;
    }
    if let Some(place) = dice.pick(&open_orders(sim)).copied() {
        if dice.chance(150) {
            trade::puzzle(sim, dice, place);
        } else {
            trade::cancel(sim, dice, place);
        }
    }
}

/// Words that nobody knows are cleared up by the end of the day.
pub(super) fn clear_up(sim: &Arc<Sim>) {
    let mut dice = Dice::new(sim.world.wish.seed, "clear up");
    let is_puzzle = |place: &usize| matches!(sim.truth().orders[*place].status, Status::Unknown(_));
    let puzzles: Vec<usize> = open_orders(sim).into_iter().filter(is_puzzle).collect();
    puzzles.into_iter().for_each(|place| trade::puzzle(sim, &mut dice, place));
}

/// Packs one of the open parcels; now and then one arrives.
fn packer(sim: &Arc<Sim>, dice: &mut Dice) {
    if sim.world.wish.cuts.no_parcels {
        return;
    }
    if dice.chance(250) {
        // A parcel is on the road for hours, so the house has heard that it left before it hears that it arrived: when it
        // left is nowhere in that news.
        let shipped: Vec<usize> = {
            let (truth, book) = (sim.truth(), lock(&sim.book));
            let is_known = |order: &TwinOrder| {
                if !order.is_of_channel(&sim.world) {
                    return false;
                }
                let id = order.connection.map(|place| sim.world.connections[place].id.clone());
                let state = id.and_then(|id| book.orders.get(&(id, order.id.clone())));
                state.is_some_and(|state| state.status.is_out())
            };
            let orders = truth.orders.iter().enumerate();
            let on_the_road = orders.filter(|(_, order)| order.status == Status::Shipped && is_known(order));
            on_the_road.map(|(place, _)| place).collect()
        };
        if let Some(place) = dice.pick(&shipped).copied() {
            if dice.chance(250) {
                trade::cancel_on_the_road(sim, dice, place);
            } else {
                trade::deliver(sim, dice, place);
            }
        }
        return;
    }
    if let Some(place) = dice.pick(&open_orders(sim)).copied() {
        trade::ship(sim, dice, place);
    }
}

/// At the end of the day parcels that were let through leave, and those whose goods are not there stay for good.
pub(super) async fn end_gates(sim: &Arc<Sim>, shop: &Shop, gate: &ShipGate) {
    let mut dice = Dice::new(sim.world.wish.seed, "end of day");
    let waiting: Vec<usize> = {
        let truth = sim.truth();
        let orders = truth.orders.iter().enumerate();
        orders.filter(|(_, o)| o.wants_to_ship && o.status.is_open()).map(|(place, _)| place).collect()
    };
    for place in waiting {
        trade::ship(sim, &mut dice, place);
        let (connection, order, stays) = {
            let truth = sim.truth();
            let order = &truth.orders[place];
            (order.connection, order.id.clone(), order.status.is_open())
        };
        let id = connection.map(|connection| &sim.world.connections[connection].id);
        let Some(connection) = id.filter(|_| stays).and_then(|id| shop.connections.get(id)) else { continue };
        sim.change(|truth| truth.orders[place].wants_to_ship = false);
        if let Err(why) = gate.withdraw(shop, connection, &order).await {
            sim.note(|| format!("gate: {why}"));
            sim.change(|truth| truth.orders[place].wants_to_ship = true);
        }
    }
}

/// Asks the house again and again to let parcels through that somebody wants to send.
pub(super) fn ask_for_gates(sim: Arc<Sim>, shop: Arc<Shop>, gate: ShipGate) {
    tokio::spawn(async move {
        loop {
            sim.pause(4_000, 20_000).await;
            let waiting: Vec<(ConnectionId, OrderId)> = {
                let truth = sim.truth();
                let wanted = truth.orders.iter().filter(|o| o.wants_to_ship && o.status.is_open());
                let name = |c: usize| sim.world.connections[c].id.clone();
                wanted.filter_map(|o| Some((name(o.connection?), o.id.clone()))).collect()
            };
            for (connection, order) in waiting {
                let Some(connection) = shop.connections.get(&connection) else { continue };
                let asked = control::run(gate.ask(&shop, connection, &order), Duration::from_secs(30)).await;
                if let Ok(Err(why)) = asked {
                    sim.note(|| format!("gate: {why}"));
                }
            }
        }
    });
}

/// Steps an order on without moving goods: packed, but not gone.
fn receiver(sim: &Arc<Sim>, dice: &mut Dice) {
    let Some(place) = dice.pick(&open_orders(sim)).copied() else { return };
    let stepped = sim.change(|truth| {
        let is_new = truth.orders[place].status == Status::Confirmed;
        if is_new {
            truth.orders[place].status = Status::ReadyToShip;
        }
        is_new
    });
    if stepped {
        trade::changed(sim, dice, place, true);
    }
}

fn cashier(sim: &Arc<Sim>, dice: &mut Dice) {
    if sim.world.till.is_none() {
        return;
    }
    let (sku, store) = (dice.place(sim.world.skus.len()), dice.place(sim.world.locations.len()));
    trade::sell_at_till(sim, dice, sku, store);
}

/// A campaign keeps what a listing shows from falling, for a while.
fn campaign(sim: &Arc<Sim>, dice: &mut Dice) {
    if !sim.world.campaigns || !lock(&sim.weather).allows(Fault::CampaignLock) {
        return;
    }
    let listing = dice.place(sim.world.pages());
    let locked = sim.change(|truth| {
        let shown = truth.on_sale(&sim.world, listing);
        truth.listings[listing].locked = shown.min(2);
        shown.min(2)
    });
    sim.note(|| format!("a campaign locks {locked} of {}", sim.world.listings[listing].id));
    let (sim, ends_ms) = (sim.clone(), dice.between(60_000, 400_000));
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(u64::try_from(ends_ms).unwrap_or(0))).await;
        sim.change(|truth| truth.listings[listing].locked = 0);
    });
}

/// Does what an assumption says nobody does.
fn stranger(sim: &Arc<Sim>, dice: &mut Dice) {
    match sim.world.wish.broken {
        Some(Assumption::A4) => {
            let (listing, units) = (dice.place(sim.world.pages()), dice.between(1, 4));
            sim.note(|| format!("somebody edits {} by {units}", sim.world.listings[listing].id));
            sim.change(|truth| {
                truth.listings[listing].shown += units;
                truth.listings[listing].gross += units;
            });
        }
        Some(Assumption::A5) => {
            let (sku, store) = (dice.place(sim.world.skus.len()), dice.place(sim.world.locations.len()));
            sim.note(|| format!("a {} is stolen", sim.world.skus[sku]));
            sim.change(|truth| {
                let there = &mut truth.on_hand[sku][store];
                *there = (*there - 1).max(0);
            });
        }
        _ => {}
    }
}

/// Goods arrive where too little was sold yet and something has run out; somebody counts the shelf afterwards.
async fn restock(sim: &Arc<Sim>, dice: &mut Dice) {
    if dice.chance(200) {
        return find_missing(sim, dice).await;
    }
    let sku = {
        let truth = sim.truth();
        let missing = (0..sim.world.skus.len()).find(|sku| truth.turned_away[*sku] > 0);
        let sold = truth.orders.iter().filter(|order| order.is_of_channel(&sim.world)).count();
        missing.filter(|_| sold < sim.world.orders_min)
    };
    let Some(sku) = sku else { return };
    let serving: Vec<usize> =
        sim.world.connections.iter().filter_map(|plan| plan.serves.first().copied()).collect();
    let Some(store) = dice.pick(&serving).copied() else { return };
    let units = dice.between(2, 6);
    let there = sim.change(|truth| {
        truth.on_hand[sku][store] += units;
        truth.counted[sku][store] = true;
        truth.on_hand[sku][store]
    });
    count(sim, dice, sku, store, there);
    // Nobody takes anything off the shelf while it is being counted.
    tokio::time::sleep(Duration::from_millis(u64::try_from(COUNT_QUIET_MS).unwrap_or(0))).await;
}

/// A unit is missing on the shelf, and whoever counts it says so: a fact like a sale at a till.
async fn find_missing(sim: &Arc<Sim>, dice: &mut Dice) {
    let (sku, store) = (dice.place(sim.world.skus.len()), dice.place(sim.world.locations.len()));
    let now_ms = sim.now_ms();
    let there = sim.change(|truth| {
        if truth.on_shelf(sku, store) <= 0 {
            return None;
        }
        truth.on_hand[sku][store] -= 1;
        truth.taken[sku][store] += 1;
        truth.counted[sku][store] = true;
        truth.lost.push(Lost { sku, store, at_ms: now_ms });
        Some(truth.on_hand[sku][store])
    });
    let Some(there) = there else { return };
    lock(&sim.weather).count(Fault::UnitMissing);
    count(sim, dice, sku, store, there);
    tokio::time::sleep(Duration::from_millis(u64::try_from(COUNT_QUIET_MS).unwrap_or(0))).await;
}

/// Tells how many lie there, as of now.
fn count(sim: &Arc<Sim>, dice: &mut Dice, sku: usize, store: usize, there: i64) {
    let level = Level {
        location: sim.world.locations[store].clone(),
        on_hand: there,
        as_of: super::truth::time(sim.now_ms()),
        source: "count".to_owned(),
    };
    sim.note(|| format!("{there} of {} counted in {}", sim.world.skus[sku], sim.world.locations[store]));
    let Some(connection) = sim.world.connections.first().map(|plan| plan.id.clone()) else { return };
    let record = Record::Level { sku: sim.world.skus[sku].clone(), level };
    let shop = sim.world.shop.clone();
    let message = RecordMessage { shop, connection, record, shops_file: None };
    news::send_surely(sim, dice, "orders", to_text(&message));
}

/// Sends dead letters again now and then.
pub(super) fn redrive_now_and_then(sim: Arc<Sim>) {
    tokio::spawn(async move {
        loop {
            sim.pause(180_000, 500_000).await;
            redrive(&sim);
        }
    });
}

/// Sends all dead letters again.
pub(super) fn redrive(sim: &Sim) {
    let now_ms = sim.now_ms();
    let sent: usize = lock(&sim.queues).values_mut().map(|queue| queue.redrive(now_ms)).sum();
    (0..sent).for_each(|_| lock(&sim.weather).count(Fault::Redriven));
}

/// Sends parked work again, as a person does who has read the list.
pub(super) async fn replay_parked(sim: &Sim, hub: &Hub, table: &table::Table) {
    let clock = sim.clock(0);
    let Some(shop) = hub.shop() else { return };
    let Ok(notes) = workflows::catch_up::parked(table, &clock, &shop).await else { return };
    for note in notes {
        let (queue, group, body) = match parcel(&note.body) {
            Some(Parcel::Publish(group, publish)) => ("publish.fifo", group, to_text(&*publish)),
            Some(Parcel::LookUp(body)) => ("lookups", note.shop.to_string(), body),
            Some(Parcel::Record(body)) => ("orders", note.shop.to_string(), body),
            Some(Parcel::Forward(forward)) => ("forward.fifo", forward.group(), to_text(&forward)),
            None => continue,
        };
        sim.note(|| format!("a person sends {} again: {:?}", note.subject, note.reasons));
        let message = super::queue::Arriving { body, group: Some(group), ..Default::default() };
        let now_ms = sim.now_ms();
        if let Some(queue) = lock(&sim.queues).get_mut(queue) {
            queue.send(message, now_ms);
        }
        let _gone_or_seen_again_next_time = table.unpark(&note).await;
    }
}
