//! Checks of the Lazada connector's calls against a stand-in server: their shape, and what it makes of the answers.

use super::*;
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::login::{Grant, LinkAsk};
use crate::paging::{Cursor, Window};
use crate::testing::{Call, Server};
use crate::url;
use secrecy::ExposeSecret;

/// Runs against a stand-in server.
pub(super) async fn with_session<T>(server: &Server, run: impl AsyncFnOnce(Session<'_>) -> T) -> T {
    with_account(server, &[], run).await
}

pub(super) async fn with_account<T>(
    server: &Server,
    account: &[(&str, &str)],
    run: impl AsyncFnOnce(Session<'_>) -> T,
) -> T {
    let mut world = world();
    world.connection.base_url = Some(server.url.clone());
    let more = account.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    world.connection.account.extend(more);
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

/// What a call said: in its address when it asked, in its body when it wrote.
pub(super) fn said(call: &Call, name: &str) -> String {
    let text =
        if call.method == "POST" { call.body.as_str() } else { call.target.split_once('?').unwrap().1 };
    let found = url::read_pairs(text).into_iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value).unwrap_or_default()
}

pub(super) fn ok(data: &Value) -> (u16, String) {
    (200, json!({ "code": "0", "data": data, "request_id": "0ba2" }).to_string())
}

fn ids(names: &[&str]) -> Vec<OrderId> {
    names.iter().map(|name| OrderId::new(*name).unwrap()).collect()
}

#[tokio::test]
async fn a_look_up_is_signed_and_answers_for_each_order() {
    let good = json!({ "order_id": 32793, "order_items": [item(1, "666", "pending")] });
    let bad = json!({ "order_id": 5, "order_items": [{ "currency": "đồng" }] });
    let server = Server::start(move |_| ok(&json!([bad, good])));
    let asked = ids(&["32793", "5", "6"]);
    let found = with_session(&server, async |session| Lazada.look_up_orders(&session, &asked).await).await;
    let found = found.unwrap();
    assert_eq!(found[0].1.as_ref().unwrap().read_at.unwrap().as_second(), 1_795_316_400);
    assert_eq!(found[1].1.as_ref().unwrap_err().kind, ErrorKind::Unreadable);
    assert_eq!(found[2].1.as_ref().unwrap_err().kind, ErrorKind::NotFound);
    let call = server.calls().remove(0);
    assert_eq!((call.method.as_str(), call.path()), ("GET", "/orders/items/get"));
    let base = "/orders/items/getaccess_tokentokenapp_key123456order_ids[32793,5,6]sign_methodsha256timestamp1795316400000";
    let sign = hmac::sha256_hex(b"new secret", &[base.as_bytes()]).unwrap().to_uppercase();
    assert_eq!(said(&call, "sign"), sign);
}

#[tokio::test]
async fn one_unknown_number_among_several_refuses_all_and_alone_it_is_not_found() {
    let server =
        Server::start(|_| (200, json!({ "code": "37", "type": "ISV", "message": "E037" }).to_string()));
    let look = async |names: &[&str]| {
        let asked = ids(names);
        with_session(&server, async |session| Lazada.look_up_orders(&session, &asked).await).await
    };
    let all = look(&["1", "2"]).await.unwrap_err();
    assert_eq!(all.kind, ErrorKind::Refused, "so that it is cut in halves");
    assert_eq!(look(&["1"]).await.unwrap()[0].1.as_ref().unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(look(&["1 or 2"]).await.unwrap()[0].1.as_ref().unwrap_err().kind, ErrorKind::NotFound);
}

fn window() -> Window {
    Window { from: "2026-11-22T03:00:00Z".parse().unwrap(), to: "2026-11-22T04:00:00Z".parse().unwrap() }
}

async fn page(server: &Server, cursor: Option<&Cursor>) -> (usize, Option<Cursor>) {
    let page =
        with_session(server, async |session| Lazada.list_orders(&session, window(), cursor).await).await;
    let page = page.unwrap();
    (page.rows.iter().filter(|row| row.is_ok()).count(), page.next)
}

#[tokio::test]
async fn the_next_page_begins_where_the_last_row_stands() {
    let row = |second: u32| json!({ "order_id": second, "updated_at": format!("2026-11-22T10:00:{second:02}+07:00") });
    let rows: Vec<Value> = (0..3).map(row).collect();
    let server = Server::start(move |_| ok(&json!({ "countTotal": "500", "orders": rows })));
    let (count, next) = page(&server, None).await;
    assert_eq!((count, next.clone()), (3, Some(Cursor("1795316402|0".into()))));
    page(&server, next.as_ref()).await;
    let call = server.calls().remove(1);
    assert_eq!(said(&call, "update_after"), "2026-11-22T03:00:02+00:00");
    assert_eq!(said(&call, "update_before"), "2026-11-22T04:00:00+00:00");
    assert_eq!((said(&call, "offset"), said(&call, "limit")), ("0".into(), "100".into()));
    assert_eq!((said(&call, "sort_by"), said(&call, "sort_direction")), ("updated_at".into(), "ASC".into()));
}

#[tokio::test]
async fn within_one_second_it_counts_as_far_as_it_may() {
    let server = Server::start(|_| {
        let row = json!({ "order_id": 1, "updated_at": "1795316400000" });
        ok(&json!({ "countTotal": 9_999, "orders": vec![row; 100] }))
    });
    let (_, next) = page(&server, None).await;
    assert_eq!(next, Some(Cursor("1795316400|100".into())));
    let far = Cursor("1795316400|5000".into());
    let error = with_session(&server, async |session| {
        Lazada.list_orders(&session, window(), Some(&far)).await.unwrap_err()
    });
    assert_eq!(error.await.kind, ErrorKind::Unreadable);
}

#[tokio::test]
async fn the_last_page_has_no_next_and_leaves_out_what_is_not_within() {
    let server = Server::start(|_| {
        ok(&json!({ "countTotal": 3, "orders": [
            { "order_id": "1", "updated_at": "2026-11-22 10:00:00 +0700" },
            { "order_id": [], "updated_at": "2026-11-22 10:00:01 +0700" },
            { "order_id": "3", "updated_at": "2026-11-22 11:00:00 +0700" },
        ] }))
    });
    let list =
        with_session(&server, async |session| Lazada.list_orders(&session, window(), None).await).await;
    let list = list.unwrap();
    assert_eq!(list.next, None);
    assert_eq!(list.rows.len(), 2, "the third changed at the window's end");
    assert!(list.rows[0].is_ok() && list.rows[1].is_err(), "a bad row does not take the others along");
}

fn news(kind: NewsKind) -> OrderNews {
    let order = OrderId::new("32793").unwrap();
    OrderNews { order, kind, carrier: None, tracking_number: None, reason: None, lines: Vec::new() }
}

/// A server that has one order and does what it is asked.
fn obliging(items: Vec<Value>) -> Server {
    Server::start(move |call| {
        match call.path() {
        "/orders/items/get" => ok(&json!([{ "order_id": 32793, "order_items": items }])),
        "/order/reverse/cancel/validate" => ok(&json!({ "tip_type": "warning", "reason_options": [
            { "reason_id": "10000021", "reason_name": "Out of Stock" },
            { "reason_id": "10000019", "reason_name": "Sourcing Delay" } ] })),
        "/order/reverse/cancel/create" => ok(&json!({ "tip_type": "success" })),
        "/order/fulfill/pack" => (200, json!({ "code": "0", "result": { "success": true, "data": { "pack_order_list": [
            { "order_item_list": [{ "order_item_id": 1, "item_err_code": "0", "package_id": "FP2" }] } ] } } }).to_string()),
        _ => (200, json!({ "code": "0", "result": { "success": true, "data": { "packages": [
            { "package_id": "FP2", "item_err_code": "0" } ] } } }).to_string()),
    }
    })
}

async fn carry(server: &Server, news: &OrderNews) -> (Result<(), ChannelError>, Vec<Call>) {
    let result = with_session(server, async |session| Lazada.carry_status(&session, news).await).await;
    (result, server.calls().split_off(1))
}

#[tokio::test]
async fn ready_packs_what_is_not_packed_and_tells_it_once() {
    let mut packed = item(2, "667", "packed");
    packed["package_id"] = json!("FP1");
    let server = obliging(vec![item(1, "666", "pending"), packed, item(3, "666", "canceled")]);
    let (result, calls) = carry(&server, &news(NewsKind::ReadyToShip)).await;
    result.unwrap();
    let packed: Value = serde_json::from_str(&said(&calls[0], "packReq")).unwrap();
    assert_eq!(packed["pack_order_list"], json!([{ "order_id": 32793, "order_item_list": [1] }]));
    let ready: Value = serde_json::from_str(&said(&calls[1], "readyToShipReq")).unwrap();
    assert_eq!(ready["packages"], json!([{ "package_id": "FP1" }, { "package_id": "FP2" }]));
    let (result, calls) =
        carry(&obliging(vec![item(1, "666", "ready_to_ship")]), &news(NewsKind::ReadyToShip)).await;
    assert!(result.is_ok() && calls.is_empty(), "told before: nothing is left to do");
    let (result, calls) =
        carry(&obliging(vec![item(1, "666", "unpaid")]), &news(NewsKind::ReadyToShip)).await;
    assert!(result.is_err_and(|e| e.kind == ErrorKind::Refused) && calls.is_empty());
}

#[tokio::test]
async fn a_cancel_names_a_reason_and_prefers_one_that_leaves_stock_alone() {
    let server = obliging(vec![item(1, "666", "pending"), item(2, "667", "pending")]);
    let (result, calls) = carry(&server, &news(NewsKind::Cancelled)).await;
    result.unwrap();
    assert_eq!(
        (said(&calls[1], "reason_id"), said(&calls[1], "order_item_id_list")),
        ("10000019".into(), "[1,2]".into())
    );
    let one = commerce::ids::LineId::new("1743:667").unwrap();
    let told = OrderNews { reason: Some("10000021".into()), lines: vec![one], ..news(NewsKind::Cancelled) };
    let server = obliging(vec![item(1, "666", "pending"), item(2, "667", "pending")]);
    let (result, calls) = carry(&server, &told).await;
    assert!(result.is_ok() && calls.len() == 1);
    assert_eq!(
        (said(&calls[0], "reason_id"), said(&calls[0], "order_item_id_list")),
        ("10000021".into(), "[2]".into())
    );
    let (result, calls) =
        carry(&obliging(vec![item(1, "666", "canceled")]), &news(NewsKind::Cancelled)).await;
    assert!(result.is_ok() && calls.is_empty());
    let error =
        with_session(&server, async |s| Lazada.carry_status(&s, &news(NewsKind::Shipped)).await).await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_grant_becomes_tokens_and_tells_whose_shop_it_is() {
    let server = Server::start(|call| {
        let token = if call.path().ends_with("refresh") { "next" } else { "first" };
        (
            200,
            json!({ "code": "0", "access_token": token, "refresh_token": "refresh", "expires_in": 864000,
            "refresh_expires_in": "4320000", "country": "vn",
            "country_user_info": [{ "country": "vn", "user_id": "9", "seller_id": "1234567" }] })
            .to_string(),
        )
    });
    let query = [("code".to_owned(), "0_123456_Cl3".to_owned())];
    let grant = Grant { redirect_url: "https://hub.vn/connect", query: &query };
    let tokens =
        with_session(&server, async |session| Lazada.redeem_grant(&session, &grant).await).await.unwrap();
    assert_eq!(tokens.access.expose_secret(), "first");
    assert_eq!(tokens.access_expires_at.unwrap().to_string(), "2026-12-02T03:00:00Z");
    assert_eq!(tokens.account["seller_id"], "1234567");
    let tokens = with_session(&server, async |session| Lazada.renew_login(&session).await).await.unwrap();
    assert_eq!(tokens.access.expose_secret(), "next");
    let calls = server.calls();
    assert_eq!(
        (calls[0].path(), said(&calls[0], "code").as_str()),
        ("/rest/auth/token/create", "0_123456_Cl3")
    );
    assert_eq!(said(&calls[1], "refresh_token"), "refresh");
    assert!(said(&calls[1], "access_token").is_empty() && !said(&calls[1], "sign").is_empty());
}

#[tokio::test]
async fn logins_of_every_country_are_given_at_one_place() {
    let link = |base_url: Option<&str>| {
        let mut world = world();
        world.connection.base_url = base_url.map(str::to_owned);
        let (http, clock) = (testing::http(), testing::clock());
        let (shop, connection, secrets) = (&world.shop, &world.connection, &world.secrets);
        let session = Session { shop, connection, secrets, http: &http, clock: &clock, token: None };
        let ask = LinkAsk { redirect_url: "https://hub.vn/connect", state: "a b" };
        Lazada.grant_link(&session, &ask).unwrap()
    };
    let query = "/oauth/authorize?response_type=code&force_auth=true&redirect_uri=https%3A%2F%2Fhub.vn%2Fconnect\
                 &client_id=123456&state=a%20b";
    assert_eq!(link(None), format!("https://auth.lazada.com{query}"));
    assert_eq!(link(Some("https://api.lazada.sg/rest")), format!("https://auth.lazada.com{query}"));
    assert_eq!(link(Some("http://127.0.0.1:9")), format!("http://127.0.0.1:9{query}"));
}

#[tokio::test]
async fn the_account_tells_its_name() {
    let server = Server::start(|_| ok(&json!({ "name": "abc shop", "seller_id": 10, "email": "a@b.vn" })));
    let report = with_session(&server, async |session| Lazada.inspect_account(&session).await).await.unwrap();
    assert_eq!(report.name.as_deref(), Some("abc shop (10)"));
    assert_eq!(report.subscription, crate::account::Subscription::NotTold);
}
