//! What Haravan says about the shop, and the subscription to its webhooks.

use super::wire::{Locations, OneShop, SubscribedEvent, Subscriptions};
use super::{call, errors};
use crate::account::{AccountReport, ChannelLocation, Subscription};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::storefront::{self, refusals::allowed};
use reqwest::Method;

/// Topics without which an order may be missed, in every spelling that was seen.
const NEEDED: [&[&str]; 3] =
    [&["orders/create"], &["orders/updated", "orders/update"], &["orders/cancelled", "orders/cancel"]];

/// The shop, its stores and its webhooks. A right that is not there is told, not failed.
pub(super) async fn inspect(session: &Session<'_>) -> Result<AccountReport, ChannelError> {
    let mut missing = Vec::new();
    let answer = call::get(session, "/com/shop.json", &[]).await?;
    let answered_at = storefront::answered_at(&answer);
    let shop: Option<OneShop> = allowed(errors::read(&answer), "com.read_shop", &mut missing, &answer)?;
    let answer = call::get(session, "/com/locations.json", &[]).await?;
    let stores: Option<Locations> = allowed(errors::read(&answer), "com.read_shop", &mut missing, &answer)?;
    let answer = call::webhooks(session, Method::GET).await?;
    let events: Option<Subscriptions> = allowed(errors::read(&answer), "wh_api", &mut missing, &answer)?;
    missing.dedup();
    Ok(AccountReport {
        name: shop.and_then(|one| one.shop.name.given().map(str::to_owned)),
        missing_scopes: (!missing.is_empty()).then_some(missing),
        locations: stores.map(locations).transpose()?,
        subscription: subscription(events, session.connection.webhook_url.as_deref()),
        answered_at,
    })
}

fn locations(stores: Locations) -> Result<Vec<ChannelLocation>, ChannelError> {
    let rows = stores.locations.rows("locations")?;
    let read = |store: &super::wire::Location| {
        let id = store.id.whole("locations.id")?.to_string();
        Ok(ChannelLocation { id, name: store.name.given().unwrap_or_default().to_owned() })
    };
    rows.iter().map(read).collect()
}

/// Who may not read it is not told: a private token needs no right to webhooks, and they come all the same.
fn subscription(events: Option<Subscriptions>, ours: Option<&str>) -> Subscription {
    let Some(events) = events.map(rows) else { return Subscription::NotTold };
    let is_ours = |event: &&SubscribedEvent| ours.is_none_or(|ours| event.url.given() == Some(ours));
    let topics: Vec<&str> = events.iter().filter(is_ours).filter_map(|event| event.event.given()).collect();
    let lacks = |spellings: &&&[&str]| !spellings.iter().any(|topic| topics.contains(topic));
    let missing: Vec<String> = NEEDED.iter().filter(lacks).map(|spellings| spellings[0].to_owned()).collect();
    if missing.is_empty() { Subscription::Active } else { Subscription::Missing { topics: missing } }
}

fn rows(events: Subscriptions) -> Vec<SubscribedEvent> {
    match events {
        Subscriptions::Bare(rows) | Subscriptions::Wrapped { data: rows } => rows,
    }
}

/// Subscribes the shop to what the app has registered in the console, address and topics; twice is once. Then it is
/// looked whether that address is ours. (docs.haravan.com/docs/tutorials/webhooks/connect-webhook, 2026-11-30)
pub(super) async fn subscribe(session: &Session<'_>, url: &str) -> Result<(), ChannelError> {
    let answer = call::webhooks(session, Method::POST).await?;
    errors::check(&answer).map_err(ChannelError::after_write)?;
    let events: Subscriptions = errors::read(&call::webhooks(session, Method::GET).await?)?;
    if rows(events).iter().any(|event| event.url.given() == Some(url)) {
        return Ok(());
    }
    Err(ChannelError::misconfigured(
        "the app sends no webhooks to our address: register it under Webhooks in Haravan's partner console first",
    ))
}
