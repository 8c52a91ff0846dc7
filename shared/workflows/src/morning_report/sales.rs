//! What a connection sold on a day, by our own orders: how many, for how much, hour by hour.

use commerce::effect::OrderState;
use commerce::ids::ConnectionId;
use commerce::money::{Currency, Money};
use commerce::plan::OrderKey;
use commerce::reconcile::Day;
use commerce::status::Status;
use reports::shop::{Hour, Sales, Total};
use std::collections::BTreeMap;

/// Our orders, of all connections and also of other days.
pub(super) type Orders = BTreeMap<OrderKey, OrderState>;

/// The orders of one connection.
fn of<'o>(orders: &'o Orders, connection: &'o ConnectionId) -> impl Iterator<Item = &'o OrderState> {
    orders.iter().filter(move |(key, _)| key.connection == *connection).map(|(_, order)| order)
}

/// What it sold; none where its orders are not all in one currency, for amounts of two currencies have no sum. An order
/// counts as cancelled or returned on the day on which the channel says it became so.
pub(super) fn sales(orders: &Orders, connection: &ConnectionId, day: &Day) -> Option<Sales> {
    let currency = currency(of(orders, connection))?;
    let placed: Vec<&OrderState> =
        of(orders, connection).filter(|order| day.holds(order.created_at)).collect();
    let ended = |status: Status| -> Vec<&OrderState> {
        let of_day =
            of(orders, connection).filter(|order| order.status == status && day.holds(order.source_time));
        of_day.collect()
    };
    let (cancelled, returned) = (ended(Status::Cancelled), ended(Status::Returned));
    let kept: Vec<&OrderState> =
        placed.iter().copied().filter(|order| order.status != Status::Cancelled).collect();
    let money = |orders: &[&OrderState]| Money { amount_minor: amount(orders), currency };
    Some(Sales {
        orders: count(&placed),
        revenue: money(&kept),
        cancels: count(&cancelled),
        cancelled: money(&cancelled),
        returns: count(&returned),
        returned: money(&returned),
    })
}

/// The hours in which anything was ordered, oldest first, for a connection whose channel gives no list to compare with.
pub(super) fn hours(orders: &Orders, connection: &ConnectionId, day: &Day) -> Vec<Hour> {
    let mut hours: BTreeMap<commerce::Timestamp, Vec<&OrderState>> = BTreeMap::new();
    for order in of(orders, connection).filter(|order| day.holds(order.created_at)) {
        hours.entry(day.hour_of(order.created_at)).or_default().push(order);
    }
    let hour = |(from, orders): (commerce::Timestamp, Vec<&OrderState>)| {
        let currency = currency(orders.iter().copied());
        let money = currency.map(|currency| Money { amount_minor: amount(&orders), currency });
        Hour { from, theirs: None, ours: Total { orders: count(&orders), money } }
    };
    hours.into_iter().map(hour).collect()
}

/// The one currency of all; đồng where there is nothing to tell it from.
fn currency<'o>(orders: impl Iterator<Item = &'o OrderState>) -> Option<Currency> {
    let mut found = None;
    for order in orders {
        match found {
            Some(other) if other != order.total.currency => return None,
            _ => found = Some(order.total.currency),
        }
    }
    Some(found.unwrap_or(Currency::VND))
}

fn amount(orders: &[&OrderState]) -> i64 {
    orders.iter().fold(0, |sum: i64, order| sum.saturating_add(order.total.amount_minor))
}

fn count(orders: &[&OrderState]) -> u64 {
    u64::try_from(orders.len()).unwrap_or(u64::MAX)
}
