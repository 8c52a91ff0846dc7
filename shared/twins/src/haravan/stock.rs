//! The Haravan stand-in's store: levels of variants, setting them, and the list of products.
//!
//! docs.haravan.com/docs/omni-apis/inventory-adjustment/, …/inventory-locations/ and …/products/, read 2026-11-30. The
//! documents do not show the answer of a write; the one here names the lines that were done.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::api::{Outcome, number, page, refuse};
use super::orders::time;
use super::shop::{Shop, Variant};
use super::{Core, HaravanStock};
use crate::StockWrite;
use crate::server::{Answer, Bend, Call};
use crate::wire::point_zero;

const LINES_MAX: usize = 100;
const IDS_MAX: usize = 50;

/// One line of a write: which variant, and what number.
struct Wish {
    variant: u64,
    quantity: i64,
}

/// `POST /com/inventories/adjustorset.json`. A line that is wrong refuses the whole; a line that the fault refuses is
/// left out of what is told as done.
pub(crate) fn adjust(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| refuse(400, "Bad Request"))?;
    let inventory = body.get("inventory").ok_or_else(|| refuse(422, "inventory is required"))?;
    if number(inventory, "location_id") != Some(core.config.location_id) {
        return Err(refuse(422, "location_id is invalid"));
    }
    let is_set = match inventory.get("type").and_then(Value::as_str) {
        Some("set") => true,
        Some("adjust") | None => false,
        Some(_) => return Err(refuse(422, "type is invalid")),
    };
    let lines = inventory.get("line_items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if lines.is_empty() || lines.len() > LINES_MAX {
        return Err(refuse(422, "line_items must be 1 to 100"));
    }
    let mut shop = core.shop();
    let wishes: Option<Vec<Wish>> = lines.iter().map(|line| read_line(&shop, line)).collect();
    let wishes = wishes.ok_or_else(|| refuse(422, "line_items is invalid"))?;
    let mut done = Vec::new();
    for wish in wishes {
        let Some(variant) = shop.variants.get(&wish.variant).cloned() else { continue };
        if bend.refuses(&variant.listing()) {
            continue;
        }
        if bend.applies() {
            write(&mut shop, &variant, &wish, is_set);
        }
        done.push(json!({"product_id": variant.product, "product_variant_id": variant.id,
            "quantity": wish.quantity}));
    }
    let adjusted = json!({"id": 1_206_854_680_u64, "adjust_number": "IA100017",
        "location_id": core.config.location_id, "line_items": done});
    Ok(Answer::json(200, &json!({"inventory": adjusted})))
}

fn read_line(shop: &Shop, line: &Value) -> Option<Wish> {
    let variant = shop.variants.get(&number(line, "product_variant_id")?)?;
    let quantity = line.get("quantity").and_then(Value::as_i64)?;
    (number(line, "product_id") == Some(variant.product)).then_some(Wish { variant: variant.id, quantity })
}

fn write(shop: &mut Shop, variant: &Variant, wish: &Wish, is_set: bool) {
    let meaning = shop.config.stock;
    shop.put_stock(variant.id, |now| match (is_set, meaning) {
        (true, HaravanStock::Available) => wish.quantity + now.committed,
        (true, HaravanStock::OnHand) => wish.quantity,
        (false, _) => now.on_hand + wish.quantity,
    });
    let at = shop.now();
    shop.writes.push(StockWrite { at, listing: variant.listing(), value: wish.quantity, branch: None });
}

/// `GET /com/inventory_locations.json?location_ids=…&variant_ids=…`.
pub(crate) fn balances(core: &Core, call: &Call) -> Outcome {
    let ids = |name: &str| -> Option<Vec<u64>> {
        call.param(name).unwrap_or_default().split(',').map(|id| id.trim().parse().ok()).collect()
    };
    let (Some(locations), Some(variants)) = (ids("location_ids"), ids("variant_ids")) else {
        return Err(refuse(422, "location_ids and variant_ids are required"));
    };
    if locations.len() > IDS_MAX || variants.len() > IDS_MAX {
        return Err(refuse(422, "at most 50 ids"));
    }
    let shop = core.shop();
    let here = locations.contains(&core.config.location_id);
    let found = variants.iter().filter(|_| here).filter_map(|id| shop.variants.get(id));
    let rows: Vec<Value> = found.map(|variant| describe(&shop, variant)).collect();
    Ok(Answer::json(200, &json!({"inventory_locations": rows})))
}

/// A level.
pub(crate) fn describe(shop: &Shop, variant: &Variant) -> Value {
    json!({
        "id": variant.id + 1,
        "loc_id": shop.config.location_id,
        "product_id": variant.product,
        "variant_id": variant.id,
        "qty_onhand": point_zero(variant.on_hand),
        "qty_commited": point_zero(variant.committed),
        "qty_incoming": point_zero(0),
        "qty_available": point_zero(variant.available()),
        "updated_at": time(variant.updated_at),
    })
}

/// `GET /com/products.json`.
pub(crate) fn products(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let shop = core.shop();
    let mut products: BTreeMap<u64, Vec<&Variant>> = BTreeMap::new();
    for variant in shop.variants.values() {
        products.entry(variant.product).or_default().push(variant);
    }
    let rows = products.into_iter().skip(start).take(size).map(|(id, variants)| {
        let title = variants.first().map(|variant| variant.name.clone()).unwrap_or_default();
        let published = variants.first().map(|variant| time(variant.updated_at));
        let variants: Vec<Value> = variants.iter().map(|variant| describe_variant(variant)).collect();
        json!({"id": id, "title": title, "handle": "ao", "published_at": published, "published_scope": "global",
            "tags": null, "variants": variants})
    });
    let rows: Vec<Value> = rows.collect();
    Ok(Answer::json(200, &json!({"products": rows})))
}

fn describe_variant(variant: &Variant) -> Value {
    json!({
        "id": variant.id,
        "product_id": variant.product,
        "title": "Default Title",
        "sku": variant.sku,
        "barcode": null,
        "price": point_zero(variant.price_minor),
        "inventory_management": "haravan",
        "inventory_policy": "deny",
        "inventory_quantity": variant.available(),
        "inventory_advance": {
            "qty_available": variant.available(),
            "qty_onhand": variant.on_hand,
            "qty_commited": variant.committed,
            "qty_incoming": 0,
        },
    })
}
