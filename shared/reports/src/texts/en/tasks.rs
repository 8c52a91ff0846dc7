//! What is to be done, in English: the thing itself, and how.

use super::{TEXTS, many};
use crate::plain::{called_shortly, shown};
use crate::reader::Reader;
use crate::shop::{ConnectionDay, Difference, Proof, Settlement, ShopReport, Short};
use crate::to_do::Task;
use commerce::Timestamp;

/// The thing itself, and how it is done.
type Pair = (String, String);

fn pair(what: String, how: &str) -> Pair {
    (what, how.to_owned())
}

pub(super) fn task(task: &Task<'_>, report: &ShopReport, reader: &Reader) -> Pair {
    match task {
        Task::Shortfalls(open) => shortfalls(open, report, reader),
        Task::Oversold(settled) => pair(
            format!("{} oversold on this day", many(units(settled), "unit", "units")),
            "See whose minute it was, so that it does not happen again.",
        ),
        Task::OrdersDiffer { day, orders, first } => orders_differ(day, *orders, *first, reader),
        Task::ListUnreadable(day) => pair(
            format!("{}: the order list could not be read", shown(&day.name)),
            "It is read again by itself; if it fails again, look at the channel's login.",
        ),
        Task::Settlement(file) => settlement(file, reader),
        Task::LoginLost(day, since) => login_lost(day, *since, reader),
        Task::LoginEnds(day, at) => login_ends(day, *at, reader),
        Task::WebhooksOff(day, since) => webhooks_off(day, *since, reader),
        Task::DriftLeft(left) => pair(
            format!("{} a wrong number", many(*left, "listing was left with", "listings were left with")),
            "Look at the drift below and say which number is right.",
        ),
        Task::Ledger { gaps, wrong_folds } => pair(
            format!("Ledger: {}", (TEXTS.ledger_wrong)(*gaps, *wrong_folds)),
            "Call whoever runs Hợp Kênh.",
        ),
        Task::Stranded(lines) => pair(
            format!("{} could be sold and no channel shows it", many(*lines, "product", "products")),
            "Put it on sale again on the channel.",
        ),
        Task::Parked(group) => (
            format!("{} ({})", reader.said(&group.what), many(group.items, "item", "items")),
            reader.said(&group.advice),
        ),
        Task::Alert(alert) => (reader.said(&alert.what), reader.said(&alert.to_do)),
    }
}

fn units(shorts: &[&Short]) -> u64 {
    shorts.iter().map(|short| short.units).sum()
}

fn shortfalls(open: &[&Short], report: &ShopReport, reader: &Reader) -> Pair {
    let what = format!("{} promised and not there", many(units(open), "unit is", "units are"));
    let Some(first) = open.first() else { return (what, String::new()) };
    let (product, place) =
        (called_shortly(first.sku.as_str(), &first.product), shown(report.location_name(&first.location)));
    let (owner, deadline) = (shown(&first.owner), reader.moment(first.deadline));
    (what, format!("{product} at {place}: {owner}, by {deadline}. Find goods, or tell the buyer and cancel."))
}

fn orders_differ(day: &ConnectionDay, orders: u64, first: Option<&Difference>, reader: &Reader) -> Pair {
    let what = if orders > 0 { (TEXTS.verdict_differs)(orders) } else { "the money differs".to_owned() };
    let how = first.map_or_else(
        || "Open the orders below.".to_owned(),
        |difference| {
            let (order, words) =
                (shown(difference.order.as_str()), (TEXTS.done_words)(&difference.done, reader));
            format!("Order {}: {}", order, words)
        },
    );
    (format!("{}: {what}", shown(&day.name)), how)
}

fn settlement(file: &Settlement, reader: &Reader) -> Pair {
    let name = shown(&file.file);
    match &file.proof {
        Proof::Unreadable { reason } => pair(
            format!("Settlement file {name} could not be read ({})", reader.said(reason)),
            "Mend that, then hand the file over again: hopkenh settlement.",
        ),
        _ => pair(format!("Settlement file {name} does not agree"), "Open the orders below."),
    }
}

fn login_lost(day: &ConnectionDay, since: Timestamp, reader: &Reader) -> Pair {
    let what = format!("{}: login lost since {}", shown(&day.name), reader.moment(since));
    pair(what, "Sign in again; until then no number on this channel can change.")
}

fn login_ends(day: &ConnectionDay, at: Timestamp, reader: &Reader) -> Pair {
    pair(format!("{}: login ends {}", shown(&day.name), reader.moment(at)), "Sign in again before that.")
}

fn webhooks_off(day: &ConnectionDay, since: Timestamp, reader: &Reader) -> Pair {
    let what = format!("{}: webhooks off since {}", shown(&day.name), reader.moment(since));
    pair(what, "Switch them on at the channel. Orders are still read from its list, only later.")
}
