//! What we tell a till about its orders and invoices: that one of them cannot be served.

use super::login;
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use reqwest::Method;
use serde_json::{Value, json};

/// Cancels an order or voids an invoice; a payment that belongs to it stays, for a person to give back. A second time
/// is refused. Nothing is documented that would tell a till of a shipment without its whole delivery slip.
///
/// An invoice is documented with its number in the body, and linked with its number in the address: it is sent both
/// ways. (KiotViet public API, orders 2.5.5 and invoices 2.12.5, 2026-11-30)
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    if news.kind != NewsKind::Cancelled {
        return Err(ChannelError::unsupported("carry this news back"));
    }
    if !news.lines.is_empty() {
        return Err(ChannelError::refused("KiotViet is told about whole orders only"));
    }
    let named =
        news.order.as_str().split_once(':').and_then(|(kind, id)| Some((kind, id.parse::<u64>().ok()?)));
    let (path, body) = match named {
        Some(("order", id)) => (format!("/orders/{id}"), json!({})),
        Some(("invoice", id)) => (format!("/invoices/{id}"), json!({ "id": id, "isVoidPayment": false })),
        _ => return Err(ChannelError::not_found("not an id of ours: invoice:N or order:N")),
    };
    let _answer: Value = login::write(session, Method::DELETE, &path, &body).await?;
    Ok(())
}
