//! Sendo's reception desk: the login, the list of products, and the one status a shop may set.

use serde_json::{Value, json};

use super::Core;
use crate::TwinOrderState;
use crate::server::{Answer, Bend, Call};
use crate::signing::id_of;

const PAGE_USUAL: i64 = 10;
const PAGE_MAX: i64 = 50;
/// The stock is there.
const CONFIRMED: i64 = 3;
/// The buyer has it; only for a shop that brings its parcels itself.
const DELIVERED: i64 = 7;
const CANCELLED: i64 = 13;

type Outcome = Result<Value, Answer>;

pub(crate) fn answer(core: &Core, call: &Call, bend: &Bend) -> Answer {
    let outcome = match (call.method.as_str(), call.path.as_str()) {
        ("POST", "/login") => log_in(core, call),
        ("POST", "/api/partner/product/search") => check(core, call, bend).and_then(|()| search(core, call)),
        ("PUT", "/api/partner/salesorder") => check(core, call, bend).and_then(|()| update(core, call, bend)),
        _ => Err(refused(404, "Not Found")),
    };
    let done = |result: Value| {
        Answer::json(200, &json!({"result": result, "success": true, "error": null, "status_code": 200}))
    };
    outcome.map_or_else(|refusal| refusal, done)
}

/// A refusal in Sendo's words.
pub(crate) fn refused(status: u16, message: &str) -> Answer {
    let error = json!({"message": message, "details": null, "error_details": []});
    Answer::json(status, &json!({"result": null, "success": false, "error": error, "status_code": status}))
}

/// `POST /login`: the token of the next eight hours. More than five a second are too many, good ones or bad.
fn log_in(core: &Core, call: &Call) -> Outcome {
    let mut shop = core.shop();
    let now = shop.now();
    if !shop.logins.may_ask(now) {
        return Err(refused(429, "Too many logins"));
    }
    let body = call.json().unwrap_or_default();
    let is = |field: &str, value: &str| body.get(field).and_then(Value::as_str) == Some(value);
    if !is("shop_key", &core.config.shop_key) || !is("secret_key", &core.config.secret_key) {
        return Err(refused(401, "shop_key or secret_key is wrong"));
    }
    let token = id_of(&format!("sendo login {}", shop.logins.given + 1));
    let until = shop.logins.give(token.clone(), now);
    Ok(json!({"token": token, "expires": until.to_string()}))
}

fn check(core: &Core, call: &Call, bend: &Bend) -> Result<(), Answer> {
    let denied = || refused(401, "The token has expired");
    let (scheme, token) =
        call.header("authorization").and_then(|value| value.split_once(' ')).ok_or_else(denied)?;
    let mut shop = core.shop();
    if *bend == Bend::LoginExpired {
        shop.logins.good_until.remove(token);
    }
    let now = shop.now();
    let is_good = shop.logins.good_until.get(token).is_some_and(|until| now < *until);
    if is_good && scheme.eq_ignore_ascii_case("bearer") { Ok(()) } else { Err(denied()) }
}

/// `POST /api/partner/product/search`. A `token` of an earlier answer decides alone: size and filter are those it was
/// made with.
fn search(core: &Core, call: &Call) -> Outcome {
    let body = call.json().ok_or_else(|| refused(400, "The body is not JSON"))?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let (start, size, name) = match text("token") {
        "" => (0, body.get("page_size").map_or(Some(PAGE_USUAL), Value::as_i64), text("product_name")),
        token => {
            let mut parts = token.splitn(3, '.');
            let start = parts.next().and_then(|part| part.parse().ok());
            let size = parts.next().and_then(|part| part.parse().ok());
            (start.ok_or_else(|| refused(400, "token is invalid"))?, size, parts.next().unwrap_or_default())
        }
    };
    let size = size
        .filter(|size| (1..=PAGE_MAX).contains(size))
        .ok_or_else(|| refused(400, "page_size is at most 50"))?;
    let rows = usize::try_from(size).unwrap_or_default();
    let shop = core.shop();
    let found: Vec<Value> = shop
        .products
        .iter()
        .filter(|(_, product)| product.name.contains(name))
        .map(|(id, product)| {
            json!({
                "id": id, "name": product.name, "sku": product.sku, "price": product.price_minor,
                "stock_quantity": product.stock, "stock": product.stock > 0, "status": 2,
            })
        })
        .collect();
    let token = |start: usize| format!("{start}.{size}.{name}");
    let next = if start + rows < found.len() { token(start + rows) } else { String::new() };
    let previous = if start > 0 { token(start.saturating_sub(rows)) } else { String::new() };
    let total = found.len();
    let data: Vec<Value> = found.into_iter().skip(start).take(rows).collect();
    Ok(json!({"data": data, "total_records": total, "next_token": next, "previous_token": previous}))
}

/// `PUT /api/partner/salesorder`: in stock, delivered, or cancelled with a reason.
fn update(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| refused(400, "The body is not JSON"))?;
    let number = body.get("order_number").and_then(Value::as_str).unwrap_or_default();
    let mut shop = core.shop();
    let order = shop.orders.get(number).ok_or_else(|| refused(404, "order_number is unknown"))?;
    let is_open = matches!(order.state, TwinOrderState::Paid | TwinOrderState::Shipped);
    let may = |so: bool, otherwise: &str| if so { Ok(()) } else { Err(refused(400, otherwise)) };
    may(is_open, "The order has ended")?;
    match body.get("order_status").and_then(Value::as_i64) {
        Some(CONFIRMED) => {}
        Some(DELIVERED) => {
            may(core.config.is_self_shipping, "Only a shop that ships by itself may say so")?;
            if bend.applies() {
                shop.complete(number);
            }
        }
        Some(CANCELLED) => {
            let has_reason =
                body.get("cancel_order_reason").and_then(Value::as_str).is_some_and(|r| !r.is_empty());
            may(has_reason, "cancel_order_reason is missing")?;
            may(!bend.applies() || shop.cancel(number, "seller"), "The order is on its way")?;
        }
        _ => return Err(refused(400, "order_status must be 3, 7 or 13")),
    }
    Ok(Value::from(true))
}
