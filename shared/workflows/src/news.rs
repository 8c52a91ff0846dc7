//! What a channel tells us, sorted: what must be asked for goes to `lookups`, what is whole goes to `orders`.
//!
//! It is the same whether the channel called us ([`crate::receive_webhook`]) or we fetched it ([`crate::fetch_orders`]).

use crate::messages::{Ask, LookUpMessage, Record, RecordMessage, outgoing, outgoing_look_up};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::channel::{Door, Notice, Notices};
use commerce::Timestamp;
use commerce::park::ParkReason;
use lambda_kit::queues::{Outgoing, Queue, QueueError};

/// Of what cannot be read, this many bytes are kept for a person; a queue message holds no more.
const UNUSABLE_BYTES_MAX: usize = 120 * 1024;

/// News ready to be queued.
#[derive(Default)]
pub(crate) struct News {
    lookups: Vec<Outgoing>,
    records: Vec<Outgoing>,
    /// How many parts are of use to us.
    pub(crate) told: usize,
    /// How many parts concern neither orders nor stock.
    pub(crate) of_no_concern: usize,
    /// Why the other parts cannot be read: each must be kept for a person by whoever has the text.
    pub(crate) unusable: Vec<ParkReason>,
}

impl News {
    /// Sorts what an account told us; `reached_us` is when.
    pub(crate) fn sort(door: &Door<'_>, notices: Notices, reached_us: Timestamp) -> Self {
        let mut news = Self::default();
        for notice in notices {
            match notice {
                Ok(Notice::Order(order)) => news.records.push(record(door, Record::Order(order))),
                Ok(Notice::OrderChanged { order }) => news.lookups.push(look_up(door, Ask::Order { order })),
                Ok(Notice::StockLevel { listing, branch, on_hand, as_of }) => {
                    let ask =
                        Ask::Level { listing, branch, pushed_on_hand: on_hand, pushed_at: reached_us, as_of };
                    news.lookups.push(look_up(door, ask));
                }
                Ok(Notice::Nothing { topic }) => {
                    news.of_no_concern += 1;
                    tracing::debug!(shop = %door.shop.id, topic, "news of no concern");
                    continue;
                }
                Err(reason) => {
                    news.unusable.push(reason);
                    continue;
                }
            }
            news.told += 1;
        }
        news
    }

    /// Adds a note for a person: why something cannot be used, and its text as it was received.
    pub(crate) fn keep_for_a_person(&mut self, door: &Door<'_>, reason: ParkReason, text: &[u8]) {
        let why = reason.advice_en();
        tracing::warn!(shop = %door.shop.id, connection = %door.connection.id, why, "news not readable");
        let body_base64 = STANDARD.encode(&text[..text.len().min(UNUSABLE_BYTES_MAX)]);
        self.records.push(record(door, Record::Unusable { reason, body_base64 }));
    }

    /// Queues all of it, or says that some may be missing; queueing it again is safe.
    pub(crate) async fn pass_on(self, orders: &Queue, lookups: &Queue) -> Result<(), QueueError> {
        orders.send(self.records).await?;
        lookups.send(self.lookups).await
    }
}

fn record(door: &Door<'_>, record: Record) -> Outgoing {
    let (shop, connection) = (door.shop.id.clone(), door.connection.id.clone());
    outgoing(&RecordMessage { shop, connection, record, shops_file: None })
}

fn look_up(door: &Door<'_>, ask: Ask) -> Outgoing {
    let (shop, connection) = (door.shop.id.clone(), door.connection.id.clone());
    outgoing_look_up(&LookUpMessage { shop, connection, ask })
}
