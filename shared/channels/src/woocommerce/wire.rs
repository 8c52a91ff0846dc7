//! WooCommerce's messages as it writes them; nothing outside this folder sees them.

use crate::json::{List, Loose};
use serde::Deserialize;

/// Where the API lies below a site's address.
pub(super) const REST_PATH: &str = "/wp-json/wc/v3";

/// An order, in a webhook and in an answer alike; `code` stands in the body of an order that is gone.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Order {
    pub(super) id: Loose,
    pub(super) code: Loose,
    pub(super) status: Loose,
    pub(super) currency: Loose,
    pub(super) date_created_gmt: Loose,
    pub(super) date_modified_gmt: Loose,
    pub(super) date_completed_gmt: Loose,
    pub(super) total: Loose,
    pub(super) line_items: List<LineItem>,
    pub(super) meta_data: List<Meta>,
}

/// A note that a program has left on an order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Meta {
    pub(super) key: Loose,
    pub(super) value: Loose,
}

/// An order line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct LineItem {
    pub(super) id: Loose,
    pub(super) product_id: Loose,
    pub(super) variation_id: Loose,
    pub(super) quantity: Loose,
    pub(super) price: Loose,
    pub(super) total: Loose,
}

/// An error body, and an item's error inside a batch.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Refusal {
    pub(super) code: Loose,
    pub(super) message: Loose,
}

/// The answer of a batch.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Batch {
    pub(super) update: List<BatchItem>,
}

/// One item of a batch: set, or refused by itself.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BatchItem {
    pub(super) id: Loose,
    pub(super) error: Option<Refusal>,
    /// None when it is not in the answer; missing when the answer says null.
    #[serde(deserialize_with = "crate::json::present")]
    pub(super) stock_quantity: Option<Loose>,
}

/// A product or variation.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Product {
    pub(super) id: Loose,
    pub(super) name: Loose,
    #[serde(rename = "type")]
    pub(super) kind: Loose,
    pub(super) status: Loose,
    pub(super) sku: Loose,
    pub(super) global_unique_id: Loose,
    pub(super) attributes: List<Attribute>,
    pub(super) stock_quantity: Loose,
    pub(super) stock_status: Loose,
}

/// What tells a variation from its sisters.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Attribute {
    pub(super) option: Loose,
}

/// A webhook of the site.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Webhook {
    pub(super) id: Loose,
    pub(super) status: Loose,
    pub(super) topic: Loose,
    pub(super) delivery_url: Loose,
}
