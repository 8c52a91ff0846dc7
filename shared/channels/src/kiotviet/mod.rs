//! KiotViet: the tills of a shop's stores; it counts the goods there, and tells of sales and levels.

mod errors;
mod facts;
mod login;
mod orders;
mod sign;
mod stock;
mod wire;

#[cfg(test)]
mod tests;

use crate::channel::{
    Channel, Door, Login, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict,
    WebhookRequest,
};
use crate::error::ChannelError;
use crate::facts::{Facts, Verb};
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};

pub use facts::FACTS;

/// The KiotViet connector.
#[derive(Debug, Clone, Copy)]
pub struct KiotViet;

#[async_trait]
impl Channel for KiotViet {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    /// Each product is read by itself.
    fn call_group<'l>(&self, _verb: Verb, listing: &'l ListingId) -> &'l str {
        listing.as_str()
    }

    fn verify_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Verdict {
        sign::verify(door, request)
    }

    fn read_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Notices {
        orders::read_webhook(door, request)
    }

    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        orders::look_up(session, ids).await
    }

    /// A till owns its stock: it is told of sales, never of numbers.
    async fn set_stock(
        &self,
        _session: &Session<'_>,
        _sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        Err(ChannelError::unsupported("set stock"))
    }

    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        stock::read(session, listings).await
    }

    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError> {
        login::log_in(session).await
    }
}
