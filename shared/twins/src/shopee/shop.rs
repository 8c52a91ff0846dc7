//! What the Shopee stand-in knows and how an order moves its stock.
//!
//! CHANNELS §0.3 and §1.4-1.5, read 2026-11-21: the stock number leaves out units already ordered, paid or
//! not; a cancelled order gives them back; shipping changes nothing.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;

use super::logins::Logins;
use super::{Outbox, ShopeeTwinConfig};
use crate::wire::viet_nam;
use crate::{SoldOut, StockWrite, TwinClock, TwinLine, TwinOrder, TwinOrderState, check_shown};

/// One model of an item, or an item without models.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) item_id: u64,
    pub(crate) model_id: u64,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    pub(crate) stock: i64,
    pub(crate) reserved: i64,
    pub(crate) locked: bool,
}

/// An order with what only Shopee knows of it.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) facts: TwinOrder,
    pub(crate) number: u64,
    pub(crate) paid_at: Option<Timestamp>,
    /// The seller has arranged the shipment (`PROCESSED`).
    pub(crate) is_arranged: bool,
    /// The parcel comes back (`TO_RETURN`).
    pub(crate) comes_back: bool,
}

pub(crate) struct Shop {
    pub(crate) clock: TwinClock,
    pub(crate) models: BTreeMap<String, Model>,
    pub(crate) orders: BTreeMap<String, Order>,
    pub(crate) writes: Vec<StockWrite>,
    pub(crate) logins: Logins,
    pub(crate) outbox: Outbox,
    sold: u64,
}

impl Shop {
    pub(crate) fn new(config: &ShopeeTwinConfig) -> io::Result<Self> {
        let mut models = BTreeMap::new();
        for listing in &config.listings {
            let Some((item_id, model_id)) = read_id(&listing.id) else {
                let problem = format!("a Shopee listing is `itemId:modelId`, not `{}`", listing.id);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            };
            let model = Model {
                item_id,
                model_id,
                sku: listing.sku.clone(),
                name: listing.name.clone(),
                price_minor: listing.price_minor,
                stock: listing.stock,
                reserved: 0,
                locked: false,
            };
            models.insert(format!("{item_id}:{model_id}"), model);
        }
        Ok(Self {
            clock: config.clock.clone(),
            models,
            orders: BTreeMap::new(),
            writes: Vec::new(),
            logins: Logins::new(&config.access_token),
            outbox: Outbox::new(config),
            sold: 0,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn shown(&self, listing: &str) -> i64 {
        self.models.get(listing).map_or(0, |model| model.stock)
    }

    pub(crate) fn models_of(&self, item_id: u64) -> Vec<&Model> {
        self.models.values().filter(|model| model.item_id == item_id).collect()
    }

    /// Places an unpaid order. Units on sale in a promotion announce themselves first, with their own push.
    pub(crate) fn place(&mut self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        check_shown(lines, |listing| self.shown(listing))?;
        let now = self.now();
        self.sold += 1;
        let id = order_sn(now, self.sold);
        let mut total_minor = 0;
        for line in lines {
            total_minor += self.move_stock(line, -1, &id, now);
        }
        let state = TwinOrderState::Unpaid;
        let facts = TwinOrder {
            id: id.clone(),
            lines: lines.to_vec(),
            state,
            placed_at: now,
            updated_at: now,
            total_minor,
            branch: None,
        };
        let (number, paid_at) = (self.sold, None);
        let order = Order { facts, number, paid_at, is_arranged: false, comes_back: false };
        self.orders.insert(id.clone(), order);
        self.outbox.status(&id, "UNPAID", now);
        Ok(id)
    }

    pub(crate) fn pay(&mut self, id: &str) -> bool {
        let now = self.now();
        let paid = self.change(id, &[TwinOrderState::Unpaid], TwinOrderState::Paid);
        if paid && let Some(order) = self.orders.get_mut(id) {
            order.paid_at = Some(now);
            self.outbox.status(id, "READY_TO_SHIP", now);
        }
        paid
    }

    pub(crate) fn cancel(&mut self, id: &str) -> bool {
        let cancelled =
            self.change(id, &[TwinOrderState::Unpaid, TwinOrderState::Paid], TwinOrderState::Cancelled);
        if cancelled {
            let now = self.now();
            let lines = self.orders.get(id).map(|order| order.facts.lines.clone()).unwrap_or_default();
            for line in &lines {
                self.move_stock(line, 1, id, now);
            }
            self.outbox.status(id, "CANCELLED", now);
        }
        cancelled
    }

    pub(crate) fn ship(&mut self, id: &str) -> bool {
        let shipped = self.change(id, &[TwinOrderState::Paid], TwinOrderState::Shipped);
        if shipped {
            let now = self.now();
            if !self.orders.get(id).is_some_and(|order| order.is_arranged) {
                self.outbox.status(id, "PROCESSED", now);
                self.outbox.tracking(id, now);
            }
            self.outbox.status(id, "SHIPPED", now);
        }
        shipped
    }

    /// The seller arranges the shipment of a paid order.
    pub(crate) fn arrange(&mut self, id: &str) {
        let now = self.now();
        if let Some(order) = self.orders.get_mut(id) {
            order.is_arranged = true;
            order.facts.updated_at = now;
            self.outbox.status(id, "PROCESSED", now);
            self.outbox.tracking(id, now);
        }
    }

    pub(crate) fn send_back(&mut self, id: &str) -> bool {
        let now = self.now();
        let out = [TwinOrderState::Shipped, TwinOrderState::Completed];
        let order =
            self.orders.get_mut(id).filter(|order| out.contains(&order.facts.state) && !order.comes_back);
        let Some(order) = order else { return false };
        order.comes_back = true;
        order.facts.updated_at = now;
        self.outbox.status(id, "TO_RETURN", now);
        true
    }

    pub(crate) fn complete(&mut self, id: &str) -> bool {
        let open = [TwinOrderState::Paid, TwinOrderState::Shipped];
        let completed = self.change(id, &open, TwinOrderState::Completed);
        if completed {
            let now = self.now();
            self.outbox.status(id, "COMPLETED", now);
        }
        completed
    }

    pub(crate) fn reserve_for_promotion(&mut self, listing: &str, units: i64) {
        if let Some(model) = self.models.get_mut(listing) {
            model.reserved = units;
        }
    }

    pub(crate) fn lock_stock(&mut self, listing: &str, locked: bool) {
        if let Some(model) = self.models.get_mut(listing) {
            model.locked = locked;
        }
    }

    pub(crate) fn edit_stock(&mut self, listing: &str, value: i64) {
        if let Some(model) = self.models.get_mut(listing) {
            model.stock = value;
        }
    }

    /// A stock write through the API.
    pub(crate) fn write_stock(&mut self, listing: &str, value: i64) {
        let at = self.now();
        self.edit_stock(listing, value);
        self.writes.push(StockWrite { at, listing: listing.to_owned(), value, branch: None });
    }

    fn change(&mut self, id: &str, from: &[TwinOrderState], to: TwinOrderState) -> bool {
        let now = self.now();
        match self.orders.get_mut(id) {
            Some(order) if from.contains(&order.facts.state) => {
                order.facts.state = to;
                order.facts.updated_at = now;
                true
            }
            _ => false,
        }
    }

    /// Takes (-1) or gives back (+1) the units of a line; answers what the line costs.
    fn move_stock(&mut self, line: &TwinLine, sign: i64, id: &str, now: Timestamp) -> i64 {
        let Some(model) = self.models.get_mut(&line.listing) else { return 0 };
        let quantity = i64::from(line.quantity);
        model.stock += sign * quantity;
        if model.reserved > 0 {
            let old = model.reserved;
            model.reserved = (old + sign * quantity).max(0);
            self.outbox.reserved(model, old, sign < 0, id, now);
        }
        model.price_minor * quantity
    }
}

fn read_id(id: &str) -> Option<(u64, u64)> {
    let (item, model) = id.split_once(':')?;
    Some((item.parse().ok()?, model.parse().ok()?))
}

/// Six digits of the local date and eight signs, as in `2503119YA2XB8B`.
fn order_sn(now: Timestamp, number: u64) -> String {
    let digits = b"0123456789ABCDEFGHJKMNPQRSTUVWXY";
    let mut rest = number;
    let mut tail = ['0'; 8];
    for sign in tail.iter_mut().rev() {
        *sign = digits.get((rest % 32) as usize).map_or('0', |digit| char::from(*digit));
        rest /= 32;
    }
    format!("{}{}", now.to_zoned(viet_nam()).strftime("%y%m%d"), tail.iter().collect::<String>())
}
