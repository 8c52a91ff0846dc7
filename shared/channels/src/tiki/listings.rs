//! What the seller has on Tiki, by Tiki's product ids.

use super::list::{ROWS_MAX, next_page, page_number};
use super::wire::{PRODUCTS, Paged, Product};
use super::{call, stock};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::json::{self, FieldError};
use crate::listings::{ChannelListing, ListingPage};
use crate::paging::Cursor;
use commerce::ids::ListingId;
use commerce::park::ParkReason;
use serde_json::Value;

/// One page of products, the newest first: one that is added meanwhile shows an old one twice and hides none.
/// (open.tiki.vn, manage product, 2026-11-30)
pub(super) async fn page(
    session: &Session<'_>,
    cursor: Option<&Cursor>,
) -> Result<ListingPage, ChannelError> {
    let page = page_number(cursor)?;
    let path = format!("{PRODUCTS}?page={page}&limit={ROWS_MAX}&include=inventory");
    let list: Paged = json::row("body", call::get(session, &path).await?)?;
    let values = list.data.rows("data")?;
    let next = next_page(page, values.len(), &list.paging.last_page)?;
    let rows = values.into_iter().map(|value| read(value).map_err(ParkReason::from)).collect();
    Ok(ListingPage { rows, next })
}

/// `sku` is Tiki's own number; what the seller typed is `original_sku`.
fn read(value: Value) -> Result<ChannelListing, FieldError> {
    let product: Product = json::row("data", value)?;
    let id = if product.product_id.given().is_some() { &product.product_id } else { &product.id };
    let id = ListingId::new(id.text("product_id")?).map_err(|e| FieldError::new("product_id", e.reason))?;
    Ok(ChannelListing {
        id,
        sku: product.original_sku.given().map(str::to_owned),
        barcode: None,
        title: product.name.given().unwrap_or_default().to_owned(),
        shown: product.inventory.map(stock::sellable).transpose()?,
        locked: 0,
        is_active: matches!(product.active.given(), Some("1" | "true")),
    })
}
