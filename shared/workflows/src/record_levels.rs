//! Writing a physical count into the book: once, and never over a newer one.

use crate::jitter::pause;
use commerce::ids::{ShopId, Sku};
use commerce::level::{Level, is_remembered, plan_level};
use commerce::stock::StockKey;
use lambda_kit::batch::Outcome;
use table::{Table, TableError};

/// How often a count is planned anew when the balance moves under it.
const ROUNDS_MAX: u32 = 8;

/// Records counts.
pub struct RecordLevels<'a> {
    /// The book.
    pub table: &'a Table,
}

impl RecordLevels<'_> {
    /// Records one count: load the balance, decide the difference, save both pinned to the balance's version.
    pub async fn record(&self, shop: &ShopId, sku: &Sku, level: &Level) -> Outcome {
        let balance = StockKey { sku: sku.clone(), location: level.location.clone() };
        for round in 1..=ROUNDS_MAX {
            match self.try_once(shop, &balance, level).await {
                Ok(()) => return Outcome::Done,
                // The document is there already: this very count was applied before.
                Err(TableError::Lost(lost)) if lost.first().is_some_and(Option::is_some) => {
                    return Outcome::Done;
                }
                Err(error) if error.is_passing() => pause(round).await,
                Err(error) => return Outcome::Again { after: None, why: error.to_string() },
            }
        }
        Outcome::Again { after: None, why: "the balance kept moving".to_owned() }
    }

    async fn try_once(&self, shop: &ShopId, balance: &StockKey, level: &Level) -> Result<(), TableError> {
        let stored = self.table.load_stock(shop, std::slice::from_ref(balance)).await?;
        let stock = stored.get(balance).cloned().unwrap_or_default();
        match plan_level(balance, &stock, level) {
            None => Ok(()),
            Some(_) if !is_remembered(&stock, level) => Err(TableError::Broken(format!(
                "count of {} at {}: too much has been sold since it was taken: count again",
                balance.sku, balance.location
            ))),
            Some(planned) => self.table.save_level(shop, balance, level, planned, stock.version).await,
        }
    }
}
