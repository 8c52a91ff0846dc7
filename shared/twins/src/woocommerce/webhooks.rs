//! The messages a WooCommerce website sends: the whole order or product, sealed, once, and never again.
//!
//! CHANNELS §7.1 (`class-wc-webhook.php` and a real run of 10.5.0, read 2026-11-21).

use serde_json::{Value, json};

use super::api::{Outcome, invalid_param, page, refuse, reply, reply_page};
use super::shop::Shop;
use super::{Core, WooCommerceTwinConfig, orders, products};
use crate::Push;
use crate::server::Call;
use crate::signing::{hmac_base64, hmac_hex};
use crate::wire::php_json;

/// The webhook is switched off on this straight failure.
const FAILURES_MAX: u32 = 7;
const TOPICS: [&str; 3] = ["order.created", "order.updated", "product.updated"];
/// Topics that may be asked for.
const ALL_TOPICS: [&str; 8] = [
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "product.created",
    "product.updated",
    "product.deleted",
    "product.restored",
];
const NO_WEBHOOK: &str = "woocommerce_rest_shop_webhook_invalid_id";

/// One webhook of the website; each has one topic.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) id: u64,
    pub(crate) topic: &'static str,
    pub(crate) status: String,
    pub(crate) failures: u32,
    pub(crate) url: String,
    pub(crate) secret: String,
}

impl Webhook {
    pub(crate) fn all(config: &WooCommerceTwinConfig) -> Vec<Self> {
        (config.webhook_id..)
            .zip(TOPICS)
            .map(|(id, topic)| Self {
                id,
                topic,
                status: "active".to_owned(),
                failures: 0,
                url: config.delivery_url.clone(),
                secret: config.webhook_secret.clone(),
            })
            .collect()
    }

    pub(crate) fn is_active(&self) -> bool {
        self.status == "active"
    }

    fn describe(&self) -> Value {
        let (resource, event) = self.topic.split_once('.').unwrap_or((self.topic, ""));
        json!({
            "id": self.id,
            "name": format!("hopkenh {}", self.topic),
            "status": self.status,
            "topic": self.topic,
            "resource": resource,
            "event": event,
            "hooks": [],
            "delivery_url": self.url,
            "failure_count": self.failures,
        })
    }
}

/// `GET /webhooks`.
pub(crate) fn list(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let shop = core.shop();
    let rows = shop.webhooks.iter().skip(start).take(size).map(Webhook::describe).collect();
    Ok(reply_page(rows, shop.webhooks.len(), size))
}

/// `POST /webhooks`. Asked twice, there are two.
pub(crate) fn create(core: &Core, call: &Call) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "rest_invalid_json", "Invalid JSON body passed."))?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let topic = ALL_TOPICS.into_iter().find(|topic| *topic == text("topic"));
    let topic = topic.ok_or_else(|| invalid_param("topic", "Webhook topic must be valid."))?;
    let url = text("delivery_url");
    if !url.starts_with("http") {
        let message = "Webhook delivery URL must be a valid URL starting with http:// or https://.";
        return Err(refuse(400, "woocommerce_rest_webhook_invalid_delivery_url", message));
    }
    let status = if text("status").is_empty() { "active".to_owned() } else { text("status") };
    let mut shop = core.shop();
    let id = shop.webhooks.iter().map(|webhook| webhook.id).max().unwrap_or_default() + 1;
    let webhook = Webhook { id, topic, status, failures: 0, url, secret: text("secret") };
    let described = webhook.describe();
    shop.webhooks.push(webhook);
    Ok(reply(201, &described))
}

/// Reads a webhook, or changes it; switching it on again forgets its failures.
pub(crate) fn one(core: &Core, id: &str, change: Option<Value>) -> Outcome {
    let mut shop = core.shop();
    let found = shop.webhooks.iter_mut().find(|webhook| webhook.id.to_string() == id);
    let webhook = found.ok_or_else(|| refuse(404, NO_WEBHOOK, "Invalid ID."))?;
    let text = |name: &str| change.as_ref().and_then(|change| change.get(name)).and_then(Value::as_str);
    if let Some(status) = text("status") {
        if !matches!(status, "active" | "paused" | "disabled") {
            return Err(invalid_param("status", "status is not one of active, paused, and disabled."));
        }
        status.clone_into(&mut webhook.status);
        webhook.failures = 0;
    }
    if let Some(secret) = text("secret") {
        secret.clone_into(&mut webhook.secret);
    }
    Ok(reply(200, &webhook.describe()))
}

/// Builds every delivery that is due, with the object as it is now.
pub(crate) fn take(shop: &mut Shop, site: &str) -> Vec<Push> {
    let due = std::mem::take(&mut shop.due);
    due.into_iter().filter_map(|(webhook, object)| build(shop, site, webhook, object)).collect()
}

fn build(shop: &Shop, site: &str, webhook_id: u64, object: u64) -> Option<Push> {
    let webhook = shop.webhooks.iter().find(|webhook| webhook.id == webhook_id && webhook.is_active())?;
    let (resource, event) = webhook.topic.split_once('.')?;
    let payload = match resource {
        _ if event == "deleted" => json!({"id": object}),
        "order" => orders::describe(shop, shop.orders.get(&object)?),
        _ => products::describe(shop, shop.products.get(&object)?),
    };
    signed(shop, site, webhook, php_json(&payload))
}

/// News of an order whose body breaks off, as a plugin in between may cut it; the seal is over what is left.
pub(crate) fn broken(shop: &Shop, site: &str) -> Option<Push> {
    let is_orders = |webhook: &&Webhook| webhook.topic == "order.updated" && webhook.is_active();
    let webhook = shop.webhooks.iter().find(is_orders)?;
    signed(shop, site, webhook, br#"{"id":4711,"status":"process"#.to_vec())
}

fn signed(shop: &Shop, site: &str, webhook: &Webhook, body: Vec<u8>) -> Option<Push> {
    let (resource, event) = webhook.topic.split_once('.')?;
    let secret = decode_entities(&webhook.secret);
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "WooCommerce/10.5.0 Hookshot (WordPress/6.9.1)".to_owned()),
        ("X-WC-Webhook-Source", format!("{site}/")),
        ("X-WC-Webhook-Topic", webhook.topic.to_owned()),
        ("X-WC-Webhook-Resource", resource.to_owned()),
        ("X-WC-Webhook-Event", event.to_owned()),
        ("X-WC-Webhook-Signature", hmac_base64(secret.as_bytes(), &[&body])),
        ("X-WC-Webhook-ID", webhook.id.to_string()),
        ("X-WC-Webhook-Delivery-ID", delivery_id(webhook.id, shop.now().as_second())),
    ];
    Some(Push {
        method: "POST".to_owned(),
        url: webhook.url.clone(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body,
    })
}

/// A hash of the webhook's number and the second, and of nothing else: two orders that one webhook delivers
/// in the same second share it.
fn delivery_id(webhook_id: u64, second: i64) -> String {
    let mut id = hmac_hex(b"wordpress salt", &[format!("{webhook_id}{second}").as_bytes()]);
    id.truncate(32);
    id
}

/// Unsigned, and a form where JSON would be expected.
pub(crate) fn ping(config: &WooCommerceTwinConfig) -> Push {
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("User-Agent", "WooCommerce/10.5.0 Hookshot (WordPress/6.9.1)"),
    ];
    Push {
        method: "POST".to_owned(),
        url: config.delivery_url.clone(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: format!("webhook_id={}", config.webhook_id).into_bytes(),
    }
}

/// 200 to 302 is a success; anything else, or silence, counts against the webhook. Nothing is sent again.
pub(crate) fn answered(shop: &mut Shop, push: &Push, status: u16) {
    let id = push.header("X-WC-Webhook-ID").and_then(|id| id.parse::<u64>().ok());
    let Some(webhook) = shop.webhooks.iter_mut().find(|webhook| Some(webhook.id) == id) else { return };
    if (200..303).contains(&status) {
        webhook.failures = 0;
        return;
    }
    webhook.failures += 1;
    if webhook.failures >= FAILURES_MAX {
        webhook.status = "disabled".to_owned();
    }
}

/// PHP's `html_entity_decode`, for the entities that WordPress writes into a stored secret. One pass: what
/// comes out is not decoded again.
fn decode_entities(text: &str) -> String {
    const ENTITIES: [(&str, char); 7] = [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&#039;", '\''),
        ("&#39;", '\''),
        ("&apos;", '\''),
    ];
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let entity = ENTITIES.iter().find(|(written, _)| rest.starts_with(written));
        let (length, meant) =
            entity.map_or((first.len_utf8(), first), |(written, meant)| (written.len(), *meant));
        decoded.push(meant);
        rest = rest.get(length..).unwrap_or_default();
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(decode_entities("a&amp;b"), "a&b");
        assert_eq!(decode_entities("&amp;lt;"), "&lt;");
        assert_eq!(decode_entities("khoá &#039;x&quot; & y"), "khoá 'x\" & y");
    }
}
