//! A shop that reads e-mail gets its morning report and what cannot wait as letters, once each, and one way that fails holds
//! up no other.

use crate::mornings::{DAY, a_day_of, night, object, report, shops_told_by, telegram};
use channels::error::{ErrorKind, Next};
use commerce::report_reader::Way;
use hopkenh_tests::fake_server::{FakeServer, Reply};
use hopkenh_tests::mail_server::MailServer;
use lambda_kit::aws::AwsAccess;
use lambda_kit::batch::Outcome;
use lambda_kit::mail::{Letter, Mail};
use lambda_kit::shops::Shops;
use one_machine::table_engine::TableEngine;
use serde_json::json;
use workflows::morning_report::Told;
use workflows::{MorningReport, Reconcile};

const PASSWORD: &str = "canary-mail-password";

fn told_by(mail: &MailServer, more: &str) -> Shops {
    let server = format!(
        r#"server = "{}", user = "bao-cao", from = "bao-cao@cuahang.vn", password = "env:NONE""#,
        mail.url
    );
    let email = format!(r#"email = {{ to = ["chu@cuahang.vn", "ke-toan@cuahang.vn"], {server} }}{more}"#);
    shops_told_by(&email, &[("mail_password", PASSWORD), ("telegram_token", "1234567:token")])
}

#[tokio::test]
async fn the_owner_gets_one_letter_with_the_page_in_it() {
    let mail = MailServer::start();
    let mut stage = a_day_of(told_by(&mail, "")).await;
    for _ in 0..2 {
        assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    }
    let letters = mail.taken();
    let [letter] = &letters[..] else { panic!("{} letters", letters.len()) };
    assert_eq!(letter.from, "bao-cao@cuahang.vn");
    assert_eq!(letter.to, ["chu@cuahang.vn", "ke-toan@cuahang.vn"]);
    assert_eq!(letter.login, format!("bao-cao {PASSWORD}"));
    let said = letter.plain();
    assert!(said.contains("Cửa hàng Mẫu") && said.contains("<!DOCTYPE html>"), "{said}");
    assert!(said.contains(&format!("demo-{DAY}.html")), "the page has a name");
    assert!(!said.contains("canary"), "the password is told");
    assert!(object(&stage, &format!("reports/demo/{DAY}/told-email.json")).await.contains("now"));
}

#[tokio::test]
async fn a_way_that_fails_waits_for_a_person_and_holds_up_no_other() {
    let (mail, telegram) = (MailServer::start(), telegram());
    mail.answer_with("554 no such mailbox chu@cuahang.vn");
    let chat =
        format!(r#", telegram = {{ chat = "-1", token = "env:NONE", base_url = "{}" }}"#, telegram.url);
    let shops = told_by(&mail, &chat);
    let mut stage = a_day_of(shops.clone()).await;
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    assert_eq!((telegram.calls().len(), mail.taken().len()), (1, 1));
    let parked = stage.book.parked("demo").await;
    let notes: Vec<_> = parked.iter().filter(|note| note.connection.as_str() == "report").collect();
    let [note] = &notes[..] else { panic!("{} notes", notes.len()) };
    let advice = note.reasons[0].advice_en();
    assert!(advice.contains("by email") && advice.contains("554"), "{advice}");
    assert!(!advice.contains("chu@"), "an address is told: {advice}");
    mail.answer_with("250 taken");
    let morning = MorningReport::beside(stage.reconcile());
    let told = morning.tell_again(&shops, &stage.shop(), &report(&stage, "demo").await).await.unwrap();
    assert_eq!(told, [(Way::Telegram, Told::Before), (Way::Email, Told::Now)]);
    assert_eq!((telegram.calls().len(), mail.taken().len()), (1, 2));
}

#[tokio::test]
async fn a_mail_server_that_is_down_for_a_moment_takes_the_letter_all_the_same() {
    let mail = MailServer::start();
    mail.answer_with("451 later");
    let mut stage = a_day_of(told_by(&mail, "")).await;
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    assert_eq!(mail.taken().len(), 3, "three tries");
    assert!(object(&stage, &format!("reports/demo/{DAY}/told-email.json")).await.contains("parked"));
}

/// SES as far as a sender sees it.
fn ses(server: &FakeServer) -> Mail {
    let nobody = one_machine::sdk_answer::access(TableEngine::in_memory().unwrap());
    let aws = AwsAccess { endpoint_url: Some(server.url.clone()), ..nobody };
    Mail::new(&aws, "bao-cao@hopkenh.vn".to_owned()).unwrap()
}

#[tokio::test]
async fn a_shop_without_a_mail_server_is_written_to_by_the_deployments_sender() {
    let server = FakeServer::start(|_| Reply::json(&json!({"MessageId": "m-1"})));
    let shops = shops_told_by(r#"email = { to = ["chu@cuahang.vn"], lang = "en" }"#, &[]);
    let mut stage = a_day_of(shops.clone()).await;
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    let parked = stage.book.parked("demo").await;
    let note = parked.iter().find(|note| note.connection.as_str() == "report").unwrap();
    assert!(
        note.reasons[0].advice_en().contains("no sender of e-mail"),
        "a deployment without a sender says so"
    );
    let work = Reconcile { mail: ses(&server), ..stage.reconcile().clone() };
    let report = report(&stage, "demo").await;
    let told = MorningReport::beside(&work).tell_again(&shops, &stage.shop(), &report).await.unwrap();
    assert_eq!(told, [(Way::Email, Told::Now)]);
    let calls = server.calls();
    let [call] = &calls[..] else { panic!("{} calls", calls.len()) };
    assert_eq!((call.method.as_str(), call.path()), ("POST", "/v2/email/outbound-emails"));
    assert!(call.headers["authorization"].contains("/ap-southeast-1/ses/aws4_request"));
    let body = call.json();
    assert_eq!(body["FromEmailAddress"], "bao-cao@hopkenh.vn");
    assert_eq!(body["Destination"]["ToAddresses"], json!(["chu@cuahang.vn"]));
    let simple = &body["Content"]["Simple"];
    assert!(simple["Subject"]["Data"].as_str().unwrap().ends_with(&format!("report of {DAY}")));
    assert!(simple["Body"]["Text"]["Data"].as_str().unwrap().contains("Cửa hàng Mẫu"));
    assert_eq!(simple["Attachments"][0]["ContentType"], "text/html; charset=utf-8");
}

#[tokio::test]
async fn what_ses_refuses_is_told_by_its_kind_and_without_an_address() {
    let server = FakeServer::start(|_| Reply::json(&json!({})));
    let letter = Letter {
        to: vec!["chu@cuahang.vn".to_owned()],
        subject: String::new(),
        text: String::new(),
        page: None,
    };
    for (status, kind, next) in [
        (400, ErrorKind::Refused, Next::Park),
        (429, ErrorKind::RateLimited, Next::Retry),
        (503, ErrorKind::Unavailable, Next::Retry),
    ] {
        server.answer_with(move |_| {
            let said = json!({"message": "Email address is not verified: chu@cuahang.vn"});
            Reply::text(status, &said.to_string()).with("x-amzn-errortype", "MessageRejected:http://internal")
        });
        let error = ses(&server).send_letter(&letter).await.unwrap_err();
        assert_eq!((error.kind, error.next), (kind, next), "{status}");
        assert!(!error.detail.contains("chu@"), "{}", error.detail);
    }
}
