//! Orders as channels tell them: single events for stories, and whole random lives of orders for storms.

use commerce::Timestamp;
use commerce::ids::{ConnectionId, LineId, ListingId, LocationId, OrderId, ShopId, Sku};
use commerce::level::Level;
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::status::Status;
use rand::Rng;
use rand::rngs::SmallRng;
use workflows::messages::{Record, RecordMessage};

/// One line: listing, units ordered, units cancelled before anything left.
pub type Goods = (&'static str, u32, u32);

/// A time of the test's own day.
pub fn time(text: &str) -> Timestamp {
    text.parse().expect("a time such as 2026-11-22T09:00:00Z")
}

/// That many minutes later.
pub fn later(time: Timestamp, minutes: i64) -> Timestamp {
    Timestamp::from_second(time.as_second() + minutes * 60).expect("a time within reach")
}

/// An order whose events are told one by one.
#[derive(Debug, Clone)]
pub struct Order {
    /// The tenant.
    pub shop: ShopId,
    /// The account.
    pub connection: ConnectionId,
    /// Its number.
    pub id: OrderId,
    /// When it was placed.
    pub created_at: Timestamp,
    /// Who sold it.
    pub kind: OrderKind,
    /// The store that served it, where the channel says so.
    pub location: Option<LocationId>,
}

impl Order {
    /// A channel's order.
    pub fn new(shop: &str, connection: &str, id: &str, created_at: Timestamp) -> Self {
        Self {
            shop: ShopId::new(shop).expect("shop"),
            connection: ConnectionId::new(connection).expect("connection"),
            id: OrderId::new(id).expect("order"),
            created_at,
            kind: OrderKind::Channel,
            location: None,
        }
    }

    /// What the channel tells of it at that time.
    pub fn tells(
        &self,
        status: Status,
        departure: Departure,
        source_time: Timestamp,
        goods: &[Goods],
    ) -> RecordMessage {
        let line = |(place, (listing, quantity, cancelled)): (usize, &Goods)| ChannelLine {
            id: LineId::new(format!("{}", place + 1)).expect("line"),
            listing: ListingId::new(*listing).expect("listing"),
            quantity: *quantity,
            cancelled: *cancelled,
            unit_price_minor: 111_000,
        };
        let units: i64 = goods.iter().map(|(_, quantity, _)| i64::from(*quantity)).sum();
        let order = ChannelOrder {
            id: self.id.clone(),
            kind: self.kind,
            status,
            departure,
            source_time,
            created_at: self.created_at,
            read_at: None,
            location: self.location.clone(),
            hold: None,
            reference: None,
            lines: goods.iter().enumerate().map(line).collect(),
            total: Money::from_minor(units * 111_000, Currency::VND),
        };
        self.message(order)
    }

    /// Wraps an event as the message that `record-orders` receives.
    pub fn message(&self, order: ChannelOrder) -> RecordMessage {
        let record = Record::Order(Box::new(order));
        RecordMessage {
            shop: self.shop.clone(),
            connection: self.connection.clone(),
            record,
            shops_file: None,
        }
    }
}

/// A count of one product at one store.
pub fn count(
    shop: &str,
    connection: &str,
    sku: &str,
    location: &str,
    on_hand: i64,
    as_of: Timestamp,
) -> RecordMessage {
    let location = LocationId::new(location).expect("location");
    let level = Level { location, on_hand, as_of, source: connection.to_owned() };
    RecordMessage {
        shop: ShopId::new(shop).expect("shop"),
        connection: ConnectionId::new(connection).expect("connection"),
        record: Record::Level { sku: Sku::new(sku).expect("sku"), level },
        shops_file: None,
    }
}

/// A step of an order's life: status, departure, minutes since it was placed.
type Step = (Status, Departure, i64);

const LIVES: usize = 11;

/// The lives an order may lead, as channels tell them. The last event decides, save that goods once out stay out.
fn life(number: usize) -> Vec<Step> {
    use Departure::{Left, Stayed, Unknown};
    use Status::{
        Cancelled, Completed, Confirmed, Delivered, Pending, ReadyToShip, ReturnRequested, Returned, Shipped,
    };
    match number % LIVES {
        0 => vec![(Pending, Stayed, 0), (Confirmed, Stayed, 2)],
        1 => vec![
            (Pending, Stayed, 0),
            (Confirmed, Stayed, 2),
            (ReadyToShip, Stayed, 9),
            (Shipped, Left, 60),
            (Completed, Left, 900),
        ],
        2 => vec![(Pending, Stayed, 0), (Confirmed, Stayed, 3), (Cancelled, Stayed, 8)],
        3 => vec![(Confirmed, Stayed, 0), (Cancelled, Unknown, 12)],
        4 => vec![(Confirmed, Stayed, 0), (Shipped, Left, 30), (Cancelled, Left, 95)],
        // A channel that forgets that it shipped: the goods are still gone.
        5 => vec![(Confirmed, Stayed, 0), (Shipped, Left, 30), (Cancelled, Stayed, 95)],
        6 => vec![
            (Confirmed, Stayed, 0),
            (Delivered, Left, 50),
            (ReturnRequested, Left, 70),
            (Returned, Left, 99),
        ],
        7 => vec![(Cancelled, Stayed, 5)],
        8 => vec![(Cancelled, Left, 5)],
        // Two steps within one second: the further one wins.
        9 => vec![(Pending, Stayed, 0), (Confirmed, Stayed, 0), (Shipped, Left, 0), (Completed, Left, 0)],
        _ => vec![
            (Confirmed, Stayed, 0),
            (Status::Unknown("IN_LIMBO".to_owned()), Unknown, 4),
            (Shipped, Left, 9),
        ],
    }
}

/// The events of one order's life. Some lines lose units on the way, some leave the order altogether.
pub fn events(
    order: &Order,
    number: usize,
    listings: &[&'static str],
    dice: &mut SmallRng,
) -> Vec<RecordMessage> {
    let lines = dice.random_range(1..=listings.len().min(3));
    let first = dice.random_range(0..listings.len());
    let mut goods: Vec<Goods> =
        (0..lines).map(|n| (listings[(first + n) % listings.len()], dice.random_range(1..=5), 0)).collect();
    let mut told = Vec::new();
    for (status, departure, minutes) in life(number) {
        if !told.is_empty() && dice.random_bool(0.3) {
            let line = dice.random_range(0..goods.len());
            goods[line].2 = dice.random_range(0..=goods[line].1);
        }
        if !told.is_empty() && goods.len() > 1 && dice.random_bool(0.1) {
            goods.pop();
        }
        told.push(order.tells(status, departure, later(order.created_at, minutes), &goods));
    }
    told
}
