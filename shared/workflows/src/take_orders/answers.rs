//! What a desk is told about its order: held or not, what of it, until when, and the buyer's code.

use crate::receive_webhook::{NOT_NOW, REFUSED};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use commerce::Timestamp;
use commerce::effect::OrderState;
use commerce::hold::{HeldLine, held_lines};
use commerce::ids::LocationId;
use commerce::order::ChannelOrder;
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
    let mut body = body(order, true, &held_lines(state, order)?);
    add_terms(&mut body, state);
    Some(Said { status: 200, body })
}

/// What was agreed, as long as anything is held: an order of which nothing was agreed is answered as ever.
fn add_terms(body: &mut Value, state: &OrderState) {
    let Some(held) = state.hold.as_ref().filter(|_| state.status.is_open()) else { return };
    body["purpose"] = json!(held.terms.purpose);
    if let Some(until) = state.holds_until() {
        body["hold_until"] = json!(until);
    }
    if let Some(code) = state.code() {
        body["code"] = json!(code.to_string());
    }
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
