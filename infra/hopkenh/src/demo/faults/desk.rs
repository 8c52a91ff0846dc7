//! What whoever injects a fault does by hand: counts a shelf, hands news over, waits until everything has come to rest.

use super::super::cast::{Actor, Store};
use super::super::goods::PRODUCTS;
use super::super::world::{SHOP, World};
use crate::up::Problem;
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use commerce::level::Level;
use commerce::stock::Stock;
use lambda_kit::batch::Outcome;
use std::time::Duration;
use twins::Push;
use workflows::record_levels::RecordLevels;

/// What does not come to rest within this is a defect, not patience.
pub(super) const REST_MAX: Duration = Duration::from_secs(120);
/// News of news of news is a defect.
const ROUNDS_MAX: usize = 8;

/// Hands over everything that the stand-ins want to tell, until nothing is left and all listings are at rest.
pub(super) async fn settle(world: &World) -> Result<(), Problem> {
    for _ in 0..ROUNDS_MAX {
        let mut told = 0;
        for actor in &world.cast {
            for push in actor.twin.take_pushes() {
                deliver(world, actor, &push).await?;
                told += 1;
            }
        }
        if world.cast.iter().any(Actor::is_pulled) {
            world.machine.fetch.fetch_shop(&ShopId::new(SHOP)?).await;
        }
        let rest = tokio::time::timeout(REST_MAX, world.until_at_rest()).await;
        rest.map_err(|_| "the evening did not come to rest in two minutes")??;
        if told == 0 {
            return Ok(());
        }
    }
    Err("channels never came to an end with their news".into())
}

/// Hands one message over; what is not answered in time is sent again.
pub(super) async fn deliver(world: &World, actor: &Actor, push: &Push) -> Result<(), Problem> {
    match world.say(actor, push).await? {
        200 => Ok(()),
        status => Err(format!("news of {} was answered {status}", actor.connection()).into()),
    }
}

/// What our book holds of a product at a store.
pub(super) async fn stock(world: &World, product: usize, store: Store) -> Result<Stock, Problem> {
    let sku = PRODUCTS.get(product).ok_or("no such product")?.sku;
    let balances = world.machine.table.stock_of_sku(&ShopId::new(SHOP)?, &Sku::new(sku)?).await?;
    let found = balances.into_iter().find(|(key, _)| key.location.as_str() == store.id());
    Ok(found.map(|(_, stock)| stock).unwrap_or_default())
}

/// Goods arrive at the store that nobody but us counts, and the shelf is counted.
pub(super) async fn goods_arrive(world: &mut World, product: usize, units: i64) -> Result<(), Problem> {
    let sku = PRODUCTS.get(product).ok_or("no such product")?.sku;
    let store = Store::HoChiMinh;
    let on_hand = stock(world, product, store).await?.on_hand + units;
    let level = Level {
        location: LocationId::new(store.id())?,
        on_hand,
        as_of: (world.clock)(),
        source: "count".to_owned(),
    };
    let levels = RecordLevels { table: &world.machine.table };
    if let Outcome::Again { why, .. } = levels.record(&ShopId::new(SHOP)?, &Sku::new(sku)?, &level).await {
        return Err(format!("the count of {sku} was not written: {why}").into());
    }
    *world.opening.entry((sku.to_owned(), store.id().to_owned())).or_insert(0) += units;
    Ok(())
}

/// What our book believes that a listing shows.
pub(super) async fn believed(world: &World, connection: &str, listing: &str) -> Result<Option<i64>, Problem> {
    let (shop, connection, id) =
        (ShopId::new(SHOP)?, ConnectionId::new(connection)?, ListingId::new(listing)?);
    let states = world.machine.table.load_listings(&shop, &connection, std::slice::from_ref(&id)).await?;
    Ok(states.get(&id).and_then(|state| state.listed.shown))
}

/// What a listing that shows so many would show if our last number had never been applied there; none where it was told
/// only one. Whatever was sold since is missing on both.
pub(super) async fn before_last_push(
    world: &World,
    connection: &str,
    listing: &str,
    units: i64,
) -> Result<Option<i64>, Problem> {
    let (shop, connection, id) =
        (ShopId::new(SHOP)?, ConnectionId::new(connection)?, ListingId::new(listing)?);
    let states = world.machine.table.load_listings(&shop, &connection, std::slice::from_ref(&id)).await?;
    let numbers = states.get(&id).and_then(|state| state.listed.shown.zip(state.listed.shown_before));
    Ok(numbers.map(|(told, before)| before - (told - units)))
}
