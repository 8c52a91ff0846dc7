//! Orders taken in a chat or a livestream: people type them at a desk, and the desk signs them. Chats themselves arrive
//! at the same address and are no orders.
//!
//! One address serves three senders, told apart by the header of their signature: the desk (`X-Hopkenh-Signature`), Meta
//! (`X-Hub-Signature-256`) and Zalo (`X-ZEvent-Signature`).

mod facts;
mod holds;
mod orders;
mod sign;
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

/// The connector of orders taken by people.
#[derive(Debug, Clone, Copy)]
pub struct Social;

#[async_trait]
impl Channel for Social {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn verify_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Verdict {
        sign::verify(door, request)
    }

    fn read_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Notices {
        orders::read_webhook(door, request)
    }

    fn answer_challenge(&self, door: &Door<'_>, request: &WebhookRequest) -> Option<String> {
        sign::answer_challenge(door, request)
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
