//! The Haravan stand-in's logins: a page that grants, codes that work once, refresh tokens that work once.
//!
//! docs.haravan.com/docs/tutorials/authentication/sign-in-using-the-hybrid-flow/, read 2026-11-30. That a refresh token
//! works once, and how long an access token lives, is what running programs report; the documents do not say.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;

use super::Core;
use crate::server::{Answer, Call};
use crate::signing::id_of;

const LIFE: Duration = Duration::from_secs(86_400);

/// Tokens and codes.
pub(crate) struct Logins {
    /// Tokens that open the API, and when they end.
    pub(crate) good: BTreeMap<String, Option<Timestamp>>,
    pub(crate) refresh: String,
    pub(crate) given: u64,
    newest: String,
    /// Codes that were not used yet, with the address they were given for.
    codes: BTreeMap<String, String>,
    seed: String,
}

impl Logins {
    /// With a private token, which does not end.
    pub(crate) fn new(org_id: &str) -> Self {
        let newest = id_of(&format!("haravan private token {org_id}"));
        Self {
            good: BTreeMap::from([(newest.clone(), None)]),
            refresh: id_of(&format!("haravan refresh token {org_id}")),
            given: 0,
            newest,
            codes: BTreeMap::new(),
            seed: org_id.to_owned(),
        }
    }

    pub(crate) fn access(&self) -> String {
        self.newest.clone()
    }

    pub(crate) fn is_good(&self, token: &str, now: Timestamp) -> bool {
        self.good.get(token).is_some_and(|ends| ends.is_none_or(|ends| now < ends))
    }

    fn draw(&self, what: &str) -> String {
        id_of(&format!("haravan {what} {} {} {}", self.seed, self.given, self.codes.len()))
    }

    fn give(&mut self, now: Timestamp) -> serde_json::Value {
        self.given += 1;
        self.newest = self.draw("access token");
        self.refresh = self.draw("refresh token");
        self.good.insert(self.newest.clone(), now.saturating_add(LIFE).ok());
        let org = &self.seed;
        let claims = json!({"orgid": org, "orgname": "Lan", "role": ["admin"]}).to_string();
        json!({
            "id_token": format!("{}.{}.c2VhbA", URL_SAFE_NO_PAD.encode("{\"alg\":\"RS256\"}"),
                URL_SAFE_NO_PAD.encode(claims)),
            "access_token": self.newest,
            "expires_in": LIFE.as_secs(),
            "token_type": "Bearer",
            "refresh_token": self.refresh,
        })
    }
}

/// The page on which the owner says yes: this one always does, and sends the browser back.
pub(crate) fn authorize(core: &Core, call: &Call) -> Answer {
    let is_ours = call.param("client_id") == Some(core.config.app_id.as_str());
    let asks = call.param("response_type").is_some_and(|kind| kind.contains("code"));
    let scopes: Vec<&str> = call.param("scope").unwrap_or_default().split(' ').collect();
    let (Some(back), true) = (call.param("redirect_uri"), is_ours && asks && scopes.contains(&"openid"))
    else {
        return Answer::json(400, &json!({"error": "invalid_request"}));
    };
    let mut shop = core.shop();
    let code = shop.logins.draw("code");
    shop.logins.codes.insert(code.clone(), back.to_owned());
    let joint = if back.contains('?') { '&' } else { '?' };
    let state = call.param("state").unwrap_or_default();
    Answer::json(302, &json!({})).with("location", format!("{back}{joint}code={code}&state={state}"))
}

/// `POST /connect/token` with a form.
pub(crate) fn token(core: &Core, call: &Call) -> Answer {
    let error = |status, error: &str| Answer::json(status, &json!({"error": error}));
    let form = call.form();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let is_form =
        call.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return error(400, "invalid_request");
    }
    let is_ours = field("client_id") == Some(core.config.app_id.as_str())
        && field("client_secret") == Some(core.config.app_secret.as_str());
    if !is_ours {
        return error(400, "invalid_client");
    }
    let mut shop = core.shop();
    let now = shop.now();
    let is_granted = match field("grant_type") {
        Some("authorization_code") => {
            let address = field("code").and_then(|code| shop.logins.codes.remove(code));
            address.is_some() && address.as_deref() == field("redirect_uri")
        }
        Some("refresh_token") => field("refresh_token") == Some(shop.logins.refresh.as_str()),
        _ => return error(400, "unsupported_grant_type"),
    };
    if !is_granted {
        return error(400, "invalid_grant");
    }
    Answer::json(200, &shop.logins.give(now))
}
