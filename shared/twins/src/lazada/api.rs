//! Lazada's reception desk: who may ask, and which desk answers.
//!
//! CHANNELS §2.2; docId=108068 (signature) of open.lazada.com, read 2026-11-21. Errors are HTTP 200 with a code that
//! is not "0"; `type` says whose fault it is: ISV the caller's, ISP and SYSTEM Lazada's own.

use http::Method;
use serde_json::{Value, json};

use super::{Core, logins, orders, parcels, products};
use crate::server::{Answer, Bend, Call};
use crate::signing::{hmac_hex, id_of};

/// A request's time may be so far off.
const CLOCK_TOLERANCE_MS: i64 = 7_200_000;

/// A refusal: whose fault, the code, its message, and the failures it sums up.
pub(crate) struct Refusal {
    pub(crate) blame: &'static str,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) detail: Vec<Value>,
}

impl Refusal {
    /// The caller's fault.
    pub(crate) fn ours(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { blame: "ISV", code: code.into(), message: message.into(), detail: Vec::new() }
    }

    /// The service's word.
    pub(crate) fn theirs(code: &str, message: &str, detail: Vec<Value>) -> Self {
        Self { blame: "ISP", code: code.to_owned(), message: message.to_owned(), detail }
    }
}

/// What a desk answers: the body without `code` and `request_id`, or a refusal.
pub(crate) type Outcome = Result<Value, Refusal>;

/// A request's parameters, from its address and its form.
pub(crate) struct Asked {
    pairs: Vec<(String, String)>,
}

impl Asked {
    fn new(call: &Call) -> Self {
        let mut pairs = call.query.clone();
        let is_form =
            call.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
        if is_form {
            pairs.extend(call.form());
        }
        Self { pairs }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        let missing =
            || Refusal::ours("MissingParameter", format!("The input parameter {name} is mandatory"));
        self.get(name).ok_or_else(missing)
    }

    /// A whole number; a missing one is `fallback`, a bad one is `None`.
    pub(crate) fn number(&self, name: &str, fallback: i64) -> Option<i64> {
        self.get(name).map_or(Some(fallback), |text| text.parse().ok())
    }
}

pub(crate) fn error_body(blame: &str, code: &str, message: &str) -> Value {
    json!({"type": blame, "code": code, "message": message, "request_id": id_of(message)})
}

pub(crate) fn answer(core: &Core, call: &Call, bend: &Bend) -> Answer {
    // The real address of the API ends in /rest, which is not part of what is signed.
    let path = call.path.strip_prefix("/rest").unwrap_or(&call.path);
    if path == "/oauth/authorize" && call.method == Method::GET {
        return logins::page(core, call);
    }
    let asked = Asked::new(call);
    let outcome = check(core, path, &asked, bend).and_then(|()| route(core, call, path, &asked, bend));
    let body = match outcome {
        Ok(body) => with_code(body),
        Err(refusal) => {
            let mut body = error_body(refusal.blame, &refusal.code, &refusal.message);
            if !refusal.detail.is_empty() {
                body["detail"] = Value::from(refusal.detail);
            }
            body
        }
    };
    Answer::json(200, &body)
}

fn with_code(mut body: Value) -> Value {
    let request_id = id_of(&body.to_string());
    if let Value::Object(fields) = &mut body {
        fields.insert("code".to_owned(), Value::from("0"));
        fields.insert("request_id".to_owned(), Value::from(request_id));
    }
    body
}

fn check(core: &Core, path: &str, asked: &Asked, bend: &Bend) -> Result<(), Refusal> {
    let is_login = path.starts_with("/auth/");
    if asked.required("app_key")? != core.config.app_key {
        return Err(Refusal::ours("InvalidAppKey", "The specified App Key is invalid"));
    }
    if asked.required("sign_method")? != "sha256" {
        return Err(Refusal::ours("InvalidSignMethod", "The sign method is not supported"));
    }
    check_seal(core, path, asked)?;
    if is_login {
        return Ok(());
    }
    let token = asked.required("access_token")?;
    if *bend == Bend::LoginExpired || !core.shop().accepts(token) {
        return Err(Refusal::ours("IllegalAccessToken", "The specified access token is invalid or expired"));
    }
    Ok(())
}

/// Seals over the path and all parameters but the seal, sorted by name in ASCII order, as capital hex.
fn check_seal(core: &Core, path: &str, asked: &Asked) -> Result<(), Refusal> {
    let seal = asked.required("sign")?;
    let mut signed: Vec<&(String, String)> = asked.pairs.iter().filter(|(name, _)| name != "sign").collect();
    signed.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    let mut base = path.to_owned();
    for (name, value) in signed {
        base.push_str(name);
        base.push_str(value);
    }
    let expected = hmac_hex(core.config.app_secret.as_bytes(), &[base.as_bytes()]).to_uppercase();
    if expected != seal {
        let message = "The request signature does not conform to platform standards";
        return Err(Refusal::ours("IncompleteSignature", message));
    }
    let now = core.shop().now().as_millisecond();
    let time = asked.required("timestamp")?.parse::<i64>();
    match time {
        Ok(time) if (now - time).abs() <= CLOCK_TOLERANCE_MS => Ok(()),
        _ => Err(Refusal::ours("IllegalTimestamp", "The specified timestamp is invalid or expired")),
    }
}

fn route(core: &Core, call: &Call, path: &str, asked: &Asked, bend: &Bend) -> Outcome {
    let get = call.method == Method::GET;
    let post = call.method == Method::POST;
    match path {
        "/orders/get" if get => orders::list(core, asked),
        "/order/get" if get => orders::one(core, asked),
        "/order/items/get" if get => orders::items_of_one(core, asked),
        "/orders/items/get" if get => orders::items(core, asked),
        "/products/get" if get => products::list(core, asked),
        "/product/item/get" if get => products::item(core, asked),
        "/product/stock/sellable/update" if post => products::update(core, asked, bend),
        "/product/stock/sellable/adjust" if post => products::adjust(core, asked, bend),
        "/seller/get" if get => Ok(logins::seller(core)),
        "/order/fulfill/pack" if post => parcels::pack(core, asked),
        "/order/package/rts" if post => parcels::ready_to_ship(core, asked),
        "/order/reverse/cancel/validate" if get => parcels::cancel_reasons(core, asked),
        "/order/reverse/cancel/create" if get => parcels::cancel(core, asked),
        "/auth/token/create" if get || post => logins::redeem(core, asked),
        "/auth/token/refresh" if get || post => logins::refresh(core, asked),
        _ if KNOWN.contains(&path) => {
            Err(Refusal::ours("UnsupportedHTTPMethod", "The HTTP method is not supported by this API"))
        }
        _ => Err(Refusal::ours("InvalidApiPath", "The specified API path is invalid")),
    }
}

/// Paths that exist, so that a wrong method is told apart from a wrong path.
const KNOWN: [&str; 13] = [
    "/orders/get",
    "/order/get",
    "/order/items/get",
    "/orders/items/get",
    "/products/get",
    "/product/item/get",
    "/product/stock/sellable/update",
    "/product/stock/sellable/adjust",
    "/seller/get",
    "/order/fulfill/pack",
    "/order/package/rts",
    "/order/reverse/cancel/validate",
    "/order/reverse/cancel/create",
];
