//! Rights of functions, of the schedule and of the operator, changed for the worse.

use super::{Change, allow, forbid, set, statement, take_out, write};
use serde_json::json;

const ROLE: &str = "RecordOrdersRole";

pub(crate) fn changes() -> Vec<Change> {
    let mut all = of_functions();
    all.extend(of_others());
    all
}

fn of_functions() -> Vec<Change> {
    vec![
        (
            "a right of the transaction is gone",
            |w| forbid(w, ROLE, "Record", "dynamodb:UpdateItem"),
            &[
                "record-orders may not dynamodb:UpdateItem on ${Table.Arn}",
                "Table::save_",
                "add it to RecordOrdersRole",
            ],
        ),
        (
            "a right to read is gone",
            |w| forbid(w, ROLE, "Record", "dynamodb:BatchGetItem"),
            &["record-orders may not dynamodb:BatchGetItem", "Table::load_"],
        ),
        (
            "a right too many",
            |w| allow(w, ROLE, "Record", "dynamodb:Query"),
            &[
                "RecordOrdersRole allows dynamodb:Query",
                "statement Record",
                "take it out of RecordOrdersRole",
            ],
        ),
        (
            "a scan too many",
            |w| allow(w, "PublishStockRole", "DecideAndSave", "dynamodb:Scan"),
            &["PublishStockRole allows dynamodb:Scan", "take it out"],
        ),
        (
            "all actions of the table",
            |w| statement(w, ROLE, "Record")["Action"] = json!("dynamodb:*"),
            &["RecordOrdersRole allows dynamodb:*", "name each action"],
        ),
        (
            "on every table",
            |w| statement(w, ROLE, "Record")["Resource"] = json!("*"),
            &["RecordOrdersRole allows dynamodb:PutItem on *", "name one resource"],
        ),
        (
            "on a table of others",
            |w| statement(w, ROLE, "Record")["Resource"] = json!("arn:aws:dynamodb:ap-southeast-1:1:table/x"),
            &["is not of this stack", "use !GetAtt or !Sub"],
        ),
        (
            "on the whole archive",
            |w| statement(w, ROLE, "Park")["Resource"] = json!({"Fn::Sub": "${Archive.Arn}/*"}),
            &["RecordOrdersRole allows s3:PutObject on ${Archive.Arn}/*", "take it out"],
        ),
        (
            "parked bodies are refused",
            |w| statement(w, ROLE, "Park")["Resource"] = json!({"Fn::Sub": "${Archive.Arn}/ledger/*"}),
            &["record-orders may not s3:PutObject on ${Archive.Arn}/parked/*"],
        ),
        (
            "a queue is refused",
            |w| statement(w, ROLE, "AskAgain")["Resource"] = json!({"Fn::GetAtt": "Publish.Arn"}),
            &["record-orders may not sqs:SendMessage on ${Lookups.Arn}", "`lookups`"],
        ),
        (
            "messages cannot be held back",
            |w| forbid(w, ROLE, "TakeWork", "sqs:ChangeMessageVisibility"),
            &["record-orders may not sqs:ChangeMessageVisibility on ${Orders.Arn}", "batch::run"],
        ),
        (
            "Lambda cannot take messages off",
            |w| forbid(w, ROLE, "TakeWork", "sqs:DeleteMessage"),
            &["record-orders may not sqs:DeleteMessage", "Lambda's reader"],
        ),
        (
            "Lambda cannot read the stream",
            |w| forbid(w, "AnnounceStockRole", "ReadChanges", "dynamodb:GetRecords"),
            &["announce-stock may not dynamodb:GetRecords on ${Table.StreamArn}"],
        ),
        (
            "Lambda cannot find the stream",
            |w| forbid(w, "AnnounceStockRole", "FindStream", "dynamodb:ListStreams"),
            &["announce-stock may not dynamodb:ListStreams"],
        ),
        (
            "failed lines cannot be put aside",
            |w| statement(w, "AnnounceStockRole", "Tell")["Resource"] = json!({"Fn::GetAtt": "Publish.Arn"}),
            &["announce-stock may not sqs:SendMessage on ${StockChangesFailed.Arn}"],
        ),
        (
            "secrets one by one",
            |w| statement(w, "LookUpOrdersRole", "ReadSecrets")["Action"] = json!("ssm:GetParameter"),
            &["look-up-orders may not ssm:GetParameters", "ShopSource::load"],
        ),
        (
            "secrets for one who needs none",
            |w| {
                let secrets = statement(w, "LookUpOrdersRole", "ReadSecrets").clone();
                *statement(w, ROLE, "Park") = secrets;
            },
            &["RecordOrdersRole allows ssm:GetParameters", "take it out"],
        ),
        (
            "secrets lie elsewhere",
            |w| {
                set(
                    w,
                    "Resources/LookUpOrders/Properties/Environment/Variables/SECRETS_PATH",
                    json!("/elsewhere"),
                )
            },
            &["look-up-orders may not ssm:GetParameters on", "/elsewhere/*"],
        ),
        (
            "a shop that is not there cannot be told",
            |w| forbid(w, ROLE, "TellMissingFromForbidden", "s3:ListBucket"),
            &["record-orders may not s3:ListBucket on ${Shops.Arn}"],
        ),
        (
            "no right to log",
            |w| forbid(w, ROLE, "Log", "logs:PutLogEvents"),
            &["record-orders may not logs:PutLogEvents on ${RecordOrdersLog.Arn}"],
        ),
        (
            "no right to one's own key",
            |w| take_out(w, &format!("Resources/{ROLE}/Properties/ManagedPolicyArns")),
            &["RecordOrdersRole has the policies", "set ManagedPolicyArns"],
        ),
        (
            "a policy of AWS",
            |w| {
                set(
                    w,
                    &format!("Resources/{ROLE}/Properties/ManagedPolicyArns"),
                    json!(["arn:aws:iam::aws:policy/AdministratorAccess"]),
                )
            },
            &["RecordOrdersRole takes over arn:aws:iam::aws:policy/AdministratorAccess"],
        ),
        (
            "policies beside the role",
            |w| set(w, "Resources/RecordOrders/Properties/Policies", json!(["AmazonSQSFullAccess"])),
            &["RecordOrders has Policies beside its role"],
        ),
    ]
}

fn of_others() -> Vec<Change> {
    vec![
        (
            "the schedule may not call",
            |w| forbid(w, "EveryMinuteRole", "Wake", "lambda:InvokeFunction"),
            &["EveryMinute may not lambda:InvokeFunction on ${SweepDue.Arn}"],
        ),
        (
            "the schedule may do more",
            |w| allow(w, "EveryMinuteRole", "Wake", "lambda:GetFunction"),
            &["EveryMinuteRole allows lambda:GetFunction"],
        ),
        (
            "the operator has no policy",
            |w| take_out(w, "Resources/OperatorPolicy"),
            &["the operator may do nothing", "OperatorPolicy"],
        ),
        (
            "the operator cannot find the stack",
            |w| statement(w, "OperatorPolicy", "FindStack")["Action"] = json!("ssm:GetParameter"),
            &["the operator may not ssm:GetParameters on", "/stack", "add it to OperatorPolicy"],
        ),
        (
            "the operator cannot keep secrets",
            |w| forbid(w, "OperatorPolicy", "KeepSecrets", "ssm:PutParameter"),
            &["the operator may not ssm:PutParameter on", "/secrets/*"],
        ),
        (
            "the operator cannot move shops",
            |w| forbid(w, "OperatorPolicy", "ReadAndMendTheBook", "dynamodb:Scan"),
            &["the operator may not dynamodb:Scan on ${Table.Arn}"],
        ),
        (
            "the operator may do more",
            |w| allow(w, "OperatorPolicy", "ReadAndMendTheBook", "dynamodb:DeleteTable"),
            &["OperatorPolicy allows dynamodb:DeleteTable", "take it out"],
        ),
        (
            "the operator may do all",
            |w| statement(w, "OperatorPolicy", "ChangeShops")["Action"] = json!("s3:*"),
            &["OperatorPolicy allows s3:*", "name each action"],
        ),
        (
            "the stack tells less than is read",
            |w| {
                write(
                    w,
                    "infra/hopkenh/src/place.rs",
                    "    pub archive_bucket: String,",
                    "    pub archive_bucket: String,\n    pub account: String,",
                )
            },
            &["place.rs reads account of the stack", "StackParameter"],
        ),
        (
            "the stack tells what nobody reads",
            |w| write(w, "infra/hopkenh/src/place.rs", "    pub archive_bucket: String,", ""),
            &["StackParameter tells archive_bucket, which nobody reads"],
        ),
        (
            "the stack is looked for elsewhere",
            |w| {
                set(
                    w,
                    "Resources/StackParameter/Properties/Name",
                    json!({"Fn::Sub": "/hopkenh/${AWS::StackName}/where"}),
                )
            },
            &["StackParameter is named /hopkenh/${AWS::StackName}/where"],
        ),
        (
            "what the stack tells is no JSON",
            |w| set(w, "Resources/StackParameter/Properties/Value", json!("table: x")),
            &["StackParameter holds no JSON"],
        ),
    ]
}
