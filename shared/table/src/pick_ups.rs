//! What stores are asked for by buyers who come to them: who waits since when, and what should be counted because it was not there.

use crate::count_wanted_item;
use crate::due_item::{self, Due, DueWork};
use crate::failure::TableError;
use crate::keys;
use crate::store::Table;
use commerce::Timestamp;
use commerce::ids::ShopId;
use commerce::pick_up::CountWanted;
use commerce::plan::OrderKey;
use std::collections::BTreeMap;

impl Table {
    /// Since when buyers wait for a store to say that their goods are ready.
    pub async fn waiting_pick_ups(&self, shop: &ShopId) -> Result<BTreeMap<OrderKey, Timestamp>, TableError> {
        let mut waiting = BTreeMap::new();
        for item in self.query(keys::due_partition(shop), Some(keys::due_pick_ups())).await? {
            if let Some(Due { work: DueWork::PickUp(connection, order), at }) = due_item::from_item(&item)? {
                waiting.insert(OrderKey { shop: shop.clone(), connection, order }, at);
            }
        }
        Ok(waiting)
    }

    /// Products that stores did not find, for people to count.
    pub async fn counts_wanted(&self, shop: &ShopId) -> Result<Vec<CountWanted>, TableError> {
        let items = self.query(keys::counts_wanted_partition(shop), None).await?;
        items.iter().map(count_wanted_item::from_item).collect()
    }
}
