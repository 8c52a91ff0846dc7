//! Every minute: what must be looked at again, so that nothing waits on one lost message.
//!
//! Today that is each shop whose file is new or has changed. Load the list of shops, decide which are due, act on
//! them, note it. A shop that fails is due again the next minute and holds up no other.

use crate::catch_up::CatchUp;
use lambda_kit::metrics::{self, Unit};
use lambda_kit::shop_source::ShopSource;
use serde::Serialize;
use table::TableError;
use table::shop_item::Registered;

/// How many shops one run sees to; the others have their turn a minute later.
const SHOPS_MAX: usize = 50;

/// What this function needs.
#[derive(Clone)]
pub struct SweepDue {
    /// Shops.
    pub shops: ShopSource,
    /// What brings a shop up to date.
    pub catch_up: CatchUp,
}

/// What one run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Shops on the list.
    pub shops: usize,
    /// Shops brought up to date with their file.
    pub caught_up: usize,
    /// Shops that must be tried again.
    pub failed: usize,
}

impl SweepDue {
    /// Sees to the shops that are due.
    pub async fn handle(&self) -> Result<Swept, TableError> {
        self.sweep(Registered::is_due).await
    }

    /// Sees to all shops, as after a restart.
    pub async fn handle_all(&self) -> Result<Swept, TableError> {
        self.sweep(|_| true).await
    }

    async fn sweep(&self, is_due: impl Fn(&Registered) -> bool) -> Result<Swept, TableError> {
        let entries = self.catch_up.table.registered().await?;
        let mut swept = Swept { shops: entries.len(), ..Swept::default() };
        for entry in entries.iter().filter(|entry| is_due(entry)).take(SHOPS_MAX) {
            match self.see_to(entry).await {
                Ok(()) => swept.caught_up += 1,
                Err(why) => {
                    tracing::error!(shop = %entry.shop, why, "shop not brought up to date; tried again");
                    swept.failed += 1;
                }
            }
        }
        metrics::tell(&[("ShopsCaughtUp", Unit::Count, i64::try_from(swept.caught_up).unwrap_or(0))]);
        Ok(swept)
    }

    async fn see_to(&self, entry: &Registered) -> Result<(), String> {
        let wanted = [(entry.shop.clone(), Some(entry.version.clone()))].into();
        let shops = self.shops.load(&wanted).await;
        if let Some(why) = shops.out_of_reach(&entry.shop) {
            return Err(why.to_string());
        }
        let shop = shops.catalogue().shops.get(&entry.shop).ok_or("its file is not there")?;
        let counts = shops.counts(&entry.shop);
        self.catch_up.shop(shop, counts, Some(&entry.version)).await.map_err(|e| e.to_string())?;
        self.catch_up.table.acted_on(entry).await.map_err(|e| e.to_string())?;
        tracing::info!(shop = %entry.shop, version = entry.version, "brought up to date with its file");
        Ok(())
    }
}
