//! Compares a shop's book with its channels: each order, each number shown, each ledger line; mends what may be mended, and
//! says what was found.
//!
//! The schedule sends one message per shop, so that no shop waits for another. [`Mode::Moved`] only sends notes
//! ([`look_at_moved`](Reconcile::look_at_moved)) and tells what has begun to be wrong (`alerts`); the others compare everything ([`compare_all`](Reconcile::compare_all))
//! and keep the [`Findings`] beside the ledger; then the [morning report](crate::morning_report) is made from them.

mod archive;
mod around;
mod drift_log;
pub mod findings;
mod freshness;
mod ledger;
mod marks;
mod moved;
mod numbers;
mod orders;
mod webhooks;
mod whole;

pub use archive::Recorded;
pub(crate) use archive::ledger_after;
pub use findings::Findings;
pub use moved::Moved;
pub use whole::Whole;

use crate::alerts::Standing;
use crate::every_shop::every_shop;
use crate::messages::{Mode, ReconcileMessage, from_text};
use crate::morning_report::MorningReport;
use crate::parking::park_unreadable;
use crate::passes::Passes;
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use commerce::park::ParkReason;
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::mail::Mail;
use lambda_kit::objects::{ObjectError, Objects};
use lambda_kit::queues::{Queue, QueueError};
use lambda_kit::shops::OutOfReach;
use lambda_kit::shops::Shops;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
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
    /// Where this deployment takes webhooks; a shop's own address adds `/<shop>/<connection>`. None where nobody knows it.
    pub webhook_base_url: Option<String>,
    /// What sends letters for shops without a mail server of their own.
    pub mail: Mail,
    /// How a moment is waited for.
    pub pause: Pause,
}

/// Waits so long; tests let the time pass at once.
pub type Pause = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// Really waits.
pub fn real_pause() -> Pause {
    Arc::new(|time| Box::pin(tokio::time::sleep(time)))
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
    /// What the schedule sent.
    #[error("the schedule's message: {0}")]
    Schedule(String),
}

/// What a schedule says.
#[derive(Debug, Deserialize)]
struct Scheduled {
    mode: Mode,
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
    /// What a schedule sends: how much of every shop is to be compared.
    pub async fn handle_schedule(&self, event: Value) -> Result<FannedOut, Trouble> {
        let read: Result<Scheduled, _> = serde_json::from_value(event);
        let Scheduled { mode } = read.map_err(|error| Trouble::Schedule(error.to_string()))?;
        self.fan_out(mode).await
    }

    /// Asks for every shop, each by a message of its own.
    pub async fn fan_out(&self, mode: Mode) -> Result<FannedOut, Trouble> {
        let shops = every_shop(&self.passes.shops, &self.passes.table).await?;
        let message = |(shop, _): &(ShopId, String)| {
            ReconcileMessage { shop: shop.clone(), mode, day: None }.outgoing()
        };
        self.queue.send(shops.iter().map(message).collect()).await?;
        Ok(FannedOut { shops: shops.len() })
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
        self.act(&shops, shop, asked).await
    }

    async fn act(&self, shops: &Shops, shop: &Shop, asked: &ReconcileMessage) -> Result<(), Trouble> {
        match asked.mode {
            Mode::Moved => {
                let (_, moved) = self.look_after_moved(shop).await?;
                let passes = self.how_passes_stand(shop).await?;
                let webhooks = self.see_to_silent(shops, shop, &passes).await;
                self.alert(shops, shop, moved.as_ref(), &Standing { passes, webhooks }).await.map(|_| ())
            }
            Mode::PickUps => self.alert_pick_ups(shops, shop).await.map(|_| ()),
            Mode::Nightly | Mode::Demand => {
                let whole = self.compare_whole(shops, shop, asked.day).await?;
                let tells = asked.mode == Mode::Nightly;
                let report = MorningReport::beside(self);
                report.publish(shops, shop, &whole, tells).await.map(|_| ())
            }
        }
    }
}
