//! Lazada's gate: the page on which a seller lets an app in, and the tokens that come of it.
//!
//! CHANNELS §2.2; docId=108260 and the references of `/auth/token/create` and `/auth/token/refresh` on
//! open.lazada.com, read 2026-11-30: a code is good once and for half an hour; a refresh token is not replaced.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Core;
use super::api::{Asked, Outcome, Refusal};
use crate::server::{Answer, Call};
use crate::signing::id_of;

/// A live app's access token is good for thirty days, its refresh token for 180.
const ACCESS_SECONDS: i64 = 30 * 86_400;
const REFRESH_SECONDS: i64 = 180 * 86_400;
const CODE_GOOD: SignedDuration = SignedDuration::from_mins(30);

/// The seller's access to the API.
pub(crate) struct Logins {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) given: u64,
    access_ends: Timestamp,
    refresh_ends: Timestamp,
    codes: Vec<(String, Timestamp)>,
    codes_given: u64,
}

impl Logins {
    pub(crate) fn new(access: &str, now: Timestamp) -> Self {
        Self {
            access: access.to_owned(),
            refresh: format!("50001{}", id_of(access)),
            given: 0,
            access_ends: later(now, ACCESS_SECONDS),
            refresh_ends: later(now, REFRESH_SECONDS),
            codes: Vec::new(),
            codes_given: 0,
        }
    }

    pub(crate) fn accepts(&self, token: &str, now: Timestamp) -> bool {
        token == self.access && now < self.access_ends
    }

    /// The access token that is good now is so no longer.
    pub(crate) fn end(&mut self) {
        self.access = format!("50000{}", id_of(&format!("ended {}", self.access)));
    }

    fn give_access(&mut self, now: Timestamp) {
        self.given += 1;
        self.access = format!("50000{}", id_of(&format!("access {} {}", self.given, self.access)));
        self.access_ends = later(now, ACCESS_SECONDS);
    }

    fn give_all(&mut self, now: Timestamp) {
        self.give_access(now);
        self.refresh = format!("50001{}", id_of(&format!("refresh {}", self.access)));
        self.refresh_ends = later(now, REFRESH_SECONDS);
    }

    fn new_code(&mut self, app_key: &str, now: Timestamp) -> String {
        self.codes_given += 1;
        let code = format!("0_{app_key}_{}", id_of(&format!("code {}", self.codes_given)));
        self.codes.push((code.clone(), now.checked_add(CODE_GOOD).unwrap_or(now)));
        code
    }

    fn take_code(&mut self, code: &str, now: Timestamp) -> bool {
        let Some(position) = self.codes.iter().position(|(given, _)| given == code) else { return false };
        let (_, until) = self.codes.remove(position);
        now < until
    }
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

/// The grant page; the seller behind it always agrees.
pub(crate) fn page(core: &Core, call: &Call) -> Answer {
    let wrong = |text: &str| Answer::bytes(400, "text/plain; charset=utf-8", text.as_bytes().to_vec());
    if call.param("response_type") != Some("code") {
        return wrong("Missing parameter: response_type must be code");
    }
    if call.param("client_id") != Some(core.config.app_key.as_str()) {
        return wrong("Invalid client_id");
    }
    let Some(redirect) = call.param("redirect_uri").filter(|uri| *uri == core.config.redirect_url) else {
        return wrong("Redirect uri does not match the callback URL of the app");
    };
    let mut shop = core.shop();
    let now = shop.now();
    let code = shop.logins.new_code(&core.config.app_key, now);
    let joint = if redirect.contains('?') { '&' } else { '?' };
    let state = call.param("state").map(|state| format!("&state={}", encode(state))).unwrap_or_default();
    let target = format!("{redirect}{joint}code={code}{state}");
    Answer::bytes(302, "text/plain; charset=utf-8", Vec::new()).with("location", target)
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A code for tokens, once.
pub(crate) fn redeem(core: &Core, asked: &Asked) -> Outcome {
    let code = asked.required("code")?;
    let mut shop = core.shop();
    let now = shop.now();
    if !shop.logins.take_code(code, now) {
        return Err(Refusal::ours("InvalidCode", "Invalid authorization code"));
    }
    shop.logins.give_all(now);
    Ok(tokens(core, &shop.logins, now))
}

/// A new access token; the refresh token stays what it was.
pub(crate) fn refresh(core: &Core, asked: &Asked) -> Outcome {
    let given = asked.required("refresh_token")?;
    let mut shop = core.shop();
    let now = shop.now();
    if given != shop.logins.refresh || now >= shop.logins.refresh_ends {
        let message = "The specified refresh token is invalid or expired";
        return Err(Refusal::ours("IllegalRefreshToken", message));
    }
    shop.logins.give_access(now);
    Ok(tokens(core, &shop.logins, now))
}

fn tokens(core: &Core, logins: &Logins, now: Timestamp) -> Value {
    let left = |end: Timestamp| (end.as_second() - now.as_second()).max(0);
    json!({
        "access_token": logins.access,
        "refresh_token": logins.refresh,
        "expires_in": left(logins.access_ends),
        "refresh_expires_in": left(logins.refresh_ends),
        "country": "vn",
        "account_platform": "seller_center",
        "account": "seller@example.vn",
        "country_user_info": [{
            "country": "vn",
            "user_id": core.config.seller_id,
            "seller_id": core.config.seller_id,
            "short_code": "VN10XX2",
        }],
    })
}

/// `/seller/get`.
pub(crate) fn seller(core: &Core) -> Value {
    json!({"data": {
        "name": "Cửa hàng Mẫu",
        "seller_id": core.config.seller_id.parse::<u64>().map_or_else(|_| Value::from(core.config.seller_id.as_str()), Value::from),
        "short_code": "VN10XX2",
        "name_company": "Mẫu",
        "cb": false,
        "verified": true,
        "status": "ACTIVE",
    }})
}
