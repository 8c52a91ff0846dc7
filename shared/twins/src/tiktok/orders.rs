//! TikTok Shop's order desk: named orders, and the list of orders that changed.
//!
//! CHANNELS §3.3; pages "Get Order Detail" (202507) and "Get Order List" (202309) of partner.tiktokshop.com,
//! read 2026-11-30.

use serde_json::{Map, Value, json};

use super::Core;
use super::api::{Outcome, Refusal, body, page, token_at};
use super::shop::{Order, Shop};
use crate::TwinOrderState;
use crate::server::Call;

const DETAIL_MAX: usize = 50;

/// Up to fifty orders by number; what the shop does not have is left out.
pub(crate) fn detail(core: &Core, call: &Call) -> Outcome {
    let ids: Vec<&str> =
        call.param("ids").unwrap_or_default().split(',').filter(|id| !id.is_empty()).collect();
    if ids.is_empty() || ids.len() > DETAIL_MAX {
        return Err(Refusal::parameter("ids must hold 1 to 50 order IDs"));
    }
    let shop = core.shop();
    let found = ids.iter().filter_map(|id| shop.orders.get(*id));
    let orders: Vec<Value> = found.map(|order| describe(core, &shop, order)).collect();
    Ok(json!({"orders": orders}))
}

/// A page of orders within spans of time; `_ge` is in the span, `_lt` is not.
pub(crate) fn search(core: &Core, call: &Call) -> Outcome {
    let (size, start) = page(call)?;
    let by_update = match call.param("sort_field").unwrap_or("create_time") {
        "update_time" => true,
        "create_time" => false,
        _ => return Err(Refusal::parameter("sort_field is invalid")),
    };
    let is_ascending = match call.param("sort_order").unwrap_or("DESC") {
        "ASC" => true,
        "DESC" => false,
        _ => return Err(Refusal::parameter("sort_order is invalid")),
    };
    let body = body(call)?;
    let within = |name: &str, time: i64| {
        let (from, to) = (body[format!("{name}_ge")].as_i64(), body[format!("{name}_lt")].as_i64());
        from.is_none_or(|from| from <= time) && to.is_none_or(|to| time < to)
    };
    let wanted = body["order_status"].as_str();
    let shop = core.shop();
    let (created, updated) = (
        |order: &Order| order.facts.placed_at.as_second(),
        |order: &Order| order.facts.updated_at.as_second(),
    );
    let mut found: Vec<&Order> = shop
        .orders
        .values()
        .filter(|order| within("create_time", created(order)) && within("update_time", updated(order)))
        .filter(|order| wanted.is_none_or(|wanted| status(order) == wanted))
        .collect();
    found.sort_by_key(|order| (if by_update { updated(order) } else { created(order) }, order.number));
    if !is_ascending {
        found.reverse();
    }
    let rows: Vec<Value> =
        found.iter().skip(start).take(size).map(|order| describe(core, &shop, order)).collect();
    let next = token_at(start + rows.len(), found.len());
    Ok(json!({"next_page_token": next, "total_count": found.len(), "orders": rows}))
}

/// What is not there yet is left out, not null.
fn describe(core: &Core, shop: &Shop, order: &Order) -> Value {
    let facts = &order.facts;
    let seconds = |at: Option<jiff::Timestamp>| at.map(|at| at.as_second());
    let fields = json!({
        "id": facts.id,
        "status": status(order),
        "is_on_hold_order": order.was_on_hold,
        "is_cod": false,
        "is_sample_order": false,
        "order_type": "NORMAL",
        "create_time": facts.placed_at.as_second(),
        "update_time": facts.updated_at.as_second(),
        "paid_time": seconds(order.paid_at),
        "rts_time": seconds(order.arranged_at),
        "collection_time": seconds(order.collected_at),
        "tracking_number": order.tracking_number,
        "cancellation_initiator": order.cancellation.as_ref().map(|(role, _, _)| role),
        "cancel_reason": order.cancellation.as_ref().map(|(_, reason, _)| reason),
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": if core.config.seller_ships { "SELLER" } else { "TIKTOK" },
        "warehouse_id": core.config.warehouse_id,
        "payment": {
            "currency": "VND",
            "sub_total": facts.total_minor.to_string(),
            "shipping_fee": "0",
            "total_amount": facts.total_minor.to_string(),
        },
        "packages": package_id(order).map(|id| vec![json!({"id": id})]).unwrap_or_default(),
        "line_items": line_items(shop, order),
    });
    without_nulls(fields)
}

/// One row for each unit.
fn line_items(shop: &Shop, order: &Order) -> Vec<Value> {
    let units = order.facts.lines.iter().flat_map(|line| {
        let quantity = usize::try_from(line.quantity).unwrap_or_default();
        std::iter::repeat_n(&line.listing, quantity)
    });
    let rows = units.enumerate().filter_map(|(n, listing)| {
        let sku = shop.skus.get(listing)?;
        Some(without_nulls(json!({
            "id": format!("{}{n:04}", order.facts.id),
            "product_id": sku.product_id,
            "product_name": sku.name,
            "sku_id": sku.sku_id,
            "sku_name": "Mặc định",
            "seller_sku": sku.seller_sku,
            "sale_price": sku.price_minor.to_string(),
            "original_price": sku.price_minor.to_string(),
            "currency": "VND",
            "display_status": display_status(order),
            "package_id": package_id(order),
            "package_status": package_status(order),
            "rts_time": order.arranged_at.map(|at| at.as_second()),
            "tracking_number": order.tracking_number,
            "is_gift": false,
            "combined_listing_skus": [],
        })))
    });
    rows.collect()
}

/// In South-East Asia a package has its number before it is shipped.
pub(crate) fn package_id(order: &Order) -> Option<String> {
    order.paid_at.map(|_| format!("115{:016}", order.number))
}

fn package_status(order: &Order) -> Option<&'static str> {
    match order.facts.state {
        TwinOrderState::Unpaid | TwinOrderState::Cancelled => None,
        TwinOrderState::Paid if order.arranged_at.is_some() => Some("PROCESSING"),
        TwinOrderState::Paid => Some("TO_FULFILL"),
        TwinOrderState::Shipped => Some("FULFILLING"),
        TwinOrderState::Completed => Some("COMPLETED"),
    }
}

/// A line knows no hold.
fn display_status(order: &Order) -> &'static str {
    if order.held_until.is_some() { "AWAITING_SHIPMENT" } else { status(order) }
}

/// TikTok Shop's word for where an order stands (CHANNELS §3.5).
pub(crate) fn status(order: &Order) -> &'static str {
    match order.facts.state {
        TwinOrderState::Unpaid => "UNPAID",
        TwinOrderState::Paid if order.held_until.is_some() => "ON_HOLD",
        TwinOrderState::Paid if order.arranged_at.is_some() => "AWAITING_COLLECTION",
        TwinOrderState::Paid => "AWAITING_SHIPMENT",
        TwinOrderState::Shipped => "IN_TRANSIT",
        TwinOrderState::Completed => "COMPLETED",
        TwinOrderState::Cancelled => "CANCELLED",
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let given: Map<String, Value> =
                fields.into_iter().filter(|(_, value)| !value.is_null()).collect();
            Value::Object(given)
        }
        other => other,
    }
}
