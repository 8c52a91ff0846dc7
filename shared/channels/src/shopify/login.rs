//! Shopify's logins: the page on which a shop lets us in, the code that comes of it, and the next token.

use super::sign;
use super::wire::TokenAnswer;
use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind, Next};
use crate::http::Answer;
use crate::json::Loose;
use crate::login::{Grant, LinkAsk, REFRESH_TOKEN, Tokens};
use crate::url;
use commerce::Timestamp;
use jiff::SignedDuration;
use reqwest::Method;
use secrecy::SecretString;
use std::collections::BTreeMap;

/// What we ask to be allowed. `write_…` allows reading as well.
pub(super) const SCOPES: [&str; 5] = [
    "write_orders",
    "read_products",
    "write_inventory",
    "read_locations",
    "write_merchant_managed_fulfillment_orders",
];

/// Longer than any of Shopify's tokens, in seconds.
const LIFE_MAX_S: i64 = 400 * 86_400;

fn address(session: &Session<'_>, path: &str) -> Result<String, ChannelError> {
    let own = format!("https://{}", sign::own_domain(session)?);
    Ok(format!("{}/admin/oauth/{path}", session.auth_url(&own)))
}

/// The page of the shop itself. (shopify.dev, authorization code grant, 2026-11-30)
pub(super) fn link(session: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
    let query = url::pairs(&[
        ("client_id", session.account("client_id")?),
        ("scope", &SCOPES.join(",")),
        ("redirect_uri", ask.redirect_url),
        ("state", ask.state),
    ]);
    Ok(format!("{}?{query}", address(session, "authorize")?))
}

/// Turns the code into tokens, once the browser's answer is proved to be Shopify's and about our shop.
pub(super) async fn redeem(session: &Session<'_>, grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
    sign::check_grant(session, grant.query)?;
    let code = grant.value("code")?;
    // Public apps must ask for tokens that end, by 2027-01-01. (shopify.dev, offline access tokens, 2026-11-30)
    let is_ending = session.account("expiring_tokens") != Ok("false");
    let expiring = if is_ending { "1" } else { "0" };
    let answer = post(session, &[("code", code), ("expiring", expiring)]).await?;
    read(&answer, (session.clock)(), |code| ChannelError::refused(format!("the grant was not taken: {code}")))
}

/// The next tokens. A shop's own app may have a token without an end, and then there is nothing to renew.
pub(super) async fn renew(session: &Session<'_>) -> Result<Tokens, ChannelError> {
    let refresh = session.secrets.get(REFRESH_TOKEN).ok().filter(|token| !token.is_empty());
    let nothing = || {
        ChannelError::misconfigured(
            "there is nothing to renew: the login has no refresh token; a token without an end stays as it is, \
             and `hopkenh connect` gets a new one",
        )
    };
    let refresh = refresh.ok_or_else(nothing)?;
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let answer = post(session, &pairs).await?;
    read(&answer, (session.clock)(), |code| {
        let why = format!("the refresh token is no longer good ({code}): grant the login anew");
        ChannelError::new(ErrorKind::LoginExpired, Next::Park, why)
    })
}

async fn post(session: &Session<'_>, pairs: &[(&str, &str)]) -> Result<Answer, ChannelError> {
    let app = [
        ("client_id", session.account("client_id")?),
        ("client_secret", session.secrets.get("client_secret")?),
    ];
    let form = url::pairs(&[&app, pairs].concat());
    let request = session.http.request(Method::POST, &address(session, "access_token")?);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    session.http.send(request.header("accept", "application/json").body(form)).await
}

/// Reads tokens; `refused` says what it means that the code or token was not taken. A breakdown may have used it up.
fn read(
    answer: &Answer,
    asked_at: Timestamp,
    refused: impl FnOnce(&str) -> ChannelError,
) -> Result<Tokens, ChannelError> {
    match (answer.status, answer.status_error()) {
        (400..=403, _) => {
            let body: TokenAnswer = answer.json().unwrap_or_default();
            return Err(match body.error.given().unwrap_or("no reason given") {
                code @ ("invalid_client" | "application_cannot_be_found" | "unauthorized_client") => {
                    ChannelError::misconfigured(format!("client_id or client_secret is wrong: {code}"))
                }
                code => refused(code),
            });
        }
        (_, Some(error)) => return Err(error.after_write()),
        _ => {}
    }
    let told: TokenAnswer = answer.json().map_err(ChannelError::after_write)?;
    let secret = |value: &Loose| value.given().map(|text| SecretString::from(text.to_owned()));
    let missing = || ChannelError::unreadable("access_token: is missing").after_write();
    let end = |value: &Loose| {
        let seconds = value.whole("expires_in").ok()?.clamp(0, LIFE_MAX_S);
        asked_at.checked_add(SignedDuration::from_secs(seconds)).ok()
    };
    Ok(Tokens {
        access: secret(&told.access_token).ok_or_else(missing)?,
        access_expires_at: end(&told.expires_in),
        refresh: secret(&told.refresh_token),
        refresh_expires_at: end(&told.refresh_token_expires_in),
        account: BTreeMap::new(),
    })
}
