//! Writes the shop's day from a seed: who buys what where, what is cancelled or sent, which news comes late or twice.

use super::world::{PRODUCTS, SETS};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// How many orders come in before the shop is given time to breathe.
const ORDERS_PER_TICK: usize = 8;

/// Where somebody buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// On Shopee.
    Shopee,
    /// On the website.
    Web,
    /// In the store at Hà Nội.
    Till,
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
    /// Where.
    pub place: Place,
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

/// Writes the day; the same seed writes the same day.
pub fn write(orders: u32, seed: u64) -> Script {
    let mut dice = StdRng::seed_from_u64(seed);
    let purchases: Vec<Purchase> = (0..orders).map(|_| purchase(&mut dice)).collect();
    Script { ticks: purchases.chunks(ORDERS_PER_TICK).map(<[Purchase]>::to_vec).collect() }
}

fn purchase(dice: &mut StdRng) -> Purchase {
    let place = match dice.random_range(0..100) {
        0..45 => Place::Shopee,
        45..75 => Place::Web,
        _ => Place::Till,
    };
    let mut lines: Vec<(usize, u32)> = Vec::new();
    for _ in 0..[1, 1, 1, 2, 2, 3][dice.random_range(0..6)] {
        let listing = wanted(dice, place);
        if !lines.iter().any(|(known, _)| *known == listing) {
            lines.push((listing, if dice.random_range(0..4) == 0 { 2 } else { 1 }));
        }
    }
    Purchase { place, lines, fate: fate(dice, place), mail: (0..8).map(|_| letter(dice)).collect() }
}

/// Which listing, by demand; sets are asked for now and then, but not at the till.
fn wanted(dice: &mut StdRng, place: Place) -> usize {
    if place != Place::Till && dice.random_range(0..12) == 0 {
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

fn fate(dice: &mut StdRng, place: Place) -> Fate {
    match dice.random_range(0..100) {
        _ if place == Place::Till => Fate::Open,
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

    #[test]
    fn the_same_seed_writes_the_same_day() {
        assert_eq!(write(50, 7), write(50, 7));
        assert_ne!(write(50, 7), write(50, 8));
        assert_eq!(write(50, 7).ticks.iter().map(Vec::len).sum::<usize>(), 50);
    }
}
