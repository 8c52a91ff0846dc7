//! KiotViet's messages as it writes them: PascalCase in webhooks, camelCase over REST.

use crate::json::{List, Loose};
use serde::Deserialize;
use serde_json::Value;

/// Where the API answers.
pub(super) const BASE_URL: &str = "https://public.kiotapi.com";
/// Where logins are given.
pub(super) const AUTH_URL: &str = "https://id.kiotviet.vn/connect/token";

/// A webhook; the `*.delete` ones hold only ids.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message {
    #[serde(rename = "Notifications", alias = "notifications")]
    pub(super) notifications: List<Notification>,
    #[serde(rename = "RemoveId", alias = "removeId")]
    pub(super) remove_id: List<Value>,
}

/// What happened, with a row for each thing it happened to.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Notification {
    #[serde(rename = "Action", alias = "action")]
    pub(super) action: Loose,
    #[serde(rename = "Data", alias = "data")]
    pub(super) data: List<Value>,
}

/// A product's level at a branch, in a webhook and inside a product.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Level {
    #[serde(rename = "productId", alias = "ProductId")]
    pub(super) product_id: Loose,
    #[serde(rename = "branchId", alias = "BranchId")]
    pub(super) branch_id: Loose,
    #[serde(rename = "onHand", alias = "OnHand")]
    pub(super) on_hand: Loose,
    #[serde(rename = "reserved", alias = "Reserved")]
    pub(super) reserved: Loose,
}

/// A product.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Product {
    pub(super) id: Loose,
    pub(super) code: Loose,
    #[serde(rename = "barCode")]
    pub(super) bar_code: Loose,
    pub(super) name: Loose,
    #[serde(rename = "fullName")]
    pub(super) full_name: Loose,
    #[serde(rename = "allowsSale")]
    pub(super) allows_sale: Loose,
    #[serde(rename = "isActive")]
    pub(super) is_active: Loose,
    #[serde(rename = "inventories", alias = "Inventories")]
    pub(super) inventories: List<Level>,
}

/// An order or an invoice: the same fields, but for the name of the lines.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Document {
    #[serde(rename = "id", alias = "Id")]
    pub(super) id: Loose,
    #[serde(rename = "code", alias = "Code")]
    pub(super) code: Loose,
    /// On an invoice: the code of the order that it was made of.
    #[serde(rename = "orderCode", alias = "OrderCode")]
    pub(super) order_code: Loose,
    #[serde(rename = "branchId", alias = "BranchId")]
    pub(super) branch_id: Loose,
    #[serde(rename = "purchaseDate", alias = "PurchaseDate")]
    pub(super) purchase_date: Loose,
    #[serde(rename = "modifiedDate", alias = "ModifiedDate")]
    pub(super) modified_date: Loose,
    #[serde(rename = "status", alias = "Status")]
    pub(super) status: Loose,
    #[serde(rename = "statusValue", alias = "StatusValue")]
    pub(super) status_value: Loose,
    #[serde(rename = "total", alias = "Total")]
    pub(super) total: Loose,
    #[serde(rename = "description", alias = "Description")]
    pub(super) description: Loose,
    #[serde(rename = "orderDetails", alias = "OrderDetails")]
    pub(super) order_details: List<Detail>,
    #[serde(rename = "invoiceDetails", alias = "InvoiceDetails")]
    pub(super) invoice_details: List<Detail>,
    #[serde(rename = "invoiceDelivery", alias = "InvoiceDelivery")]
    pub(super) invoice_delivery: Option<Delivery>,
}

/// A line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Detail {
    #[serde(rename = "productId", alias = "ProductId")]
    pub(super) product_id: Loose,
    #[serde(rename = "quantity", alias = "Quantity")]
    pub(super) quantity: Loose,
    #[serde(rename = "price", alias = "Price")]
    pub(super) price: Loose,
}

/// How far a delivery is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Delivery {
    #[serde(rename = "status", alias = "Status")]
    pub(super) status: Loose,
}

/// A page of any list.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Rows {
    pub(super) total: Loose,
    pub(super) data: List<Value>,
}

/// A branch.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Branch {
    pub(super) id: Loose,
    #[serde(rename = "branchName")]
    pub(super) branch_name: Loose,
}

/// A webhook of the shop.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Webhook {
    pub(super) id: Loose,
    #[serde(rename = "type")]
    pub(super) kind: Loose,
    pub(super) url: Loose,
    #[serde(rename = "isActive")]
    pub(super) is_active: Loose,
}

/// A login.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Token {
    pub(super) access_token: Loose,
    pub(super) expires_in: Loose,
}

/// A refusal: `responseStatus` of the API, or `error` of the login.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Refusal {
    #[serde(rename = "responseStatus", alias = "ResponseStatus")]
    pub(super) response_status: Option<ResponseStatus>,
    pub(super) error: Loose,
}

/// The API's reason.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ResponseStatus {
    #[serde(rename = "errorCode", alias = "ErrorCode")]
    pub(super) error_code: Loose,
    #[serde(rename = "message", alias = "Message")]
    pub(super) message: Loose,
}
