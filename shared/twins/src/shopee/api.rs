//! Shopee's reception desk: who may ask, and which desk answers.
//!
//! CHANNELS §1.2 and §1.4; common error list of the schemas on open.shopee.com via `congminh1254/shopee-sdk`,
//! read 2026-11-21. Errors are HTTP 200 with a non-empty `error`.

use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Core, ShopeeTwinConfig, account, logins, logistics, orders, products};
use crate::server::{Answer, Bend, Call};
use crate::signing::{hmac_hex, id_of};

/// A request's timestamp is good for five minutes.
const TIMESTAMP_GOOD_SECONDS: i64 = 300;
pub(crate) const RATE_LIMITED: &str =
    "Too many requests. You have reached the rate limit. Please try again later.";
const OFFLINE: &str = "Permission denied. This API is currently offline or the request path is incorrect.";

/// An error code and its message.
pub(crate) struct Refusal(pub(crate) &'static str, pub(crate) String);

impl Refusal {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self(code, message.into())
    }
}

/// What an API answers: the value of `response`, or a refusal.
pub(crate) type Outcome = Result<Value, Refusal>;

pub(crate) fn error_body(code: &str, message: &str) -> Value {
    json!({"error": code, "message": message, "request_id": id_of(message)})
}

pub(crate) fn answer(core: &Core, call: &Call, bend: &Bend) -> Answer {
    if call.path == "/auth" && call.method == Method::GET {
        return logins::grant_page(core, call);
    }
    let outcome = check(core, call, bend).and_then(|()| route(core, call, bend));
    let body = match outcome {
        Ok(body) => body,
        Err(Refusal(code, message)) => error_body(code, &message),
    };
    Answer::json(200, &body)
}

fn check(core: &Core, call: &Call, bend: &Bend) -> Result<(), Refusal> {
    let now = core.shop().now();
    let public = is_public(&call.path);
    if *bend == Bend::LoginExpired && !public {
        return Err(bad_token());
    }
    check_seal(&core.config, call, public, now)?;
    if public {
        return Ok(());
    }
    if call.param("shop_id") != Some(core.config.shop_id.to_string().as_str()) {
        return Err(Refusal::new("error_auth", "Invalid partner_id or shopid."));
    }
    let token = call.param("access_token").unwrap_or_default();
    if core.shop().logins.accepts(token, now) { Ok(()) } else { Err(bad_token()) }
}

/// Seals over partner id, path and time, and for a shop's APIs also its token and number.
fn check_seal(config: &ShopeeTwinConfig, call: &Call, public: bool, now: Timestamp) -> Result<(), Refusal> {
    let partner_id = required(call, "partner_id", "There is no partner_id in query.")?;
    let timestamp = required(call, "timestamp", "no timestamp.")?;
    let seal = required(call, "sign", "There is no sign in query.")?;
    if partner_id != config.partner_id.to_string() {
        return Err(Refusal::new("error_param", "Invalid partner_id."));
    }
    let mut parts: Vec<&[u8]> = vec![partner_id.as_bytes(), call.path.as_bytes(), timestamp.as_bytes()];
    if !public {
        parts.push(required(call, "access_token", "There is no access_token in query.")?.as_bytes());
        parts.push(required(call, "shop_id", "There is no shop_id in query.")?.as_bytes());
    }
    let seconds: i64 = timestamp.parse().map_err(|_| Refusal::new("error_param", "Invalid timestamp"))?;
    if hmac_hex(config.partner_key.as_bytes(), &parts) != seal {
        return Err(Refusal::new("error_sign", "Wrong sign."));
    }
    if (now.as_second() - seconds).abs() > TIMESTAMP_GOOD_SECONDS {
        return Err(Refusal::new("error_param", "Timestamp is expired."));
    }
    Ok(())
}

fn required<'a>(call: &'a Call, name: &str, message: &str) -> Result<&'a str, Refusal> {
    call.param(name).filter(|value| !value.is_empty()).ok_or_else(|| Refusal::new("error_param", message))
}

fn bad_token() -> Refusal {
    // The spelling is Shopee's own.
    Refusal::new("invalid_acceess_token", "Invalid access_token, please have a check.")
}

fn is_public(path: &str) -> bool {
    path.starts_with("/api/v2/auth/") || path.starts_with("/api/v2/push/")
}

fn route(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let get = call.method == Method::GET;
    let post = call.method == Method::POST;
    match call.path.as_str() {
        "/api/v2/order/get_order_list" if get => wrap(orders::list(core, call)),
        "/api/v2/order/get_order_detail" if get => wrap(orders::detail(core, call)),
        "/api/v2/order/cancel_order" if post => wrap(logistics::cancel(core, call, bend)),
        "/api/v2/logistics/get_shipping_parameter" if get => wrap(logistics::parameter(core, call)),
        "/api/v2/logistics/ship_order" if post => wrap(logistics::ship(core, call, bend)),
        "/api/v2/shop/get_shop_info" if get => Ok(account::shop_info(core)),
        "/api/v2/shop/get_warehouse_detail" if get => wrap(account::warehouses()),
        "/api/v2/product/get_item_list" if get => wrap(products::item_list(core, call)),
        "/api/v2/product/get_item_base_info" if get => wrap(products::base_info(core, call)),
        "/api/v2/product/get_model_list" if get => wrap(products::model_list(core, call)),
        "/api/v2/product/update_stock" if post => products::update_stock(core, call, bend),
        "/api/v2/push/get_lost_push_message" if get => wrap(Ok(lost_messages(core))),
        "/api/v2/push/confirm_consumed_lost_push_message" if post => wrap(confirm_lost(core, call)),
        "/api/v2/push/get_app_push_config" if get => wrap(Ok(account::push_config(core))),
        "/api/v2/push/set_app_push_config" if post => wrap(account::set_push_config(core, call)),
        "/api/v2/auth/token/get" if post => logins::get_tokens(core, call),
        "/api/v2/auth/access_token/get" if post => logins::renew(core, call),
        _ => Err(Refusal::new("error_param", OFFLINE)),
    }
}

fn wrap(outcome: Outcome) -> Outcome {
    outcome.map(|response| {
        let request_id = id_of(&response.to_string());
        json!({"error": "", "message": "", "warning": "", "request_id": request_id, "response": response})
    })
}

fn lost_messages(core: &Core) -> Value {
    let mut shop = core.shop();
    let now = shop.now();
    shop.outbox.lost_messages(now)
}

fn confirm_lost(core: &Core, call: &Call) -> Outcome {
    let last = call.json().and_then(|body| body.get("last_message_id").and_then(Value::as_u64));
    let last = last.ok_or_else(|| Refusal::new("error_param", "Invalid last_message_id."))?;
    core.shop().outbox.confirm_lost(last);
    Ok(json!({}))
}
