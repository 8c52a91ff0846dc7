//! What shops' own websites have in common where they are built alike, as with Haravan and Sapo: lines, refunds, parcels,
//! refusals, products, and lists read page by page.
//!
//! Only what is the same on both sides lives here. Names of times, statuses, addresses and logins differ and stay in
//! each channel's own folder.

pub(crate) mod pages;
pub(crate) mod parcel;
pub(crate) mod products;
pub(crate) mod refusals;

use crate::channel::LookedUp;
use crate::error::{ChannelError, ErrorKind};
use crate::http::Answer;
use crate::json::{FieldError, List, Loose};
use commerce::Timestamp;
use commerce::ids::{ForwardReference, LineId, ListingId, OrderId};
use commerce::money::Currency;
use commerce::order::ChannelLine;
use serde::Deserialize;
use std::collections::BTreeMap;

/// An order line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct LineItem {
    pub(crate) id: Loose,
    pub(crate) product_id: Loose,
    pub(crate) variant_id: Loose,
    pub(crate) quantity: Loose,
    pub(crate) price: Loose,
}

/// Money or goods given back.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Refund {
    pub(crate) restock: Loose,
    pub(crate) refund_line_items: List<RefundLine>,
}

/// How many units of a line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RefundLine {
    pub(crate) line_item_id: Loose,
    pub(crate) quantity: Loose,
}

/// Something that somebody added to an order, such as our reference.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct NoteAttribute {
    pub(crate) name: Loose,
    pub(crate) value: Loose,
}

/// The name under which our reference stands in an order that we put in.
pub(crate) const REFERENCE: &str = "hopkenh_reference";

/// True when the order carries this reference of ours.
pub(crate) fn carries(attributes: List<NoteAttribute>, reference: &str) -> bool {
    let rows = attributes.rows_or_none("note_attributes").unwrap_or_default();
    rows.iter().any(|row| row.name.given() == Some(REFERENCE) && row.value.given() == Some(reference))
}

/// Our reference, where the order carries one.
pub(crate) fn reference(attributes: List<NoteAttribute>) -> Option<ForwardReference> {
    let rows = attributes.rows_or_none("note_attributes").unwrap_or_default();
    let ours = rows.iter().filter(|row| row.name.given() == Some(REFERENCE));
    ours.filter_map(|row| row.value.given()).find_map(|value| ForwardReference::new(value).ok())
}

/// The order's lines. `refunds` count as units cancelled only where the caller knows that nothing has left: goods
/// that went out come back when a person says so.
pub(crate) fn read_lines(
    items: List<LineItem>,
    refunds: Option<List<Refund>>,
    currency: Currency,
) -> Result<Vec<ChannelLine>, FieldError> {
    let taken_back = match refunds {
        Some(refunds) => units_taken_back(refunds)?,
        None => BTreeMap::new(),
    };
    items.rows("line_items")?.iter().map(|item| read_line(item, &taken_back, currency)).collect()
}

fn read_line(
    item: &LineItem,
    taken_back: &BTreeMap<String, u32>,
    currency: Currency,
) -> Result<ChannelLine, FieldError> {
    let id = item.id.whole("line_items.id")?.to_string();
    let quantity = item.quantity.units("line_items.quantity")?;
    let cancelled = taken_back.get(&id).copied().unwrap_or(0).min(quantity);
    Ok(ChannelLine {
        id: LineId::new(id).map_err(|e| FieldError::new("line_items.id", e.reason))?,
        listing: listing(part(&item.product_id)?, part(&item.variant_id)?)?,
        quantity,
        cancelled,
        unit_price_minor: amount("line_items.price", &item.price, currency)?,
    })
}

/// A line typed by hand, or of a product deleted since, has no number: 0, which is no product of ours.
fn part(number: &Loose) -> Result<i64, FieldError> {
    if *number == Loose::Missing { Ok(0) } else { number.whole("line_items.variant_id") }
}

/// Units refunded and put back into stock, by line.
fn units_taken_back(refunds: List<Refund>) -> Result<BTreeMap<String, u32>, FieldError> {
    let mut units: BTreeMap<String, u32> = BTreeMap::new();
    for refund in refunds.rows_or_none("refunds")? {
        if refund.restock.given() != Some("true") {
            continue;
        }
        for line in refund.refund_line_items.rows_or_none("refunds.refund_line_items")? {
            let id = line.line_item_id.whole("refunds.refund_line_items.line_item_id")?.to_string();
            let quantity = line.quantity.units("refunds.refund_line_items.quantity")?;
            let sum = units.entry(id).or_default();
            *sum = sum.saturating_add(quantity);
        }
    }
    Ok(units)
}

/// An amount. These channels calculate with fractions of a đồng where a discount divides badly: what is below one
/// đồng is dropped. Other currencies must come whole in their minor units.
pub(crate) fn amount(field: &str, value: &Loose, currency: Currency) -> Result<i64, FieldError> {
    if currency == Currency::VND { value.dong(field) } else { value.money(field, currency) }
}

/// The order's currency; đồng where the shop's orders do not name one.
pub(crate) fn currency(value: &Loose) -> Result<Currency, FieldError> {
    let Some(code) = value.given() else { return Ok(Currency::VND) };
    Currency::new(code).map_err(|_| FieldError::new("currency", "must be three capital letters"))
}

/// The listing of a product's variant: `product:variant`.
pub(crate) fn listing(product: i64, variant: i64) -> Result<ListingId, FieldError> {
    ListingId::new(format!("{product}:{variant}")).map_err(|e| FieldError::new("variant_id", e.reason))
}

/// A listing's product and variant.
pub(crate) fn parts(listing: &ListingId) -> Result<(u64, u64), ChannelError> {
    let numbers = listing.as_str().split_once(':');
    let read = numbers.and_then(|(product, variant)| Some((product.parse().ok()?, variant.parse().ok()?)));
    read.ok_or_else(|| ChannelError::refused(format!("listing {listing} is not product_id:variant_id")))
}

/// The order's number.
pub(crate) fn order_id(field: &str, value: &Loose) -> Result<OrderId, FieldError> {
    let id = value.whole(field)?.to_string();
    OrderId::new(id).map_err(|e| FieldError::new(field, e.reason))
}

/// An order number as it stands in an address; anything else is not known to such a channel.
pub(crate) fn order_number(id: &OrderId) -> Result<u64, ChannelError> {
    id.as_str().parse().map_err(|_| ChannelError::not_found("not an order number"))
}

/// Keeps the answer of one order; a failure that is not the order's own ends the whole look-up.
pub(crate) fn keep(
    found: &mut Vec<LookedUp>,
    id: &OrderId,
    order: Result<commerce::order::ChannelOrder, ChannelError>,
) -> Result<(), ChannelError> {
    match order {
        Err(error)
            if !matches!(error.kind, ErrorKind::NotFound | ErrorKind::Refused | ErrorKind::Unreadable) =>
        {
            Err(error)
        }
        order => {
            found.push((id.clone(), order));
            Ok(())
        }
    }
}

/// The channel's own time when it answered.
pub(crate) fn answered_at(answer: &Answer) -> Option<Timestamp> {
    let text = answer.headers.get("date")?.to_str().ok()?;
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(value: serde_json::Value, refunds: Option<serde_json::Value>) -> Vec<ChannelLine> {
        let refunds = refunds.map(|refunds| serde_json::from_value(refunds).unwrap());
        read_lines(serde_json::from_value(value).unwrap(), refunds, Currency::VND).unwrap()
    }

    #[test]
    fn a_refund_cancels_units_only_where_nothing_has_left() {
        let items = json!([{ "id": 1, "product_id": 2, "variant_id": 3, "quantity": 4, "price": 600_000.5 }]);
        let refunds = json!([
            { "restock": true, "refund_line_items": [{ "line_item_id": 1, "quantity": 3 }] },
            { "restock": true, "refund_line_items": [{ "line_item_id": 1, "quantity": 3 }] },
            { "restock": null, "refund_line_items": [] },
        ]);
        let [line] = lines(items.clone(), Some(refunds)).try_into().unwrap();
        assert_eq!((line.listing.as_str(), line.quantity, line.cancelled), ("2:3", 4, 4));
        assert_eq!(line.unit_price_minor, 600_000);
        assert_eq!(lines(items, None)[0].cancelled, 0);
    }

    #[test]
    fn a_line_without_a_product_is_kept() {
        let items = json!([{ "id": 1, "product_id": null, "quantity": 1, "price": "5000" }]);
        assert_eq!(lines(items, None)[0].listing.as_str(), "0:0");
    }
}
