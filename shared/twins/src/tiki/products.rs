//! Tiki's shelves: products with what is there, what is reserved and what can be bought; and the one number a seller
//! may set.
//!
//! CHANNELS §0.3 and §4; open.tiki.vn, manage product, update product information, inventory type; read 2026-11-30.

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, includes, page, paged, refuse};
use super::shop::{Product, Shop};
use crate::StockWrite;
use crate::server::{Bend, Call};

/// `GET /integration/v2.1/products`, the newest first.
pub(crate) fn list(core: &Core, call: &Call) -> Outcome {
    let (page, limit) = page(call)?;
    let shop = core.shop();
    let with_inventory = includes(call, &["include"], "inventory");
    let rows = shop.products.values().rev().map(|product| describe(&shop, product, with_inventory));
    Ok(paged(rows.collect(), page, limit))
}

/// `GET /integration/v2.1/products/{id}`.
pub(crate) fn one(core: &Core, call: &Call, id: &str) -> Outcome {
    let shop = core.shop();
    let product = shop.product(id).ok_or_else(|| refuse(404, "Product not found"))?;
    Ok(describe(&shop, product, includes(call, &["include", "includes"], "inventory")))
}

fn describe(shop: &Shop, product: &Product, with_inventory: bool) -> Value {
    let mut row = json!({
        "product_id": product.id,
        "sku": format!("71{:011}", product.id),
        "name": product.name,
        "active": 1,
        "original_sku": product.original_sku,
        "type": "simple",
        "entity_type": "seller_simple",
        "price": product.price_minor,
    });
    if let (true, Some(fields)) = (with_inventory, row.as_object_mut()) {
        let sellable = product.available - product.reserved;
        let stock = json!({
            "warehouse_id": shop.warehouse_id,
            "quantity": product.available,
            "quantity_available": product.available,
            "quantity_reserved": product.reserved,
            "quantity_sellable": sellable,
        });
        let inventory = json!({
            "inventory_type": "backorder",
            "quantity_available": product.available,
            "quantity_reserved": product.reserved,
            "quantity_sellable": sellable,
            "warehouse_stocks": [stock],
        });
        fields.insert("inventory".to_owned(), inventory);
    }
    row
}

/// `PUT /integration/v2.1/products/updateSku`: sets the whole number for each warehouse, open orders included.
pub(crate) fn update(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "The body is invalid"))?;
    let mut shop = core.shop();
    if let Bend::RefuseListing(id) = bend {
        shop.refuse_next = Some(id.clone());
    }
    let by_id = body.get("product_id").and_then(Value::as_u64).and_then(|id| shop.products.get(&id));
    let sku = body.get("original_sku").and_then(Value::as_str).filter(|sku| !sku.is_empty());
    let by_sku = || shop.products.values().find(|product| Some(product.original_sku.as_str()) == sku);
    let listing = by_id.or_else(by_sku).map(|product| product.id.to_string());
    let listing = listing.ok_or_else(|| refuse(400, "Product not found"))?;
    if shop.refuse_next.as_deref() == Some(listing.as_str()) {
        shop.refuse_next = None;
        return Err(refuse(400, "Product can not be updated"));
    }
    let rows = body.get("warehouse_quantities").and_then(Value::as_array).filter(|rows| !rows.is_empty());
    for row in rows.ok_or_else(|| refuse(400, "warehouse_quantities is invalid"))? {
        if row.get("warehouse_id").and_then(Value::as_u64) != Some(shop.warehouse_id) {
            return Err(refuse(400, "warehouse_id is not a warehouse of the seller"));
        }
        let value = row.get("qty_available").and_then(Value::as_i64).filter(|value| *value >= 0);
        let value = value.ok_or_else(|| refuse(400, "qty_available is invalid"))?;
        if bend.applies() {
            shop.set_available(&listing, value);
            let write = StockWrite { at: shop.now(), listing: listing.clone(), value, branch: None };
            shop.writes.push(write);
        }
    }
    Ok(json!({"state": "approved"}))
}
