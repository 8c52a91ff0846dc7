//! Asks for another look at listings: more is known about them now, or their time has come.

use crate::announce_stock::bucket;
use crate::messages::{PublishMessage, to_text};
use commerce::catalogue::{Connection, Shop};
use commerce::ids::ListingId;
use lambda_kit::queues::Outgoing;
use std::collections::BTreeMap;

/// The same for every listing of a shop that is covered: what one may sell depends on who else is there.
pub fn look_at_all(shop: &Shop, why: &str) -> Vec<Outgoing> {
    let of = |connection: &Connection| {
        let covered = connection.listings.values().filter(|l| l.publish && connection.is_covered(l));
        look_at(shop, connection, covered.map(|listing| listing.id.clone()).collect(), why)
    };
    shop.connections.values().flat_map(of).collect()
}

/// Messages that ask for another look at listings, in the groups in which they are written. `why` tells apart asking
/// twice from asking once.
pub fn look_at(shop: &Shop, connection: &Connection, listings: Vec<ListingId>, why: &str) -> Vec<Outgoing> {
    let mut groups: BTreeMap<u8, Vec<ListingId>> = BTreeMap::new();
    for listing in listings {
        groups.entry(bucket(&listing)).or_default().push(listing);
    }
    let message = |(bucket, listings): (u8, Vec<ListingId>)| {
        let group = format!("{}#{}#{bucket}", shop.id, connection.id);
        Outgoing {
            deduplication: Some(format!("{why}-{group}").replace('#', "-")),
            group: Some(group),
            body: to_text(&PublishMessage {
                shop: shop.id.clone(),
                connection: connection.id.clone(),
                listings,
                sales: Vec::new(),
                since: None,
                shops_file: None,
                again: false,
            }),
            delay_seconds: 0,
        }
    };
    groups.into_iter().map(message).collect()
}
