//! Shopee's goods desk: what is on sale, how many are shown, and changing that number.
//!
//! CHANNELS §1.4; schemas `v2.product.update_stock`, `get_model_list`, `get_item_base_info` and
//! `get_item_list` of open.shopee.com via `congminh1254/shopee-sdk`, read 2026-11-21.

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal};
use super::shop::{Model, Shop};
use crate::server::{Bend, Call};
use crate::signing::id_of;

const STOCK_LIST_MAX: usize = 50;
const BASE_INFO_MAX: usize = 50;
const ITEM_PAGE_MAX: i64 = 100;
/// The only place this shop keeps goods in; a shop with one place may leave it out.
const LOCATION: &str = "VNZ";
const ALL_REFUSED: &str = "product.error_busi_update_stock_failed";
const ALL_REFUSED_MESSAGE: &str = "Update stock failed, please check failure_list for detailed reason";

/// `get_item_list`: pages of item numbers.
pub(crate) fn item_list(core: &Core, call: &Call) -> Outcome {
    let size = call.number("page_size", 0).filter(|size| (1..=ITEM_PAGE_MAX).contains(size));
    let start = call.number("offset", 0).filter(|start| *start >= 0);
    let (Some(size), Some(start)) = (size, start) else { return Err(wrong("offset or page_size")) };
    if call.param("item_status").is_none() {
        return Err(wrong("item_status"));
    }
    let shop = core.shop();
    let ids = item_ids(&shop);
    let size = usize::try_from(size).unwrap_or_default();
    let start = usize::try_from(start).unwrap_or_default();
    let page: Vec<Value> = ids
        .iter()
        .skip(start)
        .take(size)
        .map(|id| json!({"item_id": id, "item_status": "NORMAL", "update_time": shop.now().as_second()}))
        .collect();
    let end = start + page.len();
    let more = end < ids.len();
    Ok(json!({"item": page, "total_count": ids.len(), "has_next_page": more, "next_offset": end}))
}

/// `get_item_base_info`: for an item with models the numbers are sums.
pub(crate) fn base_info(core: &Core, call: &Call) -> Outcome {
    // The official sample writes the list in brackets, the text says comma-joined: take both.
    let text = call.param("item_id_list").unwrap_or_default().trim_matches(['[', ']']);
    let ids: Vec<u64> = text.split(',').filter_map(|id| id.trim().parse().ok()).collect();
    if ids.is_empty() || ids.len() > BASE_INFO_MAX {
        return Err(wrong("item_id_list, its length should be between 1 and 50"));
    }
    let shop = core.shop();
    let items: Vec<Value> = ids.iter().filter_map(|id| item_info(&shop, *id)).collect();
    if items.is_empty() {
        return Err(not_found());
    }
    Ok(json!({"item_list": items}))
}

fn item_info(shop: &Shop, item_id: u64) -> Option<Value> {
    let models = shop.models_of(item_id);
    let first = models.first()?;
    let has_model = first.model_id != 0;
    let stock = models.iter().map(|model| model.stock).sum();
    let reserved = models.iter().map(|model| model.reserved).sum();
    Some(json!({
        "item_id": item_id,
        "item_name": first.name,
        "item_sku": if has_model { "" } else { &*first.sku },
        "item_status": "NORMAL",
        "has_model": has_model,
        "price_info": price(first),
        "stock_info_v2": stock_info(stock, reserved),
    }))
}

/// `get_model_list`: empty for an item without models.
pub(crate) fn model_list(core: &Core, call: &Call) -> Outcome {
    let item_id = call.param("item_id").and_then(|id| id.parse::<u64>().ok());
    let item_id = item_id
        .ok_or_else(|| Refusal::new("product.error_param", "invalid field ItemId: value must  Not Null"))?;
    let shop = core.shop();
    let models = shop.models_of(item_id);
    if models.is_empty() {
        return Err(not_found());
    }
    let rows: Vec<Value> = models
        .iter()
        .filter(|model| model.model_id != 0)
        .map(|model| {
            json!({
                "model_id": model.model_id,
                "model_sku": model.sku,
                "model_name": model.name,
                "model_status": "MODEL_NORMAL",
                "has_promotion": model.reserved > 0,
                "price_info": price(model),
                "stock_info_v2": stock_info(model.stock, model.reserved),
            })
        })
        .collect();
    Ok(json!({"tier_variation": [], "model": rows}))
}

fn price(model: &Model) -> Value {
    json!([{
        "currency": "VND",
        "original_price": model.price_minor,
        "current_price": model.price_minor,
    }])
}

fn stock_info(stock: i64, reserved: i64) -> Value {
    json!({
        "summary_info": {"total_reserved_stock": reserved, "total_available_stock": stock},
        "seller_stock": [{"location_id": LOCATION, "stock": stock, "if_saleable": true}],
        "shopee_stock": [{"location_id": "", "stock": 0}],
        "advance_stock": {"sellable_advance_stock": 0, "in_transit_advance_stock": 0},
    })
}

/// `update_stock`: one item, up to fifty models, each taken or refused on its own. When none was taken the
/// documents name an error of its own; the list of reasons comes with it.
pub(crate) fn update_stock(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| Refusal::new("error_data", "parse data failed"))?;
    let item_id = body.get("item_id").and_then(Value::as_u64).ok_or_else(|| wrong("item_id"))?;
    let wishes = body.get("stock_list").and_then(Value::as_array).ok_or_else(|| wrong("stock_list"))?;
    if wishes.is_empty() || wishes.len() > STOCK_LIST_MAX {
        return Err(wrong("stock_list, its length should be between 1 to 50"));
    }
    let mut seen = Vec::new();
    for wish in wishes {
        let model_id = model_id(wish);
        if seen.contains(&model_id) {
            return Err(Refusal::new("product.error_param", "Repeat model_id."));
        }
        seen.push(model_id);
    }
    let mut shop = core.shop();
    if shop.models_of(item_id).is_empty() {
        return Err(not_found());
    }
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for wish in wishes {
        let model_id = model_id(wish);
        let listing = format!("{item_id}:{model_id}");
        match judge(&shop, item_id, model_id, wish, bend) {
            Ok(stock) => {
                if bend.applies() {
                    shop.write_stock(&listing, stock);
                }
                taken.push(json!({"model_id": model_id, "location_id": LOCATION, "stock": stock}));
            }
            Err(reason) => refused.push(json!({"model_id": model_id, "failed_reason": reason})),
        }
    }
    // The fault injected on purpose is always the documented partial failure.
    let all_refused = taken.is_empty() && !matches!(bend, Bend::RefuseListing(_));
    Ok(stock_answer(all_refused, json!({"success_list": taken, "failure_list": refused})))
}

fn stock_answer(all_refused: bool, response: Value) -> Value {
    let (error, message) = if all_refused { (ALL_REFUSED, ALL_REFUSED_MESSAGE) } else { ("", "") };
    let request_id = id_of(&response.to_string());
    json!({
        "error": error,
        "message": message,
        "warning": "",
        "request_id": request_id,
        "response": response,
    })
}

fn model_id(wish: &Value) -> u64 {
    wish.get("model_id").and_then(Value::as_u64).unwrap_or(0)
}

/// The number to set, or the reason why not.
fn judge(shop: &Shop, item_id: u64, model_id: u64, wish: &Value, bend: &Bend) -> Result<i64, &'static str> {
    let listing = format!("{item_id}:{model_id}");
    if bend.refuses(&listing) {
        return Err("Update stock failed, please try later.");
    }
    let Some(model) = shop.models.get(&listing) else {
        return Err(match model_id {
            0 => "Can't to edit item stock directly while item has models.",
            _ => "Wrong model_id.",
        });
    };
    let stock = one_place(wish)?;
    if model.locked {
        return Err("Normal_stock cannot be edited when item is under promotion.");
    }
    if stock < model.reserved {
        return Err("Stock should be larger than reserved stock.");
    }
    Ok(stock)
}

/// Reads the one number for the one place.
fn one_place(wish: &Value) -> Result<i64, &'static str> {
    let places = wish.get("seller_stock").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let [place] = places else { return Err("Can not update item with different stock structure.") };
    let location = place.get("location_id").and_then(Value::as_str).unwrap_or(LOCATION);
    if location != LOCATION && !location.is_empty() {
        return Err("The location_id input is not matched the shop's location_id(more/wrong).");
    }
    let stock = place.get("stock").and_then(Value::as_i64);
    stock.filter(|stock| *stock >= 0).ok_or("Parameter is not match the constraints, stock.")
}

fn item_ids(shop: &Shop) -> Vec<u64> {
    let mut ids: Vec<u64> = shop.models.values().map(|model| model.item_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn not_found() -> Refusal {
    Refusal::new("product.error_item_not_found", "Item_id is not found.")
}

fn wrong(what: &str) -> Refusal {
    Refusal::new("product.error_param", format!("Wrong parameters, detail: {what}."))
}
