//! Writes the shop's day from a seed: who buys what where, what is cancelled or sent, which news comes late or twice.

use super::cast::Actor;
use super::goods::{PRODUCTS, SETS};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// How many orders come in before the shop is given time to breathe.
const ORDERS_PER_TICK: usize = 8;

/// A place where people buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// How many of the buyers come here, against the others.
    pub weight: u32,
    /// A store, where nothing is sent or called off and no sets are sold.
    pub is_till: bool,
}

/// What becomes of an order later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stays open.
    Open,
    /// Cancelled this many ticks later.
    Cancelled(usize),
    /// Sent this many ticks later.
    Shipped(usize),
}

/// One order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Where: which of the places.
    pub place: usize,
    /// Which of the offered listings, and how many.
    pub lines: Vec<(usize, u32)>,
    /// What becomes of it.
    pub fate: Fate,
    /// How many ticks late each of its news comes, and how many copies follow; taken in turn.
    pub mail: Vec<(usize, usize)>,
}

/// The day: ticks of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// What is bought in each tick.
    pub ticks: Vec<Vec<Purchase>>,
}

/// Writes the day; the same seed writes the same day for the same places.
pub fn write(orders: u32, seed: u64, places: &[Place]) -> Script {
    let mut dice = StdRng::seed_from_u64(seed);
    let purchases: Vec<Purchase> = (0..orders).map(|_| purchase(&mut dice, places)).collect();
    Script { ticks: purchases.chunks(ORDERS_PER_TICK).map(<[Purchase]>::to_vec).collect() }
}

/// The places of a cast.
pub fn places(cast: &[Actor]) -> Vec<Place> {
    cast.iter().map(|actor| Place { weight: actor.weight(), is_till: actor.is_till() }).collect()
}

fn purchase(dice: &mut StdRng, places: &[Place]) -> Purchase {
    let number = where_to(dice, places);
    let is_till = places.get(number).is_some_and(|place| place.is_till);
    let mut lines: Vec<(usize, u32)> = Vec::new();
    for _ in 0..[1, 1, 1, 2, 2, 3][dice.random_range(0..6)] {
        let listing = wanted(dice, is_till);
        if !lines.iter().any(|(known, _)| *known == listing) {
            lines.push((listing, if dice.random_range(0..4) == 0 { 2 } else { 1 }));
        }
    }
    Purchase { place: number, lines, fate: fate(dice, is_till), mail: (0..8).map(|_| letter(dice)).collect() }
}

fn where_to(dice: &mut StdRng, places: &[Place]) -> usize {
    let total: u32 = places.iter().map(|place| place.weight).sum();
    let mut point = dice.random_range(0..total.max(1));
    for (n, place) in places.iter().enumerate() {
        if point < place.weight {
            return n;
        }
        point -= place.weight;
    }
    0
}

/// Which listing, by demand; sets are asked for now and then, but not at the till.
fn wanted(dice: &mut StdRng, is_till: bool) -> usize {
    if !is_till && dice.random_range(0..12) == 0 {
        return PRODUCTS.len() + dice.random_range(0..SETS.len());
    }
    let total: u32 = PRODUCTS.iter().map(|product| product.demand).sum();
    let mut point = dice.random_range(0..total);
    for (n, product) in PRODUCTS.iter().enumerate() {
        if point < product.demand {
            return n;
        }
        point -= product.demand;
    }
    0
}

fn fate(dice: &mut StdRng, is_till: bool) -> Fate {
    match dice.random_range(0..100) {
        _ if is_till => Fate::Open,
        0..14 => Fate::Cancelled(dice.random_range(0..6)),
        14..60 => Fate::Shipped(dice.random_range(1..8)),
        _ => Fate::Open,
    }
}

/// One piece of news: seven in ten on time, the others up to five ticks late; three in ten come again.
fn letter(dice: &mut StdRng) -> (usize, usize) {
    let late = if dice.random_range(0..10) < 7 { 0 } else { dice.random_range(1..6) };
    let copies = if dice.random_range(0..10) < 3 { dice.random_range(1..4) } else { 0 };
    (late, copies)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [Place; 2] = [Place { weight: 2, is_till: false }, Place { weight: 1, is_till: true }];

    #[test]
    fn the_same_seed_writes_the_same_day() {
        assert_eq!(write(50, 7, &PLACES), write(50, 7, &PLACES));
        assert_ne!(write(50, 7, &PLACES), write(50, 8, &PLACES));
        assert_eq!(write(50, 7, &PLACES).ticks.iter().map(Vec::len).sum::<usize>(), 50);
    }
}
