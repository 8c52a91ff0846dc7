//! What a store's till or website is to be asked for: an order's goods in that account's own products.

use super::PutLine;
use crate::catalogue::{Component, Connection, Listing};
use crate::effect::{Line, OrderState};
use crate::ids::{ListingId, LocationId, Sku};
use crate::order::OrderKind;
use crate::status::Status;
use std::collections::BTreeMap;

/// What is to stand at the target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The goods; none where nothing is to be there.
    pub lines: Vec<PutLine>,
    /// What the buyer pays for them, in minor units of the order's currency.
    pub total_minor: i64,
}

/// Goods that the target has no product for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unforwardable {
    /// The listing that was bought.
    pub listing: ListingId,
}

/// The goods of an order that a store serves, as the target's own products. An order that is called off asks for none; nor does one
/// that only repeats another. Whether an order is sold at all is for [`super::next`] to ask.
pub fn wanted(
    order: &OrderState,
    location: &LocationId,
    target: &Connection,
) -> Result<Wanted, Unforwardable> {
    let is_off = order.status == Status::Cancelled;
    if order.kind != OrderKind::Channel || order.echo_of.is_some() || is_off {
        return Ok(Wanted::default());
    }
    let mut asked: BTreeMap<(ListingId, i64), u32> = BTreeMap::new();
    let mut goods_minor = 0;
    for line in order.lines.iter().filter(|line| serves(line, location)) {
        let units = line.quantity.saturating_sub(line.cancelled);
        if units == 0 {
            continue;
        }
        goods_minor += line.unit_price_minor * i64::from(units);
        let found = products(line, target).ok_or(Unforwardable { listing: line.listing.clone() })?;
        for (listing, of_one, price_minor) in found {
            *asked.entry((listing, price_minor)).or_default() += units * of_one;
        }
    }
    let is_whole = order.lines.iter().all(|line| serves(line, location));
    let put = |((listing, unit_price_minor), quantity)| PutLine { listing, quantity, unit_price_minor };
    Ok(Wanted {
        lines: asked.into_iter().map(put).collect(),
        // Of an order that several stores serve, each is told the price of its own goods.
        total_minor: if is_whole { order.total.amount_minor } else { goods_minor },
    })
}

fn serves(line: &Line, location: &LocationId) -> bool {
    line.decision.as_ref().is_some_and(|decision| decision.location == *location)
}

/// The target's products that make up one unit of a line: listing, units of it, price of each. The same recipe is looked for
/// first, then each of its parts by itself; the first part carries the price.
fn products(line: &Line, target: &Connection) -> Option<Vec<(ListingId, u32, i64)>> {
    let recipe = &line.decision.as_ref()?.recipe;
    let whole = target.listings.values().find(|listing| listing.recipe == *recipe);
    if let Some(listing) = whole {
        return Some(vec![(listing.id.clone(), 1, line.unit_price_minor)]);
    }
    let mut found = Vec::new();
    for (place, part) in recipe.iter().enumerate() {
        let (listing, units) =
            target.listings.values().filter_map(|listing| holds(listing, part)).max_by_key(
                |(listing, units)| (std::cmp::Reverse(*units), std::cmp::Reverse(listing.id.clone())),
            )?;
        let price_minor = if place == 0 { line.unit_price_minor / i64::from(units.max(1)) } else { 0 };
        found.push((listing.id.clone(), units, price_minor));
    }
    Some(found)
}

/// Base units of each product that lines at an account stand for; none where one of them is no longer in the shop's file.
pub(super) fn units_of(lines: &[PutLine], target: &Connection) -> Option<BTreeMap<Sku, i64>> {
    let mut units = BTreeMap::new();
    for line in lines {
        for part in &target.listings.get(&line.listing)?.recipe {
            *units.entry(part.sku.clone()).or_default() += i64::from(line.quantity) * i64::from(part.factor);
        }
    }
    Some(units)
}

/// How many units of a listing of one product make up that part exactly.
fn holds<'a>(listing: &'a Listing, part: &Component) -> Option<(&'a Listing, u32)> {
    let [only] = listing.recipe.as_slice() else { return None };
    let fits = only.sku == part.sku && only.factor > 0 && part.factor.is_multiple_of(only.factor);
    fits.then(|| (listing, part.factor / only.factor))
}
