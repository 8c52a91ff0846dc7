//! Setting work aside for a person, and deciding when trying again has gone on long enough.

use crate::announce_stock::bucket;
use crate::messages::{ForwardMessage, LookUpMessage, PublishMessage, RecordMessage, from_text};
use crate::refused_login::Refusal;
use channels::channel::Clock;
use channels::error::{ChannelError, ErrorKind, Next};
use commerce::ids::{ConnectionId, ShopId};
use commerce::park::ParkReason;
use lambda_kit::batch::{Message, Outcome};
use lambda_kit::metrics::{self, Unit};
use lambda_kit::shop_source::{FileVersion, WantedShops};
use lambda_kit::shops::{OutOfReach, Shops};
use sha2::{Digest, Sha256};
use std::time::Duration;
use table::parked_item::Parked;
use table::{Table, TableError};

/// The shop under which work lies that names no shop of ours.
pub const OPERATOR_SHOP: &str = table::keys::OPERATOR;

/// Why a message is not worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotNow {
    /// It can be of no use as it is: a person must look.
    Park(ParkReason),
    /// Its shop is out of reach: try again later.
    Later {
        /// Whose message it is.
        shop: ShopId,
        /// Of which account.
        connection: ConnectionId,
        /// Why it cannot be worked on.
        why: OutOfReach,
    },
}

impl From<ParkReason> for NotNow {
    fn from(reason: ParkReason) -> Self {
        Self::Park(reason)
    }
}

/// A message of a shop that does not answer is tried this often as usual, then every [`SHOP_WAIT`].
const SHOP_TRIES: u32 = 5;
/// How long a message of a shop that does not answer is left alone then: the queue's ten tries last for over an hour.
const SHOP_WAIT: Duration = Duration::from_secs(15 * 60);

/// Parks a message, under the operator or under its shop, or leaves it in its queue.
pub async fn set_aside(table: &Table, clock: &Clock, message: &Message, why: NotNow) -> Outcome {
    match why {
        NotNow::Park(reason) => park_unreadable(table, clock, message, reason).await,
        NotNow::Later { shop, connection, why: OutOfReach::UntilMended(detail) } if message.is_last_try() => {
            let subject = hex::encode(&Sha256::digest(message.body.as_bytes())[..8]);
            let (reasons, body) = (vec![ParkReason::ShopUnreadable { detail }], message.body.clone());
            let note = Parked { shop, connection, subject, reasons, at: clock(), body };
            outcome_of(park(table, &note).await)
        }
        NotNow::Later { why, .. } => {
            let after = (message.tries >= SHOP_TRIES).then_some(SHOP_WAIT);
            Outcome::Again { after, why: why.to_string() }
        }
    }
}

/// Parks a message that cannot be read at all, under the operator.
pub async fn park_unreadable(table: &Table, clock: &Clock, message: &Message, reason: ParkReason) -> Outcome {
    let (Ok(shop), Ok(connection)) = (ShopId::new(OPERATOR_SHOP), ConnectionId::new("queue")) else {
        return Outcome::Again { after: None, why: "no operator shop".to_owned() };
    };
    let subject = hex::encode(&Sha256::digest(message.body.as_bytes())[..8]);
    let note =
        Parked { shop, connection, subject, reasons: vec![reason], at: clock(), body: message.body.clone() };
    outcome_of(park(table, &note).await)
}

/// Parks a note and says so in the log.
pub async fn park(table: &Table, note: &Parked) -> Result<(), TableError> {
    table.park(note).await?;
    let reasons: Vec<&str> = note.reasons.iter().map(ParkReason::code).collect();
    metrics::tell(&[("Parked", Unit::Count, 1)]);
    tracing::warn!(
        shop = %note.shop, connection = %note.connection, subject = %note.subject,
        reasons = reasons.join(","), "parked for a person"
    );
    Ok(())
}

/// Refuses a message whose connection the shop's file does not name (any more), or cannot be asked about.
pub fn require_connection(shops: &Shops, shop: &ShopId, connection: &ConnectionId) -> Result<(), NotNow> {
    if let Some(why) = shops.out_of_reach(shop) {
        let (shop, connection, why) = (shop.clone(), connection.clone(), why.clone());
        return Err(NotNow::Later { shop, connection, why });
    }
    match shops.connection(shop, connection) {
        Some(_) => Ok(()),
        None => Err(NotNow::Park(ParkReason::Unreadable {
            detail: format!("connection {connection} of shop {shop} is not in the shops file"),
        })),
    }
}

/// The shops and accounts that messages speak of, with the versions of the shops' files that they were made from.
pub fn wanted<'m>(
    named: impl Iterator<Item = (&'m ShopId, &'m ConnectionId, Option<&'m FileVersion>)>,
) -> WantedShops {
    let mut wanted = WantedShops::new();
    for (shop, connection, version) in named {
        let known = wanted.entry(shop.clone()).or_default();
        known.connections.insert(connection.clone());
        known.versions.extend(version.cloned());
    }
    wanted
}

/// What lies in a parked note that can be tried once more, as text for its queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parcel {
    /// Something to ask a channel for.
    LookUp(String),
    /// Something to write into the book.
    Record(String),
    /// Listings to bring up to date, with the group that keeps their order; those that were left alone are tried at once.
    Publish(String, Box<PublishMessage>),
    /// An order to put into its store's till or website; what was given up is tried at once.
    Forward(ForwardMessage),
}

/// Reads a parked body; none where nothing in it can be sent.
pub fn parcel(body: &str) -> Option<Parcel> {
    if let Ok(publish) = from_text::<PublishMessage>(body) {
        let bucket = publish.listings.first().map_or(0, bucket);
        let group = format!("{}#{}#{bucket}", publish.shop, publish.connection);
        return Some(Parcel::Publish(group, Box::new(PublishMessage { again: true, ..publish })));
    }
    if let Ok(forward) = from_text::<ForwardMessage>(body) {
        return Some(Parcel::Forward(ForwardMessage { again: true, ..forward }));
    }
    if from_text::<LookUpMessage>(body).is_ok() {
        return Some(Parcel::LookUp(body.to_owned()));
    }
    from_text::<RecordMessage>(body).is_ok().then(|| Parcel::Record(body.to_owned()))
}

/// A table failure as an outcome.
pub fn outcome_of(result: Result<(), TableError>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::Again { after: None, why: error.to_string() },
    }
}

/// What a failed channel call means for the message that caused it: try again, or the reason to park it. `refusal` says
/// what was found out about a login that was refused.
pub fn next_step(
    message: &Message,
    error: &ChannelError,
    refusal: Option<Refusal>,
) -> Result<Outcome, ParkReason> {
    if let Some(refusal) = refusal.filter(|_| error.kind == ErrorKind::LoginExpired) {
        if message.is_last_try() {
            return Err(ParkReason::LoginLost { detail: error.detail.clone() });
        }
        return Ok(Outcome::Again { after: Some(refusal.wait(message.tries)), why: error.to_string() });
    }
    let after = match error.next {
        Next::Park => return Err(ParkReason::Refused { detail: error.to_string() }),
        _ if message.is_last_try() => {
            return Err(ParkReason::RetriesExhausted { detail: error.to_string() });
        }
        Next::Wait(wait) => Some(wait.max(lambda_kit::batch::backoff(message.tries))),
        Next::Retry => None,
    };
    Ok(Outcome::Again { after, why: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_changed_is_looked_at_again_soon_and_what_is_locked_after_a_while() {
        let mut message = Message::of_no_queue("1", String::new());
        let after = |message: &Message, error: &ChannelError| match next_step(message, error, None) {
            Ok(Outcome::Again { after, .. }) => after,
            other => panic!("{other:?}"),
        };
        assert_eq!(after(&message, &ChannelError::changed("stale")), None);
        assert_eq!(after(&message, &ChannelError::locked("campaign")), Some(Duration::from_secs(600)));
        assert!(matches!(
            next_step(&message, &ChannelError::unsupported("add to stock"), None),
            Err(ParkReason::Refused { .. })
        ));
        message.tries = lambda_kit::batch::TRIES_MAX;
        for error in [ChannelError::changed("stale"), ChannelError::locked("campaign")] {
            assert!(matches!(next_step(&message, &error, None), Err(ParkReason::RetriesExhausted { .. })));
        }
    }
}
