//! What a lost transaction teaches: what the table holds instead of what the batch was planned from.

use crate::record_orders::{Stored, Trouble};
use commerce::allocate::Learned;
use commerce::steps::Step;
use table::failure::Lost;
use table::{TableError, order_item, stock_item};

/// Takes in what the losing entries of a transaction held instead; entries come as orders, notes, balances.
pub(crate) fn learn(
    step: &Step,
    lost: &[Option<Lost>],
    stored: &mut Stored,
    learned: &mut Learned,
) -> Result<(), Trouble> {
    let unreadable = |e: TableError| Trouble::Later(e.to_string());
    for (order, lost) in step.orders.iter().zip(lost) {
        let Some(lost) = lost else { continue };
        match &lost.item {
            Some(item) => {
                stored.insert(order.key.clone(), order_item::from_item(item).map_err(unreadable)?);
            }
            None => {
                stored.remove(&order.key);
            }
        }
    }
    let balances = lost.len().saturating_sub(step.stock.len());
    for ((balance, change), lost) in step.stock.iter().zip(lost.iter().skip(balances)) {
        let Some(lost) = lost else { continue };
        let stock = lost.item.as_ref().map(stock_item::from_item).transpose().map_err(unreadable)?;
        let stock = stock.unwrap_or_default();
        learned.free.insert(balance.clone(), stock.free);
        learned.unsold.insert(balance.clone(), stock.on_hand - stock.committed - stock.holds);
        learned.trail.insert(balance.clone(), stock.trail.clone());
        for listing in change.cover_min.keys() {
            let cover = stock.cover.get(listing).copied().unwrap_or(0);
            learned.cover.insert((balance.0.clone(), balance.1.clone(), listing.clone()), cover);
        }
        if let Some(baseline) = stock.baseline {
            learned.baseline.insert(balance.clone(), baseline);
        }
    }
    Ok(())
}
