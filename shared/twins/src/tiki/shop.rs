//! What the Tiki stand-in knows, and how orders and writes move its one stock number.
//!
//! `quantity_available = quantity_sellable + quantity_reserved` (open.tiki.vn, inventory type, read 2026-11-30): an
//! open order reserves, a parcel that leaves takes the units off both. When exactly Tiki does so is not documented.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;

use super::TikiTwinConfig;
use super::login::Logins;
use super::queue::{self, Queue};
use crate::{SoldOut, StockWrite, TwinClock, TwinLine, TwinOrder, TwinOrderState, check_shown};

const FIRST_ORDER_CODE: u64 = 216_045_310;

#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub(crate) id: u64,
    pub(crate) original_sku: String,
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    pub(crate) available: i64,
    pub(crate) reserved: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) facts: TwinOrder,
    pub(crate) history: Vec<(&'static str, Timestamp)>,
}

impl Order {
    pub(crate) fn status(&self) -> &'static str {
        self.history.last().map_or("processing", |(status, _)| status)
    }

    fn is_open(&self) -> bool {
        self.facts.state == TwinOrderState::Paid
    }
}

pub(crate) struct Shop {
    pub(crate) clock: TwinClock,
    pub(crate) warehouse_id: u64,
    pub(crate) products: BTreeMap<u64, Product>,
    pub(crate) orders: BTreeMap<u64, Order>,
    pub(crate) writes: Vec<StockWrite>,
    pub(crate) logins: Logins,
    pub(crate) queues: Vec<Queue>,
    pub(crate) events_sent: u64,
    /// A product to be refused at its next write: one write is about one product, and not every fault finds its own.
    pub(crate) refuse_next: Option<String>,
    /// Units that were shipped stay in the number that is kept, until the seller lowers it.
    pub(crate) keeps_shipped: bool,
}

impl Shop {
    pub(crate) fn new(config: &TikiTwinConfig) -> io::Result<Self> {
        let mut products = BTreeMap::new();
        for listing in &config.listings {
            let id = number(&listing.id)?;
            let product = Product {
                id,
                original_sku: listing.sku.clone(),
                name: listing.name.clone(),
                price_minor: listing.price_minor,
                available: listing.stock,
                reserved: 0,
            };
            products.insert(id, product);
        }
        Ok(Self {
            clock: config.clock.clone(),
            warehouse_id: config.warehouse_id,
            products,
            orders: BTreeMap::new(),
            writes: Vec::new(),
            logins: Logins::new((config.clock)()),
            queues: if config.has_queue { vec![Queue::told_of_orders()] } else { Vec::new() },
            events_sent: 0,
            refuse_next: None,
            keeps_shipped: false,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn product(&self, listing: &str) -> Option<&Product> {
        listing.parse().ok().and_then(|id: u64| self.products.get(&id))
    }

    pub(crate) fn order(&self, code: &str) -> Option<&Order> {
        code.parse().ok().and_then(|code: u64| self.orders.get(&code))
    }

    pub(crate) fn shown(&self, listing: &str) -> i64 {
        self.product(listing).map_or(0, |product| product.available - product.reserved)
    }

    /// Tiki processes it, then accepts it; only then it is told.
    pub(crate) fn place(&mut self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        check_shown(lines, |listing| self.shown(listing))?;
        let now = self.now();
        let code = self.orders.keys().next_back().map_or(FIRST_ORDER_CODE, |last| last + 1);
        let price = |line: &TwinLine| {
            self.product(&line.listing).map_or(0, |product| product.price_minor * i64::from(line.quantity))
        };
        let facts = TwinOrder {
            id: code.to_string(),
            lines: lines.to_vec(),
            state: TwinOrderState::Paid,
            placed_at: now,
            updated_at: now,
            total_minor: lines.iter().map(price).sum(),
            branch: None,
        };
        self.orders.insert(code, Order { facts, history: vec![("processing", now), ("queueing", now)] });
        self.move_stock(lines, 0, 1);
        queue::order_event(self, "ORDER_CREATED_SUCCESSFULLY", code, "queueing");
        Ok(code.to_string())
    }

    /// Adds to each line's product so many times its units: to what is available, and to what is reserved.
    fn move_stock(&mut self, lines: &[TwinLine], available: i64, reserved: i64) {
        for line in lines {
            let id: u64 = line.listing.parse().unwrap_or_default();
            if let Some(product) = self.products.get_mut(&id) {
                product.available += available * i64::from(line.quantity);
                product.reserved += reserved * i64::from(line.quantity);
            }
        }
    }

    /// Moves an order through statuses, the last of which it keeps; each is told.
    fn advance(&mut self, code: u64, statuses: &[&'static str], state: TwinOrderState) {
        let now = self.now();
        for status in statuses {
            if let Some(order) = self.orders.get_mut(&code) {
                order.history.push((status, now));
                order.facts.state = state;
                order.facts.updated_at = now;
            }
            queue::order_event(self, "ORDER_STATUS_UPDATED", code, status);
        }
    }

    /// The code and the lines of an order of which this is true.
    fn find(&self, id: &str, is_so: impl Fn(&Order) -> bool) -> Option<(u64, Vec<TwinLine>)> {
        let code: u64 = id.parse().ok()?;
        let order = self.orders.get(&code).filter(|order| is_so(order))?;
        Some((code, order.facts.lines.clone()))
    }

    pub(crate) fn cancel(&mut self, id: &str) -> bool {
        let Some((code, lines)) = self.find(id, Order::is_open) else { return false };
        self.move_stock(&lines, 0, -1);
        self.advance(code, &["canceled"], TwinOrderState::Cancelled);
        true
    }

    /// Times its units that a parcel takes off the number that is kept.
    fn taken_by_shipping(&self) -> i64 {
        if self.keeps_shipped { 0 } else { -1 }
    }

    pub(crate) fn ship(&mut self, id: &str) -> bool {
        let Some((code, lines)) = self.find(id, Order::is_open) else { return false };
        self.move_stock(&lines, self.taken_by_shipping(), -1);
        self.advance(code, &["picking", "handover_to_partner", "shipping"], TwinOrderState::Shipped);
        true
    }

    pub(crate) fn complete(&mut self, id: &str) -> bool {
        let on_its_way = |order: &Order| order.is_open() || order.facts.state == TwinOrderState::Shipped;
        let Some((code, lines)) = self.find(id, on_its_way) else { return false };
        if self.find(id, Order::is_open).is_some() {
            self.move_stock(&lines, self.taken_by_shipping(), -1);
        }
        self.advance(code, &["successful_delivery", "complete"], TwinOrderState::Completed);
        true
    }

    pub(crate) fn fail_delivery(&mut self, id: &str) -> bool {
        let shipped = |order: &Order| order.facts.state == TwinOrderState::Shipped;
        let Some((code, _)) = self.find(id, shipped) else { return false };
        self.advance(code, &["canceled"], TwinOrderState::Cancelled);
        true
    }

    pub(crate) fn send_back(&mut self, id: &str) -> bool {
        let left = |order: &Order| {
            matches!(order.facts.state, TwinOrderState::Shipped | TwinOrderState::Completed)
                && order.status() != "returned"
        };
        let Some((code, _)) = self.find(id, left) else { return false };
        self.advance(code, &["returned"], TwinOrderState::Completed);
        true
    }

    pub(crate) fn hold(&mut self, id: &str) -> bool {
        let Some((code, _)) = self.find(id, Order::is_open) else { return false };
        self.advance(code, &["holded"], TwinOrderState::Paid);
        true
    }

    /// Sets the number that Tiki keeps. `false` for an unknown product.
    pub(crate) fn set_available(&mut self, listing: &str, value: i64) -> bool {
        let id: u64 = listing.parse().unwrap_or_default();
        let Some(product) = self.products.get_mut(&id) else { return false };
        let (from, reserved) = (product.available, product.reserved);
        product.available = value;
        queue::inventory_event(self, id, (from, value), reserved);
        true
    }
}

fn number(text: &str) -> io::Result<u64> {
    let problem =
        || io::Error::new(io::ErrorKind::InvalidInput, format!("a Tiki product is a number, not `{text}`"));
    text.parse().map_err(|_| problem())
}
