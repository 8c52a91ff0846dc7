//! What a shop keeps in its tills: every product with its code and barcode, and how many all branches have.

use super::list;
use super::wire::{Level, Product};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::json::{self, FieldError, List, Loose};
use crate::listings::{ChannelListing, ListingPage};
use crate::paging::{Cursor, Page};
use commerce::ids::ListingId;
use serde_json::Value;

/// One page, by number, so that a change does not move a product to another page. A variation is a product of its
/// own. (KiotViet public API, products 2.4.1, 2026-11-30)
pub(super) async fn list(
    session: &Session<'_>,
    cursor: Option<&Cursor>,
) -> Result<ListingPage, ChannelError> {
    let start = cursor.map_or("0", |cursor| cursor.0.as_str());
    let number: usize = start.parse().map_err(|_| ChannelError::refused("not a place in this list"))?;
    let query = [("includeInventory", "true"), ("orderBy", "id"), ("orderDirection", "Asc")];
    let (rows, is_last) = list::page_of(session, "/products", &query, start).await?;
    let next = (!is_last).then(|| Cursor((number + rows.len()).to_string()));
    Ok(Page { rows: rows.into_iter().map(|row| read(row).map_err(Into::into)).collect(), next })
}

fn read(row: Value) -> Result<ChannelListing, FieldError> {
    let product: Product = json::row("data", row)?;
    let id = product.id.whole("id")?.to_string();
    let text = |value: &Loose| value.given().map(str::to_owned);
    let is_off = |value: &Loose| value.given() == Some("false");
    Ok(ChannelListing {
        id: ListingId::new(id).map_err(|e| FieldError::new("id", e.reason))?,
        sku: text(&product.code),
        barcode: text(&product.bar_code),
        title: text(&product.full_name).or_else(|| text(&product.name)).unwrap_or_default(),
        shown: available(&product.inventories),
        locked: 0,
        is_active: !is_off(&product.is_active) && !is_off(&product.allows_sale),
    })
}

/// Units on hand less those reserved, over all branches; none where a branch tells no whole number.
fn available(levels: &List<Level>) -> Option<i64> {
    let List::Rows(levels) = levels else { return None };
    levels.iter().try_fold(0_i64, |sum, level| {
        let reserved =
            if level.reserved.given().is_some() { level.reserved.whole("reserved").ok()? } else { 0 };
        Some(sum.saturating_add(level.on_hand.whole("onHand").ok()?.saturating_sub(reserved)))
    })
}
