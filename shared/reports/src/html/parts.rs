//! The pieces that every page is put together from: the sheet, sections that open, tables that fold on a phone.

use crate::plain::shown;
use crate::reader::Reader;
use crate::shop::Short;
use crate::summary::Light;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");
/// Nothing from outside may load, and nothing may run; the server's header should say the same.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A whole page that needs nothing but itself.
pub(super) fn sheet(title: &str, reader: &Reader, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(reader.language.code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (shown(title)) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) footer { "Hợp Kênh" } } }
        }
    };
    page.into_string()
}

/// A text of others: escaped, stripped of marks that turn the writing, and kept from turning its neighbours.
pub(super) fn name(text: &str) -> Markup {
    html! { bdi { (shown(text)) } }
}

/// A moment, which never stands on two lines.
pub(super) fn moment(at: commerce::Timestamp, reader: &Reader) -> Markup {
    html! { span.at { (reader.moment(at)) } }
}

/// A product's code with its whole name behind it. A name never stands in place of the code.
pub(super) fn product(called: &str, code: &str) -> Markup {
    html! {
        span.product {
            @if code.is_empty() { (name(called)) } @else { (name(code)) }
            @if !code.is_empty() && !called.is_empty() && called != code { span.called { "\u{a0}· " (name(called)) } }
        }
    }
}

/// What was not measured says so; it is never a number.
pub(super) fn unknown(reader: &Reader) -> Markup {
    html! { span.unknown { (reader.texts.not_measured) } }
}

/// A count, quiet where it is nought.
pub(super) fn count(number: u64, reader: &Reader) -> Markup {
    if number == 0 {
        html! { span.zero { "0" } }
    } else {
        html! { (reader.whole(number)) }
    }
}

/// A count that may not have been measured.
pub(super) fn count_if(number: Option<u64>, reader: &Reader) -> Markup {
    number.map_or_else(|| unknown(reader), |number| count(number, reader))
}

/// How a section stands, told beside its title.
pub(super) enum State {
    /// Looked at and fine.
    Fine(String),
    /// To be looked at.
    Look(String),
    /// Wrong.
    Wrong(String),
    /// Says something, judges nothing.
    Plain(String),
    /// Not looked at.
    Unknown,
}

/// A section that opens by itself only where something is not fine.
pub(super) fn section(title: &str, state: &State, reader: &Reader, body: &Markup) -> Markup {
    let open = matches!(state, State::Look(_) | State::Wrong(_));
    html! {
        details.part.card open[open] {
            summary { h2 { (title) } (told(state, reader)) }
            div.body { (body) }
        }
    }
}

fn told(state: &State, reader: &Reader) -> Markup {
    match state {
        State::Fine(text) => html! { span.state.ok { (text) } },
        State::Look(text) => html! { span.state.warn { (text) } },
        State::Wrong(text) => html! { span.state.bad { (text) } },
        State::Plain(text) => html! { span.state { (text) } },
        State::Unknown => html! { span.state { (unknown(reader)) } },
    }
}

/// A column of a table.
#[derive(Clone, Copy)]
pub(super) struct Column {
    title: &'static str,
    class: &'static str,
}

impl Column {
    /// Its title as a head cell.
    pub(super) fn head(&self) -> Markup {
        html! { th.(self.class) scope="col" role="columnheader" { (self.title) } }
    }
}

/// A column of words.
pub(super) fn words(title: &'static str) -> Column {
    Column { title, class: "" }
}

/// A column of long words, which on a phone take a line of their own.
pub(super) fn wide(title: &'static str) -> Column {
    Column { title, class: "wide" }
}

/// A column of numbers.
pub(super) fn numbers(title: &'static str) -> Column {
    Column { title, class: "n" }
}

/// A column of numbers that on a phone stand two by two.
pub(super) fn halves(title: &'static str) -> Column {
    Column { title, class: "n half" }
}

/// A table. On a phone each row becomes a small card with the columns' titles beside the values; the roles keep it a
/// table for whoever listens to it.
pub(super) fn table(columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table role="table" {
            thead { tr role="row" { @for column in columns { (column.head()) } } }
            tbody { @for cells in rows { tr role="row" { (row(columns, cells)) } } }
        }
    }
}

/// The cells of a row; the first names it.
pub(super) fn row(columns: &[Column], cells: &[Markup]) -> Markup {
    html! {
        @for (place, (column, cell)) in columns.iter().zip(cells).enumerate() {
            @if place == 0 { th scope="row" role="rowheader" { (cell) } }
            @else { td.(column.class) role="cell" data-label=(column.title) { span { (cell) } } }
        }
    }
}

/// A table of at most so many lines, and how many more there are.
pub(super) fn capped<T>(
    columns: &[Column],
    lines: &[T],
    lines_max: usize,
    reader: &Reader,
    cells: impl Fn(&T) -> Vec<Markup>,
) -> Markup {
    let rows: Vec<Vec<Markup>> = lines.iter().take(lines_max).map(cells).collect();
    html! { (table(columns, &rows)) (more(lines.len(), lines_max, reader)) }
}

/// The line that says how many were left out.
pub(super) fn more(lines: usize, lines_max: usize, reader: &Reader) -> Markup {
    let left = lines.saturating_sub(lines_max) as u64;
    html! { @if left > 0 { p.more { ((reader.texts.more_lines)(left)) } } }
}

/// The class of a light.
pub(super) fn light_class(light: Light) -> &'static str {
    match light {
        Light::Green => "green",
        Light::Yellow => "yellow",
        Light::Red => "red",
    }
}

/// What a light means, in words: colour alone tells nobody who cannot see it.
pub(super) fn light_words(light: Light, reader: &Reader) -> &'static str {
    match light {
        Light::Green => reader.texts.light_green,
        Light::Yellow => reader.texts.light_yellow,
        Light::Red => reader.texts.light_red,
    }
}

/// The sign of a light: a tick, an exclamation mark, a cross.
pub(super) fn light_sign(light: Light) -> &'static str {
    match light {
        Light::Green => "✓",
        Light::Yellow => "!",
        Light::Red => "✕",
    }
}

/// A deadline, marked where it is over.
pub(super) fn deadline(short: &Short, now: commerce::Timestamp, reader: &Reader) -> Markup {
    let at = reader.moment(short.deadline);
    if short.deadline <= now {
        html! { span.bad { span.at { (at) } " · " (reader.texts.past_deadline) } }
    } else {
        html! { span.at { (at) } }
    }
}
