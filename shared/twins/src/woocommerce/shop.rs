//! What the WooCommerce stand-in knows and how an order's status moves its stock.
//!
//! CHANNELS §7.5-7.6 (real run of 10.5.0, read 2026-11-21): processing, on-hold and completed take stock once;
//! cancelled and pending give back exactly what was taken; failed and refunded give nothing back; nothing is
//! ever refused, so stock may go below zero.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use serde_json::Value;

use super::WooCommerceTwinConfig;
use super::webhooks::Webhook;
use crate::{SoldOut, StockWrite, TwinClock, TwinLine, TwinOrder, TwinOrderState, check_shown};

/// WordPress numbers everything in one row; orders of the twin start here.
const FIRST_ORDER_ID: u64 = 100_001;

/// A product, a variable parent, or one of its variations.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub(crate) id: u64,
    /// 0 for a product of its own.
    pub(crate) parent: u64,
    pub(crate) is_variable: bool,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    pub(crate) stock: i64,
    pub(crate) modified_at: Timestamp,
}

/// One order line and the units it has taken from the website's stock.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) id: u64,
    pub(crate) product: u64,
    pub(crate) quantity: u32,
    pub(crate) reduced: u32,
    pub(crate) total_minor: i64,
}

/// What a program asks the website to take in as an order.
pub(crate) struct Taken {
    pub(crate) lines: Vec<TakenLine>,
    pub(crate) fees: Vec<(String, i64)>,
    pub(crate) notes: Vec<Value>,
    pub(crate) transaction_id: String,
}

/// One line of it.
pub(crate) struct TakenLine {
    pub(crate) listing: String,
    pub(crate) product: u64,
    pub(crate) quantity: u32,
    pub(crate) total: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) facts: TwinOrder,
    pub(crate) id: u64,
    pub(crate) status: &'static str,
    pub(crate) lines: Vec<Line>,
    pub(crate) paid_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) fees: Vec<(String, i64)>,
    /// `meta_data` that a program has left.
    pub(crate) notes: Vec<Value>,
    pub(crate) transaction_id: String,
    /// Put in over the API.
    pub(crate) is_taken: bool,
    /// In the trash: the status it had before.
    pub(crate) trashed: Option<&'static str>,
}

pub(crate) struct Shop {
    pub(crate) clock: TwinClock,
    pub(crate) products: BTreeMap<u64, Product>,
    pub(crate) orders: BTreeMap<u64, Order>,
    pub(crate) writes: Vec<StockWrite>,
    pub(crate) webhooks: Vec<Webhook>,
    /// Deliveries to come, at most one per webhook and object.
    pub(crate) due: Vec<(u64, u64)>,
    /// Nonces of signed requests, with their time.
    pub(crate) nonces: Vec<(String, i64)>,
    lines_so_far: u64,
}

impl Product {
    /// The listing id in our notation.
    pub(crate) fn listing(&self) -> String {
        if self.parent == 0 { format!("{}:0", self.id) } else { format!("{}:{}", self.parent, self.id) }
    }
}

impl Shop {
    pub(crate) fn new(config: &WooCommerceTwinConfig) -> io::Result<Self> {
        let now = (config.clock)();
        let mut products = BTreeMap::new();
        for listing in &config.listings {
            let Some((id, parent)) = read_id(&listing.id) else {
                let problem = format!("a listing is `productId:variationId`, not `{}`", listing.id);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            };
            let product = Product {
                id,
                parent,
                is_variable: false,
                sku: listing.sku.clone(),
                name: listing.name.clone(),
                price_minor: listing.price_minor,
                stock: listing.stock,
                modified_at: now,
            };
            if parent != 0 {
                let variable =
                    Product { id: parent, parent: 0, is_variable: true, stock: 0, ..product.clone() };
                products.entry(parent).or_insert(Product { sku: String::new(), ..variable });
            }
            products.insert(id, product);
        }
        Ok(Self {
            clock: config.clock.clone(),
            products,
            orders: BTreeMap::new(),
            writes: Vec::new(),
            webhooks: Webhook::all(config),
            due: Vec::new(),
            nonces: Vec::new(),
            lines_so_far: 0,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn shown(&self, listing: &str) -> i64 {
        self.find(listing).map_or(0, |product| product.stock)
    }

    fn find(&self, listing: &str) -> Option<&Product> {
        read_id(listing).and_then(|(id, _)| self.products.get(&id)).filter(|found| found.listing() == listing)
    }

    /// A buyer checks out. The shop window sells only what it shows.
    pub(crate) fn place(&mut self, lines: &[TwinLine], status: &'static str) -> Result<String, SoldOut> {
        check_shown(lines, |listing| self.shown(listing))?;
        let taken = lines.iter().filter_map(|line| {
            let product = self.find(&line.listing)?;
            let total = product.price_minor * i64::from(line.quantity);
            let (listing, quantity) = (line.listing.clone(), line.quantity);
            Some(TakenLine { listing, product: product.id, quantity, total })
        });
        let lines = taken.collect();
        let taken = Taken { lines, fees: Vec::new(), notes: Vec::new(), transaction_id: String::new() };
        Ok(self.write_down(taken, status, false).to_string())
    }

    /// A program puts an order in; nobody asks what is in stock.
    pub(crate) fn take_in(&mut self, taken: Taken, status: &'static str) -> u64 {
        self.write_down(taken, status, true)
    }

    fn write_down(&mut self, taken: Taken, status: &'static str, is_taken: bool) -> u64 {
        let now = self.now();
        let id = self.orders.keys().next_back().map_or(FIRST_ORDER_ID, |last| last + 1);
        let Taken { lines, fees, notes, transaction_id } = taken;
        let goods: i64 = lines.iter().map(|line| line.total).sum();
        let facts = TwinOrder {
            id: id.to_string(),
            lines: lines
                .iter()
                .map(|l| TwinLine { listing: l.listing.clone(), quantity: l.quantity })
                .collect(),
            state: state_of(status),
            placed_at: now,
            updated_at: now,
            total_minor: goods + fees.iter().map(|(_, total)| total).sum::<i64>(),
            branch: None,
        };
        let mut numbered = Vec::new();
        for TakenLine { product, quantity, total, .. } in lines {
            self.lines_so_far += 1;
            numbered.push(Line { id: self.lines_so_far, product, quantity, reduced: 0, total_minor: total });
        }
        let order = Order {
            facts,
            id,
            status: "pending",
            lines: numbered,
            paid_at: None,
            completed_at: None,
            fees,
            notes,
            transaction_id,
            is_taken,
            trashed: None,
        };
        self.orders.insert(id, order);
        self.announce("order.created", id);
        self.set_status(id, status);
        id
    }

    /// Moves an order on if it stands where it should.
    pub(crate) fn advance(
        &mut self,
        id: &str,
        from: &[TwinOrderState],
        status: &'static str,
        state: TwinOrderState,
    ) -> bool {
        let Some(order) = id.parse().ok().and_then(|id: u64| self.orders.get_mut(&id)) else { return false };
        if !from.contains(&order.facts.state) {
            return false;
        }
        let (id, unchanged) = (order.id, order.status == status);
        if !unchanged {
            self.set_status(id, status);
        }
        if let Some(order) = self.orders.get_mut(&id) {
            order.facts.state = state;
        }
        true
    }

    /// Throws an order into the trash. Its stock stays taken, and it leaves every list.
    pub(crate) fn trash(&mut self, id: u64) -> bool {
        let now = self.now();
        let Some(order) = self.orders.get_mut(&id).filter(|order| order.trashed.is_none()) else {
            return false;
        };
        order.trashed = Some(std::mem::replace(&mut order.status, "trash"));
        order.facts.updated_at = now;
        self.announce("order.deleted", id);
        true
    }

    /// Takes it out again, with the status it had.
    pub(crate) fn restore(&mut self, id: u64) -> bool {
        let now = self.now();
        let Some(order) = self.orders.get_mut(&id) else { return false };
        let Some(status) = order.trashed.take() else { return false };
        order.status = status;
        order.facts.updated_at = now;
        self.announce("order.restored", id);
        self.announce("order.updated", id);
        true
    }

    /// Sets a status, with WooCommerce's own effect on stock.
    pub(crate) fn set_status(&mut self, id: u64, status: &'static str) {
        let now = self.now();
        let Some(order) = self.orders.get_mut(&id) else { return };
        order.status = status;
        order.facts.state = state_of(status);
        order.facts.updated_at = now;
        if matches!(status, "processing" | "completed") && order.paid_at.is_none() {
            order.paid_at = Some(now);
        }
        if status == "completed" && order.completed_at.is_none() {
            order.completed_at = Some(now);
        }
        let mut moved = Vec::new();
        for line in &mut order.lines {
            match status {
                "processing" | "on-hold" | "completed" if line.reduced == 0 => {
                    line.reduced = line.quantity;
                    moved.push((line.product, -i64::from(line.quantity)));
                }
                "cancelled" | "pending" if line.reduced > 0 => {
                    moved.push((line.product, i64::from(line.reduced)));
                    line.reduced = 0;
                }
                _ => {}
            }
        }
        self.announce("order.updated", id);
        for (product, units) in moved {
            self.change_stock(product, |stock| stock + units);
        }
    }

    /// Every change of stock sends `product.updated`, even one that changes nothing (CHANNELS §7.6).
    pub(crate) fn change_stock(&mut self, id: u64, change: impl FnOnce(i64) -> i64) {
        let now = self.now();
        if let Some(product) = self.products.get_mut(&id) {
            product.stock = change(product.stock);
            product.modified_at = now;
        }
        self.announce("product.updated", id);
    }

    pub(crate) fn edit_stock(&mut self, listing: &str, value: i64) {
        if let Some(id) = self.find(listing).map(|product| product.id) {
            self.change_stock(id, |_| value);
        }
    }

    /// A stock write through the API.
    pub(crate) fn write_stock(&mut self, id: u64, value: i64) {
        let at = self.now();
        self.change_stock(id, |_| value);
        if let Some(product) = self.products.get(&id) {
            self.writes.push(StockWrite { at, listing: product.listing(), value, branch: None });
        }
    }

    /// Several events of one object wait as one delivery (CHANNELS §7.1).
    pub(crate) fn announce(&mut self, topic: &str, object: u64) {
        let listens = |webhook: &&Webhook| webhook.topic == topic && webhook.is_active();
        for webhook in self.webhooks.iter().filter(listens) {
            if !self.due.contains(&(webhook.id, object)) {
                self.due.push((webhook.id, object));
            }
        }
    }
}

/// The object's own number and its parent's (0 when it has none).
fn read_id(id: &str) -> Option<(u64, u64)> {
    let (product, variation) = id.split_once(':')?;
    let (product, variation): (u64, u64) = (product.parse().ok()?, variation.parse().ok()?);
    Some(if variation == 0 { (product, 0) } else { (variation, product) })
}

fn state_of(status: &str) -> TwinOrderState {
    match status {
        "processing" => TwinOrderState::Paid,
        "completed" => TwinOrderState::Completed,
        "pending" | "on-hold" => TwinOrderState::Unpaid,
        _ => TwinOrderState::Cancelled,
    }
}
