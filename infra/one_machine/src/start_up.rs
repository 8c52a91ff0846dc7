//! What must be looked at when the machine starts: counts to begin from, orders whose product is known now, listings.

use crate::machine::MachineError;
use channels::channel::Clock;
use commerce::catalogue::Shop;
use commerce::level::Level;
use commerce::park::ParkReason;
use lambda_kit::queues::{Outgoing, Queue};
use lambda_kit::shops::Shops;
use std::collections::BTreeMap;
use table::parked_item::Parked;
use table::{Table, keys};
use workflows::announce_stock::bucket;
use workflows::messages::{PublishMessage, to_text};
use workflows::record_levels::RecordLevels;

/// How many listings one message asks for.
const LISTINGS_MAX: usize = 20;
/// How many months of parked work are looked through.
const MONTHS_BACK: u16 = 12;

/// Applies the shops file's counts (each once, ever) and sends orders again whose product has been mapped since.
pub async fn catch_up(
    shops: &Shops,
    table: &Table,
    orders: &Queue,
    clock: &Clock,
) -> Result<(), MachineError> {
    for shop in shops.catalogue().shops.values() {
        for count in shops.counts(&shop.id) {
            let level = Level {
                location: count.location.clone(),
                on_hand: count.on_hand,
                as_of: count.as_of,
                source: "count".to_owned(),
            };
            let outcome = RecordLevels { table }.record(&shop.id, &count.sku, &level).await;
            tracing::debug!(shop = %shop.id, sku = %count.sku, ?outcome, "count to begin from");
        }
        replay_mapped(shop, table, orders, clock).await?;
    }
    Ok(())
}

/// Orders parked for an unknown product apply themselves once the product is in the shops file.
async fn replay_mapped(
    shop: &Shop,
    table: &Table,
    orders: &Queue,
    clock: &Clock,
) -> Result<(), MachineError> {
    for note in parked(shop, table, clock).await? {
        let known = |reason: &ParkReason| match reason {
            ParkReason::UnknownSku { listing } => is_mapped(shop, &note, listing),
            _ => false,
        };
        if note.reasons.iter().any(known) {
            orders.send(vec![Outgoing::plain(note.body.clone())]).await?;
            // A note with another reason stays on the list until a person has seen to that as well.
            if note.reasons.iter().all(known) {
                table.unpark(&note).await?;
            }
            tracing::info!(shop = %shop.id, order = note.subject, "product known now: applied again");
        }
    }
    Ok(())
}

fn is_mapped(shop: &Shop, note: &Parked, listing: &str) -> bool {
    let connection = shop.connections.get(&note.connection);
    connection.is_some_and(|c| c.listings.keys().any(|id| id.as_str() == listing))
}

/// Everything parked for a shop in the last months, oldest first.
pub async fn parked(shop: &Shop, table: &Table, clock: &Clock) -> Result<Vec<Parked>, MachineError> {
    let mut notes = Vec::new();
    for month in keys::parked_months(&shop.id, clock(), MONTHS_BACK) {
        notes.extend(table.parked_in(&shop.id, month).await?);
    }
    Ok(notes)
}

/// Asks for a look at every listing, so that a restart heals whatever was missed; those up to date cost two reads.
pub async fn look_at_all_listings(shops: &Shops, publish: &Queue, clock: &Clock) -> Result<(), MachineError> {
    let started_ms = clock().as_millisecond();
    for shop in shops.catalogue().shops.values() {
        let mut groups = BTreeMap::new();
        for connection in shop.connections.values() {
            for listing in connection.listings.values().filter(|listing| listing.publish) {
                let key = (connection.id.clone(), bucket(&listing.id));
                groups.entry(key).or_insert_with(Vec::new).push(listing.id.clone());
            }
        }
        let mut messages = Vec::new();
        for ((connection, bucket), listings) in groups {
            for (part, listings) in listings.chunks(LISTINGS_MAX).enumerate() {
                let (shop, connection) = (shop.id.clone(), connection.clone());
                messages.push(Outgoing {
                    group: Some(format!("{shop}#{connection}#{bucket}")),
                    deduplication: Some(format!("start-{started_ms}-{shop}-{connection}-{bucket}-{part}")),
                    body: to_text(&PublishMessage { shop, connection, listings: listings.to_vec() }),
                    delay_seconds: 0,
                });
            }
        }
        publish.send(messages).await?;
    }
    Ok(())
}
