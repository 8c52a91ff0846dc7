//! The table of the template is the table of the code: its keys, its stream, its expiry, and what the stream's reader sees.

use crate::template::{functions, list, of_type, properties, target, text};
use crate::world::World;
use serde_json::{Value, json};
use table::keys::{ORDER_SORT, PARTITION, SORT, STOCK_SORT_PREFIX, TTL};
use table::schema::STREAM_VIEW;

/// Whether table and code agree.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let tables = of_type(world, "AWS::DynamoDB::Table");
    if tables.len() != 1 {
        findings.push(format!(
            "the template has {} tables: keep the one Table that functions get as TABLE_NAME",
            tables.len()
        ));
    }
    for (id, table) in tables {
        let shape = &table["Properties"];
        let mut expect = |at: &str, got: &Value, wanted: &Value, why: &str| {
            if got != wanted {
                findings.push(format!("{id} has {at} {}: set it to {}, {why}", text(got), text(wanted)));
            }
        };
        let keys = json!([
            {"AttributeName": PARTITION, "KeyType": "HASH"},
            {"AttributeName": SORT, "KeyType": "RANGE"},
        ]);
        expect("KeySchema", &shape["KeySchema"], &keys, "as keys.rs names the keys");
        let attributes = json!([
            {"AttributeName": PARTITION, "AttributeType": "S"},
            {"AttributeName": SORT, "AttributeType": "S"},
        ]);
        expect(
            "AttributeDefinitions",
            &shape["AttributeDefinitions"],
            &attributes,
            "as schema.rs makes them",
        );
        let view = &shape["StreamSpecification"]["StreamViewType"];
        expect(
            "StreamViewType",
            view,
            &json!(STREAM_VIEW.as_str()),
            "as schema.rs says: the ledger needs both images",
        );
        let ttl = json!({"AttributeName": TTL, "Enabled": true});
        expect(
            "TimeToLiveSpecification",
            &shape["TimeToLiveSpecification"],
            &ttl,
            "as keys.rs names the attribute",
        );
        expect("BillingMode", &shape["BillingMode"], &json!("PAY_PER_REQUEST"), "as schema.rs makes it");
        let recovery = &shape["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"];
        expect("PointInTimeRecoveryEnabled", recovery, &json!(true), "so that a mistake can be undone");
        expect(
            "DeletionProtectionEnabled",
            &shape["DeletionProtectionEnabled"],
            &json!({"Ref": "ProtectTable"}),
            "so that nobody deletes it by accident",
        );
        expect("DeletionPolicy", &table["DeletionPolicy"], &json!("Retain"), "so that it outlives the stack");
        expect(
            "UpdateReplacePolicy",
            &table["UpdateReplacePolicy"],
            &json!("Retain"),
            "so that it outlives a replacement",
        );
        if !shape["TableName"].is_null() {
            findings.push(format!("{id} has a name of its own, which a kept table would block for the next stack: take TableName out"));
        }
    }
    findings.extend(readers(world));
    findings
}

/// The stream's reader is handed STOCK and ORDER items and nothing else.
fn readers(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    for function in functions(world) {
        for (name, source) in function.sources("DynamoDB") {
            let place = format!("event {name} of {}", function.id);
            if properties(world, &target(&source["Stream"])).is_null() {
                findings.push(format!(
                    "{place} reads the stream of nothing: set Stream to !GetAtt Table.StreamArn"
                ));
            }
            let wanted =
                json!({"dynamodb": {"Keys": {SORT: {"S": [{"prefix": STOCK_SORT_PREFIX}, ORDER_SORT]}}}});
            let patterns =
                list(&source["FilterCriteria"]["Filters"]).into_iter().map(|filter| text(&filter["Pattern"]));
            let patterns: Vec<Value> =
                patterns.map(|pattern| serde_json::from_str(&pattern).unwrap_or_default()).collect();
            if patterns != [wanted.clone()] {
                findings.push(format!("{place} is not handed exactly the STOCK and ORDER items of keys.rs: set its one filter Pattern to '{wanted}'"));
            }
        }
    }
    findings
}
