//! Bringing listings up to date: what messages ask for is sorted here, `covered` listings are seen to so that no unit is
//! on sale twice, and those of the shared `pool` as the shop wants it.

mod covered;
mod desk;
mod manners;
mod pool;
mod stale;

pub(crate) use covered::sum;
pub use desk::{CALL_MS, blind, is_blind};
pub(crate) use desk::{Desk, Standing, is_counted_since, moved_at};
pub use manners::Manners;

use crate::messages::{PublishMessage, from_text, to_text};
use crate::parking::{next_step, outcome_of, park, park_unreadable, wanted};
use crate::refused_login::{Refusal, is_refusal, look_into};
use channels::channel::Clock;
use channels::error::ChannelError;
use channels::gateway::Gateway;
use commerce::Timestamp;
use commerce::catalogue::Listing;
use commerce::ids::{ConnectionId, ListingId, ShopId};
use commerce::park::ParkReason;
use commerce::stock::ListingKey;
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::metrics::{self, Unit};
use lambda_kit::queues::Queue;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::{OutOfReach, Shops};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use table::Table;
use table::parked_item::Parked;

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
    /// Where passes over a channel's orders are asked for.
    pub passes: Queue,
    /// The time.
    pub clock: Clock,
}

/// Newly learned sales by listing, in milliseconds: shares follow them.
pub(crate) type Sales = BTreeMap<ListingKey, Vec<i64>>;

/// When that happened which a listing is to be looked at for; the oldest where there is more than one thing.
pub(crate) type Happened = BTreeMap<ListingId, Timestamp>;

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

/// What messages ask for of one connection.
#[derive(Default)]
struct Asked {
    listings: BTreeSet<ListingId>,
    sales: Sales,
    /// Those of the listings that a person wants tried at once.
    again: BTreeSet<ListingId>,
    /// Those that were seen to show another number than they should.
    doubted: BTreeSet<ListingId>,
    happened: Happened,
}

impl Asked {
    fn add(&mut self, publish: &PublishMessage) {
        self.listings.extend(publish.listings.iter().cloned());
        self.again.extend(publish.listings.iter().filter(|_| publish.again).cloned());
        self.doubted.extend(publish.listings.iter().filter(|_| publish.doubt).cloned());
        for (listing, sold_ms) in &publish.sales {
            self.sales.entry(listing.clone()).or_default().push(*sold_ms);
        }
        let Some(since) = publish.since else { return };
        for listing in &publish.listings {
            let oldest = self.happened.entry(listing.clone()).or_insert(since);
            *oldest = since.min(*oldest);
        }
    }
}

/// The same, by connection.
type Groups = BTreeMap<(ShopId, ConnectionId), Asked>;

/// A wait this short is waited for in the queue; a longer one is noted as due, so that it holds up no other listing.
const SHORT_WAIT: Duration = Duration::from_secs(5);

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
                groups.entry(key).or_default().add(publish);
            }
            read.push(publish);
        }
        let mut results = BTreeMap::new();
        let named = read.iter().flatten().map(|m| (&m.shop, &m.connection, m.shops_file.as_ref()));
        let shops = self.shops.load(&wanted(named)).await;
        let tries = messages.iter().map(|message| message.tries).max().unwrap_or(1);
        for (key, asked) in groups {
            let mut shown = self.bring_up_to_date(&shops, &key, &asked).await;
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
        Asked { listings, sales, again, doubted, happened }: &Asked,
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
        let (covered, pooled): (Vec<&Listing>, Vec<&Listing>) =
            listings.into_iter().partition(|listing| connection.is_covered(listing));
        let work = covered::Work { shop, connection, secrets, sales, again, doubted, happened };
        let mut results = Results::new();
        // In small parts, so that what is read, noted and sent belongs together in time.
        for part in covered.chunks(PART_LISTINGS_MAX) {
            results.extend(self.cover(&work, part).await);
        }
        for part in pooled.chunks(PART_LISTINGS_MAX) {
            results.extend(self.pool(&work, part).await);
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
                    body: to_text(&PublishMessage { again: true, ..publish.clone() }),
                };
                outcome_of(park(&self.table, &note).await)
            }
        }
    }
}
