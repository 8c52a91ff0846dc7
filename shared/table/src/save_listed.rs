//! Writing a listing: its state, the cover that moves with it, and when somebody must look again, all or nothing.

use crate::attributes::{Item, key_item, number};
use crate::due_item::{self, Due, DueWork};
use crate::failure::TableError;
use crate::keys;
use crate::listing_item::{self, ListingState};
use crate::stock_item;
use crate::store::Table;
use aws_sdk_dynamodb::types::{Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use commerce::Timestamp;
use commerce::cover::{CoverChange, Guard};
use commerce::ids::ShopId;
use commerce::steps::StockChange;
use commerce::stock::{Cause, ListingKey, Movement, StockDelta};

/// A listing's state to write, and what goes with it.
#[derive(Debug, Clone)]
pub struct ListingWrite<'a> {
    /// The tenant.
    pub shop: &'a ShopId,
    /// The listing.
    pub key: &'a ListingKey,
    /// Its new state.
    pub state: &'a ListingState,
    /// The number of the state that this was planned from; none when there is none yet.
    pub expected: Option<u64>,
    /// Balances whose cover moves.
    pub cover: &'a [CoverChange],
    /// When it was due before, by that state.
    pub was_due_at: Option<Timestamp>,
    /// When it is due now.
    pub due_at: Option<Timestamp>,
    /// The time.
    pub now: Timestamp,
}

impl Table {
    /// Writes a listing's state with its cover. [`TableError::Lost`] when somebody else was quicker, or a balance no
    /// longer holds what the write was planned from: then nothing is written.
    pub async fn save_listed(&self, write: &ListingWrite<'_>) -> Result<(), TableError> {
        let key = keys::listing(write.shop, &write.key.connection, &write.key.listing);
        let item = listing_item::to_item(&key, write.state)?;
        let mut charged = vec![item.clone()];
        let mut parts = vec![self.listing_part(item, write.expected)?];
        parts.extend(self.due_part(write, &mut charged)?);
        for change in write.cover {
            parts.push(self.cover_part(write, change)?);
        }
        self.transact(parts, &charged).await
    }

    fn listing_part(&self, item: Item, expected: Option<u64>) -> Result<TransactWriteItem, TableError> {
        let condition = if expected.is_some() { "n = :n" } else { "attribute_not_exists(p)" };
        let mut put = Put::builder()
            .table_name(self.name())
            .set_item(Some(item))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if let Some(written) = expected {
            let written = i64::try_from(written).map_err(|_| TableError::corrupt("n", "too large"))?;
            put = put.expression_attribute_values(":n", number(written));
        }
        let put = put.build().map_err(|e| TableError::Broken(e.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The note that somebody must look again: written, moved or taken away, and left alone where it stays as it is.
    fn due_part(
        &self,
        write: &ListingWrite<'_>,
        charged: &mut Vec<Item>,
    ) -> Result<Option<TransactWriteItem>, TableError> {
        if write.was_due_at == write.due_at {
            return Ok(None);
        }
        let work = DueWork::Listing(write.key.connection.clone(), write.key.listing.clone());
        let Some(at) = write.due_at else {
            let key = keys::due(write.shop, &work);
            let delete = Delete::builder().table_name(self.name()).set_key(Some(key_item(&key)));
            let delete = delete.build().map_err(|e| TableError::Broken(e.to_string()))?;
            charged.push(key_item(&key));
            return Ok(Some(TransactWriteItem::builder().delete(delete).build()));
        };
        let item = due_item::to_item(write.shop, &Due { work, at });
        charged.push(item.clone());
        let put = Put::builder().table_name(self.name()).set_item(Some(item));
        let put = put.build().map_err(|e| TableError::Broken(e.to_string()))?;
        Ok(Some(TransactWriteItem::builder().put(put).build()))
    }

    fn cover_part(
        &self,
        write: &ListingWrite<'_>,
        change: &CoverChange,
    ) -> Result<TransactWriteItem, TableError> {
        let key = keys::stock(write.shop, &change.key.sku, &change.key.location);
        let change = stock_change(write, change);
        if change.is_check() {
            let check = stock_item::to_check(self.name(), &key, &change)?;
            return Ok(TransactWriteItem::builder().condition_check(check).build());
        }
        let update = stock_item::to_update(self.name(), &key, &change, None, None)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

fn stock_change(write: &ListingWrite<'_>, change: &CoverChange) -> StockChange {
    let mut result = StockChange::default();
    match change.guard {
        Guard::FreeAtLeast(units) => result.free_min = Some(units),
        Guard::Exactly { cover, given_back } => {
            result.exactly = Some((write.key.clone(), cover, given_back));
        }
    }
    if change.delta == 0 {
        return result;
    }
    result.delta = StockDelta { cover: [(write.key.clone(), change.delta)].into(), ..StockDelta::default() };
    let cause = Cause::Cover { listing: write.key.clone(), number: write.state.listed.number };
    result.movements =
        vec![Movement { cause, at_ms: write.now.as_millisecond(), delta: result.delta.clone() }];
    result
}
