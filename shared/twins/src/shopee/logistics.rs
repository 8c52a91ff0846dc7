//! Shopee's shipping desk: what a shipment needs, arranging it, and cancelling an order that cannot be served.
//!
//! Schemas `v2.logistics.get_shipping_parameter`, `v2.logistics.ship_order` and `v2.order.cancel_order` of
//! open.shopee.com via `congminh1254/shopee-sdk`, read 2026-11-30.

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal};
use crate::TwinOrderState;
use crate::server::{Bend, Call};

const ADDRESS: u64 = 234;
const SLOT: &str = "1608103685_1";
const REASONS: [&str; 4] = ["OUT_OF_STOCK", "CUSTOMER_REQUEST", "UNDELIVERABLE_AREA", "COD_NOT_SUPPORTED"];

/// `get_shipping_parameter`: this shop's parcels are fetched.
pub(crate) fn parameter(core: &Core, call: &Call) -> Outcome {
    let shop = core.shop();
    let order = call.param("order_sn").and_then(|id| shop.orders.get(id)).ok_or_else(no_order)?;
    if order.facts.state != TwinOrderState::Paid || order.is_arranged {
        let message = "Shipping parameters can only be obtained when package is ready to be shipped";
        return Err(Refusal::new("error_param", message));
    }
    Ok(json!({
        "info_needed": {"dropoff": null, "pickup": ["address_id", "pickup_time_id"]},
        "dropoff": null,
        "pickup": {"address_list": [
            {"address_id": 123, "region": "VN", "address_flag": ["default_address"], "time_slot_list": null},
            {"address_id": ADDRESS, "region": "VN", "address_flag": ["pickup_address"], "time_slot_list": [
                {"date": 1_608_000_000, "pickup_time_id": "early", "flags": []},
                {"date": 1_608_103_685, "pickup_time_id": SLOT, "flags": ["recommended"]},
            ]},
        ]},
    }))
}

/// `ship_order`: the carrier will fetch it (`PROCESSED`); that it left is another story.
pub(crate) fn ship(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| Refusal::new("error_data", "parse data failed"))?;
    let id = body.get("order_sn").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut shop = core.shop();
    let order = shop.orders.get(&id).ok_or_else(no_order)?;
    if order.is_arranged {
        let message = "This package has already been arranged shipment and you can't call this API again.";
        return Err(Refusal::new("logistics.package_already_shipped", message));
    }
    if order.facts.state != TwinOrderState::Paid {
        let message = "The order is not ready to ship.";
        return Err(Refusal::new("logistics.ship_order_not_ready_to_ship", message));
    }
    let field = |name: &str| body.get("pickup").and_then(|pickup| pickup.get(name));
    if field("address_id").and_then(Value::as_u64) != Some(ADDRESS) {
        let message = "Parameter address_id and pickup_time_id are required.";
        return Err(Refusal::new("logistics.ship_order_need_address_pickup_time", message));
    }
    if field("pickup_time_id").and_then(Value::as_str) != Some(SLOT) {
        let message = "Invalid pickup time id. Please check the pick up time id.";
        return Err(Refusal::new("logistics.ship_order_pickup_time_invalid", message));
    }
    if bend.applies() {
        shop.arrange(&id);
    }
    Ok(json!({}))
}

/// `cancel_order`: whole, with a documented reason, and with its items where the shop ran out.
pub(crate) fn cancel(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| Refusal::new("error_data", "parse data failed"))?;
    let id = body.get("order_sn").and_then(Value::as_str).unwrap_or_default().to_owned();
    let reason = body.get("cancel_reason").and_then(Value::as_str).unwrap_or_default();
    if !REASONS.contains(&reason) {
        return Err(Refusal::new(
            "error_param",
            "Wrong parameters, detail: cancel_reason is a required field.",
        ));
    }
    let mut shop = core.shop();
    let order = shop.orders.get(&id).ok_or_else(no_order)?;
    let items = body.get("item_list").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let number = |item: &Value, name: &str| item.get(name).and_then(Value::as_u64).unwrap_or_default();
    let bought = |item: &Value| {
        let listing = format!("{}:{}", number(item, "item_id"), number(item, "model_id"));
        order.facts.lines.iter().any(|line| line.listing == listing)
    };
    if reason == "OUT_OF_STOCK" && (items.is_empty() || !items.iter().all(bought)) {
        return Err(Refusal::new("error_param", "Wrong parameters, detail: item_list."));
    }
    let is_open = matches!(order.facts.state, TwinOrderState::Unpaid | TwinOrderState::Paid);
    if !is_open {
        return Err(Refusal::new("order.error_limit", "Can not cancel this order"));
    }
    if bend.applies() {
        shop.cancel(&id);
    }
    Ok(json!({"update_time": shop.now().as_second()}))
}

fn no_order() -> Refusal {
    Refusal::new("error_not_found", "Wrong parameters, detail: the order is not found.")
}
