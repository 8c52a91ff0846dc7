//! Shopee: thin, signed notices about orders; orders and stock over the Open Platform v2.

mod account;
mod call;
mod errors;
mod facts;
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
    Channel, Door, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict, WebhookRequest,
};
use crate::error::ChannelError;
use crate::facts::{Facts, Verb};
use crate::forward::OrderNews;
use crate::listings::ListingPage;
use crate::login::{Grant, LinkAsk, Tokens};
use crate::paging::{Cursor, OrderPage, Pulled, Window};
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

    async fn list_orders(
        &self,
        session: &Session<'_>,
        window: Window,
        cursor: Option<&Cursor>,
    ) -> Result<OrderPage, ChannelError> {
        list::orders(session, window, cursor).await
    }

    async fn pull_events(
        &self,
        session: &Session<'_>,
        taken: Option<&Cursor>,
    ) -> Result<Pulled, ChannelError> {
        list::events(session, taken).await
    }

    async fn list_listings(
        &self,
        session: &Session<'_>,
        cursor: Option<&Cursor>,
    ) -> Result<ListingPage, ChannelError> {
        listings::list(session, cursor).await
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
        account::subscribe(session, url).await
    }
}
