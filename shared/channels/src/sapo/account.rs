//! What Sapo says about the shop, and its webhooks: one for each topic.

use super::wire::{Location, Locations, OneStore, Webhook, Webhooks};
use super::{Product, call, errors};
use crate::account::{AccountReport, ChannelLocation, Subscription};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::storefront::{self, refusals::allowed};
use serde_json::json;

/// What an order can meet with. Sapo Omni writes "update" where the website writes "updated".
/// (support.sapo.vn/sapo-webhook; a running shop's messages, 2026-11-30)
fn topics(product: Product) -> &'static [&'static str] {
    match product {
        Product::Web => &["orders/create", "orders/updated", "orders/cancelled", "orders/fulfilled"],
        Product::Omni => &["orders/create", "orders/update"],
    }
}

/// The shop, its stores and its webhooks. A right that is not there is told, not failed. A website has no stores.
pub(super) async fn inspect(session: &Session<'_>) -> Result<AccountReport, ChannelError> {
    let product = Product::of(session)?;
    let mut missing = Vec::new();
    let path = if product == Product::Web { "/admin/store.json" } else { "/admin/tenant.json" };
    let answer = call::get(session, path, &[]).await?;
    let answered_at = storefront::answered_at(&answer);
    let store: Option<OneStore> = allowed(errors::read(&answer), "read_store", &mut missing, &answer)?;
    let mut locations = None;
    if product == Product::Omni {
        let answer = call::get(session, "/admin/locations.json", &[]).await?;
        let stores: Option<Locations> =
            allowed(errors::read(&answer), "read_locations", &mut missing, &answer)?;
        locations = stores.map(read_locations).transpose()?;
    }
    let registered = registered(session).await?;
    let lacking = lacking(&registered, topics(product), session.connection.webhook_url.as_deref());
    Ok(AccountReport {
        name: store.and_then(|one| one.store.name.given().map(str::to_owned)),
        missing_scopes: (!missing.is_empty()).then_some(missing),
        locations,
        subscription: match lacking.is_empty() {
            true => Subscription::Active,
            false => Subscription::Missing { topics: lacking.into_iter().map(str::to_owned).collect() },
        },
        answered_at,
    })
}

fn read_locations(stores: Locations) -> Result<Vec<ChannelLocation>, ChannelError> {
    let rows = stores.locations.rows("locations")?;
    let read = |store: &Location| {
        let id = store.id.whole("locations.id")?.to_string();
        Ok(ChannelLocation { id, name: store.name.given().unwrap_or_default().to_owned() })
    };
    rows.iter().map(read).collect()
}

async fn registered(session: &Session<'_>) -> Result<Vec<Webhook>, ChannelError> {
    let answer: Webhooks = errors::read(&call::get(session, "/admin/webhooks.json", &[]).await?)?;
    Ok(answer.webhooks.rows("webhooks")?)
}

/// Topics that are not sent to this address, or to any where none is named.
fn lacking(
    registered: &[Webhook],
    topics: &'static [&'static str],
    address: Option<&str>,
) -> Vec<&'static str> {
    let is_sent = |topic: &str| {
        registered.iter().any(|webhook| {
            webhook.topic.given() == Some(topic)
                && address.is_none_or(|address| webhook.address.given() == Some(address))
        })
    };
    topics.iter().copied().filter(|topic| !is_sent(topic)).collect()
}

/// Registers each topic that does not go to this address yet.
pub(super) async fn subscribe(session: &Session<'_>, url: &str) -> Result<(), ChannelError> {
    let registered = registered(session).await?;
    for topic in lacking(&registered, topics(Product::of(session)?), Some(url)) {
        let body = json!({ "webhook": { "topic": topic, "address": url, "format": "json" } });
        let answer = call::post(session, "/admin/webhooks.json", &body).await?;
        errors::check(&answer).map_err(ChannelError::after_write)?;
    }
    Ok(())
}
