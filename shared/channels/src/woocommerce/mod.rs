//! WooCommerce: a shop's own website; whole orders in its webhooks, stock over its REST API.

mod account;
mod call;
mod errors;
mod facts;
mod forward;
mod list;
mod listings;
mod news;
mod orders;
mod sign;
mod stock;
mod wire;

#[cfg(test)]
mod tests;

use crate::account::AccountReport;
use crate::channel::{
    Channel, Door, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict, WebhookRequest,
};
use crate::error::ChannelError;
use crate::facts::{Facts, Verb};
use crate::forward::{OrderNews, OrderToForward};
use crate::listings::ListingPage;
use crate::paging::{Cursor, OrderPage, Window};
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};

pub use facts::FACTS;

/// The WooCommerce connector.
#[derive(Debug, Clone, Copy)]
pub struct WooCommerce;

#[async_trait]
impl Channel for WooCommerce {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    /// Simple products are set together, the variations of one product together; each is read by itself.
    fn call_group<'l>(&self, verb: Verb, listing: &'l ListingId) -> &'l str {
        match (verb, listing.as_str().split_once(':')) {
            (Verb::SetStock, Some((_, "0"))) => "",
            (Verb::SetStock, Some((product, _))) => product,
            _ => listing.as_str(),
        }
    }

    fn verify_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Verdict {
        sign::verify(door, request)
    }

    fn read_webhook(&self, _door: &Door<'_>, request: &WebhookRequest) -> Notices {
        vec![orders::read_webhook(request)]
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

    async fn list_orders(
        &self,
        session: &Session<'_>,
        window: Window,
        cursor: Option<&Cursor>,
    ) -> Result<OrderPage, ChannelError> {
        list::orders(session, window, cursor).await
    }

    async fn list_listings(
        &self,
        session: &Session<'_>,
        cursor: Option<&Cursor>,
    ) -> Result<ListingPage, ChannelError> {
        listings::list(session, cursor).await
    }

    async fn forward_order(
        &self,
        session: &Session<'_>,
        order: &OrderToForward,
    ) -> Result<OrderId, ChannelError> {
        forward::put_in(session, order).await
    }

    async fn find_forwarded(
        &self,
        session: &Session<'_>,
        reference: &str,
    ) -> Result<Option<OrderId>, ChannelError> {
        forward::find(session, reference).await
    }

    async fn carry_status(&self, session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
        news::carry(session, news).await
    }

    async fn inspect_account(&self, session: &Session<'_>) -> Result<AccountReport, ChannelError> {
        account::inspect(session).await
    }

    async fn subscribe_webhooks(&self, session: &Session<'_>, url: &str) -> Result<(), ChannelError> {
        account::subscribe(session, url).await
    }
}
