//! The orders that are handed in: one to three lines, one unit each, told by the website unless it is said by whom.

use super::shop::{SHOP, WEB, listing_id};
use crate::up::Problem;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, LineId, ListingId, OrderId, ShopId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::status::Status;
use workflows::messages::{Record, RecordMessage};

const PRICE: i64 = 119_000;

/// A new order for one unit of each of these products.
pub fn new_order(number: usize, products: &[usize], at: Timestamp) -> Result<RecordMessage, Problem> {
    new_order_on(WEB, number, products, at)
}

/// The same on another connection.
pub fn new_order_on(
    connection: &str,
    number: usize,
    products: &[usize],
    at: Timestamp,
) -> Result<RecordMessage, Problem> {
    let mut lines = Vec::new();
    for (n, product) in products.iter().enumerate() {
        lines.push(ChannelLine {
            id: LineId::new(format!("{}", 9_000 + n))?,
            listing: ListingId::new(listing_id(connection, *product))?,
            quantity: 1,
            cancelled: 0,
            unit_price_minor: PRICE,
        });
    }
    let amount_minor = lines.iter().map(|line| line.unit_price_minor).sum();
    let order = ChannelOrder {
        id: OrderId::new(format!("{}", 2_511_220_000_000 + number))?,
        kind: OrderKind::Channel,
        status: Status::Confirmed,
        departure: Departure::Stayed,
        source_time: at,
        created_at: at,
        read_at: None,
        location: None,
        hold: None,
        reference: None,
        lines,
        total: Money { amount_minor, currency: Currency::VND },
    };
    let (shop, connection) = (ShopId::new(SHOP)?, ConnectionId::new(connection)?);
    Ok(RecordMessage { shop, connection, record: Record::Order(Box::new(order)), shops_file: None })
}

/// The same order a second later, packed: nothing changes in stock.
pub fn packed(message: &RecordMessage) -> Result<RecordMessage, Problem> {
    let mut message = message.clone();
    if let Record::Order(order) = &mut message.record {
        order.status = Status::ReadyToShip;
        order.source_time = Timestamp::from_second(order.source_time.as_second() + 1)?;
    }
    Ok(message)
}
