//! What the Sapo stand-in knows, and how an order moves stock: open orders hold units, parcels take them away.
//!
//! A running website (reported 2026-10-05): `inventory_quantity` is what can be sold, which is what is there without
//! the units of open orders; a cancelled order's units do not come back by themselves.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::webhooks::{self, Webhook};
use super::{SapoProduct, SapoTwinConfig};
use crate::signing::id_of;
use crate::{Push, SoldOut, StockWrite, TwinLine, TwinOrder, TwinOrderState, check_shown};

const FIRST_ORDER_ID: u64 = 1_234_001;
const FIRST_LINE_ID: u64 = 23_638_001;

/// A variant of a product.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) product: u64,
    pub(crate) id: u64,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    pub(crate) on_hand: i64,
    pub(crate) committed: i64,
    pub(crate) modified_on: Timestamp,
}

impl Variant {
    pub(crate) fn available(&self) -> i64 {
        self.on_hand - self.committed
    }

    pub(crate) fn listing(&self) -> String {
        format!("{}:{}", self.product, self.id)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) id: u64,
    pub(crate) variant: u64,
    pub(crate) quantity: u32,
    pub(crate) price_minor: i64,
}

/// A parcel, with the carrier's word for where it is.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) id: u64,
    pub(crate) delivery: &'static str,
    pub(crate) company: Option<String>,
    pub(crate) number: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) facts: TwinOrder,
    pub(crate) id: u64,
    pub(crate) lines: Vec<Line>,
    pub(crate) cancelled: Option<(Timestamp, String)>,
    pub(crate) closed_on: Option<Timestamp>,
    pub(crate) is_refunded: bool,
    pub(crate) parcels: Vec<Parcel>,
    /// What the caller noted on it, for orders that came through the API.
    pub(crate) notes: Value,
    pub(crate) tags: String,
    pub(crate) reference: Option<String>,
}

pub(crate) struct Shop {
    pub(crate) config: SapoTwinConfig,
    pub(crate) variants: BTreeMap<u64, Variant>,
    pub(crate) orders: BTreeMap<u64, Order>,
    pub(crate) writes: Vec<StockWrite>,
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) pushes: Vec<Push>,
    pub(crate) token: String,
    pub(crate) logins: u64,
    /// Codes that were not used yet.
    pub(crate) codes: Vec<String>,
    /// Thousandths of a call in the bucket, and since when.
    pub(crate) bucket: (i64, Timestamp),
    /// Grows with every event.
    pub(crate) version: u64,
    /// A variant to be refused at its next write: a write is about one, and not every fault meets its own.
    pub(crate) refuse_next: Option<String>,
    lines_so_far: u64,
}

impl Shop {
    pub(crate) fn new(config: &SapoTwinConfig) -> io::Result<Self> {
        let now = (config.clock)();
        let mut variants = BTreeMap::new();
        for listing in &config.listings {
            let Some((product, id)) = read_id(&listing.id) else {
                let problem = format!("a listing is `productId:variantId`, not `{}`", listing.id);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            };
            let variant = Variant {
                product,
                id,
                sku: listing.sku.clone(),
                name: listing.name.clone(),
                price_minor: listing.price_minor,
                on_hand: listing.stock,
                committed: 0,
                modified_on: now,
            };
            variants.insert(id, variant);
        }
        Ok(Self {
            config: config.clone(),
            variants,
            orders: BTreeMap::new(),
            writes: Vec::new(),
            refuse_next: None,
            webhooks: Webhook::all(config),
            pushes: Vec::new(),
            token: id_of(&format!("sapo token {}", config.domain)),
            logins: 0,
            codes: Vec::new(),
            bucket: (0, now),
            version: 1_377_402_000,
            lines_so_far: 0,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.config.clock)()
    }

    pub(crate) fn is_web(&self) -> bool {
        self.config.product == SapoProduct::Web
    }

    pub(crate) fn find(&self, listing: &str) -> Option<&Variant> {
        let (product, id) = read_id(listing)?;
        self.variants.get(&id).filter(|variant| variant.product == product)
    }

    pub(crate) fn order(&self, id: &str) -> Option<&Order> {
        self.orders.get(&id.parse().ok()?)
    }

    /// A buyer checks out. The shop window sells only what it shows; the units are held at once.
    pub(crate) fn place(&mut self, lines: &[TwinLine], is_paid: bool) -> Result<String, SoldOut> {
        check_shown(lines, |listing| self.find(listing).map_or(0, Variant::available))?;
        let bought = lines.iter().filter_map(|line| {
            let variant = self.find(&line.listing)?;
            Some((variant.id, line.quantity, variant.price_minor))
        });
        let bought: Vec<(u64, u32, i64)> = bought.collect();
        let id = self.take(&bought, is_paid, true);
        self.announce("orders/create", id);
        Ok(id.to_string())
    }

    /// Writes an order down, and holds its units unless the caller wants stock left alone.
    pub(crate) fn take(&mut self, bought: &[(u64, u32, i64)], is_paid: bool, holds: bool) -> u64 {
        let now = self.now();
        let id = self.orders.keys().next_back().map_or(FIRST_ORDER_ID, |last| last + 1);
        let mut lines = Vec::new();
        let mut facts = TwinOrder {
            id: id.to_string(),
            lines: Vec::new(),
            state: if is_paid { TwinOrderState::Paid } else { TwinOrderState::Unpaid },
            placed_at: now,
            updated_at: now,
            total_minor: 0,
            branch: None,
        };
        for (variant, quantity, price_minor) in bought {
            let Some(found) = self.variants.get_mut(variant) else { continue };
            if holds {
                found.committed += i64::from(*quantity);
                found.modified_on = now;
            }
            facts.lines.push(TwinLine { listing: found.listing(), quantity: *quantity });
            facts.total_minor += price_minor * i64::from(*quantity);
            let line = FIRST_LINE_ID + self.lines_so_far;
            self.lines_so_far += 1;
            lines.push(Line { id: line, variant: *variant, quantity: *quantity, price_minor: *price_minor });
        }
        let order = Order {
            facts,
            id,
            lines,
            cancelled: None,
            closed_on: None,
            is_refunded: false,
            parcels: Vec::new(),
            notes: json!([]),
            tags: String::new(),
            reference: None,
        };
        self.orders.insert(id, order);
        id
    }

    /// Changes an order if it stands where it should, and sends word of it.
    fn change(
        &mut self,
        id: &str,
        stands: impl Fn(&Order) -> bool,
        topics: &[&str],
        change: impl FnOnce(&mut Order, Timestamp),
    ) -> bool {
        let now = self.now();
        let found = id.parse().ok().and_then(|id: u64| self.orders.get_mut(&id));
        let Some(order) = found.filter(|order| stands(order)) else { return false };
        change(order, now);
        order.facts.updated_at = now;
        let id = order.id;
        for topic in topics {
            self.announce(topic, id);
        }
        true
    }

    fn move_units(&mut self, id: &str, change: impl Fn(&mut Variant, i64)) {
        let now = self.now();
        let lines = self.order(id).map(|order| order.lines.clone()).unwrap_or_default();
        for line in lines {
            if let Some(variant) = self.variants.get_mut(&line.variant) {
                change(variant, i64::from(line.quantity));
                variant.modified_on = now;
            }
        }
    }

    /// Without a restock the units stay gone: somebody must book them in.
    pub(crate) fn cancel(&mut self, id: &str, reason: &str, restocks: bool) -> bool {
        let is_done = self.change(
            id,
            |order| {
                matches!(order.facts.state, TwinOrderState::Unpaid | TwinOrderState::Paid)
                    && order.parcels.is_empty()
            },
            &[webhooks::UPDATED, "orders/cancelled"],
            |order, now| {
                order.facts.state = TwinOrderState::Cancelled;
                order.cancelled = Some((now, reason.to_owned()));
            },
        );
        if is_done {
            self.move_units(id, |variant, units| {
                variant.committed -= units;
                variant.on_hand -= if restocks { 0 } else { units };
            });
        }
        is_done
    }

    pub(crate) fn ship(&mut self, id: &str, company: Option<String>, number: Option<String>) -> bool {
        let is_done = self.change(
            id,
            |order| order.facts.state == TwinOrderState::Paid && order.parcels.is_empty(),
            &[webhooks::UPDATED, "orders/fulfilled"],
            |order, _| {
                order.facts.state = TwinOrderState::Shipped;
                let parcel = order.id + 9_000_000;
                order.parcels.push(Parcel { id: parcel, delivery: "in_transit", company, number });
            },
        );
        if is_done {
            self.move_units(id, |variant, units| {
                variant.committed -= units;
                variant.on_hand -= units;
            });
        }
        is_done
    }

    /// The carrier has delivered and the order is put away.
    pub(crate) fn complete(&mut self, id: &str) -> bool {
        if self.order(id).is_some_and(|order| order.facts.state == TwinOrderState::Paid) {
            self.ship(id, None, None);
        }
        self.change(
            id,
            |order| order.facts.state == TwinOrderState::Shipped,
            &[webhooks::UPDATED],
            |order, now| {
                order.facts.state = TwinOrderState::Completed;
                order.closed_on = Some(now);
                order.parcels.iter_mut().for_each(|parcel| parcel.delivery = "delivered");
            },
        )
    }

    /// The buyer gets the money back; goods enter stock when somebody books them in.
    pub(crate) fn send_back(&mut self, id: &str) -> bool {
        let was_sent =
            |order: &Order| matches!(order.facts.state, TwinOrderState::Shipped | TwinOrderState::Completed);
        self.change(id, was_sent, &[webhooks::UPDATED], |order, _| {
            order.is_refunded = true;
            order.closed_on = None;
        })
    }

    /// Somebody counts so many that can be sold.
    pub(crate) fn edit_stock(&mut self, listing: &str, available: i64) -> bool {
        let Some(id) = self.find(listing).map(|variant| variant.id) else { return false };
        self.put_stock(id, available);
        true
    }

    /// Sets what can be sold.
    pub(crate) fn put_stock(&mut self, id: u64, available: i64) {
        let now = self.now();
        if let Some(variant) = self.variants.get_mut(&id) {
            variant.on_hand = available + variant.committed;
            variant.modified_on = now;
        }
    }

    pub(crate) fn announce(&mut self, topic: &str, id: u64) {
        self.version += 1;
        let pushes = webhooks::order(self, topic, id);
        self.pushes.extend(pushes);
    }
}

/// Product and variant.
fn read_id(id: &str) -> Option<(u64, u64)> {
    let (product, variant) = id.split_once(':')?;
    Some((product.parse().ok()?, variant.parse().ok()?))
}
