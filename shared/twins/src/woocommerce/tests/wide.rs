//! What a shop may rely on when it signs, puts orders in and registers webhooks at the WooCommerce stand-in.

use super::*;
use crate::signing::hmac_base64;
use crate::testing::START;

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace(':', "%3A").replace('/', "%2F").replace('&', "%26").replace('=', "%3D")
}

/// A signed address, written from RFC 5849 and not from the twin.
fn signed(twin: &WooCommerceTwin, path: &str, nonce: &str, time: i64) -> String {
    let address = format!("{}{path}", twin.rest_url());
    let query = format!(
        "oauth_consumer_key=ck_1&oauth_nonce={nonce}&oauth_signature_method=HMAC-SHA256&oauth_timestamp={time}&page=1"
    );
    let base = format!("GET&{}&{}", escape(&address), escape(&query));
    let signature = hmac_base64(b"cs_1&", &[base.as_bytes()]).replace('+', "%2B").replace('=', "%3D");
    format!("{address}?{query}&oauth_signature={}", signature.replace('/', "%2F"))
}

#[tokio::test]
async fn a_signature_opens_once_and_for_fifteen_minutes() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let ask = async |url: &str| send("GET", url, &[], "").await.status;
    let url = signed(&twin, "/products", "n1", START);
    assert_eq!(ask(&url).await, 200);
    assert_eq!(ask(&url).await, 401, "a nonce works once");
    assert_eq!(ask(&signed(&twin, "/products", "n2", START)).await, 200);
    assert_eq!(ask(&signed(&twin, "/products", "n3", START).replace("page=1", "page=2")).await, 401);
    assert_eq!(ask(&signed(&twin, "/products", "n4", START).replace("/products?", "/orders?")).await, 401);
    clock.advance(901);
    assert_eq!(ask(&signed(&twin, "/products", "n5", START)).await, 401, "too old");
}

#[tokio::test]
async fn an_order_that_is_put_in_takes_stock_and_is_found_by_its_fee() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    let wish = json!({
        "status": "processing",
        "transaction_id": "T-1",
        "meta_data": [{"key": "ref", "value": "R-1"}],
        "line_items": [{"product_id": 20, "variation_id": 21, "quantity": 5, "total": "900000"}],
        "fee_lines": [{"name": "Phí R-1", "total": "-1000"}],
    });
    let created = ask(&twin, "POST", "/orders", &wish).await;
    assert_eq!((created.status, created.json()["total"].clone()), (201, json!("899000.00")));
    assert_eq!(created.json()["meta_data"], wish["meta_data"]);
    assert_eq!(twin.shown("20:21"), -2, "nobody asks what is in stock");
    let (reference, order) = twin.taken_orders().remove(0);
    assert_eq!((reference.as_str(), order.total_minor, order.lines[0].quantity), ("R-1", 899_000, 5));
    for (term, found) in [("R-1", 1), ("T-1", 1), ("R-2", 0)] {
        let rows = get(&twin, &format!("/orders?search={term}")).await.json();
        assert_eq!(rows.as_array().unwrap().len(), found, "{term}");
    }
    let unknown = json!({"line_items": [{"product_id": 99, "quantity": 1}]});
    assert_eq!(ask(&twin, "POST", "/orders", &unknown).await.status, 400);
}

#[tokio::test]
async fn each_webhook_has_its_own_address_and_secret() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    let wish = json!({"topic": "order.created", "delivery_url": "http://127.0.0.1:9/y", "secret": "s"});
    let created = ask(&twin, "POST", "/webhooks", &wish).await;
    assert_eq!((created.status, created.json()["id"].clone()), (201, json!(4)));
    twin.place_order(&[line("10:0", 1)]).unwrap();
    let pushes = twin.take_pushes();
    let own = pushes.iter().find(|push| push.url.ends_with("/y")).unwrap();
    let seal = hmac_base64(b"s", &[&own.body]);
    assert_eq!(own.header("x-wc-webhook-signature"), Some(seal.as_str()));
    assert_eq!(topics(&pushes).iter().filter(|topic| **topic == "order.created").count(), 2);
    assert_eq!(twin.subscriptions().len(), 4);
    ask(&twin, "PUT", "/webhooks/4", &json!({"status": "paused"})).await;
    assert_eq!(twin.subscriptions().len(), 3);
    let odd = json!({"topic": "order.odd", "delivery_url": "http://127.0.0.1:9/y"});
    assert_eq!(ask(&twin, "POST", "/webhooks", &odd).await.status, 400);
}

#[tokio::test]
async fn a_refund_gives_nothing_back_and_completed_means_sent() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    let id = twin.place_order(&[line("10:0", 2)]).unwrap();
    assert!(!twin.return_order(&id), "it was never sent");
    let path = format!("/orders/{id}");
    ask(&twin, "PUT", &path, &json!({"status": "completed"})).await;
    assert_eq!(twin.order(&id).unwrap().state, TwinOrderState::Shipped);
    assert!(twin.return_order(&id) && !twin.return_order(&id));
    let order = get(&twin, &path).await.json();
    assert_eq!((&order["status"], order["date_completed_gmt"].is_string()), (&json!("refunded"), true));
    assert_eq!(twin.shown("10:0"), 3);
}

#[tokio::test]
async fn the_trash_is_not_final() {
    let (twin, _clock) = start("http://127.0.0.1:9/x").await;
    for topic in ["order.deleted", "order.restored"] {
        let wish = json!({"topic": topic, "delivery_url": "http://127.0.0.1:9/x", "secret": "s"});
        ask(&twin, "POST", "/webhooks", &wish).await;
    }
    let id = twin.place_order(&[line("10:0", 1)]).unwrap();
    twin.take_pushes();
    assert!(twin.trash_order(&id) && !twin.trash_order(&id));
    let pushes = twin.take_pushes();
    assert_eq!((topics(&pushes), body(&pushes[0])["id"].to_string()), (vec!["order.deleted"], id.clone()));
    assert_eq!(body(&pushes[0]).as_object().unwrap().len(), 1, "nothing but its number");
    assert_eq!(get(&twin, "/orders?status=any").await.json(), json!([]));
    assert_eq!(get(&twin, &format!("/orders/{id}")).await.json()["status"], "trash");
    assert_eq!(twin.shown("10:0"), 4, "its units stay taken");
    assert!(twin.restore_order(&id) && !twin.restore_order(&id));
    assert_eq!(topics(&twin.take_pushes()), ["order.restored", "order.updated"]);
    assert_eq!(get(&twin, &format!("/orders/{id}")).await.json()["status"], "processing");
}
