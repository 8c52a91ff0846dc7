//! Orders reach the shop floor: each is put, once, into the till or website of the store that serves it, and what the store
//! does is told where it was bought.
//!
//! Load the order, how far it is on its way, and what the target says of it; decide (pure, [`commerce::forward::next`]); save
//! before anything is sent; tell. Whoever is not sure looks our reference up at the target. A target that is down delays: the
//! time of the next try is noted as due with every save, so that nothing waits on one lost message.

mod count;
mod load;
mod send;

use crate::forward_orders::load::{Load, Matter};
use crate::messages::{Ask, ForwardMessage, LookUpMessage, from_text, outgoing_look_up, to_text};
use crate::parking::{NotNow, park, require_connection, set_aside, wanted};
use channels::channel::Clock;
use channels::gateway::Gateway;
use commerce::forward::{Act, Forwarding, Question, Stage, Told, next};
use commerce::ids::{ConnectionId, ForwardReference, LocationId, OrderId, ShopId};
use commerce::park::ParkReason;
use commerce::plan::OrderKey;
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::queues::Queue;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use std::sync::Arc;
use table::due_item::DueWork;
use table::parked_item::Parked;
use table::save_forward::ForwardWrite;
use table::{Table, TableError};

/// Steps of one order and store in one go; no order has so many to take.
const STEPS_MAX: usize = 8;
/// A forwarding stays this much longer than its order, in seconds.
const STAYS_LONGER_S: i64 = 366 * 86_400;

/// Draws a reference that nobody can guess.
pub type Draw = Arc<dyn Fn() -> ForwardReference + Send + Sync>;

/// Draws from the operating system's randomness.
pub fn drawn() -> Draw {
    Arc::new(|| ForwardReference::of(rand::random()))
}

/// What this function needs.
#[derive(Clone)]
pub struct ForwardOrders {
    /// Shops and their secrets.
    pub shops: ShopSource,
    /// The channels.
    pub gateway: Arc<Gateway>,
    /// The book.
    pub table: Table,
    /// Where orders are asked for: the target's own word of what was put in or called off.
    pub lookups: Queue,
    /// Where listings to look at go: what a website shows has fallen with an order that was put in.
    pub publish: Queue,
    /// The time.
    pub clock: Clock,
    /// Where references come from.
    pub draw: Draw,
}

/// Why an order was not seen to.
enum Trouble {
    /// The table or a queue did not answer as hoped.
    Later(String),
    /// Somebody else was quicker: everything is read anew.
    Lost,
}

impl From<TableError> for Trouble {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Lost(_) => Trouble::Lost,
            error => Trouble::Later(error.to_string()),
        }
    }
}

impl Work for ForwardOrders {
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(self.handle(messages))
    }
}

impl ForwardOrders {
    /// Handles a batch; one outcome per message, in order.
    pub async fn handle(&self, messages: &[Message]) -> Vec<Outcome> {
        let read: Vec<Result<ForwardMessage, ParkReason>> =
            messages.iter().map(|message| from_text(&message.body)).collect();
        let named = read.iter().flatten().map(|m| (&m.shop, &m.connection, None));
        let shops = self.shops.load(&wanted(named)).await;
        let mut outcomes = Vec::new();
        for (message, read) in messages.iter().zip(read) {
            outcomes.push(self.one(&shops, message, read).await);
        }
        outcomes
    }

    async fn one(
        &self,
        shops: &Shops,
        message: &Message,
        read: Result<ForwardMessage, ParkReason>,
    ) -> Outcome {
        let known =
            |read: ForwardMessage| require_connection(shops, &read.shop, &read.connection).map(|()| read);
        let named = read.as_ref().ok().map(|read| read.order_key());
        let forward = match read.map_err(NotNow::from).and_then(known) {
            Ok(forward) => forward,
            Err(why) => {
                if let (Some(order), NotNow::Park(_)) = (named, &why) {
                    let _tried_again_by_the_next_sweep = self.let_rest(&order.shop, &order).await;
                }
                return set_aside(&self.table, &self.clock, message, why).await;
            }
        };
        match self.see_to(shops, &forward).await {
            Ok(()) => Outcome::Done,
            Err(Trouble::Lost) => Outcome::Again { after: None, why: "somebody else was quicker".to_owned() },
            Err(Trouble::Later(why)) => Outcome::Again { after: None, why },
        }
    }

    /// Sees to every store of the order, whichever of its accounts the news came from.
    async fn see_to(&self, shops: &Shops, forward: &ForwardMessage) -> Result<(), Trouble> {
        let load = Load { table: &self.table, shops, forward };
        let Some(news) = load.news().await? else {
            return self.let_rest(&forward.shop, &forward.order_key()).await;
        };
        let listings = load.listings_that_fell(&news);
        self.publish.send(listings).await.map_err(|e| Trouble::Later(e.to_string()))?;
        for location in load.stores(&news).await? {
            self.steps(&load, &news.origin, &location).await?;
        }
        Ok(())
    }

    async fn steps(&self, load: &Load<'_>, origin: &OrderKey, location: &LocationId) -> Result<(), Trouble> {
        for step in 0..STEPS_MAX {
            let Some(matter) = load.matter(origin, location).await? else {
                return self.let_rest(&load.forward.shop, origin).await;
            };
            let again = matter.again((self.clock)()).filter(|_| step == 0 && load.forward.again);
            let goes_on = match again {
                Some(again) => self.save(&matter, &again, 0).await.map(|()| true)?,
                None => self.step(&matter).await?,
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Nothing can be done about it any more: an account has left the shop's file, or the order the book. It is looked at again
    /// with the next news, and not each minute.
    async fn let_rest(&self, shop: &ShopId, order: &OrderKey) -> Result<(), Trouble> {
        for due in self.table.due(shop, None).await? {
            let is_it = |connection: &ConnectionId, id: &OrderId| {
                (connection, id) == (&order.connection, &order.order)
            };
            if matches!(&due.work, DueWork::Forward(connection, _, id) if is_it(connection, id)) {
                self.table.forget_due(shop, &due).await?;
            }
        }
        Ok(())
    }

    /// Takes one step; false where nothing more is to be done for now.
    async fn step(&self, matter: &Matter<'_>) -> Result<bool, Trouble> {
        let fresh = (self.draw)();
        match next(&matter.scene(&fresh, (self.clock)())) {
            Act::Nothing | Act::Wait(_) => Ok(false),
            Act::Note(forwarding) => self.save(matter, &forwarding, 0).await.map(|()| true),
            Act::Put(forwarding) => self.put(matter, &forwarding).await,
            Act::Find(forwarding) => self.find(matter, &forwarding).await,
            Act::CallOff(forwarding, there) => self.call_off(matter, &forwarding, &there).await,
            Act::Count(forwarding, there) => self.count(matter, &forwarding, &there).await,
            Act::Tell(forwarding, news) => self.tell(matter, &forwarding, news).await,
            Act::GiveUp(forwarding) => {
                let listing = matter.unknown().map(ToString::to_string).unwrap_or_default();
                self.park(matter, ParkReason::UnknownSku { listing }).await?;
                self.save(matter, &forwarding, 0).await.map(|()| false)
            }
            Act::Ask(forwarding, question) => {
                let account = forwarding.target.to_string();
                let reason = match question {
                    Question::CalledOffByStore => ParkReason::CalledOffByStore { account },
                    Question::SentAfterCancel => ParkReason::SentAfterCancel { account },
                };
                self.park(matter, reason).await?;
                self.save(matter, &forwarding, 0).await.map(|()| true)
            }
        }
    }

    /// Writes a state; `later` counts the states of this step that were written before.
    async fn save(&self, matter: &Matter<'_>, forwarding: &Forwarding, later: u64) -> Result<(), Trouble> {
        let expected = match matter.state {
            None => later.checked_sub(1).map(|before| before + 1),
            Some(state) => Some(state + later),
        };
        let keep_s = i64::from(matter.shop.keep_orders_days) * 86_400;
        let write = ForwardWrite {
            order: &matter.key,
            location: &matter.location,
            forwarding,
            expected,
            due: forwarding.look_again_at(matter.settles_after),
            ends_at_s: (self.clock)().as_second() + keep_s + STAYS_LONGER_S,
        };
        Ok(self.table.save_forwarding(&write).await?)
    }

    /// Writes that it failed once more, at that stage: it is looked at again after a pause. Nothing more is to be done for now.
    async fn try_later(
        &self,
        matter: &Matter<'_>,
        forwarding: &Forwarding,
        stage: Stage,
        later: u64,
    ) -> Result<bool, Trouble> {
        self.save(matter, &forwarding.failed(stage, (self.clock)()), later).await.map(|()| false)
    }

    async fn park(&self, matter: &Matter<'_>, reason: ParkReason) -> Result<(), Trouble> {
        let forward = ForwardMessage {
            shop: matter.key.shop.clone(),
            connection: matter.key.connection.clone(),
            order: matter.key.order.clone(),
            again: false,
        };
        let note = Parked {
            shop: forward.shop.clone(),
            connection: forward.connection.clone(),
            subject: forward.order.to_string(),
            reasons: vec![reason],
            at: (self.clock)(),
            body: to_text(&forward),
        };
        Ok(park(&self.table, &note).await?)
    }

    async fn ask_about(&self, matter: &Matter<'_>, order: &OrderId) -> Result<(), Trouble> {
        let look_up = LookUpMessage {
            shop: matter.key.shop.clone(),
            connection: matter.target.id.clone(),
            ask: Ask::Order { order: order.clone() },
        };
        let message = outgoing_look_up(&look_up);
        self.lookups.send(vec![message]).await.map_err(|e| Trouble::Later(e.to_string()))
    }
}

/// The news a channel takes about its orders, in the steps a store takes.
fn takes(carries: &[channels::forward::NewsKind], tells_delivered: bool) -> Vec<Told> {
    use channels::forward::NewsKind;
    let told = |kind: &NewsKind| match kind {
        NewsKind::ReadyToShip => Some(Told::Ready),
        NewsKind::Shipped => Some(Told::Shipped),
        NewsKind::Delivered if tells_delivered => Some(Told::Delivered),
        NewsKind::Accepted | NewsKind::Delivered | NewsKind::Cancelled => None,
    };
    carries.iter().filter_map(told).collect()
}
