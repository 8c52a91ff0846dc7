//! Stock on TikTok Shop: what a listing shows, set whole and read back.

use super::facts::{SKUS_MAX, UNITS_MAX};
use super::wire::{
    INVENTORY_SEARCH, Inventory, SkuStock, StockAnswer, StockFailure, WarehouseStock, inventory_update,
};
use super::{call, errors};
use crate::channel::{Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind};
use crate::json::{self, FieldError, List};
use commerce::ids::ListingId;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A listing's product and variation.
pub(super) fn parts(listing: &ListingId) -> Result<(&str, &str), ChannelError> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts =
        listing.as_str().split_once(':').filter(|(product, sku)| is_number(product) && is_number(sku));
    parts.ok_or_else(|| ChannelError::refused(format!("listing {listing} is not product_id:sku_id")))
}

/// A set that TikTok Shop can take; one that it cannot would spoil the others of its call.
fn checked(set: &StockSet) -> Result<(&str, &str), ChannelError> {
    if set.quantity > UNITS_MAX {
        return Err(ChannelError::refused(format!("TikTok Shop shows at most {UNITS_MAX} units")));
    }
    parts(&set.listing)
}

/// Sets listings, one call for each product. After a call that failed for all, the rest is not sent.
pub(super) async fn set(session: &Session<'_>, sets: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
    let mut outcomes = Vec::new();
    let mut products: BTreeMap<&str, Vec<(&str, &StockSet)>> = BTreeMap::new();
    for set in sets {
        match checked(set) {
            Ok((product, sku)) => products.entry(product).or_default().push((sku, set)),
            Err(error) => outcomes.push((set.listing.clone(), Err(error))),
        }
    }
    let mut stopped: Option<ChannelError> = None;
    for (product, skus) in &products {
        for skus in skus.chunks(SKUS_MAX) {
            match &stopped {
                Some(error) => outcomes.extend(all_failed(skus, &error.not_sent())),
                None => match set_product(session, product, skus).await {
                    Ok(done) => outcomes.extend(done),
                    Err(error) => {
                        outcomes.extend(all_failed(skus, &error));
                        stopped = Some(error).filter(concerns_all);
                    }
                },
            }
        }
    }
    Ok(outcomes)
}

fn all_failed(skus: &[(&str, &StockSet)], error: &ChannelError) -> Vec<StockOutcome> {
    skus.iter().map(|(_, set)| (set.listing.clone(), Err(error.clone()))).collect()
}

/// A refusal of one product says nothing about the next; a dead token or a limit does.
fn concerns_all(error: &ChannelError) -> bool {
    !matches!(error.kind, ErrorKind::Refused | ErrorKind::NotFound | ErrorKind::Locked)
}

/// The warehouse that this connection sells from; none where the shop has only one.
fn warehouse<'s>(session: &'s Session<'_>) -> Option<&'s str> {
    session.account("warehouse_id").ok()
}

async fn set_product(
    session: &Session<'_>,
    product: &str,
    skus: &[(&str, &StockSet)],
) -> Result<Vec<StockOutcome>, ChannelError> {
    let body = json!({ "skus": skus.iter().map(|(sku, set)| row(session, sku, set)).collect::<Vec<_>>() });
    let path = inventory_update(product);
    let answer = call::of_shop(session, Method::POST, &path, &[], Some(&body)).await?;
    let data = errors::read(&answer).map_err(ChannelError::after_write)?;
    read_outcomes(data, skus).map_err(|e| ChannelError::from(e).after_write())
}

fn row(session: &Session<'_>, sku: &str, set: &StockSet) -> Value {
    let inventory = match warehouse(session) {
        Some(warehouse) => json!([{ "warehouse_id": warehouse, "quantity": set.quantity }]),
        None => json!([{ "quantity": set.quantity }]),
    };
    json!({ "id": sku, "inventory": inventory })
}

/// A call that succeeded tells only what failed: who is not named was set.
/// (partner.tiktokshop.com/docv2/page/update-inventory-202309, 2026-11-21)
fn read_outcomes(data: Value, skus: &[(&str, &StockSet)]) -> Result<Vec<StockOutcome>, FieldError> {
    let answer: StockAnswer = if data.is_null() { StockAnswer::default() } else { json::row("data", data)? };
    let mut failed: BTreeMap<String, ChannelError> = BTreeMap::new();
    for row in answer.errors.rows_or_none("data.errors")? {
        let row: StockFailure = json::row("data.errors", row)?;
        let sku = row.detail.sku_id.text("data.errors.detail.sku_id")?.to_owned();
        failed.insert(sku, reason(row)?);
    }
    let outcome = |(sku, set): &(&str, &StockSet)| {
        (set.listing.clone(), failed.get(*sku).map_or(Ok(()), |error| Err(error.clone())))
    };
    Ok(skus.iter().map(outcome).collect())
}

/// Why one variation was not set; what is wrong in its warehouse says more than the code around it.
fn reason(row: StockFailure) -> Result<ChannelError, FieldError> {
    let inner = row.detail.extra_errors.rows_or_none("data.errors.detail.extra_errors").unwrap_or_default();
    let inner = inner.iter().find(|inner| inner.code.given().is_some());
    let (code, message) = inner.map_or((&row.code, &row.message), |inner| (&inner.code, &inner.message));
    let code = code.whole("data.errors.code")?;
    Ok(errors::from_code(code, message.given().unwrap_or_default(), None))
}

/// Reads what listings show: up to six hundred variations in one call.
pub(super) async fn read(
    session: &Session<'_>,
    listings: &[ListingId],
) -> Result<Vec<StockReading>, ChannelError> {
    let wanted: BTreeMap<&str, &ListingId> =
        listings.iter().filter_map(|listing| Some((parts(listing).ok()?.1, listing))).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let body = json!({ "sku_ids": wanted.keys().collect::<Vec<_>>() });
    let as_of = (session.clock)();
    let answer = call::of_shop(session, Method::POST, INVENTORY_SEARCH, &[], Some(&body)).await?;
    let data = match errors::read(&answer) {
        Err(error) if error.kind == ErrorKind::NotFound && listings.len() == 1 => return Ok(Vec::new()),
        other => other?,
    };
    let inventory: Inventory = json::row("data", data)?;
    let mut readings = Vec::new();
    for product in inventory.inventory.rows_or_none("data.inventory")? {
        for sku in product.skus.rows_or_none("data.inventory.skus")? {
            let Some(listing) = sku.id.given().and_then(|id| wanted.get(id)) else { continue };
            if let Some(quantity) = shown(session, sku)? {
                let listing = (*listing).clone();
                readings.push(StockReading { listing, branch: None, quantity, gross: None, as_of });
            }
        }
    }
    Ok(readings)
}

/// What buyers can take, campaigns and creators included: in the one warehouse, or in all of them. None where the
/// one warehouse does not hold it.
fn shown(session: &Session<'_>, sku: SkuStock) -> Result<Option<i64>, FieldError> {
    match warehouse(session) {
        None => sku.total_available_quantity.whole("total_available_quantity").map(Some),
        Some(warehouse) => in_warehouse(sku.warehouse_inventory, warehouse),
    }
}

/// The units in one warehouse of a list.
fn in_warehouse(rows: List<WarehouseStock>, warehouse: &str) -> Result<Option<i64>, FieldError> {
    let rows = rows.rows("warehouse_inventory")?;
    let row = rows.iter().find(|row| row.warehouse_id.given() == Some(warehouse));
    row.map(|row| row.available_quantity.whole("warehouse_inventory.available_quantity")).transpose()
}

/// What a product on the list shows, where the list tells.
pub(super) fn listed(session: &Session<'_>, rows: List<WarehouseStock>) -> Option<i64> {
    if let Some(warehouse) = warehouse(session) {
        return in_warehouse(rows, warehouse).ok().flatten();
    }
    let rows = rows.rows("inventory").ok()?;
    let units = |row: &WarehouseStock| row.available_quantity.whole("inventory.quantity").ok();
    rows.iter().try_fold(0_i64, |sum, row| Some(sum.saturating_add(units(row)?)))
}
