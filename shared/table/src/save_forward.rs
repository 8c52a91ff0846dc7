//! Writing how far an order is on its way into its store's till or website.

use crate::attributes::key_item;
use crate::due_item::{self, Due, DueWork};
use crate::failure::TableError;
use crate::forward_item;
use crate::keys;
use crate::save::GuardedPut;
use crate::store::Table;
use commerce::Timestamp;
use commerce::forward::Forwarding;
use commerce::ids::LocationId;
use commerce::plan::OrderKey;

/// A forwarding to write.
#[derive(Debug, Clone, Copy)]
pub struct ForwardWrite<'a> {
    /// The order where it was bought.
    pub order: &'a OrderKey,
    /// The store.
    pub location: &'a LocationId,
    /// What is written.
    pub forwarding: &'a Forwarding,
    /// The number of the state that this was decided from; none when there is none yet.
    pub expected: Option<u64>,
    /// When it must be looked at again; none where nothing is waited for.
    pub due: Option<Timestamp>,
    /// When it may go, in seconds since 1970: later than its order.
    pub ends_at_s: i64,
}

impl Table {
    /// Writes a forwarding, whose reference it carries and when to look at it again, all or nothing. [`TableError::Lost`] when
    /// somebody else was quicker: then nothing is written.
    pub async fn save_forwarding(&self, write: &ForwardWrite<'_>) -> Result<(), TableError> {
        let place = (write.order, write.location);
        let state = write.expected.map_or(1, |state| state.saturating_add(1));
        let item = forward_item::to_item(place, write.forwarding, state, write.ends_at_s)?;
        let reference = forward_item::reference_item(place, write.forwarding, write.ends_at_s);
        let work = DueWork::Forward(
            write.order.connection.clone(),
            write.location.clone(),
            write.order.order.clone(),
        );
        let due = keys::due(&write.order.shop, &work);
        let mut charged = vec![item.clone(), reference.clone(), key_item(&due)];
        let forwarding = GuardedPut::over_state(item, write.expected);
        let reference = GuardedPut::always(reference);
        let mut parts = vec![forwarding.part(self.name())?, reference.part(self.name())?];
        parts.push(match write.due {
            Some(at) => GuardedPut::always(due_item::to_item(&write.order.shop, &Due { work, at }))
                .part(self.name())?,
            None => self.removal(&due)?,
        });
        charged.truncate(parts.len());
        self.transact(parts, &charged).await
    }
}
