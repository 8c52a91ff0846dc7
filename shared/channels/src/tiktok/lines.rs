//! The units of an order on TikTok Shop, each a row of its own, put together to lines.

use super::wire::{LineItem, Order};
use crate::json::{FieldError, List, Loose};
use commerce::ids::{LineId, ListingId};
use commerce::money::Currency;
use commerce::order::{ChannelLine, Departure};
use commerce::status::Status;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What one row of an order takes from one listing.
pub(super) struct Unit {
    listing: ListingId,
    is_gift: bool,
    count: u32,
    price_minor: i64,
    is_cancelled: bool,
    departure: Departure,
}

/// Every row as what it takes: a row is one unit, and a bundle takes the units of its parts.
/// (partner.tiktokshop.com/docv2/page/get-order-detail-202507, 2026-11-30)
pub(super) fn units(order: &Order, currency: Currency) -> Result<Vec<Unit>, FieldError> {
    let rows = match &order.line_items {
        List::Rows(rows) => rows,
        List::Missing => return Err(FieldError::new("line_items", "is missing")),
        List::Strange => return Err(FieldError::new("line_items", "must be a list")),
    };
    let mut units = Vec::new();
    for row in rows {
        match &row.combined_listing_skus {
            List::Strange => return Err(FieldError::new("combined_listing_skus", "must be a list")),
            List::Rows(parts) if !parts.is_empty() => {
                for part in parts {
                    let count = part.sku_count.units("combined_listing_skus.sku_count")?;
                    let listing = listing("combined_listing_skus", &part.product_id, &part.sku_id)?;
                    // The price belongs to the bundle; what its parts cost is not told.
                    units.push(Unit { listing, count, ..unit(order, row, 0)? });
                }
            }
            _ => units.push(unit(order, row, row.sale_price.money("line_items.sale_price", currency)?)?),
        }
    }
    Ok(units)
}

fn unit(order: &Order, row: &LineItem, price_minor: i64) -> Result<Unit, FieldError> {
    Ok(Unit {
        listing: listing("line_items", &row.product_id, &row.sku_id)?,
        is_gift: row.is_gift.given() == Some("true"),
        count: 1,
        price_minor,
        is_cancelled: matches!(row.display_status.given(), Some("CANCEL" | "CANCELLED")),
        departure: row_departure(order, row),
    })
}

/// A listing is named `productId:skuId`.
fn listing(field: &str, product: &Loose, sku: &Loose) -> Result<ListingId, FieldError> {
    let name = format!(
        "{}:{}",
        product.text(&format!("{field}.product_id"))?,
        sku.text(&format!("{field}.sku_id"))?
    );
    ListingId::new(name).map_err(|e| FieldError::new(field, e.reason))
}

/// One line for each listing, gifts apart. The order of the rows plays no part, so the same order always reads the
/// same; where units of one listing have several prices, the line tells the highest.
pub(super) fn lines(units: &[Unit]) -> Result<Vec<ChannelLine>, FieldError> {
    let mut lines: BTreeMap<(&ListingId, bool), ChannelLine> = BTreeMap::new();
    for unit in units {
        let line = match lines.entry((&unit.listing, unit.is_gift)) {
            Entry::Vacant(place) => place.insert(empty_line(unit)?),
            Entry::Occupied(line) => line.into_mut(),
        };
        line.quantity = line.quantity.saturating_add(unit.count);
        // A cancelled unit that may have left the house stays where it is until a person decides.
        if unit.is_cancelled && unit.departure == Departure::Stayed {
            line.cancelled = line.cancelled.saturating_add(unit.count);
        }
        line.unit_price_minor = line.unit_price_minor.max(unit.price_minor);
    }
    Ok(lines.into_values().collect())
}

fn empty_line(unit: &Unit) -> Result<ChannelLine, FieldError> {
    let sku = unit.listing.as_str().rsplit(':').next().unwrap_or_default();
    let name = if unit.is_gift { format!("{sku}:gift") } else { sku.to_owned() };
    Ok(ChannelLine {
        id: LineId::new(name).map_err(|e| FieldError::new("line_items.sku_id", e.reason))?,
        listing: unit.listing.clone(),
        quantity: 0,
        cancelled: 0,
        unit_price_minor: unit.price_minor,
    })
}

/// Whether goods left: one unit that did is enough; all must show that they did not.
pub(super) fn departure(status: &Status, order: &Order, units: &[Unit]) -> Departure {
    let any_left = units.iter().any(|unit| unit.departure == Departure::Left);
    if status.is_out() || is_time(&order.collection_time) || any_left {
        Departure::Left
    } else if !units.is_empty() && units.iter().all(|unit| unit.departure == Departure::Stayed) {
        Departure::Stayed
    } else {
        Departure::Unknown
    }
}

/// TO_FULFILL waits for the seller and PROCESSING for the carrier; FULFILLING was collected. A unit whose shipment
/// was never arranged cannot have left: rts_time and the tracking number come with that. CANCELLED is said of
/// packages that are lost or damaged, which proves nothing once shipment was arranged.
/// (package_status, rts_time and collection_time of get-order-detail-202507, 2026-11-30)
fn row_departure(order: &Order, row: &LineItem) -> Departure {
    let arranged = [&row.rts_time, &order.rts_time].into_iter().any(is_time)
        || [&row.tracking_number, &order.tracking_number].into_iter().any(|text| text.given().is_some());
    match (row.display_status.given(), row.package_status.given()) {
        (Some("IN_TRANSIT" | "DELIVERED" | "COMPLETED"), _) => Departure::Left,
        (_, Some("FULFILLING" | "COMPLETED")) => Departure::Left,
        _ if is_time(&order.collection_time) => Departure::Unknown,
        (_, Some("TO_FULFILL" | "PROCESSING")) => Departure::Stayed,
        _ if !arranged => Departure::Stayed,
        _ => Departure::Unknown,
    }
}

/// A time that was given; 0 stands for none.
pub(super) fn is_time(value: &Loose) -> bool {
    value.given().is_some_and(|text| text != "0")
}
