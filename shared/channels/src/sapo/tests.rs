//! Checks of the Sapo connector against the sample orders of both products.

mod calls;

use super::list::Place;
use super::{Sapo, orders};
use crate::channel::{Channel, Notice, Verdict};
use crate::hmac;
use crate::paging::Cursor;
use crate::secrets::Secrets;
use crate::testing;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::OrderId;
use commerce::order::{ChannelOrder, Departure};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::{Value, json};

/// An order of a website, by the attributes of support.sapo.vn/cac-thuoc-tinh-cua-order-api, 2026-11-30.
pub(super) const WEB: &str = r##"{"id":1234567,"created_on":"2026-04-16T14:30:19Z","modified_on":"2026-04-17T01:45:54Z","cancelled_on":null,"closed_on":null,"currency":"VND","status":"open","financial_status":"pending","fulfillment_status":null,"fulfillments":[],"line_items":[{"id":71,"product_id":3262676,"variant_id":4697237,"title":"Áo khoác có mũ","sku":"SP10","quantity":2,"price":800000.0000,"total_discount":0.0000}],"refunds":[],"total_price":1600000.0000,"name":"#1015","number":15,"order_number":1015,"note_attributes":[],"tags":""}"##;

/// The documents' order of Sapo Omni, trimmed. (github.com/HaDuong24/Sapo.vn, orders, 2026-11-30)
const OMNI: &str = r##"{"id":14900465,"tenant_id":56322,"location_id":58369,"code":"SO26061820","created_on":"2018-06-26T04:42:09Z","modified_on":"2018-06-26T04:42:21Z","issued_on":"2018-06-26T04:42:09Z","status":"finalized","packed_status":"unpacked","fulfillment_status":"unshipped","received_status":"unreceived","payment_status":"unpaid","return_status":"unreturned","total":1400000,"order_line_items":[{"id":23651451,"variant_id":4653234,"product_id":3262674,"product_name":"Quần vải ống suông","price":1400000,"quantity":1,"is_freeform":false,"line_amount":1400000,"sku":"SP2"}],"prepayments":[],"fulfillments":[],"order_returns":[],"reason_cancel_id":null,"finalized_on":"2018-06-26T04:42:21Z","finished_on":null,"completed_on":null}"##;

/// Over the two orders with the key `sapo-app-secret`, calculated by another program.
const SIGNATURES: [(&str, &str); 2] = [
    (WEB, "TfsV2It85lBUMa5KikSomQSDwUcoJxDOLnYJL06wKDA="),
    (OMNI, "WCF5nUlxS+EPjY5lWtlDMNadeRXHKFVX6z7lluNL374="),
];

pub(super) fn secrets() -> Secrets {
    testing::secrets(&[
        ("app_secret", "sapo-app-secret"),
        ("app_secret_old", "old"),
        ("access_token", "token-1"),
    ])
}

fn world() -> (Shop, Connection, Secrets) {
    let mut connection = testing::connection("sapo", &[]);
    connection.base_url = Some("https://lan.mysapo.net/".to_owned());
    (testing::shop(), connection, secrets())
}

fn verdict(headers: &[(&str, &str)], body: &[u8]) -> Verdict {
    let (shop, connection, secrets) = world();
    Sapo.verify_webhook(&testing::door(&shop, &connection, &secrets), &testing::request(headers, body))
}

#[test]
fn both_names_of_the_signature_are_known() {
    let (sapo, bizweb) = ("x-sapo-hmac-sha256", "x-bizweb-hmac-sha256");
    let is_signed = |headers: &[(&str, &str)], body: &str| {
        matches!(verdict(headers, body.as_bytes()), Verdict::Signed { .. })
    };
    for (body, signature) in SIGNATURES {
        assert!(is_signed(&[(sapo, signature)], body));
        assert!(is_signed(&[(bizweb, signature)], body));
        assert!(is_signed(&[(sapo, signature), (bizweb, signature)], body));
        assert!(!is_signed(&[(sapo, signature), (bizweb, "AAAA")], body), "both must be right");
        assert!(!is_signed(&[(sapo, signature), (sapo, signature)], body), "a doubled one is none");
        assert!(!is_signed(&[(sapo, signature)], &body.replace("\"quantity\":", "\"quantity\": ")));
        assert!(!is_signed(&[(sapo, signature.trim_end_matches('='))], body));
        assert!(!is_signed(&[], body));
        let old = hmac::sha256_base64(b"old", &[body.as_bytes()]).unwrap();
        assert!(is_signed(&[(sapo, &old)], body), "during a rotation");
    }
}

fn read(headers: &[(&str, &str)], body: &str) -> Result<Notice, ParkReason> {
    let (shop, connection, secrets) = world();
    let request = testing::request(headers, body.as_bytes());
    let mut notices = Sapo.read_webhook(&testing::door(&shop, &connection, &secrets), &request);
    assert_eq!(notices.len(), 1);
    notices.remove(0)
}

#[test]
fn topics_decide_what_is_read() {
    let read_topic = |topic: &str, body: &str| read(&[("x-sapo-topic", topic)], body);
    for topic in ["orders/create", "orders/update", "orders/updated", "orders/cancelled", ""] {
        assert!(matches!(read_topic(topic, WEB), Ok(Notice::Order(_))), "{topic}");
        assert!(matches!(read_topic(topic, OMNI), Ok(Notice::Order(_))), "{topic}");
    }
    assert!(matches!(read(&[("x-bizweb-topic", "orders/create")], WEB), Ok(Notice::Order(_))));
    let changed = |id: &str| Ok(Notice::OrderChanged { order: OrderId::new(id).unwrap() });
    assert_eq!(read_topic("orders/delete", r#"{"id":12}"#), changed("12"));
    assert_eq!(read_topic("fulfillments/create", r#"{"id":1,"order_id":12}"#), changed("12"));
    let without_lines = r#"{"id":12,"modified_on":"2026-04-17T01:45:54Z"}"#;
    assert_eq!(read_topic("orders/updated", without_lines), changed("12"));
    let nothing = |topic: &str| Ok(Notice::Nothing { topic: topic.to_owned() });
    assert_eq!(read_topic("products/update", "[]"), nothing("products/update"));
    let test = [("x-sapo-topic", "orders/create"), ("x-sapo-test", "true")];
    assert_eq!(read(&test, WEB), nothing("test orders/create"));
}

#[test]
fn another_shops_order_is_not_taken_for_ours() {
    let from = |domain| [("x-sapo-topic", "orders/create"), ("x-sapo-tenant-domain", domain)];
    for ours in ["lan.mysapo.net", "LAN.mysapo.net", "lan.mysapogo.com", "lan.vn"] {
        assert!(read(&from(ours), WEB).is_ok(), "{ours}");
    }
    let detail = "X-Sapo-Tenant-Domain: is not this connection's shop".to_owned();
    assert_eq!(read(&from("hoa.mysapo.net"), WEB), Err(ParkReason::Unreadable { detail }));
}

#[test]
fn hostile_bodies_are_set_aside() {
    let (shop, connection, secrets) = world();
    let door = testing::door(&shop, &connection, &secrets);
    for topic in ["orders/updated", "refunds/create"] {
        for body in testing::hostile_bodies() {
            let request = testing::request(&[("x-sapo-topic", topic)], &body);
            let notices = Sapo.read_webhook(&door, &request);
            assert!(notices.iter().all(Result::is_err), "{topic} {notices:?}");
        }
    }
}

fn order(sample: &str, change: impl Fn(&mut Value)) -> Result<ChannelOrder, String> {
    let mut value: Value = serde_json::from_str(sample).unwrap();
    change(&mut value);
    orders::read_order(serde_json::from_value(value).unwrap(), None).map_err(|e| e.to_string())
}

#[test]
fn an_order_of_either_product_is_read_whole() {
    let web = order(WEB, |_| ()).unwrap();
    assert_eq!(
        (web.id.as_str(), &web.status, web.departure),
        ("1234567", &Status::Pending, Departure::Stayed)
    );
    assert_eq!(web.source_time.to_string(), "2026-04-17T01:45:54Z");
    assert_eq!(web.total.amount_minor, 1_600_000);
    let [line] = web.lines.as_slice() else { panic!("{:?}", web.lines) };
    assert_eq!((line.id.as_str(), line.listing.as_str()), ("71", "3262676:4697237"));
    assert_eq!((line.quantity, line.unit_price_minor), (2, 800_000));
    let omni = order(OMNI, |_| ()).unwrap();
    assert_eq!((omni.id.as_str(), &omni.status), ("14900465", &Status::Confirmed));
    assert_eq!((omni.total.amount_minor, omni.total.currency.code()), (1_400_000, "VND"));
    let [line] = omni.lines.as_slice() else { panic!("{:?}", omni.lines) };
    assert_eq!((line.listing.as_str(), line.quantity), ("3262674:4653234", 1));
    assert_eq!(
        order(OMNI, |o| o["order_line_items"][0]["quantity"] = json!(2.5)).unwrap_err(),
        "line_items.quantity: must be a whole number (got \"2.5\")",
        "goods by weight are no units"
    );
}

#[test]
fn a_websites_statuses_are_translated() {
    use Departure::{Left, Stayed, Unknown};
    let with = |changes: &[(&str, Value)]| {
        let order = order(WEB, |o| {
            for (field, value) in changes {
                o[*field] = value.clone();
            }
        });
        order.map(|order| (order.status, order.departure)).unwrap()
    };
    let parcel = |status: &str, delivery: Option<&str>| {
        ("fulfillments", json!([{ "id": 1, "status": status, "delivery_status": delivery }]))
    };
    let fulfilled = || ("fulfillment_status", json!("fulfilled"));
    let cancelled = || ("cancelled_on", json!("2026-04-17T01:45:54Z"));
    assert_eq!(with(&[("financial_status", json!("paid"))]), (Status::Confirmed, Stayed));
    assert_eq!(with(&[("financial_status", json!("refunded"))]), (Status::Cancelled, Stayed));
    assert_eq!(with(&[cancelled()]), (Status::Cancelled, Stayed));
    assert_eq!(with(&[cancelled(), parcel("success", None)]), (Status::Cancelled, Left));
    assert_eq!(with(&[cancelled(), parcel("cancelled", None)]), (Status::Cancelled, Unknown));
    assert_eq!(with(&[fulfilled(), parcel("pending", None)]), (Status::ReadyToShip, Stayed));
    assert_eq!(with(&[fulfilled(), parcel("success", Some("confirmed"))]), (Status::ReadyToShip, Stayed));
    assert_eq!(with(&[fulfilled(), parcel("success", None)]), (Status::Shipped, Left));
    assert_eq!(with(&[fulfilled(), parcel("success", Some("in_transit"))]), (Status::Shipped, Left));
    assert_eq!(with(&[fulfilled(), parcel("success", Some("delivered"))]), (Status::Delivered, Left));
    assert_eq!(with(&[fulfilled()]), (Status::Shipped, Left));
    let partial = ("fulfillment_status", json!("partial"));
    assert_eq!(with(&[partial, parcel("success", None)]), (Status::ReadyToShip, Left));
    let refunded = ("financial_status", json!("refunded"));
    assert_eq!(with(&[refunded, fulfilled(), parcel("success", None)]), (Status::Returned, Left));
    let closed = ("closed_on", json!("2026-04-18T01:45:54Z"));
    assert_eq!(with(&[closed, fulfilled()]), (Status::Completed, Left));
    for field in ["status", "financial_status", "fulfillment_status"] {
        assert_eq!(with(&[(field, json!("moon"))]).0, Status::Unknown("moon".to_owned()), "{field}");
    }
    let beamed = with(&[fulfilled(), parcel("success", Some("beamed"))]);
    assert_eq!(beamed, (Status::Unknown("beamed".to_owned()), Unknown));
}

#[test]
fn the_stores_statuses_are_translated() {
    use Departure::{Left, Stayed};
    let with = |changes: &[(&str, &str)]| {
        let order = order(OMNI, |o| {
            for (field, word) in changes {
                o[*field] = json!(word);
            }
        });
        order.map(|order| (order.status, order.departure)).unwrap()
    };
    let shipped = ("fulfillment_status", "shipped");
    assert_eq!(with(&[("status", "draft")]), (Status::Pending, Stayed));
    assert_eq!(with(&[("packed_status", "packed")]), (Status::ReadyToShip, Stayed));
    assert_eq!(with(&[shipped]), (Status::Shipped, Left));
    assert_eq!(with(&[shipped, ("received_status", "received")]), (Status::Delivered, Left));
    assert_eq!(with(&[shipped, ("status", "completed")]), (Status::Completed, Left));
    assert_eq!(with(&[shipped, ("status", "finished")]), (Status::Completed, Left));
    assert_eq!(with(&[shipped, ("return_status", "returned")]), (Status::Returned, Left));
    assert_eq!(with(&[("status", "cancelled")]), (Status::Cancelled, Stayed));
    assert_eq!(with(&[("status", "cancelled"), shipped]), (Status::Cancelled, Left));
    // The documents show an order that is finished and never left.
    assert_eq!(with(&[("status", "finished")]), (Status::Unknown("finished".to_owned()), Stayed));
    assert_eq!(with(&[("status", "moon")]).0, Status::Unknown("moon".to_owned()));
    assert_eq!(with(&[("fulfillment_status", "moon")]).0, Status::Unknown("moon".to_owned()));
}

#[test]
fn a_websites_lists_are_gone_through_without_a_gap() {
    let place = |list, after, page| Place { list, after, page };
    let at = |next: Option<Cursor>| next.map(|cursor| Place::read(Some(&cursor)).unwrap());
    let full = |ids: std::ops::Range<u64>| ids.map(Some).collect::<Vec<_>>();
    assert_eq!(Place::read(None).unwrap(), place(0, 0, 1));
    assert_eq!(at(place(0, 0, 1).next(&full(1..251))), Some(place(0, 250, 1)));
    let newest_first: Vec<Option<u64>> = (1..251).rev().map(Some).collect();
    assert_eq!(at(place(0, 0, 1).next(&newest_first)), Some(place(0, 0, 2)), "not sorted by number: count");
    assert_eq!(at(place(1, 9, 3).next(&full(1..3))), Some(place(2, 0, 1)), "the next list");
    assert_eq!(place(2, 0, 1).next(&[]), None);
    for wrong in ["", "3 0 1", "0 0", "x 0 1"] {
        assert!(Place::read(Some(&Cursor(wrong.to_owned()))).is_err(), "{wrong:?}");
    }
}
