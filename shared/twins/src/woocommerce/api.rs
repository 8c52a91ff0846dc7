//! The website's reception desk: who may ask, and which desk answers.
//!
//! CHANNELS §7.2-7.4 (source and real run of 10.5.0, read 2026-11-21).

use http::Method;
use serde_json::{Value, json};

use super::{Core, keys, orders, products, taken, webhooks};
use crate::server::{Answer, Bend, Call};
use crate::wire::php_json;

pub(crate) const REST_PATH: &str = "/wp-json/wc/v3";
const JSON: &str = "application/json; charset=UTF-8";
/// Most rows on a page.
const PAGE_MAX: i64 = 100;
/// Rows on a page when the caller does not say.
const PAGE_USUAL: i64 = 10;

/// A refusal in WordPress' words.
pub(crate) struct Refusal {
    status: u16,
    body: Value,
}

pub(crate) type Outcome = Result<Answer, Refusal>;

pub(crate) fn refuse(status: u16, code: &str, message: &str) -> Refusal {
    Refusal { status, body: json!({"code": code, "message": message, "data": {"status": status}}) }
}

pub(crate) fn invalid_param(name: &str, reason: &str) -> Refusal {
    let body = json!({
        "code": "rest_invalid_param",
        "message": format!("Invalid parameter(s): {name}"),
        "data": {"status": 400, "params": {name: reason}, "details": {}},
    });
    Refusal { status: 400, body }
}

impl Refusal {
    /// The JSON of the refusal, as it also stands inside a batch.
    pub(crate) fn body(&self) -> &Value {
        &self.body
    }

    pub(crate) fn into_answer(self) -> Answer {
        reply(self.status, &self.body)
    }
}

/// An answer, escaped as PHP escapes.
pub(crate) fn reply(status: u16, value: &Value) -> Answer {
    Answer::bytes(status, JSON, php_json(value))
}

pub(crate) fn answer(core: &Core, call: &Call, bend: &Bend) -> Answer {
    let Some(path) = call.path.strip_prefix(REST_PATH) else {
        return Answer::bytes(404, "text/html; charset=UTF-8", b"<html>Page not found</html>".to_vec());
    };
    let outcome = keys::check(core, call, bend).and_then(|()| route(core, call, path, bend));
    outcome.unwrap_or_else(Refusal::into_answer)
}

fn route(core: &Core, call: &Call, path: &str, bend: &Bend) -> Outcome {
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    let writes = call.method == Method::PUT || call.method == Method::POST || call.method == Method::PATCH;
    match (steps.as_slice(), writes) {
        (["orders"], false) => orders::list(core, call),
        (["orders"], true) => taken::create(core, call, bend),
        (["orders", id], false) => orders::one(core, id),
        (["orders", id], true) => orders::set_status(core, id, call, bend),
        (["products"], false) => products::list(core, call),
        (["products", "batch"], true) => products::batch(core, None, call, bend),
        (["products", id], false) => products::one(core, None, id),
        (["products", id], true) => products::update(core, None, id, call, bend),
        (["products", parent, "variations"], false) => products::variations(core, parent, call),
        (["products", parent, "variations", "batch"], true) => {
            products::batch(core, Some(parent), call, bend)
        }
        (["products", parent, "variations", id], false) => products::one(core, Some(parent), id),
        (["products", parent, "variations", id], true) => {
            products::update(core, Some(parent), id, call, bend)
        }
        (["webhooks"], false) => webhooks::list(core, call),
        (["webhooks"], true) => webhooks::create(core, call),
        (["webhooks", id], false) => webhooks::one(core, id, None),
        (["webhooks", id], true) => webhooks::one(core, id, call.json()),
        _ => {
            let message = "No route was found matching the URL and request method.";
            Err(refuse(404, "rest_no_route", message))
        }
    }
}

/// Which rows the caller wants: how many to leave out, and how many at most.
pub(crate) fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    let size = call.number("per_page", PAGE_USUAL).filter(|size| (1..=PAGE_MAX).contains(size));
    let size = size.and_then(|size| usize::try_from(size).ok()).ok_or_else(|| {
        invalid_param("per_page", "per_page must be between 1 (inclusive) and 100 (inclusive)")
    })?;
    let page = call.number("page", 1).filter(|page| *page >= 1).and_then(|page| usize::try_from(page).ok());
    let page = page.ok_or_else(|| invalid_param("page", "page must be greater than or equal to 1"))?;
    Ok((size.saturating_mul(page - 1), size))
}

/// One page of rows, with the totals over all pages in the headers.
pub(crate) fn reply_page(rows: Vec<Value>, total: usize, size: usize) -> Answer {
    reply(200, &Value::from(rows)).with("x-wp-total", total).with("x-wp-totalpages", total.div_ceil(size))
}
