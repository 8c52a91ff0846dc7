//! Chooses, by the seed, which channel and which product a fault strikes; no product is struck twice, so that no fault
//! hides another.

use super::super::cast::Actor;
use super::super::goods::{PRODUCTS, SETS};
use super::super::world::World;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// The products that are left, in the order in which they are dealt. Those that also sell in sets stay out of it: another
/// listing would move with them.
pub(super) struct Deck(Vec<usize>);

impl Deck {
    pub(super) fn shuffled(dice: &mut StdRng) -> Self {
        let in_a_set = |sku: &str| SETS.iter().any(|(_, parts)| parts.iter().any(|(part, _)| *part == sku));
        let alone = PRODUCTS.iter().enumerate().filter(|(_, product)| !in_a_set(product.sku));
        let mut products: Vec<usize> = alone.map(|(n, _)| n).collect();
        products.shuffle(dice);
        Self(products)
    }

    /// What is left, in its order.
    pub(super) fn left(&self) -> Vec<usize> {
        self.0.clone()
    }

    /// Takes this one out.
    pub(super) fn take(&mut self, product: usize) {
        self.0.retain(|left| *left != product);
    }

    /// The first product that fits, taken out.
    pub(super) fn deal(&mut self, fits: impl Fn(usize) -> bool) -> Option<usize> {
        let found = self.0.iter().copied().find(|product| fits(*product))?;
        self.take(found);
        Some(found)
    }
}

/// The channels that show numbers which we write, in an order of the seed.
pub(super) fn sellers(world: &World, dice: &mut StdRng) -> Vec<usize> {
    let shows = |place: &usize| world.cast.get(*place).is_some_and(Actor::shows_stock);
    let mut places: Vec<usize> = (0..world.cast.len()).filter(shows).collect();
    places.shuffle(dice);
    places
}

/// A place's listing of a product, and what it shows.
pub(super) fn shown(world: &World, place: usize, product: usize) -> Option<(String, i64)> {
    let actor = world.cast.get(place)?;
    let listing = actor.listings.get(product)?;
    Some((listing.clone(), actor.twin.shown(listing)))
}
