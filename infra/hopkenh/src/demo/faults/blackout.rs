//! A stretch of the day in which everything that one channel sends is lost on its way: no webhook arrives.

use super::super::cast::Actor;
use super::super::script::{Fate, Purchase, Script};
use super::{DICE, Fault};
use channels::facts::Verb;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use std::collections::BTreeSet;

/// The kind of each order of which no news ever came.
pub const LOST_NEWS: &str = "lost_news";
/// The stretch lasts until so many orders of the channel must have been lost with all their news.
const ORDERS_MIN: usize = 3;
/// Letters that an order's first news may be: what they are late and their copies lie within the stretch as well.
const LETTERS: usize = 4;
/// News is at most so many ticks late, copies included.
const LATE_MAX: usize = 9;

/// Which channel is not heard from when, and what became of its letters.
#[derive(Debug)]
pub struct Blackout {
    place: usize,
    from: usize,
    to: usize,
    lost: BTreeSet<String>,
    arrived: BTreeSet<String>,
}

impl Blackout {
    /// Chosen by the seed among the channels that send webhooks and can list their orders.
    pub fn of_day(cast: &[Actor], script: &Script, seed: u64) -> Option<Self> {
        let mut dice = StdRng::seed_from_u64(seed ^ DICE);
        let mut places: Vec<usize> =
            (0..cast.len()).filter(|place| cast.get(*place).is_some_and(can_be_read)).collect();
        places.shuffle(&mut dice);
        let first = dice.random_range(0..script.ticks.len().div_ceil(2).max(1));
        // Late in a short day a channel may sell too little, so that the stretch begins with the day.
        let starts = [first, 0];
        let found = places.iter().flat_map(|place| starts.map(|from| (*place, from)));
        found.into_iter().find_map(|(place, from)| {
            let to = end(script, place, from)?;
            Some(Self { place, from, to, lost: BTreeSet::new(), arrived: BTreeSet::new() })
        })
    }

    /// Whether a letter of this place that is due now never arrives. `order` is what it is about, if it is about one.
    pub fn swallows(&mut self, place: usize, tick: usize, order: Option<&str>) -> bool {
        if place != self.place {
            return false;
        }
        let is_lost = (self.from..self.to).contains(&tick);
        let kept = if is_lost { &mut self.lost } else { &mut self.arrived };
        kept.extend(order.map(str::to_owned));
        is_lost
    }

    /// Each order whose every letter was lost.
    pub fn faults(&self, cast: &[Actor]) -> Vec<Fault> {
        let Some(actor) = cast.get(self.place) else { return Vec::new() };
        let never_told = self.lost.difference(&self.arrived);
        never_told.map(|order| Fault::new(LOST_NEWS, actor.connection(), actor.order_name(order))).collect()
    }
}

/// Only where the list tells what no webhook told can anybody find it.
fn can_be_read(actor: &Actor) -> bool {
    let facts = channels::registry::find(actor.channel()).map(|channel| channel.facts());
    let reads = facts.is_some_and(|facts| facts.can(Verb::ReadWebhook) && facts.can(Verb::ListOrders));
    actor.shows_stock() && reads
}

/// When the stretch ends: as soon as enough orders stay open whose letters all lie in it; none if the day has too few.
fn end(script: &Script, place: usize, from: usize) -> Option<usize> {
    let mut ends: Vec<usize> = Vec::new();
    for (tick, purchases) in script.ticks.iter().enumerate().skip(from) {
        let lost = purchases.iter().filter(|purchase| purchase.place == place && purchase.fate == Fate::Open);
        ends.extend(lost.map(|purchase| tick + last_letter(purchase) + 1));
    }
    ends.sort_unstable();
    ends.get(ORDERS_MIN - 1).copied()
}

fn last_letter(purchase: &Purchase) -> usize {
    let letters = purchase.mail.iter().take(LETTERS);
    letters.map(|(late, copies)| late + copies).max().unwrap_or(0).min(LATE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purchase(fate: Fate, mail: &[(usize, usize)]) -> Purchase {
        Purchase { place: 0, lines: vec![(0, 1)], fate, mail: mail.to_vec() }
    }

    #[test]
    fn the_stretch_lasts_until_enough_orders_are_lost_with_all_their_news() {
        let open = purchase(Fate::Open, &[(0, 0), (1, 2)]);
        let script = Script { ticks: vec![vec![open.clone()], vec![open.clone()], vec![open]] };
        assert_eq!(end(&script, 0, 0), Some(6));
        assert_eq!(end(&script, 0, 1), None, "two orders are too few");
        assert_eq!(end(&script, 1, 0), None);
    }

    #[test]
    fn an_order_of_which_one_letter_arrived_is_not_lost() {
        let (lost, arrived) = (BTreeSet::new(), BTreeSet::new());
        let mut blackout = Blackout { place: 0, from: 1, to: 3, lost, arrived };
        assert!(!blackout.swallows(0, 0, Some("A")) && !blackout.swallows(1, 1, Some("B")));
        assert!(blackout.swallows(0, 1, Some("A")) && blackout.swallows(0, 2, Some("C")));
        assert!(blackout.swallows(0, 2, Some("D")) && !blackout.swallows(0, 3, Some("D")));
        assert_eq!(blackout.lost.difference(&blackout.arrived).collect::<Vec<_>>(), ["C"]);
    }
}
