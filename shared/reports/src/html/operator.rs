//! The operator's page: one line per shop, the one that needs help most on top.

use super::head::disc;
use super::parts::{Column, light_class, light_words, name, numbers, row, sheet, unknown, words};
use crate::language::Language;
use crate::operator::{OperatorPage, ShopLine, worst_first};
use crate::reader::Reader;
use crate::summary::Light;
use maud::{Markup, html};

/// Where the age of the oldest stale listing stands among a shop's troubles: it is a time, the others are counts.
const AGE: usize = 6;

/// All shops as a page that needs nothing but itself, worst first by [`ShopLine::trouble`].
pub fn operator_html(page: &OperatorPage, language: Language) -> String {
    let reader = Reader::new(language, &page.time_zone);
    let texts = reader.texts;
    let red = page.shops.iter().filter(|line| line.light == Some(Light::Red)).count() as u64;
    let body = html! {
        header {
            p.eyebrow { (texts.morning_report) }
            h1 { (texts.all_shops) }
            p.meta {
                ((texts.shops_counts)(page.shops.len() as u64, red)) " · "
                (texts.made_at) " " (reader.moment(page.made_at)) " · " (texts.times_in) " " (name(&reader.zone_name))
            }
        }
        (lights(page, &reader))
        section.card.shops {
            p.rule { (texts.order_rule) " · = 0." }
            @if page.shops.is_empty() { p.none { (texts.shops_none) } } @else { (shops(page, &reader)) }
        }
    };
    sheet(texts.all_shops, &reader, &body)
}

/// How many shops of each light.
fn lights(page: &OperatorPage, reader: &Reader) -> Markup {
    let counted = |light: Option<Light>| page.shops.iter().filter(|line| line.light == light).count() as u64;
    html! {
        ul.lights {
            @for light in [Light::Red, Light::Yellow, Light::Green] {
                li.(light_class(light)) {
                    span.badge { (disc(light)) (light_words(light, reader)) }
                    strong { (reader.whole(counted(Some(light)))) }
                }
            }
            @if counted(None) > 0 {
                li.card { span.badge { (reader.texts.no_report) } strong { (reader.whole(counted(None))) } }
            }
        }
    }
}

fn columns(reader: &Reader) -> Vec<Column> {
    let texts = reader.texts;
    let mut columns = vec![words(texts.shop), numbers(texts.orders)];
    columns.extend(texts.operator_columns.map(numbers));
    columns.push(numbers(texts.cost_thousand));
    columns
}

fn shops(page: &OperatorPage, reader: &Reader) -> Markup {
    let columns = columns(reader);
    html! {
        table role="table" {
            thead { tr role="row" { @for column in &columns { (column.head()) } } }
            tbody { @for line in worst_first(page) { tr role="row" { (row(&columns, &cells(line, reader))) } } }
        }
    }
}

fn cells(line: &ShopLine, reader: &Reader) -> Vec<Markup> {
    let mut cells = vec![shop(line, reader)];
    if line.day.is_none() {
        return cells;
    }
    cells.push(line.orders.map_or_else(|| unknown(reader), |orders| html! { (reader.whole(orders)) }));
    cells.extend(line.troubles().iter().enumerate().map(|(place, trouble)| measure(place, *trouble, reader)));
    let cost = line.nano_usd_per_thousand_orders;
    cells.push(cost.map_or_else(|| unknown(reader), |nano| html! { (reader.dollars(nano)) }));
    cells
}

fn measure(place: usize, trouble: Option<u64>, reader: &Reader) -> Markup {
    match trouble {
        None => unknown(reader),
        // A row of noughts would hide the numbers that matter.
        Some(0) => html! { span.zero role="img" aria-label="0" { "·" } },
        Some(ms) if place == AGE => html! { (reader.span_ms(ms)) },
        Some(number) => html! { strong.bad[place < 3].warn[place >= 3] { (reader.whole(number)) } },
    }
}

fn shop(line: &ShopLine, reader: &Reader) -> Markup {
    let title = match line.link.as_deref().filter(|link| is_safe(link)) {
        Some(link) => html! { a href=(link) { (name(&line.name)) } },
        None => name(&line.name),
    };
    let light = line.light.map(|light| (light_class(light), light_words(light, reader)));
    html! {
        (title)
        span.sub {
            @match light {
                Some((class, words)) => { span.dot.(class) {} (words) },
                None => span.unknown { (reader.texts.no_report) },
            }
            @if let Some(day) = line.day { " · " (reader.short_date(day)) }
        }
    }
}

/// Only `https` and paths beside this page: an address from a file must not run anything, nor lead to another host
/// without saying so.
fn is_safe(link: &str) -> bool {
    let path = link.split(['?', '#', '/']).next().unwrap_or_default();
    let plain = !link.chars().any(|letter| letter.is_control() || letter.is_whitespace() || letter == '\\');
    plain
        && !link.is_empty()
        && (link.starts_with("https://") || (!path.contains(':') && !link.starts_with("//")))
}
