//! Checks of Tiki's logins, of the queue that is made with them, and of what is told back.

use super::{HOUSE, server, with_session};
use crate::account::Subscription;
use crate::channel::Channel;
use crate::error::{ErrorKind, Next};
use crate::forward::{NewsKind, OrderNews};
use crate::login::{Grant, LinkAsk};
use crate::testing::{Call, Server};
use crate::tiki::{FACTS, Tiki};
use commerce::ids::OrderId;
use secrecy::ExposeSecret;
use serde_json::json;

#[tokio::test]
async fn a_login_is_granted_and_renewed() {
    let server = Server::start(|call| match call.body.contains("USED") {
        true => (400, json!({ "error": "invalid_grant", "error_description": "USED" }).to_string()),
        false => {
            let scope = "offline product order";
            (
                200,
                json!({ "access_token": "A2", "refresh_token": "R2", "expires_in": 3599, "scope": scope })
                    .to_string(),
            )
        }
    });
    let redirect_url = "https://hopkenh.example/logins/callback";
    let link = with_session(&server.url, HOUSE, async |s| {
        Tiki.grant_link(&s, &LinkAsk { redirect_url, state: "lan.main.1" })
    });
    let expected = "/sc/oauth2/auth?response_type=code&client_id=7590139168389961&redirect_uri=https%3A%2F%2F\
                    hopkenh.example%2Flogins%2Fcallback&scope=offline%20product%20order%20inventory&state=lan.main.1";
    assert_eq!(link.await.unwrap(), format!("{}{expected}", server.url));
    let grant = |code: &str| vec![("code".to_owned(), code.to_owned())];
    let query = grant("C1");
    let tokens = with_session(&server.url, HOUSE, async |s| {
        Tiki.redeem_grant(&s, &Grant { redirect_url, query: &query }).await
    });
    let tokens = tokens.await.ok().unwrap();
    assert_eq!((tokens.access.expose_secret(), tokens.refresh.unwrap().expose_secret()), ("A2", "R2"));
    assert_eq!(tokens.access_expires_at.unwrap().to_string(), "2026-11-22T03:59:59Z");
    assert_eq!(tokens.account["granted_scopes"], "offline product order");
    with_session(&server.url, HOUSE, async |s| Tiki.renew_login(&s).await).await.ok().unwrap();
    let calls = server.calls();
    assert!(calls[0].body.starts_with("grant_type=authorization_code&code=C1&redirect_uri=https%3A%2F%2F"));
    assert!(calls[1].body.starts_with("grant_type=refresh_token&refresh_token=R1&client_id="));
    let query = grant("USED");
    let error = with_session(&server.url, HOUSE, async |s| {
        Tiki.redeem_grant(&s, &Grant { redirect_url, query: &query }).await.err()
    });
    let error = error.await.unwrap();
    assert_eq!((error.kind, error.next), (ErrorKind::Refused, Next::Park));
    assert!(!error.detail.contains("USED"));
}

#[tokio::test]
async fn a_queue_is_made_once_and_told_of_orders() {
    let server = server(|call| match (call.method.as_str(), call.path()) {
        ("GET", "/integration/v1/queues") => (200, json!([{ "code": "other", "name": "queue 1" }])),
        ("POST", "/integration/v1/queues") => (200, json!({ "code": "mine", "name": "hopkenh lan main" })),
        ("GET", _) => (200, json!([{ "event_type": "ORDER_STATUS_UPDATED", "active": true }])),
        _ => (200, json!({ "code": "s", "active": true })),
    });
    let done = with_session(&server.url, &[], async |s| {
        Tiki.subscribe_webhooks(&s, "https://hopkenh.example/x").await
    });
    done.await.unwrap();
    let writes: Vec<Call> = server.calls().into_iter().filter(|c| c.method == "POST").skip(1).collect();
    assert_eq!(writes[0].body, "{\"name\":\"hopkenh lan main\"}");
    assert_eq!(writes[0].headers["authorization"], "Bearer APP");
    assert_eq!(writes[1].path(), "/integration/v1/queues/mine/subscriptions");
    assert_eq!(writes[1].body, "{\"event_type\":\"ORDER_CREATED_SUCCESSFULLY\"}");
    assert_eq!(writes[1].headers["authorization"], "Bearer SELLER");
    assert_eq!(writes.len(), 2, "what is subscribed to already is left alone");
    let pulled = with_session(&server.url, &[], async |s| Tiki.pull_events(&s, None).await.map(drop)).await;
    assert_eq!(
        pulled.unwrap_err().kind,
        ErrorKind::Misconfigured,
        "without a queue there is nothing to pull"
    );
}

#[tokio::test]
async fn the_account_tells_what_is_missing() {
    let server = server(|call| match call.path() {
        "/integration/v2/sellers/me" => (200, json!({ "id": 5678, "name": "Sushi shop", "active": 1 })),
        "/integration/v2/sellers/me/warehouses" => {
            (200, json!({ "data": [{ "id": 159_368, "name": "kho mb", "status": 1 }], "paging": {} }))
        }
        _ => (200, json!([{ "event_type": "ORDER_STATUS_UPDATED", "active": true }])),
    });
    let account = [("queue_code", "Q"), ("granted_scopes", "offline order inventory")];
    let report = with_session(&server.url, &account, async |s| Tiki.inspect_account(&s).await).await.unwrap();
    assert_eq!(report.name.as_deref(), Some("Sushi shop"));
    assert_eq!(report.missing_scopes, Some(vec!["product".to_owned()]));
    let places = report.locations.unwrap();
    assert_eq!((places[0].id.as_str(), places[0].name.as_str()), ("159368", "kho mb"));
    let topics = vec!["ORDER_CREATED_SUCCESSFULLY".to_owned()];
    assert_eq!(report.subscription, Subscription::Missing { topics });
}

#[tokio::test]
async fn only_what_the_seller_delivers_is_told() {
    let server = server(|_| (200, json!({})));
    let news = |kind| OrderNews {
        order: OrderId::new("11").unwrap(),
        kind,
        carrier: None,
        tracking_number: None,
        reason: None,
        lines: Vec::new(),
    };
    let told = with_session(&server.url, HOUSE, async |s| {
        let late = Tiki.carry_status(&s, &news(NewsKind::Shipped)).await.unwrap_err();
        assert_eq!(late.kind, ErrorKind::Unsupported);
        Tiki.carry_status(&s, &news(NewsKind::Delivered)).await
    });
    told.await.unwrap();
    assert_eq!(FACTS.carries, [NewsKind::Delivered]);
    let call = server.calls().remove(0);
    assert_eq!(call.path(), "/integration/v2/orders/11/seller-delivery/update-delivery");
    assert_eq!(call.body, "{\"status\":\"successful_delivery\"}");
}
