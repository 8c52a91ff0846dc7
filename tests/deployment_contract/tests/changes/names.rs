//! Functions, their names, their settings and their samples, changed for the worse.

use super::{Change, remove, rename, set, take_out, write};
use serde_json::json;

const ORDERS: &str = "Resources/RecordOrders/Properties";

pub(crate) fn changes() -> Vec<Change> {
    let mut all = of_functions();
    all.extend(of_settings());
    all.extend(of_samples());
    all
}

fn of_functions() -> Vec<Change> {
    vec![
        (
            "a function is gone from the template",
            |w| take_out(w, "Resources/RecordOrders"),
            &["functions/record-orders", "add a function RecordOrders"],
        ),
        (
            "a function is gone from the folders",
            |w| remove(w, "functions/record-orders"),
            &["RecordOrders", "has no code", "add functions/record-orders"],
        ),
        (
            "a function has another name in the template",
            |w| rename(w, "Resources/RecordOrders", "Recorder"),
            &["record-orders", "rename it to RecordOrders"],
        ),
        (
            "a function has another name in AWS",
            |w| set(w, &format!("{ORDERS}/FunctionName"), json!("orders")),
            &["functions/record-orders is not in the template"],
        ),
        (
            "a package has another name",
            |w| {
                write(
                    w,
                    "functions/record-orders/Cargo.toml",
                    "name = \"record-orders\"",
                    "name = \"recorder\"",
                )
            },
            &["functions/record-orders/Cargo.toml", "recorder", "set name"],
        ),
        (
            "a binary has another name",
            |w| {
                write(
                    w,
                    "functions/record-orders/Cargo.toml",
                    "[lints]",
                    "[[bin]]\nname = \"recorder\"\n\n[lints]",
                )
            },
            &["builds a binary recorder", "name it record-orders"],
        ),
        (
            "a binary is gone",
            |w| remove(w, "functions/record-orders/src/main.rs"),
            &["record-orders has no binary", "add functions/record-orders/src/main.rs"],
        ),
        (
            "a workflow is gone",
            |w| remove(w, "shared/workflows/src/record_orders.rs"),
            &["record-orders has no workflow", "add shared/workflows/src/record_orders.rs"],
        ),
        (
            "a workflow begins nowhere",
            |w| {
                write(
                    w,
                    "shared/workflows/src/announce_stock.rs",
                    "pub async fn handle(",
                    "pub async fn start(",
                )
            },
            &["announce_stock.rs has no handle"],
        ),
        (
            "a folder of samples is gone",
            |w| remove(w, "events/record-orders"),
            &["record-orders has no sample events", "add them to events/record-orders"],
        ),
        (
            "a folder of samples belongs to nobody",
            |w| {
                w.files.insert("events/record-levels/a.json".to_owned(), "{}".to_owned());
            },
            &["events/record-levels belongs to no function"],
        ),
        (
            "the code is looked for elsewhere",
            |w| set(w, &format!("{ORDERS}/CodeUri"), json!("../target/lambda/orders/")),
            &["RecordOrders has CodeUri", "../target/lambda/record-orders/"],
        ),
        (
            "another runtime",
            |w| set(w, "Globals/Function/Runtime", json!("provided.al2")),
            &["Runtime", "provided.al2023"],
        ),
        (
            "another handler",
            |w| set(w, &format!("{ORDERS}/Handler"), json!("main")),
            &["RecordOrders has Handler main", "bootstrap"],
        ),
        (
            "a fixed processor",
            |w| set(w, "Globals/Function/Architectures", json!(["x86_64"])),
            &["Architectures"],
        ),
        (
            "the dearer processor by default",
            |w| set(w, "Parameters/Architecture/Default", json!("x86_64")),
            &["Architecture", "set its Default to arm64"],
        ),
        ("no time limit", |w| take_out(w, &format!("{ORDERS}/Timeout")), &["RecordOrders has no time limit"]),
        (
            "a role for two",
            |w| set(w, &format!("{ORDERS}/Role"), json!({"Fn::GetAtt": "PublishStockRole.Arn"})),
            &["PublishStock and RecordOrders share the role PublishStockRole"],
        ),
        (
            "a role is gone",
            |w| take_out(w, "Resources/RecordOrdersRole"),
            &["RecordOrders has no role", "add RecordOrdersRole"],
        ),
        (
            "a role for other services",
            |w| {
                set(
                    w,
                    "Resources/RecordOrdersRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal",
                    json!({"Service": "ec2.amazonaws.com"}),
                )
            },
            &["RecordOrdersRole may be taken on by others"],
        ),
        (
            "a function takes an unknown event",
            |w| {
                write(
                    w,
                    "functions/record-orders/src/main.rs",
                    "LambdaEvent<SqsEvent>",
                    "LambdaEvent<S3Event>",
                )
            },
            &["record-orders/src/main.rs takes an event", "woken.rs"],
        ),
        (
            "nothing wakes a function",
            |w| take_out(w, &format!("{ORDERS}/Events")),
            &["RecordOrders must be woken by exactly one Queue"],
        ),
        (
            "a schedule is gone",
            |w| take_out(w, "Resources/EveryMinute"),
            &["SweepDue must be woken by exactly one Schedule", "AWS::Scheduler::Schedule"],
        ),
        (
            "a schedule is slower",
            |w| set(w, "Resources/EveryMinute/Properties/ScheduleExpression", json!("rate(1 hour)")),
            &["EveryMinute runs at rate(1 hour)"],
        ),
        (
            "a schedule is off",
            |w| set(w, "Resources/EveryMinute/Properties/State", json!("DISABLED")),
            &["EveryMinute is switched off"],
        ),
        (
            "a schedule loses its failures",
            |w| take_out(w, "Resources/EveryMinute/Properties/Target/DeadLetterConfig"),
            &["EveryMinute loses", "add a DeadLetterConfig"],
        ),
        (
            "a route is gone",
            |w| take_out(w, "Resources/WebhooksHandshake"),
            &["no route takes GET /webhooks/{shop}/{connection}"],
        ),
        (
            "a route is named differently",
            |w| {
                set(w, "Resources/WebhooksPush/Properties/RouteKey", json!("POST /webhooks/{shop}/{account}"))
            },
            &["no route takes POST /webhooks/{shop}/{connection}"],
        ),
        (
            "a route leads nowhere",
            |w| {
                set(w, "Resources/WebhooksPush/Properties/Target", json!({"Fn::Sub": "integrations/${Gone}"}))
            },
            &["the route POST /webhooks/{shop}/{connection} leads to"],
        ),
        (
            "API Gateway may not call",
            |w| take_out(w, "Resources/WebhooksMayInvoke"),
            &["nothing lets API Gateway call ReceiveWebhook"],
        ),
        (
            "anybody's API may call",
            |w| take_out(w, "Resources/WebhooksMayInvoke/Properties/SourceArn"),
            &["WebhooksMayInvoke lets anybody's API call"],
        ),
        (
            "webhooks come in another format",
            |w| set(w, "Resources/WebhooksIntegration/Properties/PayloadFormatVersion", json!("1.0")),
            &["set PayloadFormatVersion"],
        ),
        (
            "a flood is let in",
            |w| take_out(w, "Resources/WebhooksStage/Properties/DefaultRouteSettings/ThrottlingBurstLimit"),
            &["WebhooksStage has no ThrottlingBurstLimit"],
        ),
    ]
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
