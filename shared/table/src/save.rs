//! Writing the table: one transaction per batch, so that an order and its stock can never part.

use crate::alert_item::{self, Told};
use crate::attributes::{Item, key_item, text};
use crate::connection_item::{self, Account, ConnectionState};
use crate::count_wanted_item;
use crate::due_item::{self, Due, DueWork};
use crate::failure::{Lost, TableError, translate};
use crate::heal_item;
use crate::hold_item;
use crate::keys;
use crate::listing_item::{self, ListingState};
use crate::order_item::{self, REVISION};
use crate::parked_item::{self, Parked};
use crate::pass_item::{self, PassState};
use crate::shop_item::{self, Registered};
use crate::stock_item;
use crate::store::Table;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Delete, Put, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use commerce::Timestamp;
use commerce::hold_end::Mark;
use commerce::ids::{ConnectionId, ListingId, ShopId, Sku};
use commerce::level::Level;
use commerce::removed::{Rule, is_removed};
use commerce::steps::{OrderWrite, Step, StockChange};
use commerce::stock::{Movement, StockDelta, StockKey};
use jiff::civil::Date;

/// A put with its condition, before it becomes a request of its own or a part of a transaction.
pub(crate) struct GuardedPut {
    item: Item,
    condition: Option<&'static str>,
    expected: Option<AttributeValue>,
}

impl GuardedPut {
    /// Over whatever lies there.
    pub(crate) fn always(item: Item) -> Self {
        Self { item, condition: None, expected: None }
    }

    /// Over the state of that number, or where none lies.
    pub(crate) fn over_state(item: Item, state: Option<u64>) -> Self {
        let condition = if state.is_some() { "n = :expected" } else { "attribute_not_exists(p)" };
        let expected = state.map(|state| AttributeValue::N(state.to_string()));
        Self { item, condition: Some(condition), expected }
    }

    fn order(order: &OrderWrite, keep_days: u32) -> Result<Self, TableError> {
        let item = order_item::to_item(&order.key, &order.state, &order.revision, keep_days)?;
        if is_removed(Rule::Revision) {
            return Ok(Self { item, condition: None, expected: None });
        }
        let condition = if order.expected.is_some() { "r = :expected" } else { "attribute_not_exists(p)" };
        Ok(Self { item, condition: Some(condition), expected: order.expected.clone().map(text) })
    }

    pub(crate) fn part(self, table: &str) -> Result<TransactWriteItem, TableError> {
        debug_assert_eq!(REVISION, "r");
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(self.item))
            .set_condition_expression(self.condition.map(str::to_owned))
            .set_expression_attribute_values(
                self.expected.map(|value| [(":expected".to_owned(), value)].into()),
            )
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|e| TableError::Broken(e.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

impl Table {
    /// Writes one step: orders, then parked notes, then notes about holds, then balances, all or nothing.
    ///
    /// On [`TableError::Lost`] the entries come in that order: see [`Step::orders`] and [`Step::stock`]. A code that
    /// another order of the shop has is lost too.
    /// `keep_days` and `notes` belong to the orders of the step, in order.
    pub async fn save_step(
        &self,
        step: &Step,
        keep_days: impl Fn(&ShopId) -> u32,
        notes: &[Parked],
    ) -> Result<(), TableError> {
        let mut puts = Vec::new();
        for order in &step.orders {
            puts.push(GuardedPut::order(order, keep_days(&order.key.shop))?);
        }
        for note in notes {
            puts.push(GuardedPut::always(parked_item::to_item(note)?));
        }
        let has_marks = step.orders.iter().any(|order| order.marks.items() + order.counts.len() > 0);
        if step.stock.is_empty() && puts.len() == 1 && !has_marks {
            return self.put(puts.remove(0)).await;
        }
        let mut charged: Vec<Item> = puts.iter().map(|put| put.item.clone()).collect();
        let mut parts = Vec::new();
        for put in puts {
            parts.push(put.part(self.name())?);
        }
        for order in &step.orders {
            parts.extend(self.mark_parts(order, &mut charged)?);
        }
        for ((shop, balance), change) in &step.stock {
            let key = keys::stock(shop, &balance.sku, &balance.location);
            let update = stock_item::to_update(self.name(), &key, change, None, None)?;
            parts.push(TransactWriteItem::builder().update(update).build());
        }
        self.transact(parts, &charged).await
    }

    /// The notes about an order's hold: when it ends, its buyer's code, since when a store is waited for, what to count.
    fn mark_parts(
        &self,
        order: &OrderWrite,
        charged: &mut Vec<Item>,
    ) -> Result<Vec<TransactWriteItem>, TableError> {
        let (shop, marks) = (&order.key.shop, &order.marks);
        let put = |item, condition| GuardedPut { item, condition, expected: None };
        let due = |mark, work| match mark {
            Mark::Keep => None,
            Mark::Put(at) => Some(Ok(put(due_item::to_item(shop, &Due { work, at }), None))),
            Mark::Remove(_) => Some(Err(keys::due(shop, &work))),
        };
        let (connection, number) = (&order.key.connection, &order.key.order);
        let end = due(marks.end, DueWork::Hold(connection.clone(), number.clone()));
        let wait = due(marks.wait, DueWork::PickUp(connection.clone(), number.clone()));
        let code = match marks.code {
            Mark::Keep => None,
            Mark::Put(code) => {
                Some(Ok(put(hold_item::to_item(&order.key, code), Some("attribute_not_exists(p)"))))
            }
            Mark::Remove(code) => Some(Err(keys::hold_code(shop, code))),
        };
        let mut parts = Vec::new();
        let counts =
            order.counts.iter().map(|wanted| Ok(put(count_wanted_item::to_item(shop, wanted), None)));
        for change in [end, code, wait].into_iter().flatten().chain(counts) {
            let (item, part) = match change {
                Ok(put) => (put.item.clone(), put.part(self.name())?),
                Err(key) => (key_item(&key), self.removal(&key)?),
            };
            charged.push(item);
            parts.push(part);
        }
        Ok(parts)
    }

    pub(crate) fn removal(&self, key: &keys::Key) -> Result<TransactWriteItem, TableError> {
        let delete = Delete::builder().table_name(self.name()).set_key(Some(key_item(key))).build();
        let delete = delete.map_err(|e| TableError::Broken(e.to_string()))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Applies a physical fact once: the document and the balance in one transaction, pinned to the balance's version.
    pub async fn save_level(
        &self,
        shop: &ShopId,
        balance: &StockKey,
        level: &Level,
        planned: (StockDelta, Movement),
        expected_version: u64,
    ) -> Result<(), TableError> {
        let document = keys::document(shop, &balance.sku, &level.document());
        let mut item = crate::attributes::new_item(&document);
        item.insert("h".to_owned(), crate::attributes::number(level.on_hand));
        let put = GuardedPut { item, condition: Some("attribute_not_exists(p)"), expected: None };
        let change = StockChange { delta: planned.0, movements: vec![planned.1], ..StockChange::default() };
        let key = keys::stock(shop, &balance.sku, &balance.location);
        let update =
            stock_item::to_update(self.name(), &key, &change, Some(level.as_of), Some(expected_version))?;
        let charged = vec![put.item.clone()];
        let parts = vec![put.part(self.name())?, TransactWriteItem::builder().update(update).build()];
        self.transact(parts, &charged).await
    }

    /// Writes how far an account's orders are recorded, unless a later pass has been written since.
    pub async fn save_pass(
        &self,
        shop: &ShopId,
        connection: &ConnectionId,
        state: &PassState,
    ) -> Result<(), TableError> {
        let item = pass_item::to_item(&keys::pass(shop, connection), state);
        let begun = state.begun_at.map_or(0, |at| at.as_millisecond());
        let request = self
            .client()
            .put_item()
            .table_name(self.name())
            .set_item(Some(item.clone()))
            .condition_expression("attribute_not_exists(#at) OR #at <= :at")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":at", crate::attributes::number(begun))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = self.post().put(request).await;
        self.finish_put(answer, &item)
    }

    /// Writes a listing's state if nobody else has since; `expected` is the number of the state it was planned from.
    pub async fn save_listing(
        &self,
        shop: &ShopId,
        connection: &ConnectionId,
        listing: &ListingId,
        state: &ListingState,
        expected: Option<u64>,
    ) -> Result<(), TableError> {
        let item = listing_item::to_item(&keys::listing(shop, connection, listing), state)?;
        self.put_over(item, "n", expected).await
    }

    /// Notes that a listing of a product is mended once more on that day, where it was `before` times so far;
    /// [`TableError::Lost`] when somebody else was quicker.
    pub async fn note_heal(
        &self,
        (shop, sku): (&ShopId, &Sku),
        day: Date,
        before: u32,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let item = heal_item::to_item(&keys::heals(shop, sku, day), before + 1, now);
        self.put_over(item, "n", (before > 0).then_some(u64::from(before))).await
    }

    /// Writes what a shop has been told over what it was made from; [`TableError::Lost`] when somebody else was quicker.
    pub async fn save_told(&self, shop: &ShopId, told: &Told) -> Result<Told, TableError> {
        let next = Told { writes: told.writes.saturating_add(1), ..told.clone() };
        let item = alert_item::to_item(&keys::alerts(shop), &next)?;
        self.put_over(item, "n", (told.writes > 0).then_some(told.writes)).await?;
        Ok(next)
    }

    /// Writes how an account is logged in over the revision it was made from, and gives it with its new revision;
    /// [`TableError::Lost`] when somebody else was quicker.
    pub async fn save_connection(
        &self,
        (shop, connection): &Account,
        state: &ConnectionState,
    ) -> Result<ConnectionState, TableError> {
        let next = ConnectionState { revision: state.revision.saturating_add(1), ..state.clone() };
        let item = connection_item::to_item(&keys::connection(shop, connection), &next)?;
        self.put_over(item, "v", (state.revision > 0).then_some(state.revision)).await?;
        Ok(next)
    }

    /// Writes an item over the one whose counter stands at `expected`, or where none lies.
    async fn put_over(&self, item: Item, counter: &str, expected: Option<u64>) -> Result<(), TableError> {
        let condition = match expected {
            Some(_) => format!("{counter} = :n"),
            None => "attribute_not_exists(p)".to_owned(),
        };
        let charged = item.clone();
        let mut request = self
            .client()
            .put_item()
            .table_name(self.name())
            .set_item(Some(item))
            .condition_expression(condition)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        if let Some(number) = expected {
            let value = AttributeValue::N(number.to_string());
            request = request.expression_attribute_values(":n", value);
        }
        self.finish_put(self.post().put(request).await, &charged)
    }

    /// Sets work aside for a person. Parking the same work twice is the same note.
    pub async fn park(&self, parked: &Parked) -> Result<(), TableError> {
        let item = parked_item::to_item(parked)?;
        self.put(GuardedPut::always(item)).await
    }

    /// Takes a note off the list once its work has been sent again.
    pub async fn unpark(&self, parked: &Parked) -> Result<(), TableError> {
        self.delete(&parked.key()).await
    }

    /// Adds a shop to the list, or says that its file has another version now.
    pub async fn register(&self, entry: &Registered) -> Result<(), TableError> {
        self.put(GuardedPut::always(shop_item::to_item(entry))).await
    }

    /// Notes what has been done for this version, unless the file has changed again since.
    pub async fn acted_on(&self, done: &Registered) -> Result<(), TableError> {
        let (item, expected) = (shop_item::to_item(done), Some(text(done.change())));
        match self.put(GuardedPut { item, condition: Some("t = :expected"), expected }).await {
            Err(TableError::Lost(_)) => Ok(()),
            other => other,
        }
    }

    /// Takes a shop off the list.
    pub async fn unregister(&self, shop: &ShopId) -> Result<(), TableError> {
        self.delete(&keys::registered(shop)).await
    }

    async fn delete(&self, key: &keys::Key) -> Result<(), TableError> {
        let request = self
            .client()
            .delete_item()
            .table_name(self.name())
            .set_key(Some(key_item(key)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = self.post().delete(request).await.map_err(|e| translate(&e))?;
        self.meter().count_write(answer.consumed_capacity());
        Ok(())
    }

    /// One item alone needs no transaction: half the price.
    async fn put(&self, put: GuardedPut) -> Result<(), TableError> {
        let charged = put.item.clone();
        let request = self
            .client()
            .put_item()
            .table_name(self.name())
            .set_item(Some(put.item))
            .set_condition_expression(put.condition.map(str::to_owned))
            .set_expression_attribute_values(
                put.expected.map(|value| [(":expected".to_owned(), value)].into()),
            )
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = self.post().put(request).await;
        self.finish_put(answer, &charged)
    }

    fn finish_put(
        &self,
        answer: Result<aws_sdk_dynamodb::operation::put_item::PutItemOutput, SdkError<PutItemError>>,
        charged: &Item,
    ) -> Result<(), TableError> {
        let error = match answer {
            Ok(output) => {
                self.meter().count_write(output.consumed_capacity());
                return Ok(());
            }
            Err(error) => error,
        };
        if let Some(PutItemError::ConditionalCheckFailedException(lost)) = error.as_service_error() {
            self.meter().count_failed_write([charged], false);
            return Err(TableError::Lost(vec![Some(Lost { item: lost.item().cloned() })]));
        }
        Err(translate(&error))
    }

    pub(crate) async fn transact(
        &self,
        parts: Vec<TransactWriteItem>,
        charged: &[Item],
    ) -> Result<(), TableError> {
        let updates = parts.len() - charged.len();
        let request = self
            .client()
            .transact_write_items()
            .set_transact_items(Some(parts))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = self.post().transact(request).await;
        let error = match answer {
            Ok(output) => {
                self.meter().count_write(output.consumed_capacity());
                return Ok(());
            }
            Err(error) => error,
        };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
            error.as_service_error()
        {
            self.meter().count_failed_write(charged, true);
            self.meter().count_failed_write(std::iter::repeat_n(&Item::new(), updates), true);
            return Err(why_cancelled(cancelled.cancellation_reasons()));
        }
        Err(translate(&error))
    }
}

/// The gravest reason decides: invalid, then busy, then lost conditions.
fn why_cancelled(reasons: &[CancellationReason]) -> TableError {
    let has = |codes: &[&str]| reasons.iter().find(|r| codes.contains(&r.code().unwrap_or("None")));
    if let Some(reason) = has(&["ValidationError", "ItemCollectionSizeLimitExceeded", "AccessDenied"]) {
        return TableError::Invalid(reason.message().unwrap_or("validation").to_owned());
    }
    let busy = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "DuplicateItem"];
    if let Some(reason) = has(&busy) {
        return TableError::Busy(reason.code().unwrap_or("busy").to_owned());
    }
    let lost = |reason: &CancellationReason| {
        (reason.code() == Some("ConditionalCheckFailed")).then(|| Lost { item: reason.item.clone() })
    };
    TableError::Lost(reasons.iter().map(lost).collect())
}
