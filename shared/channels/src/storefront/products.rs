//! Products as websites list them: one listing for each variant.

use super::listing;
use crate::json::{self, FieldError, List, Loose};
use crate::listings::{ChannelListing, ListingPage};
use crate::paging::{Cursor, Page};
use commerce::park::ParkReason;
use serde::Deserialize;
use serde_json::Value;

/// A product with its variants.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Product {
    pub(crate) id: Loose,
    pub(crate) title: Loose,
    pub(crate) name: Loose,
    #[serde(alias = "published_on")]
    pub(crate) published_at: Loose,
    pub(crate) status: Loose,
    pub(crate) variants: List<Value>,
}

/// A variant; each is sold by itself.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Variant {
    pub(crate) id: Loose,
    pub(crate) sku: Loose,
    pub(crate) barcode: Loose,
    pub(crate) title: Loose,
    pub(crate) name: Loose,
    pub(crate) inventory_quantity: Loose,
}

/// What a variant is called that is the only one.
const ONLY_VARIANT: &str = "Default Title";

/// A page of listings; a product or variant that cannot be read does not take the others along.
pub(crate) fn page(products: Vec<Value>, number: u32, rows_max: usize) -> ListingPage {
    let is_full = products.len() >= rows_max;
    let rows = products.into_iter().flat_map(read_product).collect();
    Page { rows, next: is_full.then(|| Cursor(number.saturating_add(1).to_string())) }
}

fn read_product(value: Value) -> Vec<Result<ChannelListing, ParkReason>> {
    let read = json::row::<Product>("products", value).and_then(|mut product| {
        let variants = std::mem::take(&mut product.variants).rows("products.variants")?;
        Ok((product, variants))
    });
    match read {
        Err(error) => vec![Err(error.into())],
        Ok((product, variants)) => variants
            .into_iter()
            .map(|variant| read_variant(&product, variant).map_err(ParkReason::from))
            .collect(),
    }
}

fn read_variant(product: &Product, value: Value) -> Result<ChannelListing, FieldError> {
    let variant: Variant = json::row("products.variants", value)?;
    let shown = match variant.inventory_quantity.given() {
        Some(_) => Some(variant.inventory_quantity.whole("products.variants.inventory_quantity")?),
        None => None,
    };
    Ok(ChannelListing {
        id: listing(product.id.whole("products.id")?, variant.id.whole("products.variants.id")?)?,
        sku: variant.sku.given().map(str::to_owned),
        barcode: variant.barcode.given().map(str::to_owned),
        title: title(product, &variant),
        shown,
        locked: 0,
        is_active: is_active(product),
    })
}

fn title(product: &Product, variant: &Variant) -> String {
    let name = product.title.given().or(product.name.given()).unwrap_or_default();
    match variant.title.given().or(variant.name.given()).filter(|title| *title != ONLY_VARIANT) {
        // Some write the product's name into the variant's already.
        Some(own) if own.starts_with(name) => own.to_owned(),
        Some(own) => format!("{name} - {own}"),
        None => name.to_owned(),
    }
}

/// A product with a status says so itself; one without is on sale from the day it was published.
fn is_active(product: &Product) -> bool {
    match product.status.given() {
        Some(status) => status == "active",
        None => product.published_at.given().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_variant_is_a_listing_and_a_bad_one_stands_alone() {
        let products = vec![
            json!({ "id": 1, "title": "Áo", "published_at": "2020-10-22T03:37:00Z", "variants": [
                { "id": 10, "sku": "AO-M", "barcode": "893", "title": "M", "inventory_quantity": 3 },
                { "id": 11, "sku": " ", "barcode": null, "title": "Default Title" },
                { "sku": "no id" },
            ] }),
            json!(7),
        ];
        let page = page(products, 1, 2);
        assert_eq!(page.next, Some(Cursor("2".to_owned())));
        let [first, second, third, fourth] = page.rows.try_into().unwrap();
        let first = first.unwrap();
        assert_eq!((first.id.as_str(), first.title.as_str(), first.shown), ("1:10", "Áo - M", Some(3)));
        assert_eq!((first.sku.as_deref(), first.barcode.as_deref()), (Some("AO-M"), Some("893")));
        let second = second.unwrap();
        assert_eq!((second.sku, second.barcode, second.title.as_str()), (None, None, "Áo"));
        assert!(second.is_active && third.is_err() && fourth.is_err());
    }
}
