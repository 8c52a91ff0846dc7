//! The messages Lazada sends: signed, thin, one for every unit of an order, and sent again when not received well.
//!
//! CHANNELS §2.1; docId=120168 (Lazada Push Mechanism) of open.lazada.com, read 2026-11-21. Before a message is sent
//! again its state is asked anew, so that a late message tells what is true then.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::LazadaTwinConfig;
use super::shop::{Shop, Sku, Unit};
use crate::Push;
use crate::signing::hmac_hex;

const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(30);
const AGAIN_MAX: u32 = 12;
/// From so many answers on, more bad ones than good ones stop the pushing. Lazada does not say from how many.
const ANSWERS_MIN: u64 = 100;

const ORDER: u64 = 0;
const SHALLOW_STOCK: u64 = 6;

/// What a message is about, so that it can be written anew.
#[derive(Clone, Debug)]
struct About {
    order: Option<(String, u64)>,
    times: u32,
}

/// What waits to be sent, or to be sent again.
pub(crate) struct Outbox {
    app_key: String,
    app_secret: String,
    push_url: String,
    seller_id: String,
    waiting: Vec<Push>,
    sent: HashMap<Vec<u8>, About>,
    again: Vec<(Timestamp, Push, About)>,
    good: u64,
    bad: u64,
}

impl Outbox {
    pub(crate) fn new(config: &LazadaTwinConfig) -> Self {
        Self {
            app_key: config.app_key.clone(),
            app_secret: config.app_secret.clone(),
            push_url: config.push_url.clone(),
            seller_id: config.seller_id.clone(),
            waiting: Vec::new(),
            sent: HashMap::new(),
            again: Vec::new(),
            good: 0,
            bad: 0,
        }
    }

    /// More than half of the answers were bad.
    pub(crate) fn has_stopped(&self) -> bool {
        self.good + self.bad >= ANSWERS_MIN && self.bad > self.good
    }

    /// One unit of an order has a new status. Nothing about products, prices or the buyer's name.
    pub(crate) fn status(&mut self, order: &str, unit: &Unit, at: Timestamp) {
        let about = About { order: Some((order.to_owned(), unit.id)), times: 0 };
        let push = self.order_push(order, unit, at);
        self.queue(push, about);
    }

    /// Few units are left.
    pub(crate) fn shallow(&mut self, sku: &Sku, at: Timestamp) {
        let data = json!({
            "seller_sku": sku.sku,
            "sku_id": sku.sku_id.to_string(),
            "real_quantity": sku.sellable + sku.withheld + sku.occupied,
            "withhold_quantity": sku.withheld,
            "occupy_quantity": sku.occupied,
            "warehouse": "dropshipping",
        });
        let push = self.push(SHALLOW_STOCK, &data, at);
        self.queue(push, About { order: None, times: 0 });
    }

    fn queue(&mut self, push: Push, about: About) {
        if !self.has_stopped() {
            self.sent.insert(push.body.clone(), about);
            self.waiting.push(push);
        }
    }

    fn order_push(&self, order: &str, unit: &Unit, at: Timestamp) -> Push {
        let mut data = json!({
            "order_status": unit.status,
            "trade_order_id": order,
            "trade_order_line_id": unit.id.to_string(),
            "status_update_time": unit.updated_at.as_second(),
            "buyer_id": 9_000_001,
        });
        if unit.status == "returned" {
            data["reverse_order_id"] = Value::from(format!("7{order}"));
            data["reverse_order_line_id"] = Value::from(format!("7{}", unit.id));
        }
        self.push(ORDER, &data, at)
    }

    fn push(&self, message_type: u64, data: &Value, at: Timestamp) -> Push {
        let message = json!({
            "seller_id": self.seller_id,
            "message_type": message_type,
            "data": data,
            "timestamp": at.as_millisecond(),
            "site": "lazada_vn",
        });
        let body = message.to_string().into_bytes();
        let seal = hmac_hex(self.app_secret.as_bytes(), &[self.app_key.as_bytes(), &body]);
        Push {
            method: "POST".to_owned(),
            url: self.push_url.clone(),
            headers: vec![
                ("Content-Type".to_owned(), "application/json".to_owned()),
                ("Authorization".to_owned(), seal),
            ],
            body,
        }
    }
}

impl Shop {
    /// New messages, and those whose time to be sent again has come, written anew.
    pub(crate) fn take_pushes(&mut self) -> Vec<Push> {
        let now = self.now();
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.outbox.again).into_iter().partition(|(due, _, _)| *due <= now);
        self.outbox.again = later;
        let mut taken = Vec::new();
        for (_, push, about) in due {
            let push = self.written_anew(&about, now).unwrap_or(push);
            self.outbox.sent.insert(push.body.clone(), about);
            taken.push(push);
        }
        taken.append(&mut self.outbox.waiting);
        taken
    }

    fn written_anew(&self, about: &About, now: Timestamp) -> Option<Push> {
        let (order, unit) = about.order.as_ref()?;
        let unit = self.orders.get(order)?.units.iter().find(|other| other.id == *unit)?;
        Some(self.outbox.order_push(order, unit, now))
    }

    /// Only a 200 counts.
    pub(crate) fn push_answered(&mut self, push: &Push, status: u16) {
        let now = self.now();
        let outbox = &mut self.outbox;
        if status == 200 {
            outbox.good += 1;
            outbox.sent.remove(&push.body);
            outbox.again.retain(|(_, waiting, _)| waiting.body != push.body);
            return;
        }
        outbox.bad += 1;
        // Delivered twice and refused twice, it is sent again once.
        let Some(mut about) = outbox.sent.remove(&push.body) else { return };
        about.times += 1;
        if about.times <= AGAIN_MAX && !outbox.has_stopped() {
            let due = now.checked_add(AGAIN_AFTER).unwrap_or(now);
            outbox.again.push((due, push.clone(), about));
        }
    }
}
