//! Functions and their names, and what wakes them, changed for the worse.

use super::{Change, remove, rename, set, take_out, write};
use serde_json::json;

const ORDERS: &str = "Resources/RecordOrders/Properties";

pub(crate) fn changes() -> Vec<Change> {
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
            "of two that wake a function, one is gone",
            |w| take_out(w, "Resources/FetchOrders/Properties/Events"),
            &["FetchOrders must be woken by exactly one Queue"],
        ),
        (
            "a function is woken by what its code does not take",
            |w| {
                set(
                    w,
                    "Resources/EveryMinute/Properties/Target/Arn",
                    json!({"Fn::GetAtt": "LookUpOrders.Arn"}),
                )
            },
            &["LookUpOrders is woken by a Schedule too", "take that out"],
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
            "the night is another clock's",
            |w| take_out(w, "Resources/ReconcileEveryNight/Properties/ScheduleExpressionTimezone"),
            &["ReconcileEveryNight runs by another clock"],
        ),
        (
            "a schedule says what nobody reads",
            |w| set(w, "Resources/ReconcileEveryHour/Properties/Target/Input", json!("{}")),
            &["ReconcileEveryHour says {}"],
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
