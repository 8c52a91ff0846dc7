//! Queues, event sources and the table, changed for the worse.

use super::{Change, set, take_out};
use serde_json::json;

const SOURCE: &str = "Resources/RecordOrders/Properties/Events/Orders/Properties";
const NOTES: &str = "Resources/PublishStock/Properties/Events/Notes/Properties";
const STREAM: &str = "Resources/AnnounceStock/Properties/Events/StockChanges/Properties";
const TABLE: &str = "Resources/Table/Properties";

pub(crate) fn changes() -> Vec<Change> {
    let mut all = of_queues();
    all.extend(of_readers());
    all.extend(of_table());
    all
}

fn of_queues() -> Vec<Change> {
    vec![
        (
            "a queue is gone",
            |w| take_out(w, "Resources/Orders"),
            &["event Orders of RecordOrders reads ${Orders.Arn}, which is not there"],
        ),
        (
            "a dead-letter queue is gone",
            |w| take_out(w, "Resources/OrdersDead"),
            &["Orders has no dead-letter queue", "add a queue OrdersDead"],
        ),
        (
            "a queue loses its dead letters",
            |w| take_out(w, "Resources/Orders/Properties/RedrivePolicy"),
            &["Orders has no dead-letter queue", "RedrivePolicy"],
        ),
        (
            "a queue hides too briefly",
            |w| set(w, "Resources/Orders/Properties/VisibilityTimeout", json!(179)),
            &["Orders hides a message for 179 s", "set VisibilityTimeout of Orders to 180"],
        ),
        (
            "a queue hides as SQS likes",
            |w| take_out(w, "Resources/Orders/Properties/VisibilityTimeout"),
            &["Orders hides a message for 30 s"],
        ),
        (
            "a reader takes longer",
            |w| set(w, "Resources/RecordOrders/Properties/Timeout", json!(60)),
            &["RecordOrders may work 60 s", "to 360"],
        ),
        (
            "dead letters vanish first",
            |w| set(w, "Resources/OrdersDead/Properties/MessageRetentionPeriod", json!(345_600)),
            &["OrdersDead keeps messages for 345600 s", "set MessageRetentionPeriod of OrdersDead"],
        ),
        (
            "failed lines vanish soon",
            |w| take_out(w, "Resources/StockChangesFailed/Properties/MessageRetentionPeriod"),
            &["StockChangesFailed keeps dead letters for 345600 s only"],
        ),
        (
            "dead before parked",
            |w| set(w, "Resources/Orders/Properties/RedrivePolicy/maxReceiveCount", json!(6)),
            &["Orders gives up after 6 tries", "set maxReceiveCount to more than 6"],
        ),
        (
            "a FIFO queue drops into a plain one",
            |w| {
                take_out(w, "Resources/PublishDead/Properties/FifoQueue");
                set(
                    w,
                    "Resources/PublishDead/Properties/QueueName",
                    json!({"Fn::Sub": "${AWS::StackName}-publish-dead"}),
                );
            },
            &["Publish and PublishDead are not of one kind"],
        ),
        (
            "a FIFO queue has a plain name",
            |w| {
                set(
                    w,
                    "Resources/Publish/Properties/QueueName",
                    json!({"Fn::Sub": "${AWS::StackName}-publish"}),
                )
            },
            &["Publish is called ${AWS::StackName}-publish", "set FifoQueue"],
        ),
        (
            "a queue is not encrypted",
            |w| set(w, "Resources/Orders/Properties/SqsManagedSseEnabled", json!(false)),
            &["Orders is not encrypted"],
        ),
        (
            "dead letters are refused",
            |w| {
                set(
                    w,
                    "Resources/OrdersDead/Properties/RedriveAllowPolicy",
                    json!({"redrivePermission": "denyAll"}),
                )
            },
            &["OrdersDead does not take the dead letters of Orders"],
        ),
        (
            "a queue that nobody reads",
            |w| set(w, "Resources/Extra", w.template["Resources"]["Orders"].clone()),
            &["Extra is not read by exactly one function"],
        ),
    ]
}

fn of_readers() -> Vec<Change> {
    vec![
        (
            "one bad message takes its batch along",
            |w| take_out(w, &format!("{SOURCE}/FunctionResponseTypes")),
            &["event Orders of RecordOrders", "ReportBatchItemFailures"],
        ),
        (
            "one bad line takes its batch along",
            |w| set(w, &format!("{STREAM}/FunctionResponseTypes"), json!([])),
            &["event StockChanges of AnnounceStock", "ReportBatchItemFailures"],
        ),
        (
            "a batching window on FIFO",
            |w| set(w, &format!("{NOTES}/MaximumBatchingWindowInSeconds"), json!(1)),
            &["event Notes of PublishStock", "take MaximumBatchingWindowInSeconds out"],
        ),
        (
            "a batch that no queue hands over",
            |w| set(w, &format!("{NOTES}/BatchSize"), json!(100)),
            &["event Notes of PublishStock takes 100 messages", "set BatchSize to 10"],
        ),
        (
            "copies without bound",
            |w| take_out(w, &format!("{SOURCE}/ScalingConfig")),
            &["event Orders of RecordOrders may run without bound"],
        ),
        (
            "the ledger begins with a gap",
            |w| set(w, &format!("{STREAM}/StartingPosition"), json!("LATEST")),
            &["event StockChanges", "set StartingPosition to TRIM_HORIZON"],
        ),
        (
            "a bad line is never found",
            |w| take_out(w, &format!("{STREAM}/BisectBatchOnFunctionError")),
            &["event StockChanges", "BisectBatchOnFunctionError"],
        ),
        (
            "a bad line is tried for a day",
            |w| set(w, &format!("{STREAM}/MaximumRetryAttempts"), json!(-1)),
            &["event StockChanges", "add MaximumRetryAttempts"],
        ),
        (
            "failed lines are dropped",
            |w| take_out(w, &format!("{STREAM}/DestinationConfig")),
            &["event StockChanges of AnnounceStock drops lines"],
        ),
        (
            "the filter knows another prefix",
            |w| {
                set(
                    w,
                    &format!("{STREAM}/FilterCriteria/Filters/0/Pattern"),
                    json!("{\"dynamodb\":{\"Keys\":{\"s\":{\"S\":[{\"prefix\":\"S#\"}]}}}}"),
                )
            },
            &["event StockChanges", "prefix", "L#"],
        ),
        (
            "the filter is gone",
            |w| take_out(w, &format!("{STREAM}/FilterCriteria")),
            &["event StockChanges", "set its one filter Pattern"],
        ),
    ]
}

fn of_table() -> Vec<Change> {
    vec![
        (
            "the key has another name",
            |w| set(w, &format!("{TABLE}/KeySchema/0/AttributeName"), json!("pk")),
            &["Table has KeySchema", "keys.rs"],
        ),
        (
            "the keys are the wrong way round",
            |w| {
                set(w, &format!("{TABLE}/KeySchema/0/KeyType"), json!("RANGE"));
                set(w, &format!("{TABLE}/KeySchema/1/KeyType"), json!("HASH"));
            },
            &["Table has KeySchema"],
        ),
        (
            "a key is a number",
            |w| set(w, &format!("{TABLE}/AttributeDefinitions/1/AttributeType"), json!("N")),
            &["Table has AttributeDefinitions"],
        ),
        (
            "the stream shows one image",
            |w| set(w, &format!("{TABLE}/StreamSpecification/StreamViewType"), json!("NEW_IMAGE")),
            &["StreamViewType NEW_IMAGE", "NEW_AND_OLD_IMAGES"],
        ),
        (
            "expiry looks elsewhere",
            |w| set(w, &format!("{TABLE}/TimeToLiveSpecification/AttributeName"), json!("expires")),
            &["TimeToLiveSpecification", "ttl"],
        ),
        (
            "expiry is off",
            |w| set(w, &format!("{TABLE}/TimeToLiveSpecification/Enabled"), json!(false)),
            &["TimeToLiveSpecification"],
        ),
        (
            "the table goes with the stack",
            |w| take_out(w, "Resources/Table/DeletionPolicy"),
            &["Table has DeletionPolicy", "Retain"],
        ),
        (
            "the table goes when replaced",
            |w| set(w, "Resources/Table/UpdateReplacePolicy", json!("Delete")),
            &["Table has UpdateReplacePolicy Delete"],
        ),
        (
            "a mistake is for ever",
            |w| {
                set(
                    w,
                    &format!("{TABLE}/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled"),
                    json!(false),
                )
            },
            &["PointInTimeRecoveryEnabled"],
        ),
        (
            "a bill for capacity",
            |w| set(w, &format!("{TABLE}/BillingMode"), json!("PROVISIONED")),
            &["Table has BillingMode PROVISIONED"],
        ),
        (
            "anybody may delete the table",
            |w| set(w, &format!("{TABLE}/DeletionProtectionEnabled"), json!(false)),
            &["DeletionProtectionEnabled", "ProtectTable"],
        ),
        (
            "a table with a name",
            |w| set(w, &format!("{TABLE}/TableName"), json!("book")),
            &["Table has a name of its own"],
        ),
        (
            "a second table",
            |w| set(w, "Resources/Table2", w.template["Resources"]["Table"].clone()),
            &["the template has 2 tables"],
        ),
    ]
}
