//! Looks through a shop's balances for those of which more is promised than is there, and in the ledger for since when.

use crate::explain::harm::{Shortfall, orders_to_look_at};
use crate::explain::ledger;
use crate::up::Problem;
use commerce::catalogue::Shop;
use commerce::effect::OrderState;
use commerce::ids::{LocationId, Sku};
use commerce::plan::OrderKey;
use commerce::stock::{Stock, StockKey};
use futures::{StreamExt, TryStreamExt};
use lambda_kit::objects::Objects;
use std::collections::{BTreeMap, BTreeSet};
use table::Table;

/// How many products are looked at side by side.
const SIDE_BY_SIDE: usize = 16;
/// How many of a product's latest ledger lines are read to find since when it has been short.
const LINES: usize = 400;

/// Every shortfall of the products that the shop's file names. Since when and why is told as far as the archive can be
/// read; without it, of the latest change alone.
pub async fn of_shop(table: &Table, archive: &Objects, shop: &Shop) -> Result<Vec<Shortfall>, Problem> {
    let listings = shop.connections.values().flat_map(|connection| connection.listings.values());
    let skus: BTreeSet<&Sku> = listings.flat_map(|listing| &listing.recipe).map(|part| &part.sku).collect();
    let looks = skus.into_iter().map(async |sku| of_product(table, archive, shop, sku).await);
    let found: Vec<Vec<Shortfall>> =
        futures::stream::iter(looks).buffered(SIDE_BY_SIDE).try_collect().await?;
    Ok(found.concat())
}

async fn of_product(
    table: &Table,
    archive: &Objects,
    shop: &Shop,
    sku: &Sku,
) -> Result<Vec<Shortfall>, Problem> {
    let stock: BTreeMap<StockKey, Stock> = table.stock_of_sku(&shop.id, sku).await?.into_iter().collect();
    let short: BTreeSet<&LocationId> =
        stock.iter().filter(|(_, stock)| stock.free < 0).map(|(key, _)| &key.location).collect();
    if short.is_empty() {
        return Ok(Vec::new());
    }
    let archived = ledger::last_lines(archive, &shop.id, sku, LINES).await.unwrap_or_default();
    let lines = ledger::with_latest(archived, &shop.id, sku, &stock);
    let wanted = orders_to_look_at(&shop.id, &lines, |store| short.contains(store));
    let orders = table.load_orders(&wanted, false).await?;
    let orders: BTreeMap<OrderKey, OrderState> =
        orders.into_iter().map(|(key, (state, _))| (key, state)).collect();
    let found = stock.iter().map(|(key, stock)| Shortfall::find(shop, key.clone(), stock, &lines, &orders));
    Ok(found.flatten().collect())
}
