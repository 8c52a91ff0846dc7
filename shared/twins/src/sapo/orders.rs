//! The Sapo stand-in's order desk: one order, lists of orders, new ones, and what becomes of them.
//!
//! support.sapo.vn/phuong-thuc-get-cua-order-phan-1 and …/phuong-thuc-post-cua-order-phan-2, read 2026-11-30, and what a
//! running website reports of them: `status=any` answers nothing, `tag` finds a whole tag, `fields` is ignored,
//! `source_name` is refused, and without `inventory_behaviour` stock is left alone.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::api::{Outcome, Refusal, number, page, refuse};
use super::shop::{Order, Shop};
use super::{Core, describe};
use crate::TwinOrderState;
use crate::server::{Answer, Bend, Call};
use crate::wire::read_time;

const REASONS: [&str; 4] = ["customer", "inventory", "fraud", "other"];

/// `GET /admin/orders/{id}.json`.
pub(crate) fn one(core: &Core, id: &str) -> Outcome {
    let shop = core.shop();
    let order = shop.order(id).ok_or_else(|| refuse(404, "Not Found"))?;
    let mut order = describe::order(&shop, order);
    if core.config.single_order_without_lines
        && let Some(fields) = order.as_object_mut()
    {
        fields.remove("line_items");
    }
    Ok(Answer::json(200, &json!({"order": order})))
}

/// A website's list, by status; without one, open orders. After `since_id` it is sorted by number, else newest first.
pub(crate) fn list(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let (from, until) = (bound(call, "modified_on_min")?, bound(call, "modified_on_max")?);
    let status = call.param("status").unwrap_or("open");
    let ids: Option<Vec<&str>> = call.param("ids").map(|ids| ids.split(',').collect());
    let since = call.number("since_id", 0).and_then(|id| u64::try_from(id).ok());
    let since = since.ok_or_else(|| refuse(422, "since_id is invalid"))?;
    let shop = core.shop();
    let is_meant = |order: &&Order| {
        let changed = order.facts.updated_at.as_second();
        order.id > since
            && status_of(order) == status
            && from.is_none_or(|from| changed >= from.as_second())
            && until.is_none_or(|until| changed <= until.as_second())
            && ids.as_ref().is_none_or(|ids| ids.contains(&order.facts.id.as_str()))
            && call.param("tag").is_none_or(|tag| order.tags.split(',').any(|own| own.trim() == tag))
    };
    let mut found: Vec<&Order> = shop.orders.values().filter(is_meant).collect();
    if since == 0 {
        found.reverse();
    }
    let rows = found.into_iter().skip(start).take(size).map(|order| describe::order(&shop, order));
    let rows: Vec<Value> = rows.collect();
    Ok(Answer::json(200, &json!({"orders": rows})))
}

fn status_of(order: &Order) -> &'static str {
    match (&order.cancelled, order.closed_on) {
        (Some(_), _) => "cancelled",
        (None, Some(_)) => "closed",
        (None, None) => "open",
    }
}

/// The stores' list: all orders, newest change first where that is asked for.
pub(crate) fn list_of_stores(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let from = bound(call, "modified_on_min")?;
    let shop = core.shop();
    let is_meant =
        |order: &&Order| from.is_none_or(|from| order.facts.updated_at.as_second() >= from.as_second());
    let mut found: Vec<&Order> = shop.orders.values().filter(is_meant).collect();
    if call.param("sort_by") == Some("modified_on desc") {
        found.sort_by_key(|order| (order.facts.updated_at, order.id));
    }
    found.reverse();
    let total = found.len();
    let rows = found.into_iter().skip(start).take(size).map(|order| describe::order(&shop, order));
    let rows: Vec<Value> = rows.collect();
    let metadata = json!({"total": total, "page": start / size + 1, "limit": size});
    Ok(Answer::json(200, &json!({"metadata": metadata, "orders": rows})))
}

fn bound(call: &Call, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = call.param(name) else { return Ok(None) };
    read_time(text, TimeZone::UTC).map(Some).ok_or_else(|| refuse(422, "a date is invalid"))
}

/// `POST /admin/orders.json`.
pub(crate) fn create(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "Bad Request"))?;
    let wish = body.get("order").ok_or_else(|| refuse(422, "order is required"))?;
    if wish.get("source_name").is_some() {
        return Err(refuse(
            422,
            "source_name cannot be set to a protected value by an untrusted API client.",
        ));
    }
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
    let behaviour = wish.get("inventory_behaviour").and_then(Value::as_str).unwrap_or("bypass");
    let too_many = |(variant, quantity, _): &(u64, u32, i64)| {
        shop.variants.get(variant).is_some_and(|variant| variant.available() < i64::from(*quantity))
    };
    if behaviour == "decrement_obeying_policy" && bought.iter().any(too_many) {
        return Err(refuse(422, "line_items: unable to reserve inventory"));
    }
    if !bend.applies() {
        return Ok(Answer::json(201, &json!({"order": {"id": 1_999_999}})));
    }
    let id = shop.take(&bought, true, behaviour != "bypass");
    if let Some(order) = shop.orders.get_mut(&id) {
        order.notes = wish.get("note_attributes").cloned().unwrap_or_else(|| json!([]));
        order.tags = wish.get("tags").and_then(Value::as_str).unwrap_or_default().to_owned();
        order.reference = order.notes.pointer("/0/value").and_then(Value::as_str).map(str::to_owned);
    }
    shop.announce("orders/create", id);
    let order = shop.orders.get(&id).map(|order| describe::order(&shop, order));
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
    let order = shop.order(id).map(|order| describe::order(&shop, order));
    Ok(Answer::json(200, &json!({"order": order})))
}

/// `POST /admin/orders/{id}/cancel.json`; units come back on sale only where the caller says so.
pub(crate) fn cancel(core: &Core, id: &str, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().unwrap_or_default();
    let reason = body.get("reason").and_then(Value::as_str).unwrap_or("other");
    if !REASONS.contains(&reason) {
        return Err(refuse(422, "reason is invalid"));
    }
    let restocks = body.get("restock").and_then(Value::as_bool).unwrap_or(false);
    changed(core, id, bend, |shop| shop.cancel(id, reason, restocks))
}

/// `POST /admin/orders/{id}/fulfillments.json`: all that is not packed yet goes into one parcel.
pub(crate) fn fulfil(core: &Core, id: &str, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().unwrap_or_default();
    let wish = body.get("fulfillment").ok_or_else(|| refuse(422, "fulfillment is required"))?;
    let text = |name: &str| wish.get(name).and_then(Value::as_str).map(str::to_owned);
    let (company, number) = (text("tracking_company"), text("tracking_number"));
    let is_open = |shop: &Shop| shop.order(id).is_some_and(|order| order.facts.state == TwinOrderState::Paid);
    changed(core, id, bend, |shop| is_open(shop) && shop.ship(id, company, number))
}
