//! What waits for a person: the reason, what it concerns, and the message to try again once it is mended.

use crate::attributes::{Item, check_shape, get_packed, get_text, get_time, new_item, packed, text, time};
use crate::failure::TableError;
use crate::keys;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ShopId};
use commerce::park::ParkReason;

/// One parked piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// The tenant.
    pub shop: ShopId,
    /// The account it came from.
    pub connection: ConnectionId,
    /// What it concerns, such as an order number.
    pub subject: String,
    /// Why it was set aside.
    pub reasons: Vec<ParkReason>,
    /// When.
    pub at: Timestamp,
    /// The message that can be sent again, without buyer data; or where an unreadable body lies.
    pub body: String,
}

impl Parked {
    /// Where it lies. The same work parked again at the same time is the same note.
    pub fn key(&self) -> keys::Key {
        keys::parked(&self.shop, self.at, &format!("{}#{}", self.connection, self.subject))
    }
}

/// Writes the note.
pub fn to_item(parked: &Parked) -> Result<Item, TableError> {
    let mut item = new_item(&parked.key());
    item.insert("cn".to_owned(), text(parked.connection.as_str()));
    item.insert("su".to_owned(), text(&parked.subject));
    item.insert("why".to_owned(), packed(&parked.reasons)?);
    item.insert("at".to_owned(), time(parked.at));
    item.insert("bd".to_owned(), text(&parked.body));
    Ok(item)
}

/// Reads the note.
pub fn from_item(shop: &ShopId, item: &Item) -> Result<Parked, TableError> {
    check_shape(item)?;
    let connection = ConnectionId::new(get_text(item, "cn")?);
    Ok(Parked {
        shop: shop.clone(),
        connection: connection.map_err(|e| TableError::corrupt("cn", e.to_string()))?,
        subject: get_text(item, "su")?.to_owned(),
        reasons: get_packed(item, "why")?,
        at: get_time(item, "at")?,
        body: get_text(item, "bd")?.to_owned(),
    })
}
