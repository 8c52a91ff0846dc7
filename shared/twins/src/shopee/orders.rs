//! Shopee's order desk: the list of orders in a time window, and the details of named orders.
//!
//! CHANNELS §1.3; schemas `v2.order.get_order_list` and `v2.order.get_order_detail` of open.shopee.com via
//! `congminh1254/shopee-sdk`, read 2026-11-21.

use serde_json::{Map, Value, json};

use super::Core;
use super::api::{Outcome, Refusal};
use super::push::package_number;
use super::shop::{Order, Shop};
use crate::server::Call;
use crate::wire::point_zero;
use crate::{TwinLine, TwinOrderState};

const WINDOW_SECONDS_MAX: i64 = 15 * 24 * 3600;
const LIST_PAGE_MAX: i64 = 100;
const DETAIL_MAX: usize = 50;
const DAYS_TO_SHIP: i64 = 2;

/// `get_order_list`: the status is given only when asked for.
pub(crate) fn list(core: &Core, call: &Call) -> Outcome {
    let by_update = match call.param("time_range_field") {
        Some("update_time") => true,
        Some("create_time") => false,
        _ => return Err(wrong("time_range_field")),
    };
    let from = call.number("time_from", -1).filter(|time| *time >= 0).ok_or_else(|| wrong("time_from"))?;
    let to = call.number("time_to", -1).filter(|time| *time >= 0).ok_or_else(|| wrong("time_to"))?;
    if from >= to || to - from > WINDOW_SECONDS_MAX {
        let message = "Start time must be earlier than end time and diff in 15days.";
        return Err(Refusal::new("order.order_list_invalid_time", message));
    }
    let size = call.number("page_size", 0).filter(|size| (1..=LIST_PAGE_MAX).contains(size));
    let size = size.and_then(|size| usize::try_from(size).ok()).ok_or_else(|| wrong("page_size"))?;
    let start: usize = match call.param("cursor").unwrap_or_default().trim_matches('"') {
        "" => 0,
        cursor => cursor.parse().map_err(|_| wrong("cursor"))?,
    };
    let wanted_status = call.param("order_status").filter(|status| !status.is_empty());
    let with_status = asked_for(call, "order_status");

    let shop = core.shop();
    let time = |order: &Order| {
        if by_update { order.facts.updated_at.as_second() } else { order.facts.placed_at.as_second() }
    };
    let mut found: Vec<&Order> = shop
        .orders
        .values()
        .filter(|order| (from..=to).contains(&time(order)))
        .filter(|order| wanted_status.is_none_or(|wanted| status(order) == wanted))
        .collect();
    found.sort_by_key(|order| (time(order), order.number));
    let page: Vec<Value> = found.iter().skip(start).take(size).map(|order| row(order, with_status)).collect();
    let end = start + page.len();
    let more = end < found.len();
    let next_cursor = if more { end.to_string() } else { String::new() };
    Ok(json!({"more": more, "next_cursor": next_cursor, "order_list": page}))
}

fn row(order: &Order, with_status: bool) -> Value {
    if with_status {
        json!({"order_sn": order.facts.id, "order_status": status(order), "booking_sn": ""})
    } else {
        json!({"order_sn": order.facts.id, "booking_sn": ""})
    }
}

/// `get_order_detail`: up to fifty orders; without `response_optional_fields` no items and no amounts.
pub(crate) fn detail(core: &Core, call: &Call) -> Outcome {
    let ids: Vec<&str> =
        call.param("order_sn_list").unwrap_or_default().split(',').filter(|id| !id.is_empty()).collect();
    if ids.is_empty() || ids.len() > DETAIL_MAX {
        return Err(wrong("order_sn_list, its length should be between 1 and 50"));
    }
    let shop = core.shop();
    let orders: Vec<Value> = ids
        .iter()
        .filter_map(|id| shop.orders.get(*id))
        .map(|order| Value::Object(describe(&shop, order, call)))
        .collect();
    if orders.is_empty() {
        return Err(Refusal::new("error_not_found", "Wrong parameters, detail: the order is not found."));
    }
    Ok(json!({"order_list": orders}))
}

fn describe(shop: &Shop, order: &Order, call: &Call) -> Map<String, Value> {
    let facts = &order.facts;
    let placed = facts.placed_at.as_second();
    let always = json!({
        "order_sn": facts.id,
        "region": "VN",
        "currency": "VND",
        "cod": false,
        "order_status": status(order),
        "message_to_seller": "",
        "create_time": placed,
        "update_time": facts.updated_at.as_second(),
        "days_to_ship": DAYS_TO_SHIP,
        "ship_by_date": placed + DAYS_TO_SHIP * 24 * 3600,
        "advance_package": false,
        "booking_sn": "",
    });
    let optional = json!({
        "buyer_user_id": 1_000_000 + order.number,
        "pay_time": order.paid_at.map(|at| at.as_second()),
        "total_amount": amount(facts.total_minor, order.number),
        "fulfillment_flag": "fulfilled_by_local_seller",
        "can_partial_cancel_order": false,
        "item_list": items(shop, order),
        "package_list": packages(order),
    });
    let mut fields = into_map(always);
    fields.extend(into_map(optional).into_iter().filter(|(name, _)| asked_for(call, name)));
    fields
}

fn items(shop: &Shop, order: &Order) -> Vec<Value> {
    order.facts.lines.iter().filter_map(|line| item(shop, order, line)).collect()
}

fn item(shop: &Shop, order: &Order, line: &TwinLine) -> Option<Value> {
    let number = order.number;
    let cancelled = order.facts.state == TwinOrderState::Cancelled;
    let model = shop.models.get(&line.listing)?;
    // An item without models carries its code on the item, one with models on the model.
    let (item_sku, model_sku) = if model.model_id == 0 { (&*model.sku, "") } else { ("", &*model.sku) };
    let quantity = line.quantity;
    Some(json!({
        "item_id": model.item_id,
        "item_name": model.name,
        "item_sku": item_sku,
        "model_id": model.model_id,
        "model_name": if model.model_id == 0 { "" } else { &*model.name },
        "model_sku": model_sku,
        "model_quantity_purchased": quantity,
        "model_original_price": amount(model.price_minor, number),
        "model_discounted_price": amount(model.price_minor, number),
        "order_item_id": model.item_id,
        "line_item_id": model.item_id,
        "product_location_id": ["VN10XX2UZ"],
        "promotion_id": 0,
        "promotion_type": "",
        "active_qty": if cancelled || order.comes_back { 0 } else { quantity },
        "cancel_requested_qty": 0,
        "cancelled_qty": if cancelled { quantity } else { 0 },
        "return_requested_qty": if order.comes_back { quantity } else { 0 },
        "returned_qty": 0,
    }))
}

fn packages(order: &Order) -> Vec<Value> {
    let logistics_status = match order.facts.state {
        TwinOrderState::Unpaid | TwinOrderState::Cancelled => return Vec::new(),
        TwinOrderState::Paid if order.is_arranged => "LOGISTICS_REQUEST_CREATED",
        TwinOrderState::Paid => "LOGISTICS_READY",
        TwinOrderState::Shipped => "LOGISTICS_PICKUP_DONE",
        TwinOrderState::Completed => "LOGISTICS_DELIVERY_DONE",
    };
    let package_number = package_number(&order.facts.id);
    vec![json!({"package_number": package_number, "logistics_status": logistics_status})]
}

/// Shopee's word for where an order stands (CHANNELS §1.5).
fn status(order: &Order) -> &'static str {
    match order.facts.state {
        _ if order.comes_back => "TO_RETURN",
        TwinOrderState::Unpaid => "UNPAID",
        TwinOrderState::Paid if order.is_arranged => "PROCESSED",
        TwinOrderState::Paid => "READY_TO_SHIP",
        TwinOrderState::Shipped => "SHIPPED",
        TwinOrderState::Completed => "COMPLETED",
        TwinOrderState::Cancelled => "CANCELLED",
    }
}

/// Amounts are typed float and are whole for VND. The official sample shows `32119`, and `32119.0` says the
/// same; odd orders use the one and even orders the other, so that nobody relies on either.
fn amount(minor: i64, number: u64) -> Value {
    if number.is_multiple_of(2) { point_zero(minor) } else { Value::from(minor) }
}

fn asked_for(call: &Call, field: &str) -> bool {
    call.param("response_optional_fields")
        .is_some_and(|fields| fields.split(',').any(|asked| asked.trim() == field))
}

fn into_map(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

fn wrong(what: &str) -> Refusal {
    Refusal::new("error_param", format!("Wrong parameters, detail: {what}."))
}
