//! Webhooks asked of Shopify: one subscription for each thing we want to hear of, and never two.

use super::call::{ask, tell};
use super::errors;
use super::wire::{Nodes, UserError};
use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind};
use crate::json::{self, List, Loose};
use serde::Deserialize;
use serde_json::{Value, json};

/// What we listen to. `orders/updated` also tells that an order was paid or fulfilled.
/// (shopify.dev/docs/api/webhooks/latest, 2026-11-30)
pub(super) const TOPICS: [&str; 7] = [
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_CANCELLED",
    "ORDERS_EDITED",
    "REFUNDS_CREATE",
    "INVENTORY_LEVELS_UPDATE",
    "APP_UNINSTALLED",
];

const LIST: &str = "query Webhooks($after: String) { webhookSubscriptions(first: 200, after: $after) { \
    nodes { topic uri } pageInfo { hasNextPage endCursor } } }";

const SUBSCRIBE: &str = "mutation Subscribe($topic: WebhookSubscriptionTopic!, \
    $webhookSubscription: WebhookSubscriptionInput!) { \
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription) { \
    webhookSubscription { id } userErrors { field message } } }";

/// A subscription as listed. One app's subscriptions are shown to that app only.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Listed {
    topic: Loose,
    uri: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Subscribed {
    webhook_subscription: Value,
    user_errors: List<UserError>,
}

/// Topics without a subscription that leads to the address; to any address where ours is not known.
pub(super) fn missing(listed: &[Listed], address: Option<&str>) -> Vec<&'static str> {
    let leads_to_us =
        |row: &&Listed| address.is_none_or(|address| row.uri.given().is_some_and(|uri| uri == address));
    let has = |topic: &str| listed.iter().filter(leads_to_us).any(|row| row.topic.given() == Some(topic));
    TOPICS.into_iter().filter(|topic| !has(topic)).collect()
}

/// Looks first and asks only for what is missing. Shopify refuses the same topic at the same address twice, which is
/// as good.
pub(super) async fn subscribe(session: &Session<'_>, address: &str) -> Result<(), ChannelError> {
    let data = ask(session, LIST, json!({ "after": null })).await?;
    let listed = data.get("webhookSubscriptions").cloned().unwrap_or_default();
    let listed: Nodes<Listed> = json::row("webhookSubscriptions", listed)?;
    for topic in missing(&listed.nodes.rows("webhookSubscriptions")?, Some(address)) {
        let wanted = json!({ "topic": topic, "webhookSubscription": { "uri": address } });
        let data = tell(session, SUBSCRIBE, wanted).await?;
        let answer = data.get("webhookSubscriptionCreate").cloned().unwrap_or_default();
        let unreadable = |error: json::FieldError| ChannelError::from(error).after_write();
        let answer: Subscribed = json::row("webhookSubscriptionCreate", answer).map_err(unreadable)?;
        let errors = answer.user_errors.rows_or_none("userErrors").map_err(unreadable)?;
        match errors::first(errors) {
            Err(error) if is_there_already(&error) => {}
            Err(error) => return Err(error),
            Ok(()) if answer.webhook_subscription.is_object() => {}
            Ok(()) => return Err(ChannelError::unreadable("webhookSubscription: is missing").after_write()),
        }
    }
    Ok(())
}

/// "Address for this topic has already been taken". (shopify.dev, webhookSubscriptionCreate, 2026-11-30)
fn is_there_already(error: &ChannelError) -> bool {
    error.kind == ErrorKind::Refused && error.detail.contains("already been taken")
}
