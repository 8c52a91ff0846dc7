//! The shop's desk for chats in a simulated day: what it may sell from which stores, and the key it signs with.

use super::dice::Dice;
use super::push;
use super::world::{ConnectionPlan, ListingPlan, World};
use channels::facts::WriteClass;
use channels::secrets::Secrets;
use channels::social;
use commerce::ids::{ConnectionId, IdError, ListingId, ShopId};
use std::collections::BTreeMap;

/// What the desk signs with.
pub(super) const SECRET: &str = "the desk's own key";
/// The desk's account.
const ACCOUNT: &str = "chat";

/// Gives the shop a desk, on most days. It has dice of its own, so that the rest of the shop is the same without it.
pub(super) fn open(world: &mut World) -> Result<(), IdError> {
    let mut dice = Dice::new(world.wish.seed, "chat");
    if world.wish.cuts.no_chat || !dice.chance(600) {
        return Ok(());
    }
    let mut serves: Vec<usize> = (0..world.locations.len()).collect();
    dice.shuffle(&mut serves);
    let place = world.connections.len();
    world.connections.push(ConnectionPlan {
        id: ConnectionId::new(ACCOUNT)?,
        facts: &social::FACTS,
        class: WriteClass::None,
        serves,
        restores_percent: 0,
        whole_seconds: false,
    });
    for sku in 0..world.skus.len() {
        let factor = if dice.chance(150) { 2 } else { 1 };
        world.listings.push(ListingPlan {
            connection: place,
            id: ListingId::new(format!("ask-{sku}"))?,
            recipe: vec![(sku, factor)],
            // Nobody finds it on a page: buyers ask for it.
            demand: [0, 0],
        });
    }
    world.chat = Some(place);
    Ok(())
}

/// The keys of the shop's accounts.
pub(super) fn secrets(world: &World) -> BTreeMap<(ShopId, ConnectionId), Secrets> {
    let own = |(place, plan): (usize, &ConnectionPlan)| {
        let desk = (channels::own_signature::SECRET, SECRET);
        let channel = push::key_names(plan.facts.channel).iter().map(|name| (*name, push::KEY));
        let keys = channel.chain((Some(place) == world.chat).then_some(desk));
        let keys = keys.map(|(name, key)| (name.to_owned(), key.to_owned().into()));
        ((world.shop.clone(), plan.id.clone()), Secrets::new(keys))
    };
    world.connections.iter().enumerate().map(own).collect()
}
