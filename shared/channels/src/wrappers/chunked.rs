//! Cuts work into pieces a channel accepts, and refuses what it cannot do before any call is made.

use super::{Answers, forward_local, permitted, spread};
use crate::ask::{Ask, Reply};
use crate::channel::{Channel, Login, LookedUp, Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind};
use crate::facts::Verb;
use async_trait::async_trait;
use commerce::ids::{ListingId, OrderId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One piece, one call. A piece that fails does not fail its neighbours; one that shows the whole account to
/// be shut (no login, no time, a limit) ends the work, and the rest is answered with that failure, not sent.
pub struct Chunked {
    inner: Arc<dyn Channel>,
}

impl Chunked {
    /// Wraps a channel.
    pub fn new(inner: Arc<dyn Channel>) -> Self {
        Self { inner }
    }

    fn require(&self, verb: Verb) -> Result<(), ChannelError> {
        if self.inner.facts().can(verb) { Ok(()) } else { Err(ChannelError::unsupported(verb.title())) }
    }

    /// Pieces of listings that share a call, in a fixed order. `what` gives an item's listing and the way it is dealt with:
    /// items of two ways never share a call.
    fn pieces<'a, T>(
        &self,
        verb: Verb,
        items: &'a [T],
        what: fn(&T) -> (&ListingId, &'static str),
    ) -> Vec<Vec<&'a T>> {
        let size = self.inner.facts().listings_per_write_max.max(1);
        let mut groups: BTreeMap<(&str, &str), Vec<&T>> = BTreeMap::new();
        for item in items {
            let (listing, way) = what(item);
            groups.entry((self.inner.call_group(verb, listing), way)).or_default().push(item);
        }
        groups.values().flat_map(|group| group.chunks(size).map(<[&T]>::to_vec)).collect()
    }
}

/// A failure that would meet the next piece as well.
fn concerns_all(error: &ChannelError) -> bool {
    let is_of_one = matches!(error.kind, ErrorKind::Refused | ErrorKind::NotFound | ErrorKind::Unreadable);
    !is_of_one && !error.is_for_the_caller()
}

/// The failure in these answers that ends the work, if each of them has it.
fn end_of_work<K, T>(answers: &Answers<K, T>) -> Option<ChannelError> {
    let failures = || answers.iter().map(|(_, result)| result.as_ref().err().filter(|e| concerns_all(e)));
    if failures().all(|failure| failure.is_some()) { failures().flatten().next().cloned() } else { None }
}

#[async_trait]
impl Channel for Chunked {
    forward_local!();

    /// A call that is refused because of one order is cut in halves until that order stands alone.
    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        self.require(Verb::LookUpOrders)?;
        let unique: Vec<OrderId> = ids.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let size = self.inner.facts().orders_per_look_up_max.max(1);
        let mut pieces: Vec<Vec<OrderId>> = unique.chunks(size).map(<[OrderId]>::to_vec).rev().collect();
        let mut found: Vec<LookedUp> = Vec::new();
        let mut ended: Option<ChannelError> = None;
        while let Some(mut piece) = pieces.pop() {
            if let Some(error) = &ended {
                found.extend(spread(piece.into_iter(), &error.not_sent()));
                continue;
            }
            let answers = match self.inner.look_up_orders(session, &piece).await {
                Ok(answers) => answers,
                Err(error) => spread(piece.iter().cloned(), &error),
            };
            if piece.len() > 1 && is_refused_whole(&answers) {
                let half = piece.split_off(piece.len() / 2);
                pieces.extend([half, piece]);
                continue;
            }
            ended = end_of_work(&answers);
            found.extend(answers);
        }
        Ok(found)
    }

    /// A listing named twice is overwritten once, with its last quantity. A way of writing that the account's channel
    /// does not have is refused here, for all channels.
    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        self.require(Verb::SetStock)?;
        let class = self.inner.facts().write_class_of(session.connection);
        let (permitted, mut outcomes) = permitted::sort(class, sets);
        let mut ended: Option<ChannelError> = None;
        for piece in self.pieces(Verb::SetStock, &permitted, |set| (&set.listing, set.how.title())) {
            let piece: Vec<StockSet> = piece.into_iter().cloned().collect();
            let names = piece.iter().map(|set| set.listing.clone());
            if let Some(error) = &ended {
                outcomes.extend(spread(names, &error.not_sent()));
                continue;
            }
            let answers = match self.inner.set_stock(session, &piece).await {
                Ok(answers) => answers,
                Err(error) => spread(names, &error),
            };
            ended = end_of_work(&answers);
            outcomes.extend(answers);
        }
        Ok(outcomes)
    }

    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        self.require(Verb::ReadStock)?;
        let unique: Vec<ListingId> = listings.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let mut readings = Vec::new();
        for piece in self.pieces(Verb::ReadStock, &unique, |listing| (listing, "")) {
            let piece: Vec<ListingId> = piece.into_iter().cloned().collect();
            readings.extend(self.inner.read_stock(session, &piece).await?);
        }
        Ok(readings)
    }

    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError> {
        self.require(Verb::LogIn)?;
        self.inner.log_in(session).await
    }

    async fn ask(&self, session: &Session<'_>, ask: &Ask<'_>) -> Result<Reply, ChannelError> {
        self.require(ask.verb())?;
        self.inner.ask(session, ask).await
    }
}

/// True when all orders share one refusal, which may be the fault of a single one.
fn is_refused_whole(answers: &[LookedUp]) -> bool {
    let first = answers.first().and_then(|(_, result)| result.as_ref().err());
    let refused = first.filter(|error| error.kind == ErrorKind::Refused);
    refused.is_some_and(|first| answers.iter().all(|(_, result)| result.as_ref().err() == Some(first)))
}
