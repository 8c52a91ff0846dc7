//! Orders that a program puts into the website: whatever it says is believed, and stock is not asked.
//!
//! CHANNELS §7.3-7.6 (real run of 10.5.0, read 2026-11-21): `POST /orders` never checks stock; what is searched is
//! `OrdersTableSearchQuery.php` of `woocommerce/woocommerce`, read 2026-11-30.

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal, invalid_param, refuse, reply};
use super::orders::{describe, known_status};
use super::shop::{Order, Shop, Taken, TakenLine};
use crate::server::{Bend, Call};

/// `POST /orders`.
pub(crate) fn create(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "rest_invalid_json", "Invalid JSON body passed."))?;
    let status = body.get("status").and_then(Value::as_str).unwrap_or("pending");
    let status = known_status(status)
        .ok_or_else(|| invalid_param("status", "status is not one of the known ones."))?;
    let mut shop = core.shop();
    let rows = body.get("line_items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let lines = rows.iter().map(|row| read_line(&shop, row, bend)).collect::<Result<Vec<_>, _>>()?;
    let fees = body.get("fee_lines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let fees = fees.iter().map(|fee| (text(fee, "name"), amount(fee, "total").unwrap_or_default())).collect();
    let notes = body.get("meta_data").and_then(Value::as_array).cloned().unwrap_or_default();
    let taken = Taken { lines, fees, notes, transaction_id: text(&body, "transaction_id") };
    if !bend.applies() {
        return Ok(reply(201, &json!({"id": 1, "status": status, "number": "1"})));
    }
    let id = shop.take_in(taken, status);
    Ok(reply(201, &shop.orders.get(&id).map(|order| describe(&shop, order)).unwrap_or_default()))
}

fn read_line(shop: &Shop, row: &Value, bend: &Bend) -> Result<TakenLine, Refusal> {
    let number = |name: &str| row.get(name).and_then(Value::as_u64).unwrap_or_default();
    let id = if number("variation_id") != 0 { number("variation_id") } else { number("product_id") };
    let product = shop.products.get(&id);
    let product = product.ok_or_else(|| {
        refuse(400, "woocommerce_rest_invalid_product_id", "Product ID provided does not exist.")
    })?;
    if bend.refuses(&product.listing()) {
        return Err(refuse(400, "woocommerce_rest_invalid_item_id", "The item could not be added."));
    }
    let quantity = u32::try_from(number("quantity")).unwrap_or(0).max(1);
    let total = amount(row, "total").unwrap_or(product.price_minor * i64::from(quantity));
    Ok(TakenLine { listing: product.listing(), product: product.id, quantity, total })
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// An amount in đồng, typed as text with or without decimals.
fn amount(value: &Value, name: &str) -> Option<i64> {
    let text = value.get(name)?.as_str()?;
    text.split('.').next()?.parse().ok()
}

/// A search finds part of an item's name, fees among them, or of a transaction's number.
pub(crate) fn is_found(shop: &Shop, order: &Order, term: &str) -> bool {
    let goods =
        order.lines.iter().filter_map(|line| shop.products.get(&line.product)).map(|p| p.name.as_str());
    let fees = order.fees.iter().map(|(name, _)| name.as_str());
    goods.chain(fees).chain([order.transaction_id.as_str()]).any(|text| text.contains(term))
}
