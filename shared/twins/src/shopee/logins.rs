//! Shopee's grant page and token desk: a seller lets an app in, and the app keeps its tokens fresh.
//!
//! CHANNELS §1.2; schemas `v2.public.get_access_token` and `refresh_access_token` of open.shopee.com via
//! `congminh1254/shopee-sdk`, read 2026-11-30.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal};
use crate::server::{Answer, Call};
use crate::signing::id_of;

/// The old access token lives this much longer after a refresh.
const OLD_TOKEN_LIVES: SignedDuration = SignedDuration::from_mins(5);
/// Seconds an access token is good for, as announced.
const ACCESS_TOKEN_SECONDS: i64 = 14_400;
/// A code must be turned into tokens within this time.
const CODE_LIVES: SignedDuration = SignedDuration::from_mins(10);

/// The shop's access to the API.
pub(crate) struct Logins {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) renewed: u64,
    /// None for the token the twin was started with: it ends when it is told to.
    until: Option<Timestamp>,
    old: Option<(String, Timestamp)>,
    codes: Vec<(String, Timestamp)>,
    codes_given: u64,
}

impl Logins {
    pub(crate) fn new(access: &str) -> Self {
        Self {
            access: access.to_owned(),
            refresh: id_of(access),
            renewed: 0,
            until: None,
            old: None,
            codes: Vec::new(),
            codes_given: 0,
        }
    }

    pub(crate) fn accepts(&self, token: &str, now: Timestamp) -> bool {
        let is_current = token == self.access && self.until.is_none_or(|until| now < until);
        is_current || self.old.as_ref().is_some_and(|(old, until)| token == old && now < *until)
    }

    pub(crate) fn expire(&mut self) {
        self.old = None;
        self.access = id_of(&format!("expired {}", self.access));
    }

    pub(crate) fn renew(&mut self, now: Timestamp) {
        self.renewed += 1;
        let access = id_of(&format!("access {} {}", self.renewed, self.refresh));
        self.old = Some((std::mem::replace(&mut self.access, access), later(now, OLD_TOKEN_LIVES)));
        self.refresh = id_of(&format!("refresh {} {}", self.renewed, self.refresh));
        self.until = Some(later(now, SignedDuration::from_secs(ACCESS_TOKEN_SECONDS)));
    }

    fn give_code(&mut self, now: Timestamp) -> String {
        self.codes_given += 1;
        let code = id_of(&format!("code {} {}", self.codes_given, self.refresh));
        self.codes.push((code.clone(), later(now, CODE_LIVES)));
        code
    }

    /// A code works once.
    fn take_code(&mut self, code: &str, now: Timestamp) -> bool {
        let place = self.codes.iter().position(|(given, until)| given == code && now < *until);
        place.map(|place| self.codes.remove(place)).is_some()
    }
}

fn later(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(now)
}

/// `GET /auth`: the seller has said yes, and the browser is sent back with a code and the shop's number.
pub(crate) fn grant_page(core: &Core, call: &Call) -> Answer {
    let refuse = |why: &str| Answer::bytes(400, "text/html", format!("<html>{why}</html>").into_bytes());
    if call.param("partner_id") != Some(core.config.partner_id.to_string().as_str()) {
        return refuse("partner_id");
    }
    if call.param("auth_type") != Some("seller") || call.param("response_type") != Some("code") {
        return refuse("auth_type, response_type");
    }
    let Some(back) = call.param("redirect_uri").filter(|url| url.starts_with("http")) else {
        return refuse("redirect_uri");
    };
    let mut shop = core.shop();
    let now = shop.now();
    let code = shop.logins.give_code(now);
    let joint = if back.contains('?') { '&' } else { '?' };
    let mut target = format!("{back}{joint}code={code}&shop_id={}", core.config.shop_id);
    if let Some(state) = call.param("state") {
        target.push_str(&format!("&state={}", escape(state)));
    }
    Answer::bytes(302, "text/html", Vec::new()).with("location", target)
}

fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let letter = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(letter).collect()
}

/// `POST /api/v2/auth/token/get`.
pub(crate) fn get_tokens(core: &Core, call: &Call) -> Outcome {
    let body = call.json().unwrap_or(Value::Null);
    if !is_number(&body, "partner_id", core.config.partner_id) {
        return Err(Refusal::new("invalid_partner_id", "Invalid partner_id, please have a check."));
    }
    if !is_number(&body, "shop_id", core.config.shop_id) {
        let message = "The code or shop_id is wrong, please check the code or the shop_id.";
        return Err(Refusal::new("invalid_shop_id", message));
    }
    let mut shop = core.shop();
    let now = shop.now();
    if !shop.logins.take_code(body.get("code").and_then(Value::as_str).unwrap_or_default(), now) {
        let message = "The code is expired or used or invalid, please check the code.";
        return Err(Refusal::new("invalid_code", message));
    }
    shop.logins.renew(now);
    Ok(json!({
        "error": "",
        "message": "",
        "request_id": id_of(&shop.logins.access),
        "access_token": shop.logins.access,
        "refresh_token": shop.logins.refresh,
        "expire_in": ACCESS_TOKEN_SECONDS,
    }))
}

fn is_number(body: &Value, name: &str, expected: u64) -> bool {
    body.get(name).and_then(Value::as_u64) == Some(expected)
}

/// `POST /api/v2/auth/access_token/get`. The answer is flat, without `response`; the refresh token works once.
pub(crate) fn renew(core: &Core, call: &Call) -> Outcome {
    let body = call.json().unwrap_or(Value::Null);
    let mut shop = core.shop();
    let now = shop.now();
    let is_ours = is_number(&body, "shop_id", core.config.shop_id)
        && is_number(&body, "partner_id", core.config.partner_id);
    if !is_ours {
        return Err(Refusal::new("error_auth", "Invalid partner_id or shopid."));
    }
    if body.get("refresh_token").and_then(Value::as_str) != Some(shop.logins.refresh.as_str()) {
        return Err(Refusal::new("error_auth", "Invalid refresh_token."));
    }
    shop.logins.renew(now);
    Ok(json!({
        "error": "",
        "message": "",
        "request_id": id_of(&shop.logins.access),
        "partner_id": core.config.partner_id,
        "shop_id": core.config.shop_id,
        "access_token": shop.logins.access,
        "refresh_token": shop.logins.refresh,
        "expire_in": ACCESS_TOKEN_SECONDS,
    }))
}
