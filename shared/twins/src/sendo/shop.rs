//! What the Sendo stand-in knows, and the messages it sends without a signature.

use std::collections::BTreeMap;
use std::io;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::SendoTwinConfig;
use crate::{Push, SoldOut, TwinClock, TwinLine, TwinListing, TwinOrder, TwinOrderState, check_shown};

const FIRST_ORDER_NUMBER: usize = 140_061_723;
/// "The token ends 8 hours after the login."
const LOGIN_HOURS: i64 = 8;
/// "At most 5 logins a second for each IP."
const LOGINS_PER_SECOND: u32 = 5;

/// Logins given out, until when each is good, and how many were asked for in this second.
#[derive(Default)]
pub(crate) struct Logins {
    pub(crate) given: u64,
    pub(crate) good_until: BTreeMap<String, Timestamp>,
    asked: (i64, u32),
}

impl Logins {
    /// Whether one more login may be asked for in this second.
    pub(crate) fn may_ask(&mut self, now: Timestamp) -> bool {
        let second = now.as_second();
        self.asked = if self.asked.0 == second { (second, self.asked.1 + 1) } else { (second, 1) };
        self.asked.1 <= LOGINS_PER_SECOND
    }

    pub(crate) fn give(&mut self, token: String, now: Timestamp) -> Timestamp {
        let until = now.checked_add(SignedDuration::from_hours(LOGIN_HOURS)).unwrap_or(now);
        self.given += 1;
        self.good_until.insert(token, until);
        until
    }
}

pub(crate) struct Shop {
    clock: TwinClock,
    store_id: u64,
    shop_key: String,
    webhook_url: String,
    is_self_shipping: bool,
    pub(crate) products: BTreeMap<u64, TwinListing>,
    pub(crate) orders: BTreeMap<String, TwinOrder>,
    pub(crate) logins: Logins,
    pub(crate) waiting: Vec<Push>,
}

impl Shop {
    pub(crate) fn new(config: &SendoTwinConfig) -> io::Result<Self> {
        let problem = |id: &str| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("a Sendo product is a number, not `{id}`"))
        };
        let mut products = BTreeMap::new();
        for listing in &config.listings {
            products.insert(listing.id.parse().map_err(|_| problem(&listing.id))?, listing.clone());
        }
        Ok(Self {
            clock: config.clock.clone(),
            store_id: config.store_id,
            shop_key: config.shop_key.clone(),
            webhook_url: config.webhook_url.clone(),
            is_self_shipping: config.is_self_shipping,
            products,
            orders: BTreeMap::new(),
            logins: Logins::default(),
            waiting: Vec::new(),
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn product(&self, listing: &str) -> Option<&TwinListing> {
        listing.parse().ok().and_then(|id: u64| self.products.get(&id))
    }

    pub(crate) fn shown(&self, listing: &str) -> i64 {
        self.product(listing).map_or(0, |product| product.stock)
    }

    pub(crate) fn place(&mut self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        check_shown(lines, |listing| self.shown(listing))?;
        let now = self.now();
        let id = (FIRST_ORDER_NUMBER + self.orders.len()).to_string();
        let price = |line: &TwinLine| {
            self.product(&line.listing).map_or(0, |product| product.price_minor * i64::from(line.quantity))
        };
        let order = TwinOrder {
            id: id.clone(),
            lines: lines.to_vec(),
            state: TwinOrderState::Paid,
            placed_at: now,
            updated_at: now,
            total_minor: lines.iter().map(price).sum(),
            branch: None,
        };
        self.move_stock(lines, -1);
        self.tell("SALESORDER.CREATE", &self.describe(&order));
        self.orders.insert(id.clone(), order);
        Ok(id)
    }

    fn move_stock(&mut self, lines: &[TwinLine], sign: i64) {
        for line in lines {
            let id: u64 = line.listing.parse().unwrap_or_default();
            if let Some(product) = self.products.get_mut(&id) {
                product.stock += sign * i64::from(line.quantity);
            }
        }
    }

    /// The order's lines, once it has moved on; none unless it stands where it may.
    fn advance(&mut self, id: &str, from: &[TwinOrderState], to: TwinOrderState) -> Option<Vec<TwinLine>> {
        let now = self.now();
        let order = self.orders.get_mut(id).filter(|order| from.contains(&order.state))?;
        order.state = to;
        order.updated_at = now;
        Some(order.lines.clone())
    }

    pub(crate) fn cancel(&mut self, id: &str, cancelled_by: &str) -> bool {
        let Some(lines) = self.advance(id, &[TwinOrderState::Paid], TwinOrderState::Cancelled) else {
            return false;
        };
        self.move_stock(&lines, 1);
        let data = json!({
            "order_number": id,
            "order_action": "CANCEL",
            "data": {
                "order_number": id,
                "cancel_by": cancelled_by,
                "order_status": 13,
                "reason_cancel_code": "CBS1",
                "cancel_date_timestamp": self.now().as_second(),
            },
        });
        self.tell("SALESORDER.UPDATE", &data);
        true
    }

    pub(crate) fn ship(&mut self, id: &str) -> bool {
        self.advance(id, &[TwinOrderState::Paid], TwinOrderState::Shipped).is_some()
    }

    pub(crate) fn complete(&mut self, id: &str) -> bool {
        let open = [TwinOrderState::Paid, TwinOrderState::Shipped];
        self.advance(id, &open, TwinOrderState::Completed).is_some()
    }

    fn describe(&self, order: &TwinOrder) -> Value {
        let row = |line: &TwinLine| {
            let product = self.product(&line.listing)?;
            Some(json!({
                "product_variant_id": product.id,
                "sku": product.sku,
                "product_name": product.name,
                "quantity": line.quantity,
                "price": product.price_minor,
            }))
        };
        json!({
            "order_number": order.id,
            "store_id": self.store_id,
            "order_status": 2,
            "is_self_shipping": self.is_self_shipping,
            "total_amount": order.total_minor,
            "order_date_time_stamp": order.placed_at.as_second(),
            "sku_details": order.lines.iter().filter_map(row).collect::<Vec<_>>(),
        })
    }

    /// Queues a message. There is no signature: anybody who knows the address can write the same.
    fn tell(&mut self, kind: &str, data: &Value) {
        if self.webhook_url.is_empty() {
            return;
        }
        let body = json!({"type": kind, "store_id": self.store_id, "shop_key": self.shop_key, "data": data});
        self.waiting.push(Push {
            method: "POST".to_owned(),
            url: self.webhook_url.clone(),
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        });
    }
}
