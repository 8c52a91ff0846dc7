//! Buckets, names and what is left over, changed for the worse.

use super::{Change, set, take_out};
use serde_json::json;

const BUCKET: &str = "Resources/Archive/Properties";

pub(crate) fn changes() -> Vec<Change> {
    let mut all = of_buckets();
    all.extend(of_names());
    all
}

fn of_buckets() -> Vec<Change> {
    vec![
        (
            "a bucket is public",
            |w| set(w, &format!("{BUCKET}/PublicAccessBlockConfiguration/BlockPublicPolicy"), json!(false)),
            &["Archive may be opened to the public", "set BlockPublicPolicy of Archive"],
        ),
        (
            "nothing closes a bucket",
            |w| take_out(w, &format!("{BUCKET}/PublicAccessBlockConfiguration")),
            &["Archive may be opened to the public", "RestrictPublicBuckets"],
        ),
        (
            "a bucket is not encrypted",
            |w| take_out(w, &format!("{BUCKET}/BucketEncryption")),
            &["Archive is not encrypted"],
        ),
        (
            "a bucket is encrypted only with a key",
            |w| {
                set(
                    w,
                    &format!("{BUCKET}/BucketEncryption/ServerSideEncryptionConfiguration/0/Fn::If/2"),
                    json!({"Ref": "AWS::NoValue"}),
                )
            },
            &["Archive is not encrypted in every case"],
        ),
        (
            "a bucket goes with the stack",
            |w| take_out(w, "Resources/Archive/DeletionPolicy"),
            &["Archive goes away with the stack", "set DeletionPolicy"],
        ),
        (
            "a bucket goes when replaced",
            |w| set(w, "Resources/Shops/UpdateReplacePolicy", json!("Delete")),
            &["Shops goes away with the stack", "set UpdateReplacePolicy"],
        ),
        (
            "a bucket forgets",
            |w| take_out(w, "Resources/Shops/Properties/VersioningConfiguration"),
            &["Shops forgets what was overwritten"],
        ),
        (
            "a bucket holds what others own",
            |w| take_out(w, "Resources/Shops/Properties/OwnershipControls"),
            &["Shops may hold objects of others"],
        ),
        (
            "a bucket answers without TLS",
            |w| take_out(w, "Resources/ShopsOverTls"),
            &["Shops answers without TLS"],
        ),
        (
            "TLS for half a bucket",
            |w| {
                set(
                    w,
                    "Resources/ShopsOverTls/Properties/PolicyDocument/Statement/0/Resource",
                    json!({"Fn::GetAtt": "Shops.Arn"}),
                )
            },
            &["Shops answers without TLS"],
        ),
        (
            "a bucket lets everybody read",
            |w| set(w, "Resources/ShopsOverTls/Properties/PolicyDocument/Statement/0/Effect", json!("Allow")),
            &["ShopsOverTls allows something to *"],
        ),
    ]
}

fn of_names() -> Vec<Change> {
    vec![
        (
            "an output says nothing",
            |w| set(w, "Outputs/TableName/Description", json!("")),
            &["TableName of Outputs says nothing", "add a Description to TableName"],
        ),
        (
            "a parameter says nothing",
            |w| take_out(w, "Parameters/LogLevel/Description"),
            &["LogLevel of Parameters says nothing"],
        ),
        (
            "a parameter nobody uses",
            |w| set(w, "Parameters/Colour", json!({"Type": "String", "Description": "x"})),
            &["parameter Colour is used by nothing"],
        ),
        (
            "a parameter is no longer used",
            |w| set(w, "Globals/Function/Environment/Variables/LOG_LEVEL", json!("info")),
            &["parameter LogLevel is used by nothing"],
        ),
        (
            "a condition decides nothing",
            |w| set(w, "Conditions/IsBig", json!({"Fn::Equals": [1, 1]})),
            &["condition IsBig decides nothing"],
        ),
        (
            "a condition is gone",
            |w| take_out(w, "Conditions/HasAlarmEmail"),
            &["AlarmMail depends on condition HasAlarmEmail, which is not there"],
        ),
        (
            "a name leads nowhere",
            |w| set(w, "Outputs/TableName/Value", json!({"Ref": "Tabel"})),
            &["Outputs/TableName/Value names Tabel, which is not there"],
        ),
        (
            "a name inside a text leads nowhere",
            |w| set(w, "Outputs/SecretsPath/Value", json!({"Fn::Sub": "/x/${Stack}"})),
            &["Outputs/SecretsPath/Value names Stack, which is not there"],
        ),
    ]
}
