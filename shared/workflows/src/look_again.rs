//! Asks for another look at listings: more is known about them now, or their time has come.

use crate::announce_stock::bucket;
use crate::messages::{PublishMessage, to_text};
use commerce::catalogue::{Connection, Listing, Shop};
use commerce::ids::ListingId;
use lambda_kit::queues::Outgoing;
use std::collections::BTreeMap;

/// Messages that ask for another look at listings, in the groups in which they are written. `why` tells apart asking
/// twice from asking once.
pub fn look_at(shop: &Shop, connection: &Connection, listings: Vec<ListingId>, why: &str) -> Vec<Outgoing> {
    notes(shop, connection, listings, why, false)
}

/// The same for every listing of a shop that is covered: what one may sell depends on who else is there.
pub fn look_at_all(shop: &Shop, why: &str) -> Vec<Outgoing> {
    look_at_published(shop, Connection::is_covered, why)
}

/// The same for every published listing of a shop that sells one of the products meant, whichever store serves it and
/// however it shares.
pub fn look_at_sellers(shop: &Shop, sells: impl Fn(&Listing) -> bool, why: &str) -> Vec<Outgoing> {
    look_at_published(shop, |_, listing| sells(listing), why)
}

fn look_at_published(
    shop: &Shop,
    is_meant: impl Fn(&Connection, &Listing) -> bool,
    why: &str,
) -> Vec<Outgoing> {
    let of = |connection: &Connection| {
        let meant = connection.listings.values().filter(|l| l.publish && is_meant(connection, l));
        look_at(shop, connection, meant.map(|listing| listing.id.clone()).collect(), why)
    };
    shop.connections.values().flat_map(of).collect()
}

/// The same for listings that were seen to show another number than they should: their channel is asked first.
pub fn doubt(shop: &Shop, connection: &Connection, listings: Vec<ListingId>, why: &str) -> Vec<Outgoing> {
    notes(shop, connection, listings, why, true)
}

fn notes(
    shop: &Shop,
    connection: &Connection,
    listings: Vec<ListingId>,
    why: &str,
    doubt: bool,
) -> Vec<Outgoing> {
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
                doubt,
            }),
            delay_seconds: 0,
        }
    };
    groups.into_iter().map(message).collect()
}
