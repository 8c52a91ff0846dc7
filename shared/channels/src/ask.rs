//! Calls whose answer is one whole, done or failed, as values: each wrapper handles all of them in one place.

use crate::account::AccountReport;
use crate::channel::{Channel, Session};
use crate::error::ChannelError;
use crate::facts::Verb;
use crate::forward::{OrderNews, OrderToForward};
use crate::listings::ListingPage;
use crate::login::{Grant, Tokens};
use crate::paging::{Cursor, OrderPage, Pulled, Window};
use commerce::ids::OrderId;

/// One such call.
#[derive(Clone, Copy)]
pub enum Ask<'a> {
    /// [`Channel::list_orders`].
    Orders(Window, Option<&'a Cursor>),
    /// [`Channel::pull_events`].
    Events(Option<&'a Cursor>),
    /// [`Channel::list_listings`].
    Listings(Option<&'a Cursor>),
    /// [`Channel::forward_order`].
    Forward(&'a OrderToForward),
    /// [`Channel::find_forwarded`].
    FindForwarded(&'a str),
    /// [`Channel::sales_of`].
    Sales(&'a OrderId),
    /// [`Channel::carry_status`].
    Carry(&'a OrderNews),
    /// [`Channel::redeem_grant`].
    Redeem(&'a Grant<'a>),
    /// [`Channel::renew_login`].
    Renew,
    /// [`Channel::inspect_account`].
    Inspect,
    /// [`Channel::subscribe_webhooks`].
    Subscribe(&'a str),
}

/// Its answer, of the same name.
pub enum Reply {
    /// To [`Ask::Orders`].
    Orders(OrderPage),
    /// To [`Ask::Events`].
    Events(Pulled),
    /// To [`Ask::Listings`].
    Listings(ListingPage),
    /// To [`Ask::Forward`].
    Forwarded(OrderId),
    /// To [`Ask::FindForwarded`].
    Found(Option<OrderId>),
    /// To [`Ask::Sales`].
    Sales(Vec<OrderId>),
    /// To [`Ask::Redeem`] and [`Ask::Renew`].
    Tokens(Tokens),
    /// To [`Ask::Inspect`].
    Account(AccountReport),
    /// To [`Ask::Carry`] and [`Ask::Subscribe`].
    Done,
}

impl Ask<'_> {
    /// Which verb it is.
    pub fn verb(&self) -> Verb {
        match self {
            Ask::Orders(..) => Verb::ListOrders,
            Ask::Events(_) => Verb::PullEvents,
            Ask::Listings(_) => Verb::ListListings,
            Ask::Forward(_) | Ask::FindForwarded(_) => Verb::ForwardOrder,
            Ask::Sales(_) => Verb::TellSales,
            Ask::Carry(_) => Verb::CarryStatus,
            Ask::Redeem(_) => Verb::GrantLogin,
            Ask::Renew => Verb::RenewLogin,
            Ask::Inspect => Verb::InspectAccount,
            Ask::Subscribe(_) => Verb::SubscribeWebhooks,
        }
    }

    /// True where doing it twice does nothing twice.
    pub fn is_read(&self) -> bool {
        matches!(
            self,
            Ask::Orders(..)
                | Ask::Events(_)
                | Ask::Listings(_)
                | Ask::FindForwarded(_)
                | Ask::Sales(_)
                | Ask::Inspect
        )
    }

    /// True for calls that come before there is a login.
    pub fn makes_login(&self) -> bool {
        matches!(self, Ask::Redeem(_) | Ask::Renew)
    }
}

/// Hands the call to the verb's own method; what a bare channel does with it.
pub async fn hand_over<C: Channel + ?Sized>(
    channel: &C,
    session: &Session<'_>,
    ask: &Ask<'_>,
) -> Result<Reply, ChannelError> {
    match *ask {
        Ask::Orders(window, cursor) => channel.list_orders(session, window, cursor).await.map(Reply::Orders),
        Ask::Events(taken) => channel.pull_events(session, taken).await.map(Reply::Events),
        Ask::Listings(cursor) => channel.list_listings(session, cursor).await.map(Reply::Listings),
        Ask::Forward(order) => channel.forward_order(session, order).await.map(Reply::Forwarded),
        Ask::FindForwarded(reference) => channel.find_forwarded(session, reference).await.map(Reply::Found),
        Ask::Sales(order) => channel.sales_of(session, order).await.map(Reply::Sales),
        Ask::Carry(news) => channel.carry_status(session, news).await.map(|()| Reply::Done),
        Ask::Redeem(grant) => channel.redeem_grant(session, grant).await.map(Reply::Tokens),
        Ask::Renew => channel.renew_login(session).await.map(Reply::Tokens),
        Ask::Inspect => channel.inspect_account(session).await.map(Reply::Account),
        Ask::Subscribe(url) => channel.subscribe_webhooks(session, url).await.map(|()| Reply::Done),
    }
}
