//! Granting a shop on TikTok Shop, keeping the login alive, and what the account says about itself.

use super::*;
use crate::account::Subscription;
use crate::login::{Grant, LinkAsk, Tokens};
use secrecy::ExposeSecret;

const CALLBACK: &str = "https://hooks.example.vn/logins/callback";

/// The documents' own answer.
fn tokens() -> Value {
    json!({
        "access_token": "TTP_Fw8rBwAAAAAkW03FYd09DG",
        "access_token_expire_in": 1_660_556_783,
        "refresh_token": "TTP_NTUxZTNhYTQ2ZDk2YmRm",
        "refresh_token_expire_in": 1_691_487_031,
        "open_id": "7010736057180325637",
        "seller_name": "Jjj test shop",
        "seller_base_region": "ID",
        "user_type": 0,
        "granted_scopes": ["seller.product.basic"],
    })
}

fn shop(id: &str) -> Value {
    json!({"cipher": format!("ROW_{id}"), "code": "VNLCTNWY6A", "id": id, "name": "Fujiwa", "region": "VN"})
}

fn unbound() -> World {
    let mut world = world();
    world.connection.account.remove("shop_id");
    world
}

async fn redeemed(server: &Server, world: World, query: &[(&str, &str)]) -> Result<Tokens, ErrorKind> {
    let query: Vec<(String, String)> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let grant = Grant { redirect_url: CALLBACK, query: &query };
    let run = async |session: Session<'_>| TikTok.redeem_grant(&session, &grant).await;
    in_world(server, world, run).await.map_err(|error| error.kind)
}

#[tokio::test]
async fn the_link_names_the_app_and_the_state() {
    let server = Server::start(|_| success(&json!({})));
    let ask = LinkAsk { redirect_url: CALLBACK, state: "lan.main&1" };
    let link = async |world: World| {
        in_world(&server, world, async |session| TikTok.grant_link(&session, &ask)).await
    };
    assert_eq!(link(world()).await.unwrap_err().kind, ErrorKind::Misconfigured, "service_id is missing");
    let mut named = world();
    named.connection.account.insert("service_id".to_owned(), "7369437808455026474".to_owned());
    let expected = "/open/authorize?service_id=7369437808455026474&state=lan.main%261";
    assert_eq!(link(named).await.unwrap(), format!("{}{expected}", server.url));
    assert!(server.calls().is_empty());
}

#[tokio::test]
async fn a_code_becomes_tokens_and_the_shop_behind_them() {
    let server = Server::start(|call| match call.path() {
        "/api/v2/token/get" => success(&tokens()),
        _ => success(&json!({"shops": [shop("7495274531001436791")]})),
    });
    let tokens = redeemed(&server, unbound(), &[("code", "TTP_FeBoANmHP3yqdoUI9fZOCw")]).await;
    let Ok(tokens) = tokens else { panic!("refused") };
    assert_eq!(tokens.access.expose_secret(), "TTP_Fw8rBwAAAAAkW03FYd09DG");
    assert_eq!(tokens.access_expires_at.unwrap().as_second(), 1_660_556_783, "a time, not a duration");
    assert_eq!(tokens.refresh.unwrap().expose_secret(), "TTP_NTUxZTNhYTQ2ZDk2YmRm");
    assert_eq!(tokens.refresh_expires_at.unwrap().as_second(), 1_691_487_031);
    assert_eq!(tokens.account["shop_id"], "7495274531001436791");
    assert_eq!(tokens.account["shop_cipher"], "ROW_7495274531001436791");
    let calls = server.calls();
    assert_eq!(calls[0].method, "GET");
    assert_eq!(calls[0].query("app_secret"), Some("new%20secret"));
    assert_eq!(calls[0].query("auth_code"), Some("TTP_FeBoANmHP3yqdoUI9fZOCw"));
    assert_eq!(calls[0].query("grant_type"), Some("authorized_code"));
    assert_eq!(calls[1].path(), "/authorization/202309/shops");
    assert_eq!(calls[1].headers["x-tts-access-token"], "TTP_Fw8rBwAAAAAkW03FYd09DG");
    assert_eq!(calls[1].query("shop_cipher"), None, "it is what we ask for");
}

#[tokio::test]
async fn a_login_of_another_shop_is_refused() {
    let server = Server::start(|call| match call.path() {
        "/api/v2/token/get" => success(&tokens()),
        _ => success(&json!({"shops": [shop("1"), shop("7495540735365777507")]})),
    });
    let code = [("code", "c")];
    let Ok(ours) = redeemed(&server, world(), &code).await else { panic!("refused") };
    assert_eq!(ours.account["shop_cipher"], "ROW_7495540735365777507");
    let mut other = world();
    other.connection.account.insert("shop_id".to_owned(), "2".to_owned());
    assert_eq!(redeemed(&server, other, &code).await.err(), Some(ErrorKind::Refused));
    assert_eq!(
        redeemed(&server, unbound(), &code).await.err(),
        Some(ErrorKind::Refused),
        "which of the two?"
    );
}

#[tokio::test]
async fn a_refused_grant_is_not_redeemed() {
    let server = Server::start(|_| refusal(36_004_004, "invalid auth code"));
    for query in [&[("code", "null"), ("error", "auth_denied")][..], &[("state", "s")], &[("code", "")]] {
        assert_eq!(redeemed(&server, world(), query).await.err(), Some(ErrorKind::Refused), "{query:?}");
    }
    assert!(server.calls().is_empty());
    assert_eq!(redeemed(&server, world(), &[("code", "used")]).await.err(), Some(ErrorKind::Refused));
}

#[tokio::test]
async fn a_login_is_renewed_with_the_refresh_token() {
    let server = Server::start(|_| success(&tokens()));
    let renewed = with_session(&server, async |session| TikTok.renew_login(&session).await).await;
    let Ok(renewed) = renewed else { panic!("refused") };
    assert_eq!(renewed.refresh.unwrap().expose_secret(), "TTP_NTUxZTNhYTQ2ZDk2YmRm");
    assert!(renewed.account.is_empty(), "what was learned stays as it is");
    let call = server.calls().remove(0);
    assert_eq!(call.path(), "/api/v2/token/refresh");
    assert_eq!(call.query("refresh_token"), Some("TTP_refresh"));
    assert_eq!(call.query("grant_type"), Some("refresh_token"));
    let mut world = world();
    world.secrets = testing::secrets(&[("app_secret", "s")]);
    let none = in_world(&server, world, async |session| TikTok.renew_login(&session).await).await;
    assert_eq!(none.err().map(|error| (error.kind, error.next)), Some((ErrorKind::Refused, Next::Park)));
}

const HOOK: &str = "https://hooks.example.vn/webhooks/lan/main";

#[tokio::test]
async fn the_account_tells_its_name_its_warehouses_and_its_webhooks() {
    let server = Server::start(|call| match call.path() {
        "/authorization/202309/shops" => success(&json!({"shops": [shop("1"), shop("7495540735365777507")]})),
        "/logistics/202309/warehouses" => {
            success(&json!({"warehouses": [{"id": "7068", "name": "Kho"}, {"name": "?"}]}))
        }
        _ => success(&json!({"total_count": 2, "webhooks": [
            {"event_type": "ORDER_STATUS_CHANGE", "address": HOOK},
            {"event_type": "PACKAGE_UPDATE", "address": "https://elsewhere.example.vn"},
        ]})),
    });
    let mut world = world();
    world.connection.webhook_url = Some(HOOK.to_owned());
    let report = in_world(&server, world, async |s| TikTok.inspect_account(&s).await).await.unwrap();
    assert_eq!(report.name.as_deref(), Some("Fujiwa"));
    let locations = report.locations.unwrap();
    assert_eq!((locations.len(), locations[0].id.as_str(), locations[0].name.as_str()), (1, "7068", "Kho"));
    let missing = ["PACKAGE_UPDATE", "CANCELLATION_STATUS_CHANGE", "RETURN_STATUS_CHANGE"];
    assert_eq!(report.subscription, Subscription::Missing { topics: missing.map(str::to_owned).to_vec() });
}

#[tokio::test]
async fn each_kind_of_push_is_subscribed_to() {
    let server = Server::start(|_| success(&json!({})));
    with_session(&server, async |session| TikTok.subscribe_webhooks(&session, HOOK).await).await.unwrap();
    let calls = server.calls();
    assert_eq!(calls.len(), 4);
    for call in &calls {
        assert_eq!((call.method.as_str(), call.path()), ("PUT", "/event/202309/webhooks"));
        assert_eq!(serde_json::from_str::<Value>(&call.body).unwrap()["address"], HOOK);
    }
}

#[tokio::test]
async fn what_it_cannot_do_it_says() {
    let server = Server::start(|_| (200, String::new()));
    let login = with_session(&server, async |session| TikTok.log_in(&session).await.err()).await;
    assert_eq!(login.map(|e| e.kind), Some(ErrorKind::Unsupported));
    for verb in [Verb::LogIn, Verb::PullEvents, Verb::ForwardOrder] {
        assert!(!FACTS.can(verb));
    }
    assert!(server.calls().is_empty());
}
