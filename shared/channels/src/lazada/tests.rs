//! Checks of the Lazada connector against its published messages: signatures, pushes and orders.

mod calls;
mod stock;

use super::{FACTS, Lazada, errors, orders, sign};
use crate::channel::{Channel, Notice, Verdict};
use crate::error::{ErrorKind, Next};
use crate::facts::{Verb, WriteClass};
use crate::hmac;
use crate::json;
use crate::secrets::Secrets;
use crate::testing;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::OrderId;
use commerce::order::{ChannelOrder, Departure};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::{Value, json};

/// The sample of the push mechanism's page, for Viet Nam.
const PUSH: &str = r#"{"seller_id":"1234567","message_type":0,"data":{"order_status":"unpaid","trade_order_id":"260422900198363","trade_order_line_id":"260422900298363","status_update_time":1603698638},"timestamp":1603766859530,"site":"lazada_vn"}"#;

struct World {
    shop: Shop,
    connection: Connection,
    secrets: Secrets,
}

fn world() -> World {
    let secrets = [
        ("app_secret", "new secret"),
        ("app_secret_old", "old secret"),
        ("access_token", "token"),
        ("refresh_token", "refresh"),
    ];
    World {
        shop: testing::shop(),
        connection: testing::connection("lazada", &[("app_key", "123456"), ("seller_id", "1234567")]),
        secrets: testing::secrets(&secrets),
    }
}

fn verdict(signature: &str, body: &[u8]) -> Verdict {
    let world = world();
    let request = testing::request(&[("authorization", signature)], body);
    Lazada.verify_webhook(&testing::door(&world.shop, &world.connection, &world.secrets), &request)
}

fn seal(secret: &str, app_key: &str, body: &[u8]) -> String {
    hmac::sha256_hex(secret.as_bytes(), &[app_key.as_bytes(), body]).unwrap()
}

#[test]
fn a_call_is_signed_as_in_the_published_example() {
    // open.lazada.com, docId=108068; the order of the parameters does not matter.
    let parameters = [
        ("order_id", "1234"),
        ("app_key", "123456"),
        ("access_token", "test"),
        ("timestamp", "1517820392000"),
        ("sign_method", "sha256"),
    ];
    assert_eq!(
        sign::signature("helloworld", "/order/get", &parameters).as_deref(),
        Some("4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A")
    );
    assert_eq!(sign::signature("", "/order/get", &parameters), None);
}

#[test]
fn a_push_signed_with_either_secret_is_believed() {
    let body = PUSH.as_bytes();
    for secret in ["new secret", "old secret"] {
        assert!(matches!(verdict(&seal(secret, "123456", body), body), Verdict::Signed { .. }));
    }
    for (why, given, body) in [
        ("body alone", hmac::sha256_hex(b"new secret", &[body]).unwrap(), body),
        ("other app", seal("new secret", "654321", body), body),
        ("other secret", seal("another secret", "123456", body), body),
        ("capital letters", seal("new secret", "123456", body).to_uppercase(), body),
        ("prefix", format!("sha256={}", seal("new secret", "123456", body)), body),
        ("nothing", String::new(), body),
        ("no body", seal("new secret", "123456", body), &b""[..]),
    ] {
        assert!(matches!(verdict(&given, body), Verdict::Refused { .. }), "{why}");
    }
    let spaced = PUSH.replace(':', ": ");
    let given = seal("new secret", "123456", body);
    assert!(matches!(verdict(&given, spaced.as_bytes()), Verdict::Refused { .. }));
}

fn read(body: &str) -> Result<Notice, ParkReason> {
    let world = world();
    let request = testing::request(&[], body.as_bytes());
    let mut notices =
        Lazada.read_webhook(&testing::door(&world.shop, &world.connection, &world.secrets), &request);
    assert_eq!(notices.len(), 1);
    notices.remove(0)
}

fn unreadable(detail: &str) -> Result<Notice, ParkReason> {
    Err(ParkReason::Unreadable { detail: detail.to_owned() })
}

#[test]
fn a_line_of_an_order_asks_for_the_order() {
    let order = OrderId::new("260422900198363").unwrap();
    assert_eq!(read(PUSH), Ok(Notice::OrderChanged { order: order.clone() }));
    let reverse = r#"{"seller_id":1234567,"message_type":"0","data":{"trade_order_id":260422900198363,"reverse_order_id":"1"}}"#;
    assert_eq!(read(reverse), Ok(Notice::OrderChanged { order }));
    let other = PUSH.replace("1234567\"", "7654321\"");
    assert_eq!(read(&other), unreadable("seller_id: is not this connection's seller"));
    let nameless = PUSH.replace("trade_order_id", "trade_order");
    assert_eq!(read(&nameless), unreadable("data.trade_order_id: is missing"));
}

#[test]
fn other_messages_concern_nobody() {
    let topic = |kind: i64| match read(&json!({ "message_type": kind, "data": [] }).to_string()) {
        Ok(Notice::Nothing { topic }) => topic,
        other => panic!("{other:?}"),
    };
    assert_eq!(topic(6), "low stock");
    assert_eq!(topic(8), "token expires");
    assert_eq!(topic(14), "message_type 14");
}

#[test]
fn hostile_bodies_are_refused_and_nothing_breaks() {
    for body in testing::hostile_bodies() {
        let world = world();
        let request = testing::request(&[], &body);
        let door = testing::door(&world.shop, &world.connection, &world.secrets);
        for notice in Lazada.read_webhook(&door, &request) {
            assert!(notice.is_err(), "{notice:?}");
        }
    }
}

/// An item as the reference of GetMultipleOrderItems shows it, in đồng.
fn item(id: u64, sku: &str, status: &str) -> Value {
    json!({
        "order_item_id": id.to_string(), "order_id": "32793", "sku": "BRSCR#06", "shop_sku": "BE494HLSSSDTSGAMZ-39888",
        "product_id": "1743", "sku_id": sku, "status": status, "paid_price": "89000.00", "item_price": "99000.00",
        "shipping_amount": "0.00", "currency": "VND", "voucher_amount": "10000.00", "tracking_code": "",
        "package_id": "", "created_at": "2026-11-22T10:00:00+07:00", "updated_at": "2026-11-22T10:30:00+07:00",
    })
}

fn order(items: Vec<Value>) -> Result<ChannelOrder, String> {
    let value = json!({ "order_id": 32793, "order_number": "32793", "order_items": items });
    orders::read_order(json::row("data", value).unwrap(), None).map_err(|e| e.to_string())
}

#[test]
fn units_of_one_kind_become_one_line() {
    let order = order(vec![item(1, "666", "pending"), item(2, "667", "pending"), item(3, "666", "pending")]);
    let order = order.unwrap();
    let lines: Vec<(&str, u32, i64)> =
        order.lines.iter().map(|l| (l.listing.as_str(), l.quantity, l.unit_price_minor)).collect();
    assert_eq!(lines, [("1743:666", 2, 99_000), ("1743:667", 1, 99_000)]);
    assert_eq!((order.id.as_str(), order.total.amount_minor), ("32793", 3 * 89_000));
    assert_eq!((order.status, order.departure), (Status::Confirmed, Departure::Stayed));
}

#[test]
fn an_order_stands_where_its_least_advanced_unit_stands() {
    let status = |words: &[&str]| {
        let items = words.iter().zip(1..).map(|(word, id)| item(id, "666", word)).collect();
        order(items).unwrap().status
    };
    assert_eq!(status(&["shipped", "pending"]), Status::Confirmed);
    assert_eq!(status(&["canceled", "delivered", "shipped"]), Status::Shipped);
    assert_eq!(status(&["canceled", "canceled"]), Status::Cancelled);
    assert_eq!(status(&["returned", "confirmed"]), Status::Completed);
    assert_eq!(status(&["shipped", "on_the_moon", "pending"]), Status::Unknown("on_the_moon".into()));
}

#[test]
fn statuses_are_translated_and_never_guessed() {
    for (raw, expected) in [
        ("unpaid", Status::Pending),
        ("pending", Status::Confirmed),
        ("packed", Status::ReadyToShip),
        ("repacked", Status::ReadyToShip),
        ("topack", Status::ReadyToShip),
        ("toship", Status::ReadyToShip),
        ("ready_to_ship", Status::ReadyToShip),
        ("shipped", Status::Shipped),
        ("failed_delivery", Status::Shipped),
        ("lost_by_3pl", Status::Shipped),
        ("shipped_back_failed", Status::Shipped),
        ("delivered", Status::Delivered),
        ("confirmed", Status::Completed),
        ("canceled", Status::Cancelled),
        ("shipped_back", Status::ReturnRequested),
        ("shipped_back_success", Status::Returned),
        ("returned", Status::Returned),
        ("cancelled", Status::Unknown("cancelled".into())),
        ("PENDING", Status::Unknown("PENDING".into())),
    ] {
        assert_eq!(orders::status(raw), expected, "{raw}");
    }
}

#[test]
fn a_cancelled_unit_is_free_only_when_it_never_had_a_parcel() {
    let mut parcel = item(3, "666", "canceled");
    parcel["package_id"] = json!("FP1");
    let part = order(vec![item(1, "666", "pending"), item(2, "666", "canceled"), parcel.clone()]).unwrap();
    assert_eq!((part.lines[0].quantity, part.lines[0].cancelled), (3, 1));
    assert_eq!(part.departure, Departure::Unknown);
    let departure = |items| order(items).unwrap().departure;
    assert_eq!(departure(vec![item(1, "666", "canceled")]), Departure::Stayed);
    assert_eq!(departure(vec![parcel.clone()]), Departure::Unknown);
    parcel["cancel_return_initiator"] = json!("cancellation-failed Delivery");
    assert_eq!(departure(vec![parcel]), Departure::Left);
    assert_eq!(departure(vec![item(1, "666", "canceled"), item(2, "666", "shipped")]), Departure::Left);
}

#[test]
fn times_are_read_in_all_three_ways_and_keep_their_zone() {
    let at = |text: &str| {
        let mut one = item(1, "666", "pending");
        one["updated_at"] = json!(text);
        order(vec![one]).map(|order| order.source_time.to_string())
    };
    let ten = Ok("2026-11-22T03:00:00Z".to_owned());
    for text in [
        "2026-11-22T10:00:00+07:00",
        "2026-11-22 10:00:00 +0700",
        "2026-11-22T11:00:00+0800",
        "1795316400000",
        "2026-11-22 10:00:00",
    ] {
        assert_eq!(at(text), ten, "{text}");
    }
    assert!(at("yesterday").is_err());
    let mut late = item(2, "666", "shipped");
    late["updated_at"] = json!("2026-11-23T10:00:00+07:00");
    let order = order(vec![item(1, "666", "shipped"), late]).unwrap();
    assert_eq!(order.source_time.to_string(), "2026-11-23T03:00:00Z", "the latest of its units");
}

#[test]
fn what_cannot_be_read_names_its_field() {
    let broken = |change: fn(&mut Value)| {
        let mut one = item(1, "666", "pending");
        change(&mut one);
        order(vec![one]).unwrap_err()
    };
    assert!(
        broken(|i| i["item_price"] = json!("99.5")).starts_with("order_items.item_price: must be an amount")
    );
    assert_eq!(broken(|i| i["sku_id"] = json!("")), "order_items.sku_id: is missing");
    assert_eq!(
        broken(|i| i["currency"] = json!("đồng")),
        "order_items.currency: must be three capital letters"
    );
    assert_eq!(order(vec![]).unwrap_err(), "order_items: is empty");
}

#[test]
fn codes_say_what_next() {
    let kind = |code: &str, blame: &str| errors::from_code(code, blame, "").kind;
    for code in ["ApiCallLimit", "SellerCallLimit", "901"] {
        assert_eq!(kind(code, "ISP"), ErrorKind::RateLimited, "{code}");
    }
    for code in ["6", "513", "1000"] {
        assert_eq!(kind(code, "ISP"), ErrorKind::Unavailable, "{code}");
    }
    assert_eq!(kind("IllegalAccessToken", "ISV"), ErrorKind::LoginExpired);
    assert_eq!(errors::from_code("IllegalRefreshToken", "ISV", "").next, Next::Park);
    assert_eq!(kind("IncompleteSignature", "ISV"), ErrorKind::Misconfigured);
    assert_eq!(kind("16", "ISV"), ErrorKind::NotFound);
    assert_eq!(kind("501", "ISP"), ErrorKind::Refused, "theirs, and yet for good");
    assert_eq!(kind("4170", "ISP"), ErrorKind::Locked);
    assert_eq!(kind("204", "ISV"), ErrorKind::Refused);
    assert_eq!(kind("77777", "ISP"), ErrorKind::Unavailable, "their fault: may pass");
    let new = errors::from_code("77777", "ISV", "?");
    assert_eq!((new.kind, new.next), (ErrorKind::Refused, Next::Park));
}

#[test]
fn facts_say_what_it_is() {
    assert_eq!(FACTS.write_class, WriteClass::BlindAbsolute);
    assert_eq!(FACTS.webhook.answer_within_ms, 500);
    assert!(!FACTS.can(Verb::SubscribeWebhooks) && !FACTS.can(Verb::LogIn));
}
