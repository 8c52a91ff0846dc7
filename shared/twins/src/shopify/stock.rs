//! The shop's stock desk: variants with their levels, and the mutation that sets levels whole.
//!
//! CHANNELS §6; shopify.dev, inventorySetQuantities and InventorySetQuantitiesUserErrorCode of 2026-07, read 2026-11-30.

use serde_json::{Value, json};

use super::api::{Refusal, gid, number, refuse, time};
use super::graphql::{Field, connection};
use super::shop::{Shop, Variant};
use crate::StockWrite;
use crate::server::Bend;

/// The most rows of one call.
const ROWS_MAX: usize = 250;
/// From here on a key is a must, and so is the value to change from.
const KEYED_SINCE: &str = "2026-04";

/// A variant as GraphQL knows it, with its level at `location`.
pub(crate) fn variant(shop: &Shop, variant: &Variant) -> Value {
    let counts = [
        ("available", variant.available),
        ("committed", variant.committed),
        ("on_hand", variant.available + variant.committed),
    ];
    let count = |(name, quantity): (&str, i64)| json!({ "__typename": "InventoryQuantity", "name": name, "quantity": quantity });
    let level = json!({
        "__typename": "InventoryLevel",
        "id": format!("{}?inventory_item_id={}", gid("InventoryLevel", shop.config.location_id), variant.item()),
        "updatedAt": time(variant.updated_at),
        "quantities": counts.map(count),
    });
    let item = json!({
        "__typename": "InventoryItem",
        "id": gid("InventoryItem", variant.item()),
        "sku": variant.sku,
        "tracked": true,
        "inventoryLevel": level,
    });
    let product =
        json!({ "__typename": "Product", "id": gid("Product", variant.id + 1), "status": "ACTIVE" });
    json!({
        "__typename": "ProductVariant",
        "id": gid("ProductVariant", variant.id),
        "legacyResourceId": variant.id.to_string(),
        "sku": variant.sku,
        "barcode": null,
        "title": "Default Title",
        "displayName": variant.name,
        "price": variant.price_minor.to_string(),
        "product": product,
        "inventoryItem": item,
    })
}

pub(crate) fn list(shop: &Shop) -> Value {
    connection(shop.variants.values().map(|found| variant(shop, found)).collect())
}

/// `nodes(ids:)`: one answer for each, null for what is not there.
pub(crate) fn nodes(shop: &Shop, field: &Field) -> Result<Value, Refusal> {
    let ids = field.argument("ids").as_array().cloned().unwrap_or_default();
    if ids.len() > ROWS_MAX {
        return Err(refuse(
            "MAX_INPUT_SIZE_EXCEEDED",
            "The input array size is greater than the maximum of 250.",
        ));
    }
    let one = |id: &Value| {
        let id = number(id.as_str().unwrap_or_default(), "ProductVariant")?;
        shop.variants.get(&id).map(|found| variant(shop, found))
    };
    Ok(ids.iter().map(|id| one(id).unwrap_or_default()).collect())
}

struct Wanted {
    variant: u64,
    value: i64,
}

/// `inventorySetQuantities`: all rows or none.
pub(crate) fn set(shop: &mut Shop, field: &Field, version: &str, bend: &Bend) -> Result<Value, Refusal> {
    let input = field.argument("input").clone();
    let rows = input["quantities"].as_array().cloned().unwrap_or_default();
    let is_keyed = version >= KEYED_SINCE;
    if rows.len() > ROWS_MAX {
        return Err(refuse(
            "MAX_INPUT_SIZE_EXCEEDED",
            "The input array size is greater than the maximum of 250.",
        ));
    }
    if is_keyed && field.idempotency_key.is_none() {
        let why = "The @idempotent directive is required for this mutation but was not provided.";
        return Err(refuse("BAD_REQUEST", why));
    }
    if is_keyed && rows.iter().any(|row| row.get("changeFromQuantity").is_none()) {
        let why = "InventoryQuantityInput must include the following argument: changeFromQuantity";
        return Err(refuse("INVALID_FIELD_ARGUMENTS", why));
    }
    if let Some((asked, answer)) = field.idempotency_key.as_ref().and_then(|key| shop.keys.get(key)) {
        let other = "The same idempotency key cannot be used with different operation parameters.";
        let mismatch = || payload(Value::Null, vec![error("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", &[], other)]);
        return Ok(if *asked == input { answer.clone() } else { mismatch() });
    }
    let answer = apply(shop, &input, &rows, is_keyed, bend);
    if let Some(key) = &field.idempotency_key {
        shop.keys.insert(key.clone(), (input, answer.clone()));
    }
    Ok(answer)
}

fn apply(shop: &mut Shop, input: &Value, rows: &[Value], is_keyed: bool, bend: &Bend) -> Value {
    let on_hand = input["name"] == "on_hand";
    let mut errors = Vec::new();
    if !on_hand && input["name"] != "available" {
        errors.push(error(
            "INVALID_NAME",
            &["input", "name"],
            "The quantity name must be either 'available' or 'on_hand'.",
        ));
    }
    if input["reason"].as_str().unwrap_or_default().is_empty() {
        errors.push(error("INVALID_REASON", &["input", "reason"], "The specified reason is invalid."));
    }
    let compares = is_keyed || input["ignoreCompareQuantity"] != true;
    let mut wanted = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        match check(shop, row, on_hand, compares, is_keyed, bend) {
            Ok(one) => wanted.push(one),
            Err((code, part, message)) => {
                errors.push(error(code, &["input", "quantities", &at.to_string(), part], message));
            }
        }
    }
    if !errors.is_empty() {
        return payload(Value::Null, errors);
    }
    let at = shop.now();
    for Wanted { variant, value } in wanted.into_iter().filter(|_| bend.applies()) {
        shop.set_available(variant, value);
        shop.writes.push(StockWrite { at, listing: variant.to_string(), value, branch: None });
    }
    let id = gid("InventoryAdjustmentGroup", shop.number());
    payload(json!({ "__typename": "InventoryAdjustmentGroup", "id": id, "reason": input["reason"] }), errors)
}

type Bad = (&'static str, &'static str, &'static str);

fn check(
    shop: &Shop,
    row: &Value,
    on_hand: bool,
    compares: bool,
    is_keyed: bool,
    bend: &Bend,
) -> Result<Wanted, Bad> {
    let item = number(row["inventoryItemId"].as_str().unwrap_or_default(), "InventoryItem");
    let variant = item.and_then(|item| shop.variants.values().find(|variant| variant.item() == item));
    let variant = variant.ok_or((
        "INVALID_INVENTORY_ITEM",
        "inventoryItemId",
        "The specified inventory item could not be found.",
    ))?;
    let location = number(row["locationId"].as_str().unwrap_or_default(), "Location");
    if location != Some(shop.config.location_id) {
        return Err(("INVALID_LOCATION", "locationId", "The specified location could not be found."));
    }
    if bend.refuses(&variant.id.to_string()) {
        let why = "The specified inventory item is not stocked at the location.";
        return Err(("ITEM_NOT_STOCKED_AT_LOCATION", "locationId", why));
    }
    let value = row["quantity"].as_i64().unwrap_or(i64::MAX);
    if value > 1_000_000_000 {
        return Err((
            "INVALID_QUANTITY_TOO_HIGH",
            "quantity",
            "The total quantity can't be higher than 1,000,000,000.",
        ));
    }
    let shown = if on_hand { variant.available + variant.committed } else { variant.available };
    let (name, stale) = if is_keyed {
        ("changeFromQuantity", "CHANGE_FROM_QUANTITY_STALE")
    } else {
        ("compareQuantity", "COMPARE_QUANTITY_STALE")
    };
    let is_stale = row[name].as_i64().is_some_and(|from| from != shown);
    if compares && is_stale {
        return Err((stale, name, "The compare quantity does not match the persisted quantity."));
    }
    if compares && !is_keyed && row[name].is_null() {
        return Err((
            "COMPARE_QUANTITY_REQUIRED",
            name,
            "The compareQuantity argument must be given or ignored.",
        ));
    }
    let value = if on_hand { value - variant.committed } else { value };
    Ok(Wanted { variant: variant.id, value })
}

fn error(code: &str, field: &[&str], message: &str) -> Value {
    json!({ "__typename": "InventorySetQuantitiesUserError", "code": code, "field": field, "message": message })
}

fn payload(group: Value, errors: Vec<Value>) -> Value {
    json!({
        "__typename": "InventorySetQuantitiesPayload",
        "inventoryAdjustmentGroup": group,
        "userErrors": errors,
    })
}
