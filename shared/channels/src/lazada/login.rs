//! The login that a seller grants: the page to send them to, and the tokens that come of it.

use super::wire::{CountryUser, TOKEN_CREATE, TOKEN_REFRESH, TokenAnswer};
use super::{call, errors, sign};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use crate::json::Loose;
use crate::login::{Grant, LinkAsk, REFRESH_TOKEN, Tokens};
use crate::url;
use commerce::Timestamp;
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// The page. The address must be exactly the one registered with the app; `state` comes back with the code.
/// (open.lazada.com, docId=108260, 2026-11-30)
pub(super) fn link(session: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
    let query = url::pairs(&[
        ("response_type", "code"),
        ("force_auth", "true"),
        ("redirect_uri", ask.redirect_url),
        ("client_id", session.account("app_key")?),
        ("state", ask.state),
    ]);
    Ok(format!("{}/oauth/authorize?{query}", sign::auth_url(session)))
}

/// Turns the code into tokens; it works once, within half an hour.
pub(super) async fn redeem(session: &Session<'_>, grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
    let asked_at = (session.clock)();
    let answer = call::post_for_login(session, TOKEN_CREATE, &[("code", grant.value("code")?)]).await?;
    tokens(&answer, asked_at)
}

/// Gets the next access token. The refresh token stays what it was and ends when it was said to end.
pub(super) async fn renew(session: &Session<'_>) -> Result<Tokens, ChannelError> {
    let asked_at = (session.clock)();
    let refresh = session.secrets.get(REFRESH_TOKEN)?;
    let answer = call::post_for_login(session, TOKEN_REFRESH, &[("refresh_token", refresh)]).await?;
    tokens(&answer, asked_at)
}

fn tokens(answer: &Answer, asked_at: Timestamp) -> Result<Tokens, ChannelError> {
    errors::read(answer).map_err(ChannelError::after_write)?;
    let tokens: TokenAnswer = answer.json()?;
    let users = tokens.country_user_info.rows_or_none("country_user_info").unwrap_or_default();
    Ok(Tokens {
        access: tokens.access_token.text("access_token")?.to_owned().into(),
        access_expires_at: ends_at("expires_in", &tokens.expires_in, asked_at)?,
        refresh: tokens.refresh_token.given().map(|token| token.to_owned().into()),
        refresh_expires_at: ends_at("refresh_expires_in", &tokens.refresh_expires_in, asked_at)?,
        account: learned(&users),
    })
}

/// A zero means that there is no such end: tokens of a subscribed app end with the subscription.
fn ends_at(
    field: &'static str,
    value: &Loose,
    asked_at: Timestamp,
) -> Result<Option<Timestamp>, ChannelError> {
    if value.given().is_none() {
        return Ok(None);
    }
    let seconds = value.whole(field)?;
    if seconds <= 0 {
        return Ok(None);
    }
    let end = asked_at.checked_add(SignedDuration::from_secs(seconds));
    end.map(Some).map_err(|_| ChannelError::unreadable(format!("{field}: is not a span of time")))
}

/// The seller's number, which tells one shop's webhooks from another's: the only one there is, or Viet Nam's.
fn learned(users: &[CountryUser]) -> BTreeMap<String, String> {
    let in_vietnam = |user: &&CountryUser| user.country.given().is_some_and(|c| c.eq_ignore_ascii_case("vn"));
    let user = match users {
        [only] => Some(only),
        several => several.iter().find(in_vietnam),
    };
    let seller = user.and_then(|user| user.seller_id.given());
    seller.map(|seller| ("seller_id".to_owned(), seller.to_owned())).into_iter().collect()
}
