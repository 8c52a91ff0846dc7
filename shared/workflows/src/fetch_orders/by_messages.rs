//! Whole shops asked for by messages, one for each: however many shops there are, and however slow the channels of some,
//! the others have their minute.

use super::FetchOrders;
use crate::every_shop::every_shop;
use crate::messages::{FetchMessage, from_text};
use commerce::ids::ShopId;
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::queues::QueueError;
use serde::Serialize;
use std::collections::BTreeSet;
use table::TableError;

/// A message that has waited longer than this, in milliseconds, is done by a later one: after an outage of ours nobody
/// works off thousands of minutes that are over.
const STALE_MS: i64 = 120_000;

/// What the schedule set going.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FannedOut {
    /// Shops that are asked for.
    pub shops: usize,
}

/// Why not every shop is asked for; doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum NotFannedOut {
    /// The list of shops.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl Work for FetchOrders {
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(self.handle(messages))
    }
}

impl FetchOrders {
    /// What the schedule sets going: asks for every shop.
    pub async fn handle_schedule(&self) -> Result<FannedOut, NotFannedOut> {
        let shops = every_shop(&self.shops, &self.table).await?;
        let asked_at = (self.clock)();
        let message = |(shop, _): &(ShopId, String)| FetchMessage { shop: shop.clone(), asked_at }.outgoing();
        self.queue.send(shops.iter().map(message).collect()).await?;
        Ok(FannedOut { shops: shops.len() })
    }

    /// Handles messages that ask for a whole shop, and beside them those that ask for one pass; one outcome per message,
    /// in order.
    pub async fn handle(&self, messages: &[Message]) -> Vec<Outcome> {
        let read = |message: &Message| from_text::<FetchMessage>(&message.body).ok();
        let asked: Vec<Option<FetchMessage>> = messages.iter().map(read).collect();
        let since_ms = (self.clock)().as_millisecond() - STALE_MS;
        let fresh = asked.iter().flatten().filter(|ask| ask.asked_at.as_millisecond() >= since_ms);
        let shops: BTreeSet<ShopId> = fresh.map(|ask| ask.shop.clone()).collect();
        let others = messages.iter().zip(&asked).filter(|(_, ask)| ask.is_none());
        let others: Vec<Message> = others.map(|(message, _)| message.clone()).collect();
        let (_, outcomes) = tokio::join!(self.fetch_each(shops), self.passes.handle(&others));
        let mut outcomes = outcomes.into_iter();
        let unanswered = || Outcome::Again { after: None, why: "nobody answered for it".to_owned() };
        // What was left undone in a shop, the next minute's message does.
        let outcome = |ask: Option<FetchMessage>| match ask {
            Some(_) => Outcome::Done,
            None => outcomes.next().unwrap_or_else(unanswered),
        };
        asked.into_iter().map(outcome).collect()
    }
}
