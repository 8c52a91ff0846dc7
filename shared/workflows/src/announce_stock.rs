//! Stock changed: keep the ledger lines, and tell every connection that sells the product. An order changed: tell whoever puts
//! orders into the till or website of their store.

use crate::messages::{ForwardMessage, PublishMessage, Sale, to_text};
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use commerce::plan::OrderKey;
use commerce::stock::{Cause, Movement, Stock, StockDelta};
use lambda_kit::metrics::{self, Unit};
use lambda_kit::objects::Objects;
use lambda_kit::queues::{Outgoing, Queue};
use lambda_kit::shop_source::{ShopSource, Wanted};
use lambda_kit::shops::{OutOfReach, Shops};
use lambda_kit::stream::{FailedRecord, StreamEvent, StreamRecord, StreamResponse, to_item};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use table::{keys, order_item, stock_item};

/// Listings of one connection are spread over this many groups, each with one writer at a time.
pub const BUCKETS: u8 = 4;

/// What this function needs.
#[derive(Clone)]
pub struct AnnounceStock {
    /// Shops.
    pub shops: ShopSource,
    /// Where listings to publish go.
    pub publish: Queue,
    /// Where orders go that a store's till or website may have to take.
    pub forward: Queue,
    /// Where the ledger lies.
    pub archive: Objects,
}

/// One line of the archived ledger: a balance's version, the movements that led to it, and what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// The tenant.
    pub shop: ShopId,
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
    /// Grows by one per line of the same balance; a gap means a lost line.
    #[serde(rename = "v")]
    pub version: u64,
    /// What changed and why.
    #[serde(rename = "m")]
    pub movements: Vec<Movement>,
    /// On hand after it.
    pub on_hand: i64,
    /// Committed after it.
    pub committed: i64,
    /// Free after it.
    pub free: i64,
}

/// A stock change read from the stream.
struct Changed {
    line: LedgerLine,
    /// Before its first count a product is not published, so that count is news even when it changes nothing.
    first_count: bool,
    /// More is promised than is there, and before this change it was not so.
    opens_shortfall: bool,
    sequence: String,
}

/// An order that has changed, read from the stream.
struct ChangedOrder {
    key: OrderKey,
    revision: String,
    sequence: String,
}

/// A group of one connection's listings.
type Bucket = (ShopId, ConnectionId, u8);
/// The listings to publish, the stock versions that ask for it, and since when.
#[derive(Default)]
struct Note {
    listings: BTreeSet<ListingId>,
    versions: BTreeSet<String>,
    sales: BTreeSet<Sale>,
    since_ms: Option<i64>,
}

/// What there is to tell, by group.
type Notes = BTreeMap<Bucket, Note>;

impl AnnounceStock {
    /// Handles a batch of stream records. On failure the whole batch is tried again: all of it is repeatable.
    pub async fn handle(&self, event: StreamEvent) -> StreamResponse {
        let mut failed = Vec::new();
        let mut changes = Vec::new();
        let orders: Vec<ChangedOrder> = event.records.iter().filter_map(read_order).collect();
        for record in &event.records {
            match read(record) {
                Ok(Some(change)) => changes.push(change),
                Ok(None) => {}
                Err(detail) => {
                    metrics::tell(&[("LedgerGaps", Unit::Count, 1)]);
                    tracing::error!(
                        sequence = record.dynamodb.sequence_number,
                        detail,
                        "stock item not readable"
                    );
                    failed.push(record.dynamodb.sequence_number.clone());
                }
            }
        }
        if let Err(detail) = self.keep_and_tell(&changes, &orders).await {
            tracing::warn!(detail, "stream batch will be tried again");
            failed.extend(changes.iter().map(|change| change.sequence.clone()));
            failed.extend(orders.iter().map(|order| order.sequence.clone()));
        } else {
            tell_shortfalls(&changes);
        }
        let first = failed.into_iter().filter(|sequence| !sequence.is_empty()).min_by(by_sequence);
        let failures = first.map(|item_identifier| FailedRecord { item_identifier });
        StreamResponse { batch_item_failures: failures.into_iter().collect() }
    }

    async fn keep_and_tell(&self, changes: &[Changed], orders: &[ChangedOrder]) -> Result<(), String> {
        self.keep(changes).await?;
        let named = changes.iter().map(|change| &change.line.shop).chain(orders.iter().map(|o| &o.key.shop));
        let shops = named.map(|shop| (shop.clone(), Wanted::default())).collect();
        let shops = self.shops.load(&shops).await;
        let messages = notes(&shops, changes)?.into_iter().map(message).collect();
        self.publish.send(messages).await.map_err(|e| e.to_string())?;
        self.forward.send(forwards(&shops, orders)?).await.map_err(|e| e.to_string())
    }

    /// Archives the ledger lines, one object per shop and batch, named by the batch's first place in the stream.
    async fn keep(&self, changes: &[Changed]) -> Result<(), String> {
        let mut per_shop: BTreeMap<&ShopId, (String, String)> = BTreeMap::new();
        for change in changes {
            let (_, text) =
                per_shop.entry(&change.line.shop).or_insert_with(|| (change.sequence.clone(), String::new()));
            text.push_str(&serde_json::to_string(&change.line).map_err(|e| e.to_string())?);
            text.push('\n');
        }
        for (shop, (sequence, text)) in per_shop {
            let name = format!("ledger/{shop}/{sequence:0>40}.jsonl");
            self.archive.put(&name, text.into_bytes()).await.map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}

/// A person must act on what is promised and not there. A change that is handed over again is told again.
fn tell_shortfalls(changes: &[Changed]) {
    let opened = changes.iter().filter(|change| change.opens_shortfall);
    for LedgerLine { shop, sku, location, version, .. } in opened.clone().map(|change| &change.line) {
        tracing::warn!(%shop, %sku, %location, version, "more is promised than is there");
    }
    let count = i64::try_from(opened.count()).unwrap_or(i64::MAX);
    metrics::tell(&[("ShortfallsOpened", Unit::Count, count)]);
}

/// What there is to tell. A shop that did not answer holds the batch up, for that passes; one whose file is broken
/// holds nobody up: when the file is mended, `sweep-due` looks at all its listings.
fn notes(shops: &Shops, changes: &[Changed]) -> Result<Notes, String> {
    let mut notes = Notes::new();
    for Changed { line, first_count, .. } in changes {
        if let Some(OutOfReach::ForNow(why)) = shops.out_of_reach(&line.shop) {
            return Err(why.clone());
        }
        let Some(shop) = shops.catalogue().shops.get(&line.shop) else { continue };
        if !first_count && !concerns_channels(line) {
            continue;
        }
        let takes_the_rest = takes_the_rest(line, shop.walk_in_reserve(&line.location));
        for (connection, listing) in shop.listings_selling(&line.sku, &line.location) {
            if takes_the_rest && connection.is_covered(listing) {
                continue;
            }
            let key = (shop.id.clone(), connection.id.clone(), bucket(&listing.id));
            let note = notes.entry(key).or_default();
            note.listings.insert(listing.id.clone());
            note.versions.insert(format!("{}@{}#{}", line.sku, line.location, line.version));
            note.sales.extend(sales(line));
            note.since_ms = note.since_ms.into_iter().chain(ordered_at_ms(line)).min();
        }
    }
    Ok(notes)
}

/// Orders of shops where some store's orders are put into a till or a website. The rest would be asked about in vain.
fn forwards(shops: &Shops, orders: &[ChangedOrder]) -> Result<Vec<Outgoing>, String> {
    let mut messages = Vec::new();
    for ChangedOrder { key, revision, .. } in orders {
        if let Some(OutOfReach::ForNow(why)) = shops.out_of_reach(&key.shop) {
            return Err(why.clone());
        }
        let Some(shop) = shops.catalogue().shops.get(&key.shop) else { continue };
        if shop.locations.iter().all(|location| location.orders_to.is_none()) {
            continue;
        }
        let OrderKey { shop, connection, order } = key.clone();
        messages.push(ForwardMessage { shop, connection, order, again: false }.outgoing(revision));
    }
    Ok(messages)
}

/// Sales that this change newly learned of: an order that takes units out of a listing's cover.
fn sales(line: &LedgerLine) -> impl Iterator<Item = Sale> + '_ {
    line.movements.iter().filter(|movement| matches!(movement.cause, Cause::Order { .. })).flat_map(
        |movement| {
            let taken = movement.delta.cover.iter().filter(|(_, units)| **units < 0);
            taken.map(|(listing, _)| (listing.clone(), movement.at_ms))
        },
    )
}

/// When the oldest order among a line's movements happened.
fn ordered_at_ms(line: &LedgerLine) -> Option<i64> {
    let orders = line.movements.iter().filter(|movement| matches!(movement.cause, Cause::Order { .. }));
    orders.map(|movement| movement.at_ms).min()
}

/// A movement that moves neither free units nor cover (a parcel that goes out) changes nothing that channels show. Each
/// movement is looked at by itself: two that cancel out may have happened on two channels.
fn concerns_channels(line: &LedgerLine) -> bool {
    let concerns =
        |delta: &StockDelta| delta.free() != 0 || !delta.cover.is_empty() || !delta.given_back.is_empty();
    line.movements.iter().any(|movement| concerns(&movement.delta)) || line.version == 1
}

/// Units that a listing has just reserved for itself, and nothing is left that another covered listing could take: its own
/// worker goes on with it, and only a shared pool shows what is free. Where something is left, another may have waited for
/// just this: as long as one listing of a product is not taken over, no other is raised.
fn takes_the_rest(line: &LedgerLine, walk_in_reserve: i64) -> bool {
    let reserves = |movement: &Movement| {
        matches!(movement.cause, Cause::Cover { .. }) && movement.delta.cover.values().all(|units| *units > 0)
    };
    (0..=walk_in_reserve.max(0)).contains(&line.free) && line.movements.iter().all(reserves)
}

/// The group of a listing: one writer per listing at a time, several listings side by side.
pub fn bucket(listing: &ListingId) -> u8 {
    Sha256::digest(listing.as_str().as_bytes())[0] % BUCKETS
}

fn message(((shop, connection, bucket), note): (Bucket, Note)) -> Outgoing {
    let group = format!("{shop}#{connection}#{bucket}");
    // The versions tell apart notes of equal text: deduplication by content would swallow the second of two.
    let versions: Vec<String> = note.versions.into_iter().collect();
    let deduplication = hex::encode(Sha256::digest(format!("{group}|{}", versions.join("|")).as_bytes()));
    let listings = note.listings.into_iter().collect();
    let sales = note.sales.into_iter().collect();
    let since = note.since_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let (shops_file, again, doubt) = (None, false, false);
    let body =
        to_text(&PublishMessage { shop, connection, listings, sales, since, shops_file, again, doubt });
    Outgoing { body, group: Some(group), deduplication: Some(deduplication), delay_seconds: 0 }
}

/// Reads an ORDER change; other items and removals are none of it.
fn read_order(record: &StreamRecord) -> Option<ChangedOrder> {
    let text = |name: &str| record.dynamodb.keys.get(name)?.get("S")?.as_str();
    let key = keys::parse_order(text(keys::PARTITION)?, text(keys::SORT)?)?;
    let revision = record.dynamodb.new_image.as_ref()?.get(order_item::REVISION)?.get("S")?.as_str()?;
    Some(ChangedOrder {
        key,
        revision: revision.to_owned(),
        sequence: record.dynamodb.sequence_number.clone(),
    })
}

/// Reads a STOCK change; other items and removals are none of our business.
fn read(record: &StreamRecord) -> Result<Option<Changed>, String> {
    let text = |name: &str| record.dynamodb.keys.get(name)?.get("S")?.as_str();
    let (Some(partition), Some(sort)) = (text(keys::PARTITION), text(keys::SORT)) else { return Ok(None) };
    let Some((shop, sku, location)) = keys::parse_stock(partition, sort) else { return Ok(None) };
    let Some(image) = &record.dynamodb.new_image else { return Ok(None) };
    let stock = stock_item::from_item(&to_item(image)).map_err(|e| e.to_string())?;
    let (mut was_counted, mut was_free) = (false, 0);
    if let Some(old) = &record.dynamodb.old_image {
        let old = stock_item::from_item(&to_item(old)).map_err(|e| e.to_string())?;
        check_dense(&old, &stock)?;
        was_counted = old.baseline.is_some();
        was_free = old.free;
    }
    let first_count = stock.baseline.is_some() && !was_counted;
    let opens_shortfall = opens_shortfall(was_free, stock.free);
    let Stock { on_hand, committed, free, version, movements, .. } = stock;
    let line = LedgerLine { shop, sku, location, version, movements, on_hand, committed, free };
    let sequence = record.dynamodb.sequence_number.clone();
    Ok(Some(Changed { line, first_count, opens_shortfall, sequence }))
}

/// More is promised than is there since this very change. One that was there before has been told.
fn opens_shortfall(free_before: i64, free: i64) -> bool {
    free_before >= 0 && free < 0
}

/// A balance changes only with a new version, without gaps; anything else went around the ledger.
fn check_dense(old: &Stock, new: &Stock) -> Result<(), String> {
    if new.version == old.version + 1 {
        return Ok(());
    }
    Err(format!("version {} follows {}", new.version, old.version))
}

fn by_sequence(a: &String, b: &String) -> std::cmp::Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}
