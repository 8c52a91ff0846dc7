//! Listings of the shared pool: all show what is free, less a buffer. Here two channels can sell the same last unit.
//!
//! One unresolved attempt per listing all the same: after a doubtful call the next one waits until the first can no
//! longer be applied.

use super::covered::Work;
use super::desk::is_untold;
use super::manners::Manners;
use super::stale::tell_stale;
use super::{NotShown, PublishStock, Results};
use crate::what_to_show::{Wanted, balances, decide};
use channels::channel::StockSet;
use channels::error::{ChannelError, ErrorKind};
use commerce::catalogue::Listing;
use commerce::cover::{Attempt, CoverChange, Guard, Listed};
use commerce::ids::ListingId;
use commerce::stock::{ListingKey, Stock, StockKey};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use table::TableError;
use table::listing_item::ListingState;
use table::save_listed::ListingWrite;

/// How long one call may take before its attempt counts as given up.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Of that, how much must be left when the call is made, in milliseconds.
const CALL_TAKES_MS: i64 = 20_000;

impl PublishStock {
    /// Load, decide, save the attempts, send them together, save the answers.
    pub(super) async fn pool(&self, work: &Work<'_>, listings: &[&Listing]) -> Results {
        match self.want(work, listings).await {
            Ok(wanted) => self.show(work, wanted).await,
            Err(error) => {
                let failed = |l: &&Listing| (l.id.clone(), Err(NotShown::Later(error.to_string())));
                listings.iter().map(failed).collect()
            }
        }
    }

    /// What each listing must show now, leaving out those that are up to date.
    async fn want(&self, work: &Work<'_>, listings: &[&Listing]) -> Result<Vec<Wanted>, TableError> {
        let (shop, connection) = (work.shop, work.connection);
        let ids: Vec<ListingId> = listings.iter().map(|listing| listing.id.clone()).collect();
        let keys: BTreeSet<StockKey> =
            listings.iter().flat_map(|listing| balances(connection, listing)).collect();
        let keys: Vec<StockKey> = keys.into_iter().collect();
        let mut states = self.table.load_listings(&shop.id, &connection.id, &ids).await?;
        let stock = self.table.load_stock(&shop.id, &keys).await?;
        for listing in listings {
            if let Some(state) = self.end_cover(work, listing, &stock, states.get(&listing.id)).await? {
                states.insert(listing.id.clone(), state);
            }
        }
        let wanted = listings.iter().map(|listing| {
            let mut state = states.get(&listing.id).cloned();
            // Whatever it was told before, it is told anew.
            state
                .iter_mut()
                .filter(|_| work.doubted.contains(&listing.id))
                .for_each(|state| state.seen.clear());
            decide(connection, listing, &stock, state)
        });
        Ok(wanted.flatten().collect())
    }

    /// A listing that came to the pool from cover gives its cover up: the pool promises nothing.
    async fn end_cover(
        &self,
        work: &Work<'_>,
        listing: &Listing,
        stock: &BTreeMap<StockKey, Stock>,
        state: Option<&ListingState>,
    ) -> Result<Option<ListingState>, TableError> {
        let key = work.connection.key(listing);
        let of = |units: &BTreeMap<ListingKey, i64>| units.get(&key).copied().unwrap_or(0);
        let covered = stock.iter().filter(|(_, stock)| of(&stock.cover) != 0);
        let cover: Vec<CoverChange> = covered
            .map(|(balance, stock)| {
                let (cover, given_back) = (of(&stock.cover), of(&stock.given_back));
                CoverChange {
                    key: balance.clone(),
                    delta: -cover,
                    guard: Guard::Exactly { cover, given_back },
                }
            })
            .collect();
        let has_ground = state.is_some_and(|state| state.listed.ground.is_some());
        if cover.is_empty() && !has_ground {
            return Ok(None);
        }
        let old = state.map(|state| state.listed.clone()).unwrap_or_default();
        let pace = Manners::of(work.connection).map(|manners| manners.pace);
        let was_due_at = pace.and_then(|pace| old.due_at(pace));
        let (number, shown, freshness) = (old.number + 1, old.shown, old.freshness);
        let listed = Listed { number, shown, freshness, ..Listed::default() };
        let new = ListingState { listed, seen: Default::default() };
        self.table
            .save_listed(&ListingWrite {
                shop: &work.shop.id,
                key: &key,
                state: &new,
                expected: state.map(|state| state.listed.number),
                cover: &cover,
                was_due_at,
                due_at: None,
                now: (self.clock)(),
            })
            .await?;
        Ok(Some(new))
    }

    async fn show(&self, work: &Work<'_>, wanted: Vec<Wanted>) -> Results {
        let mut results = Results::new();
        let mut attempts: BTreeMap<ListingId, (Wanted, ListingState)> = BTreeMap::new();
        for want in wanted {
            match self.begin(work, &want).await {
                Ok(state) => {
                    attempts.insert(want.listing.clone(), (want, state));
                }
                Err(why) => {
                    results.insert(want.listing, Err(why));
                }
            }
        }
        let late: Vec<ListingId> = self.late(&attempts);
        for listing in late {
            attempts.remove(&listing);
            results.insert(listing, Err(NotShown::Wait(Duration::from_secs(1))));
        }
        let sets: Vec<StockSet> =
            attempts.values().map(|(want, _)| StockSet::blind(want.listing.clone(), want.quantity)).collect();
        if sets.is_empty() {
            return results;
        }
        let mut stale = BTreeSet::new();
        let outcomes = self.gateway.set_stock(work.shop, work.connection, work.secrets, &sets).await;
        for (listing, outcome) in outcomes {
            let Some((want, state)) = attempts.remove(&listing) else { continue };
            let shown = self.finish(work, want, state, outcome, &mut stale).await;
            results.insert(listing, shown);
        }
        tell_stale(work, &stale);
        for (listing, _) in attempts {
            let missing = ChannelError::timed_out("the answer left this listing out");
            results.insert(listing, Err(NotShown::Channel(missing, None)));
        }
        results
    }

    /// Attempts that were noted too long ago: a worker that was held up sends nothing any more, for somebody else may have
    /// taken over.
    fn late(&self, attempts: &BTreeMap<ListingId, (Wanted, ListingState)>) -> Vec<ListingId> {
        let latest_ms = (self.clock)().as_millisecond() + CALL_TAKES_MS;
        let is_late = |state: &ListingState| {
            let deadline = state.listed.attempt.as_ref().map(|attempt| attempt.deadline.as_millisecond());
            deadline.is_none_or(|deadline_ms| deadline_ms < latest_ms)
        };
        let late = attempts.iter().filter(|(_, (_, state))| is_late(state));
        late.map(|(listing, _)| listing.clone()).collect()
    }

    /// Notes the attempt before anything is sent, unless an earlier one may still be on its way.
    async fn begin(&self, work: &Work<'_>, want: &Wanted) -> Result<ListingState, NotShown> {
        let now = (self.clock)();
        let old = want.state.clone().unwrap_or_default();
        if let Some(attempt) = &old.listed.attempt {
            let wait = until_settled(work, attempt, now);
            if !wait.is_zero() {
                return Err(NotShown::Wait(wait));
            }
        }
        let number = old.listed.number + 1;
        let attempt = Attempt::of_pool(number, i64::from(want.quantity), now + CALL_TIMEOUT);
        let mut listed = Listed { number, attempt: Some(attempt), ..old.listed };
        let event = work.happened.get(&want.listing).copied();
        let event = event.or(want.ordered_at.filter(|at| is_untold(*at, listed.told_at, now)));
        listed.freshness.wait(event.unwrap_or(now), now);
        let state = ListingState { listed, seen: old.seen };
        let expected = want.state.as_ref().map(|state| state.listed.number);
        self.save(work, &want.listing, &state, expected).await?;
        Ok(state)
    }

    /// Notes the answer. After a doubtful one the attempt stays, so that the next call waits for it.
    async fn finish(
        &self,
        work: &Work<'_>,
        want: Wanted,
        state: ListingState,
        outcome: Result<(), ChannelError>,
        stale: &mut BTreeSet<ListingId>,
    ) -> Result<(), NotShown> {
        let expected = Some(state.listed.number);
        let mut settled = state;
        match &outcome {
            Ok(()) => {
                settled.listed.attempt = None;
                let shown = Some(i64::from(want.quantity));
                if settled.listed.shown != shown {
                    settled.listed.shown_before = settled.listed.shown;
                }
                settled.listed.shown = shown;
                settled.listed.is_campaign = false;
                let now = (self.clock)();
                settled.listed.told_at = Some(now);
                settled.listed.freshness.show(now);
                settled.seen = want.seen;
            }
            // Given up now: it can still be applied for as long as the channel may take.
            Err(error) if error.is_ambiguous() => {
                let now = (self.clock)();
                settled.listed.attempt.iter_mut().for_each(|attempt| attempt.deadline = now);
            }
            Err(error) => {
                settled.listed.attempt = None;
                settled.listed.is_campaign = error.kind == ErrorKind::Locked;
            }
        }
        if outcome.is_err() && settled.listed.is_stale((self.clock)()) {
            stale.insert(want.listing.clone());
        }
        self.save(work, &want.listing, &settled, expected).await?;
        outcome.map_err(|error| NotShown::Channel(error, None))
    }

    async fn save(
        &self,
        work: &Work<'_>,
        listing: &ListingId,
        state: &ListingState,
        expected: Option<u64>,
    ) -> Result<(), NotShown> {
        let saved =
            self.table.save_listing(&work.shop.id, &work.connection.id, listing, state, expected).await;
        saved.map_err(|error| match error {
            // Another worker is at this listing: look again shortly.
            TableError::Lost(_) => NotShown::Wait(Duration::from_secs(1)),
            other => NotShown::Later(other.to_string()),
        })
    }
}

/// How long until a call given up at its deadline can no longer be applied (assumption A6).
fn until_settled(work: &Work<'_>, attempt: &Attempt, now: commerce::Timestamp) -> Duration {
    let applied_within_ms = Manners::of(work.connection).map_or(60_000, |m| m.pace.applied_within_ms);
    let settled_ms = attempt.deadline.as_millisecond() + applied_within_ms;
    Duration::from_millis(u64::try_from(settled_ms - now.as_millisecond()).unwrap_or(0))
}
