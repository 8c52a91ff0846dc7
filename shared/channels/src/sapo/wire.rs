//! Sapo's messages as it writes them, in both of its products; nothing outside this folder sees them.

use crate::json::{List, Loose};
use crate::storefront::{LineItem, NoteAttribute, Refund};
use serde::Deserialize;
use serde_json::Value;

/// An order of a website or of stores: which of the two shows by the name of its lines.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Order {
    pub(super) id: Loose,
    pub(super) currency: Loose,
    pub(super) created_on: Loose,
    pub(super) modified_on: Loose,
    pub(super) status: Loose,
    pub(super) fulfillment_status: Loose,
    pub(super) fulfillments: List<Fulfillment>,
    // A website's.
    pub(super) cancelled_on: Loose,
    pub(super) closed_on: Loose,
    pub(super) financial_status: Loose,
    pub(super) total_price: Loose,
    pub(super) line_items: List<LineItem>,
    pub(super) refunds: List<Refund>,
    // The stores'.
    pub(super) packed_status: Loose,
    pub(super) received_status: Loose,
    pub(super) return_status: Loose,
    pub(super) total: Loose,
    pub(super) order_line_items: List<LineItem>,
    pub(super) note_attributes: List<NoteAttribute>,
}

/// A parcel.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Fulfillment {
    pub(super) status: Loose,
    #[serde(alias = "shipment_status")]
    pub(super) delivery_status: Loose,
}

/// A webhook that is about a part of an order: a refund, a parcel, a payment.
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

/// The answer of one variant.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OneVariant {
    pub(super) variant: Option<Variant>,
}

/// A variant, as far as its stock.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Variant {
    pub(super) id: Loose,
    pub(super) inventory_quantity: Loose,
    pub(super) inventories: List<Inventory>,
}

/// The answer of one product of Sapo Omni.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OneProduct {
    pub(super) product: Product,
}

/// A product of Sapo Omni, as far as its variants.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Product {
    pub(super) variants: List<Variant>,
}

/// A variant's level at a store.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Inventory {
    pub(super) location_id: Loose,
    pub(super) available: Loose,
}

/// A token.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Token {
    pub(super) access_token: Loose,
}

/// The shop: `store` of a website, `tenant` of stores.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OneStore {
    #[serde(alias = "tenant")]
    pub(super) store: Store,
}

/// The shop, as far as its name.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Store {
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
    #[serde(alias = "label")]
    pub(super) name: Loose,
}

/// The registered webhooks.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Webhooks {
    pub(super) webhooks: List<Webhook>,
}

/// One topic that is sent to an address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Webhook {
    pub(super) topic: Loose,
    pub(super) address: Loose,
}
