//! Shopee's front office: who the shop is, and where the app wants its pushes.
//!
//! CHANNELS §1.1; schemas `v2.shop.get_shop_info`, `v2.shop.get_warehouse_detail`, `v2.push.get_app_push_config`
//! and `v2.push.set_app_push_config` of open.shopee.com via `congminh1254/shopee-sdk`, read 2026-11-30. The real
//! one sends a test push before it takes an address; this one does not.

use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal};
use crate::server::Call;
use crate::signing::id_of;

/// `get_shop_info`: flat, without `response`.
pub(crate) fn shop_info(core: &Core) -> Value {
    json!({
        "error": "",
        "message": "",
        "request_id": id_of("shop"),
        "auth_time": 1_741_944_925,
        "expire_time": 1_773_503_999,
        "shop_name": format!("shop {}", core.config.shop_id),
        "region": "VN",
        "status": "NORMAL",
        "shop_fulfillment_flag": "Others",
        "is_cb": false,
        "merchant_id": null,
    })
}

/// `get_warehouse_detail`: this shop keeps its goods in one place and has no warehouses of its own.
pub(crate) fn warehouses() -> Outcome {
    let message = "Your shop is not in multi-warehouse whitelist.";
    Err(Refusal::new("warehouse.error_not_in_whitelist", message))
}

/// `get_app_push_config`.
pub(crate) fn push_config(core: &Core) -> Value {
    core.shop().outbox.describe()
}

/// `set_app_push_config`.
pub(crate) fn set_push_config(core: &Core, call: &Call) -> Outcome {
    let body = call.json().ok_or_else(|| Refusal::new("error_data", "parse data failed"))?;
    let url = body.get("callback_url").and_then(Value::as_str);
    if url.is_some_and(|url| !url.starts_with("http")) {
        let message = "this callback_url is invalid, please check your callback_url.";
        return Err(Refusal::new("error_param", message));
    }
    let codes = |name: &str| -> Vec<u64> {
        let rows = body.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        rows.iter().filter_map(Value::as_u64).collect()
    };
    let (on, off) = (codes("set_push_config_on"), codes("set_push_config_off"));
    core.shop().outbox.configure(url, &on, &off);
    Ok(json!({"result": "success"}))
}
