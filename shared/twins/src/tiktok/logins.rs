//! TikTok Shop's logins: the page where a seller grants an app, codes that work once, tokens with their ends as times.
//!
//! CHANNELS §3.2; page "Seller authorization guide" of partner.tiktokshop.com, read 2026-11-30.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::api::{Outcome, Refusal};
use super::{Core, TikTokTwinConfig};
use crate::server::{Answer, Call};
use crate::signing::id_of;

const ACCESS_LIVES: SignedDuration = SignedDuration::from_hours(7 * 24);
const REFRESH_LIVES: SignedDuration = SignedDuration::from_hours(365 * 24);
const CODE_LIVES: SignedDuration = SignedDuration::from_mins(30);

/// What a token is worth.
pub(crate) enum Standing {
    Good,
    Ended,
    Unknown,
}

/// The shop's access to the API.
pub(crate) struct Logins {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) given: u64,
    access_ends: Timestamp,
    refresh_ends: Timestamp,
    ended: Vec<String>,
    codes: BTreeMap<String, Timestamp>,
}

impl Logins {
    pub(crate) fn new(config: &TikTokTwinConfig) -> Self {
        let now = (config.clock)();
        Self {
            access: config.access_token.clone(),
            refresh: format!("TTP_{}", id_of(&config.access_token)),
            given: 0,
            access_ends: after(now, ACCESS_LIVES),
            refresh_ends: after(now, REFRESH_LIVES),
            ended: Vec::new(),
            codes: BTreeMap::new(),
        }
    }

    pub(crate) fn standing(&self, token: &str, now: Timestamp) -> Standing {
        if token == self.access {
            return if now < self.access_ends { Standing::Good } else { Standing::Ended };
        }
        if self.ended.iter().any(|ended| ended == token) { Standing::Ended } else { Standing::Unknown }
    }

    /// The access token that is good now is so no longer.
    pub(crate) fn end(&mut self) {
        self.replace_access();
    }

    fn replace_access(&mut self) {
        let next = format!("TTP_{}", id_of(&format!("access {} {}", self.given, self.access)));
        self.ended.push(std::mem::replace(&mut self.access, next));
    }

    fn give(&mut self, now: Timestamp) -> Value {
        self.given += 1;
        self.replace_access();
        self.refresh = format!("TTP_{}", id_of(&format!("refresh {} {}", self.given, self.refresh)));
        self.access_ends = after(now, ACCESS_LIVES);
        self.refresh_ends = after(now, REFRESH_LIVES);
        json!({
            "access_token": self.access,
            "access_token_expire_in": self.access_ends.as_second(),
            "refresh_token": self.refresh,
            "refresh_token_expire_in": self.refresh_ends.as_second(),
            "open_id": "7010736057180325637",
            "seller_name": "Shop",
            "seller_base_region": "VN",
            "user_type": 0,
            "granted_scopes": ["seller.order.info", "seller.product.basic", "seller.product.write"],
        })
    }
}

fn after(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(now)
}

/// The seller says yes: the browser goes to the address registered with the app. It takes no address from the link.
pub(crate) fn page(core: &Core, call: &Call) -> Answer {
    let config = &core.config;
    if call.param("service_id") != Some(config.service_id.as_str()) {
        return Answer::bytes(400, "text/html; charset=utf-8", b"<p>The app is not found.</p>".to_vec());
    }
    let mut shop = core.shop();
    let now = shop.now();
    let code = format!("TTP_{}", id_of(&format!("code {} {now}", shop.logins.codes.len())));
    shop.logins.codes.insert(code.clone(), now);
    let state = call.param("state").unwrap_or_default();
    let query = [
        ("app_key", config.app_key.as_str()),
        ("code", &code),
        ("locale", "vi-VN"),
        ("shop_region", "VN"),
        ("state", state),
    ];
    match reqwest::Url::parse_with_params(&config.redirect_url, &query) {
        Ok(url) => Answer::bytes(302, "text/html; charset=utf-8", Vec::new()).with("location", url),
        Err(_) => Answer::bytes(500, "text/html; charset=utf-8", b"<p>No redirect URL.</p>".to_vec()),
    }
}

/// Tokens for a code that is younger than half an hour; it works once.
pub(crate) fn token_for_code(core: &Core, call: &Call) -> Outcome {
    check_app(core, call, "authorized_code")?;
    let mut shop = core.shop();
    let now = shop.now();
    let code = call.param("auth_code").unwrap_or_default();
    let made = shop.logins.codes.remove(code);
    if made.is_none_or(|made| after(made, CODE_LIVES) < now) {
        return Err(Refusal::new(36_004_004, "invalid auth code"));
    }
    Ok(shop.logins.give(now))
}

/// The next tokens. The documents say that the refresh token is replaced; whether the old one works on they do not
/// say, so here it does not.
pub(crate) fn token_for_refresh(core: &Core, call: &Call) -> Outcome {
    check_app(core, call, "refresh_token")?;
    let mut shop = core.shop();
    let now = shop.now();
    if call.param("refresh_token") != Some(shop.logins.refresh.as_str()) || now >= shop.logins.refresh_ends {
        return Err(Refusal::new(36_004_005, "invalid refresh token"));
    }
    Ok(shop.logins.give(now))
}

/// These two calls are plain: the app's key and secret stand in the query, and nothing is signed.
fn check_app(core: &Core, call: &Call, grant_type: &str) -> Result<(), Refusal> {
    let config = &core.config;
    let expected = [
        ("app_key", config.app_key.as_str()),
        ("app_secret", &config.app_secret),
        ("grant_type", grant_type),
    ];
    let wrong = expected.iter().find(|(name, value)| call.param(name) != Some(*value));
    match (wrong, &call.method) {
        (None, method) if *method == http::Method::GET => Ok(()),
        (None, _) => Err(Refusal(404, 36_009_010, "Invalid method".to_owned())),
        (Some((name, _)), _) => Err(Refusal::new(36_004_003, format!("invalid {name}"))),
    }
}
