//! The messages a Haravan shop sends: the whole order, sealed with the app's secret.
//!
//! docs.haravan.com/docs/tutorials/webhooks/connect-webhook, read 2026-11-30. The documents show no list of topics; those
//! used here are the ones that running shops subscribe to.

use http::Method;
use serde_json::{Value, json};

use super::api::{Outcome, refuse};
use super::shop::Shop;
use super::{Core, HaravanTwinConfig, orders, stock};
use crate::Push;
use crate::server::{Answer, Call};
use crate::signing::hmac_base64;

pub(crate) const UPDATED: &str = "orders/updated";
/// What the app has registered in the console.
const TOPICS: [&str; 5] =
    ["orders/create", UPDATED, "orders/cancelled", "orders/fulfilled", "inventorylocationbalances/update"];

/// A message about an order as it is now.
pub(crate) fn order(shop: &Shop, topic: &str, id: u64) -> Option<Push> {
    let order = shop.orders.get(&id)?;
    Some(seal(&shop.config, topic, &orders::describe(shop, order)))
}

/// A message about a level.
pub(crate) fn level(shop: &Shop, id: u64) -> Option<Push> {
    let variant = shop.variants.get(&id)?;
    Some(seal(&shop.config, "inventorylocationbalances/update", &stock::describe(shop, variant)))
}

fn seal(config: &HaravanTwinConfig, topic: &str, body: &Value) -> Push {
    let body = body.to_string().into_bytes();
    let headers = [
        ("Content-Type", "application/json; charset=utf-8".to_owned()),
        ("X-Haravan-HmacSha256", hmac_base64(config.app_secret.as_bytes(), &[&body])),
        ("X-Haravan-Topic", topic.to_owned()),
        ("X-Haravan-Org-Id", config.org_id.clone()),
    ];
    Push {
        method: "POST".to_owned(),
        url: config.webhook_url.clone(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body,
    }
}

/// The question whether the address is ours.
pub(crate) fn challenge(config: &HaravanTwinConfig, challenge: &str) -> Push {
    let (url, token) = (&config.webhook_url, &config.verify_token);
    Push {
        method: "GET".to_owned(),
        url: format!("{url}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge={challenge}"),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

/// `POST`, `GET`, `DELETE /api/subscribe`: the shop takes the app's webhooks, tells them, or ends them. The address and
/// the topics are those of the console.
pub(crate) fn subscription(core: &Core, call: &Call) -> Outcome {
    let mut shop = core.shop();
    match call.method {
        Method::POST => shop.is_subscribed = true,
        Method::DELETE => shop.is_subscribed = false,
        Method::GET => {
            let row = |(n, topic): (usize, &str)| {
                let id = format!("612849678226d51c00dcad{n:02}");
                json!({"id": id, "event": topic, "url": core.config.webhook_url})
            };
            let topics = TOPICS.iter().copied().enumerate().filter(|_| shop.is_subscribed);
            let rows: Vec<Value> = topics.map(row).collect();
            return Ok(Answer::json(200, &json!({"error": false, "data": rows})));
        }
        _ => return Err(refuse(404, "Not Found")),
    }
    Ok(Answer::json(200, &json!({"error": false, "message": "Đăng ký webhook thành công."})))
}
