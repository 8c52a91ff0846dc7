//! How a seller grants us a shop on TikTok Shop, and how the login is kept alive.

use super::wire::{
    AUTH_URL, AUTHORIZE, GRANT_URL, SHOPS, ShopList, ShopRow, TOKEN_GET, TOKEN_REFRESH, TokenData,
};
use super::{call, errors};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::json::{self, FieldError, Loose};
use crate::login::{Grant, LinkAsk, REFRESH_TOKEN, Tokens};
use crate::{moment, url};
use commerce::Timestamp;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

/// The page on which a seller outside the United States grants an app. The address it sends the browser back to is
/// the one registered with the app, so it is not part of the link.
/// (partner.tiktokshop.com/docv2/page/678e3a344ddec3030b238fa0, 2026-11-30)
pub(super) fn link(session: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
    let query = url::pairs(&[("service_id", session.account("service_id")?), ("state", ask.state)]);
    Ok(format!("{}{AUTHORIZE}?{query}", session.auth_url(GRANT_URL)))
}

/// Turns the code into tokens and asks which shop they open. A refusal comes back as `code=null&error=auth_denied`.
pub(super) async fn redeem(session: &Session<'_>, grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
    let code = grant.value("code")?;
    if code == "null" || grant.value("error").is_ok() {
        return Err(ChannelError::refused("the seller did not grant the login"));
    }
    let query = [("auth_code", code), ("grant_type", "authorized_code")];
    let mut tokens = tokens(session, TOKEN_GET, &query).await?;
    let shop = granted_shop(session, tokens.access.expose_secret()).await?;
    let learned =
        [("shop_id", shop.id.text("shops.id")?), ("shop_cipher", shop.cipher.text("shops.cipher")?)];
    tokens.account = learned.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Ok(tokens)
}

/// The next tokens; the refresh token is replaced as well.
pub(super) async fn renew(session: &Session<'_>) -> Result<Tokens, ChannelError> {
    let missing = |_| ChannelError::refused("there is no refresh token: the login must be granted again");
    let refresh = session.secrets.get(REFRESH_TOKEN).map_err(missing)?;
    tokens(session, TOKEN_REFRESH, &[("refresh_token", refresh), ("grant_type", "refresh_token")]).await
}

/// Both kinds of tokens come from a plain GET with the app's key and secret, unsigned.
async fn tokens(session: &Session<'_>, path: &str, query: &[(&str, &str)]) -> Result<Tokens, ChannelError> {
    let app = [("app_key", session.account("app_key")?), ("app_secret", session.secrets.get("app_secret")?)];
    let query = url::pairs(&[&app, query].concat());
    let address = format!("{}{path}?{query}", session.auth_url(AUTH_URL));
    let answer = session.http.send(session.http.request(Method::GET, &address)).await?;
    let data: TokenData = json::row("data", errors::read(&answer)?)?;
    Ok(Tokens {
        access: secret("access_token", &data.access_token)?,
        access_expires_at: time("access_token_expire_in", &data.access_token_expire_in)?,
        refresh: Some(secret("refresh_token", &data.refresh_token)?),
        refresh_expires_at: time("refresh_token_expire_in", &data.refresh_token_expire_in)?,
        account: BTreeMap::new(),
    })
}

fn secret(field: &str, value: &Loose) -> Result<SecretString, FieldError> {
    value.text(field).map(|text| SecretString::from(text.to_owned()))
}

/// A point in time, in seconds since 1970, whatever the name "expire_in" suggests. (The same page, 2026-11-21)
fn time(field: &'static str, value: &Loose) -> Result<Option<Timestamp>, FieldError> {
    value.given().map(|_| moment::seconds(field, value)).transpose()
}

/// The one shop that the token opens, or the one that the shop's file names.
async fn granted_shop(session: &Session<'_>, token: &str) -> Result<ShopRow, ChannelError> {
    let mut shops = shops(session, token).await?;
    if let Some(ours) = session.connection.account.get("shop_id") {
        let found = shops.into_iter().find(|shop| shop.id.given() == Some(ours));
        return found.ok_or_else(|| ChannelError::refused(format!("the login does not open shop {ours}")));
    }
    match (shops.pop(), shops.len()) {
        (Some(shop), 0) => Ok(shop),
        (None, _) => Err(ChannelError::refused("the login opens no shop")),
        (Some(_), more) => Err(ChannelError::refused(format!(
            "the login opens {} shops: name one with the account setting \"shop_id\"",
            more + 1
        ))),
    }
}

/// The shops that a token opens. (partner.tiktokshop.com/docv2/page/get-authorized-shops-202309, 2026-11-21)
pub(super) async fn shops(session: &Session<'_>, token: &str) -> Result<Vec<ShopRow>, ChannelError> {
    let answer = call::of_token(session, SHOPS, token).await?;
    let list: ShopList = json::row("data", errors::read(&answer)?)?;
    Ok(list.shops.rows_or_none("data.shops")?)
}
