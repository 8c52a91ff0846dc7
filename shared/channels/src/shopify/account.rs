//! What Shopify says about the account: its name, our rights, its stores and its webhooks.

use super::login::SCOPES;
use super::subscribe::{self, Listed};
use super::wire::{Nodes, PageInfo};
use super::{call, errors};
use crate::account::{AccountReport, ChannelLocation, Subscription};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use crate::json::{self, FieldError, List, Loose};
use commerce::Timestamp;
use serde::Deserialize;
use serde_json::json;

const ACCOUNT: &str = "query Account { shop { name myshopifyDomain } \
    currentAppInstallation { accessScopes { handle } } \
    locations(first: 100) { nodes { id name } } \
    webhookSubscriptions(first: 200) { nodes { topic uri } pageInfo { hasNextPage endCursor } } }";

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Account {
    shop: Shop,
    current_app_installation: Installation,
    locations: Nodes<Location>,
    webhook_subscriptions: Nodes<Listed>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Shop {
    name: Loose,
    myshopify_domain: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Installation {
    access_scopes: List<Scope>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Scope {
    handle: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Location {
    id: Loose,
    name: Loose,
}

/// One question about all of it.
pub(super) async fn inspect(session: &Session<'_>) -> Result<AccountReport, ChannelError> {
    let answer = call::send(session, ACCOUNT, json!({})).await?;
    let account: Account = json::row("data", errors::read(&answer)?)?;
    let scopes = account.current_app_installation.access_scopes.rows("accessScopes")?;
    let scopes: Vec<&str> = scopes.iter().filter_map(|scope| scope.handle.given()).collect();
    let locations = account.locations.nodes.rows("locations")?;
    let (listed, info) = (account.webhook_subscriptions.nodes, account.webhook_subscriptions.page_info);
    Ok(AccountReport {
        name: account.shop.name.given().or(account.shop.myshopify_domain.given()).map(str::to_owned),
        missing_scopes: Some(missing_scopes(&scopes)),
        locations: Some(locations.iter().map(location).collect::<Result<_, _>>()?),
        subscription: subscription(session, listed, &info)?,
        answered_at: answered_at(&answer),
    })
}

/// Rights we ask for and do not have; the right to write holds the right to read.
fn missing_scopes(have: &[&str]) -> Vec<String> {
    let covers = |have: &str, wanted: &str| {
        have == wanted || have.strip_prefix("write_").is_some_and(|w| wanted.strip_prefix("read_") == Some(w))
    };
    let missing = SCOPES.iter().filter(|wanted| !have.iter().any(|have| covers(have, wanted)));
    missing.map(|scope| (*scope).to_owned()).collect()
}

fn location(location: &Location) -> Result<ChannelLocation, FieldError> {
    let id = call::number("locations.id", location.id.text("locations.id")?)?.to_owned();
    Ok(ChannelLocation { name: location.name.given().unwrap_or(&id).to_owned(), id })
}

/// Topics that nobody of ours listens to. A subscription that failed too often is gone, so it is missing as well.
fn subscription(
    session: &Session<'_>,
    listed: List<Listed>,
    info: &PageInfo,
) -> Result<Subscription, ChannelError> {
    let listed = listed.rows("webhookSubscriptions")?;
    let ours = session.connection.webhook_url.as_deref();
    let topics = subscribe::missing(&listed, ours);
    if topics.is_empty() {
        return Ok(Subscription::Active);
    }
    if info.has_next_page {
        return Ok(Subscription::NotTold);
    }
    Ok(Subscription::Missing { topics: topics.into_iter().map(str::to_owned).collect() })
}

fn answered_at(answer: &Answer) -> Option<Timestamp> {
    let text = answer.headers.get("date")?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}
