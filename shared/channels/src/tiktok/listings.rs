//! What is on sale at a shop on TikTok Shop, page by page.

use super::facts::PAGE_ROWS_MAX;
use super::wire::{PRODUCT_SEARCH, Product, ProductList, Sku};
use super::{call, errors, stock};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::json::{self, FieldError};
use crate::listings::{ChannelListing, ListingPage};
use crate::paging::Cursor;
use commerce::ids::ListingId;
use commerce::park::ParkReason;
use reqwest::Method;
use serde_json::{Value, json};

type Row = Result<ChannelListing, ParkReason>;

/// One page of products, each variation a row. Barcodes and locked units are on other pages of the API.
/// (partner.tiktokshop.com/docv2/page/search-products-202502, 2026-11-30)
pub(super) async fn page(
    session: &Session<'_>,
    cursor: Option<&Cursor>,
) -> Result<ListingPage, ChannelError> {
    let size = PAGE_ROWS_MAX.to_string();
    let mut query = vec![("page_size", size.as_str())];
    query.extend(cursor.map(|cursor| ("page_token", cursor.0.as_str())));
    let body = json!({ "status": "ALL" });
    let answer = call::of_shop(session, Method::POST, PRODUCT_SEARCH, &query, Some(&body)).await?;
    let list: ProductList = json::row("data", errors::read(&answer)?)?;
    let products = list.products.rows_or_none("data.products")?;
    Ok(ListingPage {
        rows: products.into_iter().flat_map(|product| variations(session, product)).collect(),
        next: list.next_page_token.given().map(|token| Cursor(token.to_owned())),
    })
}

/// A product's variations, or why it cannot be read.
fn variations(session: &Session<'_>, product: Value) -> Vec<Row> {
    let read = || -> Result<Vec<Row>, FieldError> {
        let mut product: Product = json::row("products", product)?;
        let skus = std::mem::take(&mut product.skus).rows("products.skus")?;
        let row = |sku: Value| variation(session, &product, sku).map_err(ParkReason::from);
        Ok(skus.into_iter().map(row).collect())
    };
    read().unwrap_or_else(|error| vec![Err(error.into())])
}

fn variation(session: &Session<'_>, product: &Product, sku: Value) -> Result<ChannelListing, FieldError> {
    let sku: Sku = json::row("products.skus", sku)?;
    let id = format!("{}:{}", product.id.text("products.id")?, sku.id.text("products.skus.id")?);
    let on_sale = product.status.text("products.status")? == "ACTIVATE"
        && product.is_not_for_sale.given() != Some("true")
        && sku.status_info.status.given().is_none_or(|status| status == "NORMAL");
    Ok(ChannelListing {
        id: ListingId::new(id).map_err(|e| FieldError::new("products.id", e.reason))?,
        sku: sku.seller_sku.given().map(str::to_owned),
        barcode: None,
        title: product.title.given().unwrap_or_default().to_owned(),
        shown: stock::listed(session, sku.inventory),
        locked: 0,
        is_active: on_sale,
    })
}
