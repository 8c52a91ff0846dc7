//! The stock: what was promised and is not there, what channels show wrongly, what is shown nowhere, and the ledger.

use super::parts::{
    Column, State, capped, deadline, moment, name, numbers, product, section, table, unknown, wide, words,
};
use super::{DRIFT_LINES_MAX, LINES_MAX};
use crate::reader::Reader;
use crate::shop::{CameRight, Drift, DriftCheck, DriftClass, LedgerCheck, ShopReport, Short, code};
use crate::summary::Summary;
use maud::{Markup, html};

/// Oversells of the day, and what is short now.
pub(super) fn shorts(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let body = html! {
        (short_list(texts.oversells, texts.oversells_none, report.oversells.as_deref(), report, reader))
        (short_list(texts.shortfalls, texts.shortfalls_none, report.shortfalls.as_deref(), report, reader))
    };
    let open = report.shortfalls.as_ref().map_or(0, |lines| lines.len() as u64);
    let state = match (summary.oversold_units, summary.short_units) {
        (Some(units), _) if units > 0 => State::Wrong((texts.oversold_units)(units)),
        (_, Some(units)) if units > 0 => State::Wrong((texts.shortfalls_count)(open)),
        (Some(_), Some(_)) => State::Fine(texts.oversold_none.to_owned()),
        _ => State::Unknown,
    };
    section(texts.shorts, &state, reader, &body)
}

fn short_list(
    title: &str,
    none: &str,
    lines: Option<&[Short]>,
    report: &ShopReport,
    reader: &Reader,
) -> Markup {
    html! {
        h3 { (title) }
        @match lines {
            None => p.none { (unknown(reader)) },
            Some([]) => p.none { (none) },
            Some(lines) => (capped(&short_columns(reader), lines, LINES_MAX, reader, |line| short_row(line, report, reader))),
        }
    }
}

fn short_columns(reader: &Reader) -> [Column; 7] {
    let texts = reader.texts;
    [
        words(texts.product),
        words(texts.location),
        numbers(texts.units),
        words(texts.since),
        wide(texts.whose_minute),
        words(texts.owner),
        words(texts.deadline),
    ]
}

fn short_row(short: &Short, report: &ShopReport, reader: &Reader) -> Vec<Markup> {
    vec![
        product(&short.product, short.sku.as_str()),
        name(report.location_name(&short.location)),
        html! { (reader.whole(short.units)) },
        moment(short.since, reader),
        html! {
            (name(&(reader.texts.whose)(&short.whose, report)))
            span.sub {
                (name(&reader.said(&short.cause)))
                @if let Some(order) = &short.order { " (" (name(order.as_str())) ")" }
            }
        },
        name(&short.owner),
        deadline(short, report.made_at, reader),
    ]
}

/// What channels show against what they should.
pub(super) fn drift(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let Some(check) = &report.drift else {
        return section(texts.drift, &State::Unknown, reader, &html! { p.none { (unknown(reader)) } });
    };
    let left = summary.drift_left.unwrap_or(0);
    let told = (texts.drift_counts)(summary.drift_healed.unwrap_or(0), left);
    let right = check.came_right.as_ref().map_or(0, |lines| lines.len() as u64);
    let state = match (check.lines.is_empty(), left) {
        (true, 0) if right > 0 => State::Fine((texts.came_right_count)(right)),
        (true, 0) => State::Fine((texts.listings_read)(check.compared)),
        (_, 0) => State::Fine(told),
        _ => State::Look(told),
    };
    section(texts.drift, &state, reader, &drift_body(check, report, reader))
}

fn drift_body(check: &DriftCheck, report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    // Those that are still wrong come first: the page is cut, and they are what it is for.
    let mut lines: Vec<&Drift> = check.lines.iter().collect();
    lines.sort_by_key(|line| (line.done.is_healed(), !line.done.is_left(), line.class));
    html! {
        @if lines.is_empty() { p.none { ((texts.drift_none)(check.compared)) } }
        @else {
            p.rule { ((texts.listings_read)(check.compared)) " · " (classes(check, reader)) }
            (capped(&drift_columns(reader), &lines, DRIFT_LINES_MAX, reader, |line| drift_row(line, report, reader)))
        }
        (came_right(check.came_right.as_deref().unwrap_or_default(), report, reader))
        @if check.unread > 0 { p.rule { span.warn { ((texts.drift_unread)(check.unread)) } } }
    }
}

/// What an earlier report found wrong and is right now, with how long that took at most.
fn came_right(lines: &[CameRight], report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns = [
        words(texts.product),
        words(texts.connection),
        words(texts.why),
        words(texts.found_wrong_at),
        words(texts.right_by),
    ];
    html! {
        @if !lines.is_empty() {
            h3 { (texts.came_right) }
            (capped(&columns, lines, DRIFT_LINES_MAX, reader, |line| vec![
                html! { (product(&line.product, &code(&line.skus))) span.sub { (name(line.listing.as_str())) } },
                name(report.connection_name(&line.connection)),
                html! { ((texts.drift_class)(line.class)) },
                moment(line.found_at, reader),
                html! {
                    span.good { (moment(line.right_at, reader)) }
                    span.sub { ((texts.within)(&reader.age(line.found_at, line.right_at))) }
                },
            ]))
        }
    }
}

/// How many of each cause, leaving out causes that did not occur.
fn classes(check: &DriftCheck, reader: &Reader) -> String {
    let told = DriftClass::ALL.iter().filter_map(|class| {
        let lines = check.lines.iter().filter(|line| line.class == *class).count() as u64;
        (lines > 0).then(|| format!("{} {}", reader.whole(lines), (reader.texts.drift_class)(*class)))
    });
    told.collect::<Vec<_>>().join(", ")
}

fn drift_columns(reader: &Reader) -> [Column; 7] {
    let texts = reader.texts;
    [
        words(texts.product),
        words(texts.connection),
        numbers(texts.shows),
        numbers(texts.believed),
        numbers(texts.want),
        words(texts.why),
        words(texts.done),
    ]
}

fn drift_row(line: &Drift, report: &ShopReport, reader: &Reader) -> Vec<Markup> {
    let healed = line.done.is_healed();
    vec![
        html! { (product(&line.product, &code(&line.skus))) span.sub { (name(line.listing.as_str())) } },
        name(report.connection_name(&line.connection)),
        html! { (reader.signed(line.channel_shows)) },
        line.we_believed.map_or_else(
            || html! { span.unknown { (reader.texts.not_seen) } },
            |number| html! { (reader.signed(number)) },
        ),
        html! { (reader.signed(line.rules_want)) },
        html! { ((reader.texts.drift_class)(line.class)) },
        html! {
            span.good[healed].warn[line.done.is_left()] { ((reader.texts.drift_done)(line.done)) }
            @if let Some(since) = line.since { span.sub { ((reader.texts.drift_since)(&reader.moment(since))) } }
        },
    ]
}

/// Goods that could be sold and are shown nowhere.
pub(super) fn stranded(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let Some(check) = &report.stranded else {
        return section(texts.stranded, &State::Unknown, reader, &html! { p.none { (unknown(reader)) } });
    };
    let columns = [words(texts.product), words(texts.location), numbers(texts.left), words(texts.since)];
    let body = html! {
        p.rule { ((texts.stranded_rule)(check.after_minutes)) }
        @if check.lines.is_empty() { p.none { (texts.stranded_none) } }
        @else {
            (capped(&columns, &check.lines, LINES_MAX, reader, |line| vec![
                product(&line.product, line.sku.as_str()),
                name(report.location_name(&line.location)),
                html! { (reader.whole(line.units)) },
                html! { (moment(line.since, reader)) span.sub { (reader.age(line.since, report.made_at)) } },
            ]))
        }
    };
    let state = match check.lines.len() as u64 {
        0 => State::Fine(texts.none_stale.to_owned()),
        lines => State::Look((texts.stranded_count)(lines)),
    };
    section(texts.stranded, &state, reader, &body)
}

/// How much there is, and whether each balance is the sum of its ledger lines.
pub(super) fn ledger(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let (state, told) = match &report.ledger {
        None => (State::Unknown, html! { p.none { (unknown(reader)) } }),
        Some(check) if check.gaps.is_empty() && check.wrong_folds.is_empty() => {
            let right = (texts.ledger_right)(check.balances);
            (State::Fine(texts.verdict_same.to_owned()), html! { p.none { (right) } })
        }
        Some(check) => {
            let (gaps, folds) = (check.gaps.len() as u64, check.wrong_folds.len() as u64);
            (State::Wrong((texts.ledger_wrong)(gaps, folds)), ledger_table(check, report, reader))
        }
    };
    section(texts.stock, &state, reader, &html! { (totals(report, reader)) h3 { (texts.ledger) } (told) })
}

fn totals(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let Some(stock) = &report.stock else {
        return html! { h3 { (texts.on_hand) } p.none { (unknown(reader)) } };
    };
    let columns = [
        words(texts.shop),
        numbers(texts.on_hand),
        numbers(texts.committed),
        numbers(texts.holds),
        numbers(texts.cover),
        numbers(texts.free),
    ];
    let units = [stock.on_hand, stock.committed, stock.holds, stock.cover, stock.free()];
    let mut cells = vec![html! { (texts.whole_shop) }];
    cells.extend(units.map(|units| html! { (reader.signed(units)) }));
    table(&columns, &[cells])
}

fn ledger_table(check: &LedgerCheck, report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let gaps =
        check.gaps.iter().map(|gap| (&gap.sku, &gap.location, (texts.gap)(gap.first_missing, gap.missing)));
    let folds = check.wrong_folds.iter().map(|fold| {
        let (balance, ledger) = (reader.signed(fold.balance), reader.signed(fold.ledger));
        (&fold.sku, &fold.location, (texts.wrong_fold)(&fold.field, &balance, &ledger))
    });
    let lines: Vec<_> = gaps.chain(folds).collect();
    let columns = [words(texts.product), words(texts.location), wide(texts.found)];
    capped(&columns, &lines, LINES_MAX, reader, |(sku, location, told)| {
        vec![
            product(report.product_name(sku), sku.as_str()),
            name(report.location_name(location)),
            name(told),
        ]
    })
}
