//! How soon a sale on one channel is known, measured from outside: news sent → in the book, → other channel told.
//!
//! In a shared pool every other listing is told of each sale. A covered listing is told when its own number changes.

use channels::facts::WriteClass;
use channels::registry::write_class;
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use commerce::stock::Cause;
use lambda_kit::shops::Shops;
use lambda_kit::stream::{StreamRecord, to_item};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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
    /// Every sale made known on another channel, where they share one pool.
    pub told: Vec<Told>,
    /// News sent → in the book, in milliseconds.
    pub recorded_ms: Vec<i64>,
    /// News of the latest sale sent → shown by a covered listing that changed, in milliseconds.
    pub shown_ms: Vec<i64>,
    /// The same by what the listing's channel can be told: `K1` to `K4`, see `WriteClass`.
    pub shown_by_class_ms: BTreeMap<&'static str, Vec<i64>>,
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
    /// Per covered listing: when news of the latest sale of its product was sent that it has not changed after.
    sold: HashMap<Place, i64>,
    /// Orders that are in the book.
    known: HashSet<(String, String, String)>,
    /// The moment of the record that is looked at.
    now_ms: i64,
    free: BTreeMap<(String, String), BTreeMap<String, i64>>,
    seen: Seen,
}

impl Observer {
    /// An observer that knows when news was sent.
    pub fn new(shops: Shops, sent_at: SentAt) -> Self {
        Self {
            shops,
            sent_at,
            pending: HashMap::new(),
            sold: HashMap::new(),
            known: HashSet::new(),
            now_ms: 0,
            free: BTreeMap::new(),
            seen: Seen::default(),
        }
    }

    /// Takes in all records that are there now.
    pub fn take_in(&mut self, records: &mut UnboundedReceiver<StreamRecord>) {
        while let Ok(record) = records.try_recv() {
            // A record that cannot be read is the audit's business, which reads the table itself.
            let _seen = self.look_at(&record);
        }
    }

    /// The same for records of which is known when they came.
    pub fn take_in_timed(&mut self, records: &mut UnboundedReceiver<(i64, StreamRecord)>) {
        while let Ok((now_ms, record)) = records.try_recv() {
            self.now_ms = now_ms;
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
        per_location.insert(location.to_owned(), stock.on_hand - stock.committed - stock.holds);
        if per_location.len() > 1 && per_location.values().all(|left| *left <= 0) {
            self.seen.stock_outs.insert(sku.to_owned());
        }
        let moved = stock.movements.iter().filter(|m| m.delta.free() != 0 || !m.delta.cover.is_empty());
        for movement in moved {
            let Cause::Order { connection, order, .. } = &movement.cause else { continue };
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
        if self.now_ms > 0 && self.known.insert(key) {
            self.seen.recorded_ms.push((self.now_ms - sent_at_ms).max(0));
        }
        for (other, listing, is_covered) in selling(found, sku, location) {
            if other == connection {
                continue;
            }
            if is_covered {
                self.sold.insert((shop.to_string(), other, listing), sent_at_ms);
            } else {
                let pending = Pending { balance: format!("{sku}@{location}"), version, sent_at_ms };
                self.pending.entry((shop.to_string(), other, listing)).or_default().push(pending);
            }
        }
    }

    fn listing_told(&mut self, place: &Place, state: &listing_item::ListingState) {
        let Some(at) = state.listed.told_at else { return };
        if self.sold.get(place).is_some_and(|sent_at_ms| *sent_at_ms <= at.as_millisecond()) {
            let sent_at_ms = self.sold.remove(place).unwrap_or_default();
            let shown_ms = at.as_millisecond() - sent_at_ms;
            self.seen.shown_ms.push(shown_ms);
            if let Some(class) = self.class(place) {
                self.seen.shown_by_class_ms.entry(class).or_default().push(shown_ms);
            }
        }
        if state.listed.attempt.is_some() {
            return;
        }
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

impl Observer {
    /// The short name of how the place's channel is written to; none where it never is.
    fn class(&self, (shop, connection, _): &Place) -> Option<&'static str> {
        let shops = &self.shops.catalogue().shops;
        let shop = shops.iter().find(|(id, _)| id.as_str() == shop).map(|(_, shop)| shop)?;
        let mut connections = shop.connections.values();
        match write_class(connections.find(|known| known.id.as_str() == connection)?) {
            WriteClass::CompareAndSet => Some("K1"),
            WriteClass::Delta => Some("K2"),
            WriteClass::Gross => Some("K3"),
            WriteClass::BlindAbsolute => Some("K4"),
            WriteClass::None => None,
        }
    }
}

/// The listings that show the product, and whether they are covered: those of a till are not written to.
fn selling(shop: &Shop, sku: &str, location: &str) -> Vec<(String, String, bool)> {
    let connections =
        shop.connections.values().filter(|c| c.serves_from.iter().any(|l| l.as_str() == location));
    let listings = connections.flat_map(|c| c.listings.values().map(move |listing| (c, listing)));
    let sells = listings.filter(|(_, l)| l.publish && l.recipe.iter().any(|part| part.sku.as_str() == sku));
    sells.map(|(c, l)| (c.id.to_string(), l.id.to_string(), c.is_covered(l))).collect()
}

/// The value below which `percent` of all lie; zero when there is none.
pub fn percentile(values: &[i64], percent: usize) -> i64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(0)
}
