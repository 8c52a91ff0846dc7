//! The messages a Shopify shop sends: whole orders and levels, signed, tried eight times more, then never again.
//!
//! CHANNELS §6; shopify.dev/docs/apps/build/webhooks/verify-deliveries, read 2026-11-30.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::orders;
use super::shop::Shop;
use super::{ShopifyTwinConfig, api};
use crate::Push;
use crate::signing::{hmac_base64, id_of};

/// Pauses between tries, in minutes; four hours in all. Only the number and the span are documented.
const PAUSES_MIN: [i64; 8] = [1, 4, 10, 20, 30, 45, 60, 70];

/// What the app's own configuration listens to. Such subscriptions are not shown in the API and never deleted.
const APP_TOPICS: [&str; 7] = [
    "orders/create",
    "orders/updated",
    "orders/cancelled",
    "orders/edited",
    "refunds/create",
    "inventory_levels/update",
    "app/uninstalled",
];

/// Who wants to hear of one topic.
#[derive(Clone, Debug)]
pub(crate) struct Listener {
    /// Its number; none for one of the app's own configuration.
    pub(crate) id: Option<u64>,
    pub(crate) topic: String,
    pub(crate) uri: String,
}

impl Listener {
    pub(crate) fn of_the_app(config: &ShopifyTwinConfig) -> Vec<Self> {
        let of =
            |topic: &&str| Self { id: None, topic: (*topic).to_owned(), uri: config.delivery_url.clone() };
        if config.delivery_url.is_empty() { Vec::new() } else { APP_TOPICS.iter().map(of).collect() }
    }

    pub(crate) fn describe(&self) -> Value {
        json!({
            "__typename": "WebhookSubscription",
            "id": format!("gid://shopify/WebhookSubscription/{}", self.id.unwrap_or_default()),
            "topic": self.topic.to_uppercase().replace('/', "_"),
            "uri": self.uri,
            "format": "JSON",
        })
    }
}

/// `ORDERS_CREATE` is `orders/create`: the last word is what happened. None for what is no such name.
pub(crate) fn topic_of(name: &str) -> Option<String> {
    let small = name.to_lowercase();
    if small == "orders_partially_fulfilled" {
        return Some("orders/partially_fulfilled".to_owned());
    }
    let (what, event) = small.rsplit_once('_')?;
    let is_upper = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    is_upper.then(|| format!("{what}/{event}"))
}

impl Shop {
    /// The order as it is at this moment.
    pub(crate) fn tell_order(&mut self, topic: &str, id: u64) {
        if let Some(order) = self.orders.get(&id) {
            let payload = orders::rest(self, order);
            self.tell(topic, &payload);
        }
    }

    pub(crate) fn tell_level(&mut self, variant: u64) {
        let Some(found) = self.variants.get(&variant) else { return };
        let payload = json!({
            "inventory_item_id": found.item(),
            "location_id": self.config.location_id,
            "available": found.available,
            "updated_at": api::time(found.updated_at),
            "admin_graphql_api_id": format!("gid://shopify/InventoryLevel/{0}?inventory_item_id={0}", found.item()),
        });
        self.tell("inventory_levels/update", &payload);
    }

    pub(crate) fn tell_edit(&mut self, id: u64) {
        let number = self.number();
        let edit = json!({
            "id": number, "app_id": null, "created_at": api::time(self.now()), "order_id": id,
            "committed_at": api::time(self.now()), "line_items": { "additions": [], "removals": [] },
        });
        self.tell("orders/edited", &json!({ "order_edit": edit }));
    }

    pub(crate) fn tell_refund(&mut self, id: u64) {
        let number = self.number();
        let payload = json!({
            "id": number, "order_id": id, "created_at": api::time(self.now()), "restock": false,
            "refund_line_items": [], "transactions": [],
        });
        self.tell("refunds/create", &payload);
    }

    fn tell(&mut self, topic: &str, payload: &Value) {
        let now = self.now();
        let body = payload.to_string().into_bytes();
        let event = id_of(&format!("event {}", self.number()));
        let heard: Vec<Listener> = self.listeners.iter().filter(|l| l.topic == topic).cloned().collect();
        for listener in heard {
            let delivery = id_of(&format!("delivery {}", self.number()));
            let headers = [
                ("Content-Type", "application/json".to_owned()),
                ("User-Agent", "Shopify-Captain-Hook".to_owned()),
                ("X-Shopify-Topic", topic.to_owned()),
                ("X-Shopify-Hmac-SHA256", hmac_base64(self.config.client_secret.as_bytes(), &[&body])),
                ("X-Shopify-Shop-Domain", self.config.domain()),
                ("X-Shopify-API-Version", "2026-07".to_owned()),
                ("X-Shopify-Webhook-Id", delivery),
                ("X-Shopify-Event-Id", event.clone()),
                ("X-Shopify-Triggered-At", now.to_string()),
            ];
            let push = Push {
                method: "POST".to_owned(),
                url: listener.uri,
                headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                body: body.clone(),
            };
            self.due.push((now, push));
        }
    }

    /// Deliveries that are due by now.
    pub(crate) fn take_due(&mut self) -> Vec<Push> {
        let now = self.now();
        let (ready, later) = std::mem::take(&mut self.due).into_iter().partition(|(at, _)| *at <= now);
        self.due = later;
        let ready: Vec<(Timestamp, Push)> = ready;
        ready.into_iter().map(|(_, push)| push).collect()
    }

    /// 2xx is a success. Anything else comes again, the same to the letter; after the eighth time the subscription is
    /// deleted, if it was made through the API.
    pub(crate) fn answered(&mut self, push: &Push, status: u16) {
        let id = push.header("X-Shopify-Webhook-Id").unwrap_or_default().to_owned();
        if (200..300).contains(&status) {
            self.failures.remove(&id);
            return;
        }
        let failed = self.failures.entry(id.clone()).or_default();
        *failed += 1;
        if let Some(pause) = PAUSES_MIN.get(*failed - 1) {
            let at = self.now().checked_add(SignedDuration::from_mins(*pause)).unwrap_or(Timestamp::MAX);
            self.due.push((at, push.clone()));
            return;
        }
        self.failures.remove(&id);
        let topic = push.header("X-Shopify-Topic").unwrap_or_default();
        self.listeners.retain(|l| l.id.is_none() || l.topic != topic || l.uri != push.url);
    }
}
