//! The website's goods desk: products, their variations, and writing stock one by one or a hundred at a time.
//!
//! CHANNELS §7.4 and §7.6 (real run of 10.5.0, read 2026-11-21).

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal, invalid_param, page, refuse, reply, reply_page};
use super::shop::{Product, Shop};
use crate::server::{Bend, Call};
use crate::wire::{bare_seconds, viet_nam};

const BATCH_MAX: usize = 100;
const NO_PRODUCT: &str = "woocommerce_rest_product_invalid_id";
const NO_VARIATION: &str = "woocommerce_rest_product_variation_invalid_id";

/// `GET /products`, newest first; `sku` finds products and variations.
pub(crate) fn list(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let shop = core.shop();
    let sku = call.param("sku");
    let mut found: Vec<&Product> = shop
        .products
        .values()
        .filter(|product| sku.map_or(product.parent == 0, |sku| product.sku == sku))
        .collect();
    if call.param("order") != Some("asc") {
        found.reverse();
    }
    let rows = found.iter().skip(start).take(size).map(|product| describe(&shop, product)).collect();
    Ok(reply_page(rows, found.len(), size))
}

/// `GET /products/{id}/variations`.
pub(crate) fn variations(core: &Core, parent: &str, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let shop = core.shop();
    let parent = find(&shop, None, parent).ok_or_else(|| refuse(404, NO_PRODUCT, "Invalid ID."))?.id;
    let found: Vec<&Product> = shop.products.values().filter(|product| product.parent == parent).collect();
    let rows = found.iter().skip(start).take(size).map(|product| describe(&shop, product)).collect();
    Ok(reply_page(rows, found.len(), size))
}

/// `GET` of a product, or of a variation under its parent.
pub(crate) fn one(core: &Core, parent: Option<&str>, id: &str) -> Outcome {
    let shop = core.shop();
    let product = find(&shop, parent, id).ok_or_else(|| no_such_product(parent, 404))?;
    Ok(reply(200, &describe(&shop, product)))
}

/// `PUT` of a product or a variation. Alone, a number must be a number; any number will do.
pub(crate) fn update(core: &Core, parent: Option<&str>, id: &str, call: &Call, bend: &Bend) -> Outcome {
    let wish = call.json().ok_or_else(|| refuse(400, "rest_invalid_json", "Invalid JSON body passed."))?;
    for field in ["stock_quantity", "inventory_delta"] {
        if wish.get(field).is_some_and(|value| strict_number(value).is_none()) {
            return Err(invalid_param(field, &format!("{field} is not of type integer.")));
        }
    }
    let mut shop = core.shop();
    // A missing product is 400 here and 404 when it is read.
    let found = find(&shop, parent, id).ok_or_else(|| no_such_product(parent, 400))?.id;
    change(&mut shop, found, &wish, bend).map(|body| reply(200, &body))
}

/// `POST …/batch`: nothing is checked, and what fails fails inside a 200.
pub(crate) fn batch(core: &Core, parent: Option<&str>, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "rest_invalid_json", "Invalid JSON body passed."))?;
    let wishes = body.get("update").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if wishes.len() > BATCH_MAX {
        let message = "Unable to accept more than 100 items for this request.";
        return Err(refuse(413, "woocommerce_rest_request_entity_too_large", message));
    }
    let mut shop = core.shop();
    let rows: Vec<Value> = wishes.iter().map(|wish| change_in_batch(&mut shop, parent, wish, bend)).collect();
    Ok(reply(200, &json!({"update": rows})))
}

fn change_in_batch(shop: &mut Shop, parent: Option<&str>, wish: &Value, bend: &Bend) -> Value {
    let id = wish.get("id").and_then(strict_number).unwrap_or_default();
    let text = id.to_string();
    let found = match find(shop, parent, &text) {
        Some(product) => Ok(product.id),
        None if parent.is_none() && is_variation(shop, &text) => {
            let message = "To manipulate product variations you should use the \
                           /products/<product_id>/variations/<id> endpoint.";
            Err(refuse(404, "woocommerce_rest_invalid_product_id", message))
        }
        None => Err(no_such_product(parent, 400)),
    };
    match found.and_then(|found| change(shop, found, wish, bend)) {
        Ok(row) => row,
        Err(refusal) => json!({"id": id, "error": refusal.body()}),
    }
}

/// Carries a wish out and shows the product as it then is, or as it would be.
fn change(shop: &mut Shop, id: u64, wish: &Value, bend: &Bend) -> Result<Value, Refusal> {
    let mut product = shop.products.get(&id).cloned().ok_or_else(|| no_such_product(None, 400))?;
    if bend.refuses(&product.listing()) {
        return Err(refuse(400, "woocommerce_rest_product_not_saved", "The product could not be saved."));
    }
    let value = match (wish.get("stock_quantity"), wish.get("inventory_delta")) {
        (Some(number), _) => Some(loose_number(number)),
        (None, Some(delta)) => Some(product.stock + loose_number(delta)),
        (None, None) => None,
    };
    // A stock number for a variable parent is taken with a smile and forgotten.
    let value = value.filter(|_| !product.is_variable);
    if !bend.applies() {
        product.stock = value.unwrap_or(product.stock);
        return Ok(describe(shop, &product));
    }
    match value {
        Some(value) => shop.write_stock(id, value),
        None => shop.announce("product.updated", id),
    }
    Ok(shop.products.get(&id).map(|product| describe(shop, product)).unwrap_or_default())
}

fn strict_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// PHP's idea of a number: what is none is 0.
fn loose_number(value: &Value) -> i64 {
    strict_number(value).unwrap_or(0)
}

fn find<'a>(shop: &'a Shop, parent: Option<&str>, id: &str) -> Option<&'a Product> {
    let id: u64 = id.parse().ok()?;
    let parent: u64 = parent.map_or(Some(0), |parent| parent.parse().ok())?;
    shop.products.get(&id).filter(|product| product.parent == parent)
}

fn is_variation(shop: &Shop, id: &str) -> bool {
    id.parse().ok().and_then(|id: u64| shop.products.get(&id)).is_some_and(|product| product.parent != 0)
}

fn no_such_product(parent: Option<&str>, status: u16) -> Refusal {
    let code = if parent.is_some() { NO_VARIATION } else { NO_PRODUCT };
    refuse(status, code, "Invalid ID.")
}

/// The product as REST and webhooks both give it.
pub(crate) fn describe(shop: &Shop, product: &Product) -> Value {
    let children: Vec<u64> =
        shop.products.values().filter(|child| child.parent == product.id).map(|child| child.id).collect();
    let kind = match (product.is_variable, product.parent) {
        (true, _) => "variable",
        (false, 0) => "simple",
        (false, _) => "variation",
    };
    let stock_quantity = if product.is_variable { Value::Null } else { Value::from(product.stock) };
    json!({
        "id": product.id,
        "parent_id": product.parent,
        "name": product.name,
        "permalink": format!("https://shop.example/?p={}", product.id),
        "type": kind,
        "status": "publish",
        "sku": product.sku,
        "global_unique_id": "",
        "attributes": if product.parent == 0 { json!([]) } else { json!([{"name": "Size", "option": product.sku}]) },
        "price": product.price_minor.to_string(),
        "regular_price": product.price_minor.to_string(),
        "date_modified": bare_seconds(product.modified_at, viet_nam()),
        "date_modified_gmt": bare_seconds(product.modified_at, TimeZone::UTC),
        "manage_stock": !product.is_variable,
        "stock_quantity": stock_quantity,
        "stock_status": if product.is_variable || product.stock > 0 { "instock" } else { "outofstock" },
        "backorders": "no",
        "variations": if product.is_variable { children } else { Vec::new() },
    })
}
