//! What counts changed, and which numbers came right, from ledger lines and earlier reports made by hand.

use super::super::came_right::Open;
use super::super::counts::counts;
use super::super::day_lines::by_balance;
use super::super::sales::Orders;
use crate::announce_stock::LedgerLine;
use crate::reconcile::Recorded;
use commerce::Timestamp;
use commerce::catalogue::{Component, Shop};
use commerce::effect::{Decision, Line, OrderState};
use commerce::ids::{ConnectionId, LineId, ListingId, LocationId, OrderId, ShopId, Sku};
use commerce::money::{Currency, Money};
use commerce::order::{Departure, OrderKind};
use commerce::plan::OrderKey;
use commerce::reconcile::{Day, shop_zone};
use commerce::status::Status;
use commerce::stock::{Cause, ListingKey, Movement, StockDelta};
use jiff::civil::Date;
use lambda_kit::shops_file;
use reports::shop::{CameRight, CountCheck, Drift, DriftCheck, DriftClass, DriftDone, ShopReport};
use std::collections::BTreeMap;

const SHOP: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng"
[shop.names]
AO-M = "Áo thun M"
[[shop.location]]
id = "hn"
name = "Hà Nội"
[[shop.connection]]
id = "till"
channel = "kiotviet"
serves_from = ["hn"]
[[shop.connection]]
id = "web"
channel = "woocommerce"
serves_from = ["hn"]
listing = [{ id = "1:0", sku = "AO-M" }, { id = "2:0", recipe = [{ sku = "VO" }, { sku = "AO-M" }] }]
"#;

fn shop() -> Shop {
    let file = shops_file::parse(SHOP).unwrap();
    (**file.catalogue.shops.values().next().unwrap()).clone()
}

fn day() -> Day {
    Day::of(Date::constant(2026, 11, 22), &shop_zone()).unwrap()
}

/// A time of the day by the shop's clock.
fn at(clock: &str) -> Timestamp {
    format!("2026-11-22T{clock}:00+07:00").parse().unwrap()
}

/// The ledger of one balance in short: `c` or `t` for a count by a person or the till, `o` for an order; the time; by how
/// much on hand changes. Versions begin at `first`.
fn ledger(first: u64, mut on_hand: i64, text: &str) -> Vec<LedgerLine> {
    let line = |(place, word): (usize, &str)| {
        let parts: Vec<&str> = word.split('/').collect();
        let (time, change) = (at(parts[1]), parts[2].parse::<i64>().unwrap());
        on_hand += change;
        let document = |who: &str| format!("level:{who}:hn:{}", time.as_millisecond());
        let cause = match parts[0] {
            "c" => Cause::Document { document: document("count") },
            "t" => Cause::Document { document: document("till") },
            _ => Cause::Order {
                connection: ConnectionId::new("web").unwrap(),
                order: word.to_owned(),
                by: None,
            },
        };
        let delta = StockDelta { on_hand: change, ..StockDelta::default() };
        LedgerLine {
            shop: ShopId::new("demo").unwrap(),
            sku: Sku::new("AO-M").unwrap(),
            location: LocationId::new("hn").unwrap(),
            version: first + place as u64,
            movements: vec![Movement { cause, at_ms: time.as_millisecond(), delta }],
            on_hand,
            committed: 0,
            free: on_hand,
        }
    };
    text.split_whitespace().enumerate().map(line).collect()
}

/// A sale that had left before a count and whose news came after it.
fn late_receipt(number: &str, left_at: &str, units: u32) -> (OrderKey, OrderState) {
    let sku = Sku::new("AO-M").unwrap();
    let key = OrderKey {
        shop: ShopId::new("demo").unwrap(),
        connection: ConnectionId::new("till").unwrap(),
        order: OrderId::new(number).unwrap(),
    };
    let decision = Decision {
        location: LocationId::new("hn").unwrap(),
        recipe: vec![Component { sku: sku.clone(), factor: 1 }],
        in_cover: false,
        till_owned: true,
        not_counted: vec![sku],
    };
    let line = Line {
        id: LineId::new("1").unwrap(),
        listing: ListingId::new("1:0").unwrap(),
        quantity: units,
        cancelled: 0,
        unit_price_minor: 1,
        out: units,
        counted: 0,
        decision: Some(decision),
    };
    let state = OrderState {
        kind: OrderKind::TillSale,
        status: Status::Completed,
        departure: Departure::Left,
        source_time: at(left_at),
        created_at: at(left_at),
        read_at: None,
        digest: String::new(),
        total: Money { amount_minor: 1, currency: Currency::VND },
        lines: vec![line],
        hold: None,
        unheard: false,
        echo_of: None,
        applied: Default::default(),
    };
    (key, state)
}

fn check(lines: &[LedgerLine], recorded: Option<&Recorded>, orders: &Orders) -> CountCheck {
    counts(&shop(), &day(), &by_balance(lines, recorded, &day()), orders)
}

/// Each line as `who counted/expected=difference`.
fn told(check: &CountCheck) -> Vec<String> {
    let line = |line: &reports::shop::CountLine| {
        format!("{} {}/{}={}", line.by.code(), line.counted, line.expected, line.difference())
    };
    check.lines.iter().map(line).collect()
}

#[test]
fn a_count_says_what_was_there_and_what_the_book_had_at_that_moment() {
    // Ten by the book; eight are counted at nine. At ten two are sold; a count of half past nine is handed in at eleven.
    let lines = ledger(5, 10, "c/09:00/-2 o/10:00/-2 c/09:30/1 c/12:00/0");
    let found = check(&lines, None, &Orders::new());
    assert_eq!(told(&found), ["person 8/10=-2", "person 9/8=1"]);
    assert_eq!((found.net(), found.more(), found.fewer(), found.same, found.first), (-1, 1, 2, 0, 0));
    let even = check(&ledger(5, 10, "c/09:00/0"), None, &Orders::new());
    assert_eq!((even.lines.len(), even.same), (0, 1));
}

#[test]
fn a_first_count_differs_from_nothing() {
    let found = check(&ledger(1, 0, "o/08:00/-1 c/09:00/11 c/10:00/-1"), None, &Orders::new());
    assert_eq!((told(&found), found.first), (vec!["person 9/10=-1".to_owned()], 1));
    let other_day = [ledger(1, 0, "c/09:00/5"), ledger(2, 5, "c/10:00/-1")].concat();
    let recorded = Recorded { lines: 1..2, objects: 1 };
    let found = check(&other_day, Some(&recorded), &Orders::new());
    assert_eq!((told(&found), found.first), (vec!["person 4/5=-1".to_owned()], 0));
}

#[test]
fn a_tills_readings_are_one_line_less_the_sales_whose_receipt_came_later() {
    let lines = ledger(3, 20, "t/09:00/-1 t/10:00/-2 o/11:00/-1 t/12:00/-1");
    let orders: Orders = [late_receipt("A", "08:59", 1), late_receipt("B", "09:58", 2)].into();
    assert_eq!(told(&check(&lines, None, &orders)), ["till 15/16=-1"]);
    let all: Orders = orders.into_iter().chain([late_receipt("C", "11:30", 1)]).collect();
    let found = check(&lines, None, &all);
    assert_eq!((found.lines.len(), found.same), (0, 1), "every reading is a sale");
    let after = [late_receipt("D", "13:00", 1)].into();
    assert_eq!(
        told(&check(&lines, None, &after)),
        ["till 15/19=-4"],
        "what left after all counts explains none"
    );
}

#[test]
fn a_count_of_yesterday_that_is_handed_in_today_stands_in_todays_report() {
    let mut lines = ledger(5, 10, "c/09:00/-2");
    lines[0].movements[0].at_ms -= 86_400_000;
    assert_eq!(told(&check(&lines, None, &Orders::new())), [""; 0], "by its own time it is yesterday's");
    let recorded = Recorded { lines: 0..1, objects: 1 };
    assert_eq!(told(&check(&lines, Some(&recorded), &Orders::new())), ["person 8/10=-2"]);
    let earlier = Recorded { lines: 0..0, objects: 0 };
    assert_eq!(told(&check(&lines, Some(&earlier), &Orders::new())), [""; 0], "it was told yesterday");
}

fn listing(id: &str) -> ListingKey {
    ListingKey { connection: ConnectionId::new("web").unwrap(), listing: ListingId::new(id).unwrap() }
}

fn wrong(id: &str) -> Drift {
    Drift {
        connection: ConnectionId::new("web").unwrap(),
        listing: ListingId::new(id).unwrap(),
        skus: Vec::new(),
        product: String::new(),
        channel_shows: 9,
        we_believed: Some(5),
        rules_want: 5,
        class: DriftClass::ForeignEdit,
        done: DriftDone::Lowering,
        since: None,
    }
}

fn drift(lines: &[&str], came_right: Option<Vec<CameRight>>) -> DriftCheck {
    DriftCheck { compared: 2, unread: 0, lines: lines.iter().map(|id| wrong(id)).collect(), came_right }
}

fn report(made_at: &str, drift: DriftCheck) -> ShopReport {
    let empty = reports::sample::empty_day().unwrap();
    ShopReport { made_at: at(made_at), drift: Some(drift), ..empty }
}

type Even = BTreeMap<ListingKey, Option<Timestamp>>;

fn right(open: &Open, mut check: DriftCheck, even: &Even, now: &str) -> DriftCheck {
    open.tell(&mut check, &shop(), even, at(now));
    check
}

#[test]
fn what_is_right_now_is_told_with_how_long_it_took() {
    let mut open = Open::default();
    open.take(report("01:00", drift(&["1:0", "2:0"], Some(Vec::new()))), false);
    let even: Even = [(listing("1:0"), Some(at("01:04"))), (listing("2:0"), Some(at("00:30")))].into();
    let check = right(&open, drift(&[], None), &even, "23:00");
    let told: Vec<_> =
        check.came_right.unwrap().into_iter().map(|l| (l.product, l.class, l.found_at, l.right_at)).collect();
    let edit = DriftClass::ForeignEdit;
    let expected = [
        ("Áo thun M".to_owned(), edit, at("01:00"), at("01:04")),
        ("Áo thun M + VO".to_owned(), edit, at("01:00"), at("23:00")),
    ];
    assert_eq!(told, expected, "the second was told nothing since: nobody knows when it came right");
}

#[test]
fn what_is_still_wrong_or_was_not_read_stays_open_with_its_first_night() {
    let mut open = Open::default();
    open.take(report("01:00", drift(&["1:0", "2:0"], Some(Vec::new()))), false);
    let check = right(&open, drift(&["1:0"], None), &Even::new(), "05:00");
    assert_eq!((check.lines[0].since, check.came_right.as_deref()), (Some(at("01:00")), Some(&[][..])));
    // The next night's report keeps the first night, and the listing that nobody could read is right in the third.
    open.take(report("05:00", check), false);
    let even: Even = [(listing("2:0"), Some(at("04:00")))].into();
    let third = right(&open, drift(&["1:0"], None), &even, "09:00");
    assert_eq!(third.lines[0].since, Some(at("01:00")));
    let came_right = third.came_right.clone().unwrap();
    assert_eq!((came_right.len(), came_right[0].right_at), (1, at("04:00")));
    // Told once; the same day made again tells it again.
    let mut next = open.clone();
    next.take(report("09:00", third.clone()), false);
    assert_eq!(right(&next, drift(&["1:0"], None), &even, "13:00").came_right, Some(Vec::new()));
    open.take(report("09:00", third), true);
    assert_eq!(right(&open, drift(&["1:0"], None), &even, "10:00").came_right, Some(came_right));
}

#[test]
fn reports_of_before_this_was_told_are_not_believed_to_be_open() {
    let mut open = Open::default();
    open.take(report("01:00", drift(&["1:0"], None)), false);
    open.take(report("02:00", drift(&["2:0"], None)), false);
    let even: Even = [(listing("1:0"), None), (listing("2:0"), None)].into();
    let right = right(&open, drift(&[], None), &even, "03:00").came_right.unwrap();
    assert_eq!(right.iter().map(|line| line.listing.as_str()).collect::<Vec<_>>(), ["2:0"]);
}
