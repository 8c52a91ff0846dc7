//! Tiki: a marketplace without webhooks; its events wait in a queue until we pull them, and its stock number still
//! holds the units of its own open orders.

mod account;
mod call;
mod errors;
mod facts;
mod list;
mod listings;
mod login;
mod news;
mod orders;
mod queue;
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

/// The Tiki connector.
#[derive(Debug, Clone, Copy)]
pub struct Tiki;

#[async_trait]
impl Channel for Tiki {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    /// Each product is read and set by itself.
    fn call_group<'l>(&self, _verb: Verb, listing: &'l ListingId) -> &'l str {
        listing.as_str()
    }

    fn verify_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Verdict {
        sign::verify(door, request)
    }

    /// Nothing passes [`Channel::verify_webhook`], so there is never anything to read.
    fn read_webhook(&self, _door: &Door<'_>, _request: &WebhookRequest) -> Notices {
        Vec::new()
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
        listings::page(session, cursor).await
    }

    async fn carry_status(&self, session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
        news::carry(session, news).await
    }

    fn grant_link(&self, session: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
        login::grant_link(session, ask)
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

    /// The address is left aside: Tiki calls nobody. What is subscribed to is our own queue.
    async fn subscribe_webhooks(&self, session: &Session<'_>, _url: &str) -> Result<(), ChannelError> {
        account::subscribe(session).await
    }
}
