//! Goods of an order that a till's own sales have counted: they have left its shelf, so they are promised to nobody any more.

use crate::catalogue::Connection;
use crate::effect::{Line, OrderState};
use crate::ids::{LocationId, Sku};
use crate::status::Status;
use std::collections::BTreeMap;

/// True while a till counts goods of this order there and has not counted all of them.
pub fn waits_for_till(order: &OrderState, location: &LocationId) -> bool {
    order.lines.iter().any(|line| is_there(line, location) && line.counted < asked(line))
}

/// The order once these sales of the till are recorded, each of which was made of it. A sale that was voided counts nothing.
#[must_use]
pub fn count_sales(
    order: &OrderState,
    location: &LocationId,
    till: &Connection,
    sales: &[OrderState],
) -> OrderState {
    let mut sold: BTreeMap<&Sku, i64> = BTreeMap::new();
    let valid = sales.iter().filter(|sale| sale.status != Status::Cancelled);
    for line in valid.flat_map(|sale| &sale.lines) {
        let Some(listing) = till.listings.get(&line.listing) else { continue };
        let units = i64::from(line.quantity.saturating_sub(line.cancelled));
        for part in &listing.recipe {
            *sold.entry(&part.sku).or_default() += units * i64::from(part.factor);
        }
    }
    let mut counted = order.clone();
    for line in counted.lines.iter_mut().filter(|line| is_there(line, location)) {
        let Some(decision) = &line.decision else { continue };
        let parts = || decision.recipe.iter();
        let of = |sku: &Sku| sold.get(sku).copied().unwrap_or(0);
        let fits = parts().map(|part| of(&part.sku) / i64::from(part.factor.max(1))).min().unwrap_or(0);
        let units = fits.clamp(0, i64::from(asked(line)));
        for part in parts() {
            if let Some(left) = sold.get_mut(&part.sku) {
                *left -= units * i64::from(part.factor);
            }
        }
        line.counted = line.counted.max(u32::try_from(units).unwrap_or(0));
    }
    counted
}

fn is_there(line: &Line, location: &LocationId) -> bool {
    line.decision.as_ref().is_some_and(|decision| decision.till_owned && decision.location == *location)
}

fn asked(line: &Line) -> u32 {
    line.quantity.saturating_sub(line.cancelled)
}
