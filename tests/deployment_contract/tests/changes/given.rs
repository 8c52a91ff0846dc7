//! The settings that functions get and the samples of what they are handed, changed for the worse.

use super::{Change, remove, rename, set, take_out, write};
use serde_json::json;

const ORDERS: &str = "Resources/RecordOrders/Properties";

pub(crate) fn changes() -> Vec<Change> {
    let mut all = of_settings();
    all.extend(of_samples());
    all
}

fn of_settings() -> Vec<Change> {
    vec![
        (
            "a variable is gone",
            |w| take_out(w, &format!("{ORDERS}/Environment/Variables/ARCHIVE_BUCKET")),
            &["asks for ARCHIVE_BUCKET", "add ARCHIVE_BUCKET to the Variables of RecordOrders"],
        ),
        (
            "a variable of all is gone",
            |w| take_out(w, "Globals/Function/Environment/Variables/SHOPS_BUCKET"),
            &["record-orders/src/main.rs asks for SHOPS_BUCKET"],
        ),
        (
            "a variable is misspelt",
            |w| rename(w, &format!("{ORDERS}/Environment/Variables/TABLE_NAME"), "TABEL_NAME"),
            &["RecordOrders gets TABEL_NAME", "take TABEL_NAME out"],
        ),
        (
            "a variable that nobody asks for",
            |w| set(w, &format!("{ORDERS}/Environment/Variables/SECRETS_PATH"), json!("/x")),
            &["RecordOrders gets SECRETS_PATH", "take SECRETS_PATH out"],
        ),
        (
            "a variable is empty",
            |w| set(w, &format!("{ORDERS}/Environment/Variables/TABLE_NAME"), json!("")),
            &["RecordOrders gets TABLE_NAME empty"],
        ),
        (
            "code asks no more",
            |w| {
                write(
                    w,
                    "functions/look-up-orders/src/main.rs",
                    "gateway_from_environment(clock::system())",
                    "gateway(Outside::Public, clock::system())",
                )
            },
            &["LookUpOrders gets CHANNEL_HOSTS", "take CHANNEL_HOSTS out"],
        ),
        (
            "code asks for secrets",
            |w| {
                write(
                    w,
                    "functions/record-orders/src/main.rs",
                    "ShopSource::without_secrets_from_environment",
                    "ShopSource::from_environment",
                )
            },
            &["record-orders/src/main.rs asks for SECRETS_PATH", "add SECRETS_PATH"],
        ),
        (
            "a setting has another name",
            |w| write(w, "shared/lambda_kit/src/settings.rs", "name: \"TABLE_NAME\"", "name: \"BOOK_NAME\""),
            &["asks for BOOK_NAME", "add BOOK_NAME to the Variables of RecordOrders"],
        ),
        (
            "code reads the environment by itself",
            |w| {
                write(
                    w,
                    "shared/workflows/src/counters.rs",
                    "impl Counters {",
                    "fn peek() { std::env::var(\"X\"); }\nimpl Counters {",
                )
            },
            &["counters.rs reads the environment by itself"],
        ),
        (
            "the kit reads one more",
            |w| {
                write(
                    w,
                    "shared/lambda_kit/src/way_out.rs",
                    "let text = CHANNEL_HOSTS.required()?;",
                    "let text = CHANNEL_HOSTS.required()?; TABLE_NAME.required()?;",
                )
            },
            &["way_out::gateway_from_environment reads CHANNEL_HOSTS, TABLE_NAME", "READ_FOR_OTHERS"],
        ),
        (
            "the kit reads one less",
            |w| {
                write(
                    w,
                    "shared/lambda_kit/src/shop_source.rs",
                    "Some(SecretStore::from_environment(aws)?)",
                    "None",
                )
            },
            &["ShopSource::from_environment reads SHOPS_BUCKET", "READ_FOR_OTHERS"],
        ),
        (
            "a reader of the kit is renamed",
            |w| write(w, "shared/lambda_kit/src/logging.rs", "fn start_plain", "fn start_text"),
            &["logging::start_text reads LOG_LEVEL", "READ_FOR_OTHERS"],
        ),
    ]
}

fn of_samples() -> Vec<Change> {
    vec![
        (
            "a sample is no JSON",
            |w| write(w, "events/record-orders/the-cancel-comes-first.json", "{", "<"),
            &["the-cancel-comes-first.json is no JSON"],
        ),
        (
            "a sample expects nothing",
            |w| remove(w, "events/record-orders/the-cancel-comes-first.expected.json"),
            &["add events/record-orders/the-cancel-comes-first.expected.json"],
        ),
        (
            "an expectation is left over",
            |w| remove(w, "events/record-orders/the-cancel-comes-first.json"),
            &["the-cancel-comes-first.expected.json belongs to no sample"],
        ),
        (
            "a sample comes from another service",
            |w| write(w, "events/record-orders/the-cancel-comes-first.json", "\"aws:sqs\"", "\"aws:sns\""),
            &["the-cancel-comes-first.json", "add /eventSource with the value aws:sqs"],
        ),
        (
            "a sample comes from another queue",
            |w| {
                write(
                    w,
                    "events/record-orders/the-cancel-comes-first.json",
                    "hopkenh-orders",
                    "hopkenh-lookups",
                )
            },
            &["the-cancel-comes-first.json comes from", "set eventSourceARN"],
        ),
        (
            "a sample has a nameless message",
            |w| write(w, "events/record-orders/the-cancel-comes-first.json", "\"messageId\"", "\"id\""),
            &["the-cancel-comes-first.json is no batch of messages"],
        ),
        (
            "a sample of a group has no group",
            |w| {
                write(
                    w,
                    "events/publish-stock/a-group-stops-at-its-first-failure.json",
                    "MessageGroupId",
                    "Group",
                )
            },
            &["a-group-stops-at-its-first-failure.json", "add /attributes/MessageGroupId"],
        ),
        (
            "a line of the stream has other keys",
            |w| write(w, "events/announce-stock/only-sent.json", "\"Keys\"", "\"Key\""),
            &["only-sent.json", "/dynamodb/Keys/p/S"],
        ),
        (
            "a webhook of another format",
            |w| write(w, "events/receive-webhook/woocommerce-ping.json", "\"2.0\"", "\"1.0\""),
            &["woocommerce-ping.json", "/version with the value 2.0"],
        ),
        (
            "a function has no sample left",
            |w| {
                w.files.retain(|path, _| {
                    !path.starts_with("events/announce-stock/") || path.ends_with(".expected.json")
                });
            },
            &["events/announce-stock is empty"],
        ),
        (
            "a tick is no object",
            |w| {
                w.files.insert("events/sweep-due/every-minute.json".to_owned(), "7".to_owned());
            },
            &["every-minute.json is no object"],
        ),
    ]
}
