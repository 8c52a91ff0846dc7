//! What becomes of an order, told to TikTok Shop: it is packed, it left with the seller's own carrier, it is off.

use super::wire::{CANCELLATIONS, LineItem, Order, ship_package};
use super::{call, errors, lines, orders};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::json;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The reason that fits an order which waits for shipment and cannot be served.
/// (partner.tiktokshop.com/docv2/page/cancel-reasons, 2026-11-30)
const OUT_OF_STOCK: &str = "seller_cancel_reason_out_of_stock";

/// Tells one piece of news, about the whole order: outside the US and the UK nothing is called off in part.
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    if !news.lines.is_empty() {
        return Err(ChannelError::refused("TikTok Shop takes news about whole orders only"));
    }
    match news.kind {
        NewsKind::ReadyToShip | NewsKind::Shipped => ship(session, news).await,
        NewsKind::Cancelled => cancel(session, news).await,
        NewsKind::Accepted | NewsKind::Delivered => Err(ChannelError::unsupported("take this kind of news")),
    }
}

/// Arranges the shipment of every package that still waits for it; what was arranged already is left alone, so
/// telling it twice does nothing twice. Where TikTok's carrier fetches the parcel, it tells by itself that it left.
/// (partner.tiktokshop.com/docv2/page/ship-package-202309, 2026-11-30)
async fn ship(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    let ids = std::slice::from_ref(&news.order);
    let mut found = orders::detail(session, ids).await.map_err(|(_, error)| error)?;
    let row = found.remove(news.order.as_str()).ok_or_else(orders::unknown_order)?;
    let order: Order = json::row("order", row)?;
    if matches!(order.status.given(), Some("CANCEL" | "CANCELLED")) {
        return Err(ChannelError::refused("the order was called off"));
    }
    let by_seller = order.shipping_type.given() == Some("SELLER");
    if by_seller && news.kind == NewsKind::ReadyToShip {
        // The seller's own carrier is named when the parcel leaves; before that there is nothing to tell.
        return Ok(());
    }
    let body = if by_seller { own_carrier(news)? } else { json!({}) };
    let items = order.line_items.rows("line_items")?;
    let waiting: BTreeSet<&str> = items.iter().filter(|item| is_waiting(item)).filter_map(package).collect();
    if waiting.is_empty() && !items.iter().any(|item| package(item).is_some()) {
        return Err(ChannelError::refused("TikTok Shop names no package for the order yet"));
    }
    for package in waiting {
        write(session, &ship_package(package), &body).await?;
    }
    Ok(())
}

fn package(item: &LineItem) -> Option<&str> {
    item.package_id.given()
}

/// True for a unit whose shipment nobody has arranged and nobody has called off.
fn is_waiting(item: &LineItem) -> bool {
    let is_off = matches!(item.display_status.given(), Some("CANCEL" | "CANCELLED"));
    !is_off
        && match item.package_status.given() {
            Some(status) => status == "TO_FULFILL",
            None => !lines::is_time(&item.rts_time),
        }
}

fn own_carrier(news: &OrderNews) -> Result<Value, ChannelError> {
    let missing =
        |what: &str| ChannelError::refused(format!("the seller ships this order: {what} is needed"));
    let carrier = news.carrier.as_deref().ok_or_else(|| missing("the carrier's shipping_provider_id"))?;
    let number = news.tracking_number.as_deref().ok_or_else(|| missing("the tracking number"))?;
    Ok(json!({ "self_shipment": { "tracking_number": number, "shipping_provider_id": carrier } }))
}

/// Calls the whole order off; TikTok Shop refuses one that has left or has ended.
async fn cancel(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    let reason = news.reason.as_deref().unwrap_or(OUT_OF_STOCK);
    let body = json!({ "order_id": news.order.as_str(), "cancel_reason": reason });
    write(session, CANCELLATIONS, &body).await
}

async fn write(session: &Session<'_>, path: &str, body: &Value) -> Result<(), ChannelError> {
    let answer = call::of_shop(session, Method::POST, path, &[], Some(body)).await?;
    errors::read(&answer).map(|_| ()).map_err(ChannelError::after_write)
}
