//! The rows of each file, in the order of their columns.

use super::Cell;
use crate::history::DayLine;
use crate::reader::Reader;
use crate::shop::{
    Alert, Compared, ConnectionDay, Difference, Drift, Freshness, LedgerCheck, Move, ParkedGroup, Proof,
    Remark, Reorder, Sharing, ShopReport, Short, Total, Verdict, code,
};
use crate::summary::compared;
use commerce::Timestamp;
use commerce::money::Money;
use std::fmt::Display;

pub(super) type Rows = Vec<Vec<Cell>>;

/// The rows of all files, in the order of the files.
pub(super) fn all(report: &ShopReport, reader: &Reader) -> [Rows; 17] {
    [
        super::figures::rows(report, reader),
        report.connections.iter().map(|day| connection(day, reader)).collect(),
        report.connections.iter().flat_map(|day| hours(day, reader)).collect(),
        differences(report, reader),
        shortages(report, reader),
        report.drift.iter().flat_map(|check| &check.lines).map(|line| drift(line, reader)).collect(),
        super::stock::came_right(report, reader),
        super::stock::counts(report, reader),
        super::stock::not_here(report, reader),
        report.ledger.iter().flat_map(|check| ledger(check, report)).collect(),
        stranded(report, reader),
        report.parked.iter().flatten().map(|group| parked(group, reader)).collect(),
        low_stock(report),
        suggestions(report, reader),
        cost(report),
        alerts(report, reader),
        report.history.iter().flatten().map(day).collect(),
    ]
}

pub(super) fn text(value: impl Display) -> Cell {
    Cell::Text(value.to_string())
}

pub(super) fn number(value: impl Into<i128>) -> Cell {
    Cell::Number(value.into())
}

pub(super) fn number_if(value: Option<impl Into<i128>>) -> Cell {
    value.map_or(Cell::Empty, number)
}

pub(super) fn text_if(value: Option<impl Display>) -> Cell {
    value.map_or(Cell::Empty, text)
}

pub(super) fn time(at: Timestamp, reader: &Reader) -> Cell {
    Cell::Time(reader.stamp(at))
}

fn minor(money: Option<Money>) -> Cell {
    number_if(money.map(|money| money.amount_minor))
}

fn proof(proof: &Proof) -> &'static str {
    match proof {
        Proof::Compared(compared) => match compared.verdict() {
            Verdict::Same => "same",
            Verdict::Explained => "explained",
            Verdict::Differs => "differs",
        },
        Proof::NoOrderList => "no_order_list",
        Proof::Unreadable { .. } => "unreadable",
        Proof::NotCompared => "not_compared",
    }
}

fn connection(day: &ConnectionDay, reader: &Reader) -> Vec<Cell> {
    let sharing = match day.sharing {
        Sharing::Cover => "cover",
        Sharing::Pool => "pool",
    };
    let mut row = vec![
        text(&day.connection),
        text(&day.channel),
        text(&day.name),
        text(sharing),
        text(proof(&day.proof)),
    ];
    row.extend(comparison(compared(day)));
    row.extend(sales(day));
    row.extend(freshness(day.freshness.as_ref(), reader));
    row.push(text((reader.texts.login_words)(&day.login, reader)));
    row.push(text((reader.texts.webhooks_words)(&day.webhooks, reader)));
    row
}

fn comparison(compared: Option<&Compared>) -> [Cell; 6] {
    [
        number_if(compared.map(|c| c.theirs.orders)),
        number_if(compared.map(|c| c.ours_found.orders)),
        number_if(compared.map(|c| c.ours.orders)),
        number_if(compared.map(|c| c.same)),
        minor(compared.and_then(|c| c.theirs.money)),
        minor(compared.and_then(|c| c.ours.money)),
    ]
}

fn sales(day: &ConnectionDay) -> [Cell; 6] {
    let proof_currency =
        compared(day).and_then(|c| c.theirs.money.or(c.ours.money)).map(|money| money.currency);
    let currency = day.sales.map(|sales| sales.revenue.currency).or(proof_currency);
    [
        text_if(currency.map(|currency| currency.code().to_owned())),
        minor(day.sales.map(|sales| sales.revenue)),
        number_if(day.sales.map(|sales| sales.cancels)),
        minor(day.sales.map(|sales| sales.cancelled)),
        number_if(day.sales.map(|sales| sales.returns)),
        minor(day.sales.map(|sales| sales.returned)),
    ]
}

fn freshness(freshness: Option<&Freshness>, reader: &Reader) -> [Cell; 5] {
    let stale = freshness.and_then(|f| f.oldest_stale.as_ref());
    [
        number_if(freshness.map(|f| f.changes)),
        number_if(freshness.and_then(|f| f.p50_ms)),
        number_if(freshness.and_then(|f| f.p99_ms)),
        text_if(stale.map(|stale| &stale.listing)),
        stale.map_or(Cell::Empty, |stale| time(stale.since, reader)),
    ]
}

fn hours(day: &ConnectionDay, reader: &Reader) -> Rows {
    let row = |from: Timestamp, theirs: Option<Total>, ours: Total| {
        vec![
            text(&day.connection),
            time(from, reader),
            number_if(theirs.map(|total| total.orders)),
            number(ours.orders),
            minor(theirs.and_then(|total| total.money)),
            minor(ours.money),
        ]
    };
    day.hours.iter().flatten().map(|hour| row(hour.from, hour.theirs, hour.ours)).collect()
}

fn differences(report: &ShopReport, reader: &Reader) -> Rows {
    let lists = report.connections.iter().map(|day| (&day.connection, None, &day.proof));
    let files = report.settlements.iter().flatten();
    let files = files.map(|settlement| (&settlement.connection, Some(&settlement.file), &settlement.proof));
    let mut rows = Rows::new();
    for (connection, file, proof) in lists.chain(files) {
        let Proof::Compared(compared) = proof else { continue };
        for difference in &compared.differences {
            let mut row = vec![text(connection), text_if(file)];
            row.extend(one_difference(difference, reader));
            rows.push(row);
        }
    }
    rows
}

fn one_difference(difference: &Difference, reader: &Reader) -> [Cell; 5] {
    let found = (reader.texts.found_words)(&difference.found, reader);
    let done = (reader.texts.done_words)(&difference.done, reader);
    [
        difference.hour.map_or(Cell::Empty, |hour| time(hour, reader)),
        text(&difference.order),
        text(difference.found.code()),
        text(difference.done.code()),
        text(format!("{found}; {done}")),
    ]
}

fn shortages(report: &ShopReport, reader: &Reader) -> Rows {
    let rows = |kind: &'static str, shorts: &Option<Vec<Short>>| -> Rows {
        shorts.iter().flatten().map(|short| shortage(kind, short, reader)).collect()
    };
    let mut all = rows("oversell", &report.oversells);
    all.extend(rows("shortfall", &report.shortfalls));
    all
}

fn shortage(kind: &str, short: &Short, reader: &Reader) -> Vec<Cell> {
    vec![
        text(kind),
        text(&short.sku),
        text(&short.product),
        text(&short.location),
        number(short.units),
        time(short.since, reader),
        text_if(short.order.as_ref()),
        text(short.whose.code()),
        text(&short.cause.vi),
        text(&short.cause.en),
        text(&short.owner),
        time(short.deadline, reader),
    ]
}

fn drift(line: &Drift, reader: &Reader) -> Vec<Cell> {
    vec![
        text(&line.connection),
        text(&line.listing),
        text(code(&line.skus)),
        text(&line.product),
        number(line.channel_shows),
        number_if(line.we_believed),
        number(line.rules_want),
        text(line.class.code()),
        text(line.done.code()),
        line.since.map_or(Cell::Empty, |since| time(since, reader)),
    ]
}

fn ledger(check: &LedgerCheck, report: &ShopReport) -> Rows {
    let gaps = check.gaps.iter().map(|gap| {
        vec![
            text("gap"),
            text(&gap.sku),
            text(report.product_name(&gap.sku)),
            text(&gap.location),
            Cell::Empty,
            number(gap.first_missing),
            number(gap.missing),
        ]
    });
    let folds = check.wrong_folds.iter().map(|fold| {
        vec![
            text("wrong_fold"),
            text(&fold.sku),
            text(report.product_name(&fold.sku)),
            text(&fold.location),
            text(&fold.field),
            number(fold.balance),
            number(fold.ledger),
        ]
    });
    gaps.chain(folds).collect()
}

fn stranded(report: &ShopReport, reader: &Reader) -> Rows {
    let lines = report.stranded.iter().flat_map(|check| &check.lines);
    lines
        .map(|line| {
            let since = time(line.since, reader);
            vec![text(&line.sku), text(&line.product), text(&line.location), number(line.units), since]
        })
        .collect()
}

fn parked(group: &ParkedGroup, reader: &Reader) -> Vec<Cell> {
    vec![
        text(&group.code),
        text_if(group.connection.as_ref()),
        text(&group.what.vi),
        text(&group.what.en),
        text(&group.advice.vi),
        text(&group.advice.en),
        number(group.items),
        time(group.oldest, reader),
    ]
}

fn low_stock(report: &ShopReport) -> Rows {
    let Some(low) = &report.low_stock else { return Rows::new() };
    let row = |line: &crate::shop::DaysOfCover| {
        vec![
            text(&line.sku),
            text(&line.product),
            number(line.units),
            number(line.sold),
            number(low.window_days),
            number_if(line.days_left_tenths),
        ]
    };
    low.lines.iter().map(row).collect()
}

fn suggestions(report: &ShopReport, reader: &Reader) -> Rows {
    let reorders = report.reorders.iter().flatten().map(|reorder| buy(reorder, reader));
    let moves = report.moves.iter().flatten().map(|one| carry(one, reader));
    reorders.chain(moves).collect()
}

fn buy(reorder: &Reorder, reader: &Reader) -> Vec<Cell> {
    let calculation = (reader.texts.reorder_inputs)(&reorder.inputs, reader);
    let (sku, product) = (text(&reorder.sku), text(&reorder.product));
    vec![text("reorder"), sku, product, Cell::Empty, Cell::Empty, number(reorder.units), text(calculation)]
}

fn carry(one: &Move, reader: &Reader) -> Vec<Cell> {
    let calculation = (reader.texts.move_inputs)(&one.inputs, reader);
    let (sku, product) = (text(&one.sku), text(&one.product));
    vec![text("move"), sku, product, text(&one.from), text(&one.to), number(one.units), text(calculation)]
}

fn cost(report: &ShopReport) -> Rows {
    let Some(cost) = &report.cost else { return Rows::new() };
    let row = |line: &crate::shop::CostLine| {
        vec![
            text(&line.what.en),
            text_if(line.how.as_ref().map(|how| &how.en)),
            number(line.units),
            number(line.price_nano_usd_per_million),
            number(line.nano_usd()),
            Cell::Time(cost.prices_of.to_string()),
            text(&cost.price_list),
        ]
    };
    cost.lines.iter().map(row).collect()
}

fn alerts(report: &ShopReport, reader: &Reader) -> Rows {
    let alerts = report.alerts.iter().flatten().map(|alert| one_alert(alert, reader));
    alerts.chain(report.remarks.iter().map(|remark| one_remark(remark, reader))).collect()
}

fn one_alert(alert: &Alert, reader: &Reader) -> Vec<Cell> {
    vec![
        text("alert"),
        text(alert.topic.code()),
        text_if(alert.connection.as_ref()),
        time(alert.since, reader),
        alert.ended.map_or(Cell::Empty, |ended| time(ended, reader)),
        text(&alert.what.vi),
        text(&alert.what.en),
        text(&alert.costs.vi),
        text(&alert.to_do.vi),
    ]
}

fn one_remark(remark: &Remark, reader: &Reader) -> Vec<Cell> {
    let (about, at) = (text_if(remark.connection.as_ref()), time(remark.at, reader));
    let (vi, en) = (text(&remark.what.vi), text(&remark.what.en));
    vec![text("remark"), Cell::Empty, about, at, Cell::Empty, vi, en, Cell::Empty, Cell::Empty]
}

fn day(line: &DayLine) -> Vec<Cell> {
    vec![
        Cell::Time(line.day.to_string()),
        text(super::figures::light(line.light)),
        number_if(line.orders),
        number_if(line.orders_unexplained),
        minor(line.revenue),
        text_if(line.revenue.map(|money| money.currency.code().to_owned())),
        number_if(line.oversold_units),
        number_if(line.drift_left),
        number_if(line.parked),
    ]
}
