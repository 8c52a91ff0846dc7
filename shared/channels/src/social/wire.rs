//! An order as a desk writes it, and the little that is read of a chat.

use crate::json::{List, Loose};
use serde::Deserialize;
use serde_json::Value;

/// An order taken in a chat.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Order {
    pub(super) reference: Loose,
    pub(super) source: Loose,
    pub(super) action: Loose,
    pub(super) at: Loose,
    pub(super) hold_until: Loose,
    pub(super) purpose: Loose,
    pub(super) location: Loose,
    pub(super) lines: List<Value>,
    pub(super) currency: Loose,
    pub(super) total: Loose,
}

/// One product of it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Line {
    pub(super) line: Loose,
    pub(super) listing: Loose,
    pub(super) quantity: Loose,
    pub(super) price: Loose,
}

/// What Meta sends: `object` says of what, such as `page`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct MetaEvent {
    pub(super) object: Loose,
}

/// What Zalo sends.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ZaloEvent {
    pub(super) event_name: Loose,
    pub(super) timestamp: Loose,
}
