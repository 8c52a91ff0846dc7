//! The buckets are closed to the public, encrypted, reached over TLS only, and stay when the stack goes.

use crate::template::{list, of_type, target, text};
use crate::world::World;
use serde_json::{Value, json};

const CLOSED: [&str; 4] =
    ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];

/// Whether each bucket is safe.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let policies = of_type(world, "AWS::S3::BucketPolicy");
    for (id, bucket) in of_type(world, "AWS::S3::Bucket") {
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            if bucket[policy] != "Retain" {
                findings.push(format!("{id} goes away with the stack: set {policy} of {id} to Retain"));
            }
        }
        let properties = &bucket["Properties"];
        for door in CLOSED {
            if properties["PublicAccessBlockConfiguration"][door] != true {
                findings.push(format!("{id} may be opened to the public: set {door} of {id} to true"));
            }
        }
        if !is_encrypted(&properties["BucketEncryption"]) {
            findings.push(format!(
                "{id} is not encrypted in every case: set an SSEAlgorithm for {id}, with a key and without"
            ));
        }
        if properties["VersioningConfiguration"]["Status"] != "Enabled" {
            findings.push(format!(
                "{id} forgets what was overwritten: set VersioningConfiguration of {id} to Enabled"
            ));
        }
        if properties["OwnershipControls"]["Rules"][0]["ObjectOwnership"] != "BucketOwnerEnforced" {
            findings.push(format!(
                "{id} may hold objects of others: set ObjectOwnership of {id} to BucketOwnerEnforced"
            ));
        }
        if !policies.values().any(|policy| asks_for_tls(&policy["Properties"], id)) {
            findings.push(format!("{id} answers without TLS: add an AWS::S3::BucketPolicy that denies aws:SecureTransport false on {id}"));
        }
    }
    for (id, policy) in policies {
        for statement in list(&policy["Properties"]["PolicyDocument"]["Statement"]) {
            if statement["Effect"] != "Deny" {
                findings.push(format!(
                    "{id} allows something to {}: let a bucket's policy only deny",
                    text(&statement["Principal"])
                ));
            }
        }
    }
    findings
}

fn is_encrypted(encryption: &Value) -> bool {
    let rules = list(&encryption["ServerSideEncryptionConfiguration"]);
    let has = |rule: &Value| !rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"].is_null();
    !rules.is_empty()
        && rules.into_iter().all(|rule| match rule["Fn::If"].as_array() {
            Some(choice) => choice.iter().skip(1).all(has),
            None => has(rule),
        })
}

fn asks_for_tls(policy: &Value, bucket: &str) -> bool {
    let both = [format!("${{{bucket}.Arn}}"), format!("${{{bucket}.Arn}}/*")];
    let denies = |s: &&Value| {
        let on: Vec<String> = list(&s["Resource"]).into_iter().map(text).collect();
        s["Effect"] == "Deny"
            && s["Action"] == "s3:*"
            && s["Condition"] == json!({"Bool": {"aws:SecureTransport": "false"}})
            && both.iter().all(|arn| on.contains(arn))
    };
    target(&policy["Bucket"]) == bucket && list(&policy["PolicyDocument"]["Statement"]).iter().any(denies)
}
