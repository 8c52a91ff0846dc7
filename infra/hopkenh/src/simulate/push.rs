//! Webhooks of a simulated day as each channel writes and signs them, written from what the channels' own pages say.

use super::world::{ConnectionPlan, World};
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use commerce::Timestamp;
use commerce::ids::ShopId;
use commerce::order::{ChannelLine, ChannelOrder, Departure};
use commerce::status::Status;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use twins::{hmac_base64, hmac_hex};
use workflows::receive_webhook::encode_body;

/// What every channel signs with in these days.
pub(super) const KEY: &str = "the channel's own key";
/// The address that a channel was told.
pub(super) const ADDRESS: &str = "https://hopkenh.example/webhooks";
/// Names an app at channels that ask whose it is.
pub(super) const APP: &str = "app-7";

/// The names under which a channel's key lies among an account's secrets.
pub(super) fn key_names(channel: &str) -> &'static [&'static str] {
    match channel {
        "shopee" => &["partner_key"],
        "lazada" => &["app_secret"],
        "woocommerce" => &["webhook_secret"],
        "shopify" => &["client_secret"],
        _ => &[],
    }
}

/// Whether a message that was not taken well is sent again. (CHANNELS: only WooCommerce never does.)
pub(super) fn sends_again(channel: &str) -> bool {
    channel != "woocommerce"
}

/// A webhook as the gateway hands it over; none for a channel that sends none.
pub(super) fn of(
    world: &World,
    plan: &ConnectionPlan,
    told: &ChannelOrder,
) -> Option<ApiGatewayV2httpRequest> {
    let (headers, body) = match plan.facts.channel {
        "shopee" => shopee(told),
        "lazada" => lazada(told),
        "woocommerce" => woocommerce(told),
        "shopify" => shopify(told),
        _ => return None,
    };
    Some(event(&world.shop, plan, headers, &body))
}

type Signed = (Vec<(&'static str, String)>, Vec<u8>);

fn event(
    shop: &ShopId,
    plan: &ConnectionPlan,
    headers: Vec<(&'static str, String)>,
    body: &[u8],
) -> ApiGatewayV2httpRequest {
    let mut event = ApiGatewayV2httpRequest::default();
    event.path_parameters =
        [("shop".to_owned(), shop.to_string()), ("connection".to_owned(), plan.id.to_string())].into();
    event.request_context.http.method = Method::POST;
    event.headers = headers
        .into_iter()
        .filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
        })
        .collect::<HeaderMap>();
    event.body = Some(encode_body(body));
    event.is_base64_encoded = true;
    event
}

/// Shopee only says that an order changed.
fn shopee(told: &ChannelOrder) -> Signed {
    let data = json!({
        "ordersn": told.id.as_str(), "status": told.status.code(), "update_time": told.source_time.as_second(),
    });
    let body = json!({ "code": 3, "timestamp": told.source_time.as_second(), "data": data }).to_string();
    let seal = hmac_hex(KEY.as_bytes(), &[ADDRESS.as_bytes(), b"|", body.as_bytes()]);
    (vec![("authorization", seal)], body.into_bytes())
}

/// So does Lazada, of one unit of it.
fn lazada(told: &ChannelOrder) -> Signed {
    let data = json!({
        "order_status": told.status.code(), "trade_order_id": told.id.as_str(),
        "trade_order_line_id": "1", "status_update_time": told.source_time.as_second(),
    });
    let body = json!({
        "message_type": 0, "data": data, "timestamp": told.source_time.as_millisecond(), "site": "lazada_vn",
    });
    let body = body.to_string();
    let seal = hmac_hex(KEY.as_bytes(), &[APP.as_bytes(), body.as_bytes()]);
    (vec![("authorization", seal)], body.into_bytes())
}

/// WooCommerce sends the whole order. It knows no parcels: a completed order has left, and a unit that is called off is
/// no longer on its line.
fn woocommerce(told: &ChannelOrder) -> Signed {
    let status = match &told.status {
        Status::Cancelled => "cancelled",
        Status::Unknown(raw) => raw.as_str(),
        status if status.is_open() => "processing",
        _ => "completed",
    };
    let line = |line: &ChannelLine| {
        let (product, variation) =
            line.listing.as_str().split_once(':').unwrap_or((line.listing.as_str(), "0"));
        json!({
            "id": number(line.id.as_str()), "product_id": number(product), "variation_id": number(variation),
            "quantity": line.quantity, "price": line.unit_price_minor,
        })
    };
    let body = json!({
        "id": number(told.id.as_str()), "status": status, "currency": told.total.currency.code(),
        "date_created_gmt": bare(told.created_at), "date_modified_gmt": bare(told.source_time),
        "date_completed_gmt": (told.departure == Departure::Left).then(|| bare(told.source_time)),
        "total": told.total.amount_minor.to_string(),
        "line_items": told.lines.iter().map(line).collect::<Vec<_>>(),
    });
    website(&body, "x-wc-webhook-signature", ("x-wc-webhook-topic", "order.updated"))
}

/// Shopify sends the whole order, with its parcels and what still is to be sent.
fn shopify(told: &ChannelOrder) -> Signed {
    let has_left = told.departure == Departure::Left;
    let left = |line: &ChannelLine| line.quantity - line.cancelled;
    let line = |line: &ChannelLine| {
        json!({
            "id": number(line.id.as_str()), "variant_id": number(line.listing.as_str()),
            "quantity": line.quantity, "current_quantity": left(line),
            "fulfillable_quantity": if has_left { 0 } else { left(line) },
            "price": line.unit_price_minor.to_string(), "requires_shipping": true,
        })
    };
    let parcel_line = |line: &ChannelLine| json!({ "id": number(line.id.as_str()), "quantity": left(line) });
    let parcel = json!({
        "status": "success",
        "shipment_status": (told.status == Status::Delivered).then_some("delivered"),
        "line_items": told.lines.iter().map(parcel_line).collect::<Vec<_>>(),
    });
    let fulfillment = match &told.status {
        Status::Unknown(raw) => Some(raw.as_str()),
        _ => has_left.then_some("fulfilled"),
    };
    let body = json!({
        "id": number(told.id.as_str()), "currency": told.total.currency.code(), "financial_status": "paid",
        "fulfillment_status": fulfillment, "fulfillments": has_left.then_some(parcel).as_slice(),
        "cancelled_at": (told.status == Status::Cancelled).then(|| told.source_time.to_string()),
        "created_at": told.created_at.to_string(), "updated_at": told.source_time.to_string(),
        "current_total_price": told.total.amount_minor.to_string(),
        "line_items": told.lines.iter().map(line).collect::<Vec<_>>(),
    });
    website(&body, "x-shopify-hmac-sha256", ("x-shopify-topic", "orders/updated"))
}

/// Both websites sign the body alone and say what it is about in a header.
fn website(body: &Value, seal_name: &'static str, (topic_name, topic): (&'static str, &str)) -> Signed {
    let body = body.to_string();
    let seal = hmac_base64(KEY.as_bytes(), &[body.as_bytes()]);
    (vec![(seal_name, seal), (topic_name, topic.to_owned())], body.into_bytes())
}

fn number(text: &str) -> Value {
    text.parse::<u64>().map_or(Value::Null, Value::from)
}

/// WooCommerce's times of the world are written without a zone.
fn bare(time: Timestamp) -> String {
    time.to_string().trim_end_matches('Z').to_owned()
}
