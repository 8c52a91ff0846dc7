//! The pictures: orders hour by hour, channels by their share, the last days. Bars are drawn, words stay words.

use super::head::sign;
use super::parts::{light_class, light_words, name, product};
use crate::history::{DAYS_MAX, DayLine};
use crate::reader::Reader;
use crate::shop::{DaysOfCover, ShopReport};
use crate::summary::{self, Summary};
use maud::{Markup, html};

const HOURS: usize = 24;
/// Height of a drawing in its own units.
const HEIGHT: u64 = 100;

/// The pictures of the first screen; each only where there is something to draw.
pub(super) fn all(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    html! {
        div.charts {
            (hours(report, reader))
            (shares(report, summary, reader))
            (days(report, reader))
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Bar {
    orders: u64,
    differs: bool,
}

fn bars(report: &ShopReport, reader: &Reader) -> Option<[Bar; HOURS]> {
    let mut bars = [Bar::default(); HOURS];
    let mut any = false;
    for hour in report.connections.iter().flat_map(|day| day.hours.iter().flatten()) {
        any = true;
        let Some(bar) = bars.get_mut(reader.hour_of(hour.from)) else { continue };
        bar.orders = bar.orders.saturating_add(hour.ours.orders);
        bar.differs |= hour.theirs.is_some_and(|theirs| theirs.orders != hour.ours.orders);
    }
    any.then_some(bars)
}

fn hours(report: &ShopReport, reader: &Reader) -> Markup {
    let Some(bars) = bars(report, reader) else { return html! {} };
    let all: u64 = bars.iter().map(|bar| bar.orders).sum();
    let (busiest, most) = busiest(&bars);
    let told = (reader.texts.chart_hours_sum)(all, busiest, most);
    html! {
        figure.card.hours {
            figcaption { (reader.texts.chart_hours) span { (told) } }
            svg viewBox="0 0 240 100" preserveAspectRatio="none" role="img" {
                title { (reader.texts.chart_hours) ": " (told) }
                @for (hour, bar) in bars.iter().enumerate() { (hour_bar(hour, *bar, most, reader)) }
            }
            div.ticks aria-hidden="true" { span { "0h" } span { "6h" } span { "12h" } span { "18h" } span { "24h" } }
            @if bars.iter().any(|bar| bar.differs) {
                p.legend {
                    svg viewBox="0 0 10 10" aria-hidden="true" { rect.bar.wrong width="10" height="10" rx="2" {} }
                    (reader.texts.chart_hour_differs)
                }
            }
        }
    }
}

/// The first of the busiest hours.
fn busiest(bars: &[Bar; HOURS]) -> (usize, u64) {
    let mut found = (0, 0);
    for (hour, bar) in bars.iter().enumerate() {
        if bar.orders > found.1 {
            found = (hour, bar.orders);
        }
    }
    found
}

fn hour_bar(hour: usize, bar: Bar, most: u64, reader: &Reader) -> Markup {
    let height = scaled(bar.orders, most, HEIGHT);
    // A difference in an hour without orders of ours would else be invisible.
    let height = if bar.differs { height.max(3) } else { height };
    html! {
        @if height > 0 {
            rect.bar.wrong[bar.differs] x=(hour * 10 + 1) y=(HEIGHT - height) width="8" height=(height) {
                title {
                    ((reader.texts.chart_hour)(hour, bar.orders))
                    @if bar.differs { ", " (reader.texts.chart_hour_differs) }
                }
            }
        }
    }
}

/// `number` of `most` as a length, at least 1 where it is not nought.
fn scaled(number: u64, most: u64, length: u64) -> u64 {
    let scaled = u128::from(number) * u128::from(length) / u128::from(most.max(1));
    u64::try_from(scaled).unwrap_or(length).clamp(u64::from(number > 0), length)
}

fn shares(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    let Some(all) = summary.orders.filter(|orders| *orders > 0) else { return html! {} };
    let mut lines: Vec<(&str, u64)> = report
        .connections
        .iter()
        .filter_map(|day| Some((day.name.as_str(), summary::orders(day)?)))
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.1));
    html! {
        figure.card {
            figcaption { (reader.texts.chart_shares) }
            ul.rows {
                @for (channel, orders) in lines.iter().take(super::LINES_MAX) {
                    li {
                        span { (name(channel)) }
                        span.of { (reader.whole(*orders)) small { (reader.percent(*orders, all)) } }
                        (rail(scaled(*orders, all, 1_000), "", &reader.percent(*orders, all)))
                    }
                }
            }
        }
    }
}

/// A bar on its rail, `length` of 1,000 long.
fn rail(length: u64, class: &str, told: &str) -> Markup {
    html! {
        svg viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" {
            title { (told) }
            rect.rail width="1000" height="10" {}
            rect.bar.(class) width=(length) height="10" {}
        }
    }
}

fn days(report: &ShopReport, reader: &Reader) -> Markup {
    let Some(history) = report.history.as_ref().filter(|days| !days.is_empty()) else { return html! {} };
    let mut lines: Vec<DayLine> = history.iter().filter(|line| line.day < report.day).cloned().collect();
    lines.push(DayLine::of(report));
    lines.sort_by_key(|line| line.day);
    let shown = lines.get(lines.len().saturating_sub(DAYS_MAX)..).unwrap_or_default();
    let most = shown.iter().filter_map(|line| line.orders).max().unwrap_or(0);
    html! {
        figure.card.full {
            figcaption { (reader.texts.chart_days) span { (reader.texts.orders) } }
            ol.strip { @for line in shown { (day(line, most, reader)) } }
        }
    }
}

fn day(line: &DayLine, most: u64, reader: &Reader) -> Markup {
    let height = line.orders.map_or(0, |orders| scaled(orders, most, HEIGHT));
    let orders = line.orders.map_or(reader.texts.not_measured.to_owned(), reader.texts.orders_in_all);
    let told = format!("{}: {orders}, {}", reader.date(line.day), light_words(line.light, reader));
    let class = light_class(line.light);
    html! {
        li {
            svg viewBox="0 0 10 100" preserveAspectRatio="none" role="img" {
                title { (told) }
                @if line.orders.is_none() { rect.rail width="10" height="100" {} }
                rect.{ (class) "-bar" } y=(HEIGHT - height) width="10" height=(height) {}
            }
            span.m.{ (class) "-m" } aria-hidden="true" { (sign(line.light)) }
            span.d aria-hidden="true" { (line.day.day()) }
        }
    }
}

/// How long each product lasts, as bars that end at the limit.
pub(super) fn days_left(lines: &[DaysOfCover], below_days: u32, reader: &Reader) -> Markup {
    let limit = u64::from(below_days.max(1)) * 10;
    let lines = lines.iter().filter_map(|line| Some((line, line.days_left_tenths?))).take(super::LINES_MAX);
    html! {
        ul.rows {
            @for (line, tenths) in lines {
                @let told = format!("{} {}", reader.tenths(tenths), reader.texts.span_units.days);
                li {
                    span { (product(&line.product, line.sku.as_str())) }
                    span.of { (told) }
                    (rail(scaled(tenths.min(limit), limit, 1_000), urgency(tenths, limit), &told))
                }
            }
        }
    }
}

/// Under a third of the limit is low, under two thirds is on the way there.
fn urgency(tenths: u64, limit: u64) -> &'static str {
    if tenths * 3 < limit {
        "low"
    } else if tenths * 3 < limit * 2 {
        "some"
    } else {
        ""
    }
}
