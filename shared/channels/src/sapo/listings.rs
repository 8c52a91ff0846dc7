//! What a Sapo shop has on sale: one listing for each variant.

use super::facts::PAGE_ROWS_MAX;
use super::wire::Products;
use super::{call, errors};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::listings::ListingPage;
use crate::paging::Cursor;
use crate::storefront::{pages, products};

/// A page of products with all their variants, alike in both products of Sapo but for the name of the name.
/// (support.sapo.vn/phuong-thuc-get-cua-product, 2026-11-30)
pub(super) async fn list(
    session: &Session<'_>,
    cursor: Option<&Cursor>,
) -> Result<ListingPage, ChannelError> {
    let number = pages::number(cursor)?;
    let query = [("limit", PAGE_ROWS_MAX.to_string()), ("page", number.to_string())];
    let query = query.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer: Products = errors::read(&call::get(session, "/admin/products.json", &query).await?)?;
    Ok(products::page(answer.products.rows("products")?, number, PAGE_ROWS_MAX))
}
