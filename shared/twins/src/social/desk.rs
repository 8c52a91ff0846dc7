//! The desk: orders agreed in chats, what its own list says is left, and what it sends about both.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{SocialTwinConfig, TwinTerms};
use crate::hopkenh::sealed;
use crate::wire::viet_nam;
use crate::{Push, SoldOut, TwinLine, TwinOrder, TwinOrderState, check_shown};

pub(crate) struct Desk {
    config: SocialTwinConfig,
    pub(crate) list: BTreeMap<String, i64>,
    pub(crate) orders: Vec<TwinOrder>,
    pub(crate) waiting: Vec<Push>,
    terms: BTreeMap<String, TwinTerms>,
    last: Timestamp,
}

impl Desk {
    pub(crate) fn new(config: &SocialTwinConfig) -> Self {
        let list = config.listings.iter().map(|listing| (listing.id.clone(), listing.stock)).collect();
        let (orders, waiting) = (Vec::new(), Vec::new());
        let terms = BTreeMap::new();
        Self { config: config.clone(), list, orders, waiting, terms, last: Timestamp::MIN }
    }

    /// No two words of the desk have the same time: the later one must win.
    fn next_time(&mut self) -> Timestamp {
        let now = (self.config.clock)();
        let next = self.last.checked_add(SignedDuration::from_millis(1)).unwrap_or(now);
        self.last = now.max(next);
        self.last
    }

    pub(crate) fn shown(&self, listing: &str) -> i64 {
        self.list.get(listing).copied().unwrap_or(0)
    }

    fn price(&self, listing: &str) -> i64 {
        self.config.listings.iter().find(|known| known.id == listing).map_or(0, |known| known.price_minor)
    }

    fn write_down(&mut self, lines: &[TwinLine], state: TwinOrderState) -> String {
        let at = self.next_time();
        let total = lines.iter().map(|line| self.price(&line.listing) * i64::from(line.quantity)).sum();
        let id = format!("CHAT-{}", self.orders.len() + 1);
        self.orders.push(TwinOrder {
            id: id.clone(),
            lines: lines.to_vec(),
            state,
            placed_at: at,
            updated_at: at,
            total_minor: total,
            branch: None,
        });
        id
    }

    pub(crate) fn place(&mut self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        check_shown(lines, |listing| self.shown(listing))?;
        for line in lines {
            *self.list.entry(line.listing.clone()).or_default() -= i64::from(line.quantity);
        }
        let id = self.write_down(lines, TwinOrderState::Paid);
        self.tell(&id, "confirm");
        Ok(id)
    }

    /// Asks first: whether the units are there is not the desk's to say.
    pub(crate) fn hold(&mut self, lines: &[TwinLine], terms: Option<TwinTerms>) -> (String, Push) {
        let id = self.write_down(lines, TwinOrderState::Unpaid);
        self.terms.extend(terms.map(|terms| (id.clone(), terms)));
        let push = self.message(self.orders.len() - 1, "hold", &self.config.orders_url);
        (id, push)
    }

    /// Other terms for an order that was held before.
    pub(crate) fn agree_on(&mut self, id: &str, terms: TwinTerms) -> Option<Push> {
        self.terms.insert(id.to_owned(), terms);
        self.call(id, "hold")
    }

    pub(crate) fn call(&mut self, id: &str, action: &str) -> Option<Push> {
        let at = self.next_time();
        let place = self.orders.iter().position(|order| order.id == id)?;
        let order = self.orders.get_mut(place)?;
        order.updated_at = at;
        order.state = match action {
            "confirm" => TwinOrderState::Paid,
            "cancel" => TwinOrderState::Cancelled,
            "ship" => TwinOrderState::Shipped,
            _ => order.state,
        };
        Some(self.message(place, action, &self.config.orders_url))
    }

    pub(crate) fn cancel(&mut self, id: &str) -> bool {
        let Some(order) = self.move_on(id, TwinOrderState::Cancelled) else { return false };
        for line in &order.lines {
            *self.list.entry(line.listing.clone()).or_default() += i64::from(line.quantity);
        }
        self.tell(id, "cancel");
        true
    }

    pub(crate) fn ship(&mut self, id: &str) -> bool {
        let is_moved = self.move_on(id, TwinOrderState::Shipped).is_some();
        if is_moved {
            self.tell(id, "ship");
        }
        is_moved
    }

    /// Only an order that is open goes on.
    fn move_on(&mut self, id: &str, state: TwinOrderState) -> Option<TwinOrder> {
        let at = self.next_time();
        let is_open = |order: &&mut TwinOrder| {
            order.id == id && matches!(order.state, TwinOrderState::Paid | TwinOrderState::Unpaid)
        };
        let order = self.orders.iter_mut().find(is_open)?;
        (order.state, order.updated_at) = (state, at);
        Some(order.clone())
    }

    fn tell(&mut self, id: &str, action: &str) {
        let Some(place) = self.orders.iter().position(|order| order.id == id) else { return };
        let push = self.message(place, action, &self.config.webhook_url);
        self.waiting.push(push);
    }

    fn message(&self, place: usize, action: &str, url: &str) -> Push {
        let body = self.orders.get(place).map(|order| self.body(order, action)).unwrap_or_default();
        let body = body.to_string().into_bytes();
        sealed(&self.config.webhook_secret, (self.config.clock)(), url, body)
    }

    fn body(&self, order: &TwinOrder, action: &str) -> Value {
        let line = |(n, line): (usize, &TwinLine)| {
            let price = self.price(&line.listing);
            json!({"line": (n + 1).to_string(), "listing": line.listing, "quantity": line.quantity, "price": price})
        };
        let lines: Vec<Value> = order.lines.iter().enumerate().map(line).collect();
        let mut body = json!({
            "reference": order.id, "source": "facebook", "action": action, "at": written(order.updated_at),
            "lines": lines, "currency": "VND", "total": order.total_minor,
        });
        if let Some(terms) = self.terms.get(&order.id).filter(|_| action == "hold") {
            add(&mut body, "purpose", terms.purpose.clone());
            add(&mut body, "hold_until", terms.until.map(written));
            add(&mut body, "location", terms.location.clone());
        }
        body
    }
}

fn add(body: &mut Value, field: &str, value: Option<String>) {
    if let Some(value) = value {
        body[field] = Value::String(value);
    }
}

fn written(at: Timestamp) -> String {
    at.to_zoned(viet_nam()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}
