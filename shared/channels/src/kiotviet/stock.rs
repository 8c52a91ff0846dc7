//! What KiotViet's stores hold, by branch; units on hand, which include those it has reserved.

use super::wire::{Level, Product};
use super::{errors, login};
use crate::channel::{Session, StockReading};
use crate::error::{ChannelError, ErrorKind};
use crate::json::FieldError;
use commerce::Timestamp;
use commerce::ids::ListingId;

/// Reads products one by one. The level was certainly true after our request began.
///
/// `/productOnHands` lists only what changed since a time, so it does not answer for a given product.
/// (KiotViet public API, products, 2026-11-21)
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

async fn read_one(session: &Session<'_>, listing: &ListingId) -> Result<Vec<StockReading>, ChannelError> {
    let Ok(product) = listing.as_str().parse::<u64>() else { return Ok(Vec::new()) };
    let as_of = (session.clock)();
    let answer = login::get(session, &format!("/products/{product}"), &[]).await?;
    let product: Product = match errors::read(&answer) {
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(Vec::new()),
        product => product?,
    };
    let levels = product.inventories.rows("inventories")?;
    let known = levels.iter().filter(|level| level.on_hand.given().is_some());
    let readings: Result<Vec<_>, FieldError> = known.map(|level| reading(listing, level, as_of)).collect();
    Ok(readings?)
}

/// A level may be below zero: a till sells what is in the buyer's hand.
fn reading(listing: &ListingId, level: &Level, as_of: Timestamp) -> Result<StockReading, FieldError> {
    let branch = level.branch_id.whole("inventories.branchId")?.to_string();
    let quantity = level.on_hand.whole("inventories.onHand")?;
    Ok(StockReading { listing: listing.clone(), branch: Some(branch), quantity, gross: None, as_of })
}
