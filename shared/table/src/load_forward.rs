//! Reading how far an order is on its way into its store's till or website, and whose a reference is.

use crate::failure::TableError;
use crate::forward_item::{self, Referred};
use crate::keys;
use crate::store::Table;
use commerce::forward::Forwarding;
use commerce::ids::{ForwardReference, LocationId, ShopId};
use commerce::plan::OrderKey;
use std::collections::BTreeMap;

/// A forwarding with the number of its state.
pub type Kept = (Forwarding, u64);

impl Table {
    /// How far an order is on its way into each of its stores.
    pub async fn forwardings(&self, order: &OrderKey) -> Result<BTreeMap<LocationId, Kept>, TableError> {
        let partition = keys::order(order).partition;
        let mut found = BTreeMap::new();
        for item in self.query_consistently(partition, keys::forwardings()).await? {
            let (location, forwarding, state) = forward_item::from_item(&item)?;
            found.insert(location, (forwarding, state));
        }
        Ok(found)
    }

    /// Whose references these are, consistent: what was written before an order was put in is seen.
    pub async fn referred(
        &self,
        shop: &ShopId,
        references: &[ForwardReference],
    ) -> Result<BTreeMap<ForwardReference, Referred>, TableError> {
        let key = |reference: &ForwardReference| keys::forward_reference(shop, reference);
        self.load_each(references, key, forward_item::referred, true).await
    }
}
