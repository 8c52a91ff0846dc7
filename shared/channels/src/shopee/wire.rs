//! Shopee's messages as Shopee writes them; nothing outside this folder sees them.

use crate::json::{List, Loose};
use serde::Deserialize;
use serde_json::Value;

/// Where the API answers in production.
pub(super) const BASE_URL: &str = "https://partner.shopeemobile.com";
/// Reads orders.
pub(super) const ORDER_DETAIL: &str = "/api/v2/order/get_order_detail";
/// Sets the stock of one item.
pub(super) const UPDATE_STOCK: &str = "/api/v2/product/update_stock";
/// Reads items without variations.
pub(super) const ITEM_BASE_INFO: &str = "/api/v2/product/get_item_base_info";
/// Reads the variations of one item.
pub(super) const MODEL_LIST: &str = "/api/v2/product/get_model_list";
/// What is left out of an order unless it is asked for; no buyer data among it.
pub(super) const ORDER_FIELDS: &str = "item_list,package_list,total_amount,pay_time,fulfillment_flag";

/// What Shopee pushes.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Push {
    pub(super) code: Loose,
    pub(super) shop_id: Loose,
    pub(super) data: Value,
}

/// The part of a push that names an order; codes 4, 8 and 30 write `ordersn`, code 29 `order_sn`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PushData {
    pub(super) ordersn: Loose,
    pub(super) order_sn: Loose,
}

/// Every answer.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Envelope {
    pub(super) error: Option<String>,
    pub(super) message: Loose,
    pub(super) response: Value,
}

/// The answer's part with orders.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OrderList {
    pub(super) order_list: List<Value>,
}

/// An order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Order {
    pub(super) order_sn: Loose,
    pub(super) currency: Loose,
    pub(super) order_status: Loose,
    pub(super) create_time: Loose,
    pub(super) update_time: Loose,
    pub(super) total_amount: Loose,
    pub(super) item_list: List<Item>,
    pub(super) package_list: List<Package>,
}

/// An order line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Item {
    pub(super) item_id: Loose,
    pub(super) model_id: Loose,
    pub(super) order_item_id: Loose,
    pub(super) model_quantity_purchased: Loose,
    pub(super) model_discounted_price: Loose,
    pub(super) cancelled_qty: Loose,
}

/// A parcel.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Package {
    pub(super) logistics_status: Loose,
}

/// What became of a stock write.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct StockAnswer {
    pub(super) success_list: List<Succeeded>,
    pub(super) failure_list: List<Failed>,
}

/// A variation that was set.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Succeeded {
    pub(super) model_id: Loose,
}

/// A variation that was not.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Failed {
    pub(super) model_id: Loose,
    pub(super) failed_reason: Loose,
}

/// The variations of an item.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ModelList {
    pub(super) model: List<Model>,
}

/// A variation's stock.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Model {
    pub(super) model_id: Loose,
    pub(super) stock_info_v2: StockInfo,
}

/// Items.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ItemList {
    pub(super) item_list: List<BaseInfo>,
}

/// An item's stock.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BaseInfo {
    pub(super) item_id: Loose,
    pub(super) stock_info_v2: StockInfo,
}

/// Stock as Shopee counts it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct StockInfo {
    pub(super) summary_info: Summary,
    pub(super) seller_stock: List<SellerStock>,
}

/// Stock over all warehouses.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Summary {
    pub(super) total_available_stock: Loose,
}

/// Stock in one warehouse of the seller.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SellerStock {
    pub(super) stock: Loose,
}
