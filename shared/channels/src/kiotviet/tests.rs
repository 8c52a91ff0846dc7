//! Checks of the KiotViet connector against its documented messages.

use super::wire::Document;
use super::{KiotViet, orders};
use crate::channel::{Channel, Notice, Notices, Session, Verdict};
use crate::error::ErrorKind;
use crate::hmac;
use crate::testing::{self, Server};
use commerce::ids::{ListingId, LocationId, OrderId};
use commerce::order::{ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// The documented stock message.
const STOCK: &str = r#"{"Id":"e7d3","Attempt":1,"Notifications":[{"Action":"stock.update.1001","Data":[{"ProductId":1001,"ProductCode":"AO-M","ProductName":"Ao thun","BranchId":55,"BranchName":"CN1","Cost":90000,"OnHand":7,"Reserved":1}]}]}"#;

/// Base64 of "a random string".
const SECRET: &str = "YSByYW5kb20gc3RyaW5n";
// Over STOCK, calculated by another program.
const BY_TEXT: &str = "be52b0a1de51348bff7e8649be221482975cf6df49990083d67bf8b2c07b7fad";
const BY_BYTES: &str = "c5a802b227ee22dcd4e90b7db428779e46c31a66069c1c618338bb67c89145f1";
const SHA1: &str = "d76f95f1d969b7a91c8b2f43291deab7ec3b7452";

fn verdict(account: &[(&str, &str)], signature: &str, body: &[u8]) -> Verdict {
    let (shop, connection) = (testing::shop(), testing::connection("kiotviet", account));
    let secrets = testing::secrets(&[("webhook_secret", SECRET), ("webhook_secret_old", "b2xk")]);
    let request = testing::request(&[("X-Hub-Signature", signature)], body);
    KiotViet.verify_webhook(&testing::door(&shop, &connection, &secrets), &request)
}

#[test]
fn each_documented_form_is_accepted_and_told() {
    let body = STOCK.as_bytes();
    let form = |signature: &str| verdict(&[], signature, body);
    assert_eq!(form(BY_TEXT), Verdict::Signed { form: "hex, key as text" });
    assert_eq!(form(BY_BYTES), Verdict::Signed { form: "hex, key decoded" });
    assert_eq!(form(&format!("sha256={BY_TEXT}")), Verdict::Signed { form: "sha256=hex, key as text" });
    assert_eq!(form(&format!("sha256={BY_BYTES}")), Verdict::Signed { form: "sha256=hex, key decoded" });
    assert_eq!(form(&BY_TEXT.to_uppercase()), Verdict::Signed { form: "hex, key as text" });
    let old = hmac::sha256_hex(b"old", &[body]).unwrap();
    assert_eq!(form(&old), Verdict::Signed { form: "hex, key decoded" });
}

#[test]
fn sha1_needs_the_shops_consent() {
    let signature = format!("sha1={SHA1}");
    let body = STOCK.as_bytes();
    assert!(matches!(verdict(&[], &signature, body), Verdict::Refused { .. }));
    let allowed = verdict(&[("allow_sha1", "true")], &signature, body);
    assert_eq!(allowed, Verdict::Signed { form: "sha1=hex, key as text" });
    assert!(matches!(verdict(&[("allow_sha1", "true")], SHA1, body), Verdict::Refused { .. }));
}

#[test]
fn anything_else_is_refused() {
    let tampered = STOCK.replace("\"OnHand\":7", "\"OnHand\":70");
    for (signature, body) in [
        (BY_TEXT, tampered.as_str()),
        (&BY_TEXT[..40], STOCK),
        ("", STOCK),
        ("sha256=", STOCK),
        ("md5=abc", STOCK),
        (&hmac::sha256_hex(b"other", &[STOCK.as_bytes()]).unwrap(), STOCK),
    ] {
        assert!(matches!(verdict(&[], signature, body.as_bytes()), Verdict::Refused { .. }), "{signature}");
    }
}

fn read(body: &[u8]) -> Notices {
    let (shop, connection, secrets) =
        (testing::shop(), testing::connection("kiotviet", &[]), testing::secrets(&[]));
    KiotViet.read_webhook(&testing::door(&shop, &connection, &secrets), &testing::request(&[], body))
}

fn read_json(body: &Value) -> Notices {
    read(body.to_string().as_bytes())
}

fn level(product: &str, branch: &str, on_hand: i64) -> Notice {
    Notice::StockLevel {
        listing: ListingId::new(product).unwrap(),
        branch: branch.to_owned(),
        on_hand,
        as_of: None,
    }
}

#[test]
fn the_documented_stock_message_is_a_level() {
    assert_eq!(read(STOCK.as_bytes()), [Ok(level("1001", "55", 7))]);
}

#[test]
fn a_bad_row_does_not_take_the_others_along() {
    let body = json!({ "Notifications": [
        { "Action": "stock.update", "Data": [
            { "ProductId": 1, "BranchId": 55, "OnHand": 2.5 },
            { "ProductId": 2, "BranchId": 56, "OnHand": -3.0 },
            "no row",
        ] },
        { "Action": "customer.update.7", "Data": [{ "ContactNumber": "0900" }] },
        { "Data": [] },
    ] });
    let detail = |text: &str| Err(ParkReason::Unreadable { detail: text.to_owned() });
    assert_eq!(
        read_json(&body),
        [
            detail("OnHand: must be a whole number (got \"2.5\")"),
            Ok(level("2", "56", -3)),
            detail("Data: is not an object of the documented kind"),
            Ok(Notice::Nothing { topic: "customer.update.7".to_owned() }),
            detail("Action: is missing"),
        ]
    );
}

#[test]
fn removals_are_looked_up_where_they_say_what_was_removed() {
    let topic = Notice::Nothing { topic: "delete".to_owned() };
    assert_eq!(read(br#"{"RemoveId":[1,2]}"#), [Ok(topic)]);
    let body = json!({ "Notifications": [{ "Action": "invoice.delete.1", "Data": [12] }] });
    assert_eq!(read_json(&body), [Ok(Notice::OrderChanged { order: OrderId::new("invoice:12").unwrap() })]);
}

#[test]
fn hostile_bodies_are_set_aside() {
    for body in testing::hostile_bodies() {
        assert!(read(&body).iter().all(Result::is_err));
    }
}

fn invoice() -> Value {
    json!({
        "Id": 12, "Code": "HD000012", "PurchaseDate": "2026-11-22T10:00:00.0000000", "BranchId": 55,
        "CustomerName": "Nguyen Van A", "Total": 180000.0, "Status": 1, "StatusValue": "Hoàn thành",
        "ModifiedDate": "2026-11-22T10:05:00.0000000",
        "InvoiceDetails": [
            { "ProductId": 1001, "Quantity": 2.0, "Price": 90000 },
            { "ProductId": 1001, "Quantity": 1, "Price": 33333.33 },
        ],
    })
}

fn notices(action: &str, row: &Value) -> Notices {
    read_json(&json!({ "Notifications": [{ "Action": action, "Data": [row] }] }))
}

fn only_order(notices: Notices) -> ChannelOrder {
    match notices.into_iter().next() {
        Some(Ok(Notice::Order(order))) => *order,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_invoice_is_a_sale_in_the_branch() {
    let order = only_order(notices("invoice.update.1", &invoice()));
    assert_eq!((order.id.as_str(), order.kind), ("invoice:12", OrderKind::TillSale));
    assert_eq!((order.status, order.departure), (Status::Completed, Departure::Left));
    assert_eq!(order.location, Some(LocationId::new("hn").unwrap()));
    assert_eq!(order.created_at.to_string(), "2026-11-22T03:00:00Z", "Việt Nam is seven hours ahead");
    assert_eq!(order.source_time.to_string(), "2026-11-22T03:05:00Z");
    assert_eq!(order.total.amount_minor, 180_000);
    let lines: Vec<(&str, u32, i64)> =
        order.lines.iter().map(|l| (l.id.as_str(), l.quantity, l.unit_price_minor)).collect();
    assert_eq!(lines, [("1001", 2, 90_000), ("1001#2", 1, 33_333)]);
}

#[test]
fn a_sale_in_an_unknown_branch_is_set_aside() {
    let mut row = invoice();
    row["BranchId"] = json!(99);
    let unknown = ParkReason::UnknownLocation { branch: "99".to_owned() };
    assert_eq!(notices("invoice.update.1", &row), [Err(unknown)]);
}

#[test]
fn an_order_is_not_a_sale_and_keeps_its_own_number() {
    let mut row = invoice();
    row["OrderDetails"] = row["InvoiceDetails"].take();
    (row["Status"], row["StatusValue"]) = (json!(1), json!("Phiếu tạm"));
    row["ModifiedDate"] = Value::Null;
    let order = only_order(notices("order.update", &row));
    assert_eq!((order.id.as_str(), order.kind), ("order:12", OrderKind::TillOrder));
    assert_eq!((order.status, order.departure), (Status::Pending, Departure::Stayed));
    assert_eq!(order.source_time, order.created_at, "never changed since it was placed");
}

fn status(kind: orders::Kind, number: Value, text: Value, delivery: Value) -> (Status, Departure) {
    let delivery = if delivery.is_null() { delivery } else { json!({ "status": delivery }) };
    let row = json!({
        "id": 1, "purchaseDate": "2026-11-22T10:00:00", "total": 1, "status": number, "statusValue": text,
        "orderDetails": [], "invoiceDetails": [], "invoiceDelivery": delivery,
    });
    let document: Document = serde_json::from_value(row).unwrap();
    let order = orders::read_document(kind, document, LocationId::new("hn").unwrap(), None).unwrap();
    (order.status, order.departure)
}

#[test]
fn number_and_text_must_agree() {
    use orders::Kind::{Invoice, Order};
    let unknown = |raw: &str| Status::Unknown(raw.to_owned());
    for (kind, number, text, expected) in [
        (Order, json!(1), json!("Phiếu tạm"), Status::Pending),
        (Order, json!(2), json!("Đang xử lý"), Status::Confirmed),
        (Order, json!(3), json!("Hoàn thành"), Status::Completed),
        (Order, json!(4), json!("Đã hủy"), Status::Cancelled),
        (Order, json!(4), json!("đã huỷ"), Status::Cancelled),
        (Order, json!(4), Value::Null, Status::Cancelled),
        (Order, json!(5), json!("Đã xác nhận"), Status::Confirmed),
        (Order, json!(3), json!("Đã hủy"), unknown("3/Đã hủy")),
        (Order, json!(2), json!("Đang giao hàng"), unknown("2/Đang giao hàng")),
        (Order, json!(9), Value::Null, unknown("9/?")),
        (Invoice, json!(1), json!("Hoàn thành"), Status::Completed),
        (Invoice, json!(2), json!("Đã hủy"), Status::Cancelled),
        (Invoice, json!(3), json!("Đang xử lý"), Status::Confirmed),
        (Invoice, json!(5), json!("Không giao được"), unknown("5/Không giao được")),
        (Invoice, json!(1), json!("Đã hủy"), unknown("1/Đã hủy")),
    ] {
        assert_eq!(status(kind, number.clone(), text.clone(), Value::Null).0, expected, "{number} {text}");
    }
}

#[test]
fn an_invoice_in_progress_is_as_far_as_its_delivery() {
    use Departure::{Left, Stayed, Unknown};
    for (delivery, status_expected, departure) in [
        (1, Status::ReadyToShip, Stayed),
        (2, Status::Shipped, Left),
        (3, Status::Delivered, Left),
        (4, Status::ReturnRequested, Left),
        (5, Status::Returned, Left),
        (6, Status::Cancelled, Unknown),
        (13, Status::Unknown("delivery 13".into()), Unknown),
    ] {
        let read = status(orders::Kind::Invoice, json!(3), json!("Đang xử lý"), json!(delivery));
        assert_eq!(read, (status_expected, departure), "{delivery}");
    }
    let done = status(orders::Kind::Invoice, json!(1), json!("Hoàn thành"), json!(2));
    assert_eq!(done.0, Status::Completed, "a done invoice is done");
}

mod wide;

async fn with_session<T>(url: &str, token: Option<&str>, run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    let shop = testing::shop();
    let mut connection = testing::connection("kiotviet", &[("retailer", "lanshop")]);
    connection.base_url = Some(url.to_owned());
    let secrets = testing::secrets(&[("client_id", "id"), ("client_secret", "s&cret")]);
    let (http, clock) = (testing::http(), testing::clock());
    let session = Session {
        shop: &shop,
        connection: &connection,
        secrets: &secrets,
        http: &http,
        clock: &clock,
        token: token.map(|token| SecretString::from(token.to_owned())),
    };
    run(session).await
}

#[tokio::test]
async fn a_login_is_asked_for_as_documented() {
    let server =
        Server::start(|_| (200, r#"{"access_token":"T1","expires_in":86400,"token_type":"Bearer"}"#.into()));
    let login = with_session(&server.url, None, async |session| KiotViet.log_in(&session).await).await;
    let login = login.ok().unwrap();
    assert_eq!(login.token.expose_secret(), "T1");
    assert_eq!(login.expires_at.to_string(), "2026-11-23T03:00:00Z");
    let call = server.calls().remove(0);
    assert_eq!((call.method.as_str(), call.path()), ("POST", "/connect/token"));
    assert_eq!(call.headers["content-type"], "application/x-www-form-urlencoded");
    let form = "scopes=PublicApi.Access&grant_type=client_credentials&client_id=id&client_secret=s%26cret";
    assert_eq!(call.body, form);
}

#[tokio::test]
async fn a_client_that_is_refused_is_a_setting_to_mend() {
    let server = Server::start(|_| (400, r#"{"error":"invalid_client"}"#.to_owned()));
    let error = with_session(&server.url, None, async |session| KiotViet.log_in(&session).await.err()).await;
    assert_eq!(error.unwrap().kind, ErrorKind::Misconfigured);
}

#[tokio::test]
async fn levels_are_read_by_branch_with_the_time_before_the_call() {
    let server = Server::start(|call| match call.path() {
        "/products/1001" => {
            let levels = json!([
                { "productId": 1001, "branchId": 55, "onHand": 7.0, "reserved": 1.0 },
                { "productId": 1001, "branchId": 56, "onHand": -2 },
                { "productId": 1001, "branchId": 57, "onHand": null },
            ]);
            (200, json!({ "id": 1001, "inventories": levels }).to_string())
        }
        _ => (404, String::new()),
    });
    let listings = ["1001", "1002", "AO-M"].map(|l| ListingId::new(l).unwrap());
    let found =
        with_session(&server.url, Some("T1"), async |session| KiotViet.read_stock(&session, &listings).await);
    let found: Vec<(Option<String>, i64, String)> =
        found.await.unwrap().into_iter().map(|r| (r.branch, r.quantity, r.as_of.to_string())).collect();
    let at = "2026-11-22T03:00:00Z".to_owned();
    assert_eq!(found, [(Some("55".to_owned()), 7, at.clone()), (Some("56".to_owned()), -2, at)]);
    let call = server.calls().remove(0);
    assert_eq!(
        (call.headers["authorization"].as_str(), call.headers["retailer"].as_str()),
        ("Bearer T1", "lanshop")
    );
}

#[tokio::test]
async fn documents_are_looked_up_by_kind() {
    let server = Server::start(|call| match call.path() {
        "/invoices/12" => {
            let row = json!({
                "id": 12, "branchId": 55, "purchaseDate": "2026-11-22T10:00:00", "total": 90000, "status": 1,
                "statusValue": "Hoàn thành", "invoiceDetails": [{ "productId": 1001, "quantity": 1, "price": 90000 }],
            });
            (200, row.to_string())
        }
        "/orders/13" => (200, json!({ "id": 13, "branchId": 77 }).to_string()),
        "/orders/14" => (401, String::new()),
        _ => (404, String::new()),
    });
    let ids = |names: &[&str]| names.iter().map(|name| OrderId::new(*name).unwrap()).collect::<Vec<_>>();
    let asked = ids(&["invoice:12", "order:13", "invoice:15", "HD12"]);
    let found =
        with_session(&server.url, Some("T"), async |session| KiotViet.look_up_orders(&session, &asked).await);
    let found = found.await.unwrap();
    assert_eq!(found[0].1.as_ref().unwrap().status, Status::Completed);
    let kinds: Vec<ErrorKind> = found[1..].iter().map(|(_, r)| r.as_ref().unwrap_err().kind).collect();
    assert_eq!(kinds, [ErrorKind::Misconfigured, ErrorKind::NotFound, ErrorKind::NotFound]);
    let asked = ids(&["order:14"]);
    let expired =
        with_session(&server.url, Some("T"), async |session| KiotViet.look_up_orders(&session, &asked).await);
    assert_eq!(expired.await.unwrap_err().kind, ErrorKind::LoginExpired);
}

#[tokio::test]
async fn a_till_is_never_told_its_stock() {
    let refused =
        with_session("http://127.0.0.1:1", None, async |session| KiotViet.set_stock(&session, &[]).await);
    assert_eq!(refused.await.unwrap_err().kind, ErrorKind::Unsupported);
}
