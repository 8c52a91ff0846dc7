//! Shopify's messages as Shopify writes them, webhooks and GraphQL; nothing outside this folder sees them.

use crate::json::{List, Loose};
use serde::Deserialize;
use serde_json::Value;

/// What every answer to a document has.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Envelope {
    pub(super) data: Value,
    pub(super) errors: List<GraphError>,
    pub(super) extensions: Extensions,
}

/// Why a document was not carried out.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct GraphError {
    pub(super) message: Loose,
    pub(super) extensions: ErrorExtensions,
}

/// The code of it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ErrorExtensions {
    pub(super) code: Loose,
}

/// What a document cost.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Extensions {
    pub(super) cost: Option<Cost>,
}

/// In points.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Cost {
    pub(super) requested_query_cost: Loose,
    pub(super) throttle_status: Throttle,
}

/// The bucket that points are taken from.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Throttle {
    pub(super) maximum_available: Loose,
    pub(super) currently_available: Loose,
    pub(super) restore_rate: Loose,
}

/// Why a mutation, or one row of it, was refused.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct UserError {
    pub(super) field: List<Loose>,
    pub(super) message: Loose,
    pub(super) code: Loose,
}

/// One page of a list.
#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct Nodes<T> {
    pub(super) nodes: List<T>,
    pub(super) page_info: PageInfo,
}

impl<T> Default for Nodes<T> {
    fn default() -> Self {
        Self { nodes: List::Missing, page_info: PageInfo::default() }
    }
}

/// Whether more follow.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Loose,
}

/// An order in a webhook, in the words of the older REST API.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RestOrder {
    pub(super) id: Loose,
    pub(super) currency: Loose,
    pub(super) financial_status: Loose,
    pub(super) fulfillment_status: Loose,
    pub(super) cancelled_at: Loose,
    pub(super) created_at: Loose,
    pub(super) updated_at: Loose,
    pub(super) current_total_price: Loose,
    pub(super) total_price: Loose,
    pub(super) payment_gateway_names: List<Loose>,
    pub(super) tags: Loose,
    pub(super) line_items: List<RestLine>,
    pub(super) fulfillments: List<RestFulfillment>,
}

/// An order line there.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RestLine {
    pub(super) id: Loose,
    pub(super) variant_id: Loose,
    pub(super) quantity: Loose,
    pub(super) current_quantity: Loose,
    pub(super) fulfillable_quantity: Loose,
    pub(super) price: Loose,
    pub(super) requires_shipping: Loose,
}

/// A parcel there.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RestFulfillment {
    pub(super) status: Loose,
    pub(super) shipment_status: Loose,
    pub(super) line_items: List<RestParcelLine>,
}

/// What is in it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RestParcelLine {
    pub(super) id: Loose,
    pub(super) quantity: Loose,
}

/// A webhook about something that belongs to an order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Belonging {
    pub(super) order_id: Loose,
    pub(super) order_edit: OrderEdit,
}

/// The inside of `orders/edited`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OrderEdit {
    pub(super) order_id: Loose,
}

/// An order in GraphQL.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct GraphOrder {
    pub(super) id: Loose,
    pub(super) currency_code: Loose,
    pub(super) display_financial_status: Loose,
    pub(super) display_fulfillment_status: Loose,
    pub(super) cancelled_at: Loose,
    pub(super) created_at: Loose,
    pub(super) updated_at: Loose,
    pub(super) current_total_price_set: PriceSet,
    pub(super) payment_gateway_names: List<Loose>,
    pub(super) tags: List<Loose>,
    pub(super) fulfillments: List<GraphFulfillment>,
    pub(super) line_items: Nodes<GraphLine>,
}

/// An order line there.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct GraphLine {
    pub(super) id: Loose,
    pub(super) quantity: Loose,
    pub(super) current_quantity: Loose,
    pub(super) unfulfilled_quantity: Loose,
    pub(super) requires_shipping: Loose,
    pub(super) variant: Option<Named>,
    pub(super) original_unit_price_set: PriceSet,
}

/// An amount in the shop's own currency.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PriceSet {
    pub(super) shop_money: ShopMoney,
}

/// The amount.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ShopMoney {
    pub(super) amount: Loose,
}

/// Something of which only the name is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Named {
    pub(super) id: Loose,
}

/// A parcel there.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct GraphFulfillment {
    pub(super) status: Loose,
    pub(super) display_status: Loose,
    pub(super) fulfillment_line_items: Nodes<GraphParcelLine>,
}

/// What is in it.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct GraphParcelLine {
    pub(super) quantity: Loose,
    pub(super) line_item: Named,
}

/// A variant, with what is kept of it in one store.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Variant {
    pub(super) id: Loose,
    pub(super) sku: Loose,
    pub(super) barcode: Loose,
    pub(super) display_name: Loose,
    pub(super) product: Product,
    pub(super) inventory_item: InventoryItem,
}

/// What it is a variant of.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Product {
    pub(super) status: Loose,
}

/// What stock is kept by.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct InventoryItem {
    pub(super) id: Loose,
    pub(super) inventory_level: Option<Level>,
}

/// Its stock in one store; none where the store does not keep it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Level {
    pub(super) quantities: List<Quantity>,
}

/// One of its counts.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Quantity {
    pub(super) name: Loose,
    pub(super) quantity: Loose,
}

/// What the token calls give.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TokenAnswer {
    pub(super) access_token: Loose,
    pub(super) expires_in: Loose,
    pub(super) refresh_token: Loose,
    pub(super) refresh_token_expires_in: Loose,
    pub(super) error: Loose,
}
