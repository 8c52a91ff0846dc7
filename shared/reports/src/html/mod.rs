//! The pages as HTML: one file each that loads nothing and runs nothing, for a phone first.

mod charts;
mod counts;
mod head;
mod operator;
mod orders;
mod parts;
mod pick_ups;
mod running;
mod stock;
mod supply;

pub use operator::operator_html;

use crate::language::Language;
use crate::reader::Reader;
use crate::shop::ShopReport;
use crate::summary::Summary;

/// The most drift lines on a page; the CSV file holds all.
pub const DRIFT_LINES_MAX: usize = 60;
/// The most orders that differed, for one connection on a page.
pub const DIFFERENCE_LINES_MAX: usize = 60;
/// The most lines of any other list on a page.
pub const LINES_MAX: usize = 40;

/// The morning report as a page that needs nothing but itself: no script, no font, no picture from outside. It passes the
/// policy `default-src 'none'; style-src 'unsafe-inline'`. All texts of others are escaped, lists are cut at named limits
/// and say how many lines are left out.
pub fn html(report: &ShopReport, language: Language) -> String {
    let reader = Reader::new(language, &report.time_zone);
    let summary = Summary::of(report);
    let title = format!("{} · {}", report.name, reader.date(report.day));
    let body = maud::html! {
        (head::head(report, &reader))
        (head::hero(report, &summary, &reader))
        (head::to_do(report, &reader))
        (head::tiles(report, &summary, &reader))
        (charts::all(report, &summary, &reader))
        (orders::proof(report, &summary, &reader))
        (orders::sales(report, &summary, &reader))
        (stock::shorts(report, &summary, &reader))
        (stock::drift(report, &summary, &reader))
        (counts::counts(report, &reader))
        (pick_ups::pick_ups(report, &reader))
        (running::parked(report, &summary, &reader))
        (stock::stranded(report, &reader))
        (supply::low_stock(report, &reader))
        (supply::suggestions(report, &reader))
        (running::connections(report, &summary, &reader))
        (running::alerts(report, &reader))
        (stock::ledger(report, &reader))
        (supply::cost(report, &reader))
    };
    parts::sheet(&title, &reader, &body)
}
