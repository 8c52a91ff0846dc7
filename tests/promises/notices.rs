//! A shop's phones hear of the morning report by Zalo, through the template that Zalo has approved for the shop; its login renews
//! itself from the token that a person gave once.

use crate::mornings::{DAY, a_day_of, night, object, report, shops_told_by};
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ShopId};
use commerce::report_reader::Way;
use hopkenh_tests::fake_server::{Call, FakeServer, Reply};
use lambda_kit::batch::Outcome;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::shops::Shops;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use table::shop_item::Registered;
use workflows::morning_report::Told;
use workflows::{MorningReport, RenewLogins, logins};

fn told_by(server: &FakeServer, token: Option<&str>) -> Shops {
    let zalo = format!(
        r#"zalo = {{ app_id = "77", phones = ["84901234567", "84907654321"], template = "501443",
        fields = {{ ngay = "day", don = "orders", viec = "to_do", tin = "headline", trang = "link_path" }}, letters_max = 20,
        app_secret = "env:NONE", refresh_token = "env:NONE", base_url = "{}" }}"#,
        server.url
    )
    .replace('\n', " ");
    let mut secrets = vec![("zalo_app_secret", "canary-secret"), ("zalo_refresh_token", "canary-given")];
    secrets.extend(token.map(|token| ("access_token", token)));
    shops_told_by(&zalo, &secrets)
}

fn taken() -> FakeServer {
    FakeServer::start(|_| Reply::json(&json!({"error": 0, "message": "Success", "data": {"msg_id": "m-1"}})))
}

fn refused(code: i64) -> FakeServer {
    FakeServer::start(move |_| Reply::json(&json!({"error": code, "message": "canary 84901234567"})))
}

#[tokio::test]
async fn each_phone_gets_the_shops_template_with_the_days_figures_in_its_places() {
    let zalo = taken();
    let mut stage = a_day_of(told_by(&zalo, Some("canary-token"))).await;
    for _ in 0..2 {
        assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    }
    let calls = zalo.calls();
    let phones: Vec<_> = calls.iter().map(|call| call.json()["phone"].as_str().unwrap().to_owned()).collect();
    assert_eq!(phones, ["84901234567", "84907654321"], "once each");
    let call: &Call = &calls[0];
    assert_eq!((call.method.as_str(), call.path()), ("POST", "/message/template"));
    assert_eq!(call.headers["access_token"], "canary-token");
    let (body, fields) = (call.json(), call.json()["template_data"].clone());
    assert_eq!(
        (&body["template_id"], &body["tracking_id"]),
        (&json!("501443"), &json!(format!("demo-{DAY}")))
    );
    let short = reports::short(&report(&stage, "demo").await, reports::Language::Vi);
    assert_eq!(
        (&fields["ngay"], &fields["don"], &fields["viec"]),
        (&json!("22/11/2026"), &json!(short.orders), &json!(short.to_do))
    );
    let sentence = fields["tin"].as_str().unwrap();
    assert!(sentence.ends_with('…') && sentence.chars().count() == 20, "{sentence}");
    assert!(fields["trang"].as_str().unwrap().ends_with("vi.html"), "an address is never cut");
}

#[tokio::test]
async fn a_phone_that_is_refused_waits_for_a_person_and_no_phone_is_named() {
    let zalo = refused(-118);
    let mut stage = a_day_of(told_by(&zalo, Some("canary-token"))).await;
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    assert_eq!(zalo.calls().len(), 2, "the second phone is tried all the same");
    let parked = stage.book.parked("demo").await;
    let note = parked.iter().find(|note| note.connection.as_str() == "report").unwrap();
    let advice = note.reasons[0].advice_en();
    assert!(advice.contains("by zalo") && advice.contains("-118"), "{advice}");
    assert!(!advice.contains("8490") && !advice.contains("canary"), "{advice}");
}

#[tokio::test]
async fn a_phone_that_got_it_is_not_told_again_because_another_was_not() {
    let zalo = taken();
    let asked = std::sync::atomic::AtomicUsize::new(0);
    zalo.answer_with(move |call| {
        let is_second = call.json()["phone"] == "84907654321";
        let is_first_time = is_second && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        if is_first_time { Reply::text(503, "later") } else { Reply::json(&json!({"error": 0})) }
    });
    let mut stage = a_day_of(told_by(&zalo, Some("canary-token"))).await;
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    let calls = zalo.calls();
    let phones: Vec<_> = calls.iter().map(|call| call.json()["phone"].as_str().unwrap().to_owned()).collect();
    assert_eq!(phones, ["84901234567", "84907654321", "84907654321"]);
}

/// The given token is used once; the pair that comes for it is stored, and the next renewal goes on from there.
#[tokio::test]
async fn the_login_renews_itself_from_the_token_that_a_person_gave_once() {
    let zalo = FakeServer::start(|call| {
        let form = String::from_utf8_lossy(&call.body).into_owned();
        let next = if form.contains("refresh_token=canary-given") { "one" } else { "two" };
        Reply::json(&json!({
            "access_token": format!("canary-access-{next}"), "refresh_token": format!("canary-refresh-{next}"),
            "expires_in": "90000",
        }))
    });
    let shops = told_by(&zalo, None);
    let stage = a_day_of(shops.clone()).await;
    let folder = tempfile::tempdir().unwrap();
    let (shop, report) = (ShopId::new("demo").unwrap(), ConnectionId::new("report").unwrap());
    let store = SecretStore::Folder(folder.path().join("secrets"));
    let given = [("zalo_app_secret", "canary-secret"), ("zalo_refresh_token", "canary-given")];
    let given: BTreeMap<String, SecretString> =
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    store.put(&shop, &report, &given).await.unwrap();
    let entry =
        Registered::changed(shop.clone(), "Mẫu".to_owned(), "1".to_owned(), None, Timestamp::UNIX_EPOCH);
    stage.book.table.register(&entry).await.unwrap();
    let now = Arc::new(std::sync::Mutex::new("2026-11-22T01:00:00Z".parse::<Timestamp>().unwrap()));
    let clock: channels::channel::Clock = {
        let now = now.clone();
        Arc::new(move || *now.lock().unwrap())
    };
    let http = Http::new(Duration::from_secs(5)).unwrap();
    let renew = RenewLogins {
        shops: shops.into(),
        store: store.clone(),
        gateway: Arc::new(Gateway::new(http, clock.clone(), Limits::default())),
        table: stage.book.table.clone(),
        clock,
    };
    for (after_hours, token, version) in [(0, "one", 1), (1, "one", 1), (24, "two", 2)] {
        *now.lock().unwrap() += Duration::from_secs(after_hours * 3_600);
        renew.handle().await.unwrap();
        let stored = store.load(&shop, std::slice::from_ref(&report)).await.unwrap().remove(&report).unwrap();
        assert_eq!(stored["access_token"].expose_secret(), format!("canary-access-{token}"));
        assert_eq!(stored["zalo_app_secret"].expose_secret(), "canary-secret", "nothing else is lost");
        let login = logins::login_state(&stage.book.table, &shop, &report).await.unwrap().login;
        assert_eq!((login.version, login.failure), (version, None));
    }
}

#[tokio::test]
async fn a_token_that_zalo_takes_no_more_is_told_to_who_renews_logins() {
    let zalo = refused(-124);
    let shops = told_by(&zalo, Some("canary-token"));
    let mut stage = a_day_of(shops.clone()).await;
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    assert!(object(&stage, &format!("reports/demo/{DAY}/told-zalo.json")).await.contains("parked"));
    let account = (ShopId::new("demo").unwrap(), ConnectionId::new("report").unwrap());
    let login = logins::login_state(&stage.book.table, &account.0, &account.1).await.unwrap().login;
    assert!(login.is_refused());
    zalo.answer_with(|_| Reply::json(&json!({"error": 0})));
    let morning = MorningReport::beside(stage.reconcile());
    let told = morning.tell_again(&shops, &stage.shop(), &report(&stage, "demo").await).await.unwrap();
    assert_eq!(told, [(Way::Zalo, Told::Now)]);
}
