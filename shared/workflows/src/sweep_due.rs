//! Every minute: what must be looked at again, so that nothing waits on one lost message.
//!
//! That is each shop whose file is new or has changed: at once, and once more when no function can hold the old file any
//! longer. And in every shop what is noted as due: listings whose attempt is not resolved, holds that end
//! ([`crate::due_work`]). Load the list of shops, decide which are due, act on them side by side, note it. A shop that
//! fails is due again the next minute and holds up no other.

use crate::catch_up::CatchUp;
use crate::due_work::DueWork;
use commerce::Timestamp;
use futures::StreamExt;
use lambda_kit::metrics::{self, Unit};
use lambda_kit::shop_source::{KNOWN_EVERYWHERE_MS, ShopSource, Wanted};
use serde::Serialize;
use std::time::Duration;
use table::TableError;
use table::shop_item::Registered;

/// How many shops are seen to at once.
const SIDE_BY_SIDE: usize = 8;
/// No further shop is begun after this long; the others have their turn a minute later, and then come first.
const TIME_MAX: Duration = Duration::from_secs(40);

/// What this function needs.
#[derive(Clone)]
pub struct SweepDue {
    /// Shops.
    pub shops: ShopSource,
    /// What brings a shop up to date.
    pub catch_up: CatchUp,
    /// What sees to work that is due.
    pub due_work: DueWork,
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
    /// Pieces of work that were due.
    pub due: usize,
}

impl SweepDue {
    /// Sees to the shops that are due, as far as the time goes.
    pub async fn handle(&self) -> Result<Swept, TableError> {
        let now = (self.catch_up.clock)();
        let mut swept =
            self.sweep(now, Some(TIME_MAX), |entry| entry.is_due(now, KNOWN_EVERYWHERE_MS)).await?;
        swept.due = self.due_work.handle(&self.shops).await?;
        Ok(swept)
    }

    /// Sees to all shops, as after a restart.
    pub async fn handle_all(&self) -> Result<Swept, TableError> {
        self.sweep((self.catch_up.clock)(), None, |_| true).await
    }

    async fn sweep(
        &self,
        now: Timestamp,
        time_max: Option<Duration>,
        is_due: impl Fn(&Registered) -> bool,
    ) -> Result<Swept, TableError> {
        let entries = self.catch_up.table.registered().await?;
        let shops = entries.len();
        let due: Vec<Registered> = entries.into_iter().filter(is_due).collect();
        let begun = tokio::time::Instant::now();
        let has_time = || time_max.is_none_or(|most| begun.elapsed() < most);
        let done = futures::stream::iter(another_first(due, now))
            .map(async |entry| if has_time() { Some(self.try_one(&entry).await) } else { None })
            .buffer_unordered(SIDE_BY_SIDE)
            .filter_map(async |done| done);
        let done: Vec<bool> = done.collect().await;
        let caught_up = done.iter().filter(|done| **done).count();
        let swept = Swept { shops, caught_up, failed: done.len() - caught_up, due: 0 };
        metrics::tell(&[("ShopsFailed", Unit::Count, i64::try_from(swept.failed).unwrap_or(i64::MAX))]);
        Ok(swept)
    }

    async fn try_one(&self, entry: &Registered) -> bool {
        let seen_to = self.see_to(entry).await;
        if let Err(why) = &seen_to {
            tracing::error!(shop = %entry.shop, why, "shop not brought up to date; tried again");
        }
        seen_to.is_ok()
    }

    async fn see_to(&self, entry: &Registered) -> Result<(), String> {
        // Before anything is read: what changes from here on is due anew.
        let now = (self.catch_up.clock)();
        let versions = [entry.version.clone()].into();
        let wanted = [(entry.shop.clone(), Wanted { versions, ..Wanted::default() })].into();
        let shops = self.shops.load(&wanted).await;
        if let Some(why) = shops.out_of_reach(&entry.shop) {
            return Err(why.to_string());
        }
        let shop = shops.catalogue().shops.get(&entry.shop).ok_or("its file is not there")?;
        let counts = shops.counts(&entry.shop);
        self.catch_up.shop(shop, counts, Some(&entry.version)).await.map_err(|e| e.to_string())?;
        let done = entry.after(now, KNOWN_EVERYWHERE_MS);
        self.catch_up.table.acted_on(&done).await.map_err(|e| e.to_string())?;
        tracing::info!(shop = %entry.shop, version = entry.version, "brought up to date with its file");
        Ok(())
    }
}

/// Begins with another shop each minute, so that a few that always fail or take long do not starve the rest.
pub(crate) fn another_first<T>(mut due: Vec<T>, now: Timestamp) -> Vec<T> {
    if !due.is_empty() {
        let minute = usize::try_from(now.as_second() / 60).unwrap_or(0);
        let first = minute.wrapping_mul(SIDE_BY_SIDE) % due.len();
        due.rotate_left(first);
    }
    due
}
