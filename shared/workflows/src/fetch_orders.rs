//! Every minute: events that wait at a channel until somebody takes them, and a pass over each channel's own list of
//! orders, so that no order waits there unseen.
//!
//! On AWS the schedule sends one message per shop ([`FetchOrders::handle_schedule`]), and a shop's accounts are asked side by side.
//!
//! Some channels call nobody and only keep a queue (Tiki); others keep the pushes that did not reach us (Shopee). Each
//! page of events is queued here first, and only the next pull tells the channel that we have it. A crash between the
//! two brings the same events again, which changes nothing. A shop that fails is asked again the next minute and holds
//! up no other. What a pass is, and what it proves, stands in [`crate::passes`].

mod by_messages;
mod troubles;

pub use by_messages::{FannedOut, NotFannedOut};
pub use troubles::Troubles;

use crate::every_shop::every_shop;
use crate::news::News;
use crate::passes::Passes;
use crate::publish_stock::Manners;
use crate::refused_login::{is_refusal, look_into};
use crate::sweep_due::another_first;
use channels::channel::{Clock, Door, Notices};
use channels::error::ChannelError;
use channels::facts::Verb;
use channels::gateway::{Account, Gateway};
use commerce::catalogue::Connection;
use commerce::ids::{ConnectionId, ShopId};
use futures::{FutureExt, StreamExt};
use lambda_kit::metrics::{self, Unit};
use lambda_kit::queues::{Queue, QueueError};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use serde::Serialize;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use table::pass_item::PassState;
use table::{Table, TableError};
use tokio::time::Instant;

/// How many shops are asked for at once: all of a batch of messages.
const SIDE_BY_SIDE: usize = 10;
/// How many accounts of a shop are asked at once.
const ACCOUNTS_SIDE_BY_SIDE: usize = 4;
/// No further shop, pull and pass is begun after this long.
const TIME_MAX: Duration = Duration::from_secs(25);
/// A shop whose channels take longer than this altogether is left for the next minute, which goes on where it was.
const SHOP_TIME_MAX: Duration = Duration::from_secs(120);
/// The most pulls of one account in one run; what is left has its turn in the next.
const PULLS_MAX: usize = 50;
/// How often a connection's orders are read, in milliseconds; a little less than the schedule's minute.
pub const POLL_EVERY_MS: i64 = 55_000;
/// An account that has just failed is left alone for this long, in milliseconds, where runs follow each other quickly.
const LEFT_ALONE_MS: i64 = 30_000;

/// What this function needs.
#[derive(Clone)]
pub struct FetchOrders {
    /// Shops and their secrets.
    pub shops: ShopSource,
    /// The channels.
    pub gateway: Arc<Gateway>,
    /// The list of shops, and the logins that were refused.
    pub table: Table,
    /// Where news goes that only names an order.
    pub lookups: Queue,
    /// Where whole orders go.
    pub orders: Queue,
    /// Where the schedule's messages go, one per shop.
    pub queue: Queue,
    /// What reads lists of orders.
    pub passes: Passes,
    /// The time.
    pub clock: Clock,
    /// Accounts that failed when they were asked last.
    pub troubles: Troubles,
}

/// What one run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// Shops that were asked for.
    pub shops: usize,
    /// Events that were taken.
    pub events: usize,
    /// Lists of orders that were read to the end.
    pub passes: usize,
    /// Accounts, and shops that could not be read, which are asked again.
    pub failed: usize,
}

/// Why an account's events were not all taken; doing it again is safe.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Channel(#[from] ChannelError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// What is the same for all accounts of a shop in one run.
struct Run<'a> {
    shops: &'a Shops,
    shop: &'a ShopId,
    /// Nothing further is begun from then on.
    until: Instant,
    /// An account that has failed since is left alone, in milliseconds since 1970.
    since_ms: i64,
    /// How the passes stood; none where that cannot be read.
    before: Option<&'a BTreeMap<ConnectionId, PassState>>,
}

impl FetchOrders {
    /// Takes what waits for all shops in this very call, as far as the time goes: where everything is one machine.
    pub async fn fetch_all(&self) -> Result<Fetched, TableError> {
        let shops = another_first(every_shop(&self.shops, &self.table).await?, (self.clock)());
        Ok(self.fetch_each(shops.into_iter().map(|(shop, _)| shop)).await)
    }

    async fn fetch_each(&self, shops: impl IntoIterator<Item = ShopId>) -> Fetched {
        let until = Instant::now() + TIME_MAX;
        let done = futures::stream::iter(shops)
            .map(async |shop| match Instant::now() < until {
                true => self.try_one(&shop, until).await,
                false => Fetched::default(),
            })
            .buffer_unordered(SIDE_BY_SIDE);
        let fetched = done.fold(Fetched::default(), async |sum, one| sum.and(one)).await;
        if fetched.shops > 0 {
            metrics::tell(&[
                ("EventsPulled", Unit::Count, i64::try_from(fetched.events).unwrap_or(i64::MAX)),
                ("PullsFailed", Unit::Count, i64::try_from(fetched.failed).unwrap_or(i64::MAX)),
            ]);
        }
        fetched
    }

    /// Takes what waits for one shop, also from accounts that have just failed.
    pub async fn fetch_shop(&self, shop: &ShopId) -> Fetched {
        self.fetch(shop, Instant::now() + TIME_MAX, 0).await
    }

    /// A mistake of ours in one shop's news is no reason to stop for the others.
    async fn try_one(&self, shop: &ShopId, until: Instant) -> Fetched {
        let failed = Fetched { shops: 1, failed: 1, ..Fetched::default() };
        let fetching = AssertUnwindSafe(self.fetch(shop, until, LEFT_ALONE_MS)).catch_unwind();
        match tokio::time::timeout(SHOP_TIME_MAX, fetching).await {
            Ok(Ok(fetched)) => fetched,
            Ok(Err(_panic)) => {
                tracing::error!(%shop, "a shop's events made us panic");
                failed
            }
            Err(_) => {
                tracing::warn!(%shop, "a shop's channels took too long; the next minute goes on");
                failed
            }
        }
    }

    /// Its accounts side by side: one whose channel is slow holds up no other.
    async fn fetch(&self, id: &ShopId, until: Instant, left_alone_ms: i64) -> Fetched {
        let mut fetched = Fetched { shops: 1, ..Fetched::default() };
        let shops = self.shops.load_one(id, None).await;
        if let Some(why) = shops.out_of_reach(id) {
            tracing::warn!(shop = %id, %why, "shop not asked for its events; tried again");
            fetched.failed += 1;
        }
        let Some(shop) = shops.catalogue().shops.get(id) else { return fetched };
        let listing = shop.connections.values().filter(|connection| lists_orders(connection));
        let ids: Vec<ConnectionId> = listing.map(|connection| connection.id.clone()).collect();
        let before = match self.table.load_passes(id, &ids).await {
            Ok(before) => Some(before),
            Err(error) => {
                tracing::warn!(shop = %id, %error, "orders not read; tried again");
                fetched.failed += 1;
                None
            }
        };
        let since_ms = (self.clock)().as_millisecond() - left_alone_ms;
        let run = Run { shops: &shops, shop: id, until, since_ms, before: before.as_ref() };
        // Whoever was read longest ago comes first, so that slow accounts cannot starve the others.
        let begun_at = |connection: &&Connection| before.as_ref()?.get(&connection.id)?.begun_at;
        let mut connections: Vec<&Connection> = shop.connections.values().collect();
        connections.sort_by_key(begun_at);
        let accounts: Vec<_> = connections.into_iter().map(|c| self.fetch_account(&run, c)).collect();
        let done = futures::stream::iter(accounts).buffer_unordered(ACCOUNTS_SIDE_BY_SIDE);
        done.fold(fetched, async |sum, one| sum.and(one)).await
    }

    async fn fetch_account(&self, run: &Run<'_>, connection: &Connection) -> Fetched {
        let pulled = self.pull(run, connection).await;
        match run.before.filter(|_| lists_orders(connection)) {
            Some(before) => pulled.and(self.pass(run, connection, before.get(&connection.id)).await),
            None => pulled,
        }
    }

    /// The events that wait at an account, unless it has just failed.
    async fn pull(&self, run: &Run<'_>, connection: &Connection) -> Fetched {
        let mut done = Fetched::default();
        let (shop, id) = (run.shop, &connection.id);
        if !self.keeps_events(connection) || self.troubles.is_left_alone(shop, id, run.since_ms) {
            return done;
        }
        let pulled = self.pull_all(run.shops, shop, connection, run.until, &mut done.events).await;
        done.failed += usize::from(pulled.is_err());
        self.troubles.note(shop, id, (self.clock)().as_millisecond(), pulled);
        done
    }

    /// A pass over an account whose last one began a while ago.
    async fn pass(&self, run: &Run<'_>, connection: &Connection, before: Option<&PassState>) -> Fetched {
        let mut done = Fetched::default();
        let begun_ms = before.and_then(|pass| pass.begun_at).map(|at| at.as_millisecond());
        let next_ms = begun_ms.map(|begun_ms| begun_ms + poll_every_ms(connection));
        let is_early = next_ms.is_some_and(|next_ms| (self.clock)().as_millisecond() < next_ms);
        if is_early || Instant::now() >= run.until {
            return done;
        }
        match self.passes.pass(run.shops, run.shop, &connection.id).await {
            Ok(passed) => done.passes += usize::from(passed.is_complete),
            Err(_) => done.failed += 1,
        }
        done
    }

    fn keeps_events(&self, connection: &Connection) -> bool {
        let channel = self.gateway.channel(&connection.channel);
        channel.is_some_and(|channel| channel.facts().can(Verb::PullEvents))
    }

    /// Pull, queue, and only then pull again with the receipt, which tells the channel that the last page is safe.
    async fn pull_all(
        &self,
        shops: &Shops,
        shop: &ShopId,
        connection: &Connection,
        until: Instant,
        events: &mut usize,
    ) -> Result<(), Failure> {
        let Some((shop, connection)) = shops.connection(shop, &connection.id) else { return Ok(()) };
        let secrets = shops.secrets(&shop.id, &connection.id);
        let (account, door) = (Account { shop, connection, secrets }, Door { shop, connection, secrets });
        let mut taken = None;
        for _ in 0..PULLS_MAX {
            let pulled = match self.gateway.pull_events(&account, taken.as_ref()).await {
                Ok(pulled) => pulled,
                Err(error) => {
                    self.look_into_refusal(&account, &error).await;
                    return Err(error.into());
                }
            };
            *events += pulled.notices.len();
            self.pass_on(&door, pulled.notices).await?;
            // The same receipt again brings the same page again: that is left for the next run.
            let is_new = pulled.receipt.is_some() && pulled.receipt != taken;
            if !is_new || Instant::now() >= until {
                break;
            }
            taken = pulled.receipt;
        }
        Ok(())
    }

    /// A login that was refused is renewed; the next run has the new one.
    async fn look_into_refusal(&self, account: &Account<'_>, error: &ChannelError) {
        let Account { shop, connection, secrets } = *account;
        if is_refusal(self.gateway.channel(&connection.channel).as_ref(), error) {
            look_into(&self.shops, &self.table, (&shop.id, &connection.id), secrets, 1).await;
        }
    }

    async fn pass_on(&self, door: &Door<'_>, notices: Notices) -> Result<(), QueueError> {
        let mut news = News::sort(door, notices, (self.clock)());
        for reason in std::mem::take(&mut news.unusable) {
            // Nothing but the reason is left of it here; the same event pulled again makes the same note.
            let text = reason.advice_en();
            news.keep_for_a_person(door, reason, text.as_bytes());
        }
        news.pass_on(&self.orders, &self.lookups).await
    }
}

impl Fetched {
    fn and(self, other: Self) -> Self {
        Self {
            shops: self.shops + other.shops,
            events: self.events + other.events,
            passes: self.passes + other.passes,
            failed: self.failed + other.failed,
        }
    }
}

fn lists_orders(connection: &Connection) -> bool {
    Manners::of(connection).is_some_and(|manners| manners.lists_orders)
}

/// How often a connection's orders are read, in milliseconds; its account setting `poll_seconds` says otherwise.
fn poll_every_ms(connection: &Connection) -> i64 {
    connection.number("poll_seconds").map_or(POLL_EVERY_MS, |seconds| seconds.max(0) * 1_000)
}
