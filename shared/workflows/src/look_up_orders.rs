//! A thin push says only that something changed: ask the channel what, in its own batch size, and pass it on.

use crate::messages::{Ask, LookUpMessage, Record, RecordMessage, from_text, outgoing};
use crate::parking::{next_step, outcome_of, park, require_connection, set_aside, wanted};
use crate::refused_login::{Refusal, is_refusal, look_into};
use channels::channel::{Clock, StockReading};
use channels::error::ChannelError;
use channels::facts::Verb;
use channels::gateway::Gateway;
use channels::secrets::Secrets;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ListingId, OrderId, ShopId};
use commerce::level::Level;
use commerce::order::ChannelOrder;
use commerce::park::ParkReason;
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::queues::Queue;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use table::Table;
use table::parked_item::Parked;

/// A till that cannot be read after this many tries is believed by its push.
const LEVEL_READ_TRIES: u32 = 3;
/// The account setting that chooses whether a till that can be read is read (`read`, the default) or its pushes are believed (`push`).
const LEVEL_SOURCE: &str = "level_source";

/// What this function needs.
#[derive(Clone)]
pub struct LookUpOrders {
    /// Shops and their secrets.
    pub shops: ShopSource,
    /// The channels.
    pub gateway: Arc<Gateway>,
    /// Where orders and levels go.
    pub orders: Queue,
    /// Where hopeless work is parked.
    pub table: Table,
    /// The time.
    pub clock: Clock,
}

/// What was found for one message: things to record, or an outcome that ends it.
type Found = Result<Vec<RecordMessage>, Outcome>;

/// One account with its secrets.
#[derive(Clone, Copy)]
struct Account<'a> {
    shop: &'a Shop,
    connection: &'a Connection,
    secrets: &'a Secrets,
}

impl<'a> Account<'a> {
    fn find(shops: &'a Shops, shop: &ShopId, connection: &ConnectionId) -> Option<Self> {
        let (shop, connection) = shops.connection(shop, connection)?;
        Some(Self { shop, connection, secrets: shops.secrets(&shop.id, &connection.id) })
    }
}

/// What a channel answered, by order.
type Orders = BTreeMap<OrderId, Result<ChannelOrder, ChannelError>>;

/// What a till answered, by product.
type Levels = BTreeMap<ListingId, Result<Vec<StockReading>, ChannelError>>;

/// The messages of one connection, by their place in the batch.
type Group = Vec<(usize, Ask)>;

impl Work for LookUpOrders {
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(self.handle(messages))
    }
}

impl LookUpOrders {
    /// Handles a batch; one outcome per message, in order.
    pub async fn handle(&self, messages: &[Message]) -> Vec<Outcome> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; messages.len()];
        let mut to_send = Vec::new();
        let read: Vec<Result<LookUpMessage, ParkReason>> =
            messages.iter().map(|message| from_text(&message.body)).collect();
        let named = read.iter().flatten().map(|message| (&message.shop, &message.connection, None));
        let shops = self.shops.load(&wanted(named)).await;
        for ((shop, connection), group) in self.sort(&shops, messages, read, &mut outcomes).await {
            for (place, found) in self.look_up(&shops, (&shop, &connection), &group, messages).await {
                match found {
                    Ok(records) => to_send.push((place, records)),
                    Err(outcome) => outcomes[place] = Some(outcome),
                }
            }
        }
        self.send(to_send, &mut outcomes).await;
        let unanswered = || Outcome::Again { after: None, why: "not answered".to_owned() };
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unanswered)).collect()
    }

    /// Groups the messages by connection; what is not worked on now gets its outcome.
    async fn sort(
        &self,
        shops: &Shops,
        messages: &[Message],
        read: Vec<Result<LookUpMessage, ParkReason>>,
        outcomes: &mut [Option<Outcome>],
    ) -> BTreeMap<(ShopId, ConnectionId), Group> {
        let mut groups: BTreeMap<(ShopId, ConnectionId), Group> = BTreeMap::new();
        for (place, (message, read)) in messages.iter().zip(read).enumerate() {
            let known =
                |read: LookUpMessage| require_connection(shops, &read.shop, &read.connection).map(|()| read);
            match read.map_err(Into::into).and_then(known) {
                Ok(LookUpMessage { shop, connection, ask }) => {
                    groups.entry((shop, connection)).or_default().push((place, ask));
                }
                Err(why) => {
                    outcomes[place] = Some(set_aside(&self.table, &self.clock, message, why).await);
                }
            }
        }
        groups
    }

    async fn look_up(
        &self,
        shops: &Shops,
        (shop, connection): (&ShopId, &ConnectionId),
        group: &Group,
        messages: &[Message],
    ) -> Vec<(usize, Found)> {
        let Some(account) = Account::find(shops, shop, connection) else { return Vec::new() };
        let Account { shop, connection, .. } = account;
        let levels = self.read_levels(account, group);
        let (orders, levels) = futures::join!(self.look_up_orders(account, group), levels);
        let refusal = self.refusal(account, group, messages, (&orders, &levels)).await;
        let mut found = self.found_orders(account, group, messages, (&orders, refusal)).await;
        for (place, ask) in group {
            if let Ask::Level { .. } = ask {
                found.push((*place, look_up_level(shop, connection, ask, &messages[*place], &levels)));
            }
        }
        found
    }

    /// Looks once into a login that was refused, however many answers say so.
    async fn refusal(
        &self,
        Account { shop, connection, secrets }: Account<'_>,
        group: &Group,
        messages: &[Message],
        (orders, levels): (&Orders, &Levels),
    ) -> Option<Refusal> {
        let failures = orders.values().filter_map(|answer| answer.as_ref().err());
        let mut failures = failures.chain(levels.values().filter_map(|answer| answer.as_ref().err()));
        let channel = self.gateway.channel(&connection.channel);
        if !failures.any(|error| is_refusal(channel.as_ref(), error)) {
            return None;
        }
        let tries = group.iter().map(|(place, _)| messages[*place].tries).max().unwrap_or(1);
        let account = (&shop.id, &connection.id);
        Some(look_into(&self.shops, &self.table, account, secrets, tries).await)
    }

    /// Reads each product of the batch once, all side by side; the gateway keeps the account's pace.
    async fn read_levels(&self, account: Account<'_>, group: &Group) -> Levels {
        let Account { shop, connection, secrets } = account;
        let wanted = |ask: &Ask| match ask {
            Ask::Level { listing, .. } if connection.listings.contains_key(listing) => Some(listing.clone()),
            _ => None,
        };
        let listings: BTreeSet<ListingId> = group.iter().filter_map(|(_, ask)| wanted(ask)).collect();
        if believes_pushes(connection) {
            return Levels::new();
        }
        let reads = listings.into_iter().map(async |listing| {
            let asked = std::slice::from_ref(&listing);
            let reading = self.gateway.read_stock(shop, connection, secrets, asked).await;
            (listing, reading)
        });
        futures::future::join_all(reads).await.into_iter().collect()
    }

    async fn look_up_orders(
        &self,
        Account { shop, connection, secrets }: Account<'_>,
        group: &Group,
    ) -> Orders {
        let ids: BTreeSet<OrderId> = group.iter().filter_map(|(_, ask)| order_asked(ask)).cloned().collect();
        if ids.is_empty() {
            return Orders::new();
        }
        let ids: Vec<OrderId> = ids.into_iter().collect();
        self.gateway.look_up_orders(shop, connection, secrets, &ids).await.into_iter().collect()
    }

    async fn found_orders(
        &self,
        account: Account<'_>,
        group: &Group,
        messages: &[Message],
        (answers, refusal): (&Orders, Option<Refusal>),
    ) -> Vec<(usize, Found)> {
        let mut found = Vec::new();
        let mut sent = BTreeSet::new();
        for (place, ask) in group {
            let Some(order) = order_asked(ask) else { continue };
            let first = sent.insert(order.clone());
            let answer = (answers.get(order), refusal);
            found.push((*place, self.found_order(account, &messages[*place], answer, first).await));
        }
        found
    }

    /// The first message of an order carries what was found; its twins in the batch are done with it.
    async fn found_order(
        &self,
        Account { shop, connection, .. }: Account<'_>,
        message: &Message,
        (answer, refusal): (Option<&Result<ChannelOrder, ChannelError>>, Option<Refusal>),
        first: bool,
    ) -> Found {
        match answer {
            Some(Ok(_)) if !first => Ok(Vec::new()),
            Some(Ok(order)) => {
                let record = Record::Order(Box::new(order.clone()));
                Ok(vec![to_record(shop, connection, record)])
            }
            Some(Err(error)) => Err(self.failed(shop, connection, message, (error, refusal)).await),
            None => {
                let error = ChannelError::unreadable("the channel left the order out of its answer");
                Err(self.failed(shop, connection, message, (&error, None)).await)
            }
        }
    }

    async fn failed(
        &self,
        shop: &Shop,
        connection: &Connection,
        message: &Message,
        (error, refusal): (&ChannelError, Option<Refusal>),
    ) -> Outcome {
        let reason = match next_step(message, error, refusal) {
            Ok(outcome) => return outcome,
            Err(reason) => reason,
        };
        let note = Parked {
            shop: shop.id.clone(),
            connection: connection.id.clone(),
            subject: subject(&message.body),
            reasons: vec![reason],
            at: (self.clock)(),
            body: message.body.clone(),
        };
        outcome_of(park(&self.table, &note).await)
    }

    /// Passes on what was found; a message is done only when what it led to is safely queued.
    async fn send(&self, found: Vec<(usize, Vec<RecordMessage>)>, outcomes: &mut [Option<Outcome>]) {
        let bodies = found.iter().flat_map(|(_, records)| records).map(outgoing);
        let sent = self.orders.send(bodies.collect()).await;
        for (place, _) in found {
            outcomes[place] = Some(match &sent {
                Ok(()) => Outcome::Done,
                Err(error) => Outcome::Again { after: None, why: error.to_string() },
            });
        }
    }
}

fn order_asked(ask: &Ask) -> Option<&OrderId> {
    if let Ask::Order { order } = ask { Some(order) } else { None }
}

fn to_record(shop: &Shop, connection: &Connection, record: Record) -> RecordMessage {
    let (shop, connection) = (shop.id.clone(), connection.id.clone());
    RecordMessage { shop, connection, record, shops_file: None }
}

/// What one push of a level comes to.
fn look_up_level(
    shop: &Shop,
    connection: &Connection,
    ask: &Ask,
    message: &Message,
    levels_read: &Levels,
) -> Found {
    let Ask::Level { listing, branch, pushed_on_hand, pushed_at, as_of } = ask else { return Ok(Vec::new()) };
    if !connection.listings.contains_key(listing) {
        // A till knows thousands of products; those we do not sell elsewhere are none of our business.
        tracing::debug!(shop = %shop.id, listing = %listing, "level of a product that no listing sells");
        return Ok(Vec::new());
    }
    let why = match levels_read.get(listing) {
        Some(Ok(readings)) if readings.iter().any(|r| r.branch.as_ref() == Some(branch)) => {
            return Ok(levels(shop, connection, readings));
        }
        Some(Err(error)) if is_worth_waiting(error, message) => {
            return Err(Outcome::Again { after: None, why: error.to_string() });
        }
        Some(Err(error)) => error.to_string(),
        Some(Ok(_)) => "branch not in the answer".to_owned(),
        None => "by its setting, or it cannot be read".to_owned(),
    };
    tracing::info!(shop = %shop.id, listing = %listing, why, "till not read: its push is believed");
    let pushed = StockReading {
        gross: None,
        listing: listing.clone(),
        branch: Some(branch.clone()),
        quantity: *pushed_on_hand,
        // A till whose clock is ahead would keep every later count out until then.
        as_of: as_of.map_or(*pushed_at, |at| at.min(*pushed_at)),
    };
    Ok(levels(shop, connection, &[pushed]))
}

fn believes_pushes(connection: &Connection) -> bool {
    let channel = channels::registry::find(&connection.channel);
    let can_be_read = channel.is_some_and(|channel| channel.facts().can(Verb::ReadStock));
    !can_be_read || connection.account.get(LEVEL_SOURCE).is_some_and(|source| source == "push")
}

fn is_worth_waiting(error: &ChannelError, message: &Message) -> bool {
    error.next != channels::error::Next::Park && message.tries < LEVEL_READ_TRIES
}

fn subject(body: &str) -> String {
    let read = from_text::<LookUpMessage>(body);
    match read.map(|message| message.ask) {
        Ok(Ask::Order { order }) => order.to_string(),
        Ok(Ask::Level { listing, .. }) => listing.to_string(),
        Err(_) => "unreadable".to_owned(),
    }
}

/// Translates a till's readings into counts of our products. A product that is a bundle cannot be counted.
fn levels(shop: &Shop, connection: &Connection, readings: &[StockReading]) -> Vec<RecordMessage> {
    readings.iter().filter_map(|reading| level(shop, connection, reading)).collect()
}

/// One reading as a count; none for a store or a product that is no single one of ours.
pub fn level(shop: &Shop, connection: &Connection, reading: &StockReading) -> Option<RecordMessage> {
    let branch = reading.branch.as_deref()?;
    let location = shop.location_of_branch(&connection.id, branch)?;
    let [part] = connection.listings.get(&reading.listing)?.recipe.as_slice() else { return None };
    let level = Level {
        location: location.clone(),
        on_hand: reading.quantity.saturating_mul(i64::from(part.factor)),
        as_of: reading.as_of,
        source: connection.id.to_string(),
    };
    let record = Record::Level { sku: part.sku.clone(), level };
    Some(to_record(shop, connection, record))
}
