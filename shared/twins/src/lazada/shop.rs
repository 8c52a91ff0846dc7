//! What the Lazada stand-in knows, and how an order moves units from heap to heap.
//!
//! CHANNELS §2.6; docId=121233 of open.lazada.com, read 2026-11-30: an unpaid order moves units from sellable to
//! withheld, a payment to occupied; unpaid for half an hour gives them back; a cancel moves occupied units back to
//! sellable; ready-to-ship takes them out of occupied for good.

use std::collections::BTreeMap;
use std::io;

use jiff::{SignedDuration, Timestamp};

use super::LazadaTwinConfig;
use super::logins::Logins;
use super::push::Outbox;
use crate::wire::viet_nam;
use crate::{SoldOut, StockWrite, TwinClock, TwinLine, TwinOrder, TwinOrderState, check_shown};

/// An unpaid order ends after this.
const UNPAID_LIVES: SignedDuration = SignedDuration::from_mins(30);
/// Below so many sellable units a message says so.
const SHALLOW: i64 = 5;

/// One variation of an item.
#[derive(Clone, Debug)]
pub(crate) struct Sku {
    pub(crate) item_id: u64,
    pub(crate) sku_id: u64,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    pub(crate) sellable: i64,
    pub(crate) withheld: i64,
    pub(crate) occupied: i64,
    /// Sellable units that a campaign has locked.
    pub(crate) locked: i64,
    pub(crate) raising_only: bool,
}

/// One unit of an order: Lazada's order item, with a status of its own.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) id: u64,
    pub(crate) listing: String,
    pub(crate) status: &'static str,
    pub(crate) package: Option<String>,
    pub(crate) updated_at: Timestamp,
    pub(crate) cancelled_by: &'static str,
}

/// An order with what only Lazada knows of it.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) facts: TwinOrder,
    pub(crate) number: u64,
    pub(crate) units: Vec<Unit>,
}

pub(crate) struct Shop {
    clock: TwinClock,
    pub(crate) skus: BTreeMap<String, Sku>,
    pub(crate) orders: BTreeMap<String, Order>,
    pub(crate) writes: Vec<StockWrite>,
    pub(crate) logins: Logins,
    pub(crate) outbox: Outbox,
    sold: u64,
    pub(crate) packed: u64,
}

impl Shop {
    pub(crate) fn new(config: &LazadaTwinConfig) -> io::Result<Self> {
        let mut skus = BTreeMap::new();
        for listing in &config.listings {
            let Some((item_id, sku_id)) = read_id(&listing.id) else {
                let problem = format!("a Lazada listing is `itemId:skuId`, not `{}`", listing.id);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            };
            let sku = Sku {
                item_id,
                sku_id,
                sku: listing.sku.clone(),
                name: listing.name.clone(),
                price_minor: listing.price_minor,
                sellable: listing.stock,
                withheld: 0,
                occupied: 0,
                locked: 0,
                raising_only: false,
            };
            skus.insert(format!("{item_id}:{sku_id}"), sku);
        }
        let now = (config.clock)();
        Ok(Self {
            clock: config.clock.clone(),
            skus,
            orders: BTreeMap::new(),
            writes: Vec::new(),
            logins: Logins::new(&config.access_token, now),
            outbox: Outbox::new(config),
            sold: 0,
            packed: 0,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.logins.accepts(token, self.now())
    }

    /// Sellable, withheld, occupied.
    pub(crate) fn heaps(&self, listing: &str) -> (i64, i64, i64) {
        self.skus.get(listing).map_or((0, 0, 0), |sku| (sku.sellable, sku.withheld, sku.occupied))
    }

    pub(crate) fn skus_of(&self, item_id: u64) -> Vec<&Sku> {
        self.skus.values().filter(|sku| sku.item_id == item_id).collect()
    }

    /// Places an unpaid order: one item for every unit, and a message for each.
    pub(crate) fn place(&mut self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        check_shown(lines, |listing| self.heaps(listing).0)?;
        let now = self.now();
        self.sold += 1;
        let first = order_number(now, self.sold);
        let id = first.to_string();
        let mut total_minor = 0;
        let mut units = Vec::new();
        for line in lines {
            let quantity = i64::from(line.quantity);
            if let Some(sku) = self.skus.get_mut(&line.listing) {
                total_minor += sku.price_minor * quantity;
                sku.withheld += quantity;
                take_sellable(sku, quantity);
            }
            for _ in 0..line.quantity {
                let unit = first + 1 + u64::try_from(units.len()).unwrap_or_default();
                units.push(new_unit(unit, &line.listing, now));
            }
        }
        let facts = TwinOrder {
            id: id.clone(),
            lines: lines.to_vec(),
            state: TwinOrderState::Unpaid,
            placed_at: now,
            updated_at: now,
            total_minor,
            branch: None,
        };
        let order = Order { facts, number: self.sold, units };
        order.units.iter().for_each(|unit| self.outbox.status(&id, unit, now));
        self.orders.insert(id.clone(), order);
        self.tell_shallow(lines, now);
        Ok(id)
    }

    fn tell_shallow(&mut self, lines: &[TwinLine], now: Timestamp) {
        for line in lines {
            let Some(sku) = self.skus.get(&line.listing) else { continue };
            if sku.sellable < SHALLOW && sku.sellable + i64::from(line.quantity) >= SHALLOW {
                self.outbox.shallow(sku, now);
            }
        }
    }

    pub(crate) fn pay(&mut self, id: &str) -> bool {
        let is_unpaid = self.state(id) == Some(TwinOrderState::Unpaid);
        if is_unpaid {
            self.move_units(id, &["unpaid"], "pending", |sku| {
                sku.withheld -= 1;
                sku.occupied += 1;
            });
            self.set_state(id, TwinOrderState::Paid);
        }
        is_unpaid
    }

    /// Ends unpaid orders whose half hour is over.
    pub(crate) fn end_unpaid(&mut self) {
        let now = self.now();
        let is_over = |order: &&Order| {
            order.facts.state == TwinOrderState::Unpaid
                && now.duration_since(order.facts.placed_at) > UNPAID_LIVES
        };
        let over: Vec<String> = self.orders.values().filter(is_over).map(|o| o.facts.id.clone()).collect();
        for id in over {
            self.cancel(&id);
        }
    }

    /// The whole order is called off. What is with the courier is not.
    pub(crate) fn cancel(&mut self, id: &str) -> bool {
        let open = matches!(self.state(id), Some(TwinOrderState::Unpaid | TwinOrderState::Paid));
        if open {
            let units: Vec<u64> = self.orders.get(id).map(all_units).unwrap_or_default();
            self.cancel_items(id, &units, "buyer-cancel");
        }
        open
    }

    /// Some units of one listing are called off.
    pub(crate) fn cancel_units(&mut self, id: &str, listing: &str, count: u32) -> bool {
        let Some(order) = self.orders.get(id) else { return false };
        let may = |unit: &&Unit| unit.listing == listing && may_cancel(unit.status);
        let chosen: Vec<u64> =
            order.units.iter().filter(may).map(|unit| unit.id).take(count as usize).collect();
        let enough = chosen.len() == count as usize;
        if enough {
            self.cancel_items(id, &chosen, "buyer-cancel");
        }
        enough
    }

    /// Calls items off: withheld and occupied units become sellable again, those made ready to ship do not.
    pub(crate) fn cancel_items(&mut self, id: &str, units: &[u64], by: &'static str) {
        let chosen = |unit: &Unit| units.contains(&unit.id) && may_cancel(unit.status);
        self.change_units(id, chosen, "canceled", |sku, before| match before {
            "unpaid" => {
                sku.withheld -= 1;
                sku.sellable += 1;
            }
            "ready_to_ship" => {}
            _ => {
                sku.occupied -= 1;
                sku.sellable += 1;
            }
        });
        if let Some(order) = self.orders.get_mut(id) {
            order.units.iter_mut().filter(|u| units.contains(&u.id)).for_each(|unit| unit.cancelled_by = by);
            if order.units.iter().all(|unit| unit.status == "canceled") {
                order.facts.state = TwinOrderState::Cancelled;
            }
        }
    }

    /// The shop packs and makes ready, then the courier takes the parcel.
    pub(crate) fn ship(&mut self, id: &str) -> bool {
        if self.state(id) != Some(TwinOrderState::Paid) {
            return false;
        }
        let pending: Vec<u64> = self.units_with(id, "pending");
        if !pending.is_empty() {
            self.pack_items(id, &pending);
        }
        self.move_units(id, &["packed"], "ready_to_ship", |sku| sku.occupied -= 1);
        self.move_units(id, &["ready_to_ship"], "shipped", |_| ());
        self.set_state(id, TwinOrderState::Shipped);
        true
    }

    pub(crate) fn complete(&mut self, id: &str) -> bool {
        self.ship(id);
        let shipped = self.state(id) == Some(TwinOrderState::Shipped);
        if shipped {
            self.move_units(id, &["shipped"], "delivered", |_| ());
            self.move_units(id, &["delivered"], "confirmed", |_| ());
            self.set_state(id, TwinOrderState::Completed);
        }
        shipped
    }

    /// The buyer sends it back; Lazada gives nothing back to its stock.
    pub(crate) fn send_back(&mut self, id: &str) -> bool {
        let shipped = matches!(self.state(id), Some(TwinOrderState::Shipped | TwinOrderState::Completed));
        if shipped {
            self.move_units(id, &["shipped", "delivered", "confirmed"], "returned", |_| ());
        }
        shipped
    }

    /// Puts items into a package of their own.
    pub(crate) fn pack_items(&mut self, id: &str, units: &[u64]) -> String {
        self.packed += 1;
        let package = format!("FP{:012}", self.packed);
        if let Some(order) = self.orders.get_mut(id) {
            let chosen = order.units.iter_mut().filter(|unit| units.contains(&unit.id));
            chosen.for_each(|unit| unit.package = Some(package.clone()));
        }
        self.change_units(id, |unit| units.contains(&unit.id), "packed", |_, _| ());
        package
    }

    pub(crate) fn units_with(&self, id: &str, status: &str) -> Vec<u64> {
        let order = self.orders.get(id);
        let with = |order: &Order| order.units.iter().filter(|u| u.status == status).map(|u| u.id).collect();
        order.map(with).unwrap_or_default()
    }

    /// Units of these statuses take a new one; `each` moves the stock of one unit.
    pub(crate) fn move_units(&mut self, id: &str, from: &[&str], to: &'static str, each: impl Fn(&mut Sku)) {
        self.change_units(id, |unit| from.contains(&unit.status), to, |sku, _| each(sku));
    }

    pub(crate) fn change_units(
        &mut self,
        id: &str,
        chosen: impl Fn(&Unit) -> bool,
        to: &'static str,
        each: impl Fn(&mut Sku, &str),
    ) {
        let now = self.now();
        let Some(order) = self.orders.get_mut(id) else { return };
        for unit in order.units.iter_mut().filter(|unit| chosen(unit)) {
            if let Some(sku) = self.skus.get_mut(&unit.listing) {
                each(sku, unit.status);
            }
            unit.status = to;
            unit.updated_at = now;
            order.facts.updated_at = now;
            self.outbox.status(id, unit, now);
        }
    }

    fn state(&self, id: &str) -> Option<TwinOrderState> {
        self.orders.get(id).map(|order| order.facts.state)
    }

    fn set_state(&mut self, id: &str, state: TwinOrderState) {
        let now = self.now();
        if let Some(order) = self.orders.get_mut(id) {
            order.facts.state = state;
            order.facts.updated_at = now;
        }
    }

    pub(crate) fn lock_units(&mut self, listing: &str, units: i64) -> bool {
        self.skus.get_mut(listing).map(|sku| sku.locked = units.min(sku.sellable)).is_some()
    }

    pub(crate) fn allow_raising_only(&mut self, listing: &str, raising_only: bool) {
        if let Some(sku) = self.skus.get_mut(listing) {
            sku.raising_only = raising_only;
        }
    }

    pub(crate) fn edit_stock(&mut self, listing: &str, value: i64) -> bool {
        self.skus.get_mut(listing).map(|sku| sku.sellable = value).is_some()
    }

    /// A stock write through the API.
    pub(crate) fn write_stock(&mut self, listing: &str, value: i64) {
        let at = self.now();
        self.edit_stock(listing, value);
        self.writes.push(StockWrite { at, listing: listing.to_owned(), value, branch: None });
    }
}

/// What may be called off by the buyer or the shop: until the courier has it.
pub(crate) fn may_cancel(status: &str) -> bool {
    matches!(status, "unpaid" | "pending" | "packed" | "ready_to_ship")
}

fn all_units(order: &Order) -> Vec<u64> {
    order.units.iter().filter(|unit| may_cancel(unit.status)).map(|unit| unit.id).collect()
}

/// Units that a campaign has locked are sold first.
fn take_sellable(sku: &mut Sku, quantity: i64) {
    sku.sellable -= quantity;
    sku.locked = (sku.locked - quantity).max(0);
}

fn new_unit(id: u64, listing: &str, now: Timestamp) -> Unit {
    Unit {
        id,
        listing: listing.to_owned(),
        status: "unpaid",
        package: None,
        updated_at: now,
        cancelled_by: "",
    }
}

fn read_id(id: &str) -> Option<(u64, u64)> {
    let (item, sku) = id.split_once(':')?;
    Some((item.parse().ok()?, sku.parse().ok()?))
}

/// Fifteen digits, six of them the local date, as in `260422900198363`; the items of the order follow its number.
fn order_number(now: Timestamp, number: u64) -> u64 {
    let day: u64 = now.to_zoned(viet_nam()).strftime("%y%m%d").to_string().parse().unwrap_or_default();
    day * 1_000_000_000 + number * 10_000
}
