//! Small helpers to read and write an item's attributes; every complaint names the attribute.

use crate::failure::TableError;
use crate::keys::{Key, PARTITION, SORT};
use aws_sdk_dynamodb::types::AttributeValue;
use commerce::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// An item as the SDK hands it over.
pub type Item = HashMap<String, AttributeValue>;

/// The attribute that holds the shape version of every item.
pub const SHAPE: &str = "z";
/// The shape this code writes. A newer one is refused rather than misread.
pub const SHAPE_VERSION: i64 = 1;

/// The key attributes of an item.
pub fn key_item(key: &Key) -> Item {
    HashMap::from([(PARTITION.to_owned(), text(&key.partition)), (SORT.to_owned(), text(&key.sort))])
}

/// A new item: its key and its shape version.
pub fn new_item(key: &Key) -> Item {
    let mut item = key_item(key);
    item.insert(SHAPE.to_owned(), number(SHAPE_VERSION));
    item
}

/// A text attribute.
pub fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A whole number attribute.
pub fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A time attribute, in milliseconds.
pub fn time(value: Timestamp) -> AttributeValue {
    number(value.as_millisecond())
}

/// A small structure packed as JSON text.
pub fn packed<T: Serialize>(value: &T) -> Result<AttributeValue, TableError> {
    serde_json::to_string(value).map(text).map_err(|e| TableError::corrupt("value to pack", e.to_string()))
}

/// Reads a text attribute.
pub fn get_text<'i>(item: &'i Item, name: &'static str) -> Result<&'i str, TableError> {
    match item.get(name) {
        Some(AttributeValue::S(value)) => Ok(value),
        _ => Err(TableError::corrupt(name, "a text is missing")),
    }
}

/// Reads a text attribute that may be absent.
pub fn get_text_or_none<'i>(item: &'i Item, name: &'static str) -> Result<Option<&'i str>, TableError> {
    if item.contains_key(name) { get_text(item, name).map(Some) } else { Ok(None) }
}

/// Reads a whole number that may be absent.
pub fn get_number_or_none(item: &Item, name: &'static str) -> Result<Option<i64>, TableError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::N(value)) => {
            value.parse().map(Some).map_err(|_| TableError::corrupt(name, "not a whole number"))
        }
        Some(_) => Err(TableError::corrupt(name, "not a number")),
    }
}

/// Reads a whole number.
pub fn get_number(item: &Item, name: &'static str) -> Result<i64, TableError> {
    get_number_or_none(item, name)?.ok_or_else(|| TableError::corrupt(name, "a number is missing"))
}

/// Reads a time.
pub fn get_time(item: &Item, name: &'static str) -> Result<Timestamp, TableError> {
    to_time(get_number(item, name)?, name)
}

/// Reads a time that may be absent.
pub fn get_time_or_none(item: &Item, name: &'static str) -> Result<Option<Timestamp>, TableError> {
    get_number_or_none(item, name)?.map(|ms| to_time(ms, name)).transpose()
}

pub(crate) fn to_time(ms: i64, name: &'static str) -> Result<Timestamp, TableError> {
    Timestamp::from_millisecond(ms).map_err(|_| TableError::corrupt(name, "not a time"))
}

/// Reads a packed structure.
pub fn get_packed<T: DeserializeOwned>(item: &Item, name: &'static str) -> Result<T, TableError> {
    serde_json::from_str(get_text(item, name)?).map_err(|e| TableError::corrupt(name, e.to_string()))
}

/// Reads a packed structure that may be absent.
pub fn get_packed_or_default<T: DeserializeOwned + Default>(
    item: &Item,
    name: &'static str,
) -> Result<T, TableError> {
    if item.contains_key(name) { get_packed(item, name) } else { Ok(T::default()) }
}

/// Refuses an item written by a newer version of this code.
pub fn check_shape(item: &Item) -> Result<(), TableError> {
    let shape = get_number(item, SHAPE)?;
    if shape > SHAPE_VERSION {
        return Err(TableError::corrupt(SHAPE, format!("shape {shape} is newer than this version reads")));
    }
    Ok(())
}

/// The size DynamoDB charges for, in bytes (AWS Developer Guide "Item sizes and formats", read 2026-11-21).
pub fn item_bytes(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
}

fn value_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(s) => s.len(),
        AttributeValue::N(n) => n.len().div_ceil(2) + 1,
        _ => 1,
    }
}
