//! Shopify: a shop's own website; whole orders in its webhooks, everything else over one GraphQL address.

mod account;
mod call;
mod errors;
mod facts;
mod forward;
mod list;
mod listings;
mod login;
mod news;
mod orders;
mod sign;
mod status;
mod stock;
mod subscribe;
mod webhook;
mod wire;

#[cfg(test)]
mod tests;

use crate::account::AccountReport;
use crate::channel::{
    Channel, Door, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict, WebhookRequest,
};
use crate::error::ChannelError;
use crate::facts::Facts;
use crate::forward::{OrderNews, OrderToForward};
use crate::listings::ListingPage;
use crate::login::{Grant, LinkAsk, Tokens};
use crate::paging::{Cursor, OrderPage, Window};
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};

pub use facts::FACTS;

/// The Shopify connector. A listing is a variant, by its number: that is what order lines name. Stock is kept by
/// inventory item, which one question finds before a write.
#[derive(Debug, Clone, Copy)]
pub struct Shopify;

#[async_trait]
impl Channel for Shopify {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn verify_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Verdict {
        sign::verify(door, request)
    }

    fn read_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Notices {
        vec![webhook::read(door, request)]
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
        forward::put(session, order).await
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

    fn grant_link(&self, session: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
        login::link(session, ask)
    }

    async fn redeem_grant(&self, session: &Session<'_>, grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
        login::redeem(session, grant).await
    }

    async fn renew_login(&self, session: &Session<'_>) -> Result<Tokens, ChannelError> {
        login::renew(session).await
    }

    async fn inspect_account(&self, session: &Session<'_>) -> Result<AccountReport, ChannelError> {
        account::inspect(session).await
    }

    async fn subscribe_webhooks(&self, session: &Session<'_>, url: &str) -> Result<(), ChannelError> {
        subscribe::subscribe(session, url).await
    }
}
