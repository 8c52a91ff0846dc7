//! The messages a WooCommerce website sends: the whole order or product, sealed, once, and never again.
//!
//! CHANNELS §7.1 (`class-wc-webhook.php` and a real run of 10.5.0, read 2026-11-21).

use serde_json::{Value, json};

use super::shop::Shop;
use super::{WooCommerceTwinConfig, orders, products};
use crate::Push;
use crate::signing::{hmac_base64, hmac_hex};
use crate::wire::php_json;

/// The webhook is switched off on this straight failure.
const FAILURES_MAX: u32 = 7;
const TOPICS: [&str; 3] = ["order.created", "order.updated", "product.updated"];

/// One webhook of the website; each has one topic.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) id: u64,
    pub(crate) topic: &'static str,
    pub(crate) status: String,
    pub(crate) failures: u32,
}

impl Webhook {
    pub(crate) fn all(config: &WooCommerceTwinConfig) -> Vec<Self> {
        (config.webhook_id..)
            .zip(TOPICS)
            .map(|(id, topic)| Self { id, topic, status: "active".to_owned(), failures: 0 })
            .collect()
    }

    pub(crate) fn is_active(&self) -> bool {
        self.status == "active"
    }

    pub(crate) fn describe(&self, config: &WooCommerceTwinConfig) -> Value {
        let (resource, event) = self.topic.split_once('.').unwrap_or((self.topic, ""));
        json!({
            "id": self.id,
            "name": format!("hopkenh {}", self.topic),
            "status": self.status,
            "topic": self.topic,
            "resource": resource,
            "event": event,
            "hooks": [],
            "delivery_url": config.delivery_url,
            "failure_count": self.failures,
        })
    }
}

/// Builds every delivery that is due, with the object as it is now.
pub(crate) fn take(shop: &mut Shop, config: &WooCommerceTwinConfig, site: &str) -> Vec<Push> {
    let due = std::mem::take(&mut shop.due);
    due.into_iter().filter_map(|(webhook, object)| build(shop, config, site, webhook, object)).collect()
}

fn build(
    shop: &Shop,
    config: &WooCommerceTwinConfig,
    site: &str,
    webhook_id: u64,
    object: u64,
) -> Option<Push> {
    let webhook = shop.webhooks.iter().find(|webhook| webhook.id == webhook_id && webhook.is_active())?;
    let (resource, event) = webhook.topic.split_once('.')?;
    let payload = match resource {
        "order" => orders::describe(shop, shop.orders.get(&object)?),
        _ => products::describe(shop, shop.products.get(&object)?),
    };
    let body = php_json(&payload);
    let secret = decode_entities(&config.webhook_secret);
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "WooCommerce/10.5.0 Hookshot (WordPress/6.9.1)".to_owned()),
        ("X-WC-Webhook-Source", format!("{site}/")),
        ("X-WC-Webhook-Topic", webhook.topic.to_owned()),
        ("X-WC-Webhook-Resource", resource.to_owned()),
        ("X-WC-Webhook-Event", event.to_owned()),
        ("X-WC-Webhook-Signature", hmac_base64(secret.as_bytes(), &[&body])),
        ("X-WC-Webhook-ID", webhook_id.to_string()),
        ("X-WC-Webhook-Delivery-ID", delivery_id(webhook_id, shop.now().as_second())),
    ];
    Some(Push {
        method: "POST".to_owned(),
        url: config.delivery_url.clone(),
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
