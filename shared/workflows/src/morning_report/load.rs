//! What a report reads beside the comparison: the days before it, what is short and since when, what was sold lately.

use super::MorningReport;
use super::came_right::Open;
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
use lambda_kit::objects::Objects;
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
    /// What earlier reports found wrong and left open.
    pub(super) open: Open,
    /// True where Amazon sends a bill for what is used.
    pub(super) is_billed: bool,
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
        let (history, open) = self.history(shop, day.date).await?;
        let now = (self.reconcile.passes.clock)();
        let found = whole.findings.connections.iter();
        let webhooks = found.map(|found| (found.connection.clone(), found.webhooks)).collect();
        let standing = Standing { passes: self.reconcile.how_passes_stand(shop).await?, webhooks };
        let told = self.reconcile.passes.table.load_told(&shop.id).await?.alerts;
        let wrong = self.reconcile.what_is_wrong(shop, None, &told, &standing, now).await?;
        let settlements = settlements::of_report(&self.reconcile.archive, &shop.id, &day).await?;
        let is_billed = matches!(self.reconcile.archive, Objects::S3(_));
        Ok(Loaded { day, shortfalls, sold, wrong, history, open, is_billed, settlements })
    }

    /// The days before by their reports, and what those left open; so does an earlier report of this very day. One that cannot
    /// be read, as a later version may have written it, is left out.
    async fn history(&self, shop: &Shop, day: Date) -> Result<(Vec<DayLine>, Open), Trouble> {
        let days = (0..=DAYS_MAX).rev().filter_map(|back| {
            let back = i32::try_from(back).ok()?;
            day.checked_sub(back.days()).ok()
        });
        let reads = days.map(async |day| {
            self.reconcile.archive.get(&format!("reports/{}/{day}/report.json", shop.id)).await
        });
        let read: Vec<_> = futures::stream::iter(reads).buffered(SIDE_BY_SIDE).collect().await;
        let (mut lines, mut open) = (Vec::new(), Open::default());
        for content in read {
            let Some(content) = content? else { continue };
            let report = serde_json::from_slice::<ShopReport>(&content);
            let Some(report) = report.ok().filter(|report| report.shop == shop.id) else { continue };
            let is_this_day = report.day == day;
            lines.extend((!is_this_day).then(|| DayLine::of(&report)));
            open.take(report, is_this_day);
        }
        Ok((lines, open))
    }
}
