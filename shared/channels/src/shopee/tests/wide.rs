//! Checks of lists, lost pushes, logins, shipments and the account against Shopee's published messages.

use super::*;
use crate::account::Subscription;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::login::{Grant, LinkAsk};
use crate::paging::{Cursor, Window};
use commerce::Timestamp;
use secrecy::ExposeSecret;
use std::time::Duration;

fn answer(response: &Value) -> (u16, String) {
    (200, json!({ "error": "", "message": "", "response": response }).to_string())
}

/// A promotion is told by a code of its own, by the words of another, or only in the reason of one model.
#[test]
fn what_a_promotion_holds_is_waited_for() {
    const RESERVED: &str = "Stock should be larger than reserved stock.";
    let locks = [
        errors::from_code("error_cannt_edit_stock_in_promotion", ""),
        errors::from_code("error_auth", RESERVED),
        errors::from_code("error_param", RESERVED),
        errors::from_reason(RESERVED),
        errors::from_reason("Normal_stock cannot be edited when item is under promotion."),
    ];
    let waits = Next::Wait(Duration::from_secs(600));
    assert!(locks.iter().all(|error| (error.kind, error.next) == (ErrorKind::Locked, waits)), "{locks:?}");
    let holiday = errors::from_code("error_auth", "Can not change stock in holiday mode.");
    assert_eq!([holiday.kind, errors::from_reason("Wrong model_id.").kind], [ErrorKind::Refused; 2]);
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_page_of_numbers_is_a_page_of_orders_to_ask_for() {
    let server = Server::start(|_| {
        let rows =
            json!([{ "order_sn": "A1", "booking_sn": "" }, { "order_sn": 7 }, { "booking_sn": "B" }, "?"]);
        answer(&json!({ "more": true, "next_cursor": "20", "order_list": rows }))
    });
    let window = Window { from: at("2026-11-07T00:00:00.5Z"), to: at("2026-11-22T00:00:00Z") };
    let cursor = Cursor("10".to_owned());
    let page =
        with_session(&server, async |session| Shopee.list_orders(&session, window, Some(&cursor)).await);
    let page = page.await.unwrap();
    assert_eq!(page.next, Some(Cursor("20".to_owned())));
    assert_eq!((page.rows[0].clone(), page.rows[1].clone()), (changed("A1"), changed("7")));
    assert!(page.rows[2].is_err() && page.rows[3].is_err());
    let call = server.calls().remove(0);
    assert_eq!(call.query("time_range_field"), Some("update_time"));
    assert_eq!(call.query("time_from"), Some(window.from.as_second().to_string().as_str()));
    assert_eq!(
        call.query("time_to"),
        Some((window.to.as_second() - 1).to_string().as_str()),
        "its end is not in it"
    );
    assert_eq!((call.query("page_size"), call.query("cursor")), (Some("100"), Some("10")));
}

#[tokio::test]
async fn a_page_that_promises_more_and_names_no_place_is_not_the_end() {
    let server = Server::start(|_| answer(&json!({ "more": true, "next_cursor": "", "order_list": [] })));
    let window = Window { from: at("2026-11-21T00:00:00Z"), to: at("2026-11-22T00:00:00Z") };
    let page = with_session(&server, async |session| Shopee.list_orders(&session, window, None).await).await;
    assert_eq!(page.unwrap_err().kind, ErrorKind::Unreadable);
}

async fn pull(messages: Value, taken: Option<&str>) -> (crate::paging::Pulled, Vec<Call>) {
    let body = json!({ "push_message_list": messages, "has_next_page": true, "last_message_id": 176_610 });
    let server = Server::start(move |_| answer(&body));
    let taken = taken.map(|receipt| Cursor(receipt.to_owned()));
    let pulled =
        with_session(&server, async |session| Shopee.pull_events(&session, taken.as_ref()).await).await;
    (pulled.unwrap(), server.calls())
}

fn lost(shop: u64, data: &Value) -> Value {
    json!({ "shop_id": shop, "code": 3, "timestamp": 1, "data": data })
}

#[tokio::test]
async fn a_lost_push_is_read_as_text_and_as_object_and_taken_by_its_receipt() {
    let push: Value = serde_json::from_str(PUSH).unwrap();
    let (ours, text) = (137_637_267, Value::from(PUSH));
    let (pulled, calls) =
        pull(json!([lost(ours, &text), lost(ours, &push), lost(ours, &json!("{"))]), None).await;
    assert_eq!(
        (pulled.notices[0].clone(), pulled.notices[1].clone()),
        (changed("2503119YA2XB8B"), changed("2503119YA2XB8B"))
    );
    assert!(pulled.notices[2].is_err());
    assert_eq!((pulled.receipt.clone(), pulled.has_more), (Some(Cursor("176610".to_owned())), true));
    assert_eq!((calls.len(), calls[0].query("access_token")), (1, None), "the app asks, not the shop");
    let base = "1000639/api/v2/push/get_lost_push_message1795316400";
    let sign = hmac::sha256_hex(b"new key", &[base.as_bytes()]).unwrap();
    assert_eq!(calls[0].query("sign"), Some(sign.as_str()));
    let (_, calls) = pull(json!([lost(ours, &push)]), Some("176610")).await;
    assert_eq!(calls[0].path(), "/api/v2/push/confirm_consumed_lost_push_message");
    assert_eq!(calls[0].body, r#"{"last_message_id":176610}"#);
}

#[tokio::test]
async fn what_another_shop_of_the_app_has_missed_is_not_taken_from_it() {
    let push: Value = serde_json::from_str(PUSH).unwrap();
    let (pulled, _) = pull(json!([lost(1, &push), lost(137_637_267, &push)]), None).await;
    assert_eq!(pulled.notices, [changed("2503119YA2XB8B")]);
    assert_eq!((pulled.receipt, pulled.has_more), (None, false));
    let (pulled, _) = pull(json!([]), None).await;
    assert_eq!((pulled.notices.len(), pulled.receipt), (0, None));
}

#[tokio::test]
async fn items_and_their_variations_are_listed_with_what_is_locked() {
    let server = Server::start(|call| {
        let info = json!({ "summary_info": { "total_available_stock": 9, "total_reserved_stock": 4 } });
        match call.path() {
            "/api/v2/product/get_item_list" => answer(
                &json!({ "item": [{ "item_id": 1 }, { "item_id": 2 }, {}], "has_next_page": true, "next_offset": 10 }),
            ),
            "/api/v2/product/get_item_base_info" => answer(&json!({ "item_list": [
                { "item_id": 1, "item_name": "Mũ", "item_sku": "MU", "item_status": "UNLIST", "has_model": false,
                  "gtin_code": "00", "stock_info_v2": info },
                { "item_id": 2, "item_name": "Áo", "item_status": "NORMAL", "has_model": true },
            ] })),
            _ => answer(&json!({ "model": [
                { "model_id": 21, "model_sku": "AO-M", "model_name": "M", "model_status": "MODEL_NORMAL", "stock_info_v2": info },
                { "model_id": 22, "model_status": "MODEL_UNAVAILABLE", "stock_info_v2": info },
                { "model_sku": "?" },
            ] })),
        }
    });
    let page =
        with_session(&server, async |session| Shopee.list_listings(&session, None).await).await.unwrap();
    assert_eq!((page.rows.len(), page.next), (5, Some(Cursor("10".to_owned()))));
    let rows: Vec<_> = page.rows.iter().flatten().collect();
    assert_eq!((rows[0].id.as_str(), rows[0].barcode.as_deref(), rows[0].is_active), ("1:0", None, false));
    assert_eq!(
        (rows[1].id.as_str(), rows[1].sku.as_deref(), rows[1].title.as_str()),
        ("2:21", Some("AO-M"), "Áo / M")
    );
    assert_eq!((rows[1].shown, rows[1].locked, rows[1].is_active), (Some(9), 4, true));
    assert!(!rows[2].is_active && rows.len() == 3);
    assert_eq!(server.calls()[1].query("item_id_list"), Some("1%2C2"));
}

#[tokio::test]
async fn the_grant_page_is_shopees_own_unless_a_stand_in_is_named() {
    let ask = LinkAsk { redirect_url: "https://hub.vn/logins/callback", state: "s 1" };
    let link = async |base: Option<&str>| {
        let server = Server::start(|_| (200, String::new()));
        with_session(&server, async |session| {
            let mut connection = session.connection.clone();
            connection.base_url = base.map(str::to_owned);
            Shopee.grant_link(&Session { connection: &connection, ..session.clone() }, &ask).unwrap()
        })
        .await
    };
    let query = "/auth?partner_id=1000639&auth_type=seller&redirect_uri=https%3A%2F%2Fhub.vn%2Flogins%2Fcallback&response_type=code&state=s%201";
    for (base, page) in [
        (None, "https://open.shopee.com"),
        (Some("https://openplatform.shopee.cn"), "https://open.shopee.com"),
        (
            Some("https://openplatform.sandbox.test-stable.shopee.sg"),
            "https://open.sandbox.test-stable.shopee.com",
        ),
        (Some("http://127.0.0.1:9"), "http://127.0.0.1:9"),
        (Some("https://stand-in.example/"), "https://stand-in.example"),
    ] {
        assert_eq!(link(base).await, format!("{page}{query}"));
    }
}

const TOKENS: &str = r#"{"refresh_token":"R2","access_token":"A2","expire_in":14312,"request_id":"x","error":"","message":""}"#;

async fn redeem(
    query: &[(&str, &str)],
    status: u16,
    body: &'static str,
) -> (Result<crate::login::Tokens, ChannelError>, Vec<Call>) {
    let server = Server::start(move |_| (status, body.to_owned()));
    let query: Vec<(String, String)> =
        query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let grant = Grant { redirect_url: "https://hub.vn/logins/callback", query: &query };
    let tokens = with_session(&server, async |session| Shopee.redeem_grant(&session, &grant).await).await;
    (tokens, server.calls())
}

#[tokio::test]
async fn a_code_becomes_tokens_and_the_shops_number() {
    let query = [("code", "C"), ("shop_id", "137637267"), ("state", "s")];
    let (tokens, calls) = redeem(&query, 200, TOKENS).await;
    let tokens = tokens.ok().unwrap();
    assert_eq!((tokens.access.expose_secret(), tokens.refresh.unwrap().expose_secret()), ("A2", "R2"));
    assert_eq!(tokens.access_expires_at.unwrap().as_second(), 1_795_316_400 + 14_312);
    assert_eq!(tokens.refresh_expires_at.unwrap().as_second(), 1_795_316_400 + 30 * 86_400);
    assert_eq!(tokens.account["shop_id"], "137637267");
    assert_eq!(calls[0].path(), "/api/v2/auth/token/get");
    let body: Value = serde_json::from_str(&calls[0].body).unwrap();
    assert_eq!(body, json!({ "code": "C", "partner_id": 1_000_639, "shop_id": 137_637_267 }));
}

#[tokio::test]
async fn a_grant_of_another_shop_or_of_none_is_refused_unasked() {
    for query in [
        [("code", "C"), ("shop_id", "1")],
        [("code", "C"), ("main_account_id", "5")],
        [("code", "C"), ("state", "s")],
        [("shop_id", "137637267"), ("state", "s")],
    ] {
        let (tokens, calls) = redeem(&query, 200, TOKENS).await;
        assert!(tokens.is_err() && calls.is_empty(), "{query:?}");
    }
    let query = [("code", "C"), ("shop_id", "137637267")];
    let used = r#"{"error":"invalid_code","message":"The code is expired or used or invalid."}"#;
    assert_eq!(redeem(&query, 200, used).await.0.err().unwrap().kind, ErrorKind::Refused);
    let lost = redeem(&query, 502, "").await.0.err().unwrap();
    assert!(lost.is_ambiguous(), "the code may be used up");
}

#[tokio::test]
async fn a_refresh_token_that_is_refused_needs_a_person() {
    let renew = async |body: &'static str| {
        let server = Server::start(move |_| (200, body.to_owned()));
        let secrets = testing::secrets(&[
            ("partner_key", "new key"),
            ("refresh_token", "R1"),
            ("account.shop_id", "5"),
        ]);
        let connection = testing::connection("shopee", &[("partner_id", "1000639")]);
        let result = with_session(&server, async |session| {
            let connection = Connection { base_url: session.connection.base_url.clone(), ..connection };
            Shopee
                .renew_login(&Session { connection: &connection, secrets: &secrets, ..session.clone() })
                .await
        });
        (result.await, server.calls())
    };
    let (tokens, calls) = renew(TOKENS).await;
    assert_eq!(tokens.ok().unwrap().access.expose_secret(), "A2");
    let body: Value = serde_json::from_str(&calls[0].body).unwrap();
    assert_eq!((&body["refresh_token"], &body["shop_id"]), (&json!("R1"), &json!(5)), "the learned number");
    let (refused, _) = renew(r#"{"error":"error_auth","message":"Invalid refresh_token."}"#).await;
    let refused = refused.err().unwrap();
    assert_eq!((refused.kind, refused.next), (ErrorKind::Refused, Next::Park));
}

async fn carry(
    kind: NewsKind,
    reason: Option<&str>,
    parameter: Value,
    account: &[(&str, &str)],
) -> (Result<(), ChannelError>, Vec<Call>) {
    let server = Server::start(move |call| match call.path() {
        "/api/v2/logistics/get_shipping_parameter" => answer(&parameter),
        "/api/v2/order/get_order_detail" => {
            let order: Value = serde_json::from_str(ORDER).unwrap();
            answer(&json!({ "order_list": [order] }))
        }
        _ => answer(&json!({})),
    });
    let news = OrderNews {
        order: OrderId::new("2404098R48U37H").unwrap(),
        kind,
        carrier: None,
        tracking_number: Some("VN1".to_owned()),
        reason: reason.map(str::to_owned),
        lines: Vec::new(),
    };
    let result = with_session(&server, async |session| {
        let mut connection = session.connection.clone();
        connection.account.extend(account.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        Shopee.carry_status(&Session { connection: &connection, ..session.clone() }, &news).await
    });
    (result.await, server.calls())
}

fn shipped(calls: &[Call]) -> Value {
    serde_json::from_str(&calls.last().unwrap().body).unwrap()
}

#[tokio::test]
async fn a_shipment_is_arranged_with_what_it_needs() {
    let place = |id: u32, flag: &str| {
        json!({ "address_id": id, "address_flag": [flag], "time_slot_list": [
        { "pickup_time_id": "early" }, { "pickup_time_id": "best", "flags": ["recommended"] },
    ] })
    };
    let pickup = json!({ "info_needed": { "pickup": ["address_id", "pickup_time_id"], "dropoff": [] },
        "pickup": { "address_list": [place(1, "return_address"), place(2, "pickup_address")] } });
    let (result, calls) = carry(NewsKind::ReadyToShip, None, pickup.clone(), &[]).await;
    assert!(result.is_ok());
    let order = "2404098R48U37H";
    assert_eq!(
        shipped(&calls),
        json!({ "order_sn": order, "pickup": { "address_id": 2, "pickup_time_id": "best" } })
    );
    let chosen = [("pickup_address_id", "1")];
    let (_, calls) = carry(NewsKind::ReadyToShip, None, pickup.clone(), &chosen).await;
    assert_eq!(shipped(&calls)["pickup"]["address_id"], 1);
    let (_, calls) = carry(NewsKind::ReadyToShip, None, pickup, &[("ship_by", "dropoff")]).await;
    assert_eq!(shipped(&calls)["dropoff"], json!({}), "named although it is empty");
    let own = json!({ "info_needed": { "non_integrated": ["tracking_no"] } });
    let (_, calls) = carry(NewsKind::ReadyToShip, None, own, &[]).await;
    assert_eq!(shipped(&calls)["non_integrated"], json!({ "tracking_number": "VN1" }));
    let branch = json!({ "info_needed": { "dropoff": ["branch_id"] } });
    let (result, _) = carry(NewsKind::ReadyToShip, None, branch, &[]).await;
    assert_eq!(result.unwrap_err().kind, ErrorKind::Misconfigured);
    let (result, calls) = carry(NewsKind::ReadyToShip, None, json!({ "info_needed": {} }), &[]).await;
    assert_eq!((result.unwrap_err().kind, calls.len()), (ErrorKind::Refused, 1));
}

#[tokio::test]
async fn a_cancel_names_what_ran_out_and_other_news_is_not_shopees() {
    let (result, calls) = carry(NewsKind::Cancelled, None, json!({}), &[]).await;
    assert!(result.is_ok());
    let items = json!([{ "item_id": 23_620_853_561_u64, "model_id": 221_404_189_791_u64 }]);
    assert_eq!(
        (&shipped(&calls)["cancel_reason"], &shipped(&calls)["item_list"]),
        (&json!("OUT_OF_STOCK"), &items)
    );
    let (_, calls) = carry(NewsKind::Cancelled, Some("CUSTOMER_REQUEST"), json!({}), &[]).await;
    assert_eq!((calls.len(), shipped(&calls).get("item_list")), (1, None));
    for kind in [NewsKind::Accepted, NewsKind::Shipped, NewsKind::Delivered] {
        let (result, calls) = carry(kind, None, json!({}), &[]).await;
        assert_eq!((result.unwrap_err().kind, calls.len()), (ErrorKind::Unsupported, 0));
    }
    assert_eq!(errors::from_code("error_limit", "Can not cancel this order").kind, ErrorKind::Refused);
    let daily = "The total API call number made by your APP has reached the daily API call limit";
    assert_eq!(errors::from_code("error_limit", daily).kind, ErrorKind::RateLimited);
}

async fn inspected(config: Value) -> crate::account::AccountReport {
    let server = Server::start(move |call| match call.path() {
        "/api/v2/shop/get_shop_info" => (200, r#"{"error":"","message":"","shop_name":"Lan"}"#.to_owned()),
        "/api/v2/shop/get_warehouse_detail" => {
            (200, r#"{"error":"warehouse.error_not_in_whitelist","message":"no","response":null}"#.to_owned())
        }
        _ => answer(&config),
    });
    with_session(&server, async |session| Shopee.inspect_account(&session).await).await.unwrap()
}

#[tokio::test]
async fn the_account_tells_whether_pushes_come() {
    let config = |status: &str, url: &str, on: Value| json!({ "live_push_status": status, "callback_url": url, "push_config_on_list": on, "blocked_shop_id": [1] });
    let report = inspected(config("Normal", URL, json!([1, 3, 4, 8]))).await;
    assert_eq!((report.name.as_deref(), report.locations), (Some("Lan"), None));
    assert_eq!(report.subscription, Subscription::Active);
    let missing =
        |topics: &[&str]| Subscription::Missing { topics: topics.iter().map(|t| (*t).to_owned()).collect() };
    assert_eq!(inspected(config("Warning", URL, json!([3]))).await.subscription, missing(&["4", "8"]));
    let elsewhere = config("Normal", "https://other.vn", json!([3, 4, 8]));
    assert_eq!(inspected(elsewhere).await.subscription, missing(&["3", "4", "8"]));
    assert_eq!(inspected(config("suspended", URL, json!([3]))).await.subscription, Subscription::Suspended);
    // To wake another's address would replace it by ours.
    let others = config("suspended", "https://other.vn", json!([3]));
    assert_eq!(inspected(others).await.subscription, missing(&["3", "4", "8"]));
}

#[tokio::test]
async fn a_subscription_sets_the_one_address_of_the_app() {
    let server = Server::start(|_| answer(&json!({ "result": "success" })));
    with_session(&server, async |session| Shopee.subscribe_webhooks(&session, URL).await).await.unwrap();
    let body: Value = serde_json::from_str(&server.calls()[0].body).unwrap();
    assert_eq!(body, json!({ "callback_url": URL, "set_push_config_on": [3, 4, 8] }));
    let refusing = Server::start(|_| answer(&json!({ "result": "failed" })));
    let result =
        with_session(&refusing, async |session| Shopee.subscribe_webhooks(&session, URL).await).await;
    assert_eq!(result.unwrap_err().kind, ErrorKind::Refused);
}

#[test]
fn units_that_come_back_have_left_and_are_not_cancelled() {
    let cancelled = |fields: Value| {
        let order = order(|o| {
            let item = o["item_list"][0].as_object_mut().unwrap();
            item.insert("model_quantity_purchased".to_owned(), json!(5));
            item.extend(fields.as_object().unwrap().clone());
        });
        order.unwrap().lines[0].cancelled
    };
    assert_eq!(cancelled(json!({ "cancelled_qty": 2 })), 2);
    assert_eq!(cancelled(json!({ "active_qty": 3 })), 2);
    assert_eq!(
        cancelled(
            json!({ "active_qty": 1, "return_requested_qty": 1, "returned_qty": 2, "cancel_requested_qty": 1 })
        ),
        0
    );
    assert_eq!(cancelled(json!({})), 0);
}
