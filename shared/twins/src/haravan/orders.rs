//! The Haravan stand-in's order desk: one order, pages of orders, new ones, and what becomes of them.
//!
//! docs.haravan.com/docs/omni-apis/orders/ and …/fulfillments/, read 2026-11-30.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal, number, page, refuse};
use super::shop::{Line, Order, Parcel, Shop};
use super::webhooks::UPDATED;
use crate::TwinOrderState;
use crate::server::{Answer, Bend, Call};
use crate::wire::{point_zero, read_time};

const REASONS: [&str; 5] = ["customer", "fraud", "inventory", "declined", "other"];

/// A time as Haravan writes it.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// `GET /com/orders/{id}.json`.
pub(crate) fn one(core: &Core, id: &str) -> Outcome {
    let shop = core.shop();
    let order = shop.order(id).ok_or_else(|| refuse(404, "Not Found"))?;
    Ok(Answer::json(200, &json!({"order": describe(&shop, order)})))
}

/// `GET /com/orders.json`. Without a status only open orders are told. "After" and "before" leave the time itself out.
pub(crate) fn list(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let updated = (bound(call, "updated_at_min")?, bound(call, "updated_at_max")?);
    let created = (bound(call, "created_at_min")?, bound(call, "created_at_max")?);
    let status = call.param("status").unwrap_or("open");
    if !["open", "closed", "cancelled", "any"].contains(&status) {
        return Err(refuse(422, "status is invalid"));
    }
    let shop = core.shop();
    let within = |at: Timestamp, (min, max): (Option<Timestamp>, Option<Timestamp>)| {
        let at = at.as_millisecond();
        min.is_none_or(|min| at > min.as_millisecond()) && max.is_none_or(|max| at < max.as_millisecond())
    };
    let mut found: Vec<&Order> = shop
        .orders
        .values()
        .filter(|order| within(order.facts.updated_at, updated) && within(order.facts.placed_at, created))
        .filter(|order| match status {
            "open" => order.cancelled.is_none() && !order.is_closed,
            "closed" => order.is_closed,
            "cancelled" => order.cancelled.is_some(),
            _ => true,
        })
        .collect();
    let (field, direction) =
        call.param("order").unwrap_or("created_at desc").split_once(' ').unwrap_or_default();
    match field {
        "created_at" => found.sort_by_key(|order| (order.facts.placed_at.as_millisecond(), order.id)),
        "updated_at" => found.sort_by_key(|order| (order.facts.updated_at.as_millisecond(), order.id)),
        _ => return Err(refuse(422, "order is invalid")),
    }
    if direction == "desc" {
        found.reverse();
    }
    let fields: Option<Vec<&str>> = call.param("fields").map(|fields| fields.split(',').collect());
    let rows =
        found.into_iter().skip(start).take(size).map(|order| only(describe(&shop, order), fields.as_deref()));
    let rows: Vec<Value> = rows.collect();
    Ok(Answer::json(200, &json!({"orders": rows})))
}

fn bound(call: &Call, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = call.param(name) else { return Ok(None) };
    read_time(text, TimeZone::UTC).map(Some).ok_or_else(|| refuse(422, "a date is invalid"))
}

fn only(order: Value, fields: Option<&[&str]>) -> Value {
    match (order, fields) {
        (Value::Object(all), Some(fields)) => {
            Value::Object(all.into_iter().filter(|(name, _)| fields.contains(&name.as_str())).collect())
        }
        (order, _) => order,
    }
}

/// `POST /com/orders.json`: no payment is made and no stock is looked at.
pub(crate) fn create(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "Bad Request"))?;
    let wish = body.get("order").ok_or_else(|| refuse(422, "order is required"))?;
    let lines = wish.get("line_items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut shop = core.shop();
    let read = |line: &Value| {
        let variant = shop.variants.get(&number(line, "variant_id")?)?;
        let quantity = u32::try_from(number(line, "quantity")?).ok().filter(|quantity| *quantity > 0)?;
        let price = line.get("price").and_then(Value::as_i64).unwrap_or(variant.price_minor);
        (!bend.refuses(&variant.listing())).then_some((variant.id, quantity, price))
    };
    let bought: Option<Vec<(u64, u32, i64)>> = lines.iter().map(read).collect();
    let bought =
        bought.filter(|bought| !bought.is_empty()).ok_or_else(|| refuse(422, "line_items is invalid"))?;
    if !bend.applies() {
        return Ok(Answer::json(201, &json!({"order": {"id": 1_272_999_999_u64}})));
    }
    let is_paid = wish.get("financial_status").and_then(Value::as_str) == Some("paid");
    let id = shop.take(&bought, is_paid);
    if let Some(order) = shop.orders.get_mut(&id) {
        order.notes = wish.get("note_attributes").cloned().unwrap_or_else(|| json!([]));
        order.tags = wish.get("tags").and_then(Value::as_str).map(str::to_owned);
        order.reference = order.notes.pointer("/0/value").and_then(Value::as_str).map(str::to_owned);
        // The caller has its money already, or the carrier collects it: the shop may pack at once.
        order.facts.state = TwinOrderState::Paid;
    }
    shop.announce("orders/create", id);
    let order = shop.orders.get(&id).map(|order| describe(&shop, order));
    Ok(Answer::json(201, &json!({"order": order})))
}

/// What a caller told of an order is carried out; the answer shows the order.
fn changed(core: &Core, id: &str, bend: &Bend, change: impl FnOnce(&mut Shop) -> bool) -> Outcome {
    let mut shop = core.shop();
    if shop.order(id).is_none() {
        return Err(refuse(404, "Not Found"));
    }
    if bend.applies() && !change(&mut shop) {
        return Err(refuse(422, "the order does not stand where this can be done"));
    }
    let order = shop.order(id).map(|order| describe(&shop, order));
    Ok(Answer::json(200, &json!({"order": order})))
}

/// `POST /com/orders/{id}/confirm.json`; confirming twice is harmless.
pub(crate) fn confirm(core: &Core, id: &str, bend: &Bend) -> Outcome {
    changed(core, id, bend, |shop| {
        shop.change(id, |order| order.cancelled.is_none(), UPDATED, |order, _| order.is_confirmed = true)
    })
}

/// `POST /com/orders/{id}/cancel.json`.
pub(crate) fn cancel(core: &Core, id: &str, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().unwrap_or_default();
    let reason = body.get("reason").and_then(Value::as_str).unwrap_or("other");
    if !REASONS.contains(&reason) {
        return Err(refuse(422, "reason is invalid"));
    }
    changed(core, id, bend, |shop| shop.cancel(id, reason))
}

/// `POST /com/orders/{id}/fulfillments.json`: all that is not packed yet goes into one parcel.
pub(crate) fn fulfil(core: &Core, id: &str, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().unwrap_or_default();
    let wish = body.get("fulfillment").ok_or_else(|| refuse(422, "fulfillment is required"))?;
    let text = |name: &str| wish.get(name).and_then(Value::as_str).map(str::to_owned);
    let (company, number) = (text("tracking_company"), text("tracking_number"));
    changed(core, id, bend, |shop| shop.ship(id, company, number))
}

/// The order as REST and webhooks both give it.
pub(crate) fn describe(shop: &Shop, order: &Order) -> Value {
    let facts = &order.facts;
    let cancelled = order.cancelled.as_ref();
    let lines: Vec<Value> = order.lines.iter().map(|line| describe_line(shop, line)).collect();
    let is_paid = facts.state != TwinOrderState::Unpaid;
    json!({
        "id": order.id,
        "name": format!("#{}", order.id % 1_000_000),
        "number": order.id,
        "order_number": format!("#{}", order.id % 1_000_000),
        "currency": "VND",
        "created_at": time(facts.placed_at),
        "updated_at": time(facts.updated_at),
        "cancelled_at": cancelled.map(|(at, _)| time(*at)),
        "cancel_reason": cancelled.map(|(_, reason)| reason),
        "cancelled_status": if cancelled.is_some() { "cancelled" } else { "uncancelled" },
        "closed_status": if order.is_closed { "closed" } else { "unclosed" },
        "confirmed_status": if order.is_confirmed { "confirmed" } else { "unconfirmed" },
        "financial_status": if is_paid { "paid" } else { "pending" },
        "fulfillment_status": if order.parcels.is_empty() { "notfulfilled" } else { "fulfilled" },
        "fulfillments": order.parcels.iter().map(|parcel| describe_parcel(order, parcel)).collect::<Vec<_>>(),
        "gateway_code": "COD",
        "line_items": lines,
        "location_id": shop.config.location_id,
        "note_attributes": order.notes,
        "refunds": [],
        "source_name": "web",
        "subtotal_price": point_zero(facts.total_minor),
        "tags": order.tags,
        "total_discounts": point_zero(0),
        "total_line_items_price": point_zero(facts.total_minor),
        "total_price": point_zero(facts.total_minor),
        "shipping_address": {"first_name": "Haravan Demo", "address1": "182 Lê Đại Hành", "country_code": "VN"},
    })
}

fn describe_line(shop: &Shop, line: &Line) -> Value {
    let variant = shop.variants.get(&line.variant);
    json!({
        "id": line.id,
        "product_id": variant.map(|variant| variant.product),
        "variant_id": line.variant,
        "sku": variant.map(|variant| variant.sku.clone()),
        "title": variant.map(|variant| variant.name.clone()),
        "variant_title": "Default Title",
        "quantity": line.quantity,
        "fulfillable_quantity": line.quantity,
        "fulfillment_status": "notfulfilled",
        "price": point_zero(line.price_minor),
        "price_original": point_zero(line.price_minor),
        "total_discount": point_zero(0),
    })
}

fn describe_parcel(order: &Order, parcel: &Parcel) -> Value {
    json!({
        "id": parcel.id,
        "order_id": order.id,
        "status": "success",
        "created_at": time(parcel.created_at),
        "updated_at": time(order.facts.updated_at),
        "tracking_company": parcel.company,
        "tracking_number": parcel.number,
        "carrier_status_code": parcel.code,
        "carrier_cod_status_code": "none",
        "delivering_date": null,
        "delivered_date": null,
        "location_id": null,
    })
}
