//! Three servers that answer as the channels' documents show, and the real messages the channels have sent.

use crate::fake_server::{Call, FakeServer, Reply};
use crate::house::Addresses;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

/// A live push from Viet Nam (CHANNELS 1.1): thin, it names an order and nothing else.
pub const SHOPEE_PUSH: &str = r#"{"msg_id":"275d49be9b484e63a5cba42115815b4a","data":{"completed_scenario":"","items":[],"ordersn":"2503119YA2XB8B","status":"PROCESSED","update_time":1741645463},"shop_id":137637267,"code":3,"timestamp":1741645463}"#;

/// Live output of WooCommerce 10.5.0 (CHANNELS 7.1), escaped as it is on the wire.
pub const WOO_ORDER: &str = r#"{"id":11,"parent_id":0,"status":"processing","currency":"VND","version":"10.5.0","date_created_gmt":"2026-11-21T22:48:20","date_modified_gmt":"2026-11-21T22:48:22","total":"398000.00","number":"11","order_key":"wc_order_5D95example0","date_paid_gmt":"2026-11-21T22:48:21","line_items":[{"id":1,"name":"\u00c1o thun","product_id":10,"variation_id":0,"quantity":2,"subtotal":"398000.00","total":"398000.00","sku":"AO-M","price":199000}],"refunds":[]}"#;

/// A KiotViet stock message (CHANNELS 10): 7 of product 1001 at branch 55.
pub const KIOT_STOCK: &str = r#"{"Id":"e7d30000000000000000000000000001","Attempt":1,"Notifications":[{"Action":"stock.update.1001","Data":[{"ProductId":1001,"ProductCode":"AO-M","ProductName":"Ao thun","BranchId":55,"BranchName":"CN1","Cost":90000,"OnHand":7,"Reserved":1}]}]}"#;

/// The path of Shopee's look-up.
pub const SHOPEE_DETAIL: &str = "/api/v2/order/get_order_detail";
/// The path of Shopee's stock write.
pub const SHOPEE_STOCK: &str = "/api/v2/product/update_stock";
/// Shopee's pushes that did not arrive, which are fetched all the time.
pub const SHOPEE_LOST: &str = "/api/v2/push/get_lost_push_message";
/// Where we say that we have them.
pub const SHOPEE_TAKEN: &str = "/api/v2/push/confirm_consumed_lost_push_message";
/// The path of WooCommerce's stock write.
pub const WOO_STOCK: &str = "/wp-json/wc/v3/products/batch";
/// The path of the till's product 1001.
pub const KIOT_PRODUCT: &str = "/products/1001";

/// The three servers.
pub struct FakeChannels {
    /// Shopee.
    pub shopee: FakeServer,
    /// The website.
    pub web: FakeServer,
    /// The till.
    pub till: FakeServer,
}

impl FakeChannels {
    /// All three, behaving.
    pub fn start() -> Self {
        let shopee = FakeServer::start(shopee);
        Self { shopee, web: FakeServer::start(web), till: FakeServer::start(|call| till(call, 7)) }
    }

    /// Their addresses, for the shops file.
    pub fn addresses(&self) -> Addresses {
        Addresses { shopee: self.shopee.url.clone(), web: self.web.url.clone(), till: self.till.url.clone() }
    }

    /// The whole bodies of the stock writes Shopee was sent, oldest first.
    pub fn told_shopee(&self) -> Vec<Value> {
        self.shopee.calls_to(SHOPEE_STOCK).iter().map(Call::json).collect()
    }

    /// The newest number the website was told for a product.
    pub fn web_shows(&self, product: u64) -> Option<i64> {
        let rows = self.web.calls_to(WOO_STOCK).into_iter().flat_map(|call| rows(&call.json(), "update"));
        rows.filter(|row| row["id"] == product).filter_map(|row| row["stock_quantity"].as_i64()).next_back()
    }

    /// The newest number Shopee was told for an item and model.
    pub fn shopee_shows(&self, item: u64, model: u64) -> Option<i64> {
        let told = self.told_shopee().into_iter().filter(|body| body["item_id"] == item);
        let rows = told.flat_map(|body| rows(&body, "stock_list"));
        let rows = rows.filter(|row| row["model_id"] == model);
        rows.filter_map(|row| row["seller_stock"][0]["stock"].as_i64()).next_back()
    }
}

fn rows(value: &Value, name: &str) -> Vec<Value> {
    value[name].as_array().cloned().unwrap_or_default()
}

/// Shopee, behaving.
pub fn shopee(call: &Call) -> Reply {
    match call.path() {
        SHOPEE_DETAIL => {
            let asked = call.query("order_sn_list").unwrap_or_default().replace("%2C", ",");
            let orders: Vec<Value> = asked.split(',').map(|id| shopee_order(id, "PROCESSED")).collect();
            shopee_answer(&json!({ "order_list": orders }))
        }
        SHOPEE_STOCK => {
            let done: Vec<Value> = rows(&call.json(), "stock_list")
                .iter()
                .map(|row| json!({"model_id": row["model_id"], "stock": row["seller_stock"][0]["stock"]}))
                .collect();
            shopee_answer(&json!({"failure_list": [], "success_list": done}))
        }
        SHOPEE_LOST => {
            shopee_answer(&json!({"push_message_list": [], "has_next_page": false, "last_message_id": 0}))
        }
        _ => Reply::json(&json!({"error": "error_param", "message": "unknown path", "request_id": "0"})),
    }
}

/// Shopee, behaving, with one push that did not arrive: it waits until we say that we have it.
pub fn shopee_that_lost_a_push() -> impl Fn(&Call) -> Reply + Send + Sync + 'static {
    let is_taken = AtomicBool::new(false);
    move |call| match call.path() {
        SHOPEE_TAKEN => {
            is_taken.store(call.json()["last_message_id"] == 7, Ordering::SeqCst);
            shopee_answer(&json!({}))
        }
        SHOPEE_LOST if !is_taken.load(Ordering::SeqCst) => {
            let lost =
                json!({"shop_id": 137_637_267, "code": 3, "timestamp": 1_741_645_463, "data": SHOPEE_PUSH});
            shopee_answer(&json!({"push_message_list": [lost], "has_next_page": false, "last_message_id": 7}))
        }
        _ => shopee(call),
    }
}

/// A success in Shopee's envelope.
pub fn shopee_answer(response: &Value) -> Reply {
    Reply::json(
        &json!({"error": "", "message": "", "warning": "", "request_id": "023c", "response": response}),
    )
}

/// The official sample of an order (CHANNELS 1.3) under the number of the live push, not yet handed over.
pub fn shopee_order(order_sn: &str, status: &str) -> Value {
    json!({
        "order_sn": order_sn, "region": "VN", "currency": "VND", "cod": true, "order_status": status,
        "create_time": 1_741_640_000, "update_time": 1_741_645_463, "pay_time": 1_741_640_100,
        "total_amount": 32_119, "fulfillment_flag": "fulfilled_by_local_seller",
        "item_list": [{
            "item_id": 23_620_853_561_u64, "item_sku": "", "model_id": 221_404_189_791_u64,
            "model_sku": "QAZ-SADOER-05", "model_quantity_purchased": 1, "model_original_price": 300_000,
            "model_discounted_price": 48_000, "order_item_id": 23_620_853_561_u64,
            "product_location_id": ["VN10XX2UZ"], "promotion_id": 779_222_207_758_537_u64,
            "promotion_type": "flash_sale",
        }],
        "package_list": [{"package_number": "OFG166300791210964", "logistics_status": "LOGISTICS_REQUEST_CREATED"}],
    })
}

/// The website, behaving: a batch answers each row with what it now shows.
pub fn web(call: &Call) -> Reply {
    match call.path() {
        WOO_STOCK => Reply::json(&json!({ "update": rows(&call.json(), "update") })),
        _ => {
            let body = r#"{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID.","data":{"status":404}}"#;
            Reply::text(404, body)
        }
    }
}

/// The till, behaving: it gives a login and says how many of product 1001 branch 55 holds.
pub fn till(call: &Call, on_hand: i64) -> Reply {
    match call.path() {
        "/connect/token" => Reply::json(
            &json!({"access_token": "canary-login", "expires_in": 86_400, "token_type": "Bearer"}),
        ),
        KIOT_PRODUCT => Reply::json(&json!({
            "id": 1001, "code": "AO-M",
            "inventories": [{"productId": 1001, "branchId": 55, "onHand": on_hand, "reserved": 1}],
        })),
        _ => Reply::text(404, r#"{"responseStatus":{"errorCode":"NotFound","message":"?"}}"#),
    }
}
