//! News about Tiki's orders that Tiki takes from the seller: that a parcel which the seller brought himself arrived.

use super::call;
use super::wire::ORDERS;
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::url;
use reqwest::Method;
use serde_json::json;

/// Only for orders of the model "seller delivery"; "for other operation models, you don't need to update delivery
/// status", and Tiki refuses it. (open.tiki.vn, update delivery and shipment status, 2026-11-30)
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    if news.kind != NewsKind::Delivered {
        return Err(ChannelError::unsupported("carry a status back"));
    }
    let path = format!("{ORDERS}/{}/seller-delivery/update-delivery", url::encode(news.order.as_str()));
    let body = json!({ "status": "successful_delivery" });
    call::write(session, Method::POST, &path, session.access_token()?, &body).await.map(drop)
}
