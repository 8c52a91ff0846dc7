//! Where the day asks the house for leave: the few places at which the protocol and the simulation meet.

use super::book::Book;
use super::truth::Truth;
use super::world::World;

/// Whether a parcel may leave. A channel that counts gross must be lowered first, or the unit would reappear; until the
/// house keeps such a gate, it is always open.
pub(super) fn may_ship(_world: &World, _truth: &Truth, _book: &Book, _order: usize) -> bool {
    true
}

/// Whether every listing of the product has been taken over: until then its free units may be more than is true.
///
/// Today: each listing was written by the house once since the day began.
pub(super) fn is_taken_over(world: &World, truth: &Truth, _book: &Book, sku: usize) -> bool {
    let mut selling = (0..world.listings.len())
        .filter(|listing| world.listings[*listing].recipe.iter().any(|(part, _)| *part == sku));
    !world.adopts || selling.all(|listing| truth.listings[listing].written)
}
