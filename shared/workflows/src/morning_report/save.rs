//! The pages of a day: each object replaces the one of an earlier report of the same day; days before stay as they are.

use super::{Made, MorningReport};
use crate::reconcile::Trouble;
use commerce::ids::ShopId;
use jiff::civil::Date;
use reports::language::Language;
use reports::shop::ShopReport;

/// Where the page of a day lies.
pub fn page_name(shop: &ShopId, day: Date, language: Language) -> String {
    format!("reports/{shop}/{day}/{}.html", language.code())
}

/// A report's files by their name within the day's folder; `report.json` is the last one.
pub fn files(report: &ShopReport) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
    let page = |language: Language| {
        let text = reports::html(report, language);
        (format!("{}.html", language.code()), text.into_bytes())
    };
    let mut files: Vec<(String, Vec<u8>)> = Language::ALL.into_iter().map(page).collect();
    files.extend(reports::csv(report).into_iter().map(|(name, text)| (name, text.into_bytes())));
    let json = reports::json(report).map_err(|error| Trouble::Shop(error.to_string()))?;
    files.push(("report.json".to_owned(), json.into_bytes()));
    Ok(files)
}

impl MorningReport {
    /// Keeps the report's files and the counts beside it, then draws the operator's page of that day. Doing it again is safe.
    pub async fn save(&self, made: &Made) -> Result<(), Trouble> {
        let Made { report, sold } = made;
        self.keep_sold(&report.shop, sold).await?;
        for (name, content) in files(report)? {
            self.reconcile
                .archive
                .put(&format!("reports/{}/{}/{name}", report.shop, report.day), content)
                .await?;
        }
        self.show_operator(report).await
    }
}
