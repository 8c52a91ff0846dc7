//! TikTok Shop's desk for the account itself: the shop, its warehouse, its webhooks.
//!
//! CHANNELS §3.1-3.2; pages "Get Authorized Shops", "Get Warehouse List" and "Update Shop Webhook" of
//! partner.tiktokshop.com, read 2026-11-30.

use http::Method;
use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal, body};
use super::shop::Webhook;
use crate::server::{Call, is_webhook_address};

/// The longest address of a webhook.
const ADDRESS_CHARS_MAX: usize = 255;
const EVENT_TYPES: [&str; 17] = [
    "ORDER_STATUS_CHANGE",
    "RECIPIENT_ADDRESS_UPDATE",
    "PACKAGE_UPDATE",
    "PRODUCT_STATUS_CHANGE",
    "SELLER_DEAUTHORIZATION",
    "UPCOMING_AUTHORIZATION_EXPIRATION",
    "CANCELLATION_STATUS_CHANGE",
    "RETURN_STATUS_CHANGE",
    "NEW_CONVERSATION",
    "NEW_MESSAGE",
    "PRODUCT_INFORMATION_CHANGE",
    "PRODUCT_CREATION",
    "PRODUCT_CATEGORY_CHANGE",
    "NEW_MESSAGE_LISTENER",
    "INVOICE_STATUS_CHANGE",
    "PRODUCT_AUDIT_STATUS_CHANGE",
    "REVERSE_STATUS_UPDATE",
];

pub(crate) fn shops(core: &Core) -> Value {
    let config = &core.config;
    json!({"shops": [{
        "cipher": config.shop_cipher,
        "code": "VNLCTNWY6A",
        "id": config.shop_id,
        "name": "Cửa hàng",
        "region": "VN",
        "seller_type": "LOCAL",
    }]})
}

pub(crate) fn warehouses(core: &Core) -> Value {
    json!({"warehouses": [{
        "id": core.config.warehouse_id,
        "name": "Kho chính",
        "type": "SALES_WAREHOUSE",
        "sub_type": "DOMESTIC_WAREHOUSE",
        "effect_status": "ENABLED",
        "is_default": true,
    }]})
}

/// One address for each type of event; putting one again replaces it.
pub(crate) fn webhooks(core: &Core, call: &Call) -> Outcome {
    let body = body(call)?;
    let mut shop = core.shop();
    let now = shop.now();
    if call.method == Method::GET {
        let row = |(kind, webhook): (&String, &Webhook)| {
            json!({
                "event_type": kind,
                "address": webhook.address,
                "create_time": webhook.made_at.as_second(),
                "update_time": webhook.changed_at.as_second(),
            })
        };
        let rows: Vec<Value> = shop.webhooks.iter().map(row).collect();
        return Ok(json!({"total_count": rows.len(), "webhooks": rows}));
    }
    let kind = body["event_type"].as_str().filter(|kind| EVENT_TYPES.contains(kind));
    let Some(kind) = kind else { return Err(Refusal::parameter("event_type is invalid")) };
    if call.method == Method::DELETE {
        shop.webhooks.remove(kind);
        return Ok(json!({}));
    }
    let is_address = |address: &&str| is_webhook_address(address) && address.len() <= ADDRESS_CHARS_MAX;
    let Some(address) = body["address"].as_str().filter(is_address) else {
        return Err(Refusal::parameter("address is invalid"));
    };
    if call.method != Method::PUT {
        return Err(Refusal(404, 36_009_010, "Invalid method".to_owned()));
    }
    let made_at = shop.webhooks.get(kind).map_or(now, |webhook| webhook.made_at);
    let webhook = Webhook { address: address.to_owned(), made_at, changed_at: now };
    shop.webhooks.insert(kind.to_owned(), webhook);
    Ok(json!({}))
}
