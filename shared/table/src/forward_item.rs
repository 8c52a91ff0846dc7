//! An order on its way into the till or website of its store, as it is kept: beside the order, and found by its reference.
//!
//! The forwarding: `n` number of the state · `d` what it is · `ttl` when it goes: later than its order.
//! The reference: `c` account, `o` order, `l` store · `tc` the account that it may be met in · `to` the one order there that bears
//! it, once that is known.

use crate::attributes::{
    Item, check_shape, get_number, get_packed, get_text, get_text_or_none, new_item, number, packed, text,
};
use crate::failure::TableError;
use crate::keys::{self, TTL};
use commerce::effect::Origin;
use commerce::forward::Forwarding;
use commerce::ids::{ConnectionId, IdError, LocationId, OrderId};
use commerce::plan::OrderKey;

/// Whose reference it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referred {
    /// The order that was put in, and the store.
    pub origin: Origin,
    /// The account that it was put into.
    pub target: ConnectionId,
    /// Its number there, once that is known: any other order with this reference is a copy that somebody made.
    pub there: Option<OrderId>,
}

/// Writes a forwarding as its `state`th state, to go at that second.
pub(crate) fn to_item(
    (order, location): (&OrderKey, &LocationId),
    forwarding: &Forwarding,
    state: u64,
    ends_at_s: i64,
) -> Result<Item, TableError> {
    let mut item = new_item(&keys::forwarding(order, location));
    let state = i64::try_from(state).map_err(|_| TableError::corrupt("n", "too large"))?;
    item.insert("n".to_owned(), number(state));
    item.insert("d".to_owned(), packed(forwarding)?);
    item.insert(TTL.to_owned(), number(ends_at_s));
    Ok(item)
}

/// Reads it, with the store it is for and the number of its state.
pub(crate) fn from_item(item: &Item) -> Result<(LocationId, Forwarding, u64), TableError> {
    check_shape(item)?;
    let location = keys::parse_forwarding(get_text(item, keys::SORT)?);
    let location = location.ok_or_else(|| TableError::corrupt(keys::SORT, "names no store"))?;
    let state = u64::try_from(get_number(item, "n")?);
    let state = state.map_err(|_| TableError::corrupt("n", "a number of a state cannot be negative"))?;
    Ok((location, get_packed(item, "d")?, state))
}

/// Writes whose reference a forwarding carries.
pub(crate) fn reference_item(
    (order, location): (&OrderKey, &LocationId),
    forwarding: &Forwarding,
    ends_at_s: i64,
) -> Item {
    let mut item = new_item(&keys::forward_reference(&order.shop, &forwarding.reference));
    item.insert("c".to_owned(), text(order.connection.as_str()));
    item.insert("o".to_owned(), text(order.order.as_str()));
    item.insert("l".to_owned(), text(location.as_str()));
    item.insert("tc".to_owned(), text(forwarding.target.as_str()));
    item.extend(forwarding.there().map(|there| ("to".to_owned(), text(there.as_str()))));
    item.insert(TTL.to_owned(), number(ends_at_s));
    item
}

/// Reads whose reference it is.
pub(crate) fn referred(item: &Item) -> Result<Referred, TableError> {
    check_shape(item)?;
    fn read<T>(name: &'static str, id: Result<T, IdError>) -> Result<T, TableError> {
        id.map_err(|error| TableError::corrupt(name, error.to_string()))
    }
    let there = get_text_or_none(item, "to")?.map(|text| read("to", OrderId::new(text))).transpose()?;
    Ok(Referred {
        origin: Origin {
            connection: read("c", ConnectionId::new(get_text(item, "c")?))?,
            order: read("o", OrderId::new(get_text(item, "o")?))?,
            location: read("l", LocationId::new(get_text(item, "l")?))?,
        },
        target: read("tc", ConnectionId::new(get_text(item, "tc")?))?,
        there,
    })
}
