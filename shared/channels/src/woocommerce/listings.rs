//! What a website has on sale: its products and their variations.

use super::facts::PAGE_MAX;
use super::wire::Product;
use super::{call, errors};
use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind};
use crate::json::{self, FieldError, List, Loose};
use crate::listings::{ChannelListing, ListingPage};
use crate::paging::{Cursor, Page};
use commerce::ids::ListingId;
use commerce::park::ParkReason;
use serde_json::Value;

/// Products on one page of ours. Each product with variations costs a call of its own, so a page is at most eleven
/// calls, unless a product has more than a hundred variations.
const PRODUCTS_PER_PAGE: usize = 10;

type Row = Result<ChannelListing, ParkReason>;

/// One page, oldest product first. Products that are not kept in stock under their own number (`grouped`,
/// `external`) are left out.
pub(super) async fn list(
    session: &Session<'_>,
    cursor: Option<&Cursor>,
) -> Result<ListingPage, ChannelError> {
    let page = cursor.map_or("1", |cursor| cursor.0.as_str());
    let number: u32 = page.parse().map_err(|_| ChannelError::refused("not a place in this list"))?;
    let products = page_of(session, "/products", number, PRODUCTS_PER_PAGE).await?;
    let next = (products.len() == PRODUCTS_PER_PAGE).then(|| Cursor((number + 1).to_string()));
    let mut rows = Vec::new();
    for value in products {
        match json::row::<Product>("product", value) {
            Err(error) => rows.push(Err(error.into())),
            Ok(product) => match product.kind.given() {
                Some("grouped" | "external") => {}
                Some("variable") => rows.extend(variations(session, &product).await?),
                _ => rows.push(read(&product, None).map_err(ParkReason::from)),
            },
        }
    }
    Ok(Page { rows, next })
}

async fn page_of(
    session: &Session<'_>,
    path: &str,
    page: u32,
    size: usize,
) -> Result<Vec<Value>, ChannelError> {
    let (page, size) = (page.to_string(), size.to_string());
    let query = [("per_page", size.as_str()), ("page", &page), ("orderby", "id"), ("order", "asc")];
    errors::read(&call::get(session, path, &query).await?)
}

/// The variations of a product; a product that vanished between two calls has none.
async fn variations(session: &Session<'_>, parent: &Product) -> Result<Vec<Row>, ChannelError> {
    let id = match parent.id.whole("id") {
        Ok(id) => id,
        Err(error) => return Ok(vec![Err(error.into())]),
    };
    let path = format!("/products/{id}/variations");
    let mut rows = Vec::new();
    for page in 1.. {
        let found = match page_of(session, &path, page, PAGE_MAX).await {
            Err(error) if error.kind == ErrorKind::NotFound => break,
            found => found?,
        };
        let is_last = found.len() < PAGE_MAX;
        let row = |value| Ok(read(&json::row("variation", value)?, Some(parent))?);
        rows.extend(found.into_iter().map(row));
        if is_last {
            break;
        }
    }
    Ok(rows)
}

fn read(product: &Product, parent: Option<&Product>) -> Result<ChannelListing, FieldError> {
    let id = product.id.whole("id")?;
    let id = match parent {
        Some(parent) => format!("{}:{id}", parent.id.whole("parent.id")?),
        None => format!("{id}:0"),
    };
    let is_sold = |product: &Product| product.status.given() == Some("publish");
    Ok(ChannelListing {
        id: ListingId::new(id).map_err(|e| FieldError::new("id", e.reason))?,
        sku: text(&product.sku),
        barcode: text(&product.global_unique_id),
        title: title(product, parent),
        shown: product.stock_quantity.whole("stock_quantity").ok(),
        locked: 0,
        is_active: is_sold(product) && parent.is_none_or(is_sold),
    })
}

/// The product's name; for a variation, the product's name and what tells it from its sisters.
fn title(product: &Product, parent: Option<&Product>) -> String {
    let own = || text(&product.name).unwrap_or_default();
    let Some(name) = parent.and_then(|parent| text(&parent.name)) else { return own() };
    let options = match &product.attributes {
        List::Rows(rows) => rows.iter().filter_map(|row| row.option.given()).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    };
    if options.is_empty() { name } else { format!("{name} / {options}") }
}

fn text(value: &Loose) -> Option<String> {
    value.given().map(str::to_owned)
}
