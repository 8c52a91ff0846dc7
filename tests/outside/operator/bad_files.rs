//! A file with mistakes: all of them are named at once, and nothing is written, neither for a new shop nor over a good one.

use super::Desk;
use hopkenh_tests::house::write_config;
use std::os::unix::fs::PermissionsExt;
use table::shop_item::Registered;

/// What a file must not change.
async fn everything(
    desk: &Desk,
) -> (Vec<Registered>, usize, std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>) {
    if !desk.data().exists() {
        return (Vec::new(), 0, Default::default());
    }
    let table = desk.place().open().await.unwrap().table;
    let (shop, sku) = (commerce::ids::ShopId::new("demo").unwrap(), commerce::ids::Sku::new("AO-M").unwrap());
    let balances = table.stock_of_sku(&shop, &sku).await.unwrap().len();
    (table.registered().await.unwrap(), balances, desk.files())
}

type Case = (&'static str, fn(&str) -> String, &'static [&'static str]);

const CASES: [Case; 9] = [
    ("no TOML", |_| "[[shop".to_owned(), &["shops file"]),
    ("no shop", |_| String::new(), &["names no [[shop]]"]),
    ("two shops", |text| format!("{text}\n{}", text.replace("\"demo\"", "\"lan\"")), &["names 2 shops"]),
    ("a name of ours", |text| text.replace("id = \"demo\"", "id = \"operator\""), &["kept for the operator"]),
    ("a field nobody knows", |text| text.replace("serves_from", "serve_from"), &["serve_from"]),
    (
        "a secret in the file",
        |text| text.replace("file:secrets.toml#woo_secret", "shh-secret"),
        &["shop demo: connection web: secret \"webhook_secret\": a secret is given as \"env:NAME\""],
    ),
    (
        "a secret that is nowhere",
        |text| text.replace("partner_key = \"file:secrets.toml#partner_key\", ", ""),
        &[],
    ),
    (
        "a count out of this world",
        |text| text.replace("on_hand = 10", "on_hand = 9000000000"),
        &["count of AO-M"],
    ),
    (
        "everything at once",
        |text| {
            let text = text
                .replace("partner_id = \"2001\", ", "")
                .replace("channel = \"woocommerce\"", "channel = \"sendo\"");
            let text = text.replace("file:secrets.toml#client_id", "env:HOPKENH_TEST_NOT_THERE");
            let till = text.find("channel = \"kiotviet\"\nbase_url = \"").unwrap();
            let end = till + text[till..].find("\"\nserves_from").unwrap();
            format!("{}channel = \"kiotviet\"\nbase_url = \"http://10.0.0.7/k{}", &text[..till], &text[end..])
        },
        &[
            "connection shopee-main: account setting \"partner_id\" is missing; Shopee needs it",
            "connection web: channel \"sendo\" is unknown; known channels: ",
            "connection till: setting \"base_url\" is refused",
        ],
    ),
];

#[tokio::test]
async fn every_mistake_is_named_and_nothing_is_written() {
    for is_known in [false, true] {
        for (name, spoil, sentences) in CASES {
            let desk = Desk::new();
            if is_known {
                desk.add(&desk.file()).await.unwrap();
            }
            let before = everything(&desk).await;
            let answer = desk.add(&spoil(&desk.file())).await;
            if name == "a secret that is nowhere" && is_known {
                assert!(answer.is_ok(), "a secret stored earlier is enough: {answer:?}");
                continue;
            }
            let refused = answer.unwrap_err();
            for sentence in sentences {
                assert!(refused.contains(sentence), "{name}: {refused}");
            }
            assert!(!refused.contains("shh-secret"), "{refused}");
            assert_eq!(
                refused.matches("webhook_secret").count(),
                usize::from(name == "a secret in the file")
            );
            let nowhere = [
                "secret \"client_id\": environment variable HOPKENH_TEST_NOT_THERE",
                "secret \"partner_key\" is missing",
            ];
            let expected = match name {
                "everything at once" => is_known || refused.contains(nowhere[0]),
                "a secret that is nowhere" => refused.contains(nowhere[1]),
                _ => true,
            };
            assert!(expected, "{name}: {refused}");
            assert_eq!(everything(&desk).await, before, "{name}");
        }
    }
}

#[tokio::test]
async fn keys_that_others_can_read_are_refused_although_they_are_stored() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let before = everything(&desk).await;
    let file = write_config(desk.folder(), &desk.file().replace("Mẫu", "Lan"));
    let keys = desk.folder().join("secrets.toml");
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = desk.add_from(file).await.unwrap_err();
    assert_eq!(
        refused.matches("can be read by others: run chmod 600 on it").count(),
        8,
        "each is named: {refused}"
    );
    assert_eq!(everything(&desk).await, before);
}
