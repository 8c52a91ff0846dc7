//! Checks of the TikTok Shop connector against its published messages.

mod calls;
mod logins;

use super::{FACTS, TikTok, errors, orders, sign};
use crate::channel::{Channel, Notice, NoticeOrReason, Session, Verdict};
use crate::error::{ErrorKind, Next};
use crate::facts::Verb;
use crate::hmac;
use crate::secrets::Secrets;
use crate::testing::{self, Server};
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ListingId, OrderId};
use commerce::order::{ChannelOrder, Departure};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::{Value, json};

/// The documents' own push, and the signature they give for app key `abcdef` and secret `123`.
const PUSH: &str = r#"{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}"#;
const PUSH_SIGNATURE: &str = "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05";

/// A live answer of a Vietnamese shop, trimmed and without its buyer: called off five days after its parcel was
/// arranged.
const ORDER: &str = r#"{"cancel_reason":"Không thể giao hàng đến địa chỉ khách hàng","cancel_time":1696306119,"commerce_platform":"TIKTOK_SHOP","create_time":1695873653,"delivery_type":"HOME_DELIVERY","fulfillment_type":"FULFILLMENT_BY_SELLER","id":"577958834469439754","is_cod":true,"line_items":[{"currency":"VND","display_status":"CANCELLED","id":"577958834469570826","original_price":"168000","package_id":"1153486604836964618","product_id":"1729700293904403063","sale_price":"168000","seller_sku":"FUJIWA02-450","sku_id":"1729700293904534135","tracking_number":"3220279504"}],"order_type":"NORMAL","packages":[{"id":"1153486604836964618"}],"payment":{"currency":"VND","total_amount":"657000"},"shipping_provider":"GHTK","status":"CANCELLED","tracking_number":"3220279504","update_time":1696306119,"warehouse_id":"7272949914115966726"}"#;

struct World {
    shop: Shop,
    connection: Connection,
    secrets: Secrets,
}

fn world() -> World {
    let account = [("app_key", "abcdef"), ("shop_id", "7495540735365777507")];
    let secrets = [
        ("app_secret", "new secret"),
        ("app_secret_old", "123"),
        ("access_token", "TTP_token"),
        ("refresh_token", "TTP_refresh"),
        ("account.shop_cipher", "ROW_a+b="),
    ];
    World {
        shop: testing::shop(),
        connection: testing::connection("tiktok", &account),
        secrets: testing::secrets(&secrets),
    }
}

fn verdict(signature: &str, body: &[u8]) -> Verdict {
    let world = world();
    let request = testing::request(&[("authorization", signature)], body);
    TikTok.verify_webhook(&testing::door(&world.shop, &world.connection, &world.secrets), &request)
}

fn is_signed(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Signed { .. })
}

#[test]
fn the_published_push_is_believed_and_nothing_near_it() {
    // The documents' key is the old one here, as in a rotation.
    assert!(is_signed(verdict(PUSH_SIGNATURE, PUSH.as_bytes())));
    let new = hmac::sha256_hex(b"new secret", &[b"abcdef", PUSH.as_bytes()]).unwrap();
    assert!(is_signed(verdict(&new, PUSH.as_bytes())));
    let other = hmac::sha256_hex(b"other", &[b"abcdef", PUSH.as_bytes()]).unwrap();
    let shouted = PUSH_SIGNATURE.to_uppercase();
    let prefixed = format!("sha256={PUSH_SIGNATURE}");
    for wrong in ["", "0", &other, &shouted, &prefixed] {
        assert!(!is_signed(verdict(wrong, PUSH.as_bytes())), "{wrong}");
    }
    assert!(!is_signed(verdict(PUSH_SIGNATURE, format!("{PUSH}\n").as_bytes())));
    assert!(!is_signed(verdict(PUSH_SIGNATURE, b"")));
}

#[test]
fn the_published_request_is_signed_as_published() {
    let path = "/authorization/202309/shops";
    let query = [("timestamp", "1623812664"), ("app_key", "29a39d")];
    let expected = "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8";
    let sign = |query: &[(&str, &str)]| sign::signature("e59af819cc", path, query, "");
    assert_eq!(sign(&query).as_deref(), Some(expected));
    let more = [query.as_slice(), &[("sign", "x"), ("access_token", "y")]].concat();
    assert_eq!(sign(&more).as_deref(), Some(expected), "these two are never signed");
    assert_eq!(sign::signature("", path, &query, ""), None, "an empty secret proves nothing");
}

/// The documents spell out what is signed for a call with a body; its digest was calculated by another program.
#[test]
fn a_body_is_signed_as_it_is_sent() {
    let query = [
        ("app_key", "68xu9ks5p4i8"),
        ("timestamp", "1696909648"),
        ("shop_cipher", "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK"),
    ];
    let body = r#"{"address":"https://partner.tiktokshop.com", "event_type": "PACKAGE_UPDATE"}"#;
    let text = format!(
        "s/event/202309/webhooksapp_key68xu9ks5p4i8shop_cipherROW_xkMbgAAAeVAQra0eZWebFQq5aIKtimestamp1696909648{body}s"
    );
    let expected = hmac::sha256_hex(b"s", &[text.as_bytes()]);
    assert_eq!(sign::signature("s", "/event/202309/webhooks", &query, body), expected);
}

fn read(body: &str) -> Vec<NoticeOrReason> {
    let world = world();
    let door = testing::door(&world.shop, &world.connection, &world.secrets);
    TikTok.read_webhook(&door, &testing::request(&[], body.as_bytes()))
}

/// A push of our shop.
fn push(kind: Value, data: Value) -> Vec<NoticeOrReason> {
    read(&json!({"type": kind, "shop_id": "7495540735365777507", "timestamp": 1, "data": data}).to_string())
}

fn changed(id: &str) -> NoticeOrReason {
    Ok(Notice::OrderChanged { order: OrderId::new(id).unwrap() })
}

fn nothing(topic: &str) -> NoticeOrReason {
    Ok(Notice::Nothing { topic: topic.to_owned() })
}

fn unreadable(detail: &str) -> Vec<NoticeOrReason> {
    vec![Err(ParkReason::Unreadable { detail: detail.to_owned() })]
}

#[test]
fn pushes_name_orders() {
    assert_eq!(read(PUSH), [changed("576653688135258178")]);
    let data = || json!({"order_id": "576486316948490001", "update_time": 1644412885});
    for kind in [1, 2, 3, 11, 12, 64, 68] {
        assert_eq!(push(json!(kind), data()), [changed("576486316948490001")], "{kind}");
    }
    assert_eq!(
        push(json!("1"), json!({"order_id": 576486316948490001_u64})),
        [changed("576486316948490001")]
    );
    let packages = json!({"sc_type": "COMBINE", "package_list": [
        {"package_id": "123456", "order_id_list": ["532123", "152523"]},
        {"package_id": "123457", "order_id_list": ["152523"]},
    ]});
    assert_eq!(push(json!(4), packages), [changed("152523"), changed("532123")]);
}

#[test]
fn what_concerns_no_order_is_set_aside() {
    let alert = json!({"product_id": "1", "sku_id": "2", "current_inventory_status": "LOW_STOCK"});
    assert_eq!(push(json!(27), alert), [nothing("type 27")]);
    for kind in [5, 6, 7, 13, 36, 67, 999] {
        assert_eq!(push(json!(kind), json!({"title": "x"})), [nothing(&format!("type {kind}"))]);
        assert_eq!(push(json!(kind), json!(null)), [nothing(&format!("type {kind}"))]);
    }
}

#[test]
fn a_push_that_says_too_little_names_the_field() {
    assert_eq!(push(json!(1), json!({})), unreadable("data.order_id: is missing"));
    assert_eq!(push(json!(1), json!(null)), unreadable("data: is not an object of the documented kind"));
    assert_eq!(push(json!(null), json!({})), unreadable("type: is missing"));
    assert_eq!(push(json!(4), json!({"order_id": "1"})), unreadable("data.package_list: is missing"));
    let field = "data.package_list.order_id_list: is missing";
    assert_eq!(push(json!(4), json!({"package_list": []})), unreadable(field));
    assert_eq!(push(json!(4), json!({"package_list": [{}]})), unreadable(field));
}

#[test]
fn a_push_of_another_shop_is_refused() {
    let other = r#"{"type":1,"shop_id":"7495274531001436791","data":{"order_id":"1"}}"#;
    assert_eq!(read(other), unreadable("shop_id: is not this connection's shop"));
    assert_eq!(read(r#"{"type":1,"data":{"order_id":"1"}}"#), unreadable("shop_id: is missing"));
    // Learned with the login, the number counts as well; where nobody knows it, the signature must do.
    let mut world = world();
    world.connection.account.remove("shop_id");
    let read = |secrets: &Secrets| {
        let door = testing::door(&world.shop, &world.connection, secrets);
        TikTok.read_webhook(&door, &testing::request(&[], other.as_bytes()))
    };
    assert_eq!(read(&world.secrets), [changed("1")]);
    let learned = testing::secrets(&[("account.shop_id", "1")]);
    assert_eq!(read(&learned), unreadable("shop_id: is not this connection's shop"));
}

#[test]
fn hostile_pushes_are_refused_or_set_aside() {
    for body in testing::hostile_bodies() {
        let world = world();
        let door = testing::door(&world.shop, &world.connection, &world.secrets);
        for notice in TikTok.read_webhook(&door, &testing::request(&[], &body)) {
            assert!(!matches!(notice, Ok(Notice::Order(_) | Notice::OrderChanged { .. })));
        }
    }
    let long = "9".repeat(5_000);
    assert!(push(json!(1), json!({"order_id": long}))[0].is_err());
}

fn order(change: impl Fn(&mut Value)) -> Result<ChannelOrder, String> {
    let mut value: Value = serde_json::from_str(ORDER).unwrap();
    change(&mut value);
    orders::read_order(value, None).map_err(|e| e.to_string())
}

#[test]
fn the_live_sample_is_read_whole() {
    let order = order(|_| ()).unwrap();
    assert_eq!(order.id.as_str(), "577958834469439754");
    assert_eq!(order.status, Status::Cancelled);
    assert_eq!(order.departure, Departure::Unknown, "its parcel was arranged, and nobody says where it is");
    assert_eq!(order.source_time.as_second(), 1_696_306_119);
    assert_eq!(order.created_at.as_second(), 1_695_873_653);
    assert_eq!((order.total.amount_minor, order.total.currency.code()), (657_000, "VND"));
    let [line] = order.lines.as_slice() else { panic!("{:?}", order.lines) };
    assert_eq!(line.listing.as_str(), "1729700293904403063:1729700293904534135");
    assert_eq!(line.id.as_str(), "1729700293904534135");
    assert_eq!((line.quantity, line.cancelled, line.unit_price_minor), (1, 0, 168_000));
}

/// A row of an order that waits for shipment.
fn unit(sku: &str, price: &str) -> Value {
    json!({"product_id": "1", "sku_id": sku, "sale_price": price, "display_status": "AWAITING_SHIPMENT",
        "package_id": "9", "package_status": "TO_FULFILL", "is_gift": false, "combined_listing_skus": []})
}

fn with_units(units: &Value) -> Result<ChannelOrder, String> {
    order(|o| {
        o["status"] = json!("AWAITING_SHIPMENT");
        o["tracking_number"] = json!(null);
        o["line_items"] = units.clone();
    })
}

fn lines(order: &ChannelOrder) -> Vec<(&str, u32, u32, i64)> {
    let line = |l: &commerce::order::ChannelLine| (l.quantity, l.cancelled, l.unit_price_minor);
    order.lines.iter().map(|l| (l.id.as_str(), line(l).0, line(l).1, line(l).2)).collect()
}

#[test]
fn rows_are_put_together_to_lines() {
    let mut gift = unit("11", "0");
    gift["is_gift"] = json!(true);
    let mut off = unit("11", "199000");
    off["display_status"] = json!("CANCELLED");
    let rows = [unit("11", "199000"), unit("12", "50000.00"), off, unit("11", "198000"), gift];
    let read = with_units(&json!(rows)).unwrap();
    assert_eq!(lines(&read), [("11", 3, 1, 199_000), ("11:gift", 1, 0, 0), ("12", 1, 0, 50_000)]);
    assert_eq!(read.departure, Departure::Stayed);
    let mut turned: Vec<Value> = rows.to_vec();
    turned.reverse();
    assert_eq!(
        with_units(&json!(turned)).unwrap().digest(),
        read.digest(),
        "the order of rows plays no part"
    );
}

#[test]
fn a_bundle_takes_its_parts() {
    let mut bundle = unit("77", "300000");
    bundle["combined_listing_skus"] = json!([
        {"product_id": "1", "sku_id": "11", "sku_count": 2, "seller_sku": "AO"},
        {"product_id": "2", "sku_id": "21", "sku_count": 1, "seller_sku": "MU"},
    ]);
    let read = with_units(&json!([bundle, unit("11", "199000"), bundle])).unwrap();
    let units: Vec<(&str, u32)> = read.lines.iter().map(|l| (l.listing.as_str(), l.quantity)).collect();
    assert_eq!(units, [("1:11", 5), ("2:21", 2)]);
    assert_eq!(lines(&read)[0].3, 199_000, "a price that is told is kept");
}

#[test]
fn a_bad_order_names_the_field() {
    let error = with_units(&json!("none")).unwrap_err();
    assert_eq!(error, "line_items: must be a list");
    assert_eq!(with_units(&json!([{"sku_id": "1"}])).unwrap_err(), "line_items.sale_price: is missing");
    let error = with_units(&json!([{"sku_id": "1", "sale_price": "1"}])).unwrap_err();
    assert_eq!(error, "line_items.product_id: is missing");
    let error = with_units(&json!([unit("1", "199000.5")])).unwrap_err();
    assert!(error.starts_with("line_items.sale_price: must be an amount in whole minor units"), "{error}");
    let mut bundle = unit("1", "1");
    bundle["combined_listing_skus"] = json!([{"product_id": "1", "sku_id": "1", "sku_count": -1}]);
    assert!(with_units(&json!([bundle])).unwrap_err().starts_with("combined_listing_skus.sku_count: "));
    assert_eq!(order(|o| o["payment"] = json!({})).unwrap_err(), "payment.currency: is missing");
}

#[test]
fn statuses_are_translated_and_never_guessed() {
    for (raw, expected) in [
        ("UNPAID", Status::Pending),
        ("ON_HOLD", Status::Pending),
        ("AWAITING_SHIPMENT", Status::Confirmed),
        ("PARTIALLY_SHIPPING", Status::ReadyToShip),
        ("AWAITING_COLLECTION", Status::ReadyToShip),
        ("IN_TRANSIT", Status::Shipped),
        ("DELIVERED", Status::Delivered),
        ("COMPLETED", Status::Completed),
        ("CANCEL", Status::Cancelled),
        ("CANCELLED", Status::Cancelled),
        ("ON_THE_MOON", Status::Unknown("ON_THE_MOON".into())),
        ("cancelled", Status::Unknown("cancelled".into())),
    ] {
        assert_eq!(orders::status(raw), expected, "{raw}");
    }
    assert!(orders::status("ON_HOLD").is_open(), "an order on hold holds its units");
}

#[test]
fn a_cancel_frees_units_only_when_no_parcel_moved() {
    let cancelled = |change: &dyn Fn(&mut Value)| {
        let read = order(|o| {
            o["tracking_number"] = json!(null);
            o["line_items"][0]["tracking_number"] = json!(null);
            change(o);
        });
        let read = read.unwrap();
        (read.departure, read.lines[0].cancelled)
    };
    let status =
        |status: &'static str| move |o: &mut Value| o["line_items"][0]["package_status"] = json!(status);
    assert_eq!(cancelled(&|_| ()), (Departure::Stayed, 1), "shipment was never arranged");
    assert_eq!(cancelled(&|o| o["line_items"][0]["rts_time"] = json!(0)), (Departure::Stayed, 1));
    assert_eq!(cancelled(&|o| o["line_items"][0]["rts_time"] = json!(1)), (Departure::Unknown, 0));
    assert_eq!(cancelled(&|o| o["rts_time"] = json!(1)), (Departure::Unknown, 0));
    assert_eq!(cancelled(&status("PROCESSING")), (Departure::Stayed, 1));
    assert_eq!(cancelled(&status("FULFILLING")), (Departure::Left, 0));
    assert_eq!(cancelled(&status("CANCELLED")), (Departure::Stayed, 1), "never arranged, so not lost");
    let lost = |o: &mut Value| {
        o["rts_time"] = json!(1);
        o["line_items"][0]["package_status"] = json!("CANCELLED");
    };
    assert_eq!(cancelled(&lost), (Departure::Unknown, 0));
    assert_eq!(cancelled(&|o| o["collection_time"] = json!(1_695_900_000)), (Departure::Left, 0));
    assert_eq!(cancelled(&|o| o["status"] = json!("IN_TRANSIT")).0, Departure::Left);
}

#[test]
fn codes_say_what_next() {
    let kind = |code: i64, message: &str| errors::from_code(code, message, None).kind;
    assert_eq!(kind(36_009_002, "Too many requests"), ErrorKind::RateLimited);
    assert_eq!(kind(36_009_003, ""), ErrorKind::Unavailable);
    assert_eq!(kind(36_009_007, ""), ErrorKind::Unavailable);
    assert_eq!(kind(105_002, "Expired credentials"), ErrorKind::LoginExpired);
    assert_eq!(kind(36_009_004, "Invalid access_token"), ErrorKind::LoginExpired);
    assert_eq!(kind(36_009_004, "Invalid timestamp"), ErrorKind::Misconfigured);
    assert_eq!(kind(36_009_004, "Invalid app_key"), ErrorKind::Misconfigured);
    assert_eq!(kind(36_009_004, "page_size must be in [1,100]"), ErrorKind::Refused);
    for code in [106_001, 105_005, 106_013, 36_009_033] {
        assert_eq!(kind(code, ""), ErrorKind::Misconfigured, "{code}");
    }
    assert_eq!(kind(12_052_032, ""), ErrorKind::NotFound);
    let reserved = "The stock is less than the stock reserved for a campaign";
    assert_eq!([kind(12_052_990, reserved), kind(12_052_097, reserved)], [ErrorKind::Locked; 2]);
    assert_eq!(kind(25_001_021, reserved), ErrorKind::Refused, "only of stock");
    for code in [12_052_990, 12_052_097, 12_019_028, 25_001_021, 36_004_004, 99_999_999] {
        let error = errors::from_code(code, "", None);
        assert_eq!((error.kind, error.next), (ErrorKind::Refused, Next::Park), "{code}");
    }
}

/// Runs against a stand-in server.
async fn with_session<T>(server: &Server, run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    in_world(server, world(), run).await
}

async fn in_world<T>(server: &Server, mut world: World, run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    world.connection.base_url = Some(server.url.clone());
    let (http, clock) = (testing::http(), testing::clock());
    let (shop, connection, secrets) = (&world.shop, &world.connection, &world.secrets);
    run(Session { shop, connection, secrets, http: &http, clock: &clock, token: None }).await
}

/// What TikTok Shop answers when all is well.
fn success(data: &Value) -> (u16, String) {
    (200, json!({"code": 0, "message": "Success", "request_id": "r", "data": data}).to_string())
}

fn refusal(code: i64, message: &str) -> (u16, String) {
    (200, json!({"code": code, "message": message, "request_id": "r"}).to_string())
}

fn listing(id: &str) -> ListingId {
    ListingId::new(id).unwrap()
}

fn order_id(id: &str) -> OrderId {
    OrderId::new(id).unwrap()
}
