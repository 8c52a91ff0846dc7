//! Zalo: messages to a shop's own people through its Official Account, by a template that Zalo has approved (ZNS). It sells
//! nothing.

mod facts;
mod login;
mod notice;

use crate::channel::{
    Channel, Door, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict, WebhookRequest,
};
use crate::error::ChannelError;
use crate::facts::{Facts, Verb};
use crate::login::Tokens;
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};

pub use facts::FACTS;
pub use login::{APP_SECRET, GIVEN_REFRESH_TOKEN};
pub use notice::{Notice, send};

/// The connector of Zalo's Official Accounts.
#[derive(Debug, Clone, Copy)]
pub struct Zalo;

#[async_trait]
impl Channel for Zalo {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn verify_webhook(&self, _door: &Door<'_>, _request: &WebhookRequest) -> Verdict {
        Verdict::Refused { why: "Zalo tells this house nothing" }
    }

    fn read_webhook(&self, _door: &Door<'_>, _request: &WebhookRequest) -> Notices {
        Vec::new()
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

    async fn renew_login(&self, session: &Session<'_>) -> Result<Tokens, ChannelError> {
        login::renew(session).await
    }
}
