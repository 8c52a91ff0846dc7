//! Lazada's order desk: the list of orders in a span of time, and the items of named orders.
//!
//! CHANNELS §2.3; references of `/orders/get`, `/order/get` and `/orders/items/get` on open.lazada.com, read
//! 2026-11-30.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Core;
use super::api::{Asked, Outcome, Refusal};
use super::shop::{Order, Shop, Unit};
use crate::wire::viet_nam;

const ROWS_MAX: i64 = 100;
const OFFSET_MAX: i64 = 5_000;
const ORDERS_MAX: usize = 50;

/// `/orders/get`: sorted, and counted through from an offset that ends at 5000.
pub(crate) fn list(core: &Core, asked: &Asked) -> Outcome {
    let limit = asked.number("limit", ROWS_MAX).filter(|n| (1..=ROWS_MAX).contains(n));
    let limit = limit.ok_or_else(|| Refusal::ours("19", "E019: Invalid Limit"))?;
    let offset = asked.number("offset", 0).filter(|n| (0..=OFFSET_MAX).contains(n));
    let offset = offset.ok_or_else(|| Refusal::ours("14", "E014: Invalid Offset"))?;
    let (update_after, update_before) = (date(asked, "update_after")?, date(asked, "update_before")?);
    let (created_after, created_before) = (date(asked, "created_after")?, date(asked, "created_before")?);
    if update_after.is_none() && created_after.is_none() {
        return Err(Refusal::ours("MissingParameter", "Either update_after or created_after is mandatory"));
    }
    let by_update = match asked.get("sort_by") {
        None | Some("created_at") => false,
        Some("updated_at") => true,
        Some(_) => return Err(Refusal::ours("75", "E075: Invalid sort filter.")),
    };
    let falling = match asked.get("sort_direction") {
        None | Some("DESC") => true,
        Some("ASC") => false,
        Some(_) => return Err(Refusal::ours("74", "E074: Invalid sort direction.")),
    };
    let wanted = asked.get("status").filter(|status| *status != "all");
    let shop = core.shop();
    let within = |at: Timestamp, after: Option<i64>, before: Option<i64>| {
        after.is_none_or(|t| at.as_second() >= t) && before.is_none_or(|t| at.as_second() <= t)
    };
    let mut found: Vec<&Order> = shop
        .orders
        .values()
        .filter(|o| within(o.facts.updated_at, update_after, update_before))
        .filter(|o| within(o.facts.placed_at, created_after, created_before))
        .filter(|o| wanted.is_none_or(|status| o.units.iter().any(|unit| unit.status == status)))
        .collect();
    let time =
        |o: &Order| if by_update { o.facts.updated_at.as_second() } else { o.facts.placed_at.as_second() };
    found.sort_by_key(|order| (time(order), order.number));
    if falling {
        found.reverse();
    }
    let (start, size) = (usize::try_from(offset).unwrap_or(0), usize::try_from(limit).unwrap_or(0));
    let page: Vec<Value> = found.iter().skip(start).take(size).map(|order| head(order)).collect();
    Ok(json!({"data": {"countTotal": found.len(), "count": page.len(), "orders": page}}))
}

/// Only `YYYY-MM-DDTHH:mm:ss±HH:MM` is a time.
fn date(asked: &Asked, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(text) = asked.get(name) else { return Ok(None) };
    let is_shaped = text.len() == 25 && text.as_bytes().get(10) == Some(&b'T');
    let time = text.parse::<Timestamp>().ok().filter(|_| is_shaped);
    let wrong = || Refusal::ours("17", format!("E017: \"{text}\" Invalid Date Format"));
    time.map(|time| Some(time.as_second())).ok_or_else(wrong)
}

/// `/order/get`.
pub(crate) fn one(core: &Core, asked: &Asked) -> Outcome {
    let id = asked.required("order_id")?;
    let shop = core.shop();
    let order =
        shop.orders.get(id).ok_or_else(|| Refusal::ours("16", format!("E016: \"{id}\" Invalid Order ID")))?;
    Ok(json!({"data": head(order)}))
}

/// `/order/items/get`.
pub(crate) fn items_of_one(core: &Core, asked: &Asked) -> Outcome {
    let id = asked.required("order_id")?;
    let shop = core.shop();
    let order =
        shop.orders.get(id).ok_or_else(|| Refusal::ours("16", format!("E016: \"{id}\" Invalid Order ID")))?;
    Ok(json!({"data": rows(&shop, order)}))
}

/// `/orders/items/get`: one unknown number among them is enough to refuse all.
pub(crate) fn items(core: &Core, asked: &Asked) -> Outcome {
    let text = asked.required("order_ids")?;
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let shape = || Refusal::ours("56", "E056: Invalid OrdersIdList format. Must use array format [1,2]");
    let ids: Vec<&str> = inner.ok_or_else(shape)?.split(',').map(str::trim).collect();
    if ids.iter().any(|id| id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit())) {
        return Err(shape());
    }
    if ids.len() > ORDERS_MAX {
        return Err(Refusal::ours("38", "E038: Too many orders were requested"));
    }
    let shop = core.shop();
    let found: Vec<&Order> = ids.iter().filter_map(|id| shop.orders.get(*id)).collect();
    if found.is_empty() {
        return Err(Refusal::ours("39", "E039: No orders were found"));
    }
    if found.len() < ids.len() {
        return Err(Refusal::ours("37", "E037: One or more order id in the list are incorrect"));
    }
    let orders: Vec<Value> = found
        .iter()
        .map(|order| {
            let id = number(&order.facts.id);
            json!({"order_id": id, "order_number": id, "order_items": rows(&shop, order)})
        })
        .collect();
    Ok(json!({"data": orders}))
}

fn head(order: &Order) -> Value {
    let mut statuses: Vec<&str> = order.units.iter().map(|unit| unit.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    json!({
        "order_id": order.facts.id,
        "order_number": order.facts.id,
        "statuses": statuses,
        "created_at": when(order.facts.placed_at, order.number),
        "updated_at": when(order.facts.updated_at, order.number),
        "price": amount(order.facts.total_minor),
        "voucher": "0.00",
        "shipping_fee": "0.00",
        "payment_method": "COD",
        "warehouse_code": "dropshipping",
        "items_count": order.units.len(),
        "need_cancel_confirm": false,
    })
}

fn rows(shop: &Shop, order: &Order) -> Vec<Value> {
    order.units.iter().filter_map(|unit| row(shop, order, unit)).collect()
}

/// One unit. Nothing says how many there are of a kind.
fn row(shop: &Shop, order: &Order, unit: &Unit) -> Option<Value> {
    let sku = shop.skus.get(&unit.listing)?;
    let package = unit.package.as_deref().unwrap_or_default();
    let tracking = unit.package.as_ref().map(|package| format!("LEXVN{}", &package[2..])).unwrap_or_default();
    Some(json!({
        "order_item_id": unit.id,
        "order_id": number(&order.facts.id),
        "sku": sku.sku,
        "shop_sku": format!("{}_VNAMZ-{}", sku.item_id, sku.sku_id),
        "sku_id": sku.sku_id.to_string(),
        "product_id": sku.item_id.to_string(),
        "name": sku.name,
        "status": unit.status,
        "item_price": amount(sku.price_minor),
        "paid_price": amount(sku.price_minor),
        "voucher_amount": "0.00",
        "shipping_amount": "0.00",
        "currency": "VND",
        "warehouse_code": "dropshipping",
        "package_id": package,
        "tracking_code": tracking,
        "shipment_provider": if package.is_empty() { "" } else { "LEX VN" },
        "reason": if unit.status == "canceled" { "Change of mind" } else { "" },
        "cancel_return_initiator": unit.cancelled_by,
        "delivery_option_sof": 0,
        "is_digital": 0,
        "created_at": when(order.facts.placed_at, order.number),
        "updated_at": when(unit.updated_at, order.number),
    }))
}

fn number(id: &str) -> Value {
    id.parse::<u64>().map_or(Value::Null, Value::from)
}

/// Amounts are text with two decimals, also where the currency has none.
fn amount(minor: i64) -> String {
    format!("{minor}.00")
}

/// The text of the reference says ISO 8601, live answers hold blanks, a sample shows milliseconds: each order uses one
/// of them, so that nobody relies on any.
fn when(at: Timestamp, order: u64) -> Value {
    let local = at.to_zoned(viet_nam());
    match order % 3 {
        0 => Value::from(at.as_millisecond().to_string()),
        1 => Value::from(local.strftime("%Y-%m-%dT%H:%M:%S+07:00").to_string()),
        _ => Value::from(local.strftime("%Y-%m-%d %H:%M:%S +0700").to_string()),
    }
}
