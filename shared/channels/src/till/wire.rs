//! A till's documents as the page describes them.

use crate::json::{List, Loose};
use serde::Deserialize;
use serde_json::Value;

/// What a till sends: documents, the oldest first.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message {
    pub(super) documents: List<Value>,
}

/// A sale, a return, a void or a count.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Document {
    pub(super) kind: Loose,
    pub(super) number: Loose,
    pub(super) at: Loose,
    pub(super) branch: Loose,
    pub(super) currency: Loose,
    pub(super) lines: List<Value>,
    pub(super) total: Loose,
}

/// One product on it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Line {
    pub(super) line: Loose,
    pub(super) product: Loose,
    pub(super) quantity: Loose,
    pub(super) price: Loose,
}
