//! A person grants an account in the browser: once, in time, by the very link that was given out, and nobody else's.

use crate::login_world::{World, account};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use channels::login::{ACCESS_TOKEN, REFRESH_TOKEN};
use hopkenh_tests::granting::Refresh;
use secrecy::ExposeSecret;
use std::time::Duration;
use table::connection_item::ConnectionState;
use workflows::FinishLogin;
use workflows::logins::{self, GRANT_LIVES, begin_grant};
use workflows::renew_logins::Renewal;

const REDIRECT: &str = "https://hooks.example.vn/logins/callback";

impl World {
    fn finisher(&self) -> FinishLogin {
        FinishLogin {
            shops: self.source(),
            store: self.store.clone(),
            gateway: self.channel.gateway(),
            table: self.engines.table.clone(),
            clock: self.clock.clone(),
        }
    }

    async fn begin(&self) -> String {
        let (shop, connection) = account();
        begin_grant(&self.engines.table, &shop, &connection, REDIRECT, &self.clock).await.unwrap()
    }

    /// What the browser is answered.
    async fn browser(&self, query: &str) -> (i64, String) {
        let mut event = ApiGatewayV2httpRequest::default();
        event.raw_query_string = Some(query.to_owned());
        let response: ApiGatewayV2httpResponse = self.finisher().handle(event).await;
        let Some(Body::Text(page)) = response.body else { panic!("a page") };
        assert_eq!(response.headers["cache-control"], "no-store");
        for part in query.split(['&', '=']).filter(|part| part.len() > 5) {
            assert!(!page.contains(part), "{part} is shown");
        }
        (response.status_code, page)
    }
}

#[tokio::test]
async fn a_grant_is_finished_once_and_the_version_tells_who_waits() {
    let world = World::new(Refresh::SingleUse).await;
    let state = world.begin().await;
    assert!(state.starts_with("demo.main.") && state.len() == "demo.main.".len() + 32, "{state}");
    assert_eq!(world.state().await.login.version, 0);
    world.channel.code("code-of-grant");
    let (status, page) = world.browser(&format!("state={state}&code=code-of-grant")).await;
    assert_eq!(status, 200);
    assert!(page.contains("Đã kết nối Granting") && page.contains("Granting is connected"));
    let known = world.state().await;
    assert_eq!((known.login.version, known.lease), (1, None));
    assert!(known.login.access_ends_at.is_some());
    assert!(world.is_usable().await);
    assert!(world.values().await.contains_key("account.account_number"));
    let entries = world.engines.table.registered().await.unwrap();
    assert!(!entries[0].is_acted_on(), "the shop is looked at as a whole");
    // The same address again, as when the page is loaded again.
    world.channel.code("code-of-grant");
    assert_eq!(world.browser(&format!("state={state}&code=code-of-grant")).await.0, 410);
    assert_eq!(world.state().await.login.version, 1);
    assert_eq!(world.renew().await, Renewal { logins: 1, ..Renewal::default() });
    world.wait_until_due();
    assert_eq!(world.renew().await.renewed, 1, "and from then on it is renewed");
}

#[tokio::test]
async fn whoever_does_not_bring_the_very_link_gets_nothing_done() {
    let world = World::new(Refresh::SingleUse).await;
    world.channel.code("code-of-grant");
    let guesses = |state: &str| {
        let other = format!("{}{}", &state[..state.len() - 1], if state.ends_with('0') { '1' } else { '0' });
        let more = [
            String::new(),
            "state=".to_owned(),
            "state=demo.main".to_owned(),
            "state=demo.main.".to_owned(),
            format!("state={other}"),
            format!("state={state}.x"),
            format!("state={state}&state={state}"),
            format!("state={}", state.replace("main", "other")),
            format!("state={}", state.replace("demo", "shop-2")),
            format!("state={}", state.replace("demo", "../demo")),
        ];
        more.map(|query| format!("{query}&code=code-of-grant"))
    };
    for query in guesses("demo.main.00000000000000000000000000000000") {
        assert_eq!(world.browser(&query).await.0, 400, "{query}: nothing was begun");
    }
    let state = world.begin().await;
    for query in guesses(&state) {
        assert_eq!(world.browser(&query).await.0, 400, "{query}");
    }
    assert!(world.values().await.is_empty());
    assert_eq!(
        world.browser(&format!("state={state}&code=code-of-grant")).await.0,
        200,
        "no guess used it up"
    );
}

#[tokio::test]
async fn a_link_lives_a_quarter_of_an_hour_and_until_the_next_one() {
    let world = World::new(Refresh::SingleUse).await;
    world.channel.code("code-of-grant");
    let state = world.begin().await;
    world.wait(GRANT_LIVES);
    assert_eq!(world.browser(&format!("state={state}&code=code-of-grant")).await.0, 410);
    let first = world.begin().await;
    let second = world.begin().await;
    assert_eq!(world.browser(&format!("state={first}&code=code-of-grant")).await.0, 400);
    assert_eq!(world.browser(&format!("state={second}&code=code-of-grant")).await.0, 200);
}

#[tokio::test]
async fn a_person_who_says_no_changes_nothing() {
    let world = World::logged_in(Refresh::SingleUse).await;
    let state = world.begin().await;
    let (status, page) = world.browser(&format!("state={state}&error=access_denied")).await;
    assert_eq!(status, 400);
    assert!(page.contains("Run hopkenh connect again"));
    assert!(world.is_usable().await, "the earlier login stays");
    assert_eq!((world.state().await.login.version, world.state().await.lease), (1, None));
}

#[tokio::test]
async fn a_new_grant_takes_the_place_of_a_lost_login_and_the_note_goes() {
    let world = World::logged_in(Refresh::SingleUse).await;
    world.channel.forget_all();
    let (shop, connection) = account();
    logins::report_refused(&world.engines.table, &(shop, connection), 1, false).await.unwrap();
    world.wait(Duration::from_secs(60));
    assert_eq!(world.renew().await.lost, 1);
    assert_eq!(world.notes().await.len(), 1);
    let state = world.begin().await;
    world.channel.code("code-of-grant");
    assert_eq!(world.browser(&format!("state={state}&code=code-of-grant")).await.0, 200);
    assert!(world.is_usable().await);
    assert_eq!((world.state().await.login.version, world.notes().await.len()), (2, 0));
    let values = world.values().await;
    let both = [&values[ACCESS_TOKEN], &values[REFRESH_TOKEN]].map(|value| value.expose_secret().to_owned());
    assert_eq!(both, ["access-2", "refresh-2"]);
}

#[tokio::test]
async fn while_the_login_is_being_renewed_the_browser_waits_a_moment() {
    let world = World::logged_in(Refresh::SingleUse).await;
    let state = world.begin().await;
    world.channel.code("code-of-grant");
    let wanted = |state: &ConnectionState, _| Some(state.clone());
    let held = logins::hold(&world.engines.table, &account(), &world.clock, wanted).await.unwrap().unwrap();
    let let_go = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        logins::let_go(&world.engines.table, &held, &held.state.login).await.unwrap();
    };
    let query = format!("state={state}&code=code-of-grant");
    let ((status, _), ()) = futures::join!(world.browser(&query), let_go);
    assert_eq!((status, world.state().await.login.version), (200, 2));
}
