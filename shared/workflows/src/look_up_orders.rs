//! A thin push says only that something changed: ask the channel what, in its own batch size, and pass it on.

use crate::messages::{Ask, LookUpMessage, Record, RecordMessage, from_text, outgoing};
use crate::parking::{next_step, outcome_of, park, park_unreadable, require_connection};
use channels::channel::{Clock, StockReading};
use channels::error::ChannelError;
use channels::gateway::Gateway;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ListingId, OrderId, ShopId};
use commerce::level::Level;
use commerce::order::ChannelOrder;
use commerce::park::ParkReason;
use futures::future::BoxFuture;
use lambda_kit::batch::{Message, Outcome, Work};
use lambda_kit::queues::Queue;
use lambda_kit::shops::Shops;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use table::Table;
use table::parked_item::Parked;

/// A till that cannot be read after this many tries is believed by its push.
const LEVEL_READ_TRIES: u32 = 3;
/// The account setting that chooses whether a till is read (`read`, the default) or its pushes are believed (`push`).
const LEVEL_SOURCE: &str = "level_source";

/// What this function needs.
#[derive(Clone)]
pub struct LookUpOrders {
    /// Shops and their secrets.
    pub shops: Shops,
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
        for ((shop, connection), group) in self.sort(messages, &mut outcomes).await {
            for (place, found) in self.look_up(&shop, &connection, &group, messages).await {
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

    /// Reads the messages one by one and groups them by connection.
    async fn sort(
        &self,
        messages: &[Message],
        outcomes: &mut [Option<Outcome>],
    ) -> BTreeMap<(ShopId, ConnectionId), Group> {
        let mut groups: BTreeMap<(ShopId, ConnectionId), Group> = BTreeMap::new();
        for (place, message) in messages.iter().enumerate() {
            match self.read(message) {
                Ok(LookUpMessage { shop, connection, ask }) => {
                    groups.entry((shop, connection)).or_default().push((place, ask));
                }
                Err(reason) => {
                    outcomes[place] = Some(park_unreadable(&self.table, &self.clock, message, reason).await);
                }
            }
        }
        groups
    }

    fn read(&self, message: &Message) -> Result<LookUpMessage, ParkReason> {
        let read: LookUpMessage = from_text(&message.body)?;
        require_connection(&self.shops, &read.shop, &read.connection)?;
        Ok(read)
    }

    async fn look_up(
        &self,
        shop: &ShopId,
        connection: &ConnectionId,
        group: &Group,
        messages: &[Message],
    ) -> Vec<(usize, Found)> {
        let Some((shop, connection)) = self.shops.connection(shop, connection) else { return Vec::new() };
        let levels = self.read_levels(shop, connection, group);
        let (mut found, levels) =
            futures::join!(self.look_up_orders(shop, connection, group, messages), levels);
        for (place, ask) in group {
            if let Ask::Level { .. } = ask {
                found.push((*place, look_up_level(shop, connection, ask, &messages[*place], &levels)));
            }
        }
        found
    }

    /// Reads each product of the batch once, all side by side; the gateway keeps the account's pace.
    async fn read_levels(&self, shop: &Shop, connection: &Connection, group: &Group) -> Levels {
        let wanted = |ask: &Ask| match ask {
            Ask::Level { listing, .. } if connection.listings.contains_key(listing) => Some(listing.clone()),
            _ => None,
        };
        let listings: BTreeSet<ListingId> = group.iter().filter_map(|(_, ask)| wanted(ask)).collect();
        if believes_pushes(connection) {
            return Levels::new();
        }
        let reads = listings.into_iter().map(async |listing| {
            let reading = self.read_level(shop, connection, &listing).await;
            (listing, reading)
        });
        futures::future::join_all(reads).await.into_iter().collect()
    }

    async fn look_up_orders(
        &self,
        shop: &Shop,
        connection: &Connection,
        group: &Group,
        messages: &[Message],
    ) -> Vec<(usize, Found)> {
        let wanted = |ask: &Ask| if let Ask::Order { order } = ask { Some(order.clone()) } else { None };
        let ids: BTreeSet<OrderId> = group.iter().filter_map(|(_, ask)| wanted(ask)).collect();
        if ids.is_empty() {
            return Vec::new();
        }
        let ids: Vec<OrderId> = ids.into_iter().collect();
        let secrets = self.shops.secrets(&shop.id, &connection.id);
        let answers = self.gateway.look_up_orders(shop, connection, secrets, &ids).await;
        let answers: BTreeMap<OrderId, Result<ChannelOrder, ChannelError>> = answers.into_iter().collect();
        let mut found = Vec::new();
        let mut sent = BTreeSet::new();
        for (place, ask) in group {
            let Some(order) = wanted(ask) else { continue };
            let first = sent.insert(order.clone());
            let message = &messages[*place];
            found.push((
                *place,
                self.found_order(shop, connection, message, answers.get(&order), first).await,
            ));
        }
        found
    }

    /// The first message of an order carries what was found; its twins in the batch are done with it.
    async fn found_order(
        &self,
        shop: &Shop,
        connection: &Connection,
        message: &Message,
        answer: Option<&Result<ChannelOrder, ChannelError>>,
        first: bool,
    ) -> Found {
        match answer {
            Some(Ok(_)) if !first => Ok(Vec::new()),
            Some(Ok(order)) => {
                let record = Record::Order(Box::new(order.clone()));
                Ok(vec![RecordMessage { shop: shop.id.clone(), connection: connection.id.clone(), record }])
            }
            Some(Err(error)) => Err(self.failed(shop, connection, message, error).await),
            None => {
                let error = ChannelError::unreadable("the channel left the order out of its answer");
                Err(self.failed(shop, connection, message, &error).await)
            }
        }
    }

    async fn read_level(
        &self,
        shop: &Shop,
        connection: &Connection,
        listing: &ListingId,
    ) -> Result<Vec<StockReading>, ChannelError> {
        let secrets = self.shops.secrets(&shop.id, &connection.id);
        self.gateway.read_stock(shop, connection, secrets, std::slice::from_ref(listing)).await
    }

    async fn failed(
        &self,
        shop: &Shop,
        connection: &Connection,
        message: &Message,
        error: &ChannelError,
    ) -> Outcome {
        let reason = match next_step(message, error) {
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

/// What one push of a level comes to.
fn look_up_level(
    shop: &Shop,
    connection: &Connection,
    ask: &Ask,
    message: &Message,
    levels_read: &Levels,
) -> Found {
    let Ask::Level { listing, branch, pushed_on_hand, pushed_at } = ask else { return Ok(Vec::new()) };
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
        None => "by its setting".to_owned(),
    };
    tracing::info!(shop = %shop.id, listing = %listing, why, "till not read: its push is believed");
    let pushed = StockReading {
        listing: listing.clone(),
        branch: Some(branch.clone()),
        quantity: *pushed_on_hand,
        as_of: *pushed_at,
    };
    Ok(levels(shop, connection, &[pushed]))
}

fn believes_pushes(connection: &Connection) -> bool {
    connection.account.get(LEVEL_SOURCE).is_some_and(|source| source == "push")
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

fn level(shop: &Shop, connection: &Connection, reading: &StockReading) -> Option<RecordMessage> {
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
    Some(RecordMessage { shop: shop.id.clone(), connection: connection.id.clone(), record })
}
