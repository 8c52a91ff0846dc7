//! What a desk is told about its order: held or not, what of it, until when, and the buyer's code.

use crate::receive_webhook::{NOT_NOW, REFUSED};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use commerce::Timestamp;
use commerce::effect::OrderState;
use commerce::hold::{HeldLine, held_lines};
use commerce::ids::LocationId;
use commerce::order::ChannelOrder;
use commerce::pick_up::NotHere;
use commerce::status::Status;
use serde_json::{Value, json};

/// A status and what is said with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
}

/// The answer about an order that the book holds. Nothing where the book holds something else by now.
pub(super) fn known_as(state: &OrderState, order: &ChannelOrder) -> Option<Said> {
    let is_called_off = order.status == Status::Cancelled;
    if is_called_off && state.status == order.status {
        return Some(Said { status: 200, body: body(order, false, &[]) });
    }
    if state.refused_at().is_some() {
        return Some(not_there(state, order));
    }
    let mut body = body(order, true, &held_lines(state, order)?);
    add_terms(&mut body, state);
    Some(Said { status: 200, body })
}

/// What was agreed, as long as anything is held: an order of which nothing was agreed is answered as ever. What the store has said
/// is told to its end.
fn add_terms(body: &mut Value, state: &OrderState) {
    add_store(body, state);
    let Some(held) = state.hold.as_ref().filter(|_| state.status.is_open()) else { return };
    body["purpose"] = json!(held.terms.purpose);
    if let Some(until) = state.holds_until() {
        body["hold_until"] = json!(until);
    }
    if let Some(code) = state.code() {
        body["code"] = json!(code.to_string());
    }
}

/// What the store has said about goods that a buyer comes for.
fn add_store(body: &mut Value, state: &OrderState) {
    let Some(at_store) = state.at_store() else { return };
    if let Some(ready) = at_store.ready.as_ref().filter(|_| state.status.is_open()) {
        body["ready"] = json!({ "at": ready.at, "by": ready.by });
    }
    if !at_store.not_here.is_empty() {
        body["not_here"] = at_store.not_here.iter().map(not_here).collect();
    }
    if let Some(settled) = at_store.settled.as_ref().filter(|_| state.status.is_out()) {
        body["handed_over"] = json!({ "at": settled.at, "by": settled.by });
    }
}

fn not_here(told: &NotHere) -> Value {
    json!({
        "location": told.store, "why": told.why, "at": told.said.at, "by": told.said.by, "moved_to": told.moved_to,
    })
}

/// No store had the goods, and nothing is held any more.
pub(super) fn not_there(state: &OrderState, order: &ChannelOrder) -> Said {
    let mut body = body(order, false, &[]);
    add_store(&mut body, state);
    body["refused_at"] = json!(state.refused_at());
    body["error"] =
        json!("no store has the goods: nothing is held any more; a new hold needs another reference");
    Said { status: 409, body }
}

/// Some line does not find its units; `ended_at` where they were held before and are not any more.
pub(super) fn short(order: &ChannelOrder, lines: &[HeldLine], ended_at: Option<Timestamp>) -> Said {
    let mut body = body(order, false, lines);
    if let Some(ended_at) = ended_at {
        body["ended_at"] = json!(ended_at);
    }
    Said { status: 409, body }
}

/// The time of the hold is over.
pub(super) fn over(order: &ChannelOrder, ended_at: Timestamp) -> Said {
    short(order, &[], Some(ended_at))
}

/// The units lie in another store.
pub(super) fn elsewhere(store: &LocationId) -> Said {
    wrong(&format!("location: the units are held in {store}; another store needs another reference"))
}

fn body(order: &ChannelOrder, held: bool, lines: &[HeldLine]) -> Value {
    let line = |line: &HeldLine| {
        json!({
            "line": line.line, "listing": line.listing, "wanted": line.wanted, "available": line.available,
            "location": line.location,
        })
    };
    let lines: Vec<Value> = lines.iter().map(line).collect();
    json!({ "reference": order.id, "held": held, "lines": lines })
}

pub(super) fn error(text: &str) -> Value {
    json!({ "error": text })
}

pub(super) fn wrong(text: &str) -> Said {
    Said { status: 422, body: error(text) }
}

pub(super) fn changed_since() -> Said {
    wrong("at: the order has changed since")
}

pub(super) fn refused() -> Said {
    Said { status: REFUSED, body: error("not signed with a key of this connection") }
}

pub(super) fn not_now() -> Said {
    Said { status: NOT_NOW, body: error("not now: send the same again in a moment") }
}

pub(super) fn answer(said: &Said) -> ApiGatewayV2httpResponse {
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = i64::from(said.status);
    response.headers.insert("content-type", http::HeaderValue::from_static("application/json"));
    response.body = Some(Body::Text(said.body.to_string()));
    response
}
