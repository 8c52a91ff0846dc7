//! TikTok Shop's goods desk: what is on sale, how many are available, and changing that number.
//!
//! CHANNELS §3.4; pages "Update Inventory", "Inventory Search" (202309) and "Search Products" (202502) of
//! partner.tiktokshop.com, live answers of a Vietnamese shop, read 2026-11-30.

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal, body, page, token_at};
use super::shop::{Shop, Sku};
use crate::server::{Bend, Call};

const PRODUCTS_MAX: usize = 100;
const SKUS_MAX: usize = 600;
const SKUS_PER_PRODUCT_MAX: usize = 100;
const UNITS_MAX: i64 = 99_999;

const CHECK_FAILED: i64 = 12_052_990;
const NO_WAREHOUSE: i64 = 12_052_097;

/// Numbers of products or of variations; those of variations win. What is not known is left out.
pub(crate) fn inventory(core: &Core, call: &Call) -> Outcome {
    let body = body(call)?;
    let list = |name: &str| -> Vec<String> {
        let rows = body[name].as_array().map(Vec::as_slice).unwrap_or_default();
        rows.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect()
    };
    let (skus, products) = (list("sku_ids"), list("product_ids"));
    if skus.len() > SKUS_MAX {
        return Err(Refusal::new(12_019_015, "The number of SKUs exceeds 600"));
    }
    if products.len() > PRODUCTS_MAX {
        return Err(Refusal::new(12_019_120, "The number of products exceeds 100"));
    }
    if skus.is_empty() && products.is_empty() {
        return Err(Refusal::parameter("sku_ids or product_ids is required"));
    }
    let is_wanted = |sku: &&Sku| {
        if skus.is_empty() { products.contains(&sku.product_id) } else { skus.contains(&sku.sku_id) }
    };
    let shop = core.shop();
    let mut rows: Vec<Value> = Vec::new();
    for product in product_ids(&shop) {
        let wanted = shop.skus.values().filter(|sku| sku.product_id == product).filter(is_wanted);
        let found: Vec<Value> = wanted.map(|sku| stock(core, sku)).collect();
        if !found.is_empty() {
            rows.push(json!({"product_id": product, "skus": found}));
        }
    }
    Ok(json!({"inventory": rows}))
}

fn stock(core: &Core, sku: &Sku) -> Value {
    let campaign = if sku.locked > 0 {
        json!([{"campaign_name": "FlashSale", "quantity": sku.locked}])
    } else {
        json!([])
    };
    json!({
        "id": sku.sku_id,
        "seller_sku": sku.seller_sku,
        "total_available_quantity": sku.available,
        "total_committed_quantity": sku.committed,
        "total_available_inventory_distribution": {
            "in_shop_inventory": {"quantity": sku.available - sku.locked},
            "campaign_inventory": campaign,
            "creator_inventory": [],
        },
        "warehouse_inventory": [{
            "warehouse_id": core.config.warehouse_id,
            "available_quantity": sku.available,
            "committed_quantity": sku.committed,
        }],
    })
}

fn product_ids(shop: &Shop) -> Vec<String> {
    let mut ids: Vec<String> = shop.skus.values().map(|sku| sku.product_id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// A page of products with their variations, by number.
pub(crate) fn search(core: &Core, call: &Call) -> Outcome {
    let (size, start) = page(call)?;
    let body = body(call)?;
    let shop = core.shop();
    let wanted = body["status"].as_str().unwrap_or("ALL");
    let ids = if matches!(wanted, "ALL" | "ACTIVATE") { product_ids(&shop) } else { Vec::new() };
    let rows: Vec<Value> = ids.iter().skip(start).take(size).map(|id| product(core, &shop, id)).collect();
    let next = token_at(start + rows.len(), ids.len());
    Ok(json!({"next_page_token": next, "total_count": ids.len(), "products": rows}))
}

fn product(core: &Core, shop: &Shop, id: &str) -> Value {
    let skus: Vec<&Sku> = shop.skus.values().filter(|sku| sku.product_id == id).collect();
    let row = |sku: &&Sku| {
        json!({
            "id": sku.sku_id,
            "seller_sku": sku.seller_sku,
            "price": {"currency": "VND", "tax_exclusive_price": sku.price_minor.to_string()},
            "inventory": [{"warehouse_id": core.config.warehouse_id, "quantity": sku.available}],
            "status_info": {"status": "NORMAL"},
        })
    };
    json!({
        "id": id,
        "title": skus.first().map(|sku| sku.name.as_str()),
        "status": "ACTIVATE",
        "is_not_for_sale": false,
        "sales_regions": ["VN"],
        "update_time": shop.now().as_second(),
        "skus": skus.iter().map(row).collect::<Vec<_>>(),
    })
}

/// Sets variations of one product. What a variation does not pass is told inside code 0; the others are set.
pub(crate) fn update(core: &Core, call: &Call, product: &str, bend: &Bend) -> Outcome {
    let body = body(call)?;
    let wishes = body["skus"].as_array().filter(|wishes| !wishes.is_empty());
    let Some(wishes) = wishes else { return Err(Refusal::new(12_052_036, "SKU ID is necessary")) };
    if wishes.len() > SKUS_PER_PRODUCT_MAX {
        return Err(Refusal::new(12_052_050, "The product has more than 100 SKUs"));
    }
    let mut shop = core.shop();
    if !shop.skus.values().any(|sku| sku.product_id == product) {
        return Err(Refusal::new(12_052_032, "The product does not exist"));
    }
    let wishes = wishes.iter().map(|wish| read_wish(core, wish)).collect::<Result<Vec<_>, _>>()?;
    let mut errors = Vec::new();
    for wish in wishes {
        let listing = format!("{product}:{}", wish.sku_id);
        match judge(&shop, &listing, &wish, bend) {
            Ok(()) if bend.applies() => shop.write_stock(&listing, wish.quantity),
            Ok(()) => {}
            Err(error) => errors.push(error),
        }
    }
    Ok(if errors.is_empty() { json!({}) } else { json!({"errors": errors}) })
}

/// A number for a variation, in a warehouse that may not exist.
struct Wish {
    sku_id: String,
    quantity: i64,
    wrong_warehouse: Option<String>,
}

/// What cannot be read spoils the whole call.
fn read_wish(core: &Core, wish: &Value) -> Result<Wish, Refusal> {
    let sku_id = wish["id"].as_str().ok_or_else(|| Refusal::new(12_052_036, "SKU ID is necessary"))?;
    let places = wish["inventory"].as_array().map(Vec::as_slice).unwrap_or_default();
    let [place] = places else {
        return Err(Refusal::new(12_019_028, "Multiple warehouses: include each warehouse once"));
    };
    let quantity = place["quantity"].as_i64().filter(|units| (0..=UNITS_MAX).contains(units));
    let quantity = quantity.ok_or_else(|| Refusal::new(12_019_024, "The stock count is invalid"))?;
    let warehouse = place["warehouse_id"].as_str();
    let wrong_warehouse = warehouse.filter(|id| *id != core.config.warehouse_id).map(str::to_owned);
    Ok(Wish { sku_id: sku_id.to_owned(), quantity, wrong_warehouse })
}

fn judge(shop: &Shop, listing: &str, wish: &Wish, bend: &Bend) -> Result<(), Value> {
    let failed = |extra: Value| {
        json!({
            "code": CHECK_FAILED,
            "message": "Check failed",
            "detail": {"sku_id": wish.sku_id, "extra_errors": extra},
        })
    };
    let Some(sku) = shop.skus.get(listing) else { return Err(failed(json!([]))) };
    if bend.refuses(listing) {
        return Err(failed(json!([])));
    }
    if let Some(warehouse) = &wish.wrong_warehouse {
        let message = "The warehouse does not exist";
        let extra = json!([{"warehouse_id": warehouse, "code": NO_WAREHOUSE, "message": message}]);
        return Err(failed(extra));
    }
    if wish.quantity < sku.locked {
        let message = "The stock is less than the stock reserved for a campaign";
        return Err(failed(json!([{"code": CHECK_FAILED, "message": message}])));
    }
    Ok(())
}
