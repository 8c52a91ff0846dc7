//! Tiki's event queues: what happened waits here, in order, until somebody has taken it and said so.
//!
//! CHANNELS §4; open.tiki.vn, event queue API, event type; read 2026-11-30. How many events one pull brings is not
//! documented.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, refuse};
use super::shop::Shop;
use crate::server::Call;
use crate::signing::id_of;

const EVENTS_PER_PULL: usize = 20;
const ORDER_TYPES: [&str; 2] = ["ORDER_CREATED_SUCCESSFULLY", "ORDER_STATUS_UPDATED"];
const INVENTORY_TYPE: &str = "PRODUCT_INVENTORY_UPDATED";
/// How many queues an app may have is "specified in the guideline", which does not say.
const QUEUES_MAX: usize = 10;

struct Subscription {
    event_type: String,
    is_active: bool,
}

pub(crate) struct Queue {
    pub(crate) code: String,
    name: String,
    subscriptions: Vec<Subscription>,
    /// Events with the receipt that takes them and all before them.
    waiting: VecDeque<(String, Value)>,
}

impl Queue {
    fn new(name: &str, number: usize) -> Self {
        let code = id_of(&format!("tiki queue {number} {name}"));
        Self { code, name: name.to_owned(), subscriptions: Vec::new(), waiting: VecDeque::new() }
    }

    /// A queue that hears of the seller's orders.
    pub(crate) fn told_of_orders() -> Self {
        let mut queue = Self::new("queue 1", 0);
        ORDER_TYPES.iter().for_each(|kind| queue.subscribe(kind));
        queue
    }

    /// One subscription for each type, however often it is asked for.
    fn subscribe(&mut self, event_type: &str) {
        self.subscriptions.retain(|known| known.event_type != event_type);
        self.subscriptions.push(Subscription { event_type: event_type.to_owned(), is_active: true });
        self.subscriptions.sort_by(|a, b| a.event_type.cmp(&b.event_type));
    }

    fn hears(&self, event_type: &str) -> bool {
        self.subscriptions.iter().any(|one| one.is_active && one.event_type == event_type)
    }

    fn describe(&self) -> Value {
        json!({"code": self.code, "name": self.name, "status": "ACTIVE"})
    }
}

fn describe(queue: &Queue, subscription: &Subscription) -> Value {
    json!({
        "code": id_of(&format!("{} {}", queue.code, subscription.event_type)),
        "active": subscription.is_active,
        "event_type": subscription.event_type,
        "sid": "969BEA7515A1A27FF4F456C782653F854E6B5D2D",
    })
}

/// Every subscription that is switched on, by queue and type.
pub(crate) fn names(shop: &Shop) -> Vec<String> {
    let of = |queue: &Queue| {
        let on = queue.subscriptions.iter().filter(|one| one.is_active);
        on.map(|one| format!("{}/{}", queue.code, one.event_type)).collect::<Vec<_>>()
    };
    shop.queues.iter().flat_map(of).collect()
}

pub(crate) fn list(shop: &Shop) -> Value {
    shop.queues.iter().map(Queue::describe).collect()
}

pub(crate) fn create(core: &Core, call: &Call) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "The body is invalid"))?;
    let name = body.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| refuse(400, "name is invalid"))?;
    let mut shop = core.shop();
    if shop.queues.len() >= QUEUES_MAX {
        return Err(refuse(400, "Too many queues"));
    }
    let queue = Queue::new(name, shop.queues.len());
    let described = queue.describe();
    shop.queues.push(queue);
    Ok(described)
}

fn find<'s>(shop: &'s mut Shop, code: &str) -> Result<&'s mut Queue, super::api::Refusal> {
    shop.queues.iter_mut().find(|queue| queue.code == code).ok_or_else(|| refuse(404, "Queue not found"))
}

pub(crate) fn subscriptions(shop: &Shop, code: &str) -> Outcome {
    let queue =
        shop.queues.iter().find(|queue| queue.code == code).ok_or_else(|| refuse(404, "Queue not found"))?;
    Ok(queue.subscriptions.iter().map(|one| describe(queue, one)).collect())
}

pub(crate) fn subscribe(core: &Core, call: &Call, code: &str) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "The body is invalid"))?;
    let kind = body.get("event_type").and_then(Value::as_str).unwrap_or_default();
    if !ORDER_TYPES.contains(&kind) && kind != INVENTORY_TYPE {
        return Err(refuse(400, "event_type is invalid"));
    }
    let mut shop = core.shop();
    let queue = find(&mut shop, code)?;
    queue.subscribe(kind);
    let made = queue.subscriptions.iter().find(|one| one.event_type == kind);
    Ok(made.map(|one| describe(queue, one)).unwrap_or_default())
}

/// `POST …/events/pull`: `ack_id` says that the batch it came with is safe, and takes it off the queue.
pub(crate) fn pull(core: &Core, call: &Call, code: &str) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "The body is invalid"))?;
    let mut shop = core.shop();
    let queue = find(&mut shop, code)?;
    if let Some(taken) = body.get("ack_id").filter(|id| !id.is_null()) {
        let taken = taken.as_str().ok_or_else(|| refuse(400, "ack_id is invalid"))?;
        // A receipt of a batch that was taken before takes nothing more.
        if let Some(last) = queue.waiting.iter().position(|(receipt, _)| receipt == taken) {
            queue.waiting.drain(..=last);
        }
    }
    let batch: Vec<&(String, Value)> = queue.waiting.iter().take(EVENTS_PER_PULL).collect();
    let receipt = batch.last().map(|(receipt, _)| receipt.clone());
    let events: Vec<&Value> = batch.iter().map(|(_, event)| event).collect();
    Ok(json!({"events": events, "ack_id": receipt}))
}

pub(crate) fn order_event(shop: &mut Shop, kind: &str, code: u64, status: &str) {
    let mut payload = json!({"order_code": code.to_string(), "status": status});
    if let (true, Some(fields)) = (kind == "ORDER_STATUS_UPDATED", payload.as_object_mut()) {
        fields.insert("orderCode".to_owned(), code.to_string().into());
    }
    tell(shop, kind, &payload);
}

pub(crate) fn inventory_event(shop: &mut Shop, product: u64, (from, to): (i64, i64), reserved: i64) {
    let payload = json!({
        "product_id": product,
        "warehouse_id": shop.warehouse_id,
        "quantity_available_from": from,
        "quantity_available_to": to,
        "quantity_reserved_from": reserved,
        "quantity_reserved_to": reserved,
    });
    tell(shop, INVENTORY_TYPE, &payload);
}

fn tell(shop: &mut Shop, kind: &str, payload: &Value) {
    shop.events_sent += 1;
    let id = id_of(&format!("tiki event {}", shop.events_sent));
    let event = json!({
        "id": id,
        "sid": "969BEA7515A1A27FF4F456C782653F854E6B5D2D",
        "created_at": shop.now().as_millisecond(),
        "payload": payload,
        "type": kind,
        "version": "v1",
    });
    let receipt = id_of(&format!("tiki receipt {}", shop.events_sent));
    for queue in shop.queues.iter_mut().filter(|queue| queue.hears(kind)) {
        queue.waiting.push_back((receipt.clone(), event.clone()));
    }
}
