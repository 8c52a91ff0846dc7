//! How soon a sale on one channel is seen on the others, measured from outside: news sent → other channel told.

use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use commerce::stock::Cause;
use lambda_kit::shops::Shops;
use lambda_kit::stream::{StreamRecord, to_item};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use table::{keys, listing_item, stock_item};
use tokio::sync::mpsc::UnboundedReceiver;

/// When the channel last sent news of an order, by shop, connection and order, in milliseconds since 1970.
pub type SentAt = Arc<Mutex<HashMap<(String, String, String), i64>>>;

/// A shop, a connection and a listing.
type Place = (String, String, String);

/// A stock change that a listing must still be told of.
struct Pending {
    balance: String,
    version: u64,
    sent_at_ms: i64,
}

/// One sale made known on another channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The tenant.
    pub shop: String,
    /// When the news was sent, in milliseconds since 1970.
    pub sent_at_ms: i64,
    /// News sent → other channel told, in milliseconds.
    pub delay_ms: i64,
}

/// What was seen in the table's stream.
#[derive(Debug, Default)]
pub struct Seen {
    /// Every sale made known on another channel.
    pub told: Vec<Told>,
    /// Products that ran out at some time of the day.
    pub stock_outs: BTreeSet<String>,
    /// Changes still untold when the day ended.
    pub untold: usize,
}

/// Follows the stream until the machine stops.
pub struct Observer {
    shops: Shops,
    sent_at: SentAt,
    pending: HashMap<Place, Vec<Pending>>,
    free: BTreeMap<(String, String), BTreeMap<String, i64>>,
    seen: Seen,
}

impl Seen {
    /// News sent → other channel told, in milliseconds.
    pub fn delays_ms(&self) -> Vec<i64> {
        self.told.iter().map(|told| told.delay_ms).collect()
    }
}

impl Observer {
    /// An observer that knows when news was sent.
    pub fn new(shops: Shops, sent_at: SentAt) -> Self {
        Self { shops, sent_at, pending: HashMap::new(), free: BTreeMap::new(), seen: Seen::default() }
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
        self.seen.untold = self.pending.values().map(Vec::len).sum();
        self.seen
    }

    fn look_at(&mut self, record: &StreamRecord) -> Option<()> {
        let text = |name: &str| record.dynamodb.keys.get(name)?.get("S")?.as_str();
        let (partition, sort) = (text(keys::PARTITION)?, text(keys::SORT)?);
        let item = to_item(record.dynamodb.new_image.as_ref()?);
        if let Some((shop, sku, location)) = keys::parse_stock(partition, sort) {
            self.stock_changed(&shop, sku.as_str(), location.as_str(), &stock_item::from_item(&item).ok()?);
        } else if let Some((shop, connection, listing)) = keys::parse_listing(partition, sort) {
            let place = (shop.to_string(), connection.to_string(), listing.to_string());
            self.listing_told(&place, &listing_item::from_item(&item).ok()?);
        }
        Some(())
    }

    fn stock_changed(&mut self, shop: &ShopId, sku: &str, location: &str, stock: &commerce::stock::Stock) {
        let per_location = self.free.entry((shop.to_string(), sku.to_owned())).or_default();
        per_location.insert(location.to_owned(), stock.free);
        if per_location.len() > 1 && per_location.values().all(|free| *free <= 0) {
            self.seen.stock_outs.insert(sku.to_owned());
        }
        let moved = stock.movements.iter().filter(|movement| movement.delta.free() != 0);
        for movement in moved {
            let Cause::Order { connection, order } = &movement.cause else { continue };
            self.expect(shop, connection.as_str(), order, (sku, location), stock.version);
        }
    }

    /// Every other channel that sells the product must be told.
    fn expect(&mut self, shop: &ShopId, connection: &str, order: &str, balance: (&str, &str), version: u64) {
        let key = (shop.to_string(), connection.to_owned(), order.to_owned());
        let sent_at_ms = self.sent_at.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        let Some((sent_at_ms, found)) = sent_at_ms.zip(self.shops.catalogue().shops.get(shop)) else {
            return;
        };
        let (sku, location) = balance;
        for (other, listing) in selling(found, sku, location) {
            if other != connection {
                let pending = Pending { balance: format!("{sku}@{location}"), version, sent_at_ms };
                self.pending.entry((shop.to_string(), other, listing)).or_default().push(pending);
            }
        }
    }

    fn listing_told(&mut self, place: &Place, state: &listing_item::ListingState) {
        let (None, Some(at)) = (&state.listed.attempt, state.listed.told_at) else { return };
        let Some(waiting) = self.pending.get_mut(place) else { return };
        let all_told = &mut self.seen.told;
        waiting.retain(|pending| {
            let told = state.seen.get(&pending.balance).is_some_and(|v| *v >= pending.version);
            if told {
                let delay_ms = (at.as_millisecond() - pending.sent_at_ms).max(0);
                all_told.push(Told { shop: place.0.clone(), sent_at_ms: pending.sent_at_ms, delay_ms });
            }
            !told
        });
    }
}

/// The listings that must be told: those of a till are not written to.
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
