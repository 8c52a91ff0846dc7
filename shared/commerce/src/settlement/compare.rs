//! A settlement file against our orders: which order is on one side only, which has other money, and which should have been
//! paid for by now.

use super::comparison::{Basis, Book, Comparison, Difference, Known, Reason, Repeated};
use super::day_span::DaySpan;
use super::lines::{Kind, Line, Sheet};
use crate::ids::OrderId;
use crate::money::Money;
use crate::order::OrderKind;
use crate::reconcile::{Found, Total, shop_zone};
use crate::status::Status;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Holds a sheet against our book. `days` are those it covers.
pub fn compare(sheet: &Sheet, book: &Book, days: Option<DaySpan>) -> Comparison {
    let orders = gather(sheet);
    let basis = match &sheet.buyer_pays_column {
        Some(column) => Basis::BuyerPays { column: column.clone() },
        None => match orders.values().any(|told| told.sold.is_some()) {
            true => Basis::BuyerPays { column: sheet.paid_out_column.clone().unwrap_or_default() },
            false => Basis::OrdersOnly,
        },
    };
    let mut weighing =
        Weighing { sheet, book, comparison: empty(sheet, basis, days), theirs: None, ours: Pot::default() };
    for (order, told) in &orders {
        weighing.weigh(order, told);
    }
    if let Some(days) = days {
        weighing.look_for_missing(&orders, days);
    }
    weighing.finish()
}

/// What a file says of one order, in minor units.
#[derive(Debug, Default)]
struct Told {
    sold: Option<i64>,
    refunded: i64,
    paid_out: Option<i64>,
    line: u64,
    placed: Option<Date>,
}

impl Told {
    /// What the order comes to in the end: what is paid out, else what buyers paid and got back.
    fn net(&self) -> i64 {
        self.paid_out.unwrap_or_else(|| self.sold.unwrap_or(0).saturating_add(self.refunded))
    }

    fn add(&mut self, line: &Line) {
        match (line.kind, line.buyer_pays) {
            (Kind::Sale, Some(amount)) => add_to(&mut self.sold, amount),
            (Kind::Refund, Some(amount)) => self.refunded = self.refunded.saturating_add(amount),
            _ => {}
        }
        if let Some(amount) = line.paid_out {
            add_to(&mut self.paid_out, amount);
        }
        self.placed = self.placed.or(line.placed);
    }
}

fn add_to(sum: &mut Option<i64>, amount: i64) {
    *sum = Some(sum.unwrap_or(0).saturating_add(amount));
}

fn gather(sheet: &Sheet) -> BTreeMap<&OrderId, Told> {
    let mut orders: BTreeMap<&OrderId, Told> = BTreeMap::new();
    for line in &sheet.lines {
        let Some(order) = &line.order else { continue };
        orders.entry(order).or_insert_with(|| Told { line: line.line, ..Told::default() }).add(line);
    }
    orders
}

fn empty(sheet: &Sheet, basis: Basis, days: Option<DaySpan>) -> Comparison {
    let mut paid_out = None;
    sheet.lines.iter().filter_map(|line| line.paid_out).for_each(|amount| add_to(&mut paid_out, amount));
    let without = sheet.lines.iter().filter(|line| line.order.is_none()).count();
    Comparison {
        basis,
        theirs: Total::default(),
        ours: Total::default(),
        same: 0,
        unpriced: 0,
        differences: Vec::new(),
        repeated: repeated(sheet),
        lines_without_order: u64::try_from(without).unwrap_or(u64::MAX),
        paid_out: paid_out.map(|amount| Money::from_minor(amount, sheet.currency)),
        days,
    }
}

/// Lines of an order that are alike to the last letter.
fn repeated(sheet: &Sheet) -> Vec<Repeated> {
    let mut seen: BTreeMap<(&OrderId, &str), u64> = BTreeMap::new();
    let mut found = Vec::new();
    for line in &sheet.lines {
        let Some(order) = &line.order else { continue };
        match seen.get(&(order, line.content.as_str())) {
            Some(first_line) => {
                found.push(Repeated { order: order.clone(), first_line: *first_line, line: line.line });
            }
            None => drop(seen.insert((order, &line.content), line.line)),
        }
    }
    found
}

/// Money so far; none once two currencies meet.
#[derive(Default)]
struct Pot {
    money: Option<Money>,
    is_mixed: bool,
}

impl Pot {
    fn add(&mut self, more: Money) {
        match &mut self.money {
            None => self.money = Some(more),
            Some(sum) if sum.currency == more.currency => {
                sum.amount_minor = sum.amount_minor.saturating_add(more.amount_minor);
            }
            Some(_) => self.is_mixed = true,
        }
    }

    fn total(&self) -> Option<Money> {
        self.money.filter(|_| !self.is_mixed)
    }
}

struct Weighing<'a> {
    sheet: &'a Sheet,
    book: &'a Book,
    comparison: Comparison,
    theirs: Option<i64>,
    ours: Pot,
}

impl Weighing<'_> {
    fn weigh(&mut self, order: &OrderId, told: &Told) {
        self.comparison.theirs.orders += 1;
        let Some(known) = self.book.orders.get(order) else {
            if let Some(sold) = told.sold {
                add_to(&mut self.theirs, sold);
            }
            let reason = self.why_unknown(told.placed);
            self.differ(order, Some(told), None, Found::MissingHere, reason);
            return;
        };
        self.comparison.ours.orders += 1;
        if known.status == Status::Cancelled {
            return self.weigh_cancelled(order, told, known);
        }
        let Some(sold) = told.sold else {
            self.comparison.unpriced += 1;
            self.comparison.same += 1;
            return;
        };
        // A channel that takes refunds off the order's total shows what is left of the sale.
        let left = self.money(sold.saturating_add(told.refunded));
        let theirs = if left == known.total { left } else { self.money(sold) };
        add_to(&mut self.theirs, theirs.amount_minor);
        self.ours.add(known.total);
        if theirs == known.total {
            self.comparison.same += 1;
        } else {
            let found = Found::MoneyDiffers { theirs, ours: known.total };
            self.differ(order, Some(told), Some(known), found, Reason::OtherTotal);
        }
    }

    fn weigh_cancelled(&mut self, order: &OrderId, told: &Told, known: &Known) {
        let nothing = Money::from_minor(0, known.total.currency);
        if told.net() == 0 {
            self.comparison.same += 1;
            return;
        }
        let theirs = self.money(told.net());
        add_to(&mut self.theirs, theirs.amount_minor);
        self.ours.add(nothing);
        let found = Found::MoneyDiffers { theirs, ours: nothing };
        self.differ(order, Some(told), Some(known), found, Reason::PaidThoughCancelled);
    }

    fn why_unknown(&self, placed: Option<Date>) -> Reason {
        let is_before = |day: Option<Date>| placed.zip(day).is_some_and(|(placed, day)| placed < day);
        match () {
            () if is_before(self.book.began) => Reason::BeforeBook,
            () if is_before(self.book.horizon) => Reason::BeforeHorizon,
            () => Reason::NotInBook,
        }
    }

    /// Orders that ended within what files cover, so long ago that one of them must have paid for it.
    fn look_for_missing(&mut self, orders: &BTreeMap<&OrderId, Told>, days: DaySpan) {
        let from = self.book.covered_from.map_or(days.from, |earlier| earlier.min(days.from));
        let Ok(until) = days.to.checked_sub(i64::from(self.book.within_days).days()) else { return };
        for (order, known) in &self.book.orders {
            let ended = known.source_time.to_zoned(shop_zone()).date();
            let is_over = matches!(known.status, Status::Delivered | Status::Completed);
            let is_due = is_over && known.kind == OrderKind::Channel && (from..=until).contains(&ended);
            if is_due && !orders.contains_key(order) && !self.book.paid_before.contains(order) {
                self.comparison.ours.orders += 1;
                self.ours.add(known.total);
                self.differ(order, None, Some(known), Found::MissingThere, Reason::NotPaid);
            }
        }
    }

    fn differ(
        &mut self,
        order: &OrderId,
        told: Option<&Told>,
        known: Option<&Known>,
        found: Found,
        reason: Reason,
    ) {
        let day = told.and_then(|told| told.placed);
        let midnight = |day: Date| day.to_zoned(shop_zone()).ok().map(|moment| moment.timestamp());
        let placed = known.map(|known| known.created_at).or_else(|| day.and_then(midnight));
        let line = told.map(|told| told.line);
        self.comparison.differences.push(Difference { order: order.clone(), placed, line, found, reason });
    }

    fn money(&self, amount_minor: i64) -> Money {
        Money::from_minor(amount_minor, self.sheet.currency)
    }

    fn finish(mut self) -> Comparison {
        let is_priced = matches!(self.comparison.basis, Basis::BuyerPays { .. });
        self.comparison.theirs.money = self.theirs.filter(|_| is_priced).map(|amount| self.money(amount));
        self.comparison.ours.money = self.ours.total().filter(|_| is_priced);
        self.comparison
    }
}
