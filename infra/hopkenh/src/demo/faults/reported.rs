//! What a morning report names as wrong, read from the report alone: every line of it that tells of a fault is one entry.

use super::blackout::LOST_NEWS;
use super::words::{
    CAMPAIGN, EDITED_DOWN, EDITED_UP, IGNORED_PUSH, LOGIN_ENDED, TILL_SHORTFALL, UNKNOWN_PRODUCT, UNREADABLE,
};
use super::{Fault, Reported};
use reports::shop::{
    Compared, ConnectionDay, Done, Drift, DriftClass, Login, ParkedGroup, Proof, ShopReport, Short, Webhooks,
    Whose,
};

/// Every fault that the report names. Whatever it has no kind for is an entry all the same, by the report's own code.
pub fn read(report: &ShopReport) -> Vec<Reported> {
    let mut all: Vec<Reported> = report.connections.iter().flat_map(connection).collect();
    all.extend(report.drift.iter().flat_map(|check| &check.lines).map(drift));
    all.extend(report.parked.iter().flatten().flat_map(parked));
    all.extend(report.shortfalls.iter().flatten().map(shortfall));
    all.extend(report.oversells.iter().flatten().map(|short| short_of("oversell", short)));
    all.extend(ledger(report));
    for line in report.stranded.iter().flat_map(|check| &check.lines) {
        all.push(entry("stranded", line.location.as_str(), &line.sku, "stranded", "told"));
    }
    for remark in &report.remarks {
        let connection = remark.connection.as_ref().map_or("", |connection| connection.as_str());
        all.push(entry("remark", connection, &remark.what.en, "remark", "told"));
    }
    all.sort();
    all
}

fn entry(kind: &str, connection: &str, what: impl ToString, found: &str, done: &str) -> Reported {
    let fault = Fault::new(kind, connection, what.to_string());
    Reported { fault, found: found.to_owned(), done: done.to_owned() }
}

fn connection(day: &ConnectionDay) -> Vec<Reported> {
    let name = day.connection.as_str();
    let mut all = lost_news(day);
    match &day.proof {
        Proof::Compared(compared) => all.extend(differences(name, compared, &all)),
        Proof::Unreadable { reason } => {
            all.push(entry("list_unread", name, &reason.en, "unreadable", "told"))
        }
        Proof::NoOrderList | Proof::NotCompared => {}
    }
    match day.login {
        Login::Renewed { .. } => all.push(entry(LOGIN_ENDED, name, "login", "refused", "renewed")),
        Login::Lost { .. } => all.push(entry("login_lost", name, "login", "lost", "told")),
        Login::EndsSoon { .. } => all.push(entry("login_ends", name, "login", "ends_soon", "told")),
        Login::NotMeasured | Login::Good => {}
    }
    match day.webhooks {
        Webhooks::Off { .. } => all.push(entry("webhooks_off", name, "webhooks", "off", "told")),
        Webhooks::Repaired { .. } => all.push(entry("webhooks_off", name, "webhooks", "off", "repaired")),
        Webhooks::NotMeasured | Webhooks::NotOffered | Webhooks::Healthy | Webhooks::Losing { .. } => {}
    }
    all
}

/// Orders that only the list told of. One that the night itself had to fetch is named among the differences as well.
fn lost_news(day: &ConnectionDay) -> Vec<Reported> {
    let orders = day.webhooks.missed_orders();
    let name = day.connection.as_str();
    let differences = match &day.proof {
        Proof::Compared(compared) => compared.differences.as_slice(),
        _ => &[],
    };
    let one = |order: &commerce::ids::OrderId| {
        let fetched = differences.iter().find(|difference| difference.order == *order);
        let (found, done) = fetched.map_or(("only_in_list", Done::Recorded.code()), |difference| {
            (difference.found.code(), difference.done.code())
        });
        entry(LOST_NEWS, name, order, found, done)
    };
    orders.iter().map(one).collect()
}

/// Differences that stay, or that are no lost news. What is explained is right as it is, and no fault.
fn differences(name: &str, compared: &Compared, known: &[Reported]) -> Vec<Reported> {
    let is_known = |order: &str| known.iter().any(|reported| reported.fault.what == order);
    let open = compared.differences.iter().filter(|difference| {
        !matches!(difference.done, Done::Explained { .. }) && !is_known(difference.order.as_str())
    });
    let one = |difference: &reports::shop::Difference| {
        let found = difference.found.code();
        entry(&format!("order_{found}"), name, &difference.order, found, difference.done.code())
    };
    open.map(one).collect()
}

fn drift(line: &Drift) -> Reported {
    let is_up = line.we_believed.is_some_and(|believed| line.channel_shows > believed);
    let class = line.class.code();
    let kind = match line.class {
        DriftClass::ForeignEdit if is_up => EDITED_UP.to_owned(),
        DriftClass::ForeignEdit => EDITED_DOWN.to_owned(),
        DriftClass::LostPush => IGNORED_PUSH.to_owned(),
        DriftClass::CampaignLock => CAMPAIGN.to_owned(),
        _ => format!("drift_{class}"),
    };
    entry(&kind, line.connection.as_str(), &line.listing, class, line.done.code())
}

/// One entry per item, by what it concerns.
fn parked(group: &ParkedGroup) -> Vec<Reported> {
    let kind = match group.code.as_str() {
        "unreadable" => UNREADABLE.to_owned(),
        "unknown_sku" => UNKNOWN_PRODUCT.to_owned(),
        code => format!("parked_{code}"),
    };
    let connection = group.connection.as_ref().map_or("", |connection| connection.as_str());
    let one = |subject: &String| entry(&kind, connection, subject, &group.code, "parked");
    group.subjects.iter().map(one).collect()
}

fn shortfall(short: &Short) -> Reported {
    let kind = if short.whose == Whose::Store { TILL_SHORTFALL } else { "shortfall" };
    Reported { done: format!("told {}", short.owner), ..short_of(kind, short) }
}

fn short_of(kind: &str, short: &Short) -> Reported {
    entry(kind, short.location.as_str(), &short.sku, &format!("short by {}", short.units), "told")
}

fn ledger(report: &ShopReport) -> Vec<Reported> {
    let Some(check) = &report.ledger else { return Vec::new() };
    let gaps = check.gaps.iter().map(|gap| (&gap.location, &gap.sku));
    let folds = check.wrong_folds.iter().map(|fold| (&fold.location, &fold.sku));
    gaps.chain(folds).map(|(store, sku)| entry("ledger", store.as_str(), sku, "ledger", "told")).collect()
}
