//! A till without an interface of its own: it sends its documents signed by us, or hands over a file.
//!
//! `README.md` beside this file is the page that the till's maker reads.

pub mod csv;
mod documents;
mod facts;
mod place;
mod wire;

#[cfg(test)]
mod tests;

use crate::channel::{
    Channel, Door, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict, WebhookRequest,
};
use crate::error::ChannelError;
use crate::facts::{Facts, Verb};
use crate::own_signature;
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};

pub use facts::FACTS;

/// The connector of tills that only tell.
#[derive(Debug, Clone, Copy)]
pub struct Till;

#[async_trait]
impl Channel for Till {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn verify_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Verdict {
        own_signature::verify(door, request)
    }

    fn read_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Notices {
        documents::read_webhook(door, request)
    }

    async fn look_up_orders(
        &self,
        _session: &Session<'_>,
        _ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        Err(ChannelError::unsupported(Verb::LookUpOrders.title()))
    }

    async fn set_stock(
        &self,
        _session: &Session<'_>,
        _sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        Err(ChannelError::unsupported(Verb::SetStock.title()))
    }

    async fn read_stock(
        &self,
        _session: &Session<'_>,
        _listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        Err(ChannelError::unsupported(Verb::ReadStock.title()))
    }
}
