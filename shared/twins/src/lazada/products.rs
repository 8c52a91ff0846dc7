//! Lazada's goods desk: what is on sale, how many can be taken, and changing that number.
//!
//! CHANNELS §2.4; docId=121234 (inventory management) and references of `/products/get`, `/product/item/get` and
//! `/product/stock/sellable/update` on open.lazada.com, read 2026-11-30.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Core;
use super::api::{Asked, Outcome, Refusal};
use super::shop::{Shop, Sku};
use super::xml::{self, Tag};
use crate::server::Bend;

const ITEMS_MAX: i64 = 50;
const SKUS_MAX: usize = 50;
/// The only warehouse of this seller.
const WAREHOUSE: &str = "dropshipping";
const FAILED: &str = "E501: Update product failed";
const CAMPAIGN: &str = "During the Bday Mega campaign, there are restrictions for stock adjustments in effect. \
                        Sellers can increase stocks, but may not decrease stocks.";

/// `/products/get`: pages of items with all their variations.
pub(crate) fn list(core: &Core, asked: &Asked) -> Outcome {
    let limit = asked.number("limit", 20).filter(|n| (1..=ITEMS_MAX).contains(n));
    let limit = limit.ok_or_else(|| Refusal::ours("19", "E019: Invalid Limit"))?;
    let offset = asked.number("offset", 0).filter(|n| *n >= 0);
    let offset = offset.ok_or_else(|| Refusal::ours("14", "E014: Invalid Offset"))?;
    if !matches!(asked.get("filter"), None | Some("all" | "live")) {
        return Err(Refusal::ours("36", "E036: Invalid status filter"));
    }
    let shop = core.shop();
    let ids: BTreeSet<u64> = shop.skus.values().map(|sku| sku.item_id).collect();
    let page =
        ids.iter().skip(usize::try_from(offset).unwrap_or(0)).take(usize::try_from(limit).unwrap_or(0));
    let products: Vec<Value> = page.map(|id| product(&shop, *id, "item_id")).collect();
    Ok(json!({"data": {"total_products": ids.len(), "products": products}}))
}

/// `/product/item/get`: the same of one item, with the number's name written otherwise.
pub(crate) fn item(core: &Core, asked: &Asked) -> Outcome {
    let id = asked.required("item_id")?;
    let shop = core.shop();
    match id.parse::<u64>() {
        Ok(id) if !shop.skus_of(id).is_empty() => Ok(json!({"data": product(&shop, id, "itemId")})),
        _ => Err(Refusal::ours("208", "E208: Item not exist")),
    }
}

fn product(shop: &Shop, item_id: u64, name_of_id: &str) -> Value {
    let skus = shop.skus_of(item_id);
    let name = skus.first().map_or("", |sku| sku.name.as_str());
    let mut product = json!({
        "primary_category": 8707,
        "status": "Active",
        "attributes": {"name": name, "brand": "No Brand"},
        "skus": skus.iter().map(|sku| describe(sku)).collect::<Vec<_>>(),
    });
    product[name_of_id] = Value::from(item_id);
    product
}

fn describe(sku: &Sku) -> Value {
    let total = sku.sellable + sku.withheld + sku.occupied;
    let campaigns = if sku.locked > 0 {
        json!([{
            "channelName": "4a9198e3-9b40-44d2-a6b6-863696c42f74",
            "startTime": "2020-01-01 00:00:00",
            "endTime": "2099-12-31 23:59:59",
            "sellableQuantity": sku.locked,
        }])
    } else {
        json!([])
    };
    json!({
        "SkuId": sku.sku_id,
        "SellerSku": sku.sku,
        "ShopSku": format!("{}_VNAMZ-{}", sku.item_id, sku.sku_id),
        "Status": "active",
        "price": sku.price_minor,
        "quantity": sku.sellable,
        "Available": sku.sellable,
        "multiWarehouseInventories": [{
            "warehouseCode": WAREHOUSE,
            "totalQuantity": total,
            "quantity": sku.sellable,
            "sellableQuantity": sku.sellable,
            "occupyQuantity": sku.occupied,
            "withholdQuantity": sku.withheld,
        }],
        "channelInventories": campaigns,
        "fblWarehouseInventories": [],
    })
}

/// `/product/stock/sellable/update`: absolute.
pub(crate) fn update(core: &Core, asked: &Asked, bend: &Bend) -> Outcome {
    write(core, asked, bend, |_, number| number)
}

/// `/product/stock/sellable/adjust`: adds and subtracts, never below zero.
pub(crate) fn adjust(core: &Core, asked: &Asked, bend: &Bend) -> Outcome {
    write(core, asked, bend, |sku, number| sku.sellable + number)
}

/// Each SKU is taken or refused on its own: a call that did some of them says 0 and tells the rest in `detail`; one that
/// did none says 501.
fn write(core: &Core, asked: &Asked, bend: &Bend, wished: fn(&Sku, i64) -> i64) -> Outcome {
    let payload = xml::read(asked.required("payload")?);
    let request = payload.filter(|tag| tag.name == "Request");
    let skus = request.as_ref().and_then(|tag| tag.child("Product")).and_then(|tag| tag.child("Skus"));
    let rows: Vec<&Tag> =
        skus.map(|skus| skus.within.iter().filter(|tag| tag.name == "Sku").collect()).unwrap_or_default();
    if rows.is_empty() {
        return Err(Refusal::ours("5", "E005: Invalid Request Format"));
    }
    if rows.len() > SKUS_MAX {
        return Err(Refusal::ours("204", "E204: Too many SKU in one request"));
    }
    let mut shop = core.shop();
    let mut detail = Vec::new();
    for row in &rows {
        match judge(&shop, row, bend, wished) {
            Ok((listing, value)) if bend.applies() => shop.write_stock(&listing, value),
            Ok(_) => {}
            Err((code, message)) => detail.push(failure(row, code, message)),
        }
    }
    match detail.len() {
        0 => Ok(json!({"data": {}})),
        failed if failed == rows.len() => Err(Refusal::theirs("501", FAILED, detail)),
        _ => Ok(json!({"data": {}, "detail": detail})),
    }
}

fn failure(row: &Tag, code: &str, message: &str) -> Value {
    json!({
        "seller_sku": row.text_of("SellerSku").unwrap_or_default(),
        "sku_id": row.text_of("SkuId").unwrap_or_default(),
        "field": "SellableQuantity",
        "code": code,
        "message": message,
    })
}

/// The number to set, or the reason why not.
fn judge(
    shop: &Shop,
    row: &Tag,
    bend: &Bend,
    wished: fn(&Sku, i64) -> i64,
) -> Result<(String, i64), (&'static str, &'static str)> {
    let (Some(item), Some(sku)) = (row.text_of("ItemId"), row.text_of("SkuId")) else {
        return Err(("501", "E0501: ItemId and SkuId are mandatory"));
    };
    let listing = format!("{item}:{sku}");
    if bend.refuses(&listing) {
        return Err(("501", "The item is locked and cannot be edited"));
    }
    let sku = shop.skus.get(&listing).ok_or(("207", "E207: SKU not exist"))?;
    let number = quantity(row)?;
    let value = wished(sku, number);
    if value < 0 {
        return Err(("501", "SellableQuantity cannot be negative"));
    }
    if sku.raising_only && value < sku.sellable {
        return Err(("4170", CAMPAIGN));
    }
    if value < sku.locked {
        return Err(("501", "The stock cannot be less than what is locked by the campaign"));
    }
    Ok((listing, value))
}

/// The one number, in the form of a seller with one warehouse or with several.
fn quantity(row: &Tag) -> Result<i64, (&'static str, &'static str)> {
    let wrong = ("501", "SellableQuantity must be a whole number");
    let several = row.child("MultiWarehouseInventories").map(|tag| tag.within.as_slice());
    let text = match several {
        None => row.text_of("SellableQuantity"),
        Some([one])
            if one.text_of("WarehouseCode").is_some_and(|code| code.eq_ignore_ascii_case(WAREHOUSE)) =>
        {
            one.text_of("SellableQuantity")
        }
        Some(_) => return Err(("501", "The warehouse code is not one of the seller")),
    };
    text.and_then(|text| text.parse().ok()).ok_or(wrong)
}
