//! KiotViet's reception desk: the login, who may ask, and which desk answers.
//!
//! CHANNELS §10; `2.1-2.2 Authenticate` of KiotViet's public API documents via
//! `anhntservices-1808/kiotviet-public-api-docs`, read 2026-11-21. The documents do not show refusals; their
//! shape (`responseStatus`) and statuses are the twin's own guess.

use http::Method;
use serde_json::{Value, json};

use super::shop::{Kind, LOGIN_SECONDS};
use super::webhooks::Hook;
use super::{Core, documents, products};
use crate::server::{Answer, Bend, Call};
use crate::signing::id_of;

/// Reads allowed in an hour (CHANNELS §10).
const READS_PER_HOUR: u64 = 5_000;
const PAGE_USUAL: i64 = 20;
const PAGE_MAX: i64 = 100;

/// A refusal in the words of KiotViet's framework.
pub(crate) struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
}

pub(crate) type Outcome = Result<Value, Refusal>;

pub(crate) fn refuse(status: u16, code: &'static str, message: &str) -> Refusal {
    Refusal { status, code, message: message.to_owned() }
}

pub(crate) fn not_found(what: &str) -> Refusal {
    Refusal { status: 404, code: "NotFound", message: format!("{what} không tồn tại") }
}

pub(crate) fn invalid(message: &str) -> Refusal {
    refuse(400, "ValidationException", message)
}

impl Refusal {
    pub(crate) fn into_answer(self) -> Answer {
        let status = json!({"errorCode": self.code, "message": self.message});
        Answer::json(self.status, &json!({"responseStatus": status}))
    }
}

pub(crate) fn answer(core: &Core, call: &Call, bend: &Bend) -> Answer {
    if call.path == "/connect/token" {
        return log_in(core, call);
    }
    let outcome = check(core, call, bend).and_then(|()| route(core, call, bend));
    outcome.map_or_else(Refusal::into_answer, |body| Answer::json(200, &body))
}

/// `POST /connect/token` with a form; the field is called `scopes`.
fn log_in(core: &Core, call: &Call) -> Answer {
    let form = call.form();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let is_form =
        call.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if call.method != Method::POST || !is_form {
        return Answer::json(400, &json!({"error": "invalid_request"}));
    }
    if field("grant_type") != Some("client_credentials") {
        return Answer::json(400, &json!({"error": "unsupported_grant_type"}));
    }
    if field("scopes").or_else(|| field("scope")) != Some("PublicApi.Access") {
        return Answer::json(400, &json!({"error": "invalid_scope"}));
    }
    let known = field("client_id") == Some(core.config.client_id.as_str())
        && field("client_secret") == Some(core.config.client_secret.as_str());
    if !known {
        return Answer::json(400, &json!({"error": "invalid_client"}));
    }
    let mut shop = core.shop();
    let token = id_of(&format!("kiotviet login {}", shop.logins.given + 1));
    shop.log_in(token.clone());
    let body = json!({"access_token": token, "expires_in": LOGIN_SECONDS, "token_type": "Bearer"});
    Answer::json(200, &body)
}

fn check(core: &Core, call: &Call, bend: &Bend) -> Result<(), Refusal> {
    let denied = || refuse(401, "Unauthorized", "Unauthorized");
    let mut shop = core.shop();
    let now = shop.now();
    let token = call.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or_else(denied)?;
    if *bend == Bend::LoginExpired {
        shop.logins.good_until.remove(token);
    }
    if shop.logins.good_until.get(token).is_none_or(|until| now >= *until) {
        return Err(denied());
    }
    if call.header("retailer") != Some(core.config.retailer.as_str()) {
        return Err(denied());
    }
    if call.method == Method::GET {
        let hour = now.as_second().div_euclid(3_600);
        shop.reads = if shop.reads.0 == hour { (hour, shop.reads.1 + 1) } else { (hour, 1) };
        if shop.reads.1 > READS_PER_HOUR {
            return Err(refuse(429, "TooManyRequests", "Too many requests"));
        }
    }
    Ok(())
}

fn route(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let steps: Vec<&str> = call.path.split('/').filter(|step| !step.is_empty()).collect();
    match (call.method.as_str(), steps.as_slice()) {
        ("GET", ["productOnHands"]) => products::levels(core, call),
        ("GET", ["products"]) => products::list(core, call),
        ("GET", ["products", "code", code]) => products::by_code(core, code),
        ("GET", ["products", id]) => products::one(core, id),
        ("PUT", ["products", id]) => products::update(core, id, call, bend),
        ("GET", ["branches"]) => Ok(branches(core)),
        ("GET", ["invoices"]) => documents::list(core, call, false),
        ("GET", ["orders"]) => documents::list(core, call, true),
        ("GET", ["invoices", "code", code]) => documents::by_code(core, code, false),
        ("GET", ["orders", "code", code]) => documents::by_code(core, code, true),
        ("GET", ["invoices", id]) => documents::one(core, id, false),
        ("GET", ["orders", id]) => documents::one(core, id, true),
        ("POST", ["invoices"]) => documents::create(core, call, Kind::TillSale, bend),
        ("POST", ["orders"]) => documents::create(core, call, Kind::Booking, bend),
        ("DELETE", ["invoices", id]) => documents::remove(core, id, false, bend),
        ("DELETE", ["orders", id]) => documents::remove(core, id, true, bend),
        ("GET", ["webhooks"]) => Ok(webhooks(core)),
        ("GET", ["webhooks", id]) => webhook(core, id),
        ("POST", ["webhooks"]) => register(core, call),
        ("DELETE", ["webhooks", id]) => unregister(core, id),
        _ => Err(refuse(404, "NotFound", "Not Found")),
    }
}

/// Which rows the caller wants: where to start and how many. A page of more than 100 is cut to 100 in silence.
pub(crate) fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    let size = call.number("pageSize", PAGE_USUAL).filter(|size| *size >= 1);
    let start = call.number("currentItem", 0).filter(|start| *start >= 0);
    let (Some(size), Some(start)) = (size, start) else { return Err(invalid("pageSize, currentItem")) };
    let size = usize::try_from(size.min(PAGE_MAX)).unwrap_or(1);
    Ok((usize::try_from(start).unwrap_or(usize::MAX), size))
}

/// One page with its totals.
pub(crate) fn reply_page(total: usize, size: usize, rows: Vec<Value>) -> Value {
    json!({"total": total, "pageSize": size, "data": rows})
}

/// A list of numbers: repeated, joined by commas, or in brackets.
pub(crate) fn numbers(call: &Call, name: &str) -> Vec<u64> {
    let values = call.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
    values
        .flat_map(|value| value.trim_matches(['[', ']']).split(','))
        .filter_map(|n| n.trim().parse().ok())
        .collect()
}

fn branches(core: &Core) -> Value {
    let shop = core.shop();
    let rows: Vec<Value> =
        shop.branches.iter().map(|(id, name)| json!({"id": id, "branchName": name})).collect();
    reply_page(rows.len(), rows.len(), rows)
}

fn webhooks(core: &Core) -> Value {
    let rows: Vec<Value> = core.shop().hooks.iter().map(Hook::describe).collect();
    reply_page(rows.len(), 20, rows)
}

fn webhook(core: &Core, id: &str) -> Outcome {
    let shop = core.shop();
    let found = shop.hooks.iter().find(|hook| hook.id.to_string() == id);
    found.map(Hook::describe).ok_or_else(|| not_found("Webhook"))
}

/// `POST /webhooks`: registers a type anew; that is how a silenced address is woken.
fn register(core: &Core, call: &Call) -> Outcome {
    let body = call.json().ok_or_else(|| invalid("Webhook"))?;
    let text = |field: &str| {
        body.pointer(&format!("/Webhook/{field}")).and_then(Value::as_str).map(ToOwned::to_owned)
    };
    let (Some(kind), Some(url)) = (text("Type"), text("Url")) else { return Err(invalid("Type, Url")) };
    let is_active = body.pointer("/Webhook/IsActive").and_then(Value::as_bool).unwrap_or(true);
    let mut shop = core.shop();
    let id = shop.hooks.iter().map(|hook| hook.id).max().unwrap_or(0) + 1;
    shop.hooks.retain(|hook| hook.kind != kind);
    let hook = Hook { id, kind, url, secret: text("Secret").unwrap_or_default(), is_active };
    let described = hook.describe();
    shop.hooks.push(hook);
    Ok(described)
}

fn unregister(core: &Core, id: &str) -> Outcome {
    core.shop().hooks.retain(|hook| hook.id.to_string() != id);
    Ok(json!({"message": "Hủy đăng ký webhook thành công"}))
}
