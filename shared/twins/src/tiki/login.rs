//! Tiki's logins: the page on which the seller grants the app, the tokens that come of it, and the app's own token.
//!
//! open.tiki.vn, authorization code flow, refresh token, client credentials; read 2026-11-30. Not documented there: how
//! long tokens live (an hour here), and whether a refresh token works twice (it does not here).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Core;
use crate::server::{Answer, Call};
use crate::signing::{from_base64, id_of};

const TOKEN_SECONDS: i64 = 3_599;
const SCOPES: [&str; 4] = ["offline", "product", "order", "inventory"];
const STATE_CHARS_MIN: usize = 8;

/// A seller's token: until when it is good, and what it opens.
pub(crate) struct Access {
    pub(crate) until: Timestamp,
    pub(crate) scope: String,
}

/// What was given to whom.
pub(crate) struct Logins {
    pub(crate) given: u64,
    /// The seller's token and refresh token that were given last.
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) sellers: BTreeMap<String, Access>,
    pub(crate) apps: BTreeMap<String, Timestamp>,
    refreshes: BTreeMap<String, String>,
    /// Codes that were not used yet, each with its redirect address and rights.
    codes: BTreeMap<String, (String, String)>,
    used: BTreeSet<String>,
}

impl Logins {
    /// The app was granted the account before.
    pub(crate) fn new(now: Timestamp) -> Self {
        let mut logins = Self {
            given: 0,
            access: String::new(),
            refresh: String::new(),
            sellers: BTreeMap::new(),
            apps: BTreeMap::new(),
            refreshes: BTreeMap::new(),
            codes: BTreeMap::new(),
            used: BTreeSet::new(),
        };
        logins.give(now, &SCOPES.join(" "));
        logins.given = 0;
        logins
    }

    /// Gives the seller's tokens; a refresh token only to those who asked for `offline`.
    fn give(&mut self, now: Timestamp, scope: &str) {
        self.given += 1;
        let draw = self.given + u64::try_from(self.sellers.len()).unwrap_or_default();
        self.access = id_of(&format!("tiki access {draw}"));
        self.refresh = id_of(&format!("tiki refresh {draw}"));
        self.sellers.insert(self.access.clone(), Access { until: end(now), scope: scope.to_owned() });
        if scope.split(' ').any(|one| one == "offline") {
            self.refreshes.insert(self.refresh.clone(), scope.to_owned());
        }
    }

    fn answer(&self, scope: &str) -> Answer {
        let mut body = json!({
            "access_token": self.access, "expires_in": TOKEN_SECONDS, "scope": scope, "token_type": "bearer",
        });
        if let (true, Some(fields)) = (self.refreshes.contains_key(&self.refresh), body.as_object_mut()) {
            fields.insert("refresh_token".to_owned(), self.refresh.clone().into());
        }
        Answer::json(200, &body)
    }

    /// Ends the seller's tokens early.
    pub(crate) fn end_access(&mut self) {
        self.sellers.clear();
    }
}

fn end(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(TOKEN_SECONDS)).unwrap_or(now)
}

fn denied(status: u16, error: &str) -> Answer {
    Answer::json(status, &json!({"error": error, "error_description": error.replace('_', " ")}))
}

/// `GET /sc/oauth2/auth`: the seller says yes, and the browser goes back with a code. The address must be exactly the
/// registered one, the state at least eight characters long.
pub(crate) fn authorize(core: &Core, call: &Call) -> Answer {
    let config = &core.config;
    let (redirect, state) =
        (call.param("redirect_uri").unwrap_or_default(), call.param("state").unwrap_or_default());
    if call.param("client_id") != Some(config.client_id.as_str()) {
        return denied(401, "invalid_client");
    }
    if call.param("response_type") != Some("code") || redirect != config.redirect_url {
        return denied(400, "invalid_request");
    }
    let scope = call.param("scope").unwrap_or_default();
    let known = !scope.is_empty() && scope.split(' ').all(|one| SCOPES.contains(&one) || one == "all");
    if !known || state.chars().count() < STATE_CHARS_MIN {
        return denied(400, if known { "invalid_state" } else { "invalid_scope" });
    }
    let mut shop = core.shop();
    let drawn = shop.logins.used.len() + shop.logins.codes.len();
    let code = id_of(&format!("tiki code {drawn}"));
    shop.logins.codes.insert(code.clone(), (redirect.to_owned(), scope.to_owned()));
    let sign = if redirect.contains('?') { '&' } else { '?' };
    let back = format!("{redirect}{sign}code={code}&scope={}&state={}", escape(scope), escape(state));
    Answer::bytes(302, "text/plain", Vec::new()).with("location", back)
}

fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// `POST /sc/oauth2/token` with a form; the app shows itself by HTTP Basic.
pub(crate) fn token(core: &Core, call: &Call) -> Answer {
    let form = call.form();
    let field = |name: &str| {
        form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let kind = call.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return denied(400, "invalid_request");
    }
    if !shows_itself(core, call) {
        return denied(401, "invalid_client");
    }
    let mut shop = core.shop();
    let now = shop.now();
    match field("grant_type") {
        "client_credentials" => {
            shop.logins.given += 1;
            let token = id_of(&format!("tiki app {}", shop.logins.given));
            shop.logins.apps.insert(token.clone(), end(now));
            let body = json!({"access_token": token, "expires_in": TOKEN_SECONDS, "scope": "", "token_type": "bearer"});
            Answer::json(200, &body)
        }
        "authorization_code" => {
            let code = field("code").to_owned();
            let Some((redirect, scope)) = shop.logins.codes.remove(&code) else {
                return denied(400, "invalid_grant");
            };
            shop.logins.used.insert(code);
            if redirect != field("redirect_uri") {
                return denied(400, "invalid_grant");
            }
            shop.logins.give(now, &scope);
            shop.logins.answer(&scope)
        }
        "refresh_token" => {
            let Some(scope) = shop.logins.refreshes.remove(field("refresh_token")) else {
                return denied(400, "invalid_grant");
            };
            shop.logins.give(now, &scope);
            shop.logins.answer(&scope)
        }
        _ => denied(400, "unsupported_grant_type"),
    }
}

fn shows_itself(core: &Core, call: &Call) -> bool {
    let basic = call.header("authorization").and_then(|value| value.strip_prefix("Basic "));
    let shown = basic.and_then(from_base64).and_then(|bytes| String::from_utf8(bytes).ok());
    shown == Some(format!("{}:{}", core.config.client_id, core.config.client_secret))
}
