//! Checks of the Shopify connector against its published messages.

mod calls;
mod stock;

use super::status::{self, Parcel, Standing};
use super::{FACTS, Shopify, sign};
use crate::channel::{Channel, Notice, Verdict, WebhookRequest};
use crate::secrets::Secrets;
use crate::testing;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::OrderId;
use commerce::order::{ChannelOrder, Departure};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::{Value, json};

/// The sample of Shopify's webhook page, shortened, with prices in đồng.
pub(super) const ORDER: &str = r##"{"id":820982911946154508,"admin_graphql_api_id":"gid://shopify/Order/820982911946154508","cancelled_at":null,"created_at":"2026-11-22T09:55:00+07:00","currency":"VND","current_total_price":"398000","financial_status":"paid","fulfillment_status":null,"name":"#9999","payment_gateway_names":["visa"],"tags":"","total_price":"398000","updated_at":"2026-11-22T10:00:00+07:00","fulfillments":[],"line_items":[{"id":866550311766439020,"variant_id":808950810,"sku":"AO-M","quantity":2,"current_quantity":2,"fulfillable_quantity":2,"fulfillment_status":null,"requires_shipping":true,"price":"199000"}],"refunds":[]}"##;
/// Calculated by another program with the key `hush`.
const SIGNATURE: &str = "pdoaf9A7TCwnIiejpvTDOIUR9VcnULJBaL1bEBK/TTk=";

pub(super) struct World {
    pub(super) shop: Shop,
    pub(super) connection: Connection,
    pub(super) secrets: Secrets,
}

pub(super) fn world(more: &[(&str, &str)]) -> World {
    let account = [&[("shop", "lan-shop"), ("client_id", "app-1"), ("location_id", "5001")], more].concat();
    let secrets = testing::secrets(&[
        ("client_secret", "hush"),
        ("client_secret_old", "old hush"),
        ("access_token", "token"),
        ("refresh_token", "next"),
    ]);
    World { shop: testing::shop(), connection: testing::connection("shopify", &account), secrets }
}

fn verdict(headers: &[(&str, &str)], body: &[u8]) -> Verdict {
    let world = world(&[]);
    let request = testing::request(headers, body);
    Shopify.verify_webhook(&testing::door(&world.shop, &world.connection, &world.secrets), &request)
}

fn is_signed(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Signed { .. })
}

#[test]
fn a_webhook_signed_with_either_key_is_believed_under_both_header_names() {
    let body = ORDER.as_bytes();
    assert!(is_signed(verdict(&[("x-shopify-hmac-sha256", SIGNATURE)], body)));
    assert!(is_signed(verdict(&[("Shopify-Hmac-Sha256", SIGNATURE)], body)));
    let old = crate::hmac::sha256_base64(b"old hush", &[body]).unwrap();
    assert!(is_signed(verdict(&[("x-shopify-hmac-sha256", &old)], body)));
}

#[test]
fn a_webhook_that_differs_in_anything_is_refused() {
    let body = ORDER.as_bytes();
    let spaced = ORDER.replace(':', ": ");
    let hex = crate::hmac::sha256_hex(b"hush", &[body]).unwrap();
    let both = [("x-shopify-hmac-sha256", SIGNATURE), ("shopify-hmac-sha256", SIGNATURE)];
    assert!(!is_signed(verdict(&both, body)), "two signatures are none");
    assert!(!is_signed(verdict(&[], body)));
    assert!(!is_signed(verdict(&[("x-shopify-hmac-sha256", SIGNATURE)], spaced.as_bytes())));
    assert!(!is_signed(verdict(&[("x-shopify-hmac-sha256", &hex)], body)));
    assert!(!is_signed(verdict(&[("x-shopify-hmac-sha256", SIGNATURE.trim_end_matches('='))], body)));
}

fn webhook(topic: &str, body: &[u8]) -> WebhookRequest {
    testing::request(&[("x-shopify-topic", topic), ("x-shopify-shop-domain", "Lan-Shop.myshopify.com")], body)
}

fn read_in(world: &World, request: &WebhookRequest) -> Result<Notice, ParkReason> {
    let door = testing::door(&world.shop, &world.connection, &world.secrets);
    let mut notices = Shopify.read_webhook(&door, request);
    assert_eq!(notices.len(), 1);
    notices.remove(0)
}

fn read(topic: &str, body: &str) -> Result<Notice, ParkReason> {
    read_in(&world(&[]), &webhook(topic, body.as_bytes()))
}

fn changed(order: &str) -> Result<Notice, ParkReason> {
    Ok(Notice::OrderChanged { order: OrderId::new(order).unwrap() })
}

fn nothing(topic: &str) -> Result<Notice, ParkReason> {
    Ok(Notice::Nothing { topic: topic.to_owned() })
}

fn unreadable(detail: &str) -> Result<Notice, ParkReason> {
    Err(ParkReason::Unreadable { detail: detail.to_owned() })
}

#[test]
fn each_topic_is_read_for_what_it_holds() {
    for topic in ["orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled"] {
        assert!(matches!(read(topic, ORDER), Ok(Notice::Order(_))), "{topic}");
    }
    assert_eq!(read("refunds/create", r#"{"id":1,"order_id":7}"#), changed("7"));
    assert_eq!(read("fulfillments/update", r#"{"id":1,"order_id":"7"}"#), changed("7"));
    assert_eq!(read("orders/edited", r#"{"order_edit":{"id":1,"order_id":7}}"#), changed("7"));
    assert_eq!(read("orders/delete", r#"{"id":7}"#), changed("7"));
    assert_eq!(read("orders/updated", r#"{"id":7,"updated_at":"x"}"#), changed("7"), "fields were left out");
    let level = r#"{"inventory_item_id":1,"location_id":5001,"available":7}"#;
    assert_eq!(read("inventory_levels/update", level), nothing("inventory_levels/update"));
    assert_eq!(read("app/uninstalled", "{}"), nothing("app/uninstalled"));
    assert_eq!(read("refunds/create", "{}"), unreadable("order_id: is missing"));
    assert_eq!(read("", ORDER), unreadable("X-Shopify-Topic: is missing"));
    let events = testing::request(&[("shopify-topic", "orders/create")], ORDER.as_bytes());
    assert!(matches!(read_in(&world(&[]), &events), Ok(Notice::Order(_))));
}

#[test]
fn another_shops_webhook_is_not_ours_although_the_key_is() {
    let headers = [("x-shopify-topic", "orders/create"), ("x-shopify-shop-domain", "hoa.myshopify.com")];
    let request = testing::request(&headers, ORDER.as_bytes());
    let expected = unreadable("X-Shopify-Shop-Domain: is not this connection's shop");
    assert_eq!(read_in(&world(&[]), &request), expected);
}

#[test]
fn hostile_webhooks_are_refused_or_set_aside() {
    for body in testing::hostile_bodies() {
        for topic in ["orders/create", "orders/edited", "refunds/create", "orders/delete"] {
            let notice = read_in(&world(&[]), &webhook(topic, &body));
            assert!(!matches!(notice, Ok(Notice::Order(_))), "{topic}");
        }
    }
}

fn order_in(world: &World, change: impl FnOnce(&mut Value)) -> Result<ChannelOrder, String> {
    let mut value: Value = serde_json::from_str(ORDER).unwrap();
    change(&mut value);
    match read_in(world, &webhook("orders/updated", value.to_string().as_bytes())) {
        Ok(Notice::Order(order)) => Ok(*order),
        Err(ParkReason::Unreadable { detail }) => Err(detail),
        other => panic!("{other:?}"),
    }
}

fn order(change: impl FnOnce(&mut Value)) -> Result<ChannelOrder, String> {
    order_in(&world(&[]), change)
}

#[test]
fn the_sample_order_is_read_whole() {
    let order = order(|_| ()).unwrap();
    assert_eq!((order.id.as_str(), order.status.clone()), ("820982911946154508", Status::Confirmed));
    assert_eq!(order.departure, Departure::Stayed);
    assert_eq!((order.total.amount_minor, order.source_time.as_second()), (398_000, 1_795_316_400));
    let line = &order.lines[0];
    assert_eq!((line.id.as_str(), line.listing.as_str()), ("866550311766439020", "808950810"));
    assert_eq!((line.quantity, line.cancelled, line.unit_price_minor), (2, 0, 199_000));
}

#[test]
fn what_cannot_be_read_names_its_field() {
    let wrong = |change: fn(&mut Value)| order(change).unwrap_err();
    assert_eq!(wrong(|o| o["currency"] = json!("vnd")), "currency: must be three capital letters");
    assert!(wrong(|o| o["line_items"][0]["quantity"] = json!(-1)).starts_with("line_items.quantity"));
    assert!(wrong(|o| o["line_items"][0]["price"] = json!("1.5")).starts_with("line_items.price"));
    assert!(wrong(|o| o["updated_at"] = json!(1e308)).starts_with("updated_at"));
    assert_eq!(wrong(|o| o["line_items"] = json!("none")), "line_items: must be a list");
}

#[test]
fn cash_on_delivery_is_confirmed_by_payment_method_or_tag() {
    let pending = |gateway: &'static str, tags: &'static str| {
        move |o: &mut Value| {
            o["financial_status"] = json!("pending");
            o["payment_gateway_names"] = json!([gateway]);
            o["tags"] = json!(tags);
        }
    };
    assert_eq!(order(pending("Bank Deposit", "")).unwrap().status, Status::Pending);
    assert_eq!(order(pending("Cash on Delivery (COD)", "")).unwrap().status, Status::Confirmed);
    let own = world(&[("cod_gateways", "Thu hộ, cod")]);
    assert_eq!(order_in(&own, pending("thu hộ", "")).unwrap().status, Status::Confirmed);
    assert_eq!(order_in(&own, pending("manual", "gift, COD")).unwrap().status, Status::Confirmed);
    assert_eq!(order_in(&own, pending("Cash on Delivery (COD)", "")).unwrap().status, Status::Pending);
}

#[test]
fn only_units_taken_out_before_they_left_are_cancelled() {
    let line = |quantity: u32, current: u32, unsent: u32, sent: u32| {
        let changed = order(|o| {
            let line = &mut o["line_items"][0];
            line["quantity"] = json!(quantity);
            line["current_quantity"] = json!(current);
            line["fulfillable_quantity"] = json!(unsent);
            let rows = json!([{ "id": 866_550_311_766_439_020_u64, "quantity": sent }]);
            if sent > 0 {
                o["fulfillments"] = json!([{ "status": "success", "line_items": rows }]);
            }
        });
        changed.unwrap().lines[0].cancelled
    };
    assert_eq!(line(2, 2, 2, 0), 0);
    assert_eq!(line(2, 1, 1, 0), 1, "one was edited out");
    assert_eq!(line(2, 1, 0, 2), 0, "one came back after it was sent");
    assert_eq!(line(3, 2, 1, 2), 0, "one of the two that were sent came back");
    assert_eq!(line(3, 2, 0, 2), 1, "one was refunded unsent");
    assert_eq!(line(2, 0, 0, 0), 2);
}

#[test]
fn a_tip_is_no_goods_and_a_typed_in_product_keeps_its_line() {
    let order = order(|o| {
        let mut tip = o["line_items"][0].clone();
        tip["id"] = json!(1);
        tip["variant_id"] = Value::Null;
        let mut typed = tip.clone();
        tip["requires_shipping"] = json!(false);
        typed["id"] = json!(2);
        o["line_items"].as_array_mut().unwrap().extend([tip, typed]);
    });
    let listings: Vec<String> = order.unwrap().lines.iter().map(|l| l.listing.to_string()).collect();
    assert_eq!(listings, ["808950810", "custom:2"]);
}

fn standing(financial: &str, fulfillment: Option<&str>, parcels: &[(&str, &str)]) -> Standing {
    let parcel = |(status, carrier): &(&str, &str)| Parcel {
        status: (*status).to_owned(),
        carrier_status: (*carrier).to_owned(),
        ..Parcel::default()
    };
    Standing {
        financial: financial.to_owned(),
        fulfillment: fulfillment.map(str::to_owned),
        parcels: parcels.iter().map(parcel).collect(),
        units_left: 2,
        ..Standing::default()
    }
}

#[test]
fn both_axes_make_one_status_and_are_never_guessed() {
    use Departure::{Left, Stayed, Unknown};
    let gone = [("success", "")];
    let word = |text: &str| Status::Unknown(text.to_owned());
    for (case, expected, departure) in [
        (standing("authorized", None, &[]), Status::Pending, Stayed),
        (standing("partially_paid", None, &[]), Status::Confirmed, Stayed),
        (standing("paid", Some("on_hold"), &[]), Status::Confirmed, Stayed),
        (standing("paid", Some("partial"), &gone), Status::Shipped, Left),
        (standing("paid", Some("fulfilled"), &gone), Status::Shipped, Left),
        (standing("pending", Some("fulfilled"), &[("success", "delivered")]), Status::Delivered, Left),
        (standing("voided", Some("fulfilled"), &gone), Status::Shipped, Left),
        (standing("voided", None, &[]), Status::Cancelled, Stayed),
        (standing("expired", None, &[]), Status::Cancelled, Stayed),
        (standing("refunded", None, &[]), Status::Confirmed, Stayed),
        (Standing { units_left: 0, ..standing("refunded", None, &[]) }, Status::Cancelled, Stayed),
        (
            Standing { units_left: 0, ..standing("refunded", Some("fulfilled"), &gone) },
            Status::Returned,
            Left,
        ),
        (standing("paid", Some("restocked"), &[]), Status::Cancelled, Stayed),
        (standing("paid", Some("restocked"), &gone), Status::Returned, Left),
        (standing("paid", None, &[("pending", "")]), Status::Confirmed, Unknown),
        (standing("paid", None, &[("cancelled", "")]), Status::Confirmed, Stayed),
        (standing("on_the_moon", None, &[]), word("on_the_moon"), Stayed),
        (standing("paid", Some("on_the_moon"), &[]), word("on_the_moon"), Stayed),
    ] {
        assert_eq!(status::of(&case), (expected, departure), "{case:?}");
        let cancelled = Standing { is_cancelled: true, ..case };
        assert_eq!(status::of(&cancelled).0, Status::Cancelled, "{cancelled:?}");
    }
}

#[test]
fn a_shops_name_is_taken_with_or_without_its_end() {
    let ours = Some("lan-shop.myshopify.com".to_owned());
    assert_eq!(sign::domain("lan-shop"), ours);
    assert_eq!(sign::domain(" Lan-Shop.myshopify.com "), ours);
    for wrong in ["", "-lan", "lan.evil", "lan/admin", "lan.myshopify.com.evil.example", "lan shop"] {
        assert_eq!(sign::domain(wrong), None, "{wrong}");
    }
    assert!(FACTS.carries.len() == 2 && FACTS.sources.len() >= 5);
}
