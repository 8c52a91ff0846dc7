//! A website's webhooks: whether it still tells us what happens, and how to make it.

use super::facts::PAGE_MAX;
use super::wire::Webhook;
use super::{call, errors};
use crate::account::{AccountReport, Subscription};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use crate::moment;
use reqwest::Method;
use serde_json::{Value, json};

/// What we must hear of. A webhook has one topic.
const TOPICS: [&str; 4] = ["order.created", "order.updated", "order.deleted", "order.restored"];

/// One read: the site's webhooks. It tells neither a name nor stores, and the keys' rights show only when they fail.
pub(super) async fn inspect(session: &Session<'_>) -> Result<AccountReport, ChannelError> {
    let (answer, webhooks) = webhooks(session).await?;
    let url = session.connection.webhook_url.as_deref().unwrap_or_default();
    Ok(AccountReport {
        name: None,
        missing_scopes: None,
        locations: None,
        subscription: subscription(&webhooks, url),
        answered_at: moment::answered_at(&answer),
    })
}

async fn webhooks(session: &Session<'_>) -> Result<(Answer, Vec<Webhook>), ChannelError> {
    let size = PAGE_MAX.to_string();
    let answer = call::get(session, "/webhooks", &[("per_page", &size), ("status", "all")]).await?;
    let webhooks = errors::read(&answer)?;
    Ok((answer, webhooks))
}

fn of<'w>(webhooks: &'w [Webhook], url: &str, topic: &str) -> Vec<&'w Webhook> {
    let is_ours =
        |hook: &&Webhook| hook.delivery_url.given() == Some(url) && hook.topic.given() == Some(topic);
    webhooks.iter().filter(is_ours).collect()
}

fn is_active(webhook: &&Webhook) -> bool {
    webhook.status.given() == Some("active")
}

/// A webhook that is there but silent was switched off: by the seventh failure in a row, or by hand.
fn subscription(webhooks: &[Webhook], url: &str) -> Subscription {
    let mut missing = Vec::new();
    for topic in TOPICS {
        let ours = of(webhooks, url, topic);
        if ours.is_empty() {
            missing.push(topic.to_owned());
        } else if !ours.iter().any(is_active) {
            return Subscription::Suspended;
        }
    }
    if missing.is_empty() { Subscription::Active } else { Subscription::Missing { topics: missing } }
}

/// Adds what is missing and wakes what is silent, topic by topic; what is in force is left alone.
pub(super) async fn subscribe(session: &Session<'_>, url: &str) -> Result<(), ChannelError> {
    let secret = session.secrets.get("webhook_secret")?;
    let (_, webhooks) = webhooks(session).await?;
    for topic in TOPICS {
        let ours = of(&webhooks, url, topic);
        if ours.iter().any(is_active) {
            continue;
        }
        let _answer: Value = match ours.first() {
            Some(silent) => {
                let path = format!("/webhooks/{}", silent.id.whole("id")?);
                let body = json!({ "status": "active", "secret": secret });
                call::write(session, Method::PUT, &path, &body).await?
            }
            None => {
                let body = json!({
                    "name": format!("Hopkenh {topic}"),
                    "topic": topic,
                    "delivery_url": url,
                    "secret": secret,
                    "status": "active",
                });
                call::write(session, Method::POST, "/webhooks", &body).await?
            }
        };
    }
    Ok(())
}
