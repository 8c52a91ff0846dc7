//! What goes over the line to TikTok Shop: look-ups, lists, stock and news, byte for byte.

use super::*;
use crate::channel::StockSet;
use crate::forward::{NewsKind, OrderNews};
use crate::paging::{Cursor, Window};
use crate::testing::Call;

fn body(call: &Call) -> Value {
    serde_json::from_str(&call.body).unwrap()
}

fn live() -> Value {
    serde_json::from_str(ORDER).unwrap()
}

#[tokio::test]
async fn a_look_up_is_signed_and_answers_for_each_order() {
    let mut bad = live();
    bad["id"] = json!(42);
    bad["payment"]["currency"] = json!("đồng");
    let server = Server::start(move |_| success(&json!({"orders": [bad, live()]})));
    let asked = ["577958834469439754", "42", "43"].map(order_id);
    let found = with_session(&server, async |session| TikTok.look_up_orders(&session, &asked).await).await;
    let found = found.unwrap();
    assert_eq!(found[0].1.as_ref().unwrap().read_at.unwrap().as_second(), 1_795_316_400);
    let unread = found[1].1.as_ref().unwrap_err();
    assert_eq!(unread.detail, "payment.currency: must be three capital letters");
    assert_eq!(found[2].1.as_ref().unwrap_err().kind, ErrorKind::NotFound);
    let call: Call = server.calls().remove(0);
    assert_eq!((call.method.as_str(), call.path()), ("GET", "/order/202507/orders"));
    assert_eq!(call.query("ids"), Some("577958834469439754%2C42%2C43"));
    assert_eq!(call.query("shop_cipher"), Some("ROW_a%2Bb%3D"), "encoded on the line");
    assert_eq!(call.headers["x-tts-access-token"], "TTP_token");
    assert_eq!(call.headers["content-type"], "application/json");
    // Signed as it reads, not as it is encoded.
    let text = "new secret/order/202507/ordersapp_keyabcdefids577958834469439754,42,43shop_cipherROW_a+b=\
                timestamp1795316400new secret";
    let sign = hmac::sha256_hex(b"new secret", &[text.as_bytes()]).unwrap();
    assert_eq!(call.query("sign"), Some(sign.as_str()));
    assert_eq!(call.query("access_token"), None, "the token travels in its header");
}

#[tokio::test]
async fn a_number_of_another_seller_is_not_found() {
    let server = Server::start(|_| refusal(21_008_111, "Order does not belong to the seller"));
    let look = async |ids: &[OrderId]| {
        with_session(&server, async |session| TikTok.look_up_orders(&session, ids).await).await
    };
    let alone = look(&[order_id("1")]).await.unwrap();
    assert_eq!(alone[0].1.as_ref().unwrap_err().kind, ErrorKind::NotFound);
    let together = look(&[order_id("1"), order_id("2")]).await.unwrap_err();
    assert_eq!(together.kind, ErrorKind::Refused, "it is cut in halves until it stands alone");
    let many: Vec<OrderId> = (0..51).map(|n| order_id(&n.to_string())).collect();
    assert_eq!(look(&many).await.unwrap_err().kind, ErrorKind::Refused);
}

#[tokio::test]
async fn failures_keep_their_code_whatever_the_status() {
    for (status, body, kind) in [
        (401, r#"{"code":105002,"message":"Expired credentials"}"#, ErrorKind::LoginExpired),
        (400, r#"{"code":106013,"message":"shop_cipher"}"#, ErrorKind::Misconfigured),
        (500, r#"{"code":36009003,"message":"Internal error"}"#, ErrorKind::Unavailable),
        (429, "<html>", ErrorKind::RateLimited),
        (502, "<html>", ErrorKind::Unavailable),
        (503, r#"{"code":0,"data":{}}"#, ErrorKind::Unavailable),
        (503, "{}", ErrorKind::Unavailable),
        (200, "{}", ErrorKind::Unreadable),
        (200, "<html>", ErrorKind::Unreadable),
        (200, r#"{"code":0,"data":7}"#, ErrorKind::Unreadable),
        (200, r#"{"code":0}"#, ErrorKind::Unreadable),
        (200, r#"{"code":0,"data":{}}"#, ErrorKind::Unreadable),
    ] {
        let server = Server::start(move |_| (status, body.to_owned()));
        let ids = [order_id("1")];
        let found = with_session(&server, async |session| TikTok.look_up_orders(&session, &ids).await).await;
        assert_eq!(found.unwrap_err().kind, kind, "{status} {body}");
    }
}

#[tokio::test]
async fn the_list_is_asked_page_by_page() {
    let server = Server::start(|call| match call.query("page_token") {
        None => success(&json!({"orders": [live(), {"id": 1}], "next_page_token": "b+c", "total_count": 3})),
        Some(_) => success(&json!({"orders": [], "next_page_token": ""})),
    });
    let window = Window {
        from: "2026-11-21T00:00:00.9Z".parse().unwrap(),
        to: "2026-11-21T00:00:09.1Z".parse().unwrap(),
    };
    let page = async |cursor: Option<&Cursor>| {
        with_session(&server, async |session| TikTok.list_orders(&session, window, cursor).await)
            .await
            .unwrap()
    };
    let first = page(None).await;
    assert!(matches!(&first.rows[0], Ok(Notice::Order(order)) if order.read_at.is_some()));
    assert!(first.rows[1].is_err(), "a bad row does not take the others along");
    assert_eq!(first.next, Some(Cursor("b+c".into())));
    let second = page(first.next.as_ref()).await;
    assert_eq!((second.rows.len(), second.next), (0, None));
    let calls = server.calls();
    assert_eq!((calls[0].method.as_str(), calls[0].path()), ("POST", "/order/202309/orders/search"));
    let span = json!({"update_time_ge": 1_795_219_200, "update_time_lt": 1_795_219_210});
    assert_eq!(body(&calls[0]), span, "whole seconds, widened and never narrowed");
    assert_eq!(calls[0].query("sort_field"), Some("update_time"));
    assert_eq!(calls[0].query("sort_order"), Some("ASC"));
    assert_eq!(calls[0].query("page_size"), Some("100"));
    assert_eq!(calls[1].query("page_token"), Some("b%2Bc"));
}

fn set(id: &str, quantity: u32) -> StockSet {
    StockSet::blind(listing(id), quantity)
}

#[tokio::test]
async fn a_stock_write_tells_each_variations_fate() {
    let server = Server::start(|call| match call.path() {
        "/product/202309/products/1/inventory/update" => success(&json!({"errors": [{
            "code": 12_052_990, "message": "Check failed", "detail": {"sku_id": "11", "extra_errors": [
                {"warehouse_id": "bad", "code": 12_052_097, "message": "The warehouse does not exist"},
            ]},
        }, {"code": 36_009_003, "message": "Internal error", "detail": {"sku_id": "12"}}]})),
        "/product/202309/products/2/inventory/update" => refusal(12_052_032, "Product does not exist"),
        "/product/202309/products/3/inventory/update" => success(&json!(null)),
        _ => success(&json!({"errors": [{"code": 1, "detail": {}}]})),
    });
    let sets = [
        set("1:10", 5),
        set("1:11", 6),
        set("1:12", 7),
        set("1:13", 100_000),
        set("2:20", 7),
        set("3:30", 8),
        set("4:40", 9),
        set("odd", 1),
    ];
    let done = with_session(&server, async |session| TikTok.set_stock(&session, &sets).await).await.unwrap();
    let fate = |id: &str| {
        let (_, result) = done.iter().find(|(listing, _)| listing.as_str() == id).unwrap();
        result.as_ref().err().map(|error| error.kind)
    };
    assert_eq!(done.len(), sets.len());
    assert_eq!(fate("1:10"), None);
    assert_eq!(fate("1:11"), Some(ErrorKind::Refused));
    assert_eq!(fate("1:12"), Some(ErrorKind::Unavailable), "it says that it was not applied");
    assert_eq!(fate("1:13"), Some(ErrorKind::Refused), "more than it can show, so it was not sent");
    assert_eq!(fate("2:20"), Some(ErrorKind::NotFound));
    assert_eq!(fate("3:30"), None);
    assert_eq!(fate("4:40"), Some(ErrorKind::TimedOut), "a failure without a name: nobody knows whose");
    assert_eq!(fate("odd"), Some(ErrorKind::Refused));
    let first: Call = server.calls().remove(0);
    let expected = json!({"skus": [
        {"id": "10", "inventory": [{"quantity": 5}]},
        {"id": "11", "inventory": [{"quantity": 6}]},
        {"id": "12", "inventory": [{"quantity": 7}]},
    ]});
    assert_eq!(body(&first), expected);
    let text = format!(
        "new secret{}app_keyabcdefshop_cipherROW_a+b=timestamp1795316400{}new secret",
        first.path(),
        first.body
    );
    let sign = hmac::sha256_hex(b"new secret", &[text.as_bytes()]).unwrap();
    assert_eq!(first.query("sign"), Some(sign.as_str()), "the body is signed as it is sent");
}

#[tokio::test]
async fn a_breakdown_in_a_write_is_ambiguous_and_stops_the_rest() {
    let server = Server::start(|_| (502, "bad gateway".to_owned()));
    let sets = [set("1:10", 5), set("2:20", 6)];
    let done = with_session(&server, async |session| TikTok.set_stock(&session, &sets).await).await.unwrap();
    assert!(done[0].1.as_ref().unwrap_err().is_ambiguous());
    assert!(!done[1].1.as_ref().unwrap_err().is_ambiguous(), "it was never sent");
    assert_eq!(server.calls().len(), 1);
}

/// With a warehouse of its own, a connection writes and reads that one.
fn in_one_warehouse() -> World {
    let mut world = world();
    world.connection.account.insert("warehouse_id".to_owned(), "7068".to_owned());
    world
}

fn inventory() -> Value {
    let sku = |id: &str, here: i64, there: i64| {
        json!({"id": id, "total_available_quantity": here + there, "total_committed_quantity": 3,
        "warehouse_inventory": [
            {"warehouse_id": "7068", "available_quantity": here, "committed_quantity": 3},
            {"warehouse_id": "7069", "available_quantity": there, "committed_quantity": 0},
        ]})
    };
    json!({"inventory": [{"product_id": "1", "skus": [sku("10", 4, 1), sku("11", 9, 0)]}]})
}

#[tokio::test]
async fn stock_is_read_as_buyers_see_it() {
    let server = Server::start(|_| success(&inventory()));
    let listings = [listing("1:10"), listing("2:20"), listing("odd")];
    let read = async |world: World| {
        let found =
            in_world(&server, world, async |session| TikTok.read_stock(&session, &listings).await).await;
        found.unwrap().into_iter().map(|r| (r.listing.to_string(), r.quantity)).collect::<Vec<_>>()
    };
    assert_eq!(read(world()).await, [("1:10".to_owned(), 5)]);
    assert_eq!(read(in_one_warehouse()).await, [("1:10".to_owned(), 4)]);
    let call: Call = server.calls().remove(0);
    assert_eq!((call.method.as_str(), call.path()), ("POST", "/product/202309/inventory/search"));
    assert_eq!(body(&call), json!({"sku_ids": ["10", "20"]}));
    let sets = [set("1:10", 5)];
    in_world(&server, in_one_warehouse(), async |s| TikTok.set_stock(&s, &sets).await).await.unwrap();
    let written = body(&server.calls()[2]);
    assert_eq!(written["skus"][0]["inventory"], json!([{"warehouse_id": "7068", "quantity": 5}]));
}

#[tokio::test]
async fn products_are_listed_by_variation() {
    let server = Server::start(|_| {
        success(&json!({"next_page_token": "next", "total_count": 3, "products": [
            {"id": "1", "status": "ACTIVATE", "title": "Áo", "is_not_for_sale": false, "skus": [
                {"id": "10", "seller_sku": "AO-M", "inventory": [{"quantity": 43, "warehouse_id": "7068"},
                    {"quantity": 2, "warehouse_id": "7069"}], "status_info": {"status": "NORMAL"}},
                {"id": "11", "seller_sku": "", "status_info": {"status": "DEACTIVATED"}},
                7,
            ]},
            {"id": "2", "status": "SELLER_DEACTIVATED", "title": "Mũ", "skus": [{"id": "20"}]},
            {"id": "3", "status": "ACTIVATE"},
        ]}))
    });
    let page = with_session(&server, async |s| TikTok.list_listings(&s, None).await).await.unwrap();
    let rows: Vec<_> = page.rows.iter().map(|row| row.as_ref().ok()).collect();
    let [Some(first), Some(second), None, Some(third), None] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((first.id.as_str(), first.sku.as_deref(), first.shown), ("1:10", Some("AO-M"), Some(45)));
    assert_eq!((first.title.as_str(), first.is_active), ("Áo", true));
    assert_eq!((second.sku.as_deref(), second.shown, second.is_active), (None, None, false));
    assert!(!third.is_active);
    assert_eq!(page.next, Some(Cursor("next".into())));
    let call: Call = server.calls().remove(0);
    assert_eq!(call.path(), "/product/202502/products/search");
    assert_eq!(body(&call), json!({"status": "ALL"}));
    let one = in_world(&server, in_one_warehouse(), async |s| TikTok.list_listings(&s, None).await).await;
    assert_eq!(one.unwrap().rows[0].as_ref().unwrap().shown, Some(43));
}

fn news(kind: NewsKind) -> OrderNews {
    OrderNews {
        order: order_id("577958834469439754"),
        kind,
        carrier: Some("6617675021119438849".to_owned()),
        tracking_number: Some("SPXVN1".to_owned()),
        reason: None,
        lines: Vec::new(),
    }
}

/// An order with these packages, each with its status, and what is written about it.
async fn carried(
    shipping: &'static str,
    packages: &[(&str, &str)],
    news: OrderNews,
) -> (Option<ErrorKind>, Vec<Call>) {
    let mut order = live();
    order["status"] = json!("AWAITING_SHIPMENT");
    order["shipping_type"] = json!(shipping);
    let row = |(id, status): &(&str, &str)| json!({"package_id": id, "package_status": status});
    order["line_items"] = json!(packages.iter().map(row).collect::<Vec<_>>());
    let server = Server::start(move |call| match call.method.as_str() {
        "GET" => success(&json!({"orders": [order]})),
        _ => success(&json!({})),
    });
    let told = with_session(&server, async |session| TikTok.carry_status(&session, &news).await).await;
    let writes = server.calls().into_iter().filter(|call| call.method != "GET").collect();
    (told.err().map(|error| error.kind), writes)
}

#[tokio::test]
async fn packages_are_shipped_once() {
    let packages = [("7", "TO_FULFILL"), ("7", "TO_FULFILL"), ("8", "PROCESSING"), ("9", "TO_FULFILL")];
    for kind in [NewsKind::ReadyToShip, NewsKind::Shipped] {
        let (failed, writes) = carried("TIKTOK", &packages, news(kind)).await;
        let paths: Vec<&str> = writes.iter().map(Call::path).collect();
        assert_eq!(failed, None);
        assert_eq!(paths, ["/fulfillment/202309/packages/7/ship", "/fulfillment/202309/packages/9/ship"]);
        assert!(writes.iter().all(|call| call.body == "{}"), "TikTok's carrier needs no more");
    }
    let (failed, writes) = carried("TIKTOK", &[("8", "PROCESSING")], news(NewsKind::Shipped)).await;
    assert_eq!((failed, writes.len()), (None, 0), "it was told before");
    let (failed, _) = carried("TIKTOK", &[], news(NewsKind::ReadyToShip)).await;
    assert_eq!(failed, Some(ErrorKind::Refused), "there is no package to ship");
}

#[tokio::test]
async fn the_sellers_own_carrier_is_named_when_the_parcel_leaves() {
    let packages = [("7", "TO_FULFILL")];
    let (failed, writes) = carried("SELLER", &packages, news(NewsKind::Shipped)).await;
    assert_eq!(failed, None);
    let own = json!({"self_shipment": {"tracking_number": "SPXVN1", "shipping_provider_id": "6617675021119438849"}});
    assert_eq!(body(&writes[0]), own);
    let (failed, writes) = carried("SELLER", &packages, news(NewsKind::ReadyToShip)).await;
    assert_eq!((failed, writes.len()), (None, 0));
    let unnamed = OrderNews { tracking_number: None, ..news(NewsKind::Shipped) };
    let (failed, writes) = carried("SELLER", &packages, unnamed).await;
    assert_eq!((failed, writes.len()), (Some(ErrorKind::Refused), 0));
}

#[tokio::test]
async fn an_order_is_called_off_whole_or_not_at_all() {
    let (failed, writes) = carried("TIKTOK", &[], news(NewsKind::Cancelled)).await;
    assert_eq!((failed, writes[0].path()), (None, "/return_refund/202309/cancellations"));
    let expected =
        json!({"order_id": "577958834469439754", "cancel_reason": "seller_cancel_reason_out_of_stock"});
    assert_eq!(body(&writes[0]), expected);
    let named =
        OrderNews { reason: Some("seller_cancel_reason_wrong_price".into()), ..news(NewsKind::Cancelled) };
    let (_, writes) = carried("TIKTOK", &[], named).await;
    assert_eq!(body(&writes[0])["cancel_reason"], "seller_cancel_reason_wrong_price");
    let line = commerce::ids::LineId::new("1").unwrap();
    let in_part = OrderNews { lines: vec![line], ..news(NewsKind::Cancelled) };
    assert_eq!(carried("TIKTOK", &[], in_part).await.0, Some(ErrorKind::Refused));
    for kind in [NewsKind::Accepted, NewsKind::Delivered] {
        assert_eq!(carried("TIKTOK", &[], news(kind)).await.0, Some(ErrorKind::Unsupported));
        assert!(!FACTS.carries.contains(&kind));
    }
}
