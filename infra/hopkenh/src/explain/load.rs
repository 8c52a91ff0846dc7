//! Reads what an explanation is made from, each table once, and refuses a product or channel that is not there.

use super::Args;
use super::facts::{Facts, sellers};
use crate::place::Place;
use crate::up::Problem;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::cover::{Ground, Listed, balances_of};
use commerce::ids::{ConnectionId, LocationId, ShopId, Sku};
use commerce::near::near;
use commerce::park::ParkReason;
use commerce::stock::{ListingKey, StockKey};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use table::parked_item::Parked;
use workflows::catch_up;
use workflows::ledger_lines::{last_lines, with_latest};
use workflows::shortfalls::orders_to_look_at;

/// Everything about one product; how far orders are recorded is read first, the balances after it.
pub(super) async fn load(args: &Args, now: Timestamp) -> Result<Facts, Problem> {
    let place = args.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&args.shop)?).await?;
    let sku = Sku::new(&args.sku)?;
    check_channel(&shop, args.channel.as_deref())?;
    let connections: Vec<ConnectionId> = shop.connections.keys().cloned().collect();
    let passes = place.table.load_passes(&shop.id, &connections).await?;
    let keys: Vec<ListingKey> = sellers(&shop, &sku).iter().map(|(c, listing)| c.key(listing)).collect();
    let states = place.table.load_listed(&shop.id, &keys).await?;
    let listed: BTreeMap<ListingKey, Listed> =
        states.into_iter().map(|(key, state)| (key, state.listed)).collect();
    let mut stock: BTreeMap<StockKey, _> =
        place.table.stock_of_sku(&shop.id, &sku).await?.into_iter().collect();
    if keys.is_empty() && stock.is_empty() {
        return Err(unknown_sku(&shop, &sku).into());
    }
    let grounds: Vec<Ground> = sellers(&shop, &sku).iter().map(|(c, listing)| c.ground(listing)).collect();
    let balances: Vec<StockKey> = balances_of(&shop, &grounds).into_iter().collect();
    stock.extend(place.table.load_stock(&shop.id, &balances).await?);
    let parked = parked(&place, &shop, &keys, now).await?;
    let found = last_lines(&place.archive, &shop.id, &sku, args.last).await;
    let (archived, archive_trouble) = match found {
        Ok(lines) => (lines, None),
        Err(trouble) => (Vec::new(), Some(trouble)),
    };
    let lines = with_latest(archived, &shop.id, &sku, &stock);
    let (only, flags, orders) = (args.channel.clone(), args.place.flags(), BTreeMap::new());
    let last = args.last;
    let mut facts = Facts {
        shop,
        sku,
        only,
        last,
        flags,
        now,
        stock,
        listed,
        passes,
        lines,
        archive_trouble,
        orders,
        parked,
    };
    let is_short = |store: &LocationId| facts.balance(store).is_some_and(|stock| stock.free < 0);
    let wanted = orders_to_look_at(&facts.shop.id, &facts.lines, is_short);
    let orders = place.table.load_orders(&wanted, false).await?;
    facts.orders = orders.into_iter().map(|(key, (state, _))| (key, state)).collect();
    Ok(facts)
}

fn check_channel(shop: &Shop, only: Option<&str>) -> Result<(), String> {
    let Some(only) = only else { return Ok(()) };
    let connections = || shop.connections.values();
    if connections().any(|connection| connection.id.as_str() == only || connection.channel == only) {
        return Ok(());
    }
    let names: Vec<String> = connections().map(|c| format!("{} ({})", c.id, c.channel)).collect();
    Err(format!("channel {only}: the shop has no such channel or connection; it has {}", names.join(", ")))
}

fn unknown_sku(shop: &Shop, sku: &Sku) -> String {
    let listings = shop.connections.values().flat_map(|connection| connection.listings.values());
    let skus: BTreeSet<&str> =
        listings.flat_map(|listing| &listing.recipe).map(|part| part.sku.as_str()).collect();
    let near = near(sku.as_str(), skus.into_iter());
    let hint = if near.is_empty() { String::new() } else { format!("; near: {}", near.join(", ")) };
    format!("sku {sku}: no listing of the shop sells it and the book has none of it{hint}")
}

/// Notes that name one of these listings, in their reason or in the message that waits.
async fn parked(
    place: &Place,
    shop: &Shop,
    keys: &[ListingKey],
    now: Timestamp,
) -> Result<Vec<Parked>, Problem> {
    let clock: channels::channel::Clock = Arc::new(move || now);
    let mut notes = catch_up::parked(&place.table, &clock, shop).await?;
    notes.retain(|note| keys.iter().any(|key| names(note, key)));
    Ok(notes)
}

fn names(note: &Parked, key: &ListingKey) -> bool {
    let id = key.listing.as_str();
    let is_reason =
        |reason: &ParkReason| matches!(reason, ParkReason::UnknownSku { listing } if listing == id);
    let is_named = note.subject == id || note.body.contains(&format!("\"{id}\""));
    note.connection == key.connection && (is_named || note.reasons.iter().any(is_reason))
}
