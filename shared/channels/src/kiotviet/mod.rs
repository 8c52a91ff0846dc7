//! KiotViet: the tills of a shop's stores; it counts the goods there, and tells of sales and levels.

mod account;
mod errors;
mod facts;
mod forward;
mod list;
mod listings;
mod login;
mod news;
mod orders;
mod sign;
mod stock;
mod wire;

#[cfg(test)]
mod tests;

use crate::account::AccountReport;
use crate::channel::{
    Channel, Door, Login, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict,
    WebhookRequest,
};
use crate::error::ChannelError;
use crate::facts::{Facts, Verb};
use crate::forward::{OrderNews, OrderToForward};
use crate::listings::ListingPage;
use crate::paging::{Cursor, OrderPage, Window};
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

    async fn sales_of(&self, session: &Session<'_>, order: &OrderId) -> Result<Vec<OrderId>, ChannelError> {
        forward::sales_of(session, order).await
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
