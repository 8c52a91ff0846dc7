//! For the operator alone: everything of one shop, read out as it lies in the book and written in elsewhere, item by item.
//!
//! [`Table::page_of_shop`] is the only scan of the product. It reads the whole table, every shop's items, and costs
//! accordingly; no function and no webhook may ever need it. A shop is moved or leaves once in its life, so an index
//! that every write pays for would cost more.

use crate::attributes::{Item, get_text};
use crate::failure::{TableError, translate};
use crate::keys::{self, Key, PARTITION, SORT};
use crate::store::Table;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};
use commerce::ids::ShopId;
use serde_json::{Map, Value, json};

/// The most items of the table that one page looks at.
const SCAN_ITEMS_MAX: i32 = 500;

/// One page of the scan.
#[derive(Debug, Default)]
pub struct Page {
    /// The shop's items among those looked at.
    pub items: Vec<Item>,
    /// How many items of the table were looked at.
    pub looked_at: usize,
    /// Where the next page begins; none after the last.
    pub next: Option<Item>,
}

/// What became of an item that was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutBack {
    /// It is there now.
    Written,
    /// The very same item was there already.
    WasThere,
    /// Another item lies there, and stays.
    Differs,
}

impl Table {
    /// The next page of everything that is a shop's, consistent. The caller pauses between pages.
    pub async fn page_of_shop(&self, shop: &ShopId, from: Option<Item>) -> Result<Page, TableError> {
        let answer = self
            .client()
            .scan()
            .table_name(self.name())
            .filter_expression(format!("begins_with({PARTITION}, :shop)"))
            .expression_attribute_values(":shop", AttributeValue::S(keys::shop_prefix(shop)))
            .consistent_read(true)
            .limit(SCAN_ITEMS_MAX)
            .set_exclusive_start_key(from)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|e| translate(&e))?;
        self.meter().count_read(answer.consumed_capacity());
        let looked_at = usize::try_from(answer.scanned_count).unwrap_or(0);
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok(Page { items: answer.items.unwrap_or_default(), looked_at, next })
    }

    /// Writes an item in as it was elsewhere, only where none lies. A balance may come in this way because nothing is
    /// added to it: a second time finds the same item and changes nothing.
    pub async fn put_back(&self, item: &Item) -> Result<PutBack, TableError> {
        let request = self
            .client()
            .put_item()
            .table_name(self.name())
            .set_item(Some(item.clone()))
            .condition_expression(format!("attribute_not_exists({PARTITION})"))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = self.post().put(request).await;
        let error = match answer {
            Ok(output) => {
                self.meter().count_write(output.consumed_capacity());
                return Ok(PutBack::Written);
            }
            Err(error) => error,
        };
        let Some(PutItemError::ConditionalCheckFailedException(lost)) = error.as_service_error() else {
            return Err(translate(&error));
        };
        self.meter().count_failed_write([item], false);
        Ok(if lost.item() == Some(item) { PutBack::WasThere } else { PutBack::Differs })
    }
}

/// Where an item lies.
pub fn key_of(item: &Item) -> Result<Key, TableError> {
    let (partition, sort) = (get_text(item, PARTITION)?.to_owned(), get_text(item, SORT)?.to_owned());
    Ok(Key { partition, sort })
}

/// The item in DynamoDB's own JSON, its attributes in the order of their names. An attribute of a kind we never write
/// is refused rather than lost.
pub fn to_json(item: &Item) -> Result<Value, TableError> {
    let mut result = Map::new();
    let mut names: Vec<&String> = item.keys().collect();
    names.sort();
    for name in names {
        let value = match &item[name] {
            AttributeValue::S(text) => json!({ "S": text }),
            AttributeValue::N(number) => json!({ "N": number }),
            _ => return Err(TableError::corrupt(name, "neither text nor number")),
        };
        result.insert(name.clone(), value);
    }
    Ok(Value::Object(result))
}

/// Reads that JSON back.
pub fn from_json(json: &Value) -> Result<Item, TableError> {
    let attributes = json.as_object().ok_or_else(|| TableError::corrupt("item", "is no JSON object"))?;
    let mut item = Item::new();
    for (name, typed) in attributes {
        let text = |kind: &str| typed.get(kind).and_then(Value::as_str).map(str::to_owned);
        let value = match (text("S"), text("N")) {
            (Some(text), None) => AttributeValue::S(text),
            (None, Some(number)) => AttributeValue::N(number),
            _ => return Err(TableError::corrupt(name, "neither text nor number")),
        };
        item.insert(name.clone(), value);
    }
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_reads_back_as_it_was_and_nothing_is_dropped_silently() {
        let item = Item::from([
            ("p".to_owned(), AttributeValue::S("demo#O#web#1".to_owned())),
            ("v".to_owned(), AttributeValue::N("7".to_owned())),
        ]);
        let json = to_json(&item).unwrap();
        assert_eq!(json.to_string(), r#"{"p":{"S":"demo#O#web#1"},"v":{"N":"7"}}"#);
        assert_eq!(from_json(&json).unwrap(), item);
        let strange = Item::from([("b".to_owned(), AttributeValue::Bool(true))]);
        assert!(to_json(&strange).is_err());
        assert!(from_json(&json!({"b": {"BOOL": true}})).is_err());
    }
}
