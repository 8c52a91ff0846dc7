//! The messages a Sapo shop sends: the whole order, sealed with the app's secret, one for each registered webhook.
//!
//! support.sapo.vn/sapo-webhook; headers as a running shop of Sapo Omni sends them; read 2026-11-30. Whether and how
//! often Sapo tries again is not published: the twin does not.

use http::Method;
use serde_json::{Value, json};

use super::api::{Outcome, refuse};
use super::shop::Shop;
use super::{Core, SapoProduct, SapoTwinConfig, describe};
use crate::Push;
use crate::server::{Answer, Call};
use crate::signing::hmac_base64;

/// What the website calls a change; Sapo Omni calls it `orders/update`.
pub(crate) const UPDATED: &str = "orders/updated";
const WEB_TOPICS: [&str; 7] = [
    "orders/create",
    UPDATED,
    "orders/paid",
    "orders/cancelled",
    "orders/fulfilled",
    "products/update",
    "app/uninstalled",
];
const OMNI_TOPICS: [&str; 2] = ["orders/create", "orders/update"];

/// One registered webhook: one topic to one address.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) id: u64,
    pub(crate) topic: String,
    pub(crate) address: String,
}

impl Webhook {
    /// Those that are there from the start.
    pub(crate) fn all(config: &SapoTwinConfig) -> Vec<Self> {
        let topics: &[&str] = match config.product {
            SapoProduct::Web => &["orders/create", UPDATED, "orders/cancelled", "orders/fulfilled"],
            SapoProduct::Omni => &OMNI_TOPICS,
        };
        let topics = topics.iter().filter(|_| !config.webhook_url.is_empty());
        let webhook = |(id, topic): (u64, &&str)| Self {
            id,
            topic: (*topic).to_owned(),
            address: config.webhook_url.clone(),
        };
        (501..).zip(topics).map(webhook).collect()
    }

    fn describe(&self) -> Value {
        json!({"id": self.id, "topic": self.topic, "address": self.address, "format": "json", "fields": [],
            "metafield_namespaces": []})
    }
}

/// Messages about an order as it is now, one for each webhook of the topic.
pub(crate) fn order(shop: &Shop, topic: &str, id: u64) -> Vec<Push> {
    let Some(order) = shop.orders.get(&id) else { return Vec::new() };
    let topic = match (shop.config.product, topic) {
        (SapoProduct::Omni, UPDATED) => "orders/update",
        (_, topic) => topic,
    };
    let body = describe::order(shop, order).to_string().into_bytes();
    let ours = shop.webhooks.iter().filter(|webhook| webhook.topic == topic);
    ours.map(|webhook| seal(shop, webhook, id, body.clone())).collect()
}

fn seal(shop: &Shop, webhook: &Webhook, id: u64, body: Vec<u8>) -> Push {
    let domain = match shop.config.product {
        SapoProduct::Web => "X-Sapo-Shop-Domain",
        SapoProduct::Omni => "X-Sapo-Tenant-Domain",
    };
    let headers = [
        ("Content-Type", "application/json; charset=utf-8".to_owned()),
        ("User-Agent", "JVM".to_owned()),
        ("X-Event-Version", shop.version.to_string()),
        ("X-Sapo-Hmac-SHA256", hmac_base64(shop.config.app_secret.as_bytes(), &[&body])),
        ("X-Sapo-Object-Id", id.to_string()),
        ("X-Sapo-Order-Id", id.to_string()),
        (domain, shop.config.domain.clone()),
        ("X-Sapo-Test", "false".to_owned()),
        ("X-Sapo-Topic", webhook.topic.clone()),
        ("X-Sapo-Webhook-Address", webhook.address.clone()),
    ];
    Push {
        method: "POST".to_owned(),
        url: webhook.address.clone(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body,
    }
}

/// `GET` and `POST /admin/webhooks.json`. A topic goes to an address once.
pub(crate) fn desk(core: &Core, call: &Call) -> Outcome {
    let mut shop = core.shop();
    if call.method == Method::GET {
        let rows: Vec<Value> = shop.webhooks.iter().map(Webhook::describe).collect();
        return Ok(Answer::json(200, &json!({"webhooks": rows})));
    }
    let body = call.json().unwrap_or_default();
    let text =
        |name: &str| body.pointer(&format!("/webhook/{name}")).and_then(Value::as_str).unwrap_or_default();
    let (topic, address) = (text("topic"), text("address"));
    let known: &[&str] = if shop.is_web() { &WEB_TOPICS } else { &OMNI_TOPICS };
    if !known.contains(&topic) || text("format") != "json" {
        return Err(refuse(422, "topic or format is invalid"));
    }
    if !address.starts_with("http") {
        return Err(refuse(422, "address is invalid"));
    }
    if shop.webhooks.iter().any(|webhook| webhook.topic == topic && webhook.address == address) {
        return Err(refuse(422, "address for this topic has already been taken"));
    }
    let id = shop.webhooks.iter().map(|webhook| webhook.id).max().unwrap_or(500) + 1;
    let webhook = Webhook { id, topic: topic.to_owned(), address: address.to_owned() };
    let described = webhook.describe();
    shop.webhooks.push(webhook);
    Ok(Answer::json(201, &json!({"webhook": described})))
}
