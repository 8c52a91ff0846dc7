//! The Sapo stand-in's orders as its two products write them.
//!
//! Website: support.sapo.vn/cac-thuoc-tinh-cua-order-api. Stores: github.com/HaDuong24/Sapo.vn, orders. Read 2026-11-30.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::shop::{Line, Order, Parcel, Shop};
use crate::TwinOrderState;
use crate::wire::point_zero;

/// A time as Sapo writes it: whole seconds.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The order as REST and webhooks both give it.
pub(crate) fn order(shop: &Shop, order: &Order) -> Value {
    if shop.is_web() { of_website(shop, order) } else { of_stores(shop, order) }
}

fn of_website(shop: &Shop, order: &Order) -> Value {
    let facts = &order.facts;
    let money = match (order.is_refunded, facts.state) {
        (true, _) => "refunded",
        (false, TwinOrderState::Unpaid) => "pending",
        (false, _) => "paid",
    };
    let status = match (&order.cancelled, order.closed_on) {
        (Some(_), _) => "cancelled",
        (None, Some(_)) => "closed",
        (None, None) => "open",
    };
    json!({
        "id": order.id,
        "name": format!("#{}", order.id % 100_000),
        "order_number": order.id % 100_000,
        "currency": "VND",
        "created_on": time(facts.placed_at),
        "modified_on": time(facts.updated_at),
        "cancelled_on": order.cancelled.as_ref().map(|(at, _)| time(*at)),
        "cancel_reason": order.cancelled.as_ref().map(|(_, reason)| reason),
        "closed_on": order.closed_on.map(time),
        "status": status,
        "financial_status": money,
        "fulfillment_status": if order.parcels.is_empty() { Value::Null } else { json!("fulfilled") },
        "fulfillments": order.parcels.iter().map(|parcel| describe_parcel(order, parcel)).collect::<Vec<_>>(),
        "line_items": order.lines.iter().map(|line| website_line(shop, line)).collect::<Vec<_>>(),
        "refunds": [],
        "total_price": point_zero(facts.total_minor),
        "subtotal_price": point_zero(facts.total_minor),
        "total_discounts": point_zero(0),
        "note_attributes": order.notes,
        "tags": order.tags,
        "source_name": "web",
        "gateway": null,
        "shipping_address": {"first_name": "Khách", "address1": "1 Long Biên", "country": "Vietnam"},
    })
}

fn website_line(shop: &Shop, line: &Line) -> Value {
    let variant = shop.variants.get(&line.variant);
    json!({
        "id": line.id,
        "product_id": variant.map(|variant| variant.product),
        "variant_id": line.variant,
        "sku": variant.map(|variant| variant.sku.clone()),
        "title": variant.map(|variant| variant.name.clone()),
        "variant_title": "Default Title",
        "quantity": line.quantity,
        "fulfillable_quantity": line.quantity,
        "price": point_zero(line.price_minor),
        "total_discount": point_zero(0),
    })
}

fn describe_parcel(order: &Order, parcel: &Parcel) -> Value {
    json!({
        "id": parcel.id,
        "order_id": order.id,
        "status": "success",
        "delivery_status": parcel.delivery,
        "tracking_company": parcel.company,
        "tracking_number": parcel.number,
        "modified_on": time(order.facts.updated_at),
    })
}

fn of_stores(shop: &Shop, order: &Order) -> Value {
    let facts = &order.facts;
    let status = match facts.state {
        TwinOrderState::Unpaid => "draft",
        TwinOrderState::Paid | TwinOrderState::Shipped => "finalized",
        TwinOrderState::Completed => "completed",
        TwinOrderState::Cancelled => "cancelled",
    };
    let is_sent = !order.parcels.is_empty();
    let word = |is: bool, yes: &'static str, no: &'static str| if is { yes } else { no };
    json!({
        "id": order.id,
        "tenant_id": 816_347,
        "location_id": shop.config.location_id,
        "code": format!("SON{}", order.id % 1_000_000),
        "created_on": time(facts.placed_at),
        "modified_on": time(facts.updated_at),
        "issued_on": time(facts.placed_at),
        "status": status,
        "packed_status": word(is_sent, "packed", "unpacked"),
        "fulfillment_status": word(is_sent, "shipped", "unshipped"),
        "received_status": word(facts.state == TwinOrderState::Completed, "received", "unreceived"),
        "payment_status": word(facts.state == TwinOrderState::Unpaid, "unpaid", "paid"),
        "return_status": word(order.is_refunded, "returned", "unreturned"),
        "total": facts.total_minor,
        "order_line_items": order.lines.iter().map(|line| stores_line(shop, line)).collect::<Vec<_>>(),
        "fulfillments": order.parcels.iter().map(|parcel| json!({"id": parcel.id, "status": "shipped"})).collect::<Vec<_>>(),
        "prepayments": [],
        "order_returns": [],
        "tags": [],
    })
}

fn stores_line(shop: &Shop, line: &Line) -> Value {
    let variant = shop.variants.get(&line.variant);
    json!({
        "id": line.id,
        "variant_id": line.variant,
        "product_id": variant.map(|variant| variant.product),
        "product_name": variant.map(|variant| variant.name.clone()),
        "sku": variant.map(|variant| variant.sku.clone()),
        "price": line.price_minor,
        "quantity": point_zero(i64::from(line.quantity)),
        "discount_amount": 0,
        "is_freeform": false,
        "is_composite": false,
        "line_amount": line.price_minor * i64::from(line.quantity),
    })
}
