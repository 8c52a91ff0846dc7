//! Work that is noted as due: listings whose last call is not resolved are looked at again, also when no message comes,
//! holds whose time is over are ended, orders on their way into a till or website are seen to, and a shop's people are told of
//! buyers who come for goods that no store has confirmed.

use crate::alerts::that_wait;
use crate::end_holds::EndHolds;
use crate::every_shop::every_shop;
use crate::look_again::look_at;
use crate::messages::{ForwardMessage, Mode, ReconcileMessage};
use channels::channel::Clock;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::ids::{ConnectionId, ListingId, ShopId};
use commerce::plan::OrderKey;
use commerce::removed::{Rule, is_removed};
use lambda_kit::metrics::{self, Unit};
use lambda_kit::queues::Queue;
use lambda_kit::shop_source::ShopSource;
use std::collections::BTreeMap;
use table::due_item::DueWork as Kind;
use table::{Table, TableError};

/// A listing that has been due for longer than this is told of, in milliseconds: each minute it was asked for again.
const OVERDUE_MS: i64 = 900_000;

/// How long an ended order is kept where its shop's file cannot be read: as a file that says nothing of it.
const KEEP_ORDERS_DAYS: u32 = 1_095;

/// What this work needs.
#[derive(Clone)]
pub struct DueWork {
    /// The book.
    pub table: Table,
    /// Where listings to publish go.
    pub publish: Queue,
    /// Where orders go that a store's till or website may have to take.
    pub forward: Queue,
    /// Where it is asked that a shop's people be told of something.
    pub reconcile: Queue,
    /// The time.
    pub clock: Clock,
}

impl DueWork {
    /// Sees to everything that is due by now, shop by shop. A shop that fails holds up no other.
    pub async fn handle(&self, shops: &ShopSource) -> Result<usize, TableError> {
        let mut count = 0;
        for (id, _) in every_shop(shops, &self.table).await? {
            match self.shop(shops, &id).await {
                Ok(done) => count += done,
                Err(error) => tracing::error!(shop = %id, error, "what is due was not seen to; tried again"),
            }
        }
        Ok(count)
    }

    async fn shop(&self, shops: &ShopSource, id: &ShopId) -> Result<usize, String> {
        if is_removed(Rule::LevelTriggered) {
            return Ok(0);
        }
        let now = (self.clock)();
        let due = self.table.due(id, None).await.map_err(|e| e.to_string())?;
        let mut listings: BTreeMap<ConnectionId, Vec<ListingId>> = BTreeMap::new();
        let (mut overdue, mut holds, mut forwards, mut waiting) =
            (0, Vec::new(), Vec::new(), BTreeMap::new());
        for due in due.into_iter().filter(|due| due.at <= now) {
            let late_ms = now.as_millisecond() - due.at.as_millisecond();
            match due.work {
                Kind::Listing(connection, listing) => {
                    overdue += i64::from(late_ms > OVERDUE_MS);
                    listings.entry(connection).or_default().push(listing);
                }
                Kind::Hold(..) => holds.push(due),
                Kind::Forward(connection, _, order) => {
                    forwards.push(ForwardMessage { shop: id.clone(), connection, order, again: false });
                }
                Kind::PickUp(connection, order) => {
                    waiting.insert(OrderKey { shop: id.clone(), connection, order }, due.at);
                }
            }
        }
        if overdue > 0 {
            metrics::tell(&[("ListingsOverdue", Unit::Count, overdue)]);
            tracing::warn!(shop = %id, overdue, "listings are due and nobody has resolved them");
        }
        let asked = forwards.len();
        let why = format!("due-{}", now.as_millisecond());
        let messages = forwards.iter().map(|forward| forward.outgoing(&why)).collect();
        self.forward.send(messages).await.map_err(|e| e.to_string())?;
        if listings.is_empty() && holds.is_empty() && waiting.is_empty() {
            return Ok(asked);
        }
        let loaded = shops.load_one(id, None).await;
        let shop = loaded.catalogue().shops.get(id);
        // Also where the shop's file cannot be read: their time is over all the same.
        let keep_days = shop.map_or(KEEP_ORDERS_DAYS, |shop| shop.keep_orders_days);
        let ends = EndHolds { table: &self.table, shop: id, keep_days, now };
        let ended = ends.end_all(holds).await.map_err(|e| e.to_string())?;
        if let Some(why) = loaded.out_of_reach(id) {
            return Err(why.to_string());
        }
        let Some(shop) = shop else { return Ok(asked + ended) };
        let told = self.tell_of_waiting(shop, &waiting).await?;
        Ok(asked + ended + told + self.look_again(shop, listings).await?)
    }

    /// Asks that the shop's people be told of pick-ups that no store has confirmed, until they have been told.
    async fn tell_of_waiting(
        &self,
        shop: &Shop,
        waiting: &BTreeMap<OrderKey, Timestamp>,
    ) -> Result<usize, String> {
        let waits = that_wait(shop.report.alerts, waiting, (self.clock)());
        if waits.is_empty() || shop.report.ways_of_text().is_empty() {
            return Ok(0);
        }
        let told = self.table.load_told(&shop.id).await.map_err(|e| e.to_string())?.alerts;
        let news = waits.iter().filter(|waits| !waits.is_told(&told)).count();
        if news > 0 {
            let asked = ReconcileMessage { shop: shop.id.clone(), mode: Mode::PickUps, day: None };
            self.reconcile.send(vec![asked.outgoing()]).await.map_err(|e| e.to_string())?;
        }
        Ok(news)
    }

    async fn look_again(
        &self,
        shop: &Shop,
        listings: BTreeMap<ConnectionId, Vec<ListingId>>,
    ) -> Result<usize, String> {
        let now_ms = (self.clock)().as_millisecond();
        let mut count = 0;
        for (connection, listings) in listings {
            let Some(connection) = shop.connections.get(&connection) else { continue };
            count += listings.len();
            let messages = look_at(shop, connection, listings, &format!("due-{now_ms}"));
            self.publish.send(messages).await.map_err(|e| e.to_string())?;
        }
        Ok(count)
    }
}
