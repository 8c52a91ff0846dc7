//! What channels sold on a day beyond what was there, by the ledger: an order at which a balance's free units fell below zero.

use super::sales::Orders;
use super::shortfalls::{said, whose};
use crate::announce_stock::LedgerLine;
use crate::shortfalls::kind;
use commerce::catalogue::Shop;
use commerce::order::OrderKind;
use commerce::reconcile::Day;
use commerce::stock::{Cause, Movement};
use commerce::{Timestamp, ids::OrderId};
use reports::shop::Short;
use std::collections::BTreeMap;

/// The oversells of the day, in the order in which they happened. An order that took units which its own listing's cover
/// held lowers nothing that is free, so it is none; nor is a till's sale, which is a fact.
pub(super) fn oversells(shop: &Shop, day: &Day, lines: &[LedgerLine], orders: &Orders) -> Vec<Short> {
    let each: BTreeMap<_, &LedgerLine> =
        lines.iter().map(|line| ((&line.sku, &line.location, line.version), line)).collect();
    let mut found: Vec<Short> =
        each.into_values().flat_map(|line| of_line(shop, day, line, orders)).collect();
    found.sort_by_key(|short| short.since);
    found
}

fn of_line(shop: &Shop, day: &Day, line: &LedgerLine, orders: &Orders) -> Vec<Short> {
    let moved: i64 = line.movements.iter().map(|movement| movement.delta.free()).sum();
    let mut free = line.free - moved;
    let mut found = Vec::new();
    for movement in &line.movements {
        let taken = -movement.delta.free();
        free -= taken;
        let at = Timestamp::from_millisecond(movement.at_ms).unwrap_or_default();
        if taken > 0 && free < 0 && day.holds(at) && is_channels(movement, orders) {
            found.push(short(shop, line, (movement, at), taken.min(-free).unsigned_abs(), orders));
        }
    }
    found
}

fn is_channels(movement: &Movement, orders: &Orders) -> bool {
    let is_till = matches!(kind(orders, &movement.cause), Some(OrderKind::TillSale | OrderKind::TillOrder));
    matches!(movement.cause, Cause::Order { .. }) && !is_till
}

fn short(
    shop: &Shop,
    line: &LedgerLine,
    (movement, since): (&Movement, Timestamp),
    units: u64,
    orders: &Orders,
) -> Short {
    let cause = Some(&movement.cause);
    let kind = kind(orders, &movement.cause);
    Short {
        sku: line.sku.clone(),
        product: line.sku.to_string(),
        location: line.location.clone(),
        units,
        since,
        order: order(cause),
        whose: whose(shop, cause, kind),
        cause: said(shop, cause, kind),
        owner: shop.shortfalls.owner.clone(),
        deadline: shop.shortfalls.deadline(since),
    }
}

/// The order that a cause names.
pub(super) fn order(cause: Option<&Cause>) -> Option<OrderId> {
    match cause {
        Some(Cause::Order { order, .. }) => OrderId::new(order.clone()).ok(),
        _ => None,
    }
}
