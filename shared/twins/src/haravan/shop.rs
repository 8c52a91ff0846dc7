//! What the Haravan stand-in knows, and how an order moves stock: open orders hold units, parcels take them away.
//!
//! docs.haravan.com/docs/omni-apis/inventory-locations/, read 2026-11-30: `qty_available` is `qty_onhand` less
//! `qty_commited`, and may be below zero.

use std::collections::BTreeMap;
use std::io;

use jiff::{SignedDuration, Timestamp};

use super::login::Logins;
use super::{HaravanTwinConfig, is_open, webhooks};
use crate::{Push, SoldOut, StockWrite, TwinLine, TwinOrder, TwinOrderState, check_shown};

const FIRST_ORDER_ID: u64 = 1_272_208_001;
const FIRST_LINE_ID: u64 = 1_393_284_001;
/// A push that was not taken is sent again 19 times in 48 hours.
const TRIES_MAX: u32 = 19;
const RETRY_AFTER: SignedDuration = SignedDuration::from_mins(48 * 60 / TRIES_MAX as i64);

/// A variant of a product, in the one store.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) product: u64,
    pub(crate) id: u64,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    pub(crate) on_hand: i64,
    pub(crate) committed: i64,
    pub(crate) updated_at: Timestamp,
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
    pub(crate) code: &'static str,
    pub(crate) company: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) created_at: Timestamp,
}

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) facts: TwinOrder,
    pub(crate) id: u64,
    pub(crate) lines: Vec<Line>,
    pub(crate) is_confirmed: bool,
    pub(crate) is_closed: bool,
    pub(crate) cancelled: Option<(Timestamp, String)>,
    pub(crate) parcels: Vec<Parcel>,
    /// What the caller noted on it, for orders that came through the API.
    pub(crate) notes: serde_json::Value,
    pub(crate) tags: Option<String>,
    pub(crate) reference: Option<String>,
}

/// A push that was not taken, and when it is sent again.
struct Retry {
    due: Timestamp,
    push: Push,
}

pub(crate) struct Shop {
    pub(crate) config: HaravanTwinConfig,
    pub(crate) variants: BTreeMap<u64, Variant>,
    pub(crate) orders: BTreeMap<u64, Order>,
    pub(crate) writes: Vec<StockWrite>,
    pub(crate) logins: Logins,
    pub(crate) is_subscribed: bool,
    /// Thousandths of a call in the bucket, and since when.
    pub(crate) bucket: (i64, Timestamp),
    waiting: Vec<Push>,
    retries: Vec<Retry>,
    failures_in_a_row: u32,
    lines_so_far: u64,
}

impl Shop {
    pub(crate) fn new(config: &HaravanTwinConfig) -> io::Result<Self> {
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
                updated_at: now,
            };
            variants.insert(id, variant);
        }
        Ok(Self {
            config: config.clone(),
            variants,
            orders: BTreeMap::new(),
            writes: Vec::new(),
            logins: Logins::new(&config.org_id),
            is_subscribed: true,
            bucket: (0, now),
            waiting: Vec::new(),
            retries: Vec::new(),
            failures_in_a_row: 0,
            lines_so_far: 0,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.config.clock)()
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
        let id = self.take(&bought, is_paid);
        self.announce("orders/create", id);
        Ok(id.to_string())
    }

    /// Writes an order down and holds its units.
    pub(crate) fn take(&mut self, bought: &[(u64, u32, i64)], is_paid: bool) -> u64 {
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
            found.committed += i64::from(*quantity);
            found.updated_at = now;
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
            is_confirmed: false,
            is_closed: false,
            cancelled: None,
            parcels: Vec::new(),
            notes: serde_json::json!([]),
            tags: None,
            reference: None,
        };
        self.orders.insert(id, order);
        id
    }

    /// Changes an order if it stands where it should, and sends word of it.
    pub(crate) fn change(
        &mut self,
        id: &str,
        stands: impl Fn(&Order) -> bool,
        topic: &str,
        change: impl FnOnce(&mut Order, Timestamp),
    ) -> bool {
        let now = self.now();
        let found = id.parse().ok().and_then(|id: u64| self.orders.get_mut(&id));
        let Some(order) = found.filter(|order| stands(order)) else { return false };
        change(order, now);
        order.facts.updated_at = now;
        let id = order.id;
        if topic != webhooks::UPDATED {
            self.announce(webhooks::UPDATED, id);
        }
        self.announce(topic, id);
        true
    }

    /// Moves units of all lines of an order.
    fn move_units(&mut self, id: &str, change: impl Fn(&mut Variant, i64)) {
        let now = self.now();
        let lines = self.order(id).map(|order| order.lines.clone()).unwrap_or_default();
        for line in lines {
            if let Some(variant) = self.variants.get_mut(&line.variant) {
                change(variant, i64::from(line.quantity));
                variant.updated_at = now;
            }
        }
    }

    /// Cancelling lets go of the units. With a parcel under way it is refused here.
    pub(crate) fn cancel(&mut self, id: &str, reason: &str) -> bool {
        let is_done = self.change(
            id,
            |order| is_open(order.facts.state) && order.parcels.is_empty(),
            "orders/cancelled",
            |order, now| {
                order.facts.state = TwinOrderState::Cancelled;
                order.cancelled = Some((now, reason.to_owned()));
            },
        );
        if is_done {
            self.move_units(id, |variant, units| variant.committed -= units);
        }
        is_done
    }

    /// A parcel is made and handed over. That a parcel made through the API counts as under way at once is the twin's
    /// own guess: carriers move it.
    pub(crate) fn ship(&mut self, id: &str, company: Option<String>, number: Option<String>) -> bool {
        let is_done = self.change(
            id,
            |order| order.facts.state == TwinOrderState::Paid && order.parcels.is_empty(),
            "orders/fulfilled",
            |order, now| {
                order.facts.state = TwinOrderState::Shipped;
                let parcel = order.id - 200_000_000;
                order.parcels.push(Parcel {
                    id: parcel,
                    code: "delivering",
                    company,
                    number,
                    created_at: now,
                });
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

    /// The carrier has delivered and the order is closed.
    pub(crate) fn complete(&mut self, id: &str) -> bool {
        if self.order(id).is_some_and(|order| order.facts.state == TwinOrderState::Paid) {
            self.ship(id, None, None);
        }
        self.change(
            id,
            |order| order.facts.state == TwinOrderState::Shipped,
            webhooks::UPDATED,
            |order, _| {
                order.facts.state = TwinOrderState::Completed;
                order.is_closed = true;
                order.parcels.iter_mut().for_each(|parcel| parcel.code = "delivered");
            },
        )
    }

    /// The carrier brings the parcel back; goods enter stock when somebody books them in.
    pub(crate) fn send_back(&mut self, id: &str) -> bool {
        let was_sent =
            |order: &Order| matches!(order.facts.state, TwinOrderState::Shipped | TwinOrderState::Completed);
        self.change(id, was_sent, webhooks::UPDATED, |order, _| {
            order.parcels.iter_mut().for_each(|parcel| parcel.code = "return");
        })
    }

    /// Somebody counts so many that buyers can take.
    pub(crate) fn edit_stock(&mut self, listing: &str, available: i64) -> bool {
        let Some(id) = self.find(listing).map(|variant| variant.id) else { return false };
        self.put_stock(id, |variant| available + variant.committed);
        true
    }

    /// Sets what is in the store, and sends word of the new level.
    pub(crate) fn put_stock(&mut self, id: u64, on_hand: impl FnOnce(&Variant) -> i64) {
        let now = self.now();
        let Some(variant) = self.variants.get_mut(&id) else { return };
        variant.on_hand = on_hand(variant);
        variant.updated_at = now;
        if self.is_subscribed {
            let push = webhooks::level(self, id);
            self.waiting.extend(push);
        }
    }

    pub(crate) fn announce(&mut self, topic: &str, id: u64) {
        if self.is_subscribed {
            let push = webhooks::order(self, topic, id);
            self.waiting.extend(push);
        }
    }

    /// What is new, and what is due to be sent again.
    pub(crate) fn take_pushes(&mut self) -> Vec<Push> {
        let now = self.now();
        let (due, later) =
            std::mem::take(&mut self.retries).into_iter().partition::<Vec<_>, _>(|retry| retry.due <= now);
        self.retries = later;
        let mut pushes: Vec<Push> = due.into_iter().map(|retry| retry.push).collect();
        pushes.append(&mut self.waiting);
        pushes
    }

    /// Only 200 is a yes. After 19 failures in a row the subscription is deleted, and what waited with it.
    pub(crate) fn push_answered(&mut self, push: &Push, status: u16) {
        if status == 200 {
            self.failures_in_a_row = 0;
            return;
        }
        self.failures_in_a_row += 1;
        if self.failures_in_a_row >= TRIES_MAX {
            self.is_subscribed = false;
            self.forget_pushes();
        } else {
            let due = self.now().checked_add(RETRY_AFTER).unwrap_or(Timestamp::MAX);
            self.retries.push(Retry { due, push: push.clone() });
        }
    }

    pub(crate) fn forget_pushes(&mut self) {
        self.waiting.clear();
        self.retries.clear();
    }
}

/// Product and variant.
fn read_id(id: &str) -> Option<(u64, u64)> {
    let (product, variant) = id.split_once(':')?;
    Some((product.parse().ok()?, variant.parse().ok()?))
}
