//! Stock on Tiki: what buyers can take, set and read back one product at a time.

use super::call;
use super::wire::{Inventory, PRODUCTS, Product, UPDATE_SKU, Updated, WarehouseStock};
use crate::channel::{Session, StockOutcome, StockReading, StockSet};
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

/// Tiki's number is gross: it holds the units of Tiki's own open orders, and buyers see what is left without them. We
/// are told what buyers shall be able to take, so Tiki's own reserved units are read and added. That changes the unit
/// of measure and decides nothing: an order that comes in between is subtracted by Tiki itself.
/// (`quantity_available = quantity_sellable + quantity_reserved`, open.tiki.vn, inventory type, 2026-11-30)
async fn set_one(session: &Session<'_>, set: &StockSet) -> Result<(), ChannelError> {
    let (product, warehouse) = (product_id(&set.listing)?, warehouse_id(session)?);
    let inventory = inventory(session, product).await?;
    let gross = u64::from(set.quantity).saturating_add(reserved(inventory, warehouse)?);
    let body = json!({
        "product_id": product,
        "seller_warehouse": warehouse.to_string(),
        "warehouse_quantities": [{ "warehouse_id": warehouse, "qty_available": gross }],
    });
    let token = session.access_token()?;
    let answer = call::write(session, Method::PUT, UPDATE_SKU, token, &body).await?;
    approved(&json::row("body", answer).map_err(|e| ChannelError::from(e).after_write())?)
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

/// Units that Tiki holds for its own open orders in our warehouse. A product that is not in it yet has none there.
fn reserved(inventory: Inventory, warehouse: u64) -> Result<u64, FieldError> {
    let units = match inventory.warehouse_stocks {
        List::Missing => inventory.quantity_reserved.whole("inventory.quantity_reserved")?,
        stocks => {
            let ours = warehouse.to_string();
            let stocks = stocks.rows("inventory.warehouse_stocks")?;
            let here = stocks.iter().find(|stock| stock.warehouse_id.given() == Some(ours.as_str()));
            here.map_or(Ok(0), |stock| stock.quantity_reserved.whole("warehouse_stocks.quantity_reserved"))?
        }
    };
    Ok(u64::try_from(units).unwrap_or(0))
}

/// Reads products one by one; those that Tiki does not know are left out.
pub(super) async fn read(
    session: &Session<'_>,
    listings: &[ListingId],
) -> Result<Vec<StockReading>, ChannelError> {
    let mut readings = Vec::new();
    for listing in listings {
        let Ok(product) = product_id(listing) else { continue };
        let as_of = (session.clock)();
        let inventory = match inventory(session, product).await {
            Err(error) if error.kind == ErrorKind::NotFound => continue,
            inventory => inventory?,
        };
        let quantity = sellable(inventory)?;
        readings.push(StockReading { listing: listing.clone(), branch: None, quantity, gross: None, as_of });
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
