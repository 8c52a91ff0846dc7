//! A share of a simulated day in which no webhook reaches us, from one account or from all: only the lists tell of orders then.

use super::dice::Dice;
use super::fault::Fault;
use super::sim::{Sim, lock};
use super::worker::MINUTE_MS;
use std::sync::Arc;
use std::time::Duration;
use workflows::fetch_orders::POLL_EVERY_MS;

/// In a thousand days, how many have a blackout, and how many of those are fair apart from it.
const DAYS: u64 = 300;
const FAIR_DAYS: u64 = 400;
/// When it begins and how long it lasts, in milliseconds. A simulated day of trade has 50 minutes at most, so this is what
/// six hours are to a real one, and more.
const BEGINS_MS: (i64, i64) = (0, 600_000);
const LASTS_MS: (i64, i64) = (900_000, 2_700_000);
/// How long a reading takes from its minute until the order is written, where nothing fails, in milliseconds.
const READING_MS: i64 = 30_000;
/// How often somebody looks whether an order is still missing.
const LOOKS_EVERY: Duration = Duration::from_secs(5);

/// A time without webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blackout {
    /// The account; none for all of them.
    connection: Option<usize>,
    from_ms: i64,
    until_ms: i64,
    /// Nothing else goes wrong in that day, so that it can be said how soon an order must be in the book.
    pub(super) is_fair: bool,
}

impl Blackout {
    /// The blackout of that day; most days have none. It has dice of its own.
    pub(super) fn of(seed: u64, connections: usize) -> Option<Self> {
        let mut dice = Dice::new(seed, "blackout");
        if !dice.chance(DAYS) {
            return None;
        }
        let one = dice.place(connections);
        let connection = dice.chance(500).then_some(one);
        let from_ms = dice.between(BEGINS_MS.0, BEGINS_MS.1);
        let until_ms = from_ms + dice.between(LASTS_MS.0, LASTS_MS.1);
        Some(Self { connection, from_ms, until_ms, is_fair: dice.chance(FAIR_DAYS) })
    }

    fn covers(&self, connection: usize, at_ms: i64) -> bool {
        self.connection.is_none_or(|dark| dark == connection)
            && (self.from_ms..self.until_ms).contains(&at_ms)
    }
}

/// Whether a webhook of that account is lost now, for good.
pub(super) fn swallows(sim: &Sim, connection: usize) -> bool {
    let is_dark = sim.world.special.blackout.is_some_and(|dark| dark.covers(connection, sim.elapsed_ms()));
    let mut weather = lock(&sim.weather);
    let swallowed = is_dark && weather.allows(Fault::WebhookBlackout);
    if swallowed {
        weather.count(Fault::WebhookBlackout);
    }
    swallowed
}

/// In a day that is fair but for the blackout: sees that each order of it is in the book within one period of reading lists.
pub(super) fn watch(sim: Arc<Sim>) {
    if sim.world.special.blackout.is_none_or(|dark| !dark.is_fair) || sim.world.wish.shared_pool {
        return;
    }
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOKS_EVERY).await;
            if let Some(order) = missing(&sim) {
                sim.fail(&format!("order {order} was told by nobody and is not in the book after a period"));
                return;
            }
        }
    });
}

fn missing(sim: &Sim) -> Option<String> {
    let dark = sim.world.special.blackout?;
    let (truth, book, now_ms) = (sim.truth(), lock(&sim.book), sim.now_ms());
    let elapsed_ms = sim.elapsed_ms();
    let is_late = |order: &&super::truth::TwinOrder| {
        let Some(connection) = order.connection.filter(|place| Some(*place) != sim.world.chat) else {
            return false;
        };
        let age_ms = now_ms - order.created_ms;
        let plan = &sim.world.connections[connection];
        let within_ms = POLL_EVERY_MS + MINUTE_MS.1 + i64::from(plan.facts.order_list_lag_ms) + READING_MS;
        dark.covers(connection, elapsed_ms - age_ms) && age_ms > within_ms && !book.knows(&plan.id, &order.id)
    };
    truth.orders.iter().find(is_late).map(|order| order.id.to_string())
}
