//! The Sapo stand-in's reception desk: the login, the bucket of calls, who may ask, and which desk answers.
//!
//! support.sapo.vn/oauth and …/ung-dung-rieng-private-apps, read 2026-11-30; 40 calls a minute by the description of the
//! client `sapo-client-sdk`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use super::{Core, orders, stock, webhooks};
use crate::server::{Answer, Backend, Bend, Call};
use crate::signing::{hmac_base64, id_of};

/// Thousandths of a call.
const CALL: i64 = 1_000;

/// A refusal.
pub(crate) struct Refusal {
    status: u16,
    errors: String,
}

pub(crate) type Outcome = Result<Answer, Refusal>;

pub(crate) fn refuse(status: u16, errors: &str) -> Refusal {
    Refusal { status, errors: errors.to_owned() }
}

impl Refusal {
    fn into_answer(self) -> Answer {
        Answer::json(self.status, &json!({"errors": self.errors}))
    }
}

pub(crate) fn answer(core: &Core, call: &Call, bend: &Bend) -> Answer {
    match (call.method.as_str(), call.path.as_str()) {
        ("GET", "/admin/oauth/authorize") => return authorize(core, call),
        ("POST", "/admin/oauth/access_token") => return token(core, call),
        _ => {}
    }
    let calls = match pour(core) {
        Ok(calls) => calls,
        Err(seconds) => return core.too_many(Some(seconds)),
    };
    let outcome = check_login(core, call, bend).and_then(|()| route(core, call, bend));
    let answer = outcome.unwrap_or_else(Refusal::into_answer);
    answer.with("x-sapo-api-call-limit", format!("{calls}/40"))
}

/// The page on which the owner says yes: this one always does, and sends the browser back with a sealed query.
fn authorize(core: &Core, call: &Call) -> Answer {
    let is_ours = call.param("client_id") == Some(core.config.app_id.as_str());
    let has_scope = call.param("scope").is_some_and(|scope| scope.split(',').any(|one| one == "read_orders"));
    let (Some(back), true) = (call.param("redirect_uri"), is_ours && has_scope) else {
        return Answer::json(400, &json!({"error": "invalid_request"}));
    };
    let mut shop = core.shop();
    let code = id_of(&format!("sapo code {} {}", core.config.domain, shop.logins + shop.codes.len() as u64));
    shop.codes.push(code.clone());
    let query = format!("code={code}&store={}&timestamp={}", core.config.domain, shop.now().as_second());
    let seal = hmac_base64(core.config.app_secret.as_bytes(), &[query.as_bytes()]);
    let seal: String = seal.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let joint = if back.contains('?') { '&' } else { '?' };
    let state = call.param("state").unwrap_or_default();
    let location = format!("{back}{joint}{query}&hmac={seal}&state={state}");
    Answer::json(302, &json!({})).with("location", location)
}

/// A code works once; the token does not end.
fn token(core: &Core, call: &Call) -> Answer {
    let body = call.json().unwrap_or_default();
    let field = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut shop = core.shop();
    let is_ours =
        field("client_id") == core.config.app_id && field("client_secret") == core.config.app_secret;
    let place = shop.codes.iter().position(|code| code == field("code"));
    let (Some(place), true) = (place, is_ours) else {
        return Answer::json(400, &json!({"error": "invalid_request"}));
    };
    shop.codes.remove(place);
    shop.logins += 1;
    shop.token = id_of(&format!("sapo token {} {}", core.config.domain, shop.logins));
    Answer::json(200, &json!({"access_token": shop.token, "scope": "read_orders write_orders"}))
}

/// One call more in the bucket: how many it holds, or after how many seconds there is room.
fn pour(core: &Core) -> Result<i64, u64> {
    let mut shop = core.shop();
    let now = shop.now();
    let (level, since) = shop.bucket;
    // The bucket holds a minute's calls and is empty again in a minute.
    let holds = i64::from(core.config.calls_per_minute.max(1)) * CALL;
    let leaks_per_s = (holds / 60).max(1);
    let passed_ms = (now.as_millisecond() - since.as_millisecond()).max(0);
    let level = level.saturating_sub(passed_ms.saturating_mul(leaks_per_s) / 1_000).max(0);
    if level + CALL > holds {
        shop.bucket = (level, now);
        return Err(u64::try_from((level + CALL - holds) / leaks_per_s + 1).unwrap_or(1));
    }
    shop.bucket = (level + CALL, now);
    Ok((level + CALL) / CALL)
}

/// The token, under its new name or its old one, or a private app's two keys.
fn check_login(core: &Core, call: &Call, bend: &Bend) -> Result<(), Refusal> {
    let shop = core.shop();
    let token = call.header("x-sapo-access-token").or(call.header("x-bizweb-access-token"));
    let by_token = token.is_some_and(|token| !shop.token.is_empty() && token == shop.token);
    let keys = format!("{}:{}", core.config.app_id, core.config.app_secret);
    let basic = format!("Basic {}", STANDARD.encode(keys));
    let by_keys = call.header("authorization") == Some(basic.as_str());
    if *bend == Bend::LoginExpired || !(by_token || by_keys) {
        return Err(refuse(401, "[API] Invalid API key or access token"));
    }
    Ok(())
}

fn route(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let path = call.path.strip_suffix(".json").unwrap_or(&call.path);
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    let is_web = core.shop().is_web();
    match (&call.method, steps.as_slice()) {
        (&Method::GET, ["admin", "orders"]) if is_web => orders::list(core, call),
        (&Method::GET, ["admin", "orders"]) => orders::list_of_stores(core, call),
        (&Method::GET, ["admin", "orders", id]) => orders::one(core, id),
        (&Method::GET, ["admin", "products"]) => stock::products(core, call),
        (&Method::GET, ["admin", "products", id]) => stock::product(core, id),
        (&Method::GET | &Method::POST, ["admin", "webhooks"]) => webhooks::desk(core, call),
        (&Method::GET, ["admin", "store"]) if is_web => Ok(shop(core, "store")),
        (&Method::GET, ["admin", "tenant"]) if !is_web => Ok(shop(core, "tenant")),
        (&Method::GET, ["admin", "locations"]) if !is_web => Ok(locations(core)),
        (&Method::GET, ["admin", "variants", id]) if is_web => stock::variant(core, id),
        (&Method::PUT, ["admin", "variants", id]) if is_web => stock::set(core, id, call, bend),
        (&Method::POST, ["admin", "orders"]) if is_web => orders::create(core, call, bend),
        (&Method::POST, ["admin", "orders", id, "cancel"]) if is_web => orders::cancel(core, id, call, bend),
        (&Method::POST, ["admin", "orders", id, "fulfillments"]) if is_web => {
            orders::fulfil(core, id, call, bend)
        }
        _ => Err(refuse(404, "Not Found")),
    }
}

fn shop(core: &Core, name: &str) -> Answer {
    let now = core.shop().now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let shop = json!({name: {"id": 816_347, "name": "Lan", "domain": core.config.domain, "currency": "VND"}});
    Answer::json(200, &shop).with("date", now)
}

fn locations(core: &Core) -> Answer {
    let location = json!({"id": core.config.location_id, "label": "Chi nhánh mặc định", "status": "active"});
    Answer::json(200, &json!({"locations": [location]}))
}

/// Which rows the caller wants: how many to leave out, and how many at most.
pub(crate) fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    let size = call.number("limit", 50).filter(|size| (1..=250).contains(size));
    let size = size.and_then(|size| usize::try_from(size).ok());
    let page = call.number("page", 1).filter(|page| *page >= 1).and_then(|page| usize::try_from(page).ok());
    match (size, page) {
        (Some(size), Some(page)) => Ok((size.saturating_mul(page - 1), size)),
        _ => Err(refuse(422, "limit must be 1 to 250, page at least 1")),
    }
}

/// A number that a caller must give.
pub(crate) fn number(value: &Value, name: &str) -> Option<u64> {
    let field = value.get(name)?;
    field.as_u64().or_else(|| field.as_str()?.parse().ok())
}
