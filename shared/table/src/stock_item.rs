//! How a balance is kept: flat numbers that one update adds to, and the ledger lines of the latest change.
//!
//! `h` on hand · `c` committed · `o` holds · `f` free · `w` in transit · `q` quarantine · `x_…` cover per listing · `y_…` given back per listing ·
//! `b` baseline time · `r` the latest changes of on hand · `v` dense version · `m` the movements of this change.

use crate::attributes::{
    Item, SHAPE, SHAPE_VERSION, check_shape, get_number_or_none, get_packed, get_packed_or_default,
    get_time_or_none, key_item, number, packed, time,
};
use crate::failure::TableError;
use crate::keys::Key;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, ReturnValuesOnConditionCheckFailure, Update};
use commerce::Timestamp;
use commerce::steps::StockChange;
use commerce::stock::{ListingKey, Stock};
use std::collections::HashMap;

/// Reads a balance.
pub fn from_item(item: &Item) -> Result<Stock, TableError> {
    check_shape(item)?;
    let count = |name| get_number_or_none(item, name).map(|n| n.unwrap_or(0));
    let version =
        u64::try_from(count("v")?).map_err(|_| TableError::corrupt("v", "a version cannot be negative"))?;
    Ok(Stock {
        on_hand: count("h")?,
        committed: count("c")?,
        holds: count("o")?,
        free: count("f")?,
        cover: per_listing(item, "x_")?,
        given_back: per_listing(item, "y_")?,
        in_transit: count("w")?,
        quarantine: count("q")?,
        baseline: get_time_or_none(item, "b")?,
        trail: get_packed_or_default(item, "r")?,
        version,
        movements: get_packed(item, "m")?,
    })
}

fn per_listing(item: &Item, prefix: &str) -> Result<std::collections::BTreeMap<ListingKey, i64>, TableError> {
    let mut result = std::collections::BTreeMap::new();
    for (name, value) in item {
        let Some(listing) = name.strip_prefix(prefix) else { continue };
        let bad = |detail: &str| TableError::corrupt(name.clone(), detail);
        let key = ListingKey::try_from(listing.to_owned()).map_err(|e| bad(&e.to_string()))?;
        let AttributeValue::N(text) = value else { return Err(bad("not a number")) };
        let units: i64 = text.parse().map_err(|_| bad("not a whole number"))?;
        if units != 0 {
            result.insert(key, units);
        }
    }
    Ok(result)
}

/// An update under construction: expression parts, names and values.
#[derive(Default)]
struct Expression {
    add: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Expression {
    fn add_number(&mut self, attribute: String, value: i64) {
        if value == 0 {
            return;
        }
        let n = self.add.len();
        self.add.push(format!("#a{n} :a{n}"));
        self.names.insert(format!("#a{n}"), attribute);
        self.values.insert(format!(":a{n}"), number(value));
    }
}

/// The update that one transaction makes to a balance.
///
/// `expected_version` pins the exact balance (a count sets on hand from it); an order never needs it.
pub fn to_update(
    table: &str,
    key: &Key,
    change: &StockChange,
    baseline: Option<Timestamp>,
    expected_version: Option<u64>,
) -> Result<Update, TableError> {
    let mut e = Expression::default();
    e.add_number("h".to_owned(), change.delta.on_hand);
    e.add_number("c".to_owned(), change.delta.committed);
    e.add_number("o".to_owned(), change.delta.holds);
    e.add_number("f".to_owned(), change.delta.free());
    e.add_number("w".to_owned(), change.delta.in_transit);
    e.add_number("q".to_owned(), change.delta.quarantine);
    e.add_number("v".to_owned(), 1);
    for (prefix, parts) in [("x_", &change.delta.cover), ("y_", &change.delta.given_back)] {
        for (listing, units) in parts {
            e.add_number(format!("{prefix}{}", String::from(listing.clone())), *units);
        }
    }
    e.values.insert(":z".to_owned(), number(SHAPE_VERSION));
    e.values.insert(":m".to_owned(), packed(&change.movements)?);
    let mut set = vec![format!("{SHAPE} = :z"), "m = :m".to_owned()];
    if let Some(baseline) = baseline {
        set.push("b = :b".to_owned());
        e.values.insert(":b".to_owned(), time(baseline));
    }
    if let Some((_, trail)) = &change.trail {
        set.push("r = :r".to_owned());
        e.values.insert(":r".to_owned(), packed(trail)?);
    }
    let condition = condition(change, expected_version, &mut e)?;
    Update::builder()
        .table_name(table)
        .set_key(Some(key_item(key)))
        .update_expression(format!("SET {} ADD {}", set.join(", "), e.add.join(", ")))
        .set_condition_expression(condition)
        .set_expression_attribute_names(Some(e.names))
        .set_expression_attribute_values(Some(e.values))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .map_err(|error| TableError::Broken(error.to_string()))
}

/// The check that one transaction makes of a balance that it leaves as it is.
pub fn to_check(table: &str, key: &Key, change: &StockChange) -> Result<ConditionCheck, TableError> {
    let mut e = Expression::default();
    let condition = condition(change, None, &mut e)?.unwrap_or_else(|| "attribute_exists(p)".to_owned());
    ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key_item(key)))
        .condition_expression(condition)
        .set_expression_attribute_names((!e.names.is_empty()).then_some(e.names))
        .set_expression_attribute_values((!e.values.is_empty()).then_some(e.values))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .map_err(|error| TableError::Broken(error.to_string()))
}

fn condition(
    change: &StockChange,
    expected_version: Option<u64>,
    e: &mut Expression,
) -> Result<Option<String>, TableError> {
    let mut parts = Vec::new();
    if let Some((before, _)) = &change.trail {
        if before.is_empty() {
            parts.push("(attribute_not_exists(r) OR r = :rb)".to_owned());
        } else {
            parts.push("r = :rb".to_owned());
        }
        e.values.insert(":rb".to_owned(), packed(before)?);
    }
    for (n, (listing, least)) in change.cover_min.iter().enumerate() {
        parts.push(format!("#m{n} >= :m{n}"));
        e.names.insert(format!("#m{n}"), format!("x_{}", String::from(listing.clone())));
        e.values.insert(format!(":m{n}"), number(*least));
    }
    if let Some((listing, cover, given_back)) = &change.exactly {
        for (prefix, value) in [("x", cover), ("y", given_back)] {
            let is_it = format!("#{prefix}e = :{prefix}e");
            let none = format!("attribute_not_exists(#{prefix}e) OR ");
            parts.push(format!("({}{is_it})", if *value == 0 { none.as_str() } else { "" }));
            e.names.insert(format!("#{prefix}e"), format!("{prefix}_{}", String::from(listing.clone())));
            e.values.insert(format!(":{prefix}e"), number(*value));
        }
    }
    let values = &mut e.values;
    if let Some(units) = change.free_min {
        parts.push("f >= :free_min".to_owned());
        values.insert(":free_min".to_owned(), number(units));
    }
    if let Some(before) = change.baseline_before {
        parts.push("(attribute_not_exists(b) OR b < :before)".to_owned());
        values.insert(":before".to_owned(), time(before));
    }
    match expected_version {
        Some(0) => parts.push("attribute_not_exists(p)".to_owned()),
        Some(version) => {
            parts.push("v = :version".to_owned());
            values.insert(":version".to_owned(), AttributeValue::N(version.to_string()));
        }
        None => {}
    }
    Ok((!parts.is_empty()).then(|| parts.join(" AND ")))
}
