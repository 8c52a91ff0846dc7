//! The operator's page of a day: all shops, worst first, drawn anew with each shop that is done.
//!
//! Each shop's line is an object of its own, so that no shop's report is opened for another, and one that fails is a line
//! that says so.

use super::MorningReport;
use crate::every_shop::every_shop;
use crate::reconcile::Trouble;
use commerce::reconcile::SHOP_ZONE;
use futures::StreamExt;
use jiff::civil::Date;
use reports::language::Language;
use reports::operator::{OperatorPage, ShopLine};
use reports::shop::ShopReport;

/// How many lines are read side by side.
const SIDE_BY_SIDE: usize = 16;
/// How often the page is drawn when other shops finish meanwhile; the next shop that finishes draws it again.
const DRAWN_MAX: usize = 3;

/// The folder of the operator's pages; no shop has this name.
const OPERATOR: &str = table::keys::OPERATOR;

impl MorningReport {
    /// Keeps this shop's line, and draws the page from all lines of the day.
    pub(super) async fn show_operator(&self, report: &ShopReport) -> Result<(), Trouble> {
        let day = report.day;
        let line = serde_json::to_vec(&ShopLine::of(report, Some(link(report))));
        let line = line.map_err(|error| Trouble::Shop(error.to_string()))?;
        self.reconcile.archive.put(&format!("reports/{OPERATOR}/{day}/{}.json", report.shop), line).await?;
        for _ in 0..DRAWN_MAX {
            let before = self.lines_there(day).await?;
            let page = OperatorPage {
                made_at: (self.reconcile.passes.clock)(),
                time_zone: SHOP_ZONE.to_owned(),
                shops: self.lines(day).await?,
            };
            let text = reports::operator_html(&page, Language::Vi);
            self.reconcile.archive.put(&format!("reports/{OPERATOR}/{day}.html"), text.into_bytes()).await?;
            if self.lines_there(day).await? == before {
                break;
            }
        }
        Ok(())
    }

    async fn lines_there(&self, day: Date) -> Result<usize, Trouble> {
        Ok(self.reconcile.archive.list(&format!("reports/{OPERATOR}/{day}/")).await?.len())
    }

    /// One line for every shop there is; a shop whose line is missing or cannot be read has no report.
    async fn lines(&self, day: Date) -> Result<Vec<ShopLine>, Trouble> {
        let passes = &self.reconcile.passes;
        let reads = every_shop(&passes.shops, &passes.table).await?.into_iter().map(async |(shop, name)| {
            let content = self.reconcile.archive.get(&format!("reports/{OPERATOR}/{day}/{shop}.json")).await;
            let content = content.map_err(|error| {
                tracing::warn!(%shop, %error, "the shop's line is not on the operator's page");
            });
            let line = content.ok().flatten().and_then(|content| serde_json::from_slice(&content).ok());
            line.unwrap_or_else(|| ShopLine::without_report(shop, &name))
        });
        Ok(futures::stream::iter(reads).buffered(SIDE_BY_SIDE).collect().await)
    }
}

/// Where a shop's page lies, seen from the operator's.
fn link(report: &ShopReport) -> String {
    format!("../{}/{}/{}.html", report.shop, report.day, Language::Vi.code())
}
