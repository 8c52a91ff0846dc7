//! KiotViet's goods desk: products, what each branch has of them, and correcting that number.
//!
//! CHANNELS §10; `2.4 Hàng hóa` of KiotViet's public API documents via
//! `anhntservices-1808/kiotviet-public-api-docs`, read 2026-11-21. `/productOnHands` spells `onhand` and
//! `/products` spells `onHand`; both are typed double.

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, invalid, not_found, numbers, page, reply_page};
use super::documents::{time, time_param};
use super::shop::{Product, Shop};
use super::webhooks::RETAILER_ID;
use crate::server::{Bend, Call};
use crate::wire::point_zero;

/// `GET /productOnHands`.
pub(crate) fn levels(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let modified_from = time_param(call, "lastModifiedFrom")?;
    let branches = numbers(call, "branchIds");
    let shop = core.shop();
    let found: Vec<&Product> = shop
        .products
        .values()
        .filter(|product| modified_from.is_none_or(|from| product.modified_at >= from))
        .collect();
    let rows = found.iter().skip(start).take(size).map(|product| level_row(product, &branches)).collect();
    Ok(reply_page(found.len(), size, rows))
}

fn level_row(product: &Product, branches: &[u64]) -> Value {
    let inventories: Vec<Value> = product
        .levels
        .iter()
        .filter(|(branch, _)| branches.is_empty() || branches.contains(branch))
        .map(|(branch, level)| {
            json!({
                "branchId": branch,
                "onhand": point_zero(level.on_hand),
                "reserved": point_zero(level.reserved),
            })
        })
        .collect();
    json!({
        "id": product.id,
        "code": product.code,
        "createdDate": time(product.created_at),
        "modifiedDate": time(product.modified_at),
        "inventories": inventories,
    })
}

/// `GET /products`: levels only with `includeInventory=true`.
pub(crate) fn list(core: &Core, call: &Call) -> Outcome {
    let (start, size) = page(call)?;
    let modified_from = time_param(call, "lastModifiedFrom")?;
    let with_levels = call.param("includeInventory").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let shop = core.shop();
    let found: Vec<&Product> = shop
        .products
        .values()
        .filter(|product| modified_from.is_none_or(|from| product.modified_at >= from))
        .collect();
    let rows =
        found.iter().skip(start).take(size).map(|product| describe(&shop, product, with_levels)).collect();
    Ok(reply_page(found.len(), size, rows))
}

/// `GET /products/{id}`.
pub(crate) fn one(core: &Core, id: &str) -> Outcome {
    let shop = core.shop();
    let product = id.parse().ok().and_then(|id: u64| shop.products.get(&id));
    Ok(describe(&shop, product.ok_or_else(|| not_found("Hàng hóa"))?, true))
}

/// `GET /products/code/{code}`.
pub(crate) fn by_code(core: &Core, code: &str) -> Outcome {
    let shop = core.shop();
    let product = shop.products.values().find(|product| product.code == code);
    Ok(describe(&shop, product.ok_or_else(|| not_found("Hàng hóa"))?, true))
}

/// `PUT /products/{id} {"inventories":[{"branchId":…,"onHand":…}]}`: absolute, and a stock take on paper.
pub(crate) fn update(core: &Core, id: &str, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| invalid("body"))?;
    let rows = body.get("inventories").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut shop = core.shop();
    let product = id.parse().ok().and_then(|id: u64| shop.products.get(&id)).cloned();
    let mut product = product.ok_or_else(|| not_found("Hàng hóa"))?;
    if bend.refuses(id) {
        return Err(invalid("inventories"));
    }
    let mut wishes = Vec::new();
    for row in rows {
        let branch = row.get("branchId").and_then(Value::as_u64).ok_or_else(|| invalid("branchId"))?;
        let on_hand = row.get("onHand").and_then(whole).ok_or_else(|| invalid("onHand"))?;
        product.levels.get_mut(&branch).ok_or_else(|| invalid("branchId"))?.on_hand = on_hand;
        wishes.push((branch, on_hand));
    }
    if bend.applies() {
        for (branch, on_hand) in wishes {
            shop.write_stock(branch, product.id, on_hand);
        }
        product = shop.products.get(&product.id).cloned().unwrap_or(product);
    }
    Ok(describe(&shop, &product, true))
}

/// A whole number, also when it is spelled as a float.
fn whole(value: &Value) -> Option<i64> {
    let text = value.to_string();
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

fn describe(shop: &Shop, product: &Product, with_levels: bool) -> Value {
    let mut row = json!({
        "id": product.id,
        "code": product.code,
        "barCode": format!("893{:010}", product.id),
        "retailerId": RETAILER_ID,
        "allowsSale": true,
        "name": product.name,
        "fullName": product.name,
        "hasVariants": false,
        "unit": "",
        "basePrice": point_zero(product.price_minor),
        "createdDate": time(product.created_at),
        "modifiedDate": time(product.modified_at),
        "isActive": true,
    });
    if let (true, Some(row)) = (with_levels, row.as_object_mut()) {
        let levels = product.levels.iter().map(|(branch, level)| {
            json!({
                "productId": product.id,
                "productCode": product.code,
                "productName": product.name,
                "branchId": branch,
                "branchName": shop.branch_name(*branch),
                "cost": point_zero(0),
                "onHand": point_zero(level.on_hand),
                "reserved": point_zero(level.reserved),
            })
        });
        row.insert("inventories".to_owned(), levels.collect());
    }
    row
}
