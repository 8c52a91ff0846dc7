//! Sapo: a shop's own website (Sapo Web) or its stores (Sapo Omni); whole orders in its webhooks, in two shapes.

mod account;
mod call;
mod errors;
mod facts;
mod forward;
mod list;
mod listings;
mod login;
mod news;
mod omni;
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
use crate::login::{Grant, LinkAsk, Tokens};
use crate::paging::{Cursor, OrderPage, Window};
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};

pub use facts::FACTS;

/// The Sapo connector.
#[derive(Debug, Clone, Copy)]
pub struct Sapo;

#[async_trait]
impl Channel for Sapo {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    /// Every variant is set and read by a call of its own.
    fn call_group<'l>(&self, _verb: Verb, listing: &'l ListingId) -> &'l str {
        listing.as_str()
    }

    fn verify_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Verdict {
        sign::verify(door, request)
    }

    fn read_webhook(&self, door: &Door<'_>, request: &WebhookRequest) -> Notices {
        vec![orders::read_webhook(door, request)]
    }

    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        orders::look_up(session, ids).await
    }

    async fn list_orders(
        &self,
        session: &Session<'_>,
        window: Window,
        cursor: Option<&Cursor>,
    ) -> Result<OrderPage, ChannelError> {
        list::orders(session, window, cursor).await
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

    async fn inspect_account(&self, session: &Session<'_>) -> Result<AccountReport, ChannelError> {
        account::inspect(session).await
    }

    async fn subscribe_webhooks(&self, session: &Session<'_>, url: &str) -> Result<(), ChannelError> {
        account::subscribe(session, url).await
    }
}

/// Which of Sapo's two products a shop has: they share a login, a signature and a name, and little else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Product {
    /// A website at `*.mysapo.net`.
    Web,
    /// Stores and tills at `*.mysapogo.com`.
    Omni,
}

impl Product {
    fn of(session: &Session<'_>) -> Result<Self, ChannelError> {
        match session.connection.account.get("product").map(|text| text.trim()) {
            None | Some("" | "web") => Ok(Product::Web),
            Some("omni") => Ok(Product::Omni),
            Some(_) => {
                Err(ChannelError::misconfigured("account setting \"product\" must be \"web\" or \"omni\""))
            }
        }
    }

    /// For what is known of websites only.
    fn web_only(session: &Session<'_>, what: &str) -> Result<(), ChannelError> {
        match Self::of(session)? {
            Product::Web => Ok(()),
            Product::Omni => Err(ChannelError::unsupported(&format!("{what} with Sapo Omni"))),
        }
    }
}
