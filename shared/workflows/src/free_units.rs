//! What the book holds of the balances that one order may take from or give back to.

use commerce::allocate::Learned;
use commerce::catalogue::Shop;
use commerce::cover::{owed, stores_of};
use commerce::effect::OrderState;
use commerce::ids::{LocationId, Sku};
use commerce::stock::{Stock, StockKey};
use std::collections::{BTreeMap, BTreeSet};
use table::{Table, TableError};

/// Every balance that an order has touched, or was decided to take from.
pub(crate) fn touched(state: &OrderState) -> impl Iterator<Item = StockKey> {
    let decided = state.lines.iter().filter_map(|line| line.decision.as_ref()).flat_map(|decision| {
        let key = |sku| StockKey { sku, location: decision.location.clone() };
        decision.recipe.iter().map(move |part| key(part.sku.clone()))
    });
    state.applied.keys().cloned().chain(decided)
}

/// Reads these balances, consistent, as the rules want to know them. What other stores have promised and lack is not free.
pub(crate) async fn read_balances(
    table: &Table,
    shop: &Shop,
    balances: BTreeSet<StockKey>,
) -> Result<Learned, TableError> {
    let everywhere = balances.iter().flat_map(|balance| stores_of(shop, &balance.sku));
    let wanted: BTreeSet<StockKey> = balances.iter().cloned().chain(everywhere).collect();
    let found = table.load_stock(&shop.id, &wanted.into_iter().collect::<Vec<_>>()).await?;
    let owed = owed_units(shop, &found);
    let shop = &shop.id;
    let mut known = Learned::default();
    for balance in balances {
        let stock = found.get(&balance).cloned().unwrap_or_default();
        let key = (shop.clone(), balance);
        if let Some(baseline) = stock.baseline {
            known.baseline.insert(key.clone(), baseline);
        }
        known.trail.insert(key.clone(), stock.trail);
        let owed = owed.get(&key.1).copied().unwrap_or(0);
        known.free.insert(key, stock.free - owed);
    }
    Ok(known)
}

/// What each balance keeps back for other stores of the shop.
fn owed_units(shop: &Shop, found: &BTreeMap<StockKey, Stock>) -> BTreeMap<StockKey, i64> {
    let skus: BTreeSet<&Sku> = found.keys().map(|key| &key.sku).collect();
    let of_sku = |sku: &Sku| {
        let of_store =
            |store: &LocationId| found.get_key_value(&StockKey { sku: sku.clone(), location: store.clone() });
        let stores = shop.locations.iter().filter_map(|location| of_store(&location.id));
        let owed = owed(stores.map(|(key, stock)| (&key.location, stock)));
        let keyed = |(location, units)| (StockKey { sku: sku.clone(), location }, units);
        owed.into_iter().map(keyed).collect::<Vec<_>>()
    };
    skus.into_iter().flat_map(of_sku).collect()
}
