//! When more is promised than is there: which order hurts least to cancel, or how to find it.

use super::facts::Facts;
use super::layout::{folded, moment};
use crate::demo::texts::Language;
use commerce::effect::OrderState;
use commerce::ids::{LocationId, OrderId};
use commerce::money::Money;
use commerce::order::OrderKind;
use commerce::plan::OrderKey;
use commerce::stock::{Cause, Stock};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The most orders that are looked at.
const ORDERS_MAX: usize = 100;

/// The orders of the latest movements, newest first, where a store is short; none where nothing is.
pub(super) fn orders_to_look_at(facts: &Facts) -> Vec<OrderKey> {
    let (mut seen, mut keys) = (BTreeSet::new(), Vec::new());
    for line in facts.lines.iter().rev() {
        if facts.balance(&line.location).is_none_or(|stock| stock.free >= 0) {
            continue;
        }
        for movement in &line.movements {
            let Cause::Order { connection, order } = &movement.cause else { continue };
            let Ok(order) = OrderId::new(order) else { continue };
            if seen.insert((connection.clone(), order.clone())) {
                keys.push(OrderKey { shop: facts.shop.id.clone(), connection: connection.clone(), order });
            }
        }
    }
    keys.truncate(ORDERS_MAX);
    keys
}

/// What is short at a store and what to do about it; empty where nothing is.
pub(super) fn text(facts: &Facts, store: &LocationId, stock: &Stock, l: Language) -> String {
    if stock.free >= 0 {
        return String::new();
    }
    let (short, sold) = (-stock.free, (stock.committed + stock.holds - stock.on_hand).max(0));
    let what = l.pick(
        format!("Thiếu hàng ở {store}: {short} đơn vị (bán vượt tồn {sold}). "),
        format!("Shortfall at {store}: {short} more promised than there is, {sold} of them sold or held. "),
    );
    let todo = if sold == 0 { nobody_bought(l).to_owned() } else { cancel(facts, store, sold, l) };
    folded("  ! ", &(what + &todo))
}

fn nobody_bought(l: Language) -> &'static str {
    l.say(
        "Chưa khách nào mua phải: số đang bán trên gian hàng đang được hạ xuống, chưa cần huỷ đơn nào.",
        "Nobody has bought them: they are only on show, and the listings are being lowered. No order has to be cancelled.",
    )
}

fn cancel(facts: &Facts, store: &LocationId, sold: i64, l: Language) -> String {
    let (sku, shop, flags) = (&facts.sku, &facts.shop.id, &facts.flags);
    let Some((key, order)) = least_harm(facts, store) else {
        return l.pick(
            format!(
                "Cần làm: đưa thêm {sold} đơn vị về rồi đếm lại (hopkenh stock count --shop {shop}{flags}), hoặc huỷ đơn: \
                 trong danh sách đơn chưa giao của kênh, chọn đơn mới nhất, giá trị nhỏ nhất có {sku}."
            ),
            format!(
                "To do: bring {sold} in and count them (hopkenh stock count --shop {shop}{flags}), or cancel an order: in \
                 the channel's list of orders to ship, the newest of the smallest value that has {sku}."
            ),
        );
    };
    let units = units(facts, store, order);
    let (name, worth, at) = (
        format!("{} ({})", key.order, key.connection),
        money(order.total),
        moment(order.created_at, facts.now),
    );
    l.pick(
        format!(
            "Cần làm: đưa thêm {sold} đơn vị về rồi đếm lại, hoặc huỷ đơn ít thiệt nhất: đơn {name}, đặt lúc {at}, {units} \
             đơn vị, {worth}, chưa giao."
        ),
        format!(
            "To do: bring {sold} in and count them, or cancel the order that hurts least: {name}, placed {at}, {units} \
             units, {worth}, not shipped."
        ),
    )
}

/// The open order of the smallest value that holds units there, nothing of it shipped; of equal ones the newest.
fn least_harm<'f>(facts: &'f Facts, store: &LocationId) -> Option<(&'f OrderKey, &'f OrderState)> {
    let can_go = |order: &OrderState| {
        let is_unshipped = order.status.is_open() && order.lines.iter().all(|line| line.out == 0);
        is_unshipped && order.kind != OrderKind::TillSale && units(facts, store, order) > 0
    };
    let orders = facts.orders.iter().filter(|(_, order)| can_go(order));
    orders.min_by_key(|(_, order)| (order.total.amount_minor, Reverse(order.created_at)))
}

/// Units of the product that an order holds at a store.
fn units(facts: &Facts, store: &LocationId, order: &OrderState) -> i64 {
    order.applied.get(&facts.key(store)).map_or(0, |delta| delta.committed + delta.holds)
}

/// An amount with points between the thousands.
fn money(amount: Money) -> String {
    let decimals = amount.currency.decimals();
    let digits = format!("{:0>width$}", amount.amount_minor.unsigned_abs(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    let part = if part.is_empty() { String::new() } else { format!(",{part}") };
    format!("{grouped}{part} {}", amount.currency.code())
}
