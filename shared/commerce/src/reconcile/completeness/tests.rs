//! A day's orders as short tables: `id hour:minute amount`, the channel's list on the left, ours on the right.

use super::*;
use crate::money::Currency;
use crate::reconcile::shop_zone;
use jiff::civil::Date;

const LISTED_AT: &str = "2026-11-30T18:00:00Z";

fn day() -> Day {
    Day::of(Date::constant(2026, 11, 30), &shop_zone()).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// `10:15` is a quarter past ten in Viet Nam on that day.
fn at(clock: &str) -> Timestamp {
    time(&format!("2026-11-30T{clock}:00+07:00"))
}

fn told(clock: &str, amount: i64) -> Told {
    let total = Money::from_minor(amount, Currency::VND);
    Told { kind: OrderKind::Channel, created_at: at(clock), source_time: at(clock), total }
}

fn side(orders: &[(&str, Told)]) -> Side {
    orders.iter().map(|(id, told)| (OrderId::new(*id).unwrap(), *told)).collect()
}

fn held_against(theirs: &[(&str, Told)], ours: &[(&str, Told)]) -> Comparison {
    let horizon = time("2026-11-01T00:00:00Z");
    compare(&day(), &side(theirs), &side(ours), time(LISTED_AT), horizon)
}

/// What differs, as `id: found → to do`.
fn check(theirs: &[(&str, Told)], ours: &[(&str, Told)], expected: &[(&str, Found, ToDo)]) {
    let found = held_against(theirs, ours).differences;
    let found: Vec<_> = found.into_iter().map(|d| (d.order.to_string(), d.found, d.to_do)).collect();
    let expected: Vec<_> =
        expected.iter().map(|(id, found, to_do)| ((*id).to_owned(), found.clone(), *to_do)).collect();
    assert_eq!(found, expected);
}

#[test]
fn equal_sides_are_equal_hour_by_hour() {
    let orders = [("A", told("00:00", 100)), ("B", told("00:59", 50)), ("C", told("23:59", 7))];
    let comparison = held_against(&orders, &orders);
    assert!(comparison.is_equal());
    let vnd = |orders, amount| Total { orders, money: Some(Money::from_minor(amount, Currency::VND)) };
    let hour = |clock, total| HourLine { from: at(clock), theirs: total, ours: total };
    assert_eq!(comparison.hours, [hour("00:00", vnd(2, 150)), hour("23:00", vnd(1, 7))]);
    assert_eq!((comparison.theirs, comparison.ours, comparison.same), (vnd(3, 157), vnd(3, 157), 3));
}

#[test]
fn orders_of_other_days_count_nowhere() {
    let before = Told { created_at: time("2026-11-29T16:59:59Z"), ..told("00:00", 9) };
    let after = Told { created_at: time("2026-11-30T17:00:00Z"), ..told("00:00", 9) };
    let comparison = held_against(&[("A", before), ("B", after)], &[("A", before)]);
    assert_eq!(comparison, Comparison::default());
}

#[test]
fn each_difference_is_named_with_what_is_to_be_done() {
    let a = told("10:15", 100);
    check(&[("A", a)], &[], &[("A", Found::MissingHere, ToDo::Fetch)]);
    let old = Told { created_at: time("2026-10-01T00:00:00Z"), ..a };
    check(&[("A", old)], &[], &[]);
    check(&[], &[("A", a)], &[("A", Found::MissingThere, ToDo::LookUpAgain)]);
    let sale = Told { kind: OrderKind::TillSale, ..a };
    check(&[], &[("A", sale)], &[("A", Found::MissingThere, ToDo::Explain(Why::NotListed))]);
    let late = Told { source_time: time(LISTED_AT), ..a };
    check(&[], &[("A", late)], &[("A", Found::MissingThere, ToDo::Explain(Why::ChangedSince))]);
}

#[test]
fn whoever_knows_the_newer_state_is_right_about_the_money() {
    let (a, b) = (told("10:15", 100), told("10:15", 90));
    let differs = |theirs: &Told, ours: &Told| Found::MoneyDiffers { theirs: theirs.total, ours: ours.total };
    check(&[("A", a)], &[("A", b)], &[("A", differs(&a, &b), ToDo::LookUpAgain)]);
    let newer = Told { source_time: at("10:20"), ..a };
    check(&[("A", newer)], &[("A", b)], &[("A", differs(&newer, &b), ToDo::Fetch)]);
    check(&[("A", b)], &[("A", newer)], &[("A", differs(&b, &newer), ToDo::LookUpAgain)]);
    let since = Told { source_time: time(LISTED_AT), ..a };
    check(&[("A", b)], &[("A", since)], &[("A", differs(&b, &since), ToDo::Explain(Why::ChangedSince))]);
}

#[test]
fn an_order_in_two_hours_or_on_two_days_is_told() {
    let (a, b) = (told("10:59", 100), told("11:00", 100));
    let hours = Found::HourDiffers { theirs: a.created_at, ours: b.created_at };
    check(&[("A", a)], &[("A", b)], &[("A", hours, ToDo::LookUpAgain)]);
    let yesterday = Told { created_at: time("2026-11-29T10:00:00Z"), ..a };
    let days = Found::HourDiffers { theirs: yesterday.created_at, ours: a.created_at };
    check(&[("A", yesterday)], &[("A", a)], &[("A", days, ToDo::LookUpAgain)]);
}

#[test]
fn before_the_horizon_nothing_is_fetched() {
    let comparison = compare(
        &day(),
        &side(&[("A", told("10:15", 100))]),
        &Side::new(),
        time(LISTED_AT),
        time("2026-12-01T00:00:00Z"),
    );
    assert_eq!(comparison.differences[0].to_do, ToDo::Explain(Why::BeforeHorizon));
    assert_eq!(comparison.open().count(), 0);
}

#[test]
fn money_in_two_currencies_has_no_sum() {
    let dollars = Told { total: Money::from_minor(5, Currency::new("USD").unwrap()), ..told("10:30", 0) };
    let comparison = held_against(&[("A", told("10:15", 100)), ("B", dollars)], &[]);
    assert_eq!(comparison.theirs, Total { orders: 2, money: None });
}
