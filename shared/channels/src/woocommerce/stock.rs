//! Stock on a WooCommerce site: what a product shows, set whole and read back.

use super::facts::BATCH_MAX;
use super::wire::{Batch, BatchItem, Product};
use super::{call, errors};
use crate::channel::{Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind};
use crate::json::Loose;
use commerce::ids::ListingId;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;

/// A listing's two numbers; variation 0 stands for a product without variations.
pub(super) fn parts(listing: &ListingId) -> Result<(u64, u64), ChannelError> {
    let numbers = listing.as_str().split_once(':');
    let read =
        numbers.and_then(|(product, variation)| Some((product.parse().ok()?, variation.parse().ok()?)));
    read.ok_or_else(|| ChannelError::refused(format!("listing {listing} is not product_id:variation_id")))
}

/// Sets listings: simple products in one batch, the variations of each product in one.
/// After a batch that failed for all, the rest is not sent.
pub(super) async fn set(session: &Session<'_>, sets: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
    let mut outcomes = Vec::new();
    let mut batches: BTreeMap<Option<u64>, Vec<(u64, &StockSet)>> = BTreeMap::new();
    for set in sets {
        match parts(&set.listing) {
            Ok((product, 0)) => batches.entry(None).or_default().push((product, set)),
            Ok((product, variation)) => batches.entry(Some(product)).or_default().push((variation, set)),
            Err(error) => outcomes.push((set.listing.clone(), Err(error))),
        }
    }
    let mut stopped: Option<ChannelError> = None;
    for (parent, rows) in &batches {
        for rows in rows.chunks(BATCH_MAX) {
            let failed = match &stopped {
                Some(error) => error.not_sent(),
                None => match set_batch(session, *parent, rows).await {
                    Ok(done) => {
                        outcomes.extend(done);
                        continue;
                    }
                    Err(error) => error,
                },
            };
            outcomes.extend(rows.iter().map(|(_, set)| (set.listing.clone(), Err(failed.clone()))));
            // A refusal of one batch says nothing about the next; a dead key or a limit does.
            if !matches!(failed.kind, ErrorKind::Refused | ErrorKind::NotFound) {
                stopped = stopped.or(Some(failed));
            }
        }
    }
    Ok(outcomes)
}

async fn set_batch(
    session: &Session<'_>,
    parent: Option<u64>,
    rows: &[(u64, &StockSet)],
) -> Result<Vec<StockOutcome>, ChannelError> {
    let path = match parent {
        None => "/products/batch".to_owned(),
        Some(product) => format!("/products/{product}/variations/batch"),
    };
    let row = |(id, set): &(u64, &StockSet)| json!({ "id": id, "manage_stock": true, "stock_quantity": set.quantity });
    let body = json!({ "update": rows.iter().map(row).collect::<Vec<_>>() });
    let batch: Batch = call::write(session, Method::POST, &path, &body).await?;
    Ok(read_outcomes(batch, rows))
}

/// A bad item is refused by itself inside a 200. (woocommerce-rest-api-docs, batch, 2026-11-21)
pub(super) fn read_outcomes(batch: Batch, rows: &[(u64, &StockSet)]) -> Vec<StockOutcome> {
    let answered = batch.update.rows_or_none("update").unwrap_or_default();
    let told: BTreeMap<&str, &BatchItem> =
        answered.iter().filter_map(|item| Some((item.id.given()?, item))).collect();
    let outcome = |(id, set): &(u64, &StockSet)| {
        let result = match told.get(id.to_string().as_str()) {
            Some(item) => item_outcome(item, set.quantity),
            None => Err(ChannelError::unreadable("the answer does not name the product").after_write()),
        };
        (set.listing.clone(), result)
    };
    rows.iter().map(outcome).collect()
}

/// The answer shows the quantity as stored. A variable parent answers 200 and ignores it.
fn item_outcome(item: &BatchItem, quantity: u32) -> Result<(), ChannelError> {
    if let Some(refusal) = &item.error {
        return Err(errors::from_refusal(refusal));
    }
    match &item.stock_quantity {
        Some(Loose::Missing) => {
            Err(ChannelError::refused("WooCommerce keeps no stock number there (a variable product?)"))
        }
        Some(stored) if stored.whole("stock_quantity").ok() != Some(i64::from(quantity)) => {
            Err(ChannelError::unreadable("the answer shows another quantity").after_write())
        }
        _ => Ok(()),
    }
}

/// Reads what listings show, one call for each. A product that keeps no stock number is left out.
pub(super) async fn read(
    session: &Session<'_>,
    listings: &[ListingId],
) -> Result<Vec<StockReading>, ChannelError> {
    let mut readings = Vec::new();
    for listing in listings {
        readings.extend(read_one(session, listing).await?);
    }
    Ok(readings)
}

async fn read_one(session: &Session<'_>, listing: &ListingId) -> Result<Option<StockReading>, ChannelError> {
    let Ok((product, variation)) = parts(listing) else { return Ok(None) };
    let path = match variation {
        0 => format!("/products/{product}"),
        _ => format!("/products/{product}/variations/{variation}"),
    };
    let as_of = (session.clock)();
    let answer = call::get(session, &path, &[]).await?;
    let product: Product = match errors::read(&answer) {
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
        product => product?,
    };
    let quantity = match product.stock_quantity.given() {
        Some(_) => product.stock_quantity.whole("stock_quantity")?,
        None if product.stock_status.given() == Some("outofstock") => 0,
        None => return Ok(None),
    };
    Ok(Some(StockReading { listing: listing.clone(), branch: None, quantity, gross: None, as_of }))
}
