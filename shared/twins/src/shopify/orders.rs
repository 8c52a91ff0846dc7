//! The shop's order desk: orders in both of Shopify's spellings, and the search over them.
//!
//! CHANNELS §6; shopify.dev, Order, LineItem, Fulfillment and FulfillmentOrder of the Admin API 2026-07, read 2026-11-30.

use serde_json::{Value, json};

use super::api::{Refusal, gid, money, refuse, time};
use super::graphql::{Field, connection};
use super::shop::{Line, Order, Parcel, Shop, WAITING_ABOVE};

/// An order as webhooks hold it: the older REST API's words.
pub(crate) fn rest(shop: &Shop, order: &Order) -> Value {
    let line = |line: &Line| {
        let variant = shop.variants.get(&line.variant);
        let sent = match (line.sent, line.unsent()) {
            (0, _) => Value::Null,
            (_, 0) => json!("fulfilled"),
            _ => json!("partial"),
        };
        json!({
            "id": line.id,
            "admin_graphql_api_id": gid("LineItem", line.id),
            "variant_id": line.variant,
            "sku": variant.map(|variant| variant.sku.clone()),
            "title": variant.map(|variant| variant.name.clone()),
            "quantity": line.quantity,
            "current_quantity": line.current,
            "fulfillable_quantity": line.unsent(),
            "fulfillment_status": sent,
            "requires_shipping": true,
            "price": line.price_minor.to_string(),
        })
    };
    let parcel = |parcel: &Parcel| {
        let units = parcel.units.iter().map(|(line, units)| json!({ "id": line, "quantity": units }));
        json!({
            "id": parcel.id,
            "status": "success",
            "shipment_status": if parcel.is_delivered { json!("delivered") } else { Value::Null },
            "tracking_number": parcel.tracking_number,
            "line_items": units.collect::<Vec<_>>(),
        })
    };
    json!({
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "name": format!("#{}", order.id % 100_000),
        "currency": "VND",
        "financial_status": order.financial,
        "fulfillment_status": order.fulfillment(),
        "cancelled_at": order.cancelled_at.map(time),
        "cancel_reason": order.cancelled_at.map(|_| "other"),
        "created_at": time(order.facts.placed_at),
        "updated_at": time(order.facts.updated_at),
        "total_price": order.facts.total_minor.to_string(),
        "current_total_price": order.current_total_minor().to_string(),
        "payment_gateway_names": [order.gateway],
        "tags": order.tags.join(", "),
        "source_identifier": order.source_identifier,
        "location_id": null,
        "line_items": order.lines.iter().map(line).collect::<Vec<_>>(),
        "fulfillments": order.parcels.iter().map(parcel).collect::<Vec<_>>(),
        "refunds": [],
    })
}

fn price_set(minor: i64) -> Value {
    let amount = json!({ "__typename": "MoneyV2", "amount": money(minor), "currencyCode": "VND" });
    json!({ "__typename": "MoneyBag", "shopMoney": amount, "presentmentMoney": amount })
}

/// An order as GraphQL knows it.
pub(crate) fn graph(shop: &Shop, order: &Order) -> Value {
    let fulfillment = match order.fulfillment() {
        Some("fulfilled") => "FULFILLED",
        Some(_) => "PARTIALLY_FULFILLED",
        None => "UNFULFILLED",
    };
    json!({
        "__typename": "Order",
        "id": gid("Order", order.id),
        "legacyResourceId": order.id.to_string(),
        "name": format!("#{}", order.id % 100_000),
        "currencyCode": "VND",
        "displayFinancialStatus": order.financial.to_uppercase(),
        "displayFulfillmentStatus": fulfillment,
        "cancelledAt": order.cancelled_at.map(time),
        "createdAt": time(order.facts.placed_at),
        "updatedAt": time(order.facts.updated_at),
        "closedAt": null,
        "tags": order.tags,
        "sourceIdentifier": order.source_identifier,
        "paymentGatewayNames": [order.gateway],
        "totalPriceSet": price_set(order.facts.total_minor),
        "currentTotalPriceSet": price_set(order.current_total_minor()),
        "fulfillments": order.parcels.iter().map(graph_parcel).collect::<Vec<_>>(),
        "lineItems": connection(order.lines.iter().map(|line| graph_line(shop, line)).collect()),
        "fulfillmentOrders": connection(vec![waiting(shop, order)]),
    })
}

fn graph_line(shop: &Shop, line: &Line) -> Value {
    let variant = shop.variants.get(&line.variant);
    let named = json!({
        "__typename": "ProductVariant",
        "id": gid("ProductVariant", line.variant),
        "legacyResourceId": line.variant.to_string(),
    });
    json!({
        "__typename": "LineItem",
        "id": gid("LineItem", line.id),
        "sku": variant.map(|variant| variant.sku.clone()),
        "quantity": line.quantity,
        "currentQuantity": line.current,
        "unfulfilledQuantity": line.unsent(),
        "requiresShipping": true,
        "variant": variant.map(|_| named),
        "originalUnitPriceSet": price_set(line.price_minor),
    })
}

fn graph_parcel(parcel: &Parcel) -> Value {
    let row = |(line, units): &(u64, u32)| {
        let item = json!({ "__typename": "LineItem", "id": gid("LineItem", *line) });
        json!({ "__typename": "FulfillmentLineItem", "quantity": units, "lineItem": item })
    };
    json!({
        "__typename": "Fulfillment",
        "id": gid("Fulfillment", parcel.id),
        "status": "SUCCESS",
        "displayStatus": if parcel.is_delivered { "DELIVERED" } else { "FULFILLED" },
        "fulfillmentLineItems": connection(parcel.units.iter().map(row).collect()),
    })
}

/// What of the order waits at the store to be sent.
fn waiting(shop: &Shop, order: &Order) -> Value {
    let is_open = order.cancelled_at.is_none() && order.lines.iter().any(|line| line.unsent() > 0);
    let row = |line: &Line| {
        let item = json!({ "__typename": "LineItem", "id": gid("LineItem", line.id) });
        json!({
            "__typename": "FulfillmentOrderLineItem",
            "id": gid("FulfillmentOrderLineItem", line.id + WAITING_ABOVE),
            "totalQuantity": line.quantity,
            "remainingQuantity": line.unsent(),
            "lineItem": item,
        })
    };
    let store = json!({ "__typename": "Location", "id": gid("Location", shop.config.location_id) });
    json!({
        "__typename": "FulfillmentOrder",
        "id": gid("FulfillmentOrder", order.id + WAITING_ABOVE),
        "status": if is_open { "OPEN" } else { "CLOSED" },
        "assignedLocation": { "__typename": "FulfillmentOrderAssignedLocation", "location": store },
        "lineItems": connection(order.lines.iter().map(row).collect()),
    })
}

/// `orders(query:, sortKey:)`.
pub(crate) fn list(shop: &Shop, field: &Field) -> Result<Value, Refusal> {
    let query = field.text("query");
    let mut found = Vec::new();
    for order in shop.orders.values() {
        if fits(order, query)? {
            found.push(order);
        }
    }
    if field.text("sortKey") == "UPDATED_AT" {
        found.sort_by_key(|order| (order.facts.updated_at, order.id));
    }
    Ok(connection(found.into_iter().map(|order| graph(shop, order)).collect()))
}

/// Shopify's search syntax, as far as it is needed: terms side by side all hold, `OR` between groups.
/// (shopify.dev/docs/api/usage/search-syntax, 2026-11-30)
fn fits(order: &Order, query: &str) -> Result<bool, Refusal> {
    if query.trim().is_empty() {
        return Ok(true);
    }
    for group in query.split(" OR ") {
        let mut all = true;
        for term in terms(group) {
            all &= term == "AND" || fits_term(order, &term)?;
        }
        if all {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Cuts at spaces outside quotes, and takes the quotes away.
fn terms(group: &str) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut quote = None;
    for c in group.trim().chars() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, ' ') => terms.push(String::new()),
            _ => terms.last_mut().into_iter().for_each(|term| term.push(c)),
        }
    }
    terms.retain(|term| !term.is_empty());
    terms
}

fn fits_term(order: &Order, term: &str) -> Result<bool, Refusal> {
    let (name, value) = term.split_once(':').unwrap_or(("default", term));
    let bare = value.trim_start_matches(['<', '>', '=']);
    match name {
        "updated_at" | "created_at" => {
            let at = if name == "updated_at" { order.facts.updated_at } else { order.facts.placed_at };
            let limit: jiff::Timestamp =
                bare.parse().map_err(|_| refuse("BAD_REQUEST", &format!("Invalid time in {name}")))?;
            let (at, limit) = (at.as_second(), limit.as_second());
            Ok(match value.get(..value.len() - bare.len()) {
                Some(">=") => at >= limit,
                Some(">") => at > limit,
                Some("<=") => at <= limit,
                Some("<") => at < limit,
                _ => at == limit,
            })
        }
        // The search is not exact: it does not tell capitals from small letters.
        "source_identifier" => {
            let given = order.source_identifier.as_deref().unwrap_or_default();
            Ok(!bare.is_empty() && given.to_lowercase() == bare.to_lowercase())
        }
        "tag" => Ok(order.tags.iter().any(|tag| tag.to_lowercase() == bare.to_lowercase())),
        "financial_status" => Ok(order.financial == bare),
        other => Err(refuse("BAD_REQUEST", &format!("no such filter here: {other}"))),
    }
}
