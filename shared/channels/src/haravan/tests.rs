//! Checks of the Haravan connector against the sample orders of Haravan's documents.

mod calls;

use super::{Haravan, orders};
use crate::channel::{Channel, Notice, Verdict, WebhookRequest};
use crate::hmac;
use crate::secrets::Secrets;
use crate::testing;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::OrderId;
use commerce::order::{ChannelOrder, Departure};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::{Value, json};

/// The order of the documents' last example, trimmed. (docs.haravan.com/docs/omni-apis/orders/, 2026-11-30)
pub(super) const ORDER: &str = r##"{"cancel_reason":null,"cancelled_at":null,"closed_at":null,"created_at":"2022-02-16T02:48:54.859Z","currency":"VND","financial_status":"pending","fulfillments":[],"fulfillment_status":"notfulfilled","id":1272208520,"line_items":[{"fulfillable_quantity":1,"fulfillment_status":"notfulfilled","id":1393284139,"price":289000.0000,"price_original":340000.0000,"product_id":1021334422,"quantity":1,"sku":"AN-007","title":"Áo Sơ mi Caro tay ngắn","variant_id":1043103601}],"name":"A-101757-B","order_number":"A-101757-B","refunds":[],"total_discounts":0.0000,"total_price":289000.0000,"updated_at":"2022-02-17T07:10:33.304Z","note_attributes":[],"closed_status":"unclosed","cancelled_status":"uncancelled","confirmed_status":"confirmed","location_id":702473}"##;

/// Over [`ORDER`] with the key `hara-app-secret`, calculated by another program.
const SIGNATURE: &str = "qNP2bkWCICS95vSFhsfnqSmHknWtUbsZ1WYMossc0BQ=";

pub(super) fn secrets() -> Secrets {
    testing::secrets(&[
        ("app_secret", "hara-app-secret"),
        ("app_secret_old", "old"),
        ("verify_token", "bí mật"),
        ("access_token", "token-1"),
        ("refresh_token", "refresh-1"),
    ])
}

fn world() -> (Shop, Connection, Secrets) {
    let account = [("location_id", "702473"), ("org_id", "1000114691")];
    (testing::shop(), testing::connection("haravan", &account), secrets())
}

fn verdict(headers: &[(&str, &str)], body: &[u8]) -> Verdict {
    let (shop, connection, secrets) = world();
    Haravan.verify_webhook(&testing::door(&shop, &connection, &secrets), &testing::request(headers, body))
}

fn is_signed(signature: &str, body: &[u8]) -> bool {
    matches!(verdict(&[("x-haravan-hmacsha256", signature)], body), Verdict::Signed { .. })
}

#[test]
fn only_the_bytes_that_were_signed_are_believed() {
    assert!(is_signed(SIGNATURE, ORDER.as_bytes()));
    assert!(is_signed(&hmac::sha256_base64(b"old", &[ORDER.as_bytes()]).unwrap(), ORDER.as_bytes()));
    for (why, signature, body) in [
        ("tampered", SIGNATURE, ORDER.replace("\"quantity\":1", "\"quantity\":9")),
        ("numbers written anew", SIGNATURE, ORDER.replace(".0000", "")),
        ("padding lost", SIGNATURE.trim_end_matches('='), ORDER.to_owned()),
        ("nothing", "", ORDER.to_owned()),
    ] {
        assert!(!is_signed(signature, body.as_bytes()), "{why}");
    }
    assert!(matches!(verdict(&[], ORDER.as_bytes()), Verdict::Refused { .. }));
}

fn challenge(method: &str, query: &[(&str, &str)]) -> Option<String> {
    let (shop, connection, secrets) = world();
    let request = WebhookRequest {
        method: method.to_owned(),
        query: query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        ..testing::request(&[], b"")
    };
    Haravan.answer_challenge(&testing::door(&shop, &connection, &secrets), &request)
}

#[test]
fn the_challenge_is_answered_only_to_who_knows_our_word() {
    let ask =
        |token| [("hub.mode", "subscribe"), ("hub.verify_token", token), ("hub.challenge", "1158201444")];
    assert_eq!(challenge("GET", &ask("bí mật")).as_deref(), Some("1158201444"));
    assert_eq!(challenge("GET", &ask("bi mat")), None);
    assert_eq!(challenge("GET", &ask("")), None);
    assert_eq!(challenge("POST", &ask("bí mật")), None);
    assert_eq!(challenge("GET", &ask("bí mật")[1..]), None);
    let doubled = [&ask("bí mật")[..], &[("hub.verify_token", "bí mật")]].concat();
    assert_eq!(challenge("GET", &doubled), None);
}

fn read(headers: &[(&str, &str)], body: &str) -> Result<Notice, ParkReason> {
    let (shop, connection, secrets) = world();
    let request = testing::request(headers, body.as_bytes());
    let mut notices = Haravan.read_webhook(&testing::door(&shop, &connection, &secrets), &request);
    assert_eq!(notices.len(), 1);
    notices.remove(0)
}

#[test]
fn topics_decide_what_is_read() {
    let read_topic = |topic: &str, body: &str| read(&[("x-haravan-topic", topic)], body);
    for topic in ["orders/create", "orders/updated", "orders/update", "orders/paid", "orders/fulfilled", ""] {
        assert!(matches!(read_topic(topic, ORDER), Ok(Notice::Order(_))), "{topic}");
    }
    let changed = |id: &str| Ok(Notice::OrderChanged { order: OrderId::new(id).unwrap() });
    assert_eq!(read_topic("orders/delete", r#"{"id":12}"#), changed("12"));
    assert_eq!(read_topic("refunds/create", r#"{"id":1,"order_id":12}"#), changed("12"));
    let topic = "app_subscriptions/update";
    assert_eq!(read_topic(topic, "[]"), Ok(Notice::Nothing { topic: topic.to_owned() }));
}

#[test]
fn another_shops_order_is_not_taken_for_ours() {
    let org = |id| [("x-haravan-topic", "orders/create"), ("x-haravan-org-id", id)];
    assert!(read(&org("1000114691"), ORDER).is_ok());
    let detail = "X-Haravan-Org-Id: is not this connection's shop".to_owned();
    assert_eq!(read(&org("1000114692"), ORDER), Err(ParkReason::Unreadable { detail }));
}

#[test]
fn hostile_bodies_are_set_aside() {
    let (shop, connection, secrets) = world();
    let door = testing::door(&shop, &connection, &secrets);
    for topic in ["orders/updated", "orders/delete", "refunds/create"] {
        for body in testing::hostile_bodies() {
            let request = testing::request(&[("x-haravan-topic", topic)], &body);
            let notices = Haravan.read_webhook(&door, &request);
            let harmless = |notice: &Result<Notice, ParkReason>| {
                notice.is_err()
                    || topic == "orders/delete" && matches!(notice, Ok(Notice::OrderChanged { .. }))
            };
            assert!(notices.iter().all(harmless), "{topic} {notices:?}");
        }
    }
}

fn order(change: impl Fn(&mut Value)) -> Result<ChannelOrder, String> {
    let mut value: Value = serde_json::from_str(ORDER).unwrap();
    change(&mut value);
    orders::read_order(serde_json::from_value(value).unwrap(), None).map_err(|e| e.to_string())
}

#[test]
fn the_documents_order_is_read_whole() {
    let order = order(|_| ()).unwrap();
    assert_eq!((order.id.as_str(), &order.status), ("1272208520", &Status::Confirmed));
    assert_eq!(order.departure, Departure::Stayed);
    assert_eq!(order.source_time.to_string(), "2022-02-17T07:10:33.304Z");
    assert_eq!(order.total.amount_minor, 289_000);
    let [line] = order.lines.as_slice() else { panic!("{:?}", order.lines) };
    assert_eq!((line.id.as_str(), line.listing.as_str()), ("1393284139", "1021334422:1043103601"));
    assert_eq!((line.quantity, line.unit_price_minor), (1, 289_000));
}

#[test]
fn what_cannot_be_read_names_its_field() {
    for (field, value, error) in [
        ("updated_at", json!("today"), "updated_at: is not a date and time"),
        ("line_items", json!({}), "line_items: must be a list"),
        ("fulfillments", json!(1), "fulfillments: must be a list"),
        ("total_price", Value::Null, "total_price: is missing"),
    ] {
        assert_eq!(order(|o| o[field] = value.clone()).unwrap_err(), error);
    }
    // The documents' numbers have up to four decimals.
    assert_eq!(order(|o| o["total_price"] = json!(121_981.374_6)).unwrap().total.amount_minor, 121_981);
}

fn stands(change: impl Fn(&mut Value)) -> (Status, Departure) {
    let order = order(|o| {
        o["confirmed_status"] = json!("unconfirmed");
        change(o);
    });
    order.map(|order| (order.status, order.departure)).unwrap()
}

fn parcel(code: &str) -> Value {
    json!({ "id": 1, "status": "success", "carrier_status_code": code })
}

#[test]
fn statuses_without_a_parcel() {
    use Departure::{Left, Stayed};
    let with = |field: &str, word: &str| stands(|o| o[field] = json!(word));
    assert_eq!(stands(|_| ()), (Status::Pending, Stayed));
    assert_eq!(stands(|o| o["fulfillment_status"] = Value::Null), (Status::Pending, Stayed));
    assert_eq!(with("confirmed_status", "confirmed"), (Status::Confirmed, Stayed));
    assert_eq!(with("financial_status", "paid"), (Status::Confirmed, Stayed));
    assert_eq!(with("financial_status", "authorized"), (Status::Pending, Stayed));
    assert_eq!(with("financial_status", "voided"), (Status::Pending, Stayed));
    assert_eq!(with("financial_status", "refunded"), (Status::Cancelled, Stayed));
    assert_eq!(with("cancelled_status", "cancelled"), (Status::Cancelled, Stayed));
    assert_eq!(with("cancelled_at", "2021-10-20T15:57:48.228Z"), (Status::Cancelled, Stayed));
    assert_eq!(with("fulfillment_status", "restocked"), (Status::Returned, Left));
    assert_eq!(with("fulfillment_status", "fulfilled"), (Status::Shipped, Left));
    assert_eq!(with("closed_status", "closed"), (Status::Completed, Left));
    for field in ["financial_status", "fulfillment_status", "confirmed_status", "closed_status"] {
        let (status, _) = with(field, "on the moon");
        assert_eq!(status, Status::Unknown("on the moon".to_owned()), "{field}");
    }
}

#[test]
fn statuses_of_parcels() {
    use Departure::{Left, Stayed, Unknown};
    let packed = |status: &str, parcels: Value| {
        stands(|o| {
            o["fulfillment_status"] = json!(status);
            o["fulfillments"] = parcels.clone();
        })
    };
    for (code, status, departure) in [
        ("readytopick", Status::ReadyToShip, Stayed),
        ("picking", Status::ReadyToShip, Stayed),
        ("pending", Status::ReadyToShip, Stayed),
        ("delivering", Status::Shipped, Left),
        ("notmeetcustomer", Status::Shipped, Left),
        ("delivered", Status::Delivered, Left),
        ("waitingforreturn", Status::ReturnRequested, Left),
        ("return", Status::Returned, Left),
        ("beamed", Status::Unknown("beamed".to_owned()), Unknown),
    ] {
        assert_eq!(packed("fulfilled", json!([parcel(code)])), (status, departure), "{code}");
    }
    let by_hand = json!([{ "id": 1, "status": "success", "carrier_status_code": null }]);
    assert_eq!(packed("fulfilled", by_hand), (Status::Shipped, Left));
    let two = json!([parcel("delivered"), parcel("readytopick")]);
    assert_eq!(packed("fulfilled", two), (Status::ReadyToShip, Left), "the slower of two parcels counts");
    assert_eq!(packed("partial", json!([parcel("delivering")])), (Status::ReadyToShip, Left));
}

#[test]
fn a_cancel_frees_only_what_certainly_stayed() {
    use Departure::{Left, Stayed, Unknown};
    let cancelled = |parcel: Value| {
        let (status, departure) = stands(|o| {
            o["cancelled_status"] = json!("cancelled");
            o["fulfillment_status"] = json!("fulfilled");
            o["fulfillments"] = json!([parcel]);
        });
        assert_eq!(status, Status::Cancelled);
        departure
    };
    assert_eq!(cancelled(parcel("readytopick")), Stayed);
    assert_eq!(cancelled(parcel("delivering")), Left);
    assert_eq!(cancelled(parcel("cancel")), Unknown, "a parcel called off may have been on its way");
    let mut under_way = parcel("cancel");
    under_way["delivering_date"] = json!("2021-10-20T15:57:48Z");
    assert_eq!(cancelled(under_way), Left);
}

#[test]
fn a_refund_before_packing_cancels_its_units() {
    let refunded = |o: &mut Value| {
        o["line_items"][0]["quantity"] = json!(3);
        o["refunds"] = json!([{ "restock": true, "refund_line_items": [
            { "id": 1, "line_item_id": 1_393_284_139, "quantity": 2 },
        ] }]);
    };
    assert_eq!(order(refunded).unwrap().lines[0].cancelled, 2);
    let sent = order(|o| {
        refunded(o);
        o["fulfillment_status"] = json!("fulfilled");
        o["fulfillments"] = json!([parcel("delivered")]);
    });
    assert_eq!(sent.unwrap().lines[0].cancelled, 0, "what came back counts when a person says so");
}
