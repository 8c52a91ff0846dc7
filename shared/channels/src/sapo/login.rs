//! Sapo's login: granted by the shop's owner in the browser, once and for good.

use super::wire::Token;
use super::{call, errors};
use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind};
use crate::login::{Grant, LinkAsk, Tokens};
use crate::url;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;

/// What we ask for, unless the shop's file says otherwise. (support.sapo.vn/oauth, 2026-11-30)
const SCOPES: &str = "read_products,write_products,read_orders,write_orders";

/// The page on which the owner grants the app; it lies at the shop's own address.
pub(super) fn link(session: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
    let scopes = session.connection.account.get("scopes").map_or(SCOPES, String::as_str);
    let query = url::pairs(&[
        ("client_id", session.account("app_id")?),
        ("scope", scopes),
        ("redirect_uri", ask.redirect_url),
        ("state", ask.state),
    ]);
    Ok(format!("{}/admin/oauth/authorize?{query}", session.auth_url(call::store(session)?)))
}

/// Exchanges the code for a token that does not end, so that there is nothing to renew.
pub(super) async fn redeem(session: &Session<'_>, grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
    let body = json!({
        "client_id": session.account("app_id")?,
        "client_secret": session.secrets.get("app_secret")?,
        "code": grant.value("code")?,
    });
    let url = format!("{}/admin/oauth/access_token", session.auth_url(call::store(session)?));
    let request = session.http.request(Method::POST, &url).header("content-type", "application/json");
    let answer = session.http.send(request.body(body.to_string())).await?;
    let token: Token = errors::read_after_write(&answer).map_err(|error| match error.kind {
        ErrorKind::LoginExpired => ChannelError::misconfigured("Sapo refuses the app's id or secret"),
        ErrorKind::Refused => ChannelError::refused("Sapo takes this code no more: connect again"),
        _ => error,
    })?;
    let access = token.access_token.text("access_token");
    let access = access.map_err(|error| ChannelError::from(error).after_write())?;
    Ok(Tokens {
        access: SecretString::from(access.to_owned()),
        access_expires_at: None,
        refresh: None,
        refresh_expires_at: None,
        account: BTreeMap::new(),
    })
}
