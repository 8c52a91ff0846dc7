//! The short text that goes to the shop's phone in the morning: the day in a sentence, then what is to be done.

use crate::language::Language;
use crate::plain::visible;
use crate::reader::Reader;
use crate::shop::ShopReport;
use crate::summary::{Light, Summary};
use crate::to_do;

/// The longest message, in letters: what a person reads on a phone without scrolling much, with room for a link.
pub const MESSAGE_LETTERS_MAX: usize = 900;
/// The longest entry of the list, in letters.
const ENTRY_LETTERS_MAX: usize = 180;
/// The longest shop name, in letters.
const NAME_LETTERS_MAX: usize = 60;

/// The report as plain text of at most [`MESSAGE_LETTERS_MAX`] letters, without a link: whoever sends it adds one that
/// expires. What does not fit is counted in its last line.
pub fn message(report: &ShopReport, language: Language) -> String {
    let reader = Reader::new(language, &report.time_zone);
    let summary = Summary::of(report);
    let mut text = format!(
        "{} {}\n{}",
        mark(summary.light),
        short(&report.name, NAME_LETTERS_MAX),
        headline(report, &summary, &reader)
    );
    let entries: Vec<String> = to_do::of(report)
        .iter()
        .map(|to_do| entry(&(reader.texts.task)(&to_do.task, report, &reader)))
        .collect();
    for (place, line) in entries.iter().enumerate() {
        let rest = (reader.texts.more_to_do)((entries.len() - place) as u64);
        // Room is kept for the line that counts what was left out: two ends of line, its mark and its blank.
        if text.chars().count() + line.chars().count() + rest.chars().count() + 4 > MESSAGE_LETTERS_MAX {
            text.push_str(&format!("\n… {rest}"));
            break;
        }
        text.push_str(&format!("\n{line}"));
    }
    text
}

fn mark(light: Light) -> &'static str {
    match light {
        Light::Green => "🟢",
        Light::Yellow => "🟡",
        Light::Red => "🔴",
    }
}

fn entry((what, how): &(String, String)) -> String {
    short(&format!("• {}. {how}", what.trim_end_matches('.')), ENTRY_LETTERS_MAX)
}

fn short(text: &str, letters_max: usize) -> String {
    let mut letters = visible(text);
    let mut short: String = letters.by_ref().take(letters_max.saturating_sub(1)).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

/// The day in one sentence that a shopkeeper reads in passing.
pub(crate) fn headline(report: &ShopReport, summary: &Summary, reader: &Reader) -> String {
    let texts = reader.texts;
    let orders = summary.orders.map_or(texts.orders_not_measured.to_owned(), texts.orders_in_all);
    let mut parts = vec![orders, proof(summary, reader)];
    if summary.not_compared > 0 && summary.compared > 0 {
        parts.push((texts.channels_not_compared)(summary.not_compared));
    }
    parts.push(match summary.oversold_units {
        None => texts.oversold_not_measured.to_owned(),
        Some(0) => texts.oversold_none.to_owned(),
        Some(units) => (texts.oversold_units)(units),
    });
    let to_do = match summary.to_do {
        0 if summary.light == Light::Green => texts.to_do_none.to_owned(),
        0 => texts.to_do_unknown.to_owned(),
        tasks => (texts.to_do_count)(tasks),
    };
    format!("{}: {}. {to_do}.", reader.day_called(report.day, report.made_at), parts.join(", "))
}

fn proof(summary: &Summary, reader: &Reader) -> String {
    match (summary.same, summary.listed) {
        (Some(same), Some(listed)) if summary.orders_unexplained == Some(0) => {
            (reader.texts.same_as_channels)(same, listed)
        }
        (Some(same), Some(listed)) => (reader.texts.not_same_as_channels)(same, listed),
        _ => reader.texts.no_list_compared.to_owned(),
    }
}
