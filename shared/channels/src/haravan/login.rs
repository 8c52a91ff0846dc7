//! Haravan's logins: granted by the shop's owner in the browser, renewed with a refresh token. A private token needs
//! none of it.

use super::errors;
use super::wire::{AUTH_URL, Claims, Token};
use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind};
use crate::http::Answer;
use crate::login::{Grant, LinkAsk, REFRESH_TOKEN, Tokens};
use crate::url;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::Duration;

/// What we ask for, unless the shop's file says otherwise: who the shop is, a login that lasts, webhooks, and the
/// resources we use. (docs.haravan.com/docs/omni-apis/access-scopes/, 2026-11-30)
const SCOPES: &str = "openid profile email org userinfo offline_access grant_service wh_api com.read_shop \
    com.read_products com.read_orders com.write_orders com.read_inventories com.write_inventories";
/// A token is not believed for longer than this, whatever its answer says.
const LIFE_SECONDS_MAX: i64 = 10 * 365 * 86_400;

/// The page on which the owner grants the app.
pub(super) fn link(session: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
    let scopes = session.connection.account.get("scopes").map_or(SCOPES, String::as_str);
    let query = url::pairs(&[
        ("response_mode", "query"),
        ("response_type", "code"),
        ("scope", scopes),
        ("client_id", session.account("app_id")?),
        ("redirect_uri", ask.redirect_url),
        ("state", ask.state),
        ("nonce", ask.state),
    ]);
    Ok(format!("{}/connect/authorize?{query}", session.auth_url(AUTH_URL)))
}

/// Exchanges the code; Haravan compares the address with that of the link.
pub(super) async fn redeem(session: &Session<'_>, grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
    let code = grant.value("code")?;
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", grant.redirect_url)];
    ask_for_tokens(session, &form).await
}

/// Exchanges the refresh token for the next pair.
pub(super) async fn renew(session: &Session<'_>) -> Result<Tokens, ChannelError> {
    let missing =
        |_| ChannelError::misconfigured("no refresh token is stored: a private token is not renewed");
    let refresh = session.secrets.get(REFRESH_TOKEN).map_err(missing)?;
    ask_for_tokens(session, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await
}

async fn ask_for_tokens(session: &Session<'_>, form: &[(&str, &str)]) -> Result<Tokens, ChannelError> {
    let mut form = form.to_vec();
    form.push(("client_id", session.account("app_id")?));
    form.push(("client_secret", session.secrets.get("app_secret")?));
    let asked_at = (session.clock)();
    let url = format!("{}/connect/token", session.auth_url(AUTH_URL));
    let request = session.http.request(Method::POST, &url);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(url::pairs(&form));
    let token = read_token(&session.http.send(request).await?)?;
    let life = match token.expires_in.given() {
        Some(_) => Some(token.expires_in.whole("expires_in").map_err(lost)?.clamp(0, LIFE_SECONDS_MAX)),
        None => None,
    };
    let ends = life.and_then(|life| {
        asked_at.saturating_add(Duration::from_secs(u64::try_from(life).unwrap_or_default())).ok()
    });
    let access = token.access_token.text("access_token").map_err(lost)?;
    Ok(Tokens {
        access: SecretString::from(access.to_owned()),
        access_expires_at: ends,
        refresh: token.refresh_token.given().map(|text| SecretString::from(text.to_owned())),
        refresh_expires_at: None,
        account: learned(&token),
    })
}

fn lost(error: crate::json::FieldError) -> ChannelError {
    ChannelError::from(error).after_write()
}

/// 400 is `invalid_grant`: a code or refresh token that is used up, unknown, or of another address; only a new grant
/// helps. 401 is our own secret refused.
fn read_token(answer: &Answer) -> Result<Token, ChannelError> {
    errors::read_after_write(answer).map_err(|error| match error.kind {
        ErrorKind::LoginExpired => ChannelError::misconfigured("Haravan refuses the app's id or secret"),
        ErrorKind::Refused => {
            ChannelError::refused("Haravan takes this code or refresh token no more: connect again")
        }
        _ => error,
    })
}

/// The shop's number, from the identity token that came over the same line; without it nothing is learned.
fn learned(token: &Token) -> BTreeMap<String, String> {
    let claims = token.id_token.given().and_then(|text| text.split('.').nth(1)).and_then(|part| {
        let plain = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
        serde_json::from_slice::<Claims>(&plain).ok()
    });
    let org = claims.and_then(|claims| claims.orgid.given().map(str::to_owned));
    org.map(|org| ("org_id".to_owned(), org)).into_iter().collect()
}
