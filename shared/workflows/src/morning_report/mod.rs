//! The morning report of a shop: filled from a comparison and the book, kept as pages by date, and told to people.
//!
//! Load (`load`: the days before, what is short, what was sold lately, settlement files) → decide (`fill` with [`supply`], `sales`,
//! `oversells`: pure) → save (`save`, `operator`: pages of the day, in place of earlier ones) → tell (`tell`: one short
//! message with a link). The function that compares shops at night and `hopkenh report` both go through
//! [`MorningReport::make`] and [`MorningReport::save`].

mod came_right;
mod cost;
mod counts;
mod day_lines;
mod fill;
mod load;
mod names;
mod operator;
mod oversells;
mod pick_ups;
mod sales;
mod save;
mod settlements;
mod shortfalls;
mod sold;
pub mod supply;
mod tell;
#[cfg(test)]
mod tests;
mod words;

pub use save::{files, page_name};
pub use tell::Told;
pub(crate) use words::parked;

use crate::reconcile::{Reconcile, Trouble, Whole};
use commerce::catalogue::Shop;
use lambda_kit::shops::Shops;
use reports::shop::ShopReport;

/// What this work needs is what a comparison has: the book, the archive, the clock and a way out.
#[derive(Clone)]
pub struct MorningReport {
    reconcile: Reconcile,
}

impl MorningReport {
    /// Beside a comparison.
    pub fn beside(reconcile: &Reconcile) -> Self {
        Self { reconcile: reconcile.clone() }
    }

    /// The report of the day that was compared, and what it read of earlier days for the next ones. Writes nothing.
    pub async fn make(&self, shop: &Shop, whole: &Whole) -> Result<Made, Trouble> {
        let loaded = self.load(shop, whole).await?;
        let report = fill::report(shop, whole, &loaded);
        Ok(Made { report, sold: loaded.sold })
    }

    /// All of it after a night's comparison: made, kept, and told once. Whoever asks for it at another time makes and keeps
    /// it, and tells nobody.
    pub async fn publish(
        &self,
        shops: &Shops,
        shop: &Shop,
        whole: &Whole,
        tells: bool,
    ) -> Result<ShopReport, Trouble> {
        let made = self.make(shop, whole).await?;
        self.save(&made).await?;
        if tells {
            self.tell(shops, shop, &made.report).await?;
        }
        Ok(made.report)
    }
}

/// A report that was made, with what is kept beside it.
#[derive(Debug, Clone)]
pub struct Made {
    /// The report.
    pub report: ShopReport,
    sold: sold::Sold,
}
