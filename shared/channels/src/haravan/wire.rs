//! Haravan's messages as it writes them; nothing outside this folder sees them.

use crate::json::{List, Loose};
use crate::storefront::{LineItem, NoteAttribute, Refund};
use serde::Deserialize;
use serde_json::Value;

/// Where the API answers.
pub(super) const BASE_URL: &str = "https://apis.haravan.com";
/// Where logins are given.
pub(super) const AUTH_URL: &str = "https://accounts.haravan.com";
/// Where webhooks are subscribed to.
pub(super) const WEBHOOK_URL: &str = "https://webhook.haravan.com";

/// An order, in a webhook and in an answer alike.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Order {
    pub(super) id: Loose,
    pub(super) currency: Loose,
    pub(super) created_at: Loose,
    pub(super) updated_at: Loose,
    pub(super) cancelled_at: Loose,
    pub(super) cancelled_status: Loose,
    pub(super) closed_status: Loose,
    pub(super) confirmed_status: Loose,
    pub(super) financial_status: Loose,
    pub(super) fulfillment_status: Loose,
    pub(super) total_price: Loose,
    pub(super) line_items: List<LineItem>,
    pub(super) fulfillments: List<Fulfillment>,
    pub(super) refunds: List<Refund>,
    pub(super) note_attributes: List<NoteAttribute>,
}

/// A parcel.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Fulfillment {
    pub(super) status: Loose,
    pub(super) carrier_status_code: Loose,
    pub(super) delivering_date: Loose,
    pub(super) delivered_date: Loose,
}

/// A webhook that is about a part of an order: a refund, a parcel.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PartOfOrder {
    pub(super) order_id: Loose,
}

/// The answer of one order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OneOrder {
    pub(super) order: Value,
}

/// The answer of a list of orders.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Orders {
    pub(super) orders: List<Value>,
}

/// The answer of a list of orders, as far as our own references.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct References {
    pub(super) orders: List<Referenced>,
}

/// An order, as far as what was added to it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Referenced {
    pub(super) id: Loose,
    pub(super) note_attributes: List<NoteAttribute>,
}

/// The answer of a list of products.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Products {
    pub(super) products: List<Value>,
}

/// The answer of a list of stock levels.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Balances {
    pub(super) inventory_locations: List<Balance>,
}

/// A variant's level at a location; `commited` is Haravan's own spelling.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Balance {
    pub(super) product_id: Loose,
    pub(super) variant_id: Loose,
    pub(super) loc_id: Loose,
    pub(super) qty_commited: Loose,
    pub(super) qty_available: Loose,
}

/// The answer of a stock write. Haravan does not show it in its documents; lines are read where they are there.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Adjusted {
    pub(super) inventory: Option<Adjustment>,
}

/// What was written.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Adjustment {
    pub(super) line_items: List<AdjustedLine>,
}

/// One variant of it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct AdjustedLine {
    pub(super) product_variant_id: Loose,
}

/// Tokens.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Token {
    pub(super) access_token: Loose,
    pub(super) refresh_token: Loose,
    pub(super) expires_in: Loose,
    pub(super) id_token: Loose,
}

/// What an identity token says about the shop.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Claims {
    pub(super) orgid: Loose,
}

/// The shop.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OneShop {
    pub(super) shop: Shop,
}

/// The shop, as far as its name.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Shop {
    pub(super) name: Loose,
}

/// The shop's stores.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Locations {
    pub(super) locations: List<Location>,
}

/// A store.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Location {
    pub(super) id: Loose,
    pub(super) name: Loose,
}

/// What is subscribed to: a bare list, or a list inside `data`, for the documents show its rows only.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Subscriptions {
    /// The list itself.
    Bare(Vec<SubscribedEvent>),
    /// The list inside an answer.
    Wrapped {
        /// The list.
        data: Vec<SubscribedEvent>,
    },
}

/// One topic that is sent to an address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SubscribedEvent {
    #[serde(alias = "topic")]
    pub(super) event: Loose,
    pub(super) url: Loose,
}
