//! Zalo's logins: a person gives the first refresh token once, from Zalo's own console; from then on each renewal gives the next.

use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind};
use crate::json::Loose;
use crate::login::{REFRESH_TOKEN, Tokens};
use crate::url;
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The app's own secret.
pub const APP_SECRET: &str = "zalo_app_secret";
/// The refresh token that a person has given.
pub const GIVEN_REFRESH_TOKEN: &str = "zalo_refresh_token";
/// Where logins are given.
const AUTH_URL: &str = "https://oauth.zaloapp.com";
/// A token is not believed for longer than this, whatever its answer says.
const LIFE_SECONDS_MAX: i64 = 90 * 86_400;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answered {
    access_token: Loose,
    refresh_token: Loose,
    expires_in: Loose,
    error: Loose,
}

/// Exchanges the refresh token for the next pair: the stored one, and where that is taken no more, the one that a person has
/// given since.
pub(super) async fn renew(session: &Session<'_>) -> Result<Tokens, ChannelError> {
    let given = session.secrets.get(GIVEN_REFRESH_TOKEN)?;
    let Ok(stored) = session.secrets.get(REFRESH_TOKEN) else { return exchange(session, given).await };
    match exchange(session, stored).await {
        Err(error) if error.kind == ErrorKind::Refused => exchange(session, given).await,
        renewed => renewed,
    }
}

async fn exchange(session: &Session<'_>, refresh: &str) -> Result<Tokens, ChannelError> {
    let form =
        [("refresh_token", refresh), ("app_id", session.account("app_id")?), ("grant_type", "refresh_token")];
    let asked_at = (session.clock)();
    let url = format!("{}/v4/oa/access_token", session.auth_url(AUTH_URL));
    let request = session
        .http
        .request(Method::POST, &url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("secret_key", session.secrets.get(APP_SECRET)?)
        .body(url::pairs(&form));
    let answer = session.http.send(request).await?;
    if let Some(error) = answer.status_error() {
        return Err(error.after_write());
    }
    let said: Answered = answer.json().map_err(ChannelError::after_write)?;
    if said.access_token.given().is_none() {
        let code = said.error.given().unwrap_or("none").to_owned();
        return Err(ChannelError::refused(format!(
            "Zalo takes this refresh token no more ({code}): get one in its console, `hopkenh secret forget`, `shop add`"
        )));
    }
    tokens(&said, asked_at)
}

fn tokens(said: &Answered, asked_at: commerce::Timestamp) -> Result<Tokens, ChannelError> {
    let lost = |error: crate::json::FieldError| ChannelError::from(error).after_write();
    let access = said.access_token.text("access_token").map_err(lost)?;
    let life_s = said.expires_in.whole("expires_in").map_err(lost)?.clamp(0, LIFE_SECONDS_MAX);
    let life = Duration::from_secs(u64::try_from(life_s).unwrap_or_default());
    Ok(Tokens {
        access: SecretString::from(access.to_owned()),
        access_expires_at: asked_at.saturating_add(life).ok(),
        refresh: said.refresh_token.given().map(|text| SecretString::from(text.to_owned())),
        refresh_expires_at: None,
        account: BTreeMap::new(),
    })
}
