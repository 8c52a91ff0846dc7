//! The website's order desk: one order, pages of orders, and changing an order's status.
//!
//! CHANNELS §7.1, §7.3 and §7.6 (real run of 10.5.0, read 2026-11-21).

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal, invalid_param, page, refuse, reply, reply_page};
use super::shop::{Line, Order, Shop};
use super::taken::is_found;
use crate::TwinOrderState;
use crate::server::{Bend, Call};
use crate::signing::id_of;
use crate::wire::{bare_seconds, read_time, read_time_ignoring_zone, viet_nam};

/// Statuses the twin knows, as a caller may set them.
const STATUSES: [&str; 7] =
    ["pending", "on-hold", "processing", "completed", "cancelled", "failed", "refunded"];

/// `GET /orders`: `modified_after` and `after` leave their own second out.
pub(crate) fn list(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let modified_after = time_param(call, "modified_after")?;
    let modified_before = time_param(call, "modified_before")?;
    let after = time_param(call, "after")?;
    let before = time_param(call, "before")?;
    let statuses: Vec<&str> = call.param("status").unwrap_or("any").split(',').collect();
    let term = call.param("search").filter(|term| !term.is_empty());
    let shop = core.shop();
    let mut found: Vec<&Order> = shop
        .orders
        .values()
        .filter(|order| {
            let any = statuses.contains(&"any") && order.trashed.is_none();
            any || statuses.contains(&order.status)
        })
        .filter(|order| term.is_none_or(|term| is_found(&shop, order, term)))
        .filter(|order| {
            let (created, modified) = (order.facts.placed_at.as_second(), order.facts.updated_at.as_second());
            modified_after.is_none_or(|limit| modified > limit.as_second())
                && modified_before.is_none_or(|limit| modified < limit.as_second())
                && after.is_none_or(|limit| created > limit.as_second())
                && before.is_none_or(|limit| created < limit.as_second())
        })
        .collect();
    match call.param("orderby").unwrap_or("date") {
        "modified" => found.sort_by_key(|order| (order.facts.updated_at.as_second(), order.id)),
        "date" => found.sort_by_key(|order| (order.facts.placed_at.as_second(), order.id)),
        "id" => {}
        _ => return Err(invalid_param("orderby", "orderby is not one of date, id, and modified.")),
    }
    match call.param("order").unwrap_or("desc") {
        "asc" => {}
        "desc" => found.reverse(),
        _ => return Err(invalid_param("order", "order is not one of asc and desc.")),
    }
    let total = found.len();
    let rows = found.into_iter().skip(start).take(size).map(|order| describe(&shop, order)).collect();
    Ok(reply_page(rows, total, size))
}

/// With `dates_are_gmt=true` an offset is ignored; without it a date without zone is the site's own time.
fn time_param(call: &Call, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = call.param(name).filter(|text| !text.is_empty()) else { return Ok(None) };
    let are_gmt = matches!(call.param("dates_are_gmt"), Some("true" | "1"));
    let time =
        if are_gmt { read_time_ignoring_zone(text, TimeZone::UTC) } else { read_time(text, viet_nam()) };
    time.map(Some).ok_or_else(|| invalid_param(name, "Invalid date."))
}

/// `GET /orders/{id}`.
pub(crate) fn one(core: &Core, id: &str) -> Outcome {
    let shop = core.shop();
    let order = id.parse().ok().and_then(|id: u64| shop.orders.get(&id)).ok_or_else(no_such_order)?;
    Ok(reply(200, &describe(&shop, order)))
}

/// `PUT /orders/{id} {"status": …}`, with the website's own effect on stock.
pub(crate) fn set_status(core: &Core, id: &str, call: &Call, bend: &Bend) -> Outcome {
    let mut shop = core.shop();
    let id: u64 = id.parse().map_err(|_| no_such_order())?;
    if !shop.orders.contains_key(&id) {
        return Err(no_such_order());
    }
    let body = call.json().unwrap_or(Value::Null);
    if let Some(wanted) = body.get("status").and_then(Value::as_str) {
        let wrong = || invalid_param("status", "status is not one of the known ones.");
        let status = known_status(wanted).ok_or_else(wrong)?;
        if bend.applies() {
            let waits = shop.orders.get(&id).is_some_and(|order| order.facts.state == TwinOrderState::Paid);
            shop.set_status(id, status);
            // `completed` is this website's word for a parcel that was sent.
            if let Some(order) = shop.orders.get_mut(&id).filter(|_| waits && status == "completed") {
                order.facts.state = TwinOrderState::Shipped;
            }
        }
    }
    let order = shop.orders.get(&id).ok_or_else(no_such_order)?;
    Ok(reply(200, &describe(&shop, order)))
}

/// The status of that name, if there is one.
pub(crate) fn known_status(name: &str) -> Option<&'static str> {
    STATUSES.into_iter().find(|status| *status == name)
}

fn no_such_order() -> Refusal {
    refuse(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
}

/// The whole order, as REST and webhooks both give it, with the buyer's data in it.
pub(crate) fn describe(shop: &Shop, order: &Order) -> Value {
    let (created, modified) = (order.facts.placed_at, order.facts.updated_at);
    let buyer = json!({
        "first_name": "Nguyễn",
        "last_name": "Văn Thử",
        "address_1": "1/2 Đường Thử",
        "city": "Hà Nội",
        "country": "VN",
        "email": "nguoi.mua@example.com",
        "phone": "0900000000",
    });
    let fee = |(name, total): &(String, i64)| json!({"id": 1, "name": name, "total": money(*total)});
    let fees: Vec<Value> = order.fees.iter().map(fee).collect();
    let lines: Vec<Value> = order.lines.iter().filter_map(|line| describe_line(shop, line)).collect();
    json!({
        "id": order.id,
        "parent_id": 0,
        "status": order.status,
        "currency": "VND",
        "version": "10.5.0",
        "prices_include_tax": false,
        "date_created": bare_seconds(created, viet_nam()),
        "date_created_gmt": bare_seconds(created, TimeZone::UTC),
        "date_modified": bare_seconds(modified, viet_nam()),
        "date_modified_gmt": bare_seconds(modified, TimeZone::UTC),
        "date_paid_gmt": order.paid_at.map(|at| bare_seconds(at, TimeZone::UTC)),
        "date_completed_gmt": order.completed_at.map(|at| bare_seconds(at, TimeZone::UTC)),
        "discount_total": "0.00",
        "shipping_total": "0.00",
        "total": money(order.facts.total_minor),
        "total_tax": "0.00",
        "customer_id": 0,
        "order_key": format!("wc_order_{}", &id_of(&order.facts.id)),
        "number": order.facts.id,
        "payment_method": "cod",
        "transaction_id": order.transaction_id,
        "billing": buyer,
        "shipping": buyer,
        "meta_data": order.notes,
        "line_items": lines,
        "fee_lines": fees,
        "refunds": [],
    })
}

/// `_reduced_stock` says how many units this line has taken from the website's own stock.
fn describe_line(shop: &Shop, line: &Line) -> Option<Value> {
    let product = shop.products.get(&line.product)?;
    let total = money(line.total_minor);
    let (product_id, variation_id) = match product.parent {
        0 => (product.id, 0),
        parent => (parent, product.id),
    };
    let units = line.reduced.to_string();
    let reduced = json!({
        "id": line.id * 10,
        "key": "_reduced_stock",
        "value": units,
        "display_key": "_reduced_stock",
        "display_value": units,
    });
    Some(json!({
        "id": line.id,
        "name": product.name,
        "product_id": product_id,
        "variation_id": variation_id,
        "quantity": line.quantity,
        "tax_class": "",
        "subtotal": total,
        "total": total,
        "taxes": [],
        "meta_data": if line.reduced > 0 { vec![reduced] } else { Vec::new() },
        "sku": product.sku,
        "price": line.total_minor / i64::from(line.quantity.max(1)),
    }))
}

/// Money as the site writes it: two decimals, though the đồng has none.
pub(crate) fn money(minor: i64) -> String {
    format!("{minor}.00")
}
