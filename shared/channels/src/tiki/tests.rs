//! Checks of the Tiki connector against answers of the live API and the documents' samples.

mod logins;
mod stock;

use super::{Tiki, orders};
use crate::channel::{Channel, Notice, Session, Verdict};
use crate::error::{ErrorKind, Next};
use crate::paging::{Cursor, Window};
use crate::testing::{self, Call, Server};
use commerce::ids::OrderId;
use commerce::order::Departure;
use commerce::status::Status;
use serde_json::{Value, json};

/// A cancelled order as the live API told it in 2023, without the buyer.
fn order() -> Value {
    json!({
        "id": 176_788_292, "code": "216045310", "fulfillment_type": "dropship", "status": "canceled",
        "items": [{
            "id": 281_705_021,
            "product": { "id": 248_956_418, "master_id": 248_956_417, "sku": "7121107567807", "seller_product_code": "" },
            "confirmation": { "status": "waiting", "available_confirm_sla": "2023-04-05 12:00:00" },
            "price": 150_000, "qty": 2,
            "invoice": { "price": 150_000, "quantity": 2, "subtotal": 300_000, "row_total": 300_000 },
        }],
        "status_histories": [
            { "id": 2_124_969_183, "status": "processing", "created_at": "2023-04-04 16:39:15" },
            { "id": 2_124_971_850, "status": "queueing", "created_at": "2023-04-04 16:44:32" },
            { "id": 2_124_982_136, "status": "canceled", "created_at": "2023-04-04 17:03:26" },
        ],
        "created_at": "2023-04-04 16:39:15", "updated_at": "2023-04-04 17:03:26",
        "shipping": { "tracking_code": null, "status": null },
        "cancel_info": { "reason_code": "201", "reason_text": "Không còn nhu cầu" },
        "invoice": { "items_count": 1, "subtotal": 300_000, "grand_total": 300_000 },
    })
}

async fn with_session<T>(url: &str, account: &[(&str, &str)], run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    let shop = testing::shop();
    let account = [account, &[("client_id", "7590139168389961")]].concat();
    let mut connection = testing::connection("tiki", &account);
    connection.base_url = Some(url.to_owned());
    let secrets =
        testing::secrets(&[("client_secret", "s&cret"), ("access_token", "SELLER"), ("refresh_token", "R1")]);
    let (http, clock) = (testing::http(), testing::clock());
    let (shop, connection, secrets) = (&shop, &connection, &secrets);
    run(Session { shop, connection, secrets, http: &http, clock: &clock, token: None }).await
}

const HOUSE: &[(&str, &str)] = &[("warehouse_id", "159368"), ("queue_code", "Q 1")];

/// Answers logins of the app as Tiki does, everything else as told.
fn server(answer: impl Fn(&Call) -> (u16, Value) + Send + Sync + 'static) -> Server {
    Server::start(move |call| match call.path() {
        "/sc/oauth2/token" => (200, json!({ "access_token": "APP", "expires_in": 3599 }).to_string()),
        _ => {
            let (status, body) = answer(call);
            (status, body.to_string())
        }
    })
}

#[test]
fn whoever_knocks_is_refused() {
    let (shop, connection, secrets) =
        (testing::shop(), testing::connection("tiki", HOUSE), testing::secrets(&[("client_secret", "s")]));
    let door = testing::door(&shop, &connection, &secrets);
    for body in testing::hostile_bodies() {
        let request = testing::request(&[("authorization", "0"), ("x-hub-signature", "1")], &body);
        assert!(matches!(Tiki.verify_webhook(&door, &request), Verdict::Refused { .. }));
        assert!(Tiki.read_webhook(&door, &request).is_empty());
    }
}

#[test]
fn a_live_order_is_read() {
    let read = orders::read_order(order(), None).unwrap();
    assert_eq!((read.id.as_str(), read.status.clone()), ("216045310", Status::Cancelled));
    // Half past four in the afternoon in Việt Nam.
    assert_eq!(read.created_at.to_string(), "2023-04-04T09:39:15Z");
    assert_eq!(read.source_time.to_string(), "2023-04-04T10:03:26Z");
    assert_eq!((read.total.amount_minor, read.total.currency.code()), (300_000, "VND"));
    let line = &read.lines[0];
    assert_eq!((line.id.as_str(), line.listing.as_str()), ("281705021", "248956418"));
    assert_eq!((line.quantity, line.cancelled, line.unit_price_minor), (2, 0, 150_000));
    assert_eq!(read.departure, Departure::Stayed, "its history shows that it never moved");
}

#[test]
fn units_and_price_stand_twice_and_a_line_out_of_stock_is_cancelled() {
    let mut told = order();
    told["items"][0]["confirmation"]["status"] = json!("seller_canceled");
    told["items"][0]["qty"] = Value::Null;
    told["items"][0]["price"] = Value::Null;
    told["items"][0]["invoice"] = json!({ "price": "409000.00", "quantity": "3" });
    let line = orders::read_order(told.clone(), None).unwrap().lines.remove(0);
    assert_eq!((line.quantity, line.cancelled, line.unit_price_minor), (3, 3, 409_000));
    told["items"][0]["invoice"]["quantity"] = json!(1.5);
    let error = orders::read_order(told, None).unwrap_err();
    assert_eq!(error.field, "items.qty");
}

#[test]
fn a_cancel_proves_nothing_by_itself() {
    let departure = |history: Value, tracking: Value| {
        let mut told = order();
        told["status_histories"] = history;
        told["shipping"]["tracking_code"] = tracking;
        orders::read_order(told, None).unwrap().departure
    };
    let rows = |statuses: &[&str]| statuses.iter().map(|s| json!({ "status": s })).collect::<Value>();
    let none = Value::Null;
    for (history, tracking, expected) in [
        (rows(&["waiting_payment", "processing", "queueing", "canceled"]), none.clone(), Departure::Stayed),
        (rows(&["processing", "queueing", "canceled"]), json!("TNSL1"), Departure::Unknown),
        (rows(&["processing", "queueing", "picking", "canceled"]), none.clone(), Departure::Unknown),
        (rows(&["queueing", "holded", "canceled"]), none.clone(), Departure::Unknown),
        (rows(&["queueing", "handover_to_partner", "canceled"]), none.clone(), Departure::Left),
        (rows(&["queueing", "dang_van_chuyen", "canceled"]), none.clone(), Departure::Left),
        (rows(&["processing", "queueing"]), none.clone(), Departure::Unknown),
        (rows(&["queueing", "on_the_moon", "canceled"]), none.clone(), Departure::Unknown),
        (json!([]), none.clone(), Departure::Unknown),
        (Value::Null, none, Departure::Unknown),
    ] {
        assert_eq!(departure(history.clone(), tracking), expected, "{history}");
    }
}

#[test]
fn every_documented_status_has_its_word() {
    let unknown = |raw: &str| Status::Unknown(raw.to_owned());
    for (words, expected) in [
        ("queueing cho_in waiting_payment doi_thanh_toan payment_review", Status::Pending),
        ("processing paid da_thanh_toan", Status::Confirmed),
        ("picking packaging finished_packing ready_to_ship handover_to_partner len_ke", Status::ReadyToShip),
        ("shipping dang_van_chuyen", Status::Shipped),
        ("successful_delivery delivered giao_hang_thanh_cong", Status::Delivered),
        ("complete closed", Status::Completed),
        ("canceled", Status::Cancelled),
        ("returned", Status::Returned),
    ] {
        for word in words.split(' ') {
            assert_eq!(orders::status(word), expected, "{word}");
        }
    }
    assert_eq!(
        (orders::status("holded"), orders::status("Canceled")),
        (unknown("holded"), unknown("Canceled"))
    );
}

#[tokio::test]
async fn orders_are_asked_for_with_their_history() {
    let server = server(|call| match call.path() {
        "/integration/v2/orders/216045310" => (200, order()),
        "/integration/v2/orders/9" => (404, json!({ "errors": ["Order not found"] })),
        "/integration/v2/orders/8" => (403, json!({ "errors": ["The seller is NOT active"] })),
        _ => (400, json!({ "errors": ["code is invalid"] })),
    });
    let ids = ["216045310", "9", "8", "a/b"].map(|id| OrderId::new(id).unwrap());
    let found =
        with_session(&server.url, HOUSE, async |s| Tiki.look_up_orders(&s, &ids).await).await.unwrap();
    assert_eq!(found[0].1.as_ref().unwrap().read_at.unwrap().to_string(), "2026-11-22T03:00:00Z");
    let errors: Vec<_> = found[1..].iter().map(|(_, r)| r.as_ref().unwrap_err()).collect();
    let kinds: Vec<_> = errors.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [ErrorKind::NotFound, ErrorKind::Misconfigured, ErrorKind::Refused]);
    assert!(errors.iter().all(|e| e.next == Next::Park), "never tried again after a 4xx");
    let calls = server.calls();
    assert_eq!(calls[0].query("include"), Some("status_histories"));
    assert_eq!(calls[0].headers["authorization"], "Bearer SELLER");
    assert_eq!(calls[3].path(), "/integration/v2/orders/a%2Fb");
}

#[tokio::test]
async fn a_page_of_orders_leaves_out_what_changed_later() {
    let server = server(|call| {
        let row = |code: &str, status: &str, updated_at: &str| {
            let mut row = order();
            (row["code"], row["status"], row["updated_at"]) = (json!(code), json!(status), json!(updated_at));
            row
        };
        let mut thin = row("3", "queueing", "2026-11-22 09:00:02");
        thin.as_object_mut().unwrap().remove("items");
        let mut unproven = row("4", "canceled", "2026-11-22 09:00:03");
        unproven["status_histories"] = json!([]);
        let data = match call.query("page") {
            Some("1") => json!([
                row("1", "queueing", "2026-11-22 08:59:59"), row("2", "shipping", "2026-11-22 09:00:00"), thin,
                unproven, row("5", "paid", "2026-11-22 10:00:00"), { "code": "6", "updated_at": [] },
            ]),
            _ => json!([]),
        };
        (200, json!({ "data": data, "paging": { "last_page": 2 } }))
    });
    let at = |text: &str| text.parse().unwrap();
    let window = Window { from: at("2026-11-22T02:00:00.5Z"), to: at("2026-11-22T03:00:00Z") };
    let page =
        with_session(&server.url, HOUSE, async |s| Tiki.list_orders(&s, window, None).await).await.unwrap();
    let told: Vec<String> = page
        .rows
        .iter()
        .map(|row| match row {
            Ok(Notice::Order(order)) => format!("{} {}", order.id, order.status.code()),
            Ok(Notice::OrderChanged { order }) => format!("{order}?"),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(told[..3], ["2 shipped", "3?", "4?"]);
    assert!(told[3].contains("status: is missing") || told[3].contains('6'), "{}", told[3]);
    assert_eq!(page.next, Some(Cursor("2".to_owned())));
    let call = server.calls().remove(0);
    assert_eq!(call.query("updated_from_date"), Some("2026-11-22%2008%3A59%3A59"));
    assert_eq!((call.query("order_by"), call.query("limit")), (Some("created_at%7Casc"), Some("50")));
    let last =
        with_session(&server.url, HOUSE, async |s| Tiki.list_orders(&s, window, page.next.as_ref()).await);
    assert_eq!(last.await.unwrap().next, None);
    let odd = Cursor("later".to_owned());
    let error =
        with_session(&server.url, HOUSE, async |s| Tiki.list_orders(&s, window, Some(&odd)).await).await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::Refused);
}

#[tokio::test]
async fn events_are_pulled_with_the_apps_own_token() {
    let server = server(|call| {
        let event = |kind: &str, payload: Value| json!({ "id": "e", "type": kind, "payload": payload, "version": "v1" });
        let taken = call.body.contains("\"ack_id\":\"A1\"");
        let events = json!([
            event("ORDER_CREATED_SUCCESSFULLY", json!({ "order_code": "11", "status": "queueing" })),
            event("ORDER_STATUS_UPDATED", json!({ "orderCode": 12, "status": "shipping" })),
            event("PRODUCT_INVENTORY_UPDATED", json!({ "product_id": 1 })),
            event("ORDER_STATUS_UPDATED", json!({ "status": "shipping" })),
            7,
        ]);
        (
            200,
            if taken {
                json!({ "events": [], "ack_id": null })
            } else {
                json!({ "events": events, "ack_id": "A1" })
            },
        )
    });
    let pulled = with_session(&server.url, HOUSE, async |s| Tiki.pull_events(&s, None).await).await.unwrap();
    let order = |id: &str| Notice::OrderChanged { order: OrderId::new(id).unwrap() };
    assert_eq!(pulled.notices[..2], [Ok(order("11")), Ok(order("12"))]);
    assert_eq!(pulled.notices[2], Ok(Notice::Nothing { topic: "PRODUCT_INVENTORY_UPDATED".to_owned() }));
    assert!(pulled.notices[3].is_err() && pulled.notices[4].is_err(), "each by itself");
    assert_eq!((pulled.receipt.clone(), pulled.has_more), (Some(Cursor("A1".to_owned())), true));
    let receipt = pulled.receipt.unwrap();
    let empty =
        with_session(&server.url, HOUSE, async |s| Tiki.pull_events(&s, Some(&receipt)).await).await.unwrap();
    assert_eq!((empty.notices.len(), empty.receipt, empty.has_more), (0, None, false));
    let calls = server.calls();
    assert_eq!(calls.len(), 4, "a login and a pull, twice");
    assert_eq!(calls[0].headers["authorization"], "Basic NzU5MDEzOTE2ODM4OTk2MTpzJmNyZXQ=");
    assert_eq!(calls[0].body, "grant_type=client_credentials&client_id=7590139168389961");
    assert_eq!(
        (calls[1].path(), calls[1].method.as_str()),
        ("/integration/v1/queues/Q%201/events/pull", "POST")
    );
    assert_eq!(
        (calls[1].headers["authorization"].as_str(), calls[1].body.as_str()),
        ("Bearer APP", "{\"ack_id\":null}")
    );
}
