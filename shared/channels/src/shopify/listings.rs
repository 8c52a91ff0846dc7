//! What a Shopify shop has on sale: every variant of every product, with its number at our store.

use super::call::{self, ask};
use super::stock::available;
use super::wire::{Nodes, Variant};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::json::{self, FieldError, Loose};
use crate::listings::{ChannelListing, ListingPage};
use crate::paging::Cursor;
use commerce::ids::ListingId;
use commerce::park::ParkReason;
use serde_json::{Value, json};

const VARIANTS: &str = "query Variants($after: String, $location: ID!) { \
    productVariants(first: 100, after: $after) { \
    nodes { id sku barcode displayName product { status } \
    inventoryItem { id inventoryLevel(locationId: $location) { quantities(names: [\"available\"]) { name quantity } } } } \
    pageInfo { hasNextPage endCursor } } }";

/// One page.
pub(super) async fn list(
    session: &Session<'_>,
    cursor: Option<&Cursor>,
) -> Result<ListingPage, ChannelError> {
    let location = call::location_gid(session)?;
    let variables = json!({ "location": location, "after": cursor.map(|cursor| cursor.0.as_str()) });
    let data = ask(session, VARIANTS, variables).await?;
    let variants = data.get("productVariants").cloned().unwrap_or_default();
    let page: Nodes<Value> = json::row("productVariants", variants)?;
    let rows = page.nodes.rows("productVariants.nodes")?.into_iter().map(listing).collect();
    Ok(ListingPage { rows, next: call::next(&page.page_info)? })
}

fn listing(row: Value) -> Result<ChannelListing, ParkReason> {
    let variant: Variant = json::row("productVariants.nodes", row)?;
    let field = "productVariants.nodes.id";
    let number = call::number(field, variant.id.text(field)?)?;
    let text = |value: &Loose| value.given().map(str::to_owned);
    Ok(ChannelListing {
        id: ListingId::new(number).map_err(|e| FieldError::new(field, e.reason))?,
        sku: text(&variant.sku),
        barcode: text(&variant.barcode),
        title: text(&variant.display_name).unwrap_or_default(),
        shown: available(variant.inventory_item.inventory_level)?,
        locked: 0,
        is_active: variant.product.status.given() == Some("ACTIVE"),
    })
}
