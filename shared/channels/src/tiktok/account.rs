//! What TikTok Shop says about the account, and where it sends its pushes.

use super::wire::{WAREHOUSES, WEBHOOKS, WarehouseList, WebhookList, WebhookRow};
use super::{call, errors, login};
use crate::account::{AccountReport, ChannelLocation, Subscription};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use crate::json;
use commerce::Timestamp;
use reqwest::Method;
use serde_json::json;

/// The pushes that concern orders. The stock alert cannot be subscribed to by a call, and tells no level anyhow.
/// (partner.tiktokshop.com/docv2/page/update-shop-webhook-202309, 2026-11-30)
const TOPICS: [&str; 4] =
    ["ORDER_STATUS_CHANGE", "PACKAGE_UPDATE", "CANCELLATION_STATUS_CHANGE", "RETURN_STATUS_CHANGE"];

/// Asks for the shop's name, its warehouses and its webhooks. Rights are told only together with tokens.
pub(super) async fn inspect(session: &Session<'_>) -> Result<AccountReport, ChannelError> {
    let shops = login::shops(session, session.access_token()?).await?;
    let ours = session.account("shop_id").ok();
    let shop = shops.iter().find(|shop| ours.is_none_or(|ours| shop.id.given() == Some(ours)));
    let name = shop.and_then(|shop| shop.name.given().or(shop.id.given())).map(str::to_owned);
    let locations = warehouses(session).await?;
    let answer = call::of_shop(session, Method::GET, WEBHOOKS, &[], None).await?;
    let list: WebhookList = json::row("data", errors::read(&answer)?)?;
    Ok(AccountReport {
        name,
        missing_scopes: None,
        locations: Some(locations),
        subscription: subscription(session, &list.webhooks.rows_or_none("data.webhooks")?),
        answered_at: answered_at(&answer),
    })
}

async fn warehouses(session: &Session<'_>) -> Result<Vec<ChannelLocation>, ChannelError> {
    let answer = call::of_shop(session, Method::GET, WAREHOUSES, &[], None).await?;
    let list: WarehouseList = json::row("data", errors::read(&answer)?)?;
    let rows = list.warehouses.rows_or_none("data.warehouses")?;
    let location = |id: &str, name: Option<&str>| ChannelLocation {
        id: id.to_owned(),
        name: name.unwrap_or_default().to_owned(),
    };
    Ok(rows.iter().filter_map(|row| Some(location(row.id.given()?, row.name.given()))).collect())
}

/// Only what was subscribed for this shop is listed, not what the app's console has for all shops.
fn subscription(session: &Session<'_>, rows: &[WebhookRow]) -> Subscription {
    let wanted = session.connection.webhook_url.as_deref();
    let is_ours = |address: &str| wanted.is_none_or(|wanted| wanted == address);
    let listens = |topic: &str| {
        rows.iter()
            .any(|row| row.event_type.given() == Some(topic) && row.address.given().is_some_and(is_ours))
    };
    let missing: Vec<String> =
        TOPICS.iter().filter(|topic| !listens(topic)).map(|topic| (*topic).to_owned()).collect();
    if missing.is_empty() { Subscription::Active } else { Subscription::Missing { topics: missing } }
}

/// The channel's clock, from the `Date` header.
fn answered_at(answer: &Answer) -> Option<Timestamp> {
    let text = answer.headers.get("date")?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

/// One call for each type of push; asking again replaces the address, so it leaves one subscription.
pub(super) async fn subscribe(session: &Session<'_>, url: &str) -> Result<(), ChannelError> {
    for topic in TOPICS {
        let body = json!({ "address": url, "event_type": topic });
        let answer = call::of_shop(session, Method::PUT, WEBHOOKS, &[], Some(&body)).await?;
        errors::read(&answer).map_err(ChannelError::after_write)?;
    }
    Ok(())
}
