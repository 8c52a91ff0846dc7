//! Where the day asks the house for leave: the few places at which the protocol and the simulation meet.

use super::book::Book;
use super::truth::Truth;
use super::world::{ListingPlan, World};
use channels::facts::WriteClass;
use commerce::removed::{Rule, is_removed};
use table::listing_item;

/// Whether a parcel may leave. A channel that counts gross must be lowered first, or the unit would reappear.
pub(super) fn may_ship(world: &World, truth: &Truth, book: &Book, order: usize) -> bool {
    let order = &truth.orders[order];
    let Some(place) = order.connection else { return true };
    let connection = &world.connections[place];
    if connection.class != WriteClass::Gross || world.wish.shared_pool || is_removed(Rule::ShipGate) {
        return true;
    }
    order.lines.iter().filter(|line| line.quantity > line.cancelled).all(|line| {
        let key = (connection.id.clone(), world.listings[line.listing].id.clone());
        let state = book.listings.get(&key).and_then(|item| listing_item::from_item(item).ok());
        state.is_some_and(|state| state.listed.gate.open.contains_key(&order.id))
    })
}

/// Whether every listing of the product has been taken over: until then its free units may be more than is true.
pub(super) fn is_taken_over(world: &World, _truth: &Truth, book: &Book, sku: usize) -> bool {
    let sells = |listing: &&ListingPlan| listing.recipe.iter().any(|(part, _)| *part == sku);
    !world.adopts
        || world.listings.iter().take(world.pages()).filter(sells).all(|listing| {
            let key = (world.connections[listing.connection].id.clone(), listing.id.clone());
            let state = book.listings.get(&key).and_then(|item| listing_item::from_item(item).ok());
            state.is_some_and(|state| state.listed.ground.is_some())
        })
}
