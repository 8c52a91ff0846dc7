//! TikTok Shop's desk for parcels and cancels: shipment is arranged, an order is called off.
//!
//! Pages "Ship Package", "Cancel Order", "Cancel reasons" and "Search Cancellations" of partner.tiktokshop.com,
//! read 2026-11-30.

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal, body, page, token_at};
use super::orders::package_id;
use super::shop::Order;
use crate::TwinOrderState;
use crate::server::Call;

/// Reasons a seller may give for an order that is not paid, and for one that waits for shipment.
const UNPAID_REASONS: [&str; 3] = [
    "seller_cancel_unpaid_reason_out_of_stock",
    "seller_cancel_unpaid_reason_wrong_price",
    "seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed",
];
const PAID_REASONS: [&str; 3] = [
    "seller_cancel_reason_out_of_stock",
    "seller_cancel_reason_wrong_price",
    "seller_cancel_paid_reason_address_not_deliver",
];

/// Arranges a package's shipment. TikTok's carrier needs nothing and fetches it later; the seller's own is named
/// with its tracking number, and has it.
pub(crate) fn ship(core: &Core, call: &Call, package: &str) -> Outcome {
    let body = body(call)?;
    let mut shop = core.shop();
    let found = shop.orders.values().find(|order| package_id(order).as_deref() == Some(package));
    let Some(id) = found.map(|order| order.facts.id.clone()) else {
        return Err(Refusal::new(21_008_111, "The package does not belong to the seller"));
    };
    let own = &body["self_shipment"];
    let given = |name: &str| own[name].as_str().filter(|text| !text.is_empty());
    let (tracking, provider) = (given("tracking_number"), given("shipping_provider_id"));
    if core.config.seller_ships && (tracking.is_none() || provider.is_none()) {
        return Err(Refusal::new(21_011_001, "tracking_number and shipping_provider_id are required"));
    }
    if !shop.arrange(&id, tracking.filter(|_| core.config.seller_ships)) {
        return Err(Refusal::new(21_011_002, "The package status does not allow it to be shipped"));
    }
    if core.config.seller_ships {
        shop.collect(&id);
    }
    Ok(json!({}))
}

/// Calls a whole order off for a reason that fits where it stands.
pub(crate) fn cancel(core: &Core, call: &Call) -> Outcome {
    let body = body(call)?;
    let (id, reason) = (body["order_id"].as_str(), body["cancel_reason"].as_str());
    let (Some(id), Some(reason)) = (id, reason) else {
        return Err(Refusal::new(25_001_001, "Invalid parameter"));
    };
    if !body["skus"].is_null() || !body["order_line_item_ids"].is_null() {
        return Err(Refusal::new(25_005_010, "Cannot cancel line items"));
    }
    let mut shop = core.shop();
    let Some(order) = shop.orders.get(id) else {
        return Err(Refusal::new(25_020_005, "No permission"));
    };
    let fitting: &[&str] = match order.facts.state {
        TwinOrderState::Unpaid => &UNPAID_REASONS,
        TwinOrderState::Paid if order.arranged_at.is_none() => &PAID_REASONS,
        TwinOrderState::Paid | TwinOrderState::Shipped => {
            return Err(Refusal::new(25_001_045, "The order has been shipped and cannot be cancelled"));
        }
        TwinOrderState::Completed | TwinOrderState::Cancelled => {
            return Err(Refusal::new(25_001_051, "The order is completed or cancelled"));
        }
    };
    if !UNPAID_REASONS.contains(&reason) && !PAID_REASONS.contains(&reason) {
        return Err(Refusal::new(25_001_014, "The reason does not exist"));
    }
    if !fitting.contains(&reason) {
        return Err(Refusal::new(25_001_021, "Reason not match order status"));
    }
    shop.cancel(id, "SELLER", reason);
    Ok(json!({"cancel_id": format!("4035{id}"), "cancel_status": "CANCELLATION_REQUEST_SUCCESS"}))
}

/// A page of cancels; each says whether its units went back on sale by themselves.
pub(crate) fn cancellations(core: &Core, call: &Call) -> Outcome {
    let (size, start) = page(call)?;
    let body = body(call)?;
    let wanted: Option<Vec<&str>> =
        body["order_ids"].as_array().map(|ids| ids.iter().filter_map(Value::as_str).collect());
    let shop = core.shop();
    let is_wanted = |order: &&Order| {
        order.cancellation.is_some()
            && wanted.as_ref().is_none_or(|ids| ids.contains(&order.facts.id.as_str()))
    };
    let found: Vec<&Order> = shop.orders.values().filter(is_wanted).collect();
    let rows: Vec<Value> = found.iter().skip(start).take(size).filter_map(|order| row(order)).collect();
    let next = token_at(start + rows.len(), found.len());
    Ok(json!({"next_page_token": next, "total_count": found.len(), "cancellations": rows}))
}

fn row(order: &Order) -> Option<Value> {
    let (role, reason, replenished) = order.cancellation.as_ref()?;
    let id = &order.facts.id;
    Some(json!({
        "cancel_id": format!("4035{id}"),
        "order_id": id,
        "role": role,
        "cancel_type": if *role == "BUYER" { "BUYER_CANCEL" } else { "CANCEL" },
        "cancel_status": "CANCELLATION_REQUEST_COMPLETE",
        "cancel_reason": reason,
        "should_replenish_stock": replenished,
        "create_time": order.facts.updated_at.as_second(),
        "update_time": order.facts.updated_at.as_second(),
    }))
}
