//! A made-up day of a made-up shop that shows every part of the pages; nothing in it is real.

pub mod counter;
mod day;
mod others;
mod stock;
mod supply;

pub use others::{empty_day, operator_page, quiet_day};

use crate::shop::ShopReport;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, IdError, ListingId, LocationId, OrderId, ShopId, Sku};
use commerce::money::{Currency, Money};
use jiff::civil::{Date, date};

/// The business day of all samples.
pub const DAY: Date = date(2026, 11, 29);
/// 2026-11-29, 00:00 in Việt Nam.
const MIDNIGHT_S: i64 = 1_795_885_200;

/// A moment of the sample's day, by the clock of its shop. Hours beyond 24 are the morning after.
pub(crate) fn at(hour: i64, minute: i64) -> Timestamp {
    Timestamp::from_second(MIDNIGHT_S + hour * 3_600 + minute * 60).unwrap_or_default()
}

fn vnd(amount: i64) -> Money {
    Money::from_minor(amount, Currency::VND)
}

fn sku(text: &str) -> Result<Sku, IdError> {
    Sku::new(text)
}

fn store(text: &str) -> Result<LocationId, IdError> {
    LocationId::new(text)
}

fn connection(text: &str) -> Result<ConnectionId, IdError> {
    ConnectionId::new(text)
}

fn listing(text: &str) -> Result<ListingId, IdError> {
    ListingId::new(text)
}

fn order(text: &str) -> Result<OrderId, IdError> {
    OrderId::new(text)
}

/// A busy Sunday with one of everything that can go wrong.
pub fn busy_day() -> Result<ShopReport, IdError> {
    Ok(ShopReport {
        shop: ShopId::new("moc-lan")?,
        name: "Mộc Lan – thời trang linen".to_owned(),
        day: DAY,
        time_zone: "Asia/Ho_Chi_Minh".to_owned(),
        made_at: at(30, 0),
        location_names: supply::location_names()?,
        product_names: Default::default(),
        connections: day::connections()?,
        settlements: Some(day::settlements()?),
        oversells: Some(stock::oversells()?),
        shortfalls: Some(stock::shortfalls()?),
        drift: Some(stock::drift()?),
        counts: Some(stock::counts()?),
        pick_ups: Some(stock::pick_ups()?),
        stock: Some(stock::totals()),
        ledger: Some(stock::ledger()),
        stranded: Some(stock::stranded()?),
        parked: Some(day::parked()?),
        low_stock: Some(supply::low_stock()?),
        reorders: Some(supply::reorders()?),
        moves: Some(supply::moves()?),
        cost: Some(supply::cost(470)),
        alerts: Some(day::alerts()?),
        remarks: day::remarks()?,
        history: Some(others::history()),
    })
}
