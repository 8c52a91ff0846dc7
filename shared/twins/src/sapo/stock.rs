//! The Sapo stand-in's goods desk: variants, their stock, and the list of products.
//!
//! Website: support.sapo.vn/product-variant. Stores: github.com/HaDuong24/Sapo.vn, products. Read 2026-11-30.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, page, refuse};
use super::describe::time;
use super::shop::{Shop, Variant};
use crate::StockWrite;
use crate::server::{Answer, Bend, Call};
use crate::wire::point_zero;

/// `GET /admin/variants/{id}.json`.
pub(crate) fn variant(core: &Core, id: &str) -> Outcome {
    let shop = core.shop();
    let variant = find(&shop, id).ok_or_else(|| refuse(404, "Not Found"))?;
    Ok(Answer::json(200, &json!({"variant": describe(&shop, variant)})))
}

fn find<'a>(shop: &'a Shop, id: &str) -> Option<&'a Variant> {
    shop.variants.get(&id.parse().ok()?)
}

/// `PUT /admin/variants/{id}.json`: a difference, a number with the one it replaces, or a number.
pub(crate) fn set(core: &Core, id: &str, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "Bad Request"))?;
    let wish = body.get("variant").ok_or_else(|| refuse(422, "variant is required"))?;
    let number = |name: &str| wish.get(name).and_then(Value::as_i64);
    let mut shop = core.shop();
    let mut variant = find(&shop, id).cloned().ok_or_else(|| refuse(404, "Not Found"))?;
    if let Bend::RefuseListing(listing) = bend {
        shop.refuse_next = Some(listing.clone());
    }
    if shop.refuse_next.as_deref() == Some(variant.listing().as_str()) {
        shop.refuse_next = None;
        return Err(refuse(422, "inventory_quantity is invalid"));
    }
    let now = variant.available();
    let wanted = match (number("inventory_quantity_adjustment"), number("inventory_quantity")) {
        (Some(change), _) => now + change,
        (None, Some(new)) => number("old_inventory_quantity").map_or(new, |old| now + new - old),
        (None, None) => return Err(refuse(422, "inventory_quantity is invalid")),
    };
    if !bend.applies() {
        variant.on_hand = wanted + variant.committed;
        return Ok(Answer::json(200, &json!({"variant": describe(&shop, &variant)})));
    }
    shop.put_stock(variant.id, wanted);
    let at = shop.now();
    shop.writes.push(StockWrite { at, listing: variant.listing(), value: wanted, branch: None });
    let described = find(&shop, id).map(|variant| describe(&shop, variant));
    Ok(Answer::json(200, &json!({"variant": described})))
}

/// `GET /admin/products.json`.
pub(crate) fn products(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let shop = core.shop();
    let mut products: BTreeMap<u64, Vec<&Variant>> = BTreeMap::new();
    for variant in shop.variants.values() {
        products.entry(variant.product).or_default().push(variant);
    }
    let rows = products.into_iter().skip(start).take(size);
    let rows: Vec<Value> = rows.map(|(id, variants)| describe_product(&shop, id, &variants)).collect();
    Ok(Answer::json(200, &json!({"products": rows})))
}

/// `GET /admin/products/{id}.json`.
pub(crate) fn product(core: &Core, id: &str) -> Outcome {
    let shop = core.shop();
    let id: u64 = id.parse().map_err(|_| refuse(404, "Not Found"))?;
    let variants: Vec<&Variant> = shop.variants.values().filter(|variant| variant.product == id).collect();
    if variants.is_empty() {
        return Err(refuse(404, "Not Found"));
    }
    Ok(Answer::json(200, &json!({"product": describe_product(&shop, id, &variants)})))
}

fn describe_product(shop: &Shop, id: u64, variants: &[&Variant]) -> Value {
    let name = variants.first().map(|variant| variant.name.clone()).unwrap_or_default();
    let published = variants.first().map(|variant| time(variant.modified_on));
    let variants: Vec<Value> = variants.iter().map(|variant| describe(shop, variant)).collect();
    match shop.is_web() {
        true => {
            json!({"id": id, "name": name, "alias": "ao", "published_on": published, "variants": variants})
        }
        false => json!({"id": id, "name": name, "status": "active", "variants": variants}),
    }
}

fn describe(shop: &Shop, variant: &Variant) -> Value {
    if shop.is_web() {
        return json!({
            "id": variant.id,
            "product_id": variant.product,
            "title": "Default Title",
            "sku": variant.sku,
            "barcode": "",
            "price": point_zero(variant.price_minor),
            "inventory_management": "bizweb",
            "inventory_policy": "deny",
            "inventory_quantity": variant.available(),
            "modified_on": time(variant.modified_on),
        });
    }
    let level = json!({"location_id": shop.config.location_id, "variant_id": variant.id,
        "on_hand": point_zero(variant.on_hand), "available": point_zero(variant.available()),
        "committed": point_zero(variant.committed), "incoming": 0});
    json!({
        "id": variant.id,
        "product_id": variant.product,
        "name": variant.name,
        "status": "active",
        "sellable": true,
        "sku": variant.sku,
        "barcode": variant.sku,
        "inventories": [level],
    })
}
