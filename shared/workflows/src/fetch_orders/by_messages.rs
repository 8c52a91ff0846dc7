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
        let message = |(shop, _): &(ShopId, String)| FetchMessage { shop: shop.clone() }.outgoing();
        self.queue.send(shops.iter().map(message).collect()).await?;
        Ok(FannedOut { shops: shops.len() })
    }

    /// Handles messages that ask for a whole shop, and beside them those that ask for one pass; one outcome per message,
    /// in order.
    pub async fn handle(&self, messages: &[Message]) -> Vec<Outcome> {
        let shop = |message: &Message| from_text::<FetchMessage>(&message.body).ok().map(|ask| ask.shop);
        let asked: Vec<Option<ShopId>> = messages.iter().map(shop).collect();
        let shops: BTreeSet<ShopId> = asked.iter().flatten().cloned().collect();
        let others = messages.iter().zip(&asked).filter(|(_, shop)| shop.is_none());
        let others: Vec<Message> = others.map(|(message, _)| message.clone()).collect();
        let (_, outcomes) = tokio::join!(self.fetch_each(shops), self.passes.handle(&others));
        let mut outcomes = outcomes.into_iter();
        // What was left undone in a shop, the next minute's message does.
        let outcome = |shop: Option<ShopId>| match shop {
            Some(_) => Outcome::Done,
            None => outcomes.next().unwrap_or(Outcome::Done),
        };
        asked.into_iter().map(outcome).collect()
    }
}
