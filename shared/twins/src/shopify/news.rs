//! The shop's desk for changes of orders: orders put in, parcels that leave, cancels.
//!
//! CHANNELS §6; shopify.dev, orderCreate, fulfillmentCreate and orderCancel of 2026-07, read 2026-11-30.

use serde_json::{Value, json};

use super::api::{Refusal, gid, number, refuse};
use super::graphql::Field;
use super::orders::graph;
use super::shop::{Sale, Shop, WAITING_ABOVE};
use crate::server::Bend;

/// The longest tag.
const TAG_CHARS_MAX: usize = 40;

fn user_error(field: &[&str], message: &str) -> Value {
    json!({ "__typename": "UserError", "field": field, "message": message, "code": "INVALID" })
}

/// `orderCreate`: takes stock only when told to.
pub(crate) fn create(shop: &mut Shop, field: &Field, bend: &Bend) -> Result<Value, Refusal> {
    let (order, options) = (field.argument("order"), field.argument("options"));
    let refused = |field: &[&str], message: &str| {
        Ok(
            json!({ "__typename": "OrderCreatePayload", "order": null, "userErrors": [user_error(field, message)] }),
        )
    };
    let known = ["inventoryBehaviour", "sendReceipt", "sendFulfillmentReceipt"];
    let unknown = options.as_object().and_then(|o| o.keys().find(|key| !known.contains(&key.as_str())));
    if let Some(unknown) = unknown {
        let why = format!("invalid value for {unknown} (Field is not defined on OrderCreateOptionsInput)");
        return Err(refuse("INVALID_VARIABLE", &why));
    }
    let mut lines = Vec::new();
    let rows = order["lineItems"].as_array().cloned().unwrap_or_default();
    for row in &rows {
        let variant = number(row["variantId"].as_str().unwrap_or_default(), "ProductVariant");
        let Some(variant) = variant.filter(|id| shop.variants.contains_key(id)) else {
            return refused(&["order", "lineItems"], "Variant is invalid");
        };
        if bend.refuses(&variant.to_string()) {
            return refused(&["order", "lineItems"], "Variant cannot be sold");
        }
        let quantity = row["quantity"].as_u64().and_then(|units| u32::try_from(units).ok());
        let Some(quantity) = quantity.filter(|units| *units > 0) else {
            return refused(&["order", "lineItems"], "Quantity must be greater than 0");
        };
        let amount = row["priceSet"]["shopMoney"]["amount"].as_str();
        lines.push((variant, quantity, amount.and_then(|text| text.split('.').next()?.parse().ok())));
    }
    if lines.is_empty() {
        return refused(&["order", "lineItems"], "Line items must have at least one line item");
    }
    let tags: Vec<String> = order["tags"]
        .as_array()
        .map(|tags| tags.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    if tags.iter().any(|tag| tag.chars().count() > TAG_CHARS_MAX) {
        return refused(&["order", "tags"], "Tags must be at most 40 characters");
    }
    let id = bend.applies().then(|| {
        let financial = if order["financialStatus"] == "PAID" { "paid" } else { "pending" };
        let sold = options["inventoryBehaviour"].as_str().is_some_and(|how| how != "BYPASS");
        let source_identifier = order["sourceIdentifier"].as_str().map(str::to_owned);
        shop.sell(Sale { financial, gateway: "manual", tags, source_identifier, lines, takes_stock: sold })
    });
    let made = id.and_then(|id| shop.orders.get(&id)).map(|order| graph(shop, order));
    let made = made.unwrap_or_else(|| json!({ "__typename": "Order", "id": gid("Order", 1) }));
    Ok(json!({ "__typename": "OrderCreatePayload", "order": made, "userErrors": [] }))
}

/// `fulfillmentCreate`: a parcel of what waits, whole or by lines.
pub(crate) fn fulfil(shop: &mut Shop, field: &Field, bend: &Bend) -> Value {
    let input = field.argument("fulfillment");
    let refused = |message: &str| {
        let errors = [user_error(&["fulfillment"], message)];
        json!({ "__typename": "FulfillmentCreatePayload", "fulfillment": null, "userErrors": errors })
    };
    let tracking = input["trackingInfo"]["number"].as_str().map(str::to_owned);
    let mut sent = Vec::new();
    for row in input["lineItemsByFulfillmentOrder"].as_array().into_iter().flatten() {
        let id = number(row["fulfillmentOrderId"].as_str().unwrap_or_default(), "FulfillmentOrder");
        let id = id.and_then(|id| id.checked_sub(WAITING_ABOVE));
        let Some(order) = id.and_then(|id| shop.orders.get(&id)) else {
            return refused("Fulfillment order does not exist.");
        };
        if order.cancelled_at.is_some() || order.lines.iter().all(|line| line.unsent() == 0) {
            return refused("Fulfillment order has an unfulfillable status= closed.");
        }
        let units: Vec<(u64, u32)> = match row["fulfillmentOrderLineItems"].as_array() {
            None => order.lines.iter().map(|line| (line.id, line.unsent())).collect(),
            Some(rows) => rows.iter().filter_map(line_units).collect(),
        };
        let fits = |(id, units): &(u64, u32)| {
            order.lines.iter().any(|line| line.id == *id && line.unsent() >= *units)
        };
        if units.is_empty() || !units.iter().all(fits) {
            return refused("Invalid fulfillment order line item quantity requested.");
        }
        sent.push((order.id, units));
    }
    if sent.is_empty() {
        return refused("Fulfillment orders must be given.");
    }
    if bend.applies() {
        for (id, units) in sent {
            shop.send(id, &units, tracking.clone());
        }
    }
    let made = json!({ "__typename": "Fulfillment", "id": gid("Fulfillment", shop.numbers) });
    json!({ "__typename": "FulfillmentCreatePayload", "fulfillment": made, "userErrors": [] })
}

fn line_units(row: &Value) -> Option<(u64, u32)> {
    let id = number(row["id"].as_str()?, "FulfillmentOrderLineItem")?.checked_sub(WAITING_ABOVE)?;
    Some((id, u32::try_from(row["quantity"].as_u64()?).ok()?))
}

/// `orderCancel`: done by a job a moment later; the twin's job is done at once.
pub(crate) fn cancel(shop: &mut Shop, field: &Field, bend: &Bend) -> Result<Value, Refusal> {
    let reasons = ["CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF"];
    if !reasons.contains(&field.text("reason")) || !field.argument("restock").is_boolean() {
        return Err(refuse("INVALID_VARIABLE", "reason and restock must be given"));
    }
    let refused = |message: &str| {
        let errors = [user_error(&["orderId"], message)];
        Ok(json!({ "__typename": "OrderCancelPayload", "job": null, "orderCancelUserErrors": errors,
            "userErrors": errors }))
    };
    let id = number(field.text("orderId"), "Order");
    let Some(order) = id.and_then(|id| shop.orders.get(&id)) else { return refused("Order does not exist") };
    if order.cancelled_at.is_some() {
        return refused("Cannot cancel an order that has already been canceled.");
    }
    if order.fulfillment().is_some() {
        return refused("Cannot cancel an order that has outstanding fulfillments.");
    }
    let (id, restocks) = (order.id, field.argument("restock").as_bool().unwrap_or(false));
    if bend.applies() {
        shop.cancel(id, restocks);
    }
    let job = json!({ "__typename": "Job", "id": gid("Job", shop.numbers), "done": false });
    Ok(
        json!({ "__typename": "OrderCancelPayload", "job": job, "orderCancelUserErrors": [], "userErrors": [] }),
    )
}
