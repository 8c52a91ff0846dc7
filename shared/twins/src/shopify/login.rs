//! The shop's doorman: the page that lets an app in, codes that work once, tokens that end and their successors.
//!
//! CHANNELS §6; shopify.dev on the authorization code grant and on expiring offline tokens, read 2026-11-30.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Core, ShopifyTwinConfig};
use crate::server::{Answer, Call};
use crate::signing::{hmac_hex, id_of};

const ACCESS_S: i64 = 3_600;
const REFRESH_S: i64 = 90 * 86_400;
/// A code is good for this long. Not documented; a minute is what such codes usually have.
const CODE_S: i64 = 60;

/// Tokens that are good, and codes that were not used yet.
pub(crate) struct Logins {
    pub(crate) access: String,
    access_ends: Option<Timestamp>,
    pub(crate) refresh: String,
    refresh_ends: Timestamp,
    /// The one before, good until its successor is used.
    earlier_refresh: Option<String>,
    codes: BTreeMap<String, Timestamp>,
    pub(crate) given: u64,
    numbers: u64,
}

impl Logins {
    /// The shop has let the app in before the twin starts.
    pub(crate) fn new(config: &ShopifyTwinConfig) -> Self {
        let now = (config.clock)();
        let mut logins = Self {
            access: String::new(),
            access_ends: None,
            refresh: String::new(),
            refresh_ends: now,
            earlier_refresh: None,
            codes: BTreeMap::new(),
            given: 0,
            numbers: 0,
        };
        logins.replace(now, config);
        logins
    }

    fn draw(&mut self, kind: &str, config: &ShopifyTwinConfig) -> String {
        self.numbers += 1;
        format!("{kind}_{}", id_of(&format!("{kind} {} {}", config.shop, self.numbers)))
    }

    fn replace(&mut self, now: Timestamp, config: &ShopifyTwinConfig) {
        self.access = self.draw("shpat", config);
        self.refresh = self.draw("shprt", config);
        self.access_ends = Some(after(now, ACCESS_S));
        self.refresh_ends = after(now, REFRESH_S);
    }

    /// Whether the token opens the API now. With its first use, the refresh token before it is over.
    pub(crate) fn opens(&mut self, token: &str, now: Timestamp) -> bool {
        let is_good = token == self.access && self.access_ends.is_none_or(|end| now < end);
        if is_good {
            self.earlier_refresh = None;
        }
        is_good
    }

    pub(crate) fn end_access(&mut self, now: Timestamp) {
        self.access_ends = Some(now);
    }

    fn tell(&self, scopes: &[String]) -> Value {
        let mut told = json!({ "access_token": self.access, "scope": scopes.join(",") });
        if self.access_ends.is_some() {
            told["expires_in"] = json!(ACCESS_S);
            told["refresh_token"] = json!(self.refresh);
            told["refresh_token_expires_in"] = json!(REFRESH_S);
        }
        told
    }
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

fn refuse(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(status, &json!({ "error": error, "error_description": description }))
}

/// `GET /admin/oauth/authorize`: the owner says yes at once, and the browser goes back with a code.
pub(crate) fn page(core: &Core, call: &Call) -> Answer {
    let config = &core.config;
    if call.param("client_id") != Some(config.client_id.as_str()) {
        return refuse(400, "invalid_request", "The client_id is unknown.");
    }
    let back = call.param("redirect_uri").unwrap_or_default().to_owned();
    if !config.redirect_urls.contains(&back) {
        return refuse(400, "invalid_request", "The redirect_uri is not whitelisted");
    }
    if call.param("scope").unwrap_or_default().is_empty() {
        return refuse(400, "invalid_scope", "No scopes were asked for.");
    }
    let now = (config.clock)();
    let code = {
        let mut logins = core.logins();
        let code = logins.draw("code", config);
        logins.codes.insert(code.clone(), after(now, CODE_S));
        code
    };
    let (shop, time) = (config.domain(), now.as_second().to_string());
    let mut pairs = vec![("code", code), ("shop", shop), ("timestamp", time)];
    pairs.extend(call.param("state").map(|state| ("state", state.to_owned())));
    pairs.sort();
    let query =
        pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&");
    let seal = hmac_hex(config.client_secret.as_bytes(), &[query.as_bytes()]);
    let mark = if back.contains('?') { '&' } else { '?' };
    Answer::bytes(302, "text/html", Vec::new()).with("location", format!("{back}{mark}{query}&hmac={seal}"))
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// `POST /admin/oauth/access_token`: a code or a refresh token for tokens.
pub(crate) fn token(core: &Core, call: &Call) -> Answer {
    let form = call.form();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let config = &core.config;
    if field("client_id") != Some(&config.client_id) || field("client_secret") != Some(&config.client_secret)
    {
        return refuse(401, "invalid_client", "Client authentication failed");
    }
    let now = (config.clock)();
    let mut logins = core.logins();
    match (field("grant_type"), field("code"), field("refresh_token")) {
        (None | Some("authorization_code"), Some(code), _) => {
            if logins.codes.remove(code).is_none_or(|end| now >= end) {
                let why = "The authorization code was not found or was already used";
                return refuse(400, "invalid_request", why);
            }
            logins.replace(now, config);
            if field("expiring") != Some("1") {
                logins.access_ends = None;
            }
            logins.earlier_refresh = None;
        }
        (Some("refresh_token"), _, Some(token)) => {
            let is_known = token == logins.refresh || logins.earlier_refresh.as_deref() == Some(token);
            if !is_known || now >= logins.refresh_ends {
                return refuse(400, "invalid_grant", "Token has been expired or revoked.");
            }
            logins.earlier_refresh = Some(token.to_owned());
            logins.replace(now, config);
        }
        _ => return refuse(400, "invalid_request", "Something is missing"),
    }
    logins.given += 1;
    Answer::json(200, &logins.tell(&config.scopes))
}
