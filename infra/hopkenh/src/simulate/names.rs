//! The names that orders and listings have in a simulated day: as each channel writes them, because webhooks are read as real ones.

use super::world::World;
use commerce::ids::{IdError, OrderId};

/// A listing's name at its channel: some have numbers only.
pub(super) fn listing_name(channel: &str, number: usize) -> String {
    match channel {
        "woocommerce" => format!("{number}:0"),
        "shopify" => number.to_string(),
        _ => format!("{number}-{}", number - 100),
    }
}

/// An order's name at its channel: some have numbers only.
pub(super) fn order_id(world: &World, connection: usize, number: usize) -> Result<OrderId, IdError> {
    let plan = &world.connections[connection];
    match plan.facts.channel {
        "woocommerce" | "shopify" => OrderId::new((10_000 * (connection + 1) + number).to_string()),
        _ => OrderId::new(format!("{}-{number:03}", plan.id)),
    }
}
