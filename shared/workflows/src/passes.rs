//! A pass: one connection's orders read from where they were recorded last, every one of them recorded, and only then noted.
//!
//! It finds what no webhook told, and it is the proof that a listing is drained: all orders from before a moment are in the
//! book. Load where the last pass began, list what changed since, look up what is only named, record all of it in this very
//! call, note how far the book is complete now, and tell the listings that waited for it.

mod note;
mod read;

use crate::look_again::{look_at, look_at_all};
use crate::messages::{PassMessage, from_text};
use crate::parking::{park_unreadable, require_connection, set_aside, wanted};
use crate::publish_stock::Manners;
use crate::record_orders::{Listened, RecordOrders};
use channels::channel::Clock;
use channels::error::ChannelError;
use channels::gateway::{Account, Gateway};
use commerce::Timestamp;
use commerce::back_fill::Pieces;
use commerce::ids::{ConnectionId, ListingId, ShopId};
use commerce::park::ParkReason;
use commerce::removed::{Rule, is_removed};
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::queues::Queue;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use table::due_item::DueWork;
use table::{Table, TableError};
use tokio::time::Instant;

/// How far the clocks of our own workers may stand apart, in milliseconds: a pass proves nothing about the time since.
pub const CLOCKS_APART_MS: i64 = 2_000;
/// How much further back a list is asked for than need be, in milliseconds: the channel sorts by its own clock.
const OVERLAP_MS: i64 = 60_000;

/// No further pass is begun by one call after this long.
const TIME_MAX: Duration = Duration::from_secs(60);

/// What this work needs.
#[derive(Clone)]
pub struct Passes {
    /// Shops and their secrets.
    pub shops: ShopSource,
    /// The channels.
    pub gateway: Arc<Gateway>,
    /// The book.
    pub table: Table,
    /// What writes orders into the book.
    pub record: RecordOrders,
    /// Where listings go that waited for the pass.
    pub publish: Queue,
    /// The time.
    pub clock: Clock,
    /// How a long list is cut.
    pub pieces: Pieces,
}

/// What one pass came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Orders that the list told of.
    pub orders: usize,
    /// True when the book is complete up to the pass.
    pub is_complete: bool,
    /// Listings that waited for it.
    pub woken: usize,
}

/// Why a pass is not complete; doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum PassFailure {
    /// The channel.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A queue.
    #[error(transparent)]
    Queue(#[from] lambda_kit::queues::QueueError),
    /// An order could not be written.
    #[error("order not recorded: {0}")]
    NotRecorded(String),
}

/// What the list told: how many orders, how each had been heard of, and why the rest keeps the proof back.
#[derive(Default)]
struct Listed {
    orders: usize,
    listened: Listened,
    blocked_by: Option<String>,
    /// False where time was up before the end of the list.
    is_whole: bool,
}

impl Work for Passes {
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(self.handle(messages))
    }
}

impl Passes {
    /// Handles messages that ask for passes; several for one connection are one pass.
    pub async fn handle(&self, messages: &[Message]) -> Vec<Outcome> {
        let read: Vec<Result<PassMessage, ParkReason>> =
            messages.iter().map(|m| from_text(&m.body)).collect();
        let named = read.iter().flatten().map(|m| (&m.shop, &m.connection, None));
        let shops = self.shops.load(&wanted(named)).await;
        let mut until: BTreeMap<(ShopId, ConnectionId), Option<Timestamp>> = BTreeMap::new();
        for ask in read.iter().flatten() {
            let key = (ask.shop.clone(), ask.connection.clone());
            // One message that wants a reading in any case is enough.
            let latest = until.entry(key).or_insert(ask.until);
            *latest = latest.zip(ask.until).map(|(one, other)| one.max(other));
        }
        let mut done: BTreeMap<(ShopId, ConnectionId), Result<(), String>> = BTreeMap::new();
        let ends_at = Instant::now() + TIME_MAX;
        let mut outcomes = Vec::new();
        for (message, read) in messages.iter().zip(read) {
            outcomes.push(match read {
                Err(reason) => park_unreadable(&self.table, &self.clock, message, reason).await,
                Ok(ask) => match require_connection(&shops, &ask.shop, &ask.connection) {
                    Err(why) => set_aside(&self.table, &self.clock, message, why).await,
                    // Killed in the middle, this call would do all of them again.
                    Ok(()) if Instant::now() >= ends_at => {
                        Outcome::Again { after: None, why: "other readings took all the time".to_owned() }
                    }
                    Ok(()) => self.pass_once(&shops, ask, &until, &mut done).await,
                },
            });
        }
        outcomes
    }

    async fn pass_once(
        &self,
        shops: &Shops,
        PassMessage { shop, connection, .. }: PassMessage,
        until: &BTreeMap<(ShopId, ConnectionId), Option<Timestamp>>,
        done: &mut BTreeMap<(ShopId, ConnectionId), Result<(), String>>,
    ) -> Outcome {
        let key = (shop, connection);
        if !done.contains_key(&key) {
            let passed = self
                .pass_until(shops, (&key.0, &key.1), until.get(&key).copied().flatten())
                .await
                .map(|_| ())
                .map_err(|error| error.to_string());
            done.insert(key.clone(), passed);
        }
        match done.get(&key) {
            Some(Err(why)) => Outcome::Again { after: None, why: why.clone() },
            // The schedule's next pass is as good as this one tried again.
            _ => Outcome::Done,
        }
    }

    /// One pass of one connection. Nothing to do where the channel lists no orders.
    pub async fn pass(
        &self,
        shops: &Shops,
        shop: &ShopId,
        connection: &ConnectionId,
    ) -> Result<Passed, PassFailure> {
        self.pass_until(shops, (shop, connection), None).await
    }

    /// A pass, unless another one has proved as much by now; then the listings are told once more.
    async fn pass_until(
        &self,
        shops: &Shops,
        (shop, connection): (&ShopId, &ConnectionId),
        until: Option<Timestamp>,
    ) -> Result<Passed, PassFailure> {
        let Some((shop, connection)) = shops.connection(shop, connection) else {
            return Ok(Passed::default());
        };
        let Some(manners) = Manners::of(connection).filter(|manners| manners.lists_orders) else {
            return Ok(Passed::default());
        };
        let Some(channel) = self.gateway.channel(&connection.channel) else { return Ok(Passed::default()) };
        let account = Account { shop, connection, secrets: shops.secrets(&shop.id, &connection.id) };
        let begun_at = (self.clock)();
        let ids = [connection.id.clone()];
        let before = self.table.load_passes(&shop.id, &ids).await?.remove(&connection.id).unwrap_or_default();
        if until.is_some() && before.drained_until >= until {
            return Ok(Passed { orders: 0, is_complete: true, woken: self.wake(&account).await? });
        }
        let lag_ms = manners.as_seen(Some(&before)).pace.list_lag_ms;
        let drained_until = complete_until(begun_at, lag_ms);
        if is_removed(Rule::RecordBeforeCursor) {
            self.note(&account, &before, (begun_at, lag_ms), &Listed::default()).await?;
            self.wake(&account).await?;
        }
        if before.is_seen_again {
            self.look_at_all(&account).await?;
        }
        let mut before = before;
        let listed = match self.read(&account, channel.facts(), &mut before, (begun_at, drained_until)).await
        {
            Ok(listed) => listed,
            Err(failure) => {
                self.note_failure(&account, before, begun_at, &failure).await;
                return Err(failure);
            }
        };
        if !listed.is_whole {
            return Ok(Passed { orders: listed.orders, ..Passed::default() });
        }
        let is_complete = listed.blocked_by.is_none();
        self.note(&account, &before, (begun_at, lag_ms), &listed).await?;
        let woken = if is_complete { self.wake(&account).await? } else { 0 };
        Ok(Passed { orders: listed.orders, is_complete, woken })
    }

    /// A channel that is seen again after long may be given units again, and others may have to give some up for it.
    async fn look_at_all(&self, account: &Account<'_>) -> Result<(), PassFailure> {
        let now_ms = (self.clock)().as_millisecond();
        let why = format!("seen-{}-{now_ms}", account.connection.id);
        Ok(self.publish.send(look_at_all(account.shop, &why)).await?)
    }

    /// Tells the listings of the connection whose attempts are not resolved that more is known now.
    async fn wake(&self, account: &Account<'_>) -> Result<usize, PassFailure> {
        let due = self.table.due(&account.shop.id, Some(&account.connection.id)).await?;
        let listings: Vec<ListingId> = due
            .into_iter()
            .filter_map(|due| match due.work {
                DueWork::Listing(_, listing) => Some(listing),
                DueWork::Hold(..) | DueWork::PickUp(..) | DueWork::Forward(..) => None,
            })
            .collect();
        let count = listings.len();
        let now_ms = (self.clock)().as_millisecond();
        let messages = look_at(account.shop, account.connection, listings, &format!("pass-{now_ms}"));
        self.publish.send(messages).await?;
        Ok(count)
    }
}

/// Up to when the book is complete by a pass over a list that is behind by so much, in milliseconds.
fn complete_until(begun_at: Timestamp, lag_ms: i64) -> Timestamp {
    if is_removed(Rule::ListLag) { begun_at } else { minus(begun_at, lag_ms + CLOCKS_APART_MS) }
}

fn minus(time: Timestamp, ms: i64) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond() - ms).unwrap_or(Timestamp::MIN)
}
