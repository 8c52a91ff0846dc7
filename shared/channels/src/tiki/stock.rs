//! Stock on Tiki: the gross number it keeps, or what buyers can take of it, set and read back one product at a time.

use super::call;
use super::wire::{Inventory, PRODUCTS, Product, UPDATE_SKU, Updated, WarehouseStock};
use crate::channel::{How, Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind};
use crate::json::{self, FieldError, List, Loose};
use commerce::ids::ListingId;
use reqwest::Method;
use serde_json::json;

fn product_id(listing: &ListingId) -> Result<u64, ChannelError> {
    let id = listing.as_str().parse();
    id.map_err(|_| ChannelError::refused(format!("listing {listing} is not a product_id of Tiki")))
}

fn warehouse_id(session: &Session<'_>) -> Result<u64, ChannelError> {
    let id = session.account("warehouse_id")?.trim().parse();
    id.map_err(|_| ChannelError::misconfigured("account setting \"warehouse_id\" must be one number"))
}

/// Sets products one by one. After a failure that concerns all, the rest is not sent.
///
/// Tiki also takes many at once, but what it answers for each of them is not documented; so each is a call of its own,
/// whose answer is.
pub(super) async fn set(session: &Session<'_>, sets: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
    let mut outcomes = Vec::new();
    let mut stopped: Option<ChannelError> = None;
    for set in sets {
        let outcome = match &stopped {
            Some(error) => Err(error.not_sent()),
            None => set_one(session, set).await,
        };
        if stopped.is_none() {
            stopped = outcome.as_ref().err().filter(|error| concerns_all(error)).cloned();
        }
        outcomes.push((set.listing.clone(), outcome));
    }
    Ok(outcomes)
}

/// A refusal of one product says nothing about the next; a dead token or a limit does.
fn concerns_all(error: &ChannelError) -> bool {
    !matches!(error.kind, ErrorKind::Refused | ErrorKind::NotFound | ErrorKind::Unreadable)
}

async fn set_one(session: &Session<'_>, set: &StockSet) -> Result<(), ChannelError> {
    let (product, warehouse) = (product_id(&set.listing)?, warehouse_id(session)?);
    let gross = match set.how {
        How::Gross => u64::from(set.quantity),
        _ => with_reserved(session, product, warehouse, set.quantity).await?,
    };
    let body = json!({
        "product_id": product,
        "seller_warehouse": warehouse.to_string(),
        "warehouse_quantities": [{ "warehouse_id": warehouse, "qty_available": gross }],
    });
    let token = session.access_token()?;
    let answer = call::write(session, Method::PUT, UPDATE_SKU, token, &body).await?;
    approved(&json::row("body", answer).map_err(|e| ChannelError::from(e).after_write())?)
}

/// Tiki's number is gross: it holds the units of Tiki's own open orders, and buyers see what is left without them. Who
/// writes the gross number itself, writes it as it is. Who tells what buyers shall be able to take, as when a shop leaves,
/// has Tiki's own reserved units read and added: that changes the unit of measure and decides nothing, and an order that
/// comes in between is subtracted by Tiki itself.
/// (`quantity_available = quantity_sellable + quantity_reserved`, open.tiki.vn, inventory type, 2026-11-30)
async fn with_reserved(
    session: &Session<'_>,
    product: u64,
    warehouse: u64,
    sellable: u32,
) -> Result<u64, ChannelError> {
    let inventory = inventory(session, product).await?;
    Ok(u64::from(sellable).saturating_add(reserved(&inventory, warehouse)?))
}

/// "Approved" is what Tiki says, also where nothing changed: only reading it back proves it.
fn approved(updated: &Updated) -> Result<(), ChannelError> {
    match updated.state.given() {
        Some("approved") => Ok(()),
        Some(state) => Err(ChannelError::refused(format!("the change is {state:?}, not approved"))),
        None => Err(ChannelError::unreadable("state: is missing").after_write()),
    }
}

/// The product's stock. Two spellings of the same wish: the guide for lists says `include`, the page for one product
/// `includes`.
async fn inventory(session: &Session<'_>, product: u64) -> Result<Inventory, ChannelError> {
    let path = format!("{PRODUCTS}/{product}?include=inventory&includes=inventory");
    let product: Product = json::row("product", call::get(session, &path).await?)?;
    Ok(product.inventory.ok_or_else(|| FieldError::new("inventory", "is missing"))?)
}

/// What our warehouse has and what of it Tiki holds for its own open orders; none for a product that is not in it yet.
fn ours(inventory: &Inventory, warehouse: u64) -> Result<Option<(&Loose, &Loose)>, FieldError> {
    let rows = match &inventory.warehouse_stocks {
        List::Missing => return Ok(Some((&inventory.quantity_available, &inventory.quantity_reserved))),
        List::Strange => return Err(FieldError::new("inventory.warehouse_stocks", "must be a list")),
        List::Rows(rows) => rows,
    };
    let warehouse = warehouse.to_string();
    let here = rows.iter().find(|stock| stock.warehouse_id.given() == Some(warehouse.as_str()));
    Ok(here.map(|stock| (&stock.quantity_available, &stock.quantity_reserved)))
}

/// The gross number of our warehouse, as it is set.
fn gross(inventory: &Inventory, warehouse: u64) -> Result<i64, FieldError> {
    let ours = ours(inventory, warehouse)?;
    ours.map_or(Ok(0), |(available, _)| available.whole("inventory.quantity_available"))
}

/// Units that Tiki holds for its own open orders in our warehouse.
fn reserved(inventory: &Inventory, warehouse: u64) -> Result<u64, FieldError> {
    let ours = ours(inventory, warehouse)?;
    let units = ours.map_or(Ok(0), |(_, reserved)| reserved.whole("inventory.quantity_reserved"))?;
    Ok(u64::try_from(units).unwrap_or(0))
}

/// Reads products one by one, with the gross number of our warehouse; those that Tiki does not know are left out.
pub(super) async fn read(
    session: &Session<'_>,
    listings: &[ListingId],
) -> Result<Vec<StockReading>, ChannelError> {
    let warehouse = warehouse_id(session)?;
    let mut readings = Vec::new();
    for listing in listings {
        let Ok(product) = product_id(listing) else { continue };
        let as_of = (session.clock)();
        let inventory = match inventory(session, product).await {
            Err(error) if error.kind == ErrorKind::NotFound => continue,
            inventory => inventory?,
        };
        let gross = Some(gross(&inventory, warehouse)?);
        let quantity = sellable(inventory)?;
        readings.push(StockReading { listing: listing.clone(), branch: None, quantity, gross, as_of });
    }
    Ok(readings)
}

/// What buyers can take, over all warehouses that the product is sold from.
pub(super) fn sellable(inventory: Inventory) -> Result<i64, FieldError> {
    let Inventory { quantity_available, quantity_reserved, quantity_sellable, warehouse_stocks } = inventory;
    if matches!(warehouse_stocks, List::Missing) {
        return left(&quantity_sellable, &quantity_available, &quantity_reserved);
    }
    let one = |stock: &WarehouseStock| {
        left(&stock.quantity_sellable, &stock.quantity_available, &stock.quantity_reserved)
    };
    let stocks = warehouse_stocks.rows("inventory.warehouse_stocks")?;
    stocks.iter().try_fold(0_i64, |sum, stock| Ok(sum.saturating_add(one(stock)?)))
}

fn left(sellable: &Loose, available: &Loose, reserved: &Loose) -> Result<i64, FieldError> {
    if sellable.given().is_some() {
        return sellable.whole("inventory.quantity_sellable");
    }
    let available = available.whole("inventory.quantity_available")?;
    Ok(available.saturating_sub(reserved.whole("inventory.quantity_reserved")?))
}
