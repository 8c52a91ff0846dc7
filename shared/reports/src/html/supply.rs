//! What will run out, what to buy and to move with the sum that says so, and what the day cost to run.

use super::parts::{State, capped, name, numbers, product, section, unknown, wide, words};
use super::{LINES_MAX, charts};
use crate::reader::Reader;
use crate::shop::{Cost, LowStock, Move, Reorder, ShopReport};
use maud::{Markup, html};

/// Products that will not last.
pub(super) fn low_stock(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let Some(low) = &report.low_stock else {
        return section(texts.low_stock, &State::Unknown, reader, &html! { p.none { (unknown(reader)) } });
    };
    let body = html! {
        p.rule { ((texts.low_stock_rule)(low.below_days, low.window_days)) }
        @if low.lines.is_empty() { p.none { (texts.low_stock_none) } }
        @else {
            h3 { (texts.chart_days_left) }
            (charts::days_left(&low.lines, low.below_days, reader))
            details.in { summary { (texts.calculation) } (low_table(low, reader)) }
        }
    };
    let state = match low.lines.len() as u64 {
        0 => State::Fine(texts.low_stock_none.trim_end_matches('.').to_owned()),
        lines => State::Look((texts.low_stock_count)(lines)),
    };
    section(texts.low_stock, &state, reader, &body)
}

fn low_table(low: &LowStock, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns =
        [words(texts.product), numbers(texts.left), numbers(texts.sold_per_day), numbers(texts.days_left)];
    let per_day_tenths = |sold: u64| sold.saturating_mul(10) / u64::from(low.window_days.max(1));
    capped(&columns, &low.lines, LINES_MAX, reader, |line| {
        vec![
            product(&line.product, line.sku.as_str()),
            html! { (reader.whole(line.units)) },
            html! {
                (reader.tenths(per_day_tenths(line.sold)))
                span.sub { (reader.whole(line.sold)) " ÷ " (low.window_days) }
            },
            line.days_left_tenths.map_or_else(
                || html! { span.zero { (texts.not_sold) } },
                |tenths| html! { (reader.tenths(tenths)) },
            ),
        ]
    })
}

/// What to buy and what to move.
pub(super) fn suggestions(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let body = html! {
        h3 { (texts.reorders) }
        @match report.reorders.as_deref() {
            None => p.none { (unknown(reader)) },
            Some([]) => p.none { (texts.suggestions_none) },
            Some(reorders) => { p.rule { (texts.reorder_rule) } (reorder_table(reorders, reader)) },
        }
        h3 { (texts.moves) }
        @match report.moves.as_deref() {
            None => p.none { (unknown(reader)) },
            Some([]) => p.none { (texts.suggestions_none) },
            Some(moves) => { p.rule { (texts.move_rule) } (move_table(moves, report, reader)) },
        }
    };
    let lines = |count: Option<usize>| count.unwrap_or(0) as u64;
    let (buys, moves) = (report.reorders.as_ref().map(Vec::len), report.moves.as_ref().map(Vec::len));
    let state = match (buys, moves) {
        (None, None) => State::Unknown,
        (Some(0), Some(0)) => State::Fine(texts.suggestions_none.trim_end_matches('.').to_owned()),
        _ => State::Plain((texts.suggestions_count)(lines(buys), lines(moves))),
    };
    section(texts.suggestions, &state, reader, &body)
}

fn reorder_table(reorders: &[Reorder], reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns = [words(texts.product), wide(texts.calculation), numbers(texts.reorder)];
    capped(&columns, reorders, LINES_MAX, reader, |reorder| {
        vec![
            product(&reorder.product, reorder.sku.as_str()),
            html! { ((texts.reorder_inputs)(&reorder.inputs, reader)) },
            html! { strong { (reader.whole(reorder.units)) } },
        ]
    })
}

fn move_table(moves: &[Move], report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns = [words(texts.product), words(texts.road), wide(texts.calculation), numbers(texts.units)];
    capped(&columns, moves, LINES_MAX, reader, |one| {
        vec![
            product(&one.product, one.sku.as_str()),
            html! { (name(report.location_name(&one.from))) " → " (name(report.location_name(&one.to))) },
            html! { ((texts.move_inputs)(&one.inputs, reader)) },
            html! { strong { (reader.whole(one.units)) } },
        ]
    })
}

/// What the day cost, and a thousand orders.
pub(super) fn cost(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let Some(cost) = &report.cost else {
        return section(texts.cost, &State::Unknown, reader, &html! { p.none { (unknown(reader)) } });
    };
    let told = |nano: u64| match cost.left_out {
        Some(_) => (texts.at_least)(&reader.dollars(nano)),
        None => reader.dollars(nano),
    };
    let title = if cost.left_out.is_some() { texts.cost_part } else { texts.cost };
    let day = told(cost.nano_usd());
    let each = cost.nano_usd_per_thousand_orders().map(told);
    let state = each
        .as_ref()
        .map_or_else(|| day.clone(), |each| format!("{}: {each}", texts.cost_thousand.to_lowercase()));
    let body = html! {
        @if !cost.is_billed { p.rule { strong { (texts.cost_no_bill) } } }
        p.rule { ((texts.cost_rule)(&crate::plain::shown(&cost.price_list), &reader.date(cost.prices_of))) }
        @if let Some(what) = &cost.left_out { p.rule { ((texts.cost_left_out)(&reader.said(what))) } }
        (cost_table(cost, reader))
        p.more {
            (texts.cost_day) ": " strong { (day) }
            @if let Some(each) = &each { " · " (texts.cost_thousand) ": " strong { (each) } }
        }
    };
    section(title, &State::Plain(state), reader, &body)
}

fn cost_table(cost: &Cost, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns =
        [words(texts.what), numbers(texts.used), numbers(texts.price_per_million), numbers(texts.total)];
    capped(&columns, &cost.lines, LINES_MAX, reader, |line| {
        vec![
            html! {
                (name(&reader.said(&line.what)))
                @if let Some(how) = &line.how { span.sub { (name(&reader.said(how))) } }
            },
            html! { (reader.whole(line.units)) },
            html! { (reader.dollars(line.price_nano_usd_per_million)) },
            html! { (reader.dollars(line.nano_usd())) },
        ]
    })
}
