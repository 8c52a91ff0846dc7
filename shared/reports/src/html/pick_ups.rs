//! What buyers came to stores for: how soon it was ready, what was not there and where it went, and how many never came.

use super::LINES_MAX;
use super::parts::{Column, State, capped, moment, name, section, unknown, words};
use crate::reader::Reader;
use crate::shop::{NotHereLine, PickUps, ShopReport};
use maud::{Markup, html};

/// The pick-ups of the day.
pub(super) fn pick_ups(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let Some(day) = &report.pick_ups else {
        return section(texts.pick_ups, &State::Unknown, reader, &html! { p.none { (unknown(reader)) } });
    };
    section(texts.pick_ups, &state(day, reader), reader, &body(day, report, reader))
}

fn state(day: &PickUps, reader: &Reader) -> State {
    let texts = reader.texts;
    match day.ready_percent() {
        _ if day.refused() > 0 => State::Look((texts.pick_ups_not_here)(day.moved(), day.refused())),
        Some(percent) => State::Plain((texts.pick_ups_in_time)(percent)),
        None => State::Plain((texts.pick_ups_asked)(day.asked)),
    }
}

fn body(day: &PickUps, report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    html! {
        p.rule { (texts.pick_ups_rule) }
        p { ((texts.pick_ups_asked)(day.asked)) @if day.judged > 0 { " " ((texts.pick_ups_ready)(day.ready_in_time, day.judged)) } }
        @if let Some(percent) = day.no_show_percent() {
            p { ((texts.pick_ups_no_shows)(day.no_shows, day.no_shows + day.collected, percent)) }
        }
        @if !day.not_here.is_empty() {
            p { ((texts.pick_ups_not_here)(day.moved(), day.refused())) }
            (capped(&columns(reader), &day.not_here, LINES_MAX, reader, |line| row(line, report, reader)))
        }
    }
}

fn columns(reader: &Reader) -> [Column; 6] {
    let texts = reader.texts;
    [
        words(texts.order),
        words(texts.location),
        words(texts.why),
        words(texts.not_here_by),
        words(texts.counted_at),
        words(texts.moved_to),
    ]
}

fn row(line: &NotHereLine, report: &ShopReport, reader: &Reader) -> Vec<Markup> {
    let moved = line.moved_to.as_ref();
    vec![
        html! { (name(line.order.as_str())) span.sub { (name(report.connection_name(&line.connection))) } },
        name(report.location_name(&line.location)),
        html! { (crate::pick_up_words::why(line.why, reader.language)) },
        name(&line.by),
        moment(line.at, reader),
        match moved {
            Some(store) => name(report.location_name(store)),
            None => html! { span.warn { (reader.texts.moved_nowhere) } },
        },
    ]
}
