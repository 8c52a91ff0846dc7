//! Plays one simulated day from its seed: the shop opens, people and faults do their worst, it grows quiet, and all is checked.

use super::desk::Desk;
use super::fault::Fault;
use super::hub::{Hub, plain_table};
use super::movers::Movers;
use super::names::order_id;
use super::sim::{BEGIN_MS, Sim, lock};
use super::truth::{TwinLine, TwinOrder, time};
use super::world::{ListingPlan, Wish, World};
use super::{people, rest};
use channels::facts::WriteClass;
use channels::http::Http;
use commerce::level::Level;
use commerce::order::Departure;
use commerce::status::Status;
use lambda_kit::batch::Outcome as Done;
use one_machine::table_engine::TableEngine;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::runtime::Builder;
use workflows::jitter;
use workflows::record_levels::RecordLevels;

/// What is certainly still on its way when buyers have gone has arrived after this long.
const SETTLES: Duration = Duration::from_secs(5 * 60);
/// How often a quiet day is looked at.
const LOOKS_EVERY: Duration = Duration::from_secs(60);
/// How many looks a day has to grow quiet: over an hour.
const LOOKS_MAX: usize = 70;
/// A stock-out counts when a buyer was turned away within this time of the end, in milliseconds.
const STILL_WANTED_MS: i64 = 10 * 60 * 1_000;

/// What a day came to.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    pub(super) seed: u64,
    /// The first promise found broken.
    pub(super) wrong: Option<String>,
    /// How often each fault struck.
    pub(super) counts: Vec<u64>,
    pub(super) orders: usize,
    pub(super) turned_away: u64,
    /// Units left unsold while buyers still wanted them, per product that ran out.
    pub(super) unsold: Vec<i64>,
    /// The most units sold that were not there, where that is only counted.
    pub(super) oversold: i64,
    /// Equal for equal days.
    pub(super) number: u64,
    /// Table calls, and those of them that wrote.
    pub(super) calls: u64,
    pub(super) writes: u64,
    /// How long the day was, in milliseconds.
    pub(super) length_ms: i64,
    /// What happened, where lines were kept.
    pub(super) lines: Vec<String>,
}

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on a panic in the house is a finding like any other and is not printed.
pub(super) fn catch_panics() {
    std::panic::set_hook(Box::new(|info| {
        let text = info.to_string();
        PANIC.with(|panic| {
            panic.borrow_mut().get_or_insert(text);
        });
    }));
}

/// Plays the day of that wish.
pub(super) fn play(wish: &Wish, http: &Http, keeps_lines: bool) -> Result<Outcome, String> {
    jitter::seed(wish.seed);
    commerce::removed::remove(wish.removed);
    PANIC.with(|panic| panic.borrow_mut().take());
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    let mut outcome = runtime.block_on(day(wish, http, keeps_lines))?;
    if let Some(panic) = PANIC.with(|panic| panic.borrow_mut().take()) {
        outcome.wrong.get_or_insert(format!("the house panicked: {panic}"));
    }
    Ok(outcome)
}

async fn day(wish: &Wish, http: &Http, keeps_lines: bool) -> Result<Outcome, String> {
    let world = World::new(wish).map_err(|e| e.to_string())?;
    let shops = world.shops().map_err(|e| e.to_string())?;
    let sim = Sim::new(world, TableEngine::in_memory()?, keeps_lines);
    let hub = Hub::new(sim.clone(), shops, http.clone());
    open(&sim).await?;
    hub.start();
    let (desk, movers) = (hub.desk(), hub.movers());
    people::redrive_now_and_then(sim.clone());
    if let Some(shop) = hub.shop() {
        people::ask_for_gates(sim.clone(), shop, hub.ship_gate());
    }
    until_stopped(&sim, people::live(&sim, desk.as_ref(), movers.as_ref())).await;
    let unsold = unsold(&sim);
    until_stopped(&sim, grow_quiet(&sim, &hub, desk.as_ref(), movers.as_ref())).await;
    Ok(outcome(&sim, unsold))
}

/// Works until it ends or a promise is found broken.
async fn until_stopped(sim: &Sim, work: impl Future<Output = ()>) {
    if sim.wrong().is_some() {
        return;
    }
    let stopped = sim.stopped.notified();
    futures::future::select(std::pin::pin!(work), std::pin::pin!(stopped)).await;
}

/// Makes the table, puts the first counts in, and where listings are on sale already, puts them on sale.
async fn open(sim: &Arc<Sim>) -> Result<(), String> {
    let table = plain_table(&sim.engine);
    table.create_if_missing().await.map_err(|e| e.to_string())?;
    if sim.world.adopts {
        put_on_sale(sim);
    }
    let levels = RecordLevels { table: &table };
    for (sku, name) in sim.world.skus.iter().enumerate() {
        for (store, location) in sim.world.locations.iter().enumerate() {
            let level = Level {
                location: location.clone(),
                on_hand: sim.world.on_hand[sku][store],
                as_of: time(BEGIN_MS),
                source: "count".to_owned(),
            };
            if levels.record(&sim.world.shop, name, &level).await != Done::Done {
                return Err("the first count was not written".to_owned());
            }
        }
    }
    Ok(())
}

/// Listings that were on sale before the house knew the shop, some with orders that nobody told of.
fn put_on_sale(sim: &Arc<Sim>) {
    let mut dice = super::dice::Dice::new(sim.world.wish.seed, "before");
    let world = &sim.world;
    sim.change(|truth| {
        let mut left = world.on_hand.clone();
        for (place, listing) in world.listings.iter().take(world.pages()).enumerate() {
            let stores = &world.connections[listing.connection].serves;
            let most = stores.iter().map(|store| units_there(&left, listing, *store)).sum();
            let units = dice.between(0, most);
            let open = dice.between(0, units.min(2));
            let mut still = units;
            for store in stores {
                let here = still.min(units_there(&left, listing, *store));
                listing.recipe.iter().for_each(|(sku, factor)| left[*sku][*store] -= here * factor);
                still -= here;
            }
            let is_gross = world.connections[listing.connection].class == WriteClass::Gross;
            let twin = &mut truth.listings[place];
            (twin.gross, twin.shown) = if is_gross { (units, 0) } else { (0, units - open) };
            for number in 0..open {
                let before = 9_000 + place * 10 + usize::try_from(number).unwrap_or(0);
                let Ok(id) = order_id(world, listing.connection, before) else { continue };
                let mut order = TwinOrder {
                    connection: Some(listing.connection),
                    id,
                    lines: vec![TwinLine { listing: place, quantity: 1, cancelled: 0 }],
                    status: Status::Confirmed,
                    departure: Departure::Stayed,
                    created_ms: BEGIN_MS - 600_000,
                    source_ms: BEGIN_MS - 600_000,
                    location: None,
                    listed: Vec::new(),
                    wants_to_ship: false,
                    left_from: Vec::new(),
                    held_until_ms: None,
                };
                if let Ok(told) = order.told(world, None) {
                    order.listed.push((BEGIN_MS - 600_000, told));
                }
                truth.add(order);
            }
        }
    });
}

/// How many of a listing a store can serve with what is left there.
fn units_there(left: &[Vec<i64>], listing: &ListingPlan, store: usize) -> i64 {
    listing.recipe.iter().map(|(sku, factor)| left[*sku][store] / factor).min().unwrap_or(0)
}

/// Buyers have gone and nothing fails any more: the house has an hour to bring everything in order.
async fn grow_quiet(sim: &Arc<Sim>, hub: &Hub, desk: Option<&Arc<Desk>>, movers: Option<&Arc<Movers>>) {
    lock(&sim.weather).calm_down();
    sim.note(|| "the day grows quiet".to_owned());
    sim.change(|truth| truth.listings.iter_mut().for_each(|listing| listing.locked = 0));
    let table = plain_table(&sim.engine);
    people::redrive(sim);
    people::clear_up(sim);
    tokio::time::sleep(SETTLES).await;
    let (mut wrong, mut moved) = (Vec::new(), 0);
    for _ in 0..LOOKS_MAX {
        people::redrive(sim);
        people::replay_parked(sim, hub, &table).await;
        if let Some(shop) = hub.shop() {
            people::end_gates(sim, &shop, &hub.ship_gate()).await;
        }
        tokio::time::sleep(LOOKS_EVERY).await;
        wrong = rest::faults(sim);
        // A book that still changes although nobody buys is not at rest.
        let changes = rest::changes(sim);
        let is_still = changes == moved;
        moved = changes;
        if !is_still {
            wrong.push("balances still change".to_owned());
        }
        let buyers = desk.map_or(0, |desk| desk.waiting.load(Ordering::Relaxed));
        let busy = movers.map_or(0, |movers| movers.busy.load(Ordering::Relaxed));
        if wrong.is_empty() && hub.is_quiet() && buyers + busy == 0 {
            break;
        }
    }
    if let Err(gap) = rest::ledger(sim, &hub.archive).await {
        wrong.push(gap);
    }
    if !wrong.is_empty() {
        sim.fail(&format!("at rest: {}", wrong.join("; ")));
    }
}

/// What lies in the stores unsold although buyers were turned away.
fn unsold(sim: &Sim) -> Vec<i64> {
    let truth = sim.truth();
    let since_ms = sim.now_ms() - STILL_WANTED_MS;
    let wanted =
        (0..sim.world.skus.len()).filter(|sku| truth.turned_away_ms[*sku].is_some_and(|at| at > since_ms));
    wanted.map(|sku| (truth.on_hand_of(sku) - truth.open_of(&sim.world, sku)).max(0)).collect()
}

fn outcome(sim: &Sim, unsold: Vec<i64>) -> Outcome {
    let truth = sim.truth();
    Outcome {
        seed: sim.world.wish.seed,
        wrong: sim.wrong(),
        counts: lock(&sim.weather).counts().to_vec(),
        orders: truth.orders.iter().filter(|order| order.is_of_channel(&sim.world)).count(),
        turned_away: truth.turned_away.iter().sum(),
        unsold,
        oversold: lock(&sim.book).oversold.values().sum(),
        number: sim.story_number(),
        calls: sim.table_calls.load(Ordering::Relaxed),
        writes: sim.engine.writes(),
        length_ms: sim.elapsed_ms(),
        lines: sim.story(),
    }
}

/// How often that fault struck in a day.
pub(super) fn count(outcome: &Outcome, fault: Fault) -> u64 {
    outcome.counts.get(fault as usize).copied().unwrap_or(0)
}
