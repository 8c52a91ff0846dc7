//! Compares a shop's book with its channels: each order, each number shown, each ledger line; mends what may be mended, and
//! says what was found.
//!
//! The schedule sends one message per shop, so that no shop waits for another. [`Mode::Moved`] only sends notes
//! ([`look_at_moved`](Reconcile::look_at_moved)).

mod archive;
mod marks;
mod moved;

pub use moved::Moved;

use crate::messages::{Mode, ReconcileMessage, from_text};
use crate::parking::park_unreadable;
use crate::passes::Passes;
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use commerce::park::ParkReason;
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::objects::{ObjectError, Objects};
use lambda_kit::queues::{Queue, QueueError};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::OutOfReach;
use serde::Serialize;
use table::TableError;

/// What this function needs.
#[derive(Clone)]
pub struct Reconcile {
    /// Shops, channels, the book, and what reads a channel's orders into it.
    pub passes: Passes,
    /// Where the ledger lies, and what is remembered from one look to the next.
    pub archive: Objects,
    /// Where the schedule's messages go, one per shop.
    pub queue: Queue,
}

/// Why a shop was not compared to the end; doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ObjectError),
    /// The shop's file.
    #[error("{0}")]
    Shop(String),
}

/// What the schedule set going.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FannedOut {
    /// Shops that were asked for.
    pub shops: usize,
}

impl Work for Reconcile {
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(self.handle(messages))
    }
}

impl Reconcile {
    /// Asks for every shop, each by a message of its own.
    pub async fn fan_out(&self, mode: Mode) -> Result<FannedOut, Trouble> {
        let shops = self.all_shops().await?;
        let message = |shop: &ShopId| ReconcileMessage { shop: shop.clone(), mode }.outgoing();
        self.queue.send(shops.iter().map(message).collect()).await?;
        Ok(FannedOut { shops: shops.len() })
    }

    async fn all_shops(&self) -> Result<Vec<ShopId>, TableError> {
        match &self.passes.shops {
            ShopSource::Fixed(shops) => Ok(shops.catalogue().shops.keys().cloned().collect()),
            ShopSource::Live(_) => {
                Ok(self.passes.table.registered().await?.into_iter().map(|entry| entry.shop).collect())
            }
        }
    }

    /// Handles a batch; one outcome per message, in order.
    pub async fn handle(&self, messages: &[Message]) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for message in messages {
            let read: Result<ReconcileMessage, ParkReason> = from_text(&message.body);
            outcomes.push(match read {
                Ok(asked) => self.one(message, &asked).await,
                Err(reason) => park_unreadable(&self.passes.table, &self.passes.clock, message, reason).await,
            });
        }
        outcomes
    }

    /// After the last try the next schedule has its turn: nothing is lost, so nothing is parked.
    async fn one(&self, message: &Message, asked: &ReconcileMessage) -> Outcome {
        match self.see_to(asked).await {
            Ok(()) => Outcome::Done,
            Err(trouble) if message.is_last_try() => {
                tracing::error!(shop = %asked.shop, %trouble, "shop not compared; the next schedule tries again");
                Outcome::Done
            }
            Err(trouble) => Outcome::Again { after: None, why: trouble.to_string() },
        }
    }

    async fn see_to(&self, asked: &ReconcileMessage) -> Result<(), Trouble> {
        let shops = self.passes.shops.load_one(&asked.shop, None).await;
        match shops.out_of_reach(&asked.shop) {
            Some(OutOfReach::ForNow(why)) => return Err(Trouble::Shop(why.clone())),
            // Mending its file is a change of it, and then all its listings are looked at.
            Some(OutOfReach::UntilMended(why)) => {
                tracing::warn!(shop = %asked.shop, why, "shop not compared: its file cannot be read");
                return Ok(());
            }
            None => {}
        }
        let Some(shop) = shops.catalogue().shops.get(&asked.shop) else { return Ok(()) };
        self.look(shop, asked).await
    }

    async fn look(&self, shop: &Shop, asked: &ReconcileMessage) -> Result<(), Trouble> {
        match asked.mode {
            Mode::Moved => self.look_at_moved(shop).await.map(|_| ()),
        }
    }
}
