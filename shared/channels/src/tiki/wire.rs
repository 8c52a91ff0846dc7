//! Tiki's messages as Tiki writes them; nothing outside this folder sees them.

use crate::json::{List, Loose};
use serde::Deserialize;
use serde_json::Value;

/// Where both the API and the login answer.
pub(super) const BASE_URL: &str = "https://api.tiki.vn";
/// The page on which a seller grants us the account.
pub(super) const AUTHORIZE: &str = "/sc/oauth2/auth";
/// Gives tokens.
pub(super) const TOKEN: &str = "/sc/oauth2/token";
/// Lists orders; with a number behind it, one order.
pub(super) const ORDERS: &str = "/integration/v2/orders";
/// Lists products; with an id behind it, one product.
pub(super) const PRODUCTS: &str = "/integration/v2.1/products";
/// Sets one product's stock.
pub(super) const UPDATE_SKU: &str = "/integration/v2.1/products/updateSku";
/// Queues of events.
pub(super) const QUEUES: &str = "/integration/v1/queues";
/// Who we are.
pub(super) const SELLER: &str = "/integration/v2/sellers/me";
/// Our warehouses.
pub(super) const WAREHOUSES: &str = "/integration/v2/sellers/me/warehouses";

/// A page of anything.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Paged {
    pub(super) data: List<Value>,
    pub(super) paging: Paging,
}

/// Which page it is, and how many there are.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Paging {
    pub(super) last_page: Loose,
}

/// An order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Order {
    pub(super) code: Loose,
    pub(super) status: Loose,
    pub(super) created_at: Loose,
    pub(super) updated_at: Loose,
    pub(super) items: List<Item>,
    pub(super) invoice: Invoice,
    pub(super) shipping: Shipping,
    pub(super) status_histories: List<Change>,
}

/// What the buyer pays for the order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Invoice {
    pub(super) grand_total: Loose,
}

/// The parcel.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Shipping {
    pub(super) tracking_code: Loose,
}

/// A status that the order has had.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Change {
    pub(super) status: Loose,
}

/// An order line. Units and price stand twice: beside the product, and in the line's invoice.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Item {
    pub(super) id: Loose,
    pub(super) product: ItemProduct,
    pub(super) qty: Loose,
    pub(super) price: Loose,
    pub(super) invoice: ItemInvoice,
    pub(super) confirmation: Confirmation,
}

/// What was bought.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ItemProduct {
    pub(super) id: Loose,
}

/// Units and price of a line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ItemInvoice {
    pub(super) quantity: Loose,
    pub(super) price: Loose,
}

/// Whether the seller has said that the goods are there.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Confirmation {
    pub(super) status: Loose,
}

/// What a pull brings.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Events {
    pub(super) events: List<Value>,
    pub(super) ack_id: Loose,
}

/// An event.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Event {
    #[serde(rename = "type")]
    pub(super) kind: Loose,
    pub(super) payload: Value,
}

/// The part of an event that names an order; it is written in two ways.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OrderEvent {
    pub(super) order_code: Loose,
    #[serde(rename = "orderCode")]
    pub(super) order_code_too: Loose,
}

/// A product.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Product {
    pub(super) product_id: Loose,
    /// The older version of the API calls it so.
    pub(super) id: Loose,
    pub(super) original_sku: Loose,
    pub(super) name: Loose,
    pub(super) active: Loose,
    pub(super) inventory: Option<Inventory>,
}

/// A product's stock, over all warehouses and for each.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Inventory {
    pub(super) quantity_available: Loose,
    pub(super) quantity_reserved: Loose,
    pub(super) quantity_sellable: Loose,
    pub(super) warehouse_stocks: List<WarehouseStock>,
}

/// A product's stock in one warehouse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WarehouseStock {
    pub(super) warehouse_id: Loose,
    pub(super) quantity_available: Loose,
    pub(super) quantity_reserved: Loose,
    pub(super) quantity_sellable: Loose,
}

/// What became of a stock write.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Updated {
    pub(super) state: Loose,
}

/// A queue of events.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Queue {
    pub(super) code: Loose,
    pub(super) name: Loose,
}

/// What a queue is told of.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct QueueSubscription {
    pub(super) event_type: Loose,
    pub(super) active: Loose,
}

/// The seller.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Seller {
    pub(super) name: Loose,
}

/// A warehouse of the seller.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Warehouse {
    pub(super) id: Loose,
    pub(super) name: Loose,
}

/// Tokens.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Granted {
    pub(super) access_token: Loose,
    pub(super) refresh_token: Loose,
    pub(super) expires_in: Loose,
    pub(super) scope: Loose,
}

/// Why no tokens were given.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct NotGranted {
    pub(super) error: Loose,
}
