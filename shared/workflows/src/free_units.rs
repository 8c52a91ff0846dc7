//! What the book holds of the balances that one order may take from or give back to.

use commerce::allocate::Learned;
use commerce::effect::OrderState;
use commerce::ids::ShopId;
use commerce::stock::StockKey;
use std::collections::BTreeSet;
use table::{Table, TableError};

/// Every balance that an order has touched, or was decided to take from.
pub(crate) fn touched(state: &OrderState) -> impl Iterator<Item = StockKey> {
    let decided = state.lines.iter().filter_map(|line| line.decision.as_ref()).flat_map(|decision| {
        let key = |sku| StockKey { sku, location: decision.location.clone() };
        decision.recipe.iter().map(move |part| key(part.sku.clone()))
    });
    state.applied.keys().cloned().chain(decided)
}

/// Reads these balances, consistent, as the rules want to know them.
pub(crate) async fn read_balances(
    table: &Table,
    shop: &ShopId,
    balances: BTreeSet<StockKey>,
) -> Result<Learned, TableError> {
    let balances: Vec<StockKey> = balances.into_iter().collect();
    let found = table.load_stock(shop, &balances).await?;
    let mut known = Learned::default();
    for balance in balances {
        let stock = found.get(&balance).cloned().unwrap_or_default();
        let key = (shop.clone(), balance);
        if let Some(baseline) = stock.baseline {
            known.baseline.insert(key.clone(), baseline);
        }
        known.trail.insert(key.clone(), stock.trail);
        known.free.insert(key, stock.free);
    }
    Ok(known)
}
