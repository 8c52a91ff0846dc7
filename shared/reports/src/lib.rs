//! The pages people open in the morning: a shop's report, and the operator's list of all shops, worst first.
//!
//! This crate only *draws*. It reads no table, asks no channel, sends nothing and has no clock: whoever compares orders
//! and stock fills a [`shop::ShopReport`], and everything here is a pure function of it. Read in this order: [`shop`] (the
//! data of one shop's day), [`summary`] (the few numbers it comes to, and the light), [`to_do`] (what a person is to do),
//! [`history`] (a day in one line), [`operator`] (all shops). Then the forms: [`html`], [`csv`], [`json`], [`message`] and
//! [`operator_html`]. [`sample`] is a made-up day that shows everything. Beside the report stand the pages that a store's
//! people work with, [`counter`], and the sentences that all doors share, [`goods_words`].
//!
//! What was not measured is `None` or a variant that says so, and the page says "chưa đo". It is never 0.

mod csv;
mod html;
mod message;
mod numbers;
mod plain;
mod reader;
mod short;
mod texts;

pub mod counter;
pub mod goods_words;
pub mod history;
pub mod language;
pub mod operator;
pub mod pick_up_words;
pub mod sample;
pub mod shop;
pub mod summary;
pub mod to_do;

pub use csv::{COLUMNS, csv};
pub use html::{DIFFERENCE_LINES_MAX, DRIFT_LINES_MAX, LINES_MAX, html, operator_html};
pub use language::{Language, Said};
pub use message::{MESSAGE_LETTERS_MAX, message};
pub use plain::called_shortly;
pub use short::{Short, short};

use shop::ShopReport;

/// The report as JSON text, with every field; it reads back as the same report. Fails only where a value cannot be
/// written as JSON, which no field of the report does.
pub fn json(report: &ShopReport) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report)
}

#[cfg(test)]
mod tests;
