//! What channels sold beyond the stock, what a day came to, and units sold, from ledger lines and orders made by hand.

mod told;

use super::oversells::oversells;
use super::sales::{Orders, hours, sales};
use crate::announce_stock::LedgerLine;
use commerce::Timestamp;
use commerce::catalogue::{Sharing, Shop};
use commerce::effect::OrderState;
use commerce::ids::{ConnectionId, LocationId, OrderId, ShopId, Sku};
use commerce::money::{Currency, Money};
use commerce::order::{Departure, OrderKind};
use commerce::plan::OrderKey;
use commerce::reconcile::{Day, shop_zone};
use commerce::status::Status;
use commerce::stock::{Cause, Movement, StockDelta};
use jiff::civil::Date;
use lambda_kit::shops_file;
use reports::shop::Whose;

const SHOP: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng"
shortfalls = { owner = "Lan", within_hours = 6 }
[[shop.location]]
id = "hn"
name = "Hà Nội"
[[shop.connection]]
id = "mall"
channel = "shopee"
serves_from = ["hn"]
[[shop.connection]]
id = "web"
channel = "woocommerce"
sharing = "pool"
serves_from = ["hn"]
"#;

fn shop() -> Shop {
    let file = shops_file::parse(SHOP).unwrap();
    (**file.catalogue.shops.values().next().unwrap()).clone()
}

fn day() -> Day {
    Day::of(Date::constant(2026, 11, 22), &shop_zone()).unwrap()
}

fn at(text: &str) -> Timestamp {
    format!("2026-11-{text}:00Z").parse().unwrap()
}

fn connection(id: &str) -> ConnectionId {
    ConnectionId::new(id).unwrap()
}

fn order_movement(id: &str, order: &str, at: Timestamp, committed: i64) -> Movement {
    let cause = Cause::Order { connection: connection(id), order: order.to_owned(), by: None };
    Movement { cause, at_ms: at.as_millisecond(), delta: StockDelta { committed, ..StockDelta::default() } }
}

fn line(version: u64, free: i64, movements: Vec<Movement>) -> LedgerLine {
    LedgerLine {
        shop: ShopId::new("demo").unwrap(),
        sku: Sku::new("AO-M").unwrap(),
        location: LocationId::new("hn").unwrap(),
        version,
        movements,
        on_hand: 0,
        committed: 0,
        free,
    }
}

fn order(
    id: &str,
    kind: OrderKind,
    status: Status,
    (placed, told): (&str, &str),
    total: Money,
) -> (OrderKey, OrderState) {
    let (connection, number) = id.split_once('/').unwrap();
    let key = OrderKey {
        shop: ShopId::new("demo").unwrap(),
        connection: ConnectionId::new(connection).unwrap(),
        order: OrderId::new(number).unwrap(),
    };
    let state = OrderState {
        kind,
        status,
        departure: Departure::Unknown,
        source_time: at(told),
        created_at: at(placed),
        read_at: None,
        digest: String::new(),
        total,
        lines: Vec::new(),
        hold: None,
        unheard: false,
        echo_of: None,
        applied: Default::default(),
    };
    (key, state)
}

fn vnd(amount_minor: i64) -> Money {
    Money { amount_minor, currency: Currency::VND }
}

#[test]
fn an_order_beyond_the_stock_is_an_oversell_for_the_units_that_were_not_there() {
    let noon = at("22T05:00");
    let lines = [
        line(1, 1, vec![order_movement("mall", "O1", noon, 2)]),
        line(2, -3, vec![order_movement("mall", "O2", at("22T06:00"), 4)]),
        // The same line once more, as a batch that was handed over twice writes it.
        line(2, -3, vec![order_movement("mall", "O2", at("22T06:00"), 4)]),
        line(3, -4, vec![order_movement("web", "W1", at("22T07:00"), 1)]),
        line(4, -5, vec![order_movement("mall", "O3", at("22T17:00"), 1)]),
    ];
    let found = oversells(&shop(), &day(), &lines, &Orders::new());
    let told: Vec<_> = found.iter().map(|s| (s.order.as_ref().unwrap().as_str(), s.units)).collect();
    assert_eq!(told, [("O2", 3), ("W1", 1)], "the last one is of the next day");
    assert_eq!(found[0].whose, Whose::Channel { connection: connection("mall") });
    assert_eq!((found[0].since, found[0].deadline), (at("22T06:00"), at("22T12:00")));
    assert_eq!(found[1].whose, Whose::Unknown, "the pool promises nothing");
    assert!(found[1].cause.en.contains("shared pool"));
}

#[test]
fn what_cover_held_a_till_sold_or_a_person_counted_is_no_oversell() {
    let noon = at("22T05:00");
    let mut covered = order_movement("mall", "O1", noon, 2);
    let listing = "mall/ao-m".to_owned().try_into().unwrap();
    covered.delta.cover.insert(listing, -2);
    let counted = Movement {
        cause: Cause::Document { document: "level:count:hn:1".to_owned() },
        at_ms: noon.as_millisecond(),
        delta: StockDelta { on_hand: -9, ..StockDelta::default() },
    };
    let lines = [
        line(1, -1, vec![covered]),
        line(2, -3, vec![order_movement("web", "T1", noon, 2)]),
        line(3, -12, vec![counted]),
    ];
    let sale = order("web/T1", OrderKind::TillSale, Status::Completed, ("22T05:00", "22T05:00"), vnd(1));
    assert_eq!(oversells(&shop(), &day(), &lines, &Orders::from([sale])), []);
}

#[test]
fn sales_count_by_the_shops_own_day_and_a_cancel_on_the_day_it_came() {
    let channel = OrderKind::Channel;
    let orders = Orders::from([
        order("mall/A", channel, Status::Confirmed, ("21T17:00", "21T17:00"), vnd(100)),
        order("mall/B", channel, Status::Cancelled, ("22T03:10", "22T04:00"), vnd(20)),
        order("mall/C", channel, Status::Cancelled, ("20T03:00", "22T04:00"), vnd(7)),
        order("mall/D", channel, Status::Returned, ("19T03:00", "22T04:00"), vnd(5)),
        order("mall/E", channel, Status::Confirmed, ("22T17:00", "22T17:00"), vnd(1_000)),
        order("web/F", channel, Status::Confirmed, ("22T03:00", "22T03:00"), vnd(3)),
    ]);
    let sold = sales(&orders, &connection("mall"), &day()).unwrap();
    assert_eq!((sold.orders, sold.revenue), (2, vnd(100)), "midnight in Viet Nam is 17:00 UTC");
    assert_eq!((sold.cancels, sold.cancelled), (2, vnd(27)));
    assert_eq!((sold.returns, sold.returned), (1, vnd(5)));
    let hours: Vec<_> = hours(&orders, &connection("mall"), &day())
        .iter()
        .map(|hour| (hour.from, hour.ours.orders, hour.theirs))
        .collect();
    assert_eq!(hours, [(at("21T17:00"), 1, None), (at("22T03:00"), 1, None)]);
}

#[test]
fn amounts_of_two_currencies_are_not_added() {
    let usd = Money { amount_minor: 1, currency: Currency::new("USD").unwrap() };
    let channel = OrderKind::Channel;
    let orders = Orders::from([
        order("mall/A", channel, Status::Confirmed, ("22T03:00", "22T03:00"), vnd(100)),
        order("mall/B", channel, Status::Confirmed, ("22T03:00", "22T03:00"), usd),
    ]);
    assert_eq!(sales(&orders, &connection("mall"), &day()), None);
    assert_eq!(hours(&orders, &connection("mall"), &day())[0].ours.money, None);
    assert_eq!(sales(&orders, &connection("web"), &day()).map(|sold| sold.orders), Some(0));
    assert_eq!(shop().connections[&connection("web")].sharing, Sharing::Pool);
}
