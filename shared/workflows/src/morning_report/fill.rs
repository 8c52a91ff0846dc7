//! A comparison and the book, put into the words of the report. Pure: what was not measured stays not measured.

use super::came_right::skus;
use super::cost::cost;
use super::counts::counts;
use super::day_lines::by_balance;
use super::load::Loaded;
use super::names::Names;
use super::supply::{Shelf, supply};
use super::{oversells, pick_ups, sales, settlements, shortfalls, words};
use crate::reconcile::Whole;
use crate::reconcile::findings::{
    self, Compared, ConnectionFindings, DriftLine, Findings, LedgerFindings, Mended,
};
use channels::facts::Verb;
use commerce::alert::Trouble;
use commerce::catalogue::Shop;
use commerce::reconcile::{Class, Decision, Finding, Heal, HourLine, Left};
use commerce::silence::Subscribed;
use commerce::stock::{ListingKey, Stock, StockKey};
use reports::language::Said;
use reports::shop::{self as report, ConnectionDay, Drift, DriftCheck, DriftClass, DriftDone, ShopReport};
use reports::summary::Summary;
use std::collections::BTreeMap;

/// The whole report.
pub(super) fn report(shop: &Shop, whole: &Whole, loaded: &Loaded) -> ShopReport {
    let names = Names::of(shop);
    let recorded = whole.recorded.as_ref();
    let balances = by_balance(&whole.lines, recorded, &loaded.day);
    let mut report = unnamed(shop, whole, loaded);
    report.counts = Some(counts(shop, &loaded.day, &balances, &whole.orders));
    if let Some(check) = &mut report.drift {
        loaded.open.tell(check, shop, &whole.even, whole.findings.made_at);
    }
    report.connections.iter_mut().for_each(|day| name_stale(day, shop, &names));
    report.cost = cost(&balances, recorded, Summary::of(&report).orders, loaded.is_billed);
    names.put(&mut report);
    report
}

/// With codes alone, and without what follows from the rest of the report.
fn unnamed(shop: &Shop, whole: &Whole, loaded: &Loaded) -> ShopReport {
    let Whole { findings, lines, stock, orders, .. } = whole;
    let day = &loaded.day;
    let supply = supply(&shelves(stock, loaded), shop.report.supply);
    ShopReport {
        shop: findings.shop.clone(),
        name: findings.name.clone(),
        day: findings.day,
        time_zone: findings.time_zone.clone(),
        made_at: findings.made_at,
        location_names: shop.locations.iter().map(|store| (store.id.clone(), store.name.clone())).collect(),
        product_names: BTreeMap::new(),
        connections: findings.connections.iter().map(|found| connection(found, whole, loaded)).collect(),
        settlements: Some(settlements::settlements(&loaded.settlements)),
        oversells: Some(oversells::oversells(shop, day, lines, orders)),
        shortfalls: Some(shortfalls::shorts(shop, &loaded.shortfalls, findings.made_at)),
        drift: Some(drift(findings)),
        counts: None,
        pick_ups: Some(pick_ups::pick_ups(orders, day, findings.made_at)),
        stock: Some(totals(stock)),
        ledger: Some(ledger(&findings.ledger)),
        stranded: Some(stranded(findings)),
        parked: Some(findings.parked.iter().map(parked).collect()),
        low_stock: Some(supply.low_stock),
        reorders: Some(supply.reorders),
        moves: Some(supply.moves),
        cost: None,
        alerts: Some(loaded.wrong.iter().map(|alert| crate::alerts::line(shop, alert)).collect()),
        remarks: remarks(findings).into_iter().chain(settlements::remarks(&loaded.settlements)).collect(),
        history: Some(loaded.history.clone()),
    }
}

/// What can still be sold in each store; goods that nobody has ever counted are not known.
fn shelves(stock: &BTreeMap<StockKey, Stock>, loaded: &Loaded) -> Vec<Shelf> {
    let counted = stock.iter().filter(|(_, stock)| stock.baseline.is_some());
    let shelf = |(key, stock): (&StockKey, &Stock)| Shelf {
        sku: key.sku.clone(),
        location: key.location.clone(),
        units: u64::try_from(stock.on_hand - stock.committed - stock.holds).unwrap_or(0),
        sold: loaded.sold.of(key),
    };
    counted.map(shelf).collect()
}

fn totals(stock: &BTreeMap<StockKey, Stock>) -> report::StockTotals {
    let sum = |of: fn(&Stock) -> i64| stock.values().map(of).fold(0, i64::saturating_add);
    report::StockTotals {
        on_hand: sum(|stock| stock.on_hand),
        committed: sum(|stock| stock.committed),
        holds: sum(|stock| stock.holds),
        cover: sum(|stock| stock.cover.values().sum()),
    }
}

fn connection(found: &ConnectionFindings, whole: &Whole, loaded: &Loaded) -> ConnectionDay {
    let (id, day) = (&found.connection, &loaded.day);
    let hours = match &found.proof {
        findings::Proof::Compared(compared) => compared.hours.iter().map(hour).collect(),
        findings::Proof::NoOrderList | findings::Proof::Unreadable { .. } => {
            sales::hours(&whole.orders, id, day)
        }
    };
    ConnectionDay {
        connection: id.clone(),
        channel: found.channel.clone(),
        name: name(found),
        sharing: if found.is_covered { report::Sharing::Cover } else { report::Sharing::Pool },
        proof: proof(&found.proof),
        sales: sales::sales(&whole.orders, id, day),
        hours: Some(hours),
        freshness: found.freshness.clone(),
        login: found.login,
        webhooks: webhooks(found, loaded),
    }
}

/// The listing that waits longest is told of by code and name.
fn name_stale(day: &mut ConnectionDay, shop: &Shop, names: &Names<'_>) {
    let Some(stale) = day.freshness.as_mut().and_then(|fresh| fresh.oldest_stale.as_mut()) else { return };
    let skus = skus(&ListingKey { connection: day.connection.clone(), listing: stale.listing.clone() }, shop);
    let name = names.together(&skus);
    if !skus.is_empty() && name != stale.product {
        stale.product = format!("{} · {name}", stale.product);
    }
}

/// So many orders that no news told are named.
const MISSED_NAMED_MAX: usize = 200;

/// What was read from the list and never told is a lost webhook. Without a list nobody knows what was not told.
fn webhooks(found: &ConnectionFindings, loaded: &Loaded) -> report::Webhooks {
    let channel = channels::registry::find(&found.channel);
    if !channel.is_some_and(|channel| channel.facts().can(Verb::ReadWebhook)) {
        return report::Webhooks::NotOffered;
    }
    let missed = u64::try_from(found.unheard.len()).unwrap_or(u64::MAX);
    let orders = found.unheard.iter().take(MISSED_NAMED_MAX).cloned().collect();
    match (&found.proof, found.webhooks) {
        (_, Subscribed::Off) => report::Webhooks::Off { since: silent_since(found, loaded), missed, orders },
        (_, Subscribed::Repaired { at }) => report::Webhooks::Repaired { at, missed, orders },
        (findings::Proof::Compared(_), _) if missed > 0 => report::Webhooks::Losing { missed, orders },
        (_, Subscribed::Active) => report::Webhooks::Healthy,
        (findings::Proof::Compared(compared), _) if compared.ours.orders > 0 => report::Webhooks::Healthy,
        _ => report::Webhooks::NotMeasured,
    }
}

/// Since its first order that nobody told of, or since somebody looked.
fn silent_since(found: &ConnectionFindings, loaded: &Loaded) -> commerce::Timestamp {
    let is_it = |alert: &&commerce::alert::Alert| matches!(&alert.trouble, Trouble::NewsSilent { connection, .. } if *connection == found.connection);
    loaded.wrong.iter().find(is_it).map_or(loaded.day.to, |alert| alert.since)
}

/// "Shopee · mall": a shop may have two accounts on one channel.
fn name(found: &ConnectionFindings) -> String {
    let title = channels::registry::find(&found.channel).map(|channel| channel.facts().title);
    format!("{} · {}", title.unwrap_or(&found.channel), found.connection)
}

fn proof(proof: &findings::Proof) -> report::Proof {
    match proof {
        findings::Proof::Compared(compared) => report::Proof::Compared(self::compared(compared)),
        findings::Proof::NoOrderList => report::Proof::NoOrderList,
        findings::Proof::Unreadable { reason } => {
            report::Proof::Unreadable { reason: words::unreadable(reason) }
        }
    }
}

fn compared(compared: &Compared) -> report::Compared {
    report::Compared {
        theirs: compared.theirs,
        ours_found: compared.ours_found,
        ours: compared.ours,
        same: compared.same,
        differences: compared.differences.iter().map(difference).collect(),
    }
}

fn hour(line: &HourLine) -> report::Hour {
    report::Hour { from: line.from, theirs: Some(line.theirs), ours: line.ours }
}

fn difference(mended: &Mended) -> report::Difference {
    let done = match &mended.done {
        findings::Done::Recorded => report::Done::Recorded,
        findings::Done::Explained { why } => report::Done::Explained { why: words::why(*why) },
        findings::Done::Left { reason } => report::Done::Parked { advice: words::left(reason) },
    };
    report::Difference {
        hour: Some(mended.hour),
        order: mended.order.clone(),
        found: mended.found.clone(),
        done,
    }
}

fn drift(findings: &Findings) -> DriftCheck {
    let mut check = DriftCheck { compared: 0, unread: 0, lines: Vec::new(), came_right: None };
    for found in &findings.connections {
        check.compared += found.drift.compared;
        for line in &found.drift.lines {
            match (&line.finding, line.channel_shows) {
                (Finding::Drift(class), Some(shows)) => check.lines.push(drifted(found, line, *class, shows)),
                (Finding::NotRead(_), _) => check.unread += 1,
                (Finding::Even | Finding::OnItsWay(_) | Finding::Drift(_), _) => {}
            }
        }
    }
    check
}

fn drifted(found: &ConnectionFindings, line: &DriftLine, class: Class, channel_shows: i64) -> Drift {
    let codes: Vec<&str> = line.skus.iter().map(commerce::ids::Sku::as_str).collect();
    Drift {
        connection: found.connection.clone(),
        listing: line.listing.clone(),
        skus: line.skus.clone(),
        product: codes.join(" + "),
        channel_shows,
        we_believed: Some(line.we_believed),
        rules_want: line.rules_want,
        class: drift_class(class),
        done: drift_done(line.decision),
        since: None,
    }
}

fn drift_class(class: Class) -> DriftClass {
    match class {
        Class::LostPush => DriftClass::LostPush,
        Class::ForeignEdit => DriftClass::ForeignEdit,
        Class::CampaignLock => DriftClass::CampaignLock,
        Class::Count => DriftClass::Count,
        Class::OurBug => DriftClass::OurBug,
    }
}

/// What is being mended is not called mended: its channel has yet to show the right number.
fn drift_done(decision: Decision) -> DriftDone {
    match decision {
        Decision::Nothing => DriftDone::Waiting,
        Decision::Heal(Heal::Lower) => DriftDone::Lowering,
        Decision::Heal(Heal::Raise) => DriftDone::Raising,
        Decision::Leave(Left::Locked) => DriftDone::LeftLocked,
        Decision::Leave(Left::BudgetSpent) => DriftDone::LeftBudgetSpent,
        Decision::Leave(Left::CauseUnknown) => DriftDone::LeftCauseUnknown,
    }
}

fn ledger(found: &LedgerFindings) -> report::LedgerCheck {
    report::LedgerCheck {
        balances: found.balances,
        gaps: found.gaps.clone(),
        wrong_folds: found.wrong_folds.clone(),
    }
}

fn stranded(findings: &Findings) -> report::StrandedCheck {
    let line = |line: &commerce::reconcile::Stranded| report::Stranded {
        sku: line.sku.clone(),
        product: line.sku.to_string(),
        location: line.location.clone(),
        units: line.units,
        since: line.since,
    };
    let found = &findings.stranded;
    report::StrandedCheck {
        after_minutes: found.after_minutes,
        lines: found.lines.iter().map(line).collect(),
    }
}

fn parked(group: &findings::ParkedGroup) -> report::ParkedGroup {
    report::ParkedGroup {
        code: group.code.clone(),
        connection: Some(group.connection.clone()),
        what: words::parked(&group.reason),
        advice: Said::advice(&group.reason),
        items: group.items,
        subjects: group.subjects.clone(),
        oldest: group.oldest,
    }
}

/// Input that could not be taken, and listings whose number is not known.
fn remarks(findings: &Findings) -> Vec<report::Remark> {
    let at = findings.made_at;
    let said = findings.remarks.iter().map(|remark| report::Remark {
        connection: remark.connection.clone(),
        at,
        what: words::remark(&remark.what),
    });
    let unread = findings.connections.iter().flat_map(|found| {
        let lines = found.drift.lines.iter().filter_map(|line| match &line.finding {
            Finding::NotRead(why) => words::not_read(line.listing.as_str(), why),
            Finding::Even | Finding::OnItsWay(_) | Finding::Drift(_) => None,
        });
        lines.map(|what| report::Remark { connection: Some(found.connection.clone()), at, what })
    });
    said.chain(unread).collect()
}
