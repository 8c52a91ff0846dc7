//! The table's stream as Lambda hands it over: each record with the item before and after the change.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A batch of stream records, in order per item (AWS Lambda Developer Guide, read 2026-11-21).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StreamEvent {
    /// The records.
    #[serde(rename = "Records", default)]
    pub records: Vec<StreamRecord>,
}

/// One change of one item.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StreamRecord {
    /// `INSERT`, `MODIFY` or `REMOVE`.
    #[serde(rename = "eventName", default)]
    pub event_name: String,
    /// The change itself.
    #[serde(default)]
    pub dynamodb: Change,
}

/// The item before and after.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Change {
    /// The item's key.
    #[serde(rename = "Keys", default)]
    pub keys: BTreeMap<String, serde_json::Value>,
    /// The item after the change.
    #[serde(rename = "NewImage", default, skip_serializing_if = "Option::is_none")]
    pub new_image: Option<BTreeMap<String, serde_json::Value>>,
    /// The item before the change.
    #[serde(rename = "OldImage", default, skip_serializing_if = "Option::is_none")]
    pub old_image: Option<BTreeMap<String, serde_json::Value>>,
    /// The place in the stream; a failed batch resumes there.
    #[serde(rename = "SequenceNumber", default)]
    pub sequence_number: String,
}

/// An image in the SDK's own types. Attributes of kinds we never write are left out.
pub fn to_item(image: &BTreeMap<String, serde_json::Value>) -> HashMap<String, AttributeValue> {
    let value = |json: &serde_json::Value| {
        let (kind, inner) = json.as_object()?.iter().next()?;
        match kind.as_str() {
            "S" => Some(AttributeValue::S(inner.as_str()?.to_owned())),
            "N" => Some(AttributeValue::N(inner.as_str()?.to_owned())),
            _ => None,
        }
    };
    image.iter().filter_map(|(name, json)| Some((name.clone(), value(json)?))).collect()
}

/// Lambda's answer: the batch is tried again from the first failed record on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamResponse {
    /// The failed records.
    pub batch_item_failures: Vec<FailedRecord>,
}

/// One failed record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedRecord {
    /// Its sequence number; never empty.
    pub item_identifier: String,
}
