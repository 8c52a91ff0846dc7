//! What is on sale at Lazada, by item and variation.

use super::call;
use super::facts::ITEM_ROWS_MAX;
use super::stock;
use super::wire::{PRODUCTS, Product, ProductList, Sku};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::json::{self, FieldError};
use crate::listings::{ChannelListing, ListingPage};
use crate::moment::{self, Zone};
use crate::paging::{Cursor, Page};
use commerce::Timestamp;
use commerce::ids::ListingId;
use commerce::park::ParkReason;
use serde_json::Value;

/// One page: fifty items with all their variations.
pub(super) async fn page(
    session: &Session<'_>,
    cursor: Option<&Cursor>,
) -> Result<ListingPage, ChannelError> {
    let offset: usize = match cursor {
        None => 0,
        Some(cursor) => {
            let wrong = |_| ChannelError::refused("a place in the list that this channel did not give");
            cursor.0.parse().map_err(wrong)?
        }
    };
    let (from, limit) = (offset.to_string(), ITEM_ROWS_MAX.to_string());
    let parameters = [("filter", "all"), ("offset", from.as_str()), ("limit", limit.as_str())];
    let envelope = call::read(session, PRODUCTS, &parameters).await?;
    // A shop without products answers without data.
    if envelope.data.is_null() {
        return Ok(Page { rows: Vec::new(), next: None });
    }
    let list: ProductList = json::row("data", envelope.data)?;
    let total =
        list.total_products.given().map(|_| list.total_products.units("data.total_products")).transpose()?;
    let products = list.products.rows_or_none("data.products")?;
    let reached = offset.saturating_add(products.len());
    let has_more = !products.is_empty()
        && total.map_or(products.len() >= ITEM_ROWS_MAX, |total| {
            reached < usize::try_from(total).unwrap_or(usize::MAX)
        });
    let now = (session.clock)();
    let warehouse = stock::warehouse(session);
    let rows = products.into_iter().flat_map(|product| of_product(product, warehouse, now)).collect();
    Ok(Page { rows, next: has_more.then(|| Cursor(reached.to_string())) })
}

/// The variations of one item; one that cannot be read leaves the others alone.
fn of_product(
    value: Value,
    warehouse: Option<&str>,
    now: Timestamp,
) -> Vec<Result<ChannelListing, ParkReason>> {
    let read = || -> Result<(Product, Vec<Value>), FieldError> {
        let mut product: Product = json::row("data.products", value)?;
        let skus = std::mem::take(&mut product.skus).rows("data.products.skus")?;
        Ok((product, skus))
    };
    match read() {
        Ok((product, skus)) => {
            let one = |sku| of_sku(&product, sku, warehouse, now).map_err(ParkReason::from);
            skus.into_iter().map(one).collect()
        }
        Err(error) => vec![Err(error.into())],
    }
}

fn of_sku(
    product: &Product,
    value: Value,
    warehouse: Option<&str>,
    now: Timestamp,
) -> Result<ChannelListing, FieldError> {
    let sku: Sku = json::row("data.products.skus", value)?;
    let item = product.item_id.text("data.products.item_id")?;
    let id = format!("{item}:{}", sku.sku_id.text("data.products.skus.SkuId")?);
    let is =
        |status: &crate::json::Loose| status.given().is_none_or(|word| word.eq_ignore_ascii_case("active"));
    let (is_active, locked) = (is(&product.status) && is(&sku.status), locked(&sku, now)?);
    Ok(ChannelListing {
        id: ListingId::new(id).map_err(|e| FieldError::new("data.products.skus.SkuId", e.reason))?,
        sku: sku.seller_sku.given().map(str::to_owned),
        barcode: None,
        title: product.attributes.name.given().unwrap_or_default().to_owned(),
        locked,
        is_active,
        shown: Some(stock::sellable(sku, warehouse)?),
    })
}

/// Units that campaigns have locked and that have not ended; their times have no zone, so Viet Nam's is taken.
fn locked(sku: &Sku, now: Timestamp) -> Result<u32, FieldError> {
    let field = "data.products.skus.channelInventories";
    let crate::json::List::Rows(campaigns) = &sku.campaigns else { return Ok(0) };
    let mut units = 0_u32;
    for campaign in campaigns {
        let has_ended = moment::date("channelInventories.endTime", &campaign.end_time, Zone::Vietnam)
            .is_ok_and(|end| end < now);
        if !has_ended && campaign.sellable.given().is_some() {
            units = units.saturating_add(campaign.sellable.units(field)?);
        }
    }
    Ok(units)
}
