//! Bringing listings up to date: read the balances now, decide what to show, note the attempt, send, note the answer.
//!
//! The quantity is read when it is sent and never carried in a message, so a late or doubled message can only
//! repeat the newest value. One unresolved attempt per listing: after a doubtful call the next one waits until the
//! first can no longer be applied.

use crate::messages::{PublishMessage, from_text};
use crate::parking::{next_step, outcome_of, park, park_unreadable, wanted};
use crate::refused_login::{Refusal, is_refusal, look_into};
use crate::what_to_show::{Wanted, balances, decide};
use channels::channel::{Clock, StockSet};
use channels::error::ChannelError;
use channels::gateway::Gateway;
use channels::secrets::Secrets;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Listing, Shop};
use commerce::ids::{ConnectionId, ListingId, ShopId};
use commerce::park::ParkReason;
use commerce::stock::StockKey;
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::metrics::{self, Unit};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::{OutOfReach, Shops};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use table::Table;
use table::listing_item::{Attempt, ListingState};
use table::parked_item::Parked;

/// How long one call may take before its attempt counts as given up.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// How many listings are read, noted and sent in one go.
const PART_LISTINGS_MAX: usize = 20;

/// What this function needs.
#[derive(Clone)]
pub struct PublishStock {
    /// Shops and their secrets.
    pub shops: ShopSource,
    /// The channels.
    pub gateway: Arc<Gateway>,
    /// The book.
    pub table: Table,
    /// The time.
    pub clock: Clock,
}

/// What became of one listing: shown, or why not.
type Results = BTreeMap<ListingId, Result<(), NotShown>>;

/// Why a listing is not up to date.
#[derive(Clone)]
enum NotShown {
    /// An earlier call may still be applied, or somebody else is writing: come back after this long.
    Wait(Duration),
    /// The table did not answer as hoped, or the shop is out of reach.
    Later(String),
    /// The channel failed; and what was found out, where it refused the login.
    Channel(ChannelError, Option<Refusal>),
}

/// Listings by connection.
type Groups = BTreeMap<(ShopId, ConnectionId), BTreeSet<ListingId>>;

impl Work for PublishStock {
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(self.handle(messages))
    }
}

impl PublishStock {
    /// Handles a batch; one outcome per message, in order.
    pub async fn handle(&self, messages: &[Message]) -> Vec<Outcome> {
        let mut read = Vec::new();
        let mut groups = Groups::new();
        for message in messages {
            let publish: Result<PublishMessage, ParkReason> = from_text(&message.body);
            if let Ok(publish) = &publish {
                let key = (publish.shop.clone(), publish.connection.clone());
                groups.entry(key).or_default().extend(publish.listings.iter().cloned());
            }
            read.push(publish);
        }
        let mut results = BTreeMap::new();
        let named = read.iter().flatten().map(|m| (&m.shop, &m.connection, m.shops_file.as_ref()));
        let shops = self.shops.load(&wanted(named)).await;
        let tries = messages.iter().map(|message| message.tries).max().unwrap_or(1);
        for (key, listings) in groups {
            let mut shown = self.bring_up_to_date(&shops, &key, &listings).await;
            self.look_into_refusal(&shops, &key, &mut shown, tries).await;
            results.insert(key, shown);
        }
        let mut outcomes = Vec::new();
        for (message, publish) in messages.iter().zip(read) {
            outcomes.push(match publish {
                Err(reason) => park_unreadable(&self.table, &self.clock, message, reason).await,
                Ok(publish) => self.outcome(message, &publish, &results).await,
            });
        }
        outcomes
    }

    async fn bring_up_to_date(
        &self,
        shops: &Shops,
        (shop, connection): &(ShopId, ConnectionId),
        listings: &BTreeSet<ListingId>,
    ) -> Results {
        match shops.out_of_reach(shop) {
            // Mending its file is a change of it, and then all its listings are looked at.
            Some(OutOfReach::UntilMended(_)) => return Results::new(),
            Some(OutOfReach::ForNow(why)) => {
                let failed = |id: &ListingId| (id.clone(), Err(NotShown::Later(why.clone())));
                return listings.iter().map(failed).collect();
            }
            None => {}
        }
        // A connection taken out of the shops file since is no longer ours to write to.
        let Some((shop, connection)) = shops.connection(shop, connection) else { return Results::new() };
        let secrets = shops.secrets(&shop.id, &connection.id);
        let listings = listings.iter().filter_map(|id| connection.listings.get(id));
        let listings: Vec<&Listing> = listings.filter(|listing| listing.publish).collect();
        let mut results = Results::new();
        // In small parts, so that what is read, noted and sent belongs together in time.
        for part in listings.chunks(PART_LISTINGS_MAX) {
            match self.want(shop, connection, part).await {
                Ok(wanted) => results.extend(self.show(shop, connection, secrets, wanted).await),
                Err(why) => {
                    let failed = |l: &&Listing| (l.id.clone(), Err(NotShown::Later(why.clone())));
                    results.extend(part.iter().map(failed));
                }
            }
        }
        results
    }

    /// Looks once into a login that was refused, however many listings met it.
    async fn look_into_refusal(
        &self,
        shops: &Shops,
        (shop, connection): &(ShopId, ConnectionId),
        results: &mut Results,
        tries: u32,
    ) {
        let Some((shop, connection)) = shops.connection(shop, connection) else { return };
        let channel = self.gateway.channel(&connection.channel);
        let mut refused: Vec<&mut Option<Refusal>> = Vec::new();
        for result in results.values_mut() {
            match result {
                Err(NotShown::Channel(error, refusal)) if is_refusal(channel.as_ref(), error) => {
                    refused.push(refusal);
                }
                _ => {}
            }
        }
        if refused.is_empty() {
            return;
        }
        let (account, secrets) = ((&shop.id, &connection.id), shops.secrets(&shop.id, &connection.id));
        let found = look_into(&self.shops, &self.table, account, secrets, tries).await;
        refused.into_iter().for_each(|refusal| *refusal = Some(found));
    }

    /// Load and decide: what each listing must show now, leaving out those that are up to date.
    async fn want(
        &self,
        shop: &Shop,
        connection: &Connection,
        listings: &[&Listing],
    ) -> Result<Vec<Wanted>, String> {
        let ids: Vec<ListingId> = listings.iter().map(|listing| listing.id.clone()).collect();
        let balances: BTreeSet<StockKey> =
            listings.iter().flat_map(|listing| balances(connection, listing)).collect();
        let balances: Vec<StockKey> = balances.into_iter().collect();
        let states =
            self.table.load_listings(&shop.id, &connection.id, &ids).await.map_err(|e| e.to_string())?;
        let stock = self.table.load_stock(&shop.id, &balances).await.map_err(|e| e.to_string())?;
        let wanted = listings.iter().map(|listing| {
            let state = states.get(&listing.id).cloned();
            decide(connection, listing, &stock, state)
        });
        Ok(wanted.flatten().collect())
    }

    /// Save the attempts, send them together, save the answers.
    async fn show(
        &self,
        shop: &Shop,
        connection: &Connection,
        secrets: &Secrets,
        wanted: Vec<Wanted>,
    ) -> Results {
        let mut results = Results::new();
        let mut attempts: BTreeMap<ListingId, (Wanted, ListingState)> = BTreeMap::new();
        for want in wanted {
            match self.begin(shop, connection, &want).await {
                Ok(state) => {
                    attempts.insert(want.listing.clone(), (want, state));
                }
                Err(why) => {
                    results.insert(want.listing, Err(why));
                }
            }
        }
        let sets: Vec<StockSet> =
            attempts.values().map(|(want, _)| StockSet::blind(want.listing.clone(), want.quantity)).collect();
        if sets.is_empty() {
            return results;
        }
        let outcomes = self.gateway.set_stock(shop, connection, secrets, &sets).await;
        for (listing, outcome) in outcomes {
            let Some((want, state)) = attempts.remove(&listing) else { continue };
            results.insert(listing, self.finish(shop, connection, want, state, outcome).await);
        }
        for (listing, _) in attempts {
            let missing = ChannelError::timed_out("the answer left this listing out");
            results.insert(listing, Err(NotShown::Channel(missing, None)));
        }
        results
    }

    /// Notes the attempt before anything is sent, unless an earlier one may still be on its way.
    async fn begin(
        &self,
        shop: &Shop,
        connection: &Connection,
        want: &Wanted,
    ) -> Result<ListingState, NotShown> {
        let now = (self.clock)();
        let old = want.state.clone().unwrap_or_default();
        if let Some(attempt) = &old.attempt {
            let wait = self.until_settled(connection, attempt, now);
            if !wait.is_zero() {
                return Err(NotShown::Wait(wait));
            }
        }
        let deadline = now + CALL_TIMEOUT;
        let state = ListingState {
            attempt_number: old.attempt_number + 1,
            attempt: Some(Attempt { quantity: want.quantity, deadline }),
            ..old.clone()
        };
        let expected = want.state.as_ref().map(|state| state.attempt_number);
        self.save(shop, connection, &want.listing, &state, expected).await?;
        Ok(state)
    }

    /// How long until a call given up at its deadline can no longer be applied (assumption A6).
    fn until_settled(&self, connection: &Connection, attempt: &Attempt, now: Timestamp) -> Duration {
        let channel = channels::registry::find(&connection.channel);
        let applied_within_ms = channel.map_or(60_000, |c| i64::from(c.facts().applied_within_ms));
        let settled_ms = attempt.deadline.as_millisecond() + applied_within_ms;
        Duration::from_millis(u64::try_from(settled_ms - now.as_millisecond()).unwrap_or(0))
    }

    /// Notes the answer. After a doubtful one the attempt stays, so that the next call waits for it.
    async fn finish(
        &self,
        shop: &Shop,
        connection: &Connection,
        want: Wanted,
        state: ListingState,
        outcome: Result<(), ChannelError>,
    ) -> Result<(), NotShown> {
        let expected = Some(state.attempt_number);
        let settled = match &outcome {
            Ok(()) => ListingState {
                attempt: None,
                shown: Some(want.quantity),
                seen: want.seen,
                acknowledged_at: Some((self.clock)()),
                ..state
            },
            // Given up now: it can still be applied for as long as the channel may take.
            Err(error) if error.is_ambiguous() => ListingState {
                attempt: Some(Attempt { quantity: want.quantity, deadline: (self.clock)() }),
                ..state
            },
            Err(_) => ListingState { attempt: None, ..state },
        };
        self.save(shop, connection, &want.listing, &settled, expected).await?;
        tracing::debug!(shop = %shop.id, connection = %connection.id, listing = %want.listing, "published");
        outcome.map_err(|error| NotShown::Channel(error, None))
    }

    async fn save(
        &self,
        shop: &Shop,
        connection: &Connection,
        listing: &ListingId,
        state: &ListingState,
        expected: Option<u64>,
    ) -> Result<(), NotShown> {
        let saved = self.table.save_listing(&shop.id, &connection.id, listing, state, expected).await;
        saved.map_err(|error| match error {
            // Another worker is at this listing: look again shortly.
            table::TableError::Lost(_) => NotShown::Wait(Duration::from_secs(1)),
            other => NotShown::Later(other.to_string()),
        })
    }

    /// A message is done when all its listings are; the gravest trouble decides otherwise.
    async fn outcome(
        &self,
        message: &Message,
        publish: &PublishMessage,
        results: &BTreeMap<(ShopId, ConnectionId), Results>,
    ) -> Outcome {
        let Some(results) = results.get(&(publish.shop.clone(), publish.connection.clone())) else {
            return Outcome::Done;
        };
        let mut again = None;
        for listing in &publish.listings {
            let Some(Err(trouble)) = results.get(listing) else { continue };
            match self.trouble(message, publish, listing, trouble).await {
                Outcome::Done => {}
                outcome => again = Some(outcome),
            }
        }
        let shown = publish.listings.iter().filter(|id| matches!(results.get(*id), Some(Ok(())))).count();
        if again.is_none() && shown > 0 {
            self.measure(publish, shown);
        }
        again.unwrap_or(Outcome::Done)
    }

    /// From the order to the moment the other channels were told.
    fn measure(&self, publish: &PublishMessage, shown: usize) {
        metrics::tell(&[("ListingsShown", Unit::Count, i64::try_from(shown).unwrap_or(i64::MAX))]);
        if let Some(since) = publish.since {
            let age_ms = (self.clock)().as_millisecond() - since.as_millisecond();
            metrics::tell(&[("FreshnessMs", Unit::Milliseconds, age_ms.max(0))]);
        }
    }

    async fn trouble(
        &self,
        message: &Message,
        publish: &PublishMessage,
        listing: &ListingId,
        trouble: &NotShown,
    ) -> Outcome {
        let (error, refusal) = match trouble {
            NotShown::Wait(wait) => {
                let why = "an earlier call may still be applied".to_owned();
                return Outcome::Again { after: Some(*wait), why };
            }
            NotShown::Later(why) => return Outcome::Again { after: None, why: why.clone() },
            NotShown::Channel(error, refusal) => (error, *refusal),
        };
        match next_step(message, error, refusal) {
            Ok(outcome) => outcome,
            Err(reason) => {
                let note = Parked {
                    shop: publish.shop.clone(),
                    connection: publish.connection.clone(),
                    subject: format!("listing {listing}"),
                    reasons: vec![reason],
                    at: (self.clock)(),
                    body: message.body.clone(),
                };
                outcome_of(park(&self.table, &note).await)
            }
        }
    }
}
