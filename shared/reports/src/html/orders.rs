//! Orders and money: the channels' own lists against our book, what differed, and what was sold.

use super::parts::{
    Column, State, capped, count, count_if, halves, moment, more, name, numbers, section, table, unknown,
    wide, words,
};
use super::{DIFFERENCE_LINES_MAX, LINES_MAX};
use crate::reader::Reader;
use crate::shop::{
    Compared, ConnectionDay, Difference, Proof, Sales, Settlement, ShopReport, Total, Verdict,
};
use crate::summary::Summary;
use commerce::money::Money;
use maud::{Markup, html};

/// The proof that nothing is missing.
pub(super) fn proof(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns = [words(texts.connection), numbers(texts.theirs), numbers(texts.ours), words(texts.result)];
    let body = html! {
        (capped(&columns, &report.connections, LINES_MAX, reader, |day| proof_row(&day.name, &day.proof, reader)))
        @for day in report.connections.iter().take(LINES_MAX) {
            @if let Proof::Compared(compared) = &day.proof { (differences(day, compared, reader)) }
        }
        (settlements(report, reader))
    };
    section(texts.proof, &proof_state(report, summary, reader), reader, &body)
}

fn proof_state(report: &ShopReport, summary: &Summary, reader: &Reader) -> State {
    let (Some(same), Some(listed)) = (summary.same, summary.listed) else { return State::Unknown };
    let told = format!("{}/{}", reader.whole(same), reader.whole(listed));
    let differs = |day: &ConnectionDay| match &day.proof {
        Proof::Compared(compared) => compared.verdict() == Verdict::Differs,
        _ => false,
    };
    if report.connections.iter().any(differs) {
        State::Wrong(told)
    } else if summary.not_compared > 0 {
        State::Look(format!("{told}, {}", (reader.texts.channels_not_compared)(summary.not_compared)))
    } else {
        State::Fine(told)
    }
}

fn proof_row(title: &str, proof: &Proof, reader: &Reader) -> Vec<Markup> {
    let texts = reader.texts;
    let without = |told: Markup| vec![name(title), html! { "–" }, html! { "–" }, told];
    match proof {
        Proof::Compared(compared) => {
            let verdict = verdict(compared, reader);
            vec![name(title), total(compared.theirs, reader), total(compared.ours, reader), verdict]
        }
        Proof::NoOrderList => without(html! { span.zero { (texts.no_order_list) } }),
        Proof::Unreadable { reason } => {
            without(html! { span.warn { ((texts.list_unreadable)(&reader.said(reason))) } })
        }
        Proof::NotCompared => without(html! { span.unknown { (texts.not_compared) } }),
    }
}

fn total(total: Total, reader: &Reader) -> Markup {
    html! {
        (reader.whole(total.orders))
        @if let Some(money) = total.money { span.sub { (reader.money(money)) } }
    }
}

fn verdict(compared: &Compared, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let late = compared.ours.orders.saturating_sub(compared.ours_found.orders);
    html! {
        @match compared.verdict() {
            Verdict::Same => span.good { "✓ " (texts.verdict_same) },
            Verdict::Explained => span { (texts.verdict_explained) },
            Verdict::Differs => span.bad { (differs(compared, reader)) },
        }
        @if late > 0 { span.sub { ((texts.mended)(late)) } }
    }
}

fn differs(compared: &Compared, reader: &Reader) -> String {
    match compared.unexplained() {
        0 => reader.texts.verdict_money.to_owned(),
        orders => (reader.texts.verdict_differs)(orders),
    }
}

/// The orders that differed, one by one, behind a line that says how many.
fn differences(day: &ConnectionDay, compared: &Compared, reader: &Reader) -> Markup {
    if compared.differences.is_empty() {
        return html! {};
    }
    html! {
        details.in {
            summary { (name(&day.name)) ": " ((reader.texts.differences)(compared.differences.len() as u64)) }
            (difference_table(&compared.differences, reader))
        }
    }
}

fn difference_table(differences: &[Difference], reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns = [words(texts.order), words(texts.hour), words(texts.found), wide(texts.done)];
    capped(&columns, differences, DIFFERENCE_LINES_MAX, reader, |difference| {
        vec![
            name(difference.order.as_str()),
            difference.hour.map_or_else(|| html! { "–" }, |hour| moment(hour, reader)),
            html! { ((texts.found_words)(&difference.found, reader)) },
            html! { span.bad[difference.is_open()] { ((texts.done_words)(&difference.done, reader)) } },
        ]
    })
}

fn settlements(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns = [words(texts.file), numbers(texts.theirs), numbers(texts.ours), words(texts.result)];
    let Some(files) = report.settlements.as_ref() else {
        return html! { h3 { (texts.settlements) } p.none { (unknown(reader)) } };
    };
    html! {
        @if !files.is_empty() {
            h3 { (texts.settlements) }
            (capped(&columns, files, LINES_MAX, reader, |file| proof_row(&file.file, &file.proof, reader)))
            @for file in files.iter().take(LINES_MAX) { (settlement_differences(file, reader)) }
        }
    }
}

fn settlement_differences(file: &Settlement, reader: &Reader) -> Markup {
    let Proof::Compared(compared) = &file.proof else { return html! {} };
    html! {
        @if !compared.differences.is_empty() {
            details.in {
                summary { (name(&file.file)) ": " ((reader.texts.differences)(compared.differences.len() as u64)) }
                (difference_table(&compared.differences, reader))
            }
        }
    }
}

/// What was sold, cancelled and brought back.
pub(super) fn sales(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns = [
        words(texts.connection),
        halves(texts.orders),
        halves(texts.revenue),
        halves(texts.cancels),
        halves(texts.returns),
    ];
    let state = match summary.revenue.as_slice() {
        [] => State::Unknown,
        amounts => {
            let amounts: Vec<String> = amounts.iter().map(|money| reader.money(*money)).collect();
            State::Plain(amounts.join(" + "))
        }
    };
    let body = sales_table(&columns, report, summary, reader);
    section(texts.sales, &state, reader, &body)
}

fn sales_table(columns: &[Column], report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    let lines = report.connections.iter().take(LINES_MAX);
    let mut rows: Vec<Vec<Markup>> = lines.map(|day| sales_row(day, reader)).collect();
    rows.push(vec![
        html! { strong { (reader.texts.total) } },
        html! { strong { (count_if(summary.orders, reader)) } },
        html! { @for money in &summary.revenue { strong.line { (reader.money(*money)) } } },
        html! { strong { (count_if(summary.cancels, reader)) } },
        html! { strong { (count_if(summary.returns, reader)) } },
    ]);
    html! { (table(columns, &rows)) (more(report.connections.len(), LINES_MAX, reader)) }
}

fn sales_row(day: &ConnectionDay, reader: &Reader) -> Vec<Markup> {
    let with = |number: fn(&Sales) -> u64, money: fn(&Sales) -> Money| match &day.sales {
        None => unknown(reader),
        Some(sales) if number(sales) == 0 => count(0, reader),
        Some(sales) => html! { (count(number(sales), reader)) span.sub { (reader.money(money(sales))) } },
    };
    vec![
        name(&day.name),
        count_if(crate::summary::orders(day), reader),
        day.sales.map_or_else(|| unknown(reader), |sales| html! { (reader.money(sales.revenue)) }),
        with(|sales| sales.cancels, |sales| sales.cancelled),
        with(|sales| sales.returns, |sales| sales.returned),
    ]
}
