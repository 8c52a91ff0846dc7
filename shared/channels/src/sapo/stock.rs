//! Stock with Sapo: a website's variant is set whole and read back; stores are only read.

use super::wire::{Inventory, OneProduct, OneVariant, Variant};
use super::{Product, call, errors};
use crate::channel::{Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind};
use crate::json::FieldError;
use crate::storefront;
use commerce::ids::ListingId;
use serde_json::json;

/// Sets variants one by one. After a failure that is not the variant's own, the rest is not sent.
pub(super) async fn set(session: &Session<'_>, sets: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
    Product::web_only(session, "set stock")?;
    let mut outcomes = Vec::new();
    let mut stopped: Option<ChannelError> = None;
    for set in sets {
        let result = match &stopped {
            Some(error) => Err(error.not_sent()),
            None => set_one(session, set).await,
        };
        if let Err(error) = &result {
            // A refusal of one variant says nothing about the next; a dead token or a limit does.
            if stopped.is_none() && !matches!(error.kind, ErrorKind::Refused | ErrorKind::NotFound) {
                stopped = Some(error.clone());
            }
        }
        outcomes.push((set.listing.clone(), result));
    }
    Ok(outcomes)
}

/// Without `old_inventory_quantity`, which would make a difference of it. The answer shows the number as stored.
/// (support.sapo.vn/product-variant; github.com/vinhch/BizwebSharp, 2026-11-30)
async fn set_one(session: &Session<'_>, set: &StockSet) -> Result<(), ChannelError> {
    let (_, variant) = storefront::parts(&set.listing)?;
    let body = json!({ "variant": { "id": variant, "inventory_quantity": set.quantity } });
    let answer = call::put(session, &format!("/admin/variants/{variant}.json"), &body).await?;
    let stored: OneVariant = errors::read_after_write(&answer)?;
    let shown =
        stored.variant.and_then(|variant| variant.inventory_quantity.whole("inventory_quantity").ok());
    if shown == Some(i64::from(set.quantity)) {
        return Ok(());
    }
    Err(ChannelError::unreadable("the answer shows another quantity").after_write())
}

/// Reads what can be sold.
pub(super) async fn read(
    session: &Session<'_>,
    listings: &[ListingId],
) -> Result<Vec<StockReading>, ChannelError> {
    let product = Product::of(session)?;
    let mut readings = Vec::new();
    for listing in listings {
        let Ok(parts) = storefront::parts(listing) else { continue };
        let as_of = (session.clock)();
        let quantity = match product {
            Product::Web => of_website(session, parts.1).await?,
            Product::Omni => of_store(session, parts).await?,
        };
        let reading =
            |quantity| StockReading { listing: listing.clone(), branch: None, quantity, gross: None, as_of };
        readings.extend(quantity.map(reading));
    }
    Ok(readings)
}

/// A variant that Sapo does not know, or that keeps no number, is left out.
async fn of_website(session: &Session<'_>, variant: u64) -> Result<Option<i64>, ChannelError> {
    let answer = call::get(session, &format!("/admin/variants/{variant}.json"), &[]).await?;
    let Some(one) = known(errors::read::<OneVariant>(&answer))? else { return Ok(None) };
    let number = one.variant.map(|variant| variant.inventory_quantity).unwrap_or_default();
    if number.given().is_none() {
        return Ok(None);
    }
    Ok(Some(number.whole("variant.inventory_quantity")?))
}

/// What the store of the account has available, or all stores together where the account names none.
async fn of_store(
    session: &Session<'_>,
    (product, variant): (u64, u64),
) -> Result<Option<i64>, ChannelError> {
    let location = session.account("location_id").ok().map(str::to_owned);
    let answer = call::get(session, &format!("/admin/products/{product}.json"), &[]).await?;
    let Some(one) = known(errors::read::<OneProduct>(&answer))? else { return Ok(None) };
    let id = variant.to_string();
    let variants = one.product.variants.rows("product.variants")?;
    let Some(found) = variants.into_iter().find(|row: &Variant| row.id.given() == Some(&id)) else {
        return Ok(None);
    };
    let levels = found.inventories.rows("product.variants.inventories")?;
    let is_ours = |level: &&Inventory| location.is_none() || level.location_id.given() == location.as_deref();
    let available = |level: &Inventory| level.available.whole("product.variants.inventories.available");
    let sum: Result<i64, FieldError> =
        levels.iter().filter(is_ours).try_fold(0_i64, |sum, level| Ok(sum.saturating_add(available(level)?)));
    Ok(Some(sum?))
}

fn known<T>(read: Result<T, ChannelError>) -> Result<Option<T>, ChannelError> {
    match read {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}
