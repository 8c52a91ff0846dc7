//! TikTok Shop's messages as TikTok Shop writes them; nothing outside this folder sees them.

use crate::json::{List, Loose};
use serde::Deserialize;
use serde_json::Value;

/// Where the Open API answers.
pub(super) const BASE_URL: &str = "https://open-api.tiktokglobalshop.com";
/// Where tokens are given.
pub(super) const AUTH_URL: &str = "https://auth.tiktok-shops.com";
/// Where a seller grants an app, outside the United States.
pub(super) const GRANT_URL: &str = "https://services.tiktokshop.com";
/// The page itself.
pub(super) const AUTHORIZE: &str = "/open/authorize";
/// Tokens for a code.
pub(super) const TOKEN_GET: &str = "/api/v2/token/get";
/// Tokens for a refresh token.
pub(super) const TOKEN_REFRESH: &str = "/api/v2/token/refresh";
/// The shops that a token opens.
pub(super) const SHOPS: &str = "/authorization/202309/shops";
/// Reads orders by number.
pub(super) const ORDER_DETAIL: &str = "/order/202507/orders";
/// Lists orders.
pub(super) const ORDER_SEARCH: &str = "/order/202309/orders/search";
/// Reads stock.
pub(super) const INVENTORY_SEARCH: &str = "/product/202309/inventory/search";
/// Lists what is on sale.
pub(super) const PRODUCT_SEARCH: &str = "/product/202502/products/search";
/// Calls an order off.
pub(super) const CANCELLATIONS: &str = "/return_refund/202309/cancellations";
/// The shop's warehouses.
pub(super) const WAREHOUSES: &str = "/logistics/202309/warehouses";
/// The shop's webhooks.
pub(super) const WEBHOOKS: &str = "/event/202309/webhooks";

/// Sets the stock of one product.
pub(super) fn inventory_update(product: &str) -> String {
    format!("/product/202309/products/{product}/inventory/update")
}

/// Arranges the shipment of one package.
pub(super) fn ship_package(package: &str) -> String {
    format!("/fulfillment/202309/packages/{package}/ship")
}

/// What TikTok Shop pushes.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Push {
    #[serde(rename = "type")]
    pub(super) kind: Loose,
    pub(super) shop_id: Loose,
    pub(super) data: Value,
}

/// The part of a push that names orders; package updates name them in a list of packages.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PushData {
    pub(super) order_id: Loose,
    pub(super) package_list: List<PushPackage>,
}

/// A package in a push.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PushPackage {
    pub(super) order_id_list: List<Loose>,
}

/// Every answer.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Envelope {
    pub(super) code: Loose,
    pub(super) message: Loose,
    pub(super) data: Value,
}

/// Orders, by number or as a page of the list.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OrderList {
    pub(super) orders: List<Value>,
    pub(super) next_page_token: Loose,
}

/// An order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Order {
    pub(super) id: Loose,
    pub(super) status: Loose,
    pub(super) create_time: Loose,
    pub(super) update_time: Loose,
    pub(super) rts_time: Loose,
    pub(super) collection_time: Loose,
    pub(super) tracking_number: Loose,
    pub(super) shipping_type: Loose,
    pub(super) payment: Payment,
    pub(super) line_items: List<LineItem>,
}

/// What the buyer pays.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Payment {
    pub(super) currency: Loose,
    pub(super) total_amount: Loose,
}

/// One unit of an order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct LineItem {
    pub(super) product_id: Loose,
    pub(super) sku_id: Loose,
    pub(super) sale_price: Loose,
    pub(super) display_status: Loose,
    pub(super) package_id: Loose,
    pub(super) package_status: Loose,
    pub(super) rts_time: Loose,
    pub(super) tracking_number: Loose,
    pub(super) is_gift: Loose,
    pub(super) combined_listing_skus: List<Part>,
}

/// What a bundle is made of.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Part {
    pub(super) product_id: Loose,
    pub(super) sku_id: Loose,
    pub(super) sku_count: Loose,
}

/// What became of a stock write: only what failed is told.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct StockAnswer {
    pub(super) errors: List<Value>,
}

/// Why a variation was not set.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct StockFailure {
    pub(super) code: Loose,
    pub(super) message: Loose,
    pub(super) detail: FailureDetail,
}

/// Which variation, and what is wrong in which warehouse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct FailureDetail {
    pub(super) sku_id: Loose,
    pub(super) extra_errors: List<ExtraError>,
}

/// What is wrong in one warehouse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ExtraError {
    pub(super) code: Loose,
    pub(super) message: Loose,
}

/// Stock of products.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Inventory {
    pub(super) inventory: List<ProductStock>,
}

/// Stock of a product's variations.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ProductStock {
    pub(super) skus: List<SkuStock>,
}

/// A variation's stock.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SkuStock {
    pub(super) id: Loose,
    pub(super) total_available_quantity: Loose,
    pub(super) warehouse_inventory: List<WarehouseStock>,
}

/// A variation's stock in one warehouse; the product search calls it `quantity`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WarehouseStock {
    pub(super) warehouse_id: Loose,
    #[serde(alias = "quantity")]
    pub(super) available_quantity: Loose,
}

/// A page of products.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ProductList {
    pub(super) products: List<Value>,
    pub(super) next_page_token: Loose,
}

/// A product.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Product {
    pub(super) id: Loose,
    pub(super) title: Loose,
    pub(super) status: Loose,
    pub(super) is_not_for_sale: Loose,
    pub(super) skus: List<Value>,
}

/// A variation on sale.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sku {
    pub(super) id: Loose,
    pub(super) seller_sku: Loose,
    pub(super) inventory: List<WarehouseStock>,
    pub(super) status_info: SkuStatus,
}

/// Whether a variation is on sale.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SkuStatus {
    pub(super) status: Loose,
}

/// Tokens.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TokenData {
    pub(super) access_token: Loose,
    pub(super) access_token_expire_in: Loose,
    pub(super) refresh_token: Loose,
    pub(super) refresh_token_expire_in: Loose,
}

/// The shops that a token opens.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ShopList {
    pub(super) shops: List<ShopRow>,
}

/// A shop.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ShopRow {
    pub(super) id: Loose,
    pub(super) name: Loose,
    pub(super) cipher: Loose,
}

/// The shop's warehouses.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WarehouseList {
    pub(super) warehouses: List<Warehouse>,
}

/// A warehouse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Warehouse {
    pub(super) id: Loose,
    pub(super) name: Loose,
}

/// The shop's webhooks.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WebhookList {
    pub(super) webhooks: List<WebhookRow>,
}

/// A webhook.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WebhookRow {
    pub(super) event_type: Loose,
    pub(super) address: Loose,
}
