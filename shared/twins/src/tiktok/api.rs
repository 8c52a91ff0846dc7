//! TikTok Shop's reception desk: who may ask, and which desk answers.
//!
//! CHANNELS §3.2; pages "Sign your API request" and "Common errors" of partner.tiktokshop.com, read 2026-11-30.

use http::Method;
use serde_json::{Value, json};

use super::logins::Standing;
use super::{Core, account, fulfilment, logins, orders, products};
use crate::server::{Answer, Bend, Call};
use crate::signing::{hmac_hex, id_of};

/// A request's timestamp may be this old.
const OLD_SECONDS_MAX: i64 = 300;
/// It may lead the server's clock by this.
const LEAD_SECONDS_MAX: i64 = 30;

const WRONG_PARAMETER: i64 = 36_009_004;

/// An HTTP status, an error code and its message.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) u16, pub(crate) i64, pub(crate) String);

impl Refusal {
    /// A refusal of the business, inside HTTP 200.
    pub(crate) fn new(code: i64, message: impl Into<String>) -> Self {
        Self(200, code, message.into())
    }

    /// A parameter that is missing or wrong.
    pub(crate) fn parameter(message: impl Into<String>) -> Self {
        Self(400, WRONG_PARAMETER, message.into())
    }
}

/// What an API answers: the value of `data`, or a refusal.
pub(crate) type Outcome = Result<Value, Refusal>;

pub(crate) fn answer(core: &Core, call: &Call, bend: &Bend) -> Answer {
    match call.path.as_str() {
        "/open/authorize" => return logins::page(core, call),
        "/api/v2/token/get" => return close(logins::token_for_code(core, call)),
        "/api/v2/token/refresh" => return close(logins::token_for_refresh(core, call)),
        _ => {}
    }
    close(check(core, call, bend).and_then(|()| route(core, call, bend)))
}

fn close(outcome: Outcome) -> Answer {
    match outcome {
        Ok(data) => {
            let request_id = id_of(&data.to_string());
            let body = json!({"code": 0, "message": "Success", "request_id": request_id, "data": data});
            Answer::json(200, &body)
        }
        Err(Refusal(status, code, message)) => {
            let request_id = id_of(&message);
            Answer::json(status, &json!({"code": code, "message": message, "request_id": request_id}))
        }
    }
}

fn check(core: &Core, call: &Call, bend: &Bend) -> Result<(), Refusal> {
    let config = &core.config;
    if call.param("app_key") != Some(config.app_key.as_str()) {
        return Err(Refusal::parameter("Invalid app_key"));
    }
    let now = core.shop().now().as_second();
    let time = call.param("timestamp").filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
    let in_time = |time: &i64| now - time <= OLD_SECONDS_MAX && time - now <= LEAD_SECONDS_MAX;
    if time.filter(in_time).is_none() {
        return Err(Refusal::parameter("Invalid timestamp"));
    }
    let json = call.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if !json {
        return Err(Refusal::parameter("Invalid content-type"));
    }
    let Some(sign) = call.param("sign") else { return Err(Refusal::parameter("Missing signature")) };
    if sign != seal(call, &config.app_secret) {
        return Err(Refusal(401, 106_001, "Invalid signature".to_owned()));
    }
    check_token(core, call, bend)?;
    match call.param("shop_cipher") {
        _ if call.path == "/authorization/202309/shops" => Ok(()),
        Some(cipher) if cipher == config.shop_cipher => Ok(()),
        Some(_) => Err(Refusal(400, 106_013, "Invalid shop_cipher".to_owned())),
        None => Err(Refusal(400, 106_013, "Missing shop_cipher".to_owned())),
    }
}

fn check_token(core: &Core, call: &Call, bend: &Bend) -> Result<(), Refusal> {
    let expired = || Refusal(401, 105_002, "Expired credentials. Please refresh the access_token".to_owned());
    let Some(token) = call.header("x-tts-access-token") else {
        return Err(Refusal::parameter("Missing access_token"));
    };
    let shop = core.shop();
    match shop.logins.standing(token, shop.now()) {
        _ if *bend == Bend::LoginExpired => Err(expired()),
        Standing::Good => Ok(()),
        Standing::Ended => Err(expired()),
        Standing::Unknown => Err(Refusal(401, WRONG_PARAMETER, "Invalid access_token".to_owned())),
    }
}

/// Secret, path, sorted names and values as they read once decoded, the raw body, secret; keyed by the secret.
fn seal(call: &Call, secret: &str) -> String {
    let mut values: Vec<&(String, String)> =
        call.query.iter().filter(|(name, _)| name != "sign" && name != "access_token").collect();
    values.sort();
    let mut text = format!("{secret}{}", call.path).into_bytes();
    for (name, value) in values {
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(value.as_bytes());
    }
    if call.method != Method::GET {
        text.extend_from_slice(&call.body);
    }
    text.extend_from_slice(secret.as_bytes());
    hmac_hex(secret.as_bytes(), &[&text])
}

fn route(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let get = call.method == Method::GET;
    let post = call.method == Method::POST;
    match call.path.as_str() {
        "/authorization/202309/shops" if get => Ok(account::shops(core)),
        "/logistics/202309/warehouses" if get => Ok(account::warehouses(core)),
        "/event/202309/webhooks" => account::webhooks(core, call),
        "/order/202309/orders" | "/order/202507/orders" if get => orders::detail(core, call),
        "/order/202309/orders/search" if post => orders::search(core, call),
        "/product/202309/inventory/search" if post => products::inventory(core, call),
        "/product/202309/products/search" | "/product/202502/products/search" if post => {
            products::search(core, call)
        }
        "/return_refund/202309/cancellations" | "/return_refund/202602/cancellations" if post => {
            fulfilment::cancel(core, call)
        }
        "/return_refund/202602/cancellations/search" if post => fulfilment::cancellations(core, call),
        path if post => {
            let product = between(path, "/product/202309/products/", "/inventory/update");
            let package = between(path, "/fulfillment/202309/packages/", "/ship");
            match (product, package) {
                (Some(product), _) => products::update(core, call, product, bend),
                (None, Some(package)) => fulfilment::ship(core, call, package),
                (None, None) => Err(Refusal(404, 36_009_009, "Invalid path".to_owned())),
            }
        }
        _ => Err(Refusal(404, 36_009_009, "Invalid path".to_owned())),
    }
}

fn between<'p>(path: &'p str, before: &str, after: &str) -> Option<&'p str> {
    path.strip_prefix(before)?.strip_suffix(after).filter(|part| !part.contains('/'))
}

/// The body as an object; nothing sent counts as an empty one.
pub(crate) fn body(call: &Call) -> Outcome {
    if call.body.is_empty() {
        return Ok(json!({}));
    }
    let object = call.json().filter(Value::is_object);
    object.ok_or_else(|| Refusal(400, 36_009_022, "Invalid request format".to_owned()))
}

/// Size and beginning of a page: 1 to 100 rows, and a token that this stand-in made.
pub(crate) fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    let size = call.number("page_size", 0).filter(|size| (1..=100).contains(size));
    let size = size.and_then(|size| usize::try_from(size).ok());
    let start = match call.param("page_token").unwrap_or_default() {
        "" => Some(0),
        token => token.strip_prefix("cGFnZQ").and_then(|place| place.parse().ok()),
    };
    match (size, start) {
        (Some(size), Some(start)) => Ok((size, start)),
        (None, _) => Err(Refusal::parameter("page_size must be in [1,100]")),
        (_, None) => Err(Refusal::parameter("page_token is invalid")),
    }
}

/// The token of the page that begins there; empty when nothing is left.
pub(crate) fn token_at(place: usize, all: usize) -> String {
    if place < all { format!("cGFnZQ{place}") } else { String::new() }
}
