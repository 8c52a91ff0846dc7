//! Work that must be looked at again at a time, so that nothing waits on one lost message.
//!
//! `at` when. The key says what: a listing whose attempt is not resolved, a hold that ends, or a buyer who waits for a store since
//! then.

use crate::attributes::{Item, check_shape, get_text, get_time, key_item, new_item, time};
use crate::failure::{TableError, translate};
use crate::keys::{self, SORT};
use crate::store::Table;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, ListingId, LocationId, OrderId, ShopId};

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueWork {
    /// A listing with an unresolved attempt.
    Listing(ConnectionId, ListingId),
    /// An order whose hold ends.
    Hold(ConnectionId, OrderId),
    /// An order on its way into the till or website of that store.
    Forward(ConnectionId, LocationId, OrderId),
    /// An order whose buyer waits for a store to say that the goods are ready.
    PickUp(ConnectionId, OrderId),
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

impl Table {
    /// Takes a note off what is due, unless it has been moved to another time since.
    pub async fn forget_due(&self, shop: &ShopId, due: &Due) -> Result<(), TableError> {
        let request = self
            .client()
            .delete_item()
            .table_name(self.name())
            .set_key(Some(key_item(&keys::due(shop, &due.work))))
            .condition_expression("#at = :at")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":at", time(due.at))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = self.post().delete(request).await;
        match answer {
            Ok(output) => self.meter().count_write(output.consumed_capacity()),
            Err(error)
                if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {}
            Err(error) => return Err(translate(&error)),
        }
        Ok(())
    }
}
