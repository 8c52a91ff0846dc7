//! Logs, alarms, the dashboard and the runbook, changed for the worse.

use super::{Change, set, take_out, write};
use serde_json::json;

pub(crate) fn changes() -> Vec<Change> {
    vec![
        (
            "a log is kept for ever",
            |w| take_out(w, "Resources/RecordOrdersLog/Properties/RetentionInDays"),
            &["RecordOrdersLog keeps its lines for ever", "set RetentionInDays"],
        ),
        (
            "the door's log is kept for ever",
            |w| take_out(w, "Resources/WebhooksLog/Properties/RetentionInDays"),
            &["WebhooksLog keeps its lines for ever"],
        ),
        (
            "a log group is gone",
            |w| take_out(w, "Resources/RecordOrdersLog"),
            &["RecordOrders has no log group of its own", "add RecordOrdersLog"],
        ),
        (
            "a log goes elsewhere",
            |w| take_out(w, "Resources/RecordOrders/Properties/LoggingConfig"),
            &["RecordOrders has no log group of its own"],
        ),
        (
            "a log has another name",
            |w| set(w, "Resources/RecordOrdersLog/Properties/LogGroupName", json!("/x")),
            &["RecordOrders has no log group of its own", "/aws/lambda/${AWS::StackName}-record-orders"],
        ),
        (
            "nobody hears of errors",
            |w| take_out(w, "Resources/RecordOrdersErrorsAlarm"),
            &["nobody is told when record-orders fails", "add an alarm on AWS/Lambda Errors"],
        ),
        (
            "nobody hears of throttles",
            |w| take_out(w, "Resources/RecordOrdersThrottlesAlarm"),
            &["nobody is told when record-orders is held back", "Throttles"],
        ),
        (
            "an alarm watches another function",
            |w| {
                set(
                    w,
                    "Resources/RecordOrdersErrorsAlarm/Properties/Dimensions/0/Value",
                    json!({"Ref": "PublishStock"}),
                )
            },
            &["nobody is told when record-orders fails"],
        ),
        (
            "nobody hears of late work",
            |w| take_out(w, "Resources/OrdersLateAlarm"),
            &["nobody is told when Orders waits", "ApproximateAgeOfOldestMessage"],
        ),
        (
            "nobody hears of dead letters",
            |w| take_out(w, "Resources/OrdersDeadAlarm"),
            &["nobody is told of dead letters in OrdersDead"],
        ),
        (
            "nobody hears of failed lines",
            |w| take_out(w, "Resources/StockChangesFailedAlarm"),
            &["nobody is told of dead letters in StockChangesFailed"],
        ),
        (
            "nobody hears of a late ledger",
            |w| {
                take_out(w, "Resources/LedgerLateAlarm");
                take_out(w, "Resources/LedgerLagAlarm");
            },
            &["nobody is told when announce-stock falls behind"],
        ),
        (
            "nobody hears that the clock stopped",
            |w| take_out(w, "Resources/SweepDueStoppedAlarm"),
            &["nobody is told when sweep-due is no longer called"],
        ),
        (
            "an alarm tells nobody",
            |w| take_out(w, "Resources/OrdersLateAlarm/Properties/AlarmActions"),
            &["OrdersLateAlarm tells nobody by its AlarmActions", "[!Ref Alarms]"],
        ),
        (
            "an alarm tells a topic that is not there",
            |w| set(w, "Resources/OrdersLateAlarm/Properties/OKActions", json!([{"Ref": "Orders"}])),
            &["OrdersLateAlarm tells nobody by its OKActions"],
        ),
        (
            "the topic is gone",
            |w| take_out(w, "Resources/Alarms"),
            &["OrdersLateAlarm tells nobody by its AlarmActions"],
        ),
        (
            "an alarm is off",
            |w| set(w, "Resources/OrdersLateAlarm/Properties/ActionsEnabled", json!(false)),
            &["OrdersLateAlarm is switched off"],
        ),
        (
            "an alarm without a runbook",
            |w| set(w, "Resources/OrdersLateAlarm/Properties/AlarmDescription", json!("Late.")),
            &["OrdersLateAlarm does not say where its runbook is", "infra/README.md#orders-late"],
        ),
        (
            "a page of the runbook is gone",
            |w| write(w, "infra/README.md", "# orders-late\n", "# late orders\n"),
            &["infra/README.md has no page orders-late", "OrdersLateAlarm"],
        ),
        (
            "nobody hears of stale listings",
            |w| take_out(w, "Resources/ListingsStaleAlarm"),
            &["nobody is told of stale", "ListingsStale with function !Ref PublishStock"],
        ),
        (
            "nobody hears of oversells",
            |w| take_out(w, "Resources/OversoldAlarm"),
            &["nobody is told of oversell", "Oversold"],
        ),
        (
            "nobody hears of missing orders",
            |w| take_out(w, "Resources/OrdersLeftAlarm"),
            &["nobody is told of completeness", "OrdersLeft"],
        ),
        (
            "nobody hears of drift",
            |w| take_out(w, "Resources/DriftLeftAlarm"),
            &["nobody is told of drift", "DriftLeft"],
        ),
        (
            "nobody hears of logins that end",
            |w| take_out(w, "Resources/LoginsExpiringSoonAlarm"),
            &["nobody is told of logins-expiring-soon", "LoginsExpiringSoon"],
        ),
        (
            "the dashboard is gone",
            |w| take_out(w, "Resources/Dashboard"),
            &["nobody sees how the stack is doing", "AWS::CloudWatch::Dashboard"],
        ),
        (
            "an alarm waits for a figure of another name",
            |w| set(w, "Resources/LedgerGapsAlarm/Properties/MetricName", json!("LedgerHoles")),
            &["LedgerGapsAlarm shows LedgerHoles of announce-stock", "mend the name"],
        ),
        (
            "a figure gets another name in the code",
            |w| {
                write(w, "shared/workflows/src/record_orders.rs", "(\"OrdersRecorded\"", "(\"OrdersWritten\"")
            },
            &["record-orders tells OrdersWritten", "shown nowhere"],
        ),
        (
            "a figure is told no more",
            |w| {
                write(
                    w,
                    "shared/workflows/src/record_orders.rs",
                    "metrics::tell(&[(\"OrdersRecorded\", Unit::Count, orders)]);",
                    "",
                )
            },
            &["Dashboard shows OrdersRecorded of record-orders, which its code never tells"],
        ),
        (
            "the dashboard shows a queue that is not there",
            |w| {
                set(
                    w,
                    "Resources/Orders/Properties/QueueName",
                    json!({"Fn::Sub": "${AWS::StackName}-records"}),
                )
            },
            &["Dashboard shows", "${AWS::StackName}-orders, which is not there"],
        ),
        (
            "the dashboard is no JSON",
            |w| set(w, "Resources/Dashboard/Properties/DashboardBody", json!("{")),
            &["Dashboard holds no JSON"],
        ),
    ]
}
