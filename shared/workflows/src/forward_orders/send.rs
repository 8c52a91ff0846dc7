//! The calls that an order's steps make, each between two writes: what it is about to do, and what came of it.

use super::load::{Matter, may_still_send};
use super::{ForwardOrders, Trouble};
use channels::error::{ChannelError, ErrorKind, Next};
use channels::forward::{NewsKind, OrderNews};
use commerce::forward::{Forwarding, Stage, Told};
use commerce::ids::OrderId;
use commerce::park::ParkReason;
use lambda_kit::metrics::{self, Unit};

impl ForwardOrders {
    /// Writes that it is on its way, then puts it in. A call whose end nobody hears leaves it so: who comes later looks first.
    pub(super) async fn put(&self, matter: &Matter<'_>, forwarding: &Forwarding) -> Result<bool, Trouble> {
        self.save(matter, forwarding, 0).await?;
        if forwarding.target != matter.target.id || !may_still_send(&self.clock, forwarding.since) {
            return Ok(false);
        }
        match self.gateway.forward_order(&matter.at_target(), &matter.to_put(forwarding)).await {
            Ok(there) => self.is_there(matter, forwarding, there, 1).await,
            Err(error) if error.is_ambiguous() => {
                tracing::warn!(order = %matter.key.order, %error, "nobody knows whether it was put in");
                Ok(false)
            }
            Err(error) => self.not_put(matter, forwarding, &error).await,
        }
    }

    async fn is_there(
        &self,
        matter: &Matter<'_>,
        forwarding: &Forwarding,
        there: OrderId,
        later: u64,
    ) -> Result<bool, Trouble> {
        metrics::tell(&[("OrdersForwarded", Unit::Count, 1)]);
        let stage = Stage::There { order: there.clone() };
        self.save(matter, &forwarding.at(stage, (self.clock)()), later).await?;
        // Its own webhook may be lost: what the target says of it is asked for.
        self.ask_about(matter, &there).await?;
        Ok(true)
    }

    /// Certainly not put in: later, or not at all.
    async fn not_put(
        &self,
        matter: &Matter<'_>,
        forwarding: &Forwarding,
        error: &ChannelError,
    ) -> Result<bool, Trouble> {
        let now = (self.clock)();
        if error.next == Next::Park {
            self.park(matter, ParkReason::Refused { detail: error.to_string() }).await?;
            self.save(matter, &forwarding.at(Stage::GaveUp { order: None }, now), 1).await?;
            return Ok(false);
        }
        tracing::warn!(order = %matter.key.order, target = %matter.target.id, %error, "not put in; tried again");
        metrics::tell(&[("ForwardsDelayed", Unit::Count, 1)]);
        self.try_later(matter, forwarding, Stage::Waiting, 1).await
    }

    /// Looks whether an earlier call has put it in.
    pub(super) async fn find(&self, matter: &Matter<'_>, forwarding: &Forwarding) -> Result<bool, Trouble> {
        let now = (self.clock)();
        match self.gateway.find_forwarded(&matter.at_target(), forwarding.reference.as_str()).await {
            Ok(Some(there)) => self.is_there(matter, forwarding, there, 0).await,
            Ok(None) => self.save(matter, &forwarding.at(Stage::Waiting, now), 0).await.map(|()| true),
            Err(error) if error.next == Next::Park => {
                self.park(matter, ParkReason::Refused { detail: error.to_string() }).await?;
                self.save(matter, &forwarding.at(Stage::GaveUp { order: None }, now), 0).await?;
                Ok(false)
            }
            Err(_) => self.try_later(matter, forwarding, Stage::Sending, 0).await,
        }
    }

    /// Writes that it is to be called off, then says so. It counts as called off once the target's own word is recorded.
    pub(super) async fn call_off(
        &self,
        matter: &Matter<'_>,
        forwarding: &Forwarding,
        there: &OrderId,
    ) -> Result<bool, Trouble> {
        self.save(matter, forwarding, 0).await?;
        if !may_still_send(&self.clock, forwarding.since) {
            return Ok(false);
        }
        let news = news(there, NewsKind::Cancelled);
        let answer = self.gateway.carry_status(&matter.at_target(), &news).await;
        self.ask_about(matter, there).await?;
        let now = (self.clock)();
        match answer {
            Ok(()) => Ok(false),
            // Somebody has removed it there: nothing is left to call off.
            Err(error) if error.kind == ErrorKind::NotFound => self
                .save(matter, &forwarding.at(Stage::CalledOff { order: Some(there.clone()) }, now), 1)
                .await
                .map(|()| true),
            Err(error) if error.next == Next::Park => {
                let detail = format!("{} cannot be called off in {}: {error}", there, matter.target.id);
                self.park(matter, ParkReason::Refused { detail }).await?;
                let stage = Stage::GaveUp { order: Some(there.clone()) };
                self.save(matter, &forwarding.at(stage, now), 1).await.map(|()| false)
            }
            Err(_) => self.try_later(matter, forwarding, forwarding.stage.clone(), 1).await,
        }
    }

    /// Tells the channel where it was bought, and writes that it knows.
    pub(super) async fn tell(
        &self,
        matter: &Matter<'_>,
        forwarding: &Forwarding,
        told: Told,
    ) -> Result<bool, Trouble> {
        let Some(kind) = kind_of(told) else { return Ok(false) };
        let answer = self.gateway.carry_status(&matter.at_source(), &news(&matter.key.order, kind)).await;
        let now = (self.clock)();
        match answer {
            Ok(()) => {
                metrics::tell(&[("StatusesCarried", Unit::Count, 1)]);
                let known = Forwarding { told, failures: 0, news_in_doubt: false, ..forwarding.clone() };
                self.save(matter, &known, 0).await.map(|()| true)
            }
            // After a time-out the same word may be refused because it was heard before.
            Err(error) if error.next == Next::Park && forwarding.news_in_doubt => {
                tracing::warn!(order = %matter.key.order, %error, "refused after a time-out: taken to be known");
                let known = Forwarding { told, failures: 0, news_in_doubt: false, ..forwarding.clone() };
                self.save(matter, &known, 0).await.map(|()| true)
            }
            Err(error) if error.next == Next::Park => {
                self.park(matter, ParkReason::Refused { detail: error.to_string() }).await?;
                let closed = Forwarding { told: Told::Closed, ..forwarding.clone() };
                self.save(matter, &closed, 0).await.map(|()| true)
            }
            Err(error) => {
                let mut again = forwarding.failed(forwarding.stage.clone(), now);
                again.news_in_doubt |= error.is_ambiguous();
                self.save(matter, &again, 0).await.map(|()| false)
            }
        }
    }
}

fn kind_of(told: Told) -> Option<NewsKind> {
    match told {
        Told::Ready => Some(NewsKind::ReadyToShip),
        Told::Shipped => Some(NewsKind::Shipped),
        Told::Delivered => Some(NewsKind::Delivered),
        Told::Nothing | Told::Closed => None,
    }
}

fn news(order: &OrderId, kind: NewsKind) -> OrderNews {
    OrderNews {
        order: order.clone(),
        kind,
        carrier: None,
        tracking_number: None,
        reason: None,
        lines: Vec::new(),
    }
}
