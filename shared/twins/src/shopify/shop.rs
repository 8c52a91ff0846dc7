//! What a Shopify shop keeps: variants with their stock at one store, orders, parcels, and who listens.
//!
//! CHANNELS §6: `available` leaves out what is committed to open orders and may be below zero; on hand is both together.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use serde_json::Value;

use super::ShopifyTwinConfig;
use super::webhooks::Listener;
use crate::{Push, SoldOut, StockWrite, TwinClock, TwinLine, TwinOrder, TwinOrderState, check_shown};

/// Numbers of the twin's objects begin here.
const FIRST_ORDER: u64 = 5_500_000_000_001;
const FIRST_LINE: u64 = 14_000_000_000_001;
/// An inventory item's number is its variant's plus this.
const ITEMS_ABOVE: u64 = 4_000_000_000_000;
/// A fulfillment order's number is its order's plus this; so are its lines' numbers.
pub(crate) const WAITING_ABOVE: u64 = 1_000_000_000_000;

/// A variant of a product.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) id: u64,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    pub(crate) available: i64,
    pub(crate) committed: i64,
    pub(crate) updated_at: Timestamp,
}

impl Variant {
    pub(crate) fn item(&self) -> u64 {
        self.id + ITEMS_ABOVE
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) id: u64,
    pub(crate) variant: u64,
    pub(crate) price_minor: i64,
    pub(crate) quantity: u32,
    /// Less what was edited out or refunded.
    pub(crate) current: u32,
    pub(crate) sent: u32,
}

impl Line {
    pub(crate) fn unsent(&self) -> u32 {
        self.current.saturating_sub(self.sent)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) id: u64,
    pub(crate) is_delivered: bool,
    /// Line and units.
    pub(crate) units: Vec<(u64, u32)>,
    pub(crate) tracking_number: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) facts: TwinOrder,
    pub(crate) id: u64,
    pub(crate) financial: &'static str,
    pub(crate) gateway: &'static str,
    pub(crate) cancelled_at: Option<Timestamp>,
    pub(crate) tags: Vec<String>,
    pub(crate) source_identifier: Option<String>,
    pub(crate) lines: Vec<Line>,
    pub(crate) parcels: Vec<Parcel>,
}

impl Order {
    /// `fulfilled`, `partial`, or none.
    pub(crate) fn fulfillment(&self) -> Option<&'static str> {
        let sent = self.lines.iter().any(|line| line.sent > 0);
        let left = self.lines.iter().any(|line| line.unsent() > 0);
        match (sent, left) {
            (true, true) => Some("partial"),
            (true, false) => Some("fulfilled"),
            (false, _) => None,
        }
    }

    pub(crate) fn current_total_minor(&self) -> i64 {
        self.lines.iter().map(|line| line.price_minor * i64::from(line.current)).sum()
    }
}

/// A sale to be written down.
pub(crate) struct Sale {
    pub(crate) financial: &'static str,
    pub(crate) gateway: &'static str,
    pub(crate) tags: Vec<String>,
    pub(crate) source_identifier: Option<String>,
    /// Variant, units, and the price where it is not the usual one.
    pub(crate) lines: Vec<(u64, u32, Option<i64>)>,
    pub(crate) takes_stock: bool,
}

pub(crate) struct Shop {
    pub(crate) clock: TwinClock,
    pub(crate) config: ShopifyTwinConfig,
    pub(crate) variants: BTreeMap<u64, Variant>,
    pub(crate) orders: BTreeMap<u64, Order>,
    pub(crate) writes: Vec<StockWrite>,
    pub(crate) listeners: Vec<Listener>,
    /// Deliveries and when they are due.
    pub(crate) due: Vec<(Timestamp, Push)>,
    /// How often a delivery failed, by its webhook id.
    pub(crate) failures: BTreeMap<String, usize>,
    /// Idempotency keys with what was asked and answered.
    pub(crate) keys: BTreeMap<String, (Value, Value)>,
    pub(crate) numbers: u64,
}

impl Shop {
    pub(crate) fn new(config: &ShopifyTwinConfig) -> io::Result<Self> {
        let now = (config.clock)();
        let mut variants = BTreeMap::new();
        for listing in &config.listings {
            let wrong = |_| {
                let problem = format!("a listing is a variant's number, not `{}`", listing.id);
                io::Error::new(io::ErrorKind::InvalidInput, problem)
            };
            let id: u64 = listing.id.parse().map_err(wrong)?;
            let variant = Variant {
                id,
                sku: listing.sku.clone(),
                name: listing.name.clone(),
                price_minor: listing.price_minor,
                available: listing.stock,
                committed: 0,
                updated_at: now,
            };
            variants.insert(id, variant);
        }
        Ok(Self {
            clock: config.clock.clone(),
            config: config.clone(),
            variants,
            orders: BTreeMap::new(),
            writes: Vec::new(),
            listeners: Listener::of_the_app(config),
            due: Vec::new(),
            failures: BTreeMap::new(),
            keys: BTreeMap::new(),
            numbers: 0,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(crate) fn shown(&self, listing: &str) -> i64 {
        self.variant(listing).map_or(0, |variant| variant.available)
    }

    fn variant(&self, listing: &str) -> Option<&Variant> {
        self.variants.get(&listing.parse::<u64>().ok()?)
    }

    /// A buyer checks out; the shop window sells only what it shows.
    pub(crate) fn place(
        &mut self,
        lines: &[TwinLine],
        financial: &'static str,
        gateway: &'static str,
    ) -> Result<String, SoldOut> {
        check_shown(lines, |listing| self.shown(listing))?;
        let wanted = lines.iter().filter_map(|l| Some((self.variant(&l.listing)?.id, l.quantity, None)));
        let lines = wanted.collect();
        let (tags, source_identifier) = (Vec::new(), None);
        let sale = Sale { financial, gateway, tags, source_identifier, lines, takes_stock: true };
        Ok(self.sell(sale).to_string())
    }

    /// Writes an order down. Units are committed whether it is paid or not.
    pub(crate) fn sell(&mut self, sale: Sale) -> u64 {
        let now = self.now();
        let id = self.orders.keys().next_back().map_or(FIRST_ORDER, |last| last + 1);
        let mut lines = Vec::new();
        for (variant, quantity, price) in &sale.lines {
            let Some(found) = self.variants.get(variant) else { continue };
            let price_minor = price.unwrap_or(found.price_minor);
            let id = FIRST_LINE + self.number();
            let line =
                Line { id, variant: *variant, price_minor, quantity: *quantity, current: *quantity, sent: 0 };
            lines.push(line);
        }
        let facts = TwinOrder {
            id: id.to_string(),
            lines: lines.iter().map(twin_line).collect(),
            state: if sale.financial == "pending" { TwinOrderState::Unpaid } else { TwinOrderState::Paid },
            placed_at: now,
            updated_at: now,
            total_minor: lines.iter().map(|line| line.price_minor * i64::from(line.quantity)).sum(),
            branch: None,
        };
        let taken: Vec<(u64, i64)> = lines.iter().map(|l| (l.variant, i64::from(l.quantity))).collect();
        let order = Order {
            facts,
            id,
            financial: sale.financial,
            gateway: sale.gateway,
            cancelled_at: None,
            tags: sale.tags,
            source_identifier: sale.source_identifier,
            lines,
            parcels: Vec::new(),
        };
        self.orders.insert(id, order);
        self.tell_order("orders/create", id);
        if sale.takes_stock {
            for (variant, units) in taken {
                self.move_stock(variant, -units, units);
            }
        }
        id
    }

    /// Changes a variant's counts; a change of `available` is told, whoever made it.
    pub(crate) fn move_stock(&mut self, variant: u64, available: i64, committed: i64) {
        let now = self.now();
        let Some(found) = self.variants.get_mut(&variant) else { return };
        found.committed += committed;
        found.available += available;
        found.updated_at = now;
        if available != 0 {
            self.tell_level(variant);
        }
    }

    /// Changes an order, if it stands where it should.
    pub(crate) fn change(
        &mut self,
        id: u64,
        from: &[TwinOrderState],
        change: impl FnOnce(&mut Order),
    ) -> bool {
        let now = self.now();
        let Some(order) = self.orders.get_mut(&id).filter(|order| from.contains(&order.facts.state)) else {
            return false;
        };
        change(order);
        order.facts.updated_at = now;
        true
    }

    pub(crate) fn pay(&mut self, id: u64) -> bool {
        let is_done = self.change(id, &[TwinOrderState::Unpaid], |order| {
            order.financial = "paid";
            order.facts.state = TwinOrderState::Paid;
        });
        if is_done {
            self.tell_order("orders/paid", id);
            self.tell_order("orders/updated", id);
        }
        is_done
    }

    /// Whoever cancels says whether the units go back on sale. What has left cannot be called off.
    pub(crate) fn cancel(&mut self, id: u64, restocks: bool) -> bool {
        let now = self.now();
        let mut freed = Vec::new();
        let is_done = self.change(id, &[TwinOrderState::Unpaid, TwinOrderState::Paid], |order| {
            if order.fulfillment().is_some() {
                return;
            }
            order.cancelled_at = Some(now);
            order.facts.state = TwinOrderState::Cancelled;
            for line in &mut order.lines {
                freed.push((line.variant, i64::from(line.current)));
                line.current = 0;
            }
            order.financial = if order.financial == "pending" { "voided" } else { "refunded" };
        });
        if !is_done || freed.is_empty() {
            return false;
        }
        self.tell_order("orders/cancelled", id);
        self.tell_order("orders/updated", id);
        for (variant, units) in freed {
            self.move_stock(variant, if restocks { units } else { 0 }, -units);
        }
        true
    }

    /// Sends these units of these lines in one parcel.
    pub(crate) fn send(&mut self, id: u64, units: &[(u64, u32)], tracking_number: Option<String>) -> bool {
        let number = self.number();
        let mut sent = Vec::new();
        let is_done = self.change(id, &[TwinOrderState::Unpaid, TwinOrderState::Paid], |order| {
            for line in &mut order.lines {
                let wanted = units.iter().find(|(id, _)| *id == line.id).map_or(0, |(_, units)| *units);
                let units = wanted.min(line.unsent());
                if units > 0 {
                    line.sent += units;
                    sent.push((line.id, line.variant, units));
                }
            }
            let units = sent.iter().map(|(line, _, units)| (*line, *units)).collect();
            order.parcels.push(Parcel { id: number, is_delivered: false, units, tracking_number });
            if order.fulfillment() == Some("fulfilled") {
                order.facts.state = TwinOrderState::Shipped;
            }
        });
        if is_done {
            for (_, variant, units) in sent {
                self.move_stock(variant, 0, -i64::from(units));
            }
            self.tell_order("orders/updated", id);
        }
        is_done
    }

    pub(crate) fn send_all(&mut self, id: u64) -> bool {
        let Some(order) = self.orders.get(&id) else { return false };
        let units: Vec<(u64, u32)> = order.lines.iter().map(|line| (line.id, line.unsent())).collect();
        self.send(id, &units, None)
    }

    pub(crate) fn deliver(&mut self, id: u64) -> bool {
        let is_done = self.change(id, &[TwinOrderState::Shipped], |order| {
            order.parcels.iter_mut().for_each(|parcel| parcel.is_delivered = true);
            order.facts.state = TwinOrderState::Completed;
        });
        if is_done {
            self.tell_order("orders/updated", id);
        }
        is_done
    }

    /// All money back for goods that come back; the clerk does not tick "restock".
    pub(crate) fn take_back(&mut self, id: u64) -> bool {
        let is_done = self.change(id, &[TwinOrderState::Shipped, TwinOrderState::Completed], |order| {
            order.financial = "refunded";
            order.lines.iter_mut().for_each(|line| line.current = 0);
        });
        if is_done {
            self.tell_refund(id);
            self.tell_order("orders/updated", id);
        }
        is_done
    }

    /// Somebody edits units out of a line before they are sent; they go back on sale.
    pub(crate) fn edit_out(&mut self, id: u64, listing: &str, units: u32) -> bool {
        let mut freed = None;
        self.change(id, &[TwinOrderState::Unpaid, TwinOrderState::Paid], |order| {
            let fits = |line: &&mut Line| line.variant.to_string() == listing && line.unsent() >= units;
            if let Some(line) = order.lines.iter_mut().find(fits) {
                line.current -= units;
                freed = Some((line.variant, i64::from(units)));
            }
        });
        let Some((variant, units)) = freed else { return false };
        self.tell_edit(id);
        self.tell_order("orders/updated", id);
        self.move_stock(variant, units, -units);
        true
    }

    /// Sets what is available, by the API or by hand.
    pub(crate) fn set_available(&mut self, variant: u64, value: i64) {
        let difference = self.variants.get(&variant).map_or(0, |found| value - found.available);
        self.move_stock(variant, difference, 0);
    }
}

fn twin_line(line: &Line) -> TwinLine {
    TwinLine { listing: line.variant.to_string(), quantity: line.quantity }
}
