//! The Haravan stand-in's reception desk: the bucket of calls, who may ask, and which desk answers.
//!
//! docs.haravan.com/docs/omni-apis/api-call-limit/ and …/response-status/, read 2026-11-30.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Core, login, orders, stock, webhooks};
use crate::server::{Answer, Backend, Bend, Call};

/// Thousandths of a call that the bucket holds, and that leak away in a millisecond (4 calls a second).
const BUCKET: i64 = 80_000;
const LEAK_PER_MS: i64 = 4;
const CALL: i64 = 1_000;
/// Most rows of a page, and as many as usual.
const PAGE_MAX: i64 = 50;

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
        ("GET", "/connect/authorize") => return login::authorize(core, call),
        ("POST", "/connect/token") => return login::token(core, call),
        _ => {}
    }
    let calls = match pour(core) {
        Ok(calls) => calls,
        Err(seconds) => return core.too_many(Some(seconds)),
    };
    let outcome = check_login(core, call, bend).and_then(|()| route(core, call, bend));
    let answer = outcome.unwrap_or_else(Refusal::into_answer);
    answer.with("x-haravan-api-call-limit", format!("{calls}/80"))
}

/// One call more in the bucket: how many it holds, or after how many seconds there is room.
fn pour(core: &Core) -> Result<i64, u64> {
    let mut shop = core.shop();
    let now = shop.now();
    let (level, since) = shop.bucket;
    let leaked = (now.as_millisecond() - since.as_millisecond()).max(0).saturating_mul(LEAK_PER_MS);
    let level = (level.saturating_sub(leaked)).max(0);
    if level + CALL > BUCKET {
        shop.bucket = (level, now);
        let wait_ms = (level + CALL - BUCKET) / LEAK_PER_MS;
        return Err(u64::try_from(wait_ms / 1_000 + 1).unwrap_or(1));
    }
    shop.bucket = (level + CALL, now);
    Ok((level + CALL) / CALL)
}

fn check_login(core: &Core, call: &Call, bend: &Bend) -> Result<(), Refusal> {
    let denied = || refuse(401, "Unauthorized");
    let token = call.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or_else(denied)?;
    let shop = core.shop();
    if *bend == Bend::LoginExpired || !shop.logins.is_good(token, shop.now()) {
        return Err(denied());
    }
    Ok(())
}

fn route(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    if call.path == "/api/subscribe" {
        return webhooks::subscription(core, call);
    }
    let path = call.path.strip_suffix(".json").unwrap_or(&call.path);
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    match (call.method.as_str(), steps.as_slice()) {
        ("GET", ["com", "orders"]) => orders::list(core, call),
        ("POST", ["com", "orders"]) => orders::create(core, call, bend),
        ("GET", ["com", "orders", id]) => orders::one(core, id),
        ("POST", ["com", "orders", id, "confirm"]) => orders::confirm(core, id, bend),
        ("POST", ["com", "orders", id, "cancel"]) => orders::cancel(core, id, call, bend),
        ("POST", ["com", "orders", id, "fulfillments"]) => orders::fulfil(core, id, call, bend),
        ("POST", ["com", "inventories", "adjustorset"]) => stock::adjust(core, call, bend),
        ("GET", ["com", "inventory_locations"]) => stock::balances(core, call),
        ("GET", ["com", "products"]) => stock::products(core, call),
        ("GET", ["com", "shop"]) => Ok(shop(core)),
        ("GET", ["com", "locations"]) => Ok(locations(core)),
        _ => Err(refuse(404, "Not Found")),
    }
}

fn shop(core: &Core) -> Answer {
    let id: u64 = core.config.org_id.parse().unwrap_or_default();
    let shop = json!({"id": id, "name": "Lan", "currency": "VND", "timezone": "(GMT+07:00) Hanoi",
        "domain": "https://lan.myharavan.com/", "inventory_method": "default"});
    Answer::json(200, &json!({"shop": shop})).with("date", date(core.shop().now()))
}

fn date(now: Timestamp) -> String {
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn locations(core: &Core) -> Answer {
    let location = json!({"id": core.config.location_id, "name": "Địa điểm mặc định", "location_type": null,
        "is_primary": true, "type": "default"});
    Answer::json(200, &json!({"locations": [location]}))
}

/// Which rows the caller wants: how many to leave out, and how many at most.
pub(crate) fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    let size = call.number("limit", PAGE_MAX).filter(|size| (1..=PAGE_MAX).contains(size));
    let size = size.and_then(|size| usize::try_from(size).ok());
    let page = call.number("page", 1).filter(|page| *page >= 1).and_then(|page| usize::try_from(page).ok());
    match (size, page) {
        (Some(size), Some(page)) => Ok((size.saturating_mul(page - 1), size)),
        _ => Err(refuse(422, "limit must be 1 to 50, page at least 1")),
    }
}

/// A number that a caller must give.
pub(crate) fn number(value: &Value, name: &str) -> Option<u64> {
    let field = value.get(name)?;
    field.as_u64().or_else(|| field.as_str()?.parse().ok())
}
