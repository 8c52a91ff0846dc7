//! The day in a few words and figures, for places that hold one each.

use crate::language::Language;
use crate::message::headline;
use crate::reader::Reader;
use crate::shop::ShopReport;
use crate::summary::Summary;

/// A day as texts of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// How many orders, or that they were not measured.
    pub orders: String,
    /// What was sold, one amount per currency, or that it was not measured.
    pub revenue: String,
    /// How many things a person is to do.
    pub to_do: String,
    /// The day in a sentence.
    pub headline: String,
}

/// The day of a report.
pub fn short(report: &ShopReport, language: Language) -> Short {
    let reader = Reader::new(language, &report.time_zone);
    let summary = Summary::of(report);
    let not_measured = || reader.texts.not_measured.to_owned();
    let amounts: Vec<String> = summary.revenue.iter().map(|amount| reader.money(*amount)).collect();
    Short {
        orders: summary.orders.map_or_else(not_measured, |orders| orders.to_string()),
        revenue: if amounts.is_empty() { not_measured() } else { amounts.join(" + ") },
        to_do: summary.to_do.to_string(),
        headline: headline(report, &summary, &reader),
    }
}
