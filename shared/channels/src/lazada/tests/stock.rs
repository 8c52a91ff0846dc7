//! Checks of what Lazada is told of stock, and of what is read back.

use super::super::stock;
use super::calls::{ok, said, with_account, with_session};
use super::*;
use crate::channel::{How, StockSet};
use crate::error::ChannelError;
use crate::paging::Cursor;
use crate::testing::Server;
use commerce::ids::ListingId;

fn set(listing: &str, quantity: u32) -> StockSet {
    StockSet::blind(ListingId::new(listing).unwrap(), quantity)
}

async fn fates(answer: Value, listings: &[&str]) -> Vec<Option<ErrorKind>> {
    let server = Server::start(move |_| (200, answer.to_string()));
    let sets: Vec<StockSet> = listings.iter().map(|listing| set(listing, 7)).collect();
    let done = with_session(&server, async |session| Lazada.set_stock(&session, &sets).await).await;
    let done = done.unwrap_or_else(|e| sets.iter().map(|s| (s.listing.clone(), Err(e.clone()))).collect());
    let fate = |set: &StockSet| {
        let (_, result) = done.iter().find(|(id, _)| *id == set.listing).unwrap();
        result.as_ref().err().map(|error| error.kind)
    };
    sets.iter().map(fate).collect()
}

#[tokio::test]
async fn a_stock_write_tells_each_listings_fate() {
    use ErrorKind::{RateLimited, Refused, TimedOut};
    let two = ["1:10", "1:11"];
    assert_eq!(fates(json!({ "code": "0", "data": {} }), &two).await, [None, None]);
    let detail = json!([{ "sku_id": "11", "message": "SKU not exist", "code": "207" }]);
    let partly = json!({ "code": "0", "data": {}, "detail": detail });
    assert_eq!(fates(partly, &two).await, [None, Some(Refused)]);
    let overview = json!({ "code": "501", "type": "ISP", "message": "E501", "detail": detail });
    assert_eq!(fates(overview, &two).await, [Some(TimedOut), Some(Refused)], "nobody knows of the first");
    let campaign = json!({ "code": "501", "type": "ISP", "detail": [
        { "field": "SkuId: 10", "message": "4170: may only increase" },
        { "field": "SkuId: 11", "message": "please try again" },
    ] });
    assert_eq!(fates(campaign, &two).await, [Some(ErrorKind::Locked), Some(ErrorKind::Unavailable)]);
    let nameless = json!({ "code": "0", "detail": [{ "seller_sku": "AO-M", "message": "?" }] });
    assert_eq!(fates(nameless.clone(), &two).await, [Some(TimedOut), Some(TimedOut)], "it may be either");
    assert_eq!(fates(nameless, &["1:10"]).await, [Some(Refused)], "it can only be this one");
    let alone = json!({ "code": "501", "type": "ISP", "message": "E501: Update product failed" });
    assert_eq!(fates(alone, &two).await, [Some(Refused), Some(Refused)]);
    let busy = json!({ "code": "901", "type": "ISP" });
    assert_eq!(fates(busy, &two).await, [Some(RateLimited), Some(RateLimited)]);
    let broken = json!({ "code": "6", "type": "ISP" });
    assert_eq!(fates(broken, &two).await, [Some(TimedOut), Some(TimedOut)], "it may have been applied");
    assert_eq!(fates(json!({ "code": "0" }), &["1:10", "odd"]).await, [None, Some(Refused)]);
}

#[tokio::test]
async fn stock_is_written_by_lazadas_own_numbers() {
    let server = Server::start(|_| ok(&json!({})));
    let sets = [set("1:10", 7), set("2:20", 0)];
    with_session(&server, async |session| Lazada.set_stock(&session, &sets).await).await.unwrap();
    let warehouse = [("warehouse_code", "kho <A> & \"B\"")];
    with_account(&server, &warehouse, async |session| Lazada.set_stock(&session, &sets[..1]).await)
        .await
        .unwrap();
    let calls = server.calls();
    assert_eq!((calls[0].method.as_str(), calls[0].path()), ("POST", "/product/stock/sellable/update"));
    assert!(calls[0].headers["content-type"].starts_with("application/x-www-form-urlencoded"));
    assert_eq!(
        said(&calls[0], "payload"),
        "<Request><Product><Skus><Sku><ItemId>1</ItemId><SkuId>10</SkuId><SellableQuantity>7</SellableQuantity></Sku>\
         <Sku><ItemId>2</ItemId><SkuId>20</SkuId><SellableQuantity>0</SellableQuantity></Sku></Skus></Product></Request>"
    );
    assert_eq!(
        said(&calls[1], "payload"),
        "<Request><Product><Skus><Sku><ItemId>1</ItemId><SkuId>10</SkuId><MultiWarehouseInventories>\
         <MultiWarehouseInventory><WarehouseCode>kho &lt;A&gt; &amp; &quot;B&quot;</WarehouseCode>\
         <SellableQuantity>7</SellableQuantity></MultiWarehouseInventory></MultiWarehouseInventories></Sku></Skus>\
         </Product></Request>"
    );
    assert_eq!(stock::escape("a'b\u{0}\n"), "a&apos;b");
}

#[tokio::test]
async fn a_difference_is_a_call_of_its_own_and_every_listing_is_answered_once() {
    let server = Server::start(|call| match call.path() {
        "/product/stock/sellable/adjust" => {
            let row = |sku: u64, message: &str| json!({ "sku_id": sku, "code": "501", "message": message });
            let detail = [row(11, "SellableQuantity cannot be negative"), row(12, "The item is locked")];
            (200, json!({ "code": "0", "data": {}, "detail": detail }).to_string())
        }
        _ => (200, json!({ "code": "901", "type": "ISP" }).to_string()),
    });
    let by = |listing: &str, difference: i64| StockSet { how: How::By(difference), ..set(listing, 3) };
    let sets = [by("1:10", 4), set("1:20", 7), by("1:11", -9), by("1:12", 1), by("odd", 1)];
    let done = with_session(&server, async |session| Lazada.set_stock(&session, &sets).await).await.unwrap();
    let mut kinds: Vec<_> =
        done.iter().map(|(id, r)| (id.as_str(), r.as_ref().err().map(|e| e.kind))).collect();
    kinds.sort_unstable_by_key(|(id, _)| *id);
    let expected = [
        ("1:10", None),
        ("1:11", Some(ErrorKind::Changed)),
        ("1:12", Some(ErrorKind::Refused)),
        ("1:20", Some(ErrorKind::RateLimited)),
        ("odd", Some(ErrorKind::Refused)),
    ];
    assert_eq!(kinds, expected);
    let calls = server.calls();
    assert_eq!(
        [calls[0].path(), calls[1].path()],
        ["/product/stock/sellable/update", "/product/stock/sellable/adjust"]
    );
    let payload = said(&calls[1], "payload");
    assert!(payload.contains("<SkuId>10</SkuId><SellableQuantity>4<"), "{payload}");
    assert!(payload.contains("<SkuId>11</SkuId><SellableQuantity>-9<"), "{payload}");
    assert!(!payload.contains("<SkuId>20</SkuId>"));
}

/// The sample of GetProductItem, shortened, with a second warehouse and an ended campaign.
fn product(name_of_id: &str) -> Value {
    let mut product = json!({ "status": "Active", "attributes": { "name": "LC541" }, "skus": [
        { "SkuId": 11212296431_u64, "SellerSku": "1pc", "Status": "active", "quantity": 1719, "Available": 1719,
          "multiWarehouseInventories": [
            { "warehouseCode": "dropshipping", "totalQuantity": 1745, "sellableQuantity": 1719, "occupyQuantity": 26 },
            { "warehouseCode": "MY10RV7-WH-10002", "sellableQuantity": 1 } ],
          "channelInventories": [
            { "startTime": "2022-09-02 12:00:00", "endTime": "2022-09-03 11:59:59", "sellableQuantity": 200 },
            { "startTime": "2026-11-22 12:00:00", "endTime": "2026-12-12 11:59:59", "sellableQuantity": 5 } ] },
        { "SkuId": 2, "Status": "inactive", "Available": "3" },
    ] });
    product[name_of_id] = json!(5_758_254_690_u64);
    product
}

#[tokio::test]
async fn stock_is_read_without_what_is_withheld_and_occupied() {
    let server = Server::start(|call| {
        if said(call, "item_id") == "9" {
            return (
                200,
                json!({ "code": "208", "type": "ISV", "message": "E208: Item not exist" }).to_string(),
            );
        }
        ok(&product("itemId"))
    });
    let listings = ["5758254690:11212296431", "5758254690:2", "9:1"].map(|l| ListingId::new(l).unwrap());
    let sum = |found: Result<Vec<crate::channel::StockReading>, ChannelError>| -> Vec<i64> {
        found.unwrap().iter().map(|reading| reading.quantity).collect()
    };
    let all = with_session(&server, async |session| Lazada.read_stock(&session, &listings).await).await;
    assert_eq!(sum(all), [1_720, 3]);
    let ours = [("warehouse_code", "my10rv7-wh-10002")];
    let one =
        with_account(&server, &ours, async |session| Lazada.read_stock(&session, &listings).await).await;
    assert_eq!(sum(one), [1, 3]);
}

#[tokio::test]
async fn listings_come_with_what_campaigns_have_locked() {
    let server = Server::start(|_| {
        ok(&json!({ "total_products": 60, "products": [product("item_id"), { "skus": 1 }] }))
    });
    let page =
        with_session(&server, async |session| Lazada.list_listings(&session, None).await).await.unwrap();
    assert_eq!(page.next, Some(Cursor("2".into())));
    let first = page.rows[0].as_ref().unwrap();
    assert_eq!((first.id.as_str(), first.sku.as_deref()), ("5758254690:11212296431", Some("1pc")));
    assert_eq!((first.shown, first.locked, first.is_active), (Some(1_720), 5, true));
    assert!(!page.rows[1].as_ref().unwrap().is_active && page.rows[2].is_err());
}
