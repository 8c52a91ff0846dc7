//! Checks of lists, forwarded orders, cancels and webhooks against KiotViet's documented messages.

use super::*;
use crate::account::Subscription;
use crate::error::ChannelError;
use crate::forward::{ForwardLine, NewsKind, OrderNews, OrderToForward};
use crate::paging::{Cursor, Window};
use commerce::Timestamp;
use commerce::money::{Currency, Money};

fn row(id: u64, branch: u64, modified: &str) -> Value {
    json!({
        "id": id, "branchId": branch, "purchaseDate": "2026-11-22T08:00:00", "modifiedDate": modified,
        "total": 90000.0, "status": 1, "statusValue": "Hoàn thành",
        "invoiceDetails": [{ "productId": 1001, "quantity": 1, "price": 90000 }],
    })
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn ask<T>(server: &Server, run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    with_session(&server.url, Some("T"), run).await
}

#[tokio::test]
async fn invoices_come_first_and_orders_after_them() {
    let server = Server::start(|call| {
        let rows = match (call.path(), call.query("currentItem")) {
            ("/invoices", Some("0")) => json!([
                row(3, 55, "2026-11-22T12:00:00"),
                row(2, 55, "2026-11-22T09:00:00"),
                row(1, 77, "2026-11-22T09:00:00"),
            ]),
            _ => json!([]),
        };
        (200, json!({ "total": if call.path() == "/invoices" { 4 } else { 0 }, "data": rows }).to_string())
    });
    let window = Window { from: at("2026-11-22T01:00:00Z"), to: at("2026-11-22T04:00:00Z") };
    let list = async |cursor: Option<Cursor>| {
        let page =
            ask(&server, async |session| KiotViet.list_orders(&session, window, cursor.as_ref()).await).await;
        let page = page.unwrap();
        (page.rows, page.next)
    };
    let (rows, next) = list(None).await;
    assert_eq!(rows.len(), 2, "what changed after the span is left out");
    assert!(matches!(&rows[0], Ok(Notice::Order(order)) if order.id.as_str() == "invoice:2"));
    assert_eq!(rows[1], Err(ParkReason::UnknownLocation { branch: "77".to_owned() }));
    assert_eq!(next, Some(Cursor("invoice:3".to_owned())));
    let (rows, next) = list(next).await;
    assert_eq!((rows.len(), &next), (0, &Some(Cursor("order:0".to_owned()))));
    assert_eq!(list(next).await.1, None);
    let calls = server.calls();
    assert_eq!(calls[0].query("lastModifiedFrom"), Some("2026-11-22T07%3A59%3A59"), "Việt Nam's time");
    assert_eq!((calls[0].query("pageSize"), calls[0].query("orderDirection")), (Some("100"), Some("Desc")));
    assert_eq!((calls[2].path(), calls[2].query("currentItem")), ("/orders", Some("0")));
}

#[tokio::test]
async fn products_are_listed_with_code_barcode_and_what_is_free() {
    let server = Server::start(|_| {
        let levels = json!([
            { "branchId": 55, "onHand": 7.0, "reserved": 2.0 },
            { "branchId": 56, "onHand": -1, "reserved": 0 },
        ]);
        let rows = json!([
            { "id": 1001, "code": "AO-M", "barCode": "893", "name": "Áo", "fullName": "Áo - M", "isActive": true,
              "inventories": levels },
            { "id": 1002, "code": "CA", "name": "Cà phê cân", "allowsSale": false,
              "inventories": [{ "branchId": 55, "onHand": 2.5 }] },
            { "code": "?" },
        ]);
        (200, json!({ "total": 3, "data": rows }).to_string())
    });
    let page = ask(&server, async |session| KiotViet.list_listings(&session, None).await).await.unwrap();
    assert_eq!((page.rows.len(), &page.next), (3, &None));
    let shirt = page.rows[0].as_ref().unwrap();
    assert_eq!((shirt.sku.as_deref(), shirt.barcode.as_deref()), (Some("AO-M"), Some("893")));
    assert_eq!((shirt.title.as_str(), shirt.shown, shirt.is_active), ("Áo - M", Some(4), true));
    let coffee = page.rows[1].as_ref().unwrap();
    assert_eq!((coffee.shown, coffee.is_active), (None, false), "sold by weight, and not on sale");
    assert!(page.rows[2].is_err());
}

fn to_forward(branch: Option<&str>) -> OrderToForward {
    OrderToForward {
        reference: "HK-1".to_owned(),
        title: "shopee-main 2404098R48U37H".to_owned(),
        branch: branch.map(str::to_owned),
        lines: vec![ForwardLine {
            listing: ListingId::new("1001").unwrap(),
            quantity: 2,
            unit_price_minor: 90_000,
        }],
        total: Money::from_minor(170_000, Currency::VND),
    }
}

#[tokio::test]
async fn an_order_goes_in_with_its_reference_and_is_found_by_it() {
    let server = Server::start(|call| match (call.method.as_str(), call.query("currentItem")) {
        ("POST", _) => (200, json!({ "id": 31 }).to_string()),
        (_, Some("0")) => {
            let rows = vec![json!({ "id": 30, "description": "Hopkenh HK-12" }); 100];
            (200, json!({ "total": 101, "data": rows }).to_string())
        }
        _ => (
            200,
            json!({ "total": 101, "data": [{ "id": 31, "description": "Hopkenh HK-1 gói quà" }] })
                .to_string(),
        ),
    });
    let forward = async |order: OrderToForward| {
        ask(&server, async |session| KiotViet.forward_order(&session, &order).await).await
    };
    assert_eq!(forward(to_forward(Some("55"))).await.unwrap().as_str(), "order:31");
    let body: Value = serde_json::from_str(&server.calls()[0].body).unwrap();
    let lines = json!([{ "productId": 1001, "quantity": 2, "price": 90000 }]);
    assert_eq!(
        (&body["branchId"], &body["orderDetails"], &body["discount"]),
        (&json!(55), &lines, &json!(10000))
    );
    assert_eq!(body["description"], "shopee-main 2404098R48U37H · Hopkenh HK-1");
    assert_eq!(forward(to_forward(None)).await.unwrap_err().kind, ErrorKind::Misconfigured);
    let find = async |reference: &str| {
        ask(&server, async |session| KiotViet.find_forwarded(&session, reference).await).await.unwrap()
    };
    assert_eq!(find("HK-1").await.unwrap().as_str(), "order:31", "a whole word on the second page");
    assert_eq!(find("HK-2").await, None);
}

#[tokio::test]
async fn a_list_without_an_end_is_not_called_empty() {
    let server = Server::start(|_| {
        let rows = vec![json!({ "id": 30, "description": "" }); 100];
        (200, json!({ "total": 5000, "data": rows }).to_string())
    });
    let found = ask(&server, async |session| KiotViet.find_forwarded(&session, "HK-1").await).await;
    assert_eq!(found.unwrap_err().kind, ErrorKind::Refused);
    assert_eq!(server.calls().len(), 10);
}

async fn carry(order: &str, kind: NewsKind, status: u16) -> (Result<(), ChannelError>, Vec<testing::Call>) {
    let server = Server::start(move |_| (status, "{}".to_owned()));
    let news = OrderNews {
        order: OrderId::new(order).unwrap(),
        kind,
        carrier: None,
        tracking_number: None,
        reason: None,
        lines: Vec::new(),
    };
    let result = ask(&server, async |session| KiotViet.carry_status(&session, &news).await).await;
    (result, server.calls())
}

#[tokio::test]
async fn a_cancel_removes_the_paper_of_its_kind() {
    for (order, path) in [("order:12", "/orders/12"), ("invoice:13", "/invoices/13")] {
        let (result, calls) = carry(order, NewsKind::Cancelled, 200).await;
        assert!(result.is_ok());
        assert_eq!((calls[0].method.as_str(), calls[0].path()), ("DELETE", path));
    }
    assert_eq!(carry("HD12", NewsKind::Cancelled, 200).await.0.unwrap_err().kind, ErrorKind::NotFound);
    assert!(carry("order:12", NewsKind::Cancelled, 502).await.0.unwrap_err().is_ambiguous());
    let (result, calls) = carry("order:12", NewsKind::Shipped, 200).await;
    assert_eq!((result.unwrap_err().kind, calls.len()), (ErrorKind::Unsupported, 0));
}

const HOOK: &str = "https://hub.vn/webhooks/lan/main";

#[tokio::test]
async fn webhooks_are_told_registered_and_renewed() {
    let server = Server::start(|call| {
        let hook = |id: u32, kind: &str, active: bool| json!({ "id": id, "type": kind, "url": HOOK, "isActive": active });
        let body = match call.path() {
            "/branches" => json!({ "total": 1, "data": [{ "id": 55, "branchName": "Hà Nội" }] }),
            _ => {
                json!({ "total": 2, "data": [hook(1, "stock.update", true), hook(2, "order.update", false)] })
            }
        };
        (200, body.to_string())
    });
    let report = ask(&server, async |session| {
        let mut connection = session.connection.clone();
        connection.webhook_url = Some(HOOK.to_owned());
        let secrets = testing::secrets(&[("webhook_secret", SECRET)]);
        let session = Session { connection: &connection, secrets: &secrets, ..session.clone() };
        let report = KiotViet.inspect_account(&session).await.unwrap();
        KiotViet.subscribe_webhooks(&session, HOOK).await.unwrap();
        report
    })
    .await;
    assert_eq!((report.name.as_deref(), report.subscription), (Some("lanshop"), Subscription::Suspended));
    assert_eq!(report.locations.unwrap()[0].id, "55");
    let calls = server.calls();
    let written: Vec<(&str, &str)> =
        calls.iter().filter(|c| c.method != "GET").map(|c| (c.method.as_str(), c.path())).collect();
    assert_eq!(written, [("DELETE", "/webhooks/2"), ("POST", "/webhooks"), ("POST", "/webhooks")]);
    let body: Value = serde_json::from_str(&calls.last().unwrap().body).unwrap();
    assert_eq!(body["Webhook"]["Type"], "invoice.update");
    assert_eq!((&body["Webhook"]["Secret"], &body["Webhook"]["IsActive"]), (&json!(SECRET), &json!(true)));
}
