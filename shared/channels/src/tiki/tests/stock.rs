//! Checks of what Tiki is told of stock, and of what is read back.

use super::{HOUSE, server, with_session};
use crate::channel::{Channel, How, StockSet};
use crate::error::ErrorKind;
use crate::tiki::Tiki;
use commerce::ids::ListingId;
use serde_json::{Value, json};

fn product(available: i64, reserved: i64) -> Value {
    let stock = |warehouse: u64, available: i64, reserved: i64| {
        json!({
            "warehouse_id": warehouse, "quantity_available": available, "quantity_reserved": reserved,
            "quantity_sellable": available - reserved,
        })
    };
    json!({ "product_id": 1, "inventory": { "warehouse_stocks": [stock(159_368, available, reserved), stock(2, 1, 1)] } })
}

fn sets(quantities: &[(&str, u32)]) -> Vec<StockSet> {
    quantities.iter().map(|(l, quantity)| StockSet::blind(ListingId::new(*l).unwrap(), *quantity)).collect()
}

#[tokio::test]
async fn tikis_own_open_orders_are_added_to_what_is_set() {
    let server = server(|call| match (call.method.as_str(), call.path()) {
        ("GET", "/integration/v2.1/products/1") => (200, product(10, 3)),
        ("GET", "/integration/v2.1/products/2") => (200, json!({ "inventory": { "quantity_reserved": 1 } })),
        ("GET", "/integration/v2.1/products/3") => (200, json!({ "product_id": 3 })),
        ("GET", "/integration/v2.1/products/5") => (404, json!({})),
        ("GET", _) => (200, product(0, 0)),
        _ if call.body.contains("\"product_id\":4,") => (200, json!({ "errors": ["can not be updated"] })),
        _ if call.body.contains("\"product_id\":6,") => (200, json!({ "state": "awaiting_approve" })),
        _ => (200, json!({ "state": "approved" })),
    });
    let asked = sets(&[("1", 7), ("2", 0), ("3", 1), ("4", 1), ("5", 1), ("6", 1), ("AO-M", 1)]);
    let done = with_session(&server.url, HOUSE, async |s| Tiki.set_stock(&s, &asked).await).await.unwrap();
    let kinds: Vec<_> = done.iter().map(|(_, outcome)| outcome.as_ref().err().map(|e| e.kind)).collect();
    use ErrorKind::{NotFound, Refused, Unreadable};
    let refused = Some(Refused);
    assert_eq!(kinds, [None, None, Some(Unreadable), refused, Some(NotFound), refused, refused]);
    let writes: Vec<Value> = server
        .calls()
        .iter()
        .filter(|c| c.method == "PUT")
        .map(|c| serde_json::from_str(&c.body).unwrap())
        .collect();
    let expected = json!({
        "product_id": 1, "seller_warehouse": "159368",
        "warehouse_quantities": [{ "warehouse_id": 159_368, "qty_available": 10 }],
    });
    assert_eq!(writes[0], expected, "7 to be sold and 3 on order");
    assert_eq!(writes[1]["warehouse_quantities"][0]["qty_available"], 1);
    assert_eq!(writes.len(), 4);
}

#[tokio::test]
async fn the_gross_number_is_written_as_it_is_and_nothing_is_read_first() {
    let server = server(|_| (200, json!({ "state": "approved" })));
    let asked = [StockSet { how: How::Gross, ..sets(&[("1", 7)]).remove(0) }];
    for _ in 0..2 {
        let done =
            with_session(&server.url, HOUSE, async |s| Tiki.set_stock(&s, &asked).await).await.unwrap();
        assert!(done[0].1.is_ok());
    }
    let calls = server.calls();
    assert_eq!(calls.iter().map(|call| call.method.as_str()).collect::<Vec<_>>(), ["PUT", "PUT"]);
    let written: Value = serde_json::from_str(&calls[1].body).unwrap();
    assert_eq!(written["warehouse_quantities"], json!([{ "warehouse_id": 159_368, "qty_available": 7 }]));
}

#[tokio::test]
async fn a_breakdown_in_a_write_is_ambiguous_and_stops_the_rest() {
    let server = server(|call| match call.method.as_str() {
        "GET" => (200, product(5, 0)),
        _ => (502, json!("bad gateway")),
    });
    let asked = sets(&[("1", 5), ("2", 6)]);
    let done = with_session(&server.url, HOUSE, async |s| Tiki.set_stock(&s, &asked).await).await.unwrap();
    assert!(done[0].1.as_ref().unwrap_err().is_ambiguous());
    assert!(!done[1].1.as_ref().unwrap_err().is_ambiguous(), "it was never sent");
    assert_eq!(server.calls().len(), 2);
    let nowhere =
        with_session(&server.url, &[("warehouse_id", "1, 2")], async |s| Tiki.set_stock(&s, &asked).await);
    assert_eq!(nowhere.await.unwrap()[0].1.as_ref().unwrap_err().kind, ErrorKind::Misconfigured);
}

#[tokio::test]
async fn what_buyers_can_take_is_read() {
    let server = server(|call| match call.path() {
        "/integration/v2.1/products/1" => (200, product(10, 3)),
        "/integration/v2.1/products/2" => {
            (200, json!({ "inventory": { "quantity_available": "9.0", "quantity_reserved": 2 } }))
        }
        "/integration/v2.1/products" => {
            let rows = json!([
                { "product_id": 1, "name": "Áo", "active": 1, "original_sku": "AO-M", "inventory": { "quantity_sellable": 4 } },
                { "product_id": 2, "name": "Mũ", "active": 0, "original_sku": "" }, { "name": "no id" },
            ]);
            (200, json!({ "data": rows, "paging": { "last_page": 1 } }))
        }
        _ => (404, json!({ "errors": ["Product not found"] })),
    });
    let asked = ["1", "2", "3", "AO-M"].map(|l| ListingId::new(l).unwrap());
    let read = with_session(&server.url, HOUSE, async |s| Tiki.read_stock(&s, &asked).await).await.unwrap();
    let read: Vec<_> = read.iter().map(|r| (r.listing.as_str(), r.quantity, r.gross)).collect();
    assert_eq!(read, [("1", 7, Some(10)), ("2", 7, Some(9))], "gross is that of our warehouse");
    let elsewhere = [("warehouse_id", "3")];
    let read = with_session(&server.url, &elsewhere, async |s| Tiki.read_stock(&s, &asked[..1]).await).await;
    assert_eq!(read.unwrap()[0].gross, Some(0), "nothing lies in a warehouse that does not hold it");
    let page = with_session(&server.url, HOUSE, async |s| Tiki.list_listings(&s, None).await).await.unwrap();
    let first = page.rows[0].as_ref().unwrap();
    assert_eq!((first.sku.as_deref(), first.shown, first.is_active), (Some("AO-M"), Some(4), true));
    let second = page.rows[1].as_ref().unwrap();
    assert_eq!((second.sku.as_deref(), second.shown, second.is_active), (None, None, false));
    assert!(page.rows[2].is_err() && page.next.is_none());
}
