//! Stock of one Haravan store: a variant's number set whole and read back.

use super::facts::VARIANTS_MAX;
use super::wire::{Adjusted, Balance, Balances};
use super::{call, errors};
use crate::channel::{Session, StockOutcome, StockReading, StockSet};
use crate::error::ChannelError;
use crate::json::{FieldError, List, Loose};
use crate::storefront;
use commerce::ids::ListingId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a quantity that is set means; the documents leave it open, so the shop's file says.
fn is_on_hand(session: &Session<'_>) -> Result<bool, ChannelError> {
    match session.connection.account.get("stock_meaning").map(|text| text.trim()) {
        None | Some("" | "available") => Ok(false),
        Some("on_hand") => Ok(true),
        Some(_) => Err(ChannelError::misconfigured(
            "account setting \"stock_meaning\" must be \"available\" or \"on_hand\"",
        )),
    }
}

fn location(session: &Session<'_>) -> Result<u64, ChannelError> {
    let wrong = |_| ChannelError::misconfigured("account setting \"location_id\" must be a number");
    session.account("location_id")?.trim().parse().map_err(wrong)
}

/// Sets up to fifty listings in one call; where Haravan means units on hand, it is asked first what is committed.
pub(super) async fn set(session: &Session<'_>, sets: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
    let mut outcomes = Vec::new();
    let mut rows = Vec::new();
    for set in sets {
        match storefront::parts(&set.listing) {
            Ok(numbers) => rows.push((numbers, set)),
            Err(error) => outcomes.push((set.listing.clone(), Err(error))),
        }
    }
    if rows.len() > VARIANTS_MAX {
        return Err(ChannelError::refused("more than 50 listings in one call"));
    }
    if !rows.is_empty() {
        outcomes.extend(set_rows(session, &rows).await?);
    }
    Ok(outcomes)
}

type Row<'s> = ((u64, u64), &'s StockSet);

async fn set_rows(session: &Session<'_>, rows: &[Row<'_>]) -> Result<Vec<StockOutcome>, ChannelError> {
    let location = location(session)?;
    let variants: Vec<u64> = rows.iter().map(|((_, variant), _)| *variant).collect();
    let committed =
        if is_on_hand(session)? { committed(session, location, &variants).await? } else { BTreeMap::new() };
    let line = |((product, variant), set): &Row<'_>| {
        let also = committed.get(variant).copied().unwrap_or(0);
        let quantity = i64::from(set.quantity).saturating_add(also);
        json!({ "product_id": product, "product_variant_id": variant, "quantity": quantity })
    };
    let body = json!({ "inventory": {
        "location_id": location,
        "type": "set",
        "reason": "newproduct",
        "note": "hopkenh",
        "line_items": rows.iter().map(line).collect::<Vec<Value>>(),
    } });
    let answer = call::post(session, "/com/inventories/adjustorset.json", &body).await?;
    let adjusted: Adjusted = errors::read_after_write(&answer)?;
    read_outcomes(adjusted, rows)
}

/// Haravan says what it did. Where it tells no lines, its yes is for all of them; a line that it leaves out of those it
/// tells is in doubt.
fn read_outcomes(adjusted: Adjusted, rows: &[Row<'_>]) -> Result<Vec<StockOutcome>, ChannelError> {
    let in_doubt = |what: &str| ChannelError::unreadable(what).after_write();
    let Some(adjustment) = adjusted.inventory else {
        return Err(in_doubt("the answer does not say what was set"));
    };
    let named: Option<Vec<i64>> = match adjustment.line_items {
        List::Rows(lines) => {
            Some(lines.iter().filter_map(|line| line.product_variant_id.whole("id").ok()).collect())
        }
        List::Missing => None,
        List::Strange => return Err(in_doubt("inventory.line_items must be a list")),
    };
    let outcome = |((_, variant), set): &Row<'_>| {
        let is_done = named.as_ref().is_none_or(|named| named.iter().any(|id| same(*id, *variant)));
        let result = if is_done { Ok(()) } else { Err(in_doubt("the answer leaves the listing out")) };
        (set.listing.clone(), result)
    };
    Ok(rows.iter().map(outcome).collect())
}

fn same(told: i64, variant: u64) -> bool {
    u64::try_from(told) == Ok(variant)
}

/// Units that open orders hold, by variant.
async fn committed(
    session: &Session<'_>,
    location: u64,
    variants: &[u64],
) -> Result<BTreeMap<u64, i64>, ChannelError> {
    let mut committed = BTreeMap::new();
    for balance in balances(session, location, variants).await? {
        let variant = balance.variant_id.whole("inventory_locations.variant_id")?;
        let units = balance.qty_commited.whole("inventory_locations.qty_commited")?;
        if let Ok(variant) = u64::try_from(variant) {
            committed.insert(variant, units.max(0));
        }
    }
    match variants.iter().find(|variant| !committed.contains_key(variant)) {
        Some(_) => {
            Err(ChannelError::refused("Haravan keeps no stock of one of the listings at this location"))
        }
        None => Ok(committed),
    }
}

async fn balances(
    session: &Session<'_>,
    location: u64,
    variants: &[u64],
) -> Result<Vec<Balance>, ChannelError> {
    let variants = variants.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    let ours = location.to_string();
    let query = [("location_ids", ours.as_str()), ("variant_ids", variants.as_str())];
    let answer: Balances = errors::read(&call::get(session, "/com/inventory_locations.json", &query).await?)?;
    let is_here =
        |balance: &Balance| balance.loc_id == Loose::Missing || balance.loc_id.given() == Some(ours.as_str());
    Ok(answer.inventory_locations.rows("inventory_locations")?.into_iter().filter(is_here).collect())
}

/// Reads what buyers can take at the store: on hand without what open orders hold. It may be below zero.
pub(super) async fn read(
    session: &Session<'_>,
    listings: &[ListingId],
) -> Result<Vec<StockReading>, ChannelError> {
    let location = location(session)?;
    let numbers: Vec<(u64, u64)> = listings.iter().filter_map(|id| storefront::parts(id).ok()).collect();
    let mut readings = Vec::new();
    for numbers in numbers.chunks(VARIANTS_MAX) {
        let variants: Vec<u64> = numbers.iter().map(|(_, variant)| *variant).collect();
        let as_of = (session.clock)();
        for balance in balances(session, location, &variants).await? {
            let (listing, quantity) = shown(&balance)?;
            if listings.contains(&listing) {
                readings.push(StockReading { listing, branch: None, quantity, gross: None, as_of });
            }
        }
    }
    Ok(readings)
}

fn shown(balance: &Balance) -> Result<(ListingId, i64), FieldError> {
    let product = balance.product_id.whole("inventory_locations.product_id")?;
    let variant = balance.variant_id.whole("inventory_locations.variant_id")?;
    let quantity = balance.qty_available.whole("inventory_locations.qty_available")?;
    Ok((storefront::listing(product, variant)?, quantity))
}
