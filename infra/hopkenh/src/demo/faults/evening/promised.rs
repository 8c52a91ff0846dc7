//! A till sells units that are promised to somebody who ordered elsewhere: the goods are in a buyer's hand, so it is a fact.

use super::super::super::cast::{Actor, Store};
use super::super::super::goods::PRODUCTS;
use super::super::super::world::{SHOP, World};
use super::super::desk::stock;
use super::super::pick::Deck;
use super::super::{Fault, words};
use super::Evening;
use crate::up::Problem;
use commerce::effect::OrderState;
use commerce::ids::{ConnectionId, OrderId, ShopId};
use commerce::plan::OrderKey;
use twins::{TwinLine, TwinOrder, TwinOrderState};

impl Evening {
    /// One unit more than what is left beside all promises; the order that waits for it is called off later.
    pub(super) async fn promised_goods_are_sold(
        &mut self,
        world: &World,
        deck: &mut Deck,
    ) -> Result<Option<Fault>, Problem> {
        let Some((till, store)) = world.cast.iter().find_map(|actor| Some((actor, actor.store()?))) else {
            return Ok(None);
        };
        for product in deck.left() {
            let Some(listing) = till.listings.get(product).cloned() else { continue };
            let (on_shelf, promised) =
                (till.twin.shown(&listing), stock(world, product, store).await?.committed);
            let Some(units) = sold(on_shelf, promised) else { continue };
            let Some(waiting) = waiting(world, product, store).await? else { continue };
            if till.twin.place_order(&[TwinLine { listing, quantity: units }]).is_err() {
                continue;
            }
            deck.take(product);
            self.to_call_off.push(waiting);
            let sku = PRODUCTS.get(product).map_or("", |product| product.sku);
            return Ok(Some(Fault::new(words::TILL_SHORTFALL, store.id(), sku)));
        }
        Ok(None)
    }
}

/// How many must go over the counter so that one promise cannot be kept.
fn sold(on_shelf: i64, promised: i64) -> Option<u32> {
    let units = on_shelf - promised + 1;
    (promised > 0 && (1..=on_shelf).contains(&units)).then(|| u32::try_from(units).ok()).flatten()
}

/// An order that waits for this product alone, and is to be served from that store.
async fn waiting(world: &World, product: usize, store: Store) -> Result<Option<(usize, String)>, Problem> {
    for (place, actor) in world.cast.iter().enumerate().filter(|(_, actor)| actor.shows_stock()) {
        for order in actor.twin.orders().iter().filter(|order| waits_for(actor, order, product)) {
            let known = book(world, actor, order).await?;
            if known.is_some_and(|known| is_served_from(&known, store)) {
                return Ok(Some((place, order.id.clone())));
            }
        }
    }
    Ok(None)
}

fn waits_for(actor: &Actor, order: &TwinOrder, product: usize) -> bool {
    let is_it = |line: &TwinLine| actor.listings.get(product) == Some(&line.listing);
    order.state == TwinOrderState::Paid && order.lines.len() == 1 && order.lines.iter().all(is_it)
}

async fn book(world: &World, actor: &Actor, order: &TwinOrder) -> Result<Option<OrderState>, Problem> {
    let key = OrderKey {
        shop: ShopId::new(SHOP)?,
        connection: ConnectionId::new(actor.connection())?,
        order: OrderId::new(actor.order_name(&order.id).as_str())?,
    };
    let mut found = world.machine.table.load_orders(std::slice::from_ref(&key), true).await?;
    Ok(found.remove(&key).map(|(state, _)| state))
}

fn is_served_from(order: &OrderState, store: Store) -> bool {
    let mut decisions = order.lines.iter().map(|line| line.decision.as_ref());
    decisions.all(|decision| decision.is_some_and(|decision| decision.location.as_str() == store.id()))
}
