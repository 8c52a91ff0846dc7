//! Before a ship is reported to a channel that keeps gross numbers: its number is lowered first, or the unit that has just
//! left the house would be on sale again.

use crate::look_again::look_at;
use channels::channel::Clock;
use commerce::catalogue::{Connection, Shop};
use commerce::cover::Class;
use commerce::effect::OrderState;
use commerce::ids::{ListingId, OrderId};
use commerce::plan::OrderKey;
use commerce::removed::{Rule, is_removed};
use lambda_kit::queues::{Queue, QueueError};
use std::collections::BTreeMap;
use table::{Table, TableError};

/// What this work needs.
#[derive(Clone)]
pub struct ShipGate {
    /// The book.
    pub table: Table,
    /// Where listings to lower go.
    pub publish: Queue,
    /// The time.
    pub clock: Clock,
}

/// Whether a ship may be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Open,
    /// Not yet: its listings are being lowered.
    Asked,
}

/// Why nobody can tell; asking again is safe.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The order is not in the book yet.
    #[error("order {0} is not recorded yet")]
    Unknown(OrderId),
}

impl ShipGate {
    /// Asks for an order's parcels to be let through. Asking twice is asking once.
    pub async fn ask(
        &self,
        shop: &Shop,
        connection: &Connection,
        order: &OrderId,
    ) -> Result<Gate, GateError> {
        let class = crate::publish_stock::Manners::of(connection).and_then(|manners| manners.class);
        if class != Some(Class::Gross) || is_removed(Rule::ShipGate) {
            return Ok(Gate::Open);
        }
        let key = OrderKey { shop: shop.id.clone(), connection: connection.id.clone(), order: order.clone() };
        let stored = self.table.load_orders(std::slice::from_ref(&key), true).await?.remove(&key);
        let Some((state, _)) = stored else { return Err(GateError::Unknown(order.clone())) };
        let units = units(connection, &state);
        let ids: Vec<ListingId> = units.keys().cloned().collect();
        let states = self.table.load_listings(&shop.id, &connection.id, &ids).await?;
        let mut waiting = Vec::new();
        for (listing, units) in units {
            let before = states.get(&listing);
            let mut next = before.cloned().unwrap_or_default();
            if next.listed.gate.open.contains_key(order) {
                continue;
            }
            waiting.push(listing.clone());
            if next.listed.gate.asked.insert(order.clone(), units).is_some() {
                continue;
            }
            next.listed.number += 1;
            let expected = before.map(|state| state.listed.number);
            self.table.save_listing(&shop.id, &connection.id, &listing, &next, expected).await?;
        }
        if waiting.is_empty() {
            return Ok(Gate::Open);
        }
        let why = format!("ship-{order}-{}", (self.clock)().as_millisecond());
        self.publish.send(look_at(shop, connection, waiting, &why)).await?;
        Ok(Gate::Asked)
    }
}

impl ShipGate {
    /// The goods cannot go out after all: what was lowered for them is looked at and mended.
    pub async fn withdraw(
        &self,
        shop: &Shop,
        connection: &Connection,
        order: &OrderId,
    ) -> Result<(), GateError> {
        let ids: Vec<ListingId> = connection.listings.keys().cloned().collect();
        let mut mended = Vec::new();
        for (listing, before) in self.table.load_listings(&shop.id, &connection.id, &ids).await? {
            let mut next = before.clone();
            let was_asked = next.listed.gate.asked.remove(order).is_some();
            let was_open = next.listed.gate.open.remove(order).is_some();
            if !was_asked && !was_open {
                continue;
            }
            next.listed.number += 1;
            next.listed.doubt |= was_open;
            let expected = Some(before.listed.number);
            self.table.save_listing(&shop.id, &connection.id, &listing, &next, expected).await?;
            mended.push(listing);
        }
        let why = format!("stay-{order}-{}", (self.clock)().as_millisecond());
        Ok(self.publish.send(look_at(shop, connection, mended, &why)).await?)
    }
}

/// Listing units of the order that are still to go out, by covered listing.
fn units(connection: &Connection, state: &OrderState) -> BTreeMap<ListingId, i64> {
    let mut units = BTreeMap::new();
    for line in &state.lines {
        let is_covered = connection.listings.get(&line.listing).is_some_and(|l| connection.is_covered(l));
        let left = i64::from(line.quantity) - i64::from(line.cancelled) - i64::from(line.out);
        if is_covered && left > 0 {
            *units.entry(line.listing.clone()).or_default() += left;
        }
    }
    units
}
