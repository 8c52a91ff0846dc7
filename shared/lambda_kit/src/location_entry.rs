//! A store as the shops file writes it: its name, the till that counts its goods, and where the orders it serves are put.

use channels::facts::{StockMeaning, Verb};
use channels::registry;
use commerce::catalogue::{Location, OrdersTo, Shop, TillLink};
use commerce::ids::{ConnectionId, LocationId};
use serde::Deserialize;

/// `[[shop.location]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocationEntry {
    id: LocationId,
    name: String,
    till: Option<TillEntry>,
    #[serde(default)]
    walk_in_reserve: u32,
    orders_to: Option<OrdersToEntry>,
}

/// `till = { connection = "kiotviet", branch = "1001" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TillEntry {
    connection: ConnectionId,
    branch: String,
}

/// `orders_to = { connection = "kiotviet", branch = "1001" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrdersToEntry {
    connection: ConnectionId,
    branch: Option<String>,
}

impl From<LocationEntry> for Location {
    fn from(entry: LocationEntry) -> Self {
        let till = entry.till.map(|till| TillLink { connection: till.connection, branch: till.branch });
        let orders_to = entry.orders_to.map(|to| OrdersTo { connection: to.connection, branch: to.branch });
        let LocationEntry { id, name, walk_in_reserve, .. } = entry;
        Self { id, name, till, walk_in_reserve, orders_to }
    }
}

/// Accounts that stores name must be there, and orders are put only where the channel takes those of others.
pub(crate) fn check_locations(shop: &Shop) -> Result<(), String> {
    for location in &shop.locations {
        let till = location.till.as_ref().map(|till| &till.connection);
        if let Some(name) = till.filter(|name| !shop.connections.contains_key(*name)) {
            return Err(format!("location {}: till connection {name} does not exist", location.id));
        }
        let Some(name) = location.orders_to.as_ref().map(|to| &to.connection) else { continue };
        let Some(connection) = shop.connections.get(name) else {
            return Err(format!("location {}: orders_to connection {name} does not exist", location.id));
        };
        let channel = registry::find(&connection.channel);
        if !channel.as_ref().is_some_and(|channel| channel.facts().can(Verb::ForwardOrder)) {
            let why = format!("channel {} takes no orders of others", connection.channel);
            return Err(format!("location {}: orders_to connection {name}: {why}", location.id));
        }
        let is_till = channel.is_some_and(|channel| channel.facts().stock_meaning == StockMeaning::OnHand);
        if is_till && till != Some(name) {
            let why = "its own till is not that one, so its branch is not known";
            return Err(format!("location {}: orders_to connection {name}: {why}", location.id));
        }
    }
    Ok(())
}
