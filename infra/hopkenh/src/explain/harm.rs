//! When more is promised than is there: who sees to it until when, and which order hurts least to cancel.

use super::facts::Facts;
use super::layout::{folded, moment};
use crate::demo::texts::Language;
use commerce::Timestamp;
use commerce::effect::OrderState;
use commerce::ids::LocationId;
use commerce::money::Money;
use commerce::plan::OrderKey;
use commerce::shortfall::ShortfallRule;
use commerce::stock::Stock;
use workflows::shortfalls::Shortfall;

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
    let todo = todo(&shortfall, &facts.flags, facts.now, l);
    folded("  ! ", &(what + &todo)) + &folded("    ", &owner(&shortfall, facts.now, l))
}

/// Who sees to it, and until when.
pub(crate) fn owner(shortfall: &Shortfall, now: Timestamp, l: Language) -> String {
    let ShortfallRule { owner, within_hours } = &shortfall.rule;
    let Some(deadline) = shortfall.deadline() else {
        return l.pick(
            format!("Người xử lý: {owner}, trong {within_hours} giờ."),
            format!("Owner: {owner}, within {within_hours} hours."),
        );
    };
    let until = moment(deadline, now);
    let late = if shortfall.is_overdue(now) { l.say(" — QUÁ HẠN", " — OVERDUE") } else { "" };
    l.pick(
        format!("Người xử lý: {owner}, hạn {until}{late}."),
        format!("Owner: {owner}, until {until}{late}."),
    )
}

/// What to do about it: which order to cancel, if any. `flags` name the deployment for the next command.
pub(crate) fn todo(shortfall: &Shortfall, flags: &str, now: Timestamp, l: Language) -> String {
    match (shortfall.sold(), shortfall.least_harm()) {
        (0, _) => nobody_bought(l).to_owned(),
        (sold, None) => look_for_one(shortfall, sold, flags, l),
        (sold, Some((key, order))) => cancel(shortfall, sold, key, order, now, l),
    }
}

fn look_for_one(shortfall: &Shortfall, sold: i64, flags: &str, l: Language) -> String {
    let (sku, shop) = (&shortfall.balance.sku, &shortfall.shop);
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

fn cancel(
    shortfall: &Shortfall,
    sold: i64,
    key: &OrderKey,
    order: &OrderState,
    now: Timestamp,
    l: Language,
) -> String {
    let (name, worth) = (format!("{} ({})", key.order, key.connection), money(order.total));
    let (at, units) = (moment(order.created_at, now), shortfall.units(order));
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
