//! What Tiki says about the seller's account, and the queue that we ask it to fill.

use super::login::{self, GRANTED_SCOPES, SCOPES};
use super::queue::{self, EVENT_TYPES};
use super::wire::{Paged, QUEUES, Queue, SELLER, Seller, WAREHOUSES, Warehouse};
use super::{call, errors};
use crate::account::{AccountReport, ChannelLocation, Subscription};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use crate::json::{self, FieldError};
use commerce::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

/// Who we are, our warehouses, and whether the queue hears of orders. (open.tiki.vn, seller API and event queue API,
/// 2026-11-30)
pub(super) async fn inspect(session: &Session<'_>) -> Result<AccountReport, ChannelError> {
    let answer = call::answer(session, SELLER).await?;
    let seller: Seller = json::row("body", errors::read(&answer)?)?;
    Ok(AccountReport {
        name: seller.name.given().map(str::to_owned),
        missing_scopes: missing_scopes(session),
        locations: Some(warehouses(session).await?),
        subscription: subscription(session).await?,
        answered_at: answered_at(&answer),
    })
}

/// Tiki tells the rights once, together with the tokens.
fn missing_scopes(session: &Session<'_>) -> Option<Vec<String>> {
    let granted = session.account(GRANTED_SCOPES).ok()?;
    let has = |scope: &str| granted.split_whitespace().any(|one| one == scope || one == "all");
    Some(SCOPES.into_iter().filter(|scope| !has(scope)).map(str::to_owned).collect())
}

/// Active warehouses (`status=1`) from which Tiki fetches goods (`type=1`).
async fn warehouses(session: &Session<'_>) -> Result<Vec<ChannelLocation>, ChannelError> {
    let value = call::get(session, &format!("{WAREHOUSES}?status=1&type=1&limit=50&page=1")).await?;
    let list: Paged = json::row("body", value)?;
    let location = |value: Value| -> Result<ChannelLocation, FieldError> {
        let warehouse: Warehouse = json::row("data", value)?;
        let name = warehouse.name.given().unwrap_or_default().to_owned();
        Ok(ChannelLocation { id: warehouse.id.text("data.id")?.to_owned(), name })
    };
    let rows: Result<Vec<_>, FieldError> = list.data.rows("data")?.into_iter().map(location).collect();
    Ok(rows?)
}

async fn subscription(session: &Session<'_>) -> Result<Subscription, ChannelError> {
    let app_token = login::app_token(session).await?;
    let Some(code) = queue::code(session, &app_token).await? else {
        return Ok(Subscription::Missing { topics: EVENT_TYPES.map(str::to_owned).to_vec() });
    };
    let known = queue::subscriptions(session, &code, &app_token).await?;
    let topics: Vec<String> =
        EVENT_TYPES.iter().filter(|kind| !is_on(&known, kind)).map(|kind| (*kind).to_owned()).collect();
    let is_switched_off = topics.iter().any(|kind| known.iter().any(|(name, _)| name == kind));
    Ok(match topics.is_empty() {
        true => Subscription::Active,
        false if is_switched_off => Subscription::Suspended,
        false => Subscription::Missing { topics },
    })
}

fn is_on(known: &[(String, bool)], kind: &str) -> bool {
    known.iter().any(|(name, on)| name == kind && *on)
}

/// Makes the account's queue where there is none, and has it told of orders. Asked twice, it finds all of it there.
///
/// The queue is made with the app's token, and told of a seller's orders with the seller's.
/// (open.tiki.vn, event queue for public app, 2026-11-30)
pub(super) async fn subscribe(session: &Session<'_>) -> Result<(), ChannelError> {
    let app_token = login::app_token(session).await?;
    let code = match queue::code(session, &app_token).await? {
        Some(code) => code,
        None => make_queue(session, &app_token).await?,
    };
    let known = queue::subscriptions(session, &code, &app_token).await?;
    let path = queue::subscriptions_path(&code);
    let seller_token = session.access_token()?;
    for kind in EVENT_TYPES.iter().filter(|kind| !is_on(&known, kind)) {
        let body = json!({ "event_type": kind });
        call::write(session, Method::POST, &path, seller_token, &body).await?;
    }
    Ok(())
}

async fn make_queue(session: &Session<'_>, app_token: &str) -> Result<String, ChannelError> {
    let body = json!({ "name": queue::name(session) });
    let made: Queue = json::row("body", call::write(session, Method::POST, QUEUES, app_token, &body).await?)?;
    Ok(made.code.text("code")?.to_owned())
}

/// The channel's own time, from the `Date` header.
fn answered_at(answer: &Answer) -> Option<Timestamp> {
    let date = answer.headers.get("date")?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(date).ok().map(|zoned| zoned.timestamp())
}
