//! Shopee's messages as Shopee writes them; nothing outside this folder sees them.

use crate::json::{List, Loose};
use serde::Deserialize;
use serde_json::Value;

/// Where the API answers in production.
pub(super) const BASE_URL: &str = "https://partner.shopeemobile.com";
/// Reads orders.
pub(super) const ORDER_DETAIL: &str = "/api/v2/order/get_order_detail";
/// Lists the numbers of orders that changed.
pub(super) const ORDER_LIST: &str = "/api/v2/order/get_order_list";
/// Cancels an order.
pub(super) const CANCEL_ORDER: &str = "/api/v2/order/cancel_order";
/// Tells what arranging a shipment needs.
pub(super) const SHIPPING_PARAMETER: &str = "/api/v2/logistics/get_shipping_parameter";
/// Arranges the shipment of an order.
pub(super) const SHIP_ORDER: &str = "/api/v2/logistics/ship_order";
/// Reads pushes that never arrived.
pub(super) const LOST_PUSHES: &str = "/api/v2/push/get_lost_push_message";
/// Forgets lost pushes.
pub(super) const CONFIRM_LOST: &str = "/api/v2/push/confirm_consumed_lost_push_message";
/// Tells the app's push settings.
pub(super) const PUSH_CONFIG: &str = "/api/v2/push/get_app_push_config";
/// Changes the app's push settings.
pub(super) const SET_PUSH_CONFIG: &str = "/api/v2/push/set_app_push_config";
/// Turns a code of the grant page into tokens.
pub(super) const TOKEN_GET: &str = "/api/v2/auth/token/get";
/// Gives the next tokens.
pub(super) const TOKEN_RENEW: &str = "/api/v2/auth/access_token/get";
/// Tells the shop's name.
pub(super) const SHOP_INFO: &str = "/api/v2/shop/get_shop_info";
/// Tells the shop's warehouses.
pub(super) const WAREHOUSES: &str = "/api/v2/shop/get_warehouse_detail";
/// Lists the numbers of items.
pub(super) const ITEM_LIST: &str = "/api/v2/product/get_item_list";
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
    pub(super) active_qty: Loose,
    pub(super) cancel_requested_qty: Loose,
    pub(super) cancelled_qty: Loose,
    pub(super) return_requested_qty: Loose,
    pub(super) returned_qty: Loose,
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

/// A variation.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Model {
    pub(super) model_id: Loose,
    pub(super) model_sku: Loose,
    pub(super) model_name: Loose,
    pub(super) model_status: Loose,
    pub(super) gtin_code: Loose,
    pub(super) stock_info_v2: StockInfo,
}

/// Items.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ItemList {
    pub(super) item_list: List<BaseInfo>,
}

/// An item.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BaseInfo {
    pub(super) item_id: Loose,
    pub(super) item_name: Loose,
    pub(super) item_sku: Loose,
    pub(super) item_status: Loose,
    pub(super) has_model: Loose,
    pub(super) gtin_code: Loose,
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
    pub(super) total_reserved_stock: Loose,
    pub(super) total_available_stock: Loose,
}

/// Stock in one warehouse of the seller.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SellerStock {
    pub(super) stock: Loose,
}

/// A page of order numbers.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OrderNumbers {
    pub(super) more: Loose,
    pub(super) next_cursor: Loose,
    pub(super) order_list: List<Value>,
}

/// A page of item numbers.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ItemNumbers {
    pub(super) item: List<ItemNumber>,
    pub(super) has_next_page: Loose,
    pub(super) next_offset: Loose,
}

/// An item's number.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ItemNumber {
    pub(super) item_id: Loose,
}

/// Pushes that never arrived.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct LostPushes {
    pub(super) push_message_list: List<LostPush>,
    pub(super) has_next_page: Loose,
    pub(super) last_message_id: Loose,
}

/// One of them; `data` is the whole push, as an object or as a text.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct LostPush {
    pub(super) shop_id: Loose,
    pub(super) data: Value,
}

/// A flat answer with tokens.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TokenAnswer {
    pub(super) error: Option<String>,
    pub(super) message: Loose,
    pub(super) access_token: Loose,
    pub(super) refresh_token: Loose,
    pub(super) expire_in: Loose,
}

/// A flat answer about the shop.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ShopInfo {
    pub(super) shop_name: Loose,
}

/// A warehouse of the seller.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Warehouse {
    pub(super) location_id: Loose,
    pub(super) warehouse_name: Loose,
}

/// The app's push settings.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PushConfig {
    pub(super) callback_url: Loose,
    pub(super) live_push_status: Loose,
    pub(super) blocked_shop_id: List<Loose>,
    pub(super) push_config_on_list: List<Loose>,
}

/// What arranging a shipment needs, and what there is to choose from.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ShippingParameter {
    pub(super) info_needed: InfoNeeded,
    pub(super) pickup: Option<Pickup>,
}

/// The ways to ship, each with the fields it needs; a way that is not named is not offered.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct InfoNeeded {
    pub(super) pickup: Option<Vec<String>>,
    pub(super) dropoff: Option<Vec<String>>,
    #[serde(alias = "non-integrated")]
    pub(super) non_integrated: Option<Vec<String>>,
}

/// Where a carrier may fetch parcels.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Pickup {
    pub(super) address_list: List<PickupAddress>,
}

/// One such place.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PickupAddress {
    pub(super) address_id: Loose,
    pub(super) address_flag: List<Loose>,
    pub(super) time_slot_list: List<TimeSlot>,
}

/// A time at which the carrier comes.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TimeSlot {
    pub(super) pickup_time_id: Loose,
    pub(super) flags: List<Loose>,
}
