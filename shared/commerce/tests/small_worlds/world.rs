//! The small world itself: one store, two products, two listings, two buyers, and what may be on its way between them.

use commerce::Timestamp;
use commerce::catalogue::{Component, Connection, Listing, Location, Sharing, Shop};
use commerce::cover::Guard;
use commerce::ids::{ConnectionId, ListingId, LocationId, Sku};
use commerce::stock::{ListingKey, StockKey};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// A quick mixing of small numbers: millions of worlds are told apart by it.
#[derive(Default)]
pub(crate) struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u8(*byte));
    }
    fn write_u8(&mut self, value: u8) {
        self.0 = (self.0.rotate_left(9) ^ u64::from(value)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_i8(&mut self, value: i8) {
        self.write_u8(value.cast_unsigned());
    }
    fn write_u16(&mut self, value: u16) {
        self.0 = (self.0.rotate_left(9) ^ u64::from(value)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_isize(&mut self, value: isize) {
        self.write_usize(value.cast_unsigned());
    }
    fn write_usize(&mut self, value: usize) {
        self.0 = (self.0.rotate_left(9) ^ value as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

pub(crate) type Known<Key, Value> = HashMap<Key, Value, BuildHasherDefault<Mixed>>;

pub(crate) const LISTINGS: usize = 2;
pub(crate) const SKUS: usize = 2;
pub(crate) const ORDERS: usize = 2;
/// The first listing sells one shirt, the second a set of a shirt and a cap.
pub(crate) const FACTORS: [[i8; SKUS]; LISTINGS] = [[1, 0], [1, 1]];
/// A call is given up after one tick and may be applied for one more.
pub(crate) const TICK_MS: i64 = 1;

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

pub(crate) fn ticks_from_now(ticks: i64) -> Timestamp {
    Timestamp::from_millisecond(now().as_millisecond() + ticks * TICK_MS).unwrap()
}

pub(crate) fn sku(number: usize) -> Sku {
    Sku::new(["SHIRT", "CAP"][number]).unwrap()
}

pub(crate) fn store() -> LocationId {
    LocationId::new("hn").unwrap()
}

pub(crate) fn balance(number: usize) -> StockKey {
    StockKey { sku: sku(number), location: store() }
}

pub(crate) fn connection(listing: usize) -> ConnectionId {
    ConnectionId::new(["one", "two"][listing]).unwrap()
}

pub(crate) fn listing_key(listing: usize) -> ListingKey {
    ListingKey { connection: connection(listing), listing: ListingId::new("1").unwrap() }
}

pub(crate) fn recipe(listing: usize) -> Vec<Component> {
    let parts = (0..SKUS).filter(|part| FACTORS[listing][*part] > 0);
    parts.map(|part| Component { sku: sku(part), factor: 1 }).collect()
}

pub(crate) fn shop() -> Shop {
    let account = |number: usize| {
        let id = ListingId::new("1").unwrap();
        let listing = Listing {
            id: id.clone(),
            recipe: recipe(number),
            buffer: 0,
            publish: true,
            rule: None,
            paused: false,
        };
        let connection = Connection {
            id: connection(number),
            channel: "shopee".to_owned(),
            base_url: None,
            webhook_url: None,
            serves_from: vec![store()],
            account: BTreeMap::new(),
            sharing: Sharing::Cover,
            rule: Default::default(),
            listings: [(id, listing)].into(),
        };
        (connection.id.clone(), connection)
    };
    Shop {
        id: commerce::ids::ShopId::new("demo").unwrap(),
        name: "Demo".to_owned(),
        keep_orders_days: 1_095,
        report: Default::default(),
        shortfalls: commerce::shortfall::ShortfallRule::usual("demo"),
        locations: vec![Location {
            id: store(),
            name: "Hà Nội".to_owned(),
            till: None,
            walk_in_reserve: 0,
            orders_to: None,
        }],
        connections: (0..LISTINGS).map(account).collect(),
    }
}

/// A call on its way to the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sent {
    pub(crate) kind: u8,
    pub(crate) value: i8,
    pub(crate) base: i8,
    /// It can still be applied for so many ticks.
    pub(crate) ticks: u8,
    /// Somebody still waits for its answer.
    pub(crate) is_awaited: bool,
}

/// How far an order has come, at the channel or in the book.
pub(crate) const NOWHERE: u8 = 0;
pub(crate) const OPEN: u8 = 1;
pub(crate) const CANCELLED: u8 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Order {
    pub(crate) listing: u8,
    pub(crate) at_channel: u8,
    pub(crate) in_book: u8,
    /// How far the book must have come before a pass proves a drain.
    pub(crate) before_drain: u8,
}

/// What an answer says, small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    Applied,
    NotSent,
    Changed,
    Doubtful,
    Shown(i8, i8),
}

/// The whole world at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) committed: [i8; SKUS],
    pub(crate) cover: [[i8; SKUS]; LISTINGS],
    pub(crate) given_back: [[i8; SKUS]; LISTINGS],
    pub(crate) listed: [u16; LISTINGS],
    pub(crate) loaded: [Option<u16>; LISTINGS],
    pub(crate) is_drained: [bool; LISTINGS],
    pub(crate) shown: [i8; LISTINGS],
    pub(crate) gross: [i8; LISTINGS],
    pub(crate) sent: [Option<Sent>; LISTINGS],
    pub(crate) reading: [bool; LISTINGS],
    pub(crate) answer: [Option<Answer>; LISTINGS],
    pub(crate) orders: [Order; ORDERS],
}

impl World {
    /// Units on hand that are neither sold nor offered.
    pub(crate) fn free(&self, on_hand: [i8; SKUS], sku: usize) -> i8 {
        on_hand[sku] - self.committed[sku] - self.cover.iter().map(|cover| cover[sku]).sum::<i8>()
    }
}

/// A write, with its state in small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) listed: u16,
    pub(crate) cover: Vec<(usize, i8, Guard)>,
    pub(crate) call: Option<Sent>,
    pub(crate) reads: bool,
    /// The attempt is another one, or over: nobody waits for older answers.
    pub(crate) is_other: bool,
    /// What was said is known from now on: orders from before are waited for.
    pub(crate) starts_drain: bool,
    pub(crate) gives_up: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    Rest,
    Wait,
    Pass,
    Write(u16),
}

/// How much may happen in a world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Freedom {
    /// Units of each product in the one store.
    pub(crate) on_hand: [i8; SKUS],
    /// Buyers.
    pub(crate) orders: usize,
    /// Whether buyers cancel.
    pub(crate) cancels: bool,
    /// Which workers may be slow, so that much can happen between their load and their save.
    pub(crate) slow: [bool; LISTINGS],
    /// Whose calls and answers may be late or lost.
    pub(crate) unlucky: [bool; LISTINGS],
}

/// What a decision is made from.
pub(crate) type Ground =
    (usize, [u16; LISTINGS], [i8; SKUS], [[i8; SKUS]; LISTINGS], [[i8; SKUS]; LISTINGS], bool);
