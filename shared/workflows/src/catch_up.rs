//! What must be done when a shop's file is new or has changed: counts to begin from, orders whose product is known now, listings.

use crate::announce_stock::bucket;
use crate::messages::{LookUpMessage, PublishMessage, RecordMessage, from_text, outgoing, to_text};
use crate::record_levels::RecordLevels;
use channels::channel::Clock;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::ListingId;
use commerce::level::{Level, plan_level};
use commerce::park::ParkReason;
use commerce::stock::StockKey;
use lambda_kit::batch::Outcome;
use lambda_kit::queues::{Outgoing, Queue, QueueError};
use lambda_kit::shop_source::FileVersion;
use lambda_kit::shops_file::Count;
use std::collections::BTreeMap;
use table::parked_item::Parked;
use table::{Table, TableError, keys};

/// How many listings one message asks for.
const LISTINGS_MAX: usize = 20;
/// How many counts are compared with their balances at once.
const COUNTS_MAX: usize = 100;
/// How many months of parked work are looked through.
const MONTHS_BACK: u16 = 12;

/// Why a shop could not be brought up to date; doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum CatchUpError {
    /// The table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// A count that could not be written now.
    #[error("count of {sku}: {why}")]
    Count {
        /// Of which product.
        sku: String,
        /// Why.
        why: String,
    },
}

/// Brings shops up to date with their files.
#[derive(Clone)]
pub struct CatchUp {
    /// The book.
    pub table: Table,
    /// Where thin pushes go again.
    pub lookups: Queue,
    /// Where orders go again.
    pub orders: Queue,
    /// Where listings to publish go.
    pub publish: Queue,
    /// The time.
    pub clock: Clock,
}

impl CatchUp {
    /// All of it for one shop. `version` is that of its file; none where all shops are known from the start.
    pub async fn shop(
        &self,
        shop: &Shop,
        counts: &[Count],
        version: Option<&FileVersion>,
    ) -> Result<(), CatchUpError> {
        self.count(shop, counts).await?;
        self.replay_mended(shop, version).await?;
        self.look_at_all_listings(shop, version).await
    }

    /// Applies the file's counts, each once, ever. Those in the balances already cost a read, many at a time.
    async fn count(&self, shop: &Shop, counts: &[Count]) -> Result<(), CatchUpError> {
        for counts in counts.chunks(COUNTS_MAX) {
            let keys: Vec<StockKey> = counts.iter().map(balance).collect();
            let stored = self.table.load_stock(&shop.id, &keys).await?;
            for count in counts {
                let stock = stored.get(&balance(count)).cloned().unwrap_or_default();
                if plan_level(&balance(count), &stock, &Level::from(count)).is_some() {
                    self.count_one(shop, count).await?;
                }
            }
        }
        Ok(())
    }

    async fn count_one(&self, shop: &Shop, count: &Count) -> Result<(), CatchUpError> {
        let levels = RecordLevels { table: &self.table };
        match levels.record(&shop.id, &count.sku, &Level::from(count)).await {
            Outcome::Again { why, .. } => Err(CatchUpError::Count { sku: count.sku.to_string(), why }),
            Outcome::Done => Ok(()),
        }
    }

    /// What was parked for want of a readable file, of a product in it, or of a login, is tried once more.
    async fn replay_mended(&self, shop: &Shop, version: Option<&FileVersion>) -> Result<(), CatchUpError> {
        for note in parked(&self.table, &self.clock, shop).await? {
            let known = |reason: &ParkReason| match reason {
                ParkReason::UnknownSku { listing } => is_mapped(shop, &note, listing),
                ParkReason::ShopUnreadable { .. } => true,
                // The note about the login itself has nothing to send; it goes when the login is back.
                ParkReason::LoginLost { .. } => !note.body.is_empty(),
                _ => false,
            };
            if !note.reasons.iter().any(known) {
                continue;
            }
            self.send_again(&note, version).await?;
            // A note with another reason stays on the list until a person has seen to that as well.
            if note.reasons.iter().all(known) {
                self.table.unpark(&note).await?;
            }
            tracing::info!(shop = %shop.id, subject = note.subject, "the file says it now: done again");
        }
        Ok(())
    }

    /// Puts a parked message back, for a reader that knows at least this version of the shop's file.
    async fn send_again(&self, note: &Parked, version: Option<&FileVersion>) -> Result<(), CatchUpError> {
        if from_text::<PublishMessage>(&note.body).is_ok() {
            // All listings are looked at anyway.
            return Ok(());
        }
        if from_text::<LookUpMessage>(&note.body).is_ok() {
            return Ok(self.lookups.send(vec![Outgoing::for_shop(&note.shop, note.body.clone())]).await?);
        }
        let message = match from_text::<RecordMessage>(&note.body) {
            Ok(record) => outgoing(&RecordMessage { shops_file: version.cloned(), ..record }),
            Err(_) => Outgoing::for_shop(&note.shop, note.body.clone()),
        };
        Ok(self.orders.send(vec![message]).await?)
    }

    /// Asks for a look at every listing, so that whatever was missed is healed; those up to date cost two reads.
    async fn look_at_all_listings(
        &self,
        shop: &Shop,
        version: Option<&FileVersion>,
    ) -> Result<(), CatchUpError> {
        let asked_at_ms = (self.clock)().as_millisecond();
        let mut messages = Vec::new();
        for connection in shop.connections.values() {
            for (bucket, listings) in by_bucket(connection) {
                for (part, listings) in listings.chunks(LISTINGS_MAX).enumerate() {
                    let group = format!("{}#{}#{bucket}", shop.id, connection.id);
                    messages.push(Outgoing {
                        deduplication: Some(format!("all-{asked_at_ms}-{group}-{part}").replace('#', "-")),
                        group: Some(group),
                        body: to_text(&PublishMessage {
                            shop: shop.id.clone(),
                            connection: connection.id.clone(),
                            listings: listings.to_vec(),
                            sales: Vec::new(),
                            since: None,
                            shops_file: version.cloned(),
                            again: true,
                            doubt: false,
                        }),
                        delay_seconds: 0,
                    });
                }
            }
        }
        Ok(self.publish.send(messages).await?)
    }
}

/// Everything parked for a shop in the last months, oldest first.
pub async fn parked(table: &Table, clock: &Clock, shop: &Shop) -> Result<Vec<Parked>, TableError> {
    let mut notes = Vec::new();
    for month in keys::parked_months(&shop.id, clock(), MONTHS_BACK) {
        notes.extend(table.parked_in(&shop.id, month).await?);
    }
    Ok(notes)
}

fn balance(count: &Count) -> StockKey {
    StockKey { sku: count.sku.clone(), location: count.location.clone() }
}

fn is_mapped(shop: &Shop, note: &Parked, listing: &str) -> bool {
    let connection = shop.connections.get(&note.connection);
    connection.is_some_and(|c| c.listings.keys().any(|id| id.as_str() == listing))
}

fn by_bucket(connection: &Connection) -> BTreeMap<u8, Vec<ListingId>> {
    let mut groups: BTreeMap<u8, Vec<ListingId>> = BTreeMap::new();
    for listing in connection.listings.values().filter(|listing| listing.publish) {
        groups.entry(bucket(&listing.id)).or_default().push(listing.id.clone());
    }
    groups
}
