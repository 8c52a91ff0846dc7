//! What counting changed: who counted, how many were there, how many the book had, and what that comes to together.

use super::LINES_MAX;
use super::parts::{Column, State, capped, moment, name, numbers, product, section, unknown, words};
use crate::reader::Reader;
use crate::shop::{CountCheck, CountLine, CountedBy, ShopReport};
use maud::{Markup, html};

/// The counts of the day.
pub(super) fn counts(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let Some(check) = &report.counts else {
        return section(texts.counts, &State::Unknown, reader, &html! { p.none { (unknown(reader)) } });
    };
    let state = match check.lines.len() {
        0 => State::Fine(texts.counts_none.trim_end_matches('.').to_owned()),
        _ => State::Plain(together(check, reader)),
    };
    section(texts.counts, &state, reader, &body(check, report, reader))
}

fn body(check: &CountCheck, report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    html! {
        @if check.lines.is_empty() { p.none { (texts.counts_none) } }
        @else {
            p.rule { (texts.counts_rule) }
            (capped(&columns(reader), &check.lines, LINES_MAX, reader, |line| row(line, report, reader)))
            p.more { strong { (together(check, reader)) } }
        }
        @if check.same > 0 { p.rule { ((texts.counts_same)(check.same)) } }
        @if check.first > 0 { p.rule { ((texts.counts_first)(check.first)) } }
    }
}

fn together(check: &CountCheck, reader: &Reader) -> String {
    let (more, fewer) = (reader.whole(check.more()), reader.whole(check.fewer()));
    (reader.texts.counts_sum)(&more, &fewer, &plus(check.net(), reader))
}

/// A difference with its sign, so that nobody takes it for a number of goods.
fn plus(difference: i64, reader: &Reader) -> String {
    let sign = if difference > 0 { "+" } else { "" };
    format!("{sign}{}", reader.signed(difference))
}

fn columns(reader: &Reader) -> [Column; 7] {
    let texts = reader.texts;
    [
        words(texts.product),
        words(texts.location),
        words(texts.counted_by),
        words(texts.counted_at),
        numbers(texts.counted),
        numbers(texts.expected),
        numbers(texts.difference),
    ]
}

fn row(line: &CountLine, report: &ShopReport, reader: &Reader) -> Vec<Markup> {
    let texts = reader.texts;
    let fewer = line.difference() < 0;
    vec![
        product(&line.product, line.sku.as_str()),
        name(report.location_name(&line.location)),
        html! {
            @match &line.by {
                CountedBy::Person => (texts.by_hand),
                CountedBy::Till { connection } => (name(report.connection_name(connection))),
            }
            @if line.sold > 0 { span.sub { ((texts.sold_meanwhile)(line.sold)) } }
        },
        moment(line.at, reader),
        html! { (reader.signed(line.counted)) },
        html! { (reader.signed(line.expected)) },
        html! { span.warn[fewer] { (plus(line.difference(), reader)) } },
    ]
}
