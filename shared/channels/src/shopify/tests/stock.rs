//! Checks of what Shopify is told of stock, and of what is read back.

use super::calls::{asks, document, with};
use super::{World, world};
use crate::channel::{Channel, How, StockSet};
use crate::error::ErrorKind;
use crate::shopify::Shopify;
use crate::testing::Server;
use commerce::ids::ListingId;
use serde_json::{Value, json};

fn set(listing: &str, quantity: u32) -> StockSet {
    StockSet::blind(ListingId::new(listing).unwrap(), quantity)
}

/// Knows the variants 1, 2 and 3 and answers the write with this.
fn stock_server(answer: Value) -> Server {
    Server::start(move |call| {
        if asks(call, "inventorySetQuantities") {
            return (200, json!({ "data": { "inventorySetQuantities": answer } }).to_string());
        }
        let node = |id: &Value| match id.as_str().unwrap().rsplit('/').next().unwrap() {
            number @ ("1" | "2" | "3") => {
                json!({ "id": id, "inventoryItem": { "id": format!("gid://shopify/InventoryItem/9{number}"),
                "inventoryLevel": { "quantities": [{ "name": "available", "quantity": -4 }] } } })
            }
            _ => Value::Null,
        };
        let ids = document(call)["variables"]["ids"].as_array().unwrap().clone();
        (200, json!({ "data": { "nodes": ids.iter().map(node).collect::<Vec<_>>() } }).to_string())
    })
}

async fn fates(world: World, server: &Server, sets: &[StockSet]) -> Vec<(String, Option<ErrorKind>)> {
    let done = with(world, server, async |s| Shopify.set_stock(&s, sets).await).await.unwrap();
    assert_eq!(done.len(), sets.len());
    let mut fates: Vec<_> =
        done.into_iter().map(|(id, r)| (id.to_string(), r.err().map(|e| e.kind))).collect();
    fates.sort_by(|a, b| a.0.cmp(&b.0));
    fates
}

fn fate(listing: &str, kind: Option<ErrorKind>) -> (String, Option<ErrorKind>) {
    (listing.to_owned(), kind)
}

#[tokio::test]
async fn a_write_names_items_and_gives_up_the_comparison_with_a_key() {
    let server = stock_server(json!({ "inventoryAdjustmentGroup": null, "userErrors": [] }));
    let done = fates(world(&[]), &server, &[set("1", 5), set("7", 1), set("odd", 1)]).await;
    let expected =
        [fate("1", None), fate("7", Some(ErrorKind::NotFound)), fate("odd", Some(ErrorKind::Refused))];
    assert_eq!(done, expected);
    let write = document(&server.calls()[1]);
    assert!(write["query"].as_str().unwrap().contains("@idempotent(key: $key)"));
    assert_eq!(write["variables"]["key"].as_str().unwrap().len(), 36);
    let row = json!({ "inventoryItemId": "gid://shopify/InventoryItem/91",
        "locationId": "gid://shopify/Location/5001", "quantity": 5, "changeFromQuantity": null });
    let input = json!({ "name": "available", "reason": "correction", "quantities": [row] });
    assert_eq!(write["variables"]["input"], input);
    fates(world(&[("api_version", "2026-01")]), &server, &[set("1", 5)]).await;
    let calls = server.calls();
    let older = document(&calls[3]);
    assert_eq!(calls[3].path(), "/admin/api/2026-01/graphql.json");
    assert!(!older["query"].as_str().unwrap().contains("@idempotent"));
    assert_eq!(older["variables"]["input"]["ignoreCompareQuantity"], true);
    assert!(older["variables"]["input"]["quantities"][0].get("changeFromQuantity").is_none());
}

fn if_shown(listing: &str, quantity: u32, shown: u32) -> StockSet {
    StockSet { how: How::IfShown(shown), ..set(listing, quantity) }
}

#[tokio::test]
async fn a_write_names_the_number_that_must_still_be_shown() {
    let server = stock_server(json!({ "inventoryAdjustmentGroup": { "id": "g" }, "userErrors": [] }));
    fates(world(&[]), &server, &[if_shown("1", 5, 0), set("2", 6)]).await;
    fates(world(&[("api_version", "2026-01")]), &server, &[if_shown("1", 5, 8)]).await;
    fates(world(&[("api_version", "2026-01")]), &server, &[if_shown("1", 5, 8), set("2", 6)]).await;
    let inputs: Vec<Value> =
        server.calls().iter().map(|call| document(call)["variables"]["input"].clone()).collect();
    let rows = &inputs[1]["quantities"];
    assert_eq!([&rows[0]["changeFromQuantity"], &rows[1]["changeFromQuantity"]], [&json!(0), &Value::Null]);
    assert!(rows[1].as_object().unwrap().contains_key("changeFromQuantity"));
    assert_eq!(inputs[3]["quantities"][0]["compareQuantity"], 8);
    assert!(inputs[3].get("ignoreCompareQuantity").is_none());
    assert!(
        inputs[5].get("ignoreCompareQuantity").is_none(),
        "a comparison is never given up for a neighbour"
    );
}

#[tokio::test]
async fn another_number_shown_refuses_that_row_only() {
    for code in ["CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"] {
        let stale = json!([{ "code": code, "message": "m", "field": ["input", "quantities", "0", "changeFromQuantity"] }]);
        let server = stock_server(json!({ "inventoryAdjustmentGroup": null, "userErrors": stale }));
        let done = fates(world(&[]), &server, &[if_shown("1", 5, 8), if_shown("2", 6, 9)]).await;
        let expected = [fate("1", Some(ErrorKind::Changed)), fate("2", Some(ErrorKind::Unavailable))];
        assert_eq!(done, expected, "the second may be sent again, the first may not");
    }
}

#[tokio::test]
async fn a_refused_row_is_told_from_its_neighbours() {
    let bad = |code: &str, at: &str| json!({ "code": code, "message": "m", "field": ["input", "quantities", at, "quantity"] });
    let sets = [set("1", 5), set("2", 6)];
    let refused = json!([bad("INVALID_QUANTITY_TOO_HIGH", "1")]);
    let server = stock_server(json!({ "inventoryAdjustmentGroup": null, "userErrors": refused }));
    let none_done = [fate("1", Some(ErrorKind::Unavailable)), fate("2", Some(ErrorKind::Refused))];
    assert_eq!(fates(world(&[]), &server, &sets).await, none_done);
    let server = stock_server(json!({ "inventoryAdjustmentGroup": { "id": "g" }, "userErrors": refused }));
    let one_done = [fate("1", None), fate("2", Some(ErrorKind::Refused))];
    assert_eq!(fates(world(&[]), &server, &sets).await, one_done);
    let whole = json!([{ "code": "INVALID_NAME", "message": "m", "field": ["input", "name"] }]);
    let server = stock_server(json!({ "inventoryAdjustmentGroup": null, "userErrors": whole }));
    assert!(fates(world(&[]), &server, &sets).await.iter().all(|(_, k)| *k == Some(ErrorKind::Refused)));
    let server = stock_server(Value::Null);
    let done = with(world(&[]), &server, async |s| Shopify.set_stock(&s, &sets).await).await;
    assert!(done.unwrap_err().is_ambiguous(), "an answer without content tells nothing");
}

#[tokio::test]
async fn stock_is_read_below_zero_and_unknown_variants_are_left_out() {
    let server = stock_server(Value::Null);
    let listings = ["1", "7"].map(|l| ListingId::new(l).unwrap());
    let read = with(world(&[]), &server, async |s| Shopify.read_stock(&s, &listings).await).await.unwrap();
    assert_eq!((read.len(), read[0].quantity), (1, -4));
}
