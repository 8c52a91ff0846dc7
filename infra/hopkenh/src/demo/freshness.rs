//! How soon a sale on one channel is seen on the others, measured from outside: news sent → other channel told.

use super::world::{SHOP, TILL};
use commerce::catalogue::Shop;
use commerce::stock::Cause;
use lambda_kit::shops::Shops;
use lambda_kit::stream::{StreamRecord, to_item};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use table::{keys, listing_item, stock_item};
use tokio::sync::mpsc::UnboundedReceiver;

/// When the channel last sent news of an order, by connection and order, in milliseconds since 1970.
pub type SentAt = Arc<Mutex<HashMap<(String, String), i64>>>;

/// A listing that must still be told of a stock change.
struct Pending {
    listing: (String, String),
    balance: String,
    version: u64,
    sent_at_ms: i64,
}

/// What was seen in the table's stream.
#[derive(Debug, Default)]
pub struct Seen {
    /// News sent → other channel told, in milliseconds.
    pub delays_ms: Vec<i64>,
    /// Products that ran out at some time of the day.
    pub stock_outs: BTreeSet<String>,
    /// Changes still untold when the day ended.
    pub untold: usize,
}

/// Follows the stream until the machine stops.
pub struct Observer {
    shops: Shops,
    sent_at: SentAt,
    pending: Vec<Pending>,
    free: BTreeMap<String, BTreeMap<String, i64>>,
    seen: Seen,
}

impl Observer {
    /// An observer that knows when news was sent.
    pub fn new(shops: Shops, sent_at: SentAt) -> Self {
        Self { shops, sent_at, pending: Vec::new(), free: BTreeMap::new(), seen: Seen::default() }
    }

    /// Takes in all records that are there now.
    pub fn take_in(&mut self, records: &mut UnboundedReceiver<StreamRecord>) {
        while let Ok(record) = records.try_recv() {
            // A record that cannot be read is the audit's business, which reads the table itself.
            let _seen = self.look_at(&record);
        }
    }

    /// What was seen in all.
    pub fn finish(mut self) -> Seen {
        self.seen.untold = self.pending.len();
        self.seen
    }

    fn look_at(&mut self, record: &StreamRecord) -> Option<()> {
        let text = |name: &str| record.dynamodb.keys.get(name)?.get("S")?.as_str();
        let (partition, sort) = (text(keys::PARTITION)?, text(keys::SORT)?);
        let item = to_item(record.dynamodb.new_image.as_ref()?);
        if let Some((_, sku, location)) = keys::parse_stock(partition, sort) {
            self.stock_changed(sku.as_str(), location.as_str(), &stock_item::from_item(&item).ok()?);
        } else if let Some((_, connection, listing)) = keys::parse_listing(partition, sort) {
            self.listing_told(connection.as_str(), listing.as_str(), &listing_item::from_item(&item).ok()?);
        }
        Some(())
    }

    fn stock_changed(&mut self, sku: &str, location: &str, stock: &commerce::stock::Stock) {
        let per_location = self.free.entry(sku.to_owned()).or_default();
        per_location.insert(location.to_owned(), stock.free);
        if per_location.len() > 1 && per_location.values().all(|free| *free <= 0) {
            self.seen.stock_outs.insert(sku.to_owned());
        }
        let moved = stock.movements.iter().filter(|movement| movement.delta.free() != 0);
        for movement in moved {
            let Cause::Order { connection, order } = &movement.cause else { continue };
            self.expect(connection.as_str(), order, sku, location, stock.version);
        }
    }

    /// Every other channel that sells the product must be told.
    fn expect(&mut self, connection: &str, order: &str, sku: &str, location: &str, version: u64) {
        let sent_at = self.sent_at.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sent_at_ms) = sent_at.get(&(connection.to_owned(), order.to_owned())).copied() else {
            return;
        };
        drop(sent_at);
        let Some(shop) = self.shops.catalogue().shops.values().find(|shop| shop.id.as_str() == SHOP) else {
            return;
        };
        for (other, listing) in selling(shop, sku, location) {
            if other != connection && other != TILL {
                let balance = format!("{sku}@{location}");
                self.pending.push(Pending { listing: (other, listing), balance, version, sent_at_ms });
            }
        }
    }

    fn listing_told(&mut self, connection: &str, listing: &str, state: &listing_item::ListingState) {
        let (None, Some(at)) = (&state.attempt, state.acknowledged_at) else { return };
        let delays = &mut self.seen.delays_ms;
        self.pending.retain(|pending| {
            let same = pending.listing.0 == connection && pending.listing.1 == listing;
            let told = same && state.seen.get(&pending.balance).is_some_and(|v| *v >= pending.version);
            if told {
                delays.push((at.as_millisecond() - pending.sent_at_ms).max(0));
            }
            !told
        });
    }
}

fn selling(shop: &Shop, sku: &str, location: &str) -> Vec<(String, String)> {
    let connections =
        shop.connections.values().filter(|c| c.serves_from.iter().any(|l| l.as_str() == location));
    let listings = connections.flat_map(|c| c.listings.values().map(move |listing| (c, listing)));
    let sells = listings.filter(|(_, l)| l.publish && l.recipe.iter().any(|part| part.sku.as_str() == sku));
    sells.map(|(c, l)| (c.id.to_string(), l.id.to_string())).collect()
}

/// The value below which `percent` of all lie; zero when there is none.
pub fn percentile(values: &[i64], percent: usize) -> i64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(0)
}
