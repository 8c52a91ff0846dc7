//! Tiki's reception desk: whose token it is, what it opens, and which desk answers.
//!
//! CHANNELS §4; open.tiki.vn, common exceptions, seller API, event queue API; read 2026-11-30.

use serde_json::{Value, json};

use super::{Core, login, orders, products, queue};
use crate::server::{Answer, Bend, Call};

/// A refusal in Tiki's words.
pub(crate) struct Refusal {
    status: u16,
    said: String,
}

pub(crate) type Outcome = Result<Value, Refusal>;

pub(crate) fn refuse(status: u16, said: &str) -> Refusal {
    Refusal { status, said: said.to_owned() }
}

impl Refusal {
    pub(crate) fn into_answer(self) -> Answer {
        Answer::json(self.status, &json!({"errors": [self.said]}))
    }
}

/// Who must show a token.
enum Who {
    /// The seller, with this right.
    Seller(&'static str),
    /// The app itself.
    App,
    /// Either: the documents do not say.
    Either,
}

pub(crate) fn answer(core: &Core, call: &Call, bend: &Bend) -> Answer {
    match (call.method.as_str(), call.path.as_str()) {
        ("GET", "/sc/oauth2/auth") => return login::authorize(core, call),
        ("POST", "/sc/oauth2/token") => return login::token(core, call),
        _ => {}
    }
    route(core, call, bend).map_or_else(Refusal::into_answer, |body| Answer::json(200, &body))
}

fn route(core: &Core, call: &Call, bend: &Bend) -> Outcome {
    let path = call.path.strip_prefix("/integration/").ok_or_else(|| refuse(404, "Not Found"))?;
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    let allow = |who: Who| check(core, call, bend, &who);
    match (call.method.as_str(), steps.as_slice()) {
        ("GET", ["v2", "orders"]) => allow(Who::Seller("order")).and_then(|()| orders::list(core, call)),
        ("GET", ["v2", "orders", code]) => {
            allow(Who::Seller("order")).and_then(|()| orders::one(core, call, code))
        }
        ("POST", ["v2", "orders", code, "seller-delivery", "update-delivery"]) => {
            allow(Who::Seller("order")).and_then(|()| orders::delivered(core, call, code, bend))
        }
        ("GET", ["v2.1", "products"]) => {
            allow(Who::Seller("product")).and_then(|()| products::list(core, call))
        }
        ("GET", ["v2.1", "products", id]) => {
            allow(Who::Seller("product")).and_then(|()| products::one(core, call, id))
        }
        ("PUT", ["v2.1", "products", "updateSku"]) => {
            allow(Who::Seller("inventory")).and_then(|()| products::update(core, call, bend))
        }
        ("GET", ["v2", "sellers", "me"]) => allow(Who::Seller("")).map(|()| seller(core)),
        ("GET", ["v2", "sellers", "me", "warehouses"]) => allow(Who::Seller("")).map(|()| warehouses(core)),
        ("GET", ["v1", "queues"]) => allow(Who::App).map(|()| queue::list(&core.shop())),
        ("POST", ["v1", "queues"]) => allow(Who::App).and_then(|()| queue::create(core, call)),
        ("GET", ["v1", "queues", code, "subscriptions"]) => {
            allow(Who::Either).and_then(|()| queue::subscriptions(&core.shop(), code))
        }
        ("POST", ["v1", "queues", code, "subscriptions"]) => {
            allow(Who::Seller("")).and_then(|()| queue::subscribe(core, call, code))
        }
        ("POST", ["v1", "queues", code, "events", "pull"]) => {
            allow(Who::App).and_then(|()| queue::pull(core, call, code))
        }
        _ => Err(refuse(404, "Not Found")),
    }
}

fn check(core: &Core, call: &Call, bend: &Bend, who: &Who) -> Result<(), Refusal> {
    let denied = || refuse(401, "The authorization (token) is missing or expired");
    let token =
        call.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(denied)?;
    let mut shop = core.shop();
    let now = shop.now();
    if *bend == Bend::LoginExpired {
        shop.logins.sellers.remove(token);
        shop.logins.apps.remove(token);
    }
    let is_app = shop.logins.apps.get(token).is_some_and(|until| now < *until);
    let seller = shop.logins.sellers.get(token).filter(|access| now < access.until);
    match (who, seller) {
        (Who::App, _) if is_app => Ok(()),
        (Who::Either, seller) if is_app || seller.is_some() => Ok(()),
        // An app's token that no seller stands behind, or a seller's for what is the app's own.
        (Who::Seller(_), None) if is_app => {
            Err(refuse(401, "The authorization is not linked with any sellers"))
        }
        (Who::App, Some(_)) => Err(refuse(403, "The queue does not belong to the seller")),
        (Who::Seller(right), Some(access)) => {
            let has = right.is_empty() || access.scope.split(' ').any(|one| one == *right || one == "all");
            if has { Ok(()) } else { Err(refuse(403, "The client is NOT granted enough permissions")) }
        }
        _ => Err(denied()),
    }
}

fn seller(core: &Core) -> Value {
    json!({
        "id": 328_784,
        "name": core.config.seller_name,
        "active": 1,
        "operation_models": [core.config.fulfillment_type],
        "can_update_product": 1,
        "registration_status": "completed",
    })
}

fn warehouses(core: &Core) -> Value {
    let row = json!({
        "id": core.config.warehouse_id,
        "name": "Kho Hà Nội",
        "status": 1,
        "type": 1,
        "is_primary": true,
        "street": "Giao tự",
        "region": {"name": "Hà Nội", "code": "VN034"},
    });
    paged(vec![row], 1, 20)
}

/// One page of rows, with Tiki's `paging` beside it.
pub(crate) fn paged(rows: Vec<Value>, page: usize, limit: usize) -> Value {
    let total = rows.len();
    let from = (page - 1).saturating_mul(limit);
    let data: Vec<Value> = rows.into_iter().skip(from).take(limit).collect();
    let to = from + data.len();
    let last_page = total.div_ceil(limit).max(1);
    let paging = json!({
        "total": total, "current_page": page, "from": from, "to": to, "per_page": limit, "last_page": last_page,
    });
    json!({"data": data, "paging": paging})
}

/// Page and size: "page is base 1 and must be > 0", "limit must be > 0"; 20 unless asked, at most 100.
pub(crate) fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    let read = |name: &str, usual: i64, most: i64| {
        let value = call.number(name, usual).filter(|value| (1..=most).contains(value));
        value
            .and_then(|value| usize::try_from(value).ok())
            .ok_or_else(|| refuse(400, &format!("{name} is invalid")))
    };
    Ok((read("page", 1, i64::MAX)?, read("limit", 20, 100)?))
}

/// Whether the caller asked for something that is left out as a rule.
pub(crate) fn includes(call: &Call, names: &[&str], what: &str) -> bool {
    let wanted = names.iter().filter_map(|name| call.param(name));
    wanted.flat_map(|value| value.split(',')).any(|one| one.trim() == what)
}
