//! The demo's shop as a shop's file would describe it: stores, accounts, listings, secrets and the first counts.

use super::cast::{Actor, Store};
use super::goods::{Opening, PRODUCTS, Parts, Product, offered};
use super::world::SHOP;
use crate::up::Problem;
use commerce::Timestamp;
use commerce::catalogue::{Catalogue, Component, Connection, Listing, Location, Shop, TillLink};
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use commerce::report_rule::ReportRule;
use lambda_kit::shops::Shops;
use lambda_kit::shops_file::Count;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Units of each product that a store with people in it keeps off the channels.
pub const WALK_IN_RESERVE: u32 = 1;

/// The shop of this cast, as it stands at `now`.
pub fn shops(
    cast: &[Actor],
    stores: &[Store],
    doors: &str,
    opening: &Opening,
    now: Timestamp,
) -> Result<Shops, Problem> {
    let id = ShopId::new(SHOP)?;
    let mut connections = BTreeMap::new();
    let mut secrets = BTreeMap::new();
    for actor in cast {
        let connection = connection(actor, doors)?;
        secrets.insert((id.clone(), connection.id.clone()), lambda_kit::secret_store::ready(&actor.keys));
        connections.insert(connection.id.clone(), connection);
    }
    let shop = Shop {
        id: id.clone(),
        name: "Cửa hàng Mẫu".to_owned(),
        keep_orders_days: 1_095,
        shortfalls: commerce::shortfall::ShortfallRule::usual("Lan"),
        report: ReportRule { names: names()?, ..ReportRule::default() },
        locations: stores.iter().map(|store| location(*store, cast)).collect::<Result<_, _>>()?,
        connections,
    };
    let catalogue = Catalogue { shops: [(id.clone(), Arc::new(shop))].into() };
    let shops = Shops::new(catalogue, secrets, [(id, counts(opening, now)?)].into());
    match shops.complaints().first() {
        Some(complaint) => Err(complaint.clone().into()),
        None => Ok(shops),
    }
}

/// What people call the products.
fn names() -> Result<BTreeMap<Sku, String>, Problem> {
    let named = |product: &Product| Ok((Sku::new(product.sku)?, product.name.to_owned()));
    PRODUCTS.iter().map(named).collect()
}

fn location(store: Store, cast: &[Actor]) -> Result<Location, Problem> {
    let till = cast.iter().find(|actor| actor.store() == Some(store));
    let link = |actor: &Actor| -> Result<TillLink, Problem> {
        let connection = ConnectionId::new(actor.connection())?;
        Ok(TillLink { connection, branch: actor.branch.unwrap_or_default().to_owned() })
    };
    let till = till.map(link).transpose()?;
    // One of each thing is kept for whoever stands at the counter or asks in a chat.
    let has_people =
        till.is_some() || cast.iter().any(|actor| actor.is_desk() && actor.serves_from.contains(&store));
    let walk_in_reserve = u32::from(has_people) * WALK_IN_RESERVE;
    let (id, name) = (LocationId::new(store.id())?, store.name().to_owned());
    Ok(Location { id, name, till, walk_in_reserve, orders_to: None })
}

fn connection(actor: &Actor, doors: &str) -> Result<Connection, Problem> {
    let mut listings = BTreeMap::new();
    for (id, (_, parts)) in actor.listings.iter().zip(offered()) {
        let listing = listing(actor, id, &parts)?;
        listings.insert(listing.id.clone(), listing);
    }
    let serves_from = actor.serves_from.iter().map(|store| LocationId::new(store.id()));
    Ok(Connection {
        id: ConnectionId::new(actor.connection())?,
        channel: actor.channel().to_owned(),
        base_url: Some(actor.twin.base_url()),
        webhook_url: Some(format!("{doors}/webhooks/{SHOP}/{}", actor.connection())),
        serves_from: serves_from.collect::<Result<_, _>>()?,
        account: actor.settings.clone(),
        sharing: Default::default(),
        rule: Default::default(),
        listings,
    })
}

fn listing(actor: &Actor, id: &str, parts: &Parts) -> Result<Listing, Problem> {
    let mut recipe = Vec::new();
    for (sku, factor) in parts {
        recipe.push(Component { sku: Sku::new(*sku)?, factor: *factor });
    }
    Ok(Listing {
        id: ListingId::new(id)?,
        recipe,
        buffer: 0,
        publish: actor.shows_stock(),
        rule: None,
        paused: false,
    })
}

/// What was counted an hour before the doors opened.
fn counts(opening: &Opening, now: Timestamp) -> Result<Vec<Count>, Problem> {
    let as_of = Timestamp::from_second(now.as_second() - 3_600)?;
    let count = |((sku, location), units): (&(String, String), &i64)| -> Result<Count, Problem> {
        let (sku, location) = (Sku::new(sku.as_str())?, LocationId::new(location.as_str())?);
        Ok(Count { sku, location, on_hand: *units, as_of })
    };
    opening.iter().map(count).collect()
}
