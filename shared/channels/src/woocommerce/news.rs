//! What we tell a website about its orders: taken on, sent, or not to be served.

use super::wire::Order;
use super::{call, errors};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use reqwest::Method;
use serde_json::{Value, json};

/// Reads where the order stands, then sets the new status. A website takes any change, also one that calls a
/// cancelled order back, so what makes no sense is refused here; what it says already is not said again.
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    let (target, from): (&str, &[&str]) = match news.kind {
        NewsKind::Accepted => ("processing", &["pending", "on-hold"]),
        // WooCommerce has no word for a parcel on its way: a completed order is one that was sent.
        NewsKind::Shipped => ("completed", &["pending", "on-hold", "processing"]),
        NewsKind::Cancelled => ("cancelled", &["pending", "on-hold", "processing"]),
        NewsKind::ReadyToShip | NewsKind::Delivered => {
            return Err(ChannelError::unsupported("carry this news back"));
        }
    };
    if !news.lines.is_empty() {
        return Err(ChannelError::refused("a website is told about whole orders only"));
    }
    let number: u64 =
        news.order.as_str().parse().map_err(|_| ChannelError::not_found("not a WooCommerce order number"))?;
    let path = format!("/orders/{number}");
    let order: Order = errors::read(&call::get(session, &path, &[]).await?)?;
    let status = order.status.text("status")?;
    let is_past = news.kind == NewsKind::Accepted && status == "completed";
    if status == target || is_past {
        return Ok(());
    }
    if !from.contains(&status) {
        return Err(ChannelError::refused(format!("the order is {status:.40} and cannot become {target}")));
    }
    let body = json!({ "status": target, "meta_data": notes(news) });
    let changed: Order = call::write(session, Method::PUT, &path, &body).await?;
    match changed.status.given() {
        Some(now) if now == target => Ok(()),
        _ => Err(ChannelError::unreadable("the answer shows another status").after_write()),
    }
}

/// Who carries it and under which number, for the shop's people to see.
fn notes(news: &OrderNews) -> Value {
    let told = [("hopkenh_carrier", &news.carrier), ("hopkenh_tracking_number", &news.tracking_number)];
    let told = told.iter().filter_map(|(key, value)| Some(json!({ "key": key, "value": value.as_ref()? })));
    told.collect()
}
