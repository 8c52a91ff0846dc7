//! What a report reads beside the comparison: the days before it, what is short and since when, what was sold lately.

use super::MorningReport;
use super::sold::Sold;
use crate::alerts::Standing;
use crate::reconcile::{Trouble, Whole};
use crate::settlements::{self, Kept};
use crate::shortfalls::{self, Shortfall};
use commerce::alert::Alert;
use commerce::catalogue::Shop;
use commerce::reconcile::{Day, shop_zone};
use futures::StreamExt;
use jiff::ToSpan;
use jiff::civil::Date;
use reports::history::{DAYS_MAX, DayLine};
use reports::shop::ShopReport;

/// How many objects are read side by side.
const SIDE_BY_SIDE: usize = 8;

/// Everything that was read.
pub(super) struct Loaded {
    /// The business day.
    pub(super) day: Day,
    /// What is short, with since when and why.
    pub(super) shortfalls: Vec<Shortfall>,
    /// What was sold on each day of the window.
    pub(super) sold: Sold,
    /// What is wrong now.
    pub(super) wrong: Vec<Alert>,
    /// The days before, oldest first.
    pub(super) history: Vec<DayLine>,
    /// Settlement files that were handed over since the last report.
    pub(super) settlements: Vec<Kept>,
}

impl MorningReport {
    pub(super) async fn load(&self, shop: &Shop, whole: &Whole) -> Result<Loaded, Trouble> {
        let no_day = || Trouble::Shop("that is no day of the calendar".to_owned());
        let day = Day::of(whole.findings.day, &shop_zone()).ok_or_else(no_day)?;
        let window_days = shop.report.supply.window_days;
        let sold = self.load_sold(&shop.id, &day, window_days, &whole.lines).await?;
        let shortfalls =
            shortfalls::among(&self.reconcile.passes.table, &self.reconcile.archive, shop, &whole.stock)
                .await?;
        let history = self.history(shop, day.date).await?;
        let now = (self.reconcile.passes.clock)();
        let found = whole.findings.connections.iter();
        let webhooks = found.map(|found| (found.connection.clone(), found.webhooks)).collect();
        let standing = Standing { passes: self.reconcile.how_passes_stand(shop).await?, webhooks };
        let told = self.reconcile.passes.table.load_told(&shop.id).await?.alerts;
        let wrong = self.reconcile.what_is_wrong(shop, None, &told, &standing, now).await?;
        let settlements = settlements::of_report(&self.reconcile.archive, &shop.id, &day).await?;
        Ok(Loaded { day, shortfalls, sold, wrong, history, settlements })
    }

    /// The reports of the days before. One that cannot be read, as a later version may have written it, is left out.
    async fn history(&self, shop: &Shop, day: Date) -> Result<Vec<DayLine>, Trouble> {
        let days = (1..=DAYS_MAX).rev().filter_map(|back| {
            let back = i32::try_from(back).ok()?;
            day.checked_sub(back.days()).ok()
        });
        let reads = days.map(async |day| {
            self.reconcile.archive.get(&format!("reports/{}/{day}/report.json", shop.id)).await
        });
        let read: Vec<_> = futures::stream::iter(reads).buffered(SIDE_BY_SIDE).collect().await;
        let mut lines = Vec::new();
        for content in read {
            let Some(content) = content? else { continue };
            let report = serde_json::from_slice::<ShopReport>(&content);
            lines.extend(report.ok().filter(|report| report.shop == shop.id).map(|r| DayLine::of(&r)));
        }
        Ok(lines)
    }
}
