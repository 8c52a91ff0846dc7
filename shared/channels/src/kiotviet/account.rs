//! What KiotViet says about the account: its branches, and whether its webhooks still reach us.

use super::wire::{Branch, Rows, Webhook};
use super::{errors, list, login};
use crate::account::{AccountReport, ChannelLocation, Subscription};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::json;
use crate::moment;
use reqwest::Method;
use serde_json::{Value, json};

/// What we must hear of. A webhook has one type. (KiotViet public API, webhooks 2.11, 2026-11-30)
const TYPES: [&str; 3] = ["stock.update", "order.update", "invoice.update"];

/// Two reads: branches and webhooks.
pub(super) async fn inspect(session: &Session<'_>) -> Result<AccountReport, ChannelError> {
    let answer = login::get(session, "/branches", &[("pageSize", "100")]).await?;
    let branches: Rows = errors::read(&answer)?;
    let url = session.connection.webhook_url.as_deref().unwrap_or_default();
    let locations = branches.data.rows_or_none("data")?.into_iter().filter_map(branch).collect();
    Ok(AccountReport {
        name: session.account("retailer").ok().map(str::to_owned),
        missing_scopes: None,
        locations: Some(locations),
        subscription: subscription(&webhooks(session).await?, url),
        answered_at: moment::answered_at(&answer),
    })
}

fn branch(row: Value) -> Option<ChannelLocation> {
    let branch: Branch = json::row("data", row).ok()?;
    let id = branch.id.given()?.to_owned();
    Some(ChannelLocation { name: branch.branch_name.given().unwrap_or(&id).to_owned(), id })
}

async fn webhooks(session: &Session<'_>) -> Result<Vec<Webhook>, ChannelError> {
    let (rows, _) = list::page_of(session, "/webhooks", &[], "0").await?;
    rows.into_iter().map(|row| Ok(json::row("data", row)?)).collect()
}

fn of<'w>(webhooks: &'w [Webhook], url: &str, kind: &str) -> Vec<&'w Webhook> {
    let is_ours = |hook: &&Webhook| hook.url.given() == Some(url) && hook.kind.given() == Some(kind);
    webhooks.iter().filter(is_ours).collect()
}

fn is_active(webhook: &&Webhook) -> bool {
    webhook.is_active.given() == Some("true")
}

/// A webhook that is there but silent was stopped by one of our answers (4xx), or by hand.
fn subscription(webhooks: &[Webhook], url: &str) -> Subscription {
    let mut missing = Vec::new();
    for kind in TYPES {
        let ours = of(webhooks, url, kind);
        if ours.is_empty() {
            missing.push(kind.to_owned());
        } else if !ours.iter().any(is_active) {
            return Subscription::Suspended;
        }
    }
    if missing.is_empty() { Subscription::Active } else { Subscription::Missing { topics: missing } }
}

/// Registers what is missing, type by type. A silent webhook cannot be woken, so it is removed and registered anew.
pub(super) async fn subscribe(session: &Session<'_>, url: &str) -> Result<(), ChannelError> {
    let secret = session.secrets.get("webhook_secret")?;
    let webhooks = webhooks(session).await?;
    for kind in TYPES {
        let ours = of(&webhooks, url, kind);
        if ours.iter().any(is_active) {
            continue;
        }
        for silent in ours {
            let path = format!("/webhooks/{}", silent.id.whole("id")?);
            let _answer: Value = login::write(session, Method::DELETE, &path, &json!({})).await?;
        }
        let webhook = json!({
            "Type": kind,
            "Url": url,
            "IsActive": true,
            "Description": "Hopkenh",
            "Secret": secret,
        });
        let body = json!({ "Webhook": webhook });
        let _answer: Value = login::write(session, Method::POST, "/webhooks", &body).await?;
    }
    Ok(())
}
