//! Stock on Shopify: what a variant shows at our store, set whole and read back.

use super::call::{self, ask, tell};
use super::errors;
use super::facts::LISTINGS_MAX;
use super::wire::{Level, UserError, Variant};
use crate::channel::{How, Session, StockOutcome, StockReading, StockSet};
use crate::error::ChannelError;
use crate::hmac;
use crate::json::{self, FieldError, List, Loose};
use commerce::ids::ListingId;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Stock is kept by inventory item, orders name variants: this finds the one for the other.
const ITEMS: &str = "query Items($ids: [ID!]!) { nodes(ids: $ids) { \
    ... on ProductVariant { id inventoryItem { id } } } }";

const LEVELS: &str = "query Levels($ids: [ID!]!, $location: ID!) { nodes(ids: $ids) { \
    ... on ProductVariant { id inventoryItem { id inventoryLevel(locationId: $location) { \
    quantities(names: [\"available\"]) { name quantity } } } } } }";

/// From 2026-04 on.
const SET: &str = "mutation SetStock($input: InventorySetQuantitiesInput!, $key: String!) { \
    inventorySetQuantities(input: $input) @idempotent(key: $key) { \
    inventoryAdjustmentGroup { id } userErrors { code field message } } }";

/// Before.
const SET_OLDER: &str = "mutation SetStock($input: InventorySetQuantitiesInput!) { \
    inventorySetQuantities(input: $input) { \
    inventoryAdjustmentGroup { id } userErrors { code field message } } }";

#[derive(Deserialize, Default)]
#[serde(default)]
struct Found {
    nodes: List<Option<Variant>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct SetAnswer {
    inventory_adjustment_group: Value,
    user_errors: List<UserError>,
}

/// Sets up to two hundred listings: one question for their inventory items, one write.
pub(super) async fn set(session: &Session<'_>, sets: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
    if sets.len() > LISTINGS_MAX {
        return Err(ChannelError::refused("more than 200 listings in one call"));
    }
    let location = call::location_gid(session)?;
    let mut outcomes = Vec::new();
    let mut wanted = Vec::new();
    for set in sets {
        match call::variant_gid(&set.listing) {
            Ok(gid) => wanted.push((gid, set)),
            Err(error) => outcomes.push((set.listing.clone(), Err(error))),
        }
    }
    let items = items(session, wanted.iter().map(|(gid, _)| gid.as_str()).collect()).await?;
    let mut rows = Vec::new();
    for (gid, set) in wanted {
        match items.get(&gid) {
            Some(item) => rows.push((item.as_str(), set)),
            None => outcomes.push((set.listing.clone(), Err(unknown_variant()))),
        }
    }
    outcomes.extend(write(session, &location, &rows).await?);
    Ok(outcomes)
}

fn unknown_variant() -> ChannelError {
    ChannelError::not_found("Shopify knows no such variant")
}

/// The inventory item of each variant that Shopify knows.
async fn items(session: &Session<'_>, ids: Vec<&str>) -> Result<BTreeMap<String, String>, ChannelError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found: Found = json::row("data", ask(session, ITEMS, json!({ "ids": ids })).await?)?;
    let mut items = BTreeMap::new();
    for variant in found.nodes.rows("nodes")?.into_iter().flatten() {
        // A node of another kind has no fields here.
        if let (Some(id), Some(item)) = (variant.id.given(), variant.inventory_item.id.given()) {
            items.insert(id.to_owned(), item.to_owned());
        }
    }
    Ok(items)
}

async fn write(
    session: &Session<'_>,
    location: &str,
    rows: &[(&str, &StockSet)],
) -> Result<Vec<StockOutcome>, ChannelError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let is_keyed = call::api_version(session)? >= call::KEYED_SINCE;
    let input = input(location, rows, is_keyed);
    let data = if is_keyed {
        let key = key(session, &input)?;
        tell(session, SET, json!({ "input": input, "key": key })).await?
    } else {
        tell(session, SET_OLDER, json!({ "input": input })).await?
    };
    let answer = data.get("inventorySetQuantities").cloned().unwrap_or_default();
    let answer: SetAnswer = json::row("inventorySetQuantities", answer)
        .map_err(|error| ChannelError::from(error).after_write())?;
    read_outcomes(answer, rows)
}

/// The value that must still be shown goes with each row: `changeFromQuantity` must be there, and null gives the
/// comparison up; older versions call it `compareQuantity`, and give it up for the whole call or not at all. So an older call
/// of both ways is refused by Shopify; the wrappers never make one.
/// (shopify.dev, InventoryQuantityInput, 2026-11-30)
fn input(location: &str, rows: &[(&str, &StockSet)], is_keyed: bool) -> Value {
    let row = |(item, set): &(&str, &StockSet)| {
        let mut row = json!({ "inventoryItemId": item, "locationId": location, "quantity": set.quantity });
        match (shown(set), is_keyed) {
            (from, true) => row["changeFromQuantity"] = from.map_or(Value::Null, Value::from),
            (Some(from), false) => row["compareQuantity"] = Value::from(from),
            (None, false) => {}
        }
        row
    };
    let quantities: Vec<Value> = rows.iter().map(row).collect();
    let mut input = json!({ "name": "available", "reason": "correction", "quantities": quantities });
    if !is_keyed && rows.iter().all(|(_, set)| shown(set).is_none()) {
        input["ignoreCompareQuantity"] = Value::Bool(true);
    }
    input
}

/// The number that must still be shown for this write to be made; none where it overwrites.
fn shown(set: &StockSet) -> Option<u32> {
    match set.how {
        How::IfShown(shown) => Some(shown),
        _ => None,
    }
}

/// A key of its own for every write, in the shape of a UUID: the same numbers a minute later are another write.
/// (shopify.dev/docs/api/usage/implementing-idempotency, 2026-11-30)
fn key(session: &Session<'_>, input: &Value) -> Result<String, ChannelError> {
    let time = (session.clock)().as_nanosecond().to_string();
    let shop = session.account("shop")?;
    let parts = [shop.as_bytes(), b"|", time.as_bytes(), b"|", input.to_string().as_bytes()].concat();
    let digits = hmac::sha256_hex(b"hopkenh", &[&parts]).unwrap_or_default();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Ok([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

/// Refusals name their row: `["input", "quantities", "3", "inventoryItemId"]`. Where there is a refusal and no group
/// of adjustments, nothing at all was applied, and the others may be sent again without the bad ones.
fn read_outcomes(answer: SetAnswer, rows: &[(&str, &StockSet)]) -> Result<Vec<StockOutcome>, ChannelError> {
    let errors = answer.user_errors.rows("userErrors").map_err(|e| ChannelError::from(e).after_write())?;
    let mut refused: BTreeMap<usize, ChannelError> = BTreeMap::new();
    let mut whole: Option<ChannelError> = None;
    for error in errors {
        let reason = errors::from_user_error(&error);
        match row_of(error.field).filter(|row| *row < rows.len()) {
            Some(row) => drop(refused.entry(row).or_insert(reason)),
            None => drop(whole.get_or_insert(reason)),
        }
    }
    if whole.is_none() && !refused.is_empty() && answer.inventory_adjustment_group.is_null() {
        whole = Some(ChannelError::unavailable("not set, because another listing of the call was refused"));
    }
    let outcome = |(row, (_, set)): (usize, &(&str, &StockSet))| {
        let reason = refused.get(&row).or(whole.as_ref());
        (set.listing.clone(), reason.map_or(Ok(()), |reason| Err(reason.clone())))
    };
    Ok(rows.iter().enumerate().map(outcome).collect())
}

fn row_of(field: List<Loose>) -> Option<usize> {
    let field = field.rows("userErrors.field").ok()?;
    let at = field.iter().position(|part| part.given() == Some("quantities"))?;
    field.get(at + 1)?.given()?.parse().ok()
}

/// Reads what variants show at our store. A variant that is not kept there is left out.
pub(super) async fn read(
    session: &Session<'_>,
    listings: &[ListingId],
) -> Result<Vec<StockReading>, ChannelError> {
    let location = call::location_gid(session)?;
    let mut readings = Vec::new();
    for listings in listings.chunks(LISTINGS_MAX) {
        let ids: Vec<String> = listings.iter().filter_map(|l| call::variant_gid(l).ok()).collect();
        if ids.is_empty() {
            continue;
        }
        let as_of = (session.clock)();
        let data = ask(session, LEVELS, json!({ "ids": ids, "location": location })).await?;
        let found: Found = json::row("data", data)?;
        for variant in found.nodes.rows("nodes")?.into_iter().flatten() {
            let Some(gid) = variant.id.given() else { continue };
            let number = call::number("nodes.id", gid)?.to_owned();
            let Some(quantity) = available(variant.inventory_item.inventory_level)? else { continue };
            let listing = ListingId::new(number).map_err(|e| FieldError::new("nodes.id", e.reason))?;
            readings.push(StockReading { listing, branch: None, quantity, gross: None, as_of });
        }
    }
    Ok(readings)
}

/// The number that buyers are offered; below zero where more was sold than there was.
pub(super) fn available(level: Option<Level>) -> Result<Option<i64>, FieldError> {
    let Some(level) = level else { return Ok(None) };
    let quantities = level.quantities.rows("inventoryLevel.quantities")?;
    let found = quantities.iter().find(|quantity| quantity.name.given() == Some("available"));
    found.map(|found| found.quantity.whole("inventoryLevel.quantities.quantity")).transpose()
}
