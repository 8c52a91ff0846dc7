//! What the TikTok Shop stand-in knows and how an order moves its stock.
//!
//! CHANNELS §0.3 and §3.3-3.6, read 2026-11-21: the available number leaves out units already ordered, paid or not
//! (they are "committed" until they leave); a campaign's units lie inside it; a cancel gives units back when it says
//! `should_replenish_stock`.

use std::collections::BTreeMap;
use std::io;

use jiff::{SignedDuration, Timestamp};

use super::TikTokTwinConfig;
use super::logins::Logins;
use super::push::Outbox;
use crate::{SoldOut, StockWrite, TwinClock, TwinLine, TwinOrder, TwinOrderState, check_shown};

/// For this long a buyer may call off an order that is on hold.
const HOLD: SignedDuration = SignedDuration::from_hours(1);
/// Order numbers are eighteen digits; this is where ours begin.
const FIRST_ORDER: u64 = 576_650_000_000_000_000;

/// One variation of a product.
#[derive(Clone, Debug)]
pub(crate) struct Sku {
    pub(crate) product_id: String,
    pub(crate) sku_id: String,
    pub(crate) seller_sku: String,
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    /// Units that can be bought, those of a campaign included.
    pub(crate) available: i64,
    /// Units that are ordered and have not left.
    pub(crate) committed: i64,
    /// Units of `available` that a campaign has locked.
    pub(crate) locked: i64,
}

/// An order with what only TikTok Shop knows of it.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) facts: TwinOrder,
    pub(crate) number: u64,
    pub(crate) paid_at: Option<Timestamp>,
    /// Until when the buyer may call it off freely; none when it is not on hold.
    pub(crate) held_until: Option<Timestamp>,
    /// Whether it ever was on hold.
    pub(crate) was_on_hold: bool,
    /// When shipment was arranged.
    pub(crate) arranged_at: Option<Timestamp>,
    /// When the carrier took it.
    pub(crate) collected_at: Option<Timestamp>,
    pub(crate) tracking_number: Option<String>,
    /// Who called it off, why, and whether its units went back on sale.
    pub(crate) cancellation: Option<(&'static str, String, bool)>,
}

/// Where one type of push goes.
pub(crate) struct Webhook {
    pub(crate) address: String,
    pub(crate) made_at: Timestamp,
    pub(crate) changed_at: Timestamp,
}

pub(crate) struct Shop {
    pub(crate) clock: TwinClock,
    pub(crate) skus: BTreeMap<String, Sku>,
    pub(crate) orders: BTreeMap<String, Order>,
    pub(crate) writes: Vec<StockWrite>,
    pub(crate) logins: Logins,
    pub(crate) outbox: Outbox,
    pub(crate) webhooks: BTreeMap<String, Webhook>,
    pub(crate) replenishes: bool,
    sold: u64,
}

impl Shop {
    pub(crate) fn new(config: &TikTokTwinConfig) -> io::Result<Self> {
        let mut skus = BTreeMap::new();
        for listing in &config.listings {
            let Some((product_id, sku_id)) = read_id(&listing.id) else {
                let problem = format!("a TikTok Shop listing is `productId:skuId`, not `{}`", listing.id);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            };
            let sku = Sku {
                product_id: product_id.to_owned(),
                sku_id: sku_id.to_owned(),
                seller_sku: listing.sku.clone(),
                name: listing.name.clone(),
                price_minor: listing.price_minor,
                available: listing.stock,
                committed: 0,
                locked: 0,
            };
            skus.insert(listing.id.clone(), sku);
        }
        Ok(Self {
            clock: config.clock.clone(),
            skus,
            orders: BTreeMap::new(),
            writes: Vec::new(),
            logins: Logins::new(config),
            outbox: Outbox::new(config),
            webhooks: BTreeMap::new(),
            replenishes: true,
            sold: 0,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn shown(&self, listing: &str) -> i64 {
        self.skus.get(listing).map_or(0, |sku| sku.available)
    }

    /// Places an unpaid order.
    pub(crate) fn place(&mut self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        check_shown(lines, |listing| self.shown(listing))?;
        let now = self.now();
        self.sold += 1;
        let id = (FIRST_ORDER + self.sold).to_string();
        let total_minor = lines.iter().map(|line| self.take(line)).sum();
        let facts = TwinOrder {
            id: id.clone(),
            lines: lines.to_vec(),
            state: TwinOrderState::Unpaid,
            placed_at: now,
            updated_at: now,
            total_minor,
            branch: None,
        };
        let order = Order {
            facts,
            number: self.sold,
            paid_at: None,
            held_until: None,
            was_on_hold: false,
            arranged_at: None,
            collected_at: None,
            tracking_number: None,
            cancellation: None,
        };
        self.orders.insert(id.clone(), order);
        self.tell_status(&id, "UNPAID", false);
        for line in lines {
            if let Some(sku) = self.skus.get(&line.listing).filter(|sku| sku.available == 0).cloned() {
                self.tell_out_of_stock(&sku);
            }
        }
        Ok(id)
    }

    /// Takes a line's units; answers what it costs.
    fn take(&mut self, line: &TwinLine) -> i64 {
        let Some(sku) = self.skus.get_mut(&line.listing) else { return 0 };
        let quantity = i64::from(line.quantity);
        sku.available -= quantity;
        sku.committed += quantity;
        sku.locked = sku.locked.min(sku.available);
        sku.price_minor * quantity
    }

    pub(crate) fn pay(&mut self, id: &str, on_hold: bool) -> bool {
        let now = self.now();
        let held_until = now.checked_add(HOLD).ok().filter(|_| on_hold);
        let paid = self.change(id, &[TwinOrderState::Unpaid], TwinOrderState::Paid, |order| {
            order.paid_at = Some(now);
            order.held_until = held_until;
            order.was_on_hold = on_hold;
        });
        if paid {
            self.tell_status(id, if on_hold { "ON_HOLD" } else { "AWAITING_SHIPMENT" }, on_hold);
        }
        paid
    }

    /// Orders whose hour is over wait for shipment from then on.
    pub(crate) fn end_holds(&mut self) {
        let now = self.now();
        let over = |order: &Order| order.held_until.is_some_and(|until| until <= now);
        let ids: Vec<String> =
            self.orders.iter().filter(|(_, order)| over(order)).map(|(id, _)| id.clone()).collect();
        for id in ids {
            if let Some(order) = self.orders.get_mut(&id) {
                order.facts.updated_at = order.held_until.take().unwrap_or(now);
            }
            self.tell_status(&id, "AWAITING_SHIPMENT", true);
        }
    }

    /// Called off before the carrier took it.
    pub(crate) fn cancel(&mut self, id: &str, role: &'static str, reason: &str) -> bool {
        let replenishes = self.replenishes;
        let open = [TwinOrderState::Unpaid, TwinOrderState::Paid];
        let cancelled = self.change(id, &open, TwinOrderState::Cancelled, |order| {
            order.held_until = None;
            order.cancellation = Some((role, reason.to_owned(), replenishes));
        });
        if cancelled {
            self.leave(id, replenishes);
            self.tell_cancellation(id, role);
            self.tell_status(id, "CANCEL", self.was_on_hold(id));
        }
        cancelled
    }

    /// Units are committed no longer; they are available again, or gone.
    fn leave(&mut self, id: &str, back: bool) {
        let lines = self.orders.get(id).map(|order| order.facts.lines.clone()).unwrap_or_default();
        for line in lines {
            let Some(sku) = self.skus.get_mut(&line.listing) else { continue };
            sku.committed -= i64::from(line.quantity);
            if back {
                sku.available += i64::from(line.quantity);
            }
        }
    }

    /// Shipment is arranged; the parcel waits for the carrier. `false` unless the order waits for that.
    pub(crate) fn arrange(&mut self, id: &str, tracking_number: Option<&str>) -> bool {
        let now = self.now();
        let Some(order) = self.orders.get_mut(id) else { return false };
        let waits = order.facts.state == TwinOrderState::Paid && order.held_until.is_none();
        if !waits || order.arranged_at.is_some() {
            return false;
        }
        order.arranged_at = Some(now);
        order.facts.updated_at = now;
        let own = format!("8{:011}", order.number);
        order.tracking_number = Some(tracking_number.map_or(own, str::to_owned));
        self.tell_status(id, "AWAITING_COLLECTION", self.was_on_hold(id));
        true
    }

    /// The carrier takes a parcel whose shipment was arranged.
    pub(crate) fn collect(&mut self, id: &str) -> bool {
        let now = self.now();
        let collected = self.change(id, &[TwinOrderState::Paid], TwinOrderState::Shipped, |order| {
            order.collected_at = Some(now);
        });
        if collected {
            self.leave(id, false);
            self.tell_status(id, "IN_TRANSIT", self.was_on_hold(id));
        }
        collected
    }

    pub(crate) fn ship(&mut self, id: &str) -> bool {
        let arranged = self.orders.get(id).is_some_and(|order| order.arranged_at.is_some());
        (arranged || self.arrange(id, None)) && self.collect(id)
    }

    pub(crate) fn complete(&mut self, id: &str) -> bool {
        if self.orders.get(id).is_some_and(|order| order.facts.state == TwinOrderState::Paid) {
            self.ship(id);
        }
        let completed = self.change(id, &[TwinOrderState::Shipped], TwinOrderState::Completed, |_| ());
        if completed {
            self.tell_status(id, "DELIVERED", self.was_on_hold(id));
            self.tell_status(id, "COMPLETED", self.was_on_hold(id));
        }
        completed
    }

    pub(crate) fn request_return(&mut self, id: &str) -> bool {
        let sent = [TwinOrderState::Shipped, TwinOrderState::Completed];
        let is_sent = self.orders.get(id).is_some_and(|order| sent.contains(&order.facts.state));
        if is_sent {
            self.tell_return(id);
        }
        is_sent
    }

    fn was_on_hold(&self, id: &str) -> bool {
        self.orders.get(id).is_some_and(|order| order.was_on_hold)
    }

    pub(crate) fn edit_stock(&mut self, listing: &str, value: i64) {
        if let Some(sku) = self.skus.get_mut(listing) {
            sku.available = value;
            sku.locked = sku.locked.min(value);
        }
    }

    pub(crate) fn lock_units(&mut self, listing: &str, units: i64) {
        if let Some(sku) = self.skus.get_mut(listing) {
            sku.locked = units.clamp(0, sku.available);
        }
    }

    /// A stock write through the API.
    pub(crate) fn write_stock(&mut self, listing: &str, value: i64) {
        let at = self.now();
        self.edit_stock(listing, value);
        self.writes.push(StockWrite { at, listing: listing.to_owned(), value, branch: None });
    }

    fn change(
        &mut self,
        id: &str,
        from: &[TwinOrderState],
        to: TwinOrderState,
        more: impl FnOnce(&mut Order),
    ) -> bool {
        let now = self.now();
        match self.orders.get_mut(id) {
            Some(order) if from.contains(&order.facts.state) => {
                order.facts.state = to;
                order.facts.updated_at = now;
                more(order);
                true
            }
            _ => false,
        }
    }
}

fn read_id(id: &str) -> Option<(&str, &str)> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    id.split_once(':').filter(|(product, sku)| is_number(product) && is_number(sku))
}
