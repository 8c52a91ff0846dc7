//! The first screen: one sentence with its light, what is to be done, and the six numbers that people ask for.

use super::parts::{count_if, light_class, light_sign, light_words, name, unknown};
use crate::history;
use crate::message::headline;
use crate::reader::Reader;
use crate::shop::{Sharing, ShopReport};
use crate::summary::{Light, Summary};
use crate::to_do::{self, Urgency};
use jiff::civil::Date;
use maud::{Markup, html};

/// Shop, day and when the report was made.
pub(super) fn head(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    html! {
        header {
            p.eyebrow { (texts.morning_report) }
            h1 { (name(&report.name)) }
            p.meta {
                (weekday(report.day, reader)) ", " (reader.date(report.day)) " · "
                (texts.made_at) " " (reader.moment(report.made_at)) " · "
                (texts.times_in) " " (name(&reader.zone_name))
            }
        }
    }
}

fn weekday(day: Date, reader: &Reader) -> &'static str {
    let place = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    reader.texts.weekdays.get(place).copied().unwrap_or_default()
}

/// The light and the sentence.
pub(super) fn hero(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    html! {
        section.hero.(light_class(summary.light)) {
            p.badge { (disc(summary.light)) (light_words(summary.light, reader)) }
            p.sentence { (headline(report, summary, reader)) }
            (pool_warning(report, reader))
        }
    }
}

/// A disc with the light's sign in it, so that it also tells without colour.
pub(super) fn disc(light: Light) -> Markup {
    let line = match light {
        Light::Green => "M5 9.5l3 3 5.5-6.5",
        Light::Yellow => "M9 4.5v5.2M9 12.6v.9",
        Light::Red => "M6 6l6 6M12 6l-6 6",
    };
    html! {
        svg viewBox="0 0 18 18" aria-hidden="true" {
            circle cx="9" cy="9" r="9" fill="currentColor" {}
            path d=(line) fill="none" stroke-width="2" stroke-linecap="round" {}
        }
    }
}

/// The report says where "never sold twice" is not promised.
fn pool_warning(report: &ShopReport, reader: &Reader) -> Markup {
    let pooled = report.connections.iter().filter(|day| day.sharing == Sharing::Pool);
    let names: Vec<String> = pooled.map(|day| crate::plain::shown(&day.name)).collect();
    html! { @if !names.is_empty() { p.warning { ((reader.texts.pool_warning)(&names.join(", "))) } } }
}

/// What is to be done, most urgent first. Nothing is drawn on a day without tasks: the sentence says so.
pub(super) fn to_do(report: &ShopReport, reader: &Reader) -> Markup {
    let tasks = to_do::of(report);
    if tasks.is_empty() {
        return html! {};
    }
    html! {
        section.todo.card {
            h2 { (reader.texts.to_do) }
            ol {
                @for to_do in tasks.iter().take(super::LINES_MAX) {
                    @let (what, how) = (reader.texts.task)(&to_do.task, report, reader);
                    li.soon[to_do.urgency == Urgency::Soon] { strong { (what) } span.how { (how) } }
                }
            }
            (super::parts::more(tasks.len(), super::LINES_MAX, reader))
        }
    }
}

struct Tile {
    label: &'static str,
    value: Markup,
    note: Markup,
}

/// The six numbers.
pub(super) fn tiles(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    let tiles = [
        orders(report, summary, reader),
        revenue(summary, reader),
        same(summary, reader),
        oversold(summary, reader),
        drift(report, summary, reader),
        fresh(summary, reader),
    ];
    html! {
        ul.tiles {
            @for tile in tiles {
                li.card {
                    span.label { (tile.label) }
                    (tile.value)
                    span.note { (tile.note) }
                }
            }
        }
    }
}

fn value(shown: &Markup) -> Markup {
    html! { span.value { (shown) } }
}

fn orders(report: &ShopReport, summary: &Summary, reader: &Reader) -> Tile {
    let before = history::day_before(report).and_then(|line| line.orders);
    let note = match (summary.orders, before) {
        (Some(now), Some(before)) => {
            let change = i64::try_from(now)
                .unwrap_or(i64::MAX)
                .saturating_sub(i64::try_from(before).unwrap_or(i64::MAX));
            let plus = if change > 0 { "+" } else { "" };
            format!("{plus}{} {}", reader.signed(change), reader.texts.against_day_before)
        }
        _ => String::new(),
    };
    let value = value(&count_if(summary.orders, reader));
    Tile { label: reader.texts.orders, value, note: html! { (note) } }
}

fn revenue(summary: &Summary, reader: &Reader) -> Tile {
    let note = match (summary.cancels, summary.returns) {
        (Some(cancels), Some(returns)) => {
            let texts = reader.texts;
            let (cancels, returns) = (reader.whole(cancels), reader.whole(returns));
            format!("{} {cancels}, {} {returns}", texts.cancels, texts.returns.to_lowercase())
        }
        _ => String::new(),
    };
    let value = html! {
        @if summary.revenue.is_empty() { (value(&unknown(reader))) }
        @for money in &summary.revenue { span.value.small { (reader.money(*money)) } }
    };
    Tile { label: reader.texts.revenue, value, note: html! { (note) } }
}

fn same(summary: &Summary, reader: &Reader) -> Tile {
    let shown = match (summary.same, summary.listed) {
        (Some(same), Some(listed)) => html! { (reader.whole(same)) "/" (reader.whole(listed)) },
        _ => unknown(reader),
    };
    let mended = summary.orders_mended.filter(|orders| *orders > 0).map(reader.texts.mended);
    let note = match summary.orders_unexplained {
        Some(orders) if orders > 0 => html! { span.bad { ((reader.texts.verdict_differs)(orders)) } },
        _ => html! { (mended.unwrap_or_default()) },
    };
    Tile { label: reader.texts.tile_same, value: value(&shown), note }
}

fn oversold(summary: &Summary, reader: &Reader) -> Tile {
    let bad = summary.oversold_units.is_some_and(|units| units > 0);
    let shown = html! { span.bad[bad] { (count_if(summary.oversold_units, reader)) } };
    let note = match summary.short_units {
        Some(units) if units > 0 => html! { (reader.texts.shortfalls) ": " (reader.whole(units)) },
        _ => html! {},
    };
    Tile { label: reader.texts.oversells, value: value(&shown), note }
}

fn drift(report: &ShopReport, summary: &Summary, reader: &Reader) -> Tile {
    let note = match (&report.drift, summary.drift_found, summary.drift_healed) {
        (_, Some(found), Some(healed)) if found > 0 => (reader.texts.healed_of)(healed, found),
        (Some(check), _, _) => (reader.texts.listings_read)(check.compared),
        _ => String::new(),
    };
    let value = value(&count_if(summary.drift_found, reader));
    Tile { label: reader.texts.drift, value, note: html! { (note) } }
}

fn fresh(summary: &Summary, reader: &Reader) -> Tile {
    let shown = summary.freshness_p99_ms.map_or_else(|| unknown(reader), |ms| html! { (reader.span_ms(ms)) });
    let note = match summary.oldest_stale_ms {
        Some(ms) if ms > 0 => format!("{}: {}", reader.texts.oldest_stale, reader.span_ms(ms)),
        _ => String::new(),
    };
    Tile { label: reader.texts.tile_fresh, value: value(&shown), note: html! { (note) } }
}

/// A light's sign for narrow places.
pub(super) fn sign(light: Light) -> &'static str {
    light_sign(light)
}
