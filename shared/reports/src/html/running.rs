//! Whether the shop runs: what waits for a person, how fresh the numbers are, logins, webhooks, alerts.

use super::LINES_MAX;
use super::parts::{State, capped, moment, more, name, numbers, section, unknown, wide, words};
use crate::reader::Reader;
use crate::shop::{Alert, ConnectionDay, Freshness, Login, ShopReport, Webhooks};
use crate::summary::Summary;
use crate::texts::first_named;
use maud::{Markup, html};

/// What waits for a person, with what to do.
pub(super) fn parked(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns = [words(texts.what), wide(texts.advice), numbers(texts.items), words(texts.oldest)];
    let body = match report.parked.as_deref() {
        None => html! { p.none { (unknown(reader)) } },
        Some([]) => html! { p.none { (texts.parked_none) } },
        Some(groups) => capped(&columns, groups, LINES_MAX, reader, |group| {
            let connection = group.connection.as_ref().map(|connection| report.connection_name(connection));
            vec![
                html! { (name(&reader.said(&group.what))) @if let Some(title) = connection { span.sub { (name(&format!("{title}{}", first_named(&group.subjects)))) } } },
                name(&reader.said(&group.advice)),
                html! { (reader.whole(group.items)) },
                moment(group.oldest, reader),
            ]
        }),
    };
    let state = match summary.parked {
        None => State::Unknown,
        Some(0) => State::Fine(texts.parked_none.trim_end_matches('.').to_owned()),
        Some(items) => State::Look((texts.parked_count)(items)),
    };
    section(texts.parked, &state, reader, &body)
}

/// Each connection: how fresh, which login, which webhooks.
pub(super) fn connections(report: &ShopReport, summary: &Summary, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let columns = [
        words(texts.connection),
        numbers(texts.half_within),
        numbers(texts.most_within),
        words(texts.oldest_stale),
        words(texts.login),
        words(texts.webhooks),
    ];
    let body = capped(&columns, &report.connections, LINES_MAX, reader, |day| row(day, report, reader));
    section(texts.running, &state(report, summary, reader), reader, &body)
}

fn state(report: &ShopReport, summary: &Summary, reader: &Reader) -> State {
    let p99 = summary.freshness_p99_ms.map(|ms| format!("p99 {}", reader.span_ms(ms)));
    let lost = report.connections.iter().find(|day| matches!(day.login, Login::Lost { .. }));
    let ends = report.connections.iter().find(|day| matches!(day.login, Login::EndsSoon { .. }));
    let webhooks = |is_so: fn(&Webhooks) -> bool| report.connections.iter().find(|day| is_so(&day.webhooks));
    let off = webhooks(|webhooks| matches!(webhooks, Webhooks::Off { .. }))
        .or_else(|| webhooks(|webhooks| matches!(webhooks, Webhooks::Losing { .. })));
    let login = |day: &ConnectionDay| {
        format!("{}: {}", reader.texts.login, (reader.texts.login_words)(&day.login, reader))
    };
    match (lost, ends, off, p99) {
        (Some(day), ..) => State::Wrong(login(day)),
        (_, Some(day), ..) => State::Look(login(day)),
        (.., Some(day), _) => {
            State::Look(format!("Webhook: {}", (reader.texts.webhooks_words)(&day.webhooks, reader)))
        }
        (.., Some(p99)) => State::Fine(p99),
        _ => State::Unknown,
    }
}

fn row(day: &ConnectionDay, report: &ShopReport, reader: &Reader) -> Vec<Markup> {
    let texts = reader.texts;
    let login_class = match day.login {
        Login::Lost { .. } => "bad",
        Login::EndsSoon { .. } => "warn",
        Login::NotMeasured => "unknown",
        Login::Good | Login::Renewed { .. } => "",
    };
    let webhooks_class = match day.webhooks {
        Webhooks::Off { .. } => "bad",
        Webhooks::Losing { .. } => "warn",
        Webhooks::NotMeasured => "unknown",
        Webhooks::NotOffered => "zero",
        Webhooks::Healthy | Webhooks::Repaired { .. } => "",
    };
    vec![
        name(&day.name),
        within(day.freshness.as_ref(), |fresh| fresh.p50_ms, reader),
        within(day.freshness.as_ref(), |fresh| fresh.p99_ms, reader),
        stale(day.freshness.as_ref(), report, reader),
        html! { span.(login_class) { ((texts.login_words)(&day.login, reader)) } },
        html! { span.(webhooks_class) { ((texts.webhooks_words)(&day.webhooks, reader)) } },
    ]
}

fn within(fresh: Option<&Freshness>, value: fn(&Freshness) -> Option<u64>, reader: &Reader) -> Markup {
    match fresh.map(value) {
        None => unknown(reader),
        Some(None) => html! { span.zero { (reader.texts.no_change) } },
        Some(Some(ms)) => html! { (reader.span_ms(ms)) },
    }
}

fn stale(fresh: Option<&Freshness>, report: &ShopReport, reader: &Reader) -> Markup {
    match fresh.map(|fresh| &fresh.oldest_stale) {
        None => unknown(reader),
        Some(None) => html! { span.zero { (reader.texts.none_stale) } },
        Some(Some(stale)) => html! {
            (reader.age(stale.since, report.made_at))
            span.sub { (name(&stale.product)) }
        },
    }
}

/// What was alerted, and input that was not right.
pub(super) fn alerts(report: &ShopReport, reader: &Reader) -> Markup {
    let texts = reader.texts;
    let body = html! {
        @match report.alerts.as_deref() {
            None => p.none { (unknown(reader)) },
            Some([]) => p.none { (texts.alerts_none) },
            Some(alerts) => {
                ul.news { @for alert in alerts.iter().take(LINES_MAX) { (one_alert(alert, reader)) } }
                (more(alerts.len(), LINES_MAX, reader))
            },
        }
        (remarks(report, reader))
    };
    let lasting = report.alerts.iter().flatten().any(|alert| alert.ended.is_none());
    let state = match report.alerts.as_ref().map(|alerts| alerts.len() as u64) {
        None => State::Unknown,
        Some(0) => State::Fine(texts.alerts_none.trim_end_matches('.').to_owned()),
        Some(alerts) if lasting => State::Look((texts.alerts_count)(alerts)),
        Some(alerts) => State::Plain((texts.alerts_count)(alerts)),
    };
    section(texts.alerts, &state, reader, &body)
}

fn one_alert(alert: &Alert, reader: &Reader) -> Markup {
    let texts = reader.texts;
    html! {
        li {
            strong { (name(&reader.said(&alert.what))) }
            p {
                (texts.since) " " (reader.moment(alert.since)) ", "
                @match alert.ended {
                    Some(ended) => ((texts.alert_ended)(&reader.moment(ended))),
                    None => span.warn { (texts.alert_lasts) },
                }
            }
            p { (texts.alert_costs) ": " (name(&reader.said(&alert.costs))) }
            p { (texts.advice) ": " (name(&reader.said(&alert.to_do))) }
        }
    }
}

fn remarks(report: &ShopReport, reader: &Reader) -> Markup {
    html! {
        @if !report.remarks.is_empty() {
            h3 { (reader.texts.remarks) }
            ul.news {
                @for remark in report.remarks.iter().take(LINES_MAX) {
                    li {
                        (name(&reader.said(&remark.what)))
                        span.sub {
                            (reader.moment(remark.at))
                            @if let Some(connection) = &remark.connection { " · " (name(report.connection_name(connection))) }
                        }
                    }
                }
            }
            (more(report.remarks.len(), LINES_MAX, reader))
        }
    }
}
