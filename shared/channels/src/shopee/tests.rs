//! Checks of the Shopee connector against its published messages.

use super::{FACTS, Shopee, errors, orders};
use crate::channel::{Channel, Notice, Session, StockSet, Verdict};
use crate::error::{ErrorKind, Next};
use crate::facts::Verb;
use crate::hmac;
use crate::secrets::Secrets;
use crate::testing::{self, Call, Server};
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ListingId, OrderId};
use commerce::order::Departure;
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::{Value, json};

/// A live capture from Việt Nam.
const PUSH: &str = r#"{"msg_id":"275d49be9b484e63a5cba42115815b4a","data":{"completed_scenario":"","items":[],"ordersn":"2503119YA2XB8B","status":"PROCESSED","update_time":1741645463},"shop_id":137637267,"code":3,"timestamp":1741645463}"#;

/// The official sample, trimmed.
const ORDER: &str = r#"{"order_sn":"2404098R48U37H","region":"VN","currency":"VND","cod":true,"order_status":"COMPLETED","create_time":1712601591,"update_time":1713139948,"pay_time":1712817766,"total_amount":32119,"fulfillment_flag":"fulfilled_by_local_seller","item_list":[{"item_id":23620853561,"item_sku":"","model_id":221404189791,"model_sku":"QAZ-SADOER-05","model_quantity_purchased":1,"model_original_price":300000,"model_discounted_price":48000,"order_item_id":23620853561,"product_location_id":["VN10XX2UZ"],"promotion_id":779222207758537,"promotion_type":"flash_sale"}],"package_list":[{"package_number":"OFG166300791210964","logistics_status":"LOGISTICS_DELIVERY_DONE"}]}"#;

const URL: &str = "https://hopkenh.example/shopee";

struct World {
    shop: Shop,
    connection: Connection,
    secrets: Secrets,
}

fn world() -> World {
    let mut connection =
        testing::connection("shopee", &[("partner_id", "1000639"), ("shop_id", "137637267")]);
    connection.webhook_url = Some(URL.to_owned());
    let secrets = testing::secrets(&[
        ("partner_key", "new key"),
        ("partner_key_old", "old key"),
        ("access_token", "token"),
    ]);
    World { shop: testing::shop(), connection, secrets }
}

fn verdict(signature: &str, body: &[u8]) -> Verdict {
    let world = world();
    let request = testing::request(&[("authorization", signature)], body);
    Shopee.verify_webhook(&testing::door(&world.shop, &world.connection, &world.secrets), &request)
}

fn signature(key: &str, url: &str, body: &[u8]) -> String {
    hmac::sha256_hex(key.as_bytes(), &[url.as_bytes(), b"|", body]).unwrap()
}

fn is_signed(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Signed { .. })
}

#[test]
fn a_push_signed_with_either_key_is_believed() {
    let body = PUSH.as_bytes();
    // Calculated by another program.
    let known = "e317fdc32027cd7342223e0426b0768954eaf013d70abe2b000bc229258da110";
    assert!(is_signed(verdict(known, body)));
    assert!(is_signed(verdict(&signature("old key", URL, body), body)));
}

#[test]
fn a_push_that_differs_in_anything_is_refused() {
    let body = PUSH.as_bytes();
    let good = signature("new key", URL, body);
    let tampered = PUSH.replace("PROCESSED", "CANCELLED");
    let spaced = PUSH.replace(":", ": ");
    let escaped = PUSH.replace("PROCESSED", "PROCESSE\\u0044");
    for (why, signature, body) in [
        ("tampered", good.clone(), tampered.as_bytes()),
        ("written anew with spaces", good.clone(), spaced.as_bytes()),
        ("written anew with escapes", good.clone(), escaped.as_bytes()),
        ("other key", signature("another key", URL, body), body),
        ("other address", signature("new key", "https://hopkenh.example/shopee/", body), body),
        ("capital letters", good.to_uppercase(), body),
        ("prefix", format!("sha256={good}"), body),
        ("cut short", good[..32].to_owned(), body),
        ("nothing", String::new(), body),
    ] {
        assert!(matches!(verdict(&signature, body), Verdict::Refused { .. }), "{why}");
    }
}

#[test]
fn a_signature_missing_or_doubled_is_refused_and_an_empty_push_is_harmless() {
    let world = world();
    let door = testing::door(&world.shop, &world.connection, &world.secrets);
    let good = signature("new key", URL, PUSH.as_bytes());
    let none = testing::request(&[], PUSH.as_bytes());
    let twice = testing::request(&[("authorization", &good), ("Authorization", &good)], PUSH.as_bytes());
    assert!(matches!(Shopee.verify_webhook(&door, &none), Verdict::Refused { .. }));
    assert!(matches!(Shopee.verify_webhook(&door, &twice), Verdict::Refused { .. }));
    assert_eq!(verdict("", b""), Verdict::HarmlessUnsigned);
}

fn read(body: &str) -> Result<Notice, ParkReason> {
    let world = world();
    let request = testing::request(&[], body.as_bytes());
    let mut notices =
        Shopee.read_webhook(&testing::door(&world.shop, &world.connection, &world.secrets), &request);
    assert_eq!(notices.len(), 1);
    notices.remove(0)
}

fn changed(order: &str) -> Result<Notice, ParkReason> {
    Ok(Notice::OrderChanged { order: OrderId::new(order).unwrap() })
}

fn unreadable(detail: &str) -> Result<Notice, ParkReason> {
    Err(ParkReason::Unreadable { detail: detail.to_owned() })
}

#[test]
fn every_code_that_names_an_order_asks_for_it() {
    assert_eq!(read(PUSH), changed("2503119YA2XB8B"));
    for (code, field) in [(4, "ordersn"), (8, "ordersn"), (30, "ordersn"), (29, "order_sn"), (23, "order_sn")]
    {
        let body = json!({ "code": code, "shop_id": "137637267", "data": { field: "A1" } });
        assert_eq!(read(&body.to_string()), changed("A1"), "{code}");
    }
    assert_eq!(
        read(r#"{"code":23,"data":{"booking_sn":"B"}}"#),
        Ok(Notice::Nothing { topic: "code 23".into() })
    );
    assert_eq!(read(r#"{"code":"28","data":[1]}"#), Ok(Notice::Nothing { topic: "code 28".into() }));
}

#[test]
fn a_push_that_says_too_little_names_the_field() {
    assert_eq!(read(r#"{"code":3,"data":{}}"#), unreadable("data.ordersn: is missing"));
    assert_eq!(read(r#"{"data":{"ordersn":"A"}}"#), unreadable("code: is missing"));
    assert_eq!(
        read(r#"{"code":3,"shop_id":1,"data":{"ordersn":"A"}}"#),
        unreadable("shop_id: is not this connection's shop")
    );
}

#[test]
fn hostile_pushes_are_refused_or_set_aside() {
    let world = world();
    let door = testing::door(&world.shop, &world.connection, &world.secrets);
    for body in testing::hostile_bodies() {
        for notice in Shopee.read_webhook(&door, &testing::request(&[], &body)) {
            assert!(!matches!(notice, Ok(Notice::Order(_) | Notice::OrderChanged { .. })));
        }
    }
}

fn order(change: impl Fn(&mut Value)) -> Result<commerce::order::ChannelOrder, String> {
    let mut value: Value = serde_json::from_str(ORDER).unwrap();
    change(&mut value);
    orders::read_order(value, None).map_err(|e| e.to_string())
}

#[test]
fn the_official_sample_is_read_whole() {
    let order = order(|_| ()).unwrap();
    assert_eq!(order.id.as_str(), "2404098R48U37H");
    assert_eq!(order.status, Status::Completed);
    assert_eq!(order.departure, Departure::Left);
    assert_eq!(order.source_time.as_second(), 1_713_139_948);
    assert_eq!(order.created_at.as_second(), 1_712_601_591);
    assert_eq!((order.total.amount_minor, order.total.currency.code()), (32_119, "VND"));
    let [line] = order.lines.as_slice() else { panic!("{:?}", order.lines) };
    assert_eq!(line.listing.as_str(), "23620853561:221404189791");
    assert_eq!(line.id.as_str(), "23620853561:23620853561:221404189791");
    assert_eq!((line.quantity, line.cancelled, line.unit_price_minor), (1, 0, 48_000));
}

#[test]
fn whole_amounts_typed_as_floats_are_read_and_fractions_are_named() {
    assert_eq!(order(|o| o["total_amount"] = json!(32119.0)).unwrap().total.amount_minor, 32_119);
    let error = order(|o| o["total_amount"] = json!(32119.5)).unwrap_err();
    assert_eq!(error, "total_amount: must be an amount in whole minor units of VND (got \"32119.5\")");
    let error = order(|o| o["item_list"][0]["model_quantity_purchased"] = json!(-1)).unwrap_err();
    assert_eq!(error, "item_list.model_quantity_purchased: must be a count of units (got \"-1\")");
    let error = order(|o| o["item_list"] = json!("none")).unwrap_err();
    assert_eq!(error, "item_list: must be a list");
    let error = order(|o| o["update_time"] = json!(1e308)).unwrap_err();
    assert!(error.starts_with("update_time: must be a whole number"), "{error}");
}

#[test]
fn lines_of_a_bundle_keep_names_of_their_own() {
    let order = order(|o| {
        let first = o["item_list"][0].clone();
        let mut other = first.clone();
        other["item_id"] = json!(7);
        other["cancelled_qty"] = json!(5);
        o["item_list"] = json!([first, other, first]);
    });
    let order = order.unwrap();
    let names: Vec<&str> = order.lines.iter().map(|line| line.id.as_str()).collect();
    let first = "23620853561:23620853561:221404189791";
    assert_eq!(names, [first, "23620853561:7:221404189791", &format!("{first}#2")]);
    assert_eq!(order.lines[1].cancelled, 1, "never more than was bought");
}

#[test]
fn statuses_are_translated_and_never_guessed() {
    for (raw, expected) in [
        ("UNPAID", Status::Pending),
        ("PENDING", Status::Pending),
        ("READY_TO_SHIP", Status::Confirmed),
        ("PROCESSED", Status::ReadyToShip),
        ("RETRY_SHIP", Status::ReadyToShip),
        ("SHIPPED", Status::Shipped),
        ("TO_CONFIRM_RECEIVE", Status::Delivered),
        ("COMPLETED", Status::Completed),
        ("IN_CANCEL", Status::Confirmed),
        ("CANCELLED", Status::Cancelled),
        ("TO_RETURN", Status::ReturnRequested),
        ("INVOICE_PENDING", Status::Unknown("INVOICE_PENDING".into())),
        ("cancelled", Status::Unknown("cancelled".into())),
    ] {
        assert_eq!(orders::status(raw), expected, "{raw}");
    }
}

#[test]
fn a_cancel_frees_units_only_when_no_parcel_moved() {
    let departure = |packages: Value| {
        let cancelled = order(|o| {
            o["order_status"] = json!("CANCELLED");
            o["package_list"] = packages.clone();
        });
        cancelled.unwrap().departure
    };
    let parcel = |status: &str| json!({ "logistics_status": status });
    assert_eq!(departure(json!([])), Departure::Stayed);
    assert_eq!(departure(json!([parcel("LOGISTICS_REQUEST_CANCELED")])), Departure::Stayed);
    assert_eq!(
        departure(json!([parcel("LOGISTICS_READY"), parcel("LOGISTICS_PICKUP_DONE")])),
        Departure::Left
    );
    assert_eq!(departure(json!([parcel("LOGISTICS_LOST")])), Departure::Left);
    assert_eq!(departure(json!([parcel("LOGISTICS_READY"), parcel("LOGISTICS_NEW")])), Departure::Unknown);
    assert_eq!(departure(json!([{}])), Departure::Unknown);
    assert_eq!(departure(json!(null)), Departure::Unknown);
}

#[test]
fn codes_say_what_next() {
    let kind = |code: &str, message: &str| errors::from_code(code, message).kind;
    assert_eq!(kind("error_rate_limit", ""), ErrorKind::RateLimited);
    assert_eq!(kind("error_limit", ""), ErrorKind::RateLimited);
    assert_eq!(kind("error_server", "Something wrong"), ErrorKind::Unavailable);
    assert_eq!(kind("error_auth", "Invalid access_token."), ErrorKind::LoginExpired);
    assert_eq!(kind("invalid_acceess_token", ""), ErrorKind::LoginExpired);
    assert_eq!(kind("error_auth", "No permission to current api."), ErrorKind::Misconfigured);
    assert_eq!(kind("source_ip_undeclared", ""), ErrorKind::Misconfigured);
    assert_eq!(kind("error_item_not_found", ""), ErrorKind::NotFound);
    assert_eq!(kind("error_holiday_mode_change_stock", ""), ErrorKind::Refused);
    let new = errors::from_code("error_of_tomorrow", "?");
    assert_eq!((new.kind, new.next), (ErrorKind::Refused, Next::Park));
}

mod wide;

/// Runs against a stand-in server.
async fn with_session<T>(server: &Server, run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    let mut world = world();
    world.connection.base_url = Some(server.url.clone());
    let (http, clock) = (testing::http(), testing::clock());
    let session = Session {
        shop: &world.shop,
        connection: &world.connection,
        secrets: &world.secrets,
        http: &http,
        clock: &clock,
        token: None,
    };
    run(session).await
}

fn ids(names: &[&str]) -> Vec<OrderId> {
    names.iter().map(|name| OrderId::new(*name).unwrap()).collect()
}

#[tokio::test]
async fn a_look_up_is_signed_and_answers_for_each_order() {
    let mut bad: Value = serde_json::from_str(ORDER).unwrap();
    bad["order_sn"] = json!("BAD");
    bad["currency"] = json!("đồng");
    let good: Value = serde_json::from_str(ORDER).unwrap();
    let body = json!({ "error": "", "message": "", "response": { "order_list": [bad, good] } }).to_string();
    let server = Server::start(move |_| (200, body.clone()));
    let asked = ids(&["2404098R48U37H", "BAD", "GONE"]);
    let found = with_session(&server, async |session| Shopee.look_up_orders(&session, &asked).await).await;
    let found = found.unwrap();
    assert_eq!(found[0].1.as_ref().unwrap().read_at.unwrap().as_second(), 1_795_316_400);
    let bad = found[1].1.as_ref().unwrap_err();
    assert_eq!(
        (bad.kind, bad.detail.as_str()),
        (ErrorKind::Unreadable, "currency: must be three capital letters")
    );
    assert_eq!(found[2].1.as_ref().unwrap_err().kind, ErrorKind::NotFound);
    let call: Call = server.calls().remove(0);
    assert_eq!((call.method.as_str(), call.path()), ("GET", "/api/v2/order/get_order_detail"));
    assert_eq!(call.query("order_sn_list"), Some("2404098R48U37H%2CBAD%2CGONE"));
    let base = "1000639/api/v2/order/get_order_detail1795316400token137637267";
    let sign = hmac::sha256_hex(b"new key", &[base.as_bytes()]).unwrap();
    assert_eq!(call.query("sign"), Some(sign.as_str()));
    assert_eq!(call.query("timestamp"), Some("1795316400"));
}

fn set(listing: &str, quantity: u32) -> StockSet {
    StockSet::blind(ListingId::new(listing).unwrap(), quantity)
}

#[tokio::test]
async fn a_stock_write_tells_each_models_fate() {
    let server = Server::start(|call| {
        let body: Value = serde_json::from_str(&call.body).unwrap();
        let answer = match body["item_id"].as_u64().unwrap() {
            1 => json!({ "error": "", "response": {
                "success_list": [{ "model_id": 10 }],
                "failure_list": [{ "model_id": 11, "failed_reason": "Stock should be larger than reserved stock" }],
            } }),
            2 => {
                json!({ "error": "product.error_busi_update_stock_failed", "message": "see failure_list", "response": {
                "failure_list": [{ "model_id": 0, "failed_reason": "Please try again later" }],
            } })
            }
            3 => json!({ "error": "product.error_param", "message": "Wrong model_id." }),
            _ => json!({ "error": "", "response": { "success_list": [], "failure_list": [] } }),
        };
        (200, answer.to_string())
    });
    let sets = [set("1:10", 5), set("1:11", 6), set("2:0", 7), set("3:1", 8), set("4:1", 9), set("odd", 1)];
    let done = with_session(&server, async |session| Shopee.set_stock(&session, &sets).await).await.unwrap();
    let fate = |listing: &str| {
        let (_, result) = done.iter().find(|(id, _)| id.as_str() == listing).unwrap();
        result.as_ref().err().map(|error| error.kind)
    };
    assert_eq!(done.len(), sets.len());
    assert_eq!(fate("1:10"), None);
    assert_eq!(fate("1:11"), Some(ErrorKind::Locked));
    assert_eq!(fate("2:0"), Some(ErrorKind::Unavailable), "it says that it was not applied");
    assert_eq!(fate("3:1"), Some(ErrorKind::Refused));
    assert_eq!(fate("4:1"), Some(ErrorKind::TimedOut), "nobody knows");
    assert_eq!(fate("odd"), Some(ErrorKind::Refused));
    let first: Value = serde_json::from_str(&server.calls()[0].body).unwrap();
    let expected = json!({ "item_id": 1, "stock_list": [
        { "model_id": 10, "seller_stock": [{ "stock": 5 }] },
        { "model_id": 11, "seller_stock": [{ "stock": 6 }] },
    ] });
    assert_eq!(first, expected);
}

#[tokio::test]
async fn a_breakdown_in_a_write_is_ambiguous_and_stops_the_rest() {
    let server = Server::start(|_| (502, "bad gateway".to_owned()));
    let sets = [set("1:0", 5), set("2:0", 6)];
    let done = with_session(&server, async |session| Shopee.set_stock(&session, &sets).await).await.unwrap();
    assert!(done[0].1.as_ref().unwrap_err().is_ambiguous());
    assert!(!done[1].1.as_ref().unwrap_err().is_ambiguous(), "it was never sent");
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn stock_is_read_as_buyers_see_it() {
    let server = Server::start(|call| {
        let info =
            |n: u32| json!({ "summary_info": { "total_available_stock": n, "total_reserved_stock": 1 } });
        let answer = if call.path().ends_with("get_model_list") {
            json!({ "error": "", "response": { "model": [
                { "model_id": 10, "stock_info_v2": info(4) },
                { "model_id": 11, "stock_info_v2": info(9) },
            ] } })
        } else {
            json!({ "error": "", "response": { "item_list": [
                { "item_id": 2, "stock_info_v2": { "seller_stock": [{ "stock": 3 }, { "stock": 2.0 }] } },
            ] } })
        };
        (200, answer.to_string())
    });
    let listings: Vec<ListingId> = ["1:10", "2:0", "9:0"].map(|l| ListingId::new(l).unwrap()).to_vec();
    let found = with_session(&server, async |session| Shopee.read_stock(&session, &listings).await).await;
    let found: Vec<(String, i64)> =
        found.unwrap().into_iter().map(|r| (r.listing.to_string(), r.quantity)).collect();
    assert_eq!(found, [("2:0".to_owned(), 5), ("1:10".to_owned(), 4)]);
}

#[tokio::test]
async fn what_it_cannot_do_it_says() {
    let server = Server::start(|_| (200, String::new()));
    let login = with_session(&server, async |session| Shopee.log_in(&session).await.err()).await;
    assert_eq!(login.map(|e| e.kind), Some(ErrorKind::Unsupported));
    assert!(!FACTS.can(Verb::LogIn));
    assert!(server.calls().is_empty());
}
