//! What Shopify's webhooks say: whole orders, or that something of an order changed.

use super::forward;
use super::orders::{self, Told, ToldLine, count_or, texts};
use super::sign;
use super::status::{self, Parcel, Standing};
use super::wire::{Belonging, RestFulfillment, RestLine, RestOrder};
use crate::channel::{Door, Notice, WebhookRequest};
use crate::json::{self, FieldError, List, Loose};
use crate::moment::{self, Zone};
use commerce::ids::OrderId;
use commerce::park::ParkReason;

/// Reads a webhook by its topic. One key of the app signs for all its shops, so the shop's name is compared.
/// (shopify.dev/docs/api/webhooks/latest, 2026-11-30)
pub(super) fn read(door: &Door<'_>, request: &WebhookRequest) -> Result<Notice, ParkReason> {
    let theirs = sign::header(request, "shop-domain").map(str::to_ascii_lowercase);
    let ours = door.account("shop").and_then(sign::domain);
    if theirs.is_some() && theirs != ours {
        return Err(FieldError::new("X-Shopify-Shop-Domain", "is not this connection's shop").into());
    }
    let topic = sign::header(request, "topic").unwrap_or_default();
    match topic {
        // An edit, a refund and a parcel hold their own part only: the order is asked for.
        "orders/edited" | "refunds/create" | "fulfillments/create" | "fulfillments/update" => {
            let part: Belonging = json::read(&request.body)?;
            let edit = part.order_edit.order_id;
            let id = if part.order_id.given().is_some() { part.order_id } else { edit };
            Ok(Notice::OrderChanged { order: order_id("order_id", &id)? })
        }
        // Only an order that ended can be deleted; a look-up then tells that it is gone.
        "orders/delete" => {
            let order: RestOrder = json::read(&request.body)?;
            Ok(Notice::OrderChanged { order: order_id("id", &order.id)? })
        }
        _ if topic.starts_with("orders/") => read_order(door, request),
        // Mostly the echo of our own write; an edit by hand is found by comparing levels later.
        "" => Err(FieldError::new("X-Shopify-Topic", "is missing").into()),
        other => Ok(Notice::Nothing { topic: other.chars().take(60).collect() }),
    }
}

/// A whole order. Where the subscription leaves fields out, the order is asked for instead.
fn read_order(door: &Door<'_>, request: &WebhookRequest) -> Result<Notice, ParkReason> {
    let order: RestOrder = json::read(&request.body)?;
    let is_partial = matches!(order.line_items, List::Missing) || order.financial_status.given().is_none();
    if is_partial {
        return Ok(Notice::OrderChanged { order: order_id("id", &order.id)? });
    }
    let told = from_rest(order, door.account("cod_gateways"))?;
    Ok(Notice::Order(Box::new(orders::build(told, None)?)))
}

fn order_id(field: &str, id: &Loose) -> Result<OrderId, FieldError> {
    let id = id.whole(field)?.to_string();
    OrderId::new(id).map_err(|e| FieldError::new(field, e.reason))
}

/// An order in the words of the older REST API.
pub(super) fn from_rest(order: RestOrder, cod: Option<&str>) -> Result<Told, FieldError> {
    let parcels = order.fulfillments.rows_or_none("fulfillments")?;
    let lines = order.line_items.rows("line_items")?;
    let lines: Vec<ToldLine> = lines.into_iter().map(rest_line).collect::<Result<_, _>>()?;
    let tags = order.tags.given().unwrap_or_default().split(',').map(|tag| tag.trim().to_owned());
    let tags: Vec<String> = tags.collect();
    let names = texts(order.payment_gateway_names, "payment_gateway_names")?;
    let standing = Standing {
        is_cancelled: order.cancelled_at.given().is_some(),
        financial: order.financial_status.text("financial_status")?.to_ascii_lowercase(),
        fulfillment: order.fulfillment_status.given().map(str::to_ascii_lowercase),
        is_cash_on_delivery: status::is_cash_on_delivery(cod, &[names.as_slice(), &tags].concat()),
        parcels: parcels.into_iter().map(rest_parcel).collect::<Result<_, _>>()?,
        units_left: lines.iter().map(|line| u64::from(line.current)).sum(),
    };
    let total = if order.current_total_price.given().is_some() {
        order.current_total_price
    } else {
        order.total_price
    };
    Ok(Told {
        id: order.id.whole("id")?.to_string(),
        currency: order.currency.text("currency")?.to_owned(),
        standing,
        created_at: moment::date("created_at", &order.created_at, Zone::Utc)?,
        updated_at: moment::date("updated_at", &order.updated_at, Zone::Utc)?,
        total,
        reference: forward::reference(&tags),
        lines,
        all_parcels: true,
    })
}

fn rest_line(line: RestLine) -> Result<ToldLine, FieldError> {
    let quantity = line.quantity.units("line_items.quantity")?;
    let variant = match line.variant_id.given() {
        Some(_) => Some(line.variant_id.whole("line_items.variant_id")?.to_string()),
        None => None,
    };
    Ok(ToldLine {
        id: line.id.whole("line_items.id")?.to_string(),
        variant,
        is_goods: line.requires_shipping.given() != Some("false"),
        quantity,
        current: count_or(&line.current_quantity, "line_items.current_quantity", quantity)?,
        unsent: count_or(&line.fulfillable_quantity, "line_items.fulfillable_quantity", 0)?,
        unit_price: line.price,
    })
}

fn rest_parcel(parcel: RestFulfillment) -> Result<Parcel, FieldError> {
    let mut told = Parcel {
        status: parcel.status.given().unwrap_or_default().to_ascii_lowercase(),
        carrier_status: parcel.shipment_status.given().unwrap_or_default().to_ascii_lowercase(),
        ..Parcel::default()
    };
    for row in parcel.line_items.rows_or_none("fulfillments.line_items")? {
        let line = row.id.whole("fulfillments.line_items.id")?.to_string();
        let units = row.quantity.units("fulfillments.line_items.quantity")?;
        let sum = told.units.entry(line).or_default();
        *sum = sum.saturating_add(units);
    }
    Ok(told)
}
