//! Shopee: thin, signed notices about orders; orders and stock over the Open Platform v2.

mod errors;
mod facts;
mod orders;
mod sign;
mod stock;
mod wire;

#[cfg(test)]
mod tests;

use crate::channel::{
    Channel, Door, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict, WebhookRequest,
};
use crate::error::ChannelError;
use crate::facts::{Facts, Verb};
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};

pub use facts::FACTS;

/// The Shopee connector.
#[derive(Debug, Clone, Copy)]
pub struct Shopee;

#[async_trait]
impl Channel for Shopee {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    /// One call reads or sets the variations of one item.
    fn call_group<'l>(&self, _verb: Verb, listing: &'l ListingId) -> &'l str {
        listing.as_str().split(':').next().unwrap_or_default()
    }

    fn verify_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Verdict {
        sign::verify(door, request)
    }

    fn read_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Notices {
        vec![orders::read_push(door, request)]
    }

    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        orders::look_up(session, ids).await
    }

    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        stock::set(session, sets).await
    }

    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        stock::read(session, listings).await
    }
}
