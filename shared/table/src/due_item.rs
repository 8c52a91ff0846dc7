//! Work that must be looked at again at a time, so that nothing waits on one lost message.
//!
//! `at` when. The key says what: a listing whose attempt is not resolved, or a hold that ends.

use crate::attributes::{Item, check_shape, get_text, get_time, new_item, time};
use crate::failure::TableError;
use crate::keys::{self, SORT};
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ListingId, OrderId, ShopId};

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueWork {
    /// A listing with an unresolved attempt.
    Listing(ConnectionId, ListingId),
    /// An order whose hold ends.
    Hold(ConnectionId, OrderId),
}

/// One piece of work that is due at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub work: DueWork,
    /// When.
    pub at: Timestamp,
}

/// Writes it.
pub fn to_item(shop: &ShopId, due: &Due) -> Item {
    let mut item = new_item(&keys::due(shop, &due.work));
    item.insert("at".to_owned(), time(due.at));
    item
}

/// Reads it; none for a kind that this version does not know.
pub fn from_item(item: &Item) -> Result<Option<Due>, TableError> {
    check_shape(item)?;
    let work = keys::parse_due(get_text(item, SORT)?);
    let at = get_time(item, "at")?;
    Ok(work.map(|work| Due { work, at }))
}
