//! Checks of the Shopify twin, one for each rule that its documents name.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::graphql::{cost, parse, root_names};
use super::{ShopifyTwin, ShopifyTwinConfig};
use crate::signing::{hmac_base64, hmac_hex};
use crate::testing::{Got, StillClock, line, listing, send};
use crate::{Fault, FaultKind, Push, Twin, TwinOrderState};

const BACK: &str = "https://hopkenh.example/back";
const HOOK: &str = "https://hopkenh.example/hook";

async fn start() -> (Arc<ShopifyTwin>, StillClock) {
    let clock = StillClock::new();
    let config = ShopifyTwinConfig {
        shop: "lan-shop".into(),
        name: "Lan".into(),
        client_id: "app".into(),
        client_secret: "hush".into(),
        scopes: ["write_orders", "read_products", "write_inventory"].map(str::to_owned).to_vec(),
        redirect_urls: vec![BACK.into()],
        location_id: 5001,
        delivery_url: HOOK.into(),
        listings: vec![listing("1", "AO-M", 10), listing("2", "AO-L", 5)],
        latency: Duration::ZERO,
        clock: clock.twin_clock(),
        port: 0,
    };
    (ShopifyTwin::start(config).await.unwrap(), clock)
}

async fn call(twin: &ShopifyTwin, version: &str, document: &str, variables: Value) -> Got {
    let url = format!("{}/admin/api/{version}/graphql.json", twin.base_url());
    let token = twin.access_token();
    let headers = [("x-shopify-access-token", token.as_str()), ("content-type", "application/json")];
    send("POST", &url, &headers, &json!({ "query": document, "variables": variables }).to_string()).await
}

async fn ask(twin: &ShopifyTwin, document: &str, variables: Value) -> Value {
    call(twin, "2026-07", document, variables).await.json()
}

const SET: &str = "mutation S($input: InventorySetQuantitiesInput!, $key: String!) { \
    inventorySetQuantities(input: $input) @idempotent(key: $key) { \
    inventoryAdjustmentGroup { id } userErrors { code field message } } }";

fn input(rows: &[(u64, i64, Value)]) -> Value {
    let row = |(variant, quantity, from): &(u64, i64, Value)| {
        json!({ "inventoryItemId": format!("gid://shopify/InventoryItem/{}", variant + 4_000_000_000_000),
            "locationId": "gid://shopify/Location/5001", "quantity": quantity, "changeFromQuantity": from })
    };
    json!({ "name": "available", "reason": "correction", "quantities": rows.iter().map(row).collect::<Vec<_>>() })
}

async fn set(twin: &ShopifyTwin, key: &str, input: &Value) -> Value {
    let told = ask(twin, SET, json!({ "input": input, "key": key })).await;
    told["data"]["inventorySetQuantities"].clone()
}

fn topics(pushes: &[Push]) -> Vec<&str> {
    pushes.iter().map(|push| push.header("X-Shopify-Topic").unwrap()).collect()
}

#[test]
fn documents_are_read_and_weighed() {
    let text = "query Q($id: ID!) { a: order(id: $id) { lineItems(first: 10) { nodes { variant { id } } } } shop { name } }";
    let document = parse(text, &json!({ "id": "x" })).unwrap();
    assert_eq!((document.fields[0].key.as_str(), document.fields[0].name.as_str()), ("a", "order"));
    assert_eq!(cost(&document), 1 + 2 + 10 * 2 + 1);
    assert_eq!(root_names(text), ["order", "shop"]);
    assert!(parse(text, &json!({})).unwrap_err().contains("$id"));
    for wrong in
        ["", "query {", "query { }", "query { a(b: ) }", "{ a } { b }", "{ a @skip(if: true) }", "{ \"x }"]
    {
        assert!(parse(wrong, &Value::Null).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_sale_commits_units_and_tells_all_who_listen() {
    let (twin, _) = start().await;
    let id = twin.place_order(&[line("1", 2)]).unwrap();
    assert_eq!(twin.shown("1"), 8);
    assert!(twin.place_order(&[line("1", 9)]).is_err());
    let pushes = twin.take_pushes();
    assert_eq!(topics(&pushes), ["orders/create", "inventory_levels/update"]);
    let first = &pushes[0];
    let seal = hmac_base64(b"hush", &[&first.body]);
    assert_eq!(first.header("x-shopify-hmac-sha256"), Some(seal.as_str()));
    assert_eq!(first.header("x-shopify-shop-domain"), Some("lan-shop.myshopify.com"));
    let order: Value = serde_json::from_slice(&first.body).unwrap();
    assert_eq!((order["id"].to_string(), &order["financial_status"]), (id.clone(), &json!("paid")));
    assert_eq!(order["line_items"][0]["variant_id"], 1);
    let cod = twin.place_cod_order(&[line("2", 1)]).unwrap();
    assert_eq!((twin.shown("2"), twin.order(&cod).unwrap().state), (4, TwinOrderState::Unpaid));
}

#[tokio::test]
async fn a_cancel_gives_back_only_where_restock_is_ticked() {
    let (twin, _) = start().await;
    let [first, second, third] = [1, 2, 3].map(|units| twin.place_order(&[line("1", units)]).unwrap());
    assert_eq!(twin.shown("1"), 4);
    assert!(twin.cancel_order(&first) && !twin.cancel_order(&first));
    assert_eq!(twin.shown("1"), 5);
    assert!(twin.cancel_without_restock(&second));
    assert_eq!(twin.shown("1"), 5);
    assert!(twin.ship_order(&third) && !twin.cancel_order(&third) && twin.complete_order(&third));
    assert!(twin.return_order(&third) && twin.shown("1") == 5);
}

#[tokio::test]
async fn stock_is_set_whole_with_a_key_and_a_value_to_change_from() {
    let (twin, _) = start().await;
    twin.take_pushes();
    let good = input(&[(1, 7, json!(10)), (2, 3, Value::Null)]);
    assert_eq!(set(&twin, "k1", &good).await["userErrors"], json!([]));
    assert_eq!((twin.shown("1"), twin.shown("2"), twin.stock_writes().len()), (7, 3, 2));
    assert_eq!(topics(&twin.take_pushes()), ["inventory_levels/update"; 2], "our own write is echoed");
    twin.edit_stock("1", -2);
    assert_eq!(set(&twin, "k1", &good).await["userErrors"], json!([]), "the same call again");
    assert_eq!((twin.shown("1"), twin.stock_writes().len()), (-2, 2), "is not done again");
    let other = set(&twin, "k1", &input(&[(1, 9, Value::Null)])).await;
    assert_eq!(other["userErrors"][0]["code"], "IDEMPOTENCY_KEY_PARAMETER_MISMATCH");
    let stale = set(&twin, "k2", &input(&[(2, 9, Value::Null), (1, 9, json!(7))])).await;
    assert_eq!(stale["userErrors"][0]["code"], "CHANGE_FROM_QUANTITY_STALE");
    assert_eq!(stale["userErrors"][0]["field"][2], "1");
    assert_eq!((twin.shown("2"), &stale["inventoryAdjustmentGroup"]), (3, &Value::Null), "all or none");
}

#[tokio::test]
async fn the_version_decides_what_must_be_given() {
    let (twin, _) = start().await;
    let code = |told: Value| told["errors"][0]["extensions"]["code"].clone();
    let bare = SET.replace("@idempotent(key: $key) ", "");
    let variables = json!({ "input": input(&[(1, 7, Value::Null)]), "key": "k" });
    assert_eq!(code(ask(&twin, &bare, variables.clone()).await), "BAD_REQUEST");
    let mut lacking = variables.clone();
    lacking["input"]["quantities"][0].as_object_mut().unwrap().remove("changeFromQuantity");
    assert_eq!(code(ask(&twin, SET, lacking.clone()).await), "INVALID_FIELD_ARGUMENTS");
    let older = call(&twin, "2026-01", &bare, lacking.clone()).await.json();
    let refused = &older["data"]["inventorySetQuantities"]["userErrors"][0]["code"];
    assert_eq!(refused, "COMPARE_QUANTITY_REQUIRED");
    lacking["input"]["ignoreCompareQuantity"] = json!(true);
    call(&twin, "2026-01", &bare, lacking).await;
    assert_eq!(twin.shown("1"), 7);
}

#[tokio::test]
async fn who_may_not_is_told_so_and_unknown_fields_are_refused() {
    let (twin, clock) = start().await;
    let code = |told: Value| told["errors"][0]["extensions"]["code"].clone();
    assert_eq!(
        code(ask(&twin, "{ locations(first: 1) { nodes { id } } }", json!({})).await),
        "ACCESS_DENIED"
    );
    assert_eq!(code(ask(&twin, "{ shop { nmae } }", json!({})).await), "undefinedField");
    let dear = "{ orders(first: 250) { nodes { lineItems(first: 250) { nodes { id } } } } }";
    assert_eq!(code(ask(&twin, dear, json!({})).await), "MAX_COST_EXCEEDED");
    twin.inject(Fault {
        path_contains: " shop ".into(),
        kind: FaultKind::TooManyRequests { retry_after_seconds: Some(17) },
        times: 1,
    });
    assert!(
        ask(&twin, "{ locations(first: 1) { nodes { id } } }", json!({})).await["extensions"].is_object()
    );
    let throttled = ask(&twin, "{ shop { name } }", json!({})).await;
    assert_eq!(code(throttled.clone()), "THROTTLED");
    assert_eq!(throttled["extensions"]["cost"]["requestedQueryCost"], 170);
    clock.advance(3_600);
    assert_eq!(call(&twin, "2026-07", "{ shop { name } }", json!({})).await.status, 401, "an hour is over");
}

#[tokio::test]
async fn orders_are_searched_sorted_and_paged() {
    let (twin, clock) = start().await;
    let first = twin.place_order(&[line("1", 1)]).unwrap();
    clock.advance(60);
    let second = twin.place_order(&[line("1", 1)]).unwrap();
    clock.advance(60);
    twin.ship_order(&first);
    let list = "query L($q: String!, $after: String) { orders(first: 1, after: $after, query: $q, sortKey: UPDATED_AT) \
        { nodes { legacyResourceId } pageInfo { hasNextPage endCursor } } }";
    let from = "updated_at:>='2023-11-14T22:14:20Z' updated_at:<'2023-11-14T22:15:21Z'";
    let page = ask(&twin, list, json!({ "q": from })).await["data"]["orders"].clone();
    assert_eq!(
        (&page["nodes"][0]["legacyResourceId"], &page["pageInfo"]["hasNextPage"]),
        (&json!(second), &json!(true))
    );
    let next = ask(&twin, list, json!({ "q": from, "after": page["pageInfo"]["endCursor"] })).await;
    assert_eq!(next["data"]["orders"]["nodes"][0]["legacyResourceId"], json!(first));
    let none = ask(&twin, list, json!({ "q": "tag:\"x y\" OR source_identifier:z" })).await;
    assert_eq!(none["data"]["orders"]["nodes"], json!([]));
}

#[tokio::test]
async fn what_is_put_in_takes_stock_only_when_told_to() {
    let (twin, _) = start().await;
    let put = "mutation P($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) { \
        orderCreate(order: $order, options: $options) { order { id } userErrors { message } } }";
    let order = json!({ "sourceIdentifier": "HK-1", "lineItems": [{ "variantId": "gid://shopify/ProductVariant/1", "quantity": 2 }] });
    ask(&twin, put, json!({ "order": order })).await;
    assert_eq!((twin.shown("1"), twin.taken_orders()[0].0.as_str()), (10, "HK-1"));
    ask(
        &twin,
        put,
        json!({ "order": order, "options": { "inventoryBehaviour": "DECREMENT_IGNORING_POLICY" } }),
    )
    .await;
    assert_eq!((twin.shown("1"), twin.taken_orders().len()), (8, 2));
}

#[tokio::test]
async fn a_failed_webhook_comes_eight_times_more_and_then_never_again() {
    let (twin, clock) = start().await;
    let subscribe = "mutation W($topic: WebhookSubscriptionTopic!, $hook: WebhookSubscriptionInput!) { \
        webhookSubscriptionCreate(topic: $topic, webhookSubscription: $hook) { userErrors { message } } }";
    let hook = json!({ "topic": "ORDERS_CREATE", "hook": { "uri": "https://other.example/x" } });
    ask(&twin, subscribe, hook.clone()).await;
    let again = ask(&twin, subscribe, hook).await;
    assert!(again.to_string().contains("already been taken"));
    assert_eq!(twin.subscriptions(), ["https://other.example/x"]);
    twin.place_order(&[line("1", 1)]).unwrap();
    let mut told = 0;
    for _ in 0..300 {
        for push in twin.take_pushes().iter().filter(|push| push.url.contains("other")) {
            told += 1;
            twin.push_answered(push, 500, 0);
        }
        clock.advance(60);
    }
    assert_eq!((told, twin.subscriptions().len()), (9, 0));
}

fn back(got: &Got) -> Vec<(String, String)> {
    let query = got.header("location").split_once('?').unwrap().1.to_owned();
    query.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

#[tokio::test]
async fn codes_work_once_and_a_used_refresh_token_until_its_successor_is_used() {
    let (twin, _) = start().await;
    let page = format!(
        "{}/admin/oauth/authorize?client_id=app&scope=write_orders&state=s&redirect_uri=",
        twin.base_url()
    );
    assert_eq!(send("GET", &format!("{page}https://evil.example"), &[], "").await.status, 400);
    // A browser would follow; the address is what counts.
    let client = crate::plain_client().unwrap();
    let answer = client.get(format!("{page}{BACK}")).send().await.unwrap();
    let got =
        Got { status: answer.status().as_u16(), headers: answer.headers().clone(), body: Default::default() };
    let query = back(&got);
    let value = |name: &str| query.iter().find(|(n, _)| n == name).unwrap().1.clone();
    let signed: Vec<String> =
        query.iter().filter(|(n, _)| n != "hmac").map(|(n, v)| format!("{n}={v}")).collect();
    assert_eq!(value("hmac"), hmac_hex(b"hush", &[signed.join("&").as_bytes()]));
    let token = format!("{}/admin/oauth/access_token", twin.base_url());
    let app = "client_id=app&client_secret=hush";
    let post = async |more: String| {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        send("POST", &token, &form, &format!("{app}&{more}")).await
    };
    let first = post(format!("code={}&expiring=1", value("code"))).await.json();
    assert_eq!(first["expires_in"], 3_600);
    assert_eq!(post(format!("code={}", value("code"))).await.status, 400);
    let refresh =
        format!("grant_type=refresh_token&refresh_token={}", first["refresh_token"].as_str().unwrap());
    assert_eq!(post(refresh.clone()).await.status, 200);
    assert_eq!(post(refresh.clone()).await.status, 200, "the answer may have been lost");
    ask(&twin, "{ shop { name } }", json!({})).await;
    assert_eq!(post(refresh).await.status, 400, "its successor was used");
    assert_eq!(twin.logins(), 3);
}
