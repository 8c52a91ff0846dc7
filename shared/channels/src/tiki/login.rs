//! Tiki's logins: the seller's, granted in the browser and renewed; and the app's own, which opens the event queue.

use super::errors;
use super::wire::{AUTHORIZE, BASE_URL, Granted, TOKEN};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::json;
use crate::login::{Grant, LinkAsk, REFRESH_TOKEN, Tokens};
use crate::url;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use commerce::Timestamp;
use reqwest::Method;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::Duration;

/// The rights we need; `offline` is what makes the login renewable.
pub(super) const SCOPES: [&str; 4] = ["offline", "product", "order", "inventory"];
/// The account setting in which the granted rights are kept.
pub(super) const GRANTED_SCOPES: &str = "granted_scopes";

/// The authorization page. (open.tiki.vn, authorization code flow, 2026-11-30)
pub(super) fn grant_link(session: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
    let query = url::pairs(&[
        ("response_type", "code"),
        ("client_id", session.account("client_id")?),
        ("redirect_uri", ask.redirect_url),
        ("scope", &SCOPES.join(" ")),
        ("state", ask.state),
    ]);
    Ok(format!("{}{AUTHORIZE}?{query}", session.auth_url(BASE_URL)))
}

/// Turns the code into tokens; the redirect address must be the one of the link.
pub(super) async fn redeem(session: &Session<'_>, grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", grant.value("code")?),
        ("redirect_uri", grant.redirect_url),
    ];
    tokens(session, &form).await
}

/// Gets the next tokens. (open.tiki.vn, refresh token, 2026-11-30)
pub(super) async fn renew(session: &Session<'_>) -> Result<Tokens, ChannelError> {
    let refresh = session.secrets.get(REFRESH_TOKEN);
    let refresh =
        refresh.map_err(|_| ChannelError::login_expired("no login yet: `hopkenh connect` gets one"))?;
    tokens(session, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await
}

/// The app's own token. "You cannot use the token seller authorized for you as the queue is belong to you not seller":
/// so whatever touches the queue fetches this first, within the same piece of work, and keeps it nowhere.
/// (open.tiki.vn, event queue API and client credentials, 2026-11-30)
pub(super) async fn app_token(session: &Session<'_>) -> Result<String, ChannelError> {
    let granted = ask(session, &[("grant_type", "client_credentials")]).await?;
    Ok(granted.access_token.text("access_token")?.to_owned())
}

async fn tokens(session: &Session<'_>, form: &[(&str, &str)]) -> Result<Tokens, ChannelError> {
    let asked_at = (session.clock)();
    let granted = ask(session, form).await?;
    let mut account = BTreeMap::new();
    if let Some(scope) = granted.scope.given() {
        account.insert(GRANTED_SCOPES.to_owned(), scope.to_owned());
    }
    Ok(Tokens {
        access: SecretString::from(granted.access_token.text("access_token")?.to_owned()),
        access_expires_at: end(asked_at, &granted)?,
        refresh: granted.refresh_token.given().map(|token| SecretString::from(token.to_owned())),
        refresh_expires_at: None,
        account,
    })
}

fn end(asked_at: Timestamp, granted: &Granted) -> Result<Option<Timestamp>, ChannelError> {
    if granted.expires_in.given().is_none() {
        return Ok(None);
    }
    let seconds = u64::from(granted.expires_in.units("expires_in")?);
    Ok(asked_at.checked_add(Duration::from_secs(seconds)).ok())
}

/// Id and secret go as HTTP Basic, the id in the form as well, as the examples have it.
async fn ask(session: &Session<'_>, form: &[(&str, &str)]) -> Result<Granted, ChannelError> {
    let (id, secret) = (session.account("client_id")?, session.secrets.get("client_secret")?);
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let body = url::pairs(&[form, &[("client_id", id)]].concat());
    let request = session.http.request(Method::POST, &format!("{}{TOKEN}", session.auth_url(BASE_URL)));
    let request = request
        .header("authorization", basic)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    Ok(json::row("body", errors::read_login(&session.http.send(request).await?)?)?)
}
