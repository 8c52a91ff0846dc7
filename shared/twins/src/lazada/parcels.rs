//! Lazada's parcel desk: packing, making ready for the courier, and calling items off.
//!
//! CHANNELS §2.5; fulfilment and cancellation guides and references of `/order/fulfill/pack`, `/order/package/rts` and
//! `/order/reverse/cancel/create` on open.lazada.com, read 2026-11-30.

use serde_json::{Value, json};

use super::Core;
use super::api::{Asked, Outcome, Refusal};
use super::shop::{Shop, may_cancel};
use crate::TwinOrderState;

/// Reasons of Viet Nam's shop; two of them make Lazada show 0.
const REASONS: [(&str, &str); 3] = [
    ("10000021", "Out of Stock"),
    ("10000019", "Sourcing Delay"),
    ("10000023", "Wrong Price or Pricing Error"),
];

/// `/order/fulfill/pack`: each item answers for itself.
pub(crate) fn pack(core: &Core, asked: &Asked) -> Outcome {
    let request = json_of(asked, "packReq")?;
    if request["delivery_type"] != "dropship" || request["shipping_allocate_type"] != "TFS" {
        return Ok(failed("700004", "PARAM_ILLEGAL"));
    }
    let orders = request["pack_order_list"].as_array().cloned().unwrap_or_default();
    if orders.is_empty() || orders.len() > 20 {
        return Ok(failed("700022", "BATCH_SIZE_OUT_OF_LIMIT"));
    }
    let mut shop = core.shop();
    let mut answers = Vec::new();
    for order in &orders {
        let id = order["order_id"].as_u64().map(|id| id.to_string()).unwrap_or_default();
        let items: Vec<u64> =
            order["order_item_list"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        if !shop.orders.contains_key(&id) {
            return Ok(failed("700021", "ORDER_NOT_FOUND"));
        }
        answers.push(
            json!({"order_id": order["order_id"], "order_item_list": pack_one(&mut shop, &id, &items)}),
        );
    }
    Ok(json!({"result": {"success": true, "data": {"pack_order_list": answers}}}))
}

fn pack_one(shop: &mut Shop, id: &str, items: &[u64]) -> Vec<Value> {
    let pending = shop.units_with(id, "pending");
    let good: Vec<u64> = items.iter().filter(|item| pending.contains(item)).copied().collect();
    let package = if good.is_empty() { String::new() } else { shop.pack_items(id, &good) };
    let row = |item: &u64| {
        if good.contains(item) {
            let tracking = format!("LEXVN{}", &package[2..]);
            json!({
                "order_item_id": item, "msg": "success", "item_err_code": "0", "tracking_number": tracking,
                "shipment_provider": "LEX VN", "package_id": package, "retry": false,
            })
        } else {
            json!({
                "order_item_id": item, "msg": "FO_ITEM_NOT_ALLOW_TO_PACK", "item_err_code": "700026", "retry": false,
            })
        }
    };
    items.iter().map(row).collect()
}

/// `/order/package/rts`: occupied units leave the books here.
pub(crate) fn ready_to_ship(core: &Core, asked: &Asked) -> Outcome {
    let request = json_of(asked, "readyToShipReq")?;
    let packages = request["packages"].as_array().cloned().unwrap_or_default();
    if packages.is_empty() || packages.len() > 20 {
        return Ok(failed("700022", "BATCH_SIZE_OUT_OF_LIMIT"));
    }
    let mut shop = core.shop();
    let mut answers = Vec::new();
    for package in &packages {
        let package = package["package_id"].as_str().unwrap_or_default();
        let (code, message) = if make_ready(&mut shop, package) {
            ("0", "success")
        } else {
            ("700000", "PACKAGE_STATUS_NOT_ALLOW_TO_OP")
        };
        answers.push(json!({"package_id": package, "item_err_code": code, "msg": message, "retry": false}));
    }
    Ok(json!({"result": {"success": true, "data": {"packages": answers}}}))
}

fn make_ready(shop: &mut Shop, package: &str) -> bool {
    let holds =
        |unit: &super::shop::Unit| unit.package.as_deref() == Some(package) && unit.status == "packed";
    let order = shop.orders.values().find(|order| order.units.iter().any(holds)).map(|o| o.facts.id.clone());
    let Some(id) = order else { return false };
    shop.change_units(&id, holds, "ready_to_ship", |sku, _| sku.occupied -= 1);
    true
}

fn json_of(asked: &Asked, name: &str) -> Result<Value, Refusal> {
    let text = asked.required(name)?;
    serde_json::from_str(text).map_err(|_| Refusal::ours("InvalidParameter", format!("{name} is not JSON")))
}

fn failed(code: &str, message: &str) -> Value {
    json!({"result": {"success": false, "error_code": code, "error_msg": message, "data": null}})
}

/// `/order/reverse/cancel/validate`.
pub(crate) fn cancel_reasons(core: &Core, asked: &Asked) -> Outcome {
    let shop = core.shop();
    let (id, items) = named(&shop, asked)?;
    if !can_be_cancelled(&shop, &id, &items) {
        let tip = "The items cannot be cancelled in their present status.";
        return Ok(json!({"data": {"tip_content": tip, "tip_type": "error", "reason_options": []}}));
    }
    let reasons: Vec<Value> =
        REASONS.iter().map(|(id, name)| json!({"reason_id": id, "reason_name": name})).collect();
    let tip = "SKU stock may be set to 0 after cancellation due to out of stock or incorrect pricing.";
    Ok(json!({"data": {"tip_content": tip, "tip_type": "warning", "reason_options": reasons}}))
}

/// `/order/reverse/cancel/create`: an item in a package takes the whole package along.
pub(crate) fn cancel(core: &Core, asked: &Asked) -> Outcome {
    let mut shop = core.shop();
    let (id, items) = named(&shop, asked)?;
    let reason = asked.required("reason_id")?;
    let Some((_, name)) = REASONS.iter().find(|(id, _)| *id == reason) else {
        return Err(Refusal::ours("104", "E0104: reason is empty or invalid"));
    };
    if !can_be_cancelled(&shop, &id, &items) {
        return Err(Refusal::ours("123", "E0123: invalid trade order lines"));
    }
    let order = shop.orders.get(&id);
    let packages: Vec<&str> = order
        .map(|o| {
            o.units.iter().filter(|u| items.contains(&u.id)).filter_map(|u| u.package.as_deref()).collect()
        })
        .unwrap_or_default();
    let goes = |unit: &&super::shop::Unit| {
        items.contains(&unit.id) || unit.package.as_deref().is_some_and(|package| packages.contains(&package))
    };
    let units: Vec<(u64, String)> = order
        .map(|o| o.units.iter().filter(goes).map(|u| (u.id, u.listing.clone())).collect())
        .unwrap_or_default();
    let ids: Vec<u64> = units.iter().map(|(id, _)| *id).collect();
    shop.cancel_items(&id, &ids, "cancellation-seller");
    if *name != "Sourcing Delay" {
        for (_, listing) in &units {
            shop.edit_stock(listing, 0);
        }
    }
    Ok(json!({"data": {"tip_content": "The order has been cancelled.", "tip_type": "success"}}))
}

fn named(shop: &Shop, asked: &Asked) -> Result<(String, Vec<u64>), Refusal> {
    let id = asked.required("order_id")?;
    let list = json_of(asked, "order_item_id_list")?;
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let items: Vec<u64> = list.as_array().into_iter().flatten().filter_map(number).collect();
    if items.is_empty() {
        return Err(Refusal::ours("102", "E0102: trade order line id is empty or invalid"));
    }
    match shop.orders.get(id) {
        Some(order) if items.iter().all(|item| order.units.iter().any(|unit| unit.id == *item)) => {
            Ok((id.to_owned(), items))
        }
        _ => Err(Refusal::ours("122", "E0122: invalid trade order")),
    }
}

/// From pending to ready-to-ship; an unpaid order is the buyer's alone.
fn can_be_cancelled(shop: &Shop, id: &str, items: &[u64]) -> bool {
    shop.orders.get(id).is_some_and(|order| {
        let of = order.units.iter().filter(|unit| items.contains(&unit.id));
        order.facts.state == TwinOrderState::Paid && of.into_iter().all(|unit| may_cancel(unit.status))
    })
}
