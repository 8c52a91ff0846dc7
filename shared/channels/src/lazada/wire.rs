//! Lazada's messages as Lazada writes them; nothing outside this folder sees them.

use crate::json::{List, Loose};
use serde::Deserialize;
use serde_json::Value;

/// Where the API answers in Viet Nam; the other countries have hosts of their own.
pub(super) const BASE_URL: &str = "https://api.lazada.vn/rest";
/// Where logins of all countries are given.
pub(super) const AUTH_URL: &str = "https://auth.lazada.com";
/// Reads the items of up to fifty orders.
pub(super) const ORDERS_ITEMS: &str = "/orders/items/get";
/// Lists orders.
pub(super) const ORDERS: &str = "/orders/get";
/// Sets what is sellable.
pub(super) const UPDATE_SELLABLE: &str = "/product/stock/sellable/update";
/// Adds to what is sellable, or takes from it.
pub(super) const ADJUST_SELLABLE: &str = "/product/stock/sellable/adjust";
/// Reads one item with its SKUs.
pub(super) const ITEM: &str = "/product/item/get";
/// Lists items with their SKUs.
pub(super) const PRODUCTS: &str = "/products/get";
/// Tells who the seller is.
pub(super) const SELLER: &str = "/seller/get";
/// Packs items.
pub(super) const PACK: &str = "/order/fulfill/pack";
/// Makes packages ready to ship.
pub(super) const READY_TO_SHIP: &str = "/order/package/rts";
/// Asks whether items can be cancelled, and for which reasons.
pub(super) const CANCEL_REASONS: &str = "/order/reverse/cancel/validate";
/// Cancels items. It is a GET that changes something. (open.lazada.com, InitReverseOrderCancel, 2026-11-30)
pub(super) const CANCEL: &str = "/order/reverse/cancel/create";
/// Turns a code into tokens.
pub(super) const TOKEN_CREATE: &str = "/auth/token/create";
/// Gets the next access token.
pub(super) const TOKEN_REFRESH: &str = "/auth/token/refresh";

/// What Lazada pushes.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Push {
    pub(super) message_type: Loose,
    pub(super) seller_id: Loose,
    pub(super) data: Value,
}

/// The part of a push that names an order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PushData {
    pub(super) trade_order_id: Loose,
}

/// Every answer. Parcels answer in `result`, all else in `data`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Envelope {
    pub(super) code: Loose,
    #[serde(rename = "type")]
    pub(super) blame: Loose,
    pub(super) message: Loose,
    pub(super) data: Value,
    pub(super) result: Value,
    pub(super) detail: List<Value>,
}

/// The items of one order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OrderItems {
    pub(super) order_id: Loose,
    pub(super) order_items: List<Item>,
}

/// One unit of an order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Item {
    pub(super) order_item_id: Loose,
    pub(super) product_id: Loose,
    pub(super) sku_id: Loose,
    pub(super) status: Loose,
    pub(super) item_price: Loose,
    pub(super) paid_price: Loose,
    pub(super) shipping_amount: Loose,
    pub(super) currency: Loose,
    pub(super) created_at: Loose,
    pub(super) updated_at: Loose,
    pub(super) tracking_code: Loose,
    pub(super) package_id: Loose,
    pub(super) cancel_return_initiator: Loose,
}

/// A page of orders.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OrderList {
    #[serde(rename = "countTotal")]
    pub(super) count_total: Loose,
    pub(super) orders: List<OrderRow>,
}

/// An order in a list; of its content only what names it is used.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OrderRow {
    pub(super) order_id: Loose,
    pub(super) updated_at: Loose,
}

/// A page of items on sale.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ProductList {
    pub(super) total_products: Loose,
    pub(super) products: List<Value>,
}

/// An item on sale; `/products/get` and `/product/item/get` write its number in two ways.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Product {
    #[serde(alias = "itemId")]
    pub(super) item_id: Loose,
    pub(super) status: Loose,
    pub(super) attributes: Attributes,
    pub(super) skus: List<Value>,
}

/// What an item is called.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Attributes {
    pub(super) name: Loose,
}

/// A variation of an item.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sku {
    #[serde(rename = "SkuId")]
    pub(super) sku_id: Loose,
    #[serde(rename = "SellerSku")]
    pub(super) seller_sku: Loose,
    #[serde(rename = "Status")]
    pub(super) status: Loose,
    #[serde(rename = "Available")]
    pub(super) available: Loose,
    pub(super) quantity: Loose,
    #[serde(rename = "multiWarehouseInventories")]
    pub(super) warehouses: List<WarehouseStock>,
    #[serde(rename = "channelInventories")]
    pub(super) campaigns: List<CampaignStock>,
}

/// What lies in one warehouse.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WarehouseStock {
    #[serde(rename = "warehouseCode")]
    pub(super) code: Loose,
    #[serde(rename = "sellableQuantity")]
    pub(super) sellable: Loose,
}

/// What a campaign has locked, and until when.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct CampaignStock {
    #[serde(rename = "endTime")]
    pub(super) end_time: Loose,
    #[serde(rename = "sellableQuantity")]
    pub(super) sellable: Loose,
}

/// What became of a parcel call.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Outcome {
    pub(super) success: Loose,
    #[serde(alias = "errorCode")]
    pub(super) error_code: Loose,
    #[serde(alias = "errorMsg")]
    pub(super) error_msg: Loose,
    pub(super) data: Parcels,
}

/// Its rows: orders with items after packing, packages after that.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Parcels {
    pub(super) pack_order_list: List<PackedOrder>,
    pub(super) packages: List<ParcelRow>,
}

/// The items of one order that were to be packed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PackedOrder {
    pub(super) order_item_list: List<ParcelRow>,
}

/// What became of one item or one package.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ParcelRow {
    pub(super) package_id: Loose,
    pub(super) item_err_code: Loose,
    pub(super) msg: Loose,
    pub(super) retry: Loose,
}

/// Whether a cancel is possible, and for which reasons.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct CancelAnswer {
    pub(super) tip_type: Loose,
    pub(super) tip_content: Loose,
    pub(super) reason_options: List<Reason>,
}

/// A reason to cancel.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Reason {
    pub(super) reason_id: Loose,
    pub(super) reason_name: Loose,
}

/// Tokens, written flat.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TokenAnswer {
    pub(super) access_token: Loose,
    pub(super) refresh_token: Loose,
    pub(super) expires_in: Loose,
    pub(super) refresh_expires_in: Loose,
    /// The real name, and the one in the reference.
    #[serde(alias = "country_user_info_list")]
    pub(super) country_user_info: List<CountryUser>,
}

/// The seller in one country.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct CountryUser {
    pub(super) country: Loose,
    pub(super) seller_id: Loose,
}

/// Who the seller is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Seller {
    pub(super) name: Loose,
    pub(super) seller_id: Loose,
}
