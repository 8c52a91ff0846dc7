//! When more is promised than is there: who sees to it until when, and which order hurts least to cancel.

use super::facts::Facts;
use super::layout::{folded, moment};
use crate::demo::texts::Language;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::effect::OrderState;
use commerce::ids::{LocationId, OrderId, ShopId};
use commerce::money::Money;
use commerce::order::OrderKind;
use commerce::plan::OrderKey;
use commerce::shortfall::{Opened, ShortfallRule, opened};
use commerce::stock::{Cause, Stock, StockKey};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use workflows::announce_stock::LedgerLine;

/// The most orders that are looked at.
const ORDERS_MAX: usize = 100;

/// A balance of which more is promised than is there.
#[derive(Debug, Clone)]
pub struct Shortfall {
    /// Whose.
    pub shop: ShopId,
    /// Which.
    pub balance: StockKey,
    /// As it is now.
    pub stock: Stock,
    /// Since when and why, as far as the ledger was read.
    pub opened: Option<Opened>,
    /// Who sees to it, and how soon.
    pub rule: ShortfallRule,
    /// The orders of its latest movements.
    pub orders: BTreeMap<OrderKey, OrderState>,
}

/// The orders of the latest movements, newest first, where a store is short; none where nothing is.
pub(crate) fn orders_to_look_at(
    shop: &ShopId,
    lines: &[LedgerLine],
    is_short: impl Fn(&LocationId) -> bool,
) -> Vec<OrderKey> {
    let (mut seen, mut keys) = (BTreeSet::new(), Vec::new());
    for line in lines.iter().rev().filter(|line| is_short(&line.location)) {
        for movement in &line.movements {
            let Cause::Order { connection, order } = &movement.cause else { continue };
            let Ok(order) = OrderId::new(order) else { continue };
            if seen.insert((connection.clone(), order.clone())) {
                keys.push(OrderKey { shop: shop.clone(), connection: connection.clone(), order });
            }
        }
    }
    keys.truncate(ORDERS_MAX);
    keys
}

/// What is short at a store and what to do about it; empty where nothing is.
pub(super) fn text(facts: &Facts, store: &LocationId, stock: &Stock, l: Language) -> String {
    let balance = facts.key(store);
    let found = Shortfall::find(&facts.shop, balance, stock, &facts.lines, &facts.orders);
    let Some(shortfall) = found else { return String::new() };
    let (short, sold) = (shortfall.short(), shortfall.sold());
    let what = l.pick(
        format!("Thiếu hàng ở {store}: {short} đơn vị (bán vượt tồn {sold}). "),
        format!("Shortfall at {store}: {short} more promised than there is, {sold} of them sold or held. "),
    );
    let todo = shortfall.todo(&facts.flags, facts.now, l);
    folded("  ! ", &(what + &todo)) + &folded("    ", &shortfall.owner(facts.now, l))
}

impl Shortfall {
    /// The shortfall of a balance; none where nothing is short. `lines` are the product's latest, oldest first.
    pub(crate) fn find(
        shop: &Shop,
        balance: StockKey,
        stock: &Stock,
        lines: &[LedgerLine],
        orders: &BTreeMap<OrderKey, OrderState>,
    ) -> Option<Self> {
        if stock.free >= 0 {
            return None;
        }
        let own = lines.iter().filter(|line| line.location == balance.location);
        let opened = opened(own.map(|line| (line.movements.as_slice(), line.free)));
        let (shop, rule) = (shop.id.clone(), shop.shortfalls.clone());
        Some(Self { shop, balance, stock: stock.clone(), opened, rule, orders: orders.clone() })
    }

    /// Units that are promised and not there.
    pub fn short(&self) -> i64 {
        (-self.stock.free).max(0)
    }

    /// Those of them that somebody has bought or had set aside.
    pub fn sold(&self) -> i64 {
        (self.stock.committed + self.stock.holds - self.stock.on_hand).max(0)
    }

    /// Until when it is to be settled; none where nobody knows since when it has been there.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.opened.as_ref().map(|opened| self.rule.deadline(opened.at))
    }

    /// True when it should have been settled by now.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// Who sees to it, and until when.
    pub(crate) fn owner(&self, now: Timestamp, l: Language) -> String {
        let ShortfallRule { owner, within_hours } = &self.rule;
        let Some(deadline) = self.deadline() else {
            return l.pick(
                format!("Người xử lý: {owner}, trong {within_hours} giờ."),
                format!("Owner: {owner}, within {within_hours} hours."),
            );
        };
        let until = moment(deadline, now);
        let late = if self.is_overdue(now) { l.say(" — QUÁ HẠN", " — OVERDUE") } else { "" };
        l.pick(
            format!("Người xử lý: {owner}, hạn {until}{late}."),
            format!("Owner: {owner}, until {until}{late}."),
        )
    }

    /// What to do about it: which order to cancel, if any. `flags` name the deployment for the next command.
    pub(crate) fn todo(&self, flags: &str, now: Timestamp, l: Language) -> String {
        match (self.sold(), self.least_harm()) {
            (0, _) => nobody_bought(l).to_owned(),
            (sold, None) => self.look_for_one(sold, flags, l),
            (sold, Some((key, order))) => self.cancel(sold, key, order, now, l),
        }
    }

    fn look_for_one(&self, sold: i64, flags: &str, l: Language) -> String {
        let (sku, shop) = (&self.balance.sku, &self.shop);
        l.pick(
            format!(
                "Cần làm: đưa thêm {sold} đơn vị về rồi đếm lại (hopkenh stock count --shop {shop}{flags}), hoặc huỷ đơn: \
                 trong danh sách đơn chưa giao của kênh, chọn đơn mới nhất, giá trị nhỏ nhất có {sku}."
            ),
            format!(
                "To do: bring {sold} in and count them (hopkenh stock count --shop {shop}{flags}), or cancel an order: in \
                 the channel's list of orders to ship, the newest of the smallest value that has {sku}."
            ),
        )
    }

    fn cancel(&self, sold: i64, key: &OrderKey, order: &OrderState, now: Timestamp, l: Language) -> String {
        let (name, worth) = (format!("{} ({})", key.order, key.connection), money(order.total));
        let (at, units) = (moment(order.created_at, now), self.units(order));
        l.pick(
            format!(
                "Cần làm: đưa thêm {sold} đơn vị về rồi đếm lại, hoặc huỷ đơn ít thiệt nhất: đơn {name}, đặt lúc {at}, \
                 {units} đơn vị, {worth}, chưa giao."
            ),
            format!(
                "To do: bring {sold} in and count them, or cancel the order that hurts least: {name}, placed {at}, {units} \
                 units, {worth}, not shipped."
            ),
        )
    }

    /// The open order of the smallest value that holds units there, nothing of it shipped; of equal ones the newest.
    pub fn least_harm(&self) -> Option<(&OrderKey, &OrderState)> {
        let can_go = |order: &OrderState| {
            let is_unshipped = order.status.is_open() && order.lines.iter().all(|line| line.out == 0);
            is_unshipped && order.kind != OrderKind::TillSale && self.units(order) > 0
        };
        let orders = self.orders.iter().filter(|(_, order)| can_go(order));
        orders.min_by_key(|(_, order)| (order.total.amount_minor, Reverse(order.created_at)))
    }

    /// Units of the product that an order holds at the store.
    fn units(&self, order: &OrderState) -> i64 {
        order.applied.get(&self.balance).map_or(0, |delta| delta.committed + delta.holds)
    }
}

fn nobody_bought(l: Language) -> &'static str {
    l.say(
        "Chưa khách nào mua phải: số đang bán trên gian hàng đang được hạ xuống, chưa cần huỷ đơn nào.",
        "Nobody has bought them: they are only on show, and the listings are being lowered. No order has to be cancelled.",
    )
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
