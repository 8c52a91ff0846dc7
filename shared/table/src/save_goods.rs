//! Writing a paper about goods with the balances it changes, all or nothing.

use crate::attributes::{key_item, new_item};
use crate::failure::TableError;
use crate::goods_item;
use crate::keys;
use crate::save::GuardedPut;
use crate::stock_item;
use crate::store::Table;
use aws_sdk_dynamodb::types::TransactWriteItem;
use commerce::Timestamp;
use commerce::goods::GoodsChange;
use commerce::ids::{DocumentNumber, ShopId};

/// A paper to write.
#[derive(Debug, Clone, Copy)]
pub struct GoodsWrite<'a> {
    /// The tenant.
    pub shop: &'a ShopId,
    /// Its number.
    pub number: &'a DocumentNumber,
    /// What is written.
    pub change: &'a GoodsChange,
    /// The number of the state that this was planned from; none when there is none yet.
    pub expected: Option<u64>,
    /// The time.
    pub now: Timestamp,
    /// How many days a finished paper stays.
    pub keep_days: u32,
}

impl Table {
    /// Writes a paper, the note that it is not finished, and its balances. [`TableError::Lost`] when somebody else was
    /// quicker, or a balance no longer is what the write was planned from: then nothing is written.
    pub async fn save_goods(&self, write: &GoodsWrite<'_>) -> Result<(), TableError> {
        let (shop, document) = (write.shop, &write.change.document);
        let state = write.expected.map_or(1, |state| state.saturating_add(1));
        let item = goods_item::to_item((shop, write.number), document, state, (write.now, write.keep_days))?;
        let open = keys::open_goods(shop, write.number);
        let mut charged = vec![item.clone(), key_item(&open)];
        let paper = GuardedPut::over_state(item, write.expected);
        let mut parts = vec![paper.part(self.name())?];
        parts.push(if document.is_finished() {
            self.removal(&open)?
        } else {
            GuardedPut::always(new_item(&open)).part(self.name())?
        });
        charged.truncate(parts.len());
        for (balance, change) in &write.change.stock {
            let key = keys::stock(shop, &balance.sku, &balance.location);
            let update = stock_item::to_update(self.name(), &key, change, None, None)?;
            parts.push(TransactWriteItem::builder().update(update).build());
        }
        self.transact(parts, &charged).await
    }
}
