//! What Lazada says about the account: whose it is. Its webhooks are registered by hand in the console.

use super::wire::{SELLER, Seller};
use super::{call, errors};
use crate::account::{AccountReport, Subscription};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use crate::json;
use commerce::Timestamp;

/// Asks who we are.
pub(super) async fn inspect(session: &Session<'_>) -> Result<AccountReport, ChannelError> {
    let answer = call::get(session, SELLER, &[]).await?;
    let envelope = errors::read(&answer)?;
    let seller: Seller = json::row("data", envelope.data)?;
    let name = match (seller.name.given(), seller.seller_id.given()) {
        (Some(name), Some(number)) => Some(format!("{name} ({number})")),
        (name, number) => name.or(number).map(str::to_owned),
    };
    Ok(AccountReport {
        name,
        missing_scopes: None,
        locations: None,
        subscription: Subscription::NotTold,
        answered_at: answered_at(&answer),
    })
}

fn answered_at(answer: &Answer) -> Option<Timestamp> {
    let text = answer.headers.get("date")?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}
