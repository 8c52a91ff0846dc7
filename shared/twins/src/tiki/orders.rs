//! Tiki's order desk: orders one by one and in pages, and the word that a seller's own parcel arrived.
//!
//! CHANNELS §4; open.tiki.vn, order listing v2, order payload, update delivery and shipment status; read 2026-11-30.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal, includes, page, paged, refuse};
use super::shop::{Order, Shop};
use crate::TwinOrderState;
use crate::server::{Bend, Call};
use crate::wire::{read_time, viet_nam};

/// A time as Tiki writes it: local, to the second, no zone.
pub(crate) fn time(at: Timestamp) -> String {
    at.to_zoned(viet_nam()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn time_param(call: &Call, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(text) = call.param(name) else { return Ok(None) };
    let at = read_time(text, viet_nam()).ok_or_else(|| refuse(400, &format!("{name} is invalid")))?;
    Ok(Some(at.as_second()))
}

/// `GET /integration/v2/orders`.
pub(crate) fn list(core: &Core, call: &Call) -> Outcome {
    let (page, limit) = page(call)?;
    let column = |order: &Order, name: &str| match name {
        "created_at" => order.facts.placed_at.as_second(),
        _ => order.facts.updated_at.as_second(),
    };
    let mut spans = Vec::new();
    for name in ["created_at", "updated_at"] {
        let short = name.trim_end_matches("_at");
        // "Greater than" and "less than" the given second.
        spans.push((
            name,
            time_param(call, &format!("{short}_from_date"))?,
            time_param(call, &format!("{short}_to_date"))?,
        ));
    }
    let shop = core.shop();
    let mut found: Vec<&Order> = shop
        .orders
        .values()
        .filter(|order| {
            spans.iter().all(|(name, from, to)| {
                let at = column(order, name);
                from.is_none_or(|from| at > from) && to.is_none_or(|to| at < to)
            })
        })
        .filter(|order| call.param("status").is_none_or(|wanted| is_among(order.status(), wanted)))
        .filter(|order| {
            call.param("code").is_none_or(|codes| codes.split(',').any(|code| code == order.facts.id))
        })
        .collect();
    let (by, direction) =
        call.param("order_by").unwrap_or("created_at|desc").split_once('|').unwrap_or_default();
    if !["created_at", "updated_at"].contains(&by) || !["asc", "desc"].contains(&direction) {
        return Err(refuse(400, "order_by is invalid"));
    }
    found.sort_by_key(|order| (column(order, by), order.facts.id.clone()));
    if direction == "desc" {
        found.reverse();
    }
    let with_history = includes(call, &["include"], "status_histories");
    let rows =
        found.into_iter().map(|order| describe(&shop, order, &core.config.fulfillment_type, with_history));
    Ok(paged(rows.collect(), page, limit))
}

/// A set expression: `in|a,b`, `nin|a,b`, or one value.
fn is_among(status: &str, wanted: &str) -> bool {
    let (operator, values) = wanted.split_once('|').unwrap_or(("in", wanted));
    values.split(',').any(|one| one == status) != (operator == "nin")
}

/// `GET /integration/v2/orders/{code}`. How an unknown order is answered is not documented.
pub(crate) fn one(core: &Core, call: &Call, code: &str) -> Outcome {
    let shop = core.shop();
    let order = shop.order(code).ok_or_else(|| refuse(404, "Order not found"))?;
    let with_history = includes(call, &["include"], "status_histories");
    Ok(describe(&shop, order, &core.config.fulfillment_type, with_history))
}

/// `POST /integration/v2/orders/{code}/seller-delivery/update-delivery`: only where the seller delivers.
pub(crate) fn delivered(core: &Core, call: &Call, code: &str, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "The body is invalid"))?;
    if core.config.fulfillment_type != "seller_delivery" {
        return Err(refuse(400, "The order is not a seller delivery order"));
    }
    let mut shop = core.shop();
    let state = shop.order(code).map(|order| order.facts.state);
    if !matches!(
        state.ok_or_else(|| refuse(404, "Order not found"))?,
        TwinOrderState::Paid | TwinOrderState::Shipped
    ) {
        return Err(refuse(400, "The order has ended"));
    }
    match body.get("status").and_then(Value::as_str) {
        _ if !bend.applies() => {}
        Some("successful_delivery") => drop(shop.complete(code)),
        Some("failed_delivery") => drop(shop.fail_delivery(code)),
        _ => return Err(refuse(400, "status is invalid")),
    }
    Ok(json!({"code": code}))
}

fn describe(shop: &Shop, order: &Order, fulfillment_type: &str, with_history: bool) -> Value {
    let facts = &order.facts;
    let histories: Vec<Value> = (1..)
        .zip(&order.history)
        .filter(|_| with_history)
        .map(|(id, (status, at))| json!({"id": id, "status": status, "created_at": time(*at)}))
        .collect();
    let shipped = order.history.iter().any(|(status, _)| *status == "handover_to_partner");
    json!({
        "id": 176_000_000,
        "code": facts.id,
        "fulfillment_type": fulfillment_type,
        "status": order.status(),
        "items": items(shop, order),
        "status_histories": histories,
        "created_at": time(facts.placed_at),
        "updated_at": time(facts.updated_at),
        "seller_warehouse": {"id": shop.warehouse_id, "name": "Kho Hà Nội"},
        "shipping": {"tracking_code": shipped.then(|| format!("TNSL{}", facts.id)), "status": null},
        "invoice": {"items_count": facts.lines.len(), "subtotal": facts.total_minor, "grand_total": facts.total_minor},
        "customer": {"id": 16_010_160, "full_name": "Nguyễn Văn Thử"},
        "is_rma": false,
    })
}

fn items(shop: &Shop, order: &Order) -> Vec<Value> {
    let row = |(n, line): (u64, &crate::TwinLine)| {
        let product = shop.product(&line.listing)?;
        let total = product.price_minor * i64::from(line.quantity);
        Some(json!({
            "id": 281_000_000 + n,
            "product": {
                "id": product.id,
                "type": "simple",
                "sku": format!("71{:011}", product.id),
                "name": product.name,
                "inventory_type": "backorder",
                "seller_product_code": product.original_sku,
            },
            "confirmation": {"status": "waiting"},
            "parent_item_id": 0,
            "price": product.price_minor,
            "qty": line.quantity,
            "invoice": {"price": product.price_minor, "quantity": line.quantity, "row_total": total},
            "seller_inventory_id": shop.warehouse_id,
        }))
    };
    (1..).zip(&order.facts.lines).filter_map(row).collect()
}
