//! Shopee's logins: the page on which a seller grants us the shop, and tokens that must be renewed within hours.

use super::facts::{HOSTS, REFRESH_LIVES_S};
use super::wire::{BASE_URL, TOKEN_GET, TOKEN_RENEW, TokenAnswer};
use super::{call, errors};
use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind};
use crate::http::Answer;
use crate::json::{FieldError, Loose};
use crate::login::{Grant, LinkAsk, REFRESH_TOKEN, Tokens};
use crate::url;
use commerce::Timestamp;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where sellers grant us their shop, and where they do so in the sandbox.
const PAGE: &str = "https://open.shopee.com";
const SANDBOX_PAGE: &str = "https://open.sandbox.test-stable.shopee.com";
/// A token is not believed for longer than this, whatever its answer says.
const LIFE_S_MAX: i64 = 86_400;

/// The seller's grant page. Shopee keeps it on another host than the API, so an API host of Shopee's own among the
/// settings leads to Shopee's own page; any other address is a stand-in and has both. (Open Platform, authorization
/// and authentication, 2026-11-21)
pub(super) fn link(session: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
    let api = session.base_url(BASE_URL);
    let is_shopees = HOSTS.iter().any(|host| api.strip_prefix("https://") == Some(host.name));
    let page = match session.connection.account.get("auth_url") {
        Some(own) => own.trim_end_matches('/'),
        None if is_shopees && api.contains("sandbox") => SANDBOX_PAGE,
        None if is_shopees => PAGE,
        None => api,
    };
    let query = url::pairs(&[
        ("partner_id", session.account("partner_id")?),
        ("auth_type", "seller"),
        ("redirect_uri", ask.redirect_url),
        ("response_type", "code"),
        ("state", ask.state),
    ]);
    Ok(format!("{page}/auth?{query}"))
}

/// Turns the code into tokens. The browser says which shop was granted: it must be the one the shop's file names,
/// where it names one.
pub(super) async fn redeem(session: &Session<'_>, grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
    if grant.value("shop_id").is_err() && grant.value("main_account_id").is_ok() {
        return Err(ChannelError::refused("a main account was granted: grant the single shop instead"));
    }
    let (code, shop) = (grant.value("code")?, grant.value("shop_id")?);
    let written = session.connection.account.get("shop_id").map(|id| id.trim()).filter(|id| !id.is_empty());
    if written.is_some_and(|written| written != shop) {
        return Err(ChannelError::misconfigured("another shop was granted than the account setting names"));
    }
    let body = json!({
        "code": code,
        "partner_id": number("partner_id", session.account("partner_id")?)?,
        "shop_id": number("shop_id", shop)?,
    });
    let mut tokens = ask(session, TOKEN_GET, &body).await?;
    tokens.account = BTreeMap::from([("shop_id".to_owned(), shop.to_owned())]);
    Ok(tokens)
}

/// The next tokens. The refresh token works once: an answer that cannot be read may have used it up.
pub(super) async fn renew(session: &Session<'_>) -> Result<Tokens, ChannelError> {
    let missing = |_| ChannelError::login_expired("no login yet: `hopkenh connect` gets one");
    let body = json!({
        "refresh_token": session.secrets.get(REFRESH_TOKEN).map_err(missing)?,
        "partner_id": number("partner_id", session.account("partner_id")?)?,
        "shop_id": number("shop_id", session.account("shop_id")?)?,
    });
    ask(session, TOKEN_RENEW, &body).await.map_err(used_up)
}

/// A refresh token that is refused stays refused: a person must grant the shop anew.
fn used_up(error: ChannelError) -> ChannelError {
    if error.kind == ErrorKind::LoginExpired { ChannelError::refused(error.detail) } else { error }
}

fn number(name: &str, text: &str) -> Result<u64, ChannelError> {
    let wrong = |_| ChannelError::misconfigured(format!("{name} must be a number"));
    text.trim().parse().map_err(wrong)
}

async fn ask(session: &Session<'_>, path: &str, body: &Value) -> Result<Tokens, ChannelError> {
    let asked_at = (session.clock)();
    let answer = call::post_public(session, path, body).await?;
    read(&answer, asked_at).map_err(ChannelError::after_write)
}

/// A login's answer is flat: `response` is missing.
fn read(answer: &Answer, asked_at: Timestamp) -> Result<Tokens, ChannelError> {
    errors::read(answer)?;
    let tokens: TokenAnswer = answer.json()?;
    let life = tokens.expire_in.whole("expire_in")?.clamp(0, LIFE_S_MAX);
    let after = |seconds: i64| asked_at.checked_add(SignedDuration::from_secs(seconds)).ok();
    let text =
        |name: &str, value: &Loose| -> Result<_, FieldError> { Ok(value.text(name)?.to_owned().into()) };
    Ok(Tokens {
        access: text("access_token", &tokens.access_token)?,
        access_expires_at: after(life),
        refresh: Some(text("refresh_token", &tokens.refresh_token)?),
        refresh_expires_at: after(i64::from(REFRESH_LIVES_S)),
        account: BTreeMap::new(),
    })
}
