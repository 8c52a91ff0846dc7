//! A key is changed without an hour in which webhooks are refused, and an old one is refused in the end.

use super::{Desk, until};
use hopkenh::demo::texts::Language;
use hopkenh::secret::{forget, list, set};
use hopkenh_tests::fake_channels::SHOPEE_PUSH;
use hopkenh_tests::house::{House, PARTNER_KEY, SHOP, SHOPEE_URL};
use hopkenh_tests::signers;
use lambda_kit::shop_source::{KEPT_MS, READ_AGAIN_MS};
use std::os::unix::fs::PermissionsExt;

const SECOND: &str = "second-partner-key-0b7d";
const THIRD: &str = "third-partner-key-99c1";

async fn push(house: &House, key: &str) -> u16 {
    let body = SHOPEE_PUSH.as_bytes();
    house.push("/webhooks/demo/shopee-main", &[signers::shopee(key, SHOPEE_URL, body)], body).await
}

async fn set(desk: &Desk, connection: &str, name: &str, value: &str) -> Result<String, String> {
    let (account, name, lang) = (desk.account(connection), name.to_owned(), Language::En);
    let args = set::Args { account, name, from: None, lang };
    let answer = desk.heard(set::report(&args, || Ok(format!("{value}\n"))).await);
    let (Ok(text) | Err(text)) = &answer;
    assert!(value.is_empty() || !text.contains(value), "{text}");
    answer
}

async fn forget_old(desk: &Desk, name: &str) -> Result<String, String> {
    let (account, name, lang) = (desk.account("shopee-main"), name.to_owned(), Language::En);
    desk.heard(forget::report_old(&forget::OldArgs { account, name, lang }).await)
}

async fn stored(desk: &Desk) -> Vec<(String, String)> {
    let args = list::Args { shop: SHOP.to_owned(), place: desk.place(), lang: Language::En };
    let text = desk.heard(list::report(&args).await).unwrap();
    let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let rows = text.lines().skip(1).map(cells).filter(|cells| cells.len() == 5);
    rows.map(|cells| (format!("{}/{}", cells[0], cells[2]), format!("{} {}", cells[3], cells[4]))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_key_is_changed_both_are_accepted_and_then_one() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&desk.file()).await.unwrap();
    until("known", async || push(&house, PARTNER_KEY).await == 200).await;
    assert_eq!(push(&house, SECOND).await, 401);
    assert!(stored(&desk).await.contains(&("shopee-main/partner_key".to_owned(), "yes yes".to_owned())));

    let said = set(&desk, "shopee-main", "partner_key", SECOND).await.unwrap();
    for part in [
        "within 5 minutes",
        "kept as partner_key_old",
        "change it at Shopee",
        "secret forget-old --shop demo",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(push(&house, SECOND).await, 401, "not read again yet");
    desk.later(READ_AGAIN_MS);
    assert_eq!([push(&house, PARTNER_KEY).await, push(&house, SECOND).await], [200, 200]);
    assert!(stored(&desk).await.contains(&("shopee-main/partner_key_old".to_owned(), "yes no".to_owned())));

    let files = desk.files();
    let said = desk.add(&desk.file()).await.unwrap();
    assert!(
        said.contains("at hand are the old ones of a change (those in force are kept): partner_key"),
        "{said}"
    );
    let said = set(&desk, "shopee-main", "partner_key", SECOND).await.unwrap();
    assert!(said.contains("nothing has changed"), "the old key is not pushed out: {said}");
    assert_eq!(desk.files(), files);

    forget_old(&desk, "partner_key").await.unwrap();
    desk.later(READ_AGAIN_MS);
    assert_eq!([push(&house, PARTNER_KEY).await, push(&house, SECOND).await], [401, 200]);
    assert!(forget_old(&desk, "partner_key").await.unwrap_err().contains("partner_key_old: is not stored"));
    desk.assert_no_secret_elsewhere();
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_key_is_refused_in_the_end_even_when_the_store_is_out_of_reach() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&desk.file()).await.unwrap();
    set(&desk, "shopee-main", "partner_key", THIRD).await.unwrap();
    until("known", async || push(&house, THIRD).await == 200).await;
    desk.later(READ_AGAIN_MS);
    assert_eq!([push(&house, PARTNER_KEY).await, push(&house, THIRD).await], [200, 200]);
    forget_old(&desk, "partner_key").await.unwrap();
    let store = desk.data().join("secrets/demo/shopee-main.json");
    let rights = |mode| std::fs::set_permissions(&store, std::fs::Permissions::from_mode(mode)).unwrap();
    // A file that others can read is not read.
    rights(0o644);
    desk.later(READ_AGAIN_MS);
    assert_eq!([push(&house, PARTNER_KEY).await, push(&house, THIRD).await], [200, 200], "kept a while");
    desk.later(KEPT_MS - READ_AGAIN_MS);
    assert_eq!([push(&house, PARTNER_KEY).await, push(&house, THIRD).await], [503, 503], "and no longer");
    rights(0o600);
    assert_eq!([push(&house, PARTNER_KEY).await, push(&house, THIRD).await], [401, 200]);
    house.stop().await;
}

#[tokio::test]
async fn a_secret_that_cannot_be_right_is_refused_and_nothing_is_written() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let files = desk.files();
    let long = "x".repeat(2_001);
    let cases = [
        (
            "shopee-main",
            "partnerkey",
            "v",
            "secret \"partnerkey\": connection shopee-main has no such secret; Shopee uses partner_key, access_token, refresh_token",
        ),
        ("shopee-main", "partner_key_old", "v", "has no such secret"),
        (
            "shopee",
            "partner_key",
            "v",
            "connection shopee: is not in the file of shop demo; it names shopee-main, till, web",
        ),
        ("web", "webhook_secret", "", "secret webhook_secret: the value is empty"),
        ("web", "webhook_secret", "a\tb", "more than one line"),
        ("web", "webhook_secret", &long, "longer than 2000 bytes"),
    ];
    for (connection, name, value, sentence) in cases {
        let refused = set(&desk, connection, name, value).await.unwrap_err();
        assert!(refused.contains(sentence), "{refused}");
    }
    assert_eq!(desk.files(), files);
    let mut args = set::Args {
        account: desk.account("web"),
        name: "webhook_secret".to_owned(),
        from: Some("a-plain-secret".to_owned()),
        lang: Language::En,
    };
    let refused = desk.heard(set::report(&args, || Ok(String::new())).await).unwrap_err();
    assert!(refused.contains("env:NAME") && !refused.contains("a-plain-secret"), "{refused}");
    args.account.shop = "lan".to_owned();
    let refused = desk.heard(set::report(&args, || Ok(String::new())).await).unwrap_err();
    assert!(refused.contains("shop lan: is not here; shops here: demo"), "{refused}");
    assert_eq!(desk.files(), files);
}
