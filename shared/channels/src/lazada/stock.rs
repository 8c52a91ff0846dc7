//! Stock on Lazada: what buyers can take of a listing, set whole or changed by a difference, and read back.

use super::facts::SKUS_MAX;
use super::wire::{ADJUST_SELLABLE, Envelope, ITEM, Product, Sku, UPDATE_SELLABLE, WarehouseStock};
use super::{call, errors};
use crate::channel::{How, Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind};
use crate::json::{self, FieldError, List, Loose};
use commerce::ids::ListingId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The warehouse that is ours, where the seller has several.
pub(super) fn warehouse<'s>(session: &'s Session<'_>) -> Option<&'s str> {
    session.account("warehouse_code").ok()
}

/// A listing's two numbers.
fn parts(listing: &ListingId) -> Result<(u64, u64), ChannelError> {
    let numbers = listing.as_str().split_once(':');
    let read = numbers.and_then(|(item, sku)| Some((item.parse().ok()?, sku.parse().ok()?)));
    read.ok_or_else(|| ChannelError::refused(format!("listing {listing} is not itemId:skuId")))
}

/// Sets up to fifty listings; they need not belong to one item. What is overwritten and what is changed by a difference are
/// calls of their own; the wrappers never ask for both at once.
pub(super) async fn set(session: &Session<'_>, sets: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
    let mut outcomes = Vec::new();
    let mut rows = Vec::new();
    for set in sets {
        match parts(&set.listing) {
            Ok((item, sku)) => rows.push((item, sku, set)),
            Err(error) => outcomes.push((set.listing.clone(), Err(error))),
        }
    }
    if rows.len() > SKUS_MAX {
        return Err(ChannelError::refused("more than 50 listings in one call"));
    }
    let (added, overwritten): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, _, set)| is_delta(set));
    for (path, rows) in [(UPDATE_SELLABLE, overwritten), (ADJUST_SELLABLE, added)] {
        if !rows.is_empty() {
            let failed = |error: ChannelError| {
                rows.iter().map(|(_, _, set)| (set.listing.clone(), Err(error.clone()))).collect()
            };
            outcomes.extend(write(session, path, &rows).await.unwrap_or_else(failed));
        }
    }
    Ok(outcomes)
}

/// One call, its rows all written in the same way.
async fn write(
    session: &Session<'_>,
    path: &str,
    rows: &[(u64, u64, &StockSet)],
) -> Result<Vec<StockOutcome>, ChannelError> {
    let payload = payload(rows, warehouse(session));
    let answer = call::post(session, path, &[("payload", &payload)]).await?;
    let envelope = errors::envelope(&answer).map_err(ChannelError::after_write)?;
    read_outcomes(envelope, rows)
}

fn is_delta(set: &StockSet) -> bool {
    matches!(set.how, How::By(_))
}

/// The number as it is written: the difference with its sign, or what shall be shown.
/// (open.lazada.com, AdjustSellableQuantity and UpdateSellableQuantity, 2026-11-30)
fn number(set: &StockSet) -> i64 {
    match set.how {
        How::By(difference) => difference,
        _ => i64::from(set.quantity),
    }
}

/// The numbers of Lazada's own, never the seller's code: that alone is refused since 2026 (E0501).
/// (open.lazada.com, UpdateSellableQuantity, 2026-11-30)
fn payload(rows: &[(u64, u64, &StockSet)], warehouse: Option<&str>) -> String {
    let mut xml = String::from("<Request><Product><Skus>");
    for (item, sku, set) in rows {
        let quantity = format!("<SellableQuantity>{}</SellableQuantity>", number(set));
        // Writing to a string cannot fail.
        let _ = write!(xml, "<Sku><ItemId>{item}</ItemId><SkuId>{sku}</SkuId>");
        match warehouse {
            None => xml.push_str(&quantity),
            Some(code) => {
                let code = escape(code);
                let _ = write!(
                    xml,
                    "<MultiWarehouseInventories><MultiWarehouseInventory><WarehouseCode>{code}</WarehouseCode>\
                     {quantity}</MultiWarehouseInventory></MultiWarehouseInventories>"
                );
            }
        }
        xml.push_str("</Sku>");
    }
    xml.push_str("</Skus></Product></Request>");
    xml
}

/// Text that cannot become a tag; what XML cannot hold at all is left out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// What became of each listing. A call that succeeded may name SKUs that failed, and one that failed with 501 may have
/// set the others: only `detail` tells. Where it names something that none of ours is, nobody knows.
pub(super) fn read_outcomes(
    envelope: Envelope,
    rows: &[(u64, u64, &StockSet)],
) -> Result<Vec<StockOutcome>, ChannelError> {
    let refused = errors::refusal(&envelope);
    let is_overview = matches!(envelope.code.given(), Some("501" | "4170"));
    if let Some(error) = refused.as_ref().filter(|_| !is_overview) {
        return Err(error.clone().after_write());
    }
    let details = envelope.detail.rows_or_none("detail").unwrap_or_default();
    let mut named: BTreeMap<u64, ChannelError> = BTreeMap::new();
    let mut has_stranger = false;
    for detail in &details {
        match rows
            .iter()
            .filter(|(_, sku, _)| names(detail, *sku))
            .map(|(_, sku, _)| *sku)
            .collect::<Vec<_>>()[..]
        {
            [sku] => drop(named.insert(sku, failure(detail, refused.as_ref()))),
            _ if rows.len() == 1 => drop(named.insert(rows[0].1, failure(detail, refused.as_ref()))),
            _ => has_stranger = true,
        }
    }
    let unsure =
        || ChannelError::unreadable("the answer names failures of which one may be this").after_write();
    let of = |sku: u64| match (named.get(&sku), &refused) {
        (Some(error), _) => Err(error.clone()),
        (None, Some(error)) if details.is_empty() => Err(error.clone()),
        (None, None) if !has_stranger => Ok(()),
        (None, _) => Err(unsure()),
    };
    let told = |sku: u64, set: &StockSet| match of(sku) {
        Err(error) if is_delta(set) => Err(errors::of_delta(error)),
        outcome => outcome,
    };
    Ok(rows.iter().map(|(_, sku, set)| (set.listing.clone(), told(*sku, set))).collect())
}

/// True when a row of `detail` is about this SKU. Its fields are not documented, so every number in it is looked at.
fn names(detail: &Value, sku: u64) -> bool {
    let sku = sku.to_string();
    let holds = |value: &Value| match value {
        Value::Number(number) => number.to_string() == sku,
        Value::String(text) => text.split(|c: char| !c.is_ascii_digit()).any(|word| word == sku),
        _ => false,
    };
    detail.as_object().is_some_and(|fields| fields.values().any(holds))
}

fn failure(detail: &Value, refused: Option<&ChannelError>) -> ChannelError {
    let text = |name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default();
    let code = match detail.get("code") {
        Some(Value::Number(number)) => number.to_string(),
        _ => text("code").to_owned(),
    };
    match (text("message"), refused) {
        ("", Some(error)) => error.clone(),
        (message, _) => errors::of_one(if code.is_empty() { "501" } else { &code }, message),
    }
}

/// Reads what listings show: one call for each item.
pub(super) async fn read(
    session: &Session<'_>,
    listings: &[ListingId],
) -> Result<Vec<StockReading>, ChannelError> {
    let mut items: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for (item, sku) in listings.iter().filter_map(|listing| parts(listing).ok()) {
        items.entry(item).or_default().insert(sku);
    }
    let mut readings = Vec::new();
    for (item, wanted) in items {
        readings.extend(read_item(session, item, &wanted).await?);
    }
    Ok(readings)
}

async fn read_item(
    session: &Session<'_>,
    item: u64,
    wanted: &BTreeSet<u64>,
) -> Result<Vec<StockReading>, ChannelError> {
    let as_of = (session.clock)();
    let envelope = match call::read(session, ITEM, &[("item_id", &item.to_string())]).await {
        Ok(envelope) => envelope,
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let product: Product = json::row("data", envelope.data)?;
    let mut readings = Vec::new();
    for value in product.skus.rows("data.skus")? {
        let sku: Sku = json::row("data.skus", value)?;
        let number = sku.sku_id.whole("data.skus.SkuId")?;
        if u64::try_from(number).is_ok_and(|number| wanted.contains(&number)) {
            let listing = ListingId::new(format!("{item}:{number}"));
            let listing = listing.map_err(|e| FieldError::new("data.skus.SkuId", e.reason))?;
            let quantity = sellable(sku, warehouse(session))?;
            readings.push(StockReading { listing, branch: None, quantity, gross: None, as_of });
        }
    }
    Ok(readings)
}

/// What buyers can take, in our warehouse or in all: without withheld and occupied units. A warehouse without stock is
/// left out of the answer. (open.lazada.com, docId=121233, 2026-11-30)
pub(super) fn sellable(sku: Sku, warehouse: Option<&str>) -> Result<i64, FieldError> {
    let is_ours = |row: &&WarehouseStock| {
        let code = row.code.given().unwrap_or_default();
        warehouse.is_none_or(|ours| ours.eq_ignore_ascii_case(code))
    };
    if let List::Rows(rows) = &sku.warehouses
        && rows.iter().any(|row| row.sellable.given().is_some())
    {
        let units =
            |row: &WarehouseStock| row.sellable.whole("skus.multiWarehouseInventories.sellableQuantity");
        return rows.iter().filter(is_ours).try_fold(0_i64, |sum, row| Ok(sum.saturating_add(units(row)?)));
    }
    let only: &Loose = if sku.available.given().is_some() { &sku.available } else { &sku.quantity };
    only.whole("skus.quantity")
}
