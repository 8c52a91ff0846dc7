//! The table as the auditor sees it: every item as its stream tells it, decoded, and each change of a balance proven.

use commerce::effect::{Line, OrderState};
use commerce::hold_terms::HoldCode;
use commerce::ids::{ConnectionId, LineId, ListingId, OrderId};
use commerce::stock::{Stock, StockDelta, StockKey};
use lambda_kit::stream::{StreamRecord, to_item};
use one_machine::stream::Follower;
use one_machine::table_engine::TableEngine;
use std::collections::{BTreeMap, VecDeque};
use table::attributes::Item;
use table::pass_item::{self, PassState};
use table::{keys, order_item, stock_item};

/// The most records of one look.
const RECORDS_MAX: usize = 1_000;

/// An item exactly as the table holds it.
pub(super) type Image = BTreeMap<String, serde_json::Value>;

/// All of the table that the auditor needs.
#[derive(Default)]
pub(super) struct Book {
    follower: Follower,
    /// Whether each change is put into words.
    tells: bool,
    /// Balances.
    pub(super) stock: BTreeMap<StockKey, Stock>,
    /// Orders.
    pub(super) orders: BTreeMap<(ConnectionId, OrderId), OrderState>,
    /// Listings' states, raw.
    pub(super) listings: BTreeMap<(ConnectionId, ListingId), Item>,
    /// How far each account's orders are recorded, as the house has noted it.
    pub(super) passes: BTreeMap<ConnectionId, PassState>,
    /// Of those, what was noted since the auditor looked last.
    pub(super) passed: Vec<ConnectionId>,
    /// What items were before their latest change, and when that was, in milliseconds since 1970.
    pub(super) before: BTreeMap<(String, String), (i64, Option<Image>)>,
    /// When anything has changed last, in milliseconds since 1970.
    pub(super) changed_ms: i64,
    /// Stream records that `announce-stock` has not been given yet.
    pub(super) stream: VecDeque<StreamRecord>,
    /// The products for which free has once been no more than is true: from then on it must stay so.
    pub(super) latched: std::collections::BTreeSet<usize>,
    /// The same by product and store, for what is promised there.
    pub(super) latched_stores: std::collections::BTreeSet<(usize, usize)>,
    /// The largest oversell seen, by product: counted where it is not promised away.
    pub(super) oversold: BTreeMap<usize, i64>,
}

impl Book {
    /// An empty book that puts changes into words or not.
    pub(super) fn new(tells: bool) -> Self {
        Self { tells, ..Self::default() }
    }

    /// Reads what is new and proves each change of a balance; gives a line for each change.
    pub(super) fn follow(&mut self, engine: &TableEngine, now_ms: i64) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        for record in self.follower.look(engine, RECORDS_MAX)?.records {
            self.keep_before(&record, now_ms);
            if let Some(line) = self.take(&record)? {
                lines.push(line);
            }
            self.stream.push_back(record);
        }
        Ok(lines)
    }

    fn keep_before(&mut self, record: &StreamRecord, now_ms: i64) {
        let text = |name: &str| Some(record.dynamodb.keys.get(name)?.get("S")?.as_str()?.to_owned());
        if let (Some(partition), Some(sort)) = (text(keys::PARTITION), text(keys::SORT)) {
            self.before.insert((partition, sort), (now_ms, record.dynamodb.old_image.clone()));
            self.changed_ms = now_ms;
        }
    }

    fn take(&mut self, record: &StreamRecord) -> Result<Option<String>, String> {
        let text = |name: &str| record.dynamodb.keys.get(name)?.get("S")?.as_str();
        let (Some(partition), Some(sort)) = (text(keys::PARTITION), text(keys::SORT)) else {
            return Ok(None);
        };
        let Some(image) = &record.dynamodb.new_image else { return Ok(None) };
        if let Some((_, sku, location)) = keys::parse_stock(partition, sort) {
            let stock = stock_item::from_item(&to_item(image)).map_err(|e| e.to_string())?;
            return self.take_stock(StockKey { sku, location }, stock);
        }
        if let Some(key) = keys::parse_order(partition, sort) {
            let (state, _) = order_item::from_item(&to_item(image)).map_err(|e| e.to_string())?;
            if !state.status.is_ended() && image.contains_key(keys::TTL) {
                return Err(format!("{} {} has not ended and would be deleted", key.connection, key.order));
            }
            let order = (key.connection, key.order);
            if let Some(line) = self.orders.get(&order).and_then(|known| moved_line(known, &state)) {
                return Err(format!("{} {}: line {line} was moved to another store", order.0, order.1));
            }
            if let Some(other) = self.same_code(&order, &state) {
                return Err(format!("{} has the code of {other}", order.1));
            }
            let line = self.tells.then(|| format!("book: {} {} is {}", order.0, order.1, state.status));
            self.orders.insert(order, state);
            return Ok(line);
        }
        if let Some((_, connection, listing)) = keys::parse_listing(partition, sort) {
            let line = self.tells.then(|| format!("book: listing {connection}/{listing} {}", plain(image)));
            self.listings.insert((connection, listing), to_item(image));
            return Ok(line);
        }
        if let Some((_, connection)) = keys::parse_pass(partition, sort) {
            let state = pass_item::from_item(&to_item(image)).map_err(|e| e.to_string())?;
            self.passed.push(connection.clone());
            self.passes.insert(connection, state);
        }
        Ok(self.tells.then(|| format!("book: {partition} {sort}")))
    }

    /// A balance changes by one version, by exactly what its movements say, and free follows from its parts.
    fn take_stock(&mut self, key: StockKey, stock: Stock) -> Result<Option<String>, String> {
        let name = || format!("{}@{}", key.sku, key.location);
        let mut expected = self.stock.get(&key).cloned().unwrap_or_default();
        let mut sum = StockDelta::default();
        stock.movements.iter().for_each(|movement| sum.add(&movement.delta, 1));
        expected.apply(&sum, stock.movements.clone());
        expected.baseline = stock.baseline;
        expected.trail.clone_from(&stock.trail);
        if !stock.identity_holds() {
            return Err(format!("free of {} is not what its parts say: {stock:?}", name()));
        }
        if expected.version != stock.version {
            return Err(format!(
                "{} went to version {} instead of {}",
                name(),
                stock.version,
                expected.version
            ));
        }
        if expected != stock {
            return Err(format!(
                "{} changed without a movement: {stock:?}, its movements say {expected:?}",
                name()
            ));
        }
        let line = self.tells.then(|| balance_line(&name(), &stock));
        self.stock.insert(key, stock);
        Ok(line)
    }

    /// Another order with the same buyer's code.
    fn same_code(&self, order: &(ConnectionId, OrderId), state: &OrderState) -> Option<&OrderId> {
        let code = state.code()?;
        let other = |(known, other): &(&(ConnectionId, OrderId), &OrderState)| {
            *known != order && other.code() == Some(code)
        };
        self.orders.iter().find(other).map(|((_, id), _)| id)
    }

    /// The codes that buyers have.
    pub(super) fn codes(&self) -> Vec<HoldCode> {
        self.orders.values().filter_map(OrderState::code).collect()
    }

    /// Whether the book knows of an order.
    pub(super) fn knows(&self, connection: &ConnectionId, order: &OrderId) -> bool {
        self.orders.contains_key(&(connection.clone(), order.clone()))
    }
}

/// A line whose store was decided and is another one now.
fn moved_line(known: &OrderState, state: &OrderState) -> Option<LineId> {
    let store = |line: &Line| line.decision.as_ref().map(|decision| decision.location.clone());
    let moved = known.lines.iter().find(|old| {
        let new = state.lines.iter().find(|line| line.id == old.id);
        store(old).is_some() && new.is_some_and(|new| store(new) != store(old))
    });
    moved.map(|line| line.id.clone())
}

/// A balance in one line.
fn balance_line(name: &str, stock: &Stock) -> String {
    let Stock { version, on_hand, committed, holds, free, .. } = stock;
    let cover =
        stock.cover.iter().map(|(listing, units)| format!(" {}={units}", String::from(listing.clone())));
    format!(
        "book: {name} v{version} on hand {on_hand} committed {committed} holds {holds} free {free}{}",
        cover.collect::<String>()
    )
}

/// An item's attributes in one line, without its key.
fn plain(image: &Image) -> String {
    let kept = image.iter().filter(|(name, _)| !["p", "s", "z", "sv"].contains(&name.as_str()));
    let text = |value: &serde_json::Value| {
        let inner = value.as_object().and_then(|kinds| kinds.values().next());
        inner
            .map_or_else(String::new, |inner| inner.as_str().map_or_else(|| inner.to_string(), str::to_owned))
    };
    kept.map(|(name, value)| format!("{name}={}", text(value))).collect::<Vec<_>>().join(" ")
}
