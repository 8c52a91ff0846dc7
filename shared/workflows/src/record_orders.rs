//! Writing orders and their stock into the book, in one transaction per batch and shop.
//!
//! Load the orders, decide (pure, in `commerce::plan`), save one step after the other, tell. A failed condition
//! teaches us what the table holds and the batch is planned again; nothing is ever applied twice, because every
//! change is the difference to what was applied before.

use crate::echoes::{Echoes, echoes};
use crate::jitter::pause;
use crate::lost_write::learn;
use crate::messages::{Ask, LookUpMessage, Record, RecordMessage, from_text, outgoing_look_up};
use crate::parking::{NotNow, outcome_of, park, require_connection, set_aside, wanted};
use crate::record_levels::RecordLevels;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::channel::Clock;
use commerce::allocate::Learned;
use commerce::effect::Restores;
use commerce::ids::{ConnectionId, ShopId};
use commerce::order::ChannelOrder;
use commerce::park::ParkReason;
use commerce::plan::{OrderEvents, OrderKey, Plan, plan};
use commerce::record::Account;
use commerce::silence::{Heard, Heeded};
use commerce::steps::{OrderWrite, Step, pack};
use commerce::stock::StockKey;
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::metrics::{self, Unit};
use lambda_kit::objects::Objects;
use lambda_kit::queues::{Outgoing, Queue};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use table::parked_item::Parked;
use table::{Table, TableError};

/// How often a batch is planned anew inside one call before it goes back to the queue.
const ROUNDS_MAX: u32 = 8;
/// After this many rounds a store is no longer asked whether it has the goods: the order is a fact.
const ROUNDS_ASKING: u32 = 5;

/// What this function needs.
#[derive(Clone)]
pub struct RecordOrders {
    /// Shops.
    pub shops: ShopSource,
    /// The book.
    pub table: Table,
    /// Where orders are asked for again.
    pub lookups: Queue,
    /// Where unreadable bodies lie.
    pub archive: Objects,
    /// The time.
    pub clock: Clock,
}

/// The messages of one shop in one call.
#[derive(Clone, Copy)]
struct Batch<'a> {
    shops: &'a Shops,
    shop: &'a ShopId,
    messages: &'a [Message],
}

/// The orders of a batch as a list told of them.
pub(crate) type Listened = Vec<Heeded>;

/// What has become of the messages so far.
struct Done<'a> {
    outcomes: &'a mut [Outcome],
    listened: &'a mut Listened,
}

/// One order event and the message it came in.
struct Event {
    place: usize,
    connection: ConnectionId,
    order: ChannelOrder,
    /// True for one that was read from the channel's list.
    is_listed: bool,
}

/// Orders as the table holds them, with our revision of each.
pub(crate) type Stored = BTreeMap<OrderKey, (commerce::effect::OrderState, String)>;

/// Why a batch could not be written whole.
pub(crate) enum Trouble {
    /// Try the batch again later.
    Later(String),
    /// Some part of it is not valid: split to find which.
    Split(String),
}

impl Work for RecordOrders {
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(self.handle(messages))
    }
}

impl RecordOrders {
    /// Handles a batch; one outcome per message, in order.
    pub async fn handle(&self, messages: &[Message]) -> Vec<Outcome> {
        self.handle_and_listen(messages).await.0
    }

    /// The same, and how each order had been heard of before.
    pub(crate) async fn handle_and_listen(&self, messages: &[Message]) -> (Vec<Outcome>, Listened) {
        let mut listened = Listened::new();
        let mut outcomes: Vec<Outcome> = messages.iter().map(|_| Outcome::Done).collect();
        let mut orders: BTreeMap<ShopId, Vec<Event>> = BTreeMap::new();
        let levels = RecordLevels { table: &self.table };
        let read: Vec<Result<RecordMessage, ParkReason>> = messages.iter().map(read).collect();
        let named = read.iter().flatten().map(|m| (&m.shop, &m.connection, m.shops_file.as_ref()));
        let shops = self.shops.load(&wanted(named)).await;
        for (place, (message, read)) in messages.iter().zip(read).enumerate() {
            let known =
                |read: RecordMessage| require_connection(&shops, &read.shop, &read.connection).map(|()| read);
            let RecordMessage { shop, connection, record, .. } =
                match read.map_err(NotNow::from).and_then(known) {
                    Ok(read) => read,
                    Err(why) => {
                        outcomes[place] = set_aside(&self.table, &self.clock, message, why).await;
                        continue;
                    }
                };
            let is_listed = matches!(record, Record::Listed(_));
            match record {
                Record::Order(order) | Record::Listed(order) => {
                    let event = Event { place, connection, order: *order, is_listed };
                    orders.entry(shop).or_default().push(event);
                }
                Record::Level { sku, level } => outcomes[place] = levels.record(&shop, &sku, &level).await,
                Record::Unusable { reason, body_base64 } => {
                    outcomes[place] = self.keep_unusable(shop, connection, reason, &body_base64).await;
                }
            }
        }
        for (shop, events) in &orders {
            let batch = Batch { shops: &shops, shop, messages };
            let mut done = Done { outcomes: &mut outcomes, listened: &mut listened };
            self.record_shop(batch, events, &mut done).await;
        }
        (outcomes, listened)
    }

    /// Writes the orders of one shop; a part that is not valid is found by halving and parked alone.
    async fn record_shop(&self, batch: Batch<'_>, events: &[Event], done: &mut Done<'_>) {
        let trouble = match self.record_batch(batch, events).await {
            Ok(listened) => {
                done.listened.extend(listened);
                let orders = i64::try_from(events.len()).unwrap_or(i64::MAX);
                metrics::tell(&[("OrdersRecorded", Unit::Count, orders)]);
                return;
            }
            Err(trouble) => trouble,
        };
        match trouble {
            Trouble::Later(why) => {
                for event in events {
                    done.outcomes[event.place] = Outcome::Again { after: None, why: why.clone() };
                }
            }
            Trouble::Split(_) if has_several_orders(events) => {
                let (left, right) = halves(events);
                Box::pin(self.record_shop(batch, left, done)).await;
                Box::pin(self.record_shop(batch, right, done)).await;
            }
            Trouble::Split(why) => {
                for event in events {
                    let reason = ParkReason::Refused { detail: why.clone() };
                    let note = self.note(batch, event, vec![reason]);
                    done.outcomes[event.place] = outcome_of(park(&self.table, &note).await);
                }
            }
        }
    }

    /// Load, decide, save; again with what was learned, until nothing is left to write. The answer says how each order
    /// that is in the book now had been heard of before.
    async fn record_batch(&self, batch: Batch<'_>, events: &[Event]) -> Result<Listened, Trouble> {
        let shop = batch.shop;
        let mut learned = Learned::default();
        let mut stored = self.load(shop, events, false).await?;
        let told: Vec<(OrderKey, &ChannelOrder)> =
            events.iter().map(|event| (key(shop, event), &event.order)).collect();
        let echoes = echoes(&self.table, shop, &told).await.map_err(|e| Trouble::Later(e.to_string()))?;
        for round in 1..=ROUNDS_MAX {
            learned.insist = round > ROUNDS_ASKING;
            let decided = plan(&works(batch, events, &stored, &echoes), &learned, (self.clock)());
            let tell = self.telling(batch, &decided, events);
            self.recall(shop, &decided, &mut learned).await?;
            let steps = pack(decided.changes, &learned);
            match self.save(batch, &steps, events).await {
                Ok(()) => {
                    self.tell(tell).await?;
                    return Ok(listen(shop, events, &stored, &decided.refused));
                }
                Err((place, TableError::Lost(lost))) => {
                    learn(&steps[place], &lost, &mut stored, &mut learned)?;
                    if place > 0 {
                        stored = self.load(shop, events, true).await?;
                    }
                }
                Err((_, TableError::Ambiguous(_))) => {
                    stored = self.load(shop, events, true).await?;
                }
                Err((_, TableError::Busy(why))) => {
                    tracing::debug!(shop = %shop, why, round, "table busy");
                    pause(round).await;
                    stored = self.load(shop, events, true).await?;
                }
                Err((_, TableError::Invalid(why))) => return Err(Trouble::Split(why)),
                Err((_, error)) => return Err(Trouble::Later(error.to_string())),
            }
        }
        Err(Trouble::Later("the table stayed busy".to_owned()))
    }

    async fn load(&self, shop: &ShopId, events: &[Event], consistent: bool) -> Result<Stored, Trouble> {
        let keys: Vec<OrderKey> = events.iter().map(|event| key(shop, event)).collect();
        self.table.load_orders(&keys, consistent).await.map_err(|e| Trouble::Later(e.to_string()))
    }

    /// Goods that leave or come back lengthen their balance's trail, so that one is read first.
    async fn recall(&self, shop: &ShopId, decided: &Plan, learned: &mut Learned) -> Result<(), Trouble> {
        let moved = decided.changes.iter().flat_map(|change| &change.delta);
        let unknown: Vec<StockKey> = moved
            .filter(|(key, delta)| {
                delta.on_hand != 0 && !learned.trail.contains_key(&(shop.clone(), (*key).clone()))
            })
            .map(|(key, _)| key.clone())
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let found = self.table.load_stock(shop, &unknown).await.map_err(|e| Trouble::Later(e.to_string()))?;
        for key in unknown {
            let trail = found.get(&key).map(|stock| stock.trail.clone()).unwrap_or_default();
            learned.trail.insert((shop.clone(), key), trail);
        }
        Ok(())
    }

    /// Saves one step after the other; a failure says at which step.
    async fn save(
        &self,
        batch: Batch<'_>,
        steps: &[Step],
        events: &[Event],
    ) -> Result<(), (usize, TableError)> {
        let keep_days =
            |id: &ShopId| batch.shops.catalogue().shops.get(id).map_or(1_095, |s| s.keep_orders_days);
        for (place, step) in steps.iter().enumerate() {
            let with_reasons = step.orders.iter().filter(|order| !order.parks.is_empty());
            let notes: Vec<Parked> =
                with_reasons.filter_map(|order| self.note_of(batch, order, events)).collect();
            self.table.save_step(step, keep_days, &notes).await.map_err(|error| (place, error))?;
            for note in &notes {
                metrics::tell(&[("Parked", Unit::Count, 1)]);
                tracing::warn!(shop = %note.shop, subject = %note.subject, "stored; waits for a person too");
            }
        }
        Ok(())
    }

    fn note_of(&self, batch: Batch<'_>, order: &OrderWrite, events: &[Event]) -> Option<Parked> {
        let event = events.iter().rev().find(|event| key(batch.shop, event) == order.key)?;
        Some(self.note(batch, event, order.parks.clone()))
    }

    fn note(&self, batch: Batch<'_>, event: &Event, reasons: Vec<ParkReason>) -> Parked {
        Parked {
            shop: batch.shop.clone(),
            connection: event.connection.clone(),
            subject: event.order.id.to_string(),
            reasons,
            at: (self.clock)(),
            body: batch.messages[event.place].body.clone(),
        }
    }

    /// What must be said once the step is saved: orders to ask for again, and orders set aside whole.
    fn telling(&self, batch: Batch<'_>, decided: &Plan, events: &[Event]) -> (Vec<Outgoing>, Vec<Parked>) {
        let again = decided.rereads.iter().map(|key| {
            let ask = Ask::Order { order: key.order.clone() };
            let (shop, connection) = (key.shop.clone(), key.connection.clone());
            outgoing_look_up(&LookUpMessage { shop, connection, ask })
        });
        let refused = decided.refused.iter().filter_map(|(refused, reason)| {
            let event = events.iter().find(|event| key(batch.shop, event) == *refused)?;
            Some(self.note(batch, event, vec![reason.clone()]))
        });
        (again.collect(), refused.collect())
    }

    async fn tell(&self, (again, refused): (Vec<Outgoing>, Vec<Parked>)) -> Result<(), Trouble> {
        for note in &refused {
            park(&self.table, note).await.map_err(|e| Trouble::Later(e.to_string()))?;
        }
        self.lookups.send(again).await.map_err(|e| Trouble::Later(e.to_string()))
    }

    /// The body goes to object storage, because it may hold buyer data; the note says where it lies.
    async fn keep_unusable(
        &self,
        shop: ShopId,
        connection: ConnectionId,
        reason: ParkReason,
        body_base64: &str,
    ) -> Outcome {
        let body = STANDARD.decode(body_base64).unwrap_or_default();
        let digest = hex::encode(&Sha256::digest(&body)[..8]);
        let name = format!("parked/{shop}/{connection}/{digest}");
        if let Err(error) = self.archive.put(&name, body).await {
            return Outcome::Again { after: None, why: error.to_string() };
        }
        let at = (self.clock)();
        let note = Parked { shop, connection, subject: digest, reasons: vec![reason], at, body: name };
        outcome_of(park(&self.table, &note).await)
    }
}

fn read(message: &Message) -> Result<RecordMessage, ParkReason> {
    let read: RecordMessage = from_text(&message.body)?;
    match &read.record {
        Record::Order(order) | Record::Listed(order) => order.check()?,
        Record::Level { level, .. } => level.check()?,
        Record::Unusable { .. } => {}
    }
    Ok(read)
}

/// Folds the events by order, each with its account and what the table holds.
fn works<'a>(
    batch: Batch<'a>,
    events: &'a [Event],
    stored: &Stored,
    echoes: &Echoes,
) -> Vec<OrderEvents<'a>> {
    let mut works: BTreeMap<OrderKey, OrderEvents<'a>> = BTreeMap::new();
    for event in events {
        let Some((shop, connection)) = batch.shops.connection(batch.shop, &event.connection) else {
            continue;
        };
        let channel = channels::registry::find(&connection.channel);
        let restores = channel.map_or(Restores::Unknown, |c| c.facts().restores_on_cancel);
        let key = key(batch.shop, event);
        let work = works.entry(key.clone()).or_insert_with(|| OrderEvents {
            account: Account { shop, connection, restores },
            events: Vec::new(),
            stored: stored.get(&key).cloned(),
            heard: false,
            echo_of: echoes.get(&key).cloned(),
            key,
        });
        work.events.push(&event.order);
        work.heard |= !event.is_listed;
    }
    works.into_values().collect()
}

/// `stored` is what the book held before; what was refused is not in it.
fn listen(shop: &ShopId, events: &[Event], stored: &Stored, refused: &[(OrderKey, ParkReason)]) -> Listened {
    let keyed = events.iter().map(|event| (key(shop, event), &event.order));
    let recorded = keyed.filter(|(key, _)| !refused.iter().any(|(refused, _)| refused == key));
    let heard = |key: &OrderKey| match stored.get(key) {
        None => Heard::ReadNow,
        Some((state, _)) if state.unheard => Heard::ReadBefore,
        Some(_) => Heard::Told,
    };
    let heeded = |(key, order): (OrderKey, &ChannelOrder)| Heeded {
        placed_at: order.created_at,
        changed_at: order.source_time,
        heard: heard(&key),
    };
    recorded.map(heeded).collect()
}

fn key(shop: &ShopId, event: &Event) -> OrderKey {
    OrderKey { shop: shop.clone(), connection: event.connection.clone(), order: event.order.id.clone() }
}

fn has_several_orders(events: &[Event]) -> bool {
    let first = events.first();
    first.is_some_and(|f| events.iter().any(|e| e.connection != f.connection || e.order.id != f.order.id))
}

/// Halves of a batch; where a split would part events of one order, they are merged by the table all the same.
fn halves(events: &[Event]) -> (&[Event], &[Event]) {
    events.split_at(events.len() / 2)
}
